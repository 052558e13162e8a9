// The algorithms of dots: StableHLO describes them by fields, HLO has a name for each that it
// knows.
#ifndef EQSAT_IMPORTERS_STABLEHLO_DOT_ALGORITHMS_H_
#define EQSAT_IMPORTERS_STABLEHLO_DOT_ALGORITHMS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "importers/mlir/attribute.h"
#include "ir/shape/element_type.h"

namespace eqsat::importers::stablehlo {

// `#stablehlo.dot_algorithm<lhs_precision_type = tf32, …>` as "dot_tf32_tf32_f32".
absl::StatusOr<std::string> AlgorithmName(const mlir::DialectAttribute& algorithm);

// The fields that a name stands for; of the operands' types where the name is of any f8.
absl::StatusOr<mlir::Attribute> AlgorithmFields(std::string_view name, ir::ElementType lhs,
                                                ir::ElementType rhs);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_DOT_ALGORITHMS_H_
