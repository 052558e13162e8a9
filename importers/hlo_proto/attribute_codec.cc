#include "importers/hlo_proto/attribute_codec.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "importers/hlo_proto/annotation_codec.h"
#include "importers/hlo_proto/field_tables.h"
#include "importers/hlo_proto/shape_codec.h"
#include "importers/hlo_text/attribute_parser.h"
#include "ir/graph/print_annotations.h"
#include "ir/graph/print_values.h"
#include "ir/ops/op_info.h"

namespace eqsat::importers {
namespace {

using P = hlo::HloInstructionProto;

// Encode(name, value, proto) writes one attribute; false if the message has no field for it.
// Decode(name, value, proto) reads it, and leaves `value` alone where the message says nothing.

bool Encode(std::string_view name, int64_t value, P* proto) {
  if (name == "inferred_dimension") {
    if (value >= 0) proto->add_dimensions(value);
    return true;
  }
  const IntegerField* field = FindIntegerField(name, proto->opcode());
  if (field) field->set(proto, value);
  return field;
}

absl::StatusOr<bool> Decode(std::string_view name, int64_t* value, const P& proto) {
  if (name == "inferred_dimension") {
    if (proto.dimensions_size() > 0) *value = proto.dimensions(0);
    return true;
  }
  const IntegerField* field = FindIntegerField(name, proto.opcode());
  // Zero is what an absent number reads as.
  if (field && field->get(proto) != 0) *value = field->get(proto);
  return field != nullptr;
}

bool Encode(std::string_view name, bool value, P* proto) {
  const FlagField* field = FindFlagField(name, proto->opcode());
  if (field) field->set(proto, value);
  return field;
}

absl::StatusOr<bool> Decode(std::string_view name, bool* value, const P& proto) {
  const FlagField* field = FindFlagField(name, proto.opcode());
  if (field) *value = field->get(proto);
  return field != nullptr;
}

bool Encode(std::string_view, double value, P* proto) {
  proto->set_epsilon(static_cast<float>(value));
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, double* value, const P& proto) {
  *value = proto.epsilon();
  return true;
}

// An algorithm's text name is that of its enumerator, in lower case and without `ALG_`.
bool EncodeAlgorithm(const std::string& value, P* proto) {
  if (value.empty()) return true;
  hlo::PrecisionConfig::Algorithm algorithm;
  std::string name = base::StrCat("ALG_", absl::AsciiStrToUpper(value));
  if (!hlo::PrecisionConfig::Algorithm_Parse(name, &algorithm)) return false;
  proto->mutable_precision_config()->set_algorithm(algorithm);
  return true;
}

bool Encode(std::string_view name, const std::string& value, P* proto) {
  if (name == "algorithm") return EncodeAlgorithm(value, proto);
  const StringField* field = FindStringField(name);
  if (field) field->set(proto, value);
  return field;
}

absl::StatusOr<bool> Decode(std::string_view name, std::string* value, const P& proto) {
  if (name == "algorithm") {
    auto algorithm = proto.precision_config().algorithm();
    if (algorithm == hlo::PrecisionConfig::ALG_UNSET) return false;
    std::string spelled = hlo::PrecisionConfig::Algorithm_Name(algorithm);
    *value = absl::AsciiStrToLower(spelled.substr(4));
    return true;
  }
  if (name == "domain" && proto.has_domain_entry_sharding()) {
    EQSAT_ASSIGN_OR_RETURN(ir::Sharding entry, DecodeSharding(proto.domain_entry_sharding()));
    EQSAT_ASSIGN_OR_RETURN(ir::Sharding exit, DecodeSharding(proto.domain_exit_sharding()));
    *value = "{kind=\"sharding\", entry=";
    AppendSharding(entry, value);
    *value += ", exit=";
    AppendSharding(exit, value);
    *value += "}";
    return true;
  }
  const StringField* field = FindStringField(name);
  if (field) *value = field->get(proto);
  return field != nullptr;
}

bool Encode(std::string_view name, const ir::DimensionVector& value, P* proto) {
  const ListField* field = FindListField(name, proto->opcode());
  if (field) field->mutate(proto)->Add(value.begin(), value.end());
  return field;
}

absl::StatusOr<bool> Decode(std::string_view name, ir::DimensionVector* value, const P& proto) {
  const ListField* field = FindListField(name, proto.opcode());
  if (field) value->assign(field->get(proto).begin(), field->get(proto).end());
  return field != nullptr;
}

// --- Enumerations --------------------------------------------------------------------------------
// Ours have XLA's numbers, or are strings in the message.

#define ENUMERATION(Type, Message, accessor)                                            \
  bool Encode(std::string_view, ir::Type value, P* proto) {                             \
    proto->set_##accessor(static_cast<hlo::Message>(value));                            \
    return true;                                                                        \
  }                                                                                     \
  absl::StatusOr<bool> Decode(std::string_view name, ir::Type* value, const P& proto) { \
    return DecodeNumber(name, proto.accessor(), value);                                 \
  }

template <typename E>
absl::StatusOr<bool> DecodeNumber(std::string_view name, int number, E* value) {
  if (number < 0 || number >= static_cast<int>(ir::EnumNames(E()).size()))
    return base::InvalidArgument("%s has the unknown value %d", std::string(name), number);
  *value = static_cast<E>(number);
  return true;
}

ENUMERATION(FftType, FftType, fft_type)
ENUMERATION(RandomDistribution, RandomDistribution, distribution)
ENUMERATION(RandomAlgorithm, RandomAlgorithm, rng_algorithm)
ENUMERATION(PaddingType, PaddingType, padding_type)
ENUMERATION(CustomCallSchedule, CustomCallSchedule, custom_call_schedule)
ENUMERATION(CustomCallApiVersion, CustomCallApiVersion, custom_call_api_version)
#undef ENUMERATION

bool Encode(std::string_view, ir::TransposeKind value, P* proto) {
  proto->mutable_triangular_solve_options()->set_transpose_a(
      static_cast<hlo::TriangularSolveOptions::Transpose>(value));
  return true;
}

absl::StatusOr<bool> Decode(std::string_view name, ir::TransposeKind* value, const P& proto) {
  return DecodeNumber(name, proto.triangular_solve_options().transpose_a(), value);
}

template <typename E>
absl::StatusOr<bool> DecodeName(std::string_view name, const std::string& spelled, E* value) {
  auto names = ir::EnumNames(E());
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] != spelled) continue;
    *value = static_cast<E>(i);
    return true;
  }
  return base::InvalidArgument("%s is none of %s: `%s`", std::string(name), base::Join(names, ", "),
                               spelled);
}

