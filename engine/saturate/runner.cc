#include "engine/saturate/runner.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <mutex>
#include <optional>
#include <utility>

#include "engine/pattern/matcher.h"
#include "engine/rewrite/term.h"
#include "engine/saturate/for_each_index.h"
#include "engine/saturate/news.h"
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

}  // namespace

class Saturator::Group {
 public:
  // `all`: the groups that share the graph, this one among them by the time it is run.
  Group(EGraph& egraph, std::span<const Rewrite> rules,
        const std::vector<std::unique_ptr<Group>>& all)
      : egraph_(egraph), rules_(rules), all_(all) {
    for (const Rewrite& rule : rules) {
      const Pattern& pattern = rule.plan->pattern();
      states_.emplace_back(pattern.variable_count(), pattern.slot_count(),
                           rule.applier ? MatchRows::kNodes : MatchRows::kRootClass);
      states_.back().depth = rule.plan->depth();
      if (rule.sensitivity == Sensitivity::kClassData &&
          states_.back().depth <= ChangeSet::kMaxDepth)
        max_depth_ = std::max(max_depth_, states_.back().depth);
      reasons_.push_back(egraph.AddReason(rule.name));
    }
  }

  RunResult Run(const RunOptions& options) {
    Begin(options);
    absl::StatusOr<CleanView> view = Rebuild();
    TellAll(egraph_.TakeChanges());
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
    SearchOptions search;     // of this iteration
    SearchEnd end = SearchEnd::kComplete;
    size_t counted_bytes = 0;  // of `matches`, in match_bytes_
  };

  void Begin(const RunOptions& options) {
    options_ = options;
    backoff_.emplace(options.backoff, FirstLimits(rules_));
    stop_.reset();
    clock_ = {};
    result_ = {};
    for (size_t i = 0; i < rules_.size(); ++i)
      result_.rules.push_back(
          {.name = rules_[i].name, .group = rules_[i].group, .reason = reasons_[i]});
  }

  // What the last rebuild changed is news to every group.
  void TellAll(FlatArray<ClassChange> changes) {
    FlatArray<RenamedNode> renamed = egraph_.TakeRenamed();
    for (const std::unique_ptr<Group>& group : all_)
      if (group.get() != this) group->news_.Add(changes, renamed);
    news_.Add(std::move(changes), std::move(renamed));
  }

