// The planner: places instructions from the last to the first, each into the kernels of its readers
// where that pays, else into a group of its own.
//
// A value whose readers all sit in one group may join it without making a cycle, since no path
// leaves that group and comes back. A value that others read too may join as an output if none of
// those others leads back to the group. Values that are cheap to repeat join every reader.
#include <algorithm>
#include <vector>

#include "codegen/fusion/fusion_plan.h"
#include "codegen/fusion/group_graph.h"
#include "codegen/fusion/lowerable.h"
#include "cost_models/analytic/roofline.h"

namespace eqsat::codegen {
namespace {

using cost_models::Roofline;
using ir::Computation;
using ir::Instruction;
using ir::InstructionId;
using ir::Module;
using As = KernelDraft::As;

// Kernels with a common input are merged if it makes up this share of what either reads.
constexpr double kCommonShare = 0.5;
// Readers of one value that are tried for merging.
constexpr size_t kMaxSiblings = 16;

// A value that must be stored for some reader is repeated for the others if that reads this many
// times less.
constexpr double kRepeatAdvantage = 4;

class Planner {
 public:
  Planner(const Computation& computation, const ComputationFacts& facts, const Roofline& roofline,
          const FusionLimits& limits)
      : computation_(computation),
        facts_(facts),
        roofline_(roofline),
        limits_(limits),
        graph_(facts),
        views_(computation.size()) {}

  FusionPlan Plan() {
    for (size_t i = computation_.size(); i-- > 0;) Place(InstructionId(i));
    MergeSiblings();
    for (int group = 0; group < graph_.size(); ++group) EvictReshapes(group);
    return graph_.Finish();
  }

 private:
  bool IsRoot(InstructionId id) const { return id == computation_.root(); }

  bool IsNeeded(InstructionId id) const {
    const Instruction& instruction = computation_[id];
    const ir::OpInfo& info = ir::GetOpInfo(instruction.opcode);
    return IsRoot(id) || graph_.HasReaders(id) || facts_[id].role == Role::kControl ||
           instruction.opcode == ir::OpCode::kParameter ||
           (facts_[id].role == Role::kLibrary &&
            (ir::HasSideEffect(instruction.opcode, instruction.Attrs()) ||
             info.Has(ir::OpTrait::kCollective)));
  }

  void Place(InstructionId id) {
    if (!IsNeeded(id)) return;
    switch (facts_[id].role) {
      case Role::kAlias:
        graph_.Add(GroupKind::kAlias, id);
        return;
      case Role::kControl:
        graph_.Add(GroupKind::kControl, id);
        return;
      case Role::kLibrary:
        graph_.Add(GroupKind::kLibrary, id);
        return;
      default:
        PlaceInKernels(id);
    }
  }

  void PlaceInKernels(InstructionId id) {
    std::vector<int> readers = graph_.ReaderGroups(id);
    std::vector<int> kernels;
    for (int group : readers)
      if (graph_.kind(group) == GroupKind::kKernel) kernels.push_back(group);
    const bool stored = IsRoot(id) || kernels.size() < readers.size();
    if (IsAlias(computation_, computation_[id])) {
      // Repeated at no cost; a buffer of its own costs nothing either.
      if (Repeat(id, kernels) && !stored) return;
      graph_.Add(GroupKind::kAlias, id);
      views_[id.value()] = true;
      return;
    }
    if (facts_[id].role != Role::kUpdate && TryShare(id, kernels, readers, stored)) return;
    graph_.Add(GroupKind::kKernel, id);
  }

  // True if no group of its own is needed.
  bool TryShare(InstructionId id, const std::vector<int>& kernels, const std::vector<int>& readers,
                bool stored) {
    if (kernels.size() == 1 && !stored) return Add(kernels[0], id, As::kInner);
    const InstructionFacts& own = facts_[id];
    if (own.is_cheap_to_repeat && (!stored || own.repeat_bytes * kRepeatAdvantage <= own.bytes)) {
      return Repeat(id, kernels) && !stored;
    }
    // Groups formed later run earlier, so the last is least likely to wait for the others.
    for (size_t i = kernels.size(); i-- > 0;) {
      if (!graph_.MayReach(readers, kernels[i]) && Add(kernels[i], id, As::kOutput)) return true;
    }
    return false;
  }

