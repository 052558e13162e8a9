// Rules of operand_precision.
#ifndef EQSAT_IR_OPS_PRECISION_CHECKS_H_
#define EQSAT_IR_OPS_PRECISION_CHECKS_H_

#include <vector>

#include "absl/status/status.h"
#include "ir/ops/attribute_types.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {

// Packed nibbles are two operands of 8-bit integers, or none.
absl::Status CheckPackedNibbles(const OpContext& context, const std::vector<Precision>& precisions);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_PRECISION_CHECKS_H_
