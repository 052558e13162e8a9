#include "ir/verify/verify.h"

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

absl::Status CheckInstruction(const Module& module, const Computation& computation,
                              const Instruction& instruction) {
  EQSAT_RETURN_IF_ERROR(CheckShape(module, computation, instruction));
  EQSAT_RETURN_IF_ERROR(CheckThreads(module, computation, instruction));
  EQSAT_RETURN_IF_ERROR(CheckDevices(module, instruction));
  EQSAT_RETURN_IF_ERROR(CheckShardings(module, instruction));
  EQSAT_RETURN_IF_ERROR(CheckOriginalValue(instruction));
  EQSAT_RETURN_IF_ERROR(CheckTexts(instruction));
  EQSAT_RETURN_IF_ERROR(CheckMemoryChange(computation, instruction));
  return CheckComposite(instruction);
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

absl::Status VerifyComputation(const Module& module, const Computation& computation) {
  for (const Instruction& instruction : computation.instructions()) {
    absl::Status status = CheckInstruction(module, computation, instruction);
    if (!status.ok()) return base::Annotate(status, Place(module, computation, instruction));
  }
  absl::Status status = CheckWholeComputation(computation);
  if (status.ok()) status = CheckStartsAndDones(module, computation);
  if (status.ok()) status = CheckBufferUsers(computation);
  return base::Annotate(status, base::StrCat("computation ", computation.name(), ": "));
}

absl::Status Verify(const Module& module) {
  if (!module.entry_id().valid() || module.entry_id().value() >= module.computations().size())
    return base::InvalidArgument("module %s has no entry computation", module.header().name);
  for (const Computation& computation : module.computations())
    EQSAT_RETURN_IF_ERROR(VerifyComputation(module, computation));
  EQSAT_RETURN_IF_ERROR(CheckAsyncChains(module));
  EQSAT_RETURN_IF_ERROR(CheckChannels(module));
  return base::Annotate(CheckInterface(module),
                        base::StrCat("module ", module.header().name, ": "));
}

}  // namespace eqsat::ir
