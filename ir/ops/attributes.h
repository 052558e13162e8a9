// The attributes of every op, as typed structs.
//
// Each struct lists its fields once, in VisitFields(self, visit): visit(text name, field,
// Presence). Equality, hashing, HLO text, protos and JSON are made from that listing. A field that
// equals its default is not printed unless it is required.
#ifndef EQSAT_IR_OPS_ATTRIBUTES_H_
#define EQSAT_IR_OPS_ATTRIBUTES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/hash/hash.h"
#include "ir/ops/attribute_types.h"
#include "ir/shape/literal.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {

enum class Presence : uint8_t {
  kRequired,    // an error to leave out
  kOptional,    // the default when left out
  kShown,       // the default when left out, but printed even then
  kPositional,  // stands between the parentheses in text: parameter(0), constant(1)
};

// The system's Abseil does not hash std::optional.
template <typename H, typename T>
H HashField(H h, const T& field) {
  return H::combine(std::move(h), field);
}
template <typename H, typename T>
H HashField(H h, const std::optional<T>& field) {
  h = H::combine(std::move(h), field.has_value());
  return field ? H::combine(std::move(h), *field) : std::move(h);
}

// Declares a struct's fields: EQSAT_FIELDS(Struct, visit("name", self.field, Presence::k…); …)
#define EQSAT_FIELDS(Struct, ...)                                                          \
  bool operator==(const Struct&) const = default;                                          \
  template <typename Self, typename Visitor>                                               \
  static void VisitFields([[maybe_unused]] Self& self, [[maybe_unused]] Visitor&& visit) { \
    __VA_ARGS__                                                                            \
  }                                                                                        \
  template <typename H>                                                                    \
  friend H AbslHashValue(H h, const Struct& s) {                                           \
    VisitFields(s, [&h](std::string_view, const auto& field, Presence) {                   \
      h = HashField(std::move(h), field);                                                  \
    });                                                                                    \
    return h;                                                                              \
  }

struct NoAttributes {
  EQSAT_FIELDS(NoAttributes, )
};

// acos … tanh
struct AccuracyAttributes {
  ResultAccuracy result_accuracy;
  EQSAT_FIELDS(AccuracyAttributes,
               visit("result_accuracy", self.result_accuracy, Presence::kOptional);)
};

struct CompareAttributes {
  ComparisonDirection direction = ComparisonDirection::kEq;
  ComparisonType type = ComparisonType::kDefault;
  EQSAT_FIELDS(CompareAttributes, visit("direction", self.direction, Presence::kRequired);
               visit("type", self.type, Presence::kOptional);)
};

struct ParameterAttributes {
  int64_t number = 0;
  EQSAT_FIELDS(ParameterAttributes, visit("parameter_number", self.number, Presence::kPositional);)
};

struct ConstantAttributes {
  Literal literal;
  EQSAT_FIELDS(ConstantAttributes, visit("literal", self.literal, Presence::kPositional);)
};

struct IotaAttributes {
  int64_t iota_dimension = 0;
  EQSAT_FIELDS(IotaAttributes, visit("iota_dimension", self.iota_dimension, Presence::kRequired);)
};

struct RngStateAttributes {
  int64_t delta = 0;
  EQSAT_FIELDS(RngStateAttributes, visit("delta", self.delta, Presence::kRequired);)
};

// broadcast (operand dimension i becomes result dimension dimensions[i]), transpose (result
// dimension i is operand dimension dimensions[i]), reverse, concatenate (one), reduce, map,
// get-dimension-size and set-dimension-size (one)
struct DimensionsAttributes {
  DimensionVector dimensions;
  EQSAT_FIELDS(DimensionsAttributes, visit("dimensions", self.dimensions, Presence::kShown);)
};

struct ReshapeAttributes {
  int64_t inferred_dimension = -1;
  EQSAT_FIELDS(ReshapeAttributes,
               visit("inferred_dimension", self.inferred_dimension, Presence::kOptional);)
};

struct SliceAttributes {
  std::vector<SliceRange> slice;
  EQSAT_FIELDS(SliceAttributes, visit("slice", self.slice, Presence::kRequired);)
};

struct PadAttributes {
  std::vector<PaddingDimension> padding;
  EQSAT_FIELDS(PadAttributes, visit("padding", self.padding, Presence::kRequired);)
};

