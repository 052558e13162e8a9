#include "ir/interpret/solvers/factorizations.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/solvers/lapack.h"
#include "ir/interpret/solvers/solver_call.h"

namespace eqsat::ir {
namespace {

using lapack::Leading;

template <typename T>
struct PotrfRoutine {
  static void Run(SolverCall& s) {
    const int64_t n = s.rows(s.matrix());
    s.Expect(s.columns(s.matrix()) == n);
    const bool lower = s.HasScalars() ? s.Choice("", 0, 1) != 0 : IsLower(s.call().backend_config);
    for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
      std::vector<T> a = s.Matrix<T>(s.matrix(), i);
      const lapack_int info = lapack::Potrf<T>(lower ? 'L' : 'U', n, a.data(), Leading(n));
      s.SetMatrix(0, i, n, a);
      s.SetInfo(1, i, info);
    }
  }
};

// Pivot i exchanges the rows i and pivots[i], counted from 0; those that are no rows do nothing.
std::vector<int32_t> PermutationOf(const std::vector<int32_t>& pivots, int64_t rows) {
  std::vector<int32_t> rows_now(rows);
  std::iota(rows_now.begin(), rows_now.end(), 0);
  for (size_t i = 0; i < pivots.size() && i < rows_now.size(); ++i) {
    if (pivots[i] >= 0 && pivots[i] < rows) std::swap(rows_now[i], rows_now[pivots[i]]);
  }
  return rows_now;
}

template <typename T>
struct GetrfRoutine {
  // `set_rest` gets the number of the matrix, the pivots and LAPACK's info.
  template <typename SetRest>
  static void Factorize(SolverCall& s, SetRest set_rest) {
    const int64_t m = s.rows(0), n = s.columns(0);
    for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
      std::vector<T> a = s.Matrix<T>(0, i);
      std::vector<int32_t> pivots(std::min(m, n));
      const lapack_int info = lapack::Getrf<T>(m, n, a.data(), Leading(m), pivots.data());
      s.SetMatrix(0, i, m, a);
      set_rest(i, pivots, info);
    }
  }
  static void Run(SolverCall& s) {
    Factorize(s, [&s](int64_t i, const std::vector<int32_t>& pivots, lapack_int info) {
      s.SetVector(1, i, pivots);
      s.SetInfo(2, i, info);
    });
  }
};

template <typename T>
struct LuDecompositionRoutine {
  static void Run(SolverCall& s) {
    GetrfRoutine<T>::Factorize(s, [&s](int64_t i, std::vector<int32_t> pivots, lapack_int) {
      for (int32_t& pivot : pivots) --pivot;
      s.SetVector(1, i, pivots);
      s.SetVector(2, i, PermutationOf(pivots, s.rows(0)));
    });
  }
};

template <typename T>
struct GeqrfRoutine {
  static void Run(SolverCall& s) {
    const int64_t m = s.rows(0), n = s.columns(0);
    for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
      std::vector<T> a = s.Matrix<T>(0, i), factors(std::min(m, n));
      lapack::Geqrf<T>(m, n, a.data(), Leading(m), factors.data());
      s.SetMatrix(0, i, m, a);
      s.SetVector(1, i, factors);
    }
  }
};

template <typename T>
struct Geqp3Routine {
  static void Run(SolverCall& s) {
    s.Expect(s.call().operands.size() == 2);
    const int64_t m = s.rows(0), n = s.columns(0);
    for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
      std::vector<T> a = s.Matrix<T>(0, i), factors(std::min(m, n));
      std::vector<int32_t> columns = s.Vector<int32_t>(1, i, n);
      lapack::Geqp3<T>(m, n, a.data(), Leading(m), columns.data(), factors.data());
      s.SetMatrix(0, i, m, a);
      s.SetVector(1, i, columns);
      s.SetVector(2, i, factors);
    }
  }
};

