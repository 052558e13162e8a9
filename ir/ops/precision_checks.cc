#include "ir/ops/precision_checks.h"

#include <algorithm>

#include "ir/ops/shape_checks.h"

namespace eqsat::ir {

absl::Status CheckPackedNibbles(const OpContext& context,
                                const std::vector<Precision>& precisions) {
  auto packed = std::ranges::count(precisions, Precision::kPackedNibble);
  if (packed == 0) return absl::OkStatus();
  if (packed == 1) return OpError(context, "packed_nibble must be the precision of both operands");
  for (int64_t i : {0, 1}) {
    ElementType type = context.operands[i].element_type();
    if (type == ElementType::kS8 || type == ElementType::kU8) continue;
    return OpError(context, "packed_nibble needs integers of 8 bits, but operand %d is %s", i,
                   context.operands[i].ToString());
  }
  return absl::OkStatus();
}

}  // namespace eqsat::ir
