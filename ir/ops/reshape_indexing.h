// Index expressions of a change of dimensions.
#ifndef EQSAT_IR_OPS_RESHAPE_INDEXING_H_
#define EQSAT_IR_OPS_RESHAPE_INDEXING_H_

#include <vector>

#include "absl/types/span.h"
#include "ir/ops/indexing.h"

namespace eqsat::ir {

// The indices in an array of `to` dimensions of the element whose row-major position is that of
// `indices` in an array of `from` dimensions; both have as many elements. Works on the smallest
// groups of neighbouring dimensions that have equal products, so unit dimensions cost nothing and a
// split or merge of some dimensions leaves the others alone.
std::vector<IndexExpr> ReshapeIndices(absl::Span<const IndexExpr> indices,
                                      absl::Span<const int64_t> from, absl::Span<const int64_t> to);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_RESHAPE_INDEXING_H_
