// Reads JSON text piece by piece, without building a tree of it.
#ifndef EQSAT_ENGINE_INTERCHANGE_JSON_SCANNER_H_
#define EQSAT_ENGINE_INTERCHANGE_JSON_SCANNER_H_

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace eqsat::engine {

// Walks over a text that must outlive it. Every call fails with the line and column of the first
// byte that is not what the call asks for; after a failure the scanner is not to be used.
//
//   EQSAT_RETURN_IF_ERROR(scanner.Enter('{'));
//   for (bool first = true; ; first = false) {
//     bool more; EQSAT_RETURN_IF_ERROR(scanner.Next('}', first, &more));
//     if (!more) break;
//     EQSAT_RETURN_IF_ERROR(scanner.Key(&key)); ... one value ...
//   }
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) : text_(text) {}

  // The opening '{' or '['.
  absl::Status Enter(char open);
  // Steps to the next member of the value that `close` ends, over a comma if it is not the `first`;
  // `more` is false after the closing byte.
  absl::Status Next(char close, bool first, bool* more);
  // A member's name and the colon.
  absl::Status Key(std::string_view* key);

  // Strings without escapes are parts of the text; others are kept by the scanner's `decoded`.
  absl::Status String(std::string_view* value);
  absl::Status Number(double* value);
  absl::Status Bool(bool* value);
  // Any value; its text.
  absl::Status Skip(std::string_view* text);
  // Nothing but space until the end.
  absl::Status End();

  // The first byte of the next value: '{', '[', '"', a digit, …; 0 at the end.
  char Peek();
  // An error about what was read last.
  absl::Status ErrorAt(size_t offset, std::string_view message) const;
  size_t offset() const { return at_; }
  // Strings with escapes, which views that were handed out point into.
  std::deque<std::string> TakeDecoded() { return std::move(decoded_); }

 private:
  void SkipSpace();
  absl::Status Expect(char byte);
  absl::Status SkipScalar();
  absl::Status Decode(size_t begin, std::string_view* value);
  absl::Status DecodeEscape(std::string* out);
  absl::Status HexUnit(unsigned* unit);

  std::string_view text_;
  size_t at_ = 0;
  std::deque<std::string> decoded_;
};

// `text` as a JSON string, quotes included.
void AppendJsonString(std::string_view text, std::string* out);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_INTERCHANGE_JSON_SCANNER_H_
