#include "importers/hlo_text/annotation_parser.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/device_mesh.h"
#include "ir/ops/named_sharding.h"

namespace eqsat::importers {
namespace {

absl::Status ParseMetadataValue(TokenReader& reader, std::string* value) {
  if (!reader.At("{")) {
    EQSAT_ASSIGN_OR_RETURN(*value, reader.ReadString("a metadata field"));
    return absl::OkStatus();
  }
  EQSAT_ASSIGN_OR_RETURN(std::string_view text, reader.ReadBracketed("a metadata field"));
  *value = std::string(text);
  return absl::OkStatus();
}

absl::Status ParseMetadataValue(TokenReader& reader, base::Rare<std::string>* value) {
  std::string text;
  EQSAT_RETURN_IF_ERROR(ParseMetadataValue(reader, &text));
  *value = std::move(text);
  return absl::OkStatus();
}

absl::Status ParseMetadataValue(TokenReader& reader, int64_t* value) {
  size_t position = reader.position();
  EQSAT_ASSIGN_OR_RETURN(*value, reader.ReadInteger("a metadata field"));
  if (*value == static_cast<int32_t>(*value)) return absl::OkStatus();
  return reader.ErrorAt(position, base::StrCat("the metadata ", *value, " does not fit 32 bits"));
}

// `{op_type="a" source_line=7 …}`, commas allowed.
absl::Status ParseMetadata(TokenReader& reader, ir::OpMetadata* metadata) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before metadata"));
  std::vector<std::string_view> seen;
  while (!reader.Accept("}")) {
    if (!seen.empty()) reader.Accept(",");
    size_t position = reader.position();
    EQSAT_ASSIGN_OR_RETURN(std::string_view name, reader.ReadName("a metadata field"));
    for (std::string_view other : seen)
      if (other == name) return reader.ErrorAt(position, base::StrCat(name, " is given twice"));
    seen.push_back(name);
    EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after a metadata field's name"));
    bool known = false;
    absl::Status status;
    ir::OpMetadata::VisitFields(*metadata, [&](std::string_view field, auto& value) {
      if (field != name) return;
      known = true;
      status = ParseMetadataValue(reader, &value);
    });
    EQSAT_RETURN_IF_ERROR(status);
    if (!known) return reader.ErrorAt(position, base::StrCat("metadata has no field ", name));
  }
  return absl::OkStatus();
}

// Reads the tile assignment of `{devices=[2,2]0,1,2,3 …}` or `{devices=[2,2]<=[4]T(1,0) …}`.
absl::Status ParseTiles(TokenReader& reader, ir::Sharding* out) {
  out->kind = ir::Sharding::Kind::kTiled;
  size_t position = reader.position();
  EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after devices"));
  if (!reader.At("[")) return reader.Expected("`[` before the tile sizes");
  reader.Advance();
  while (!reader.Accept("]")) {
    if (!out->tile_dimensions.empty())
      EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between tile sizes"));
    EQSAT_ASSIGN_OR_RETURN(int64_t size, reader.ReadInteger("a tile size"));
    out->tile_dimensions.push_back(size);
  }
  int64_t devices = 1, tiles = 1;
  bool bad = false;
  for (int64_t size : out->tile_dimensions)
    bad |= size <= 0 || __builtin_mul_overflow(tiles, size, &tiles);
  if (reader.Accept("<=")) {
    EQSAT_RETURN_IF_ERROR(reader.Expect("[", "before the devices' sizes"));
    do {
      EQSAT_ASSIGN_OR_RETURN(int64_t size, reader.ReadInteger("a device count"));
      out->iota_reshape.push_back(size);
      bad |= size <= 0 || __builtin_mul_overflow(devices, size, &devices);
    } while (reader.Accept(","));
    EQSAT_RETURN_IF_ERROR(reader.Expect("]", "after the devices' sizes"));
    if (reader.AcceptWord("T")) {
      EQSAT_RETURN_IF_ERROR(reader.Expect("(", "before a transposition"));
      do {
        EQSAT_ASSIGN_OR_RETURN(int64_t dimension, reader.ReadInteger("a dimension"));
        out->iota_transpose.push_back(dimension);
      } while (reader.Accept(","));
      EQSAT_RETURN_IF_ERROR(reader.Expect(")", "after a transposition"));
      absl::Status order = ir::SettleTranspose(out->iota_reshape.size(), &out->iota_transpose);
      if (!order.ok()) return reader.ErrorAt(position, std::string(order.message()));
    }
  } else {
    do {
      EQSAT_ASSIGN_OR_RETURN(int64_t device, reader.ReadInteger("a device"));
      out->devices.push_back(device);
    } while (reader.Accept(","));
    devices = static_cast<int64_t>(out->devices.size());
  }
  if (!bad && devices == tiles) return absl::OkStatus();
  return reader.ErrorAt(position, base::StrCat("the tiles [", base::Join(out->tile_dimensions, ","),
                                               "] do not match ", devices, " devices"));
}

// `={manual, unreduced}`
absl::Status ParseTileKinds(TokenReader& reader, std::vector<std::string>* out) {
  static constexpr std::string_view kKinds[] = {"replicated", "manual", "maximal", "unreduced",
                                                "unknown"};
  EQSAT_RETURN_IF_ERROR(reader.Expect("=", "before the kinds of tiles"));
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before the kinds of tiles"));
  while (!reader.Accept("}")) {
    if (!out->empty()) EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between kinds of tiles"));
    if (std::ranges::find(kKinds, reader.token().text) == std::end(kKinds))
      return reader.Expected("a kind of tile");
    out->emplace_back(reader.token().text);
    reader.Advance();
  }
  return absl::OkStatus();
}

// `{op_name="a"}` or `{{op_name="a"}, {op_name="b"}}`
absl::Status ParseShardingMetadata(TokenReader& reader, std::vector<ir::OpMetadata>* out) {
  if (!reader.At("{") || reader.PeekByte() != '{')
    return ParseMetadata(reader, &out->emplace_back());
  reader.Advance();
  while (!reader.Accept("}")) {
    if (!out->empty()) EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between metadata"));
    EQSAT_RETURN_IF_ERROR(ParseMetadata(reader, &out->emplace_back()));
  }
  return absl::OkStatus();
}

// One part of a sharding that is neither a tuple nor a mesh, `word` just read.
absl::Status ParseShardingPart(TokenReader& reader, std::string_view word, size_t position,
                               ir::Sharding* out) {
  using Kind = ir::Sharding::Kind;
  if (word == "devices") return ParseTiles(reader, out);
  if (word == "replicated") {
    out->kind = Kind::kReplicated;
  } else if (word == "manual") {
    out->kind = Kind::kManual;
  } else if (word == "unreduced") {
    out->kind = Kind::kUnreduced;
  } else if (word == "unknown") {
    out->kind = Kind::kUnknown;
  } else if (word == "maximal") {
    out->kind = Kind::kMaximal;
  } else if (word == "device") {
    EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after device"));
    EQSAT_ASSIGN_OR_RETURN(out->maximal_device, reader.ReadInteger("a device"));
  } else if (word == "last_tile_dim_replicate") {
    out->replicate_on_last_tile_dim = true;
  } else if (word == "last_tile_dims") {
    return ParseTileKinds(reader, &out->last_tile_dims);
  } else if (word == "metadata") {
    EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after metadata"));
    return ParseShardingMetadata(reader, &out->metadata);
  } else if (word == "shard_as" || word == "shard_like") {
    EQSAT_ASSIGN_OR_RETURN(int64_t group, reader.ReadInteger("a shard group"));
    out->shard_group = base::StrCat(word, " ", group);
  } else {
    return reader.ErrorAt(position, base::StrCat("no sharding has a part named ", word));
  }
  return absl::OkStatus();
}

// `mesh['x'=2], [{'x'}], metadata={…}}` behind its brace.
absl::Status ParseNamedSharding(TokenReader& reader, ir::Sharding* out) {
  const size_t position = reader.position();
  const std::string_view text = reader.Rest();
  std::string_view behind = text;
  absl::StatusOr<ir::NamedSharding> named = ir::NamedSharding::Consume(&behind);
  if (!named.ok()) return reader.ErrorAt(position, std::string(named.status().message()));
  out->kind = ir::Sharding::Kind::kNamed;
  out->named = named->ToString();
  reader.Skip(text.size() - behind.size());
  if (reader.AcceptWord("metadata")) {
    EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after metadata"));
    EQSAT_RETURN_IF_ERROR(ParseShardingMetadata(reader, &out->metadata));
  }
  return reader.Expect("}", "after a sharding");
}

absl::Status ParseFlags(TokenReader& reader, base::Rare<std::vector<bool>>* out) {
  std::vector<bool> flags;
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before flags"));
  while (!reader.Accept("}")) {
    if (!flags.empty()) EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between flags"));
    EQSAT_ASSIGN_OR_RETURN(bool flag, reader.ReadBool("a flag"));
    flags.push_back(flag);
  }
  *out = std::move(flags);
  return absl::OkStatus();
}

// A quoted string, or braced text as it stands.
absl::Status ParseText(TokenReader& reader, std::string* out) {
  if (reader.AtString()) {
    EQSAT_ASSIGN_OR_RETURN(*out, reader.ReadString("a value"));
    return absl::OkStatus();
  }
  EQSAT_ASSIGN_OR_RETURN(std::string_view text, reader.ReadBracketed("a value"));
  *out = std::string(text);
  return absl::OkStatus();
}

absl::Status ParseText(TokenReader& reader, base::Rare<std::string>* out) {
  std::string text;
  EQSAT_RETURN_IF_ERROR(ParseText(reader, &text));
  *out = std::move(text);
  return absl::OkStatus();
}

}  // namespace

