#include "importers/hlo_text/token_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/base/utf8.h"

namespace eqsat::importers {
namespace {

// What a byte may be part of, one bit each.
constexpr uint8_t kLetter = 1, kDigit = 2, kSpace = 4, kName = 8, kSymbol = 16;
constexpr std::array<uint8_t, 256> kKinds = [] {
  std::array<uint8_t, 256> kinds{};
  auto add = [&kinds](std::string_view bytes, uint8_t kind) {
    for (char c : bytes) kinds[static_cast<unsigned char>(c)] |= kind;
  };
  add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", kLetter | kName);
  add("0123456789", kDigit | kName);
  add(".-", kName);
  add(" \n\t\r\f", kSpace);
  add("{}()[],=:#*?<>;+-", kSymbol);
  return kinds;
}();

bool Is(uint8_t kinds, char c) { return (kKinds[static_cast<unsigned char>(c)] & kinds) != 0; }
bool IsLetter(char c) { return Is(kLetter, c); }
bool IsDigit(char c) { return Is(kDigit, c); }
bool IsSpace(char c) { return Is(kSpace, c); }
bool IsNameByte(char c) { return Is(kName, c); }

// A long token in an error message is cut short.
std::string Excerpt(std::string_view text) {
  constexpr size_t kMost = 40;
  if (text.size() <= kMost) return std::string(text);
  return base::StrCat(text.substr(0, kMost), "...");
}

int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// How many bytes at the front of `text` are ASCII and not NUL, to the last multiple of eight.
size_t PlainBytes(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101, kHighBits = kOnes << 7;
  size_t at = 0;
  for (uint64_t bytes; at + sizeof bytes <= text.size(); at += sizeof bytes) {
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    // Taking one from a NUL borrows its high bit.
    if (((bytes | (bytes - kOnes)) & kHighBits) != 0) break;
  }
  return at;
}

}  // namespace

std::string LineAndColumn(std::string_view text, size_t offset) {
  offset = std::min(offset, text.size());
  std::string_view before = text.substr(0, offset);
  size_t line = 1 + std::count(before.begin(), before.end(), '\n');
  size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return base::StrCat(line, ":", offset - line_begin + 1);
}

absl::Status CheckEncoding(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    i += PlainBytes(text.substr(i));
    if (i == text.size()) break;
    size_t length = base::Utf8SequenceLength(text.substr(i));
    if (length == 0)
      return base::InvalidArgument("%s: the text is not UTF-8", LineAndColumn(text, i));
    if (text[i] == '\0')
      return base::InvalidArgument("%s: the text holds a NUL byte", LineAndColumn(text, i));
    i += length;
  }
  return absl::OkStatus();
}

bool Unquote(std::string_view quoted, std::string* out) {
  std::string_view in = quoted.substr(1, quoted.size() - 2);
  if (in.find('\\') == std::string_view::npos) {
    *out = in;
    return true;
  }
  out->clear();
  out->reserve(in.size());
  static constexpr std::string_view kEscapes = "nrtabfv\\\"'?", kValues = "\n\r\t\a\b\f\v\\\"'?";
  for (size_t i = 0; i < in.size(); ++i) {
    if (in[i] != '\\') {
      out->push_back(in[i]);
      continue;
    }
    if (++i == in.size()) return false;
    if (size_t escape = kEscapes.find(in[i]); escape != std::string_view::npos) {
      out->push_back(kValues[escape]);
    } else if (in[i] >= '0' && in[i] <= '7') {
      int value = 0;
      size_t end = std::min(i + 3, in.size());
      for (; i < end && in[i] >= '0' && in[i] <= '7'; ++i) value = value * 8 + (in[i] - '0');
      --i;
      if (value > 255) return false;
      out->push_back(static_cast<char>(value));
    } else if (in[i] == 'x' && i + 1 < in.size() && HexDigit(in[i + 1]) >= 0) {
      int value = HexDigit(in[++i]);
      if (i + 1 < in.size() && HexDigit(in[i + 1]) >= 0) value = value * 16 + HexDigit(in[++i]);
      out->push_back(static_cast<char>(value));
    } else {
      return false;
    }
  }
  return true;
}

