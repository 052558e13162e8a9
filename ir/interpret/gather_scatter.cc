// gather and scatter.
#include <algorithm>
#include <cstddef>
#include <deque>
#include <numeric>
#include <optional>

#include "absl/algorithm/container.h"
#include "ir/base/status.h"
#include "ir/interpret/compute_type.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/region_function.h"
#include "ir/interpret/strided_copy.h"

namespace eqsat::ir {
namespace {

// The array of index vectors of a gather or scatter, walked by its batch dimensions: all but
// `vector_dim`, in order.
class IndexVectors {
 public:
  // `index_map`: the operand dimension of each vector component. Operand dimension batching[i]
  // takes its index from dimension indices_batching[i] of the array.
  IndexVectors(const Literal& indices, int64_t vector_dim, absl::Span<const int64_t> index_map,
               absl::Span<const int64_t> batching, absl::Span<const int64_t> indices_batching,
               int64_t operand_rank)
      : indices_(indices),
        strides_(RowMajorStrides(indices.shape().dimensions())),
        index_map_(index_map.begin(), index_map.end()),
        batching_(batching.begin(), batching.end()),
        indices_batching_(indices_batching.begin(), indices_batching.end()),
        operand_rank_(operand_rank) {
    for (int64_t d = 0; d < indices.shape().rank(); ++d) {
      if (d == vector_dim) {
        vector_stride_ = strides_[d];
        continue;
      }
      dims_.push_back(d);
      sizes_.push_back(indices.shape().dimension(d));
    }
  }

  const DimensionVector& batch_sizes() const { return sizes_; }

  // Where the slice of one batch point starts in the operand.
  DimensionVector StartAt(absl::Span<const int64_t> batch_point) const {
    DimensionVector start(operand_rank_, 0);
    int64_t offset = 0;
    for (size_t i = 0; i < dims_.size(); ++i) {
      offset += batch_point[i] * strides_[dims_[i]];
      for (size_t j = 0; j < batching_.size(); ++j)
        if (indices_batching_[j] == dims_[i]) start[batching_[j]] = batch_point[i];
    }
    for (size_t i = 0; i < index_map_.size(); ++i)
      start[index_map_[i]] = indices_.AsInt64(offset + static_cast<int64_t>(i) * vector_stride_);
    return start;
  }

 private:
  const Literal& indices_;
  DimensionVector strides_;
  DimensionVector index_map_;
  DimensionVector batching_;
  DimensionVector indices_batching_;
  int64_t operand_rank_;
  int64_t vector_stride_ = 0;
  DimensionVector dims_;
  DimensionVector sizes_;
};

// 0 … rank-1 without `without`, in order.
DimensionVector OtherDims(int64_t rank, absl::Span<const int64_t> without) {
  DimensionVector dims;
  for (int64_t d = 0; d < rank; ++d)
    if (!absl::c_linear_search(without, d)) dims.push_back(d);
  return dims;
}

// The operand dimensions that a slice keeps: neither collapsed (or inserted) nor batching.
DimensionVector WindowDims(int64_t rank, absl::Span<const int64_t> collapsed,
                           absl::Span<const int64_t> batching) {
  DimensionVector without(collapsed.begin(), collapsed.end());
  without.insert(without.end(), batching.begin(), batching.end());
  return OtherDims(rank, without);
}

int64_t Dot(absl::Span<const int64_t> point, absl::Span<const int64_t> dims,
            absl::Span<const int64_t> strides) {
  int64_t offset = 0;
  for (size_t i = 0; i < dims.size(); ++i) offset += point[i] * strides[dims[i]];
  return offset;
}

bool HasZero(absl::Span<const int64_t> sizes) { return absl::c_linear_search(sizes, 0); }

absl::StatusOr<Literal> EvaluateGather(const OpCall& call) {
  const auto& attributes = call.attr<GatherAttributes>();
  const Literal& operand = call.operands[0];
  const Shape& shape = operand.shape();
  const IndexVectors vectors(call.operands[1], attributes.index_vector_dim,
                             attributes.start_index_map, attributes.operand_batching_dims,
                             attributes.start_indices_batching_dims, shape.rank());
  const DimensionVector strides = RowMajorStrides(shape.dimensions());
  const DimensionVector result_strides = RowMajorStrides(call.shape.dimensions());
  const DimensionVector batch_dims = OtherDims(call.shape.rank(), attributes.offset_dims);
  const DimensionVector window_dims =
      WindowDims(shape.rank(), attributes.collapsed_slice_dims, attributes.operand_batching_dims);
  StridedCopy copy;
  for (size_t i = 0; i < window_dims.size(); ++i) {
    const int64_t d = window_dims[i];
    copy.Append(attributes.slice_sizes[d], strides[d], result_strides[attributes.offset_dims[i]]);
  }
  const int64_t width = ByteWidth(shape.element_type());
  std::vector<uint8_t> bytes(call.shape.ByteSize());
  if (bytes.empty()) return Literal::Zero(call.shape);
  DimensionVector point(vectors.batch_sizes().size(), 0);
  do {
    DimensionVector start = vectors.StartAt(point);
    int64_t from = 0;
    for (int64_t d = 0; d < shape.rank(); ++d) {
      from += strides[d] *
              std::clamp<int64_t>(start[d], 0, shape.dimension(d) - attributes.slice_sizes[d]);
    }
    const int64_t to = Dot(point, batch_dims, result_strides);
    copy.Run(operand.bytes().data() + from * width, bytes.data() + to * width, width);
  } while (Advance(point, vectors.batch_sizes(), 0, static_cast<int64_t>(point.size())));
  return Literal::FromBytes(call.shape, std::move(bytes));
}

// n operands, one array of index vectors, n updates.
class Scatter {
 public:
  explicit Scatter(const OpCall& call);
  absl::StatusOr<Literal> Run();

