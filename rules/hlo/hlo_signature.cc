#include "rules/hlo/hlo_signature.h"

#include "ir/base/check.h"
#include "ir/base/strings.h"
#include "ir/graph/computation_builder.h"

namespace eqsat::rules {

engine::Commutativity HloSignature::commutativity(engine::OpId op) const {
  return ir::GetOpInfo(OpCodeOf(op)).Has(ir::OpTrait::kCommutative)
             ? engine::Commutativity::kUnordered
             : engine::Commutativity::kOrdered;
}

ir::ComputationId HloTerms::ScalarRegion(ir::OpCode opcode, ir::ElementType type) {
  auto [found, inserted] = scalar_regions_.try_emplace({opcode, type});
  if (!inserted) return found->second;
  std::string name =
      base::StrCat(ir::Name(opcode), "_", ir::Name(type), ".", module_->computations().size());
  ir::ComputationBuilder builder(*module_, name);
  ir::Shape scalar(type, {});
  ir::InstructionId a = builder.AddParameter(0, scalar, "a");
  ir::InstructionId b = builder.AddParameter(1, scalar, "b");
  absl::StatusOr<ir::InstructionId> root = builder.Add(opcode, {a, b});
  EQSAT_CHECK(root.ok());
  absl::StatusOr<ir::Computation> region = std::move(builder).Build(*root);
  EQSAT_CHECK(region.ok());
  found->second = module_->Add(*std::move(region));
  return found->second;
}

bool IsUnique(const ir::Instruction& instruction) {
  const ir::OpInfo& info = ir::GetOpInfo(instruction.opcode);
  return info.Has(ir::OpTrait::kSideEffect) || info.Has(ir::OpTrait::kCollective) ||
         instruction.opcode == ir::OpCode::kCustomCall ||
         instruction.opcode == ir::OpCode::kOptBarrier ||
         !instruction.Notes().control_predecessors.empty();
}

}  // namespace eqsat::rules
