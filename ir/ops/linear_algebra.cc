// cholesky, triangular-solve and fft.
#include <algorithm>
#include <cmath>

#include "ir/ops/elementwise.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// Operand `i` is a batch of square matrices.
absl::Status ExpectSquare(const OpContext& context, int64_t i) {
  EQSAT_RETURN_IF_ERROR(ExpectElements(context, i, type_rules::kFloatOrComplex));
  const Shape& shape = context.operands[i];
  int64_t rank = shape.rank();
  if (rank >= 2 && SizesAgree(shape.dimension(rank - 1), shape.dimension(rank - 2)))
    return absl::OkStatus();
  return OpError(context, "operand %d must be a batch of square matrices, but is %s", i,
                 shape.ToString());
}

double LastDimension(const Shape& shape) {
  return static_cast<double>(std::max<int64_t>(shape.dimension(shape.rank() - 1), 0));
}

// --- cholesky ------------------------------------------------------------------------------------

absl::StatusOr<Shape> InferCholesky(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectSquare(context, 0));
  return context.operands[0].WithoutLayout();
}

// n³/3 for each matrix.
Work CholeskyWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  work.flops = ElementsOf(context.operands[0]) * LastDimension(context.operands[0]) / 3;
  return work;
}

// --- triangular-solve ----------------------------------------------------------------------------

absl::StatusOr<Shape> InferTriangularSolve(const OpContext& context) {
  if (context.attr<TriangularSolveAttributes>().transpose_a == TransposeKind::kInvalid)
    return OpError(context, "transpose_a must be NO_TRANSPOSE, TRANSPOSE or ADJOINT");
  EQSAT_RETURN_IF_ERROR(ExpectSquare(context, 0));
  const Shape& a = context.operands[0];
  EQSAT_RETURN_IF_ERROR(ExpectRank(context, 1, a.rank()));
  const Shape& b = context.operands[1];
  bool left = context.attr<TriangularSolveAttributes>().left_side;
  bool fits = a.element_type() == b.element_type() &&
              SizesAgree(a.dimension(a.rank() - 1), b.dimension(b.rank() - (left ? 2 : 1)));
  for (int64_t d = 0; fits && d < a.rank() - 2; ++d)
    fits = SizesAgree(a.dimension(d), b.dimension(d));
  if (fits) return b.WithoutLayout();
  return OpError(context, "the matrix %s on the %s does not fit %s", a.ToString(),
                 left ? "left" : "right", b.ToString());
}

// A multiply-add for each element of half a matrix and of each right-hand side.
Work TriangularSolveWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  work.flops = ElementsOf(context.operands[1]) * LastDimension(context.operands[0]);
  return work;
}

// --- fft -----------------------------------------------------------------------------------------

ElementType ComplexOf(ElementType real) {
  return real == ElementType::kF64 ? ElementType::kC128 : ElementType::kC64;
}

absl::StatusOr<Shape> InferFft(const OpContext& context) {
  const auto& attributes = context.attr<FftAttributes>();
  EQSAT_RETURN_IF_ERROR(ExpectArray(context, 0));
  const Shape& operand = context.operands[0];
  int64_t count = static_cast<int64_t>(attributes.fft_length.size());
  bool real_operand = attributes.fft_type == FftType::kRfft;
  bool type_fits = real_operand ? operand.element_type() == ElementType::kF32 ||
                                      operand.element_type() == ElementType::kF64
                                : IsComplex(operand.element_type());
  if (count < 1 || count > 3 || count > operand.rank() || !type_fits) {
    return OpError(context, "fft_type=%s with fft_length=%s does not fit %s",
                   EnumName(attributes.fft_type), Braced(attributes.fft_length),
                   operand.ToString());
  }
  DimensionList result;
  for (int64_t d = 0; d < operand.rank(); ++d) {
    int64_t i = d - (operand.rank() - count);
    if (i < 0) {
      result.AddFrom(operand, d);
      continue;
    }
    int64_t length = attributes.fft_length[i];
    bool last = i == count - 1;
    bool complex = attributes.fft_type == FftType::kFft || attributes.fft_type == FftType::kIfft;
    int64_t half = length / 2 + 1;
    int64_t expected = last && attributes.fft_type == FftType::kIrfft ? half : length;
    // Complex transforms keep the operand's dimensions; a length of 0 asks for nothing.
    if (complex && length == 0) expected = operand.dimension(d);
    if (length < 0 || !SizesAgree(operand.dimension(d), expected)) {
      return OpError(context, "fft_length=%s needs dimension %d of %s to be %d",
                     Braced(attributes.fft_length), d, operand.ToString(), expected);
    }
    result.Add(complex ? expected : last && real_operand ? half : length);
  }
  ElementType type = operand.element_type();
  if (real_operand) type = ComplexOf(type);
  if (attributes.fft_type == FftType::kIrfft) type = ComplexPart(type);
  return result.ToShape(type);
}

// 5 n log2 n for a complex transform of n points, half of it for a real one.
Work FftWork(const OpContext& context, absl::Span<const double> region_flops) {
  const auto& attributes = context.attr<FftAttributes>();
  Work work = MovementWork(context, region_flops);
  double points = std::max(ElementsOf(context.operands[0]), ElementsOf(*context.declared));
  double logs = 0;
  for (int64_t length : attributes.fft_length)
    if (length > 1) logs += std::log2(static_cast<double>(length));
  bool real = attributes.fft_type == FftType::kRfft || attributes.fft_type == FftType::kIrfft;
  work.flops = (real ? 2.5 : 5) * points * logs;
  return work;
}

}  // namespace

OpInfo DefinekCholesky() {
  return {.doc = "The triangular factor of each positive definite matrix.",
          .attributes = CholeskyAttributes{},
          .infer = InferCholesky,
          .work = CholeskyWork};
}

OpInfo DefinekTriangularSolve() {
  return {.doc = "The solution of each system of equations with a triangular matrix.",
          .attributes = TriangularSolveAttributes{},
          .infer = InferTriangularSolve,
          .work = TriangularSolveWork};
}

OpInfo DefinekFft() {
  return {.doc = "The Fourier transform of the last one to three dimensions.",
          .attributes = FftAttributes{},
          .infer = InferFft,
          .work = FftWork};
}

}  // namespace eqsat::ir
