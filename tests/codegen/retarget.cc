#include "tests/codegen/retarget.h"

#include <map>
#include <memory>
#include <set>
#include <utility>

#include "codegen/llvm/compile_module.h"
#include "codegen/llvm/machine.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Target/TargetMachine.h"

namespace eqsat::codegen {
namespace {

class Retargeter {
 public:
  explicit Retargeter(llvm::Module& module) : module_(module), b_(module.getContext()) {}

  absl::Status Run() {
    std::vector<llvm::Function*> kernels;
    for (llvm::Function& function : module_)
      if (!function.isDeclaration()) kernels.push_back(&function);
    for (llvm::Function* kernel : kernels) EQSAT_RETURN_IF_ERROR(RewriteKernel(*kernel));
    for (llvm::GlobalVariable& memory : module_.globals()) {
      // Any work-item may write it at a barrier, which is a call to the outside here.
      memory.setLinkage(llvm::GlobalValue::ExternalLinkage);
      memory.setInitializer(llvm::Constant::getNullValue(memory.getValueType()));
    }
    return absl::OkStatus();
  }

  const std::set<std::string>& cooperative() const { return cooperative_; }

 private:
  absl::Status RewriteKernel(llvm::Function& kernel) {
    std::vector<llvm::IntrinsicInst*> calls;
    std::vector<llvm::AllocaInst*> stack;
    for (llvm::Instruction& instruction : llvm::instructions(kernel)) {
      if (auto* call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction)) calls.push_back(call);
      if (auto* memory = llvm::dyn_cast<llvm::AllocaInst>(&instruction)) stack.push_back(memory);
    }
    for (llvm::IntrinsicInst* call : calls) EQSAT_RETURN_IF_ERROR(RewriteCall(kernel, *call));
    for (llvm::AllocaInst* memory : stack) MoveToHostStack(*memory);
    kernel.setCallingConv(llvm::CallingConv::C);
    AddEntry(kernel);
    return absl::OkStatus();
  }

  absl::Status RewriteCall(llvm::Function& kernel, llvm::IntrinsicInst& call) {
    llvm::StringRef name = call.getCalledFunction()->getName();
    if (!name.starts_with("llvm.nvvm.") && !name.starts_with("llvm.amdgcn.")) {
      return absl::OkStatus();  // every target has it
    }
    b_.SetInsertPoint(&call);
    llvm::Value* result = nullptr;
    if (name == "llvm.nvvm.read.ptx.sreg.tid.x" || name == "llvm.amdgcn.workitem.id.x") {
      result = CallHost(kWorkItemIdSymbol, b_.getInt32Ty(), {});
    } else if (name == "llvm.nvvm.read.ptx.sreg.ctaid.x" || name == "llvm.amdgcn.workgroup.id.x") {
      result = CallHost(kGroupIdSymbol, b_.getInt32Ty(), {});
    } else if (name == "llvm.nvvm.barrier.cta.sync.aligned.all" ||
               name == "llvm.amdgcn.s.barrier") {
      result = CallHost(kBarrierSymbol, b_.getVoidTy(), {Site(kernel)});
    } else if (name == "llvm.nvvm.shfl.sync.down.i32") {
      llvm::Value* lane = CallHost(kWorkItemIdSymbol, b_.getInt32Ty(), {});
      llvm::Value* source = b_.CreateAdd(b_.CreateAnd(lane, 31), call.getArgOperand(2));
      result = Exchange(kernel, call.getArgOperand(1), source);
    } else if (name == "llvm.nvvm.shfl.sync.idx.i32") {
      result = Exchange(kernel, call.getArgOperand(1), call.getArgOperand(2));
    } else if (name == "llvm.amdgcn.readfirstlane.i32") {
      result = Exchange(kernel, call.getArgOperand(0), b_.getInt32(0));
    } else if (name == "llvm.amdgcn.ds.bpermute") {
      result = Exchange(kernel, call.getArgOperand(1), b_.CreateLShr(call.getArgOperand(0), 2));
    } else {
      return base::Unimplemented("no host counterpart of %s", name.str());
    }
    if (!call.getType()->isVoidTy()) call.replaceAllUsesWith(result);
    call.eraseFromParent();
    return absl::OkStatus();
  }

