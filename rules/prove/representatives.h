// Which element types stand for all that a rule admits.
#ifndef EQSAT_RULES_PROVE_REPRESENTATIVES_H_
#define EQSAT_RULES_PROVE_REPRESENTATIVES_H_

#include <vector>

#include "ir/shape/element_type.h"
#include "rules/compile/rule.h"

namespace eqsat::rules {

// Some types of each kind: what a rule says of values holds for all widths of integers and all
// formats of floats alike. A rule that converts, asks for widths or names other numbers than 0, 1,
// 2 and their like can hold for some widths only, so that more types have to stand for themselves.
std::vector<ir::ElementType> RepresentativesOf(const Rule& rule);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_REPRESENTATIVES_H_
