#include "ir/interpret/parallel_for.h"

#include <algorithm>
#include <thread>
#include <vector>

namespace eqsat::ir {
namespace {

// A thread costs some ten microseconds; this much work takes milliseconds.
constexpr double kOperationsPerThread = 4e6;
constexpr int64_t kMaxThreads = 16;

}  // namespace

void ParallelFor(int64_t count, int64_t grain, double operations,
                 const std::function<void(int64_t begin, int64_t end)>& run) {
  const int64_t grains = (count + grain - 1) / grain;
  const double useful = std::min(operations / kOperationsPerThread, double{kMaxThreads});
  const int64_t parts =
      std::max<int64_t>(1, std::min({static_cast<int64_t>(useful), grains,
                                     static_cast<int64_t>(std::thread::hardware_concurrency())}));
  auto begin_of = [&](int64_t part) { return std::min(count, grains * part / parts * grain); };
  std::vector<std::thread> threads;
  for (int64_t part = 1; part < parts; ++part)
    threads.emplace_back([&, part] { run(begin_of(part), begin_of(part + 1)); });
  run(0, begin_of(1));
  for (std::thread& thread : threads) thread.join();
}

}  // namespace eqsat::ir