size_t TokenReader::SkipSpace(size_t at) const {
  while (at < text_.size()) {
    if (IsSpace(text_[at])) {
      ++at;
    } else if (text_[at] != '/') {
      break;
    } else if (text_.compare(at, 2, "//") == 0) {
      at = std::min(text_.find('\n', at), text_.size());
    } else if (text_.compare(at, 2, "/*") == 0) {
      size_t end = text_.find("*/", at + 2);
      if (end == std::string_view::npos) return std::string_view::npos;
      at = end + 2;
    } else {
      break;
    }
  }
  return at;
}

size_t TokenReader::SkipString(size_t at) const {
  const char quote = text_[at++];
  while (true) {
    const size_t end = text_.find(quote, at);
    if (end == std::string_view::npos) return end;
    const size_t escape = text_.substr(at, end - at).find('\\');
    if (escape == std::string_view::npos) return end + 1;
    at += escape + 2;
  }
}

char TokenReader::PeekByte() const {
  size_t at = SkipSpace(next_);
  return at < text_.size() ? text_[at] : '\0';
}

void TokenReader::Make(Token::Kind kind, size_t begin, size_t end) {
  token_ = {.kind = kind, .begin = begin, .text = text_.substr(begin, end - begin)};
  next_ = end;
}

void TokenReader::LexWord(size_t begin) {
  size_t first = begin + (text_[begin] == '%' ? 1 : 0);
  size_t end = first;
  while (end < text_.size() && IsNameByte(text_[end])) {
    if (text_[end] == '-' && text_.compare(end, 2, "->") == 0) break;
    ++end;
  }
  if (end == first) return Make(Token::Kind::kBad, begin, begin + 1);
  Make(Token::Kind::kWord, first, end);
  token_.begin = begin;
  token_.has_percent = first != begin;
}

void TokenReader::LexNumber(size_t begin) {
  size_t end = begin + 1;
  while (end < text_.size()) {
    char c = text_[end];
    bool sign = (c == '+' || c == '-') && (text_[end - 1] == 'e' || text_[end - 1] == 'E');
    if (!IsDigit(c) && c != 'e' && c != 'E' && !sign) {
      // A second point, or one before a third, is an ellipsis.
      if (c != '.' || text_.compare(end, 2, "..") == 0) break;
    }
    ++end;
  }
  Make(Token::Kind::kNumber, begin, end);
}

void TokenReader::Advance() {
  size_t begin = SkipSpace(next_);
  if (begin == std::string_view::npos) {  // an unfinished comment
    begin = text_.find("/*", next_);
    return Make(Token::Kind::kBad, begin, text_.size());
  }
  if (begin >= text_.size()) return Make(Token::Kind::kEnd, text_.size(), text_.size());
  char c = text_[begin];
  char after = begin + 1 < text_.size() ? text_[begin + 1] : '\0';
  if (IsLetter(c) || c == '%') return LexWord(begin);
  if (IsDigit(c)) return LexNumber(begin);
  if (c == '"' || c == '\'') {
    size_t end = SkipString(begin);
    if (end == std::string_view::npos) return Make(Token::Kind::kBad, begin, text_.size());
    return Make(Token::Kind::kString, begin, end);
  }
  if (c == '-' && after == '>') return Make(Token::Kind::kSymbol, begin, begin + 2);
  if (c == '<' && after == '=') return Make(Token::Kind::kSymbol, begin, begin + 2);
  if (c == '.' && text_.compare(begin, 3, "...") == 0)
    return Make(Token::Kind::kSymbol, begin, begin + 3);
  if ((c == '-' || c == '+') && (IsDigit(after) || after == '.')) return LexNumber(begin);
  if (c == '.' && IsDigit(after)) return LexNumber(begin);
  Make(Is(kSymbol, c) ? Token::Kind::kSymbol : Token::Kind::kBad, begin, begin + 1);
}

absl::Status TokenReader::ExpectedSymbol(std::string_view symbol, std::string_view what) const {
  return Expected(base::StrCat("`", symbol, "` ", what));
}

absl::StatusOr<std::string_view> TokenReader::ReadName(std::string_view what) {
  if (!AtWord()) return Expected(what);
  std::string_view name = token_.text;
  Advance();
  return name;
}

