// The syntax of its own that an operation has, as far as it has no regions.
#ifndef EQSAT_IMPORTERS_MLIR_OWN_SYNTAX_H_
#define EQSAT_IMPORTERS_MLIR_OWN_SYNTAX_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importers/mlir/operation.h"

namespace eqsat::importers::mlir {

// What an operation's text is made of besides the operation.
struct OperationNames {
  std::vector<std::string> operands;  // `%0`
  std::vector<Type> operand_types;
  std::vector<Type> result_types;
};

// The operation after `%0 = `; nullopt if only its generic form is known here.
std::optional<std::string> OwnSyntax(const Operation& operation, const OperationNames& names);

// `(T, U) -> V`
std::string FunctionText(const OperationNames& names);

// `T, U`
std::string TypesText(const std::vector<Type>& types);

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_OWN_SYNTAX_H_
