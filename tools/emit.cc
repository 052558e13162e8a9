#include "tools/emit.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_split.h"
#include "codegen/kernel_ir/print.h"
#include "codegen/targets/backend.h"
#include "engine/interchange/dot.h"
#include "engine/interchange/serialized_egraph.h"
#include "importers/stablehlo/stablehlo.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::tools {
namespace {

using codegen::CompiledModule;
using Files = std::vector<EmittedFile>;

absl::StatusOr<Files> Kernels(const Emission& emission) {
  const CompiledModule& compiled = emission.compiled;
  return Files{{compiled.artifact.extension, compiled.artifact.bytes},
               {".plan.json", codegen::LaunchPlanJson(compiled) + "\n"}};
}

absl::StatusOr<Files> Plan(const Emission& emission) {
  return Files{{".plan.json", codegen::LaunchPlanJson(emission.compiled) + "\n"}};
}

absl::StatusOr<Files> KernelIr(const Emission& emission) {
  std::string text;
  for (const codegen::Kernel& kernel : emission.compiled.lowered.kernels)
    base::StrAppend(&text, codegen::ToString(kernel), "\n");
  return Files{{".kernels.txt", std::move(text)}};
}

absl::StatusOr<Files> BackendText(const CompiledModule& compiled, codegen::ModuleText form,
                                  std::string ending) {
  const cost_models::Target& target = compiled.lowered.target;
  const codegen::Backend* backend = codegen::FindBackend(target.family);
  EQSAT_ASSIGN_OR_RETURN(std::string text,
                         backend->EmitText(compiled.lowered.kernels, target, form));
  return Files{{std::move(ending), std::move(text)}};
}

absl::StatusOr<Files> Llvm(const Emission& emission) {
  return BackendText(emission.compiled, codegen::ModuleText::kIntermediate, ".ll");
}

absl::StatusOr<Files> Assembly(const Emission& emission) {
  return BackendText(emission.compiled, codegen::ModuleText::kAssembly, ".s");
}

absl::StatusOr<Files> StableHlo(const Emission& emission) {
  EQSAT_ASSIGN_OR_RETURN(std::string text,
                         importers::PrintStableHlo(emission.compiled.lowered.module));
  return Files{{".mlir", std::move(text)}};
}

absl::StatusOr<const engine::SerializedEGraph*> EGraphOf(const Emission& emission) {
  if (emission.result.egraph) return &*emission.result.egraph;
  return absl::DeadlineExceededError("the budget was used up before the entry was searched");
}

absl::StatusOr<Files> EGraphJson(const Emission& emission) {
  EQSAT_ASSIGN_OR_RETURN(const engine::SerializedEGraph* egraph, EGraphOf(emission));
  return Files{{".egraph.json", engine::WriteEGraphJson(*egraph)}};
}

absl::StatusOr<Files> EGraphDot(const Emission& emission) {
  EQSAT_ASSIGN_OR_RETURN(const engine::SerializedEGraph* egraph, EGraphOf(emission));
  return Files{{".egraph.dot", engine::WriteDot(*egraph, {}, {})}};
}

constexpr std::array<Stage, 8> kStages = {{
    {"kernels", "the code (.o, .hsaco or .ptx) and the launch plan; the default with -o", 2,
     Kernels},
    {"stablehlo", "the optimized graph as StableHLO text (.mlir)", 1, StableHlo},
    {"plan", "the launch plan alone (.plan.json)", 1, Plan},
    {"kernel-ir", "the fused kernels before any machine's code (.kernels.txt)", 1, KernelIr},
    {"llvm", "the kernels as LLVM IR, before LLVM optimizes it (.ll)", 1, Llvm},
    {"asm", "the kernels as assembly text; for nvptx PTX (.s)", 1, Assembly},
    {"egraph-json", "the entry's e-graph with costs, as extract reads it (.egraph.json)", 1,
     EGraphJson, true},
    {"egraph-dot", "a picture of it for Graphviz, which counts what it leaves out (.egraph.dot)", 1,
     EGraphDot, true},
}};

}  // namespace

absl::Span<const Stage> Stages() { return kStages; }

absl::StatusOr<std::vector<const Stage*>> FindStages(std::string_view list) {
  std::vector<const Stage*> found;
  for (absl::string_view name : absl::StrSplit(absl::string_view(list.data(), list.size()), ',')) {
    auto stage =
        std::ranges::find(kStages, std::string_view(name.data(), name.size()), &Stage::name);
    if (stage == kStages.end()) {
      std::vector<std::string_view> known;
      for (const Stage& other : kStages) known.push_back(other.name);
      return base::InvalidArgument("--emit=%s: there is no such stage; use %s", std::string(name),
                                   base::Join(known, ", "));
    }
    found.push_back(&*stage);
  }
  return found;
}

}  // namespace eqsat::tools
