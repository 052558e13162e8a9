// Arithmetic of windows and padding: how many places there are, and which element lies at one.
#ifndef EQSAT_IR_OPS_WINDOW_GEOMETRY_H_
#define EQSAT_IR_OPS_WINDOW_GEOMETRY_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "ir/ops/attribute_types.h"
#include "ir/ops/indexing.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {

// `size` elements with `interior` places between neighbours and `low` and `high` at the ends;
// nullopt on overflow. May be negative.
std::optional<int64_t> PaddedSize(int64_t size, int64_t low, int64_t high, int64_t interior);

// How many places a window has along a dimension of `size` elements; nullopt on overflow. The
// window's fields are valid.
std::optional<int64_t> WindowedSize(int64_t size, const WindowDimension& window);

// Every size, stride and dilation is at least 1 and the window has `rank` dimensions.
absl::Status CheckWindow(const OpContext& context, const Window& window, int64_t rank);

// WindowedSize of a dimension that may be unbounded; an error if it is not a size.
absl::StatusOr<int64_t> InferWindowedSize(const OpContext& context, int64_t size,
                                          const WindowDimension& window);

struct IndexRange {
  int64_t min = 0;
  int64_t max = 0;
};

// Appends the index of the element at `place` in a dimension of `size` elements that are `spacing`
// places apart, with the guards that `place`, whose values are in `range`, needs.
void AppendStridedIndex(OperandAccess* access, const IndexExpr& place, IndexRange range,
                        int64_t spacing, int64_t size);

// As AppendStridedIndex for position `offset` of window `window` at place `position`; there are
// `positions` of those.
void AppendWindowIndex(OperandAccess* access, const WindowDimension& window,
                       const IndexExpr& position, int64_t positions, const IndexExpr& offset,
                       int64_t size);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_WINDOW_GEOMETRY_H_
