#include "importers/stablehlo/op_table.h"

#include <string>

#include "absl/container/flat_hash_map.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/attribute_types.h"

namespace eqsat::importers::stablehlo {

Translate FindTranslation(std::string_view name) {
  static const auto* table = [] {
    auto* entries = new absl::flat_hash_map<std::string, Translate>;
    for (absl::Span<const OpEntry> family :
         {ElementwiseOps(), MovementOps(), ContractionOps(), ReductionOps(), IndexedOps(),
          ControlOps(), CollectiveOps(), AsyncOps(), TransferOps(), LinearAlgebraOps(),
          DynamicOps(), QuantizationOps(), CheckOps(), ChloOps(), ChloMathOps()}) {
      for (const OpEntry& entry : family) entries->emplace(entry.name, entry.translate);
    }
    return entries;
  }();
  auto found = table->find(std::string(mlir::WithoutDialect(name)));
  return found == table->end() ? nullptr : found->second;
}

absl::StatusOr<int64_t> IntAttribute(const mlir::Operation& op, std::string_view name) {
  const mlir::Attribute* attribute = op.Find(name);
  if (attribute == nullptr) return base::InvalidArgument("the attribute %s is missing", name);
  std::optional<int64_t> value = attribute->AsInt();
  if (!value) return base::InvalidArgument("the attribute %s must be an integer", name);
  return *value;
}

absl::StatusOr<std::vector<int64_t>> IntsAttribute(const mlir::Operation& op,
                                                   std::string_view name) {
  const mlir::Attribute* attribute = op.Find(name);
  if (attribute == nullptr) return base::InvalidArgument("the attribute %s is missing", name);
  std::optional<std::vector<int64_t>> values = attribute->AsInts();
  if (!values) return base::InvalidArgument("the attribute %s must be a list of integers", name);
  return *std::move(values);
}

absl::StatusOr<std::string_view> KeywordAttribute(const mlir::Operation& op,
                                                  std::string_view name) {
  const mlir::Attribute* attribute = op.Find(name);
  if (attribute == nullptr) return base::InvalidArgument("the attribute %s is missing", name);
  std::optional<std::string_view> keyword = attribute->AsKeyword();
  if (!keyword) return base::InvalidArgument("the attribute %s must be a keyword", name);
  return *keyword;
}

int64_t IntAttributeOr(const mlir::Operation& op, std::string_view name, int64_t fallback) {
  const mlir::Attribute* attribute = op.Find(name);
  return attribute == nullptr ? fallback : attribute->AsInt().value_or(fallback);
}

bool BoolAttributeOr(const mlir::Operation& op, std::string_view name, bool fallback) {
  const mlir::Attribute* attribute = op.Find(name);
  return attribute == nullptr ? fallback : attribute->AsBool().value_or(fallback);
}

std::vector<int64_t> IntsAttributeOr(const mlir::Operation& op, std::string_view name,
                                     std::vector<int64_t> fallback) {
  const mlir::Attribute* attribute = op.Find(name);
  return attribute == nullptr ? fallback : attribute->AsInts().value_or(fallback);
}

std::vector<int64_t> IntsParameter(const mlir::DialectAttribute& attribute, std::string_view name) {
  const mlir::Attribute* parameter = mlir::Find(attribute.parameters, name);
  if (parameter == nullptr) return {};
  return parameter->AsInts().value_or(std::vector<int64_t>());
}

ir::DimensionVector DimensionsParameter(const mlir::DialectAttribute& attribute,
                                        std::string_view name) {
  return ToDimensions(IntsParameter(attribute, name));
}

absl::StatusOr<const mlir::DialectAttribute*> StructAttribute(const mlir::Operation& op,
                                                              std::string_view name) {
  const mlir::Attribute* attribute = op.Find(name);
  if (attribute == nullptr) return base::InvalidArgument("the attribute %s is missing", name);
  const auto* structure = attribute->As<mlir::DialectAttribute>();
  // What could not be read as fields is held as text.
  const bool is_text = structure != nullptr && structure->parameters.size() == 1 &&
                       structure->parameters[0].first.empty();
  if (structure == nullptr || is_text) {
    return base::InvalidArgument("the attribute %s must have named fields", name);
  }
  return structure;
}

std::vector<ir::OutputOperandAlias> AliasesOf(const mlir::Operation& op) {
  std::vector<ir::OutputOperandAlias> out;
  const mlir::Attribute* list = op.Find("output_operand_aliases");
  const auto* array = list != nullptr ? list->As<mlir::ArrayAttribute>() : nullptr;
  if (array == nullptr) return out;
  for (const mlir::Attribute& element : array->elements) {
    const auto* alias = element.As<mlir::DialectAttribute>();
    if (alias == nullptr) continue;
    const mlir::Attribute* operand = mlir::Find(alias->parameters, "operand_index");
    out.push_back({IntsParameter(*alias, "output_tuple_indices"),
                   operand != nullptr ? operand->AsInt().value_or(0) : 0,
                   IntsParameter(*alias, "operand_tuple_indices")});
  }
  return out;
}

absl::Status ExpectOperands(const mlir::Operation& op, size_t count) {
  if (op.operands.size() == count) return absl::OkStatus();
  return base::InvalidArgument("it has %d operands, not %d", op.operands.size(), count);
}

template <typename E>
absl::StatusOr<E> EnumFromName(std::string_view name) {
  absl::Span<const std::string_view> names = ir::EnumNames(E());
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<E>(i);
  }
  std::string lower;
  for (char c : name) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] == lower) return static_cast<E>(i);
  }
  return base::InvalidArgument("%s is none of %s", name, base::Join(names, ", "));
}

template absl::StatusOr<ir::ComparisonDirection> EnumFromName(std::string_view);
template absl::StatusOr<ir::ComparisonType> EnumFromName(std::string_view);
template absl::StatusOr<ir::Precision> EnumFromName(std::string_view);
template absl::StatusOr<ir::FftType> EnumFromName(std::string_view);
template absl::StatusOr<ir::FusionKind> EnumFromName(std::string_view);
template absl::StatusOr<ir::TransposeKind> EnumFromName(std::string_view);

}  // namespace eqsat::importers::stablehlo
