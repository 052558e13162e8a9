#include "ir/interpret/factorizations.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <complex>
#include <map>
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/householder.h"

namespace eqsat::ir {
namespace {

using Number = std::complex<double>;
using Numbers = std::vector<Number>;

// `key` of `{uplo = 76 : ui8}`, a letter by its code.
char ConfigLetter(std::string_view config, std::string_view key, char otherwise) {
  size_t at = config.find(key);
  if (at == std::string_view::npos) return otherwise;
  at = config.find_first_not_of(" =:\"", at + key.size());
  if (at == std::string_view::npos) return otherwise;
  int code = static_cast<unsigned char>(otherwise);
  std::from_chars(config.data() + at, config.data() + config.size(), code);
  return static_cast<char>(code);
}

Literal FromNumbers(const Shape& shape, const Numbers& values) {
  return ConvertElements(Literal::Of<Number>(shape.WithElementType(ElementType::kC128), values),
                         shape.element_type());
}

// A batch of matrices and what a routine says of each.
struct Matrices {
  int64_t rows = 0, columns = 0, count = 0;
  Numbers elements;

  Number* Matrix(int64_t i) { return elements.data() + i * rows * columns; }
};

// The last of `operands`, if the result is (matrices, …) with as many parts as said.
absl::StatusOr<Matrices> OperandOf(const OpCall& call, size_t results, size_t operands = 1) {
  const bool tuple = call.shape.IsTuple() && call.shape.elements().size() == results;
  if (call.operands.size() != operands || !tuple || !call.operand_shape(operands - 1).IsArray() ||
      call.operand_shape(operands - 1).rank() < 2 ||
      !Shape::Compatible(call.operand_shape(operands - 1), call.shape.element(0)) ||
      (!IsFloat(call.operand_shape(operands - 1).element_type()) &&
       !IsComplex(call.operand_shape(operands - 1).element_type()))) {
    return base::Unimplemented("a factorization that gives %s", call.shape.ToString());
  }
  const Shape& shape = call.operand_shape(operands - 1);
  Matrices out{.rows = shape.dimension(shape.rank() - 2),
               .columns = shape.dimension(shape.rank() - 1)};
  const Literal wide = ConvertElements(call.operands.back(), ElementType::kC128);
  out.elements.assign(wide.values<Number>().begin(), wide.values<Number>().end());
  out.count = 1;
  for (int64_t d = 0; d < shape.rank() - 2; ++d) out.count *= shape.dimension(d);
  return out;
}

// Part `i` of the result: `each` numbers for each matrix.
absl::Status ExpectPart(const OpCall& call, int64_t i, int64_t count, int64_t each) {
  const Shape& part = call.shape.element(i);
  if (part.IsArray() && part.ElementCount() == count * each) return absl::OkStatus();
  return base::Unimplemented("a factorization that gives %s", call.shape.ToString());
}

// --- potrf ---------------------------------------------------------------------------------------

// The lower triangle becomes l of l·lᴴ; the first minor that is not positive, from 1, or 0.
int64_t FactorizeCholesky(Number* a, int64_t n) {
  for (int64_t j = 0; j < n; ++j) {
    double pivot = a[j * n + j].real();
    for (int64_t k = 0; k < j; ++k) pivot -= std::norm(a[j * n + k]);
    if (!(pivot > 0)) return j + 1;
    pivot = std::sqrt(pivot);
    a[j * n + j] = pivot;
    for (int64_t i = j + 1; i < n; ++i) {
      Number sum = a[i * n + j];
      for (int64_t k = 0; k < j; ++k) sum -= a[i * n + k] * std::conj(a[j * n + k]);
      a[i * n + j] = sum / pivot;
    }
  }
  return 0;
}

void Adjoin(Number* a, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j < i; ++j) {
      const Number above = a[j * n + i];
      a[j * n + i] = std::conj(a[i * n + j]);
      a[i * n + j] = std::conj(above);
    }
    a[i * n + i] = std::conj(a[i * n + i]);
  }
}

absl::StatusOr<Literal> CholeskyOf(const OpCall& call, Matrices a, bool upper) {
  EQSAT_RETURN_IF_ERROR(ExpectPart(call, 1, a.count, 1));
  if (a.rows != a.columns) return base::Unimplemented("a matrix that is not square");
  std::vector<int64_t> info(a.count);
  for (int64_t i = 0; i < a.count; ++i) {
    if (upper) Adjoin(a.Matrix(i), a.rows);
    info[i] = FactorizeCholesky(a.Matrix(i), a.rows);
    if (upper) Adjoin(a.Matrix(i), a.rows);
  }
  return Literal::Tuple({FromNumbers(call.shape.element(0), a.elements),
                         Literal::FromInt64s(call.shape.element(1), info)});
}

