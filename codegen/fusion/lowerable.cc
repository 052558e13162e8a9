#include "codegen/fusion/lowerable.h"

#include <algorithm>

#include "codegen/lower/element.h"
#include "codegen/lower/irregular.h"
#include "codegen/lower/scalar_ops.h"
#include "ir/graph/bound_op.h"

namespace eqsat::codegen {
namespace {

using ir::Combiner;
using ir::Computation;
using ir::Instruction;
using ir::Module;
using ir::OpCode;
using ir::OpTrait;
using ir::Shape;

bool IsStaticArray(const Shape& shape) { return shape.IsArray() && !shape.HasDynamicDimensions(); }

bool IsKernelArray(const Shape& shape) {
  return IsStaticArray(shape) && HasKernelType(shape.element_type());
}

// A reduction's region that can be inlined: scalars and elementwise ops alone, and a tuple of them
// as the result of several inputs' reduction.
bool IsScalarRegion(const Module& module, const Computation& region) {
  return std::ranges::all_of(region.instructions(), [&](const Instruction& instruction) {
    if (instruction.opcode == OpCode::kTuple) return &instruction == &region[region.root()];
    if (!IsKernelArray(instruction.shape) || !instruction.shape.IsScalar()) return false;
    if (instruction.opcode == OpCode::kParameter) return true;
    if (instruction.opcode == OpCode::kConstant) return true;
    return ir::GetOpInfo(instruction.opcode).Has(OpTrait::kElementwise) &&
           IsLowerable(module, region, instruction);
  });
}

bool TypesAreLowerable(const Computation& computation, const Instruction& instruction) {
  // Of all ops with a kernel, reductions of several inputs alone have a tuple result.
  const Shape& shape = instruction.shape;
  const bool result_fits =
      shape.IsTuple()
          ? !shape.elements().empty() && std::ranges::all_of(shape.elements(), IsKernelArray)
          : IsKernelArray(shape);
  return result_fits && std::ranges::all_of(instruction.operands, [&](ir::InstructionId operand) {
           return IsKernelArray(computation[operand].shape);
         });
}

// An old form of the dynamic slices has one vector of start indices.
bool StartsAreScalars(const IrregularCode& code, const Computation& computation,
                      const Instruction& instruction) {
  if (code.first_start == 0) return true;
  const auto starts = absl::MakeConstSpan(instruction.operands).subspan(code.first_start);
  return static_cast<int64_t>(starts.size()) == instruction.shape.rank() &&
         std::ranges::all_of(
             starts, [&](ir::InstructionId start) { return computation[start].shape.IsScalar(); });
}

bool FormIsLowerable(const Module& module, const ir::BoundOp& op, const Instruction& instruction) {
  // Bits under another type or in another layout are a view of the buffer (IsAlias), or nothing
  // that kernels compute.
  if (instruction.opcode == OpCode::kBitcast) {
    const Shape& from = op.context().operands[0];
    if (from.element_type() != instruction.shape.element_type() || from.layout() ||
        instruction.shape.layout())
      return false;
  }
  ir::IndexedForm form = op.info().indexing(op.context());
  if (instruction.shape.IsTuple() && form.combiner != Combiner::kReduce) return false;
  switch (form.combiner) {
    case Combiner::kIndex:
      return true;
    case Combiner::kReduce:
      return !form.accesses.empty() && instruction.called.size() == 1 &&
             IsScalarRegion(module, module[instruction.called[0]]);
    case Combiner::kElementwise:
      return !form.accesses.empty() && FindScalarCode(instruction.opcode) != nullptr;
    case Combiner::kFirst:
    case Combiner::kDot:
      return !form.accesses.empty();
  }
  return false;
}

}  // namespace

bool IsImmediate(const Instruction& instruction) {
  if (instruction.opcode != OpCode::kConstant || !instruction.shape.IsArray()) return false;
  if (!HasKernelType(instruction.shape.element_type())) return false;
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

// A bitcast between types whose elements are whole bytes: the same buffer under another type.
bool KeepsBytes(const Computation& computation, const Instruction& instruction) {
  const Shape& from = computation[instruction.operands[0]].shape;
  const Shape& to = instruction.shape;
  auto in_whole_bytes = [](const Shape& shape) {
    return IsStaticArray(shape) && !shape.layout() &&
           (ir::BitWidth(shape.element_type()) >= 8 ||
            shape.element_type() == ir::ElementType::kPred);
  };
  return in_whole_bytes(from) && in_whole_bytes(to) && from.ByteSize() == to.ByteSize();
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
    case OpCode::kBitcast:
      return KeepsLinearOrder(computation, instruction) || KeepsBytes(computation, instruction);
    default:
      return KeepsLinearOrder(computation, instruction);
  }
}

bool IsLowerable(const Module& module, const Computation& computation,
                 const Instruction& instruction) {
  if (instruction.opcode == OpCode::kConstant) return IsImmediate(instruction);
  const ir::OpInfo& info = ir::GetOpInfo(instruction.opcode);
  if (instruction.opcode == OpCode::kParameter || info.Has(OpTrait::kSideEffect) ||
      info.Has(OpTrait::kCollective) || !TypesAreLowerable(computation, instruction))
    return false;
  if (const IrregularCode* code = FindIrregularCode(instruction.opcode))
    return StartsAreScalars(*code, computation, instruction);
  if (info.indexing == nullptr) return false;
  return FormIsLowerable(module, ir::BoundOp(module, computation, instruction), instruction);
}

}  // namespace eqsat::codegen
