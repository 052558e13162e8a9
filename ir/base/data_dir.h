// Where the files lie that the program reads at run time: machine descriptions, rules.
#ifndef EQSAT_IR_BASE_DATA_DIR_H_
#define EQSAT_IR_BASE_DATA_DIR_H_

#include <string>
#include <string_view>

namespace eqsat::base {

// The path of `relative` ("rules", "cost_models/targets"), laid out as in the source tree below the
// first of: $XLA_EQSAT_DATA, `../share/xla-eqsat` beside the executable's folder if it exists, and
// the source tree that the program was built from.
std::string DataPath(std::string_view relative);

}  // namespace eqsat::base

#endif  // EQSAT_IR_BASE_DATA_DIR_H_
