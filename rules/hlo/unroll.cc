#include "rules/hlo/unroll.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/graph/trip_count.h"
#include "ir/ops/op_info.h"
#include "rules/hlo/flatten.h"
#include "rules/hlo/hlo_signature.h"

namespace eqsat::rules {
namespace {

using ir::Computation;
using ir::ComputationId;
using ir::Instruction;
using ir::InstructionId;
using ir::OpCode;

// Turns loops into chains of calls, callees before callers; flattening then inlines them.
class Unroller {
 public:
  Unroller(const ir::Module& flat, size_t max_instructions)
      : flat_(flat), max_instructions_(max_instructions) {}

  absl::StatusOr<std::optional<ir::Module>> Run() {
    ir::Module module(flat_.header());
    for (const Computation& computation : flat_.computations()) {
      EQSAT_ASSIGN_OR_RETURN(Computation spelt_out, SpellOut(computation));
      module.Add(std::move(spelt_out));
    }
    if (!found_) return std::nullopt;
    module.set_entry(flat_.entry_id());
    return Flatten(module);
  }

 private:
  absl::StatusOr<Computation> SpellOut(const Computation& computation) {
    std::vector<Instruction> body;
    std::vector<InstructionId> moved(computation.size());
    size_t size = computation.size();
    bool is_repeatable = true;
    for (size_t i = 0; i < computation.size(); ++i) {
      const Instruction& instruction = computation.instructions()[i];
      Instruction copy = instruction;
      copy.Renumber(moved);
      for (ComputationId callee : copy.called)
        is_repeatable = is_repeatable && is_repeatable_[callee.value()];
      is_repeatable = is_repeatable && !IsUnique(instruction);
      std::optional<int64_t> trips = TripsToSpellOut(computation, instruction);
      if (!trips) {
        moved[i] = InstructionId(body.size());
        body.push_back(std::move(copy));
        continue;
      }
      found_ = true;
      size += static_cast<size_t>(*trips) * size_[instruction.called[1].value()];
      InstructionId carried = copy.operands[0];
      for (int64_t trip = 0; trip < *trips; ++trip) {
        body.push_back(CallOf(instruction, carried, trip));
        carried = InstructionId(body.size() - 1);
      }
      moved[i] = carried;
    }
    size_.push_back(size);
    is_repeatable_.push_back(is_repeatable);
    EQSAT_ASSIGN_OR_RETURN(
        Computation result,
        Computation::Make(computation.name(), std::move(body), moved[computation.root().value()]));
    result.set_execution_thread(computation.execution_thread());
    return result;
  }

  std::optional<int64_t> TripsToSpellOut(const Computation& computation,
                                         const Instruction& instruction) const {
    if (instruction.opcode != OpCode::kWhile || IsUnique(instruction)) return std::nullopt;
    for (ComputationId callee : instruction.called)
      if (!is_repeatable_[callee.value()]) return std::nullopt;
    std::optional<int64_t> trips = ir::TripCount(flat_, computation, instruction);
    size_t once = size_[instruction.called[1].value()];
    if (!trips || static_cast<uint64_t>(*trips) > max_instructions_ / once) return std::nullopt;
    return trips;
  }

  static Instruction CallOf(const Instruction& loop, InstructionId carried, int64_t trip) {
    Instruction call;
    call.name = base::StrCat(loop.name, ".", trip);
    call.opcode = OpCode::kCall;
    call.shape = loop.shape;
    call.operands = {carried};
    call.called = {loop.called[1]};
    call.annotations = loop.annotations;
    return call;
  }

  const ir::Module& flat_;
  size_t max_instructions_;
  bool found_ = false;
  // By computation id: its size once its own loops are spelt out, and whether nothing in it or its
  // callees is unique.
  std::vector<size_t> size_;
  std::vector<bool> is_repeatable_;
};

}  // namespace

absl::StatusOr<std::optional<ir::Module>> Unroll(const ir::Module& flat, size_t max_instructions) {
  return Unroller(flat, max_instructions).Run();
}

}  // namespace eqsat::rules
