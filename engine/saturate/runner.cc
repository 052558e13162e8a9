#include "engine/saturate/runner.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <utility>

#include "engine/pattern/change_set.h"
#include "engine/pattern/fresh_rows.h"
#include "engine/pattern/matcher.h"
#include "engine/rewrite/term.h"
#include "ir/base/status.h"

namespace eqsat::engine {
namespace {

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

std::vector<size_t> FirstLimits(std::span<const Rewrite> rules) {
  std::vector<size_t> limits;
  for (const Rewrite& rule : rules) limits.push_back(rule.match_limit);
  return limits;
}

class Runner {
 public:
  Runner(EGraph& egraph, std::span<const Rewrite> rules, const RunOptions& options)
      : egraph_(egraph),
        rules_(rules),
        options_(options),
        backoff_(options.backoff, FirstLimits(rules)) {
    for (const Rewrite& rule : rules) {
      const Pattern& pattern = rule.plan->pattern();
      states_.emplace_back(pattern.variable_count(), pattern.slot_count(),
                           rule.applier ? MatchRows::kNodes : MatchRows::kRootClass);
      states_.back().depth = rule.plan->depth();
      if (rule.sensitivity == Sensitivity::kClassData &&
          states_.back().depth <= ChangeSet::kMaxDepth)
        max_depth_ = std::max(max_depth_, states_.back().depth);
      result_.rules.push_back(
          {.name = rule.name, .group = rule.group, .reason = egraph.AddReason(rule.name)});
    }
  }

  RunResult Run() {
    absl::StatusOr<CleanView> view = Rebuild();
    egraph_.TakeChanges();
    egraph_.TakeRenamed();
    while (view.ok() && !stop_) {
      if (options_.should_end && options_.should_end(*view)) {
        stop_ = StopReason::kGoal;
        break;
      }
      if (result_.iterations >= options_.limits.iterations) {
        stop_ = StopReason::kIterationLimit;
        break;
      }
      Iterate(&view);
    }
    Finish(view.status());
    return std::move(result_);
  }

 private:
  struct RuleState {
    RuleState(size_t variables, size_t slots, MatchRows rows) : matches(variables, slots, rows) {}
    MatchList matches;
    size_t depth = 0;         // how near a change must be to matter
    bool up_to_date = false;  // whether the last iteration searched all there was
  };

  void Iterate(absl::StatusOr<CleanView>* view) {
    size_t first_new = egraph_.node_id_limit();
    size_t unions_before = egraph_.unions().size();
    bool complete = SearchAll(**view);
    if (stop_) return;
    ApplyAll();
    *view = Rebuild();
    egraph_.SetReason(EGraph::kInput);
    FlatArray<ClassChange> changes = egraph_.TakeChanges();
    if (max_depth_ > 0) changes_.Update(egraph_, changes, first_new, max_depth_);
    fresh_.Update(egraph_, egraph_.TakeRenamed(), first_new);
    ++result_.iterations;
    if (options_.progress)
      options_.progress({.iteration = result_.iterations,
                         .nodes = egraph_.node_count(),
                         .classes = egraph_.class_count(),
                         .seconds = clock_.seconds()});
    bool changed = !changes.empty() || egraph_.node_id_limit() != first_new ||
                   egraph_.unions().size() != unions_before;
    if (stop_ || changed) return;
    if (complete) {
      stop_ = truncated_ ? StopReason::kMatchLimit : StopReason::kSaturated;
    } else {
      backoff_.SkipRest(result_.iterations);
    }
  }

  absl::StatusOr<CleanView> Rebuild() {
    Stopwatch watch;
    absl::StatusOr<CleanView> view = egraph_.Rebuild();
    result_.rebuild_seconds += watch.seconds();
    return view;
  }

  // Searches every rule that is not resting. Returns whether all were searched; sets stop_ when a
  // limit was hit.
  bool SearchAll(const CleanView& view) {
    bool complete = true;
    truncated_ = false;
    for (RuleState& state : states_) state.matches.Clear();
    for (size_t i = 0; i < rules_.size() && !stop_; ++i) complete &= SearchRule(view, i);
    return complete;
  }

  bool SearchRule(const CleanView& view, size_t index) {
    RuleState& state = states_[index];
    RuleStats& stats = result_.rules[index];
    bool was_up_to_date = std::exchange(state.up_to_date, false);
    if (CheckClock() || backoff_.Banned(index, result_.iterations)) return false;
    ++stats.searches;
    SearchOptions search;
    if (was_up_to_date && rules_[index].sensitivity == Sensitivity::kPatternOnly) {
      search.fresh = &fresh_;
    } else if (was_up_to_date && state.depth <= ChangeSet::kMaxDepth) {
      search.changes = &changes_;
      search.depth = state.depth;
      search.class_data = true;
    }
    if (CannotMatch(view, *rules_[index].plan, search)) {
      state.up_to_date = Incremental(index);
      return true;
    }
    Stopwatch watch;
    search.guard = rules_[index].guard;
    size_t rest_above = backoff_.MatchLimit(index);
    search.max_matches = std::min(rest_above, options_.limits.matches_per_rule);
    search.should_stop = [this] { return CheckStop(/*in_search=*/true); };
    SearchEnd end = Search(view, *rules_[index].plan, search, &state.matches);
    stats.search_seconds += watch.seconds();
    result_.search_seconds += watch.seconds();
    if (end == SearchEnd::kMatchLimit && search.max_matches == rest_above) {
      backoff_.Ban(index, result_.iterations);
      stats.times_banned = backoff_.times_banned(index);
      state.matches.Clear();
      return false;
    }
    stats.matches += state.matches.size();
    truncated_ |= end == SearchEnd::kMatchLimit;
    state.up_to_date = end == SearchEnd::kComplete && Incremental(index);
    return true;
  }

