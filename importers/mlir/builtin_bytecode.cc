#include "importers/mlir/builtin_bytecode.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "ir/base/strings.h"
#include "ir/shape/float_format.h"

namespace eqsat::importers::mlir {
namespace {

using Code = BuiltinAttributeCode;

enum class TypeCode : uint64_t {
  kInteger,
  kIndex,
  kFunction,
  kBF16,
  kF16,
  kF32,
  kF64,
  kF80,
  kF128,
  kComplex,
  kMemRef,
  kMemRefInSpace,
  kNone,
  kTensor,
  kEncodedTensor,
  kTuple,
  kUnrankedMemRef,
  kUnrankedMemRefInSpace,
  kUnrankedTensor,
};

// Width and, below, two bits of signedness: none, signed, unsigned.
absl::StatusOr<Type> ReadIntegerType(ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t value, reader.Varint());
  const uint64_t width = value >> 2;
  const uint64_t signedness = value & 3;
  if (signedness == 3) return reader.Error("an integer type of unknown signedness");
  if (width == 1 && signedness == 0) return Type::Element(ir::ElementType::kPred);
  const bool is_unsigned = signedness == 2;
  std::optional<ir::ElementType> element =
      ir::ElementTypeFromName(base::StrCat(is_unsigned ? "u" : "s", width));
  if (element) return Type::Element(*element);
  return Type::Opaque(base::StrCat(is_unsigned ? "ui" : signedness == 1 ? "si" : "i", width));
}

absl::StatusOr<Attribute> ReadDictionary(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const size_t count, reader.Count("named attributes"));
  DictionaryAttribute dictionary;
  for (size_t i = 0; i < count; ++i) {
    EQSAT_ASSIGN_OR_RETURN(std::string name, entries.ReadStringAttribute(reader));
    EQSAT_ASSIGN_OR_RETURN(Attribute value, entries.ReadAttribute(reader));
    dictionary.entries.emplace_back(std::move(name), std::move(value));
  }
  EQSAT_RETURN_IF_ERROR(CheckDistinct(dictionary.entries, reader));
  return dictionary;
}

absl::StatusOr<Attribute> ReadSymbol(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(std::string root, entries.ReadStringAttribute(reader));
  EQSAT_ASSIGN_OR_RETURN(std::vector<Attribute> nested, entries.ReadAttributes(reader));
  SymbolAttribute symbol{.path = {std::move(root)}};
  for (const Attribute& part : nested) {
    const auto* name = part.As<SymbolAttribute>();
    if (name == nullptr) return reader.Error("a symbol is expected");
    symbol.path.push_back(name->path[0]);
  }
  return symbol;
}

// `array<i64: 1, 2>`: each element takes its own whole bytes.
absl::StatusOr<Attribute> ReadDenseArray(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(Type element, entries.ReadType(reader));
  EQSAT_ASSIGN_OR_RETURN(const uint64_t count, reader.Varint());
  EQSAT_ASSIGN_OR_RETURN(std::string_view blob, reader.Blob());
  if (element.kind() != TypeKind::kElement || count > blob.size() ||
      blob.size() != count * ir::ByteWidth(element.element())) {
    return reader.Error("an array of %d elements of type %s in %d bytes", count, element.ToString(),
                        blob.size());
  }
  return DenseAttribute{
      .type = Type::Tensor(element, {static_cast<int64_t>(count)}),
      .bytes = std::make_shared<const std::vector<uint8_t>>(blob.begin(), blob.end()),
      .splat = false,
      .array = true};
}

// The number of elements; nullopt if `type` is dynamic or too large.
std::optional<uint64_t> ElementCount(const Type& type) {
  uint64_t count = 1;
  for (int64_t size : type.dimensions()) {
    if (size < 0) return std::nullopt;
    if (__builtin_mul_overflow(count, static_cast<uint64_t>(size), &count)) return std::nullopt;
  }
  return count;
}

// A tensor's elements as numbers; nullopt if they are none.
std::optional<ir::ElementType> NumberType(const Type& element) {
  switch (element.kind()) {
    case TypeKind::kElement:
      return element.element();
    case TypeKind::kIndex:
      return ir::ElementType::kS64;
    case TypeKind::kQuantized:
      return element.quantization().storage;
    default:
      return std::nullopt;
  }
}

// Makes narrow elements, one a byte, what their width says: the bits above it are not defined.
void ExtendNarrow(ir::ElementType type, std::vector<uint8_t>& bytes) {
  const int unused = 8 - ir::BitWidth(type);
  if (unused <= 0) return;
  for (uint8_t& byte : bytes) {
    const uint8_t high = static_cast<uint8_t>(byte << unused);
    byte = ir::IsSigned(type) ? static_cast<uint8_t>(static_cast<int8_t>(high) >> unused)
                              : static_cast<uint8_t>(high >> unused);
  }
}

// Eight a byte, lowest bit first, or one a byte.
std::vector<uint8_t> UnpackBooleans(std::string_view blob, uint64_t count) {
  const bool packed = blob.size() != count && blob.size() == (count + 7) / 8;
  std::vector<uint8_t> out(packed ? count : blob.size());
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = packed ? (blob[i / 8] >> (i % 8)) & 1 : blob[i] != 0;
  }
  return out;
}

