// gather and scatter: many blocks whose starts lie in an array.
#include <algorithm>

#include "absl/algorithm/container.h"
#include "ir/ops/elementwise.h"
#include "ir/ops/reducer.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// gather and scatter name the same roles of dimensions differently.
struct Roles {
  std::string_view window_name;  // of the result of gather, of the updates of scatter
  absl::Span<const int64_t> window;
  std::string_view dropped_name;  // of the operand: absent from a block
  absl::Span<const int64_t> dropped;
  absl::Span<const int64_t> operand_batching;
  absl::Span<const int64_t> indices_batching;
  std::string_view map_name;
  absl::Span<const int64_t> index_map;  // index component -> dimension of the operand
  int64_t index_vector_dim;
};

Roles RolesOf(const GatherAttributes& a) {
  return {"offset_dims",          a.offset_dims,           "collapsed_slice_dims",
          a.collapsed_slice_dims, a.operand_batching_dims, a.start_indices_batching_dims,
          "start_index_map",      a.start_index_map,       a.index_vector_dim};
}

Roles RolesOf(const ScatterAttributes& a) {
  return {"update_window_dims",
          a.update_window_dims,
          "inserted_window_dims",
          a.inserted_window_dims,
          a.input_batching_dims,
          a.scatter_indices_batching_dims,
          "scatter_dims_to_operand_dims",
          a.scatter_dims_to_operand_dims,
          a.index_vector_dim};
}

absl::Status ExpectSorted(const OpContext& context, std::string_view name,
                          absl::Span<const int64_t> dimensions) {
  if (std::ranges::is_sorted(dimensions)) return absl::OkStatus();
  return OpError(context, "%s=%s must be sorted", name, Braced(dimensions));
}

// Checks the roles of the operand's and the indices' dimensions.
absl::Status CheckRoles(const OpContext& context, const Roles& roles, const Shape& operand,
                        const Shape& indices) {
  if (!IsInteger(indices.element_type()))
    return OpError(context, "the indices must be integers, but are %s", indices.ToString());
  if (roles.index_vector_dim < 0 || roles.index_vector_dim > indices.rank()) {
    return OpError(context, "index_vector_dim=%d is not a dimension of the indices %s",
                   roles.index_vector_dim, indices.ToString());
  }
  int64_t components =
      roles.index_vector_dim == indices.rank() ? 1 : indices.dimension(roles.index_vector_dim);
  if (!SizesAgree(components, static_cast<int64_t>(roles.index_map.size()))) {
    return OpError(context, "%s=%s must name %d dimensions, as many as an index vector of %s has",
                   roles.map_name, Braced(roles.index_map), components, indices.ToString());
  }
  std::vector<int64_t> absent(roles.dropped.begin(), roles.dropped.end());
  absent.insert(absent.end(), roles.operand_batching.begin(), roles.operand_batching.end());
  std::vector<int64_t> indexed(roles.index_map.begin(), roles.index_map.end());
  indexed.insert(indexed.end(), roles.operand_batching.begin(), roles.operand_batching.end());
  EQSAT_RETURN_IF_ERROR(
      ExpectDistinctDimensions(context, roles.dropped_name, absent, operand.rank()));
  EQSAT_RETURN_IF_ERROR(ExpectDistinctDimensions(context, roles.map_name, indexed, operand.rank()));
  EQSAT_RETURN_IF_ERROR(ExpectSorted(context, roles.dropped_name, roles.dropped));
  EQSAT_RETURN_IF_ERROR(ExpectSorted(context, "batching dimensions", roles.operand_batching));
  EQSAT_RETURN_IF_ERROR(ExpectSorted(context, roles.window_name, roles.window));
  EQSAT_RETURN_IF_ERROR(ExpectDistinctDimensions(context, "batching dimensions of the indices",
                                                 roles.indices_batching, indices.rank()));
  bool paired = roles.operand_batching.size() == roles.indices_batching.size();
  for (size_t i = 0; paired && i < roles.operand_batching.size(); ++i) {
    paired = roles.indices_batching[i] != roles.index_vector_dim &&
             SizesAgree(operand.dimension(roles.operand_batching[i]),
                        indices.dimension(roles.indices_batching[i]));
  }
  if (paired) return absl::OkStatus();
  return OpError(context, "batching dimensions %s of %s do not pair with %s of %s",
                 Braced(roles.operand_batching), operand.ToString(), Braced(roles.indices_batching),
                 indices.ToString());
}

