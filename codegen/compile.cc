#include "codegen/compile.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "codegen/kernel_ir/structure.h"
#include "codegen/lower/lower_group.h"
#include "codegen/targets/backend.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/opcode.h"

namespace eqsat::codegen {
namespace {

absl::StatusOr<const Backend*> BackendFor(const cost_models::Target& target) {
  const Backend* backend = FindBackend(target.family);
  if (backend != nullptr) return backend;
  return base::Unimplemented("no code generator for the family %s of target %s", target.family,
                             target.name);
}

// Distinct kernels in order of first use. Names become symbols that every assembler takes.
class KernelSet {
 public:
  // The number of a kernel structurally equal to `kernel`.
  int64_t Add(Kernel kernel) {
    std::vector<int64_t>& candidates = by_hash_[StructuralHash(kernel)];
    for (int64_t number : candidates)
      if (StructurallyEqual(kernels_[static_cast<size_t>(number)], kernel)) return number;
    int64_t number = static_cast<int64_t>(kernels_.size());
    candidates.push_back(number);
    kernel.name = FreshSymbol(kernel.name);
    kernels_.push_back(std::move(kernel));
    return number;
  }

  std::vector<Kernel> Take() && { return std::move(kernels_); }

 private:
  std::string FreshSymbol(std::string_view name) {
    std::string symbol = "k_";
    for (char c : name) symbol += absl::ascii_isalnum(static_cast<unsigned char>(c)) ? c : '_';
    std::string fresh = symbol;
    for (int64_t n = 2; !symbols_.insert(fresh).second; ++n) fresh = base::StrCat(symbol, "_", n);
    return fresh;
  }

  std::vector<Kernel> kernels_;
  absl::flat_hash_map<uint64_t, std::vector<int64_t>> by_hash_;
  std::set<std::string> symbols_;
};

bool WritesNothing(const ir::Computation& computation, const FusionGroup& group) {
  return std::all_of(group.outputs.begin(), group.outputs.end(),
                     [&](ir::InstructionId id) { return computation[id].shape.ByteSize() == 0; });
}

class ModuleLowering {
 public:
  ModuleLowering(const ir::Module& module, const ModulePlan& plan, ScheduleTarget schedule)
      : module_(module), plan_(plan), schedule_(schedule) {}

  absl::StatusOr<KernelNumbers> Run() {
    KernelNumbers numbers;
    for (const auto& [id, plan] : plan_.computations)
      for (const FusionGroup& group : plan.groups) {
        EQSAT_ASSIGN_OR_RETURN(int64_t number, Lower(module_[id], group));
        numbers[id].push_back(number);
      }
    return numbers;
  }

  KernelSet& kernels() { return kernels_; }
  std::map<std::string, int64_t>& interpreted_ops() { return interpreted_ops_; }

 private:
  absl::StatusOr<int64_t> Lower(const ir::Computation& computation, const FusionGroup& group) {
    if (group.kind == GroupKind::kAlias || group.kind == GroupKind::kControl) return kNothing;
    if (group.kind == GroupKind::kLibrary) return Interpret(computation, group);
    if (WritesNothing(computation, group)) return kNothing;
    absl::StatusOr<Kernel> kernel = LowerGroup(module_, computation, group, schedule_);
    if (absl::IsUnimplemented(kernel.status())) return Interpret(computation, group);
    if (!kernel.ok()) return kernel.status();
    return kernels_.Add(*std::move(kernel));
  }

  int64_t Interpret(const ir::Computation& computation, const FusionGroup& group) {
    for (ir::InstructionId id : group.members)
      ++interpreted_ops_[std::string(Name(computation[id].opcode))];
    return kInterpreted;
  }

  const ir::Module& module_;
  const ModulePlan& plan_;
  ScheduleTarget schedule_;
  KernelSet kernels_;
  std::map<std::string, int64_t> interpreted_ops_;
};

// Buffers have sizes: a program of unbounded ones can be searched, but not compiled.
absl::Status CheckSizes(const ir::Module& module) {
  for (const ir::Computation& computation : module.computations()) {
    for (const ir::Instruction& instruction : computation.instructions()) {
      if (!instruction.shape.IsArray() || !instruction.shape.HasUnboundedDimensions()) continue;
      return base::Unimplemented("%s: there is no code for %s, whose size has no bound",
                                 instruction.name, instruction.shape.ToString());
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LoweredModule> LowerModule(const ir::Module& module,
                                          const cost_models::Target& target,
                                          const CompileOptions& options) {
  EQSAT_RETURN_IF_ERROR(CheckSizes(module));
  EQSAT_ASSIGN_OR_RETURN(const Backend* backend, BackendFor(target));
  ModulePlan plan = PlanModule(module, target, options.fusion);
  ModuleLowering lowering(module, plan, backend->Schedule(target));
  EQSAT_ASSIGN_OR_RETURN(KernelNumbers numbers, lowering.Run());
  EQSAT_ASSIGN_OR_RETURN(LaunchPlan launches, BuildLaunchPlan(module, plan, numbers));
  return LoweredModule{module, target, std::move(lowering.kernels()).Take(), std::move(launches),
                       std::move(lowering.interpreted_ops())};
}

absl::StatusOr<CompiledModule> CompileModule(const ir::Module& module,
                                             const cost_models::Target& target,
                                             const CompileOptions& options) {
  EQSAT_ASSIGN_OR_RETURN(LoweredModule lowered, LowerModule(module, target, options));
  EQSAT_ASSIGN_OR_RETURN(const Backend* backend, BackendFor(target));
  EQSAT_ASSIGN_OR_RETURN(Artifact artifact,
                         backend->Compile(lowered.kernels, target, options.threads));
  return CompiledModule{std::move(lowered), std::move(artifact)};
}

absl::StatusOr<std::unique_ptr<Executable>> LoadModule(const CompiledModule& compiled) {
  const LoweredModule& lowered = compiled.lowered;
  EQSAT_ASSIGN_OR_RETURN(const Backend* backend, BackendFor(lowered.target));
  EQSAT_ASSIGN_OR_RETURN(std::unique_ptr<Device> device,
                         backend->Load(compiled.artifact, lowered.target));
  return Executable::Create(lowered.module, lowered.plan, std::move(device));
}

}  // namespace eqsat::codegen