absl::StatusOr<Type> ReadTensor(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(ir::DimensionVector dimensions, ReadDimensions(entries, reader));
  EQSAT_ASSIGN_OR_RETURN(Type element, entries.ReadType(reader));
  return MakeTensor(element, std::move(dimensions), {}, reader);
}

absl::StatusOr<Type> ReadComplex(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(Type part, entries.ReadType(reader));
  return MakeComplex(part, reader);
}

absl::StatusOr<Type> ReadFunction(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<Type> inputs, entries.ReadTypes(reader));
  EQSAT_ASSIGN_OR_RETURN(std::vector<Type> results, entries.ReadTypes(reader));
  return Type::Function(std::move(inputs), std::move(results));
}

}  // namespace

absl::StatusOr<Attribute> BuiltinBytecode::ReadAttribute(BytecodeEntries& entries,
                                                         ByteReader& reader) const {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t code, reader.Varint());
  switch (static_cast<Code>(code)) {
    case Code::kArray: {
      EQSAT_ASSIGN_OR_RETURN(std::vector<Attribute> elements, entries.ReadAttributes(reader));
      return ArrayAttribute{std::move(elements)};
    }
    case Code::kDictionary:
      return ReadDictionary(entries, reader);
    case Code::kString: {
      EQSAT_ASSIGN_OR_RETURN(std::string_view text, entries.ReadString(reader));
      return std::string(text);
    }
    case Code::kTypedString: {
      EQSAT_ASSIGN_OR_RETURN(std::string_view text, entries.ReadString(reader));
      EQSAT_RETURN_IF_ERROR(entries.ReadType(reader).status());
      return std::string(text);
    }
    case Code::kFlatSymbol: {
      EQSAT_ASSIGN_OR_RETURN(std::string name, entries.ReadStringAttribute(reader));
      return SymbolAttribute{.path = {std::move(name)}};
    }
    case Code::kSymbol:
      return ReadSymbol(entries, reader);
    case Code::kType: {
      EQSAT_ASSIGN_OR_RETURN(Type type, entries.ReadType(reader));
      return type;
    }
    case Code::kUnit:
      return UnitAttribute();
    case Code::kInteger: {
      EQSAT_ASSIGN_OR_RETURN(Type type, entries.ReadType(reader));
      return ReadInteger(type, reader);
    }
    case Code::kFloat: {
      EQSAT_ASSIGN_OR_RETURN(Type type, entries.ReadType(reader));
      return ReadFloat(type, reader);
    }
    case Code::kDenseArray:
      return ReadDenseArray(entries, reader);
    case Code::kDense: {
      EQSAT_ASSIGN_OR_RETURN(Type type, entries.ReadType(reader));
      EQSAT_ASSIGN_OR_RETURN(std::string_view blob, reader.Blob());
      return MakeDense(type, blob, reader);
    }
    default:
      return reader.Error("builtin attributes with code %d are not supported", code);
  }
}

absl::StatusOr<Type> BuiltinBytecode::ReadType(BytecodeEntries& entries, ByteReader& reader) const {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t code, reader.Varint());
  switch (static_cast<TypeCode>(code)) {
    case TypeCode::kInteger:
      return ReadIntegerType(reader);
    case TypeCode::kIndex:
      return Type::Index();
    case TypeCode::kFunction:
      return ReadFunction(entries, reader);
    case TypeCode::kBF16:
      return Type::Element(ir::ElementType::kBF16);
    case TypeCode::kF16:
      return Type::Element(ir::ElementType::kF16);
    case TypeCode::kF32:
      return Type::Element(ir::ElementType::kF32);
    case TypeCode::kF64:
      return Type::Element(ir::ElementType::kF64);
    case TypeCode::kComplex:
      return ReadComplex(entries, reader);
    case TypeCode::kNone:
      return Type();
    case TypeCode::kTensor:
      return ReadTensor(entries, reader);
    case TypeCode::kTuple: {
      EQSAT_ASSIGN_OR_RETURN(std::vector<Type> elements, entries.ReadTypes(reader));
      return Type::Tuple(std::move(elements));
    }
    case TypeCode::kUnrankedTensor: {
      EQSAT_ASSIGN_OR_RETURN(Type element, entries.ReadType(reader));
      return Type::UnrankedTensor(element);
    }
    default:
      return reader.Error("builtin types with code %d are not supported", code);
  }
}

absl::StatusOr<std::vector<NamedAttribute>> BuiltinBytecode::ReadProperties(
    std::string_view name, BytecodeEntries& entries, ByteReader& reader) const {
  if (name != "module") return reader.Error("properties of 'builtin.%s' are not supported", name);
  std::vector<NamedAttribute> out;
  for (std::string_view property : {"sym_name", "sym_visibility"}) {
    EQSAT_ASSIGN_OR_RETURN(std::optional<Attribute> value, entries.ReadOptionalAttribute(reader));
    if (value) out.emplace_back(property, *std::move(value));
  }
  return out;
}