#define NAMED(Type, accessor)                                                           \
  bool Encode(std::string_view, ir::Type value, P* proto) {                             \
    proto->set_##accessor(std::string(ir::EnumName(value)));                            \
    return true;                                                                        \
  }                                                                                     \
  absl::StatusOr<bool> Decode(std::string_view name, ir::Type* value, const P& proto) { \
    return DecodeName(name, proto.accessor(), value);                                   \
  }

NAMED(ComparisonDirection, comparison_direction)
NAMED(FusionKind, fusion_kind)
#undef NAMED

bool Encode(std::string_view, ir::ComparisonType value, P* proto) {
  if (value != ir::ComparisonType::kDefault)
    proto->set_comparison_type(std::string(ir::EnumName(value)));
  return true;
}

absl::StatusOr<bool> Decode(std::string_view name, ir::ComparisonType* value, const P& proto) {
  if (proto.comparison_type().empty()) return true;
  return DecodeName(name, proto.comparison_type(), value);
}

// --- Structures ----------------------------------------------------------------------------------

bool Encode(std::string_view, const ir::Window& value, P* proto) {
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

absl::StatusOr<bool> Decode(std::string_view, ir::Window* value, const P& proto) {
  auto at_least_one = [](int64_t n) { return n == 0 ? 1 : n; };
  for (const hlo::WindowDimension& d : proto.window().dimensions()) {
    value->push_back({.size = d.size(),
                      .stride = at_least_one(d.stride()),
                      .padding_low = d.padding_low(),
                      .padding_high = d.padding_high(),
                      .window_dilation = at_least_one(d.window_dilation()),
                      .base_dilation = at_least_one(d.base_dilation()),
                      .window_reversal = d.window_reversal()});
  }
  return true;
}

bool Encode(std::string_view, const std::vector<ir::SliceRange>& value, P* proto) {
  for (const ir::SliceRange& range : value) {
    auto* out = proto->add_slice_dimensions();
    out->set_start(range.start);
    out->set_limit(range.limit);
    out->set_stride(range.stride);
  }
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, std::vector<ir::SliceRange>* value, const P& proto) {
  for (const auto& range : proto.slice_dimensions())
    value->push_back({.start = range.start(), .limit = range.limit(), .stride = range.stride()});
  return true;
}

bool Encode(std::string_view, const std::vector<ir::PaddingDimension>& value, P* proto) {
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
                            const P& proto) {
  for (const auto& d : proto.padding_config().dimensions()) {
    value->push_back({.low = d.edge_padding_low(),
                      .high = d.edge_padding_high(),
                      .interior = d.interior_padding()});
  }
  return true;
}

bool Encode(std::string_view, const ir::ConvolutionDimensions& value, P* proto) {
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

absl::StatusOr<bool> Decode(std::string_view, ir::ConvolutionDimensions* value, const P& proto) {
  const auto& in = proto.convolution_dimension_numbers();
  value->input_batch = in.input_batch_dimension();
  value->input_feature = in.input_feature_dimension();
  value->kernel_input_feature = in.kernel_input_feature_dimension();
  value->kernel_output_feature = in.kernel_output_feature_dimension();
  value->output_batch = in.output_batch_dimension();
  value->output_feature = in.output_feature_dimension();
  auto copy = [](const DimensionField& from, ir::DimensionVector* to) {
    to->assign(from.begin(), from.end());
  };
  copy(in.input_spatial_dimensions(), &value->input_spatial);
  copy(in.kernel_spatial_dimensions(), &value->kernel_spatial);
  copy(in.output_spatial_dimensions(), &value->output_spatial);
  return true;
}

bool Encode(std::string_view, const std::optional<ir::ConvolutionDimensions>& value, P* proto) {
  return !value || Encode({}, *value, proto);
}

absl::StatusOr<bool> Decode(std::string_view, std::optional<ir::ConvolutionDimensions>* value,
                            const P& proto) {
  if (!proto.has_convolution_dimension_numbers()) return true;
  return Decode({}, &value->emplace(), proto);
}

bool Encode(std::string_view, const std::vector<ir::Precision>& value, P* proto) {
  for (ir::Precision precision : value) {
    proto->mutable_precision_config()->add_operand_precision(
        static_cast<hlo::PrecisionConfig::Precision>(precision));
  }
  return true;
}

absl::StatusOr<bool> Decode(std::string_view name, std::vector<ir::Precision>* value,
                            const P& proto) {
  bool all_default = true;
  for (int number : proto.precision_config().operand_precision()) {
    all_default &= number == hlo::PrecisionConfig::DEFAULT;
    EQSAT_RETURN_IF_ERROR(DecodeNumber(name, number, &value->emplace_back()).status());
  }
  if (all_default) value->clear();
  return true;
}

bool Encode(std::string_view, const ir::ReplicaGroups& value, P* proto) {
  if (!value.mesh.empty() || (!value.iota_dimensions.empty() && value.iota_dimensions.size() != 2))
    return false;
  for (const std::vector<int64_t>& group : value.groups)
    proto->add_replica_groups()->mutable_replica_ids()->Add(group.begin(), group.end());
  if (value.iota_dimensions.empty()) return true;
  auto* iota = proto->mutable_collective_device_list()->mutable_iota_replica_group_list();
  iota->set_num_replica_groups(value.iota_dimensions[0]);
  iota->set_num_devices_per_group(value.iota_dimensions[1]);
  for (size_t i = 0; i < value.iota_reshape.size(); ++i) {
    int64_t from = value.iota_transpose.empty() ? static_cast<int64_t>(i) : value.iota_transpose[i];
    iota->add_iota_reshape_dims(value.iota_reshape[i]);
    iota->add_iota_transpose_perm(static_cast<int32_t>(from));
  }
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, ir::ReplicaGroups* value, const P& proto) {
  const auto& lists = proto.collective_device_list();
  const auto& groups =
      lists.replica_groups_size() > 0 ? lists.replica_groups() : proto.replica_groups();
  for (const hlo::ReplicaGroup& group : groups)
    value->groups.emplace_back(group.replica_ids().begin(), group.replica_ids().end());
  const auto& iota = lists.has_iota_replica_group_list() ? lists.iota_replica_group_list()
                                                         : proto.iota_collective_device_list();
  if (iota.num_replica_groups() == 0) return !value->groups.empty();
  value->iota_dimensions = {iota.num_replica_groups(), iota.num_devices_per_group()};
  value->iota_reshape.assign(iota.iota_reshape_dims().begin(), iota.iota_reshape_dims().end());
  value->iota_transpose.assign(iota.iota_transpose_perm().begin(),
                               iota.iota_transpose_perm().end());
  if (std::ranges::is_sorted(value->iota_transpose)) value->iota_transpose.clear();
  return true;
}

bool Encode(std::string_view, const std::vector<ir::SourceTarget>& value, P* proto) {
  for (const ir::SourceTarget& pair : value) {
    auto* out = proto->add_source_target_pairs();
    out->set_source(pair.source);
    out->set_target(pair.target);
  }
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, std::vector<ir::SourceTarget>* value,
                            const P& proto) {
  for (const auto& pair : proto.source_target_pairs())
    value->push_back({.source = pair.source(), .target = pair.target()});
  return true;
}

bool Encode(std::string_view, const std::vector<ir::OutputOperandAlias>& value, P* proto) {
  for (const ir::OutputOperandAlias& alias : value) {
    auto* out = proto->add_output_operand_aliasing();
    out->mutable_output_shape_index()->Add(alias.output_index.begin(), alias.output_index.end());
    out->set_operand_index(alias.operand);
    out->mutable_operand_shape_index()->Add(alias.operand_index.begin(), alias.operand_index.end());
  }
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, std::vector<ir::OutputOperandAlias>* value,
                            const P& proto) {
  for (const auto& alias : proto.output_operand_aliasing()) {
    value->push_back(
        {.output_index = {alias.output_shape_index().begin(), alias.output_shape_index().end()},
         .operand = alias.operand_index(),
         .operand_index = {alias.operand_shape_index().begin(),
                           alias.operand_shape_index().end()}});
  }
  return true;
}

bool Encode(std::string_view, const ir::ResultAccuracy& value, P* proto) {
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

absl::StatusOr<bool> Decode(std::string_view, ir::ResultAccuracy* value, const P& proto) {
  const auto& in = proto.result_accuracy();
  if (in.mode() == hlo::ResultAccuracy::HIGHEST) value->mode = ir::ResultAccuracy::Mode::kHighest;
  if (!in.has_tolerance()) return true;
  value->has_tolerance = true;
  value->atol = in.tolerance().atol();
  value->rtol = in.tolerance().rtol();
  value->ulps = in.tolerance().ulps();
  return true;
}

bool Encode(std::string_view, const std::optional<int64_t>& value, P* proto) {
  if (value) proto->set_cross_program_prefetch_index(static_cast<int32_t>(*value));
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, std::optional<int64_t>* value, const P& proto) {
  if (proto.has_cross_program_prefetch_index()) *value = proto.cross_program_prefetch_index();
  return true;
}

// --- Shapes and literals -------------------------------------------------------------------------

bool Encode(std::string_view, const std::optional<ir::Shape>& value, P* proto) {
  if (value) EncodeShape(*value, proto->mutable_outfeed_shape());
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, std::optional<ir::Shape>* value, const P& proto) {
  if (!proto.has_outfeed_shape()) return true;
  EQSAT_ASSIGN_OR_RETURN(*value, DecodeShape(proto.outfeed_shape()));
  return true;
}

bool Encode(std::string_view, const std::optional<std::vector<ir::Shape>>& value, P* proto) {
  if (!value) return true;
  proto->set_constrain_layout(true);
  for (const ir::Shape& shape : *value) EncodeShape(shape, proto->add_operand_shapes_with_layout());
  return true;
}

absl::StatusOr<bool> Decode(std::string_view, std::optional<std::vector<ir::Shape>>* value,
                            const P& proto) {
  if (!proto.constrain_layout()) return true;
  value->emplace();
  for (const hlo::ShapeProto& shape : proto.operand_shapes_with_layout()) {
    EQSAT_ASSIGN_OR_RETURN(ir::Shape decoded, DecodeShape(shape));
    (*value)->push_back(std::move(decoded));
  }
  return true;
}

bool IsKnown(const ir::Literal& literal) {
  return !literal.is_unknown() && std::ranges::all_of(literal.elements(), IsKnown);
}

bool Encode(std::string_view, const std::optional<ir::Literal>& value, P* proto) {
  if (value && IsKnown(*value)) EncodeLiteral(*value, value->shape(), proto->mutable_literal());
  return !value || IsKnown(*value);
}

absl::StatusOr<bool> Decode(std::string_view, std::optional<ir::Literal>* value, const P& proto) {
  if (!proto.has_literal()) return false;
  EQSAT_ASSIGN_OR_RETURN(*value, DecodeLiteral(proto.literal()));
  return true;
}

// Attributes without a field of their own: `slice_sizes` of a collective-permute.
bool Encode(std::string_view, const std::vector<ir::DimensionVector>& value, P*) {
  return value.empty();
}

absl::StatusOr<bool> Decode(std::string_view, std::vector<ir::DimensionVector>*, const P&) {
  return false;
}

// --- All fields ----------------------------------------------------------------------------------

const hlo::Text* FindText(std::string_view name, const P& proto) {
  for (const hlo::Text& entry : proto.eqsat_text())
    if (entry.name() == name) return &entry;
  return nullptr;
}

template <typename T>
absl::Status DecodeField(std::string_view name, const P& proto, T* value) {
  EQSAT_ASSIGN_OR_RETURN(bool found, Decode(name, value, proto));
  const hlo::Text* text = found ? nullptr : FindText(name, proto);
  if (!text) return absl::OkStatus();
  TokenReader reader(text->text());
  return ParseValue(reader, value);
}

}  // namespace

void EncodeAttributes(const ir::Instruction& instruction, P* proto) {
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

absl::StatusOr<ir::Attributes> DecodeAttributes(const P& proto, ir::OpCode opcode,
                                                const ir::Shape& shape) {
  if (opcode == ir::OpCode::kConstant) {
    if (!proto.has_literal())
      return ir::ConstantAttributes{.literal = ir::Literal::Unknown(shape.WithoutLayout())};
    EQSAT_ASSIGN_OR_RETURN(ir::Literal literal, DecodeLiteral(proto.literal()));
    return ir::ConstantAttributes{.literal = std::move(literal)};
  }
  ir::Attributes attributes = GetOpInfo(opcode).attributes;
  absl::Status status;
  VisitAttributeFields(attributes, [&](std::string_view name, auto& field, ir::Presence) {
    using Field = std::decay_t<decltype(field)>;
    if constexpr (!std::is_same_v<Field, ir::Literal>) {
      if (status.ok()) status = DecodeField(name, proto, &field);
    }
  });
  if (!status.ok()) return status;
  return attributes;
}

}  // namespace eqsat::importers
