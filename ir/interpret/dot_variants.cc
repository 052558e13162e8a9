// scaled-dot and ragged-dot.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "ir/base/status.h"
#include "ir/interpret/access.h"
#include "ir/interpret/compute_type.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/scalar_arithmetic.h"

namespace eqsat::ir {
namespace {

// --- scaled-dot ----------------------------------------------------------------------------------

// Each block of elements times its scale.
Literal Scale(const Literal& side, const Literal& scale, ElementType type) {
  const ComputeArray elements(ConvertElements(side, type));
  const ComputeArray factors(ConvertElements(scale, type));
  const DimensionVector sizes(side.shape().dimensions().begin(), side.shape().dimensions().end());
  ComputeResult result(elements.shape());
  const int64_t count = elements.shape().ElementCount();
  DispatchCompute(type, [&]<typename T>() {
    DimensionVector point(sizes.size(), 0);
    for (int64_t i = 0; i < count; ++i) {
      int64_t factor = 0;
      for (int64_t d = 0; d < scale.shape().rank(); ++d) {
        const int64_t blocks = scale.shape().dimension(d);
        factor = factor * blocks + point[d] / (sizes[d] / blocks);
      }
      result.as<T>()[i] = Multiply::Apply(elements.as<T>()[i], factors.as<T>()[factor]);
      Advance(point, sizes, 0, static_cast<int64_t>(sizes.size()));
    }
  });
  return std::move(result).Take();
}

absl::StatusOr<Literal> EvaluateScaledDot(const OpCall& call) {
  ElementType type = call.shape.element_type();
  if (!IsFloat(type)) return base::Unimplemented("a scaled-dot that gives %s", Name(type));
  if (BitWidth(type) < 32) type = ElementType::kF32;
  const Literal scaled[] = {Scale(call.operands[0], call.operands[2], type),
                            Scale(call.operands[1], call.operands[3], type)};
  const Shape shape = call.shape.WithElementType(type);
  EQSAT_ASSIGN_OR_RETURN(Literal result,
                         Evaluators()[OpCode::kDot].evaluate({.opcode = OpCode::kDot,
                                                              .attributes = call.attributes,
                                                              .shape = shape,
                                                              .operands = scaled,
                                                              .regions = call.regions}));
  return ConvertElements(result, call.shape.element_type());
}

// --- ragged-dot ----------------------------------------------------------------------------------

// The points of a ragged-dot: batch, free left, free right, contracting; each with its step in
// either operand. A group dimension of the right or of the result is apart from them.
class RaggedDot {
 public:
  explicit RaggedDot(const OpCall& call);
  template <typename T>
  void Run(const T* lhs, const T* rhs, T* result) const;

 private:
  struct Axis {
    int64_t size;
    int64_t lhs_step;
    int64_t rhs_step;
    int64_t lhs_dim;  // -1: none
  };
  struct Range {
    int64_t begin;
    int64_t end;
  };
  int64_t AxisOf(int64_t lhs_dim) const;
  // The ragged indices of group `g` at a point.
  Range GroupRange(int64_t g, const DimensionVector& point) const;

