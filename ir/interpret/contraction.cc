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
#include "ir/interpret/parallel_for.h"
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

// How many points dimensions [begin, end) of a space have.
int64_t CountPoints(absl::Span<const int64_t> space, int64_t begin, int64_t end) {
  int64_t count = 1;
  for (int64_t d = begin; d < end; ++d) count *= space[d];
  return count;
}

// The point whose first `num_parallel` dimensions have the row-major position `position`.
DimensionVector PointAt(int64_t position, absl::Span<const int64_t> space, int64_t num_parallel) {
  DimensionVector point(space.size(), 0);
  for (int64_t d = num_parallel; d-- > 0;) {
    point[d] = position % space[d];
    position /= space[d];
  }
  return point;
}

// How the innermost loop goes: result[j · result_stride] += a · b[j · run_stride] for j < size.
struct LaneLoop {
  int fixed = 0;  // the access that a comes from
  int64_t size = 1;
  int64_t run_stride = 0;
  int64_t result_stride = 0;
};

// The result's points [begin, end) of the space, which has one point along the lane.
template <typename T>
void ContractPoints(absl::Span<const Access> accesses, const T* const elements[2],
                    absl::Span<const int64_t> space, absl::Span<const int64_t> strides,
                    const LaneLoop loop, int64_t begin, int64_t end, T* result) {
  const auto num_parallel = static_cast<int64_t>(strides.size());
  const auto rank = static_cast<int64_t>(space.size());
  const Access& still = accesses[loop.fixed];
  const Access& moving = accesses[1 - loop.fixed];
  DimensionVector point = PointAt(begin, space, num_parallel);
  for (int64_t i = begin; i < end; ++i, Advance(point, space, 0, num_parallel)) {
    int64_t position = 0;
    for (int64_t d = 0; d < num_parallel; ++d) position += strides[d] * point[d];
    T* row = result + position;
    do {
      if (!accesses[0].Holds(point.data()) || !accesses[1].Holds(point.data())) continue;
      const T a = elements[loop.fixed][still.Offset(point.data())];
      const T* b = elements[1 - loop.fixed] + moving.Offset(point.data());
      for (int64_t j = 0; j < loop.size; ++j) {
        T& sum = row[j * loop.result_stride];
        sum = Add::Apply(sum, Multiply::Apply(a, b[j * loop.run_stride]));
      }
    } while (Advance(point, space, num_parallel, rank));
  }
}

// Any index maps and guards: for each point of all dimensions but the lane's, a run along it.
template <typename T>
void ContractByLane(absl::Span<const Access> accesses, const T* const elements[2],
                    absl::Span<const int64_t> full_space, int64_t num_parallel, T* result) {
  const std::optional<Lane> lane = FindLane(accesses, full_space, num_parallel);
  const DimensionVector strides = RowMajorStrides(full_space.subspan(0, num_parallel));
  DimensionVector space(full_space.begin(), full_space.end());
  LaneLoop loop;
  if (lane) {
    space[lane->dim] = 1;
    loop = {.fixed = lane->fixed,
            .size = lane->size,
            .run_stride = accesses[1 - lane->fixed].Stride(lane->dim),
            .result_stride = strides[lane->dim]};
  }
  const int64_t points = CountPoints(space, 0, num_parallel);
  const double operations =
      2.0 * static_cast<double>(points * loop.size) *
      static_cast<double>(CountPoints(space, num_parallel, static_cast<int64_t>(space.size())));
  ParallelFor(points, 1, operations, [&](int64_t begin, int64_t end) {
    ContractPoints(accesses, elements, space, strides, loop, begin, end, result);
  });
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