struct DynamicSliceAttributes {
  DimensionVector dynamic_slice_sizes;
  EQSAT_FIELDS(DynamicSliceAttributes,
               visit("dynamic_slice_sizes", self.dynamic_slice_sizes, Presence::kRequired);)
};

// dot, scaled-dot. Result dimensions: batch, then free lhs, then free rhs.
struct DotAttributes {
  DimensionVector lhs_batch_dims;
  DimensionVector lhs_contracting_dims;
  DimensionVector rhs_batch_dims;
  DimensionVector rhs_contracting_dims;
  std::vector<Precision> operand_precision;  // empty: all default
  std::string algorithm;                     // empty: unset
  EQSAT_FIELDS(DotAttributes, visit("lhs_batch_dims", self.lhs_batch_dims, Presence::kOptional);
               visit("lhs_contracting_dims", self.lhs_contracting_dims, Presence::kOptional);
               visit("rhs_batch_dims", self.rhs_batch_dims, Presence::kOptional);
               visit("rhs_contracting_dims", self.rhs_contracting_dims, Presence::kOptional);
               visit("operand_precision", self.operand_precision, Presence::kOptional);
               visit("algorithm", self.algorithm, Presence::kOptional);)
};

struct RaggedDotAttributes {
  DimensionVector lhs_batch_dims;
  DimensionVector lhs_contracting_dims;
  DimensionVector rhs_batch_dims;
  DimensionVector rhs_contracting_dims;
  DimensionVector lhs_ragged_dims;
  DimensionVector rhs_group_dims;
  std::vector<Precision> operand_precision;
  std::string algorithm;
  EQSAT_FIELDS(RaggedDotAttributes,
               visit("lhs_batch_dims", self.lhs_batch_dims, Presence::kOptional);
               visit("lhs_contracting_dims", self.lhs_contracting_dims, Presence::kOptional);
               visit("rhs_batch_dims", self.rhs_batch_dims, Presence::kOptional);
               visit("rhs_contracting_dims", self.rhs_contracting_dims, Presence::kOptional);
               visit("lhs_ragged_dims", self.lhs_ragged_dims, Presence::kRequired);
               visit("rhs_group_dims", self.rhs_group_dims, Presence::kOptional);
               visit("operand_precision", self.operand_precision, Presence::kOptional);
               visit("algorithm", self.algorithm, Presence::kOptional);)
};

struct ConvolutionAttributes {
  Window window;
  ConvolutionDimensions dim_labels;
  int64_t feature_group_count = 1;
  int64_t batch_group_count = 1;
  std::vector<Precision> operand_precision;
  std::string algorithm;
  std::string convolution_kind;
  std::string sparsity_config;
  EQSAT_FIELDS(ConvolutionAttributes, visit("window", self.window, Presence::kOptional);
               visit("dim_labels", self.dim_labels, Presence::kRequired);
               visit("feature_group_count", self.feature_group_count, Presence::kOptional);
               visit("batch_group_count", self.batch_group_count, Presence::kOptional);
               visit("operand_precision", self.operand_precision, Presence::kOptional);
               visit("algorithm", self.algorithm, Presence::kOptional);
               visit("convolution_kind", self.convolution_kind, Presence::kOptional);
               visit("sparsity_config", self.sparsity_config, Presence::kOptional);)
};

// reduce-window, select-and-scatter
struct WindowAttributes {
  Window window;
  EQSAT_FIELDS(WindowAttributes, visit("window", self.window, Presence::kOptional);)
};

struct ScanAttributes {
  DimensionVector dimensions;
  int64_t num_carries = 0;
  bool is_reverse = false;
  bool is_associative = false;
  EQSAT_FIELDS(ScanAttributes, visit("dimensions", self.dimensions, Presence::kRequired);
               visit("num_carries", self.num_carries, Presence::kRequired);
               visit("is_reverse", self.is_reverse, Presence::kOptional);
               visit("is_associative", self.is_associative, Presence::kOptional);)
};

struct SortAttributes {
  DimensionVector dimensions;
  bool is_stable = false;
  EQSAT_FIELDS(SortAttributes, visit("dimensions", self.dimensions, Presence::kRequired);
               visit("is_stable", self.is_stable, Presence::kOptional);)
};

