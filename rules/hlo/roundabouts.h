// How plainly a program is spelt, where neither time nor length tells two forms apart.
#ifndef EQSAT_RULES_HLO_ROUNDABOUTS_H_
#define EQSAT_RULES_HLO_ROUNDABOUTS_H_

#include <cstddef>

#include "ir/graph/module.h"

namespace eqsat::rules {

// The number of instructions whose operation can do more than is asked of it, where a plainer one
// is at hand:
//   - a broadcast that repeats nothing: a transpose or a reshape;
//   - a difference with a constant: a sum, whose operands have no order;
//   - a reduction or window of one array whose result is a tuple;
//   - a part that is read or gathered from a place that is known: a slice.
size_t Roundabouts(const ir::Module& module);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_ROUNDABOUTS_H_
