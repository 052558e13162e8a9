#include "ir/shape/layout.h"

namespace eqsat::ir {

DimensionVector RowMajorOrder(int64_t rank) {
  DimensionVector order;
  for (int64_t i = rank - 1; i >= 0; --i) order.push_back(i);
  return order;
}

bool IsDefault(const Layout& layout) {
  Layout row_major;
  row_major.minor_to_major = RowMajorOrder(static_cast<int64_t>(layout.minor_to_major.size()));
  return layout == row_major;
}

}  // namespace eqsat::ir
