#include "rules/syntax/spacing.h"

#include <algorithm>
#include <array>

namespace eqsat::rules {
namespace {

using Kind = Token::Kind;

bool Adjoins(const Token& before, const Token& after) {
  return before.place.line == after.place.line && before.end_column == after.place.column;
}

template <size_t n>
bool IsOneOf(const Token& token, const std::array<std::string_view, n>& symbols) {
  return token.kind == Kind::kSymbol && std::ranges::find(symbols, token.text) != symbols.end();
}

// Can a term end with it?
bool EndsValue(const Token& token) {
  if (token.kind == Kind::kName) return !IsWordOperator(token);
  if (token.kind == Kind::kSymbol) return token.text == ")" || token.text == "]";
  return token.kind != Kind::kEnd;
}

// Is token `i` a '-' that negates what follows?
bool IsSign(absl::Span<const Token> tokens, size_t i) {
  return IsSymbol(tokens[i], "-") && (i == 0 || !EndsValue(tokens[i - 1]));
}

// `<` and `>` around the name of a region.
bool IsRegionBracket(absl::Span<const Token> tokens, size_t i) {
  auto is_region = [&](size_t open) {
    return open >= 1 && open + 3 < tokens.size() && tokens[open - 1].kind == Kind::kName &&
           IsSymbol(tokens[open], "<") && tokens[open + 1].kind == Kind::kName &&
           IsSymbol(tokens[open + 2], ">") && IsSymbol(tokens[open + 3], "(");
  };
  return is_region(i) || (i >= 2 && is_region(i - 2));
}

// `2^-10`, but `2 ^ (n - 1)`.
bool IsPlainPower(absl::Span<const Token> tokens, size_t caret) {
  if (caret == 0 || caret + 1 >= tokens.size() || tokens[caret - 1].kind != Kind::kInteger)
    return false;
  size_t exponent = caret + 1;
  if (IsSymbol(tokens[exponent], "-") && exponent + 1 < tokens.size()) ++exponent;
  return tokens[exponent].kind == Kind::kInteger;
}

// From the '[' at `open`: only numbers, signs and commas up to its ']'.
bool HoldsNumbersAlone(absl::Span<const Token> tokens, size_t open) {
  for (size_t i = open + 1; i < tokens.size(); ++i) {
    if (IsSymbol(tokens[i], "]")) return true;
    if (tokens[i].kind != Kind::kInteger && !IsSymbol(tokens[i], ",") && !IsSymbol(tokens[i], "-"))
      return false;
  }
  return false;
}

// Where the name that begins at `i` ends, with the parts that '-' joins to it.
size_t EndOfName(absl::Span<const Token> tokens, size_t i) {
  size_t end = i + 1;
  while (end + 1 < tokens.size() && IsSymbol(tokens[end], "-") &&
         Adjoins(tokens[end - 1], tokens[end]) && tokens[end + 1].kind == Kind::kName)
    end += 2;
  return end;
}

}  // namespace

bool IsSymbol(const Token& token, std::string_view symbol) {
  return token.kind == Kind::kSymbol && token.text == symbol;
}

bool IsWordOperator(const Token& token) {
  static constexpr std::array<std::string_view, 8> kWords = {"and",  "or",   "not",   "in",
                                                             "else", "when", "where", "each"};
  return token.kind == Kind::kName && std::ranges::find(kWords, token.text) != kWords.end();
}

std::vector<TokenContext> ContextsOf(absl::Span<const Token> tokens) {
  std::vector<TokenContext> contexts(tokens.size());
  std::vector<size_t> open;  // brackets, innermost last
  for (size_t i = 0; i < tokens.size(); ++i) {
    const bool closes =
        IsSymbol(tokens[i], ")") || IsSymbol(tokens[i], "]") || IsSymbol(tokens[i], "}");
    if (closes && !open.empty()) open.pop_back();
    if (!open.empty()) {
      contexts[i].in_parentheses = IsSymbol(tokens[open.back()], "(");
      contexts[i].in_tight_list =
          IsSymbol(tokens[open.back()], "[") && HoldsNumbersAlone(tokens, open.back());
    }
    if (IsSymbol(tokens[i], "(") || IsSymbol(tokens[i], "[") || IsSymbol(tokens[i], "{"))
      open.push_back(i);
    // A rule's name: after `rule`, or before the '[' of a short rule. Only at the top are there
    // names with '-' inside.
    if (tokens[i].kind != Kind::kName || !open.empty() || contexts[i].in_rule_name) continue;
    const size_t end = EndOfName(tokens, i);
    const bool is_header = end < tokens.size() && IsSymbol(tokens[end], "[");
    if (!is_header && !(end < tokens.size() && IsSymbol(tokens[end], "{"))) continue;
    if (end == i + 1 && IsWordOperator(tokens[i])) continue;
    for (size_t part = i + 1; part < end; ++part) contexts[part].in_rule_name = true;
    if (is_header) contexts[end].opens_header = true;
  }
  return contexts;
}

bool HasSpaceBefore(absl::Span<const Token> tokens, absl::Span<const TokenContext> contexts,
                    size_t i) {
  const Token& before = tokens[i - 1];
  const Token& token = tokens[i];
  if (contexts[i].in_rule_name || (contexts[i].opens_header)) return contexts[i].opens_header;
  if (IsOneOf(token, std::array<std::string_view, 4>{",", ")", "]", ";"})) return false;
  if (IsOneOf(before, std::array<std::string_view, 2>{"(", "["})) return false;
  if (IsSymbol(token, "}")) return !IsSymbol(before, "{");
  if (IsSymbol(token, ":") || IsSymbol(token, ".") || IsSymbol(before, ".")) return false;
  if (IsSymbol(before, "..")) return false;
  if (IsSymbol(token, "...")) return before.kind != Kind::kName;
  if (IsSymbol(token, "=") || IsSymbol(before, "="))
    return !contexts[IsSymbol(token, "=") ? i : i - 1].in_parentheses;
  if (IsSymbol(before, ",")) return !contexts[i - 1].in_tight_list;
  if (IsRegionBracket(tokens, i) || IsRegionBracket(tokens, i - 1)) return false;
  if (IsSign(tokens, i - 1)) return false;
  const size_t caret = IsSymbol(token, "^") ? i : i - 1;
  if (IsSymbol(tokens[caret], "^")) return !IsPlainPower(tokens, caret);
  if (IsSign(tokens, i) && i >= 2 && IsSymbol(before, "^")) return !IsPlainPower(tokens, i - 1);
  // A call and a type stay together with what they are given; `x and (y)` is no call. `not` may be
  // the op or the operator, which only its writer knows.
  if (IsSymbol(token, "(") || IsSymbol(token, "[")) {
    const bool is_infix = IsWordOperator(before) && i >= 2 && EndsValue(tokens[i - 2]);
    if (before.kind == Kind::kName && before.text == "not") return !Adjoins(before, token);
    return before.kind != Kind::kName || is_infix;
  }
  return true;
}

}  // namespace eqsat::rules
