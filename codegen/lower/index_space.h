// Arithmetic on array indices while a kernel is built: sums of variables with known ranges, kept
// simple so that index chains through reshapes and transposes cancel, emitted only where a load
// needs them.
#ifndef EQSAT_CODEGEN_LOWER_INDEX_SPACE_H_
#define EQSAT_CODEGEN_LOWER_INDEX_SPACE_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "codegen/kernel_ir/builder.h"
#include "ir/ops/indexing.h"

namespace eqsat::codegen {

// constant + Σ coefficient × atom. Atoms, numbered by an IndexSpace, ascend; no coefficient is 0.
struct Index {
  int64_t constant = 0;
  absl::InlinedVector<std::pair<uint32_t, int64_t>, 4> terms;

  bool IsConstant() const { return terms.empty(); }
  bool operator==(const Index&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const Index& i) {
    return H::combine(std::move(h), i.constant, i.terms);
  }
};

// low <= index < high
struct IndexRange {
  int64_t low = 0;
  int64_t high = 1;
  bool Within(int64_t bound_low, int64_t bound_high) const {
    return low >= bound_low && high <= bound_high;
  }
};

// The greatest dimension that `expr` mentions; -1 if none.
int64_t MaxDimension(const ir::IndexExpr& expr);

// An atom is a variable, floor(x / n) or x mod n. Equal expressions have equal Index values where
// the local simplifications see it. All indices stay within ±2^62.
class IndexSpace {
 public:
  explicit IndexSpace(KernelBuilder& builder) : builder_(builder) {}

  Index Constant(int64_t value) const { return {value, {}}; }
  // `value`, of the index type, is known to lie in `range`.
  Index Variable(ValueId value, IndexRange range);

  // The position within a vector of `width` elements: a variable that stands for 0 … width - 1 at
  // once, in code for 0.
  Index VectorElement(int64_t width);

  Index Add(const Index& a, const Index& b);
  Index Scale(const Index& a, int64_t factor) const;
  Index FloorDiv(const Index& a, int64_t divisor);
  Index Mod(const Index& a, int64_t divisor);

  IndexRange RangeOf(const Index& a) const;
  // `expr` with dimension i replaced by point[i].
  Index Apply(const ir::IndexExpr& expr, absl::Span<const Index> point);
  std::vector<Index> Apply(absl::Span<const ir::IndexExpr> exprs, absl::Span<const Index> point);
  // Row-major position.
  Index Linearize(absl::Span<const Index> indices, absl::Span<const int64_t> dimensions);
  std::vector<Index> Delinearize(const Index& linear, absl::Span<const int64_t> dimensions);

  // The coefficient of a variable; nullopt if the variable also occurs under a division.
  std::optional<int64_t> Coefficient(const Index& a, const Index& variable) const;

  bool Mentions(const Index& a, const Index& variable) const;
  // `a` with `value` in place of the variable.
  Index Substitute(const Index& a, const Index& variable, int64_t value);

  // Code for the value, in the builder's innermost block.
  ValueId Emit(const Index& a);

 private:
  enum class Kind : uint8_t { kVariable, kDiv, kMod };
  struct Atom {
    Kind kind = Kind::kVariable;
    ValueId value;  // kVariable
    Index inner;    // kDiv, kMod: never negative
    int64_t divisor = 1;
    IndexRange range;
  };
  using AtomKey = std::pair<std::pair<Kind, int64_t>, Index>;

  // a = divisor × whole + rest, the coefficients of rest in [0, divisor).
  static std::pair<Index, Index> Split(const Index& a, int64_t divisor);
  // floor(a / divisor) where the range of `a` leaves one value.
  std::optional<int64_t> ConstantQuotient(const Index& a, int64_t divisor) const;
  Index Intern(Kind kind, Index inner, int64_t divisor, IndexRange range);
  // k·n·floor(x / n) + k·(x mod n) = k·x
  bool Recombine(Index* sum);
  bool Mentions(const Index& a, uint32_t atom) const;
  ValueId EmitAtom(const Atom& atom);

  KernelBuilder& builder_;
  std::vector<Atom> atoms_;
  absl::flat_hash_map<AtomKey, uint32_t> interned_;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LOWER_INDEX_SPACE_H_
