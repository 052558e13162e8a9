// Text of MLIR modules.
#ifndef EQSAT_IMPORTERS_MLIR_PRINTER_H_
#define EQSAT_IMPORTERS_MLIR_PRINTER_H_

#include <string>

#include "importers/mlir/operation.h"

namespace eqsat::importers::mlir {

// Functions and the common operations of StableHLO in their own syntax, others in the generic one.
// Values are numbered, `%0` and `%arg0`; locations stand in a table at the end. Reading the text
// back (importers/mlir/parser.h) gives an equal module but for the values' names.
std::string PrintModule(const Module& module);

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_PRINTER_H_
