// Attributes as MLIR writes them, for what is passed on as text.
#ifndef EQSAT_IMPORTERS_MLIR_ATTRIBUTE_TEXT_H_
#define EQSAT_IMPORTERS_MLIR_ATTRIBUTE_TEXT_H_

#include <string>

#include "importers/mlir/attribute.h"

namespace eqsat::importers::mlir {

// Elements of dense attributes beyond a hundred are left out.
std::string ToText(const Attribute& attribute);

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_ATTRIBUTE_TEXT_H_
