#include "codegen/llvm/compile_module.h"

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "codegen/llvm/masked_logic.h"
#include "ir/base/status.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/IndVarSimplify.h"
#include "llvm/Transforms/Scalar/LICM.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include "llvm/Transforms/Scalar/LoopRotation.h"
#include "llvm/Transforms/Scalar/LoopUnrollPass.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"

namespace eqsat::codegen {
namespace {

// What LLVM said on this thread before it gave up.
thread_local std::string fatal_message;

void RecordFatalError(void*, const char* reason, bool) { fatal_message = reason; }

// Collects LLVM's error diagnostics of one context instead of printing them.
class ErrorCollector : public llvm::DiagnosticHandler {
 public:
  explicit ErrorCollector(std::string* errors) : errors_(errors) {}
  bool handleDiagnostics(const llvm::DiagnosticInfo& info) override {
    if (info.getSeverity() != llvm::DS_Error || !errors_->empty()) return true;
    llvm::raw_string_ostream stream(*errors_);
    llvm::DiagnosticPrinterRawOStream printer(stream);
    info.print(printer);
    return true;
  }

 private:
  std::string* errors_;
};

// Runs `step`; a fatal error or a crash inside LLVM becomes an Internal status. What `step` holds
// is leaked then.
absl::Status RunGuarded(llvm::LLVMContext& context, std::string_view what,
                        const std::function<void()>& step) {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::CrashRecoveryContext::Enable();
    llvm::install_fatal_error_handler(RecordFatalError);
  });
  fatal_message.clear();
  std::string errors;
  context.setDiagnosticHandler(std::make_unique<ErrorCollector>(&errors));
  llvm::CrashRecoveryContext guard;
  bool finished = guard.RunSafely([&] { step(); });
  context.setDiagnosticHandler(std::make_unique<llvm::DiagnosticHandler>());
  if (!finished) {
    return absl::InternalError(
        absl::StrFormat("%s: %s", what, fatal_message.empty() ? "LLVM crashed" : fatal_message));
  }
  if (!errors.empty()) return absl::InternalError(absl::StrFormat("%s: %s", what, errors));
  return absl::OkStatus();
}

// Enough to clean up what the emitter writes: it leaves no calls to inline and no vectors to form.
llvm::ModulePassManager ScalarPipeline() {
  llvm::FunctionPassManager functions;
  functions.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  functions.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
  functions.addPass(llvm::SimplifyCFGPass());
  functions.addPass(llvm::InstCombinePass());
  llvm::LoopPassManager loops;
  loops.addPass(llvm::LoopRotatePass());
  loops.addPass(llvm::LICMPass(llvm::LICMOptions()));
  loops.addPass(llvm::IndVarSimplifyPass());
  functions.addPass(llvm::createFunctionToLoopPassAdaptor(std::move(loops), /*UseMemorySSA=*/true));
  functions.addPass(llvm::LoopUnrollPass(llvm::LoopUnrollOptions(2)));
  functions.addPass(llvm::InstCombinePass());
  functions.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
  functions.addPass(llvm::SimplifyCFGPass());
  llvm::ModulePassManager result;
  result.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(functions)));
  return result;
}

void RunPipeline(llvm::Module& module, llvm::TargetMachine& machine, Effort effort) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager pipeline =
      effort == Effort::kVectorize
          ? builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3)
          : ScalarPipeline();
  pipeline.run(module, modules);
  if (machine.getTargetTriple().isX86()) SeparateLogicFromSelects(module);
}

}  // namespace

absl::Status VerifyLlvm(const llvm::Module& module) {
  std::string problems;
  llvm::raw_string_ostream stream(problems);
  if (!llvm::verifyModule(module, &stream)) return absl::OkStatus();
  return absl::InternalError(absl::StrFormat("generated LLVM module is broken: %s", problems));
}

absl::Status Optimize(llvm::Module& module, llvm::TargetMachine& machine, Effort effort) {
  return RunGuarded(module.getContext(), "cannot optimize",
                    [&] { RunPipeline(module, machine, effort); });
}

absl::StatusOr<std::string> EmitCode(llvm::Module& module, llvm::TargetMachine& machine,
                                     OutputKind kind) {
  llvm::SmallVector<char, 0> bytes;
  bool supported = true;
  auto file_type = kind == OutputKind::kAssembly ? llvm::CodeGenFileType::AssemblyFile
                                                 : llvm::CodeGenFileType::ObjectFile;
  EQSAT_RETURN_IF_ERROR(RunGuarded(module.getContext(), "cannot generate code", [&] {
    llvm::raw_svector_ostream stream(bytes);
    llvm::legacy::PassManager passes;
    supported = !machine.addPassesToEmitFile(passes, stream, nullptr, file_type);
    if (supported) passes.run(module);
  }));
  if (!supported) return absl::InternalError("the LLVM target cannot write this kind of file");
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace eqsat::codegen
