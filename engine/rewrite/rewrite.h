// A rule: where its pattern matches and its guard holds, its applier adds terms and equations.
#ifndef EQSAT_ENGINE_REWRITE_REWRITE_H_
#define EQSAT_ENGINE_REWRITE_REWRITE_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/egraph/egraph.h"
#include "engine/pattern/match.h"
#include "engine/pattern/plan.h"

namespace eqsat::engine {

// Two classes that a rule makes one.
struct Equation {
  ClassId left;
  ClassId right;
};

// Asked during the search, on a clean graph: the condition under which the rule holds. It may read
// the matched nodes and the analysis data of the classes in the match.
using Guard = std::function<bool(const EGraph&, const Match&)>;

// Applies one match: may add nodes, and appends the equations that the rule states. Appending none
// means that the rule does not apply here. The graph is not clean: see EGraph::Find. An error is a
// fault of the rule and stops the run.
using Applier =
    std::function<absl::Status(EGraph&, const Match&, std::vector<Equation>* equations)>;

// What guard, predicates and applier look at, which decides when a rule must search again.
enum class Sensitivity {
  // Also at the analysis data of the classes in the match: search again when that changes.
  kClassData,
  // At the shape of the match alone.
  kPatternOnly,
  // At anything: search everything every time.
  kWholeGraph,
};

class TermApplier;

struct Rewrite {
  std::string name;   // unique in a run
  std::string group;  // for reports
  std::shared_ptr<const Plan> plan;
  Guard guard;  // may be empty
  // The right-hand side: code, or where there is none a term, applied to many matches at once.
  Applier applier;
  std::shared_ptr<const TermApplier> term;
  Sensitivity sensitivity = Sensitivity::kClassData;
  // The back-off scheduler's first match limit for this rule; 0 for the scheduler's own.
  size_t match_limit = 0;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_REWRITE_REWRITE_H_