  void Iterate(absl::StatusOr<CleanView>* view) {
    size_t first_new = egraph_.node_id_limit();
    size_t unions_before = egraph_.unions().size();
    bool complete = SearchAll(**view);
    if (stop_) return;
    ApplyAll();
    *view = Rebuild();
    egraph_.SetReason(EGraph::kInput);
    FlatArray<ClassChange> changes = egraph_.TakeChanges();
    bool changed = !changes.empty() || egraph_.node_id_limit() != first_new ||
                   egraph_.unions().size() != unions_before;
    TellAll(std::move(changes));
    ++result_.iterations;
    if (options_.progress)
      options_.progress({.iteration = result_.iterations,
                         .nodes = egraph_.node_count(),
                         .classes = egraph_.class_count(),
                         .seconds = clock_.seconds()});
    if (stop_ || changed) return;
    if (complete) {
      stop_ = truncated_ ? StopReason::kMatchLimit : StopReason::kSaturated;
    } else {
      backoff_->SkipRest(result_.iterations - 1);
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
    Stopwatch watch;
    truncated_ = false;
    DropMatches();
    news_.Update(egraph_, max_depth_);
    bool complete = true;
    std::vector<size_t> due;
    for (size_t i = 0; i < rules_.size(); ++i) complete &= Prepare(view, i, &due);
    size_t threads = egraph_.node_count() < kParallelFrom ? 1 : options_.threads;
    SearchRules(view, due, threads);
    // How much is held at once depends on the threads; whether it is too much must not.
    if (threads > 1 && halt_ == StopReason::kMemoryLimit) {
      DropMatches();
      SearchRules(view, due, 1);
    }
    stop_ = halt_;
    for (size_t i : due) complete &= Settle(i);
    result_.search_seconds += watch.seconds();
    return complete;
  }

  void DropMatches() {
    for (RuleState& state : states_) state.matches.Clear();
    match_bytes_ = 0;
    halt_.reset();
    halted_ = false;
  }

  // Says what there is to search for a rule, if anything. Returns false if the rule rests.
  bool Prepare(const CleanView& view, size_t index, std::vector<size_t>* due) {
    RuleState& state = states_[index];
    bool was_up_to_date = std::exchange(state.up_to_date, false);
    if (backoff_->Banned(index, result_.iterations)) return false;
    ++result_.rules[index].searches;
    SearchOptions search;
    if (was_up_to_date && rules_[index].sensitivity == Sensitivity::kPatternOnly) {
      search.fresh = &news_.fresh();
      // What a term says of a match by its old names, congruence says of the new ones; code may
      // look at names.
      search.compared_alone = !rules_[index].applier && !rules_[index].guard;
    } else if (was_up_to_date && state.depth <= ChangeSet::kMaxDepth) {
      search.changes = &news_.changes();
      search.depth = state.depth;
      search.class_data = true;
    }
    if (CannotMatch(view, *rules_[index].plan, search)) {
      state.up_to_date = Incremental(index);
      return true;
    }
    if (!options_.late_guards) search.guard = rules_[index].guard;
    search.max_matches = std::min(backoff_->MatchLimit(index), options_.limits.matches_per_rule);
    search.should_stop = [this, index] { return MustHalt(index); };
    state.search = std::move(search);
    due->push_back(index);
    return true;
  }

  void SearchRules(const CleanView& view, const std::vector<size_t>& due, size_t threads) {
    ForEachIndex(due.size(), threads, [&](size_t i) {
      RuleState& state = states_[due[i]];
      if (HaltByClock()) return;
      Stopwatch watch;
      state.counted_bytes = 0;
      state.end = Search(view, *rules_[due[i]].plan, state.search, &state.matches);
      if (MustRest(due[i])) state.matches.Clear();
      CountBytes(&state);
      result_.rules[due[i]].search_seconds += watch.seconds();
    });
  }

  // Whether a rule has more matches than it may before it rests.
  bool MustRest(size_t index) const {
    const RuleState& state = states_[index];
    return state.end == SearchEnd::kMatchLimit &&
           state.search.max_matches == backoff_->MatchLimit(index);
  }

  // Draws the conclusions from a search. Returns false if the rule is to rest.
  bool Settle(size_t index) {
    if (stop_) return false;
    RuleState& state = states_[index];
    RuleStats& stats = result_.rules[index];
    if (MustRest(index)) {
      backoff_->Ban(index, result_.iterations);
      stats.times_banned = backoff_->times_banned(index);
      return false;
    }
    stats.matches += state.matches.size();
    truncated_ |= state.end == SearchEnd::kMatchLimit;
    state.up_to_date = state.end == SearchEnd::kComplete && Incremental(index);
    return true;
  }

  // ---- What follows is asked by all threads that search ----

  // Whether the searches are to end; `index` is the rule that the calling thread searches.
  bool MustHalt(size_t index) {
    if (HaltByClock()) return true;
    CountBytes(&states_[index]);
    if (egraph_.memory_bytes() + match_bytes_ > options_.limits.bytes)
      Halt(StopReason::kMemoryLimit);
    return halted_;
  }

  bool HaltByClock() {
    if (halted_) return true;
    if (std::optional<StopReason> reason = StopByClock()) Halt(*reason);
    return halted_;
  }

  void Halt(StopReason reason) {
    std::lock_guard lock(halt_mutex_);
    if (!halt_) halt_ = reason;
    halted_ = true;
  }

  void CountBytes(RuleState* state) {
    size_t bytes = state->matches.memory_bytes();
    match_bytes_ += bytes - std::exchange(state->counted_bytes, bytes);
  }

  // Whether the caller or the clock says that the run is to stop.
  std::optional<StopReason> StopByClock() const {
    if (options_.interrupt && options_.interrupt->load(std::memory_order_relaxed))
      return StopReason::kInterrupted;
    if (options_.limits.seconds < std::numeric_limits<double>::infinity() &&
        clock_.seconds() > options_.limits.seconds)
      return StopReason::kTimeLimit;
    return std::nullopt;
  }

  // ---- Applying ----

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
    if (options_.late_guards && rules_[index].guard) {
      ApplyGuarded(index);
    } else if (rules_[index].applier) {
      ApplyEach(index);
    } else {
      ApplyTerms(index);
    }
    if (options_.log)
      options_.log->Cover(
          {first_node, egraph_.node_id_limit(), first_union, egraph_.unions().size()});
    states_[index].matches.Clear();
    stats.nodes_added += egraph_.node_id_limit() - first_node;
    stats.apply_seconds += watch.seconds();
    result_.apply_seconds += watch.seconds();
  }

