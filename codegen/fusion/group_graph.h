// The groups of a plan while they form, and who reads what.
#ifndef EQSAT_CODEGEN_FUSION_GROUP_GRAPH_H_
#define EQSAT_CODEGEN_FUSION_GROUP_GRAPH_H_

#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "codegen/fusion/computation_facts.h"
#include "codegen/fusion/fusion_plan.h"
#include "codegen/fusion/kernel_draft.h"

namespace eqsat::codegen {

// Invariant: the groups do not depend on each other in a cycle.
class GroupGraph {
 public:
  explicit GroupGraph(const ComputationFacts& facts)
      : facts_(facts), readers_(facts.computation().size()) {}

  int Add(GroupKind kind, ir::InstructionId id);

  int size() const { return static_cast<int>(groups_.size()); }
  // False for groups that were merged into others.
  bool IsAlive(int group) const { return groups_[group].alive; }
  GroupKind kind(int group) const { return groups_[group].kind; }
  // The instruction of a group that is no kernel.
  ir::InstructionId single(int group) const { return groups_[group].single; }
  // Kernels only.
  KernelDraft& draft(int group) { return *groups_[group].draft; }
  const KernelDraft& draft(int group) const { return *groups_[group].draft; }

  // Groups with a member that reads `id` from outside, ascending.
  std::vector<int> ReaderGroups(ir::InstructionId id) const;
  bool HasReaders(ir::InstructionId id) const { return !readers_[id.value()].empty(); }

  // KernelDraft::TryAdd, and the new member's operands get a reader.
  bool TryAdd(int group, ir::InstructionId id, KernelDraft::As as, const FusionLimits& limits,
              const cost_models::Roofline& roofline);
  // Merges `from` into `into` if their kernels can and neither depends on the other.
  bool TryMerge(int into, int from, const FusionLimits& limits);
  // Makes `id` an input of `group` instead of a member.
  void Evict(int group, ir::InstructionId id);

  // True if some group of `from` other than `to` leads to `to`, or if finding out takes too long.
  bool MayReach(absl::Span<const int> from, int to) const;

  // Alive groups in an order of execution, as the plan states them.
  FusionPlan Finish() const;

 private:
  struct Reader {
    int group;
    ir::InstructionId member;
  };
  struct Group {
    GroupKind kind;
    ir::InstructionId single;  // all but kernels
    std::optional<KernelDraft> draft;
    bool alive = true;
  };

  bool Contains(int group, ir::InstructionId id) const;
  std::vector<ir::InstructionId> Outputs(int group) const;
  void AddReader(int group, ir::InstructionId member);
  FusionGroup Describe(int group) const;

  const ComputationFacts& facts_;
  std::vector<Group> groups_;
  std::vector<std::vector<Reader>> readers_;  // by instruction
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_FUSION_GROUP_GRAPH_H_