absl::StatusOr<int64_t> TokenReader::ReadInteger(std::string_view what) {
  if (!AtNumber()) return Expected(what);
  std::string_view digits = token_.text;
  if (digits[0] == '+') digits.remove_prefix(1);
  int64_t value = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range)
    return Error(base::StrCat(what, " ", token_.text, " does not fit 64 bits"));
  if (error != std::errc() || end != digits.data() + digits.size()) return Expected(what);
  Advance();
  return value;
}

absl::StatusOr<double> TokenReader::ReadDouble(std::string_view what) {
  if (!AtNumber()) return Expected(what);
  std::string text(token_.text);
  char* end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size()) return Expected(what);
  Advance();
  return value;
}

absl::StatusOr<bool> TokenReader::ReadBool(std::string_view what) {
  if (AcceptWord("true")) return true;
  if (AcceptWord("false")) return false;
  return Expected(base::StrCat("true or false for ", what));
}

absl::StatusOr<std::string> TokenReader::ReadString(std::string_view what) {
  if (!AtString()) return Expected(base::StrCat("a quoted string for ", what));
  std::string value;
  if (!Unquote(token_.text, &value)) return Error("the string holds a malformed escape");
  Advance();
  return value;
}

absl::StatusOr<std::string_view> TokenReader::ReadBracketed(std::string_view what) {
  static constexpr std::string_view kOpen = "{[(", kClose = "}])";
  if (!At("{") && !At("[") && !At("(")) return Expected(base::StrCat("braced text for ", what));
  size_t begin = token_.begin;
  std::string closers;
  for (size_t at = begin; at < text_.size(); ++at) {
    char c = text_[at];
    if (c == '"') {
      at = SkipString(at);
      if (at == std::string_view::npos) return ErrorAt(begin, "a string in the braces has no end");
      --at;
    } else if (size_t i = kOpen.find(c); i != std::string_view::npos) {
      closers.push_back(kClose[i]);
    } else if (kClose.find(c) != std::string_view::npos) {
      if (c != closers.back()) {
        return ErrorAt(at, base::StrCat("expected `", std::string(1, closers.back()), "`, found `",
                                        std::string(1, c), "`"));
      }
      closers.pop_back();
      if (!closers.empty()) continue;
      next_ = at + 1;
      Advance();
      return text_.substr(begin, at + 1 - begin);
    }
  }
  return ErrorAt(begin, base::StrCat("the braces of ", what, " are not closed"));
}

std::string_view TokenReader::PlainBraces() const {
  if (!At("{")) return {};
  size_t at = token_.begin + 1;
  while (at < text_.size() && text_[at] != '}') {
    if (text_[at] == '{' || text_[at] == '/' || text_[at] == '\'') return {};
    at = text_[at] == '"' ? SkipString(at) : at + 1;
  }
  return at < text_.size() ? text_.substr(token_.begin, at + 1 - token_.begin) : std::string_view();
}

std::string_view TokenReader::ReadRaw(std::string_view others) {
  size_t begin = token_.begin, end = begin;
  while (end < text_.size() && (IsLetter(text_[end]) || IsDigit(text_[end]) ||
                                others.find(text_[end]) != std::string_view::npos))
    ++end;
  next_ = end;
  Advance();
  return text_.substr(begin, end - begin);
}

absl::Status TokenReader::ErrorAt(size_t position, std::string_view message) const {
  return absl::InvalidArgumentError(base::StrCat(LineAndColumn(text_, position), ": ", message));
}

absl::Status TokenReader::Expected(std::string_view what) const {
  if (AtEnd()) return Error(base::StrCat("expected ", what, ", found the end of the text"));
  if (token_.kind == Token::Kind::kBad) {
    if (token_.text.starts_with("/*")) return Error("the comment has no end");
    if (token_.text.size() > 1) return Error("the string has no end");
  }
  return Error(base::StrCat("expected ", what, ", found `", Excerpt(token_.text), "`"));
}

absl::Status TokenReader::Level::Check() const {
  if (reader_.depth_ <= kMaxDepth) return absl::OkStatus();
  return reader_.Error(base::StrCat("nested more than ", kMaxDepth, " levels deep"));
}

}  // namespace eqsat::importers
