#include "importers/stablehlo/promotion.h"

#include "importers/stablehlo/quantization.h"
#include "importers/stablehlo/quantized_types.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

using mlir::Quantization;
using mlir::Type;

bool SameElements(const Type& a, const Type& b) {
  return a.IsTensor() && b.IsTensor() && a.element_type() == b.element_type();
}

bool SameKind(ir::ElementType a, ir::ElementType b) {
  if (a == ir::ElementType::kPred || b == ir::ElementType::kPred) return a == b;
  return (ir::IsInteger(a) && ir::IsInteger(b)) || (ir::IsFloat(a) && ir::IsFloat(b)) ||
         (ir::IsComplex(a) && ir::IsComplex(b));
}

bool IsPromotable(const Type& from, const Type& to) {
  const Quantization *a = QuantizationOf(from), *b = QuantizationOf(to);
  if ((a == nullptr) != (b == nullptr)) return false;
  if (a != nullptr) {
    return a->expressed == b->expressed && ir::BitWidth(a->storage) <= ir::BitWidth(b->storage);
  }
  absl::StatusOr<ir::Shape> x = ShapeOf(from), y = ShapeOf(to);
  return x.ok() && y.ok() && x->IsArray() && y->IsArray() &&
         SameKind(x->element_type(), y->element_type()) &&
         ir::BitWidth(x->element_type()) <= ir::BitWidth(y->element_type());
}

}  // namespace

absl::Status CheckReducer(const mlir::Module& source, const mlir::Operation& op, size_t index) {
  if (index >= op.regions.size() || op.results.empty()) return absl::OkStatus();
  const mlir::Region& region = op.regions[index];
  // The region of a collective folds each of its results by itself.
  const size_t folded = region.arguments.size() == 2 ? 1 : op.results.size();
  std::vector<mlir::ValueId> scalars = region.arguments;
  if (!region.operations.empty()) {
    const std::vector<mlir::ValueId>& given = region.operations.back().operands;
    scalars.insert(scalars.end(), given.begin(), given.end());
  }
  for (size_t i = 0; i < scalars.size(); ++i) {
    const Type& scalar = source.type(scalars[i]);
    const Type& result = source.type(op.results[i % folded]);
    if (SameElements(scalar, result)) continue;
    return base::InvalidArgument("the region folds values of type %s for the result %s",
                                 scalar.ToString(), result.ToString());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<InstructionId>> Promoted(Emitter& e, const mlir::Operation& op,
                                                    absl::Span<const mlir::ValueId> values) {
  std::vector<InstructionId> out;
  for (size_t i = 0; i < values.size() && !op.results.empty(); ++i) {
    const Type from = e.source().type(values[i]);
    const Type to = e.source().type(op.results[i % op.results.size()]);
    InstructionId value = e.Value(values[i]);
    if (!SameElements(from, to)) {
      if (!IsPromotable(from, to)) {
        return base::InvalidArgument("%s cannot be promoted to the elements of %s", from.ToString(),
                                     to.ToString());
      }
      const Quantization* q = QuantizationOf(from);
      EQSAT_ASSIGN_OR_RETURN(ir::Shape wide, ShapeOf(to));
      value = q != nullptr ? Requantized(e, value, *q, *QuantizationOf(to))
                           : e.Convert(value, wide.element_type());
    }
    out.push_back(value);
  }
  return out;
}

}  // namespace eqsat::importers::stablehlo
