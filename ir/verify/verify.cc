#include "ir/verify/verify.h"

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

absl::Status CheckScheduledName(const Instruction& instruction) {
  const std::string& scheduled = *instruction.Notes().metadata.scheduling_name;
  if (scheduled.empty() || scheduled == instruction.name) return absl::OkStatus();
  return base::InvalidArgument("the instruction was scheduled under the name %s", scheduled);
}

// The rules that options ask for.
absl::Status CheckChosen(const Module& module, const Computation& computation,
                         const Instruction& instruction, const VerifyOptions& options) {
  if (options.layouts == LayoutRule::kKept)
    EQSAT_RETURN_IF_ERROR(CheckLayoutKept(computation, instruction));
  if (options.reshape_is_bitcast)
    EQSAT_RETURN_IF_ERROR(CheckReshapeIsBitcast(computation, instruction));
  if (options.one_op_async) EQSAT_RETURN_IF_ERROR(CheckOneOpAsync(module, instruction));
  return options.scheduled_names ? CheckScheduledName(instruction) : absl::OkStatus();
}

absl::Status CheckInstruction(const Module& module, const Computation& computation,
                              const Instruction& instruction, const VerifyOptions& options) {
  EQSAT_RETURN_IF_ERROR(CheckShape(module, computation, instruction, options));
  EQSAT_RETURN_IF_ERROR(CheckThreads(module, computation, instruction));
  EQSAT_RETURN_IF_ERROR(CheckDevices(module, instruction, options));
  EQSAT_RETURN_IF_ERROR(CheckShardings(module, instruction));
  EQSAT_RETURN_IF_ERROR(CheckOriginalValue(instruction));
  EQSAT_RETURN_IF_ERROR(CheckTexts(instruction));
  EQSAT_RETURN_IF_ERROR(CheckMemoryChange(computation, instruction));
  EQSAT_RETURN_IF_ERROR(CheckComposite(instruction));
  return CheckChosen(module, computation, instruction, options);
}

// "computation c, instruction i (file.py:12): "
std::string Place(const Module& module, const Computation& computation,
                  const Instruction& instruction) {
  std::string source = module.SourcePlace(instruction);
  if (!source.empty()) source = base::StrCat(" (", source, ")");
  return base::StrCat("computation ", computation.name(), ", instruction ", instruction.name,
                      source, ": ");
}

}  // namespace

absl::Status VerifyComputation(const Module& module, const Computation& computation,
                               const VerifyOptions& options) {
  for (const Instruction& instruction : computation.instructions()) {
    absl::Status status = CheckInstruction(module, computation, instruction, options);
    if (!status.ok()) return base::Annotate(status, Place(module, computation, instruction));
  }
  absl::Status status = CheckWholeComputation(computation);
  if (status.ok()) status = CheckStartsAndDones(module, computation);
  if (status.ok()) status = CheckBufferUsers(computation);
  return base::Annotate(status, base::StrCat("computation ", computation.name(), ": "));
}

absl::Status Verify(const Module& module, const VerifyOptions& options) {
  if (!module.entry_id().valid() || module.entry_id().value() >= module.computations().size())
    return base::InvalidArgument("module %s has no entry computation", module.header().name);
  for (const Computation& computation : module.computations())
    EQSAT_RETURN_IF_ERROR(VerifyComputation(module, computation, options));
  EQSAT_RETURN_IF_ERROR(CheckAsyncChains(module));
  EQSAT_RETURN_IF_ERROR(CheckChannels(module));
  absl::Status interface = CheckTexts(module.header());
  if (interface.ok()) interface = CheckInterface(module, options.layouts);
  return base::Annotate(interface, base::StrCat("module ", module.header().name, ": "));
}

}  // namespace eqsat::ir