// Operands: the diagonals below, in and above the middle, each as long as it, and right sides.
template <typename T>
struct GtsvRoutine {
  static constexpr size_t kSides = 3;
  static void Run(SolverCall& s) {
    s.Expect(s.call().operands.size() == kSides + 1);
    if (!s.ok()) return;
    const int64_t n = s.rows(kSides), count = s.columns(kSides);
    const bool with_diagonals = s.call().shape.IsTuple();
    for (int64_t i = 0; s.ok() && i < s.batch(); ++i) {
      std::vector<T> below = s.Vector<T>(0, i, n), middle = s.Vector<T>(1, i, n);
      std::vector<T> above = s.Vector<T>(2, i, n), sides = s.Matrix<T>(kSides, i);
      if (!s.ok() || n == 0) return;
      // The first element of `below` is none of the matrix, nor is the last of `above`.
      const lapack_int info = lapack::Gtsv<T>(n, count, below.data() + 1, middle.data(),
                                              above.data(), sides.data(), Leading(n));
      if (!with_diagonals) {
        s.SetMatrix(0, i, n, sides);
        continue;
      }
      s.SetVector(0, i, below);
      s.SetVector(1, i, middle);
      s.SetVector(2, i, above);
      s.SetMatrix(kSides, i, n, sides);
      s.SetInfo(kSides + 1, i, info);
    }
  }
};

absl::StatusOr<Literal> SolveTriangle(const OpCall& call, absl::Span<const Literal> operands,
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

}  // namespace

absl::StatusOr<Literal> Potrf(const OpCall& call) { return SolveLast<PotrfRoutine>(call); }

absl::StatusOr<Literal> Getrf(const OpCall& call) { return Solve<GetrfRoutine>(call); }

absl::StatusOr<Literal> LuDecomposition(const OpCall& call) {
  return Solve<LuDecompositionRoutine>(call);
}

absl::StatusOr<Literal> PivotsToPermutation(const OpCall& call) {
  const Shape& result = call.shape;
  const bool fits = call.operands.size() == 1 && result.IsArray() && result.rank() > 0 &&
                    call.operand_shape(0).IsArray() &&
                    call.operand_shape(0).rank() == result.rank() &&
                    call.operand_shape(0).element_type() == ElementType::kS32 &&
                    result.element_type() == ElementType::kS32;
  if (!fits) return base::Unimplemented("a permutation that is %s", result.ToString());
  const int64_t count = call.operand_shape(0).dimensions().back();
  const int64_t rows = result.dimensions().back();
  const absl::Span<const int32_t> all = call.operands[0].values<int32_t>();
  std::vector<int32_t> permutations;
  for (int64_t i = 0; rows > 0 && i < result.ElementCount() / rows; ++i) {
    if ((i + 1) * count > static_cast<int64_t>(all.size()))
      return base::Unimplemented("a permutation that is %s", result.ToString());
    const absl::Span<const int32_t> pivots = all.subspan(i * count, count);
    const std::vector<int32_t> one = PermutationOf({pivots.begin(), pivots.end()}, rows);
    permutations.insert(permutations.end(), one.begin(), one.end());
  }
  return Literal::Of<int32_t>(result, permutations);
}

absl::StatusOr<Literal> Geqrf(const OpCall& call) { return Solve<GeqrfRoutine>(call); }
absl::StatusOr<Literal> Geqp3(const OpCall& call) { return Solve<Geqp3Routine>(call); }
absl::StatusOr<Literal> Gtsv(const OpCall& call) {
  return Solve<GtsvRoutine>(call, GtsvRoutine<float>::kSides);
}

absl::StatusOr<Literal> Trsm(const OpCall& call) {
  const int64_t transpose = ConfigInteger(call.backend_config, "trans_x", 'N');
  const Attributes solve = TriangularSolveAttributes{
      .left_side = ConfigInteger(call.backend_config, "side", 'L') == 'L',
      .lower = ConfigInteger(call.backend_config, "uplo", 'L') == 'L',
      .unit_diagonal = ConfigInteger(call.backend_config, "diag", 'N') == 'U',
      .transpose_a = transpose == 'T'   ? TransposeKind::kTranspose
                     : transpose == 'C' ? TransposeKind::kAdjoint
                                        : TransposeKind::kNoTranspose};
  if (call.operands.size() != 2) return base::Unimplemented("trsm takes two operands");
  return SolveTriangle(call, call.operands, solve);
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
  const Literal& alpha = call.operands[kAlpha];
  if (alpha.AsComplex(0) != 1.0) return base::Unimplemented("trsm that scales");
  auto choice = [&](size_t i) { return call.operands[i].AsInt64(0); };
  const Attributes solve =
      TriangularSolveAttributes{.left_side = choice(0) != 0,
                                .lower = choice(1) != 0,
                                .unit_diagonal = choice(3) != 0,
                                .transpose_a = choice(2) == 0   ? TransposeKind::kNoTranspose
                                               : choice(2) == 1 ? TransposeKind::kTranspose
                                                                : TransposeKind::kAdjoint};
  return SolveTriangle(call, call.operands.last(2), solve);
}

}  // namespace eqsat::ir
