// Modules with smaller dimensions.
#ifndef EQSAT_TOOLS_REDUCE_SMALLER_SIZES_H_
#define EQSAT_TOOLS_REDUCE_SMALLER_SIZES_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/graph/module.h"

namespace eqsat::tools {

// The sizes above 1 that dimensions have, largest first.
std::vector<int64_t> SizesOf(const ir::Module& module);

// `module` with every dimension of size `from` made `to` (less than `from`), and with it the slices
// that end there and the windows that span it. Constants keep their first elements. An error where
// the ops do not allow that.
absl::StatusOr<ir::Module> WithSize(const ir::Module& module, int64_t from, int64_t to);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_REDUCE_SMALLER_SIZES_H_
