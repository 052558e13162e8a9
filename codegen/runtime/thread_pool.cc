#include "codegen/runtime/thread_pool.h"

#include <algorithm>

namespace eqsat::codegen {

ThreadPool::~ThreadPool() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::StartThreads() {
  for (int64_t i = 1; i < num_threads_; ++i) threads_.emplace_back([this, i] { Work(i); });
}

void ThreadPool::RunShare(int64_t thread) {
  int64_t begin = length_ * thread / num_threads_;
  int64_t end = length_ * (thread + 1) / num_threads_;
  if (begin < end) (*body_)(begin, end);
}

void ThreadPool::Work(int64_t thread) {
  int64_t seen = 0;
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stop_ || generation_ != seen; });
    if (stop_) return;
    seen = generation_;
    lock.unlock();
    RunShare(thread);
    lock.lock();
    if (--running_ == 0) done_.notify_one();
  }
}

void ThreadPool::ForRange(int64_t length, const std::function<void(int64_t, int64_t)>& body) {
  std::unique_lock<std::mutex> busy(busy_, std::try_to_lock);
  if (!busy.owns_lock() || num_threads_ <= 1 || length <= 1) return body(0, length);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (threads_.empty()) StartThreads();
    body_ = &body;
    length_ = length;
    running_ = num_threads_ - 1;
    ++generation_;
  }
  wake_.notify_all();
  RunShare(0);
  std::unique_lock<std::mutex> lock(mutex_);
  done_.wait(lock, [&] { return running_ == 0; });
}

}  // namespace eqsat::codegen
