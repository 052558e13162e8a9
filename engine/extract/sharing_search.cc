#include "engine/extract/sharing_search.h"

#include <algorithm>
#include <ranges>

#include "ir/base/check.h"

namespace eqsat::engine {
namespace {

// Visits allowed in one evaluation of a move, and in one search for a cycle.
constexpr size_t kMoveWork = 5'000;
constexpr size_t kCycleWork = 1'000;
// A move must gain more than rounding can.
constexpr double kLeastGain = 1e-9;

}  // namespace

SharingSearch::SharingSearch(const ChoiceGraph& graph, Choice start, size_t max_work)
    : graph_(graph),
      candidate_(std::move(start.candidate)),
      order_(std::move(start.order)),
      position_(graph.class_count(), ChoiceGraph::kNone),
      references_(graph.class_count()),
      work_left_(max_work),
      mark_(graph.class_count()) {
  for (uint32_t i = 0; i < order_.size(); ++i) position_[order_[i]] = i;
  for (uint32_t root : graph.roots) EQSAT_CHECK(candidate_[root] != ChoiceGraph::kNone);
  cost_ = *AddReferences(graph.roots, ChoiceGraph::kNone);
}

void SharingSearch::Run(size_t max_sweeps) {
  for (size_t i = 0; i < max_sweeps; ++i)
    if (!Sweep()) return;
}

bool SharingSearch::Sweep() {
  double before = cost_;
  std::vector<uint32_t> classes = order_;
  for (uint32_t cls : classes)
    if (work_left_ > 0 && references_[cls] > 0) ImproveClass(cls);
  for (uint32_t cls : classes)
    if (work_left_ > 0 && references_[cls] == 0 && WorthPinning(cls)) TryPinned(cls);
  return work_left_ > 0 && cost_ < before - kLeastGain * before;
}

bool SharingSearch::ImproveClass(uint32_t cls) {
  uint32_t best = ChoiceGraph::kNone;
  double best_gain = kLeastGain * cost_;
  for (uint32_t i = graph_.first_candidate[cls]; i < graph_.first_candidate[cls + 1]; ++i) {
    if (i == candidate_[cls]) continue;
    std::optional<double> gain = Gain(cls, i);
    if (!gain || *gain <= best_gain) continue;
    best = i;
    best_gain = *gain;
  }
  if (best == ChoiceGraph::kNone) return false;
  Choose(cls, best);
  return true;
}

// A class that nothing uses, but that several used classes could: alone, none of them gains by it.
bool SharingSearch::WorthPinning(uint32_t cls) const {
  size_t users = 0;
  uint32_t last = ChoiceGraph::kNone;
  for (uint32_t use : graph_.uses(cls)) {
    uint32_t owner = graph_.owner[use];
    if (references_[owner] == 0 || owner == last) continue;
    last = owner;
    if (++users == 2) return true;
  }
  return false;
}

// Uses `cls` for a moment as if it were a root, lets its possible users turn to it or otherwise
// improve with it at hand, and undoes everything unless that paid. Users turn to it even where they
// gain nothing: what they share now is saved only when the last of them has left it.
bool SharingSearch::TryPinned(uint32_t cls) {
  double before = cost_;
  uint32_t pinned[] = {cls};
  std::optional<double> added = AddReferences(pinned, kMoveWork);
  if (!added) return false;
  cost_ += *added;
  std::vector<std::pair<uint32_t, uint32_t>> journal;
  journal_ = &journal;
  for (uint32_t use : graph_.uses(cls)) {
    uint32_t owner = graph_.owner[use];
    if (work_left_ == 0 || references_[owner] == 0 || use == candidate_[owner]) continue;
    std::optional<double> gain = Gain(owner, use);
    if (gain && *gain >= -kLeastGain * cost_)
      Choose(owner, use);
    else
      ImproveClass(owner);
  }
  journal_ = nullptr;
  cost_ -= RemoveReferences(pinned);
  if (cost_ < before - kLeastGain * before) return true;
  for (auto [changed, former] : std::views::reverse(journal)) Choose(changed, former);
  cost_ = before;
  return false;
}

std::optional<double> SharingSearch::Gain(uint32_t cls, uint32_t candidate) {
  work_left_ -= std::min<size_t>(work_left_, 1 + graph_.children(candidate).size());
  if (!Buildable(candidate)) return std::nullopt;
  for (uint32_t child : graph_.children(candidate))
    if (position_[child] > position_[cls] && !CollectBelow(child, cls, kCycleWork))
      return std::nullopt;
  uint32_t former = candidate_[cls];
  std::optional<double> added = AddReferences(graph_.children(candidate), kMoveWork);
  if (!added) return std::nullopt;
  double removed = RemoveReferences(graph_.children(former));
  AddReferences(graph_.children(former), ChoiceGraph::kNone);
  RemoveReferences(graph_.children(candidate));
  return removed + graph_.cost[former] - *added - graph_.cost[candidate];
}

void SharingSearch::Choose(uint32_t cls, uint32_t candidate) {
  for (uint32_t child : graph_.children(candidate))
    if (position_[child] > position_[cls]) OrderBefore(child, cls);
  uint32_t former = candidate_[cls];
  if (journal_) journal_->emplace_back(cls, former);
  if (references_[cls] > 0) {
    cost_ +=
        graph_.cost[candidate] + *AddReferences(graph_.children(candidate), ChoiceGraph::kNone);
    cost_ -= graph_.cost[former] + RemoveReferences(graph_.children(former));
  }
  candidate_[cls] = candidate;
}

std::optional<double> SharingSearch::AddReferences(std::span<const uint32_t> classes,
                                                   size_t max_visits) {
  double added = 0;
  size_t visits = 0;
  stack_.assign(classes.begin(), classes.end());
  while (!stack_.empty()) {
    uint32_t cls = stack_.back();
    stack_.pop_back();
    if (references_[cls]++ > 0) continue;
    added += graph_.cost[candidate_[cls]];
    std::span<const uint32_t> children = graph_.children(candidate_[cls]);
    visits += 1 + children.size();
    stack_.insert(stack_.end(), children.begin(), children.end());
  }
  work_left_ -= std::min(work_left_, visits);
  if (visits <= max_visits) return added;
  RemoveReferences(classes);
  return std::nullopt;
}

double SharingSearch::RemoveReferences(std::span<const uint32_t> classes) {
  double removed = 0;
  size_t visits = 0;
  stack_.assign(classes.begin(), classes.end());
  while (!stack_.empty()) {
    uint32_t cls = stack_.back();
    stack_.pop_back();
    if (--references_[cls] > 0) continue;
    removed += graph_.cost[candidate_[cls]];
    std::span<const uint32_t> children = graph_.children(candidate_[cls]);
    visits += 1 + children.size();
    stack_.insert(stack_.end(), children.begin(), children.end());
  }
  work_left_ -= std::min(work_left_, visits);
  return removed;
}

bool SharingSearch::Buildable(uint32_t candidate) const {
  return std::ranges::none_of(graph_.children(candidate), [&](uint32_t child) {
    return candidate_[child] == ChoiceGraph::kNone;
  });
}

bool SharingSearch::CollectBelow(uint32_t from, uint32_t cls, size_t max_visits) {
  ++walk_;
  below_.clear();
  stack_.assign(1, from);
  mark_[from] = walk_;
  while (!stack_.empty()) {
    uint32_t next = stack_.back();
    stack_.pop_back();
    if (next == cls || below_.size() == max_visits) return false;
    below_.push_back(next);
    for (uint32_t child : graph_.children(candidate_[next])) {
      if (mark_[child] == walk_ || position_[child] < position_[cls]) continue;
      mark_[child] = walk_;
      stack_.push_back(child);
    }
  }
  work_left_ -= std::min(work_left_, below_.size());
  return true;
}

void SharingSearch::OrderBefore(uint32_t child, uint32_t cls) {
  bool acyclic = CollectBelow(child, cls, ChoiceGraph::kNone);
  EQSAT_CHECK(acyclic);
  uint32_t begin = position_[cls];
  uint32_t end = position_[child] + 1;
  std::stable_partition(order_.begin() + begin, order_.begin() + end,
                        [&](uint32_t c) { return mark_[c] == walk_; });
  for (uint32_t i = begin; i < end; ++i) position_[order_[i]] = i;
  work_left_ -= std::min<size_t>(work_left_, (end - begin) / 4);
}

}  // namespace eqsat::engine