  void ApplyTerms(size_t index) {
    const MatchList& matches = states_[index].matches;
    for (size_t i = 0; i < matches.size();) {
      CheckBeforeApplying();
      if (stop_) return;
      const TermApplier& term = *rules_[index].term;
      // No more matches at once than may add nodes up to the limit.
      size_t room = options_.limits.nodes - egraph_.node_count();
      size_t fit = std::max<size_t>(room / std::max<size_t>(term.operator_count(), 1), 1);
      size_t count = std::min({matches.size() - i, TermApplier::kBatch, fit});
      ApplyTerm(index, i, count);
      i += count;
    }
  }

  void ApplyTerm(size_t index, size_t first, size_t count) {
    const MatchList& matches = states_[index].matches;
    std::bitset<TermApplier::kBatch> changed =
        rules_[index].term->Apply(egraph_, matches, first, count);
    result_.rules[index].applications += changed.count();
    if (options_.log)
      for (size_t m = 0; m < count; ++m)
        if (changed[m])
          options_.log->Append(result_.rules[index].reason, matches.row(first + m), {});
    egraph_.RebuildAhead();
    if (!egraph_.status().ok()) stop_ = StopReason::kConflict;
  }

  // Each match that the guard still takes.
  void ApplyGuarded(size_t index) {
    const MatchList& matches = states_[index].matches;
    for (size_t i = 0; i < matches.size(); ++i) {
      CheckBeforeApplying();
      if (stop_) return;
      if (!rules_[index].guard(egraph_, matches[i])) continue;
      if (rules_[index].applier) {
        ApplyMatch(index, i);
      } else {
        ApplyTerm(index, i, 1);
      }
    }
  }

  void ApplyEach(size_t index) {
    const MatchList& matches = states_[index].matches;
    for (size_t i = 0; i < matches.size() && !stop_; ++i) {
      if (i % kAppliesPerPoll == 0) CheckStop();
      if (!stop_ && egraph_.node_count() >= options_.limits.nodes) stop_ = StopReason::kNodeLimit;
      if (!stop_) ApplyMatch(index, i);
    }
  }

  void CheckBeforeApplying() {
    CheckStop();
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

  // Sets stop_ when the caller, the clock or the memory says so.
  void CheckStop() {
    if (!stop_) stop_ = StopByClock();
    if (!stop_ && egraph_.memory_bytes() > options_.limits.bytes) stop_ = StopReason::kMemoryLimit;
  }

  void Finish(const absl::Status& status) {
    egraph_.SetReason(EGraph::kInput);
    if (!status.ok() && result_.status.ok()) result_.status = status;
    result_.stop = result_.status.ok() ? *stop_ : StopReason::kConflict;
    if (CutsShort(result_.stop))
      for (RuleState& state : states_) state.up_to_date = false;
    result_.nodes = egraph_.node_count();
    result_.classes = egraph_.class_count();
    result_.bytes = egraph_.memory_bytes();
    for (const RuleState& state : states_) result_.bytes += state.matches.memory_bytes();
    result_.seconds = clock_.seconds();
  }

  // Whether matches that were found may not have been applied.
  static bool CutsShort(StopReason stop) {
    return stop != StopReason::kSaturated && stop != StopReason::kGoal &&
           stop != StopReason::kIterationLimit && stop != StopReason::kMatchLimit;
  }

  static constexpr size_t kAppliesPerPoll = 16;
  // Below this many nodes a thread costs more than it gives.
  static constexpr size_t kParallelFrom = 1024;

  EGraph& egraph_;
  std::span<const Rewrite> rules_;
  const std::vector<std::unique_ptr<Group>>& all_;
  std::vector<ReasonId> reasons_;  // by rule
  std::vector<RuleState> states_;  // by rule
  size_t max_depth_ = 0;
  News news_;
  // Of one run.
  RunOptions options_;
  std::optional<Backoff> backoff_;
  std::vector<Equation> equations_;
  bool truncated_ = false;
  // Shared by the threads that search.
  std::atomic<size_t> match_bytes_ = 0;
  std::atomic<bool> halted_ = false;
  std::mutex halt_mutex_;
  std::optional<StopReason> halt_;  // why, if halted_
  std::optional<StopReason> stop_;
  RunResult result_;
  Stopwatch clock_;
};

Saturator::Saturator(EGraph& egraph, std::vector<std::span<const Rewrite>> groups) {
  for (std::span<const Rewrite> rules : groups)
    groups_.push_back(std::make_unique<Group>(egraph, rules, groups_));
}

Saturator::~Saturator() = default;

RunResult Saturator::Run(size_t group, const RunOptions& options) {
  return groups_[group]->Run(options);
}

RunResult Saturate(EGraph& egraph, std::span<const Rewrite> rules, const RunOptions& options) {
  return Saturator(egraph, {rules}).Run(0, options);
}

}  // namespace eqsat::engine
