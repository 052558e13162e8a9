#include "engine/extract/clause_solver.h"

#include <algorithm>
#include <utility>

namespace eqsat::engine {
namespace {

constexpr uint32_t kNowhere = ~uint32_t{0};
constexpr double kActivityGrowth = 1 / 0.95;
constexpr double kLargestActivity = 1e100;
constexpr size_t kRestartUnit = 64;
// Learned clauses of this glue or less are never forgotten.
constexpr uint32_t kPreciousGlue = 2;

// Luby's sequence: 1 1 2 1 1 2 4 …
size_t Luby(size_t i) {
  size_t size = 1;
  size_t power = 1;
  while (size < i + 1) {
    size = 2 * size + 1;
    power *= 2;
  }
  while (size - 1 != i) {
    size = (size - 1) / 2;
    power /= 2;
    i %= size;
  }
  return power;
}

}  // namespace

uint32_t ClauseSolver::AddVariable(bool phase) {
  uint32_t variable = static_cast<uint32_t>(value_.size());
  value_.push_back(kOpen);
  phase_.push_back(phase);
  level_of_.push_back(0);
  reason_.push_back(kNoClause);
  activity_.push_back(0);
  heap_position_.push_back(kNowhere);
  seen_.push_back(false);
  level_stamp_.push_back(0);
  watches_.emplace_back();
  watches_.emplace_back();
  HeapInsert(variable);
  return variable;
}

void ClauseSolver::AddClause(std::vector<Literal> clause) {
  Backtrack(0);
  std::ranges::sort(clause, {}, &Literal::code);
  clause.erase(std::unique(clause.begin(), clause.end()), clause.end());
  for (size_t i = 0; i + 1 < clause.size(); ++i)
    if (clause[i + 1] == ~clause[i]) return;
  if (std::ranges::any_of(clause, [&](Literal l) { return value(l) == kTrue; })) return;
  std::erase_if(clause, [&](Literal l) { return value(l) == kFalse; });
  if (clause.empty()) {
    refuted_ = true;
  } else if (clause.size() == 1) {
    Assign(clause[0], kNoClause);
    refuted_ |= Propagate() != kNoClause;
  } else {
    Attach(clause, false, 0);
  }
}

uint32_t ClauseSolver::Attach(std::span<const Literal> clause, bool learned, uint32_t glue) {
  uint32_t id = static_cast<uint32_t>(clauses_.size());
  clauses_.push_back({static_cast<uint32_t>(literals_.size()), static_cast<uint32_t>(clause.size()),
                      glue, learned});
  literals_.insert(literals_.end(), clause.begin(), clause.end());
  watches_[clause[0].code].push_back({id, clause[1]});
  watches_[clause[1].code].push_back({id, clause[0]});
  learned_count_ += learned;
  return id;
}

void ClauseSolver::Assign(Literal literal, uint32_t reason) {
  uint32_t variable = literal.variable();
  value_[variable] = literal.negated() ? kFalse : kTrue;
  level_of_[variable] = level();
  reason_[variable] = reason;
  trail_.push_back(literal);
}

uint32_t ClauseSolver::Propagate() {
  while (next_to_propagate_ < trail_.size()) {
    Literal falsified = ~trail_[next_to_propagate_++];
    std::vector<Watch>& watches = watches_[falsified.code];
    size_t kept = 0;
    for (size_t i = 0; i < watches.size(); ++i) {
      Watch watch = watches[i];
      if (value(watch.blocker) == kTrue) {
        watches[kept++] = watch;
        continue;
      }
      std::span<Literal> clause = literals(watch.clause);
      if (clause[0] == falsified) std::swap(clause[0], clause[1]);
      Watch renewed{watch.clause, clause[0]};
      if (value(clause[0]) == kTrue) {
        watches[kept++] = renewed;
        continue;
      }
      auto open = std::find_if(clause.begin() + 2, clause.end(),
                               [&](Literal l) { return value(l) != kFalse; });
      if (open != clause.end()) {
        std::swap(clause[1], *open);
        watches_[clause[1].code].push_back(renewed);
        continue;
      }
      watches[kept++] = renewed;
      if (value(clause[0]) == kOpen) {
        Assign(clause[0], watch.clause);
        continue;
      }
      for (++i; i < watches.size(); ++i) watches[kept++] = watches[i];
      watches.resize(kept);
      next_to_propagate_ = trail_.size();
      return watch.clause;
    }
    watches.resize(kept);
  }
  return kNoClause;
}

void ClauseSolver::Backtrack(uint32_t to_level) {
  if (level() <= to_level) return;
  for (size_t i = trail_.size(); i-- > level_start_[to_level];) {
    uint32_t variable = trail_[i].variable();
    phase_[variable] = value_[variable] == kTrue;
    value_[variable] = kOpen;
    reason_[variable] = kNoClause;
    if (heap_position_[variable] == kNowhere) HeapInsert(variable);
  }
  trail_.resize(level_start_[to_level]);
  level_start_.resize(to_level);
  next_to_propagate_ = trail_.size();
}

ClauseSolver::Answer ClauseSolver::Solve(std::span<const Literal> assumptions,
                                         size_t max_conflicts) {
  core_.clear();
  if (refuted_) return Answer::kRefuted;
  size_t conflicts = 0;
  for (size_t restart = 0;; ++restart) {
    Backtrack(0);
    if (learned_count_ > learned_limit_ && !ForgetClauses()) return Answer::kRefuted;
    size_t limit = conflicts + kRestartUnit * Luby(restart);
    while (conflicts < limit) {
      uint32_t conflict = Propagate();
      if (conflict != kNoClause) {
        ++conflicts;
        ++conflicts_;
        if (!Learn(conflict)) return Answer::kRefuted;
        if (conflicts >= max_conflicts) return Answer::kGaveUp;
        continue;
      }
      bool refuted = false;
      if (Decide(assumptions, &refuted)) continue;
      if (refuted) return Answer::kRefuted;
      model_.assign(value_.size(), false);
      for (size_t i = 0; i < value_.size(); ++i) model_[i] = value_[i] == kTrue;
      return Answer::kSatisfied;
    }
  }
}

// False when there is nothing to decide: all is assigned, or an assumption is false.
bool ClauseSolver::Decide(std::span<const Literal> assumptions, bool* refuted) {
  while (level() < assumptions.size()) {
    Literal next = assumptions[level()];
    if (value(next) == kFalse) {
      AnalyzeFinal(~next);
      core_.push_back(next);
      *refuted = true;
      return false;
    }
    bool is_open = value(next) == kOpen;
    level_start_.push_back(static_cast<uint32_t>(trail_.size()));
    if (!is_open) continue;
    Assign(next, kNoClause);
    return true;
  }
  while (!heap_.empty()) {
    uint32_t variable = HeapPop();
    if (value_[variable] != kOpen) continue;
    level_start_.push_back(static_cast<uint32_t>(trail_.size()));
    Assign(phase_[variable] ? Positive(variable) : ~Positive(variable), kNoClause);
    return true;
  }
  return false;
}

bool ClauseSolver::Learn(uint32_t conflict) {
  if (level() == 0) {
    refuted_ = true;
    return false;
  }
  std::vector<Literal> learned;
  uint32_t back = 0;
  Analyze(conflict, &learned, &back);
  uint32_t glue = Glue(learned);
  Backtrack(back);
  if (learned.size() == 1) {
    Assign(learned[0], kNoClause);
  } else {
    Assign(learned[0], Attach(learned, true, glue));
  }
  activity_step_ *= kActivityGrowth;
  return true;
}

// The first unique implication point: learned[0] is its negation, learned[1] of the highest level
// among the rest.
void ClauseSolver::Analyze(uint32_t conflict, std::vector<Literal>* learned, uint32_t* back) {
  learned->assign(1, Literal{});
  std::vector<Literal> marked;
  size_t open = 0;
  size_t index = trail_.size();
  Literal pivot;
  for (bool first = true; first || open > 0; first = false) {
    for (Literal literal : literals(conflict)) {
      if (!first && literal == pivot) continue;
      uint32_t variable = literal.variable();
      if (seen_[variable] || level_of_[variable] == 0) continue;
      seen_[variable] = true;
      marked.push_back(literal);
      Bump(variable);
      if (level_of_[variable] == level())
        ++open;
      else
        learned->push_back(literal);
    }
    while (!seen_[trail_[--index].variable()]) {
    }
    pivot = trail_[index];
    conflict = reason_[pivot.variable()];
    --open;
  }
  (*learned)[0] = ~pivot;
  std::erase_if(*learned, [&](Literal l) { return l != ~pivot && IsRedundant(l); });
  for (Literal literal : marked) seen_[literal.variable()] = false;
  for (size_t i = 1; i < learned->size(); ++i) {
    if (level_of_[(*learned)[i].variable()] <= *back) continue;
    *back = level_of_[(*learned)[i].variable()];
    std::swap((*learned)[1], (*learned)[i]);
  }
}

// Whether the other literals that are marked imply it.
bool ClauseSolver::IsRedundant(Literal literal) const {
  uint32_t reason = reason_[literal.variable()];
  if (reason == kNoClause) return false;
  const Clause& clause = clauses_[reason];
  for (uint32_t i = 0; i < clause.size; ++i) {
    Literal other = literals_[clause.first + i];
    if (other == ~literal || level_of_[other.variable()] == 0) continue;
    if (!seen_[other.variable()]) return false;
  }
  return true;
}

uint32_t ClauseSolver::Glue(std::span<const Literal> clause) {
  ++stamp_;
  uint32_t glue = 0;
  for (Literal literal : clause) {
    uint32_t at = level_of_[literal.variable()];
    if (at >= level_stamp_.size()) level_stamp_.resize(at + 1);
    if (level_stamp_[at] == stamp_) continue;
    level_stamp_[at] = stamp_;
    ++glue;
  }
  return glue;
}

void ClauseSolver::AnalyzeFinal(Literal literal) {
  std::vector<bool>& seen = seen_;
  if (level_of_[literal.variable()] == 0) return;
  seen[literal.variable()] = true;
  for (size_t i = trail_.size(); i-- > (level_start_.empty() ? 0 : level_start_[0]);) {
    uint32_t variable = trail_[i].variable();
    if (!seen[variable]) continue;
    seen[variable] = false;
    if (reason_[variable] == kNoClause) {
      core_.push_back(trail_[i]);
      continue;
    }
    for (Literal other : literals(reason_[variable]))
      if (level_of_[other.variable()] > 0 && other.variable() != variable)
        seen[other.variable()] = true;
  }
}

// Half of the learned clauses, those of the highest glue. Called without decisions. False if the
// clauses are refuted.
bool ClauseSolver::ForgetClauses() {
  refuted_ |= Propagate() != kNoClause;
  if (refuted_) return false;
  std::vector<uint32_t> glues;
  for (const Clause& clause : clauses_)
    if (clause.learned && clause.glue > kPreciousGlue) glues.push_back(clause.glue);
  learned_limit_ += learned_limit_ / 10;
  if (glues.empty()) return true;
  std::ranges::nth_element(glues, glues.begin() + static_cast<ptrdiff_t>(glues.size() / 2));
  uint32_t limit = std::max(glues[glues.size() / 2], kPreciousGlue + 1);
  std::vector<Clause> old_clauses = std::exchange(clauses_, {});
  std::vector<Literal> old_literals = std::exchange(literals_, {});
  for (std::vector<Watch>& watches : watches_) watches.clear();
  for (uint32_t& reason : reason_) reason = kNoClause;
  learned_count_ = 0;
  for (const Clause& clause : old_clauses) {
    if (clause.learned && clause.glue >= limit) continue;
    std::span<const Literal> all(old_literals.data() + clause.first, clause.size);
    std::vector<Literal> rest;
    bool is_true = false;
    for (Literal literal : all) {
      is_true |= value(literal) == kTrue;
      if (value(literal) == kOpen) rest.push_back(literal);
    }
    // All that follows from single literals is assigned, so that two at least are open.
    if (!is_true) Attach(rest, clause.learned, clause.glue);
  }
  return true;
}

void ClauseSolver::Bump(uint32_t variable) {
  activity_[variable] += activity_step_;
  if (activity_[variable] > kLargestActivity) {
    for (double& activity : activity_) activity /= kLargestActivity;
    activity_step_ /= kLargestActivity;
  }
  if (heap_position_[variable] != kNowhere) HeapUp(heap_position_[variable]);
}

void ClauseSolver::HeapInsert(uint32_t variable) {
  heap_position_[variable] = static_cast<uint32_t>(heap_.size());
  heap_.push_back(variable);
  HeapUp(heap_position_[variable]);
}

void ClauseSolver::HeapUp(uint32_t position) {
  uint32_t variable = heap_[position];
  while (position > 0) {
    uint32_t parent = (position - 1) / 2;
    if (!Before(variable, heap_[parent])) break;
    heap_[position] = heap_[parent];
    heap_position_[heap_[position]] = position;
    position = parent;
  }
  heap_[position] = variable;
  heap_position_[variable] = position;
}

void ClauseSolver::HeapDown(uint32_t position) {
  uint32_t variable = heap_[position];
  while (true) {
    uint32_t child = 2 * position + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && Before(heap_[child + 1], heap_[child])) ++child;
    if (!Before(heap_[child], variable)) break;
    heap_[position] = heap_[child];
    heap_position_[heap_[position]] = position;
    position = child;
  }
  heap_[position] = variable;
  heap_position_[variable] = position;
}

uint32_t ClauseSolver::HeapPop() {
  uint32_t top = heap_[0];
  heap_position_[top] = kNowhere;
  uint32_t last = heap_.back();
  heap_.pop_back();
  if (!heap_.empty()) {
    heap_[0] = last;
    heap_position_[last] = 0;
    HeapDown(0);
  }
  return top;
}

}  // namespace eqsat::engine
