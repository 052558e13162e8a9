// From a rule to rewrites that the engine runs.
#ifndef EQSAT_RULES_COMPILE_REWRITE_COMPILER_H_
#define EQSAT_RULES_COMPILE_REWRITE_COMPILER_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/rewrite/rewrite.h"
#include "rules/compile/evaluate.h"
#include "rules/compile/hlo_graph.h"
#include "rules/compile/rule.h"

namespace eqsat::rules {

// Applications that were refused because the right side could not be built or had another shape:
// each is a fault of the rule, and the run goes on without it.
class RuleFaults {
 public:
  struct Fault {
    size_t count = 0;
    std::string first;  // what was wrong the first time
  };
  void Record(const Rule& rule, std::string_view message);
  // By the name of the rule.
  const std::map<std::string, Fault>& faults() const { return faults_; }

 private:
  std::map<std::string, Fault> faults_;
};

// One rewrite per direction; the second is named `<rule>.reverse`. A match that only a class beyond
// `allowed` justifies is refused. The rule is kept alive; `graph`'s parts and `faults` outlive the
// rewrites.
absl::StatusOr<std::vector<engine::Rewrite>> CompileRule(std::shared_ptr<const Rule> rule,
                                                         const HloGraph& graph, Numerics allowed,
                                                         RuleFaults* faults);

// The first case of the rule's numerics whose condition holds; null if none does.
const NumericsCase* CaseFor(const Rule& rule, const Bindings& bindings, const Facts& facts);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_REWRITE_COMPILER_H_