// The indices' dimensions but for the index vector's, in order.
DimensionVector BatchDimensions(const Roles& roles, const Shape& indices) {
  DimensionVector dimensions;
  for (int64_t d = 0; d < indices.rank(); ++d)
    if (d != roles.index_vector_dim) dimensions.push_back(d);
  return dimensions;
}

// The operand's dimensions that a block has, in order.
DimensionVector BlockDimensions(const Roles& roles, const Shape& operand) {
  DimensionVector dimensions;
  for (int64_t d = 0; d < operand.rank(); ++d)
    if (!absl::c_linear_search(roles.dropped, d) &&
        !absl::c_linear_search(roles.operand_batching, d))
      dimensions.push_back(d);
  return dimensions;
}

// --- gather --------------------------------------------------------------------------------------

absl::Status CheckSliceSizes(const OpContext& context, const Roles& roles, const Shape& operand,
                             absl::Span<const int64_t> sizes) {
  if (static_cast<int64_t>(sizes.size()) != operand.rank()) {
    return OpError(context, "slice_sizes=%s must give one size for each dimension of %s",
                   Braced(sizes), operand.ToString());
  }
  for (int64_t d = 0; d < operand.rank(); ++d) {
    bool absent =
        absl::c_linear_search(roles.dropped, d) || absl::c_linear_search(roles.operand_batching, d);
    bool within = operand.dimension(d) == Shape::kUnbounded || sizes[d] <= operand.dimension(d);
    if (sizes[d] >= 0 && within && (!absent || sizes[d] <= 1)) continue;
    return OpError(context, "slice_sizes=%s: %d does not fit dimension %d of %s", Braced(sizes),
                   sizes[d], d, operand.ToString());
  }
  return absl::OkStatus();
}

absl::StatusOr<Shape> InferGather(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  const auto& attributes = context.attr<GatherAttributes>();
  const Shape& operand = context.operands[0];
  const Shape& indices = context.operands[1];
  Roles roles = RolesOf(attributes);
  EQSAT_RETURN_IF_ERROR(CheckRoles(context, roles, operand, indices));
  EQSAT_RETURN_IF_ERROR(CheckSliceSizes(context, roles, operand, attributes.slice_sizes));
  DimensionVector batch = BatchDimensions(roles, indices);
  DimensionVector block = BlockDimensions(roles, operand);
  if (block.size() != roles.window.size()) {
    return OpError(context, "offset_dims=%s must name %d dimensions, as many as a slice keeps",
                   Braced(roles.window), block.size());
  }
  int64_t rank = static_cast<int64_t>(batch.size() + block.size());
  EQSAT_RETURN_IF_ERROR(ExpectDistinctDimensions(context, "offset_dims", roles.window, rank));
  DimensionList result;
  size_t next_batch = 0, next_block = 0;
  for (int64_t d = 0; d < rank; ++d) {
    if (absl::c_linear_search(roles.window, d)) {
      result.Add(attributes.slice_sizes[block[next_block++]]);
    } else {
      result.AddFrom(indices, batch[next_batch++]);
    }
  }
  return result.ToShape(operand.element_type());
}

// Of the operand only the blocks taken are read.
Work GatherWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  work.bytes_read[0] = work.bytes_written;
  return work;
}

// --- scatter -------------------------------------------------------------------------------------

