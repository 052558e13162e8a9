#include "rules/language/expr_parser.h"

#include <array>
#include <string_view>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/language/parser.h"

namespace eqsat::rules {
namespace {

constexpr int kComparison = 3;
constexpr int kSum = 4;
constexpr int kPower = 6;

// How strongly a binary operator binds; 0 if it is none.
int Strength(const Token& token) {
  if (token.kind == Token::Kind::kName)
    return token.text == "or" ? 1 : token.text == "and" ? 2 : token.text == "in" ? kComparison : 0;
  if (token.kind != Token::Kind::kSymbol) return 0;
  for (std::string_view symbol : {"==", "!=", "<", "<=", ">", ">="})
    if (token.text == symbol) return kComparison;
  if (token.text == "+" || token.text == "-") return kSum;
  if (token.text == "*" || token.text == "/" || token.text == "%") return kSum + 1;
  return token.text == "^" ? kPower : 0;
}

class ExprParser {
 public:
  explicit ExprParser(TokenStream& tokens) : tokens_(tokens) {}

  absl::StatusOr<Expr> Binary(int weakest) {
    TokenStream::Nesting nesting(tokens_);
    if (nesting.depth() > kMaxNesting) return TooDeep();
    EQSAT_ASSIGN_OR_RETURN(Expr left, Unary());
    // A chain of operators nests to the left, so its length counts as depth.
    int chain = 0;
    while (Strength(tokens_.Peek()) >= weakest && Strength(tokens_.Peek()) > 0 && !AtRuleName()) {
      if (++chain > kMaxNesting) return TooDeep();
      Token op = tokens_.Take();
      // ^ groups to the right, all else to the left.
      int next = Strength(op) == kPower ? kPower : Strength(op) + 1;
      EQSAT_ASSIGN_OR_RETURN(Expr right, Binary(next));
      Expr whole{.kind = Expr::Kind::kOperator, .place = op.place, .text = op.text};
      whole.arguments.push_back(std::move(left));
      whole.arguments.push_back(std::move(right));
      left = std::move(whole);
    }
    return left;
  }

 private:
  absl::Status TooDeep() const {
    return tokens_.Error(tokens_.place(), absl::StrFormat("nested more than %d deep", kMaxNesting));
  }

  // `or-self` after an expression begins the next rule.
  bool AtRuleName() const {
    return tokens_.IsAnyName() && tokens_.IsSymbol("-", 1) && tokens_.Adjoins(1) &&
           tokens_.IsAnyName(2) && tokens_.Adjoins(2);
  }

  absl::StatusOr<Expr> Unary() {
    Token op = tokens_.Peek();
    // not(x) is a call: of the op in a term, of the operator in a condition.
    if (tokens_.IsName("not") && tokens_.IsSymbol("(", 1)) return Primary();
    if (!tokens_.TakeName("not") && !tokens_.TakeSymbol("-")) return Primary();
    int operand = op.text == "not" ? kComparison : kPower;
    EQSAT_ASSIGN_OR_RETURN(Expr value, Binary(operand));
    if (op.text == "-" && value.kind == Expr::Kind::kInteger && value.integer != 0) {
      value.integer = -value.integer;
      value.number = -value.number;
      return value;
    }
    // -0 is a number of its own in floating point.
    if (op.text == "-" &&
        (value.kind == Expr::Kind::kInteger || value.kind == Expr::Kind::kNumber)) {
      value.kind = Expr::Kind::kNumber;
      value.number = -value.number;
      return value;
    }
    Expr whole{.kind = Expr::Kind::kOperator, .place = op.place, .text = op.text};
    whole.arguments.push_back(std::move(value));
    return whole;
  }

  absl::StatusOr<Expr> Primary() {
    const Token& token = tokens_.Peek();
    switch (token.kind) {
      case Token::Kind::kInteger:
      case Token::Kind::kNumber: {
        Expr number{.place = token.place, .text = token.text};
        number.kind =
            token.kind == Token::Kind::kInteger ? Expr::Kind::kInteger : Expr::Kind::kNumber;
        number.integer = token.integer;
        number.number = token.number;
        tokens_.Take();
        return number;
      }
      case Token::Kind::kString: {
        Expr text{.kind = Expr::Kind::kString, .place = token.place, .text = token.text};
        tokens_.Take();
        return text;
      }
      case Token::Kind::kName:
        return tokens_.IsName("each") && tokens_.IsAnyName(1) ? Each() : NameOrCall();
      default:
        break;
    }
    if (tokens_.IsSymbol("[")) return List();
    if (tokens_.TakeSymbol("(")) {
      EQSAT_ASSIGN_OR_RETURN(Expr inner, Binary(1));
      EQSAT_RETURN_IF_ERROR(tokens_.Expect(")", "to close the parenthesis"));
      return inner;
    }
    return tokens_.Unexpected("a term or an expression");
  }

  absl::StatusOr<Expr> List() {
    Expr list{.kind = Expr::Kind::kList, .place = tokens_.Take().place};
    while (!tokens_.IsSymbol("]")) {
      EQSAT_ASSIGN_OR_RETURN(Expr element, Binary(1));
      list.arguments.push_back(std::move(element));
      if (!tokens_.TakeSymbol(",")) break;
    }
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("]", "to close the list"));
    return list;
  }

