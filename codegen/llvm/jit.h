// Machine code loaded into this process.
#ifndef EQSAT_CODEGEN_LLVM_JIT_H_
#define EQSAT_CODEGEN_LLVM_JIT_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace eqsat::codegen {

// A symbol and its address, for code to link against.
using HostSymbol = std::pair<std::string, void*>;

// Invariant: every symbol that the object needs is resolved. The code lives as long as the
// LoadedCode; looking up is const and thread-safe.
class LoadedCode {
 public:
  // Links an object file for the host against `symbols`, then against the process.
  static absl::StatusOr<std::unique_ptr<LoadedCode>> Load(std::string_view object,
                                                          absl::Span<const HostSymbol> symbols,
                                                          absl::Span<const std::string> entries);
  ~LoadedCode();

  // Addresses of the `entries`, in their order.
  absl::Span<void* const> addresses() const { return addresses_; }

 private:
  struct Session;
  explicit LoadedCode(std::unique_ptr<Session> session);
  std::unique_ptr<Session> session_;
  std::vector<void*> addresses_;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LLVM_JIT_H_
