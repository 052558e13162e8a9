// Rules about one instruction, its callees and its annotations.
#include <algorithm>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
absl::Status CheckThreads(const Module& module, const Computation& computation,
                          const Instruction& instruction) {
  if (std::holds_alternative<AsyncAttributes>(instruction.Attrs())) return absl::OkStatus();
  for (ComputationId callee : instruction.called) {
    std::string expected = ThreadName(computation.execution_thread());
    std::string actual = ThreadName(module[callee].execution_thread());
    // Work for another thread is only handed over by async ops; the main thread's is anyone's.
    if (expected == actual || actual == "main") continue;
    return base::InvalidArgument("computation %s runs on thread %s, but its caller on %s",
                                 module[callee].name(), actual, expected);
  }
  return absl::OkStatus();
}

absl::Status CheckOneOpAsync(const Module& module, const Instruction& instruction) {
  if (!std::holds_alternative<AsyncAttributes>(instruction.Attrs())) return absl::OkStatus();
  for (ComputationId callee : instruction.called) {
    const Computation& wrapped = module[callee];
    int64_t others = static_cast<int64_t>(wrapped.size() - wrapped.parameters().size());
    if (others <= 1) continue;
    return base::InvalidArgument("computation %s has %d instructions beside its parameters, not 1",
                                 wrapped.name(), others);
  }
  return absl::OkStatus();
}

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
