// How an array lies in memory.
#ifndef EQSAT_IR_SHAPE_LAYOUT_H_
#define EQSAT_IR_SHAPE_LAYOUT_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"

namespace eqsat::ir {

using DimensionVector = absl::InlinedVector<int64_t, 4>;

// The fields of XLA's LayoutProto; text form `{1,0:T(8,128)S(1)}`. A pure value.
//
// A Shape keeps a Layout only where it differs from the default (row-major, no modifiers), so that
// an absent layout and a spelt-out default one are equal.
struct Layout {
  // A tile dimension that combines with the next major one, printed `*`.
  static constexpr int64_t kCombineDimension = INT64_MIN;

  struct Split {
    int64_t dimension = 0;
    std::vector<int64_t> indices;
    bool operator==(const Split&) const = default;
  };

  DimensionVector minor_to_major;
  std::vector<std::vector<int64_t>> tiles;
  int64_t element_size_in_bits = 0;  // 0: the element type's own
  int64_t memory_space = 0;          // 0: device, 1: fast on-chip, 5: host
  int64_t tail_padding_alignment = 1;
  int index_primitive_type = 0;  // XLA PrimitiveType numbers; 0: none
  int pointer_primitive_type = 0;
  int64_t dynamic_metadata_prefix_bytes = 0;
  std::vector<Split> splits;
  std::string dim_level_types;  // the text between `D(` and `)` of a sparse layout
  std::string physical_shape;   // the text between `P(` and `)`

  bool operator==(const Layout&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const Layout& l) {
    return H::combine(std::move(h), l.minor_to_major, l.tiles, l.element_size_in_bits,
                      l.memory_space, l.tail_padding_alignment, l.dim_level_types);
  }
};

// {rank-1, …, 1, 0}
DimensionVector RowMajorOrder(int64_t rank);

// Row-major without modifiers?
bool IsDefault(const Layout& layout);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_SHAPE_LAYOUT_H_
