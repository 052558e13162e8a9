// The attributes of VHLO in bytecode.
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "importers/mlir/builtin_bytecode.h"
#include "importers/stablehlo/vhlo_bytecode.h"

namespace eqsat::importers::stablehlo {
namespace {

using mlir::Attribute;
using mlir::BytecodeEntries;
using mlir::ByteReader;
using mlir::DialectAttribute;
using mlir::Type;

enum class VhloCode : uint64_t {
  kArray = 1,
  kBoolean = 2,
  kComparisonDirection = 3,
  kComparisonType = 4,
  kApiVersion = 5,
  kDictionary = 6,
  kFftType = 7,
  kFloat = 8,
  kInteger = 9,
  kOutputOperandAlias = 10,
  kPrecision = 11,
  kRngAlgorithm = 12,
  kRngDistribution = 13,
  kString = 14,
  kTensor = 15,
  kTranspose = 16,
  kType = 17,
  kTypeExtensions = 18,
  kResultAccuracyMode = 19,
  kResultAccuracy = 20,
  kSubAxis = 21,
  kAxisRef = 22,
  kReplicaGroupMeshAxes = 23,
  kMeshAxis = 24,
  kMesh = 25,
};

// An enumeration: its keywords by number.
struct Enumeration {
  VhloCode code;
  std::string_view name;
  uint64_t first;
  std::array<std::string_view, 6> keywords;
};

constexpr Enumeration kEnumerations[] = {
    {VhloCode::kComparisonDirection,
     "stablehlo.comparison_direction",
     0,
     {"EQ", "NE", "GE", "GT", "LE", "LT"}},
    {VhloCode::kComparisonType,
     "stablehlo.comparison_type",
     0,
     {"NOTYPE", "FLOAT", "TOTALORDER", "SIGNED", "UNSIGNED"}},
    {VhloCode::kFftType, "stablehlo.fft_type", 0, {"FFT", "IFFT", "RFFT", "IRFFT"}},
    {VhloCode::kPrecision, "stablehlo.precision", 0, {"DEFAULT", "HIGH", "HIGHEST"}},
    {VhloCode::kRngAlgorithm, "stablehlo.rng_algorithm", 0, {"DEFAULT", "THREE_FRY", "PHILOX"}},
    {VhloCode::kRngDistribution, "stablehlo.rng_distribution", 1, {"UNIFORM", "NORMAL"}},
    {VhloCode::kTranspose,
     "stablehlo.transpose",
     0,
     {"TRANSPOSE_INVALID", "NO_TRANSPOSE", "TRANSPOSE", "ADJOINT"}},
    {VhloCode::kResultAccuracyMode,
     "stablehlo.result_accuracy_mode",
     0,
     {"DEFAULT", "HIGHEST", "TOLERANCE"}},
};

Attribute Int64(int64_t value) {
  return mlir::IntegerAttribute{value, Type::Element(ir::ElementType::kS64)};
}

Attribute Int64s(const std::vector<int64_t>& values) {
  mlir::ArrayAttribute array;
  for (int64_t value : values) array.elements.push_back(Int64(value));
  return array;
}

absl::StatusOr<Attribute> ReadKeyword(const Enumeration& enumeration, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t value, reader.Varint());
  const uint64_t index = value - enumeration.first;
  if (index >= enumeration.keywords.size() || enumeration.keywords[index].empty()) {
    return reader.Error("#%s has no value %d", enumeration.name, value);
  }
  return DialectAttribute{std::string(enumeration.name),
                          {{"", std::string(enumeration.keywords[index])}}};
}

absl::StatusOr<Attribute> ReadDictionary(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const size_t count, reader.Count("named attributes"));
  mlir::DictionaryAttribute dictionary;
  for (size_t i = 0; i < count; ++i) {
    EQSAT_ASSIGN_OR_RETURN(std::string name, entries.ReadStringAttribute(reader));
    EQSAT_ASSIGN_OR_RETURN(Attribute value, entries.ReadAttribute(reader));
    dictionary.entries.emplace_back(std::move(name), std::move(value));
  }
  EQSAT_RETURN_IF_ERROR(mlir::CheckDistinct(dictionary.entries, reader));
  return dictionary;
}

absl::StatusOr<Attribute> ReadOutputOperandAlias(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> output, entries.ReadInts(reader));
  EQSAT_ASSIGN_OR_RETURN(const int64_t operand, reader.SignedVarint());
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> operand_indices, entries.ReadInts(reader));
  return DialectAttribute{"stablehlo.output_operand_alias",
                          {{"output_tuple_indices", Int64s(output)},
                           {"operand_index", Int64(operand)},
                           {"operand_tuple_indices", Int64s(operand_indices)}}};
}

absl::StatusOr<Attribute> ReadResultAccuracy(BytecodeEntries& entries, ByteReader& reader) {
  const Type f64 = Type::Element(ir::ElementType::kF64);
  EQSAT_ASSIGN_OR_RETURN(const double atol, mlir::ReadDouble(reader));
  EQSAT_ASSIGN_OR_RETURN(const double rtol, mlir::ReadDouble(reader));
  EQSAT_ASSIGN_OR_RETURN(const int64_t ulps, reader.SignedVarint());
  EQSAT_ASSIGN_OR_RETURN(Attribute mode, entries.ReadAttribute(reader));
  return DialectAttribute{"stablehlo.result_accuracy",
                          {{"atol", mlir::FloatAttribute{atol, f64}},
                           {"rtol", mlir::FloatAttribute{rtol, f64}},
                           {"ulps", Int64(ulps)},
                           {"mode", std::move(mode)}}};
}

