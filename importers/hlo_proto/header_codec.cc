#include "importers/hlo_proto/header_codec.h"

#include <string>
#include <string_view>
#include <vector>

#include "importers/hlo_proto/annotation_codec.h"
#include "importers/hlo_text/header_parser.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace {

void EncodeAliasing(const ir::ModuleHeader& header, hlo::HloModuleProto* proto) {
  for (const ir::InputOutputAlias& alias : header.input_output_alias) {
    auto* entry = proto->mutable_input_output_alias()->add_entries();
    entry->mutable_output_shape_index()->Add(alias.output_index.begin(), alias.output_index.end());
    entry->set_parameter_number(alias.parameter);
    entry->mutable_parameter_shape_index()->Add(alias.parameter_index.begin(),
                                                alias.parameter_index.end());
    entry->set_kind(alias.must_alias ? hlo::MUST_ALIAS : hlo::MAY_ALIAS);
  }
  for (const ir::BufferDonor& donor : header.buffer_donors) {
    auto* entry = proto->mutable_buffer_donor()->add_entries();
    entry->set_parameter_number(donor.parameter);
    entry->mutable_parameter_shape_index()->Add(donor.parameter_index.begin(),
                                                donor.parameter_index.end());
  }
}

void DecodeAliasing(const hlo::HloModuleProto& proto, ir::ModuleHeader* header) {
  for (const auto& entry : proto.input_output_alias().entries()) {
    header->input_output_alias.push_back(
        {.output_index = {entry.output_shape_index().begin(), entry.output_shape_index().end()},
         .parameter = entry.parameter_number(),
         .parameter_index = {entry.parameter_shape_index().begin(),
                             entry.parameter_shape_index().end()},
         .must_alias = entry.kind() == hlo::MUST_ALIAS});
  }
  for (const auto& entry : proto.buffer_donor().entries()) {
    header->buffer_donors.push_back({.parameter = entry.parameter_number(),
                                     .parameter_index = {entry.parameter_shape_index().begin(),
                                                         entry.parameter_shape_index().end()}});
  }
}

void EncodeStackFrames(const ir::StackFrameIndex& index, hlo::StackFrameIndexProto* proto) {
  for (const std::string& name : index.file_names) proto->add_file_names(name);
  for (const std::string& name : index.function_names) proto->add_function_names(name);
  for (const ir::StackFrameIndex::Location& location : index.file_locations) {
    auto* out = proto->add_file_locations();
    out->set_file_name_id(static_cast<int32_t>(location.file_name_id));
    out->set_function_name_id(static_cast<int32_t>(location.function_name_id));
    out->set_line(static_cast<int32_t>(location.line));
    out->set_end_line(static_cast<int32_t>(location.end_line));
    out->set_column(static_cast<int32_t>(location.column));
    out->set_end_column(static_cast<int32_t>(location.end_column));
  }
  for (const ir::StackFrameIndex::Frame& frame : index.stack_frames) {
    auto* out = proto->add_stack_frames();
    out->set_file_location_id(static_cast<int32_t>(frame.file_location_id));
    out->set_parent_frame_id(static_cast<int32_t>(frame.parent_frame_id));
  }
}

void DecodeStackFrames(const hlo::StackFrameIndexProto& proto, ir::StackFrameIndex* index) {
  index->file_names.assign(proto.file_names().begin(), proto.file_names().end());
  index->function_names.assign(proto.function_names().begin(), proto.function_names().end());
  for (const auto& location : proto.file_locations()) {
    index->file_locations.push_back({.file_name_id = location.file_name_id(),
                                     .function_name_id = location.function_name_id(),
                                     .line = location.line(),
                                     .end_line = location.end_line(),
                                     .column = location.column(),
                                     .end_column = location.end_column()});
  }
  for (const auto& frame : proto.stack_frames()) {
    index->stack_frames.push_back(
        {.file_location_id = frame.file_location_id(), .parent_frame_id = frame.parent_frame_id()});
  }
}

// XLA keeps these attributes in another message, that of the module's configuration.
void EncodeConfiguration(const ir::ModuleHeader& header, hlo::HloModuleProto* proto) {
  auto add = [proto](std::string_view name, const std::string& text) {
    hlo::Text* entry = proto->add_eqsat_text();
    entry->set_name(std::string(name));
    entry->set_text(text);
  };
  auto add_flags = [&add](std::string_view name, const std::vector<bool>& flags) {
    if (flags.empty()) return;
    std::vector<std::string_view> words;
    for (bool flag : flags) words.push_back(flag ? "true" : "false");
    add(name, base::StrCat("{", base::Join(words, ","), "}"));
  };
  if (header.replica_count != 1) add("replica_count", base::StrCat(header.replica_count));
  if (header.num_partitions != 1) add("num_partitions", base::StrCat(header.num_partitions));
  add_flags("allow_spmd_sharding_propagation_to_parameters",
            header.propagate_sharding_to_parameters);
  add_flags("allow_spmd_sharding_propagation_to_output", header.propagate_sharding_to_output);
  add_flags("alias_passthrough_params", header.alias_passthrough_parameters);
  for (const auto& [name, text] : header.other) add(name, text);
}

}  // namespace

void EncodeHeader(const ir::ModuleHeader& header, hlo::HloModuleProto* proto) {
  EncodeAliasing(header, proto);
  if (header.stack_frames != ir::StackFrameIndex())
    EncodeStackFrames(header.stack_frames, proto->mutable_stack_frame_index());
  if (!header.frontend_attributes.empty())
    EncodeFrontendAttributes(header.frontend_attributes, proto->mutable_frontend_attributes());
  EncodeConfiguration(header, proto);
}

absl::Status DecodeHeader(const hlo::HloModuleProto& proto, ir::ModuleHeader* header) {
  DecodeAliasing(proto, header);
  DecodeStackFrames(proto.stack_frame_index(), &header->stack_frames);
  header->frontend_attributes = DecodeFrontendAttributes(proto.frontend_attributes());
  for (const hlo::Text& entry : proto.eqsat_text()) {
    TokenReader reader(entry.text());
    EQSAT_RETURN_IF_ERROR(base::Annotate(ParseModuleAttribute(reader, entry.name(), header),
                                         base::StrCat("module attribute ", entry.name(), ": ")));
  }
  return absl::OkStatus();
}

}  // namespace eqsat::importers
