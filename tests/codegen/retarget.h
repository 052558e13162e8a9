// GPU modules as host code: the unchanged output of a GPU family's emitter, with the intrinsics
// that name a work-item or make work-items meet replaced by calls into a host runtime.
#ifndef EQSAT_TESTS_CODEGEN_RETARGET_H_
#define EQSAT_TESTS_CODEGEN_RETARGET_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace eqsat::codegen {

// Symbols that the host runtime must define.
inline constexpr char kWorkItemIdSymbol[] = "host_work_item_id";  // int32_t ()
inline constexpr char kGroupIdSymbol[] = "host_group_id";         // int32_t ()
inline constexpr char kBarrierSymbol[] = "host_barrier";          // void (int32_t site)
// The value that the work-item `source` of the wave gives.
inline constexpr char kExchangeSymbol[] = "host_exchange";  // int32_t (value, source, site)

// The entry that runs one work-item of kernel NAME: void (void** buffers).
std::string HostEntryOf(std::string_view kernel);

struct HostObject {
  std::string bytes;                     // an object file for this process
  std::vector<std::string> cooperative;  // kernels whose work-items meet
};

// `bitcode` as Backend::EmitBitcode gives it. An intrinsic that has no host counterpart is an
// error.
absl::StatusOr<HostObject> RetargetToHost(std::string_view bitcode);

}  // namespace eqsat::codegen

#endif  // EQSAT_TESTS_CODEGEN_RETARGET_H_
