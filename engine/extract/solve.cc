#include "engine/extract/solve.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <thread>
#include <utility>

#include "engine/extract/core_search.h"
#include "engine/extract/neighbourhood_search.h"
#include "engine/extract/optional_costs.h"
#include "engine/extract/reduction.h"
#include "engine/extract/settle.h"
#include "engine/extract/sharing_search.h"
#include "ir/base/check.h"
#include "ir/base/status.h"

namespace eqsat::engine {
namespace {

// Bounds that differ by less than this, relatively, differ by rounding.
constexpr double kRounding = 1e-9;
constexpr size_t kSweeps = 16;
// Visits of the greedy method's search: some ten milliseconds.
constexpr size_t kGreedyWork = 4'000'000;
// In a round.
constexpr size_t kConflicts = 300;

class Budget {
 public:
  explicit Budget(const SolveOptions& options) : options_(options) {}
  bool spent() const {
    if (options_.stop != nullptr && *options_.stop) return true;
    return std::chrono::steady_clock::now() - start_ >=
           std::chrono::duration<double>(options_.seconds);
  }

 private:
  const SolveOptions& options_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// The best choice so far and the best bound, for costs of at least 0.
class Solver {
 public:
  Solver(const ChoiceGraph& graph, Choice tree)
      : graph_(graph), best_(std::move(tree)), cost_(SharedCost(graph, best_.candidate)) {}

  void Greedy() {
    Choice shared = SettleShared(graph_, best_);
    Consider(shared.candidate);
    Polish(std::move(shared), kGreedyWork);
  }

  void Exact(const SolveOptions& options) {
    Budget budget(options);
    Choice shared = SettleShared(graph_, best_);
    Consider(shared.candidate);
    Polish(std::move(shared), SharingSearch::kDefaultWork);
    std::unique_ptr<Reduction> reduction;
    // What the first reduction lets the search find makes the second one stronger.
    for (int i = 0; i < 2 && !proved() && !budget.spent(); ++i) {
      reduction = std::make_unique<Reduction>(graph_, cost_);
      SearchReduced(*reduction);
    }
    if (proved() || budget.spent()) return;
    CoreSearch cores(reduction->reduced(), cost_);
    NeighbourhoodSearch neighbourhoods(graph_, best_.candidate);
    for (size_t i = 0; i < options.rounds && !proved() && !budget.spent(); ++i)
      Round(*reduction, &cores, &neighbourhoods);
  }

  bool proved() const { return bound_ >= cost_ - kRounding * cost_; }
  const std::vector<uint32_t>& candidate() const { return best_.candidate; }
  double cost() const { return cost_; }
  double bound() const { return proved() ? cost_ : bound_; }

 private:
  void Consider(std::vector<uint32_t> candidate) {
    // Only what is needed is held fast, so that the choice is complete and has an order.
    Choice choice = Settle(graph_, candidate, {});
    double cost = SharedCost(graph_, choice.candidate);
    if (cost >= cost_) return;
    cost_ = cost;
    best_ = std::move(choice);
  }

  void Polish(Choice start, size_t max_work) {
    SharingSearch search(graph_, std::move(start), max_work);
    search.Run(kSweeps);
    Consider(search.candidate());
  }

  void SearchReduced(const Reduction& reduction) {
    if (!reduction.feasible()) return;
    bound_ = std::max(bound_, reduction.lower_bound());
    const ChoiceGraph& reduced = reduction.reduced();
    Choice start = SettleShared(reduced, Settle(reduced, {}, {}));
    Consider(reduction.Lift(start.candidate));
    SharingSearch search(reduced, std::move(start));
    search.Run(kSweeps);
    Consider(reduction.Lift(search.candidate()));
  }

  // Some work on the bound and some on the solution, side by side; then each tells the other, so
  // that the result does not depend on which was faster.
  void Round(const Reduction& reduction, CoreSearch* cores, NeighbourhoodSearch* neighbourhoods) {
    double before = cost_;
    cores->LowerUpperBound(cost_);
    bool is_better = false;
    std::thread search([&] { is_better = neighbourhoods->Round(); });
    cores->Round(kConflicts);
    search.join();
    if (is_better) Consider(neighbourhoods->candidate());
    if (!cores->candidate().empty()) Consider(reduction.Lift(cores->candidate()));
    if (cost_ < before && cost_ < neighbourhoods->cost()) neighbourhoods->Restart(best_.candidate);
    // That the search has ended says that nothing is cheaper than what it was told or has found.
    bound_ = std::max(bound_, cores->ended() ? cost_ : std::min(cost_, cores->lower_bound()));
  }

  const ChoiceGraph& graph_;
  Choice best_;
  double cost_;
  double bound_ = 0;
};

absl::Status CheckRoots(const ChoiceGraph& graph, const Choice& choice) {
  for (uint32_t root : graph.roots)
    if (choice.candidate[root] == ChoiceGraph::kNone)
      return base::InvalidArgument("no term without cycles for a root (class %d of the graph)",
                                   graph.source_class[root]);
  return absl::OkStatus();
}

double RootSum(const ChoiceGraph& graph, const std::vector<double>& cost) {
  double sum = 0;
  for (uint32_t root : graph.roots) sum += cost[root];
  return sum;
}

// Adds up what is kept, and checks that it holds a program for every root.
double KeptCost(const ChoiceGraph& graph, const std::vector<bool>& kept) {
  std::vector<uint32_t> built = BuildFrom(graph, [&](uint32_t i) { return kept[i]; });
  auto is_built = [&](uint32_t cls) { return built[cls] != ChoiceGraph::kNone; };
  EQSAT_CHECK(std::ranges::all_of(graph.roots, is_built));
  double cost = 0;
  for (uint32_t i = 0; i < graph.candidate_count(); ++i) {
    if (!kept[i]) continue;
    EQSAT_CHECK(std::ranges::all_of(graph.children(i), is_built));
    cost += graph.cost[i];
  }
  return cost;
}

void Run(const SolveOptions& options, Solver* solver) {
  if (options.method == SolveMethod::kGreedy) solver->Greedy();
  if (options.method == SolveMethod::kExact) solver->Exact(options);
}

}  // namespace

absl::StatusOr<SolveResult> Solve(const ChoiceGraph& graph, const SolveOptions& options) {
  SolveResult result;
  bool is_negative = std::ranges::any_of(graph.cost, [](double cost) { return cost < 0; });
  if (is_negative && !IsAcyclic(graph))
    return base::InvalidArgument("a negative cost in an e-graph with cycles: no best tree exists");
  OptionalCosts problem(graph);
  Choice tree = Settle(problem.graph, {}, {});
  EQSAT_RETURN_IF_ERROR(CheckRoots(problem.graph, tree));
  result.tree_cost = is_negative ? AcyclicTreeCost(graph) : RootSum(problem.graph, tree.tree_cost);
  Solver solver(problem.graph, std::move(tree));
  Run(options, &solver);
  result.kept = problem.KeptBy(solver.candidate());
  result.cost = KeptCost(graph, result.kept);
  EQSAT_CHECK(std::abs(result.cost - solver.cost() - problem.offset) <=
              kRounding * (std::abs(solver.cost()) + std::abs(problem.offset)));
  result.optimal = options.method == SolveMethod::kExact && solver.proved();
  result.lower_bound = result.optimal ? result.cost : solver.bound() + problem.offset;
  return result;
}

}  // namespace eqsat::engine
