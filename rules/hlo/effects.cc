#include "rules/hlo/effects.h"

#include <algorithm>

#include "ir/ops/op_info.h"
#include "rules/hlo/hlo_signature.h"

namespace eqsat::rules {
namespace {

// Collectives and barriers are unique where they stand, but a program that holds them and whose
// value nobody needs may go.
bool HasEffect(const ir::Instruction& instruction) {
  return ir::HasSideEffect(instruction.opcode, instruction.Attrs()) &&
         !ir::GetOpInfo(instruction.opcode).Has(ir::OpTrait::kCollective) &&
         instruction.opcode != ir::OpCode::kOptBarrier;
}

}  // namespace

bool Effects::MakeUnique(const ir::Instruction& instruction) {
  return IsUnique(instruction) ||
         std::ranges::any_of(instruction.called, [this](ir::ComputationId id) { return Has(id); });
}

// Calls do not recur, and nest no deeper than the readers allow.
bool Effects::Has(ir::ComputationId id) {
  known_.resize(std::max(known_.size(), module_.computations().size()), Known::kNot);
  if (known_[id.value()] == Known::kNot) {
    const bool has =
        std::ranges::any_of(module_[id].instructions(), [this](const ir::Instruction& instruction) {
          return HasEffect(instruction) ||
                 std::ranges::any_of(instruction.called,
                                     [this](ir::ComputationId callee) { return Has(callee); });
        });
    known_[id.value()] = has ? Known::kSome : Known::kNone;
  }
  return known_[id.value()] == Known::kSome;
}

}  // namespace eqsat::rules
