// A custom call whose operands and results are batches of matrices and vectors.
#ifndef EQSAT_IR_INTERPRET_SOLVERS_SOLVER_CALL_H_
#define EQSAT_IR_INTERPRET_SOLVERS_SOLVER_CALL_H_

#include <algorithm>
#include <complex>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/interpret/evaluator.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {

// Matrices pass as LAPACK has them, column by column; literals have them row by row. A result that
// the call has in another shape or type is an error of Result(), and so is an operand that a
// routine cannot use: until then it reads as nothing.
class SolverCall {
 public:
  // Operand `matrix` is the batch of matrices that the routine works on.
  SolverCall(const OpCall& call, size_t matrix);

  size_t matrix() const { return matrix_; }
  int64_t batch() const { return batch_; }
  int64_t rows(size_t operand) const { return Size(operand, 2); }
  int64_t columns(size_t operand) const { return Size(operand, 1); }
  // JAX of 2024 and before has sizes and choices as scalar operands before the matrix.
  bool HasScalars() const { return matrix_ > 0; }
  // A choice: a number of the configuration, or scalar operand `operand`.
  int64_t Choice(std::string_view key, size_t operand, int64_t otherwise);
  // Makes Result an error unless `fits`.
  void Expect(bool fits);
  bool ok() const { return fits_; }
  const OpCall& call() const { return call_; }

  // Of operand `operand` the matrix `index`, or so many elements.
  template <typename T>
  std::vector<T> Matrix(size_t operand, int64_t index) {
    return Transposed(Vector<T>(operand, index, rows(operand) * columns(operand)), rows(operand));
  }
  template <typename T>
  std::vector<T> Vector(size_t operand, int64_t index, int64_t size) {
    const Literal& all = call_.operands[operand];
    Expect(all.shape().element_type() == TypeOf<T>() &&
           all.shape().ElementCount() == batch_ * size);
    if (!fits_) return std::vector<T>(size);
    const absl::Span<const T> values = all.values<T>().subspan(index * size, size);
    return {values.begin(), values.end()};
  }

  // Part `part` of the result for matrix `index`: a matrix of so many rows, a vector, a number.
  template <typename T>
  void SetMatrix(size_t part, int64_t index, int64_t rows, const std::vector<T>& columns) {
    const auto size = static_cast<int64_t>(columns.size());
    SetVector(part, index, Transposed(columns, rows == 0 ? 0 : size / rows));
  }
  template <typename T>
  void SetVector(size_t part, int64_t index, const std::vector<T>& values) {
    const auto size = static_cast<int64_t>(values.size());
    if (!IsPart(part, TypeOf<T>(), size)) return Expect(false);
    if (size > 0)
      std::memcpy(&parts_[part][index * size * sizeof(T)], values.data(), size * sizeof(T));
  }
  void SetInfo(size_t part, int64_t index, int64_t info) {
    SetVector(part, index, std::vector<int32_t>{static_cast<int32_t>(info)});
  }
  // Parts that a routine does not set are zero.
  bool HasPart(size_t part) const { return part < parts_.size(); }
  int64_t PartSize(size_t part) const;  // for each matrix

  // The results, or Unimplemented.
  absl::StatusOr<Literal> Result() const;

 private:
  template <typename T>
  static constexpr ElementType TypeOf() {
    if constexpr (std::is_same_v<T, float>) return ElementType::kF32;
    if constexpr (std::is_same_v<T, double>) return ElementType::kF64;
    if constexpr (std::is_same_v<T, std::complex<float>>) return ElementType::kC64;
    if constexpr (std::is_same_v<T, std::complex<double>>) return ElementType::kC128;
    return ElementType::kS32;
  }
  // The rows of what has `rows` of them, column by column; or the other way with the columns'
  // number.
  template <typename T>
  static std::vector<T> Transposed(const std::vector<T>& values, int64_t rows) {
    std::vector<T> out(values.size());
    if (rows == 0) return out;
    const auto columns = static_cast<int64_t>(values.size()) / rows;
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < columns; ++j) out[j * rows + i] = values[i * columns + j];
    return out;
  }
  int64_t Size(size_t operand, int64_t from_end) const;
  bool IsPart(size_t part, ElementType type, int64_t size) const;

  const OpCall& call_;
  size_t matrix_;
  int64_t batch_ = 0;
  bool fits_ = true;
  std::vector<Shape> shapes_;  // of the results
  std::vector<std::vector<uint8_t>> parts_;
};

// Evaluates a call by Routine<T>::Run(SolverCall&) for the element type T of operand `matrix`.
template <template <typename> class Routine>
absl::StatusOr<Literal> Solve(const OpCall& call, size_t matrix = 0) {
  SolverCall solver(call, matrix);
  if (!solver.ok()) return solver.Result();
  switch (call.operand_shape(matrix).element_type()) {
    case ElementType::kF32:
      Routine<float>::Run(solver);
      break;
    case ElementType::kF64:
      Routine<double>::Run(solver);
      break;
    case ElementType::kC64:
      Routine<std::complex<float>>::Run(solver);
      break;
    case ElementType::kC128:
      Routine<std::complex<double>>::Run(solver);
      break;
    default:
      solver.Expect(false);
  }
  return solver.Result();
}

// The same with the last operand, which is the matrix whether there are scalars before it or not.
template <template <typename> class Routine>
absl::StatusOr<Literal> SolveLast(const OpCall& call) {
  return Solve<Routine>(call, std::max<size_t>(call.operands.size(), 1) - 1);
}

// What `key` has in the dictionary `{uplo = 76 : ui8, lower = true}`; empty if it is not there.
std::string_view ConfigText(std::string_view config, std::string_view key);
int64_t ConfigInteger(std::string_view config, std::string_view key, int64_t otherwise);
bool ConfigFlag(std::string_view config, std::string_view key, bool otherwise);
// Which triangle of a matrix is meant: `{uplo = 76 : ui8}`, `{lower = true}`, or the second of the
// four words of a structure.
bool IsLower(std::string_view config);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_SOLVERS_SOLVER_CALL_H_
