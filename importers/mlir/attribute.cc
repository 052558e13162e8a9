#include "importers/mlir/attribute.h"

#include <cstring>

#include "ir/shape/float_format.h"

namespace eqsat::importers::mlir {
namespace {

std::optional<ir::ElementType> IntegerElement(const DenseAttribute& dense) {
  const Type& element = dense.type.element_type();
  if (element.kind() == TypeKind::kIndex) return ir::ElementType::kS64;
  if (element.kind() != TypeKind::kElement) return std::nullopt;
  ir::ElementType type = element.element();
  if (!ir::IsInteger(type) && type != ir::ElementType::kPred) return std::nullopt;
  return type;
}

// The integer at `position` of the bytes; narrow elements are sign-extended already.
int64_t IntegerAt(const std::vector<uint8_t>& bytes, ir::ElementType type, size_t position) {
  const int width = ir::ByteWidth(type);
  uint64_t value = 0;
  std::memcpy(&value, bytes.data() + position * width, width);
  if (width < 8 && ir::IsSigned(type)) {
    const int shift = 64 - 8 * width;
    return static_cast<int64_t>(value << shift) >> shift;
  }
  return static_cast<int64_t>(value);
}

std::optional<std::vector<int64_t>> DenseInts(const DenseAttribute& dense) {
  std::optional<ir::ElementType> type = IntegerElement(dense);
  if (!type) return std::nullopt;
  const size_t held = dense.bytes->size() / ir::ByteWidth(*type);
  size_t count = held;
  if (dense.splat) {
    count = 1;
    // Lists are short: a long splat is not one.
    for (int64_t size : dense.type.dimensions()) {
      if (size < 0 || (size > 0 && count > 65536 / static_cast<size_t>(size))) return std::nullopt;
      count *= size;
    }
  }
  std::vector<int64_t> out(count);
  for (size_t i = 0; i < count; ++i) out[i] = IntegerAt(*dense.bytes, *type, dense.splat ? 0 : i);
  return out;
}

}  // namespace

Attribute::Attribute() {
  static const std::shared_ptr<const Value> unit = std::make_shared<const Value>(UnitAttribute());
  value_ = unit;
}

std::optional<int64_t> Attribute::AsInt() const {
  if (const auto* integer = As<IntegerAttribute>()) return integer->value;
  if (const bool* boolean = As<bool>()) return *boolean ? 1 : 0;
  if (const auto* dense = As<DenseAttribute>()) {
    std::optional<ir::ElementType> type = IntegerElement(*dense);
    if (type && dense->bytes->size() == static_cast<size_t>(ir::ByteWidth(*type))) {
      return IntegerAt(*dense->bytes, *type, 0);
    }
  }
  return std::nullopt;
}

std::optional<bool> Attribute::AsBool() const {
  if (const bool* boolean = As<bool>()) return *boolean;
  if (As<UnitAttribute>() != nullptr) return true;
  if (const auto* integer = As<IntegerAttribute>()) {
    if (integer->type == Type::Element(ir::ElementType::kPred)) return integer->value != 0;
  }
  return std::nullopt;
}

std::optional<double> Attribute::AsFloat() const {
  if (const auto* number = As<FloatAttribute>()) return number->value;
  return std::nullopt;
}

std::optional<std::vector<int64_t>> Attribute::AsInts() const {
  if (const auto* dense = As<DenseAttribute>()) return DenseInts(*dense);
  const auto* array = As<ArrayAttribute>();
  if (array == nullptr) return std::nullopt;
  std::vector<int64_t> out;
  for (const Attribute& element : array->elements) {
    std::optional<int64_t> value = element.AsInt();
    if (!value) return std::nullopt;
    out.push_back(*value);
  }
  return out;
}

std::optional<std::string_view> Attribute::AsKeyword() const {
  if (const std::string* text = As<std::string>()) return *text;
  if (const auto* symbol = As<SymbolAttribute>()) return symbol->path.back();
  if (const auto* dialect = As<DialectAttribute>()) {
    if (dialect->parameters.size() == 1 && dialect->parameters[0].first.empty()) {
      return dialect->parameters[0].second.AsKeyword();
    }
  }
  return std::nullopt;
}

const Attribute* Find(const std::vector<NamedAttribute>& entries, std::string_view name) {
  for (const auto& [key, value] : entries) {
    if (key == name) return &value;
  }
  return nullptr;
}

}  // namespace eqsat::importers::mlir
