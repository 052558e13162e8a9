// Checks of output_to_operand_aliasing.
#ifndef EQSAT_IR_OPS_ALIASING_H_
#define EQSAT_IR_OPS_ALIASING_H_

#include <vector>

#include "absl/status/status.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {

// The part of `shape` at a tuple index; null if there is none.
const Shape* SubshapeAt(const Shape& shape, absl::Span<const int64_t> index);

// Every alias names a part of `result` and a part of one of `operands` that may share memory: equal
// shapes, a buffer counting as its content.
absl::Status CheckAliases(const OpContext& context, const Shape& result,
                          absl::Span<const Shape> operands,
                          const std::vector<OutputOperandAlias>& aliases);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_ALIASING_H_
