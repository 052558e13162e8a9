#include "codegen/targets/llvm_backend.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Bitcode/BitcodeWriter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

namespace eqsat::codegen {
namespace {

// Few enough that a program of some dozens of kernels keeps every processor busy. Not to depend on
// the number of threads: the code must be the same for any.
constexpr size_t kKernelsOfModule = 8;

}  // namespace

struct LlvmBackend::Built {
  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
  std::vector<LaunchShape> kernels;
};

absl::StatusOr<LlvmBackend::Built> LlvmBackend::Build(absl::Span<const Kernel> kernels,
                                                      const cost_models::Target& target) const {
  Built built;
  EQSAT_ASSIGN_OR_RETURN(Machine machine, MachineOf(target));
  EQSAT_ASSIGN_OR_RETURN(built.machine, CreateTargetMachine(machine));
  built.context = std::make_unique<llvm::LLVMContext>();
  built.module = std::make_unique<llvm::Module>("kernels", *built.context);
  built.module->setTargetTriple(built.machine->getTargetTriple());
  built.module->setDataLayout(built.machine->createDataLayout());
  PrepareModule(*built.module);
  for (const Kernel& kernel : kernels) {
    if (built.module->getNamedValue(kernel.name) != nullptr)
      return base::InvalidArgument("two kernels are named %s", kernel.name);
    built.kernels.push_back(EmitKernel(*built.module, kernel, target));
    built.kernels.back().operations = CountOperations(kernel);
  }
  EQSAT_RETURN_IF_ERROR(VerifyLlvm(*built.module));
  return built;
}

struct LlvmBackend::Compiled {
  std::string code;
  std::vector<LaunchShape> kernels;
};

absl::StatusOr<LlvmBackend::Compiled> LlvmBackend::CompileTogether(
    absl::Span<const Kernel> kernels, const cost_models::Target& target) const {
  EQSAT_ASSIGN_OR_RETURN(Built built, Build(kernels, target));
  EQSAT_RETURN_IF_ERROR(Optimize(*built.module, *built.machine, output().effort));
  EQSAT_ASSIGN_OR_RETURN(std::string code, EmitCode(*built.module, *built.machine, output().kind));
  return Compiled{std::move(code), std::move(built.kernels)};
}

absl::StatusOr<Artifact> LlvmBackend::Compile(absl::Span<const Kernel> kernels,
                                              const cost_models::Target& target,
                                              size_t threads) const {
  const size_t together =
      output().joins_modules ? kKernelsOfModule : std::max<size_t>(kernels.size(), 1);
  const size_t num_modules = std::max<size_t>(llvm::divideCeil(kernels.size(), together), 1);
  std::vector<absl::StatusOr<Compiled>> modules(num_modules);
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(static_cast<unsigned>(threads)));
  for (size_t i = 0; i < num_modules; ++i) {
    pool.async(
        [&, i] { modules[i] = CompileTogether(kernels.subspan(i * together, together), target); });
  }
  pool.wait();

  Artifact artifact;
  artifact.extension = output().extension;
  std::vector<std::string> code;
  for (absl::StatusOr<Compiled>& module : modules) {
    if (!module.ok()) return module.status();
    code.push_back(std::move(module->code));
    std::ranges::move(module->kernels, std::back_inserter(artifact.kernels));
  }
  EQSAT_ASSIGN_OR_RETURN(artifact.bytes, Finish(std::move(code)));
  return artifact;
}

absl::StatusOr<Artifact> LlvmBackend::EmitBitcode(absl::Span<const Kernel> kernels,
                                                  const cost_models::Target& target) const {
  EQSAT_ASSIGN_OR_RETURN(Built built, Build(kernels, target));
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::WriteBitcodeToFile(*built.module, stream);
  Artifact artifact;
  artifact.bytes.assign(bytes.begin(), bytes.end());
  artifact.extension = ".bc";
  artifact.kernels = std::move(built.kernels);
  return artifact;
}

absl::StatusOr<std::string> LlvmBackend::EmitText(absl::Span<const Kernel> kernels,
                                                  const cost_models::Target& target,
                                                  ModuleText text) const {
  EQSAT_ASSIGN_OR_RETURN(Built built, Build(kernels, target));
  if (text == ModuleText::kIntermediate) {
    std::string printed;
    llvm::raw_string_ostream stream(printed);
    built.module->print(stream, nullptr);
    return printed;
  }
  EQSAT_RETURN_IF_ERROR(Optimize(*built.module, *built.machine, output().effort));
  return EmitCode(*built.module, *built.machine, OutputKind::kAssembly);
}

}  // namespace eqsat::codegen
