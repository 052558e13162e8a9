// scan: a computation applied to each slice along a dimension in turn.
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/pieces.h"

namespace eqsat::ir {
namespace {

// Position `i` along `dim`, without that dimension.
Literal Slice(const Literal& array, int64_t dim, int64_t i) {
  DimensionVector sizes;
  for (int64_t d = 0; d < array.shape().rank(); ++d)
    if (d != dim) sizes.push_back(array.shape().dimension(d));
  return Piece(array, dim, i, 1).Reshaped(Shape(array.shape().element_type(), sizes));
}

// The slices side by side along a new dimension `dim`.
Literal Stack(const std::vector<Literal>& slices, int64_t dim) {
  const Shape& shape = slices[0].shape();
  DimensionVector sizes(shape.dimensions().begin(), shape.dimensions().end());
  sizes.insert(sizes.begin() + dim, 1);
  std::vector<Literal> parts;
  for (const Literal& slice : slices)
    parts.push_back(slice.Reshaped(Shape(shape.element_type(), sizes)));
  return Join(parts, dim);
}

// Operands: inputs, then carries. Results: outputs, then carries.
absl::StatusOr<Literal> EvaluateScan(const OpCall& call) {
  const auto& attributes = call.attr<ScanAttributes>();
  const int64_t dim = attributes.dimensions[0];
  const size_t num_inputs = call.operands.size() - attributes.num_carries;
  const size_t num_outputs = call.shape.elements().size() - attributes.num_carries;
  const int64_t steps = call.operand_shape(0).dimension(dim);
  std::vector<Literal> carries(call.operands.begin() + num_inputs, call.operands.end());
  std::vector<std::vector<Literal>> outputs(num_outputs, std::vector<Literal>(steps));
  for (int64_t step = 0; step < steps; ++step) {
    EQSAT_RETURN_IF_ERROR(call.regions.CheckInterrupt());
    const int64_t at = attributes.is_reverse ? steps - 1 - step : step;
    std::vector<Literal> arguments;
    for (size_t i = 0; i < num_inputs; ++i) arguments.push_back(Slice(call.operands[i], dim, at));
    arguments.insert(arguments.end(), carries.begin(), carries.end());
    EQSAT_ASSIGN_OR_RETURN(Literal results, call.regions.Evaluate(0, arguments));
    for (size_t i = 0; i < num_outputs; ++i) outputs[i][at] = results.elements()[i];
    carries.assign(results.elements().begin() + num_outputs, results.elements().end());
  }
  std::vector<Literal> results;
  for (size_t i = 0; i < num_outputs; ++i) {
    results.push_back(steps == 0 ? Literal::Zero(call.shape.element(static_cast<int64_t>(i)))
                                 : Stack(outputs[i], dim));
  }
  results.insert(results.end(), carries.begin(), carries.end());
  return Literal::Tuple(std::move(results));
}

}  // namespace

void AddScan(EvaluatorTable& table) { table[OpCode::kScan].evaluate = EvaluateScan; }

}  // namespace eqsat::ir