absl::Span<const std::string_view> AnnotationNames() {
  static constexpr std::string_view kNames[] = {
      "metadata", "sharding",   "frontend_attributes",  "backend_config",
      "origin",   "statistics", "parameter_replication"};
  return kNames;
}

absl::Status ParseFrontendAttributes(TokenReader& reader, ir::FrontendAttributes* out) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before frontend attributes"));
  while (!reader.Accept("}")) {
    if (!out->empty()) EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between frontend attributes"));
    size_t position = reader.position();
    std::string key;
    if (reader.AtString()) {
      EQSAT_ASSIGN_OR_RETURN(key, reader.ReadString("a key"));
    } else {
      EQSAT_ASSIGN_OR_RETURN(std::string_view word, reader.ReadName("a frontend attribute's name"));
      key = std::string(word);
    }
    EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after a frontend attribute's name"));
    std::string value;
    EQSAT_RETURN_IF_ERROR(ParseText(reader, &value));
    auto at = std::ranges::lower_bound(*out, key, {}, &std::pair<std::string, std::string>::first);
    if (at != out->end() && at->first == key)
      return reader.ErrorAt(position, base::StrCat(key, " is given twice"));
    out->emplace(at, std::move(key), std::move(value));
  }
  return absl::OkStatus();
}

absl::Status ParseSharding(TokenReader& reader, ir::Sharding* out) {
  TokenReader::Level level(reader);
  EQSAT_RETURN_IF_ERROR(level.Check());
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before a sharding"));
  if (reader.AtWord("mesh") || reader.AtWord("maximal_mesh")) {
    return ParseNamedSharding(reader, out);
  }
  if (reader.At("{") || reader.At("}")) {
    out->kind = ir::Sharding::Kind::kTuple;
    while (!reader.Accept("}")) {
      if (!out->elements.empty())
        EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between the shardings of a tuple"));
      EQSAT_RETURN_IF_ERROR(ParseSharding(reader, &out->elements.emplace_back()));
    }
    return absl::OkStatus();
  }
  while (!reader.Accept("}")) {
    size_t position = reader.position();
    EQSAT_ASSIGN_OR_RETURN(std::string_view word, reader.ReadName("a part of a sharding"));
    EQSAT_RETURN_IF_ERROR(ParseShardingPart(reader, word, position, out));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ParseAnnotation(TokenReader& reader, std::string_view name,
                                     ir::Annotations* annotations) {
  absl::Status status;
  if (name == "metadata") {
    status = ParseMetadata(reader, &annotations->metadata);
  } else if (name == "sharding") {
    status = ParseSharding(reader, &annotations->sharding.emplace());
  } else if (name == "frontend_attributes") {
    status = ParseFrontendAttributes(reader, &annotations->frontend_attributes);
  } else if (name == "backend_config") {
    status = ParseText(reader, &annotations->backend_config);
  } else if (name == "origin") {
    status = ParseText(reader, &annotations->origin);
  } else if (name == "statistics") {
    status = ParseText(reader, &annotations->statistics);
  } else if (name == "parameter_replication") {
    status = ParseFlags(reader, &annotations->parameter_replication);
  } else {
    return false;
  }
  if (!status.ok()) return status;
  return true;
}

}  // namespace eqsat::importers
