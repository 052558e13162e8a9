// A GPU reached through its vendor's driver library, which is looked for when it is needed.
//
// The CUDA driver and the HIP runtime offer the same calls under different names, so one Device
// serves both.
#ifndef EQSAT_CODEGEN_RUNTIME_DRIVER_DEVICE_H_
#define EQSAT_CODEGEN_RUNTIME_DRIVER_DEVICE_H_

#include <array>
#include <memory>

#include "absl/status/statusor.h"
#include "codegen/runtime/artifact.h"
#include "codegen/runtime/device.h"

namespace eqsat::codegen {

// Names to look up. Null: the driver has no such call and does without.
struct DriverNames {
  const char* title;                     // for messages: "CUDA driver"
  std::array<const char*, 4> libraries;  // tried in order; null at the end
  const char* initialize;                // (unsigned flags)
  const char* retain_context;            // (context*, int device)
  const char* release_context;           // (int device)
  const char* set_context;               // (context)
  const char* set_device;                // (int device)
  const char* load_module;               // (module*, image)
  const char* unload_module;             // (module)
  const char* find_function;             // (function*, module, name)
  const char* allocate;                  // (address*, bytes)
  const char* free;                      // (address)
  const char* copy_in;                   // (address, host, bytes)
  const char* copy_out;                  // (host, address, bytes)
  const char* copy_within;               // (address, address, bytes)
  const char* launch;                    // (function, 3 × grid, 3 × group, shared, stream, …)
  const char* synchronize;               // ()
  const char* error_name;                // int (error, const char**)
  const char* error_name_returned;       // const char* (error)
};

// Device 0 with the artifact's kernels. Unavailable if there is no driver, no device, or a device
// that does not take the artifact.
absl::StatusOr<std::unique_ptr<Device>> LoadOnDriver(const DriverNames& names,
                                                     const Artifact& artifact);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_RUNTIME_DRIVER_DEVICE_H_
