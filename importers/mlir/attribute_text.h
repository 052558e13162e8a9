// Attributes as MLIR writes them.
#ifndef EQSAT_IMPORTERS_MLIR_ATTRIBUTE_TEXT_H_
#define EQSAT_IMPORTERS_MLIR_ATTRIBUTE_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

#include "importers/mlir/attribute.h"

namespace eqsat::importers::mlir {

// Reading the text gives an equal attribute. NaNs, infinities and more than a hundred elements of a
// tensor are written as their bits.
std::string ToText(const Attribute& attribute);

// `{a = 1 : i64, b}`
std::string DictionaryText(const std::vector<NamedAttribute>& entries);

// As the value of `name = …` in an operation's own syntax: numbers and lists of them without types.
std::string ParameterText(const Attribute& attribute);

// `"…"`, with \22 and the like for what does not print.
std::string QuotedText(std::string_view text);

// A symbol's name after `@`, quoted where it must be.
std::string SymbolText(std::string_view name);

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_ATTRIBUTE_TEXT_H_
