// The thread pool covers a range once, from many callers at a time.
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "codegen/runtime/thread_pool.h"
#include "gtest/gtest.h"

namespace eqsat::codegen {
namespace {

TEST(ThreadPool, CoversTheRangeOnce) {
  ThreadPool pool(4);
  for (int64_t length : {0, 1, 3, 4, 1000}) {
    std::vector<std::atomic<int>> hits(static_cast<size_t>(length));
    pool.ForRange(length, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) ++hits[static_cast<size_t>(i)];
    });
    for (const std::atomic<int>& hit : hits) EXPECT_EQ(hit, 1);
  }
}

TEST(ThreadPool, ServesManyCallersAtOnce) {
  ThreadPool pool(3);
  std::atomic<int64_t> sum = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&] {
      for (int round = 0; round < 100; ++round)
        pool.ForRange(50, [&](int64_t begin, int64_t end) { sum += end - begin; });
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(sum, 4 * 100 * 50);
}

}  // namespace
}  // namespace eqsat::codegen
