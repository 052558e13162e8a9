// Modules to HloProto.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_MODULE_ENCODER_H_
#define EQSAT_IMPORTERS_HLO_PROTO_MODULE_ENCODER_H_

#include <string>

#include "ir/graph/module.h"

namespace eqsat::importers {

// The bytes of an HloProto with the module, the same for equal modules. In memory are the message
// of one instruction at a time, and the bytes twice.
std::string EncodeModule(const ir::Module& module);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_MODULE_ENCODER_H_
