#include "importers/mlir/cursor.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::mlir {
namespace {

bool IsNameStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool IsNamePart(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '.';
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int HexValue(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char Partner(char open) {
  return open == '{' ? '}' : open == '[' ? ']' : open == '(' ? ')' : open == '<' ? '>' : '\0';
}

}  // namespace

void Cursor::SkipSpace() {
  while (at_ < text_.size()) {
    char c = text_[at_];
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f') {
      ++at_;
    } else if (c == '/' && at_ + 1 < text_.size() && text_[at_ + 1] == '/') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      return;
    }
  }
}

bool Cursor::AtName() { return IsNameStart(Peek()); }

bool Cursor::AtWord(std::string_view word) {
  if (!At(word)) return false;
  size_t end = at_ + word.size();
  return end >= text_.size() || !IsNamePart(text_[end]);
}

bool Cursor::Accept(std::string_view symbol) {
  if (!At(symbol)) return false;
  at_ += symbol.size();
  return true;
}

bool Cursor::AcceptWord(std::string_view word) {
  if (!AtWord(word)) return false;
  at_ += word.size();
  return true;
}

absl::Status Cursor::Expect(std::string_view symbol) {
  if (Accept(symbol)) return absl::OkStatus();
  return Expected(base::StrCat("`", symbol, "`"));
}

absl::StatusOr<std::string_view> Cursor::ReadName(std::string_view what) {
  if (!AtName()) return Expected(what);
  size_t begin = at_;
  while (at_ < text_.size() && IsNamePart(text_[at_])) ++at_;
  return Slice(begin, at_);
}

absl::StatusOr<std::string_view> Cursor::ReadSuffix(std::string_view what) {
  size_t begin = at_;
  while (at_ < text_.size() && (IsNamePart(text_[at_]) || text_[at_] == '-')) {
    if (text_.substr(at_).starts_with("->")) break;
    ++at_;
  }
  if (at_ == begin) return Expected(what);
  return Slice(begin, at_);
}

absl::StatusOr<std::string> Cursor::ReadSymbolName() {
  EQSAT_RETURN_IF_ERROR(Expect("@"));
  if (PeekRaw() == '"') return ReadString();
  EQSAT_ASSIGN_OR_RETURN(std::string_view name, ReadSuffix("a symbol's name"));
  return std::string(name);
}

absl::StatusOr<std::string> Cursor::ReadString() {
  if (Peek() != '"') return Expected("a string");
  size_t begin = at_++;
  std::string out;
  while (at_ < text_.size() && text_[at_] != '"') {
    char c = text_[at_++];
    if (c == '\n') break;
    if (c != '\\') {
      out += c;
      continue;
    }
    char escaped = PeekRaw();
    ++at_;
    if (escaped == 'n') {
      out += '\n';
    } else if (escaped == 't') {
      out += '\t';
    } else if (escaped == '"' || escaped == '\\') {
      out += escaped;
    } else {
      int high = HexValue(escaped), low = HexValue(PeekRaw());
      if (high < 0 || low < 0) return ErrorAt(at_ - 2, "a string holds an unknown escape");
      ++at_;
      out += static_cast<char>(high * 16 + low);
    }
  }
  if (PeekRaw() != '"') return ErrorAt(begin, "the string does not end");
  ++at_;
  return out;
}

absl::StatusOr<std::string> Cursor::DecodeHex(size_t begin, std::string_view text) const {
  if (!text.starts_with("0x") || text.size() % 2 != 0) {
    return ErrorAt(begin, "the string is no hexadecimal number of whole bytes");
  }
  std::string raw;
  raw.reserve(text.size() / 2);
  for (size_t i = 2; i < text.size(); i += 2) {
    int high = HexValue(text[i]), low = HexValue(text[i + 1]);
    if (high < 0 || low < 0) return ErrorAt(begin + 1 + i, "expected a hexadecimal digit");
    raw += static_cast<char>(high * 16 + low);
  }
  return raw;
}

