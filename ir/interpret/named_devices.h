// How many devices the collectives of a program name.
#ifndef EQSAT_IR_INTERPRET_NAMED_DEVICES_H_
#define EQSAT_IR_INTERPRET_NAMED_DEVICES_H_

#include <cstdint>

#include "ir/graph/module.h"

namespace eqsat::ir {

struct DeviceCounts {
  int64_t replicas = 1;
  int64_t partitions = 1;
};

// The module's own counts where it states more than one device. Else as many as its collectives
// name in their groups and pairs, up to a few hundred: text cut out of a larger program names
// devices that the module does not state.
DeviceCounts DevicesNamedBy(const Module& module);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_NAMED_DEVICES_H_
