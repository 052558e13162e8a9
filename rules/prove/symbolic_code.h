// Computes a rule's expressions over symbolic sizes.
//
// Lists have a known length and symbolic elements; the path splits where the value of an expression
// hangs on how sizes compare. A function of plain integers alone is the one that matching runs.
#ifndef EQSAT_RULES_PROVE_SYMBOLIC_CODE_H_
#define EQSAT_RULES_PROVE_SYMBOLIC_CODE_H_

#include <deque>
#include <vector>

#include "absl/status/statusor.h"
#include "rules/compile/rule.h"
#include "rules/prove/assumptions.h"
#include "rules/prove/tensor.h"

namespace eqsat::rules {

// One path's operands and names.
struct ProofScope {
  Assumptions* assumptions;
  std::vector<SymbolicValue> symbols;  // by SymbolId; Undefined if not bound
  std::deque<Tensor> operands;         // by OperandRef
  std::deque<Leaf> leaves;

  const Tensor& operator[](OperandRef ref) const { return operands[ref.id]; }
  // Null if the operand is made of leaves.
  Leaf* LeafOf(OperandRef ref) {
    const std::optional<int>& leaf = operands[ref.id].leaf;
    return leaf ? &leaves[*leaf] : nullptr;
  }
};

absl::StatusOr<SymbolicValue> EvaluateSymbolic(const Code& code, ProofScope& scope);
// True where the value is not known: the proof then does without the condition.
absl::StatusOr<bool> HoldsSymbolic(const Code& condition, ProofScope& scope);
// Splits the path where the two may or may not be equal. Unknown values compare as Unknown.
absl::StatusOr<SymbolicValue> SymbolicallyEqual(const SymbolicValue& a, const SymbolicValue& b,
                                                ProofScope& scope);
// Makes the two equal; NoInstance if they cannot be.
absl::Status RequireEqual(const SymbolicValue& a, const SymbolicValue& b, ProofScope& scope);

// Whether an expression mixes all dims (a product of sizes, a reshape's sources), so that leaving
// one out changes what it says of the others. See docs/decisions.md on proofs.
bool IsWhole(const Code& code);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_SYMBOLIC_CODE_H_
