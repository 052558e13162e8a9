// The types of VHLO in bytecode.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "importers/mlir/builtin_bytecode.h"
#include "importers/stablehlo/vhlo_bytecode.h"

namespace eqsat::importers::stablehlo {
namespace {

using ir::ElementType;
using mlir::BytecodeEntries;
using mlir::ByteReader;
using mlir::Type;

enum class TypeCode : uint64_t {
  kComplex = 1,
  kFunction = 8,
  kIndex = 9,
  kTensor = 20,
  kEncodedTensor = 21,
  kToken = 22,
  kTuple = 23,
  kQuantized = 24,
  kUnrankedTensor = 25,
  kWitness = 26,
  kQuantizedPerAxis = 30,
  kNone = 33,
  kTF32 = 34,
  kBuffer = 41,
  kFuture = 42,
};

// The types that are a code and no more.
std::optional<ElementType> NumberType(uint64_t code) {
  switch (code) {
    case 0:
      return ElementType::kPred;
    case 2:
      return ElementType::kBF16;
    case 3:
      return ElementType::kF16;
    case 4:
      return ElementType::kF32;
    case 5:
      return ElementType::kF64;
    case 6:
      return ElementType::kF8E4M3FN;
    case 7:
      return ElementType::kF8E5M2;
    case 10:
      return ElementType::kS4;
    case 11:
      return ElementType::kS8;
    case 12:
      return ElementType::kS16;
    case 13:
      return ElementType::kS32;
    case 14:
      return ElementType::kS64;
    case 15:
      return ElementType::kU4;
    case 16:
      return ElementType::kU8;
    case 17:
      return ElementType::kU16;
    case 18:
      return ElementType::kU32;
    case 19:
      return ElementType::kU64;
    case 27:
      return ElementType::kF8E4M3FNUZ;
    case 28:
      return ElementType::kF8E5M2FNUZ;
    case 29:
      return ElementType::kF8E4M3B11FNUZ;
    case 31:
      return ElementType::kS2;
    case 32:
      return ElementType::kU2;
    case 35:
      return ElementType::kF8E4M3;
    case 36:
      return ElementType::kF8E3M4;
    case 37:
      return ElementType::kF4E2M1FN;
    case 38:
      return ElementType::kF6E2M3FN;
    case 39:
      return ElementType::kF6E3M2FN;
    case 40:
      return ElementType::kF8E8M0FNU;
    default:
      return std::nullopt;
  }
}

// What `#vhlo.type_extensions_v1` decodes to; none for other encodings, which say how a tensor is
// stored and not what it holds.
ir::DimensionVector BoundsOf(const mlir::Attribute& encoding) {
  ir::DimensionVector bounds;
  const auto* dialect = encoding.As<mlir::DialectAttribute>();
  if (dialect == nullptr || dialect->name != "stablehlo.bounds") return bounds;
  const mlir::Attribute* list = mlir::Find(dialect->parameters, "bounds");
  if (list == nullptr) return bounds;
  for (int64_t bound : list->AsInts().value_or(std::vector<int64_t>())) {
    bounds.push_back(bound < 0 ? Type::kDynamic : bound);
  }
  return bounds;
}

absl::StatusOr<Type> ReadTensor(BytecodeEntries& entries, ByteReader& reader, bool encoded) {
  ir::DimensionVector bounds;
  if (encoded) {
    EQSAT_ASSIGN_OR_RETURN(mlir::Attribute encoding, entries.ReadAttribute(reader));
    bounds = BoundsOf(encoding);
  }
  EQSAT_ASSIGN_OR_RETURN(ir::DimensionVector dimensions, mlir::ReadDimensions(entries, reader));
  EQSAT_ASSIGN_OR_RETURN(Type element, entries.ReadType(reader));
  return mlir::MakeTensor(element, std::move(dimensions), std::move(bounds), reader);
}

absl::StatusOr<Type> ReadBuffer(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(ir::DimensionVector dimensions, mlir::ReadDimensions(entries, reader));
  EQSAT_ASSIGN_OR_RETURN(Type element, entries.ReadType(reader));
  return Type::MemRef(std::move(element), std::move(dimensions));
}

// Flags (1: signed), the stored and the expressed type.
absl::StatusOr<mlir::Quantization> ReadQuantizationTypes(BytecodeEntries& entries,
                                                         ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t flags, reader.Varint());
  EQSAT_ASSIGN_OR_RETURN(Type storage, entries.ReadType(reader));
  EQSAT_ASSIGN_OR_RETURN(Type expressed, entries.ReadType(reader));
  mlir::Quantization out;
  if (storage.kind() != mlir::TypeKind::kElement || !ir::IsInteger(storage.element()) ||
      ir::BitWidth(storage.element()) > 32) {
    return reader.Error("a quantized type stores integers of at most 32 bits, not %s",
                        storage.ToString());
  }
  if (expressed.kind() != mlir::TypeKind::kElement || !ir::IsFloat(expressed.element())) {
    return reader.Error("a quantized type expresses floats, not %s", expressed.ToString());
  }
  const char sign = (flags & 1) != 0 ? 's' : 'u';
  std::string name = sign + std::to_string(ir::BitWidth(storage.element()));
  out.storage = ir::ElementTypeFromName(name).value_or(storage.element());
  out.expressed = expressed.element();
  return out;
}

absl::StatusOr<Type> ReadQuantized(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(mlir::Quantization out, ReadQuantizationTypes(entries, reader));
  EQSAT_ASSIGN_OR_RETURN(const double scale, mlir::ReadDouble(reader));
  EQSAT_ASSIGN_OR_RETURN(const int64_t zero_point, reader.SignedVarint());
  EQSAT_ASSIGN_OR_RETURN(out.storage_min, reader.SignedVarint());
  EQSAT_ASSIGN_OR_RETURN(out.storage_max, reader.SignedVarint());
  out.scales = {scale};
  out.zero_points = {zero_point};
  return Type::Quantized(std::move(out));
}

absl::StatusOr<Type> ReadQuantizedPerAxis(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(mlir::Quantization out, ReadQuantizationTypes(entries, reader));
  EQSAT_ASSIGN_OR_RETURN(const uint64_t axis, reader.Varint());
  EQSAT_ASSIGN_OR_RETURN(out.storage_min, reader.SignedVarint());
  EQSAT_ASSIGN_OR_RETURN(out.storage_max, reader.SignedVarint());
  EQSAT_ASSIGN_OR_RETURN(const size_t num_scales, reader.Count("scales"));
  for (size_t i = 0; i < num_scales; ++i) {
    EQSAT_ASSIGN_OR_RETURN(const double scale, mlir::ReadDouble(reader));
    out.scales.push_back(scale);
  }
  EQSAT_ASSIGN_OR_RETURN(out.zero_points, entries.ReadInts(reader));
  if (out.zero_points.size() != num_scales || axis > INT32_MAX) {
    return reader.Error("%d scales and %d zero points along axis %d", num_scales,
                        out.zero_points.size(), axis);
  }
  out.axes = {static_cast<int64_t>(axis)};
  out.block_sizes = {0};
  return Type::Quantized(std::move(out));
}

}  // namespace

