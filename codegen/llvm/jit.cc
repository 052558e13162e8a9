#include "codegen/llvm/jit.h"

#include "ir/base/status.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"

namespace eqsat::codegen {
namespace {

absl::Status ToStatus(llvm::Error error) {
  return absl::InternalError("cannot load generated code: " + llvm::toString(std::move(error)));
}

}  // namespace

struct LoadedCode::Session {
  std::unique_ptr<llvm::orc::LLJIT> jit;
};

LoadedCode::LoadedCode(std::unique_ptr<Session> session) : session_(std::move(session)) {}

LoadedCode::~LoadedCode() = default;

absl::StatusOr<std::unique_ptr<LoadedCode>> LoadedCode::Load(
    std::string_view object, absl::Span<const HostSymbol> symbols,
    absl::Span<const std::string> entries) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto session = std::make_unique<Session>();
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit) return ToStatus(jit.takeError());
  session->jit = std::move(*jit);
  llvm::orc::JITDylib& code = session->jit->getMainJITDylib();
  llvm::orc::SymbolMap defined;
  for (const auto& [name, address] : symbols)
    defined[session->jit->mangleAndIntern(name)] = {llvm::orc::ExecutorAddr::fromPtr(address),
                                                    llvm::JITSymbolFlags::Exported};
  if (!defined.empty())
    if (auto error = code.define(llvm::orc::absoluteSymbols(std::move(defined))))
      return ToStatus(std::move(error));
  auto buffer = llvm::MemoryBuffer::getMemBufferCopy({object.data(), object.size()}, "kernels");
  if (auto error = session->jit->addObjectFile(std::move(buffer)))
    return ToStatus(std::move(error));
  std::unique_ptr<LoadedCode> result(new LoadedCode(std::move(session)));
  for (const std::string& entry : entries) {
    auto address = result->session_->jit->lookup(entry);
    if (!address) return ToStatus(address.takeError());
    result->addresses_.push_back(address->toPtr<void*>());
  }
  return result;
}

}  // namespace eqsat::codegen
