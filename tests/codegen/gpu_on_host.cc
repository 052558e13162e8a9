#include "tests/codegen/gpu_on_host.h"

#include <ucontext.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "codegen/llvm/jit.h"
#include "codegen/runtime/artifact.h"
#include "codegen/runtime/host_memory.h"
#include "codegen/targets/backend.h"
#include "ir/base/check.h"
#include "ir/base/status.h"
#include "tests/codegen/retarget.h"

namespace eqsat::codegen {
namespace {

using Entry = void (*)(uint8_t* const*);

constexpr size_t kStackBytes = size_t{128} << 10;

enum class Waiting : uint8_t { kNot, kAtBarrier, kAtExchange };

struct Fiber {
  ucontext_t context;
  // Not cleared: most of it is never touched.
  std::unique_ptr<char[]> stack{new char[kStackBytes]};
  bool done = false;
  Waiting waiting = Waiting::kNot;
  int32_t site = 0;      // where it waits
  uint32_t offered = 0;  // what it gives to an exchange
  uint32_t visible = 0;  // what the others see of it in the exchange that was just completed
};

// One group at a time. What the kernel calls finds the running group in `current`.
class Group {
 public:
  Group(int64_t size, int64_t wave_size)
      : wave_size_(wave_size), fibers_(static_cast<size_t>(size)) {}

  // Work-items that never meet.
  void RunAlone(Entry entry, uint8_t* const* buffers, int64_t group) {
    current = this;
    id_ = static_cast<int32_t>(group);
    for (running_ = 0; running_ < fibers_.size(); ++running_) entry(buffers);
  }

  absl::Status RunTogether(Entry entry, uint8_t* const* buffers, int64_t group) {
    current = this;
    id_ = static_cast<int32_t>(group);
    entry_ = entry;
    buffers_ = buffers;
    for (Fiber& fiber : fibers_) Start(fiber);
    while (true) {
      RunUntilAllWait();
      if (std::all_of(fibers_.begin(), fibers_.end(), [](const Fiber& f) { return f.done; }))
        return absl::OkStatus();
      EQSAT_RETURN_IF_ERROR(Release());
    }
  }

  int32_t work_item() const { return static_cast<int32_t>(running_); }
  int32_t id() const { return id_; }

  void Wait(Waiting reason, int32_t site) {
    Fiber& fiber = fibers_[running_];
    fiber.waiting = reason;
    fiber.site = site;
    swapcontext(&fiber.context, &scheduler_);
  }

  int32_t Exchange(int32_t value, int32_t source, int32_t site) {
    size_t self = running_;
    fibers_[self].offered = static_cast<uint32_t>(value);
    Wait(Waiting::kAtExchange, site);
    size_t wave = self / static_cast<size_t>(wave_size_) * static_cast<size_t>(wave_size_);
    const size_t from = wave + static_cast<size_t>(source);
    if (source < 0 || source >= wave_size_ || from >= fibers_.size())
      return static_cast<int32_t>(0xdeadbeef);
    return static_cast<int32_t>(fibers_[from].visible);
  }

  static thread_local Group* current;

 private:
  static void Main() {
    Group* group = current;
    group->entry_(group->buffers_);
    group->fibers_[group->running_].done = true;
  }

  void Start(Fiber& fiber) {
    fiber.done = false;
    fiber.waiting = Waiting::kNot;
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.get();
    fiber.context.uc_stack.ss_size = kStackBytes;
    fiber.context.uc_link = &scheduler_;
    makecontext(&fiber.context, Main, 0);
  }

  void RunUntilAllWait() {
    for (running_ = 0; running_ < fibers_.size(); ++running_)
      if (!fibers_[running_].done && fibers_[running_].waiting == Waiting::kNot)
        swapcontext(&scheduler_, &fibers_[running_].context);
  }

  // Lets the waves go on whose work-items all wait for one exchange, or the whole group if all wait
  // at one barrier.
  absl::Status Release() {
    bool released = false;
    for (size_t begin = 0; begin < fibers_.size(); begin += static_cast<size_t>(wave_size_)) {
      size_t end = std::min(begin + static_cast<size_t>(wave_size_), fibers_.size());
      if (!Meet(begin, end, Waiting::kAtExchange)) continue;
      for (size_t i = begin; i < end; ++i) fibers_[i].visible = fibers_[i].offered;
      released = true;
    }
    if (!released) released = Meet(0, fibers_.size(), Waiting::kAtBarrier);
    if (released) return absl::OkStatus();
    return absl::InternalError("work-items of a group wait for each other at different places");
  }