absl::StatusOr<Type> VhloBytecode::ReadType(BytecodeEntries& entries, ByteReader& reader) const {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t code, reader.Varint());
  if (std::optional<ElementType> number = NumberType(code)) return Type::Element(*number);
  switch (static_cast<TypeCode>(code)) {
    case TypeCode::kComplex: {
      EQSAT_ASSIGN_OR_RETURN(Type part, entries.ReadType(reader));
      return mlir::MakeComplex(part, reader);
    }
    case TypeCode::kFunction: {
      EQSAT_ASSIGN_OR_RETURN(std::vector<Type> inputs, entries.ReadTypes(reader));
      EQSAT_ASSIGN_OR_RETURN(std::vector<Type> results, entries.ReadTypes(reader));
      return Type::Function(std::move(inputs), std::move(results));
    }
    case TypeCode::kIndex:
      return Type::Index();
    case TypeCode::kTensor:
      return ReadTensor(entries, reader, /*encoded=*/false);
    case TypeCode::kEncodedTensor:
      return ReadTensor(entries, reader, /*encoded=*/true);
    case TypeCode::kToken:
      return Type::Token();
    case TypeCode::kTuple: {
      EQSAT_ASSIGN_OR_RETURN(std::vector<Type> elements, entries.ReadTypes(reader));
      return Type::Tuple(std::move(elements));
    }
    case TypeCode::kQuantized:
      return ReadQuantized(entries, reader);
    case TypeCode::kQuantizedPerAxis:
      return ReadQuantizedPerAxis(entries, reader);
    case TypeCode::kUnrankedTensor: {
      EQSAT_ASSIGN_OR_RETURN(Type element, entries.ReadType(reader));
      return Type::UnrankedTensor(std::move(element));
    }
    case TypeCode::kWitness:
      return Type::Opaque("!shape.witness");
    case TypeCode::kNone:
      return Type();
    case TypeCode::kTF32:
      return Type::Opaque("tf32");
    case TypeCode::kBuffer:
      return ReadBuffer(entries, reader);
    case TypeCode::kFuture: {
      EQSAT_ASSIGN_OR_RETURN(std::vector<Type> elements, entries.ReadTypes(reader));
      return Type::Future(std::move(elements));
    }
  }
  return reader.Error("VHLO types with code %d are not known", code);
}

}  // namespace eqsat::importers::stablehlo
