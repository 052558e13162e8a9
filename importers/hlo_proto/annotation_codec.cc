#include "importers/hlo_proto/annotation_codec.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"

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
  proto->set_deduplicated_name(metadata.deduplicated_name);
  proto->set_scheduling_name(metadata.scheduling_name);
  proto->set_stack_frame_id(static_cast<int32_t>(metadata.stack_frame_id));
  AddText("profile_type", metadata.profile_type, proto->mutable_eqsat_text());
  AddText("metadata_payload", metadata.metadata_payload, proto->mutable_eqsat_text());
}

ir::OpMetadata DecodeMetadata(const hlo::OpMetadata& proto) {
  ir::OpMetadata metadata;
  metadata.op_type = proto.op_type();
  metadata.op_name = proto.op_name();
  metadata.source_file = proto.source_file();
  metadata.source_line = proto.source_line();
  metadata.source_end_line = proto.source_end_line();
  metadata.source_column = proto.source_column();
  metadata.source_end_column = proto.source_end_column();
  metadata.deduplicated_name = proto.deduplicated_name();
  metadata.scheduling_name = proto.scheduling_name();
  metadata.stack_frame_id = proto.stack_frame_id();
  if (proto.profile_info().profile_type_size() > 0)
    metadata.profile_type =
        base::StrCat("{", base::Join(proto.profile_info().profile_type(), ","), "}");
  for (const hlo::Text& entry : proto.eqsat_text()) {
    (entry.name() == "profile_type" ? metadata.profile_type : metadata.metadata_payload) =
        entry.text();
  }
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

absl::Status DecodeTiles(const hlo::OpSharding& proto, ir::Sharding* sharding) {
  auto copy = [](const auto& field) { return std::vector<int64_t>(field.begin(), field.end()); };
  sharding->tile_dimensions = copy(proto.tile_assignment_dimensions());
  sharding->devices = copy(proto.tile_assignment_devices());
  sharding->iota_reshape = copy(proto.iota_reshape_dims());
  sharding->iota_transpose = copy(proto.iota_transpose_perm());
  if (std::ranges::is_sorted(sharding->iota_transpose)) sharding->iota_transpose.clear();
  sharding->replicate_on_last_tile_dim = proto.replicate_on_last_tile_dim();
  for (int type : proto.last_tile_dims()) {
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

}  // namespace

void EncodeSharding(const ir::Sharding& sharding, hlo::OpSharding* proto) {
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
  AddText("sharding", sharding.named, proto->mutable_eqsat_text());
}

absl::StatusOr<ir::Sharding> DecodeSharding(const hlo::OpSharding& proto) {
  ir::Sharding sharding;
  for (auto [kind, type] : kShardingTypes)
    if (type == proto.type()) sharding.kind = kind;
  if (sharding.kind == Kind::kMaximal) {
    if (proto.tile_assignment_devices_size() > 0)
      sharding.maximal_device = proto.tile_assignment_devices(0);
  } else if (sharding.kind == Kind::kTiled) {
    EQSAT_RETURN_IF_ERROR(DecodeTiles(proto, &sharding));
  }
  for (const hlo::OpMetadata& metadata : proto.metadata())
    sharding.metadata.push_back(DecodeMetadata(metadata));
  if (proto.is_shard_group()) {
    bool like = proto.shard_group_type() == hlo::OpSharding::LIKE;
    sharding.shard_group = base::StrCat(like ? "shard_like " : "shard_as ", proto.shard_group_id());
  }
  if (sharding.kind != Kind::kTuple && proto.tuple_shardings_size() > 0)
    return base::InvalidArgument("a sharding that is not a tuple's has %d parts",
                                 proto.tuple_shardings_size());
  for (const hlo::OpSharding& element : proto.tuple_shardings()) {
    EQSAT_ASSIGN_OR_RETURN(ir::Sharding decoded, DecodeSharding(element));
    sharding.elements.push_back(std::move(decoded));
  }
  for (const hlo::Text& entry : proto.eqsat_text()) {
    sharding.kind = Kind::kNamed;
    sharding.named = entry.text();
  }
  return sharding;
}

void EncodeFrontendAttributes(const ir::FrontendAttributes& attributes,
                              hlo::FrontendAttributes* proto) {
  for (const auto& [key, value] : attributes) (*proto->mutable_map())[key] = value;
}

ir::FrontendAttributes DecodeFrontendAttributes(const hlo::FrontendAttributes& proto) {
  ir::FrontendAttributes attributes(proto.map().begin(), proto.map().end());
  std::ranges::sort(attributes);
  return attributes;
}

void EncodeAnnotations(const ir::Annotations& notes, hlo::HloInstructionProto* proto) {
  if (notes.metadata != ir::OpMetadata()) EncodeMetadata(notes.metadata, proto->mutable_metadata());
  if (notes.sharding) EncodeSharding(*notes.sharding, proto->mutable_sharding());
  if (!notes.frontend_attributes.empty())
    EncodeFrontendAttributes(notes.frontend_attributes, proto->mutable_frontend_attributes());
  proto->set_backend_config(notes.backend_config);
  for (bool replicated : notes.parameter_replication)
    proto->mutable_parameter_replication()->add_replicated_at_leaf_buffers(replicated);
  AddText("origin", notes.origin, proto->mutable_eqsat_text());
  AddText("statistics", notes.statistics, proto->mutable_eqsat_text());
}

bool HasAnnotations(const hlo::HloInstructionProto& proto) {
  return proto.has_metadata() || proto.has_sharding() || proto.has_frontend_attributes() ||
         !proto.backend_config().empty() || proto.has_parameter_replication() ||
         !proto.eqsat_text().empty();
}

absl::Status DecodeAnnotations(const hlo::HloInstructionProto& proto, ir::Annotations* notes) {
  notes->metadata = DecodeMetadata(proto.metadata());
  if (proto.has_sharding()) {
    EQSAT_ASSIGN_OR_RETURN(notes->sharding, DecodeSharding(proto.sharding()));
  }
  notes->frontend_attributes = DecodeFrontendAttributes(proto.frontend_attributes());
  notes->backend_config = proto.backend_config();
  const auto& replicated = proto.parameter_replication().replicated_at_leaf_buffers();
  notes->parameter_replication.assign(replicated.begin(), replicated.end());
  for (const hlo::Text& entry : proto.eqsat_text()) {
    if (entry.name() == "origin") notes->origin = entry.text();
    if (entry.name() == "statistics") notes->statistics = entry.text();
  }
  return absl::OkStatus();
}

}  // namespace eqsat::importers
