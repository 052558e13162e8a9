#include "importers/stablehlo/writer/attributes.h"

#include <algorithm>
#include <cstring>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/graph/print_annotations.h"
#include "ir/interpret/device_groups.h"

namespace eqsat::importers::stablehlo {
namespace {

using mlir::Type;

absl::StatusOr<Type> ElementOf(ir::ElementType element) {
  if (element == ir::ElementType::kS1 || element == ir::ElementType::kU1) {
    return base::Unimplemented("StableHLO has no element type %s", ir::Name(element));
  }
  return Type::Element(element);
}

template <typename T>
mlir::DenseAttribute DenseOf(Type type, const std::vector<T>& values, bool array) {
  std::vector<uint8_t> bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return {std::move(type), std::make_shared<const std::vector<uint8_t>>(std::move(bytes)), false,
          array};
}

Type Int64Tensor(ir::DimensionVector sizes) {
  return Type::Tensor(Type::Element(ir::ElementType::kS64), std::move(sizes));
}

}  // namespace

absl::StatusOr<Type> TypeOf(const ir::Shape& shape) {
  if (shape.IsToken()) return Type::Token();
  if (shape.IsTuple()) {
    std::vector<Type> elements;
    for (const ir::Shape& element : shape.elements()) {
      EQSAT_ASSIGN_OR_RETURN(Type type, TypeOf(element));
      elements.push_back(std::move(type));
    }
    return Type::Tuple(std::move(elements));
  }
  if (shape.IsBuffer()) {
    const ir::Shape& content = shape.element(0);
    EQSAT_ASSIGN_OR_RETURN(Type element, ElementOf(content.element_type()));
    absl::Span<const int64_t> sizes = content.dimensions();
    return Type::MemRef(std::move(element), {sizes.begin(), sizes.end()});
  }
  if (!shape.IsArray()) return base::Unimplemented("StableHLO has no type %s", shape.ToString());
  EQSAT_ASSIGN_OR_RETURN(Type element, ElementOf(shape.element_type()));
  ir::DimensionVector sizes(shape.dimensions().begin(), shape.dimensions().end());
  ir::DimensionVector bounds(sizes.size(), Type::kDynamic);
  bool bounded = false;
  for (int64_t i = 0; i < shape.rank(); ++i) {
    if (!shape.is_dynamic(i)) continue;
    if (sizes[i] != ir::Shape::kUnbounded) {
      bounds[i] = sizes[i];
      bounded = true;
    }
    sizes[i] = Type::kDynamic;
  }
  if (!bounded) bounds.clear();
  return Type::Tensor(std::move(element), std::move(sizes), std::move(bounds));
}

absl::StatusOr<mlir::Attribute> ValueOf(const ir::Literal& literal) {
  EQSAT_ASSIGN_OR_RETURN(Type type, TypeOf(literal.shape()));
  // The name that MLIR gives to what was left out of a text.
  if (literal.is_unknown()) return mlir::Attribute(mlir::ResourceAttribute{"__elided__", type});
  absl::Span<const uint8_t> bytes = literal.bytes();
  std::vector<uint8_t> held(bytes.begin(), bytes.end());
  const bool splat =
      literal.shape().rank() > 0 && literal.shape().ElementCount() > 0 && literal.IsSplat();
  if (splat) held.resize(ir::ByteWidth(literal.shape().element_type()));
  return mlir::Attribute(mlir::DenseAttribute{
      std::move(type), std::make_shared<const std::vector<uint8_t>>(std::move(held)), splat});
}

mlir::Attribute Int64(int64_t value) {
  return mlir::IntegerAttribute{value, Type::Element(ir::ElementType::kS64)};
}

mlir::Attribute Int32(int64_t value) {
  return mlir::IntegerAttribute{value, Type::Element(ir::ElementType::kS32)};
}

mlir::Attribute IntArray(absl::Span<const int64_t> values) {
  return DenseOf<int64_t>(Int64Tensor({static_cast<int64_t>(values.size())}),
                          {values.begin(), values.end()}, true);
}

mlir::Attribute BoolArray(const std::vector<bool>& values) {
  Type type =
      Type::Tensor(Type::Element(ir::ElementType::kPred), {static_cast<int64_t>(values.size())});
  return DenseOf<uint8_t>(std::move(type), {values.begin(), values.end()}, true);
}

mlir::Attribute IntTable(const std::vector<std::vector<int64_t>>& rows, int64_t width) {
  std::vector<int64_t> values;
  for (const std::vector<int64_t>& row : rows) {
    values.insert(values.end(), row.begin(), row.end());
    values.insert(values.end(), width - row.size(), -1);
  }
  return DenseOf(Int64Tensor({static_cast<int64_t>(rows.size()), width}), values, false);
}

mlir::Attribute Keyword(std::string_view enumeration, std::string_view value) {
  return mlir::DialectAttribute{base::StrCat("stablehlo.", enumeration),
                                {{"", std::string(value)}}};
}

mlir::Attribute IntList(absl::Span<const int64_t> values) {
  mlir::ArrayAttribute list;
  for (int64_t value : values) list.elements.push_back(Int64(value));
  return list;
}

mlir::Attribute Channel(int64_t handle, int64_t type) {
  return mlir::DialectAttribute{"stablehlo.channel_handle",
                                {{"handle", Int64(handle)}, {"type", Int64(type)}}};
}

absl::StatusOr<std::vector<mlir::NamedAttribute>> GroupAttributes(const ir::ReplicaGroups& groups,
                                                                  int64_t channel_id,
                                                                  bool use_global_device_ids) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<std::vector<int64_t>> rows,
                         ir::ListGroups(groups, kMostDevices));
  size_t width = 0;
  for (const std::vector<int64_t>& row : rows) width = std::max(width, row.size());
  std::vector<mlir::NamedAttribute> out = {
      {"replica_groups", IntTable(rows, static_cast<int64_t>(width))}};
  if (channel_id != 0) out.emplace_back("channel_handle", Channel(channel_id, 1));
  if (use_global_device_ids) out.emplace_back("use_global_device_ids", mlir::Attribute());
  return out;
}

