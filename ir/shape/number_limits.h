// The ends of what element types hold.
#ifndef EQSAT_IR_SHAPE_NUMBER_LIMITS_H_
#define EQSAT_IR_SHAPE_NUMBER_LIMITS_H_

#include <cstdint>

#include "ir/shape/element_type.h"

namespace eqsat::ir {

// The largest and the smallest value of an integer type, as 64 bits.
int64_t HighestInteger(ElementType type);
int64_t LowestInteger(ElementType type);

// The largest finite value of a float type.
double LargestFinite(ElementType type);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_SHAPE_NUMBER_LIMITS_H_
