#include "importers/hlo_proto/attribute_codec.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "importers/hlo_proto/annotation_codec.h"
#include "importers/hlo_proto/device_mesh_codec.h"
#include "importers/hlo_proto/field_tables.h"
#include "importers/hlo_proto/shape_codec.h"
#include "importers/hlo_text/attribute_parser.h"
#include "ir/graph/print_annotations.h"
#include "ir/graph/print_values.h"
#include "ir/ops/device_mesh.h"
#include "ir/ops/op_info.h"

namespace eqsat::importers {
namespace {

using hlo::HloInstructionProto;

// Encode(name, value, proto) writes one attribute; false if the message has no field for it.
// Decode(name, value, in) reads it, and leaves `value` alone where the message says nothing.

struct Source {
  const WireMessage& proto;  // an HloInstructionProto
  std::string_view opcode;
};

bool Encode(std::string_view name, int64_t value, HloInstructionProto* proto) {
  if (name == "inferred_dimension") {
    if (value >= 0) proto->add_dimensions(value);
    return true;
  }
  const IntegerField* field = FindIntegerField(name, proto->opcode());
  if (field) field->set(proto, value);
  return field;
}

int64_t FirstOf(int number, const WireMessage& proto) {
  ir::DimensionVector list;
  proto.AppendVarints(number, &list);
  return list.empty() ? 0 : list[0];
}

int64_t ReadInteger(const IntegerField& field, const WireMessage& instruction) {
  return ReadAt(field.path, instruction, [&field](const WireMessage& holder) -> int64_t {
    switch (field.type) {
      case IntegerField::Type::kInt64:
        return holder.Int64(field.path.number);
      case IntegerField::Type::kInt32:
        return holder.Int32(field.path.number);
      case IntegerField::Type::kFirstOfList:
        return FirstOf(field.path.number, holder);
    }
    return 0;
  });
}

absl::StatusOr<bool> Decode(std::string_view name, int64_t* value, const Source& in) {
  if (name == "inferred_dimension") {
    ir::DimensionVector dimensions;
    in.proto.AppendVarints(HloInstructionProto::kDimensionsFieldNumber, &dimensions);
    if (!dimensions.empty()) *value = dimensions[0];
    return true;
  }
  const IntegerField* field = FindIntegerField(name, in.opcode);
  if (field == nullptr) return false;
  // Zero is what an absent number reads as.
  const int64_t number = ReadInteger(*field, in.proto);
  if (number != 0) *value = number;
  return true;
}

bool Encode(std::string_view name, bool value, HloInstructionProto* proto) {
  const FlagField* field = FindFlagField(name, proto->opcode());
  if (field) field->set(proto, value);
  return field;
}

absl::StatusOr<bool> Decode(std::string_view name, bool* value, const Source& in) {
  const FlagField* field = FindFlagField(name, in.opcode);
  if (field == nullptr) return false;
  *value = ReadAt(field->path, in.proto,
                  [field](const WireMessage& holder) { return holder.Bool(field->path.number); });
  return true;
}

bool Encode(std::string_view, double value, HloInstructionProto* proto) {
  proto->set_epsilon(static_cast<float>(value));
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, double* value, const Source& in) {
  *value = in.proto.Float(HloInstructionProto::kEpsilonFieldNumber);
  return true;
}

// Attributes that are words: the names of a proto's enum in small letters, without their prefix.
struct EnumWords {
  std::string_view attribute;
  std::string_view prefix;
  const google::protobuf::EnumDescriptor* (*type)();
  int (*get)(const WireMessage& proto);
  void (*set)(HloInstructionProto* proto, int number);
};

constexpr EnumWords kEnumWords[] = {
    {"algorithm", "ALG_", hlo::PrecisionConfig::Algorithm_descriptor,
     [](const WireMessage& proto) {
       return proto.Child(HloInstructionProto::kPrecisionConfigFieldNumber)
           .Int32(hlo::PrecisionConfig::kAlgorithmFieldNumber);
     },
     [](HloInstructionProto* proto, int number) {
       proto->mutable_precision_config()->set_algorithm(
           static_cast<hlo::PrecisionConfig::Algorithm>(number));
     }},
    {"convolution_kind", "CONVOLUTION_KIND_", hlo::ConvolutionKind_descriptor,
     [](const WireMessage& proto) {
       return proto.Int32(HloInstructionProto::kConvKindFieldNumber);
     },
     [](HloInstructionProto* proto, int number) {
       proto->set_conv_kind(static_cast<hlo::ConvolutionKind>(number));
     }},
};

const EnumWords* FindEnumWords(std::string_view attribute) {
  for (const EnumWords& words : kEnumWords)
    if (words.attribute == attribute) return &words;
  return nullptr;
}

// False for a word that the enum lacks.
bool EncodeWord(const EnumWords& words, const std::string& value, HloInstructionProto* proto) {
  if (value.empty()) return true;
  const auto* entry =
      words.type()->FindValueByName(base::StrCat(words.prefix, absl::AsciiStrToUpper(value)));
  if (entry != nullptr) words.set(proto, entry->number());
  return entry != nullptr;
}

absl::StatusOr<bool> DecodeWord(const EnumWords& words, std::string* value,
                                const WireMessage& proto) {
  const int number = words.get(proto);
  if (number == 0) return false;  // unset
  const auto* entry = words.type()->FindValueByNumber(number);
  if (entry == nullptr)
    return base::InvalidArgument("%s has the unknown value %d", words.attribute, number);
  *value = absl::AsciiStrToLower(entry->name().substr(words.prefix.size()));
  return true;
}

bool Encode(std::string_view name, const std::string& value, HloInstructionProto* proto) {
  if (const EnumWords* words = FindEnumWords(name)) return EncodeWord(*words, value, proto);
  const StringField* field = FindStringField(name);
  if (field) field->set(proto, value);
  return field;
}

absl::StatusOr<bool> DecodeDomain(std::string* value, const WireMessage& proto) {
  EQSAT_ASSIGN_OR_RETURN(
      ir::Sharding entry,
      DecodeSharding(proto.Child(HloInstructionProto::kDomainEntryShardingFieldNumber)));
  EQSAT_ASSIGN_OR_RETURN(
      ir::Sharding exit,
      DecodeSharding(proto.Child(HloInstructionProto::kDomainExitShardingFieldNumber)));
  *value = "{kind=\"sharding\", entry=";
  AppendSharding(entry, value);
  *value += ", exit=";
  AppendSharding(exit, value);
  *value += "}";
  return true;
}

absl::StatusOr<bool> Decode(std::string_view name, std::string* value, const Source& in) {
  if (const EnumWords* words = FindEnumWords(name)) return DecodeWord(*words, value, in.proto);
  if (name == "domain" && in.proto.HasChild(HloInstructionProto::kDomainEntryShardingFieldNumber))
    return DecodeDomain(value, in.proto);
  const StringField* field = FindStringField(name);
  if (field == nullptr) return false;
  *value =
      field->is_text ? in.proto.String(field->path.number) : in.proto.Bytes(field->path.number);
  return true;
}

bool Encode(std::string_view name, const ir::DimensionVector& value, HloInstructionProto* proto) {
  const ListField* field = FindListField(name, proto->opcode());
  if (field) field->mutate(proto)->Add(value.begin(), value.end());
  return field;
}

absl::StatusOr<bool> Decode(std::string_view name, ir::DimensionVector* value, const Source& in) {
  const ListField* field = FindListField(name, in.opcode);
  if (field == nullptr) return false;
  value->clear();
  ReadAt(field->path, in.proto,
         [&](const WireMessage& holder) { holder.AppendVarints(field->path.number, value); });
  return true;
}

// --- Enumerations --------------------------------------------------------------------------------
// Ours have XLA's numbers, or are strings in the message.

#define ENUMERATION(Type, Message, accessor, Field)                                               \
  bool Encode(std::string_view, ir::Type value, HloInstructionProto* proto) {                     \
    proto->set_##accessor(static_cast<hlo::Message>(value));                                      \
    return true;                                                                                  \
  }                                                                                               \
  absl::StatusOr<bool> Decode(std::string_view name, ir::Type* value, const Source& in) {         \
    return DecodeNumber(name, in.proto.Int32(HloInstructionProto::k##Field##FieldNumber), value); \
  }

template <typename E>
absl::StatusOr<bool> DecodeNumber(std::string_view name, int number, E* value) {
  if (number < 0 || number >= static_cast<int>(ir::EnumNames(E()).size()))
    return base::InvalidArgument("%s has the unknown value %d", std::string(name), number);
  *value = static_cast<E>(number);
  return true;
}

ENUMERATION(FftType, FftType, fft_type, FftType)
ENUMERATION(RandomDistribution, RandomDistribution, distribution, Distribution)
ENUMERATION(RandomAlgorithm, RandomAlgorithm, rng_algorithm, RngAlgorithm)
ENUMERATION(PaddingType, PaddingType, padding_type, PaddingType)
ENUMERATION(CustomCallSchedule, CustomCallSchedule, custom_call_schedule, CustomCallSchedule)
#undef ENUMERATION

bool Encode(std::string_view, ir::CustomCallApiVersion value, HloInstructionProto* proto) {
  proto->set_custom_call_api_version(static_cast<hlo::CustomCallApiVersion>(value));
  return true;
}

// Protos older than the field have the original version, as texts that do not state one.
absl::StatusOr<bool> Decode(std::string_view name, ir::CustomCallApiVersion* value,
                            const Source& in) {
  const int number = in.proto.Int32(HloInstructionProto::kCustomCallApiVersionFieldNumber);
  if (number == 0) return true;
  return DecodeNumber(name, number, value);
}

bool Encode(std::string_view, ir::TransposeKind value, HloInstructionProto* proto) {
  proto->mutable_triangular_solve_options()->set_transpose_a(
      static_cast<hlo::TriangularSolveOptions::Transpose>(value));
  return true;
}

absl::StatusOr<bool> Decode(std::string_view name, ir::TransposeKind* value, const Source& in) {
  const WireMessage options =
      in.proto.Child(HloInstructionProto::kTriangularSolveOptionsFieldNumber);
  return DecodeNumber(name, options.Int32(hlo::TriangularSolveOptions::kTransposeAFieldNumber),
                      value);
}

template <typename E>
absl::StatusOr<bool> DecodeName(std::string_view name, std::string_view spelled, E* value) {
  auto names = ir::EnumNames(E());
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] != spelled) continue;
    *value = static_cast<E>(i);
    return true;
  }
  return base::InvalidArgument("%s is none of %s: `%s`", std::string(name), base::Join(names, ", "),
                               std::string(spelled));
}

#define NAMED(Type, accessor, Field)                                                             \
  bool Encode(std::string_view, ir::Type value, HloInstructionProto* proto) {                    \
    proto->set_##accessor(std::string(ir::EnumName(value)));                                     \
    return true;                                                                                 \
  }                                                                                              \
  absl::StatusOr<bool> Decode(std::string_view name, ir::Type* value, const Source& in) {        \
    return DecodeName(name, in.proto.String(HloInstructionProto::k##Field##FieldNumber), value); \
  }

NAMED(ComparisonDirection, comparison_direction, ComparisonDirection)
NAMED(FusionKind, fusion_kind, FusionKind)
#undef NAMED

bool Encode(std::string_view, ir::ComparisonType value, HloInstructionProto* proto) {
  if (value != ir::ComparisonType::kDefault)
    proto->set_comparison_type(std::string(ir::EnumName(value)));
  return true;
}

absl::StatusOr<bool> Decode(std::string_view name, ir::ComparisonType* value, const Source& in) {
  std::string_view spelled = in.proto.String(HloInstructionProto::kComparisonTypeFieldNumber);
  if (spelled.empty()) return true;
  return DecodeName(name, spelled, value);
}

// --- Structures ----------------------------------------------------------------------------------

bool Encode(std::string_view, const ir::Window& value, HloInstructionProto* proto) {
  for (const ir::WindowDimension& d : value) {
    hlo::WindowDimension* out = proto->mutable_window()->add_dimensions();
    out->set_size(d.size);
    out->set_stride(d.stride);
    out->set_padding_low(d.padding_low);
    out->set_padding_high(d.padding_high);
    out->set_window_dilation(d.window_dilation);
    out->set_base_dilation(d.base_dilation);
    out->set_window_reversal(d.window_reversal);
  }
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, ir::Window* value, const Source& in) {
  using D = hlo::WindowDimension;
  auto at_least_one = [](int64_t n) { return n == 0 ? 1 : n; };
  in.proto.Child(HloInstructionProto::kWindowFieldNumber)
      .ForEachChild(hlo::Window::kDimensionsFieldNumber, [&](const WireMessage& d) {
        value->push_back({.size = d.Int64(D::kSizeFieldNumber),
                          .stride = at_least_one(d.Int64(D::kStrideFieldNumber)),
                          .padding_low = d.Int64(D::kPaddingLowFieldNumber),
                          .padding_high = d.Int64(D::kPaddingHighFieldNumber),
                          .window_dilation = at_least_one(d.Int64(D::kWindowDilationFieldNumber)),
                          .base_dilation = at_least_one(d.Int64(D::kBaseDilationFieldNumber)),
                          .window_reversal = d.Bool(D::kWindowReversalFieldNumber)});
      });
  return true;
}

bool Encode(std::string_view, const std::vector<ir::SliceRange>& value,
            HloInstructionProto* proto) {
  for (const ir::SliceRange& range : value) {
    auto* out = proto->add_slice_dimensions();
    out->set_start(range.start);
    out->set_limit(range.limit);
    out->set_stride(range.stride);
  }
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, std::vector<ir::SliceRange>* value,
                            const Source& in) {
  using D = HloInstructionProto::SliceDimensions;
  in.proto.ForEachChild(HloInstructionProto::kSliceDimensionsFieldNumber,
                        [value](const WireMessage& range) {
                          value->push_back({.start = range.Int64(D::kStartFieldNumber),
                                            .limit = range.Int64(D::kLimitFieldNumber),
                                            .stride = range.Int64(D::kStrideFieldNumber)});
                        });
  return true;
}

bool Encode(std::string_view, const std::vector<ir::PaddingDimension>& value,
            HloInstructionProto* proto) {
  proto->mutable_padding_config();
  for (const ir::PaddingDimension& d : value) {
    auto* out = proto->mutable_padding_config()->add_dimensions();
    out->set_edge_padding_low(d.low);
    out->set_edge_padding_high(d.high);
    out->set_interior_padding(d.interior);
  }
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, std::vector<ir::PaddingDimension>* value,
                            const Source& in) {
  using Config = hlo::PaddingConfig;
  using D = Config::PaddingConfigDimension;
  in.proto.Child(HloInstructionProto::kPaddingConfigFieldNumber)
      .ForEachChild(Config::kDimensionsFieldNumber, [value](const WireMessage& d) {
        value->push_back({.low = d.Int64(D::kEdgePaddingLowFieldNumber),
                          .high = d.Int64(D::kEdgePaddingHighFieldNumber),
                          .interior = d.Int64(D::kInteriorPaddingFieldNumber)});
      });
  return true;
}

bool Encode(std::string_view, const ir::ConvolutionDimensions& value, HloInstructionProto* proto) {
  auto* out = proto->mutable_convolution_dimension_numbers();
  out->set_input_batch_dimension(value.input_batch);
  out->set_input_feature_dimension(value.input_feature);
  out->set_kernel_input_feature_dimension(value.kernel_input_feature);
  out->set_kernel_output_feature_dimension(value.kernel_output_feature);
  out->set_output_batch_dimension(value.output_batch);
  out->set_output_feature_dimension(value.output_feature);
  auto add = [](const ir::DimensionVector& from, DimensionField* to) {
    to->Add(from.begin(), from.end());
  };
  add(value.input_spatial, out->mutable_input_spatial_dimensions());
  add(value.kernel_spatial, out->mutable_kernel_spatial_dimensions());
  add(value.output_spatial, out->mutable_output_spatial_dimensions());
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, ir::ConvolutionDimensions* value, const Source& in) {
  using D = hlo::ConvolutionDimensionNumbers;
  const WireMessage numbers =
      in.proto.Child(HloInstructionProto::kConvolutionDimensionNumbersFieldNumber);
  value->input_batch = numbers.Int64(D::kInputBatchDimensionFieldNumber);
  value->input_feature = numbers.Int64(D::kInputFeatureDimensionFieldNumber);
  value->kernel_input_feature = numbers.Int64(D::kKernelInputFeatureDimensionFieldNumber);
  value->kernel_output_feature = numbers.Int64(D::kKernelOutputFeatureDimensionFieldNumber);
  value->output_batch = numbers.Int64(D::kOutputBatchDimensionFieldNumber);
  value->output_feature = numbers.Int64(D::kOutputFeatureDimensionFieldNumber);
  numbers.AppendVarints(D::kInputSpatialDimensionsFieldNumber, &value->input_spatial);
  numbers.AppendVarints(D::kKernelSpatialDimensionsFieldNumber, &value->kernel_spatial);
  numbers.AppendVarints(D::kOutputSpatialDimensionsFieldNumber, &value->output_spatial);
  return true;
}

bool Encode(std::string_view, const std::optional<ir::ConvolutionDimensions>& value,
            HloInstructionProto* proto) {
  return !value || Encode({}, *value, proto);
}

absl::StatusOr<bool> Decode(std::string_view, std::optional<ir::ConvolutionDimensions>* value,
                            const Source& in) {
  if (!in.proto.HasChild(HloInstructionProto::kConvolutionDimensionNumbersFieldNumber)) return true;
  return Decode({}, &value->emplace(), in);
}

bool Encode(std::string_view, const std::vector<ir::Precision>& value, HloInstructionProto* proto) {
  for (ir::Precision precision : value) {
    proto->mutable_precision_config()->add_operand_precision(
        static_cast<hlo::PrecisionConfig::Precision>(precision));
  }
  return true;
}

absl::StatusOr<bool> Decode(std::string_view name, std::vector<ir::Precision>* value,
                            const Source& in) {
  std::vector<int32_t> numbers;
  in.proto.Child(HloInstructionProto::kPrecisionConfigFieldNumber)
      .AppendVarints(hlo::PrecisionConfig::kOperandPrecisionFieldNumber, &numbers);
  bool all_default = true;
  for (int32_t number : numbers) {
    all_default &= number == hlo::PrecisionConfig::DEFAULT;
    EQSAT_RETURN_IF_ERROR(DecodeNumber(name, number, &value->emplace_back()).status());
  }
  if (all_default) value->clear();
  return true;
}

bool Encode(std::string_view, const ir::ReplicaGroups& value, HloInstructionProto* proto) {
  if (!value.mesh.empty()) {
    absl::StatusOr<ir::MeshGroups> groups = ir::MeshGroups::Parse(value.mesh);
    if (groups.ok()) EncodeMeshGroups(*groups, proto->mutable_mesh_axes_replica_group_list());
    return groups.ok();
  }
  if (!value.iota_dimensions.empty() && value.iota_dimensions.size() != 2) return false;
  for (const std::vector<int64_t>& group : value.groups)
    proto->add_replica_groups()->mutable_replica_ids()->Add(group.begin(), group.end());
  if (value.iota_dimensions.empty()) return true;
  auto* iota = proto->mutable_iota_collective_device_list();
  iota->set_num_replica_groups(value.iota_dimensions[0]);
  iota->set_num_devices_per_group(value.iota_dimensions[1]);
  for (size_t i = 0; i < value.iota_reshape.size(); ++i) {
    int64_t from = value.iota_transpose.empty() ? static_cast<int64_t>(i) : value.iota_transpose[i];
    iota->add_iota_reshape_dims(value.iota_reshape[i]);
    iota->add_iota_transpose_perm(static_cast<int32_t>(from));
  }
  // Where XLA read it before the field above.
  *proto->mutable_collective_device_list()->mutable_iota_replica_group_list() = *iota;
  return true;
}

absl::Status DecodeIota(const WireMessage& iota, ir::ReplicaGroups* value) {
  using Iota = hlo::IotaReplicaGroupListProto;
  const int64_t groups = iota.Int64(Iota::kNumReplicaGroupsFieldNumber);
  if (groups == 0) return absl::OkStatus();
  value->iota_dimensions = {groups, iota.Int64(Iota::kNumDevicesPerGroupFieldNumber)};
  iota.AppendVarints(Iota::kIotaReshapeDimsFieldNumber, &value->iota_reshape);
  iota.AppendVarints(Iota::kIotaTransposePermFieldNumber, &value->iota_transpose);
  return ir::SettleTranspose(value->iota_reshape.size(), &value->iota_transpose);
}

// Newer messages hold the groups in a list of their own.
absl::StatusOr<bool> Decode(std::string_view, ir::ReplicaGroups* value, const Source& in) {
  using Lists = hlo::CollectiveDeviceListProto;
  if (in.proto.HasChild(HloInstructionProto::kMeshAxesReplicaGroupListFieldNumber)) {
    EQSAT_ASSIGN_OR_RETURN(ir::MeshGroups groups,
                           DecodeMeshGroups(in.proto.Child(
                               HloInstructionProto::kMeshAxesReplicaGroupListFieldNumber)));
    value->mesh = groups.ToString();
    return true;
  }
  const WireMessage lists = in.proto.Child(HloInstructionProto::kCollectiveDeviceListFieldNumber);
  auto add = [value](const WireMessage& group) {
    group.AppendVarints(hlo::ReplicaGroup::kReplicaIdsFieldNumber, &value->groups.emplace_back());
  };
  lists.ForEachChild(Lists::kReplicaGroupsFieldNumber, add);
  if (value->groups.empty())
    in.proto.ForEachChild(HloInstructionProto::kReplicaGroupsFieldNumber, add);
  EQSAT_RETURN_IF_ERROR(
      DecodeIota(lists.HasChild(Lists::kIotaReplicaGroupListFieldNumber)
                     ? lists.Child(Lists::kIotaReplicaGroupListFieldNumber)
                     : in.proto.Child(HloInstructionProto::kIotaCollectiveDeviceListFieldNumber),
                 value));
  return !value->iota_dimensions.empty() || !value->groups.empty();
}

bool Encode(std::string_view, const std::vector<ir::SourceTarget>& value,
            HloInstructionProto* proto) {
  for (const ir::SourceTarget& pair : value) {
    auto* out = proto->add_source_target_pairs();
    out->set_source(pair.source);
    out->set_target(pair.target);
  }
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, std::vector<ir::SourceTarget>* value,
                            const Source& in) {
  in.proto.ForEachChild(
      HloInstructionProto::kSourceTargetPairsFieldNumber, [value](const WireMessage& pair) {
        value->push_back({.source = pair.Int64(hlo::SourceTarget::kSourceFieldNumber),
                          .target = pair.Int64(hlo::SourceTarget::kTargetFieldNumber)});
      });
  return true;
}

bool Encode(std::string_view, const std::vector<ir::OutputOperandAlias>& value,
            HloInstructionProto* proto) {
  for (const ir::OutputOperandAlias& alias : value) {
    auto* out = proto->add_output_operand_aliasing();
    out->mutable_output_shape_index()->Add(alias.output_index.begin(), alias.output_index.end());
    out->set_operand_index(alias.operand);
    out->mutable_operand_shape_index()->Add(alias.operand_index.begin(), alias.operand_index.end());
  }
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, std::vector<ir::OutputOperandAlias>* value,
                            const Source& in) {
  using A = hlo::OutputOperandAliasing;
  in.proto.ForEachChild(
      HloInstructionProto::kOutputOperandAliasingFieldNumber, [value](const WireMessage& proto) {
        ir::OutputOperandAlias& alias = value->emplace_back();
        proto.AppendVarints(A::kOutputShapeIndexFieldNumber, &alias.output_index);
        alias.operand = proto.Int64(A::kOperandIndexFieldNumber);
        proto.AppendVarints(A::kOperandShapeIndexFieldNumber, &alias.operand_index);
      });
  return true;
}

bool Encode(std::string_view, const ir::ResultAccuracy& value, HloInstructionProto* proto) {
  if (value == ir::ResultAccuracy()) return true;
  auto* out = proto->mutable_result_accuracy();
  if (!value.has_tolerance) {
    out->set_mode(static_cast<hlo::ResultAccuracy::Mode>(value.mode));
    return true;
  }
  out->mutable_tolerance()->set_atol(value.atol);
  out->mutable_tolerance()->set_rtol(value.rtol);
  out->mutable_tolerance()->set_ulps(value.ulps);
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, ir::ResultAccuracy* value, const Source& in) {
  using Accuracy = hlo::ResultAccuracy;
  const WireMessage proto = in.proto.Child(HloInstructionProto::kResultAccuracyFieldNumber);
  // One or the other: what comes later.
  if (proto.IsAfter(Accuracy::kModeFieldNumber, Accuracy::kToleranceFieldNumber)) {
    if (proto.Int32(Accuracy::kModeFieldNumber) == Accuracy::HIGHEST)
      value->mode = ir::ResultAccuracy::Mode::kHighest;
    return true;
  }
  if (!proto.HasChild(Accuracy::kToleranceFieldNumber)) return true;
  const WireMessage tolerance = proto.Child(Accuracy::kToleranceFieldNumber);
  value->has_tolerance = true;
  value->atol = tolerance.Double(Accuracy::Tolerance::kAtolFieldNumber);
  value->rtol = tolerance.Double(Accuracy::Tolerance::kRtolFieldNumber);
  value->ulps = tolerance.Int64(Accuracy::Tolerance::kUlpsFieldNumber);
  return true;
}

bool Encode(std::string_view, const std::optional<int64_t>& value, HloInstructionProto* proto) {
  if (value) proto->set_cross_program_prefetch_index(static_cast<int32_t>(*value));
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, std::optional<int64_t>* value, const Source& in) {
  if (in.proto.HasVarint(HloInstructionProto::kCrossProgramPrefetchIndexFieldNumber))
    *value = in.proto.Int32(HloInstructionProto::kCrossProgramPrefetchIndexFieldNumber);
  return true;
}

// --- Shapes and literals -------------------------------------------------------------------------

bool Encode(std::string_view, const std::optional<ir::Shape>& value, HloInstructionProto* proto) {
  if (value) EncodeShape(*value, proto->mutable_outfeed_shape());
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, std::optional<ir::Shape>* value, const Source& in) {
  if (!in.proto.HasChild(HloInstructionProto::kOutfeedShapeFieldNumber)) return true;
  EQSAT_ASSIGN_OR_RETURN(
      *value, DecodeShape(in.proto.Child(HloInstructionProto::kOutfeedShapeFieldNumber)));
  return true;
}

bool Encode(std::string_view, const std::optional<std::vector<ir::Shape>>& value,
            HloInstructionProto* proto) {
  if (!value) return true;
  proto->set_constrain_layout(true);
  for (const ir::Shape& shape : *value) EncodeShape(shape, proto->add_operand_shapes_with_layout());
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, std::optional<std::vector<ir::Shape>>* value,
                            const Source& in) {
  if (!in.proto.Bool(HloInstructionProto::kConstrainLayoutFieldNumber)) return true;
  EQSAT_ASSIGN_OR_RETURN(
      *value, DecodeShapes(in.proto, HloInstructionProto::kOperandShapesWithLayoutFieldNumber));
  return true;
}

bool IsKnown(const ir::Literal& literal) {
  return !literal.is_unknown() && std::ranges::all_of(literal.elements(), IsKnown);
}

bool Encode(std::string_view, const std::optional<ir::Literal>& value, HloInstructionProto* proto) {
  if (value && IsKnown(*value)) EncodeLiteral(*value, value->shape(), proto->mutable_literal());
  return !value || IsKnown(*value);
}

absl::StatusOr<bool> Decode(std::string_view, std::optional<ir::Literal>* value, const Source& in) {
  if (!in.proto.HasChild(HloInstructionProto::kLiteralFieldNumber)) return false;
  EQSAT_ASSIGN_OR_RETURN(*value,
                         DecodeLiteral(in.proto.Child(HloInstructionProto::kLiteralFieldNumber)));
  return true;
}

// Attributes without a field of their own: `slice_sizes` of a collective-permute.
bool Encode(std::string_view, const std::vector<ir::DimensionVector>& value, HloInstructionProto*) {
  return value.empty();
}

absl::StatusOr<bool> Decode(std::string_view, std::vector<ir::DimensionVector>*, const Source&) {
  return false;
}

// --- All fields ----------------------------------------------------------------------------------

template <typename T>
absl::Status DecodeField(std::string_view name, const Source& in, T* value) {
  EQSAT_ASSIGN_OR_RETURN(bool found, Decode(name, value, in));
  if (found) return absl::OkStatus();
  std::optional<std::string_view> text;
  in.proto.ForEachPair(HloInstructionProto::kEqsatTextFieldNumber,
                       [&](std::string_view entry, std::string_view value_text) {
                         if (entry == name && !text) text = value_text;
                       });
  if (!text) return absl::OkStatus();
  TokenReader reader(*text);
  return ParseValue(reader, value);
}

}  // namespace

void EncodeAttributes(const ir::Instruction& instruction, HloInstructionProto* proto) {
  if (instruction.opcode == ir::OpCode::kConstant) {
    const ir::Literal& literal = instruction.attr<ir::ConstantAttributes>().literal;
    // An inconsistent shape is for the verifier to judge.
    bool agree = ir::Shape::Compatible(literal.shape(), instruction.shape);
    if (IsKnown(literal)) {
      EncodeLiteral(literal, agree ? instruction.shape : literal.shape(), proto->mutable_literal());
    }
    return;
  }
  VisitAttributeFields(instruction.Attrs(),
                       [proto](std::string_view name, const auto& field, ir::Presence) {
                         using Field = std::decay_t<decltype(field)>;
                         if constexpr (!std::is_same_v<Field, ir::Literal>) {
                           if (Encode(name, field, proto) || field == Field()) return;
                           hlo::Text* entry = proto->add_eqsat_text();
                           entry->set_name(std::string(name));
                           ir::AppendValue(field, entry->mutable_text());
                         }
                       });
}

absl::StatusOr<ir::Attributes> DecodeAttributes(const WireMessage& proto, ir::OpCode opcode,
                                                const ir::Shape& shape) {
  if (opcode == ir::OpCode::kConstant) {
    if (!proto.HasChild(HloInstructionProto::kLiteralFieldNumber))
      return ir::ConstantAttributes{.literal = ir::Literal::Unknown(shape.WithoutLayout())};
    EQSAT_ASSIGN_OR_RETURN(ir::Literal literal,
                           DecodeLiteral(proto.Child(HloInstructionProto::kLiteralFieldNumber)));
    return ir::ConstantAttributes{.literal = std::move(literal)};
  }
  ir::Attributes attributes = GetOpInfo(opcode).attributes;
  const Source source{.proto = proto, .opcode = Name(opcode)};
  absl::Status status;
  VisitAttributeFields(attributes, [&](std::string_view name, auto& field, ir::Presence) {
    using Field = std::decay_t<decltype(field)>;
    if constexpr (!std::is_same_v<Field, ir::Literal>) {
      if (status.ok()) status = DecodeField(name, source, &field);
    }
  });
  if (!status.ok()) return status;
  return attributes;
}

}  // namespace eqsat::importers
