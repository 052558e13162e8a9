// cholesky and triangular-solve, in complex f64 and rounded at the end.
#include <complex>
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/evaluator.h"

namespace eqsat::ir {
namespace {

using Number = std::complex<double>;
using Numbers = std::vector<Number>;

Numbers ToNumbers(const Literal& literal) {
  const Literal wide = ConvertElements(literal, ElementType::kC128);
  absl::Span<const Number> values = wide.values<Number>();
  return {values.begin(), values.end()};
}

Literal FromNumbers(const Shape& shape, const Numbers& values) {
  return ConvertElements(Literal::Of<Number>(shape.WithElementType(ElementType::kC128), values),
                         shape.element_type());
}

absl::Status CheckInexact(const OpCall& call) {
  ElementType type = call.shape.element_type();
  if (IsFloat(type) || IsComplex(type)) return absl::OkStatus();
  return base::Unimplemented("%s is not defined on %s", Name(call.opcode), Name(type));
}

// One n×n matrix in place: a = l·lᴴ. A matrix that is not positive definite gives NaN.
void Factorize(Number* a, int64_t n) {
  for (int64_t j = 0; j < n; ++j) {
    for (int64_t k = 0; k < j; ++k) {
      for (int64_t i = j; i < n; ++i) a[i * n + j] -= a[i * n + k] * std::conj(a[j * n + k]);
    }
    const double pivot = std::sqrt(a[j * n + j].real());
    a[j * n + j] = pivot;
    for (int64_t i = j + 1; i < n; ++i) a[i * n + j] /= pivot;
    for (int64_t i = 0; i < j; ++i) a[i * n + j] = 0;
  }
}

// The conjugate transpose of one n×n matrix in place.
void Adjoin(Number* a, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < i; ++j) {
      std::swap(a[i * n + j], a[j * n + i]);
      a[i * n + j] = std::conj(a[i * n + j]);
      a[j * n + i] = std::conj(a[j * n + i]);
    }
    a[i * n + i] = std::conj(a[i * n + i]);
  }
}

absl::StatusOr<Literal> EvaluateCholesky(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(CheckInexact(call));
  const bool lower = call.attr<CholeskyAttributes>().lower;
  Numbers a = ToNumbers(call.operands[0]);
  if (a.empty()) return Literal::Zero(call.shape);
  const int64_t n = call.shape.dimension(call.shape.rank() - 1);
  for (size_t first = 0; first < a.size(); first += n * n) {
    if (!lower) Adjoin(&a[first], n);
    Factorize(&a[first], n);
    if (!lower) Adjoin(&a[first], n);
  }
  return FromNumbers(call.shape, a);
}

// One triangular matrix as its transposition option shows it.
struct Triangle {
  const Number* elements;
  int64_t n;
  bool transposed;
  bool conjugated;
  bool lower;  // as shown
  bool unit_diagonal;

  Number At(int64_t i, int64_t j) const {
    if (i == j && unit_diagonal) return 1;
    const Number x = transposed ? elements[j * n + i] : elements[i * n + j];
    return conjugated ? std::conj(x) : x;
  }
};

// a·x = b in place, for one column of b with elements `step` apart.
void SolveColumn(const Triangle& a, Number* b, int64_t step) {
  for (int64_t count = 0; count < a.n; ++count) {
    const int64_t i = a.lower ? count : a.n - 1 - count;
    Number rest = b[i * step];
    const int64_t begin = a.lower ? 0 : i + 1;
    const int64_t end = a.lower ? i : a.n;
    for (int64_t j = begin; j < end; ++j) rest -= a.At(i, j) * b[j * step];
    b[i * step] = a.unit_diagonal ? rest : rest / a.At(i, i);
  }
}

absl::StatusOr<Literal> EvaluateTriangularSolve(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(CheckInexact(call));
  const auto& attributes = call.attr<TriangularSolveAttributes>();
  const Numbers a = ToNumbers(call.operands[0]);
  Numbers b = ToNumbers(call.operands[1]);
  if (b.empty()) return Literal::Zero(call.shape);
  const int64_t rows = call.shape.dimension(call.shape.rank() - 2);
  const int64_t columns = call.shape.dimension(call.shape.rank() - 1);
  const bool left = attributes.left_side;
  const int64_t n = left ? rows : columns;
  const bool transpose = attributes.transpose_a == TransposeKind::kTranspose ||
                         attributes.transpose_a == TransposeKind::kAdjoint;
  // x·a = b is aᵀ·xᵀ = bᵀ: the columns to solve for are the rows of b.
  const bool transposed = transpose == left;
  Triangle triangle{.elements = nullptr,
                    .n = n,
                    .transposed = transposed,
                    .conjugated = attributes.transpose_a == TransposeKind::kAdjoint,
                    .lower = attributes.lower != transposed,
                    .unit_diagonal = attributes.unit_diagonal};
  const int64_t matrix = rows * columns;
  const int64_t step = left ? columns : 1;
  for (size_t batch = 0; batch * matrix < b.size(); ++batch) {
    triangle.elements = &a[batch * n * n];
    for (int64_t k = 0; k < (left ? columns : rows); ++k)
      SolveColumn(triangle, &b[batch * matrix + k * (left ? 1 : columns)], step);
  }
  return FromNumbers(call.shape, b);
}

}  // namespace

void AddLinearAlgebra(EvaluatorTable& table) {
  table[OpCode::kCholesky].evaluate = EvaluateCholesky;
  table[OpCode::kTriangularSolve].evaluate = EvaluateTriangularSolve;
}

}  // namespace eqsat::ir
