// Threads that split one range at a time.
#ifndef EQSAT_CODEGEN_RUNTIME_THREAD_POOL_H_
#define EQSAT_CODEGEN_RUNTIME_THREAD_POOL_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace eqsat::codegen {

// Thread-safe. The threads start with the first range that wants them.
class ThreadPool {
 public:
  // `threads` includes the caller's; at least 1.
  explicit ThreadPool(int64_t threads) : num_threads_(threads) {}
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Calls body(begin, end) on pieces that cover [0, length) once; returns when all are done. While
  // another caller's range is running the whole range runs in this thread.
  void ForRange(int64_t length, const std::function<void(int64_t, int64_t)>& body);

 private:
  void StartThreads();
  void Work(int64_t thread);
  // The pieces that are thread number `thread`'s share.
  void RunShare(int64_t thread);

  const int64_t num_threads_;
  std::mutex busy_;  // held while a range runs
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  // Guarded by mutex_.
  const std::function<void(int64_t, int64_t)>* body_ = nullptr;
  int64_t length_ = 0;
  int64_t generation_ = 0;
  int64_t running_ = 0;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_RUNTIME_THREAD_POOL_H_
