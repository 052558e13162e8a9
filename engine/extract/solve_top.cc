#include "engine/extract/solve_top.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "engine/extract/settle.h"
#include "ir/base/status.h"

namespace eqsat::engine {
namespace {

// Lawler's partition: the solutions besides the best one of a part are those that agree with it on
// its first i classes, from the roots down, and not on the next, for each i.
class TopSolver {
 public:
  TopSolver(const ChoiceGraph& graph, const SolveOptions& options)
      : graph_(graph), options_(options) {}

  absl::StatusOr<std::vector<SolveResult>> Run(size_t count) {
    Part all{.held = std::vector<uint32_t>(graph_.class_count(), ChoiceGraph::kNone),
             .forbidden = std::vector<bool>(graph_.candidate_count())};
    EQSAT_ASSIGN_OR_RETURN(all.best, Solve(graph_, options_));
    all_proved_ = all.best.optimal;
    parts_.push_back(std::move(all));
    std::vector<SolveResult> results;
    while (results.size() < count && !parts_.empty()) {
      auto first = std::ranges::min_element(
          parts_, [](const Part& a, const Part& b) { return a.best.cost < b.best.cost; });
      Part part = std::move(*first);
      parts_.erase(first);
      part.best.optimal = all_proved_;
      part.best.lower_bound = all_proved_ ? part.best.cost : 0;
      results.push_back(part.best);
      if (results.size() < count) Split(std::move(part));
    }
    return results;
  }

 private:
  struct Part {
    std::vector<uint32_t> held;   // by class: the only candidate allowed, or ChoiceGraph::kNone
    std::vector<bool> forbidden;  // by candidate
    SolveResult best;
  };

  double SecondsLeft() const {
    std::chrono::duration<double> used = std::chrono::steady_clock::now() - start_;
    return options_.seconds - used.count();
  }

  void Split(Part part) {
    std::vector<uint32_t> choice(graph_.class_count(), ChoiceGraph::kNone);
    for (uint32_t i = 0; i < graph_.candidate_count(); ++i)
      if (part.best.kept[i]) choice[graph_.owner[i]] = i;
    for (uint32_t cls : UsedClasses(graph_, choice)) {
      if (part.held[cls] != ChoiceGraph::kNone) continue;
      if (SecondsLeft() <= 0) {
        all_proved_ = false;
        return;
      }
      part.forbidden[choice[cls]] = true;
      if (std::optional<SolveResult> best = SolvePart(part))
        parts_.push_back({part.held, part.forbidden, *std::move(best)});
      part.forbidden[choice[cls]] = false;
      part.held[cls] = choice[cls];
    }
  }

  std::optional<SolveResult> SolvePart(const Part& part) {
    ChoiceGraph restricted = Restrict(graph_, [&](uint32_t i) {
      uint32_t held = part.held[graph_.owner[i]];
      return !part.forbidden[i] && (held == ChoiceGraph::kNone || held == i);
    });
    SolveOptions options = options_;
    options.seconds = SecondsLeft();
    // A root without a term: the part is empty.
    absl::StatusOr<SolveResult> best = Solve(restricted, options);
    if (!best.ok()) return std::nullopt;
    all_proved_ = all_proved_ && best->optimal;
    std::vector<bool> kept(graph_.candidate_count());
    for (uint32_t i = 0; i < restricted.candidate_count(); ++i)
      if (best->kept[i]) kept[restricted.source_node[i]] = true;
    best->kept = std::move(kept);
    return *std::move(best);
  }

  const ChoiceGraph& graph_;
  const SolveOptions& options_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::vector<Part> parts_;  // disjoint; every solution that is not a result is in one
  bool all_proved_ = true;
};

}  // namespace

absl::StatusOr<std::vector<SolveResult>> SolveTop(const ChoiceGraph& graph, size_t count,
                                                  const SolveOptions& options) {
  if (std::ranges::any_of(graph.cost, [](double cost) { return cost < 0; }))
    return base::InvalidArgument("several solutions cannot be asked for where costs are negative");
  return TopSolver(graph, options).Run(count);
}

}  // namespace eqsat::engine
