// `xla-eqsat rules profile GRAPH…`: what each rule costs and gives.
#include <algorithm>
#include <bit>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "ir/base/status.h"
#include "tools/driver.h"
#include "tools/load.h"
#include "tools/optimize.h"
#include "tools/search_options.h"
#include "tools/verbs/rules_verbs.h"

namespace eqsat::tools {
namespace {

struct RulesProfileFlags {
  std::vector<std::string> graphs;
  SearchOptions search;
  size_t top = 30;
  bool json = false;
  bool suggest_limits = false;
};

// What a rule did in all graphs.
struct Profile {
  RuleWork work;
  size_t graphs = 0;          // where it matched
  size_t most_in_result = 0;  // of one graph
};

struct Profiles {
  std::map<std::string, Profile> rules;
  std::vector<std::string> never_matched;
  size_t nodes_added = 0;
  size_t graphs = 0;
  double search_seconds = 0;
  double cost_after = 0;  // predicted, of all results
};

// The rule of a rewrite; folding is no rule.
std::string RuleOf(std::string_view rewrite) {
  constexpr std::string_view kReverse = ".reverse";
  if (rewrite.ends_with(kReverse)) rewrite.remove_suffix(kReverse.size());
  return std::string(rewrite);
}

void AddGraph(const OptimizeResult& result, Profiles* profiles) {
  ++profiles->graphs;
  profiles->search_seconds += result.seconds;
  profiles->cost_after += result.cost_after;
  std::map<std::string, RuleWork> works;
  for (const auto& [rewrite, work] : result.rules) {
    RuleWork& sum = works[RuleOf(rewrite)];
    sum.matches += work.matches;
    sum.applications += work.applications;
    sum.nodes_added += work.nodes_added;
    sum.seconds += work.seconds;
    sum.in_result += work.in_result;
  }
  for (const auto& [name, work] : works) {
    Profile& profile = profiles->rules[name];
    profile.work.matches += work.matches;
    profile.work.applications += work.applications;
    profile.work.nodes_added += work.nodes_added;
    profile.work.seconds += work.seconds;
    profile.work.in_result += work.in_result;
    profile.graphs += work.matches > 0;
    profile.most_in_result = std::max(profile.most_in_result, work.in_result);
    profiles->nodes_added += work.nodes_added;
  }
}

// A limit for a rule that grows graphs far more than results show of it: twice what any result had
// of it, or a few. 0: none is needed.
size_t SuggestedLimit(const Profile& profile, size_t all_nodes) {
  constexpr double kShareOfGrowth = 0.02;
  constexpr size_t kFew = 16;
  const double share = static_cast<double>(profile.work.nodes_added) /
                       static_cast<double>(std::max<size_t>(1, all_nodes));
  const size_t limit = std::bit_ceil(std::max(kFew, 2 * profile.most_in_result));
  return share >= kShareOfGrowth ? limit : 0;
}

std::vector<std::pair<std::string, Profile>> BySeconds(const Profiles& profiles) {
  std::vector<std::pair<std::string, Profile>> ranked(profiles.rules.begin(), profiles.rules.end());
  std::ranges::stable_sort(ranked, [](const auto& a, const auto& b) {
    return a.second.work.seconds > b.second.work.seconds;
  });
  return ranked;
}

std::map<std::string, size_t> SuggestedLimits(const Profiles& profiles) {
  std::map<std::string, size_t> limits;
  for (const auto& [name, profile] : profiles.rules)
    if (size_t limit = SuggestedLimit(profile, profiles.nodes_added)) limits[name] = limit;
  return limits;
}

// What limits would change, measured.
struct Trial {
  std::map<std::string, size_t> limits;
  Profiles profiles;
};

nlohmann::ordered_json Json(const Profiles& profiles, const Trial* trial) {
  nlohmann::ordered_json rules = nlohmann::ordered_json::array();
  for (const auto& [name, profile] : BySeconds(profiles)) {
    rules.push_back({{"name", name},
                     {"seconds", profile.work.seconds},
                     {"graphs", profile.graphs},
                     {"matches", profile.work.matches},
                     {"applications", profile.work.applications},
                     {"nodes_added", profile.work.nodes_added},
                     {"in_result", profile.work.in_result}});
  }
  nlohmann::ordered_json object = {
      {"graphs", profiles.graphs},         {"seconds", profiles.search_seconds},
      {"cost_after", profiles.cost_after}, {"nodes_added", profiles.nodes_added},
      {"rules", std::move(rules)},         {"never_matched", profiles.never_matched}};
  if (trial) {
    object["suggested_limits"] = trial->limits;
    object["with_limits"] = {{"seconds", trial->profiles.search_seconds},
                             {"cost_after", trial->profiles.cost_after},
                             {"nodes_added", trial->profiles.nodes_added}};
  }
  return object;
}

void PrintTable(const Profiles& profiles, size_t top) {
  std::cout << absl::StrFormat("%-40s %10s %7s %9s %9s %9s %9s\n", "rule", "time", "graphs",
                               "matches", "applied", "nodes", "in result");
  size_t shown = 0;
  for (const auto& [name, profile] : BySeconds(profiles)) {
    if (shown++ == top) break;
    std::cout << absl::StrFormat("%-40s %10s %7d %9d %9d %9d %9d\n", name,
                                 FormatSeconds(profile.work.seconds), profile.graphs,
                                 profile.work.matches, profile.work.applications,
                                 profile.work.nodes_added, profile.work.in_result);
  }
  if (profiles.rules.size() > top)
    std::cout << absl::StrFormat("and %d more; --top=N shows N\n", profiles.rules.size() - top);
  size_t useless = 0;
  for (const auto& [name, profile] : profiles.rules) useless += profile.work.in_result == 0;
  std::cout << absl::StrFormat(
      "%d graphs; %d rules matched, %d of them without a part in any result; %d never matched\n",
      profiles.graphs, profiles.rules.size(), useless, profiles.never_matched.size());
}

void PrintTrial(const Profiles& profiles, const Trial& trial) {
  for (const auto& [name, limit] : trial.limits) {
    const Profile& profile = profiles.rules.at(name);
    std::cout << absl::StrFormat(
        "%s: limit %d  # made %d of %d nodes, at most %d values of a result\n", name, limit,
        profile.work.nodes_added, profiles.nodes_added, profile.most_in_result);
  }
  std::cout << absl::StrFormat(
      "with these limits: %d nodes -> %d, search %s -> %s, predicted time of the results %s -> "
      "%s\n",
      profiles.nodes_added, trial.profiles.nodes_added, FormatSeconds(profiles.search_seconds),
      FormatSeconds(trial.profiles.search_seconds), FormatSeconds(profiles.cost_after),
      FormatSeconds(trial.profiles.cost_after));
}

// Optimizes each graph.
absl::StatusOr<Profiles> ProfileGraphs(const std::vector<ir::Module>& graphs,
                                       const rules::RuleSet& rules,
                                       const cost_models::Target& target,
                                       const OptimizeOptions& optimize) {
  Profiles profiles;
  for (const ir::Module& graph : graphs) {
    if (InterruptFlag()) break;
    EQSAT_ASSIGN_OR_RETURN(OptimizeResult result, Optimize(graph, rules, target, optimize));
    AddGraph(result, &profiles);
  }
  for (const rules::RuleSet::Entry& entry : rules.rules())
    if (!profiles.rules.contains(entry.rule->name))
      profiles.never_matched.push_back(entry.rule->name);
  return profiles;
}

int RunProfile(const RulesProfileFlags& options) {
  Search search;
  if (int code = PrepareSearch(options.search, &search); code != kOk) return code;
  std::vector<ir::Module> graphs;
  for (const std::string& path : options.graphs) {
    absl::StatusOr<ir::Module> module = LoadModule(path);
    if (!module.ok()) return Fail(kBadInput, module.status());
    graphs.push_back(*std::move(module));
  }
  absl::StatusOr<Profiles> profiles =
      ProfileGraphs(graphs, search.rules, search.target, search.optimize);
  if (!profiles.ok()) return Fail(kBadInput, profiles.status());
  Trial trial;
  if (options.suggest_limits) {
    trial.limits = SuggestedLimits(*profiles);
    absl::StatusOr<Profiles> limited = ProfileGraphs(graphs, search.rules.WithLimits(trial.limits),
                                                     search.target, search.optimize);
    if (!limited.ok()) return Fail(kBadInput, limited.status());
    trial.profiles = *std::move(limited);
  }
  if (options.json) {
    std::cout << Json(*profiles, options.suggest_limits ? &trial : nullptr).dump() << "\n";
    return kOk;
  }
  PrintTable(*profiles, options.top);
  if (options.suggest_limits) PrintTrial(*profiles, trial);
  return kOk;
}

}  // namespace

void AddRulesProfileVerb(CLI::App* rules, int* exit_code) {
  CLI::App* verb = rules->add_subcommand(
      "profile", "Optimize graphs and show which rules cost time, grow graphs and reach results");
  auto options = std::make_shared<RulesProfileFlags>();
  verb->add_option("GRAPH", options->graphs, "The graphs")->required();
  AddSearchOptions(verb, &options->search);
  verb->add_option("--top", options->top, "How many rules are shown");
  verb->add_flag("--suggest-limits", options->suggest_limits,
                 "For rules that grow graphs without showing in results, a limit to write into "
                 "them, and what these limits would change");
  verb->add_flag("--json", options->json, "One object, all rules");
  verb->footer(
      "Rules come by falling time. 'applied' counts matches that changed the e-graph, 'in result'\n"
      "values of a result that a rule had a part in. The budget is that of each graph.\n"
      "Example:\n  xla-eqsat rules profile examples/*.hlo --suggest-limits");
  verb->callback([options, exit_code] {
    CatchInterrupts();
    *exit_code = RunProfile(*options);
  });
}

}  // namespace eqsat::tools
