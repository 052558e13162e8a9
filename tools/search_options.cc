#include "tools/search_options.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "cost_models/targets/find_target.h"
#include "ir/base/status.h"
#include "tools/budget.h"
#include "tools/driver.h"

namespace eqsat::tools {
namespace {

// The rules that take part at effort `level` on `target`.
absl::StatusOr<rules::RuleFilter> FilterFor(const RuleOptions& options, int level,
                                            const cost_models::Target& target) {
  rules::RuleFilter filter;
  EQSAT_ASSIGN_OR_RETURN(filter.numerics, NumericsOf(options.numerics));
  if (level >= 2) filter.phases = {"simplify", "explore", "lower"};
  filter.features.insert(target.features.begin(), target.features.end());
  return filter;
}

// More would wait for memory, and for the applying of what was found, which is one thread's.
size_t DefaultThreads() {
  constexpr size_t kMost = 8;
  return std::clamp<size_t>(std::thread::hardware_concurrency(), 1, kMost);
}

}  // namespace

void AddSearchOptions(CLI::App* verb, SearchOptions* options) {
  verb->add_option("--target", options->target,
                   "cpu (this host), amdgpu, amdgpu:gfx942, nvptx:sm_90, file:mine.json, …");
  AddRuleOptions(verb, &options->rules);
  verb->add_option("--budget", options->budget,
                   "A comma list of nodes:200k, mem:2G, iterations:30, time:5s");
  verb->add_option("-O", options->level,
                   "0 parse and check only, 1 simplify, 2 explore for 10 s, 3 explore for 5 min")
      ->check(CLI::Range(0, 3));
  verb->add_option(
          "--threads", options->threads,
          "That search for matches and generate code; the result is the same. By default as "
          "many as there are processors, but no more than 8")
      ->check(CLI::PositiveNumber);
}

int PrepareSearch(const SearchOptions& options, Search* search) {
  absl::StatusOr<Budget> budget = ParseBudget(options.budget, BudgetOfLevel(options.level));
  if (!budget.ok()) return Fail(kUsage, budget.status());
  absl::StatusOr<cost_models::Target> target = cost_models::FindTarget(options.target);
  if (!target.ok()) return Fail(kUnavailable, target.status());
  absl::StatusOr<rules::RuleFilter> filter = FilterFor(options.rules, options.level, *target);
  if (!filter.ok()) return Fail(kUsage, filter.status());
  absl::StatusOr<rules::RuleSet> rules = LoadRules(options.rules);
  if (!rules.ok()) return Fail(kBadRules, rules.status());
  search->target = *std::move(target);
  search->rules = *std::move(rules);
  search->optimize = {
      .budget = *budget, .rules = *std::move(filter), .interrupt = &InterruptFlag()};
  search->optimize.threads = options.threads > 0 ? options.threads : DefaultThreads();
  constexpr size_t kManyRounds = 64;
  if (options.level >= 3) search->optimize.explore_rounds = kManyRounds;
  return kOk;
}

}  // namespace eqsat::tools