  llvm::Value* Exchange(llvm::Function& kernel, llvm::Value* value, llvm::Value* source) {
    return CallHost(kExchangeSymbol, b_.getInt32Ty(), {value, source, Site(kernel)});
  }

  // A number for a place where work-items meet, so that meetings at two places are told apart.
  llvm::Value* Site(llvm::Function& kernel) {
    cooperative_.insert(kernel.getName().str());
    return b_.getInt32(next_site_++);
  }

  llvm::Value* CallHost(const char* symbol, llvm::Type* result,
                        llvm::ArrayRef<llvm::Value*> arguments) {
    std::vector<llvm::Type*> types;
    for (llvm::Value* argument : arguments) types.push_back(argument->getType());
    auto callee =
        module_.getOrInsertFunction(symbol, llvm::FunctionType::get(result, types, false));
    return b_.CreateCall(callee, arguments);
  }

  void MoveToHostStack(llvm::AllocaInst& memory) {
    if (memory.getAddressSpace() == 0) return;
    b_.SetInsertPoint(&memory);
    llvm::AllocaInst* moved = b_.CreateAlloca(memory.getAllocatedType(), 0u);
    moved->setAlignment(memory.getAlign());
    memory.replaceAllUsesWith(b_.CreateAddrSpaceCast(moved, memory.getType()));
    memory.eraseFromParent();
  }

  void AddEntry(llvm::Function& kernel) {
    auto* pointer = b_.getPtrTy();
    auto* entry = llvm::Function::Create(llvm::FunctionType::get(b_.getVoidTy(), {pointer}, false),
                                         llvm::Function::ExternalLinkage,
                                         HostEntryOf(kernel.getName().str()), module_);
    b_.SetInsertPoint(llvm::BasicBlock::Create(module_.getContext(), "entry", entry));
    std::vector<llvm::Value*> arguments;
    for (llvm::Argument& parameter : kernel.args()) {
      llvm::Value* slot =
          b_.CreateConstInBoundsGEP1_64(pointer, entry->getArg(0), parameter.getArgNo());
      arguments.push_back(
          b_.CreateAddrSpaceCast(b_.CreateLoad(pointer, slot), parameter.getType()));
    }
    b_.CreateCall(&kernel, arguments);
    b_.CreateRetVoid();
  }

  llvm::Module& module_;
  llvm::IRBuilder<> b_;
  std::set<std::string> cooperative_;
  uint32_t next_site_ = 0;
};

}  // namespace

std::string HostEntryOf(std::string_view kernel) { return base::StrCat("host.", kernel); }

absl::StatusOr<HostObject> RetargetToHost(std::string_view bitcode) {
  llvm::LLVMContext context;
  auto module = llvm::parseBitcodeFile(
      llvm::MemoryBufferRef({bitcode.data(), bitcode.size()}, "kernels"), context);
  if (!module) return absl::InternalError(llvm::toString(module.takeError()));
  EQSAT_ASSIGN_OR_RETURN(std::unique_ptr<llvm::TargetMachine> machine,
                         CreateTargetMachine(HostMachine()));
  (*module)->setTargetTriple(machine->getTargetTriple());
  (*module)->setDataLayout(machine->createDataLayout());
  Retargeter retargeter(**module);
  EQSAT_RETURN_IF_ERROR(retargeter.Run());
  EQSAT_RETURN_IF_ERROR(VerifyLlvm(**module));
  EQSAT_RETURN_IF_ERROR(Optimize(**module, *machine, Effort::kScalar));
  HostObject object;
  object.cooperative.assign(retargeter.cooperative().begin(), retargeter.cooperative().end());
  EQSAT_ASSIGN_OR_RETURN(object.bytes, EmitCode(**module, *machine, OutputKind::kObject));
  return object;
}

}  // namespace eqsat::codegen
