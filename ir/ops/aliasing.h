// Checks of output_to_operand_aliasing.
#ifndef EQSAT_IR_OPS_ALIASING_H_
#define EQSAT_IR_OPS_ALIASING_H_

#include <vector>

#include "absl/status/status.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {

// The part of `shape` at a tuple index; null if there is none.
const Shape* SubshapeAt(const Shape& shape, absl::Span<const int64_t> index);

// Does shared memory ask for one order of dimensions? Fusions keep aliases from before layouts are
// settled.
enum class AliasLayouts : uint8_t { kEqual, kAny };

// Every alias names a part of `result` and a part of one of `operands` that may share memory: equal
// shapes, a buffer counting as its content.
absl::Status CheckAliases(const OpContext& context, const Shape& result,
                          absl::Span<const Shape> operands,
                          const std::vector<OutputOperandAlias>& aliases,
                          AliasLayouts layouts = AliasLayouts::kEqual);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_ALIASING_H_
