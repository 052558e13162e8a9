#include "codegen/runtime/driver_device.h"

#include <dlfcn.h>

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::codegen {
namespace {

// Both drivers' types at the level of the calling convention: handles are pointers, device
// addresses are 64 bits wide, results are ints that are 0 on success.
using Handle = void*;

struct DriverCalls {
  int (*initialize)(unsigned) = nullptr;
  int (*retain_context)(Handle*, int) = nullptr;
  int (*release_context)(int) = nullptr;
  int (*set_context)(Handle) = nullptr;
  int (*set_device)(int) = nullptr;
  int (*load_module)(Handle*, const void*) = nullptr;
  int (*unload_module)(Handle) = nullptr;
  int (*find_function)(Handle*, Handle, const char*) = nullptr;
  int (*allocate)(uint8_t**, size_t) = nullptr;
  int (*free)(uint8_t*) = nullptr;
  int (*copy_in)(uint8_t*, const void*, size_t) = nullptr;
  int (*copy_out)(void*, const uint8_t*, size_t) = nullptr;
  int (*copy_within)(uint8_t*, const uint8_t*, size_t) = nullptr;
  int (*launch)(Handle, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                Handle, void**, void**) = nullptr;
  int (*synchronize)() = nullptr;
  int (*error_name)(int, const char**) = nullptr;
  const char* (*error_name_returned)(int) = nullptr;
};

constexpr int kDevice = 0;

absl::StatusOr<void*> OpenLibrary(const DriverNames& names) {
  for (const char* library : names.libraries)
    if (library != nullptr)
      if (void* opened = dlopen(library, RTLD_NOW | RTLD_LOCAL)) return opened;
  return absl::UnavailableError(
      absl::StrFormat("no %s: %s not found", names.title, names.libraries[0]));
}

// Looks up `name`, if there is one, into `function`.
template <typename Function>
absl::Status Find(void* library, const char* name, Function* function) {
  if (name == nullptr) return absl::OkStatus();
  *function = reinterpret_cast<Function>(dlsym(library, name));
  if (*function != nullptr) return absl::OkStatus();
  return absl::UnavailableError(absl::StrFormat("the GPU driver has no %s: it is too old", name));
}

absl::StatusOr<DriverCalls> FindCalls(void* library, const DriverNames& names) {
  DriverCalls calls;
  for (const absl::Status& status :
       {Find(library, names.initialize, &calls.initialize),
        Find(library, names.retain_context, &calls.retain_context),
        Find(library, names.release_context, &calls.release_context),
        Find(library, names.set_context, &calls.set_context),
        Find(library, names.set_device, &calls.set_device),
        Find(library, names.load_module, &calls.load_module),
        Find(library, names.unload_module, &calls.unload_module),
        Find(library, names.find_function, &calls.find_function),
        Find(library, names.allocate, &calls.allocate), Find(library, names.free, &calls.free),
        Find(library, names.copy_in, &calls.copy_in),
        Find(library, names.copy_out, &calls.copy_out),
        Find(library, names.copy_within, &calls.copy_within),
        Find(library, names.launch, &calls.launch),
        Find(library, names.synchronize, &calls.synchronize),
        Find(library, names.error_name, &calls.error_name),
        Find(library, names.error_name_returned, &calls.error_name_returned)})
    EQSAT_RETURN_IF_ERROR(status);
  return calls;
}

// The driver library stays open for the life of the process: drivers do not unload well.
class DriverDevice : public Device {
 public:
  DriverDevice(const DriverNames& names, DriverCalls calls) : title_(names.title), calls_(calls) {}

  ~DriverDevice() override {
    if (module_ != nullptr && MakeCurrent().ok()) calls_.unload_module(module_);
    if (context_ != nullptr) calls_.release_context(kDevice);
  }

  absl::Status Open(const Artifact& artifact) {
    EQSAT_RETURN_IF_ERROR(Unavailable(calls_.initialize(0), "start"));
    if (calls_.retain_context != nullptr)
      EQSAT_RETURN_IF_ERROR(
          Unavailable(calls_.retain_context(&context_, kDevice), "open device 0"));
    EQSAT_RETURN_IF_ERROR(MakeCurrent());
    EQSAT_RETURN_IF_ERROR(
        Unavailable(calls_.load_module(&module_, artifact.bytes.c_str()), "load the kernels"));
    shapes_ = artifact.kernels;
    for (const LaunchShape& shape : shapes_) {
      Handle function = nullptr;
      EQSAT_RETURN_IF_ERROR(
          Check(calls_.find_function(&function, module_, shape.symbol.c_str()), "find a kernel"));
      functions_.push_back(function);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<uint8_t*> Allocate(int64_t bytes) override {
    EQSAT_RETURN_IF_ERROR(MakeCurrent());
    uint8_t* address = nullptr;
    int error = calls_.allocate(&address, static_cast<size_t>(bytes > 0 ? bytes : 1));
    if (error == 0) return address;
    return absl::ResourceExhaustedError(
        absl::StrFormat("%s cannot allocate %d bytes: %s", title_, bytes, ErrorName(error)));
  }

  void Free(uint8_t* address) override {
    if (MakeCurrent().ok()) calls_.free(address);
  }

  absl::Status CopyIn(uint8_t* to, const void* from, int64_t bytes) override {
    if (bytes == 0) return absl::OkStatus();
    EQSAT_RETURN_IF_ERROR(MakeCurrent());
    return Check(calls_.copy_in(to, from, static_cast<size_t>(bytes)), "copy to the device");
  }

  absl::Status CopyOut(void* to, const uint8_t* from, int64_t bytes) override {
    if (bytes == 0) return absl::OkStatus();
    EQSAT_RETURN_IF_ERROR(MakeCurrent());
    // A kernel's failure shows here at the latest.
    EQSAT_RETURN_IF_ERROR(Check(calls_.synchronize(), "finish a kernel"));
    return Check(calls_.copy_out(to, from, static_cast<size_t>(bytes)), "copy from the device");
  }

  absl::Status CopyWithin(uint8_t* to, const uint8_t* from, int64_t bytes) override {
    if (bytes == 0) return absl::OkStatus();
    EQSAT_RETURN_IF_ERROR(MakeCurrent());
    return Check(calls_.copy_within(to, from, static_cast<size_t>(bytes)), "copy on the device");
  }

  absl::Status Launch(int64_t kernel, absl::Span<uint8_t* const> buffers) override {
    EQSAT_RETURN_IF_ERROR(MakeCurrent());
    const LaunchShape& shape = shapes_[static_cast<size_t>(kernel)];
    std::vector<uint8_t*> addresses(buffers.begin(), buffers.end());
    std::vector<void*> arguments;
    for (uint8_t*& address : addresses) arguments.push_back(static_cast<void*>(&address));
    int error = calls_.launch(
        functions_[static_cast<size_t>(kernel)], static_cast<unsigned>(shape.groups), 1, 1,
        static_cast<unsigned>(shape.group_size), 1, 1, 0, nullptr, arguments.data(), nullptr);
    return Check(error, base::StrCat("launch ", shape.symbol));
  }

 private:
  // Drivers keep the current device per thread.
  absl::Status MakeCurrent() {
    if (calls_.set_device != nullptr)
      return Unavailable(calls_.set_device(kDevice), "use device 0");
    return Unavailable(calls_.set_context(context_), "use device 0");
  }

  std::string ErrorName(int error) const {
    const char* name = nullptr;
    if (calls_.error_name != nullptr) {
      calls_.error_name(error, &name);
    } else {
      name = calls_.error_name_returned(error);
    }
    return name != nullptr ? name : base::StrCat("error ", error);
  }

  absl::Status Check(int error, std::string_view what) const {
    if (error == 0) return absl::OkStatus();
    return absl::InternalError(base::StrCat(title_, " cannot ", what, ": ", ErrorName(error)));
  }

  absl::Status Unavailable(int error, std::string_view what) const {
    if (error == 0) return absl::OkStatus();
    return absl::UnavailableError(base::StrCat(title_, " cannot ", what, ": ", ErrorName(error)));
  }

  std::string title_;
  DriverCalls calls_;
  Handle context_ = nullptr;
  Handle module_ = nullptr;
  std::vector<LaunchShape> shapes_;
  std::vector<Handle> functions_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Device>> LoadOnDriver(const DriverNames& names,
                                                     const Artifact& artifact) {
  EQSAT_ASSIGN_OR_RETURN(void* library, OpenLibrary(names));
  EQSAT_ASSIGN_OR_RETURN(DriverCalls calls, FindCalls(library, names));
  auto device = std::make_unique<DriverDevice>(names, calls);
  EQSAT_RETURN_IF_ERROR(device->Open(artifact));
  return std::unique_ptr<Device>(std::move(device));
}

}  // namespace eqsat::codegen