struct TopKAttributes {
  int64_t k = 0;
  bool largest = true;
  bool is_stable = false;
  EQSAT_FIELDS(TopKAttributes, visit("k", self.k, Presence::kRequired);
               visit("largest", self.largest, Presence::kOptional);
               visit("is_stable", self.is_stable, Presence::kOptional);)
};

struct GatherAttributes {
  DimensionVector offset_dims;
  DimensionVector collapsed_slice_dims;
  DimensionVector start_index_map;
  DimensionVector operand_batching_dims;
  DimensionVector start_indices_batching_dims;
  int64_t index_vector_dim = 0;
  DimensionVector slice_sizes;
  bool indices_are_sorted = false;
  EQSAT_FIELDS(GatherAttributes, visit("offset_dims", self.offset_dims, Presence::kRequired);
               visit("collapsed_slice_dims", self.collapsed_slice_dims, Presence::kRequired);
               visit("start_index_map", self.start_index_map, Presence::kRequired);
               visit("operand_batching_dims", self.operand_batching_dims, Presence::kOptional);
               visit("start_indices_batching_dims", self.start_indices_batching_dims,
                     Presence::kOptional);
               visit("index_vector_dim", self.index_vector_dim, Presence::kRequired);
               visit("slice_sizes", self.slice_sizes, Presence::kRequired);
               visit("indices_are_sorted", self.indices_are_sorted, Presence::kOptional);)
};

struct ScatterAttributes {
  DimensionVector update_window_dims;
  DimensionVector inserted_window_dims;
  DimensionVector scatter_dims_to_operand_dims;
  DimensionVector input_batching_dims;
  DimensionVector scatter_indices_batching_dims;
  int64_t index_vector_dim = 0;
  bool indices_are_sorted = false;
  bool unique_indices = false;
  EQSAT_FIELDS(ScatterAttributes,
               visit("update_window_dims", self.update_window_dims, Presence::kRequired);
               visit("inserted_window_dims", self.inserted_window_dims, Presence::kRequired);
               visit("scatter_dims_to_operand_dims", self.scatter_dims_to_operand_dims,
                     Presence::kRequired);
               visit("input_batching_dims", self.input_batching_dims, Presence::kOptional);
               visit("scatter_indices_batching_dims", self.scatter_indices_batching_dims,
                     Presence::kOptional);
               visit("index_vector_dim", self.index_vector_dim, Presence::kRequired);
               visit("indices_are_sorted", self.indices_are_sorted, Presence::kOptional);
               visit("unique_indices", self.unique_indices, Presence::kOptional);)
};

struct CallAttributes {
  bool is_composite = false;
  EQSAT_FIELDS(CallAttributes, visit("is_composite", self.is_composite, Presence::kOptional);)
};

struct FusionAttributes {
  FusionKind kind = FusionKind::kLoop;
  std::vector<OutputOperandAlias> output_to_operand_aliasing;
  EQSAT_FIELDS(FusionAttributes, visit("kind", self.kind, Presence::kRequired);
               visit("output_to_operand_aliasing", self.output_to_operand_aliasing,
                     Presence::kOptional);)
};

struct GetTupleElementAttributes {
  int64_t index = 0;
  EQSAT_FIELDS(GetTupleElementAttributes, visit("index", self.index, Presence::kRequired);)
};

// all-reduce, all-reduce-start
struct AllReduceAttributes {
  int64_t channel_id = 0;  // 0: none
  ReplicaGroups replica_groups;
  bool constrain_layout = false;
  bool use_global_device_ids = false;
  std::string mode;
  EQSAT_FIELDS(AllReduceAttributes, visit("channel_id", self.channel_id, Presence::kOptional);
               visit("replica_groups", self.replica_groups, Presence::kShown);
               visit("constrain_layout", self.constrain_layout, Presence::kOptional);
               visit("use_global_device_ids", self.use_global_device_ids, Presence::kOptional);
               visit("mode", self.mode, Presence::kOptional);)
};

// all-gather(-start), reduce-scatter, all-to-all: along one dimension (all-to-all: at most one)
struct GatherScatterCollectiveAttributes {
  int64_t channel_id = 0;
  ReplicaGroups replica_groups;
  bool constrain_layout = false;
  DimensionVector dimensions;
  bool use_global_device_ids = false;
  std::string mode;
  EQSAT_FIELDS(GatherScatterCollectiveAttributes,
               visit("channel_id", self.channel_id, Presence::kOptional);
               visit("replica_groups", self.replica_groups, Presence::kShown);
               visit("constrain_layout", self.constrain_layout, Presence::kOptional);
               visit("dimensions", self.dimensions, Presence::kOptional);
               visit("use_global_device_ids", self.use_global_device_ids, Presence::kOptional);
               visit("mode", self.mode, Presence::kOptional);)
};

