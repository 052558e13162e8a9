#include "importers/hlo_proto/annotation_codec.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "importers/hlo_proto/device_mesh_codec.h"
#include "importers/hlo_proto/origin_codec.h"
#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/device_mesh.h"

namespace eqsat::importers {
namespace {

using Kind = ir::Sharding::Kind;

constexpr std::pair<Kind, hlo::OpSharding::Type> kShardingTypes[] = {
    {Kind::kReplicated, hlo::OpSharding::REPLICATED},
    {Kind::kManual, hlo::OpSharding::MANUAL},
    {Kind::kMaximal, hlo::OpSharding::MAXIMAL},
    {Kind::kTiled, hlo::OpSharding::OTHER},
    {Kind::kTuple, hlo::OpSharding::TUPLE},
    {Kind::kUnreduced, hlo::OpSharding::UNREDUCED},
    {Kind::kUnknown, hlo::OpSharding::UNKNOWN}};

// The words of `last_tile_dims={…}`.
constexpr std::pair<std::string_view, hlo::OpSharding::Type> kDimensionTypes[] = {
    {"replicated", hlo::OpSharding::REPLICATED},
    {"manual", hlo::OpSharding::MANUAL},
    {"maximal", hlo::OpSharding::MAXIMAL},
    {"unreduced", hlo::OpSharding::UNREDUCED},
    {"unknown", hlo::OpSharding::UNKNOWN}};

template <typename Repeated>
void AddText(std::string_view name, const std::string& text, Repeated* out) {
  if (text.empty()) return;
  hlo::Text* entry = out->Add();
  entry->set_name(std::string(name));
  entry->set_text(text);
}

void EncodeMetadata(const ir::OpMetadata& metadata, hlo::OpMetadata* proto) {
  proto->set_op_type(metadata.op_type);
  proto->set_op_name(metadata.op_name);
  proto->set_source_file(metadata.source_file);
  proto->set_source_line(static_cast<int32_t>(metadata.source_line));
  proto->set_source_end_line(static_cast<int32_t>(metadata.source_end_line));
  proto->set_source_column(static_cast<int32_t>(metadata.source_column));
  proto->set_source_end_column(static_cast<int32_t>(metadata.source_end_column));
  proto->set_deduplicated_name(*metadata.deduplicated_name);
  proto->set_scheduling_name(*metadata.scheduling_name);
  proto->set_stack_frame_id(static_cast<int32_t>(metadata.stack_frame_id));
  AddText("profile_type", *metadata.profile_type, proto->mutable_eqsat_text());
  AddText("metadata_payload", *metadata.metadata_payload, proto->mutable_eqsat_text());
}

ir::OpMetadata DecodeMetadata(const WireMessage& proto) {
  using P = hlo::OpMetadata;
  ir::OpMetadata metadata;
  metadata.op_type = proto.String(P::kOpTypeFieldNumber);
  metadata.op_name = proto.String(P::kOpNameFieldNumber);
  metadata.source_file = proto.String(P::kSourceFileFieldNumber);
  metadata.source_line = proto.Int32(P::kSourceLineFieldNumber);
  metadata.source_end_line = proto.Int32(P::kSourceEndLineFieldNumber);
  metadata.source_column = proto.Int32(P::kSourceColumnFieldNumber);
  metadata.source_end_column = proto.Int32(P::kSourceEndColumnFieldNumber);
  metadata.deduplicated_name = std::string(proto.String(P::kDeduplicatedNameFieldNumber));
  metadata.scheduling_name = std::string(proto.String(P::kSchedulingNameFieldNumber));
  metadata.stack_frame_id = proto.Int32(P::kStackFrameIdFieldNumber);
  std::vector<int32_t> profile;
  if (proto.HasChild(P::kProfileInfoFieldNumber)) {
    proto.Child(P::kProfileInfoFieldNumber)
        .AppendVarints(P::ProfileInfo::kProfileTypeFieldNumber, &profile);
  }
  if (!profile.empty()) metadata.profile_type = base::StrCat("{", base::Join(profile, ","), "}");
  proto.ForEachPair(P::kEqsatTextFieldNumber, [&](std::string_view name, std::string_view text) {
    (name == "profile_type" ? metadata.profile_type : metadata.metadata_payload) =
        std::string(text);
  });
  return metadata;
}

void EncodeTiles(const ir::Sharding& sharding, hlo::OpSharding* proto) {
  auto add = [](const std::vector<int64_t>& numbers, auto* field) {
    for (int64_t number : numbers)
      field->Add(static_cast<std::decay_t<decltype(*field->data())>>(number));
  };
  add(sharding.tile_dimensions, proto->mutable_tile_assignment_dimensions());
  add(sharding.devices, proto->mutable_tile_assignment_devices());
  add(sharding.iota_reshape, proto->mutable_iota_reshape_dims());
  add(sharding.iota_transpose, proto->mutable_iota_transpose_perm());
  if (sharding.iota_transpose.empty()) {
    for (size_t i = 0; i < sharding.iota_reshape.size(); ++i)
      proto->add_iota_transpose_perm(static_cast<int32_t>(i));
  }
  proto->set_replicate_on_last_tile_dim(sharding.replicate_on_last_tile_dim);
  for (const std::string& word : sharding.last_tile_dims)
    for (auto [name, type] : kDimensionTypes)
      if (name == word) proto->add_last_tile_dims(type);
}

absl::Status DecodeTiles(const WireMessage& proto, ir::Sharding* sharding) {
  using P = hlo::OpSharding;
  proto.AppendVarints(P::kTileAssignmentDimensionsFieldNumber, &sharding->tile_dimensions);
  proto.AppendVarints(P::kTileAssignmentDevicesFieldNumber, &sharding->devices);
  proto.AppendVarints(P::kIotaReshapeDimsFieldNumber, &sharding->iota_reshape);
  proto.AppendVarints(P::kIotaTransposePermFieldNumber, &sharding->iota_transpose);
  EQSAT_RETURN_IF_ERROR(
      ir::SettleTranspose(sharding->iota_reshape.size(), &sharding->iota_transpose));
  sharding->replicate_on_last_tile_dim = proto.Bool(P::kReplicateOnLastTileDimFieldNumber);
  std::vector<int32_t> types;
  proto.AppendVarints(P::kLastTileDimsFieldNumber, &types);
  for (int32_t type : types) {
    std::string_view word;
    for (auto [name, candidate] : kDimensionTypes)
      if (candidate == type) word = name;
    if (word.empty())
      return base::InvalidArgument("a sharding has the unknown dimension type %d", type);
    sharding->last_tile_dims.emplace_back(word);
  }
  return absl::OkStatus();
}

void EncodeShardGroup(const std::string& group, hlo::OpSharding* proto) {
  proto->set_is_shard_group(true);
  bool like = group.starts_with("shard_like");
  proto->set_shard_group_type(like ? hlo::OpSharding::LIKE : hlo::OpSharding::AS);
  int64_t id = 0;
  size_t space = group.find(' ') + 1;
  std::from_chars(group.data() + space, group.data() + group.size(), id);
  proto->set_shard_group_id(id);
}

void EncodeNamed(const ir::Sharding& sharding, hlo::NamedShardingProto* proto) {
  std::string_view text = sharding.named;
  absl::StatusOr<ir::NamedSharding> named = ir::NamedSharding::Consume(&text);
  EQSAT_CHECK(named.ok());
  EncodeNamedSharding(*named, proto);
  for (const ir::OpMetadata& metadata : sharding.metadata)
    EncodeMetadata(metadata, proto->add_metadata());
}

absl::StatusOr<ir::Sharding> DecodeNamed(const WireMessage& proto) {
  ir::Sharding sharding;
  sharding.kind = Kind::kNamed;
  EQSAT_ASSIGN_OR_RETURN(ir::NamedSharding named, DecodeNamedSharding(proto));
  sharding.named = named.ToString();
  proto.ForEachChild(hlo::NamedShardingProto::kMetadataFieldNumber,
                     [&sharding](const WireMessage& metadata) {
                       sharding.metadata.push_back(DecodeMetadata(metadata));
                     });
  return sharding;
}

}  // namespace

void EncodeSharding(const ir::Sharding& sharding, hlo::OpSharding* proto) {
  if (sharding.kind == Kind::kNamed) return EncodeNamed(sharding, proto->mutable_named_sharding());
  for (auto [kind, type] : kShardingTypes)
    if (kind == sharding.kind) proto->set_type(type);
  if (sharding.kind == Kind::kMaximal) {
    proto->add_tile_assignment_dimensions(1);
    proto->add_tile_assignment_devices(sharding.maximal_device);
  }
  EncodeTiles(sharding, proto);
  for (const ir::OpMetadata& metadata : sharding.metadata)
    EncodeMetadata(metadata, proto->add_metadata());
  if (sharding.shard_group) EncodeShardGroup(*sharding.shard_group, proto);
  for (const ir::Sharding& element : sharding.elements)
    EncodeSharding(element, proto->add_tuple_shardings());
}

absl::StatusOr<ir::Sharding> DecodeSharding(const WireMessage& proto) {
  using P = hlo::OpSharding;
  if (proto.HasChild(P::kNamedShardingFieldNumber))
    return DecodeNamed(proto.Child(P::kNamedShardingFieldNumber));
  ir::Sharding sharding;
  for (auto [kind, type] : kShardingTypes)
    if (type == proto.Int32(P::kTypeFieldNumber)) sharding.kind = kind;
  if (sharding.kind == Kind::kMaximal) {
    std::vector<int64_t> devices;
    proto.AppendVarints(P::kTileAssignmentDevicesFieldNumber, &devices);
    if (!devices.empty()) sharding.maximal_device = devices[0];
  } else if (sharding.kind == Kind::kTiled) {
    EQSAT_RETURN_IF_ERROR(DecodeTiles(proto, &sharding));
  }
  proto.ForEachChild(P::kMetadataFieldNumber, [&](const WireMessage& metadata) {
    sharding.metadata.push_back(DecodeMetadata(metadata));
  });
  if (proto.Bool(P::kIsShardGroupFieldNumber)) {
    bool like = proto.Int32(P::kShardGroupTypeFieldNumber) == P::LIKE;
    sharding.shard_group =
        base::StrCat(like ? "shard_like " : "shard_as ", proto.Int64(P::kShardGroupIdFieldNumber));
  }
  const int parts = proto.Count(P::kTupleShardingsFieldNumber);
  if (sharding.kind != Kind::kTuple && parts > 0)
    return base::InvalidArgument("a sharding that is not a tuple's has %d parts", parts);
  EQSAT_RETURN_IF_ERROR(
      proto.TryEachChild(P::kTupleShardingsFieldNumber, [&](const WireMessage& element) {
        EQSAT_ASSIGN_OR_RETURN(ir::Sharding decoded, DecodeSharding(element));
        sharding.elements.push_back(std::move(decoded));
        return absl::OkStatus();
      }));
  return sharding;
}

void EncodeFrontendAttributes(const ir::FrontendAttributes& attributes,
                              hlo::FrontendAttributes* proto) {
  for (const auto& [key, value] : attributes) (*proto->mutable_map())[key] = value;
}

ir::FrontendAttributes DecodeFrontendAttributes(const WireMessage& proto) {
  std::map<std::string, std::string> map;
  proto.ForEachPair(hlo::FrontendAttributes::kMapFieldNumber,
                    [&](std::string_view key, std::string_view value) {
                      map.insert_or_assign(std::string(key), std::string(value));
                    });
  return {map.begin(), map.end()};
}

void EncodeAnnotations(const ir::Annotations& notes, hlo::HloInstructionProto* proto) {
  if (notes.metadata != ir::OpMetadata()) EncodeMetadata(notes.metadata, proto->mutable_metadata());
  if (notes.sharding) EncodeSharding(*notes.sharding, proto->mutable_sharding());
  if (!notes.frontend_attributes.empty())
    EncodeFrontendAttributes(notes.frontend_attributes, proto->mutable_frontend_attributes());
  proto->set_backend_config(notes.backend_config);
  for (bool replicated : *notes.parameter_replication)
    proto->mutable_parameter_replication()->add_replicated_at_leaf_buffers(replicated);
  if (std::optional<hlo::OriginalValueProto> origin = EncodeOrigin(*notes.origin)) {
    *proto->mutable_original_value() = *std::move(origin);
  } else {
    AddText("origin", *notes.origin, proto->mutable_eqsat_text());
  }
  if (std::optional<hlo::StatisticsViz> statistics = EncodeStatistics(*notes.statistics)) {
    *proto->mutable_statistics_viz() = *std::move(statistics);
  } else {
    AddText("statistics", *notes.statistics, proto->mutable_eqsat_text());
  }
}

StatedAnnotations WhichAnnotations(const WireMessage& proto) {
  using P = hlo::HloInstructionProto;
  bool more = proto.HasChild(P::kShardingFieldNumber) ||
              proto.HasChild(P::kFrontendAttributesFieldNumber) ||
              proto.HasChild(P::kBackendConfigFieldNumber) ||
              proto.HasChild(P::kParameterReplicationFieldNumber) ||
              proto.HasChild(P::kOriginalValueFieldNumber) ||
              !proto.Bytes(P::kStatisticsVizFieldNumber).empty() ||
              proto.HasChild(P::kEqsatTextFieldNumber);
  if (more) return StatedAnnotations::kMore;
  return proto.HasChild(P::kMetadataFieldNumber) ? StatedAnnotations::kMetadataAlone
                                                 : StatedAnnotations::kNone;
}

absl::Status DecodeAnnotations(const WireMessage& proto, ir::Annotations* notes) {
  using P = hlo::HloInstructionProto;
  notes->metadata = DecodeMetadata(proto.Child(P::kMetadataFieldNumber));
  if (proto.HasChild(P::kShardingFieldNumber)) {
    EQSAT_ASSIGN_OR_RETURN(notes->sharding, DecodeSharding(proto.Child(P::kShardingFieldNumber)));
  }
  notes->frontend_attributes =
      DecodeFrontendAttributes(proto.Child(P::kFrontendAttributesFieldNumber));
  notes->backend_config = proto.Bytes(P::kBackendConfigFieldNumber);
  std::vector<bool> replicated;
  proto.Child(P::kParameterReplicationFieldNumber)
      .AppendVarints(hlo::ParameterReplication::kReplicatedAtLeafBuffersFieldNumber, &replicated);
  notes->parameter_replication = std::move(replicated);
  if (proto.HasChild(P::kOriginalValueFieldNumber)) {
    EQSAT_ASSIGN_OR_RETURN(notes->origin, DecodeOrigin(proto.Child(P::kOriginalValueFieldNumber)));
  }
  // XLA writes an empty one for each instruction.
  if (!proto.Bytes(P::kStatisticsVizFieldNumber).empty())
    notes->statistics = DecodeStatistics(proto.Child(P::kStatisticsVizFieldNumber));
  proto.ForEachPair(P::kEqsatTextFieldNumber, [&](std::string_view name, std::string_view text) {
    if (name == "origin") notes->origin = std::string(text);
    if (name == "statistics") notes->statistics = std::string(text);
  });
  return absl::OkStatus();
}

}  // namespace eqsat::importers
