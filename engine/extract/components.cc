#include "engine/extract/components.h"

#include <algorithm>
#include <utility>

namespace eqsat::engine {
namespace {

constexpr uint32_t kUnvisited = ~uint32_t{0};

// Tarjan's algorithm without recursion.
class Finder {
 public:
  Finder(size_t count, const std::function<std::vector<uint32_t>(uint32_t)>& successors)
      : successors_(successors),
        component_(count, kUnvisited),
        low_(count),
        index_(count, kUnvisited) {}

  std::vector<uint32_t> Run() {
    for (uint32_t start = 0; start < component_.size(); ++start) {
      if (index_[start] != kUnvisited) continue;
      Enter(start);
      while (!stack_.empty()) Step();
    }
    return std::move(component_);
  }

 private:
  struct Frame {
    uint32_t vertex;
    std::vector<uint32_t> successors;
    size_t next = 0;
  };

  void Enter(uint32_t vertex) {
    index_[vertex] = low_[vertex] = next_index_++;
    open_.push_back(vertex);
    stack_.push_back({vertex, successors_(vertex)});
  }

  void Step() {
    Frame& top = stack_.back();
    uint32_t vertex = top.vertex;
    if (top.next < top.successors.size()) {
      uint32_t to = top.successors[top.next++];
      if (index_[to] == kUnvisited)
        Enter(to);
      else if (component_[to] == kUnvisited)
        low_[vertex] = std::min(low_[vertex], index_[to]);
      return;
    }
    stack_.pop_back();
    if (!stack_.empty()) {
      uint32_t user = stack_.back().vertex;
      low_[user] = std::min(low_[user], low_[vertex]);
    }
    if (low_[vertex] == index_[vertex]) Close(vertex);
  }

  void Close(uint32_t vertex) {
    for (uint32_t member = kUnvisited; member != vertex;) {
      member = open_.back();
      open_.pop_back();
      component_[member] = next_component_;
    }
    ++next_component_;
  }

  const std::function<std::vector<uint32_t>(uint32_t)>& successors_;
  std::vector<uint32_t> component_, low_, index_, open_;
  std::vector<Frame> stack_;
  uint32_t next_index_ = 0;
  uint32_t next_component_ = 0;
};

}  // namespace

std::vector<uint32_t> StrongComponents(
    size_t count, const std::function<std::vector<uint32_t>(uint32_t)>& successors) {
  return Finder(count, successors).Run();
}

}  // namespace eqsat::engine
