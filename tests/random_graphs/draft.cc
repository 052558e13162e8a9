#include "tests/random_graphs/draft.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include "absl/strings/str_format.h"
#include "ir/base/check.h"
#include "rules/testing/sample_values.h"

namespace eqsat::random_graphs {
namespace {

// Those that programs use most come up most.
const std::vector<ElementType>& Types() {
  using enum ElementType;
  static const auto* const types = new std::vector<ElementType>{
      kF32, kF32,  kF32,  kF32, kF32, kF64, kBF16, kF16, kS32,      kS32,    kS32, kS64,
      kU32, kPred, kPred, kS8,  kU8,  kU64, kS16,  kC64, kF8E4M3FN, kF8E5M2, kS4,  kC128};
  return *types;
}

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) std::cerr << result.status() << "\n";
  EQSAT_CHECK(result.ok());
  return *std::move(result);
}

}  // namespace

bool IsAny(ElementType type) { return ir::IsArrayElement(type); }
bool IsNumber(ElementType type) { return ir::IsInteger(type) || ir::IsFloat(type); }
bool IsReal(ElementType type) { return IsNumber(type) && ir::BitWidth(type) >= 16; }
bool IsFloating(ElementType type) { return ir::IsFloat(type) && ir::BitWidth(type) >= 16; }
bool IsFloatOrComplex(ElementType type) { return IsFloating(type) || ir::IsComplex(type); }
bool IsBits(ElementType type) { return ir::IsInteger(type) || type == ElementType::kPred; }
bool IsIntegral(ElementType type) { return ir::IsInteger(type); }
bool IsOrdered(ElementType type) { return IsAny(type) && !ir::IsComplex(type); }

ElementType Draft::Type(TypePredicate fits) {
  while (true) {
    ElementType type = random().Pick(Types());
    if (fits(type)) return type;
  }
}

DimensionVector Draft::Sizes(int64_t rank) {
  DimensionVector sizes;
  for (int64_t i = 0; i < rank; ++i)
    sizes.push_back(Chance(4) ? 0 : Chance(20) ? 1 : Between(2, 4));
  return sizes;
}

DimensionVector Draft::Permutation(int64_t rank) {
  std::vector<int64_t> order;
  for (int64_t i = 0; i < rank; ++i) order.push_back(i);
  random().Shuffle(&order);
  return DimensionVector(order.begin(), order.end());
}

InstructionId Draft::Any(TypePredicate fits, int64_t low, int64_t high) {
  std::vector<InstructionId> fitting;
  for (InstructionId id : values_) {
    const Shape s = shape(id);
    if (s.IsArray() && fits(s.element_type()) && s.rank() >= low && s.rank() <= high)
      fitting.push_back(id);
  }
  if (fitting.empty() || Chance(10))
    return Parameter(Shape(Type(fits), Sizes(Between(low, std::min<int64_t>(high, 3)))));
  // The later half is drawn from more often.
  auto last = static_cast<int64_t>(fitting.size()) - 1;
  return fitting[Between(Chance(50) ? 0 : last / 2, last)];
}

InstructionId Draft::Of(const Shape& wanted) {
  std::vector<InstructionId> fitting;
  for (InstructionId id : values_)
    if (shape(id) == wanted) fitting.push_back(id);
  if (!fitting.empty() && Chance(80)) return random().Pick(fitting);
  return Chance(30) ? Constant(wanted) : Parameter(wanted);
}

InstructionId Draft::Add(OpCode opcode, absl::Span<const InstructionId> operands,
                         ir::Attributes attributes, absl::Span<const ir::ComputationId> called,
                         const Shape* declared) {
  InstructionId id = Must(builder_.Add(opcode, operands, std::move(attributes), called, declared));
  uses_.resize(id.value() + 1);
  for (InstructionId operand : operands) ++uses_[operand.value()];
  return Remember(id);
}

InstructionId Draft::Add(OpCode opcode, absl::Span<const InstructionId> operands,
                         const Shape* declared) {
  return Add(opcode, operands, ir::GetOpInfo(opcode).attributes, {}, declared);
}

InstructionId Draft::Parameter(const Shape& shape) {
  std::string name = absl::StrFormat("p%d", parameters_);
  return Remember(builder_.AddParameter(parameters_++, shape, name));
}

// Half of the constants are one number throughout, as programs have them.
InstructionId Draft::Constant(const Shape& shape) {
  if (shape.rank() == 0 || Chance(50)) {
    InstructionId scalar =
        Remember(builder_.AddConstant(rules::SampleScalar(random(), shape.element_type())));
    if (shape.rank() == 0) return scalar;
    return Add(OpCode::kBroadcast, {scalar}, ir::DimensionsAttributes{}, {}, &shape);
  }
  return Remember(
      builder_.AddConstant(rules::SampleLiteral(random(), shape, rules::Numerics::kExact)));
}

ir::ComputationId Draft::ScalarRegion(OpCode opcode, ElementType type) {
  Shape scalar(type, {});
  return Region({scalar, scalar}, [&](Draft& inner, const std::vector<InstructionId>& p) {
    return inner.Add(opcode, {p[0], p[1]});
  });
}

InstructionId Draft::Remember(InstructionId id) {
  uses_.resize(id.value() + 1);
  values_.push_back(id);
  return id;
}

InstructionId Draft::UnusedAsRoot() {
  std::vector<InstructionId> unused;
  for (InstructionId id : values_)
    if (uses_[id.value()] == 0 && shape(id).IsArray()) unused.push_back(id);
  if (unused.size() == 1) return unused[0];
  return Add(OpCode::kTuple, unused);
}

ir::ComputationId Draft::Finish(InstructionId root) && {
  return sketch_.module.Add(Must(std::move(builder_).Build(root)));
}

}  // namespace eqsat::random_graphs
