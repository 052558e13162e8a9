#include "engine/extract/core_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/extract/components.h"
#include "engine/extract/settle.h"

namespace eqsat::engine {
namespace {

// Costs become integers: exactly where they are decimal fractions of few digits, else to within
// 2^-50 of the upper bound.
constexpr int kMostDigits = 9;
constexpr double kLargestScaled = 1125899906842624.0;  // 2^50
constexpr double kExactness = 1e-7;
// Conflicts spent on making a core smaller, in one call, and the largest core that is tried literal
// by literal.
constexpr size_t kShrinkConflicts = 200;
constexpr size_t kShrinkLargest = 60;
constexpr int kTrims = 4;

}  // namespace

CoreSearch::CoreSearch(const ChoiceGraph& graph, double upper_bound) : graph_(graph) {
  SetScale(upper_bound);
  upper_ = Scaled(upper_bound);
  StateProblem();
  LowerStratum();
}

void CoreSearch::SetScale(double upper_bound) {
  double power = 1;
  for (int digits = 0; digits <= kMostDigits; ++digits, power *= 10) {
    if (upper_bound * power > kLargestScaled) break;
    bool exact = std::ranges::all_of(graph_.cost, [&](double cost) {
      double scaled = cost * power;
      return scaled > kLargestScaled || std::abs(scaled - std::round(scaled)) < kExactness;
    });
    if (!exact) continue;
    scale_ = power;
    return;
  }
  int exponent = 0;
  std::frexp(upper_bound, &exponent);
  scale_ = std::ldexp(1.0, 50 - exponent);
}

int64_t CoreSearch::Scaled(double cost) const {
  return static_cast<int64_t>(std::llround(std::min(cost * scale_, 2 * kLargestScaled)));
}

void CoreSearch::StateProblem() {
  needed_.resize(graph_.class_count());
  chosen_.resize(graph_.candidate_count());
  for (uint32_t cls = 0; cls < graph_.class_count(); ++cls) {
    needed_[cls] = Positive(solver_.AddVariable());
    bool is_only = graph_.first_candidate[cls + 1] - graph_.first_candidate[cls] == 1;
    for (uint32_t i = graph_.first_candidate[cls]; i < graph_.first_candidate[cls + 1]; ++i)
      chosen_[i] = is_only ? needed_[cls] : Positive(solver_.AddVariable());
  }
  for (uint32_t cls = 0; cls < graph_.class_count(); ++cls) {
    uint32_t begin = graph_.first_candidate[cls];
    uint32_t end = graph_.first_candidate[cls + 1];
    // What every candidate costs is a cost of the class.
    double least = *std::min_element(graph_.cost.begin() + begin, graph_.cost.begin() + end);
    AddWeight(~needed_[cls], Scaled(least));
    std::vector<Literal> clause = {~needed_[cls]};
    for (uint32_t i = begin; i < end; ++i) {
      for (uint32_t child : graph_.children(i)) solver_.AddClause({~chosen_[i], needed_[child]});
      if (end - begin == 1) continue;
      clause.push_back(chosen_[i]);
      AddWeight(~chosen_[i], Scaled(graph_.cost[i]) - Scaled(least));
    }
    if (clause.size() > 1) solver_.AddClause(std::move(clause));
  }
  for (uint32_t root : graph_.roots) solver_.AddClause({needed_[root]});
}

void CoreSearch::AddWeight(Literal assumption, int64_t weight) {
  if (weight <= 0) return;
  if (assumption.code >= weight_.size()) weight_.resize(assumption.code + 1);
  if (weight_[assumption.code] == 0) soft_.push_back(assumption);
  weight_[assumption.code] += weight;
}

std::vector<Literal> CoreSearch::Assumptions() const {
  std::vector<Literal> assumptions;
  for (Literal literal : soft_)
    if (weight_[literal.code] >= stratum_) assumptions.push_back(literal);
  return assumptions;
}

void CoreSearch::Round(size_t conflicts) {
  size_t begin = solver_.conflicts();
  while (!ended_ && solver_.conflicts() - begin < conflicts) {
    std::vector<Literal> assumptions = Assumptions();
    switch (solver_.Solve(assumptions, conflicts)) {
      case ClauseSolver::Answer::kGaveUp:
        return;
      case ClauseSolver::Answer::kRefuted:
        if (solver_.is_refuted()) {
          lower_ = upper_;
          ended_ = true;
        } else {
          TakeCore(solver_.core());
        }
        break;
      case ClauseSolver::Answer::kSatisfied:
        TakeModel();
        break;
    }
    if (lower_ >= upper_) ended_ = true;
  }
}

void CoreSearch::TakeCore(std::vector<Literal> core) {
  Shrink(&core);
  int64_t weight = weight_[core[0].code];
  for (Literal literal : core) weight = std::min(weight, weight_[literal.code]);
  lower_ += weight;
  std::vector<Literal> paid;
  for (Literal literal : core) {
    weight_[literal.code] -= weight;
    paid.push_back(~literal);
  }
  std::erase_if(soft_, [&](Literal literal) { return weight_[literal.code] == 0; });
  for (Literal literal : core) CountFurther(literal, weight);
  solver_.AddClause(paid);
  if (paid.size() > 1) pending_.push_back({std::move(paid), weight});
}

// What says "fewer than n" was refuted; "fewer than n + 1" may still hold.
void CoreSearch::CountFurther(Literal literal, int64_t weight) {
  auto found = counted_.find(literal.code);
  if (found == counted_.end()) return;
  auto [totalizer, count] = found->second;
  if (count + 1 > totalizers_[totalizer].size()) return;
  Literal more = ~totalizers_[totalizer].AtLeast(count + 1, &solver_);
  counted_[more.code] = {totalizer, count + 1};
  AddWeight(more, weight);
}

void CoreSearch::Shrink(std::vector<Literal>* core) {
  for (int trim = 0; trim < kTrims && core->size() > 1; ++trim) {
    std::ranges::reverse(*core);
    if (solver_.Solve(*core, kShrinkConflicts) != ClauseSolver::Answer::kRefuted) break;
    bool is_smaller = solver_.core().size() < core->size();
    if (solver_.core().empty()) return;
    *core = solver_.core();
    if (!is_smaller) break;
  }
  if (core->size() > kShrinkLargest) return;
  for (size_t i = 0; i < core->size() && core->size() > 1;) {
    std::vector<Literal> rest = *core;
    rest.erase(rest.begin() + static_cast<ptrdiff_t>(i));
    if (solver_.Solve(rest, kShrinkConflicts) != ClauseSolver::Answer::kRefuted) {
      ++i;
      continue;
    }
    if (solver_.core().empty()) return;
    // What is left keeps its order, so that what was tried stays before `i`.
    std::erase_if(rest, [&](Literal l) { return std::ranges::count(solver_.core(), l) == 0; });
    *core = std::move(rest);
  }
}

void CoreSearch::CountCores() {
  for (Core& core : std::exchange(pending_, {})) {
    totalizers_.emplace_back(core.paid);
    Literal two = ~totalizers_.back().AtLeast(2, &solver_);
    counted_[two.code] = {totalizers_.size() - 1, 2};
    AddWeight(two, core.weight);
  }
}

void CoreSearch::Harden() {
  for (Literal literal : soft_)
    if (lower_ + weight_[literal.code] >= upper_) solver_.AddClause({literal});
}

void CoreSearch::TakeModel() {
  std::vector<uint32_t> built =
      BuildFrom(graph_, [&](uint32_t i) { return solver_.model(chosen_[i]); });
  bool complete =
      std::ranges::all_of(graph_.roots, [&](uint32_t r) { return built[r] != ChoiceGraph::kNone; });
  if (!complete) {
    ForbidCycles(built);
    return;
  }
  int64_t cost = ScaledCost(built);
  if (cost < upper_) {
    upper_ = cost;
    candidate_ = std::move(built);
  }
  bool is_last = stratum_ <= 1 && pending_.empty();
  CountCores();
  Harden();
  if (is_last)
    ended_ = true;
  else
    LowerStratum();
}

// The next weights below, about a third of what is left at a time.
void CoreSearch::LowerStratum() {
  std::vector<int64_t> weights;
  for (Literal literal : soft_)
    if (stratum_ == 0 || weight_[literal.code] < stratum_) weights.push_back(weight_[literal.code]);
  if (weights.empty()) {
    stratum_ = 1;
    return;
  }
  std::ranges::sort(weights, std::ranges::greater{});
  stratum_ = std::max<int64_t>(1, weights[weights.size() / 3]);
}

int64_t CoreSearch::ScaledCost(const std::vector<uint32_t>& candidate) const {
  int64_t cost = 0;
  for (uint32_t cls : UsedClasses(graph_, candidate)) cost += Scaled(graph_.cost[candidate[cls]]);
  return cost;
}

// What is needed and was not built waits for a cycle somewhere below.
void CoreSearch::ForbidCycles(const std::vector<uint32_t>& built) {
  auto waits_for = [&](uint32_t cls) {
    std::vector<uint32_t> successors;
    if (built[cls] != ChoiceGraph::kNone || !solver_.model(needed_[cls])) return successors;
    for (uint32_t i = graph_.first_candidate[cls]; i < graph_.first_candidate[cls + 1]; ++i) {
      if (!solver_.model(chosen_[i])) continue;
      for (uint32_t child : graph_.children(i))
        if (built[child] == ChoiceGraph::kNone) successors.push_back(child);
    }
    return successors;
  };
  std::vector<uint32_t> component = StrongComponents(graph_.class_count(), waits_for);
  std::map<uint32_t, std::vector<uint32_t>> members;
  std::vector<bool> is_last(graph_.class_count(), true);
  for (uint32_t cls = 0; cls < graph_.class_count(); ++cls) {
    std::vector<uint32_t> successors = waits_for(cls);
    if (!successors.empty()) members[component[cls]].push_back(cls);
    for (uint32_t next : successors)
      if (component[next] != component[cls]) is_last[component[cls]] = false;
  }
  for (const auto& [number, loop] : members)
    if (is_last[number]) AddLoopClauses(loop);
}

void CoreSearch::AddLoopClauses(const std::vector<uint32_t>& loop) {
  std::vector<Literal> way_out;
  for (uint32_t cls : loop) {
    for (uint32_t i = graph_.first_candidate[cls]; i < graph_.first_candidate[cls + 1]; ++i) {
      bool stays = std::ranges::any_of(graph_.children(i), [&](uint32_t child) {
        return std::ranges::binary_search(loop, child);
      });
      if (!stays) way_out.push_back(chosen_[i]);
    }
  }
  // One literal for all of a long list.
  if (way_out.size() > 4 && loop.size() > 2) {
    Literal any = Positive(solver_.AddVariable());
    std::vector<Literal> clause = way_out;
    clause.push_back(~any);
    solver_.AddClause(std::move(clause));
    way_out = {any};
  }
  for (uint32_t cls : loop) {
    std::vector<Literal> clause = way_out;
    clause.push_back(~needed_[cls]);
    solver_.AddClause(std::move(clause));
  }
}

void CoreSearch::LowerUpperBound(double cost) {
  int64_t scaled = Scaled(cost);
  if (scaled >= upper_) return;
  upper_ = scaled;
  Harden();
  if (lower_ >= upper_) ended_ = true;
}

}  // namespace eqsat::engine
