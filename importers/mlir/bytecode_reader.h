// Reads MLIR bytecode, the form in which MLIR stores modules.
#ifndef EQSAT_IMPORTERS_MLIR_BYTECODE_READER_H_
#define EQSAT_IMPORTERS_MLIR_BYTECODE_READER_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/mlir/bytecode_entries.h"
#include "importers/mlir/operation.h"

namespace eqsat::importers::mlir {

// How deep operations may nest.
inline constexpr int kMaxBytecodeNesting = 64;

// The module as it is stored: operations of `dialects` have the names and attributes that the
// dialect's encoding gives. Of an attribute of another dialect only the dialect's name is kept;
// types and properties of another dialect are errors. Errors begin "byte OFFSET: ".
absl::StatusOr<Module> ReadBytecode(std::string_view bytes,
                                    std::vector<const BytecodeDialect*> dialects);

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_BYTECODE_READER_H_
