// Dots, convolutions, sums and windows that several families emit.
#ifndef EQSAT_IMPORTERS_STABLEHLO_CONTRACTION_H_
#define EQSAT_IMPORTERS_STABLEHLO_CONTRACTION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "importers/mlir/operation.h"
#include "importers/stablehlo/emitter.h"
#include "ir/ops/attributes.h"

namespace eqsat::importers::stablehlo {

absl::StatusOr<ir::DotAttributes> DotNumbersOf(const mlir::Operation& op);

// A dot whose result has the element type of `stated`, which may be wider than the operands'.
InstructionId AddDotOf(Emitter& e, absl::Span<const InstructionId> operands,
                       ir::DotAttributes attributes, const mlir::Type& stated);

// The convolution that the attributes of `op` describe, with `padding` (low, high, low, …) in place
// of its own.
absl::StatusOr<InstructionId> AddConvolution(Emitter& e, const mlir::Operation& op,
                                             std::vector<InstructionId> operands,
                                             std::vector<int64_t> padding);

// The sum of two scalars, and of the elements along `dims`.
ir::ComputationId SumOf(Emitter& e, ir::ElementType type);
InstructionId AddSum(Emitter& e, InstructionId operand, const ir::DimensionVector& dims);

// Lists are empty or have one entry a dimension, padding two.
struct WindowFields {
  std::vector<int64_t> strides;
  std::vector<int64_t> padding;
  std::vector<int64_t> base_dilations;
  std::vector<int64_t> window_dilations;
  std::vector<int64_t> reversals;
};
// `padding`: low, high, low, …; empty if absent.
absl::StatusOr<std::vector<int64_t>> PaddingOf(const mlir::Operation& op);
absl::StatusOr<ir::Window> WindowOf(absl::Span<const int64_t> size, const WindowFields& fields);

// A name for a computation that the translation itself makes.
std::string FreshRegionName(Emitter& e, std::string_view name);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_CONTRACTION_H_
