#include "rules/language/lexer.h"

#include <array>
#include <charconv>
#include <string_view>

#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::rules {
namespace {

// Longest first.
constexpr std::array<std::string_view, 35> kSymbols = {
    "<=>", "...", "=>", "->", "==", "!=", "<=", ">=", "..", ".", "(", ")",
    "[",   "]",   "{",  "}",  "<",  ">",  ",",  ":",  "=",  "+", "-", "*",
    "/",   "%",   "^",  "~",  ";",  "|",  "&",  "!",  "?",  "@", "$"};

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

class Lexer {
 public:
  explicit Lexer(const SourceText& source) : source_(source), text_(source.text()) {}

  absl::StatusOr<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    while (true) {
      SkipSpace();
      Token token;
      token.place = place_;
      if (!text_.empty()) EQSAT_RETURN_IF_ERROR(ReadToken(&token));
      token.end_column = place_.column;
      tokens.push_back(token);
      if (token.kind == Token::Kind::kEnd) return tokens;
    }
  }

 private:
  void Advance(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      if (text_[i] == '\n') {
        ++place_.line;
        place_.column = 1;
      } else {
        ++place_.column;
      }
    }
    text_.remove_prefix(count);
  }

  void SkipSpace() {
    while (!text_.empty()) {
      if (text_.front() == '#') {
        size_t end = text_.find('\n');
        Advance(end == std::string_view::npos ? text_.size() : end);
      } else if (std::string_view(" \t\r\n").find(text_.front()) != std::string_view::npos) {
        Advance(1);
      } else {
        return;
      }
    }
  }

  absl::Status ReadToken(Token* token) {
    if (IsLetter(text_.front())) return ReadName(token);
    if (IsDigit(text_.front())) return ReadNumber(token);
    if (text_.front() == '"') return ReadString(token);
    for (std::string_view symbol : kSymbols) {
      if (text_.substr(0, symbol.size()) != symbol) continue;
      token->kind = Token::Kind::kSymbol;
      token->text = std::string(symbol);
      Advance(symbol.size());
      return absl::OkStatus();
    }
    unsigned char c = static_cast<unsigned char>(text_.front());
    return source_.Error(place_, absl::StrFormat("byte 0x%02x is not part of the language", c));
  }

  absl::Status ReadName(Token* token) {
    size_t length = 1;
    while (length < text_.size() && (IsLetter(text_[length]) || IsDigit(text_[length]))) ++length;
    token->kind = Token::Kind::kName;
    token->text = std::string(text_.substr(0, length));
    Advance(length);
    return absl::OkStatus();
  }

  // Digits, then a fraction (but `1..A` and `1...` are an integer and dots), then an exponent.
  size_t NumberLength(bool* is_integer) const {
    auto digit_at = [&](size_t i) { return i < text_.size() && IsDigit(text_[i]); };
    size_t i = 0;
    *is_integer = true;
    while (digit_at(i)) ++i;
    if (i < text_.size() && text_[i] == '.' && digit_at(i + 1)) {
      *is_integer = false;
      for (++i; digit_at(i);) ++i;
    }
    if (i < text_.size() && (text_[i] == 'e' || text_[i] == 'E')) {
      size_t sign = i + 1 < text_.size() && (text_[i + 1] == '-' || text_[i + 1] == '+');
      if (digit_at(i + 1 + sign)) {
        *is_integer = false;
        for (i += 1 + sign; digit_at(i);) ++i;
      }
    }
    return i;
  }

  absl::Status ReadNumber(Token* token) {
    bool is_integer;
    size_t length = NumberLength(&is_integer);
    token->text = std::string(text_.substr(0, length));
    const char* begin = token->text.data();
    const char* end = begin + length;
    token->kind = is_integer ? Token::Kind::kInteger : Token::Kind::kNumber;
    std::errc error = is_integer ? std::from_chars(begin, end, token->integer).ec : std::errc();
    if (error == std::errc()) error = std::from_chars(begin, end, token->number).ec;
    if (error != std::errc())
      return source_.Error(place_, base::StrCat("the number ", token->text, " is out of range"));
    Advance(length);
    return absl::OkStatus();
  }

  absl::Status ReadString(Token* token) {
    size_t end = text_.find_first_of("\"\n", 1);
    if (end == std::string_view::npos || text_[end] == '\n')
      return source_.Error(place_, "the string does not end on its line");
    token->kind = Token::Kind::kString;
    token->text = std::string(text_.substr(1, end - 1));
    Advance(end + 1);
    return absl::OkStatus();
  }

  const SourceText& source_;
  std::string_view text_;
  Place place_;
};

}  // namespace

absl::StatusOr<std::vector<Token>> Lex(const SourceText& source) { return Lexer(source).Run(); }

}  // namespace eqsat::rules
