// Puts what is depended on first.
#ifndef EQSAT_IMPORTERS_STABLE_ORDER_H_
#define EQSAT_IMPORTERS_STABLE_ORDER_H_

#include <vector>

namespace eqsat::importers {

// An order of 0 … n-1 in which all of dependencies[i] precede i, as near to the natural order as
// that allows: the smallest index that is ready comes next. Shorter than n if there are cycles;
// what is missing is on one or depends on one.
std::vector<int> StableOrder(const std::vector<std::vector<int>>& dependencies);

// The smallest index that `order`, of 0 … n-1, lacks.
int FirstMissing(const std::vector<int>& order, int n);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_STABLE_ORDER_H_