absl::StatusOr<Literal> Potrf(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Matrices a, OperandOf(call, 2));
  const bool upper = ConfigLetter(call.backend_config, "uplo", 'L') == 'U';
  return CholeskyOf(call, std::move(a), upper);
}

// As JAX of 2024 exports it: whether the lower triangle is meant, and sizes, are operands.
absl::StatusOr<Literal> PotrfOfOperands(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Matrices a, OperandOf(call, 2, 4));
  const Shape& lower = call.operand_shape(0);
  if (!lower.IsScalar() || !IsInteger(lower.element_type())) {
    return base::Unimplemented("potrf with %s as operand 0", lower.ToString());
  }
  return CholeskyOf(call, std::move(a), call.operands[0].AsInt64(0) == 0);
}

// --- getrf ---------------------------------------------------------------------------------------

// Rows are exchanged so that the largest number of a column becomes the pivot.
int64_t FactorizeLu(Number* a, int64_t m, int64_t n, int64_t* pivots) {
  auto size = [](Number x) { return std::abs(x.real()) + std::abs(x.imag()); };
  int64_t info = 0;
  for (int64_t j = 0; j < std::min(m, n); ++j) {
    int64_t best = j;
    for (int64_t i = j + 1; i < m; ++i) {
      if (size(a[i * n + j]) > size(a[best * n + j])) best = i;
    }
    pivots[j] = best + 1;
    if (a[best * n + j] == Number(0)) {
      if (info == 0) info = j + 1;
      continue;
    }
    if (best != j) std::swap_ranges(a + best * n, a + (best + 1) * n, a + j * n);
    for (int64_t i = j + 1; i < m; ++i) {
      a[i * n + j] /= a[j * n + j];
      for (int64_t k = j + 1; k < n; ++k) a[i * n + k] -= a[i * n + j] * a[j * n + k];
    }
  }
  return info;
}

absl::StatusOr<Literal> Getrf(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Matrices a, OperandOf(call, 3));
  const int64_t size = std::min(a.rows, a.columns);
  EQSAT_RETURN_IF_ERROR(ExpectPart(call, 1, a.count, size));
  EQSAT_RETURN_IF_ERROR(ExpectPart(call, 2, a.count, 1));
  std::vector<int64_t> pivots(a.count * size), info(a.count);
  for (int64_t i = 0; i < a.count; ++i) {
    info[i] = FactorizeLu(a.Matrix(i), a.rows, a.columns, pivots.data() + i * size);
  }
  return Literal::Tuple({FromNumbers(call.shape.element(0), a.elements),
                         Literal::FromInt64s(call.shape.element(1), pivots),
                         Literal::FromInt64s(call.shape.element(2), info)});
}

// --- geqrf ---------------------------------------------------------------------------------------

// The reflector that clears column `j` below the diagonal replaces it there; its factor.
Number MakeReflector(Number* a, int64_t m, int64_t n, int64_t j) {
  const Number alpha = a[j * n + j];
  double below = 0;
  for (int64_t i = j + 1; i < m; ++i) below += std::norm(a[i * n + j]);
  if (below == 0 && alpha.imag() == 0) return 0;
  const double length = std::sqrt(std::norm(alpha) + below);
  const double beta = alpha.real() < 0 ? length : -length;
  for (int64_t i = j + 1; i < m; ++i) a[i * n + j] /= alpha - beta;
  a[j * n + j] = beta;
  return {(beta - alpha.real()) / beta, -alpha.imag() / beta};
}

void FactorizeQr(Number* a, int64_t m, int64_t n, Number* taus) {
  for (int64_t j = 0; j < std::min(m, n); ++j) {
    taus[j] = MakeReflector(a, m, n, j);
    for (int64_t k = j + 1; k < n; ++k) {
      Number along = a[j * n + k];
      for (int64_t i = j + 1; i < m; ++i) along += std::conj(a[i * n + j]) * a[i * n + k];
      along *= std::conj(taus[j]);
      a[j * n + k] -= along;
      for (int64_t i = j + 1; i < m; ++i) a[i * n + k] -= along * a[i * n + j];
    }
  }
}

