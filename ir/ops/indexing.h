// Indexing as data: which operand elements a result element is made of.
//
// An IndexedForm says, for one instruction, how to compute every result element: an iteration space
// (the result's dimensions, then reduction dimensions), one map an operand from a point of that
// space to the element read, and how the elements combine. The interpreter runs it, the code
// generator lowers it and the cost model counts it. The idea is that of XLA's indexing analysis and
// of the structured ops of MLIR's linalg (iteration space, indexing maps, combiner).
#ifndef EQSAT_IR_OPS_INDEXING_H_
#define EQSAT_IR_OPS_INDEXING_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "ir/shape/layout.h"

namespace eqsat::ir {

// A quasi-affine integer expression over the dimensions d0, d1, … of an iteration space: constants,
// +, and *, floordiv, mod by constants. Immutable; copies share. The makers simplify locally.
class IndexExpr {
 public:
  enum class Kind : uint8_t { kConstant, kDim, kAdd, kMul, kFloorDiv, kMod };

  IndexExpr() : IndexExpr(Constant(0)) {}
  static IndexExpr Constant(int64_t value);
  static IndexExpr Dim(int64_t position);
  friend IndexExpr operator+(const IndexExpr& a, const IndexExpr& b);
  friend IndexExpr operator*(const IndexExpr& a, int64_t factor);
  // Division rounds down; `divisor` > 0.
  IndexExpr FloorDiv(int64_t divisor) const;
  // In [0, divisor); `divisor` > 0.
  IndexExpr Mod(int64_t divisor) const;

  Kind kind() const;
  int64_t value() const;         // kConstant: the value; kDim: the position; else the factor
  const IndexExpr& lhs() const;  // all but leaves
  const IndexExpr& rhs() const;  // kAdd
  bool IsConstant(int64_t value) const;

  // O(size of the expression).
  int64_t Evaluate(absl::Span<const int64_t> point) const;

  // Coefficients of each dimension and, last, the constant; nullopt if there is a div or mod.
  std::optional<std::vector<int64_t>> AsAffine(int64_t num_dims) const;

  std::string ToString() const;

 private:
  struct Node;
  explicit IndexExpr(std::shared_ptr<const Node> node);
  static IndexExpr Make(Kind kind, int64_t value, const IndexExpr* lhs, const IndexExpr* rhs);
  std::shared_ptr<const Node> node_;
};

// low <= expr < high
struct IndexGuard {
  IndexExpr expr;
  int64_t low = 0;
  int64_t high = 0;
};

// The element of one operand that a point of the iteration space reads. Invariant: where every
// guard holds, the indices are within the operand's dimensions. Where one does not, the operand
// gives nothing to this point.
struct OperandAccess {
  int64_t operand = 0;
  std::vector<IndexExpr> indices;
  std::vector<IndexGuard> guards;
};

enum class Combiner : uint8_t {
  kElementwise,  // the opcode's scalar meaning on one element of each access
  kFirst,        // the first access whose guards hold (movement, concatenate, pad)
  kIndex,        // the value of `index`, converted to the element type (iota)
  kDot,          // Σ over the reduction dimensions of access 0 × access 1; absent gives 0
  kReduce,       // fold of the region over the reduction dimensions: accesses 0…n-1 are inputs,
                 // n…2n-1 the initial values; points whose input is absent are left out
};

struct IndexedForm {
  DimensionVector parallel;   // the result's dimensions (of element 0 of a tuple result)
  DimensionVector reduction;  // further dimensions d_rank, d_rank+1, …
  std::vector<OperandAccess> accesses;
  Combiner combiner = Combiner::kElementwise;
  IndexExpr index;  // kIndex only
};

// {d0, d1, …}
std::vector<IndexExpr> IdentityIndices(int64_t rank);
// Row-major position of `indices` in an array of `dimensions`.
IndexExpr Linearize(absl::Span<const IndexExpr> indices, absl::Span<const int64_t> dimensions);
// The indices of row-major position `linear`.
std::vector<IndexExpr> Delinearize(const IndexExpr& linear, absl::Span<const int64_t> dimensions);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_INDEXING_H_
