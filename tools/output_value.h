// Values as `run` prints them.
#ifndef EQSAT_TOOLS_OUTPUT_VALUE_H_
#define EQSAT_TOOLS_OUTPUT_VALUE_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "ir/shape/literal.h"

namespace eqsat::tools {

// The arrays in a literal, in order.
std::vector<const ir::Literal*> Leaves(const ir::Literal& literal);

// An array's elements in row-major order. JSON has no NaN or infinities: they are strings.
nlohmann::json ValuesJson(const ir::Literal& leaf);

// `f32[2]=[1.0,2.0]`
std::string ValueText(const ir::Literal& leaf);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_OUTPUT_VALUE_H_
