#include "engine/extract/neighbourhood_search.h"

#include <algorithm>
#include <utility>

#include "engine/extract/reduction.h"
#include "engine/extract/settle.h"
#include "engine/extract/sharing_search.h"

namespace eqsat::engine {
namespace {

constexpr size_t kSmallest = 200;
constexpr size_t kLargest = 20'000;
// Rounds without a gain before neighbourhoods grow.
constexpr size_t kPatience = 16;
constexpr size_t kSweepsPerRound = 4;

}  // namespace

NeighbourhoodSearch::NeighbourhoodSearch(const ChoiceGraph& graph, std::vector<uint32_t> candidate)
    : graph_(graph), size_(kSmallest) {
  Restart(std::move(candidate));
}

void NeighbourhoodSearch::Restart(std::vector<uint32_t> candidate) {
  candidate_ = std::move(candidate);
  cost_ = SharedCost(graph_, candidate_);
}

uint32_t NeighbourhoodSearch::Random(size_t bound) {
  return static_cast<uint32_t>(random_() % bound);
}

std::vector<bool> NeighbourhoodSearch::Ball(const std::vector<uint32_t>& used) {
  std::vector<bool> inside(graph_.class_count());
  std::vector<uint32_t> queue;
  size_t candidates = 0;
  auto add = [&](uint32_t cls) {
    if (inside[cls]) return;
    inside[cls] = true;
    candidates += graph_.first_candidate[cls + 1] - graph_.first_candidate[cls];
    queue.push_back(cls);
  };
  // Two centres: parts that are far apart may have to change together.
  for (int i = 0; i < 2; ++i) add(used[Random(used.size())]);
  for (size_t i = 0; i < queue.size() && candidates < size_; ++i) {
    uint32_t cls = queue[i];
    uint32_t begin = graph_.first_child[graph_.first_candidate[cls]];
    uint32_t end = graph_.first_child[graph_.first_candidate[cls + 1]];
    for (uint32_t c = begin; c < end && candidates < size_; ++c)
      if (Random(2) == 0) add(graph_.child_list[c]);
    for (uint32_t use : graph_.uses(cls)) {
      if (candidates >= size_) break;
      if (Random(2) == 0) add(graph_.owner[use]);
    }
  }
  return inside;
}

bool NeighbourhoodSearch::Round() {
  std::vector<uint32_t> used = UsedClasses(graph_, candidate_);
  std::vector<bool> is_free = Ball(used);
  std::vector<uint32_t> held(graph_.class_count(), ChoiceGraph::kNone);
  for (uint32_t cls : used)
    if (!is_free[cls]) held[cls] = candidate_[cls];
  ChoiceGraph part = Restrict(graph_, [&](uint32_t i) {
    uint32_t only = held[graph_.owner[i]];
    return only == ChoiceGraph::kNone || only == i;
  });
  Reduction reduction(part, cost_);
  if (!reduction.feasible()) return false;
  const ChoiceGraph& small = reduction.reduced();
  SharingSearch search(small, SettleShared(small, Settle(small, {}, {})));
  search.Run(kSweepsPerRound);
  std::vector<uint32_t> lifted = reduction.Lift(search.candidate());
  std::vector<uint32_t> next(graph_.class_count(), ChoiceGraph::kNone);
  for (uint32_t cls = 0; cls < part.class_count(); ++cls)
    if (lifted[cls] != ChoiceGraph::kNone)
      next[part.source_class[cls]] = part.source_node[lifted[cls]];
  double cost = SharedCost(graph_, next);
  bool is_better = cost < cost_ * (1 - 1e-12);
  if (cost <= cost_) {
    candidate_ = std::move(next);
    cost_ = cost;
  }
  fruitless_ = is_better ? 0 : fruitless_ + 1;
  if (is_better) size_ = std::max(kSmallest, size_ / 2);
  if (fruitless_ % kPatience == kPatience - 1) size_ = std::min(size_ * 3 / 2, kLargest);
  return is_better;
}

}  // namespace eqsat::engine
