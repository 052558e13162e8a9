#include "codegen/fusion/fusion_plan.h"

#include <algorithm>

#include "codegen/fusion/computation_facts.h"
#include "codegen/fusion/lowerable.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::codegen {
namespace {

using ir::Computation;
using ir::InstructionId;

bool IsSortedSet(const std::vector<InstructionId>& ids) {
  return std::ranges::adjacent_find(ids, [](auto a, auto b) { return a >= b; }) == ids.end();
}

bool Has(const std::vector<InstructionId>& sorted, InstructionId id) {
  return std::ranges::binary_search(sorted, id);
}

absl::Status CheckKernel(const ir::Module& module, const Computation& computation,
                         const FusionGroup& group, std::string_view place) {
  auto error = [&](std::string_view what) {
    return absl::InternalError(base::StrCat(place, ": ", what));
  };
  for (InstructionId id : group.members) {
    if (!IsLowerable(module, computation, computation[id]))
      return error(base::StrCat(computation[id].name, " cannot be lowered"));
  }
  auto elements = [&](InstructionId id) { return ElementsOf(computation[id].shape); };
  const bool has_hero = group.form == KernelForm::kContraction || group.form == KernelForm::kUpdate;
  if (has_hero != group.hero.valid()) return error("hero does not agree with the form");
  if (has_hero && !Has(group.members, group.hero)) return error("the hero is no member");
  for (InstructionId output : group.outputs) {
    const int64_t size = elements(output);
    if (group.form == KernelForm::kLoop &&
        !ir::Shape::SameDimensions(computation[output].shape, computation[group.outputs[0]].shape))
      return error("outputs of a loop differ in dimensions");
    if (group.form == KernelForm::kContraction && size != group.rows)
      return error("an output of a contraction differs in size");
    if (group.form == KernelForm::kRow && group.rows > 0 && size % group.rows != 0)
      return error("an output has no whole rows");
  }
  if (group.form != KernelForm::kUpdate) return absl::OkStatus();
  const InstructionId updated = computation[group.hero].operands[0];
  if (group.outputs != std::vector<InstructionId>{group.hero} || !Has(group.inputs, updated))
    return error("an update has other outputs, or computes what it updates");
  for (InstructionId id : group.members) {
    const auto& operands = computation[id].operands;
    if (std::ranges::count(operands, updated) != (id == group.hero ? 1 : 0))
      return error("a member reads what the kernel updates");
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view Name(GroupKind kind) {
  constexpr std::string_view kNames[] = {"kernel", "control", "library", "alias"};
  return kNames[static_cast<int>(kind)];
}

std::string_view Name(KernelForm form) {
  constexpr std::string_view kNames[] = {"loop", "row", "contraction", "update"};
  return kNames[static_cast<int>(form)];
}

std::string ToString(const Computation& computation, const FusionPlan& plan) {
  auto names = [&](const std::vector<InstructionId>& ids) {
    std::vector<std::string_view> list;
    for (InstructionId id : ids) list.push_back(computation[id].name);
    return base::Join(list, " ");
  };
  std::string text;
  for (const FusionGroup& group : plan.groups) {
    base::StrAppend(&text, Name(group.kind));
    if (group.kind == GroupKind::kKernel) base::StrAppend(&text, " ", Name(group.form));
    if (group.rows > 0) base::StrAppend(&text, " rows=", group.rows);
    base::StrAppend(&text, ": ", names(group.members), " -> ", names(group.outputs), "\n");
  }
  return text;
}

absl::Status VerifyPlan(const ir::Module& module, const Computation& computation,
                        const FusionPlan& plan) {
  std::vector<bool> available(computation.size());
  for (size_t i = 0; i < plan.groups.size(); ++i) {
    const FusionGroup& group = plan.groups[i];
    const std::string place = base::StrCat("computation ", computation.name(), ", group ", i);
    auto error = [&](std::string_view what) {
      return absl::InternalError(base::StrCat(place, ": ", what));
    };
    if (group.members.empty() || !IsSortedSet(group.members) || !IsSortedSet(group.inputs) ||
        !IsSortedSet(group.outputs))
      return error("members, inputs or outputs are no ascending sets");
    for (InstructionId id : group.members) {
      for (InstructionId operand : computation[id].operands) {
        if (!Has(group.members, operand) && !Has(group.inputs, operand))
          return error(base::StrCat(computation[operand].name, " is neither member nor input"));
      }
    }
    for (InstructionId input : group.inputs) {
      if (Has(group.members, input)) return error("a member is an input");
      if (!available[input.value()])
        return error(base::StrCat(computation[input].name, " is not computed before"));
    }
    for (InstructionId output : group.outputs) {
      if (!Has(group.members, output)) return error("an output is no member");
      if (available[output.value()])
        return error(base::StrCat(computation[output].name, " is an output of two groups"));
      available[output.value()] = true;
    }
    if (group.kind == GroupKind::kKernel)
      EQSAT_RETURN_IF_ERROR(CheckKernel(module, computation, group, place));
    else if (group.members.size() != 1)
      return error("only kernels have several members");
  }
  if (!available[computation.root().value()])
    return absl::InternalError(
        base::StrCat("computation ", computation.name(), ": the root is not computed"));
  return absl::OkStatus();
}

}  // namespace eqsat::codegen
