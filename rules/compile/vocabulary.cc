#include "rules/compile/vocabulary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "ir/ops/op_info.h"
#include "ir/shape/float_format.h"
#include "ir/shape/number_limits.h"

namespace eqsat::rules {
namespace {

using ir::ElementType;
using ir::OpCode;

constexpr std::array<std::pair<std::string_view, OpCode>, 6> kOpAliases = {{
    {"dot_general", OpCode::kDot},
    {"broadcast_in_dim", OpCode::kBroadcast},
    {"exp", OpCode::kExponential},
    {"neg", OpCode::kNegate},
    {"mul", OpCode::kMultiply},
    {"div", OpCode::kDivide},
}};

constexpr std::array<std::pair<std::string_view, OpCode>, 10> kReducers = {{
    {"add", OpCode::kAdd},
    {"mul", OpCode::kMultiply},
    {"multiply", OpCode::kMultiply},
    {"max", OpCode::kMaximum},
    {"maximum", OpCode::kMaximum},
    {"min", OpCode::kMinimum},
    {"minimum", OpCode::kMinimum},
    {"and", OpCode::kAnd},
    {"or", OpCode::kOr},
    {"xor", OpCode::kXor},
}};

using TypeTest = bool (*)(ElementType);
constexpr std::array<std::pair<std::string_view, TypeTest>, 8> kTypeSets = {{
    {"any", ir::IsArrayElement},
    {"Int", ir::IsInteger},
    {"Signed", ir::IsSigned},
    {"Unsigned", ir::IsUnsigned},
    {"Float", ir::IsFloat},
    {"Complex", ir::IsComplex},
    {"Num", [](ElementType t) { return ir::IsArrayElement(t) && t != ElementType::kPred; }},
    {"Real", [](ElementType t) { return ir::IsInteger(t) || ir::IsFloat(t); }},
}};

bool IsElementwise(OpCode opcode, int arity) {
  const ir::OpInfo& info = ir::GetOpInfo(opcode);
  // What depends on more than its operands' elements, or only names a value, moves by rules of its
  // own.
  bool special = opcode == OpCode::kCopy || info.Has(ir::OpTrait::kShapeDeclared) ||
                 info.Has(ir::OpTrait::kSideEffect) || !info.regions.empty();
  return info.Has(ir::OpTrait::kElementwise) && ir::Arity(opcode) == arity && !special;
}

using OpTest = bool (*)(OpCode);
constexpr std::array<std::pair<std::string_view, OpTest>, 5> kOpSets = {{
    {"elementwise_unary", [](OpCode op) { return IsElementwise(op, 1); }},
    {"elementwise_binary", [](OpCode op) { return IsElementwise(op, 2); }},
    {"elementwise_ternary", [](OpCode op) { return IsElementwise(op, 3); }},
    {"commutative",
     [](OpCode op) {
       return IsElementwise(op, 2) && ir::GetOpInfo(op).Has(ir::OpTrait::kCommutative);
     }},
    {"monoid",
     [](OpCode op) {
       return std::any_of(kReducers.begin(), kReducers.end(),
                          [op](const auto& named) { return named.second == op; });
     }},
}};

template <typename T, typename Sets, typename Convert>
std::vector<std::pair<std::string_view, std::vector<T>>> Fill(const Sets& sets, int count,
                                                              Convert convert) {
  std::vector<std::pair<std::string_view, std::vector<T>>> filled;
  for (const auto& [name, test] : sets) {
    filled.emplace_back(name, std::vector<T>());
    for (int i = 0; i < count; ++i)
      if (test(convert(i))) filled.back().second.push_back(convert(i));
  }
  return filled;
}

template <typename Filled>
auto* Find(const Filled& filled, std::string_view name) {
  for (const auto& [set_name, members] : filled)
    if (set_name == name) return &members;
  return static_cast<decltype(&filled[0].second)>(nullptr);
}

}  // namespace

std::optional<OpCode> OpFromRuleName(std::string_view name) {
  for (const auto& [alias, opcode] : kOpAliases)
    if (alias == name) return opcode;
  if (name.find('-') != std::string_view::npos) return std::nullopt;
  std::string hlo(name);
  std::replace(hlo.begin(), hlo.end(), '_', '-');
  return ir::OpCodeFromName(hlo);
}

std::string RuleNameOf(OpCode opcode) {
  std::string name(ir::Name(opcode));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

const std::vector<std::string>& OpRuleNames() {
  static const auto* const kNames = [] {
    auto* names = new std::vector<std::string>();
    for (int i = 0; i < ir::kNumOpCodes; ++i) names->push_back(RuleNameOf(static_cast<OpCode>(i)));
    for (const auto& [alias, opcode] : kOpAliases) names->emplace_back(alias);
    return names;
  }();
  return *kNames;
}

std::optional<OpCode> ReducerFromName(std::string_view name) {
  for (const auto& [reducer, opcode] : kReducers)
    if (reducer == name) return opcode;
  return std::nullopt;
}

std::optional<ElementType> ElementTypeFromRuleName(std::string_view name) {
  if (name == "i1" || name == "bool") return ElementType::kPred;
  std::optional<ElementType> type;
  if (name.size() > 1 && name[0] == 'i') {
    std::string spelled(name);
    spelled[0] = 's';
    type = ir::ElementTypeFromName(spelled);
  } else {
    type = ir::ElementTypeFromName(name);
  }
  return type && ir::IsArrayElement(*type) ? type : std::nullopt;
}

const std::vector<ElementType>* BuiltInTypeSet(std::string_view name) {
  static const auto* const kSets = new auto(Fill<ElementType>(
      kTypeSets, ir::kNumElementTypes, [](int i) { return static_cast<ElementType>(i); }));
  return Find(*kSets, name);
}

const std::vector<OpCode>* BuiltInOpSet(std::string_view name) {
  static const auto* const kSets = new auto(
      Fill<OpCode>(kOpSets, ir::kNumOpCodes, [](int i) { return static_cast<OpCode>(i); }));
  return Find(*kSets, name);
}

std::vector<std::string_view> BuiltInSetNames() {
  std::vector<std::string_view> names;
  for (const auto& [name, test] : kTypeSets) names.push_back(name);
  for (const auto& [name, test] : kOpSets) names.push_back(name);
  return names;
}

std::optional<ir::Literal> ScalarOf(double value, ElementType type) {
  ir::Literal literal = ir::Literal::FromDoubles(ir::Shape(type, {}), {value});
  if (ir::IsComplex(type)) return literal;
  double held = literal.AsDouble(0);
  if (std::isnan(held) && std::isnan(value)) return literal;
  bool same = held == value && (!ir::IsFloat(type) || std::signbit(held) == std::signbit(value));
  if (same) return literal;
  if (!ir::IsFloat(type) || !std::isfinite(held)) return std::nullopt;
  // Decimal fractions are rounded; what the type cannot hold at all is not.
  double half_unit = std::ldexp(std::abs(value), -1 - ir::FormatOf(type).mantissa_bits);
  if (!(std::abs(held - value) <= half_unit)) return std::nullopt;
  return literal;
}

std::optional<ir::Literal> IdentityOf(OpCode reducer, ElementType type) {
  bool is_float = ir::IsFloat(type);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  ir::Shape scalar(type, {});
  bool is_integer = ir::IsInteger(type);
  int64_t lowest = is_integer ? ir::LowestInteger(type) : 0;
  int64_t highest = is_integer ? ir::HighestInteger(type) : 1;
  switch (reducer) {
    case OpCode::kAdd:
      return ScalarOf(is_float ? -0.0 : 0.0, type);
    case OpCode::kMultiply:
      return ScalarOf(1, type);
    case OpCode::kMaximum:
      if (is_float) return ScalarOf(-kInfinity, type);
      return ir::Literal::FromInt64s(scalar, {lowest});
    case OpCode::kMinimum:
      if (is_float) return ScalarOf(kInfinity, type);
      return ir::Literal::FromInt64s(scalar, {highest});
    case OpCode::kAnd:
      if (is_float) return std::nullopt;
      return ir::Literal::FromInt64s(scalar, {type == ElementType::kPred ? 1 : -1});
    case OpCode::kOr:
    case OpCode::kXor:
      if (is_float) return std::nullopt;
      return ir::Literal::FromInt64s(scalar, {0});
    default:
      return std::nullopt;
  }
}

}  // namespace eqsat::rules
