#include <algorithm>

#include "tests/random_graphs/recipes.h"

namespace eqsat::random_graphs {
namespace {

void Broadcast(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsAny, 0, 3);
  const Shape shape = d.shape(a);
  // Each result dimension is new or the operand's next one.
  DimensionVector sizes;
  ir::DimensionsAttributes attributes;
  int64_t fresh = d.Between(0, 4 - shape.rank());
  for (int64_t next = 0; next < shape.rank() || fresh > 0;) {
    if (next == shape.rank() || (fresh > 0 && d.Chance(50))) {
      sizes.push_back(d.Between(1, 3));
      --fresh;
    } else {
      attributes.dimensions.push_back(static_cast<int64_t>(sizes.size()));
      sizes.push_back(shape.dimension(next++));
    }
  }
  Shape result(shape.element_type(), sizes);
  d.Add(opcode, {a}, attributes, {}, &result);
}

// Factors are moved between neighbours, ones come and go.
DimensionVector Regrouped(Draft& d, const Shape& shape) {
  DimensionVector sizes;
  for (int64_t size : shape.dimensions()) {
    if (size % 2 == 0 && size > 0 && d.Chance(30)) {
      sizes.push_back(2);
      sizes.push_back(size / 2);
    } else if (!sizes.empty() && d.Chance(30)) {
      sizes.back() *= size;
    } else if (size != 1 || d.Chance(50)) {
      sizes.push_back(size);
    }
    if (sizes.size() < 4 && d.Chance(10)) sizes.push_back(1);
  }
  return sizes;
}

void Reshape(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsAny);
  Shape result(d.shape(a).element_type(), Regrouped(d, d.shape(a)));
  d.Add(opcode, {a}, &result);
}

void Transpose(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsAny, 1);
  d.Add(opcode, {a}, ir::DimensionsAttributes{d.Permutation(d.shape(a).rank())});
}

void Reverse(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsAny, 1);
  ir::DimensionsAttributes attributes;
  for (int64_t i = 0; i < d.shape(a).rank(); ++i)
    if (d.Chance(50)) attributes.dimensions.push_back(i);
  d.Add(opcode, {a}, attributes);
}

void Concatenate(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsAny, 1);
  const Shape shape = d.shape(a);
  int64_t along = d.Between(0, shape.rank() - 1);
  std::vector<InstructionId> parts = {a};
  for (int64_t more = d.Between(0, 2); more > 0; --more) {
    DimensionVector sizes(shape.dimensions().begin(), shape.dimensions().end());
    if (d.Chance(50)) sizes[along] = d.Between(0, 3);
    parts.push_back(d.Chance(15) ? a : d.Of(Shape(shape.element_type(), sizes)));
  }
  d.Add(opcode, parts, ir::DimensionsAttributes{{along}});
}

void Slice(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsAny, 1);
  const Shape shape = d.shape(a);
  ir::SliceAttributes attributes;
  for (int64_t size : shape.dimensions()) {
    ir::SliceRange range{0, size, 1};
    if (d.Chance(60)) {
      range.start = d.Between(0, size);
      range.limit = d.Between(range.start, size);
      range.stride = d.Chance(70) ? 1 : d.Between(2, 3);
    }
    attributes.slice.push_back(range);
  }
  d.Add(opcode, {a}, attributes);
}

void Pad(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsAny, 1);
  const Shape shape = d.shape(a);
  ir::PadAttributes attributes;
  for (int64_t size : shape.dimensions()) {
    ir::PaddingDimension padding;
    if (d.Chance(50)) {
      padding.low = d.Between(-1, 2);
      padding.high = d.Between(-1, 2);
      padding.interior = d.Chance(75) ? 0 : d.Between(1, 2);
      int64_t inside = size == 0 ? 0 : size + (size - 1) * padding.interior;
      if (inside + padding.low + padding.high < 0) padding.low = padding.high = 0;
    }
    attributes.padding.push_back(padding);
  }
  d.Add(opcode, {a, d.Of(Shape(shape.element_type(), {}))}, attributes);
}

// Sizes between 0 and those of `shape`, mostly between 1 and them.
DimensionVector SubSizes(Draft& d, const Shape& shape) {
  DimensionVector sizes;
  for (int64_t size : shape.dimensions())
    sizes.push_back(d.Between(std::min<int64_t>(size, 1), size));
  return sizes;
}

void AddStarts(Draft& d, int64_t rank, std::vector<InstructionId>& operands) {
  Shape start(d.Chance(80) ? ElementType::kS32 : ElementType::kU32, {});
  for (int64_t i = 0; i < rank; ++i) operands.push_back(d.Of(start));
}

void DynamicSlice(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsAny, 1);
  const Shape shape = d.shape(a);
  std::vector<InstructionId> operands = {a};
  AddStarts(d, shape.rank(), operands);
  d.Add(opcode, operands, ir::DynamicSliceAttributes{SubSizes(d, shape)});
}

void DynamicUpdateSlice(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsAny, 1);
  const Shape shape = d.shape(a);
  std::vector<InstructionId> operands = {a, d.Of(Shape(shape.element_type(), SubSizes(d, shape)))};
  AddStarts(d, shape.rank(), operands);
  d.Add(opcode, operands);
}

void Iota(Draft& d, OpCode opcode) {
  int64_t rank = d.Between(1, 3);
  Shape shape(d.Type(IsNumber), d.Sizes(rank));
  d.Add(opcode, {}, ir::IotaAttributes{d.Between(0, rank - 1)}, {}, &shape);
}

void GetDimensionSize(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsAny, 1);
  d.Add(opcode, {a}, ir::DimensionsAttributes{{d.Between(0, d.shape(a).rank() - 1)}});
}

}  // namespace

void AddMovement(Recipes& recipes) {
  using enum OpCode;
  recipes.insert(recipes.end(), {{kBroadcast, Broadcast},
                                 {kReshape, Reshape},
                                 {kTranspose, Transpose},
                                 {kReverse, Reverse},
                                 {kConcatenate, Concatenate},
                                 {kSlice, Slice},
                                 {kPad, Pad},
                                 {kDynamicSlice, DynamicSlice},
                                 {kDynamicUpdateSlice, DynamicUpdateSlice},
                                 {kIota, Iota},
                                 {kGetDimensionSize, GetDimensionSize}});
}

}  // namespace eqsat::random_graphs
