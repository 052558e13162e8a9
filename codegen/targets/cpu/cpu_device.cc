#include "codegen/targets/cpu/cpu_device.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "codegen/llvm/jit.h"
#include "codegen/runtime/host_memory.h"
#include "codegen/runtime/thread_pool.h"
#include "ir/base/status.h"

namespace eqsat::codegen {
namespace {

// Below this many statements waking threads costs more than they save.
constexpr int64_t kWorthThreads = 100'000;

class CpuDevice : public HostMemory {
 public:
  CpuDevice(std::unique_ptr<LoadedCode> code, std::vector<LaunchShape> kernels)
      : code_(std::move(code)),
        kernels_(std::move(kernels)),
        threads_(std::max<int64_t>(std::thread::hardware_concurrency(), 1)) {}

  absl::Status Launch(int64_t kernel, absl::Span<uint8_t* const> buffers) override {
    using RangeFunction = void (*)(uint8_t* const*, int64_t, int64_t);
    size_t position = static_cast<size_t>(kernel);
    auto run = reinterpret_cast<RangeFunction>(code_->addresses()[position]);
    const LaunchShape& shape = kernels_[position];
    if (shape.operations < kWorthThreads) {
      run(buffers.data(), 0, shape.groups);
    } else {
      threads_.ForRange(shape.groups,
                        [&](int64_t begin, int64_t end) { run(buffers.data(), begin, end); });
    }
    return absl::OkStatus();
  }

 private:
  std::unique_ptr<LoadedCode> code_;
  std::vector<LaunchShape> kernels_;
  ThreadPool threads_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Device>> LoadOnCpu(const Artifact& artifact) {
  std::vector<std::string> entries;
  for (const LaunchShape& kernel : artifact.kernels) entries.push_back(kernel.symbol);
  EQSAT_ASSIGN_OR_RETURN(std::unique_ptr<LoadedCode> code,
                         LoadedCode::Load(artifact.bytes, {}, entries));
  return std::unique_ptr<Device>(new CpuDevice(std::move(code), artifact.kernels));
}

}  // namespace eqsat::codegen
