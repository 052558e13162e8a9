// A place in MLIR text, and the reading of small things there.
#ifndef EQSAT_IMPORTERS_MLIR_CURSOR_H_
#define EQSAT_IMPORTERS_MLIR_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "importers/mlir/operation.h"

namespace eqsat::importers::mlir {

// MLIR's grammar depends on context (`2x3xf32`, `#alias`, `@"name"`), so the text is read without a
// token stream. Every reading first skips white space and `//` comments. Errors read
// "LINE:COLUMN: message", counted from 1, columns in bytes.
class Cursor {
 public:
  // How deep types, attributes and regions may nest.
  static constexpr int kMaxDepth = 200;

  explicit Cursor(std::string_view text) : text_(text) {}

  size_t position() {
    SkipSpace();
    return at_;
  }
  // Without skipping.
  size_t position_after() const { return at_; }
  void set_position(size_t position) { at_ = position; }
  std::string_view text() const { return text_; }
  std::string_view Slice(size_t begin, size_t end) const {
    return text_.substr(begin, end - begin);
  }

  bool AtEnd() { return position() >= text_.size(); }
  // The next byte; 0 at the end.
  char Peek() { return AtEnd() ? '\0' : text_[at_]; }
  // The very next byte, white space included.
  char PeekRaw() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool At(std::string_view symbol) {
    SkipSpace();
    return text_.substr(at_).starts_with(symbol);
  }
  // A whole word, not the beginning of a longer one.
  bool AtWord(std::string_view word);
  bool AtDigit() { return Peek() >= '0' && Peek() <= '9'; }
  // A letter or `_`.
  bool AtName();

  bool Accept(std::string_view symbol);
  bool AcceptWord(std::string_view word);
  absl::Status Expect(std::string_view symbol);

  // [A-Za-z_][A-Za-z0-9_$.]*
  absl::StatusOr<std::string_view> ReadName(std::string_view what);
  // What follows `%`, `@`, `#`, `!` or `^`: letters, digits and `_$.-`.
  absl::StatusOr<std::string_view> ReadSuffix(std::string_view what);
  // `@name` or `@"name"`, without the `@`.
  absl::StatusOr<std::string> ReadSymbolName();
  absl::StatusOr<std::string> ReadString();
  // The bytes of `text`, a string `0x…` that stood at `begin`.
  absl::StatusOr<std::string> DecodeHex(size_t begin, std::string_view text) const;
  // With a sign; decimal or 0x….
  absl::StatusOr<int64_t> ReadInteger();
  // The text of a number, `nan` and `inf` aside: an optional sign, digits, point, exponent; or 0x….
  absl::StatusOr<std::string_view> ReadNumberText();
  // The text from an opening bracket to its partner, both left out. Strings may hold any bracket,
  // and `->` is no bracket.
  absl::StatusOr<std::string_view> ReadBracketed();

  absl::Status Error(std::string_view message) { return ErrorAt(position(), message); }
  absl::Status ErrorAt(size_t position, std::string_view message) const;
  // "expected WHAT, found `…`"
  absl::Status Expected(std::string_view what);
  // Positions must not decrease from one call to the next by much: lines are counted onwards.
  Place PlaceOf(size_t position);

  // One level of recursion, for as long as it lives.
  class Level {
   public:
    explicit Level(Cursor& cursor) : cursor_(cursor) { ++cursor_.depth_; }
    ~Level() { --cursor_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    absl::Status Check() const;

   private:
    Cursor& cursor_;
  };

 private:
  void SkipSpace();

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
  size_t counted_to_ = 0;  // the beginning of line counted_lines_ + 1
  uint32_t counted_lines_ = 0;
};

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_CURSOR_H_
