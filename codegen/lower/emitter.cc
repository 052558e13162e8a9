#include "codegen/lower/emitter.h"

#include <algorithm>

#include "codegen/lower/element.h"
#include "codegen/lower/irregular.h"
#include "codegen/lower/scalar_ops.h"
#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/graph/bound_op.h"

namespace eqsat::codegen {

using ir::ElementType;
using ir::Instruction;

const ir::Shape& Emitter::ShapeOf(const ArrayRef& array) const {
  const ir::Shape& shape = computation_[array.instruction].shape;
  return shape.IsTuple() ? shape.element(array.tuple_element) : shape;
}

const ir::IndexedForm& Emitter::FormOf(ir::InstructionId id) {
  auto [place, added] = forms_.try_emplace(id);
  if (added) {
    ir::BoundOp op(module_, computation_, computation_[id]);
    place->second = op.info().indexing(op.context());
  }
  return place->second;
}

ValueId Emitter::Fail(const ArrayRef& array, std::string_view what) {
  const Instruction& instruction = computation_[array.instruction];
  if (status_.ok()) {
    status_ = base::Unimplemented("%s (%s): %s", instruction.name, ir::Name(instruction.opcode),
                                  std::string(what));
  }
  ElementType type = ShapeOf(array).element_type();
  return b_.Bits(HasKernelType(type) ? ComputeScalar(type) : Scalar::kI32, 0);
}

// --- Vectors -------------------------------------------------------------------------------------

void Emitter::SetVector(Index element, int width) {
  vector_ = std::move(element);
  vector_width_ = width;
}

bool Emitter::IsVector(const Indices& indices) const {
  return vector_width_ > 1 && std::any_of(indices.begin(), indices.end(), [&](const Index& i) {
           return space_.Mentions(i, vector_);
         });
}

ValueId Emitter::Widen(ValueId value, const Indices& indices) {
  return IsVector(indices) ? b_.Splat(value, vector_width_) : value;
}

Indices Emitter::At(const Indices& indices, int position) {
  Indices scalar;
  for (const Index& index : indices) scalar.push_back(space_.Substitute(index, vector_, position));
  return scalar;
}

ValueId Emitter::EmitElementByElement(const ArrayRef& array, const Indices& indices) {
  Values elements;
  for (position_ = 0; position_ < vector_width_; ++position_)
    elements.push_back(Emit(array, At(indices, position_)));
  position_ = -1;
  return b_.Pack(elements);
}

// --- Dispatch ------------------------------------------------------------------------------------

ValueId Emitter::Emit(const ArrayRef& array, const Indices& indices) {
  if (auto pin = pinned_.find(array); pin != pinned_.end()) {
    bool one_of_many = position_ >= 0 && b_.type(pin->second).width > 1;
    return one_of_many ? b_.Extract(pin->second, position_) : pin->second;
  }
  std::pair<ArrayRef, Indices> key(array, indices);
  if (auto memo = memo_.find(key); memo != memo_.end() && b_.IsOpen(memo->second.block))
    return memo->second.value;
  ValueId value = Compute(array, indices);
  memo_[key] = {value, b_.current_block()};
  return value;
}

ValueId Emitter::Compute(const ArrayRef& array, const Indices& indices) {
  if (std::optional<ValueId> leaf = leaf_(array, indices)) return *leaf;
  const Instruction& instruction = computation_[array.instruction];
  if (instruction.opcode == ir::OpCode::kConstant) return EmitConstant(array);
  if (instruction.opcode == ir::OpCode::kGetTupleElement) {
    int64_t element = instruction.attr<ir::GetTupleElementAttributes>().index;
    return Emit({instruction.operands[0], element}, indices);
  }
  if (const IrregularCode* code = FindIrregularCode(instruction.opcode))
    return IsVector(indices) ? EmitElementByElement(array, indices)
                             : code->emit(*this, instruction, indices);
  if (ir::GetOpInfo(instruction.opcode).indexing == nullptr) return Fail(array, "has no lowering");
  const ir::IndexedForm& form = FormOf(array.instruction);
  if (IsVector(indices)) {
    for (const ir::OperandAccess& access : form.accesses) {
      if (GuardsMention(access, indices, vector_)) return EmitElementByElement(array, indices);
    }
  }
  switch (form.combiner) {
    case ir::Combiner::kElementwise:
      return EmitElementwise(array, form, indices);
    case ir::Combiner::kFirst:
      return EmitFirst(instruction, form, indices, 0);
    case ir::Combiner::kIndex:
      return EmitIota(array, form, indices);
    case ir::Combiner::kDot:
      return FinishDot(instruction, EmitDot(array.instruction, indices));
    case ir::Combiner::kReduce:
      return EmitReduce(array.instruction, indices)[array.tuple_element];
  }
  return Fail(array, "has no lowering");
}

ValueId Emitter::EmitAccess(const Instruction& instruction, const ir::OperandAccess& access,
                            const Indices& point) {
  return Emit(instruction.operands[access.operand], space_.Apply(access.indices, point));
}

ValueId Emitter::EmitElementwise(const ArrayRef& array, const ir::IndexedForm& form,
                                 const Indices& point) {
  const Instruction& instruction = computation_[array.instruction];
  Values operands;
  std::vector<ElementType> types;
  int width = 1;
  for (const ir::OperandAccess& access : form.accesses) {
    operands.push_back(EmitAccess(instruction, access, point));
    types.push_back(computation_[instruction.operands[access.operand]].shape.element_type());
    width = std::max(width, b_.type(operands.back()).width);
  }
  for (ValueId& operand : operands) operand = b_.Splat(operand, width);
  const ScalarCode* code = FindScalarCode(instruction.opcode);
  if (code == nullptr) return Fail(array, "has no scalar code");
  ValueId value = code->emit(b_, {instruction, types, operands});
  bool rounds = rounding_ == Rounding::kEveryOp && !code->exact;
  return rounds ? RoundTo(b_, instruction.shape.element_type(), value) : value;
}

// --- Movement ------------------------------------------------------------------------------------

ValueId Emitter::GuardsHold(const ir::OperandAccess& access, const Indices& point) {
  ValueId holds = b_.Bits(Scalar::kI1, 1);
  for (const ir::IndexGuard& guard : access.guards) {
    Index index = space_.Apply(guard.expr, point);
    IndexRange range = space_.RangeOf(index);
    if (range.Within(guard.low, guard.high)) continue;
    if (range.high <= guard.low || range.low >= guard.high) return b_.Bits(Scalar::kI1, 0);
    index_uses_.push_back(index);
    ValueId value = space_.Emit(index);
    if (range.low < guard.low)
      holds = b_.Binary(Op::kAnd, holds, b_.Binary(Op::kLeS, b_.Index(guard.low), value));
    if (range.high > guard.high)
      holds = b_.Binary(Op::kAnd, holds, b_.Binary(Op::kLtS, value, b_.Index(guard.high)));
  }
  return holds;
}

bool Emitter::GuardsMention(const ir::OperandAccess& access, const Indices& point,
                            const Index& variable) {
  return std::any_of(access.guards.begin(), access.guards.end(), [&](const ir::IndexGuard& guard) {
    // Reduction dimensions are no part of `point` yet: they stand for themselves.
    Indices all = point;
    while (static_cast<int64_t>(all.size()) <= MaxDimension(guard.expr)) all.push_back(Index());
    return space_.Mentions(space_.Apply(guard.expr, all), variable);
  });
}

ValueId Emitter::EmitFirst(const Instruction& instruction, const ir::IndexedForm& form,
                           const Indices& point, size_t access) {
  const ir::OperandAccess& candidate = form.accesses[access];
  auto take = [&] {
    ValueId value = EmitAccess(instruction, candidate, point);
    ElementType from = computation_[instruction.operands[candidate.operand]].shape.element_type();
    ElementType to = instruction.shape.element_type();
    if (from != to) {
      ValueId stored = ToStorage(b_, from, value);
      value = FromStorage(b_, to, b_.Convert(Op::kBitcast, StorageScalar(to), stored));
    }
    return Values{Widen(value, point)};
  };
  if (access + 1 == form.accesses.size()) return take()[0];
  ValueId holds = GuardsHold(candidate, point);
  return b_.If(holds, take, [&] {
    return Values{Widen(EmitFirst(instruction, form, point, access + 1), point)};
  })[0];
}

// --- Leaves --------------------------------------------------------------------------------------

ValueId Emitter::EmitConstant(const ArrayRef& array) {
  const ir::Literal& literal =
      computation_[array.instruction].attr<ir::ConstantAttributes>().literal;
  ElementType type = literal.shape().element_type();
  if (literal.is_unknown() || !HasKernelType(type) || !literal.IsSplat())
    return Fail(array, "is not an immediate");
  if (ir::IsFloat(type)) return b_.Float(ComputeScalar(type), literal.AsDouble(0));
  return b_.Int(ComputeScalar(type), literal.AsInt64(0));
}

ValueId Emitter::EmitIota(const ArrayRef& array, const ir::IndexedForm& form,
                          const Indices& indices) {
  Index index = space_.Apply(form.index, indices);
  index_uses_.push_back(index);
  ElementType type = ShapeOf(array).element_type();
  ElementType index_type = b_.index_type() == Scalar::kI32 ? ElementType::kS32 : ElementType::kS64;
  ValueId value = space_.Emit(index);
  if (vector_width_ > 1 && space_.Mentions(index, vector_)) {
    std::optional<int64_t> step = space_.Coefficient(index, vector_);
    if (!step) return EmitElementByElement(array, indices);
    Values offsets;
    for (int i = 0; i < vector_width_; ++i) offsets.push_back(b_.Index(*step * i));
    value = b_.Binary(Op::kAdd, b_.Splat(value, vector_width_), b_.Pack(offsets));
  }
  return ConvertElement(b_, index_type, type, value);
}

ValueId Emitter::Load(BufferId buffer, ElementType type, const Index& linear) {
  index_uses_.push_back(linear);
  if (vector_width_ == 1 || !space_.Mentions(linear, vector_))
    return FromStorage(b_, type, b_.Load(buffer, space_.Emit(linear)));
  if (space_.Coefficient(linear, vector_) == 1)
    return FromStorage(b_, type, b_.Load(buffer, space_.Emit(linear), vector_width_));
  Values elements;
  for (int i = 0; i < vector_width_; ++i)
    elements.push_back(b_.Load(buffer, space_.Emit(space_.Substitute(linear, vector_, i))));
  return FromStorage(b_, type, b_.Pack(elements));
}

Values Emitter::EmitRegion(const ir::Computation& region, const Values& arguments,
                           Rounding rounding) {
  Leaf leaf = [&](const ArrayRef& array, const Indices&) -> std::optional<ValueId> {
    const Instruction& instruction = region[array.instruction];
    if (instruction.opcode != ir::OpCode::kParameter) return std::nullopt;
    return arguments[instruction.attr<ir::ParameterAttributes>().number];
  };
  Emitter inner(b_, space_, module_, region, leaf, rounding);
  const Instruction& root = region[region.root()];
  Values results;
  if (root.opcode == ir::OpCode::kTuple) {
    for (ir::InstructionId operand : root.operands) results.push_back(inner.Emit(operand, {}));
  } else {
    results.push_back(inner.Emit(region.root(), {}));
  }
  for (ValueId& result : results) result = b_.Splat(result, b_.type(arguments[0]).width);
  if (status_.ok()) status_ = inner.status();
  return results;
}

}  // namespace eqsat::codegen
