// How InstanceGenerator makes scatters.

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "ir/base/status.h"
#include "ir/ops/op_info.h"
#include "rules/compile/vocabulary.h"
#include "rules/testing/dimension_lists.h"
#include "rules/testing/instance_generator.h"

namespace eqsat::rules {
namespace {

using engine::ClassId;
using ir::OpCode;

Ints Others(int64_t rank, const ir::DimensionVector& without) {
  Ints dims;
  for (int64_t d = 0; d < rank; ++d)
    if (std::ranges::find(without, d) == without.end()) dims.push_back(d);
  return dims;
}

bool Holds(const ir::DimensionVector& dims, int64_t value) {
  return std::ranges::find(dims, value) != dims.end();
}

}  // namespace

// Updates along one or two dimensions of the index array, now and then with a batch dimension.
ir::ScatterAttributes InstanceGenerator::RandomScatter(int64_t rank) {
  ir::ScatterAttributes attributes;
  const bool batched = rank > 0 && random_.Chance(25);
  const int64_t batch = batched ? random_.Between(0, rank - 1) : -1;
  if (batched) {
    attributes.input_batching_dims = {batch};
    attributes.scatter_indices_batching_dims = {0};
  }
  Ints mapped = RandomSubset(rank, random_.Between(std::min<int64_t>(rank, 1), rank));
  std::erase(mapped, batch);
  attributes.scatter_dims_to_operand_dims = ToDims(mapped);
  for (int64_t d = 0; d < rank; ++d)
    if (absl::c_linear_search(mapped, d) && random_.Chance(50))
      attributes.inserted_window_dims.push_back(d);
  const int64_t scattered = random_.Between(1, 2);
  const auto window = rank - batched - static_cast<int64_t>(attributes.inserted_window_dims.size());
  Ints places = RandomSubset(scattered + window, window);
  std::ranges::sort(places);
  attributes.update_window_dims = ToDims(places);
  attributes.index_vector_dim = random_.Between(batched, scattered);
  return attributes;
}

std::optional<ir::ScatterAttributes> InstanceGenerator::FixedScatter(const Term& term) const {
  const std::optional<Ints> vector_dim = FixedInts(term, "index_vector_dim");
  const std::optional<Ints> window = FixedInts(term, "update_window_dims");
  const std::optional<Ints> inserted = FixedInts(term, "inserted_window_dims");
  const std::optional<Ints> mapped = FixedInts(term, "scatter_dims_to_operand_dims");
  if (!vector_dim || !window || !inserted || !mapped) return std::nullopt;
  const auto batching = FixedInts(term, "input_batching_dims").value_or(Ints());
  const auto of_indices = FixedInts(term, "scatter_indices_batching_dims").value_or(Ints());
  return ir::ScatterAttributes{.update_window_dims = ToDims(*window),
                               .inserted_window_dims = ToDims(*inserted),
                               .scatter_dims_to_operand_dims = ToDims(*mapped),
                               .input_batching_dims = ToDims(batching),
                               .scatter_indices_batching_dims = ToDims(of_indices),
                               .index_vector_dim = (*vector_dim)[0]};
}

absl::StatusOr<ClassId> InstanceGenerator::MakeScatter(const Term& term, const Want& want) {
  if (term.children.size() != 3) return base::Unimplemented("no test can make this scatter");
  EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[0], want));
  const ir::Shape shape = graph_.shape(child);
  if (!shape.IsArray()) return NoLuck();
  const std::optional<ir::ScatterAttributes> fixed = FixedScatter(term);
  const ir::ScatterAttributes attributes = fixed ? *fixed : RandomScatter(shape.rank());
  const ir::DimensionVector& window = attributes.update_window_dims;
  // As many scattered dimensions as the attributes need.
  const int64_t last = window.empty() ? -1 : window.back();
  const auto windows = static_cast<int64_t>(window.size());
  const int64_t scattered = std::max({int64_t{1}, last + 1 - windows, attributes.index_vector_dim});
  const Ints rows = Others(scattered + windows, window);
  Ints row_sizes = RandomSizes(static_cast<size_t>(scattered));
  for (size_t i = 0; i < attributes.input_batching_dims.size(); ++i)
    row_sizes[attributes.scatter_indices_batching_dims[i]] =
        shape.dimension(attributes.input_batching_dims[i]);
  Want index{.type = ir::ElementType::kS32, .dims = row_sizes};
  const auto components = static_cast<int64_t>(attributes.scatter_dims_to_operand_dims.size());
  if (attributes.index_vector_dim < scattered || components != 1 || random_.Chance(50))
    index.dims->insert(index.dims->begin() + attributes.index_vector_dim, components);
  Want update{.type = shape.element_type(), .dims = Ints(scattered + windows)};
  for (size_t i = 0; i < rows.size(); ++i) (*update.dims)[rows[i]] = row_sizes[i];
  size_t next = 0;
  for (int64_t d = 0; d < shape.rank(); ++d) {
    if (Holds(attributes.inserted_window_dims, d) || Holds(attributes.input_batching_dims, d))
      continue;
    if (next == window.size()) return NoLuck();
    (*update.dims)[window[next++]] = random_.Between(0, shape.dimension(d));
  }
  EQSAT_ASSIGN_OR_RETURN(ClassId indices, Make(term.children[1], index));
  EQSAT_ASSIGN_OR_RETURN(ClassId updates, Make(term.children[2], update));
  EQSAT_ASSIGN_OR_RETURN(ir::ComputationId region, MakeReducer(term, shape.element_type()));
  return Finish(term, OpCode::kScatter, attributes, {child, indices, updates}, nullptr, {region});
}

}  // namespace eqsat::rules
