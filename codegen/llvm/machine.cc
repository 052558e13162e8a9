#include "codegen/llvm/machine.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <vector>

#include "ir/base/status.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

namespace eqsat::codegen {
namespace {

void InitializeBackEnds() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    llvm::InitializeAllAsmParsers();
  });
}

absl::StatusOr<const llvm::Target*> FindTarget(const Machine& machine) {
  InitializeBackEnds();
  std::string error;
  llvm::Triple triple(machine.triple);
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (target == nullptr)
    return base::InvalidArgument("LLVM has no target %s: %s", machine.triple, error);
  std::unique_ptr<llvm::MCSubtargetInfo> generic(target->createMCSubtargetInfo(triple, "", ""));
  if (generic != nullptr && !machine.cpu.empty() && !generic->isCPUStringValid(machine.cpu))
    return base::InvalidArgument("LLVM knows no processor %s of %s", machine.cpu, machine.triple);
  return target;
}

}  // namespace

Machine HostMachine() {
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  std::vector<std::string> features;
  for (const auto& feature : host)
    features.push_back((feature.getValue() ? "+" : "-") + feature.getKey().str());
  std::sort(features.begin(), features.end());
  Machine machine{llvm::sys::getProcessTriple(), llvm::sys::getHostCPUName().str(), ""};
  for (const std::string& feature : features)
    machine.features += (machine.features.empty() ? "" : ",") + feature;
  return machine;
}

bool RunsOnHost(const Machine& machine) {
  Machine host = HostMachine();
  if (llvm::Triple(machine.triple).getArch() != llvm::Triple(host.triple).getArch()) return false;
  absl::StatusOr<const llvm::Target*> target = FindTarget(machine);
  if (!target.ok()) return false;
  llvm::Triple triple(machine.triple);
  std::unique_ptr<llvm::MCSubtargetInfo> wanted(
      (*target)->createMCSubtargetInfo(triple, machine.cpu, machine.features));
  // Features that getHostCPUFeatures does not report (tuning and such) decide nothing.
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  for (const auto& feature : features)
    if (!feature.getValue() && wanted->checkFeatures("+" + feature.getKey().str())) return false;
  return true;
}

absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> CreateTargetMachine(const Machine& machine) {
  EQSAT_ASSIGN_OR_RETURN(const llvm::Target* target, FindTarget(machine));
  llvm::Triple triple(machine.triple);
  llvm::Reloc::Model relocation = triple.isNVPTX() ? llvm::Reloc::Static : llvm::Reloc::PIC_;
  std::unique_ptr<llvm::TargetMachine> result(
      target->createTargetMachine(triple, machine.cpu, machine.features, llvm::TargetOptions(),
                                  relocation, std::nullopt, llvm::CodeGenOptLevel::Default));
  if (result == nullptr)
    return base::InvalidArgument("LLVM cannot generate code for %s", machine.triple);
  return result;
}

}  // namespace eqsat::codegen
