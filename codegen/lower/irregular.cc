#include "codegen/lower/irregular.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "codegen/lower/element.h"
#include "ir/ops/attributes.h"

namespace eqsat::codegen {
namespace {

using ir::Instruction;
using ir::InstructionId;

// A start index of any integer type, clamped to [0, limit].
Index ClampStart(Emitter& emitter, ValueId start, ir::ElementType type, int64_t limit) {
  KernelBuilder& b = emitter.builder();
  if (limit <= 0) return {};
  ValueId wide = ConvertElement(
      b, type,
      ir::Kind(type) == ir::ElementKind::kSigned ? ir::ElementType::kS64 : ir::ElementType::kU64,
      start);
  ValueId last = b.Int(Scalar::kI64, limit);
  ValueId clamped =
      ir::Kind(type) == ir::ElementKind::kSigned
          ? b.Binary(Op::kMaxS, b.Binary(Op::kMinS, wide, last), b.Int(Scalar::kI64, 0))
          : b.Binary(Op::kMinU, wide, last);
  if (b.index_type() == Scalar::kI32) clamped = b.Convert(Op::kTruncate, Scalar::kI32, clamped);
  return emitter.space().Variable(clamped, {0, limit + 1});
}

ValueId EmitDynamicSlice(Emitter& emitter, const Instruction& instruction, const Indices& indices) {
  const ir::Shape& operand = emitter[instruction.operands[0]].shape;
  Indices source = ClampedStarts(emitter, absl::MakeConstSpan(instruction.operands).subspan(1),
                                 operand.dimensions(), instruction.shape.dimensions());
  for (size_t i = 0; i < source.size(); ++i) source[i] = emitter.space().Add(source[i], indices[i]);
  return emitter.Emit(instruction.operands[0], source);
}

ValueId EmitDynamicUpdateSlice(Emitter& emitter, const Instruction& instruction,
                               const Indices& indices) {
  KernelBuilder& b = emitter.builder();
  IndexSpace& space = emitter.space();
  auto sizes = emitter[instruction.operands[1]].shape.dimensions();
  Indices starts = ClampedStarts(emitter, absl::MakeConstSpan(instruction.operands).subspan(2),
                                 instruction.shape.dimensions(), sizes);
  ValueId inside = b.Bits(Scalar::kI1, 1);
  Indices offsets;
  for (size_t i = 0; i < indices.size(); ++i) {
    Index offset = space.Add(indices[i], space.Scale(starts[i], -1));
    offsets.push_back(offset);
    if (space.RangeOf(offset).Within(0, sizes[i])) continue;
    ValueId value = space.Emit(offset);
    inside = b.Binary(Op::kAnd, inside, b.Binary(Op::kLeS, b.Index(0), value));
    inside = b.Binary(Op::kAnd, inside, b.Binary(Op::kLtS, value, b.Index(sizes[i])));
  }
  return b.If(
      inside,
      [&] {
        // Within the update, whatever the ranges of the start say.
        Indices bounded;
        for (size_t i = 0; i < offsets.size(); ++i) {
          bool known = space.RangeOf(offsets[i]).Within(0, sizes[i]);
          bounded.push_back(known ? offsets[i]
                                  : space.Variable(space.Emit(offsets[i]), {0, sizes[i]}));
        }
        return Values{emitter.Emit(instruction.operands[1], bounded)};
      },
      [&] { return Values{emitter.Emit(instruction.operands[0], indices)}; })[0];
}

// The index vector of `indices`' batch point, clamped; dimensions that have none are 0.
Indices GatherStarts(Emitter& emitter, const Instruction& gather, const Indices& batch) {
  const auto& attributes = gather.attr<ir::GatherAttributes>();
  const ir::Shape& operand = emitter[gather.operands[0]].shape;
  const ir::Shape& index_shape = emitter[gather.operands[1]].shape;
  Indices starts(static_cast<size_t>(operand.rank()));
  for (size_t c = 0; c < attributes.start_index_map.size(); ++c) {
    int64_t dimension = attributes.start_index_map[c];
    Indices position;
    size_t next = 0;
    for (int64_t i = 0; i < index_shape.rank(); ++i) {
      bool is_vector = i == attributes.index_vector_dim;
      position.push_back(is_vector ? Index{static_cast<int64_t>(c), {}} : batch[next++]);
    }
    ValueId start = emitter.Emit(gather.operands[1], position);
    starts[dimension] =
        ClampStart(emitter, start, index_shape.element_type(),
                   operand.dimension(dimension) - attributes.slice_sizes[dimension]);
  }
  for (size_t i = 0; i < attributes.operand_batching_dims.size(); ++i) {
    // The batch point leaves out the index vector's dimension.
    int64_t dimension = attributes.start_indices_batching_dims[i];
    starts[attributes.operand_batching_dims[i]] =
        batch[dimension - (dimension > attributes.index_vector_dim ? 1 : 0)];
  }
  return starts;
}

ValueId EmitGather(Emitter& emitter, const Instruction& instruction, const Indices& indices) {
  const auto& attributes = instruction.attr<ir::GatherAttributes>();
  const ir::Shape& operand = emitter[instruction.operands[0]].shape;
  Indices batch;
  for (size_t i = 0; i < indices.size(); ++i) {
    if (!absl::c_linear_search(attributes.offset_dims, static_cast<int64_t>(i)))
      batch.push_back(indices[i]);
  }
  Indices source = GatherStarts(emitter, instruction, batch);
  size_t offset = 0;
  for (int64_t i = 0; i < operand.rank(); ++i) {
    if (absl::c_linear_search(attributes.collapsed_slice_dims, i) ||
        absl::c_linear_search(attributes.operand_batching_dims, i))
      continue;
    source[i] = emitter.space().Add(source[i], indices[attributes.offset_dims[offset++]]);
  }
  return emitter.Emit(instruction.operands[0], source);
}

}  // namespace

Indices ClampedStarts(Emitter& emitter, absl::Span<const InstructionId> starts,
                      absl::Span<const int64_t> dimensions, absl::Span<const int64_t> sizes) {
  Indices clamped;
  for (size_t i = 0; i < dimensions.size(); ++i) {
    ir::ElementType type = emitter[starts[i]].shape.element_type();
    clamped.push_back(
        ClampStart(emitter, emitter.Emit(starts[i], {}), type, dimensions[i] - sizes[i]));
  }
  return clamped;
}

const IrregularCode* FindIrregularCode(ir::OpCode opcode) {
  static constexpr std::pair<ir::OpCode, IrregularCode> kCodes[] = {
      {ir::OpCode::kDynamicSlice, {EmitDynamicSlice, /*first_start=*/1}},
      {ir::OpCode::kDynamicUpdateSlice,
       {EmitDynamicUpdateSlice, /*first_start=*/2, /*updates=*/true}},
      {ir::OpCode::kGather, {EmitGather}},
  };
  for (const auto& [candidate, code] : kCodes)
    if (candidate == opcode) return &code;
  return nullptr;
}

}  // namespace eqsat::codegen
