// Shapes, literals and attributes of HLO as MLIR holds them.
#ifndef EQSAT_IMPORTERS_STABLEHLO_WRITER_ATTRIBUTES_H_
#define EQSAT_IMPORTERS_STABLEHLO_WRITER_ATTRIBUTES_H_

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "importers/mlir/attribute.h"
#include "importers/mlir/type.h"
#include "ir/graph/annotations.h"
#include "ir/ops/attributes.h"
#include "ir/shape/literal.h"
#include "ir/shape/shape.h"

namespace eqsat::importers::stablehlo {

// Layouts are left out. Unimplemented for what MLIR's types lack.
absl::StatusOr<mlir::Type> TypeOf(const ir::Shape& shape);

// A constant's value; an array.
absl::StatusOr<mlir::Attribute> ValueOf(const ir::Literal& literal);

mlir::Attribute Int64(int64_t value);
mlir::Attribute Int32(int64_t value);
// `array<i64: 1, 2>`
mlir::Attribute IntArray(absl::Span<const int64_t> values);
// `array<i1: true, false>`
mlir::Attribute BoolArray(const std::vector<bool>& values);
// `dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>`; shorter rows are filled with -1.
mlir::Attribute IntTable(const std::vector<std::vector<int64_t>>& rows, int64_t width);
// `#stablehlo<precision HIGH>`, `enumeration` being "precision"
mlir::Attribute Keyword(std::string_view enumeration, std::string_view value);
// `[1, 2]`, as a field of a dialect's attribute
mlir::Attribute IntList(absl::Span<const int64_t> values);

// `#stablehlo.channel_handle<handle = 1, type = 1>`; types: 1 between devices, 2 from a device to
// the host, 3 from the host to a device
mlir::Attribute Channel(int64_t handle, int64_t type);

// Replica groups of more devices are refused.
inline constexpr int64_t kMostDevices = 1 << 20;

// `replica_groups`, and `channel_handle` and `use_global_device_ids` where there are.
absl::StatusOr<std::vector<mlir::NamedAttribute>> GroupAttributes(const ir::ReplicaGroups& groups,
                                                                  int64_t channel_id,
                                                                  bool use_global_device_ids);

// `#stablehlo.dot<…>`
mlir::Attribute DotNumbers(const ir::DotAttributes& dot);

// `[#stablehlo<precision HIGH>, …]`; nothing where all are default. Unimplemented for what
// StableHLO lacks.
absl::StatusOr<std::vector<mlir::NamedAttribute>> PrecisionOf(
    const std::vector<ir::Precision>& precision);

std::string ShardingText(const ir::Sharding& sharding);

// `mhlo.sharding` and `mhlo.frontend_attributes`, as far as there are.
std::vector<mlir::NamedAttribute> AnnotationAttributes(const ir::Annotations& notes);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_WRITER_ATTRIBUTES_H_
