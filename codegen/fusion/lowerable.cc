#include "codegen/fusion/lowerable.h"

#include <algorithm>

#include "ir/graph/bound_op.h"

namespace eqsat::codegen {
namespace {

using ir::Combiner;
using ir::Computation;
using ir::ElementType;
using ir::Instruction;
using ir::Module;
using ir::OpCode;
using ir::OpTrait;
using ir::Shape;

// Types that kernels compute with.
bool IsKernelType(ElementType type) {
  int bits = ir::BitWidth(type);
  if (type == ElementType::kPred) return true;
  return (ir::IsInteger(type) && bits >= 8) || (ir::IsFloat(type) && bits >= 16);
}

// Types that kernels move and convert, but do not compute with.
bool IsStorageType(ElementType type) {
  return IsKernelType(type) ||
         (ir::IsFloat(type) && ir::BitWidth(type) == 8 && type != ElementType::kF8E8M0FNU);
}

bool IsStaticArray(const Shape& shape) { return shape.IsArray() && !shape.HasDynamicDimensions(); }

// Ops without an IndexedForm that lowering knows: what they read depends on values.
bool IsIndexedByValues(OpCode opcode) {
  return opcode == OpCode::kGather || opcode == OpCode::kDynamicSlice ||
         opcode == OpCode::kDynamicUpdateSlice;
}

// Elementwise ops without a lowering: they have no scalar meaning, or a rare one.
bool HasScalarLowering(OpCode opcode) {
  switch (opcode) {
    case OpCode::kStochasticConvert:
    case OpCode::kReducePrecision:
    case OpCode::kMulhi:
      return false;
    default:
      return true;
  }
}

// A reduction's region that can be inlined: scalars and elementwise ops alone, and a tuple of them
// as the result of several inputs' reduction.
bool IsScalarRegion(const Module& module, const Computation& region) {
  return std::ranges::all_of(region.instructions(), [&](const Instruction& instruction) {
    if (instruction.opcode == OpCode::kTuple) return &instruction == &region[region.root()];
    if (!instruction.shape.IsScalar() || !IsKernelType(instruction.shape.element_type()))
      return false;
    if (instruction.opcode == OpCode::kParameter) return true;
    if (instruction.opcode == OpCode::kConstant) return true;
    return ir::GetOpInfo(instruction.opcode).Has(OpTrait::kElementwise) &&
           IsLowerable(module, region, instruction);
  });
}

bool TypesAreLowerable(const Computation& computation, const Instruction& instruction,
                       const ir::OpInfo& info) {
  const bool moves = info.Has(OpTrait::kMovement) || instruction.opcode == OpCode::kConvert ||
                     IsIndexedByValues(instruction.opcode);
  auto fits = [&](const Shape& shape) {
    return IsStaticArray(shape) &&
           (moves ? IsStorageType(shape.element_type()) : IsKernelType(shape.element_type()));
  };
  // Of all ops with a kernel, reductions of several inputs alone have a tuple result.
  const bool result_fits = instruction.shape.IsTuple()
                               ? !instruction.shape.elements().empty() &&
                                     std::ranges::all_of(instruction.shape.elements(), fits)
                               : fits(instruction.shape);
  return result_fits && std::ranges::all_of(instruction.operands, [&](ir::InstructionId operand) {
           return fits(computation[operand].shape);
         });
}

bool FormIsLowerable(const Module& module, const ir::BoundOp& op, const Instruction& instruction) {
  // Bits under another type are a view of the buffer (IsAlias), or nothing that kernels compute.
  if (instruction.opcode == OpCode::kBitcast &&
      op.context().operands[0].element_type() != instruction.shape.element_type())
    return false;
  ir::IndexedForm form = op.info().indexing(op.context());
  if (instruction.shape.IsTuple() && form.combiner != Combiner::kReduce) return false;
  switch (form.combiner) {
    case Combiner::kIndex:
      return true;
    case Combiner::kReduce:
      return !form.accesses.empty() && instruction.called.size() == 1 &&
             IsScalarRegion(module, module[instruction.called[0]]);
    case Combiner::kElementwise:
      return !form.accesses.empty() && instruction.called.empty() &&
             HasScalarLowering(instruction.opcode);
    case Combiner::kFirst:
    case Combiner::kDot:
      return !form.accesses.empty();
  }
  return false;
}

}  // namespace

bool IsImmediate(const Instruction& instruction) {
  if (instruction.opcode != OpCode::kConstant || !instruction.shape.IsArray()) return false;
  if (!IsStorageType(instruction.shape.element_type())) return false;
  const ir::Literal& literal = instruction.attr<ir::ConstantAttributes>().literal;
  return !literal.is_unknown() && instruction.shape.ElementCount() > 0 && literal.IsSplat();
}

bool KeepsLinearOrder(const Computation& computation, const Instruction& instruction) {
  if (instruction.opcode != OpCode::kReshape && instruction.opcode != OpCode::kBitcast)
    return false;
  const Shape& from = computation[instruction.operands[0]].shape;
  const Shape& to = instruction.shape;
  if (!IsStaticArray(from) || !IsStaticArray(to)) return false;
  // Values are row-major in their logical dimensions whatever their layouts, so a bitcast that
  // changes the layout moves elements; a reshape does not.
  if (instruction.opcode == OpCode::kBitcast && (from.layout() || to.layout())) return false;
  return ir::BitWidth(from.element_type()) == ir::BitWidth(to.element_type()) &&
         from.ElementCount() == to.ElementCount();
}

bool IsAlias(const Computation& computation, const Instruction& instruction) {
  switch (instruction.opcode) {
    case OpCode::kParameter:
    case OpCode::kConstant:
    case OpCode::kTuple:
    case OpCode::kGetTupleElement:
    case OpCode::kOptBarrier:
    case OpCode::kAddDependency:
    case OpCode::kAfterAll:
    case OpCode::kDomain:
      return true;
    default:
      return KeepsLinearOrder(computation, instruction);
  }
}

bool IsLowerable(const Module& module, const Computation& computation,
                 const Instruction& instruction) {
  if (instruction.opcode == OpCode::kConstant) return IsImmediate(instruction);
  const ir::OpInfo& info = ir::GetOpInfo(instruction.opcode);
  if (instruction.opcode == OpCode::kParameter || info.Has(OpTrait::kSideEffect) ||
      info.Has(OpTrait::kCollective) || !TypesAreLowerable(computation, instruction, info))
    return false;
  if (IsIndexedByValues(instruction.opcode)) return true;
  if (info.indexing == nullptr) return false;
  return FormIsLowerable(module, ir::BoundOp(module, computation, instruction), instruction);
}

}  // namespace eqsat::codegen
