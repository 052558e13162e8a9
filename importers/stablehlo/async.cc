// Operations that are started and awaited, and fusions.
#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/program.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

// The collectives that have operations of their own to start and await them.
struct Pair {
  OpCode whole;
  OpCode start;
  OpCode done;
};
constexpr Pair kPairs[] = {
    {OpCode::kAllGather, OpCode::kAllGatherStart, OpCode::kAllGatherDone},
    {OpCode::kAllReduce, OpCode::kAllReduceStart, OpCode::kAllReduceDone},
    {OpCode::kCollectivePermute, OpCode::kCollectivePermuteStart, OpCode::kCollectivePermuteDone},
};

// The result of the start: all-reduce-start has that of the whole, the others also the operand.
ir::Shape StartShape(OpCode whole, const ir::Shape& operand, const ir::Shape& result) {
  return whole == OpCode::kAllReduce ? result : ir::Shape::Tuple({operand, result});
}

// A wrapped computation that is not one of kPairs.
absl::Status StartGeneric(Emitter& e, const mlir::Operation& op, ir::ComputationId callee) {
  std::vector<InstructionId> operands = e.Operands(op);
  EQSAT_RETURN_IF_ERROR(e.status());
  const ir::ProgramShape program = e.program_shape(callee);
  const ir::Shape shape = ir::Shape::Tuple({ir::Shape::Tuple(program.parameters), program.result});
  ir::AsyncAttributes attributes;
  if (const mlir::Attribute* thread = op.Find("execution_thread")) {
    if (thread->AsKeyword() != "main") {
      attributes.async_execution_thread = thread->AsKeyword().value_or("");
    }
  }
  InstructionId start =
      e.Add(OpCode::kAsyncStart, operands, std::move(attributes), {&callee, 1}, &shape);
  e.BindResults(op, start);
  return absl::OkStatus();
}

// A function by name, as MHLO has it, or a region.
absl::StatusOr<ir::ComputationId> WrappedBy(Emitter& e, const mlir::Operation& op) {
  if (op.Find("called_computation") == nullptr) {
    if (op.regions.size() != 1) {
      return base::InvalidArgument("it has %d regions, not one", op.regions.size());
    }
    ir::ComputationId callee = e.Region(op, 0, "async_computation");
    if (!e.status().ok()) return e.status();
    return callee;
  }
  EQSAT_ASSIGN_OR_RETURN(std::string_view name, KeywordAttribute(op, "called_computation"));
  const mlir::Operation* function = e.program().FindFunction(name);
  if (function == nullptr) return base::InvalidArgument("there is no function @%s", name);
  return e.program().Function(*function);
}

absl::Status AsyncStart(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(ir::ComputationId callee, WrappedBy(e, op));
  const ir::Computation& body = e.program().module()[callee];
  const ir::Shape gives = body.result_shape();
  const mlir::Type& stated = e.source().type(op.results.at(0));
  if (stated.kind() == mlir::TypeKind::kFuture && stated.elements().size() == 1 &&
      !Fits(stated.elements()[0], gives)) {
    return base::InvalidArgument("the result is of type %s, but the region gives %s",
                                 stated.ToString(), gives.ToString());
  }
  const ir::Instruction root = body[body.root()];
  for (const Pair& pair : kPairs) {
    if (root.opcode != pair.whole || body.size() != 2 || root.operands.size() != 1) continue;
    EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
    InstructionId operand = e.Value(op.operands[0]);
    if (!e.Ok(operand)) return e.status();
    const ir::Shape shape = StartShape(pair.whole, e.shape(operand), root.shape);
    e.BindResults(op, e.Add(pair.start, {&operand, 1}, root.Attrs(), root.called, &shape));
    return absl::OkStatus();
  }
  return StartGeneric(e, op, callee);
}

absl::Status AsyncDone(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  InstructionId start = e.Value(op.operands[0]);
  if (!e.Ok(start)) return e.status();
  for (const Pair& pair : kPairs) {
    if (e.mutable_instruction(start).opcode != pair.start) continue;
    e.BindResults(op, e.Add(pair.done, {start}));
    return absl::OkStatus();
  }
  e.BindResults(op, e.Add(OpCode::kAsyncDone, {start}));
  return absl::OkStatus();
}

absl::Status AsyncUpdate(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  e.BindResults(op, e.Add(OpCode::kAsyncUpdate, {e.Value(op.operands[0])}));
  return absl::OkStatus();
}

absl::Status Fusion(Emitter& e, const mlir::Operation& op) {
  ir::FusionAttributes attributes;
  if (op.Find("fusion_kind") != nullptr) {
    EQSAT_ASSIGN_OR_RETURN(std::string_view kind, KeywordAttribute(op, "fusion_kind"));
    EQSAT_ASSIGN_OR_RETURN(attributes.kind, EnumFromName<ir::FusionKind>(kind));
  }
  attributes.output_to_operand_aliasing = AliasesOf(op);
  ir::ComputationId callee = e.Region(op, 0, "fused_computation");
  EQSAT_RETURN_IF_ERROR(e.status());
  const ir::Shape result = e.program_shape(callee).result;
  e.BindResults(
      op, e.Add(OpCode::kFusion, e.Operands(op), std::move(attributes), {&callee, 1}, &result));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> AsyncOps() {
  static constexpr OpEntry kEntries[] = {
      {"async_done", AsyncDone},
      {"async_start", AsyncStart},
      {"async_update", AsyncUpdate},
      {"fusion", Fusion},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
