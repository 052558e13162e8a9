// Runs a plan over a clean e-graph.
#ifndef EQSAT_ENGINE_PATTERN_MATCHER_H_
#define EQSAT_ENGINE_PATTERN_MATCHER_H_

#include <cstddef>
#include <functional>
#include <limits>

#include "engine/egraph/egraph.h"
#include "engine/pattern/change_set.h"
#include "engine/pattern/fresh_rows.h"
#include "engine/pattern/match.h"
#include "engine/pattern/plan.h"

namespace eqsat::engine {

struct SearchOptions {
  // Matches to find at most.
  size_t max_matches = std::numeric_limits<size_t>::max();
  // Asked now and then; true ends the search. May be empty.
  std::function<bool()> should_stop;
  // Which matches count. May be empty.
  std::function<bool(const EGraph&, const Match&)> guard;
  // If valid, only matches with the first root in this class.
  ClassId root_class;
  // If given, only matches with a fresh row, each once. Rows whose classes were renamed are fresh
  // even where the pattern compares nothing with those classes, unless `compared_alone`.
  const FreshRows* fresh = nullptr;
  bool compared_alone = false;
  // If given, only matches with a root within `depth` of a change.
  const ChangeSet* changes = nullptr;
  size_t depth = 0;
  bool class_data = false;
};

enum class SearchEnd { kComplete, kMatchLimit, kStopped };

// Whether it can be told without a search that nothing matches: a quick look at which operators
// have nodes, and, with `options.fresh`, fresh ones.
bool CannotMatch(const CleanView& view, const Plan& plan, const SearchOptions& options);

// Appends the matches to `matches`, in an order that depends on the graph and the plan alone. A
// match may be found more than once. With kMatchLimit there is at least one match beyond the
// `max_matches` that were appended.
SearchEnd Search(const CleanView& view, const Plan& plan, const SearchOptions& options,
                 MatchList* matches);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_PATTERN_MATCHER_H_
