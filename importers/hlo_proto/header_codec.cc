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

using hlo::HloModuleProto;

void EncodeAliasing(const ir::ModuleHeader& header, HloModuleProto* proto) {
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

void DecodeAliasing(const WireMessage& proto, ir::ModuleHeader* header) {
  using Alias = hlo::HloInputOutputAliasProto;
  using Donor = hlo::HloBufferDonorProto;
  proto.Child(HloModuleProto::kInputOutputAliasFieldNumber)
      .ForEachChild(Alias::kEntriesFieldNumber, [&](const WireMessage& entry) {
        using E = Alias::AliasEntryProto;
        ir::InputOutputAlias& alias = header->input_output_alias.emplace_back();
        entry.AppendVarints(E::kOutputShapeIndexFieldNumber, &alias.output_index);
        alias.parameter = entry.Int64(E::kParameterNumberFieldNumber);
        entry.AppendVarints(E::kParameterShapeIndexFieldNumber, &alias.parameter_index);
        alias.must_alias = entry.Int32(E::kKindFieldNumber) == hlo::MUST_ALIAS;
      });
  proto.Child(HloModuleProto::kBufferDonorFieldNumber)
      .ForEachChild(Donor::kEntriesFieldNumber, [&](const WireMessage& entry) {
        using E = Donor::BufferDonorEntryProto;
        ir::BufferDonor& donor = header->buffer_donors.emplace_back();
        donor.parameter = entry.Int64(E::kParameterNumberFieldNumber);
        entry.AppendVarints(E::kParameterShapeIndexFieldNumber, &donor.parameter_index);
      });
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

void DecodeStackFrames(const WireMessage& proto, ir::StackFrameIndex* index) {
  using Index = hlo::StackFrameIndexProto;
  proto.ForEachString(Index::kFileNamesFieldNumber,
                      [&](std::string_view name) { index->file_names.emplace_back(name); });
  proto.ForEachString(Index::kFunctionNamesFieldNumber,
                      [&](std::string_view name) { index->function_names.emplace_back(name); });
  proto.ForEachChild(Index::kFileLocationsFieldNumber, [&](const WireMessage& location) {
    using L = Index::FileLocation;
    index->file_locations.push_back(
        {.file_name_id = location.Int32(L::kFileNameIdFieldNumber),
         .function_name_id = location.Int32(L::kFunctionNameIdFieldNumber),
         .line = location.Int32(L::kLineFieldNumber),
         .end_line = location.Int32(L::kEndLineFieldNumber),
         .column = location.Int32(L::kColumnFieldNumber),
         .end_column = location.Int32(L::kEndColumnFieldNumber)});
  });
  proto.ForEachChild(Index::kStackFramesFieldNumber, [&](const WireMessage& frame) {
    using F = Index::StackFrame;
    index->stack_frames.push_back({.file_location_id = frame.Int32(F::kFileLocationIdFieldNumber),
                                   .parent_frame_id = frame.Int32(F::kParentFrameIdFieldNumber)});
  });
  index->DropUnknownParents();
}

void EncodeInterfaceShardings(const ir::ModuleHeader& header, HloModuleProto* proto) {
  if (header.spmd_output_sharding) {
    EncodeSharding(*header.spmd_output_sharding, proto->mutable_spmd_output_sharding());
  }
  for (const ir::Sharding& sharding : header.spmd_parameter_shardings) {
    EncodeSharding(sharding, proto->add_spmd_parameters_shardings());
  }
}

absl::Status DecodeInterfaceShardings(const WireMessage& proto, ir::ModuleHeader* header) {
  constexpr int kOutput = HloModuleProto::kSpmdOutputShardingFieldNumber;
  if (proto.HasChild(kOutput)) {
    EQSAT_ASSIGN_OR_RETURN(header->spmd_output_sharding, DecodeSharding(proto.Child(kOutput)));
  }
  return proto.TryEachChild(HloModuleProto::kSpmdParametersShardingsFieldNumber,
                            [&](const WireMessage& child) -> absl::Status {
                              EQSAT_ASSIGN_OR_RETURN(
                                  header->spmd_parameter_shardings.emplace_back(),
                                  DecodeSharding(child));
                              return absl::OkStatus();
                            });
}

// XLA keeps these attributes in another message, that of the module's configuration.
void EncodeConfiguration(const ir::ModuleHeader& header, HloModuleProto* proto) {
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

void EncodeHeader(const ir::ModuleHeader& header, HloModuleProto* proto) {
  EncodeAliasing(header, proto);
  if (header.stack_frames != ir::StackFrameIndex())
    EncodeStackFrames(header.stack_frames, proto->mutable_stack_frame_index());
  if (!header.frontend_attributes.empty())
    EncodeFrontendAttributes(header.frontend_attributes, proto->mutable_frontend_attributes());
  EncodeInterfaceShardings(header, proto);
  EncodeConfiguration(header, proto);
}

absl::Status DecodeHeader(const WireMessage& proto, ir::ModuleHeader* header) {
  DecodeAliasing(proto, header);
  DecodeStackFrames(proto.Child(HloModuleProto::kStackFrameIndexFieldNumber),
                    &header->stack_frames);
  header->frontend_attributes =
      DecodeFrontendAttributes(proto.Child(HloModuleProto::kFrontendAttributesFieldNumber));
  EQSAT_RETURN_IF_ERROR(DecodeInterfaceShardings(proto, header));
  return proto.TryEachChild(HloModuleProto::kEqsatTextFieldNumber, [&](const WireMessage& entry) {
    std::string_view name = entry.String(hlo::Text::kNameFieldNumber);
    TokenReader reader(entry.String(hlo::Text::kTextFieldNumber));
    return base::Annotate(ParseModuleAttribute(reader, name, header),
                          base::StrCat("module attribute ", name, ": "));
  });
}

}  // namespace eqsat::importers
