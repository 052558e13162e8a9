#include "ir/interpret/element_evaluator.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/graph/bound_op.h"
#include "ir/interpret/access.h"
#include "ir/interpret/interpreter.h"

namespace eqsat::ir {
namespace {

// Programs come from strangers: neither the stack nor a fold may grow without bound.
constexpr int kMaxDepth = 1000;
constexpr size_t kMaxFolded = size_t{1} << 16;
constexpr size_t kMaxKnown = size_t{1} << 20;

int64_t PositionOf(absl::Span<const int64_t> point, const Shape& shape) {
  const DimensionVector strides = RowMajorStrides(shape.dimensions());
  int64_t position = 0;
  for (size_t d = 0; d < strides.size(); ++d) position += point[d] * strides[d];
  return position;
}

Literal ElementOf(const Literal& array, int64_t position) {
  const ElementType type = array.shape().element_type();
  const int64_t width = ByteWidth(type);
  const absl::Span<const uint8_t> bytes = array.bytes().subspan(position * width, width);
  return Literal::FromBytes(Shape(type, {}), {bytes.begin(), bytes.end()});
}

Literal ListOf(ElementType type, absl::Span<const Literal> scalars) {
  std::vector<uint8_t> bytes;
  for (const Literal& scalar : scalars)
    bytes.insert(bytes.end(), scalar.bytes().begin(), scalar.bytes().end());
  return Literal::FromBytes(Shape(type, {static_cast<int64_t>(scalars.size())}), std::move(bytes));
}

absl::Status NotKnown(const Instruction& instruction) {
  return base::Unimplemented("%s (%s): single elements of it are not computed", instruction.name,
                             Name(instruction.opcode));
}

Instruction ScalarForm(const Instruction& instruction, Attributes attributes, Shape shape) {
  Instruction scalar = instruction;
  scalar.shape = std::move(shape);
  scalar.attributes = std::make_shared<const Attributes>(std::move(attributes));
  return scalar;
}

}  // namespace

absl::StatusOr<Literal> ElementEvaluator::At(InstructionId id, Point point) {
  const Instruction& instruction = computation_[id];
  if (!instruction.shape.IsArray() || instruction.shape.HasDynamicDimensions())
    return NotKnown(instruction);
  const int64_t position = PositionOf(point, instruction.shape);
  auto known = known_.find({id, position});
  if (known != known_.end()) return known->second;
  if (depth_ >= kMaxDepth)
    return base::Unimplemented("%s: it is nested too deeply", instruction.name);
  ++depth_;
  absl::StatusOr<Literal> element = Compute(id, point, position);
  --depth_;
  if (!element.ok()) return element;
  if (known_.size() >= kMaxKnown) known_.clear();
  known_.emplace(std::pair(id, position), *element);
  return element;
}

absl::StatusOr<Literal> ElementEvaluator::Compute(InstructionId id, Point point, int64_t position) {
  const Instruction& instruction = computation_[id];
  switch (instruction.opcode) {
    case OpCode::kParameter:
      return input_(instruction.attr<ParameterAttributes>().number, position);
    case OpCode::kConstant: {
      const Literal& literal = instruction.attr<ConstantAttributes>().literal;
      if (literal.is_unknown())
        return base::InvalidArgument("%s: its values were elided", instruction.name);
      return ElementOf(literal, position);
    }
    case OpCode::kGetTupleElement: {
      const Instruction& tuple = computation_[instruction.operands[0]];
      if (tuple.opcode != OpCode::kTuple) return NotKnown(instruction);
      return At(tuple.operands[instruction.attr<GetTupleElementAttributes>().index], point);
    }
    case OpCode::kGather:
      return OfGather(instruction, point);
    default: {
      EQSAT_ASSIGN_OR_RETURN(const IndexedForm* form, FormOf(id));
      return OfForm(instruction, *form, point);
    }
  }
}

absl::StatusOr<const IndexedForm*> ElementEvaluator::FormOf(InstructionId id) {
  auto found = forms_.find(id);
  if (found == forms_.end()) {
    const BoundOp op(module_, computation_, computation_[id]);
    std::optional<IndexedForm> form = IndexedFormOf(op.context());
    if (!form) return NotKnown(computation_[id]);
    found = forms_.emplace(id, *std::move(form)).first;
  }
  return &found->second;
}

absl::StatusOr<std::optional<Literal>> ElementEvaluator::Read(const Instruction& reader,
                                                              const OperandAccess& access,
                                                              Point point) {
  for (const IndexGuard& guard : access.guards) {
    const int64_t value = guard.expr.Evaluate(point);
    if (value < guard.low || value >= guard.high) return std::optional<Literal>();
  }
  DimensionVector place;
  for (const IndexExpr& index : access.indices) place.push_back(index.Evaluate(point));
  EQSAT_ASSIGN_OR_RETURN(Literal element, At(reader.operands[access.operand], place));
  return std::optional<Literal>(std::move(element));
}

absl::StatusOr<Literal> ElementEvaluator::OfForm(const Instruction& instruction,
                                                 const IndexedForm& form, Point point) {
  const Shape scalar(instruction.shape.element_type(), {});
  switch (form.combiner) {
    case Combiner::kIndex: {
      const Shape whole(ElementType::kS64, {});
      return EvaluateOp(OpCode::kConvert, NoAttributes{}, scalar,
                        {Literal::FromInt64s(whole, {form.index.Evaluate(point)})});
    }
    case Combiner::kFirst:
      for (const OperandAccess& access : form.accesses) {
        EQSAT_ASSIGN_OR_RETURN(std::optional<Literal> element, Read(instruction, access, point));
        if (element) return *std::move(element);
      }
      return NotKnown(instruction);
    case Combiner::kElementwise: {
      if (!instruction.called.empty()) return NotKnown(instruction);
      std::vector<Literal> operands;
      for (const OperandAccess& access : form.accesses) {
        EQSAT_ASSIGN_OR_RETURN(std::optional<Literal> element, Read(instruction, access, point));
        if (!element) return NotKnown(instruction);
        operands.push_back(*std::move(element));
      }
      return EvaluateOp(module_, ScalarForm(instruction, instruction.Attrs(), scalar), operands);
    }
    case Combiner::kReduce:
      return OfFold(instruction, form, point);
    case Combiner::kDot:
      return NotKnown(instruction);
  }
  return NotKnown(instruction);
}

absl::StatusOr<Literal> ElementEvaluator::OfFold(const Instruction& fold, const IndexedForm& form,
                                                 Point point) {
  if (form.accesses.size() != 2) return NotKnown(fold);
  DimensionVector space(point.begin(), point.end());
  DimensionVector sizes = form.parallel;
  space.resize(space.size() + form.reduction.size(), 0);
  sizes.insert(sizes.end(), form.reduction.begin(), form.reduction.end());
  std::vector<Literal> taken;
  const auto first = static_cast<int64_t>(form.parallel.size());
  size_t looked_at = 0;
  if (!absl::c_linear_search(form.reduction, 0)) {
    do {
      if (++looked_at > kMaxFolded) return NotKnown(fold);
      EQSAT_ASSIGN_OR_RETURN(std::optional<Literal> element, Read(fold, form.accesses[0], space));
      if (element) taken.push_back(*std::move(element));
    } while (Advance(space, sizes, first, static_cast<int64_t>(sizes.size())));
  }
  EQSAT_ASSIGN_OR_RETURN(std::optional<Literal> initial, Read(fold, form.accesses[1], space));
  EQSAT_CHECK(initial.has_value());
  // The same op on the elements that it takes in, as a list.
  const ElementType type = fold.shape.element_type();
  const Literal list = ListOf(computation_[fold.operands[0]].shape.element_type(), taken);
  if (fold.opcode == OpCode::kReduceWindow && !taken.empty()) {
    const Window window = {{.size = static_cast<int64_t>(taken.size())}};
    EQSAT_ASSIGN_OR_RETURN(
        Literal result,
        EvaluateOp(module_, ScalarForm(fold, WindowAttributes{window}, Shape(type, {1})),
                   {list, *initial}));
    return result.Reshaped(Shape(type, {}));
  }
  Instruction reduce = ScalarForm(fold, DimensionsAttributes{{0}}, Shape(type, {}));
  reduce.opcode = OpCode::kReduce;
  return EvaluateOp(module_, reduce, {list, *initial});
}

absl::StatusOr<Literal> ElementEvaluator::OfGather(const Instruction& gather, Point point) {
  const auto& attributes = gather.attr<GatherAttributes>();
  const Shape& operand = computation_[gather.operands[0]].shape;
  const Shape& indices = computation_[gather.operands[1]].shape;
  DimensionVector batch;
  for (int64_t d = 0; d < gather.shape.rank(); ++d)
    if (!absl::c_linear_search(attributes.offset_dims, d)) batch.push_back(point[d]);
  // The index vector's place, but for the component.
  DimensionVector at(indices.rank(), 0);
  size_t next = 0;
  for (int64_t d = 0; d < indices.rank(); ++d)
    if (d != attributes.index_vector_dim) at[d] = batch[next++];
  DimensionVector place(operand.rank(), 0);
  for (size_t i = 0; i < attributes.operand_batching_dims.size(); ++i)
    place[attributes.operand_batching_dims[i]] = at[attributes.start_indices_batching_dims[i]];
  for (size_t i = 0; i < attributes.start_index_map.size(); ++i) {
    if (attributes.index_vector_dim < indices.rank())
      at[attributes.index_vector_dim] = static_cast<int64_t>(i);
    EQSAT_ASSIGN_OR_RETURN(Literal start, At(gather.operands[1], at));
    const int64_t d = attributes.start_index_map[i];
    place[d] =
        std::clamp<int64_t>(start.AsInt64(0), 0, operand.dimension(d) - attributes.slice_sizes[d]);
  }
  size_t offset = 0;
  for (int64_t d = 0; d < operand.rank(); ++d) {
    if (absl::c_linear_search(attributes.collapsed_slice_dims, d) ||
        absl::c_linear_search(attributes.operand_batching_dims, d))
      continue;
    place[d] += point[attributes.offset_dims[offset++]];
  }
  return At(gather.operands[0], place);
}

}  // namespace eqsat::ir
