// Whether readings stay within a row: the condition for computing a row in several passes.
#ifndef EQSAT_CODEGEN_FUSION_ROW_SPACE_H_
#define EQSAT_CODEGEN_FUSION_ROW_SPACE_H_

#include <cstdint>

#include "absl/types/span.h"
#include "ir/ops/indexing.h"

namespace eqsat::codegen {

// Of an array with `elements` elements, row r is its elements [r·k, (r+1)·k), k = elements / rows.
// True if `access` of `form`, at every point that belongs to row r of the result, reads an element
// of row r of an operand with `operand_dimensions`. False where that cannot be seen.
bool StaysInRow(const ir::IndexedForm& form, const ir::OperandAccess& access,
                absl::Span<const int64_t> operand_dimensions, int64_t rows);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_FUSION_ROW_SPACE_H_
