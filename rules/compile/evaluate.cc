#include "rules/compile/evaluate.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

namespace eqsat::rules {
namespace {

std::optional<int64_t> Arithmetic(char op, int64_t a, int64_t b) {
  int64_t result = 0;
  switch (op) {
    case '+':
      return __builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional(result);
    case '-':
      return __builtin_sub_overflow(a, b, &result) ? std::nullopt : std::optional(result);
    case '*':
      return __builtin_mul_overflow(a, b, &result) ? std::nullopt : std::optional(result);
    case '/':
    case '%': {
      // Division rounds down, so that it agrees with index arithmetic. -2^63 / -1 overflows.
      if (b == 0 || (b == -1 && a == INT64_MIN)) return std::nullopt;
      int64_t quotient = a / b - (a % b != 0 && (a % b < 0) != (b < 0));
      return op == '/' ? quotient : a - quotient * b;
    }
    default: {
      if (b < 0) return std::nullopt;
      result = 1;
      for (int64_t i = 0; i < b && i < 64; ++i)
        if (__builtin_mul_overflow(result, a, &result)) return std::nullopt;
      return b < 64 || a == 0 || a == 1 ? std::optional(result) : std::nullopt;
    }
  }
}

double Arithmetic(char op, double a, double b) {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return std::fmod(a, b);
    default:
      return std::pow(a, b);
  }
}

// Lists element by element; an integer goes with every element of a list.
Value ListArithmetic(char op, const Value& a, const Value& b) {
  const Ints* left = std::get_if<Ints>(&a);
  const Ints* right = std::get_if<Ints>(&b);
  size_t size = left ? left->size() : right->size();
  if (left && right && left->size() != right->size()) return Value();
  const int64_t* one = std::get_if<int64_t>(left ? &b : &a);
  if (!(left && right) && !one) return Value();
  Ints result;
  for (size_t i = 0; i < size; ++i) {
    auto element = Arithmetic(op, left ? (*left)[i] : *one, right ? (*right)[i] : *one);
    if (!element) return Value();
    result.push_back(*element);
  }
  return result;
}

std::optional<double> AsNumber(const Value& value) {
  if (const auto* integer = std::get_if<int64_t>(&value)) return static_cast<double>(*integer);
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return std::nullopt;
}

Value BinaryArithmetic(char op, const Value& a, const Value& b) {
  if (std::holds_alternative<Ints>(a) || std::holds_alternative<Ints>(b))
    return ListArithmetic(op, a, b);
  const auto* left = std::get_if<int64_t>(&a);
  const auto* right = std::get_if<int64_t>(&b);
  if (left && right) {
    auto result = Arithmetic(op, *left, *right);
    return result ? Value(*result) : Value();
  }
  auto x = AsNumber(a);
  auto y = AsNumber(b);
  return x && y ? Value(Arithmetic(op, *x, *y)) : Value();
}

Value Compare(const std::string& op, const Value& a, const Value& b) {
  auto x = AsNumber(a);
  auto y = AsNumber(b);
  if (!x || !y) return Value();
  const auto* i = std::get_if<int64_t>(&a);
  const auto* j = std::get_if<int64_t>(&b);
  bool less = i && j ? *i < *j : *x < *y;
  bool equal = i && j ? *i == *j : *x == *y;
  if (op == "<") return less;
  if (op == "<=") return less || equal;
  if (op == ">") return !less && !equal;
  return !less;
}

Value EvaluateOperator(const Code& code, const Bindings& bindings, const Facts& facts) {
  Value first = Evaluate(code.arguments[0], bindings, facts);
  if (code.op == "and" || code.op == "or") {
    const bool* left = std::get_if<bool>(&first);
    if (!left) return Value();
    if (*left == (code.op == "or")) return first;
    return Evaluate(code.arguments[1], bindings, facts);
  }
  if (code.op == "not") {
    const bool* held = std::get_if<bool>(&first);
    return held ? Value(!*held) : Value();
  }
  if (code.arguments.size() == 1) return BinaryArithmetic('-', Value(int64_t{0}), first);
  Value second = Evaluate(code.arguments[1], bindings, facts);
  if (first.index() == 0 || second.index() == 0) return Value();
  if (code.op == "==") return SameValue(first, second);
  if (code.op == "!=") return !SameValue(first, second);
  if (code.op[0] == '<' || code.op[0] == '>') return Compare(code.op, first, second);
  return BinaryArithmetic(code.op[0], first, second);
}

Value EvaluateList(const Code& code, const Bindings& bindings, const Facts& facts) {
  Ints result;
  for (const Code& argument : code.arguments) {
    Value element = Evaluate(argument, bindings, facts);
    const auto* integer = std::get_if<int64_t>(&element);
    if (!integer) return Value();
    result.push_back(*integer);
  }
  return result;
}

}  // namespace

Value Evaluate(const Code& code, const Bindings& bindings, const Facts& facts) {
  switch (code.kind) {
    case Code::Kind::kLiteral:
      return code.literal;
    case Code::Kind::kSymbol:
      return bindings[code.symbol];
    case Code::Kind::kList:
      return EvaluateList(code, bindings, facts);
    case Code::Kind::kOperator:
      return EvaluateOperator(code, bindings, facts);
    case Code::Kind::kCall: {
      std::vector<Value> arguments;
      for (const Code& argument : code.arguments)
        arguments.push_back(Evaluate(argument, bindings, facts));
      return code.function->evaluate(facts, arguments);
    }
    case Code::Kind::kInSet: {
      Value value = Evaluate(code.arguments[0], bindings, facts);
      if (const auto* operand = std::get_if<engine::ClassId>(&value))
        value = facts.shape(*operand).element_type();
      const auto* type = std::get_if<ir::ElementType>(&value);
      if (!type) return Value();
      return std::find(code.element_types.begin(), code.element_types.end(), *type) !=
             code.element_types.end();
    }
  }
  return Value();
}

bool Holds(const Code& condition, const Bindings& bindings, const Facts& facts) {
  Value value = Evaluate(condition, bindings, facts);
  const bool* holds = std::get_if<bool>(&value);
  return holds && *holds;
}

bool SameValue(const Value& a, const Value& b) {
  if (a.index() != b.index()) {
    auto x = AsNumber(a);
    auto y = AsNumber(b);
    return x && y && *x == *y;
  }
  return std::visit(
      [&]<typename T>(const T& held) {
        if constexpr (std::is_same_v<T, std::monostate> || std::is_same_v<T, Captured>) {
          return false;
        } else {
          return held == std::get<T>(b);
        }
      },
      a);
}

}  // namespace eqsat::rules
