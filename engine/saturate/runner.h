// Applies rules to an e-graph until nothing new follows or a limit is reached.
//
// An iteration searches every rule on the clean graph, applies all matches, and rebuilds. Whatever
// stops a run, the graph it leaves is rebuilt. With no time limit and no interrupt, a run is a
// function of the graph, the rules and the options: nothing depends on clocks, addresses or hashes.
#ifndef EQSAT_ENGINE_SATURATE_RUNNER_H_
#define EQSAT_ENGINE_SATURATE_RUNNER_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/egraph/egraph.h"
#include "engine/rewrite/application_log.h"
#include "engine/rewrite/rewrite.h"
#include "engine/saturate/backoff.h"
#include "engine/saturate/limits.h"

namespace eqsat::engine {

struct Progress {
  size_t iteration = 0;
  size_t nodes = 0;
  size_t classes = 0;
  double seconds = 0;
};

struct RunOptions {
  Limits limits;
  BackoffOptions backoff;
  // Whether a rule that was searched before looks only where something changed since. The
  // equalities found are the same, but back-off then counts new matches instead of all.
  bool incremental = true;
  // Whether guards are asked when a match is applied, of the graph as it is by then, and matches
  // that they refuse count for back-off; guards of rules with a term then read variables alone.
  // Else they are asked during the search.
  bool late_guards = false;
  // Threads that search at once: each takes whole rules. What is found, and so the graph, is the
  // same for any number; guards and predicates must bear being asked by several threads.
  size_t threads = 1;
  // When set to true by another thread or a signal handler, the run stops soon. May be null.
  const std::atomic<bool>* interrupt = nullptr;
  // Called after each iteration. May be empty.
  std::function<void(const Progress&)> progress;
  // Asked before each iteration: whether the graph holds what was looked for. May be empty.
  std::function<bool(const CleanView&)> should_end;
  // Receives every application that changed the graph, for explanations. May be null.
  ApplicationLog* log = nullptr;
};

struct RuleStats {
  std::string name;
  std::string group;
  ReasonId reason;          // under which its nodes and merges are recorded
  size_t searches = 0;      // iterations in which the rule was searched
  size_t matches = 0;       // that passed the guard
  size_t applications = 0;  // that added a node or merged two classes
  size_t nodes_added = 0;
  size_t times_banned = 0;
  double search_seconds = 0;
  double apply_seconds = 0;
};

struct RunResult {
  StopReason stop = StopReason::kSaturated;
  absl::Status status;  // an error exactly if `stop` is kConflict
  size_t iterations = 0;
  size_t nodes = 0;
  size_t classes = 0;
  size_t bytes = 0;
  double search_seconds = 0;
  double apply_seconds = 0;
  double rebuild_seconds = 0;
  double seconds = 0;
  std::vector<RuleStats> rules;  // in the order of the rules
};

RunResult Saturate(EGraph& egraph, std::span<const Rewrite> rules, const RunOptions& options);

// Runs groups of rules on one graph, one after the other and again: a rule that was searched before
// looks only where something changed since, whoever changed it. The back-off starts anew with each
// run. The graph and the rules outlive this, and nothing else may take the graph's changes
// (EGraph::TakeChanges, Push) between the runs.
class Saturator {
 public:
  Saturator(EGraph& egraph, std::vector<std::span<const Rewrite>> groups);
  ~Saturator();
  Saturator(const Saturator&) = delete;
  Saturator& operator=(const Saturator&) = delete;

  RunResult Run(size_t group, const RunOptions& options);

 private:
  class Group;
  std::vector<std::unique_ptr<Group>> groups_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_SATURATE_RUNNER_H_