// Update array `updates` has the indices' batch dimensions and, at the window's, sizes within the
// operand's.
absl::Status CheckUpdates(const OpContext& context, const Roles& roles, const Shape& operand,
                          const Shape& indices, const Shape& updates) {
  DimensionVector batch = BatchDimensions(roles, indices);
  DimensionVector block = BlockDimensions(roles, operand);
  bool fits = updates.rank() == static_cast<int64_t>(batch.size() + roles.window.size()) &&
              block.size() == roles.window.size();
  if (fits) {
    EQSAT_RETURN_IF_ERROR(
        ExpectDistinctDimensions(context, roles.window_name, roles.window, updates.rank()));
  }
  size_t next_batch = 0, next_block = 0;
  for (int64_t d = 0; fits && d < updates.rank(); ++d) {
    if (absl::c_linear_search(roles.window, d)) {
      int64_t limit = operand.dimension(block[next_block++]);
      fits = updates.dimension(d) <= limit || limit == Shape::kUnbounded;
    } else {
      fits = SizesAgree(updates.dimension(d), indices.dimension(batch[next_batch++]));
    }
  }
  if (fits) return absl::OkStatus();
  return OpError(context, "updates %s with update_window_dims=%s do not fit operand %s, indices %s",
                 updates.ToString(), Braced(roles.window), operand.ToString(), indices.ToString());
}

// Operands: n arrays, the indices, n update arrays.
absl::StatusOr<Shape> InferScatter(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  size_t count = context.operands.size() / 2;
  if (count == 0 || context.operands.size() % 2 == 0) {
    return OpError(context,
                   "takes as many updates as operands and the indices, but has %d operands",
                   context.operands.size());
  }
  Roles roles = RolesOf(context.attr<ScatterAttributes>());
  const Shape& indices = context.operands[count];
  EQSAT_RETURN_IF_ERROR(
      MergeDimensions(context, context.operands[0].element_type(), context.operands.first(count))
          .status());
  EQSAT_RETURN_IF_ERROR(CheckRoles(context, roles, context.operands[0], indices));
  std::vector<Shape> results, scalars;
  for (size_t i = 0; i < count; ++i) {
    const Shape& operand = context.operands[i];
    const Shape& updates = context.operands[count + 1 + i];
    EQSAT_RETURN_IF_ERROR(CheckUpdates(context, roles, operand, indices, updates));
    if (!TypesAgree(operand.element_type(), updates.element_type())) {
      return OpError(context, "operand %s and its updates %s differ in element type",
                     operand.ToString(), updates.ToString());
    }
    results.push_back(operand.WithoutLayout());
    scalars.push_back(ScalarOf(operand));
  }
  EQSAT_RETURN_IF_ERROR(ExpectFold(context, scalars));
  return TupleUnlessSingle(std::move(results));
}

// Of an operand only the updated elements are read and written; each update costs a call.
Work ScatterWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  size_t count = context.operands.size() / 2;
  work.bytes_written = 0;
  for (size_t i = 0; i < count; ++i) {
    work.bytes_read[i] = work.bytes_read[count + 1 + i];
    work.bytes_written += work.bytes_read[i];
  }
  work.flops = ElementsOf(context.operands[count + 1]) * RegionFlops(region_flops, 0);
  return work;
}

}  // namespace

OpInfo DefinekGather() {
  return {.traits = Traits({OpTrait::kMovement}),
          .doc = "Blocks of the operand that start where the index vectors say, moved to fit.",
          .attributes = GatherAttributes{},
          .infer = InferGather,
          .work = GatherWork};
}

OpInfo DefinekScatter() {
  return {
      .doc =
          "The operands with blocks, where index vectors say, combined with updates; blocks that "
          "do not fit are skipped.",
      .attributes = ScatterAttributes{},
      .regions = {{"to_apply"}},
      .infer = InferScatter,
      .work = ScatterWork};
}

}  // namespace eqsat::ir
