#include "rules/prove/symbolic_code.h"

#include <algorithm>
#include <array>

#include "ir/base/status.h"
#include "rules/prove/symbolic_functions.h"

namespace eqsat::rules {
namespace {

using Result = absl::StatusOr<SymbolicValue>;

// Functions that mix all dims, so that leaving one out changes what they say of the others.
constexpr std::array<std::string_view, 10> kWhole = {"prod",
                                                     "numel",
                                                     "sum",
                                                     "count",
                                                     "int_values",
                                                     "reshape_sources",
                                                     "reshape_heads",
                                                     "same_but_ones",
                                                     "start_before_reshape",
                                                     "limit_before_reshape"};

// 2 ^ n is a number where n is; other powers, and divisions, have no value here.
SymbolicValue PowerOfTwo(const Poly& base, const Poly& exponent) {
  constexpr int64_t kMost = 62;
  const std::optional<int64_t> n = exponent.AsConstant();
  if (base != Poly(2) || !n || *n < 0 || *n > kMost) return Unknown();
  return Poly(int64_t{1} << *n);
}

Result Arithmetic(char op, const Poly& a, const Poly& b, ProofScope& scope) {
  switch (op) {
    case '^':
      return PowerOfTwo(a, b);
    case '+':
      return SymbolicValue(a + b);
    case '-':
      return SymbolicValue(a - b);
    case '*':
      return SymbolicValue(scope.assumptions->Simplify(a) * scope.assumptions->Simplify(b));
    default:
      return SymbolicValue(Unknown());
  }
}

Result ListArithmetic(char op, const SymbolicValue& a, const SymbolicValue& b, ProofScope& scope) {
  const Polys* left = a.As<Polys>();
  const Polys* right = b.As<Polys>();
  const Poly* one = (left ? b : a).As<Poly>();
  if (!(left && right) && !one) return SymbolicValue(Undefined());
  if (left && right && left->size() != right->size()) return SymbolicValue(Undefined());
  Polys result;
  for (size_t i = 0; i < (left ? left : right)->size(); ++i) {
    EQSAT_ASSIGN_OR_RETURN(SymbolicValue element, Arithmetic(op, left ? (*left)[i] : *one,
                                                             right ? (*right)[i] : *one, scope));
    if (!element.As<Poly>()) return element;
    result.push_back(*element.As<Poly>());
  }
  return SymbolicValue(result);
}

Result Compare(std::string_view op, const Poly& a, const Poly& b, ProofScope& scope) {
  Poly difference = op[0] == '<' ? b - a : a - b;
  if (op.size() == 1) difference = difference - 1;
  EQSAT_ASSIGN_OR_RETURN(bool holds, scope.assumptions->NonNegative(difference));
  return SymbolicValue(holds);
}

Result Connect(const Code& code, ProofScope& scope) {
  const bool is_or = code.op == "or";
  EQSAT_ASSIGN_OR_RETURN(SymbolicValue first, EvaluateSymbolic(code.arguments[0], scope));
  const bool* left = first.As<bool>();
  if (left && *left == is_or) return first;
  EQSAT_ASSIGN_OR_RETURN(SymbolicValue second, EvaluateSymbolic(code.arguments[1], scope));
  const bool* right = second.As<bool>();
  if (right && *right == is_or) return second;
  return left && right ? second : SymbolicValue(Unknown());
}

Result EvaluateOperator(const Code& code, ProofScope& scope) {
  if (code.op == "and" || code.op == "or") return Connect(code, scope);
  EQSAT_ASSIGN_OR_RETURN(SymbolicValue first, EvaluateSymbolic(code.arguments[0], scope));
  if (first.IsUndefined() || first.IsUnknown()) return first;
  if (code.op == "not") {
    const bool* held = first.As<bool>();
    return held ? SymbolicValue(!*held) : SymbolicValue(Undefined());
  }
  SymbolicValue second = Poly(0);
  if (code.arguments.size() == 1) std::swap(first, second);
  if (code.arguments.size() == 2) {
    EQSAT_ASSIGN_OR_RETURN(second, EvaluateSymbolic(code.arguments[1], scope));
  }
  if (second.IsUndefined() || second.IsUnknown()) return second;
  if (code.op == "==" || code.op == "!=") {
    EQSAT_ASSIGN_OR_RETURN(SymbolicValue equal, SymbolicallyEqual(first, second, scope));
    const bool* held = equal.As<bool>();
    return held && code.op == "!=" ? SymbolicValue(!*held) : equal;
  }
  const Poly* a = first.As<Poly>();
  const Poly* b = second.As<Poly>();
  if (code.op[0] == '<' || code.op[0] == '>')
    return a && b ? Compare(code.op, *a, *b, scope) : SymbolicValue(Unknown());
  if (first.As<Polys>() || second.As<Polys>())
    return ListArithmetic(code.op[0], first, second, scope);
  return a && b ? Arithmetic(code.op[0], *a, *b, scope) : SymbolicValue(Unknown());
}

Result EvaluateList(const Code& code, ProofScope& scope) {
  Polys result;
  for (const Code& argument : code.arguments) {
    EQSAT_ASSIGN_OR_RETURN(SymbolicValue element, EvaluateSymbolic(argument, scope));
    if (!element.As<Poly>()) return element.IsUnknown() ? element : SymbolicValue(Undefined());
    result.push_back(*element.As<Poly>());
  }
  return SymbolicValue(result);
}

Result IsInSet(const Code& code, ProofScope& scope) {
  EQSAT_ASSIGN_OR_RETURN(SymbolicValue value, EvaluateSymbolic(code.arguments[0], scope));
  const auto* type = value.As<ProofType>();
  if (const auto* operand = value.As<OperandRef>()) type = &scope[*operand].type;
  if (!type) return SymbolicValue(Undefined());
  if (type->is_abstract()) return SymbolicValue(Unknown());
  const auto& set = code.element_types;
  return SymbolicValue(std::find(set.begin(), set.end(), type->concrete()) != set.end());
}

}  // namespace

absl::StatusOr<SymbolicValue> EvaluateSymbolic(const Code& code, ProofScope& scope) {
  switch (code.kind) {
    case Code::Kind::kLiteral:
      return SymbolicOf(code.literal);
    case Code::Kind::kSymbol:
      return scope.symbols[code.symbol];
    case Code::Kind::kList:
      return EvaluateList(code, scope);
    case Code::Kind::kOperator:
      return EvaluateOperator(code, scope);
    case Code::Kind::kInSet:
      return IsInSet(code, scope);
    case Code::Kind::kCall: {
      std::vector<SymbolicValue> arguments;
      for (const Code& argument : code.arguments) {
        EQSAT_ASSIGN_OR_RETURN(SymbolicValue value, EvaluateSymbolic(argument, scope));
        arguments.push_back(std::move(value));
      }
      return CallSymbolic(*code.function, arguments, scope);
    }
  }
  return SymbolicValue(Unknown());
}

absl::StatusOr<bool> HoldsSymbolic(const Code& condition, ProofScope& scope) {
  if (condition.kind == Code::Kind::kOperator && condition.op == "and") {
    EQSAT_ASSIGN_OR_RETURN(bool left, HoldsSymbolic(condition.arguments[0], scope));
    return left ? HoldsSymbolic(condition.arguments[1], scope) : false;
  }
  if (condition.kind == Code::Kind::kCall) {
    auto fact = ElementFactOf(condition.function->name);
    const Code& argument = condition.arguments.empty() ? condition : condition.arguments[0];
    if (fact && argument.kind == Code::Kind::kSymbol) {
      // What is known of a part of a leaf says nothing of the rest.
      const auto* operand = scope.symbols[argument.symbol].As<OperandRef>();
      if (Leaf* leaf = operand ? scope.LeafOf(*operand) : nullptr) leaf->facts.push_back(*fact);
      return true;
    }
  }
  EQSAT_ASSIGN_OR_RETURN(SymbolicValue value, EvaluateSymbolic(condition, scope));
  if (value.IsUnknown()) return true;
  const bool* holds = value.As<bool>();
  return holds && *holds;
}

absl::StatusOr<SymbolicValue> SymbolicallyEqual(const SymbolicValue& a, const SymbolicValue& b,
                                                ProofScope& scope) {
  if (a.IsUnknown() || b.IsUnknown()) return SymbolicValue(Unknown());
  if (a.As<Poly>() && b.As<Poly>()) {
    EQSAT_ASSIGN_OR_RETURN(bool equal, scope.assumptions->Equal(*a.As<Poly>(), *b.As<Poly>()));
    return SymbolicValue(equal);
  }
  if (a.As<Polys>() && b.As<Polys>()) {
    const Polys& left = *a.As<Polys>();
    const Polys& right = *b.As<Polys>();
    if (left.size() != right.size()) return SymbolicValue(false);
    for (size_t i = 0; i < left.size(); ++i) {
      EQSAT_ASSIGN_OR_RETURN(bool equal, scope.assumptions->Equal(left[i], right[i]));
      if (!equal) return SymbolicValue(false);
    }
    return SymbolicValue(true);
  }
  if (a.As<bool>() && b.As<bool>()) return SymbolicValue(*a.As<bool>() == *b.As<bool>());
  if (a.As<std::string>() && b.As<std::string>())
    return SymbolicValue(*a.As<std::string>() == *b.As<std::string>());
  auto type_of = [&](const SymbolicValue& value) -> std::optional<ProofType> {
    if (const auto* operand = value.As<OperandRef>()) return scope[*operand].type;
    return value.As<ProofType>() ? std::optional(*value.As<ProofType>()) : std::nullopt;
  };
  if (a.As<ProofType>() || b.As<ProofType>()) {
    auto left = type_of(a);
    auto right = type_of(b);
    if (left && left == right) return SymbolicValue(true);
    if (left && right && !left->is_abstract() && !right->is_abstract()) return SymbolicValue(false);
  }
  return SymbolicValue(Unknown());
}

absl::Status RequireEqual(const SymbolicValue& a, const SymbolicValue& b, ProofScope& scope) {
  if (a.IsUndefined() || b.IsUndefined()) return NoInstance();
  if (a.As<Poly>() && b.As<Poly>())
    return scope.assumptions->AssumeEqual(*a.As<Poly>(), *b.As<Poly>());
  if (a.As<Polys>() && b.As<Polys>()) {
    const Polys& left = *a.As<Polys>();
    const Polys& right = *b.As<Polys>();
    if (left.size() != right.size()) return NoInstance();
    for (size_t i = 0; i < left.size(); ++i)
      EQSAT_RETURN_IF_ERROR(scope.assumptions->AssumeEqual(left[i], right[i]));
    return absl::OkStatus();
  }
  EQSAT_ASSIGN_OR_RETURN(SymbolicValue equal, SymbolicallyEqual(a, b, scope));
  const bool* held = equal.As<bool>();
  return held && !*held ? NoInstance() : absl::OkStatus();
}

bool IsWhole(const Code& code) {
  if (code.kind == Code::Kind::kCall &&
      std::ranges::find(kWhole, code.function->name) != kWhole.end())
    return true;
  return std::ranges::any_of(code.arguments, IsWhole);
}

}  // namespace eqsat::rules