// collective-broadcast, ragged-all-to-all
struct GroupCollectiveAttributes {
  int64_t channel_id = 0;
  ReplicaGroups replica_groups;
  bool use_global_device_ids = false;
  bool has_dynamic_root = false;
  EQSAT_FIELDS(GroupCollectiveAttributes, visit("channel_id", self.channel_id, Presence::kOptional);
               visit("replica_groups", self.replica_groups, Presence::kShown);
               visit("use_global_device_ids", self.use_global_device_ids, Presence::kOptional);
               visit("has_dynamic_root", self.has_dynamic_root, Presence::kOptional);)
};

struct CollectivePermuteAttributes {
  int64_t channel_id = 0;
  std::vector<SourceTarget> source_target_pairs;
  std::vector<DimensionVector> slice_sizes;
  EQSAT_FIELDS(CollectivePermuteAttributes,
               visit("channel_id", self.channel_id, Presence::kOptional);
               visit("source_target_pairs", self.source_target_pairs, Presence::kRequired);
               visit("slice_sizes", self.slice_sizes, Presence::kOptional);)
};

// send, recv, send-done, recv-done
struct TransferAttributes {
  int64_t channel_id = 0;
  bool is_host_transfer = false;
  EQSAT_FIELDS(TransferAttributes, visit("channel_id", self.channel_id, Presence::kOptional);
               visit("is_host_transfer", self.is_host_transfer, Presence::kOptional);)
};

struct InfeedAttributes {
  std::string infeed_config;
  EQSAT_FIELDS(InfeedAttributes, visit("infeed_config", self.infeed_config, Presence::kOptional);)
};

struct OutfeedAttributes {
  std::optional<Shape> outfeed_shape;
  std::string outfeed_config;
  EQSAT_FIELDS(OutfeedAttributes, visit("outfeed_shape", self.outfeed_shape, Presence::kOptional);
               visit("outfeed_config", self.outfeed_config, Presence::kOptional);)
};

struct CopyStartAttributes {
  std::optional<int64_t> cross_program_prefetch_index;
  EQSAT_FIELDS(CopyStartAttributes, visit("cross_program_prefetch_index",
                                          self.cross_program_prefetch_index, Presence::kOptional);)
};

// The text of `domain={kind="sharding", entry={…}, exit={…}}`, braces included.
struct DomainAttributes {
  std::string domain;
  EQSAT_FIELDS(DomainAttributes, visit("domain", self.domain, Presence::kRequired);)
};

// async-start, async-update, async-done
struct AsyncAttributes {
  std::string async_execution_thread;
  std::vector<OutputOperandAlias> output_to_operand_aliasing;
  EQSAT_FIELDS(AsyncAttributes,
               visit("async_execution_thread", self.async_execution_thread, Presence::kOptional);
               visit("output_to_operand_aliasing", self.output_to_operand_aliasing,
                     Presence::kOptional);)
};

struct CholeskyAttributes {
  bool lower = false;
  EQSAT_FIELDS(CholeskyAttributes, visit("lower", self.lower, Presence::kOptional);)
};

struct TriangularSolveAttributes {
  bool left_side = false;
  bool lower = false;
  bool unit_diagonal = false;
  TransposeKind transpose_a = TransposeKind::kInvalid;
  EQSAT_FIELDS(TriangularSolveAttributes, visit("left_side", self.left_side, Presence::kOptional);
               visit("lower", self.lower, Presence::kOptional);
               visit("unit_diagonal", self.unit_diagonal, Presence::kOptional);
               visit("transpose_a", self.transpose_a, Presence::kOptional);)
};

struct FftAttributes {
  FftType fft_type = FftType::kFft;
  DimensionVector fft_length;
  EQSAT_FIELDS(FftAttributes, visit("fft_type", self.fft_type, Presence::kRequired);
               visit("fft_length", self.fft_length, Presence::kRequired);)
};

struct RngAttributes {
  RandomDistribution distribution = RandomDistribution::kInvalid;
  EQSAT_FIELDS(RngAttributes, visit("distribution", self.distribution, Presence::kRequired);)
};

