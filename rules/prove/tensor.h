// Tensors as functions from an index vector to an element, and the values of a rule's names in a
// proof: what rules/functions/value.h is for matching, with symbolic integers.
#ifndef EQSAT_RULES_PROVE_TENSOR_H_
#define EQSAT_RULES_PROVE_TENSOR_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "rules/prove/element.h"
#include "rules/prove/poly.h"

namespace eqsat::rules {

using Polys = std::vector<Poly>;

struct Tensor {
  Polys dims;
  ProofType type;
  // The element at in-bounds indices.
  std::function<absl::StatusOr<Element>(const Polys&)> at;
  // Its number in ProofScope::leaves, if it is a leaf as it stands.
  std::optional<int> leaf = std::nullopt;
};

// No value: the rule does not apply. And a value that the prover cannot name: a guard on it is not
// used.
struct Undefined {};
struct Unknown {};
struct OperandRef {
  int id;
};
// An op, or a name for any that fits.
struct OperatorRef {
  std::optional<ir::OpCode> opcode;
  std::string name;
};
struct SymbolicValue;
using SymbolicAttributes = std::map<std::string, SymbolicValue>;
struct SymbolicValue : std::variant<Undefined, Unknown, bool, Poly, double, Polys, std::string,
                                    ProofType, OperandRef, std::vector<OperandRef>, OperatorRef,
                                    std::shared_ptr<const SymbolicAttributes>> {
  using variant::variant;

  template <typename T>
  const T* As() const {
    return std::get_if<T>(static_cast<const variant*>(this));
  }
  bool IsUndefined() const { return As<Undefined>() != nullptr; }
  bool IsUnknown() const { return As<Unknown>() != nullptr; }
};

// An operand of the left side.
struct Leaf {
  std::string name;
  std::vector<ElementFact> facts;
  // Every element is this integer, or lies between these.
  std::optional<Poly> integer;
  std::optional<Poly> lowest;
  std::optional<Poly> highest;
  // Leaves none of whose elements is below any of this one.
  std::vector<int> at_most;
  // Its type stands for integers of any width, so that nothing follows from the width.
  bool any_width = false;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_TENSOR_H_
