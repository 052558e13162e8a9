#include "importers/stablehlo/sdy_bytecode.h"

#include <cstdint>
#include <string>
#include <utility>

#include "ir/base/strings.h"

namespace eqsat::importers::stablehlo {
namespace {

using mlir::Attribute;
using mlir::BytecodeEntries;
using mlir::ByteReader;

enum class SdyCode : uint64_t {
  kManualAxes,
  kMeshAxis,
  kMesh,
  kSubAxis,
  kAxisRef,
  kDimensionSharding,
  kSharding,
  kShardingPerValue,
};

using Text = absl::StatusOr<std::string>;

// The text of an attribute that is referred to.
Text ReadPart(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(Attribute attribute, entries.ReadAttribute(reader));
  std::optional<std::string_view> text = attribute.AsKeyword();
  if (!text) return reader.Error("a part of a sharding is expected");
  EQSAT_RETURN_IF_ERROR(entries.CountCopy(text->size(), reader));
  return std::string(*text);
}

// As many parts as a count says, with commas, each between `open` and `close`.
Text ReadParts(BytecodeEntries& entries, ByteReader& reader, std::string_view open = "",
               std::string_view close = "") {
  EQSAT_ASSIGN_OR_RETURN(const size_t count, reader.Count("parts of a sharding"));
  std::string out;
  for (size_t i = 0; i < count; ++i) {
    EQSAT_ASSIGN_OR_RETURN(std::string part, ReadPart(entries, reader));
    base::StrAppend(&out, i > 0 ? ", " : "", open, part, close);
  }
  return out;
}

Text ReadQuoted(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(std::string_view text, entries.ReadString(reader));
  return base::StrCat("\"", text, "\"");
}

// "x"=2
Text ReadSdyMeshAxis(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(std::string name, ReadQuoted(entries, reader));
  EQSAT_ASSIGN_OR_RETURN(const int64_t size, reader.SignedVarint());
  return base::StrCat(name, "=", size);
}

// ["x"=2, "y"=4], device_ids=[1, 0]
Text ReadSdyMesh(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(std::string axes, ReadParts(entries, reader));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> devices, entries.ReadInts(reader));
  std::string out = base::StrCat("[", axes, "]");
  if (!devices.empty()) base::StrAppend(&out, ", device_ids=[", base::Join(devices, ", "), "]");
  return out;
}

// :(2)4
Text ReadSubAxis(ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const int64_t before, reader.SignedVarint());
  EQSAT_ASSIGN_OR_RETURN(const int64_t size, reader.SignedVarint());
  return base::StrCat(":(", before, ")", size);
}

// "x", "x":(2)4
Text ReadSdyAxisRef(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(std::string out, ReadQuoted(entries, reader));
  EQSAT_ASSIGN_OR_RETURN(std::optional<Attribute> part, entries.ReadOptionalAttribute(reader));
  if (part) out += part->AsKeyword().value_or("");
  return out;
}

// {"x", "y"}, {"x", ?}p1
Text ReadDimensionSharding(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(std::string axes, ReadParts(entries, reader));
  EQSAT_ASSIGN_OR_RETURN(const uint8_t closed, reader.Byte());
  EQSAT_ASSIGN_OR_RETURN(const ByteReader::Flagged priority, reader.FlaggedVarint());
  const std::string_view open = closed != 0 ? "" : axes.empty() ? "?" : ", ?";
  std::string out = base::StrCat("{", axes, open, "}");
  if (priority.flag) base::StrAppend(&out, "p", priority.value);
  return out;
}

