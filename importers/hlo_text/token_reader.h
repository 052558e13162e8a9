// Cuts HLO text into tokens, one ahead, and words the errors.
#ifndef EQSAT_IMPORTERS_HLO_TEXT_TOKEN_READER_H_
#define EQSAT_IMPORTERS_HLO_TEXT_TOKEN_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace eqsat::importers {

struct Token {
  enum class Kind : uint8_t {
    kEnd,
    kBad,     // a byte that begins no token, or a string or comment that does not end
    kSymbol,  // one of { } ( ) [ ] , = : # * ? < > ; + - or `->`, `<=`, `...`
    kWord,    // a name or keyword, without its %
    kNumber,  // 12, -1.5e3
    kString,  // with its quotes
  };
  Kind kind = Kind::kEnd;
  bool has_percent = false;  // words
  size_t begin = 0;          // byte offset
  std::string_view text;     // views the input
};

// Invariant: `token()` is the first token not yet consumed; comments and white space are skipped.
// Views into the text stay valid as long as the text does. Errors read "LINE:COLUMN: message",
// counted from 1, columns in bytes.
class TokenReader {
 public:
  // How deep braces and parentheses may nest where they are parsed recursively.
  static constexpr int kMaxDepth = 200;
  // How many bytes the constants of a text may have together that repeat one element: the others
  // are no larger than their text.
  static constexpr int64_t kMaxSplatBytes = int64_t{1} << 28;

  explicit TokenReader(std::string_view text) : text_(text) { Advance(); }

  const Token& token() const { return token_; }
  size_t position() const { return token_.begin; }
  bool AtEnd() const { return token_.kind == Token::Kind::kEnd; }
  // No two symbols of one length begin alike.
  bool At(std::string_view symbol) const {
    return token_.kind == Token::Kind::kSymbol && token_.text.size() == symbol.size() &&
           token_.text[0] == symbol[0];
  }
  bool AtWord() const { return token_.kind == Token::Kind::kWord; }
  bool AtWord(std::string_view word) const { return AtWord() && token_.text == word; }
  bool AtNumber() const { return token_.kind == Token::Kind::kNumber; }
  bool AtString() const { return token_.kind == Token::Kind::kString; }
  // The text from the current token on.
  std::string_view Rest() const { return text_.substr(token_.begin); }
  // The first byte after the current token that is not space or comment; 0 at the end.
  char PeekByte() const;

  void Advance();
  // The raw text from the current `{` to the first `}` outside strings; empty if a brace or a
  // comment comes before it.
  std::string_view PlainBraces() const;
  // Goes on behind the first `size` bytes of Rest().
  void Skip(size_t size) {
    next_ = token_.begin + size;
    Advance();
  }
  bool Accept(std::string_view symbol) {
    if (!At(symbol)) return false;
    Advance();
    return true;
  }
  bool AcceptWord(std::string_view word) {
    if (!AtWord(word)) return false;
    Advance();
    return true;
  }
  // `what` names, for the error, the thing that `symbol` belongs to.
  absl::Status Expect(std::string_view symbol, std::string_view what) {
    return Accept(symbol) ? absl::OkStatus() : ExpectedSymbol(symbol, what);
  }

  absl::StatusOr<std::string_view> ReadName(std::string_view what);
  absl::StatusOr<int64_t> ReadInteger(std::string_view what);
  absl::StatusOr<double> ReadDouble(std::string_view what);
  absl::StatusOr<bool> ReadBool(std::string_view what);
  // A quoted string, its escapes resolved.
  absl::StatusOr<std::string> ReadString(std::string_view what);
  // The raw text from `{` (or `[` or `(`) to its partner, both included. Strings may hold any
  // bracket.
  absl::StatusOr<std::string_view> ReadBracketed(std::string_view what);
  // The raw text from the current token on, while the bytes are letters, digits or among
  // `others`; `->` is taken where '>' is. For tokens that only one attribute has:
  // `b01f_01io->b01f`.
  std::string_view ReadRaw(std::string_view others);

  absl::Status Error(std::string_view message) const { return ErrorAt(token_.begin, message); }
  absl::Status ErrorAt(size_t position, std::string_view message) const;
  // "expected WHAT, found `token`"
  absl::Status Expected(std::string_view what) const;

  // Counts towards kMaxSplatBytes; false beyond it.
  bool SpendSplatBytes(int64_t bytes) {
    return bytes <= kMaxSplatBytes - splat_bytes_ && ((splat_bytes_ += bytes), true);
  }

  // One level of recursion, for as long as it lives.
  class Level {
   public:
    explicit Level(TokenReader& reader) : reader_(reader) { ++reader_.depth_; }
    ~Level() { --reader_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    // An error if the input nests too deeply.
    absl::Status Check() const;

   private:
    TokenReader& reader_;
  };

 private:
  absl::Status ExpectedSymbol(std::string_view symbol, std::string_view what) const;
  size_t SkipSpace(size_t at) const;  // npos if a comment does not end
  size_t SkipString(size_t at) const;
  void Make(Token::Kind kind, size_t begin, size_t end);
  void LexWord(size_t begin);
  void LexNumber(size_t begin);

  std::string_view text_;
  size_t next_ = 0;  // the first byte after token_
  Token token_;
  int depth_ = 0;
  int64_t splat_bytes_ = 0;
};

// Resolves the C escapes of `quoted`, quotes included; false if one is malformed.
bool Unquote(std::string_view quoted, std::string* out);

// "LINE:COLUMN" of a byte offset.
std::string LineAndColumn(std::string_view text, size_t offset);

// The text must be UTF-8 without NUL bytes; the error says where it is not.
absl::Status CheckEncoding(std::string_view text);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_TEXT_TOKEN_READER_H_
