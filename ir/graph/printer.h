// HLO text of modules and instructions, in XLA's own style.
//
// Reading the text back (importers/hlo_text) gives an equal module, unless constants are elided.
#ifndef EQSAT_IR_GRAPH_PRINTER_H_
#define EQSAT_IR_GRAPH_PRINTER_H_

#include <string>

#include "ir/graph/module.h"

namespace eqsat::ir {

struct PrintOptions {
  // Array constants of more than ten elements become `{...}`.
  bool elide_large_constants = false;
  bool print_metadata = true;
};

std::string PrintModule(const Module& module, const PrintOptions& options = {});

// `%x = f32[2]{0} add(%a, %b), metadata={…}`, one line without an end.
std::string PrintInstruction(const Module& module, const Computation& computation, InstructionId id,
                             const PrintOptions& options = {});

}  // namespace eqsat::ir

#endif  // EQSAT_IR_GRAPH_PRINTER_H_
