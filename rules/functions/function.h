// The library of named functions and guards that rules may call.
//
// All are pure: the same arguments and facts give the same value. A function that makes no sense
// for its arguments (a dimension that is not there, an overflow) has no value, and a rule whose
// condition has no value does not apply. Each family has a file of its own beside this one.
#ifndef EQSAT_RULES_FUNCTIONS_FUNCTION_H_
#define EQSAT_RULES_FUNCTIONS_FUNCTION_H_

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "rules/functions/value.h"

namespace eqsat::rules {

struct Function {
  std::string_view name;
  std::vector<ValueKind> parameters;
  ValueKind result;
  std::string_view doc;
  std::function<Value(const Facts&, std::span<const Value>)> evaluate;  // monostate: no value
};

// Null if there is none.
const Function* FindFunction(std::string_view name);
// By name.
const std::vector<Function>& AllFunctions();

// The families.
std::vector<Function> DimensionFunctions();  // dims.cc
std::vector<Function> ShapeFunctions();      // shapes.cc
std::vector<Function> ConstantFunctions();   // constants.cc
std::vector<Function> RangeFunctions();      // ranges.cc
std::vector<Function> GraphFunctions();      // graph.cc

namespace internal {

template <typename T>
struct KindOf;
template <>
struct KindOf<bool> {
  static constexpr ValueKind kKind = ValueKind::kBool;
};
template <>
struct KindOf<int64_t> {
  static constexpr ValueKind kKind = ValueKind::kInt;
};
template <>
struct KindOf<double> {
  static constexpr ValueKind kKind = ValueKind::kNumber;
};
template <>
struct KindOf<Ints> {
  static constexpr ValueKind kKind = ValueKind::kInts;
};
template <>
struct KindOf<std::string> {
  static constexpr ValueKind kKind = ValueKind::kText;
};
template <>
struct KindOf<ir::ElementType> {
  static constexpr ValueKind kKind = ValueKind::kDtype;
};
template <>
struct KindOf<engine::ClassId> {
  static constexpr ValueKind kKind = ValueKind::kOperand;
};
template <>
struct KindOf<std::vector<engine::ClassId>> {
  static constexpr ValueKind kKind = ValueKind::kOperands;
};
template <typename T>
struct KindOf<std::optional<T>> : KindOf<T> {};

// An operand stands for its element type where one is wanted.
template <typename T>
std::optional<T> Get(const Facts& facts, const Value& value) {
  if (const T* held = std::get_if<T>(&value)) return *held;
  if constexpr (std::is_same_v<T, ir::ElementType>) {
    if (const auto* operand = std::get_if<engine::ClassId>(&value))
      return facts.shape(*operand).element_type();
  }
  return std::nullopt;
}

template <typename T>
Value ToValue(T value) {
  return Value(std::move(value));
}
template <typename T>
Value ToValue(std::optional<T> value) {
  return value ? Value(*std::move(value)) : Value();
}

}  // namespace internal

// A Function from a plain C++ one: R may be a value type or an optional of one.
template <typename R, typename... Args>
Function Define(std::string_view name, std::string_view doc,
                R (*body)(const Facts&, const Args&...)) {
  Function function{.name = name,
                    .parameters = {internal::KindOf<Args>::kKind...},
                    .result = internal::KindOf<R>::kKind,
                    .doc = doc};
  function.evaluate = [body](const Facts& facts, std::span<const Value> values) -> Value {
    if (values.size() != sizeof...(Args)) return Value();
    return [&]<size_t... I>(std::index_sequence<I...>) -> Value {
      auto held = std::make_tuple(internal::Get<Args>(facts, values[I])...);
      if (!(std::get<I>(held).has_value() && ...)) return Value();
      return internal::ToValue(body(facts, *std::get<I>(held)...));
    }(std::index_sequence_for<Args...>());
  };
  return function;
}

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_FUNCTIONS_FUNCTION_H_