  const RaggedDotAttributes& attributes_;
  const Literal& group_sizes_;
  std::vector<Axis> axes_;
  size_t num_parallel_ = 0;
  int64_t num_groups_;
  int64_t ragged_axis_;
  int64_t group_step_ = 0;            // of the right
  std::vector<int64_t> prefix_axes_;  // of the dimensions of the group sizes but the last
};

RaggedDot::RaggedDot(const OpCall& call)
    : attributes_(call.attr<RaggedDotAttributes>()), group_sizes_(call.operands[2]) {
  const Shape& lhs = call.operand_shape(0);
  const Shape& rhs = call.operand_shape(1);
  const DimensionVector lhs_steps = RowMajorStrides(lhs.dimensions());
  const DimensionVector rhs_steps = RowMajorStrides(rhs.dimensions());
  const auto& a = attributes_;
  for (size_t i = 0; i < a.lhs_batch_dims.size(); ++i) {
    const int64_t d = a.lhs_batch_dims[i];
    axes_.push_back({lhs.dimension(d), lhs_steps[d], rhs_steps[a.rhs_batch_dims[i]], d});
  }
  for (int64_t d = 0; d < lhs.rank(); ++d) {
    if (!absl::c_linear_search(a.lhs_batch_dims, d) &&
        !absl::c_linear_search(a.lhs_contracting_dims, d))
      axes_.push_back({lhs.dimension(d), lhs_steps[d], 0, d});
  }
  for (int64_t d = 0; d < rhs.rank(); ++d) {
    if (!absl::c_linear_search(a.rhs_batch_dims, d) &&
        !absl::c_linear_search(a.rhs_contracting_dims, d) &&
        !absl::c_linear_search(a.rhs_group_dims, d))
      axes_.push_back({rhs.dimension(d), 0, rhs_steps[d], -1});
  }
  num_parallel_ = axes_.size();
  for (size_t i = 0; i < a.lhs_contracting_dims.size(); ++i) {
    const int64_t d = a.lhs_contracting_dims[i];
    axes_.push_back({lhs.dimension(d), lhs_steps[d], rhs_steps[a.rhs_contracting_dims[i]], d});
  }
  if (!a.rhs_group_dims.empty()) group_step_ = rhs_steps[a.rhs_group_dims[0]];
  const Shape& sizes = group_sizes_.shape();
  num_groups_ = sizes.dimension(sizes.rank() - 1);
  ragged_axis_ = AxisOf(a.lhs_ragged_dims[0]);
  // Group sizes may differ by the axes before the ragged one: batch, then those of its own role.
  const auto role = static_cast<int64_t>(
      ragged_axis_ < static_cast<int64_t>(num_parallel_) ? a.lhs_batch_dims.size() : num_parallel_);
  for (int64_t axis = 0; axis < ragged_axis_; ++axis) {
    if (axis < static_cast<int64_t>(a.lhs_batch_dims.size()) || axis >= role)
      prefix_axes_.push_back(axis);
  }
  prefix_axes_.resize(std::min<size_t>(prefix_axes_.size(), sizes.rank() - 1));
}

int64_t RaggedDot::AxisOf(int64_t lhs_dim) const {
  return std::ranges::find(axes_, lhs_dim, &Axis::lhs_dim) - axes_.begin();
}

RaggedDot::Range RaggedDot::GroupRange(int64_t g, const DimensionVector& point) const {
  int64_t row = 0;
  for (size_t i = 0; i < prefix_axes_.size(); ++i) {
    row = row * group_sizes_.shape().dimension(static_cast<int64_t>(i)) +
          std::min(point[prefix_axes_[i]],
                   group_sizes_.shape().dimension(static_cast<int64_t>(i)) - 1);
  }
  const int64_t size = axes_[ragged_axis_].size;
  int64_t begin = 0;
  for (int64_t i = 0;; ++i) {
    const int64_t count = std::max<int64_t>(group_sizes_.AsInt64(row * num_groups_ + i), 0);
    const int64_t end = count > size - begin ? size : begin + count;
    if (i == g) return {begin, end};
    begin = end;
  }
}

template <typename T>
void RaggedDot::Run(const T* lhs, const T* rhs, T* result) const {
  const bool contracting = ragged_axis_ >= static_cast<int64_t>(num_parallel_);
  const bool grouped = contracting || group_step_ != 0;
  DimensionVector sizes;
  for (const Axis& axis : axes_) sizes.push_back(axis.size);
  const int64_t count = [&] {
    int64_t product = 1;
    for (size_t d = 0; d < num_parallel_; ++d) product *= sizes[d];
    return product;
  }();
  const auto rank = static_cast<int64_t>(axes_.size());
  const auto parallel = static_cast<int64_t>(num_parallel_);
  for (int64_t g = 0; g < (grouped ? num_groups_ : 1); ++g) {
    T* out = result + (contracting ? g * count : 0);
    DimensionVector point(axes_.size(), 0);
    for (int64_t i = 0; i < count; ++i, Advance(point, sizes, 0, parallel)) {
      const Range range = grouped ? GroupRange(g, point) : Range{0, axes_[ragged_axis_].size};
      if (!contracting && (point[ragged_axis_] < range.begin || point[ragged_axis_] >= range.end))
        continue;
      T sum = out[i];
      do {
        if (contracting && (point[ragged_axis_] < range.begin || point[ragged_axis_] >= range.end))
          continue;
        int64_t left = 0;
        int64_t right = g * group_step_;
        for (size_t d = 0; d < axes_.size(); ++d) {
          left += point[d] * axes_[d].lhs_step;
          right += point[d] * axes_[d].rhs_step;
        }
        sum = Add::Apply(sum, Multiply::Apply(lhs[left], rhs[right]));
      } while (Advance(point, sizes, parallel, rank));
      out[i] = sum;
    }
  }
}

absl::StatusOr<Literal> EvaluateRaggedDot(const OpCall& call) {
  if (call.shape.ElementCount() == 0 || call.operand_shape(0).ElementCount() == 0 ||
      call.operand_shape(1).ElementCount() == 0 || call.operand_shape(2).ElementCount() == 0)
    return Literal::Zero(call.shape);
  ElementType type = call.shape.element_type();
  if (IsFloat(type) && BitWidth(type) < 32) type = ElementType::kF32;
  const RaggedDot dot(call);
  const ComputeArray lhs(ConvertElements(call.operands[0], type));
  const ComputeArray rhs(ConvertElements(call.operands[1], type));
  ComputeResult result(call.shape.WithElementType(type));
  DispatchCompute(type,
                  [&]<typename T>() { dot.Run<T>(lhs.as<T>(), rhs.as<T>(), result.as<T>()); });
  return ConvertElements(std::move(result).Take(), call.shape.element_type());
}

}  // namespace

void AddDotVariants(EvaluatorTable& table) {
  table[OpCode::kScaledDot].evaluate = EvaluateScaledDot;
  table[OpCode::kRaggedDot].evaluate = EvaluateRaggedDot;
}

}  // namespace eqsat::ir
