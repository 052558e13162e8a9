// Index maps made fast: affine parts become strides, the rest small tables.
#ifndef EQSAT_IR_INTERPRET_ACCESS_H_
#define EQSAT_IR_INTERPRET_ACCESS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "ir/ops/indexing.h"
#include "ir/shape/layout.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {

// An integer function of the points of an iteration space: base + Σ stride·d, plus tables over one
// or two dimensions for floordiv and mod, plus whole expressions where a table would be too large.
class PointFunction {
 public:
  PointFunction(const IndexExpr& expr, absl::Span<const int64_t> dimensions);

  int64_t At(const int64_t* point) const;
  // Does one step along `dim` always add Stride(dim)?
  bool IsAffineAlong(int64_t dim) const;
  int64_t Stride(int64_t dim) const { return strides_[dim]; }
  bool DependsOn(int64_t dim) const { return strides_[dim] != 0 || !IsAffineAlong(dim); }

 private:
  // factor × expr, read from values[point[a]·b_size + point[b]]; a single dimension has b_size 1.
  struct Table {
    int64_t a = 0;
    int64_t b = 0;
    int64_t b_size = 1;
    std::vector<int64_t> values;
  };
  struct Rest {
    IndexExpr expr;
    int64_t factor;
    std::vector<bool> uses;
  };
  void AddTerms(const IndexExpr& expr, int64_t factor, absl::Span<const int64_t> dimensions);
  void AddNonAffine(const IndexExpr& expr, int64_t factor, absl::Span<const int64_t> dimensions);

  int64_t base_ = 0;
  DimensionVector strides_;
  std::vector<Table> tables_;
  std::vector<Rest> rests_;
};

// Positions begin … end - 1 along a dimension.
struct Interval {
  int64_t begin = 0;
  int64_t end = 0;
};

// One operand's access in an iteration space, as row-major element offsets.
class Access {
 public:
  Access(const OperandAccess& access, absl::Span<const int64_t> space,
         absl::Span<const int64_t> operand_dimensions);

  int64_t operand() const { return operand_; }
  bool HasGuards() const { return !guards_.empty(); }
  bool Holds(const int64_t* point) const;
  // Meaningful where Holds.
  int64_t Offset(const int64_t* point) const { return offset_.At(point); }
  int64_t Stride(int64_t dim) const { return offset_.Stride(dim); }
  bool IsAffineAlong(int64_t dim) const;
  bool GuardsDependOn(int64_t dim) const;
  bool DependsOn(int64_t dim) const;
  // The part of 0 … size - 1 along `dim` where the guards hold; point[dim] is 0. The access is
  // affine along `dim`.
  Interval HoldsAlong(int64_t dim, int64_t size, const int64_t* point) const;

 private:
  struct Guard {
    PointFunction value;
    int64_t low;
    int64_t high;
  };
  int64_t operand_;
  PointFunction offset_;
  std::vector<Guard> guards_;
};

// The form's accesses in `space`, which extends the form's own by unit dimensions at most.
std::vector<Access> MakeAccesses(const IndexedForm& form, absl::Span<const int64_t> space,
                                 absl::Span<const Literal> operands);

// Steps a point through dimensions [begin, end) of a space in row-major order; false after the
// last, with the point back at zero. An empty range has one point.
inline bool Advance(DimensionVector& point, absl::Span<const int64_t> space, int64_t begin,
                    int64_t end) {
  for (int64_t d = end; d-- > begin;) {
    if (++point[d] < space[d]) return true;
    point[d] = 0;
  }
  return false;
}

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_ACCESS_H_