 private:
  // The offset of the window's first element, or nullopt if any of it lies outside: such updates
  // are dropped whole.
  std::optional<int64_t> WindowOffset(absl::Span<const int64_t> start) const;
  absl::Status ScatterWindow(RegionFunction& region, int64_t to, int64_t from);

  const OpCall& call_;
  const ScatterAttributes& attributes_;
  size_t num_;
  const Shape& shape_;
  const Shape& update_shape_;
  DimensionVector strides_;
  DimensionVector update_strides_;
  DimensionVector window_dims_;   // of the operand
  DimensionVector window_sizes_;  // of each operand dimension, 1 where it is not in the window
  DimensionVector update_window_sizes_;
  std::vector<ElementType> types_;
  std::deque<ComputeArray> updates_;
  std::deque<ComputeResult> results_;
};

Scatter::Scatter(const OpCall& call)
    : call_(call),
      attributes_(call.attr<ScatterAttributes>()),
      num_(call.operands.size() / 2),
      shape_(call.operand_shape(0)),
      update_shape_(call.operand_shape(num_ + 1)),
      strides_(RowMajorStrides(shape_.dimensions())),
      update_strides_(RowMajorStrides(update_shape_.dimensions())),
      window_dims_(WindowDims(shape_.rank(), attributes_.inserted_window_dims,
                              attributes_.input_batching_dims)),
      window_sizes_(shape_.rank(), 1) {
  for (size_t i = 0; i < window_dims_.size(); ++i) {
    int64_t size = update_shape_.dimension(attributes_.update_window_dims[i]);
    window_sizes_[window_dims_[i]] = size;
    update_window_sizes_.push_back(size);
  }
  // Operands and updates may differ from the region in precision: it decides.
  types_ = LeadingParameterTypes(call.regions, num_);
  for (size_t i = 0; i < num_; ++i) {
    const ComputeArray operand(ConvertElements(call.operands[i], types_[i]));
    updates_.emplace_back(ConvertElements(call.operands[num_ + 1 + i], types_[i]));
    results_.emplace_back(operand.shape());
    std::copy_n(operand.as<std::byte>(),
                operand.shape().ElementCount() * ComputeBytes(operand.type()),
                results_[i].as<std::byte>());
  }
}

std::optional<int64_t> Scatter::WindowOffset(absl::Span<const int64_t> start) const {
  int64_t offset = 0;
  for (int64_t d = 0; d < shape_.rank(); ++d) {
    if (start[d] < 0 || start[d] > shape_.dimension(d) - window_sizes_[d]) return std::nullopt;
    offset += start[d] * strides_[d];
  }
  return offset;
}

absl::Status Scatter::ScatterWindow(RegionFunction& region, int64_t to, int64_t from) {
  std::vector<const void*> arguments(2 * num_);
  std::vector<void*> outputs(num_);
  DimensionVector point(update_window_sizes_.size(), 0);
  do {
    const int64_t target = to + Dot(point, window_dims_, strides_);
    const int64_t source = from + Dot(point, attributes_.update_window_dims, update_strides_);
    for (size_t i = 0; i < num_; ++i) {
      const int width = ComputeBytes(types_[i]);
      outputs[i] = results_[i].as<std::byte>() + target * width;
      arguments[i] = outputs[i];
      arguments[num_ + i] = updates_[i].as<std::byte>() + source * width;
    }
    EQSAT_RETURN_IF_ERROR(region.Call(arguments, outputs));
  } while (Advance(point, update_window_sizes_, 0, static_cast<int64_t>(point.size())));
  return absl::OkStatus();
}

absl::StatusOr<Literal> Scatter::Run() {
  std::vector<ElementType> parameters = types_;
  parameters.insert(parameters.end(), types_.begin(), types_.end());
  EQSAT_ASSIGN_OR_RETURN(RegionFunction region,
                         RegionFunction::Make(call_.regions, 0, parameters, types_));
  const IndexVectors vectors(
      call_.operands[num_], attributes_.index_vector_dim, attributes_.scatter_dims_to_operand_dims,
      attributes_.input_batching_dims, attributes_.scatter_indices_batching_dims, shape_.rank());
  const DimensionVector batch_dims =
      OtherDims(update_shape_.rank(), attributes_.update_window_dims);
  if (!HasZero(update_shape_.dimensions())) {
    DimensionVector point(vectors.batch_sizes().size(), 0);
    do {
      const std::optional<int64_t> to = WindowOffset(vectors.StartAt(point));
      if (!to) continue;
      EQSAT_RETURN_IF_ERROR(ScatterWindow(region, *to, Dot(point, batch_dims, update_strides_)));
    } while (Advance(point, vectors.batch_sizes(), 0, static_cast<int64_t>(point.size())));
  }
  std::vector<Literal> literals;
  for (size_t i = 0; i < num_; ++i) {
    literals.push_back(
        ConvertElements(std::move(results_[i]).Take(), call_.operand_shape(i).element_type()));
  }
  return call_.shape.IsTuple() ? Literal::Tuple(std::move(literals)) : literals[0];
}

absl::StatusOr<Literal> EvaluateScatter(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(CheckScalarParameters(call.regions, 0, call.operands.size() - 1));
  return Scatter(call).Run();
}

}  // namespace

void AddGatherScatter(EvaluatorTable& table) {
  table[OpCode::kGather].evaluate = EvaluateGather;
  table[OpCode::kScatter].evaluate = EvaluateScatter;
}

}  // namespace eqsat::ir