mlir::Attribute DotNumbers(const ir::DotAttributes& dot) {
  return mlir::DialectAttribute{
      "stablehlo.dot",
      {{"lhs_batching_dimensions", IntList(dot.lhs_batch_dims)},
       {"rhs_batching_dimensions", IntList(dot.rhs_batch_dims)},
       {"lhs_contracting_dimensions", IntList(dot.lhs_contracting_dims)},
       {"rhs_contracting_dimensions", IntList(dot.rhs_contracting_dims)}}};
}

absl::StatusOr<std::vector<mlir::NamedAttribute>> PrecisionOf(
    const std::vector<ir::Precision>& precision) {
  mlir::ArrayAttribute list;
  bool any = false;
  for (ir::Precision one : precision) {
    any = any || one != ir::Precision::kDefault;
    switch (one) {
      case ir::Precision::kDefault:
        list.elements.push_back(Keyword("precision", "DEFAULT"));
        break;
      case ir::Precision::kHigh:
        list.elements.push_back(Keyword("precision", "HIGH"));
        break;
      case ir::Precision::kHighest:
        list.elements.push_back(Keyword("precision", "HIGHEST"));
        break;
      case ir::Precision::kPackedNibble:
        return base::Unimplemented("StableHLO has no precision packed_nibble");
    }
  }
  if (!any) return std::vector<mlir::NamedAttribute>();
  return std::vector<mlir::NamedAttribute>{{"precision_config", std::move(list)}};
}

std::string ShardingText(const ir::Sharding& sharding) {
  std::string text;
  ir::AppendSharding(sharding, &text);
  return text;
}

std::vector<mlir::NamedAttribute> AnnotationAttributes(const ir::Annotations& notes) {
  std::vector<mlir::NamedAttribute> out;
  if (!notes.frontend_attributes.empty()) {
    mlir::DictionaryAttribute entries;
    for (const auto& [key, value] : notes.frontend_attributes) {
      entries.entries.emplace_back(key, value);
    }
    out.emplace_back("mhlo.frontend_attributes", std::move(entries));
  }
  if (notes.sharding) {
    out.emplace_back("mhlo.sharding", ShardingText(*notes.sharding));
  }
  return out;
}

}  // namespace eqsat::importers::stablehlo
