#include "importers/hlo_proto/field_tables.h"

namespace eqsat::importers {
namespace {

using P = hlo::HloInstructionProto;

template <typename Field, size_t n>
const Field* Find(const Field (&table)[n], std::string_view name) {
  for (const Field& field : table)
    if (field.name == name) return &field;
  return nullptr;
}

// SCALAR(attribute, field of the message, its type); NESTED for a field of a message in it.
#define SCALAR(name, field, Type)                      \
  {name, [](const P& p) -> Type { return p.field(); }, \
   [](P* p, Type v) { p->set_##field(static_cast<decltype(p->field())>(v)); }}
#define NESTED(name, message, field, Type)                       \
  {name, [](const P& p) -> Type { return p.message().field(); }, \
   [](P* p, Type v) { p->mutable_##message()->set_##field(v); }}
#define LIST(name, field)                                               \
  {name, [](const P& p) -> const DimensionField& { return p.field(); }, \
   [](P* p) -> DimensionField* { return p->mutable_##field(); }}
#define NESTED_LIST(name, message, field)                                         \
  {name, [](const P& p) -> const DimensionField& { return p.message().field(); }, \
   [](P* p) -> DimensionField* { return p->mutable_##message()->mutable_##field(); }}
#define RAGGED_LIST(name, field)                                              \
  {name,                                                                      \
   [](const P& p) -> const DimensionField& {                                  \
     return p.ragged_dot_dimension_numbers().dot_dimension_numbers().field(); \
   },                                                                         \
   [](P* p) -> DimensionField* {                                              \
     return p->mutable_ragged_dot_dimension_numbers()                         \
         ->mutable_dot_dimension_numbers()                                    \
         ->mutable_##field();                                                 \
   }}

int64_t FirstDimension(const P& p) { return p.dimensions_size() > 0 ? p.dimensions(0) : 0; }
void AddDimension(P* p, int64_t v) { p->add_dimensions(v); }

constexpr IntegerField kIntegers[] = {
    SCALAR("parameter_number", parameter_number, int64_t),
    {"iota_dimension", FirstDimension, AddDimension},
    SCALAR("delta", delta, int64_t),
    SCALAR("feature_group_count", feature_group_count, int64_t),
    SCALAR("batch_group_count", batch_group_count, int64_t),
    SCALAR("num_carries", num_carries, int64_t),
    SCALAR("k", k, int64_t),
    SCALAR("index", tuple_index, int64_t),
    SCALAR("channel_id", channel_id, int64_t),
    SCALAR("exponent_bits", exponent_bits, int64_t),
    SCALAR("mantissa_bits", mantissa_bits, int64_t),
    SCALAR("feature_index", feature_index, int64_t),
};
constexpr IntegerField kGatherIndexDim =
    NESTED("index_vector_dim", gather_dimension_numbers, index_vector_dim, int64_t);
constexpr IntegerField kScatterIndexDim =
    NESTED("index_vector_dim", scatter_dimension_numbers, index_vector_dim, int64_t);

constexpr FlagField kFlags[] = {
    SCALAR("is_stable", is_stable, bool),
    SCALAR("is_reverse", is_reverse, bool),
    SCALAR("largest", largest, bool),
    SCALAR("indices_are_sorted", indices_are_sorted, bool),
    SCALAR("unique_indices", unique_indices, bool),
    SCALAR("is_composite", is_composite, bool),
    SCALAR("constrain_layout", constrain_layout, bool),
    SCALAR("use_global_device_ids", use_global_device_ids, bool),
    SCALAR("has_dynamic_root", has_dynamic_root, bool),
    SCALAR("is_host_transfer", is_host_transfer, bool),
    SCALAR("custom_call_has_side_effect", custom_call_has_side_effect, bool),
    NESTED("left_side", triangular_solve_options, left_side, bool),
    NESTED("lower", triangular_solve_options, lower, bool),
    NESTED("unit_diagonal", triangular_solve_options, unit_diagonal, bool),
};
constexpr FlagField kCholeskyLower = NESTED("lower", cholesky_options, lower, bool);

#define STRING(name, field)                                          \
  {name, [](const P& p) -> const std::string& { return p.field(); }, \
   [](P* p, const std::string& v) { p->set_##field(v); }}
constexpr StringField kStrings[] = {
    STRING("custom_call_target", custom_call_target),
    STRING("async_execution_thread", async_execution_thread),
    STRING("infeed_config", infeed_config),
    STRING("outfeed_config", outfeed_config),
};

constexpr ListField kLists[] = {
    LIST("dimensions", dimensions),
    LIST("dynamic_slice_sizes", dynamic_slice_sizes),
    LIST("fft_length", fft_length),
    LIST("slice_sizes", gather_slice_sizes),
    NESTED_LIST("offset_dims", gather_dimension_numbers, offset_dims),
    NESTED_LIST("collapsed_slice_dims", gather_dimension_numbers, collapsed_slice_dims),
    NESTED_LIST("start_index_map", gather_dimension_numbers, start_index_map),
    NESTED_LIST("operand_batching_dims", gather_dimension_numbers, operand_batching_dims),
    NESTED_LIST("start_indices_batching_dims", gather_dimension_numbers,
                start_indices_batching_dims),
    NESTED_LIST("update_window_dims", scatter_dimension_numbers, update_window_dims),
    NESTED_LIST("inserted_window_dims", scatter_dimension_numbers, inserted_window_dims),
    NESTED_LIST("scatter_dims_to_operand_dims", scatter_dimension_numbers,
                scatter_dims_to_operand_dims),
    NESTED_LIST("input_batching_dims", scatter_dimension_numbers, input_batching_dims),
    NESTED_LIST("scatter_indices_batching_dims", scatter_dimension_numbers,
                scatter_indices_batching_dims),
    NESTED_LIST("lhs_batch_dims", dot_dimension_numbers, lhs_batch_dimensions),
    NESTED_LIST("lhs_contracting_dims", dot_dimension_numbers, lhs_contracting_dimensions),
    NESTED_LIST("rhs_batch_dims", dot_dimension_numbers, rhs_batch_dimensions),
    NESTED_LIST("rhs_contracting_dims", dot_dimension_numbers, rhs_contracting_dimensions),
};
constexpr ListField kRaggedLists[] = {
    RAGGED_LIST("lhs_batch_dims", lhs_batch_dimensions),
    RAGGED_LIST("lhs_contracting_dims", lhs_contracting_dimensions),
    RAGGED_LIST("rhs_batch_dims", rhs_batch_dimensions),
    RAGGED_LIST("rhs_contracting_dims", rhs_contracting_dimensions),
    NESTED_LIST("lhs_ragged_dims", ragged_dot_dimension_numbers, lhs_ragged_dimensions),
    NESTED_LIST("rhs_group_dims", ragged_dot_dimension_numbers, rhs_group_dimensions),
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
