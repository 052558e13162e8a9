#include "rules/hlo/range_analysis.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "ir/ops/attributes.h"
#include "ir/ops/op_info.h"
#include "ir/shape/element_type.h"

namespace eqsat::rules {
namespace {

using ir::ElementType;
using ir::OpCode;

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
// Constants with more elements are not read.
constexpr int64_t kMaxElements = 4096;

// An operation on operands of known ranges.
struct Operation {
  OpCode opcode;
  const ir::Attributes& attributes;
  const ir::Shape& shape;
  const ir::ModuleHeader& header;
  std::optional<OpCode> reducer = std::nullopt;
  absl::InlinedVector<engine::ClassId, 4> operands = {};
  absl::InlinedVector<ValueRange, 4> ranges = {};
  absl::InlinedVector<ElementType, 4> types = {};

  ElementType type() const { return shape.element_type(); }
};

bool HasIntegerRange(ElementType type) { return type == ElementType::kPred || ir::IsInteger(type); }

ValueRange Between(int64_t low, int64_t high) {
  ValueRange range;
  range.low = low;
  range.high = high;
  range.never_negative = low >= 0;
  return range;
}

// All that the element type holds.
ValueRange OfType(ElementType type) {
  if (type == ElementType::kPred) return Between(0, 1);
  if (!ir::IsInteger(type)) return {};
  const int bits = ir::BitWidth(type);
  if (ir::IsUnsigned(type)) {
    ValueRange range = Between(0, bits >= 63 ? kMax : (int64_t{1} << bits) - 1);
    // The upper half of 64 bits has no int64: nothing is known but the sign.
    if (bits > 63) range.low = kMin;
    return range;
  }
  if (bits >= 64) return {};
  return Between(-(int64_t{1} << (bits - 1)), (int64_t{1} << (bits - 1)) - 1);
}

// `range` if the element type holds all of it, so that nothing wraps.
ValueRange IfHeld(ElementType type, int64_t low, int64_t high) {
  ValueRange all = OfType(type);
  if (type == ElementType::kU64) all = Between(0, kMax);
  if (low < all.low || high > all.high) return OfType(type);
  return Between(low, high);
}

// Sums and products of such bounds are int64s.
bool IsBounded(const ValueRange& range) {
  constexpr int64_t kSmall = int64_t{1} << 31;
  return range.low >= -kSmall && range.high <= kSmall;
}

ValueRange AnyOf(const ValueRange& a, const ValueRange& b) {
  return {.never_negative = a.never_negative && b.never_negative,
          .never_negative_zero = a.never_negative_zero && b.never_negative_zero,
          .never_nan = a.never_nan && b.never_nan,
          .never_infinite = a.never_infinite && b.never_infinite,
          .low = std::min(a.low, b.low),
          .high = std::max(a.high, b.high)};
}

ValueRange OfLiteral(const ir::Literal& literal) {
  ValueRange range;
  const ElementType type = literal.shape().element_type();
  if (literal.is_unknown() || ir::IsComplex(type) || literal.shape().ElementCount() > kMaxElements)
    return OfType(type);
  if (HasIntegerRange(type)) {
    if (type == ElementType::kU64) return OfType(type);
    int64_t low = kMax, high = kMin;
    for (int64_t i = 0; i < literal.shape().ElementCount(); ++i) {
      low = std::min(low, literal.AsInt64(i));
      high = std::max(high, literal.AsInt64(i));
    }
    return low <= high ? Between(low, high) : OfType(type);
  }
  range = {.never_negative = true,
           .never_negative_zero = true,
           .never_nan = true,
           .never_infinite = true};
  for (int64_t i = 0; i < literal.shape().ElementCount(); ++i) {
    const double value = literal.AsDouble(i);
    const bool negative_zero = value == 0 && std::signbit(value);
    range.never_negative &= !(value < 0) && !negative_zero;
    range.never_negative_zero &= !negative_zero;
    range.never_nan &= !std::isnan(value);
    range.never_infinite &= !std::isinf(value);
  }
  return range;
}

// ---- Floats ----

ValueRange FloatSum(const ValueRange& a, const ValueRange& b) {
  // Only -0 + -0 is -0, and only opposite infinities make NaN.
  return {.never_negative = a.never_negative && b.never_negative,
          .never_negative_zero = a.never_negative_zero || b.never_negative_zero,
          .never_nan =
              a.never_nan && b.never_nan &&
              (a.never_infinite || b.never_infinite || (a.never_negative && b.never_negative))};
}

ValueRange FloatProduct(const ValueRange& a, const ValueRange& b, bool is_square) {
  return {.never_negative = is_square || (a.never_negative && b.never_negative),
          .never_nan =
              a.never_nan && b.never_nan && (is_square || (a.never_infinite && b.never_infinite))};
}

bool IsEven(const Operation& op, const ConstantAnalysis& constants) {
  const ir::Literal* exponent = constants.splat(op.operands[1]);
  return exponent && std::fmod(exponent->AsDouble(0), 2) == 0;
}

ValueRange FloatElementwise(const Operation& op, const ConstantAnalysis& constants) {
  const ValueRange& a = op.ranges[0];
  const ValueRange& b = op.ranges.size() > 1 ? op.ranges[1] : a;
  switch (op.opcode) {
    case OpCode::kAbs:
      return {.never_negative = true, .never_nan = a.never_nan, .never_infinite = a.never_infinite};
    case OpCode::kNegate:
      return {.never_nan = a.never_nan, .never_infinite = a.never_infinite};
    case OpCode::kExponential:
    case OpCode::kLogistic:
      return {.never_negative = true,
              .never_nan = a.never_nan,
              .never_infinite = op.opcode == OpCode::kLogistic};
    case OpCode::kCosh:
      return {.never_negative = true, .never_nan = a.never_nan};
    case OpCode::kTanh:
    case OpCode::kErf:
      return {.never_nan = a.never_nan, .never_infinite = true};
    case OpCode::kSqrt:
    case OpCode::kRsqrt:
    case OpCode::kCbrt:
      return {.never_negative = a.never_negative,
              .never_nan = a.never_nan && a.never_negative,
              .never_infinite = a.never_infinite && op.opcode != OpCode::kRsqrt};
    case OpCode::kFloor:
    case OpCode::kRoundNearestAfz:
    case OpCode::kRoundNearestEven:
    case OpCode::kCeil:
    case OpCode::kSign:
      return {.never_negative = a.never_negative,
              .never_nan = a.never_nan,
              .never_infinite = a.never_infinite};
    case OpCode::kAdd:
      return FloatSum(a, b);
    case OpCode::kMultiply:
      return FloatProduct(a, b, op.operands[0] == op.operands[1]);
    case OpCode::kDivide:
      return {.never_negative = a.never_negative && b.never_negative};
    case OpCode::kPower:
      return {.never_negative = a.never_negative || IsEven(op, constants)};
    case OpCode::kMaximum:
      return {.never_negative = a.never_negative || b.never_negative,
              .never_negative_zero = a.never_negative || b.never_negative ||
                                     (a.never_negative_zero && b.never_negative_zero),
              .never_nan = a.never_nan && b.never_nan,
              .never_infinite = a.never_infinite && b.never_infinite};
    case OpCode::kMinimum:
      return AnyOf(a, b);
    default:
      return {};
  }
}

// ---- Integers ----

ValueRange IntegerProduct(ElementType type, const ValueRange& a, const ValueRange& b) {
  if (!IsBounded(a) || !IsBounded(b)) return OfType(type);
  const int64_t ends[] = {a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high};
  return IfHeld(type, *std::min_element(ends, ends + 4), *std::max_element(ends, ends + 4));
}

// By a known positive divisor.
ValueRange IntegerDivision(const Operation& op) {
  const ValueRange& a = op.ranges[0];
  const ValueRange& b = op.ranges[1];
  if (b.low < 1 || a.low < 0) return OfType(op.type());
  if (op.opcode == OpCode::kDivide) return Between(a.low / b.high, a.high / b.low);
  return Between(0, std::min(a.high, b.high - 1));
}

ValueRange IntegerElementwise(const Operation& op) {
  const ElementType type = op.type();
  const ValueRange& a = op.ranges[0];
  const ValueRange& b = op.ranges.size() > 1 ? op.ranges[1] : a;
  const bool bounded = IsBounded(a) && IsBounded(b);
  switch (op.opcode) {
    case OpCode::kAdd:
      if (!bounded) break;
      return IfHeld(type, a.low + b.low, a.high + b.high);
    case OpCode::kSubtract:
      if (!bounded) break;
      return IfHeld(type, a.low - b.high, a.high - b.low);
    case OpCode::kMultiply:
      return IntegerProduct(type, a, b);
    case OpCode::kAbs:
      if (!bounded || a.low <= OfType(type).low) break;
      return Between(a.low >= 0 ? a.low : 0, std::max(std::abs(a.low), std::abs(a.high)));
    case OpCode::kNegate:
      if (!bounded) break;
      return IfHeld(type, -a.high, -a.low);
    case OpCode::kMaximum:
      return Between(std::max(a.low, b.low), std::max(a.high, b.high));
    case OpCode::kMinimum:
      return Between(std::min(a.low, b.low), std::min(a.high, b.high));
    case OpCode::kAnd:
      if (a.low >= 0 && b.low >= 0) return Between(0, std::min(a.high, b.high));
      if (a.low >= 0 || b.low >= 0) return Between(0, a.low >= 0 ? a.high : b.high);
      break;
    case OpCode::kDivide:
    case OpCode::kRemainder:
      return IntegerDivision(op);
    case OpCode::kShiftRightLogical:
    case OpCode::kShiftRightArithmetic:
      if (a.low >= 0) return Between(0, a.high);
      break;
    default:
      break;
  }
  return OfType(type);
}

// ---- All types ----

ValueRange OfConvert(const Operation& op) {
  const ValueRange& a = op.ranges[0];
  const ElementType from = op.types[0], to = op.type();
  if (HasIntegerRange(from) && HasIntegerRange(to)) {
    if (to == ElementType::kPred) return OfType(to);
    return IfHeld(to, a.low, a.high);
  }
  if (HasIntegerRange(from) && ir::IsFloat(to)) {
    const bool fits = ir::BitWidth(to) >= 32 || to == ElementType::kBF16;
    return {.never_negative = a.low >= 0 || ir::IsUnsigned(from),
            .never_negative_zero = true,
            .never_nan = ir::BitWidth(to) >= 16,
            .never_infinite = fits};
  }
  if (ir::IsFloat(from) && ir::IsFloat(to)) {
    // A small negative number may become -0.
    const int width = ir::BitWidth(to);
    return {.never_negative = a.never_negative && width >= 16,
            .never_negative_zero = a.never_negative_zero && width > ir::BitWidth(from),
            .never_nan = a.never_nan && width >= 16};
  }
  return OfType(to);
}

// Whether the elements of the result are elements of these operands.
bool IsChoice(const Operation& op, size_t* first, size_t* last) {
  *first = 0;
  *last = 1;
  switch (op.opcode) {
    case OpCode::kSelect:
      *first = 1;
      *last = 3;
      return true;
    case OpCode::kConcatenate:
      *last = op.ranges.size();
      return true;
    case OpCode::kPad:
    case OpCode::kDynamicUpdateSlice:
      *last = 2;
      return true;
    case OpCode::kBroadcast:
    case OpCode::kReshape:
    case OpCode::kTranspose:
    case OpCode::kReverse:
    case OpCode::kSlice:
    case OpCode::kDynamicSlice:
    case OpCode::kGather:
    case OpCode::kCopy:
      return true;
    default:
      return false;
  }
}

ValueRange OfClamp(const Operation& op, const ConstantAnalysis& constants) {
  Operation inner{.opcode = OpCode::kMaximum,
                  .attributes = op.attributes,
                  .shape = op.shape,
                  .header = op.header,
                  .operands = {op.operands[1], op.operands[0]},
                  .ranges = {op.ranges[1], op.ranges[0]}};
  const bool is_float = ir::IsFloat(op.type());
  ValueRange raised = is_float ? FloatElementwise(inner, constants) : IntegerElementwise(inner);
  inner.opcode = OpCode::kMinimum;
  inner.ranges = {raised, op.ranges[2]};
  return is_float ? FloatElementwise(inner, constants) : IntegerElementwise(inner);
}

// From the initial value on.
ValueRange OfReduce(const Operation& op) {
  if (!op.reducer || op.ranges.size() != 2) return OfType(op.type());
  const ValueRange& x = op.ranges[0];
  const ValueRange& initial = op.ranges[1];
  switch (*op.reducer) {
    case OpCode::kMaximum:
    case OpCode::kMinimum:
      return AnyOf(x, initial);
    case OpCode::kAdd:
      if (!ir::IsFloat(op.type())) break;
      return {.never_negative = x.never_negative && initial.never_negative,
              .never_negative_zero = initial.never_negative_zero};
    case OpCode::kMultiply:
      if (!ir::IsFloat(op.type())) break;
      return {.never_negative = x.never_negative && initial.never_negative};
    default:
      break;
  }
  return OfType(op.type());
}

// A count of 1 may be what a text that was cut from a larger program left unsaid.
ValueRange OfDevice(ElementType type, int64_t count) {
  return count > 1 ? Between(0, count - 1) : OfType(type);
}

ValueRange OfOperation(const Operation& op, const ConstantAnalysis& constants) {
  size_t first, last;
  if (IsChoice(op, &first, &last)) {
    ValueRange range = op.ranges[first];
    for (size_t i = first + 1; i < last; ++i) range = AnyOf(range, op.ranges[i]);
    return range;
  }
  switch (op.opcode) {
    case OpCode::kConvert:
      return OfConvert(op);
    case OpCode::kClamp:
      return OfClamp(op, constants);
    case OpCode::kReduce:
      return OfReduce(op);
    case OpCode::kIota: {
      const int64_t d = std::get<ir::IotaAttributes>(op.attributes).iota_dimension;
      const int64_t highest = std::max<int64_t>(op.shape.dimension(d) - 1, 0);
      if (HasIntegerRange(op.type())) return IfHeld(op.type(), 0, highest);
      return {.never_negative = true, .never_nan = ir::BitWidth(op.type()) >= 16};
    }
    case OpCode::kPartitionId:
      return OfDevice(op.type(), op.header.num_partitions);
    case OpCode::kReplicaId:
      return OfDevice(op.type(), op.header.replica_count);
    default:
      break;
  }
  if (op.ranges.empty() || !ir::GetOpInfo(op.opcode).Has(ir::OpTrait::kElementwise))
    return OfType(op.type());
  if (op.types[0] != op.type()) return OfType(op.type());
  return ir::IsFloat(op.type()) ? FloatElementwise(op, constants) : IntegerElementwise(op);
}

ValueRange Both(const ValueRange& a, const ValueRange& b) {
  ValueRange both = {.never_negative = a.never_negative || b.never_negative,
                     .never_negative_zero = a.never_negative_zero || b.never_negative_zero,
                     .never_nan = a.never_nan || b.never_nan,
                     .never_infinite = a.never_infinite || b.never_infinite,
                     .low = std::max(a.low, b.low),
                     .high = std::min(a.high, b.high)};
  both.never_negative |= both.low >= 0;
  both.never_negative_zero |= both.never_negative;
  // Terms that are equal only up to rounding may contradict each other.
  if (both.low > both.high) return a;
  return both;
}

// The op that the region applies to its two parameters, if it is that simple.
std::optional<OpCode> ReducerKind(const ir::Module& module, const Payload& payload) {
  if (payload.called.size() != 1) return std::nullopt;
  const ir::Computation& region = module[payload.called[0]];
  const ir::Instruction& root = region[region.root()];
  if (region.size() != 3 || root.operands.size() != 2 || root.operands[0] == root.operands[1])
    return std::nullopt;
  return root.opcode;
}

}  // namespace

ValueRange RangeAnalysis::range(engine::ClassId cls) const {
  const ir::Shape& shape = shapes_->shape(cls);
  ValueRange range = shape.IsArray() ? OfType(shape.element_type()) : ValueRange();
  return Both(range, held_[cls].range);
}

bool RangeAnalysis::Learn(engine::ClassId cls, const ValueRange& range) {
  const Held known = held_[cls];
  const ValueRange joined = Both(known.range, range);
  if (joined == known.range || known.narrowings >= kMaxNarrowings) return false;
  held_.Edit(cls) = {joined, known.narrowings + 1};
  return true;
}

absl::StatusOr<bool> RangeAnalysis::Make(const engine::EGraph& egraph, const engine::NodeView& node,
                                         engine::ClassId cls) {
  const Payload& payload = terms_->payload(node.attrs);
  const ir::Shape& shape = shapes_->shape(egraph.Find(cls));
  if (!shape.IsArray() || ir::IsComplex(shape.element_type())) return false;
  if (OpCodeOf(node.op) == OpCode::kConstant)
    return Learn(cls, OfLiteral(std::get<ir::ConstantAttributes>(*payload.attributes).literal));
  Operation op{.opcode = OpCodeOf(node.op),
               .attributes = *payload.attributes,
               .shape = shape,
               .header = terms_->module().header(),
               .reducer = ReducerKind(terms_->module(), payload)};
  for (engine::ClassId child : node.children) {
    child = egraph.Find(child);
    const ir::Shape& operand = shapes_->shape(child);
    if (!operand.IsArray()) return false;
    op.operands.push_back(child);
    op.ranges.push_back(range(child));
    op.types.push_back(operand.element_type());
  }
  return Learn(cls, OfOperation(op, *constants_));
}

absl::StatusOr<engine::MergeOutcome> RangeAnalysis::Merge(engine::ClassId into,
                                                          engine::ClassId from) {
  const ValueRange a = held_[into].range;
  const ValueRange b = held_[from].range;
  engine::MergeOutcome outcome;
  outcome.into_changed = Learn(into, b);
  outcome.from_differed = !(Both(b, a) == b);
  return outcome;
}

}  // namespace eqsat::rules
