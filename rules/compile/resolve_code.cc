#include "rules/compile/resolve_code.h"

#include <cmath>
#include <map>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/compile/vocabulary.h"

namespace eqsat::rules {
namespace {

// Functions of a file expand in place, which may double what they are given each time.
constexpr size_t kMaxSize = 10'000;
constexpr int kMaxExpansions = 64;

size_t SizeOf(const Code& code) {
  size_t size = 1;
  for (const Code& argument : code.arguments) size += SizeOf(argument);
  return size;
}

bool Accepts(ValueKind wanted, ValueKind given) {
  return wanted == given || wanted == ValueKind::kAny || given == ValueKind::kAny ||
         (wanted == ValueKind::kDtype && given == ValueKind::kOperand);
}

ValueKind TypeOf(const Value& value) { return static_cast<ValueKind>(value.index()); }

class CodeResolver {
 public:
  explicit CodeResolver(Scope& scope) : scope_(scope) {}

  absl::StatusOr<Code> Resolve(const Expr& expr) {
    if (++size_ > kMaxSize) return TooLarge(expr);
    switch (expr.kind) {
      case Expr::Kind::kName:
        return Name(expr);
      case Expr::Kind::kInteger:
        return Literal(expr, expr.integer);
      case Expr::Kind::kNumber:
        return Literal(expr, expr.number);
      case Expr::Kind::kString:
        return Literal(expr, expr.text);
      case Expr::Kind::kList:
        return List(expr);
      case Expr::Kind::kCall:
        return Call(expr);
      case Expr::Kind::kOperator:
        return expr.text == "in" ? Membership(expr) : Operator(expr);
      case Expr::Kind::kSpread:
      case Expr::Kind::kEach:
        break;
    }
    return scope_.Error(expr.place, "a sequence of operands may only stand among operands");
  }

 private:
  absl::Status TooLarge(const Expr& expr) const {
    return scope_.Error(expr.place, "the expression grows too large when functions are put in");
  }

  static Code Literal(const Expr& expr, Value value) {
    Code code{.kind = Code::Kind::kLiteral, .place = expr.place};
    code.type = TypeOf(value);
    code.literal = std::move(value);
    return code;
  }

  absl::StatusOr<Code> Name(const Expr& expr) {
    if (auto bound = arguments_.find(expr.text); bound != arguments_.end()) {
      size_ += SizeOf(bound->second);
      if (size_ > kMaxSize) return TooLarge(expr);
      return bound->second;
    }
    if (SymbolId id = scope_.Find(expr.text); id != kNoSymbol) {
      Code code{.kind = Code::Kind::kSymbol, .place = expr.place, .type = scope_.symbol(id).kind};
      code.symbol = id;
      return code;
    }
    if (expr.text == "true" || expr.text == "false") return Literal(expr, expr.text == "true");
    if (auto type = ElementTypeFromRuleName(expr.text)) return Literal(expr, *type);
    return scope_.Error(expr.place, base::StrCat("nothing is named '", expr.text, "' here",
                                                 DidYouMean(expr.text, scope_.SymbolNames())));
  }

  absl::Status Arguments(const Expr& expr, Code* code) {
    for (const Expr& argument : expr.arguments) {
      EQSAT_ASSIGN_OR_RETURN(Code resolved, Resolve(argument));
      code->arguments.push_back(std::move(resolved));
    }
    return absl::OkStatus();
  }

  absl::Status Expect(const Code& code, ValueKind wanted, std::string_view where) {
    if (Accepts(wanted, code.type)) return absl::OkStatus();
    return scope_.Error(code.place, base::StrCat(where, " takes ", NameOf(wanted),
                                                 " here, but this is ", NameOf(code.type)));
  }

  absl::StatusOr<Code> List(const Expr& expr) {
    Code code{.kind = Code::Kind::kList, .place = expr.place, .type = ValueKind::kInts};
    EQSAT_RETURN_IF_ERROR(Arguments(expr, &code));
    for (const Code& element : code.arguments)
      EQSAT_RETURN_IF_ERROR(Expect(element, ValueKind::kInt, "a list"));
    return code;
  }

  absl::Status WrongCount(const Expr& expr, size_t wanted) {
    return scope_.Error(expr.place, absl::StrFormat("%s takes %d arguments, but %d are given",
                                                    expr.text, wanted, expr.arguments.size()));
  }

  absl::StatusOr<Code> Call(const Expr& expr) {
    if (!expr.named.empty() || !expr.capture.empty() || !expr.region.empty())
      return scope_.Error(expr.place, base::StrCat("a function has plain arguments only"));
    if (expr.text == "not" && expr.arguments.size() == 1) return Operator(expr);
    if (const FunctionDecl* declared = scope_.file().FindFunctionDecl(expr.text, expanding_))
      return Expand(expr, *declared);
    Code code{.kind = Code::Kind::kCall, .place = expr.place};
    code.function = FindFunction(expr.text);
    if (!code.function) {
      std::vector<std::string_view> names;
      for (const Function& function : AllFunctions()) names.push_back(function.name);
      for (const FunctionDecl& function : scope_.file().functions()) names.push_back(function.name);
      return scope_.Error(expr.place, base::StrCat("there is no function '", expr.text, "'",
                                                   DidYouMean(expr.text, names)));
    }
    if (expr.arguments.size() != code.function->parameters.size())
      return WrongCount(expr, code.function->parameters.size());
    EQSAT_RETURN_IF_ERROR(Arguments(expr, &code));
    for (size_t i = 0; i < code.arguments.size(); ++i)
      EQSAT_RETURN_IF_ERROR(Expect(code.arguments[i], code.function->parameters[i], expr.text));
    code.type = code.function->result;
    return code;
  }