absl::Status CheckDistinct(const std::vector<NamedAttribute>& entries, const ByteReader& reader) {
  std::vector<std::string_view> names;
  for (const auto& [name, value] : entries) names.push_back(name);
  std::ranges::sort(names);
  auto twice = std::ranges::adjacent_find(names);
  return twice == names.end() ? absl::OkStatus() : reader.Error("two attributes '%s'", *twice);
}

absl::StatusOr<Attribute> ReadInteger(const Type& type, ByteReader& reader) {
  if (type.kind() == TypeKind::kIndex) {
    EQSAT_ASSIGN_OR_RETURN(const int64_t value, reader.SignedVarint());
    return IntegerAttribute{value, type};
  }
  const bool is_integer =
      type.kind() == TypeKind::kElement &&
      (ir::IsInteger(type.element()) || type.element() == ir::ElementType::kPred);
  if (!is_integer) return reader.Error("an integer of type %s", type.ToString());
  const int width = ir::BitWidth(type.element());
  int64_t value = 0;
  if (width <= 8) {
    EQSAT_ASSIGN_OR_RETURN(value, reader.Byte());
  } else {
    EQSAT_ASSIGN_OR_RETURN(value, reader.SignedVarint());
  }
  if (type.element() == ir::ElementType::kPred) return (value & 1) != 0;
  const uint64_t high = static_cast<uint64_t>(value) << (64 - width);
  value = ir::IsSigned(type.element()) ? static_cast<int64_t>(high) >> (64 - width)
                                       : static_cast<int64_t>(high >> (64 - width));
  return IntegerAttribute{value, type};
}

absl::StatusOr<Attribute> ReadFloat(const Type& type, ByteReader& reader) {
  if (type.kind() != TypeKind::kElement || !ir::IsFloat(type.element())) {
    return reader.Error("a number of type %s", type.ToString());
  }
  const ir::FloatFormat& format = ir::FormatOf(type.element());
  uint64_t bits = 0;
  if (format.bits <= 8) {
    EQSAT_ASSIGN_OR_RETURN(bits, reader.Byte());
  } else {
    EQSAT_ASSIGN_OR_RETURN(bits, reader.SignedVarint());
  }
  if (format.bits < 64) bits &= (uint64_t{1} << format.bits) - 1;
  return FloatAttribute{ir::DecodeFloat(format, bits), type};
}

absl::StatusOr<double> ReadDouble(ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const int64_t bits, reader.SignedVarint());
  return ir::DecodeFloat(ir::FormatOf(ir::ElementType::kF64), static_cast<uint64_t>(bits));
}

absl::StatusOr<Attribute> MakeDense(const Type& type, std::string_view blob,
                                    const ByteReader& reader) {
  const auto wrong = [&] {
    return reader.Error("%d bytes for the elements of a %s", blob.size(), type.ToString());
  };
  if (!type.IsTensor()) return wrong();
  std::optional<ir::ElementType> number = NumberType(type.element_type());
  std::optional<uint64_t> count = ElementCount(type);
  if (!number || !count) return wrong();
  std::vector<uint8_t> bytes;
  if (*number == ir::ElementType::kPred) {
    bytes = UnpackBooleans(blob, *count);
  } else {
    bytes.assign(blob.begin(), blob.end());
    ExtendNarrow(*number, bytes);
  }
  const uint64_t width = ir::ByteWidth(*number);
  const bool all = *count == bytes.size() / width && bytes.size() % width == 0;
  const bool splat = !all && bytes.size() == width;
  if (!all && !splat) return wrong();
  if (*count == 0) bytes.clear();
  return DenseAttribute{.type = type,
                        .bytes = std::make_shared<const std::vector<uint8_t>>(std::move(bytes)),
                        .splat = splat && *count > 0};
}

absl::StatusOr<ir::DimensionVector> ReadDimensions(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> sizes, entries.ReadInts(reader));
  ir::DimensionVector out;
  for (int64_t size : sizes) out.push_back(size < 0 ? Type::kDynamic : size);
  return out;
}

absl::StatusOr<Type> MakeTensor(const Type& element, ir::DimensionVector dimensions,
                                ir::DimensionVector bounds, const ByteReader& reader) {
  switch (element.kind()) {
    case TypeKind::kElement:
    case TypeKind::kIndex:
    case TypeKind::kQuantized:
    case TypeKind::kOpaque:
      break;
    default:
      return reader.Error("a tensor of elements of type %s", element.ToString());
  }
  if (!bounds.empty() && bounds.size() != dimensions.size()) {
    return reader.Error("%d bounds for %d dimensions", bounds.size(), dimensions.size());
  }
  return Type::Tensor(element, std::move(dimensions), std::move(bounds));
}

absl::StatusOr<Type> MakeComplex(const Type& part, const ByteReader& reader) {
  if (part == Type::Element(ir::ElementType::kF32)) return Type::Element(ir::ElementType::kC64);
  if (part == Type::Element(ir::ElementType::kF64)) return Type::Element(ir::ElementType::kC128);
  return reader.Error("complex numbers of parts of type %s", part.ToString());
}

}  // namespace eqsat::importers::mlir
