#include <algorithm>

#include "tests/random_graphs/recipes.h"

namespace eqsat::random_graphs {
namespace {

// How blocks of an array are addressed: which of its dimensions an index vector gives, and which
// are left out of a block.
struct Blocks {
  DimensionVector index_map;
  DimensionVector dropped;
  DimensionVector sizes;     // of a block, dropped dimensions included (1)
  DimensionVector indices;   // sizes of the array of index vectors, the components last
  DimensionVector window;    // dimensions of the blocks in the array of all blocks
  DimensionVector gathered;  // sizes of the array of all blocks
};

Blocks MakeBlocks(Draft& d, const Shape& shape) {
  Blocks blocks;
  DimensionVector kept;
  for (int64_t i = 0; i < shape.rank(); ++i) {
    bool indexed = d.Chance(60);
    if (indexed) blocks.index_map.push_back(i);
    bool dropped = indexed && d.Chance(60) && shape.dimension(i) > 0;
    int64_t size =
        dropped ? 1 : d.Between(std::min<int64_t>(shape.dimension(i), 1), shape.dimension(i));
    blocks.sizes.push_back(size);
    if (dropped) {
      blocks.dropped.push_back(i);
    } else {
      kept.push_back(size);
    }
  }
  int64_t batches = d.Between(0, 2);
  for (int64_t i = 0; i < batches; ++i) blocks.indices.push_back(d.Between(1, 3));
  blocks.gathered = blocks.indices;
  bool first = d.Chance(30);
  for (size_t i = 0; i < kept.size(); ++i) {
    auto at = static_cast<int64_t>(i) + (first ? 0 : batches);
    blocks.window.push_back(at);
    blocks.gathered.insert(blocks.gathered.begin() + at, kept[i]);
  }
  blocks.indices.push_back(static_cast<int64_t>(blocks.index_map.size()));
  return blocks;
}

Shape IndexShape(Draft& d, const Blocks& blocks) {
  return Shape(d.Chance(70) ? ElementType::kS32 : ElementType::kS64, blocks.indices);
}

void Gather(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsAny, 1, 3);
  Blocks blocks = MakeBlocks(d, d.shape(a));
  ir::GatherAttributes attributes;
  attributes.offset_dims = blocks.window;
  attributes.collapsed_slice_dims = blocks.dropped;
  attributes.start_index_map = blocks.index_map;
  attributes.index_vector_dim = static_cast<int64_t>(blocks.indices.size()) - 1;
  attributes.slice_sizes = blocks.sizes;
  d.Add(opcode, {a, d.Of(IndexShape(d, blocks))}, attributes);
}

void Scatter(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsNumber, 1, 3);
  const Shape shape = d.shape(a);
  Blocks blocks = MakeBlocks(d, shape);
  ElementType type = shape.element_type();
  ir::ScatterAttributes attributes;
  attributes.update_window_dims = blocks.window;
  attributes.inserted_window_dims = blocks.dropped;
  attributes.scatter_dims_to_operand_dims = blocks.index_map;
  attributes.index_vector_dim = static_cast<int64_t>(blocks.indices.size()) - 1;
  // Sums of floats in an order that nobody promises would differ; the largest does not.
  OpCode fold = IsIntegral(type) ? OpCode::kAdd : OpCode::kMaximum;
  d.Add(opcode, {a, d.Of(IndexShape(d, blocks)), d.Of(Shape(type, blocks.gathered))}, attributes,
        {d.ScalarRegion(fold, type)});
}

}  // namespace

void AddIndexed(Recipes& recipes) {
  recipes.push_back({OpCode::kGather, Gather});
  recipes.push_back({OpCode::kScatter, Scatter});
}

}  // namespace eqsat::random_graphs
