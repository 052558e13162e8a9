// What a user may write after --input=.
#ifndef EQSAT_TOOLS_INPUT_VALUE_H_
#define EQSAT_TOOLS_INPUT_VALUE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/graph/computation.h"
#include "ir/shape/literal.h"

namespace eqsat::tools {

// The arguments of `entry`. `specs` is one a parameter, or a single `random:SEED` or `zeros` for
// all (the default is random:0). A spec is
//   random:SEED | zeros | SHAPE=VALUES | @FILE | @FILE.npy
// SHAPE is f32[2,3] or 2x3xf32; VALUES are numbers with white space, commas or brackets between
// them, or one number for all elements. A file holds the same text, or an array in NumPy's format.
// Errors name the spec, the parameter and both shapes.
absl::StatusOr<std::vector<ir::Literal>> InputValues(const ir::Computation& entry,
                                                     const std::vector<std::string>& specs);

// A literal of an array from `SHAPE=VALUES`.
absl::StatusOr<ir::Literal> ParseValue(std::string_view text);
// A literal from the bytes of a .npy file (NumPy enhancement proposal 1, versions 1 to 3).
absl::StatusOr<ir::Literal> ParseNpy(std::string_view bytes);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_INPUT_VALUE_H_
