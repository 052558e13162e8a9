// Values of dynamic shape. A value holds what it really has: the literal of an instruction whose
// shape is f32[<=8] is f32[5] if five elements are there. Ops are evaluated on these shapes.
#ifndef EQSAT_IR_INTERPRET_ACTUAL_SHAPE_H_
#define EQSAT_IR_INTERPRET_ACTUAL_SHAPE_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/graph/module.h"
#include "ir/shape/literal.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {

// Can a value of the shape `actual` be one of an instruction's shape `declared`? Layouts aside,
// dynamic dimensions may be smaller than declared.
bool IsActualShapeOf(const Shape& actual, const Shape& declared);

// A part of the shape has a dynamic dimension.
bool IsDynamic(const Shape& shape);

// The shape that the instruction's result has for these operands. Static instructions have their
// own; ops with regions and those that choose a size at run time keep the declared shape.
absl::StatusOr<Shape> ActualShape(const Module& module, const Instruction& instruction,
                                  absl::Span<const Literal> operands);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_ACTUAL_SHAPE_H_