  bool Incremental(size_t rule) const {
    return options_.incremental && rules_[rule].sensitivity != Sensitivity::kWholeGraph;
  }

  void ApplyAll() {
    for (size_t i = 0; i < rules_.size() && !stop_; ++i)
      if (states_[i].matches.size() > 0) ApplyRule(i);
  }

  void ApplyRule(size_t index) {
    Stopwatch watch;
    RuleStats& stats = result_.rules[index];
    egraph_.SetReason(stats.reason);
    size_t first_node = egraph_.node_id_limit();
    size_t first_union = egraph_.unions().size();
    if (rules_[index].applier) {
      ApplyEach(index);
    } else {
      ApplyTerm(index);
    }
    if (options_.log)
      options_.log->Cover(
          {first_node, egraph_.node_id_limit(), first_union, egraph_.unions().size()});
    states_[index].matches.Clear();
    stats.nodes_added += egraph_.node_id_limit() - first_node;
    stats.apply_seconds += watch.seconds();
    result_.apply_seconds += watch.seconds();
  }

  void ApplyTerm(size_t index) {
    const TermApplier& term = *rules_[index].term;
    const MatchList& matches = states_[index].matches;
    for (size_t i = 0; i < matches.size();) {
      CheckBeforeApplying();
      if (stop_) return;
      // No more matches at once than may add nodes up to the limit.
      size_t room = options_.limits.nodes - egraph_.node_count();
      size_t fit = std::max<size_t>(room / std::max<size_t>(term.operator_count(), 1), 1);
      size_t count = std::min({matches.size() - i, TermApplier::kBatch, fit});
      std::bitset<TermApplier::kBatch> changed = term.Apply(egraph_, matches, i, count);
      result_.rules[index].applications += changed.count();
      if (options_.log)
        for (size_t m = 0; m < count; ++m)
          if (changed[m]) options_.log->Append(result_.rules[index].reason, matches.row(i + m), {});
      if (!egraph_.status().ok()) stop_ = StopReason::kConflict;
      i += count;
    }
  }

  void ApplyEach(size_t index) {
    const MatchList& matches = states_[index].matches;
    for (size_t i = 0; i < matches.size() && !stop_; ++i) {
      if (i % kAppliesPerPoll == 0) CheckStop(/*in_search=*/false);
      if (!stop_ && egraph_.node_count() >= options_.limits.nodes) stop_ = StopReason::kNodeLimit;
      if (!stop_) ApplyMatch(index, i);
    }
  }

  void CheckBeforeApplying() {
    CheckStop(/*in_search=*/false);
    if (!stop_ && egraph_.node_count() >= options_.limits.nodes) stop_ = StopReason::kNodeLimit;
  }

  void ApplyMatch(size_t index, size_t position) {
    const MatchList& matches = states_[index].matches;
    size_t nodes = egraph_.node_id_limit();
    size_t unions = egraph_.unions().size();
    equations_.clear();
    absl::Status status = rules_[index].applier(egraph_, matches[position], &equations_);
    if (!status.ok()) {
      result_.status = base::Annotate(status, "rule '" + rules_[index].name + "': ");
      stop_ = StopReason::kConflict;
      return;
    }
    for (const Equation& equation : equations_) egraph_.Union(equation.left, equation.right);
    if (!egraph_.status().ok()) stop_ = StopReason::kConflict;
    if (egraph_.node_id_limit() == nodes && egraph_.unions().size() == unions) return;
    RuleStats& stats = result_.rules[index];
    ++stats.applications;
    if (options_.log) options_.log->Append(stats.reason, matches.row(position), equations_);
  }

  // Sets stop_ when the caller or the clock says so. Returns whether the run is to stop.
  bool CheckClock() {
    if (stop_) return true;
    if (options_.interrupt && options_.interrupt->load(std::memory_order_relaxed)) {
      stop_ = StopReason::kInterrupted;
    } else if (options_.limits.seconds < std::numeric_limits<double>::infinity() &&
               clock_.seconds() > options_.limits.seconds) {
      stop_ = StopReason::kTimeLimit;
    }
    return stop_.has_value();
  }

  // The same for memory too; `in_search`, the matches count.
  bool CheckStop(bool in_search) {
    if (!CheckClock() && Bytes(in_search) > options_.limits.bytes) stop_ = StopReason::kMemoryLimit;
    return stop_.has_value();
  }

  size_t Bytes(bool with_matches) const {
    size_t bytes = egraph_.memory_bytes();
    if (with_matches)
      for (const RuleState& state : states_) bytes += state.matches.memory_bytes();
    return bytes;
  }

  void Finish(const absl::Status& status) {
    egraph_.SetReason(EGraph::kInput);
    if (!status.ok() && result_.status.ok()) result_.status = status;
    result_.stop = result_.status.ok() ? *stop_ : StopReason::kConflict;
    result_.nodes = egraph_.node_count();
    result_.classes = egraph_.class_count();
    result_.bytes = Bytes(/*with_matches=*/true);
    result_.seconds = clock_.seconds();
  }

  static constexpr size_t kAppliesPerPoll = 16;

  EGraph& egraph_;
  std::span<const Rewrite> rules_;
  const RunOptions& options_;
  Backoff backoff_;
  std::vector<RuleState> states_;
  size_t max_depth_ = 0;
  ChangeSet changes_;
  FreshRows fresh_;
  std::vector<Equation> equations_;
  bool truncated_ = false;
  std::optional<StopReason> stop_;
  RunResult result_;
  Stopwatch clock_;
};

}  // namespace

RunResult Saturate(EGraph& egraph, std::span<const Rewrite> rules, const RunOptions& options) {
  return Runner(egraph, rules, options).Run();
}

}  // namespace eqsat::engine
