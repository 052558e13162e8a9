#include "ir/ops/reshape_indexing.h"

#include <algorithm>

#include "ir/base/check.h"

namespace eqsat::ir {
namespace {

// The dimensions other than 1, by their positions.
DimensionVector NonUnit(absl::Span<const int64_t> dimensions) {
  DimensionVector positions;
  for (size_t i = 0; i < dimensions.size(); ++i)
    if (dimensions[i] != 1) positions.push_back(static_cast<int64_t>(i));
  return positions;
}

// Extends the groups that begin at `i` in `from` and `j` in `to` until their products are equal;
// moves both past their groups.
void NextGroup(absl::Span<const int64_t> from, absl::Span<const int64_t> to, size_t* i, size_t* j) {
  int64_t from_product = from[(*i)++];
  int64_t to_product = to[(*j)++];
  while (from_product != to_product) {
    if (from_product < to_product) {
      EQSAT_CHECK(*i < from.size());
      from_product *= from[(*i)++];
    } else {
      EQSAT_CHECK(*j < to.size());
      to_product *= to[(*j)++];
    }
  }
}

}  // namespace

std::vector<IndexExpr> ReshapeIndices(absl::Span<const IndexExpr> indices,
                                      absl::Span<const int64_t> from,
                                      absl::Span<const int64_t> to) {
  std::vector<IndexExpr> result(to.size(), IndexExpr::Constant(0));
  // An empty array has no element to find.
  if (std::ranges::count(to, 0) > 0) return result;
  DimensionVector from_positions = NonUnit(from);
  DimensionVector to_positions = NonUnit(to);
  std::vector<IndexExpr> sources;
  DimensionVector from_sizes, to_sizes;
  for (int64_t p : from_positions) {
    sources.push_back(indices[p]);
    from_sizes.push_back(from[p]);
  }
  for (int64_t p : to_positions) to_sizes.push_back(to[p]);
  for (size_t i = 0, j = 0; i < from_sizes.size();) {
    EQSAT_CHECK(j < to_sizes.size());
    size_t first_i = i, first_j = j;
    NextGroup(from_sizes, to_sizes, &i, &j);
    auto group_from = absl::MakeConstSpan(from_sizes).subspan(first_i, i - first_i);
    auto group_to = absl::MakeConstSpan(to_sizes).subspan(first_j, j - first_j);
    IndexExpr linear =
        Linearize(absl::MakeConstSpan(sources).subspan(first_i, i - first_i), group_from);
    std::vector<IndexExpr> group = Delinearize(linear, group_to);
    for (size_t k = 0; k < group.size(); ++k) result[to_positions[first_j + k]] = group[k];
  }
  return result;
}

}  // namespace eqsat::ir
