#include "engine/interchange/json_scanner.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::engine {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendUtf8(unsigned code, std::string* out) {
  auto tail = [&](int shift) {
    out->push_back(static_cast<char>(0x80 | ((code >> shift) & 0x3f)));
  };
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xc0 | (code >> 6)));
    tail(0);
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xe0 | (code >> 12)));
    tail(6), tail(0);
  } else {
    out->push_back(static_cast<char>(0xf0 | (code >> 18)));
    tail(12), tail(6), tail(0);
  }
}

}  // namespace

absl::Status JsonScanner::ErrorAt(size_t offset, std::string_view message) const {
  offset = std::min(offset, text_.size());
  std::string_view before = text_.substr(0, offset);
  auto line = std::ranges::count(before, '\n') + 1;
  size_t line_start = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  return base::InvalidArgument("%d:%d: %s", line, offset - line_start + 1, base::Absl(message));
}

void JsonScanner::SkipSpace() {
  while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
}

char JsonScanner::Peek() {
  SkipSpace();
  return at_ < text_.size() ? text_[at_] : '\0';
}

absl::Status JsonScanner::Expect(char byte) {
  if (Peek() == byte && at_ < text_.size()) {
    ++at_;
    return absl::OkStatus();
  }
  if (at_ >= text_.size())
    return ErrorAt(at_, base::StrCat("the text ends where '", std::string(1, byte), "' must be"));
  return ErrorAt(at_, base::StrCat("expected '", std::string(1, byte), "', not '",
                                   std::string(1, text_[at_]), "'"));
}

absl::Status JsonScanner::Enter(char open) { return Expect(open); }

absl::Status JsonScanner::Next(char close, bool first, bool* more) {
  *more = Peek() != close;
  if (!*more) {
    ++at_;
    return absl::OkStatus();
  }
  return first ? absl::OkStatus() : Expect(',');
}

absl::Status JsonScanner::Key(std::string_view* key) {
  EQSAT_RETURN_IF_ERROR(String(key));
  return Expect(':');
}

absl::Status JsonScanner::String(std::string_view* value) {
  EQSAT_RETURN_IF_ERROR(Expect('"'));
  size_t begin = at_;
  for (; at_ < text_.size(); ++at_) {
    char c = text_[at_];
    if (c == '"') {
      *value = text_.substr(begin, at_++ - begin);
      return absl::OkStatus();
    }
    if (c == '\\') return Decode(begin, value);
    if (static_cast<unsigned char>(c) < 0x20)
      return ErrorAt(at_, "a control character in a string");
  }
  return ErrorAt(begin, "a string without an end");
}

absl::Status JsonScanner::Decode(size_t begin, std::string_view* value) {
  std::string& out = decoded_.emplace_back(text_.substr(begin, at_ - begin));
  while (at_ < text_.size()) {
    char c = text_[at_++];
    if (c == '"') {
      *value = out;
      return absl::OkStatus();
    }
    if (static_cast<unsigned char>(c) < 0x20)
      return ErrorAt(at_ - 1, "a control character in a string");
    if (c != '\\')
      out.push_back(c);
    else
      EQSAT_RETURN_IF_ERROR(DecodeEscape(&out));
  }
  return ErrorAt(begin, "a string without an end");
}

absl::Status JsonScanner::DecodeEscape(std::string* out) {
  static constexpr std::string_view kNames = "\"\\/bfnrt";
  static constexpr std::string_view kBytes = "\"\\/\b\f\n\r\t";
  size_t place = at_ - 1;
  char c = at_ < text_.size() ? text_[at_++] : '\0';
  if (size_t i = kNames.find(c); i != kNames.npos) {
    out->push_back(kBytes[i]);
    return absl::OkStatus();
  }
  if (c != 'u') return ErrorAt(place, "an unknown escape in a string");
  unsigned unit = 0;
  EQSAT_RETURN_IF_ERROR(HexUnit(&unit));
  bool is_high = unit >= 0xd800 && unit < 0xdc00;
  if (is_high && text_.substr(at_, 2) == "\\u") {
    at_ += 2;
    unsigned low = 0;
    EQSAT_RETURN_IF_ERROR(HexUnit(&low));
    if (low < 0xdc00 || low > 0xdfff) return ErrorAt(place, "half of a surrogate pair");
    unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  } else if (unit >= 0xd800 && unit <= 0xdfff) {
    return ErrorAt(place, "half of a surrogate pair");
  }
  AppendUtf8(unit, out);
  return absl::OkStatus();
}

absl::Status JsonScanner::HexUnit(unsigned* unit) {
  std::string_view digits = text_.substr(at_, 4);
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), *unit, 16);
  if (error != std::errc() || end != digits.data() + 4)
    return ErrorAt(at_, "four hexadecimal digits must follow \\u");
  at_ += 4;
  return absl::OkStatus();
}

absl::Status JsonScanner::Number(double* value) {
  char c = Peek();
  size_t begin = at_;
  size_t digit = c == '-' ? begin + 1 : begin;
  if (digit >= text_.size() || !IsDigit(text_[digit])) return ErrorAt(begin, "expected a number");
  auto [end, error] = std::from_chars(text_.data() + begin, text_.data() + text_.size(), *value);
  at_ = static_cast<size_t>(end - text_.data());
  if (error != std::errc())
    return ErrorAt(
        begin, base::StrCat(text_.substr(begin, at_ - begin), " is outside the range of a double"));
  return absl::OkStatus();
}

absl::Status JsonScanner::Bool(bool* value) {
  *value = Peek() == 't';
  std::string_view word = *value ? "true" : "false";
  if (text_.substr(at_, word.size()) != word) return ErrorAt(at_, "expected true or false");
  at_ += word.size();
  return absl::OkStatus();
}

absl::Status JsonScanner::SkipScalar() {
  char c = Peek();
  std::string_view text;
  double number;
  bool flag;
  if (c == '"') return String(&text);
  if (c == 't' || c == 'f') return Bool(&flag);
  if (text_.substr(at_, 4) != "null") return Number(&number);
  at_ += 4;
  return absl::OkStatus();
}

absl::Status JsonScanner::Skip(std::string_view* text) {
  Peek();
  size_t begin = at_;
  std::string open;  // the closing bytes that are due, innermost last
  bool first = true;
  do {
    if (!open.empty()) {
      bool more;
      EQSAT_RETURN_IF_ERROR(Next(open.back(), first, &more));
      first = false;
      if (!more) {
        open.pop_back();
        continue;
      }
      std::string_view key;
      if (open.back() == '}') EQSAT_RETURN_IF_ERROR(Key(&key));
    }
    char c = Peek();
    if (c == '{' || c == '[') {
      ++at_;
      open.push_back(c == '{' ? '}' : ']');
      first = true;
    } else {
      EQSAT_RETURN_IF_ERROR(SkipScalar());
    }
  } while (!open.empty());
  *text = text_.substr(begin, at_ - begin);
  return absl::OkStatus();
}

absl::Status JsonScanner::End() {
  Peek();
  return at_ == text_.size() ? absl::OkStatus() : ErrorAt(at_, "text after the end of the object");
}

void AppendJsonString(std::string_view text, std::string* out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out->push_back('"');
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (byte < 0x20) {
      out->append("\\u00");
      out->push_back(kHex[byte >> 4]);
      out->push_back(kHex[byte & 15]);
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

}  // namespace eqsat::engine
