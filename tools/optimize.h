// The main job: a module in, the best equal module found out.
#ifndef EQSAT_TOOLS_OPTIMIZE_H_
#define EQSAT_TOOLS_OPTIMIZE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cost_models/targets/target.h"
#include "engine/explain/explainer.h"
#include "engine/interchange/serialized_egraph.h"
#include "engine/rewrite/application_log.h"
#include "engine/saturate/limits.h"
#include "ir/graph/module.h"
#include "rules/hlo/hlo_egraph.h"
#include "rules/hlo/plain_module.h"
#include "rules/rule_set.h"
#include "tools/budget.h"

namespace eqsat::tools {

struct OptimizeProgress {
  size_t iteration = 0;
  size_t enodes = 0;
  double seconds = 0;
};

// What a search of one computation leaves behind, for explanations. Dies with the search.
struct SearchRecord {
  bool unrolled = false;  // of the module with loops spelt out
  size_t round = 0;       // how many searches came before, each of which this one goes on from
  rules::HloEGraph& graph;
  const engine::ApplicationLog& log;
  std::vector<engine::NamedRewrite> rewrites;
  engine::StopReason stopped_by;
  // The computation as it is kept, and the e-node of each instruction; absent if as it was.
  const ir::Computation* result;
  const std::vector<engine::NodeId>& nodes;
  // Predicted seconds of the computation with what it calls: as kept, and if the class of a node
  // must be computed by that node.
  double seconds;
  std::function<absl::StatusOr<double>(engine::NodeId)> seconds_with;
};

struct OptimizeOptions {
  Budget budget;
  rules::RuleFilter rules;
  bool keep_egraph = false;    // see OptimizeResult::egraph
  size_t explore_rounds = 12;  // steps of the rules of the phases beyond simplify
  size_t threads = 1;          // that search for matches; the result is the same
  uint64_t hash_seed = 0;      // changes nothing that can be seen
  const std::atomic<bool>* interrupt = nullptr;
  std::function<void(const OptimizeProgress&)> progress;  // may be empty
  // Receives each search when it has ended. May be empty; nothing is recorded then.
  std::function<absl::Status(const SearchRecord&)> observer;
};

// What one rule did in all searches.
struct RuleWork {
  size_t matches = 0;
  size_t applications = 0;  // that added a node or merged two classes
  size_t nodes_added = 0;
  double seconds = 0;
  size_t in_result = 0;  // values of the result in which it had a part
};

struct OptimizeResult {
  ir::Module module;  // flat (rules/hlo/flatten.h) and verified
  // Predicted seconds of the flat input with a kernel for each instruction, of the same with
  // fusion, and of `module` with fusion. The step from the second to the third is what rules gave.
  double cost_unfused = 0;
  double cost_before = 0;
  double cost_after = 0;
  bool changed = false;
  bool unrolled = false;    // loops of few iterations are spelt out in `module`
  rules::FormCounts forms;  // that `module` took without a rule (rules/hlo/plain_forms.h)
  size_t rounds = 0;        // searches that went on from the result of another, and found more
  size_t enodes = 0;
  size_t eclasses = 0;
  size_t iterations = 0;
  double seconds = 0;
  engine::StopReason stopped_by = engine::StopReason::kSaturated;  // of the first search cut short
  std::map<std::string, RuleWork> rules;                           // by name, those that matched
  rules::Numerics numerics = rules::Numerics::kExact;  // the loosest class in the result
  // With keep_egraph: what was found for the entry computation. Costs are the predicted seconds of
  // single nodes; operators are named with their shapes.
  std::optional<engine::SerializedEGraph> egraph;
};

// Every computation that runs by itself (the entry, bodies and conditions of loops, branches) is
// searched on its own, once however often it is called; the budget is shared by size. A computation
// that the cost model finds no cheaper stays as it was. A module with loops of few iterations is
// searched a second time with these spelt out, and the cheaper result kept. An error means bad
// input, or a rule that contradicts itself (Internal).
absl::StatusOr<OptimizeResult> Optimize(const ir::Module& input, const rules::RuleSet& rules,
                                        const cost_models::Target& target,
                                        const OptimizeOptions& options);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_OPTIMIZE_H_