struct RngBitGeneratorAttributes {
  RandomAlgorithm algorithm = RandomAlgorithm::kDefault;
  EQSAT_FIELDS(RngBitGeneratorAttributes, visit("algorithm", self.algorithm, Presence::kRequired);)
};

struct ReducePrecisionAttributes {
  int64_t exponent_bits = 0;
  int64_t mantissa_bits = 0;
  EQSAT_FIELDS(ReducePrecisionAttributes,
               visit("exponent_bits", self.exponent_bits, Presence::kRequired);
               visit("mantissa_bits", self.mantissa_bits, Presence::kRequired);)
};

struct BatchNormAttributes {
  double epsilon = 0;
  int64_t feature_index = 0;
  EQSAT_FIELDS(BatchNormAttributes, visit("epsilon", self.epsilon, Presence::kRequired);
               visit("feature_index", self.feature_index, Presence::kRequired);)
};

struct CustomCallAttributes {
  std::string custom_call_target;
  Window window;
  std::optional<ConvolutionDimensions> dim_labels;
  int64_t feature_group_count = 1;
  int64_t batch_group_count = 1;
  std::optional<std::vector<Shape>> operand_layout_constraints;
  bool custom_call_has_side_effect = false;
  std::vector<OutputOperandAlias> output_to_operand_aliasing;
  PaddingType padding_type = PaddingType::kInvalid;
  std::optional<Literal> literal;
  std::vector<Precision> operand_precision;
  std::string algorithm;
  CustomCallSchedule schedule = CustomCallSchedule::kNone;
  CustomCallApiVersion api_version = CustomCallApiVersion::kOriginal;
  EQSAT_FIELDS(
      CustomCallAttributes, visit("window", self.window, Presence::kOptional);
      visit("dim_labels", self.dim_labels, Presence::kOptional);
      visit("feature_group_count", self.feature_group_count, Presence::kOptional);
      visit("batch_group_count", self.batch_group_count, Presence::kOptional);
      visit("custom_call_target", self.custom_call_target, Presence::kRequired);
      visit("operand_layout_constraints", self.operand_layout_constraints, Presence::kOptional);
      visit("custom_call_has_side_effect", self.custom_call_has_side_effect, Presence::kOptional);
      visit("output_to_operand_aliasing", self.output_to_operand_aliasing, Presence::kOptional);
      visit("padding_type", self.padding_type, Presence::kOptional);
      visit("literal", self.literal, Presence::kOptional);
      visit("operand_precision", self.operand_precision, Presence::kOptional);
      visit("algorithm", self.algorithm, Presence::kOptional);
      visit("schedule", self.schedule, Presence::kOptional);
      visit("api_version", self.api_version, Presence::kOptional);)
};

using Attributes = std::variant<
    NoAttributes, AccuracyAttributes, CompareAttributes, ParameterAttributes, ConstantAttributes,
    IotaAttributes, RngStateAttributes, DimensionsAttributes, ReshapeAttributes, SliceAttributes,
    PadAttributes, DynamicSliceAttributes, DotAttributes, RaggedDotAttributes,
    ConvolutionAttributes, WindowAttributes, ScanAttributes, SortAttributes, TopKAttributes,
    GatherAttributes, ScatterAttributes, CallAttributes, FusionAttributes,
    GetTupleElementAttributes, AllReduceAttributes, GatherScatterCollectiveAttributes,
    GroupCollectiveAttributes, CollectivePermuteAttributes, TransferAttributes, InfeedAttributes,
    OutfeedAttributes, CopyStartAttributes, DomainAttributes, AsyncAttributes, CholeskyAttributes,
    TriangularSolveAttributes, FftAttributes, RngAttributes, RngBitGeneratorAttributes,
    ReducePrecisionAttributes, BatchNormAttributes, CustomCallAttributes>;

// Defined in one file: what it needs of every struct is much to compile.
size_t HashOf(const Attributes& attributes);

// Calls visit(name, field, presence) for each field of whichever struct `attributes` holds. Works
// on const and on mutable Attributes.
template <typename AttributesType, typename Visitor>
void VisitAttributeFields(AttributesType& attributes, Visitor&& visit) {
  std::visit([&](auto& fields) { std::decay_t<decltype(fields)>::VisitFields(fields, visit); },
             attributes);
}

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_ATTRIBUTES_H_
