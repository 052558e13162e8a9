#include "ir/interpret/sized_by_operands.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/actual_shape.h"
#include "ir/interpret/execution.h"
#include "ir/interpret/solvers/solver_call.h"

namespace eqsat::ir {
namespace {

// The integers of operand `index`; Unimplemented if there are not `count`.
absl::StatusOr<std::vector<int64_t>> Ints(const OpCall& call, size_t index, int64_t count) {
  const bool fits = index < call.operands.size() && call.operand_shape(index).IsArray() &&
                    IsInteger(call.operand_shape(index).element_type()) &&
                    call.operand_shape(index).ElementCount() == count;
  if (!fits) {
    return base::Unimplemented("%s without %d sizes as operand %d",
                               call.attr<CustomCallAttributes>().custom_call_target, count, index);
  }
  std::vector<int64_t> values;
  for (int64_t i = 0; i < count; ++i) values.push_back(call.operands[index].AsInt64(i));
  return values;
}

// Evaluates the operation of fixed sizes on `operands`, with the regions of `call`.
absl::StatusOr<Literal> Evaluate(const OpCall& call, OpCode opcode, const Attributes& attributes,
                                 absl::Span<const Literal> operands, const Shape& declared) {
  std::vector<Shape> shapes;
  for (const Literal& operand : operands) shapes.push_back(operand.shape());
  const std::vector<ProgramShape> regions = call.regions.Shapes();
  EQSAT_ASSIGN_OR_RETURN(Shape shape, InferShape({.opcode = opcode,
                                                  .operands = shapes,
                                                  .attributes = attributes,
                                                  .regions = regions,
                                                  .declared = &declared}));
  if (!IsActualShapeOf(shape, call.shape)) {
    return base::InvalidArgument("%s gives %s here, not %s", Name(opcode), shape.ToString(),
                                 call.shape.ToString());
  }
  return EvaluateCall({.opcode = opcode,
                       .attributes = attributes,
                       .shape = shape,
                       .operands = operands,
                       .regions = call.regions},
                      call.regions.execution().options());
}

absl::StatusOr<Literal> Evaluate(const OpCall& call, OpCode opcode, const Attributes& attributes,
                                 absl::Span<const Literal> operands) {
  return Evaluate(call, opcode, attributes, operands, call.shape);
}

absl::Status ExpectArray(const OpCall& call) {
  if (call.shape.IsArray() && !call.operands.empty() && call.operand_shape(0).IsArray())
    return absl::OkStatus();
  return base::Unimplemented("a result of the shape %s", call.shape.ToString());
}

absl::StatusOr<Literal> Iota(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(ExpectArray(call));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> sizes, Ints(call, 0, call.shape.rank()));
  const Shape shape(call.shape.element_type(), sizes);
  const Attributes iota =
      IotaAttributes{.iota_dimension = ConfigInteger(call.backend_config, "iota_dimension", 0)};
  return Evaluate(call, OpCode::kIota, iota, {}, shape);
}

// The numbers of `array<i64: 0, 1>` or `dense<[0, 1]> : tensor<2xi64>`.
std::vector<int64_t> ConfigIntegers(std::string_view config, std::string_view key) {
  std::string_view text = ConfigText(config, key);
  text = text.substr(0, text.find('>'));
  text.remove_prefix(std::min(text.find('<') + 1, text.size()));
  text.remove_prefix(text.starts_with("i64") ? 3 : 0);
  std::vector<int64_t> numbers;
  while (true) {
    text.remove_prefix(std::min(text.find_first_of("0123456789"), text.size()));
    if (text.empty()) return numbers;
    const char* end =
        std::from_chars(text.data(), text.data() + text.size(), numbers.emplace_back()).ptr;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
  }
}

// Dimensions of size 1 are stretched too, which HLO's broadcast does not do.
absl::StatusOr<Literal> BroadcastInDim(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(ExpectArray(call));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> sizes, Ints(call, 1, call.shape.rank()));
  const std::vector<int64_t> dims = ConfigIntegers(call.backend_config, "broadcast_dimensions");
  const Shape& operand = call.operand_shape(0);
  if (static_cast<int64_t>(dims.size()) != operand.rank())
    return base::Unimplemented("broadcast_dimensions of another rank than %s", operand.ToString());
  DimensionVector kept_dims, kept_sizes;
  for (size_t i = 0; i < dims.size(); ++i) {
    const int64_t size = operand.dimension(static_cast<int64_t>(i));
    if (dims[i] >= call.shape.rank()) return base::Unimplemented("a dimension that is not there");
    if (size == 1 && sizes[dims[i]] != 1) continue;
    kept_dims.push_back(dims[i]);
    kept_sizes.push_back(size);
  }
  const Literal value = call.operands[0].Reshaped(Shape(operand.element_type(), kept_sizes));
  return Evaluate(call, OpCode::kBroadcast, DimensionsAttributes{.dimensions = kept_dims}, {value},
                  Shape(call.shape.element_type(), sizes));
}

absl::StatusOr<Literal> Slice(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(ExpectArray(call));
  const int64_t rank = call.operand_shape(0).rank();
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> starts, Ints(call, 1, rank));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> limits, Ints(call, 2, rank));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> strides, Ints(call, 3, rank));
  SliceAttributes slice;
  for (int64_t d = 0; d < rank; ++d) slice.slice.push_back({starts[d], limits[d], strides[d]});
  return Evaluate(call, OpCode::kSlice, slice, call.operands.first(1));
}