absl::StatusOr<Literal> Geqrf(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Matrices a, OperandOf(call, 2));
  const int64_t size = std::min(a.rows, a.columns);
  EQSAT_RETURN_IF_ERROR(ExpectPart(call, 1, a.count, size));
  Numbers taus(a.count * size);
  for (int64_t i = 0; i < a.count; ++i) {
    FactorizeQr(a.Matrix(i), a.rows, a.columns, taus.data() + i * size);
  }
  return Literal::Tuple(
      {FromNumbers(call.shape.element(0), a.elements), FromNumbers(call.shape.element(1), taus)});
}

// --- trsm ----------------------------------------------------------------------------------------

absl::StatusOr<Literal> Solve(const OpCall& call, absl::Span<const Literal> operands,
                              const Attributes& solve) {
  const std::vector<Shape> shapes = {operands[0].shape(), operands[1].shape()};
  EQSAT_ASSIGN_OR_RETURN(
      Shape shape,
      InferShape({.opcode = OpCode::kTriangularSolve, .operands = shapes, .attributes = solve}));
  if (!Shape::Compatible(shape, call.shape)) {
    return base::Unimplemented("a triangular solve that gives %s", call.shape.ToString());
  }
  return EvaluateOp(OpCode::kTriangularSolve, solve, call.shape, operands);
}

absl::StatusOr<Literal> Trsm(const OpCall& call) {
  const char transpose = ConfigLetter(call.backend_config, "trans_x", 'N');
  const Attributes solve = TriangularSolveAttributes{
      .left_side = ConfigLetter(call.backend_config, "side", 'L') == 'L',
      .lower = ConfigLetter(call.backend_config, "uplo", 'L') == 'L',
      .unit_diagonal = ConfigLetter(call.backend_config, "diag", 'N') == 'U',
      .transpose_a = transpose == 'T'   ? TransposeKind::kTranspose
                     : transpose == 'C' ? TransposeKind::kAdjoint
                                        : TransposeKind::kNoTranspose};
  if (call.operands.size() != 2) return base::Unimplemented("trsm takes two operands");
  return Solve(call, call.operands, solve);
}

// jaxlib's own form of it: (left side, lower, transpose, unit diagonal, m, n, batch, alpha, a, b),
// the choices s32 scalars.
absl::StatusOr<Literal> BlasTrsm(const OpCall& call) {
  constexpr size_t kAlpha = 7;
  if (call.operands.size() != kAlpha + 3) return base::Unimplemented("trsm takes ten operands");
  for (size_t i = 0; i <= kAlpha; ++i) {
    const Shape& shape = call.operand_shape(i);
    const bool fits =
        shape.IsArray() && shape.rank() == 0 &&
        (i == kAlpha ? IsFloat(shape.element_type()) || IsComplex(shape.element_type())
                     : IsInteger(shape.element_type()));
    if (!fits) return base::Unimplemented("trsm with %s as operand %d", shape.ToString(), i);
  }
  const Literal alpha = ConvertElements(call.operands[kAlpha], ElementType::kC128);
  if (alpha.values<Number>()[0] != Number(1)) return base::Unimplemented("trsm that scales");
  auto choice = [&](size_t i) { return call.operands[i].AsInt64(0); };
  const Attributes solve =
      TriangularSolveAttributes{.left_side = choice(0) != 0,
                                .lower = choice(1) != 0,
                                .unit_diagonal = choice(3) != 0,
                                .transpose_a = choice(2) == 0   ? TransposeKind::kNoTranspose
                                               : choice(2) == 1 ? TransposeKind::kTranspose
                                                                : TransposeKind::kAdjoint};
  return Solve(call, call.operands.last(2), solve);
}

}  // namespace

EvaluateFn LapackRoutine(std::string_view target) {
  static const auto* const kRoutines = new std::map<std::string_view, EvaluateFn>{
      {"geqrf_ffi", Geqrf},
      {"getrf_ffi", Getrf},
      {"orgqr_ffi", ProductOfReflectors},
      {"potrf", PotrfOfOperands},
      {"potrf_ffi", Potrf},
      {"trsm_ffi", Trsm},
      {"ungqr_ffi", ProductOfReflectors},
  };
  const bool is_blas = target.starts_with("blas_");
  if (!is_blas && !target.starts_with("lapack_")) return nullptr;
  target.remove_prefix(target.find('_') + 1);
  if (target.empty() || std::string_view("sdcz").find(target[0]) == std::string_view::npos) {
    return nullptr;
  }
  target.remove_prefix(1);
  if (is_blas) return target == "trsm" ? BlasTrsm : nullptr;
  auto routine = kRoutines->find(target);
  return routine == kRoutines->end() ? nullptr : routine->second;
}

}  // namespace eqsat::ir
