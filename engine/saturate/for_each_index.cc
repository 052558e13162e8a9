#include "engine/saturate/for_each_index.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace eqsat::engine {

void ForEachIndex(size_t count, size_t threads, const std::function<void(size_t)>& task) {
  std::atomic<size_t> next = 0;
  auto work = [&] {
    for (size_t i = next++; i < count; i = next++) task(i);
  };
  std::vector<std::thread> others;
  try {
    for (size_t i = 1; i < std::min(threads, count); ++i) others.emplace_back(work);
  } catch (const std::system_error&) {
    // The system gives no more threads: those that are there do the work.
  }
  work();
  for (std::thread& other : others) other.join();
}

}  // namespace eqsat::engine