absl::StatusOr<Literal> Pad(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(ExpectArray(call));
  const int64_t rank = call.operand_shape(0).rank();
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> low, Ints(call, 2, rank));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> high, Ints(call, 3, rank));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> interior, Ints(call, 4, rank));
  PadAttributes pad;
  for (int64_t d = 0; d < rank; ++d) pad.padding.push_back({low[d], high[d], interior[d]});
  return Evaluate(call, OpCode::kPad, pad, call.operands.first(2));
}

absl::StatusOr<Literal> TopK(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> k, Ints(call, 1, 1));
  return Evaluate(call, OpCode::kTopk, TopKAttributes{.k = k[0]}, call.operands.first(1));
}

// Operands: arrays, as many initial values, the window's sizes, strides and dilations, of the base
// and of itself, and rows of low and high padding.
absl::StatusOr<Literal> ReduceWindow(const OpCall& call) {
  constexpr size_t kLists = 5;
  if (call.operands.size() < kLists + 2 || (call.operands.size() - kLists) % 2 != 0 ||
      !call.operand_shape(0).IsArray()) {
    return base::Unimplemented("a reduction of %d operands", call.operands.size());
  }
  const size_t first = call.operands.size() - kLists;
  const int64_t rank = call.operand_shape(0).rank();
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> sizes, Ints(call, first, rank));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> strides, Ints(call, first + 1, rank));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> base_dilations, Ints(call, first + 2, rank));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> dilations, Ints(call, first + 3, rank));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> padding, Ints(call, first + 4, 2 * rank));
  WindowAttributes window;
  for (int64_t d = 0; d < rank; ++d) {
    window.window.push_back({.size = sizes[d],
                             .stride = strides[d],
                             .padding_low = padding[2 * d],
                             .padding_high = padding[2 * d + 1],
                             .window_dilation = dilations[d],
                             .base_dilation = base_dilations[d]});
  }
  return Evaluate(call, OpCode::kReduceWindow, window, call.operands.first(first));
}

absl::StatusOr<Literal> RngBitGenerator(const OpCall& call) {
  if (!call.shape.IsTuple() || call.shape.elements().size() != 2 ||
      !call.shape.element(1).IsArray() || call.operands.empty()) {
    return base::Unimplemented("random bits of the shape %s", call.shape.ToString());
  }
  const Shape& bits = call.shape.element(1);
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> sizes, Ints(call, 1, bits.rank()));
  const Shape shape = Shape::Tuple({call.operand_shape(0), Shape(bits.element_type(), sizes)});
  return Evaluate(call, OpCode::kRngBitGenerator, RngBitGeneratorAttributes{},
                  call.operands.first(1), shape);
}

// The first k of the arrays in the order of the comparator, exactly. Operands: arrays, as many
// initial values, k.
absl::StatusOr<Literal> ApproxTopK(const OpCall& call) {
  const size_t count = call.shape.IsTuple() ? call.shape.elements().size() : 1;
  if (call.operands.size() < 2 * count + 1 || !call.operand_shape(0).IsArray())
    return base::Unimplemented("a selection from %d operands", call.operands.size());
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> k, Ints(call, 2 * count, 1));
  const Shape& whole = call.operand_shape(0);
  const int64_t d = ConfigInteger(call.backend_config, "reduction_dim", 0);
  if (d < 0 || d >= whole.rank()) return base::Unimplemented("a selection along no dimension");
  const Attributes sort = SortAttributes{.dimensions = {d}, .is_stable = true};
  EQSAT_ASSIGN_OR_RETURN(Literal sorted,
                         Evaluate(call, OpCode::kSort, sort, call.operands.first(count)));
  SliceAttributes slice;
  for (int64_t i = 0; i < whole.rank(); ++i)
    slice.slice.push_back({.limit = i == d ? k[0] : whole.dimension(i)});
  std::vector<Literal> firsts;
  for (size_t i = 0; i < count; ++i) {
    const Literal& one = count == 1 ? sorted : sorted.elements()[i];
    Shape shape = one.shape();
    DimensionVector sizes(shape.dimensions().begin(), shape.dimensions().end());
    sizes[d] = k[0];
    EQSAT_ASSIGN_OR_RETURN(firsts.emplace_back(),
                           EvaluateOp(OpCode::kSlice, slice, Shape(shape.element_type(), sizes),
                                      absl::MakeConstSpan(&one, 1)));
  }
  return call.shape.IsTuple() ? Literal::Tuple(std::move(firsts)) : firsts[0];
}

}  // namespace

EvaluateFn SizedByOperands(std::string_view target) {
  static const auto* const kOperations = new std::map<std::string_view, EvaluateFn>{
      {"dynamic_approx_top_k", ApproxTopK},
      {"dynamic_broadcast_in_dim", BroadcastInDim},
      {"dynamic_iota", Iota},
      {"dynamic_pad", Pad},
      {"dynamic_reduce_window", ReduceWindow},
      {"dynamic_rng_bit_generator", RngBitGenerator},
      {"dynamic_top_k", TopK},
      {"real_dynamic_slice", Slice},
  };
  constexpr std::string_view kDialect = "stablehlo.";
  if (!target.starts_with(kDialect)) return nullptr;
  auto found = kOperations->find(target.substr(kDialect.size()));
  return found == kOperations->end() ? nullptr : found->second;
}

}  // namespace eqsat::ir
