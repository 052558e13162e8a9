// A pattern compiled to a search plan.
//
// A plan is a short list of steps run with backtracking over registers that hold classes. The first
// root's candidates come from the operator index; a later root's from the uses of a class that an
// earlier root has bound, where the two share a variable that allows it. Each root can lead: a plan
// holds one list of steps per leading root, so that a change anywhere is found from where it is.
#ifndef EQSAT_ENGINE_PATTERN_PLAN_H_
#define EQSAT_ENGINE_PATTERN_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/egraph/signature.h"
#include "engine/pattern/pattern.h"

namespace eqsat::engine {

struct Step {
  enum class Kind {
    kRoot,   // slot := each candidate root of `slot`'s operators
    kUses,   // slot := each use of register `input` as child `child`
    kNodes,  // slot := each node of class register `input`
    kLeaf,   // class register `input` must hold the one leaf of (op, attrs)
  };
  Kind kind;
  SlotId slot;
  uint32_t input = 0;  // register
  uint32_t child = 0;  // kUses only
  uint32_t root = 0;   // kRoot, kUses: which root of the pattern
  // What to do with the children of the slot's node, in order.
  struct Child {
    uint32_t reg;
    bool bind;  // else compare
  };
  std::vector<Child> children;
  bool both_orders = false;
  // The register of the node's class, if the pattern refers to it from elsewhere; compared or
  // bound.
  Child cls = {kNone, false};
  static constexpr uint32_t kNone = ~0u;
};

class Plan {
 public:
  // A pattern with more parts than this is refused: a search nests as deep as the pattern is big.
  static constexpr size_t kMaxParts = 1024;

  // Checks the pattern against the signature: operators exist, arities agree, roots are operators,
  // every variable is below a root.
  static absl::StatusOr<std::shared_ptr<const Plan>> Compile(Pattern pattern,
                                                             const Signature& signature);

  const Pattern& pattern() const { return pattern_; }
  size_t root_count() const { return pattern_.roots().size(); }
  // The steps when `root` leads.
  const std::vector<Step>& steps(size_t root) const { return steps_[root]; }
  size_t register_count() const { return register_count_; }
  // The register of a variable is its id.
  // How far below a root the deepest operator is, and the deepest part of any kind.
  size_t operator_depth() const { return operator_depth_; }
  size_t depth() const { return depth_; }
  // Whether a class is compared with another: a merge alone can make such a pattern match.
  bool compares_classes() const { return compares_classes_; }

 private:
  friend class PlanBuilder;
  explicit Plan(Pattern pattern) : pattern_(std::move(pattern)) {}

  Pattern pattern_;
  std::vector<std::vector<Step>> steps_;
  size_t register_count_ = 0;
  size_t operator_depth_ = 0;
  size_t depth_ = 0;
  bool compares_classes_ = false;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_PATTERN_PLAN_H_
