// Matrix products on a CPU whose right operand is copied together before it is read many times.
#ifndef EQSAT_CODEGEN_LOWER_PACKED_CONTRACTION_H_
#define EQSAT_CODEGEN_LOWER_PACKED_CONTRACTION_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "codegen/kernel_ir/kernel.h"
#include "codegen/lower/kernel_frame.h"

namespace eqsat::codegen {

// A contraction as a product of matrices: the result's dimension `row_dimension` is the rows, its
// last one the columns. Operand `right` alone depends on the columns and does not on the rows;
// nothing is guarded.
struct MatrixProduct {
  int64_t row_dimension = 0;
  int64_t right = 1;
  int64_t rows = 1;
  int64_t columns = 1;
};

// Is each copied element read often enough?
bool PackingPays(const LoweringTask& task, const MatrixProduct& product);

// One point a block of rows of one tile of columns: for each part of the summed dimension it copies
// that part of the right operand's columns into scratch memory, one behind the other, and adds to
// the block's sums, which wait in scratch memory too.
absl::StatusOr<Kernel> LowerPacked(const LoweringTask& task, const MatrixProduct& product);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LOWER_PACKED_CONTRACTION_H_