  // The function's value with its parameters replaced. A function sees only those before it, so
  // this ends.
  absl::StatusOr<Code> Expand(const Expr& expr, const FunctionDecl& declared) {
    if (expr.arguments.size() != declared.parameters.size())
      return WrongCount(expr, declared.parameters.size());
    std::map<std::string, Code> arguments;
    for (size_t i = 0; i < expr.arguments.size(); ++i) {
      EQSAT_ASSIGN_OR_RETURN(Code argument, Resolve(expr.arguments[i]));
      arguments.emplace(declared.parameters[i], std::move(argument));
    }
    if (expansions_ == kMaxExpansions) return TooLarge(expr);
    ++expansions_;
    std::swap(arguments, arguments_);
    const FunctionDecl* outer = std::exchange(expanding_, &declared);
    absl::StatusOr<Code> body = Resolve(declared.body);
    std::swap(arguments, arguments_);
    expanding_ = outer;
    --expansions_;
    return body;
  }

  absl::StatusOr<Code> Operator(const Expr& expr) {
    Code code{.kind = Code::Kind::kOperator, .place = expr.place};
    code.op = expr.text;
    EQSAT_RETURN_IF_ERROR(Arguments(expr, &code));
    bool logical = expr.text == "not" || expr.text == "and" || expr.text == "or";
    bool equality = expr.text == "==" || expr.text == "!=";
    bool order = expr.text == "<" || expr.text == "<=" || expr.text == ">" || expr.text == ">=";
    if (logical || equality || order) {
      code.type = ValueKind::kBool;
      for (const Code& argument : code.arguments)
        if (logical) EQSAT_RETURN_IF_ERROR(Expect(argument, ValueKind::kBool, expr.text));
      if (equality && !Accepts(code.arguments[0].type, code.arguments[1].type))
        return Expect(code.arguments[1], code.arguments[0].type, expr.text);
      return code;
    }
    // Arithmetic: on integers, on numbers, and on lists element by element.
    for (const Code& argument : code.arguments) {
      bool number = argument.type == ValueKind::kInt || argument.type == ValueKind::kInts ||
                    argument.type == ValueKind::kNumber || argument.type == ValueKind::kAny;
      if (!number) return Expect(argument, ValueKind::kInt, expr.text);
      if (argument.type == ValueKind::kInts || code.type == ValueKind::kAny)
        code.type = argument.type;
    }
    return code;
  }

  // `T in Int` or `d in dims`
  absl::StatusOr<Code> Membership(const Expr& expr) {
    const Expr& set = expr.arguments[1];
    const std::vector<ir::ElementType>* types =
        set.kind == Expr::Kind::kName && scope_.Find(set.text) == kNoSymbol
            ? scope_.file().FindTypeSet(set.text)
            : nullptr;
    if (!types) {
      Expr call{.kind = Expr::Kind::kCall, .place = expr.place, .text = "contains"};
      call.arguments = {set, expr.arguments[0]};
      return Call(call);
    }
    Code code{.kind = Code::Kind::kInSet, .place = expr.place, .type = ValueKind::kBool};
    code.element_types = *types;
    EQSAT_ASSIGN_OR_RETURN(Code type, Resolve(expr.arguments[0]));
    EQSAT_RETURN_IF_ERROR(Expect(type, ValueKind::kDtype, "'in' a set of element types"));
    code.arguments.push_back(std::move(type));
    return code;
  }

  Scope& scope_;
  size_t size_ = 0;
  int expansions_ = 0;
  std::map<std::string, Code> arguments_;
  const FunctionDecl* expanding_ = nullptr;
};

}  // namespace

absl::StatusOr<Code> ResolveCode(Scope& scope, const Expr& expr) {
  return CodeResolver(scope).Resolve(expr);
}

absl::StatusOr<Code> ResolveCodeOf(Scope& scope, const Expr& expr, ValueKind kind) {
  EQSAT_ASSIGN_OR_RETURN(Code code, ResolveCode(scope, expr));
  if (Accepts(kind, code.type)) return code;
  return scope.Error(expr.place, base::StrCat("this is ", NameOf(code.type), ", where ",
                                              NameOf(kind), " is needed"));
}

absl::StatusOr<double> ResolveNumber(const Scope& scope, const Expr& expr) {
  if (expr.kind == Expr::Kind::kInteger || expr.kind == Expr::Kind::kNumber) return expr.number;
  if (expr.kind != Expr::Kind::kOperator || expr.arguments.empty() || expr.arguments.size() > 2)
    return scope.Error(expr.place, "a number is needed here");
  EQSAT_ASSIGN_OR_RETURN(double left, ResolveNumber(scope, expr.arguments[0]));
  if (expr.arguments.size() == 1 && expr.text == "-") return -left;
  if (expr.arguments.size() == 1) return scope.Error(expr.place, "a number is needed here");
  EQSAT_ASSIGN_OR_RETURN(double right, ResolveNumber(scope, expr.arguments[1]));
  if (expr.text == "+") return left + right;
  if (expr.text == "-") return left - right;
  if (expr.text == "*") return left * right;
  if (expr.text == "/") return left / right;
  if (expr.text == "^") return std::pow(left, right);
  return scope.Error(expr.place, base::StrCat("'", expr.text, "' gives no number"));
}

}  // namespace eqsat::rules