  // If work-items [begin, end) all wait for `reason` at one place, none waits any more.
  bool Meet(size_t begin, size_t end, Waiting reason) {
    for (size_t i = begin; i < end; ++i) {
      const Fiber& fiber = fibers_[i];
      if (fiber.done || fiber.waiting != reason || fiber.site != fibers_[begin].site) return false;
    }
    for (size_t i = begin; i < end; ++i) fibers_[i].waiting = Waiting::kNot;
    return true;
  }

  int64_t wave_size_;
  std::vector<Fiber> fibers_;
  ucontext_t scheduler_;
  size_t running_ = 0;
  int32_t id_ = 0;
  Entry entry_ = nullptr;
  uint8_t* const* buffers_ = nullptr;
};

thread_local Group* Group::current = nullptr;

int32_t HostWorkItemId() { return Group::current->work_item(); }
int32_t HostGroupId() { return Group::current->id(); }
void HostBarrier(int32_t site) { Group::current->Wait(Waiting::kAtBarrier, site); }
int32_t HostExchange(int32_t value, int32_t source, int32_t site) {
  return Group::current->Exchange(value, source, site);
}

class GpuOnHost : public HostMemory {
 public:
  GpuOnHost(std::unique_ptr<LoadedCode> code, std::vector<LaunchShape> shapes,
            std::set<std::string> cooperative, int64_t wave_size)
      : code_(std::move(code)),
        shapes_(std::move(shapes)),
        cooperative_(std::move(cooperative)),
        wave_size_(wave_size) {}

  absl::Status Launch(int64_t kernel, absl::Span<uint8_t* const> buffers) override {
    // Group memory is one global variable a kernel.
    std::lock_guard<std::mutex> lock(one_launch_);
    size_t position = static_cast<size_t>(kernel);
    const LaunchShape& shape = shapes_[position];
    auto entry = reinterpret_cast<Entry>(code_->addresses()[position]);
    Group group(shape.group_size, wave_size_);
    for (int64_t id = 0; id < shape.groups; ++id) {
      if (cooperative_.count(shape.symbol) == 0) {
        group.RunAlone(entry, buffers.data(), id);
      } else {
        EQSAT_RETURN_IF_ERROR(
            base::Annotate(group.RunTogether(entry, buffers.data(), id), shape.symbol));
      }
    }
    return absl::OkStatus();
  }

 private:
  std::unique_ptr<LoadedCode> code_;
  std::vector<LaunchShape> shapes_;
  std::set<std::string> cooperative_;
  int64_t wave_size_;
  std::mutex one_launch_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Device>> LoadGpuOnHost(absl::Span<const Kernel> kernels,
                                                      const cost_models::Target& target) {
  const Backend* backend = FindBackend(target.family);
  EQSAT_CHECK(backend != nullptr);
  EQSAT_ASSIGN_OR_RETURN(Artifact artifact, backend->EmitBitcode(kernels, target));
  EQSAT_ASSIGN_OR_RETURN(HostObject object, RetargetToHost(artifact.bytes));
  std::vector<std::string> entries;
  for (const LaunchShape& shape : artifact.kernels) entries.push_back(HostEntryOf(shape.symbol));
  const HostSymbol symbols[] = {
      {kWorkItemIdSymbol, reinterpret_cast<void*>(HostWorkItemId)},
      {kGroupIdSymbol, reinterpret_cast<void*>(HostGroupId)},
      {kBarrierSymbol, reinterpret_cast<void*>(HostBarrier)},
      {kExchangeSymbol, reinterpret_cast<void*>(HostExchange)},
  };
  EQSAT_ASSIGN_OR_RETURN(std::unique_ptr<LoadedCode> code,
                         LoadedCode::Load(object.bytes, symbols, entries));
  std::set<std::string> cooperative(object.cooperative.begin(), object.cooperative.end());
  return std::unique_ptr<Device>(new GpuOnHost(std::move(code), std::move(artifact.kernels),
                                               std::move(cooperative),
                                               static_cast<int64_t>(target.wave_size.value)));
}

}  // namespace eqsat::codegen
