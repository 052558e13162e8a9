// Counting of work that many ops share.
//
// Conventions: an arithmetic operation on one element is one flop, whatever its type; an elementary
// function is one transcendental and no flop; copying costs bytes alone. Unbounded dimensions count
// as empty, so that no count is infinite.
#ifndef EQSAT_IR_OPS_WORK_COUNTS_H_
#define EQSAT_IR_OPS_WORK_COUNTS_H_

#include "absl/types/span.h"
#include "ir/ops/op_info.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {

// Elements of an array; of the first leaf array of a tuple; 0 for anything else.
double ElementsOf(const Shape& shape);
// Bytes of all leaves.
double BytesOf(const Shape& shape);

// Nothing is computed and nothing moves: parameter, tuple, get-tuple-element, ….
Work NoWork(const OpContext& context, absl::Span<const double> region_flops);
// Every operand is read once and the result written; no arithmetic.
Work MovementWork(const OpContext& context, absl::Span<const double> region_flops);
// As movement, and one flop for each element of the result.
Work ElementwiseWork(const OpContext& context, absl::Span<const double> region_flops);
// As movement, and one transcendental for each element of the result.
Work TranscendentalWork(const OpContext& context, absl::Span<const double> region_flops);
// As movement, and every region once.
Work CallWork(const OpContext& context, absl::Span<const double> region_flops);

// The flops of region `i`, 0 if it is not given.
double RegionFlops(absl::Span<const double> region_flops, size_t i);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_WORK_COUNTS_H_
