// What a verb that optimizes is asked for: the machine, the rules and the effort.
#ifndef EQSAT_TOOLS_SEARCH_OPTIONS_H_
#define EQSAT_TOOLS_SEARCH_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>

#include "cost_models/targets/target.h"
#include "rules/rule_set.h"
#include "tools/optimize.h"
#include "tools/rule_options.h"

namespace eqsat::tools {

struct SearchOptions {
  std::string target = "cpu";
  std::string budget;
  RuleOptions rules;
  int level = 2;       // 0 … 3
  size_t threads = 0;  // 0: as many as there are processors, up to a few
};

// --target, --budget, -O, --threads and those of AddRuleOptions.
void AddSearchOptions(CLI::App* verb, SearchOptions* options);

struct Search {
  cost_models::Target target;
  rules::RuleSet rules;
  OptimizeOptions optimize;  // ends at an interrupt; the rest is the caller's
};

// Finds and loads what the options name. Anything but kOk (tools/driver.h) is the exit code of an
// error that has been printed.
int PrepareSearch(const SearchOptions& options, Search* search);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_SEARCH_OPTIONS_H_
