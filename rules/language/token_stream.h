// The tokens of a file with a position in them, and the errors of a reader.
#ifndef EQSAT_RULES_LANGUAGE_TOKEN_STREAM_H_
#define EQSAT_RULES_LANGUAGE_TOKEN_STREAM_H_

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rules/language/lexer.h"
#include "rules/language/source_text.h"

namespace eqsat::rules {

class TokenStream {
 public:
  // `tokens` end with a kEnd, which is never passed.
  TokenStream(const SourceText* source, std::vector<Token> tokens)
      : source_(source), tokens_(std::move(tokens)) {}

  const Token& Peek(size_t ahead = 0) const {
    return tokens_[std::min(position_ + ahead, tokens_.size() - 1)];
  }
  Token Take();
  Place place() const { return Peek().place; }
  bool AtEnd() const { return Peek().kind == Token::Kind::kEnd; }

  bool IsSymbol(std::string_view symbol, size_t ahead = 0) const;
  bool IsName(std::string_view name, size_t ahead = 0) const;
  bool IsAnyName(size_t ahead = 0) const { return Peek(ahead).kind == Token::Kind::kName; }
  // Whether token `ahead` follows the one before it without space.
  bool Adjoins(size_t ahead) const;
  bool TakeSymbol(std::string_view symbol);
  bool TakeName(std::string_view name);

  absl::Status Expect(std::string_view symbol, std::string_view where);
  absl::StatusOr<std::string> ExpectName(std::string_view what);
  absl::StatusOr<std::string> ExpectString(std::string_view what);

  // Counts how deep the reader is nested, however it got there.
  class Nesting {
   public:
    explicit Nesting(TokenStream& tokens) : tokens_(tokens) { ++tokens_.nesting_; }
    ~Nesting() { --tokens_.nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;
    int depth() const { return tokens_.nesting_; }

   private:
    TokenStream& tokens_;
  };

  absl::Status Error(Place place, std::string_view message) const {
    return source_->Error(place, message);
  }
  // "expected WHAT, found …" at the current token.
  absl::Status Unexpected(std::string_view what) const;

 private:
  const SourceText* source_;
  std::vector<Token> tokens_;
  size_t position_ = 0;
  int nesting_ = 0;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_LANGUAGE_TOKEN_STREAM_H_
