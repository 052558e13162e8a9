#include "codegen/fusion/group_graph.h"

#include <algorithm>
#include <functional>
#include <queue>

#include "absl/container/flat_hash_set.h"
#include "ir/base/check.h"

namespace eqsat::codegen {
namespace {

using ir::InstructionId;

// Groups that a search for a path may visit.
constexpr size_t kMaxVisited = 64;

}  // namespace

int GroupGraph::Add(GroupKind kind, InstructionId id) {
  Group group{kind, id, std::nullopt, true};
  if (kind == GroupKind::kKernel) group.draft.emplace(facts_, id);
  groups_.push_back(std::move(group));
  AddReader(size() - 1, id);
  return size() - 1;
}

void GroupGraph::AddReader(int group, InstructionId member) {
  for (InstructionId operand : facts_.computation()[member].operands)
    readers_[operand.value()].push_back({group, member});
}

bool GroupGraph::Contains(int group, InstructionId id) const {
  return groups_[group].draft ? groups_[group].draft->Contains(id) : groups_[group].single == id;
}

std::vector<int> GroupGraph::ReaderGroups(InstructionId id) const {
  std::vector<int> groups;
  for (const Reader& reader : readers_[id.value()])
    if (!Contains(reader.group, id)) groups.push_back(reader.group);
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  return groups;
}

bool GroupGraph::TryAdd(int group, InstructionId id, KernelDraft::As as, const FusionLimits& limits,
                        const cost_models::Roofline& roofline) {
  if (!draft(group).TryAdd(id, as, limits, roofline)) return false;
  AddReader(group, id);
  return true;
}

bool GroupGraph::TryMerge(int into, int from, const FusionLimits& limits) {
  if (MayReach({into}, from) || MayReach({from}, into)) return false;
  if (!draft(into).TryMerge(draft(from), limits)) return false;
  for (InstructionId member : draft(from).MemberIds()) {
    for (InstructionId operand : facts_.computation()[member].operands) {
      for (Reader& reader : readers_[operand.value()])
        if (reader.group == from) reader.group = into;
    }
  }
  groups_[from].alive = false;
  return true;
}

void GroupGraph::Evict(int group, InstructionId id) {
  draft(group).Remove(id);
  for (InstructionId operand : facts_.computation()[id].operands) {
    std::erase_if(readers_[operand.value()], [&](const Reader& reader) {
      return reader.group == group && reader.member == id;
    });
  }
}

std::vector<InstructionId> GroupGraph::Outputs(int group) const {
  const Group& g = groups_[group];
  return g.draft ? g.draft->outputs() : std::vector<InstructionId>{g.single};
}

bool GroupGraph::MayReach(absl::Span<const int> from, int to) const {
  absl::flat_hash_set<int> visited;
  std::vector<int> open;
  for (int group : from)
    if (group != to && visited.insert(group).second) open.push_back(group);
  while (!open.empty()) {
    int group = open.back();
    open.pop_back();
    for (InstructionId output : Outputs(group)) {
      for (const Reader& reader : readers_[output.value()]) {
        if (Contains(reader.group, output)) continue;
        if (reader.group == to || visited.size() > kMaxVisited) return true;
        if (visited.insert(reader.group).second) open.push_back(reader.group);
      }
    }
  }
  return false;
}

FusionGroup GroupGraph::Describe(int group) const {
  const Group& g = groups_[group];
  FusionGroup described;
  described.kind = g.kind;
  described.outputs = Outputs(group);
  std::sort(described.outputs.begin(), described.outputs.end());
  if (g.draft) {
    described.form = g.draft->form();
    described.members = g.draft->MemberIds();
    described.evaluations = g.draft->Evaluations();
    described.inputs = g.draft->Inputs();
    described.hero = g.draft->hero();
    described.rows = g.draft->rows();
    return described;
  }
  described.members = {g.single};
  const auto& operands = facts_.computation()[g.single].operands;
  described.inputs.assign(operands.begin(), operands.end());
  std::sort(described.inputs.begin(), described.inputs.end());
  described.inputs.erase(std::unique(described.inputs.begin(), described.inputs.end()),
                         described.inputs.end());
  return described;
}

FusionPlan GroupGraph::Finish() const {
  std::vector<FusionGroup> described(groups_.size());
  std::vector<int> producer(facts_.computation().size(), -1);
  size_t alive = 0;
  for (int group = 0; group < size(); ++group) {
    if (!groups_[group].alive) continue;
    ++alive;
    described[group] = Describe(group);
    for (InstructionId output : described[group].outputs) producer[output.value()] = group;
  }
  std::vector<int> missing(groups_.size());
  std::vector<std::vector<int>> successors(groups_.size());
  // The group whose last member comes first in the computation goes first.
  using Ready = std::pair<InstructionId, int>;
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
  for (int group = 0; group < size(); ++group) {
    if (!groups_[group].alive) continue;
    for (InstructionId input : described[group].inputs) {
      EQSAT_CHECK(producer[input.value()] >= 0);
      successors[producer[input.value()]].push_back(group);
      ++missing[group];
    }
    if (missing[group] == 0) ready.emplace(described[group].members.back(), group);
  }
  FusionPlan plan;
  while (!ready.empty()) {
    int group = ready.top().second;
    ready.pop();
    for (int successor : successors[group]) {
      if (--missing[successor] == 0) ready.emplace(described[successor].members.back(), successor);
    }
    plan.groups.push_back(std::move(described[group]));
  }
  EQSAT_CHECK(plan.groups.size() == alive);
  return plan;
}

}  // namespace eqsat::codegen
