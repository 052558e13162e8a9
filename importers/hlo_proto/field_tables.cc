#include "importers/hlo_proto/field_tables.h"

namespace eqsat::importers {
namespace {

using hlo::HloInstructionProto;

template <typename Field, size_t n>
const Field* Find(const Field (&table)[n], std::string_view name) {
  for (const Field& field : table)
    if (field.name == name) return &field;
  return nullptr;
}

// Rows: (attribute, field of the instruction, in the two spellings that protoc makes of it), or
// with the message that holds the field before it.
#define INTEGER(name, field, Field, type)                  \
  {name,                                                   \
   {.number = HloInstructionProto::k##Field##FieldNumber}, \
   IntegerField::Type::type,                               \
   [](HloInstructionProto* p, int64_t v) {                 \
     p->set_##field(static_cast<decltype(p->field())>(v)); \
   }}
#define NESTED_INTEGER(name, message, Message, field, Field) \
  {name,                                                     \
   {.outer = HloInstructionProto::k##Message##FieldNumber,   \
    .number = hlo::Message::k##Field##FieldNumber},          \
   IntegerField::Type::kInt64,                               \
   [](HloInstructionProto* p, int64_t v) { p->mutable_##message()->set_##field(v); }}
#define FLAG(name, field, Field)                           \
  {name,                                                   \
   {.number = HloInstructionProto::k##Field##FieldNumber}, \
   [](HloInstructionProto* p, bool v) { p->set_##field(v); }}
#define NESTED_FLAG(name, message, Message, field, Field)  \
  {name,                                                   \
   {.outer = HloInstructionProto::k##Message##FieldNumber, \
    .number = hlo::Message::k##Field##FieldNumber},        \
   [](HloInstructionProto* p, bool v) { p->mutable_##message()->set_##field(v); }}
#define LIST(name, field, Field)                           \
  {name,                                                   \
   {.number = HloInstructionProto::k##Field##FieldNumber}, \
   [](HloInstructionProto* p) -> DimensionField* { return p->mutable_##field(); }}
#define NESTED_LIST(name, message, Message, field, Field)  \
  {name,                                                   \
   {.outer = HloInstructionProto::k##Message##FieldNumber, \
    .number = hlo::Message::k##Field##FieldNumber},        \
   [](HloInstructionProto* p) -> DimensionField* {         \
     return p->mutable_##message()->mutable_##field();     \
   }}
#define RAGGED_LIST(name, field, Field)                                       \
  {name,                                                                      \
   {.outer = HloInstructionProto::kRaggedDotDimensionNumbersFieldNumber,      \
    .inner = hlo::RaggedDotDimensionNumbers::kDotDimensionNumbersFieldNumber, \
    .number = hlo::DotDimensionNumbers::k##Field##FieldNumber},               \
   [](HloInstructionProto* p) -> DimensionField* {                            \
     return p->mutable_ragged_dot_dimension_numbers()                         \
         ->mutable_dot_dimension_numbers()                                    \
         ->mutable_##field();                                                 \
   }}

void AddDimension(HloInstructionProto* p, int64_t v) { p->add_dimensions(v); }

constexpr IntegerField kIntegers[] = {
    INTEGER("parameter_number", parameter_number, ParameterNumber, kInt64),
    {"iota_dimension",
     {.number = HloInstructionProto::kDimensionsFieldNumber},
     IntegerField::Type::kFirstOfList,
     AddDimension},
    INTEGER("delta", delta, Delta, kInt64),
    INTEGER("feature_group_count", feature_group_count, FeatureGroupCount, kInt64),
    INTEGER("batch_group_count", batch_group_count, BatchGroupCount, kInt64),
    INTEGER("num_carries", num_carries, NumCarries, kInt64),
    INTEGER("k", k, K, kInt64),
    INTEGER("index", tuple_index, TupleIndex, kInt64),
    INTEGER("channel_id", channel_id, ChannelId, kInt64),
    INTEGER("exponent_bits", exponent_bits, ExponentBits, kInt32),
    INTEGER("mantissa_bits", mantissa_bits, MantissaBits, kInt32),
    INTEGER("feature_index", feature_index, FeatureIndex, kInt64),
};
constexpr IntegerField kGatherIndexDim =
    NESTED_INTEGER("index_vector_dim", gather_dimension_numbers, GatherDimensionNumbers,
                   index_vector_dim, IndexVectorDim);
constexpr IntegerField kScatterIndexDim =
    NESTED_INTEGER("index_vector_dim", scatter_dimension_numbers, ScatterDimensionNumbers,
                   index_vector_dim, IndexVectorDim);

constexpr FlagField kFlags[] = {
    FLAG("is_stable", is_stable, IsStable),
    FLAG("is_reverse", is_reverse, IsReverse),
    FLAG("largest", largest, Largest),
    FLAG("indices_are_sorted", indices_are_sorted, IndicesAreSorted),
    FLAG("unique_indices", unique_indices, UniqueIndices),
    FLAG("is_composite", is_composite, IsComposite),
    FLAG("constrain_layout", constrain_layout, ConstrainLayout),
    FLAG("use_global_device_ids", use_global_device_ids, UseGlobalDeviceIds),
    FLAG("has_dynamic_root", has_dynamic_root, HasDynamicRoot),
    FLAG("is_host_transfer", is_host_transfer, IsHostTransfer),
    FLAG("custom_call_has_side_effect", custom_call_has_side_effect, CustomCallHasSideEffect),
    NESTED_FLAG("left_side", triangular_solve_options, TriangularSolveOptions, left_side, LeftSide),
    NESTED_FLAG("lower", triangular_solve_options, TriangularSolveOptions, lower, Lower),
    NESTED_FLAG("unit_diagonal", triangular_solve_options, TriangularSolveOptions, unit_diagonal,
                UnitDiagonal),
};
constexpr FlagField kCholeskyLower =
    NESTED_FLAG("lower", cholesky_options, CholeskyOptions, lower, Lower);

#define STRING(name, field, Field, is_text)                \
  {name,                                                   \
   {.number = HloInstructionProto::k##Field##FieldNumber}, \
   is_text,                                                \
   [](HloInstructionProto* p, const std::string& v) { p->set_##field(v); }}
constexpr StringField kStrings[] = {
    STRING("custom_call_target", custom_call_target, CustomCallTarget, true),
    STRING("async_execution_thread", async_execution_thread, AsyncExecutionThread, true),
    STRING("infeed_config", infeed_config, InfeedConfig, false),
    STRING("outfeed_config", outfeed_config, OutfeedConfig, false),
};

constexpr ListField kLists[] = {
    LIST("dimensions", dimensions, Dimensions),
    LIST("dynamic_slice_sizes", dynamic_slice_sizes, DynamicSliceSizes),
    LIST("fft_length", fft_length, FftLength),
    LIST("slice_sizes", gather_slice_sizes, GatherSliceSizes),
    NESTED_LIST("offset_dims", gather_dimension_numbers, GatherDimensionNumbers, offset_dims,
                OffsetDims),
    NESTED_LIST("collapsed_slice_dims", gather_dimension_numbers, GatherDimensionNumbers,
                collapsed_slice_dims, CollapsedSliceDims),
    NESTED_LIST("start_index_map", gather_dimension_numbers, GatherDimensionNumbers,
                start_index_map, StartIndexMap),
    NESTED_LIST("operand_batching_dims", gather_dimension_numbers, GatherDimensionNumbers,
                operand_batching_dims, OperandBatchingDims),
    NESTED_LIST("start_indices_batching_dims", gather_dimension_numbers, GatherDimensionNumbers,
                start_indices_batching_dims, StartIndicesBatchingDims),
    NESTED_LIST("update_window_dims", scatter_dimension_numbers, ScatterDimensionNumbers,
                update_window_dims, UpdateWindowDims),
    NESTED_LIST("inserted_window_dims", scatter_dimension_numbers, ScatterDimensionNumbers,
                inserted_window_dims, InsertedWindowDims),
    NESTED_LIST("scatter_dims_to_operand_dims", scatter_dimension_numbers, ScatterDimensionNumbers,
                scatter_dims_to_operand_dims, ScatterDimsToOperandDims),
    NESTED_LIST("input_batching_dims", scatter_dimension_numbers, ScatterDimensionNumbers,
                input_batching_dims, InputBatchingDims),
    NESTED_LIST("scatter_indices_batching_dims", scatter_dimension_numbers, ScatterDimensionNumbers,
                scatter_indices_batching_dims, ScatterIndicesBatchingDims),
    NESTED_LIST("lhs_batch_dims", dot_dimension_numbers, DotDimensionNumbers, lhs_batch_dimensions,
                LhsBatchDimensions),
    NESTED_LIST("lhs_contracting_dims", dot_dimension_numbers, DotDimensionNumbers,
                lhs_contracting_dimensions, LhsContractingDimensions),
    NESTED_LIST("rhs_batch_dims", dot_dimension_numbers, DotDimensionNumbers, rhs_batch_dimensions,
                RhsBatchDimensions),
    NESTED_LIST("rhs_contracting_dims", dot_dimension_numbers, DotDimensionNumbers,
                rhs_contracting_dimensions, RhsContractingDimensions),
};
constexpr ListField kRaggedLists[] = {
    RAGGED_LIST("lhs_batch_dims", lhs_batch_dimensions, LhsBatchDimensions),
    RAGGED_LIST("lhs_contracting_dims", lhs_contracting_dimensions, LhsContractingDimensions),
    RAGGED_LIST("rhs_batch_dims", rhs_batch_dimensions, RhsBatchDimensions),
    RAGGED_LIST("rhs_contracting_dims", rhs_contracting_dimensions, RhsContractingDimensions),
    NESTED_LIST("lhs_ragged_dims", ragged_dot_dimension_numbers, RaggedDotDimensionNumbers,
                lhs_ragged_dimensions, LhsRaggedDimensions),
    NESTED_LIST("rhs_group_dims", ragged_dot_dimension_numbers, RaggedDotDimensionNumbers,
                rhs_group_dimensions, RhsGroupDimensions),
};

}  // namespace

const IntegerField* FindIntegerField(std::string_view name, std::string_view opcode) {
  if (name == "index_vector_dim") return opcode == "scatter" ? &kScatterIndexDim : &kGatherIndexDim;
  return Find(kIntegers, name);
}

const FlagField* FindFlagField(std::string_view name, std::string_view opcode) {
  if (name == "lower" && opcode == "cholesky") return &kCholeskyLower;
  return Find(kFlags, name);
}

const StringField* FindStringField(std::string_view name) { return Find(kStrings, name); }

const ListField* FindListField(std::string_view name, std::string_view opcode) {
  if (opcode == "ragged-dot") return Find(kRaggedLists, name);
  return Find(kLists, name);
}

}  // namespace eqsat::importers
