// What all elementwise ops share.
#ifndef EQSAT_IR_OPS_ELEMENTWISE_H_
#define EQSAT_IR_OPS_ELEMENTWISE_H_

#include "absl/status/statusor.h"
#include "ir/ops/indexing.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {

// Result element i is made of element i of each operand, or of its only element if it is a scalar.
IndexedForm ElementwiseIndexing(const OpContext& context);
// The same elements, copied: copy, opt-barrier, ….
IndexedForm CopyIndexing(const OpContext& context);

// Which element types an op takes, for its checks and its messages.
struct TypeRule {
  bool (*accepts)(ElementType type);
  std::string_view description;
};

namespace type_rules {

inline constexpr TypeRule kAny = {[](ElementType) { return true; }, "of any type"};
inline constexpr TypeRule kFloat = {[](ElementType t) { return IsFloat(t); }, "floating-point"};
inline constexpr TypeRule kFloatOrComplex = {
    [](ElementType t) { return IsFloat(t) || IsComplex(t); }, "floating-point or complex"};
inline constexpr TypeRule kInteger = {[](ElementType t) { return IsInteger(t); }, "integers"};
inline constexpr TypeRule kLogical = {
    [](ElementType t) { return IsInteger(t) || t == ElementType::kPred; }, "integers or pred"};
inline constexpr TypeRule kNumeric = {[](ElementType t) { return t != ElementType::kPred; },
                                      "numbers"};
inline constexpr TypeRule kOrdered = {[](ElementType t) { return !IsComplex(t); }, "not complex"};
inline constexpr TypeRule kSigned = {
    [](ElementType t) { return IsSigned(t) || IsFloat(t) || IsComplex(t); },
    "signed integers, floating-point or complex"};

}  // namespace type_rules

// Operand `i` is an array with elements that `rule` accepts.
absl::Status ExpectElements(const OpContext& context, int64_t i, const TypeRule& rule);
// All operands are arrays of one element type that `rule` accepts and of equal dimensions; gives
// their common shape.
absl::StatusOr<Shape> InferSameShape(const OpContext& context, const TypeRule& rule);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_ELEMENTWISE_H_