// @mesh, [{"x"}, {}], replicated={"y"}, unreduced={"z"}; a mesh in place is mesh<["x"=2]>.
Text ReadSharding(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(Attribute mesh, entries.ReadAttribute(reader));
  const auto* symbol = mesh.As<mlir::SymbolAttribute>();
  std::string out = symbol != nullptr
                        ? base::StrCat("@", symbol->path.back())
                        : base::StrCat("mesh<", mesh.AsKeyword().value_or(std::string_view()), ">");
  EQSAT_ASSIGN_OR_RETURN(std::string dimensions, ReadParts(entries, reader));
  base::StrAppend(&out, ", [", dimensions, "]");
  EQSAT_ASSIGN_OR_RETURN(std::string replicated, ReadParts(entries, reader));
  if (!replicated.empty()) base::StrAppend(&out, ", replicated={", replicated, "}");
  if (reader.empty()) return out;
  EQSAT_ASSIGN_OR_RETURN(std::string unreduced, ReadParts(entries, reader));
  if (!unreduced.empty()) base::StrAppend(&out, ", unreduced={", unreduced, "}");
  return out;
}

// [<@mesh, [{"x"}]>, <@mesh, [{}]>]
Text ReadShardingPerValue(BytecodeEntries& entries, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(std::string shardings, ReadParts(entries, reader, "<", ">"));
  return base::StrCat("[", shardings, "]");
}

Text ReadText(SdyCode code, BytecodeEntries& entries, ByteReader& reader) {
  switch (code) {
    case SdyCode::kManualAxes: {
      EQSAT_ASSIGN_OR_RETURN(std::string axes, ReadParts(entries, reader, "\"", "\""));
      return base::StrCat("{", axes, "}");
    }
    case SdyCode::kMeshAxis:
      return ReadSdyMeshAxis(entries, reader);
    case SdyCode::kMesh:
      return ReadSdyMesh(entries, reader);
    case SdyCode::kSubAxis:
      return ReadSubAxis(reader);
    case SdyCode::kAxisRef:
      return ReadSdyAxisRef(entries, reader);
    case SdyCode::kDimensionSharding:
      return ReadDimensionSharding(entries, reader);
    case SdyCode::kSharding:
      return ReadSharding(entries, reader);
    case SdyCode::kShardingPerValue:
      return ReadShardingPerValue(entries, reader);
  }
  // How an operation may be sharded changes nothing that is computed.
  EQSAT_RETURN_IF_ERROR(reader.Bytes(reader.rest().size()).status());
  return std::string();
}

std::string_view NameOf(SdyCode code) {
  switch (code) {
    case SdyCode::kMesh:
      return "sdy.mesh";
    case SdyCode::kSharding:
      return "sdy.sharding";
    case SdyCode::kShardingPerValue:
      return "sdy.sharding_per_value";
    case SdyCode::kManualAxes:
      return "sdy.manual_axes";
    default:
      return "sdy.op_sharding_rule";
  }
}

}  // namespace

absl::StatusOr<Attribute> SdyBytecode::ReadAttribute(BytecodeEntries& entries,
                                                     ByteReader& reader) const {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t number, reader.Varint());
  const SdyCode code = static_cast<SdyCode>(number);
  EQSAT_ASSIGN_OR_RETURN(std::string text, ReadText(code, entries, reader));
  EQSAT_RETURN_IF_ERROR(entries.CountCopy(text.size(), reader));
  return mlir::DialectAttribute{std::string(NameOf(code)), {{"", std::move(text)}}};
}

absl::StatusOr<mlir::Type> SdyBytecode::ReadType(BytecodeEntries&, ByteReader& reader) const {
  return reader.Error("types of dialect 'sdy' are not known");
}

absl::StatusOr<std::vector<mlir::NamedAttribute>> SdyBytecode::ReadProperties(
    std::string_view name, BytecodeEntries& entries, ByteReader& reader) const {
  std::vector<std::string_view> names;
  if (name == "mesh") {
    names = {"mesh", "sym_name"};
  } else if (name == "sharding_constraint" || name == "reshard") {
    names = {"sharding"};
  } else if (name == "manual_computation") {
    names = {"in_shardings", "manual_axes", "out_shardings"};
  } else {
    return reader.Error("the properties of operation 'sdy.%s' are not known", name);
  }
  std::vector<mlir::NamedAttribute> out;
  for (std::string_view property : names) {
    EQSAT_ASSIGN_OR_RETURN(Attribute value, entries.ReadAttribute(reader));
    out.emplace_back(property, std::move(value));
  }
  return out;
}

}  // namespace eqsat::importers::stablehlo