// `#stablehlo.axis_ref<name = "x", sub_axis_info = (1)2>`, the latter only if the flag says so.
absl::StatusOr<Attribute> ReadAxisRef(BytecodeEntries& entries, ByteReader& reader) {
  DialectAttribute out{"stablehlo.axis_ref", {}};
  EQSAT_ASSIGN_OR_RETURN(std::string name, entries.ReadStringAttribute(reader));
  out.parameters.emplace_back("name", std::move(name));
  EQSAT_ASSIGN_OR_RETURN(const uint64_t has_part, reader.Varint());
  if (has_part != 0) {
    EQSAT_ASSIGN_OR_RETURN(Attribute part, entries.ReadAttribute(reader));
    out.parameters.emplace_back("sub_axis_info", std::move(part));
  }
  return out;
}

// The mesh is a symbol, or given in place.
absl::StatusOr<Attribute> ReadReplicaGroupMeshAxes(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(Attribute mesh, entries.ReadAttribute(reader));
  EQSAT_ASSIGN_OR_RETURN(Attribute axes, entries.ReadAttribute(reader));
  if (const auto* symbol = mesh.As<std::string>()) mesh = mlir::SymbolAttribute{.path = {*symbol}};
  return DialectAttribute{"stablehlo.replica_group_mesh_axes",
                          {{"mesh", std::move(mesh)}, {"axes", std::move(axes)}}};
}

absl::StatusOr<Attribute> ReadMeshAxis(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(std::string name, entries.ReadStringAttribute(reader));
  EQSAT_ASSIGN_OR_RETURN(const int64_t size, reader.SignedVarint());
  return DialectAttribute{"stablehlo.mesh_axis",
                          {{"name", std::move(name)}, {"size", Int64(size)}}};
}

absl::StatusOr<Attribute> ReadMesh(BytecodeEntries& entries, ByteReader& reader) {
  DialectAttribute out{"stablehlo.mesh", {}};
  EQSAT_ASSIGN_OR_RETURN(Attribute axes, entries.ReadAttribute(reader));
  EQSAT_ASSIGN_OR_RETURN(std::optional<Attribute> devices, entries.ReadOptionalAttribute(reader));
  out.parameters.emplace_back("axes", std::move(axes));
  if (devices) out.parameters.emplace_back("device_ids", *std::move(devices));
  return out;
}

}  // namespace

absl::StatusOr<Attribute> VhloBytecode::ReadAttribute(BytecodeEntries& entries,
                                                      ByteReader& reader) const {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t code, reader.Varint());
  for (const Enumeration& enumeration : kEnumerations) {
    if (enumeration.code == static_cast<VhloCode>(code)) return ReadKeyword(enumeration, reader);
  }
  switch (static_cast<VhloCode>(code)) {
    case VhloCode::kArray: {
      EQSAT_ASSIGN_OR_RETURN(std::vector<Attribute> elements, entries.ReadAttributes(reader));
      return mlir::ArrayAttribute{std::move(elements)};
    }
    case VhloCode::kBoolean: {
      EQSAT_ASSIGN_OR_RETURN(const uint64_t value, reader.Varint());
      return value != 0;
    }
    case VhloCode::kApiVersion: {
      EQSAT_ASSIGN_OR_RETURN(const uint64_t value, reader.Varint());
      if (value > 4) return reader.Error("a custom call of API version %d", value);
      return mlir::IntegerAttribute{static_cast<int64_t>(value),
                                    Type::Element(ir::ElementType::kS32)};
    }
    case VhloCode::kDictionary:
      return ReadDictionary(entries, reader);
    case VhloCode::kFloat: {
      EQSAT_ASSIGN_OR_RETURN(Type type, entries.ReadType(reader));
      return mlir::ReadFloat(type, reader);
    }
    case VhloCode::kInteger: {
      EQSAT_ASSIGN_OR_RETURN(Type type, entries.ReadType(reader));
      return mlir::ReadInteger(type, reader);
    }
    case VhloCode::kOutputOperandAlias:
      return ReadOutputOperandAlias(entries, reader);
    case VhloCode::kString: {
      EQSAT_ASSIGN_OR_RETURN(std::string_view text, entries.ReadString(reader));
      return std::string(text);
    }
    case VhloCode::kTensor: {
      EQSAT_ASSIGN_OR_RETURN(Type type, entries.ReadType(reader));
      EQSAT_ASSIGN_OR_RETURN(std::string_view blob, reader.Blob());
      return mlir::MakeDense(type, blob, reader);
    }
    case VhloCode::kType: {
      EQSAT_ASSIGN_OR_RETURN(Type type, entries.ReadType(reader));
      return type;
    }
    case VhloCode::kTypeExtensions: {
      EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> bounds, entries.ReadInts(reader));
      return DialectAttribute{"stablehlo.bounds", {{"bounds", Int64s(bounds)}}};
    }
    case VhloCode::kResultAccuracy:
      return ReadResultAccuracy(entries, reader);
    case VhloCode::kSubAxis: {
      EQSAT_ASSIGN_OR_RETURN(const int64_t before, reader.SignedVarint());
      EQSAT_ASSIGN_OR_RETURN(const int64_t size, reader.SignedVarint());
      return DialectAttribute{"stablehlo.sub_axis_info",
                              {{"pre_size", Int64(before)}, {"size", Int64(size)}}};
    }
    case VhloCode::kAxisRef:
      return ReadAxisRef(entries, reader);
    case VhloCode::kReplicaGroupMeshAxes:
      return ReadReplicaGroupMeshAxes(entries, reader);
    case VhloCode::kMeshAxis:
      return ReadMeshAxis(entries, reader);
    case VhloCode::kMesh:
      return ReadMesh(entries, reader);
    default:
      return reader.Error("VHLO attributes with code %d are not known", code);
  }
}

}  // namespace eqsat::importers::stablehlo