  // Adds the value to each kernel that can hold it; true if all could.
  bool Repeat(InstructionId id, const std::vector<int>& kernels) {
    bool all = true;
    for (int group : kernels) all &= Add(group, id, As::kInner);
    return all;
  }

  bool Add(int group, InstructionId id, As as) {
    return graph_.TryAdd(group, id, as, limits_, roofline_);
  }

  // Joins kernels that read the same value over the same outputs, so that it is read once.
  void MergeSiblings() {
    for (size_t i = 0; i < computation_.size(); ++i) {
      const InstructionId value(i);
      if (facts_[value].elements <= 1 && facts_[value].bytes <= 8) continue;
      std::vector<int> siblings;
      for (int group : graph_.ReaderGroups(value)) {
        if (graph_.kind(group) == GroupKind::kKernel && IsMainInput(group, value))
          siblings.push_back(group);
      }
      if (siblings.size() > kMaxSiblings) siblings.resize(kMaxSiblings);
      for (size_t a = 0; a < siblings.size(); ++a) {
        if (!graph_.IsAlive(siblings[a])) continue;
        for (size_t b = a + 1; b < siblings.size(); ++b)
          if (graph_.IsAlive(siblings[b])) graph_.TryMerge(siblings[a], siblings[b], limits_);
      }
    }
  }

  bool IsMainInput(int group, InstructionId value) const {
    double most = 0;
    for (InstructionId input : graph_.draft(group).Inputs())
      most = std::max(most, facts_[input].bytes);
    return facts_[value].bytes >= kCommonShare * most;
  }

  // A reshape of a kernel's input is another view of a buffer: reading the view saves the kernel
  // the index arithmetic.
  void EvictReshapes(int group) {
    if (!graph_.IsAlive(group) || graph_.kind(group) != GroupKind::kKernel) return;
    for (InstructionId id : graph_.draft(group).MemberIds()) {
      if (!KeepsLinearOrder(computation_, computation_[id])) continue;
      if (graph_.draft(group).Contains(computation_[id].operands[0])) continue;
      graph_.Evict(group, id);
      if (!views_[id.value()]) graph_.Add(GroupKind::kAlias, id);
      views_[id.value()] = true;
    }
  }

  const Computation& computation_;
  const ComputationFacts& facts_;
  const Roofline& roofline_;
  const FusionLimits& limits_;
  GroupGraph graph_;
  std::vector<bool> views_;  // reshapes that have an alias group
};

FusionPlan PlanWith(const Module& module, const Computation& computation,
                    const cost_models::WorkTable& work, const Roofline& roofline,
                    const FusionLimits& limits) {
  ComputationFacts facts(module, computation, work);
  return Planner(computation, facts, roofline, limits).Plan();
}

}  // namespace

FusionPlan PlanComputation(const Module& module, const Computation& computation,
                           const cost_models::Target& target, const FusionLimits& limits) {
  return PlanWith(module, computation, cost_models::WorkTable(module), Roofline(target), limits);
}

ModulePlan PlanModule(const Module& module, const cost_models::Target& target,
                      const FusionLimits& limits) {
  const cost_models::WorkTable work(module);
  const Roofline roofline(target);
  ModulePlan plan;
  std::vector<ir::ComputationId> open = {module.entry_id()};
  while (!open.empty()) {
    ir::ComputationId id = open.back();
    open.pop_back();
    if (plan.computations.contains(id)) continue;
    FusionPlan& planned = plan.computations[id];
    planned = PlanWith(module, module[id], work, roofline, limits);
    for (const FusionGroup& group : planned.groups) {
      if (group.kind != GroupKind::kControl) continue;
      for (ir::ComputationId callee : module[id][group.members[0]].called) open.push_back(callee);
    }
  }
  return plan;
}

}  // namespace eqsat::codegen
