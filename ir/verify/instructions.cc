// Rules about one instruction, its callees, its devices and its annotations.
#include <algorithm>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

// --- devices -------------------------------------------------------------------------------------

// With a channel a permute is between partitions, without one between replicas.
absl::Status CheckPermute(const Module& module, const CollectivePermuteAttributes& attributes) {
  bool partitions = attributes.channel_id != 0;
  int64_t limit = partitions ? module.header().num_partitions : module.header().replica_count;
  // The default of 1 also stands for "not stated".
  if (limit <= 1) return absl::OkStatus();
  for (const SourceTarget& pair : attributes.source_target_pairs) {
    if (pair.source < limit && pair.target < limit) continue;
    return base::InvalidArgument("the pair {%d,%d} needs device numbers below %d", pair.source,
                                 pair.target, limit);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckDevices(const Module& module, const Instruction& instruction) {
  if (const auto* permute = std::get_if<CollectivePermuteAttributes>(&instruction.Attrs()))
    return CheckPermute(module, *permute);
  return absl::OkStatus();
}

// --- threads -------------------------------------------------------------------------------------

absl::Status CheckThreads(const Module& module, const Computation& computation,
                          const Instruction& instruction) {
  auto thread_name = [](const std::string& thread) {
    return thread.empty() ? std::string("main") : thread;
  };
  if (std::holds_alternative<AsyncAttributes>(instruction.Attrs())) return absl::OkStatus();
  for (ComputationId callee : instruction.called) {
    std::string expected = thread_name(computation.execution_thread());
    std::string actual = thread_name(module[callee].execution_thread());
    // Work for another thread is only handed over by async ops; the main thread's is anyone's.
    if (expected == actual || actual == "main") continue;
    return base::InvalidArgument("computation %s runs on thread %s, but its caller on %s",
                                 module[callee].name(), actual, expected);
  }
  return absl::OkStatus();
}

// --- composite calls -----------------------------------------------------------------------------

absl::Status CheckComposite(const Instruction& instruction) {
  const auto* call = std::get_if<CallAttributes>(&instruction.Attrs());
  if (call == nullptr || !call->is_composite) return absl::OkStatus();
  const FrontendAttributes& attributes = instruction.Notes().frontend_attributes;
  auto value = [&attributes](std::string_view key) -> const std::string* {
    for (const auto& [name, text] : attributes)
      if (name == key) return &text;
    return nullptr;
  };
  const std::string* name = value("composite.name");
  if (name == nullptr || name->empty())
    return base::InvalidArgument("a composite call needs the frontend attribute composite.name");
  const std::string* version = value("composite.version");
  bool number = version == nullptr ||
                (!version->empty() &&
                 std::ranges::all_of(*version, [](char c) { return c >= '0' && c <= '9'; }));
  if (number) return absl::OkStatus();
  return base::InvalidArgument("composite.version=%s must be a non-negative integer", *version);
}

}  // namespace eqsat::ir
