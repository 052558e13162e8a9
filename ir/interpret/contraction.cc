// Sums of products over an iteration space (combiner kDot): dot, convolution and their kin.
#include <algorithm>
#include <complex>
#include <optional>

#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/interpret/access.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/matrix_multiply.h"
#include "ir/interpret/scalar_arithmetic.h"

namespace eqsat::ir {
namespace {

// The type that products are summed in: the result's, or a wider float operand's.
ElementType AccumulationType(const OpCall& call) {
  ElementType type = call.shape.element_type();
  for (const Literal& operand : call.operands) {
    ElementType other = operand.shape().element_type();
    if (IsFloat(type) && IsFloat(other) && BitWidth(other) > BitWidth(type)) type = other;
  }
  return type;
}

// A parallel dimension along which one operand stays and the other is a plain strided run, so that
// the innermost loop is result[j] += a · b[j].
struct Lane {
  int64_t dim;
  int64_t size;
  int fixed;      // the access that does not depend on `dim`
  int64_t value;  // for comparison with other lanes
};

std::optional<Lane> FindLane(absl::Span<const Access> accesses, absl::Span<const int64_t> space,
                             int64_t num_parallel) {
  std::optional<Lane> best;
  for (int64_t d = 0; d < num_parallel; ++d) {
    for (int fixed = 0; fixed < 2; ++fixed) {
      const Access& moving = accesses[1 - fixed];
      if (accesses[fixed].DependsOn(d) || !moving.IsAffineAlong(d) || moving.GuardsDependOn(d))
        continue;
      // Strided runs miss the cache.
      const int64_t value = space[d] * (moving.Stride(d) == 1 ? 8 : 1);
      if (!best || value > best->value) best = Lane{d, space[d], fixed, value};
    }
  }
  return best;
}

// Any index maps and guards: for each point of all dimensions but the lane's, a run along it.
template <typename T>
void ContractByLane(absl::Span<const Access> accesses, const T* const elements[2],
                    absl::Span<const int64_t> full_space, int64_t num_parallel, T* result) {
  const std::optional<Lane> lane = FindLane(accesses, full_space, num_parallel);
  const DimensionVector strides = RowMajorStrides(full_space.subspan(0, num_parallel));
  DimensionVector space(full_space.begin(), full_space.end());
  if (lane) space[lane->dim] = 1;
  const int64_t size = lane ? lane->size : 1;
  const int fixed = lane ? lane->fixed : 0;
  const int64_t result_stride = lane ? strides[lane->dim] : 0;
  const int64_t run_stride = lane ? accesses[1 - fixed].Stride(lane->dim) : 0;
  const auto rank = static_cast<int64_t>(space.size());
  DimensionVector point(space.size(), 0);
  do {
    int64_t position = 0;
    for (int64_t d = 0; d < num_parallel; ++d) position += strides[d] * point[d];
    T* row = result + position;
    do {
      if (!accesses[0].Holds(point.data()) || !accesses[1].Holds(point.data())) continue;
      const T a = elements[fixed][accesses[fixed].Offset(point.data())];
      const T* b = elements[1 - fixed] + accesses[1 - fixed].Offset(point.data());
      for (int64_t j = 0; j < size; ++j) {
        T& sum = row[j * result_stride];
        sum = Add::Apply(sum, Multiply::Apply(a, b[j * run_stride]));
      }
    } while (Advance(point, space, num_parallel, rank));
  } while (Advance(point, space, 0, num_parallel));
}

absl::StatusOr<Literal> EvaluateContraction(const OpCall& call) {
  const IndexedForm form = FormOf(call);
  EQSAT_CHECK(form.combiner == Combiner::kDot && form.accesses.size() == 2);
  DimensionVector space = form.parallel;
  space.insert(space.end(), form.reduction.begin(), form.reduction.end());
  const bool empty = std::ranges::find(space, 0) != space.end();
  if (empty) return Literal::Zero(call.shape);
  const auto num_parallel = static_cast<int64_t>(form.parallel.size());
  const std::vector<Access> accesses = MakeAccesses(form, space, call.operands);
  const ElementType type = AccumulationType(call);
  const ComputeArray lhs(ConvertElements(call.operands[form.accesses[0].operand], type));
  const ComputeArray rhs(ConvertElements(call.operands[form.accesses[1].operand], type));
  ComputeResult result(call.shape.WithElementType(type));
  DispatchCompute(type, [&]<typename T>() {
    const T* const elements[2] = {lhs.as<T>(), rhs.as<T>()};
    if (auto multiply = MatrixMultiply<T>::Recognize(accesses, space, num_parallel)) {
      multiply->Run(elements[0], elements[1], result.as<T>());
    } else {
      ContractByLane(accesses, elements, space, num_parallel, result.as<T>());
    }
  });
  return ConvertElements(std::move(result).Take(), call.shape.element_type());
}

}  // namespace

void AddContraction(EvaluatorTable& table) {
  table[OpCode::kDot].evaluate = EvaluateContraction;
  table[OpCode::kConvolution].evaluate = EvaluateContraction;
}

}  // namespace eqsat::ir
