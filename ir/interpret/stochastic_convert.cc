// stochastic-convert: rounding up or down by chance, which the operand of random bits decides.
#include <cmath>
#include <limits>
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/evaluator.h"
#include "ir/shape/float_format.h"

namespace eqsat::ir {
namespace {

// Away from zero if the fraction, in [0, 1), as a number of `bits` bits is above the random one.
bool RoundsUp(double fraction, uint64_t random, int bits) {
  return random < static_cast<uint64_t>(std::ldexp(fraction, bits));
}

// `magnitude` is finite and at least 0.
double RoundInteger(double magnitude, uint64_t random, int bits) {
  const double whole = std::trunc(magnitude);
  return RoundsUp(magnitude - whole, random, bits) ? whole + 1 : whole;
}

double RoundFloat(const FloatFormat& format, double magnitude, uint64_t random, int bits) {
  uint64_t below = EncodeFloat(format, magnitude);
  if (DecodeFloat(format, below) > magnitude) --below;
  const double low = DecodeFloat(format, below);
  const double high = DecodeFloat(format, below + 1);
  if (!(high > low) || std::isinf(high)) return low;
  return RoundsUp((magnitude - low) / (high - low), random, bits) ? high : low;
}

double LargestOf(ElementType type) {
  return std::ldexp(1.0, BitWidth(type) - (IsSigned(type) ? 1 : 0));
}

absl::StatusOr<Literal> EvaluateStochasticConvert(const OpCall& call) {
  const ElementType from = call.operand_shape(0).element_type();
  const ElementType to = call.shape.element_type();
  const ElementType random_type = call.operand_shape(1).element_type();
  if (!IsFloat(from) || !IsUnsigned(random_type) || !(IsFloat(to) || IsInteger(to))) {
    return base::Unimplemented("stochastic-convert from %s with %s to %s", Name(from),
                               Name(random_type), Name(to));
  }
  const int bits = BitWidth(random_type);
  std::vector<double> rounded(call.shape.ElementCount());
  for (size_t i = 0; i < rounded.size(); ++i) {
    const auto at = static_cast<int64_t>(i);
    const double x = call.operands[0].AsDouble(at);
    const auto random = static_cast<uint64_t>(call.operands[1].AsInt64(at));
    const double magnitude = std::fabs(x);
    // Out of range and NaN are the business of the conversion.
    if (!std::isfinite(x) || (IsInteger(to) && magnitude >= LargestOf(to))) {
      rounded[i] = x;
    } else {
      rounded[i] = std::copysign(IsInteger(to) ? RoundInteger(magnitude, random, bits)
                                               : RoundFloat(FormatOf(to), magnitude, random, bits),
                                 x);
    }
  }
  const Shape wide = call.shape.WithElementType(ElementType::kF64);
  return ConvertElements(Literal::FromDoubles(wide, rounded), to);
}

}  // namespace

void AddStochasticConvert(EvaluatorTable& table) {
  table[OpCode::kStochasticConvert].evaluate = EvaluateStochasticConvert;
}

}  // namespace eqsat::ir