  // each x in xs: term
  absl::StatusOr<Expr> Each() {
    Expr each{.kind = Expr::Kind::kEach, .place = tokens_.Take().place};
    each.text = tokens_.Take().text;
    if (!tokens_.TakeName("in")) return tokens_.Unexpected("'in' after the name of each element");
    EQSAT_ASSIGN_OR_RETURN(each.region, tokens_.ExpectName("the name of a sequence"));
    EQSAT_RETURN_IF_ERROR(tokens_.Expect(":", "before the term for each element"));
    EQSAT_ASSIGN_OR_RETURN(Expr body, Binary(kComparison));
    each.arguments.push_back(std::move(body));
    return each;
  }

  // `name<region>(` is a call; `name <` is a comparison.
  bool AtRegion() const {
    return tokens_.IsSymbol("<") && tokens_.IsAnyName(1) && tokens_.IsSymbol(">", 2) &&
           tokens_.IsSymbol("(", 3);
  }

  absl::StatusOr<Expr> NameOrCall() {
    Token token = tokens_.Take();
    Expr expr{.kind = Expr::Kind::kName, .place = token.place, .text = token.text};
    if (tokens_.TakeSymbol("...")) {
      expr.kind = Expr::Kind::kSpread;
    } else if (AtRegion()) {
      tokens_.Take();
      expr.region = tokens_.Take().text;
      tokens_.Take();
    }
    if (tokens_.TakeSymbol("(")) {
      if (expr.kind == Expr::Kind::kSpread) return tokens_.Unexpected("',' or ')' after '...'");
      expr.kind = Expr::Kind::kCall;
      EQSAT_RETURN_IF_ERROR(Arguments(&expr));
    }
    if (in_call_ > 0 && expr.kind != Expr::Kind::kCall && tokens_.TakeSymbol(":")) {
      EQSAT_ASSIGN_OR_RETURN(expr.type, ParseType(tokens_));
    }
    return expr;
  }

  absl::Status Arguments(Expr* call) {
    ++in_call_;
    while (!tokens_.IsSymbol(")")) {
      if (!call->capture.empty())
        return tokens_.Unexpected("')': the capture is the last argument");
      EQSAT_RETURN_IF_ERROR(Argument(call));
      if (!tokens_.TakeSymbol(",")) break;
    }
    --in_call_;
    return tokens_.Expect(")", base::StrCat("to close the arguments of '", call->text, "'"));
  }

  absl::Status Argument(Expr* call) {
    if (tokens_.TakeSymbol("..")) {
      EQSAT_ASSIGN_OR_RETURN(call->capture, tokens_.ExpectName("a name for the attributes"));
      return absl::OkStatus();
    }
    if (tokens_.IsAnyName() && tokens_.IsSymbol("=", 1)) {
      NamedArgument named{.name = tokens_.Peek().text, .place = tokens_.place()};
      tokens_.Take();
      tokens_.Take();
      EQSAT_ASSIGN_OR_RETURN(named.value, Binary(1));
      call->named.push_back(std::move(named));
      return absl::OkStatus();
    }
    if (!call->named.empty())
      return tokens_.Unexpected("a named argument: operands come before attributes");
    EQSAT_ASSIGN_OR_RETURN(Expr operand, Binary(1));
    call->arguments.push_back(std::move(operand));
    return absl::OkStatus();
  }

  TokenStream& tokens_;
  int in_call_ = 0;
};

absl::StatusOr<TypeDecl::Dim> ParseDim(TokenStream& tokens) {
  TypeDecl::Dim dim{.place = tokens.place()};
  if (tokens.TakeSymbol("...")) {
    dim.kind = TypeDecl::Dim::Kind::kAnySequence;
  } else if (tokens.Peek().kind == Token::Kind::kInteger) {
    dim.size = tokens.Take().integer;
  } else {
    EQSAT_ASSIGN_OR_RETURN(dim.name, tokens.ExpectName("a size, a name of one, or '...'"));
    dim.kind =
        tokens.TakeSymbol("...") ? TypeDecl::Dim::Kind::kSequence : TypeDecl::Dim::Kind::kName;
  }
  return dim;
}

}  // namespace

absl::StatusOr<Expr> ParseExpr(TokenStream& tokens) { return ExprParser(tokens).Binary(1); }
absl::StatusOr<Expr> ParseTerm(TokenStream& tokens) { return ExprParser(tokens).Binary(kSum); }

absl::StatusOr<TypeDecl> ParseType(TokenStream& tokens) {
  TypeDecl type{.place = tokens.place()};
  EQSAT_ASSIGN_OR_RETURN(type.name, tokens.ExpectName("a type"));
  if (tokens.TakeSymbol("(")) {
    // perm(rank(x)): what is in parentheses documents the type; the op itself fixes it.
    EQSAT_RETURN_IF_ERROR(ParseExpr(tokens).status());
    EQSAT_RETURN_IF_ERROR(tokens.Expect(")", "to close the type"));
    return type;
  }
  if (!tokens.TakeSymbol("[")) return type;
  type.has_dims = true;
  while (!tokens.IsSymbol("]")) {
    EQSAT_ASSIGN_OR_RETURN(TypeDecl::Dim dim, ParseDim(tokens));
    type.dims.push_back(std::move(dim));
    if (!tokens.TakeSymbol(",")) break;
  }
  EQSAT_RETURN_IF_ERROR(tokens.Expect("]", "to close the dimensions"));
  return type;
}

}  // namespace eqsat::rules
