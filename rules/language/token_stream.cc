#include "rules/language/token_stream.h"

#include "ir/base/strings.h"

namespace eqsat::rules {

Token TokenStream::Take() {
  Token token = Peek();
  if (!AtEnd()) ++position_;
  return token;
}

bool TokenStream::IsSymbol(std::string_view symbol, size_t ahead) const {
  return Peek(ahead).kind == Token::Kind::kSymbol && Peek(ahead).text == symbol;
}

bool TokenStream::IsName(std::string_view name, size_t ahead) const {
  return IsAnyName(ahead) && Peek(ahead).text == name;
}

bool TokenStream::Adjoins(size_t ahead) const {
  const Token& token = Peek(ahead);
  const Token& before = Peek(ahead - 1);
  return token.place.line == before.place.line && token.place.column == before.end_column;
}

bool TokenStream::TakeSymbol(std::string_view symbol) {
  if (!IsSymbol(symbol)) return false;
  Take();
  return true;
}

bool TokenStream::TakeName(std::string_view name) {
  if (!IsName(name)) return false;
  Take();
  return true;
}

absl::Status TokenStream::Expect(std::string_view symbol, std::string_view where) {
  if (TakeSymbol(symbol)) return absl::OkStatus();
  return Unexpected(base::StrCat("'", symbol, "' ", where));
}

absl::StatusOr<std::string> TokenStream::ExpectName(std::string_view what) {
  if (!IsAnyName()) return Unexpected(what);
  return Take().text;
}

absl::StatusOr<std::string> TokenStream::ExpectString(std::string_view what) {
  if (Peek().kind != Token::Kind::kString) return Unexpected(what);
  return Take().text;
}

absl::Status TokenStream::Unexpected(std::string_view what) const {
  const Token& token = Peek();
  std::string found = AtEnd() ? std::string("the end of the file")
                      : token.kind == Token::Kind::kString
                          ? base::StrCat("the text \"", token.text, "\"")
                          : base::StrCat("'", token.text, "'");
  return Error(token.place, base::StrCat("expected ", what, ", found ", found));
}

}  // namespace eqsat::rules
