#include "engine/saturate/for_each_index.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace eqsat::engine {
namespace {

// Returns whether there is one thread more.
bool Start(const std::function<void()>& work, std::vector<std::thread>* threads) {
  try {
    threads->emplace_back(work);
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace

void ForEachIndex(size_t count, size_t threads, const std::function<void(size_t)>& task) {
  std::atomic<size_t> next = 0;
  auto work = [&] {
    for (size_t i = next++; i < count; i = next++) task(i);
  };
  std::vector<std::thread> others;
  // Where the system gives no more threads, those that are there do the work.
  while (others.size() + 1 < std::min(threads, count) && Start(work, &others)) continue;
  work();
  for (std::thread& other : others) other.join();
}

}  // namespace eqsat::engine
