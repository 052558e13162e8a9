// One rule on one small program: where it matches, what it adds, and whether that is right.
#ifndef EQSAT_RULES_TESTING_APPLICATION_H_
#define EQSAT_RULES_TESTING_APPLICATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/pattern/match.h"
#include "ir/base/random.h"
#include "rules/compile/pattern_compiler.h"
#include "rules/compile/rewrite_compiler.h"
#include "rules/testing/test_graph.h"

namespace eqsat::rules {

// The matches of one direction in a graph that is not changed but through this.
class Application {
 public:
  // Rebuilds the graph and searches it. At most `max_matches` are kept.
  static absl::StatusOr<std::unique_ptr<Application>> Search(std::shared_ptr<const Rule> rule,
                                                             size_t direction, TestGraph* graph,
                                                             size_t max_matches);

  size_t match_count() const { return matches_->size(); }
  // Applies match `i`. Fails if the right side cannot be built or has another shape.
  absl::StatusOr<std::vector<engine::Equation>> Apply(size_t i);
  // Nodes that the last Apply added.
  size_t nodes_added() const { return nodes_added_; }

  // Evaluates the two sides of what match `i` states on random inputs; says what differs.
  // Unavailable if the left side itself has no value.
  absl::StatusOr<std::optional<std::string>> Compare(size_t i,
                                                     const std::vector<engine::Equation>& equations,
                                                     base::Random* random);

 private:
  Application(std::shared_ptr<const Rule> rule, size_t direction, TestGraph* graph);

  std::shared_ptr<const Rule> rule_;
  TestGraph* graph_;
  CompiledPattern compiled_;
  RuleFaults faults_;
  engine::Rewrite rewrite_;
  std::optional<engine::MatchList> matches_;
  size_t nodes_added_ = 0;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_TESTING_APPLICATION_H_