absl::StatusOr<std::string_view> Cursor::ReadNumberText() {
  size_t begin = position();
  if (PeekRaw() == '-' || PeekRaw() == '+') ++at_;
  size_t digits = at_;
  if (text_.substr(at_).starts_with("0x")) {
    at_ += 2;
    while (HexValue(PeekRaw()) >= 0) ++at_;
    return Slice(begin, at_);
  }
  while (IsDigit(PeekRaw())) ++at_;
  if (at_ == digits) {
    at_ = begin;
    return Expected("a number");
  }
  if (PeekRaw() == '.') {
    ++at_;
    while (IsDigit(PeekRaw())) ++at_;
  }
  if (PeekRaw() == 'e' || PeekRaw() == 'E') {
    size_t exponent = at_++;
    if (PeekRaw() == '-' || PeekRaw() == '+') ++at_;
    if (!IsDigit(PeekRaw())) at_ = exponent;  // the `e` belongs to what follows
    while (IsDigit(PeekRaw())) ++at_;
  }
  return Slice(begin, at_);
}

absl::StatusOr<int64_t> Cursor::ReadInteger() {
  size_t begin = position();
  bool negative = Accept("-");
  bool hex = text_.substr(at_).starts_with("0x");
  if (hex) at_ += 2;
  uint64_t magnitude = 0;
  const char* first = text_.data() + at_;
  auto [end, error] = std::from_chars(first, text_.data() + text_.size(), magnitude, hex ? 16 : 10);
  if (end == first) {
    at_ = begin;
    return Expected("an integer");
  }
  if (error != std::errc() || (negative && magnitude > (uint64_t{1} << 63))) {
    return ErrorAt(begin, "the integer does not fit 64 bits");
  }
  at_ += end - first;
  return static_cast<int64_t>(negative ? ~magnitude + 1 : magnitude);
}

absl::StatusOr<std::string_view> Cursor::ReadBracketed() {
  size_t begin = position();
  std::vector<char> closers;
  do {
    if (AtEnd()) return ErrorAt(begin, "the bracket is not closed");
    char c = text_[at_];
    if (c == '"') {
      EQSAT_RETURN_IF_ERROR(ReadString().status());
      continue;
    }
    if (text_.substr(at_).starts_with("->")) {
      at_ += 2;
      continue;
    }
    if (Partner(c) != '\0') {
      closers.push_back(Partner(c));
    } else if (c == '}' || c == ']' || c == ')' || c == '>') {
      if (closers.empty() || closers.back() != c) return Error("a bracket closes what is not open");
      closers.pop_back();
    } else if (closers.empty()) {
      return Expected("a bracket");
    }
    ++at_;
  } while (!closers.empty());
  return Slice(begin + 1, at_ - 1);
}

absl::Status Cursor::ErrorAt(size_t position, std::string_view message) const {
  size_t line = 1, begin = 0;
  for (size_t i = 0; i < position && i < text_.size(); ++i) {
    if (text_[i] == '\n') {
      ++line;
      begin = i + 1;
    }
  }
  return absl::InvalidArgumentError(
      base::StrCat(line, ":", std::min(position, text_.size()) - begin + 1, ": ", message));
}

absl::Status Cursor::Expected(std::string_view what) {
  if (AtEnd()) return Error(base::StrCat("expected ", what, ", found the end"));
  size_t end = at_ + 1;
  if (IsNamePart(text_[at_])) {
    while (end < text_.size() && end < at_ + 30 && IsNamePart(text_[end])) ++end;
  }
  return Error(base::StrCat("expected ", what, ", found `", Slice(at_, end), "`"));
}

Place Cursor::PlaceOf(size_t position) {
  if (position < counted_to_) {
    counted_to_ = 0;
    counted_lines_ = 0;
  }
  size_t newline;
  while ((newline = text_.find('\n', counted_to_)) < position) {
    counted_to_ = newline + 1;
    ++counted_lines_;
  }
  return {counted_lines_ + 1, static_cast<uint32_t>(position - counted_to_ + 1)};
}

absl::Status Cursor::Level::Check() const {
  if (cursor_.depth_ <= kMaxDepth) return absl::OkStatus();
  return cursor_.Error(base::StrCat("the text nests more than ", kMaxDepth, " levels deep"));
}

}  // namespace eqsat::importers::mlir
