// Lists an MLIR module in one form for each meaning, so that two readers can be compared.
#ifndef EQSAT_TESTS_IMPORTERS_MLIR_LISTING_H_
#define EQSAT_TESTS_IMPORTERS_MLIR_LISTING_H_

#include <string>

#include "importers/mlir/operation.h"

namespace eqsat::importers::mlir {

// A line for each operation: values numbered in order, attributes by name, lists of integers alike
// whether arrays or tensors, enumerations as keywords.
std::string Listing(const Module& module);

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_TESTS_IMPORTERS_MLIR_LISTING_H_
