// One element of a tensor as a term: the reads, numbers, scalar operations and folds it is made of.
//
// Terms are immutable, shared and kept in a normal form, so that most equal terms have equal text:
// operands of commutative operations are sorted, folds over nothing or one element are spelt out,
// and folds whose order cannot be seen (see IsUnordered) are merged, split over sums and stripped
// of common factors.
#ifndef EQSAT_RULES_PROVE_ELEMENT_H_
#define EQSAT_RULES_PROVE_ELEMENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/ops/opcode.h"
#include "ir/shape/element_type.h"
#include "rules/compile/rule.h"
#include "rules/prove/assumptions.h"
#include "rules/prove/poly.h"

namespace eqsat::rules {

// An element type, or a name for any.
struct ProofType {
  static constexpr int kFirstAbstract = 256;
  int id = kFirstAbstract;

  ProofType() = default;
  explicit ProofType(int number) : id(number) {}
  ProofType(ir::ElementType type) : id(static_cast<int>(type)) {}  // NOLINT: a type is a type
  bool is_abstract() const { return id >= kFirstAbstract; }
  ir::ElementType concrete() const { return static_cast<ir::ElementType>(id); }
  bool Is(ir::ElementType type) const { return id == static_cast<int>(type); }
  friend bool operator==(ProofType, ProofType) = default;
};

// The integers of a type; of one of 64 bits some that leave room to compute with.
struct IntegerRange {
  int64_t lowest;
  int64_t highest;
  bool is_whole;
};
// Nothing for types of other elements.
std::optional<IntegerRange> RangeOf(ProofType type);

// A float with the infinities, NaNs and zeros of IEEE 754, as Z3's floats are.
bool IsIeee(ProofType type);
// Whether both are floats and every number of the first is one of the second.
bool Widens(ProofType from, ProofType to);
// Exact proofs know nothing of how its numbers compute: a name for any type, complex numbers and
// the floats that are not IEEE's.
bool IsOpaque(ProofType type);

// What the program says of an operand's elements beyond their type.
enum class ElementFact : uint8_t {
  kZero,
  kOne,
  kLowest,
  kHighest,
  kFinite,
  kNaN,
  kPositive,
  kNonNegative,
  kExactReciprocal,
  kPowerOfTwo,
  kNeverNegative,  // neither -0 nor below, but may be NaN
  kNeverNegativeZero,
  kNeverNaN,
  kNeverInfinite,
};

struct ElementNode;
using Element = std::shared_ptr<const ElementNode>;

struct ElementNode {
  enum class Kind : uint8_t {
    kRead,     // of operand `operand` at `indices`
    kNumber,   // the number
    kExtreme,  // the lowest (number < 0) or highest value of the type
    kIndex,    // indices[0], converted to the type
    kApply,    // an operation on children
    kFold,     // children[1] for all values of `bound`, taken into children[0] in row-major order
  };
  Kind kind;
  ProofType type;
  int operand = 0;
  double number = 0;
  std::vector<Poly> indices;
  // What is applied or folded with: an op, or a name for any.
  std::optional<ir::OpCode> opcode;
  std::string name;
  std::vector<Element> children;
  struct Bound {
    VarId var;
    Poly size;
  };
  std::vector<Bound> bound;
  std::string text;  // all of the above
};

// Makes elements under the numerics class of a rule.
class ElementMaker {
 public:
  // `assumptions` outlives the maker.
  ElementMaker(Assumptions* assumptions, Numerics numerics)
      : assumptions_(*assumptions), numerics_(numerics) {}

  Numerics numerics() const { return numerics_; }
  void set_numerics(Numerics numerics) { numerics_ = numerics; }

  Element Read(ProofType type, int operand, std::vector<Poly> indices) const;
  static Element Number(ProofType type, double number);
  static Element Extreme(ProofType type, bool highest);
  // The value that the fact leaves no choice of; null if there is a choice.
  static Element Known(ElementFact fact, ProofType type);
  Element Index(ProofType type, const Poly& index) const;
  // `name` says what the opcode leaves open: attributes, the operator variable.
  static Element Apply(ProofType type, std::optional<ir::OpCode> opcode, std::string name,
                       std::vector<Element> children);
  absl::StatusOr<Element> Fold(ProofType type, std::optional<ir::OpCode> opcode, std::string name,
                               std::vector<ElementNode::Bound> bound, Element initial,
                               Element body) const;
  // The identity of a fold; null if it has none.
  static Element IdentityOf(ir::OpCode opcode, ProofType type);

  // With the bound variables of every fold named by its nesting alone, however it came to be.
  Element Canonical(const Element& element, int depth = 0) const;

  // Whether the result of folding with the op cannot show the order, under the numerics class.
  bool IsUnordered(std::optional<ir::OpCode> opcode, ProofType type) const;

 private:
  absl::StatusOr<Element> UnorderedFold(ProofType type, ir::OpCode opcode,
                                        std::vector<ElementNode::Bound> bound, Element body) const;
  absl::StatusOr<Element> Distribute(ProofType type, ir::OpCode opcode,
                                     const std::vector<ElementNode::Bound>& bound,
                                     const Element& body) const;
  absl::StatusOr<Element> DistributeProduct(ProofType type,
                                            const std::vector<ElementNode::Bound>& bound,
                                            const Element& body) const;
  absl::StatusOr<Element> SeparateSums(ProofType type, const std::vector<ElementNode::Bound>& bound,
                                       const Element& body, std::vector<Element> factors) const;
  Element WithOwnNames(const Element& fold, std::vector<ElementNode::Bound>* bound) const;
  absl::StatusOr<Element> Finish(ElementNode fold) const;

  Assumptions& assumptions_;
  Numerics numerics_;
};

bool Mentions(const Element& element, VarId var);
// With variables exchanged: from[i] becomes to[i], all at once.
Element Rename(const Element& element, const std::vector<VarId>& from, const std::vector<Poly>& to);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_ELEMENT_H_
