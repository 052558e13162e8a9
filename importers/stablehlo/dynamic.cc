// Operations whose sizes are operands. They become the static ones where the sizes are constants or
// follow from the stated result; else they stay, as custom calls of their own name.
#include "importers/mlir/attribute_text.h"
#include "importers/stablehlo/contraction.h"
#include "importers/stablehlo/indexed.h"
#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"
#include "ir/ops/op_info.h"

namespace eqsat::importers::stablehlo {
namespace {

absl::Status NotConstant(std::string_view what) {
  return base::Unimplemented("its %s is not a constant, so that the shape of the result is unknown",
                             what);
}

// The sizes that operand `index` gives, or those of the one result's static type.
absl::StatusOr<std::vector<int64_t>> ResultSizes(Emitter& e, const mlir::Operation& op,
                                                 size_t index) {
  if (op.operands.size() <= index) return base::InvalidArgument("operand %d is missing", index);
  if (std::optional<std::vector<int64_t>> sizes = e.ConstantInts(e.Value(op.operands[index]))) {
    return *std::move(sizes);
  }
  EQSAT_RETURN_IF_ERROR(e.status());
  if (op.results.size() == 1 && IsStatic(e.source().type(op.results[0]))) {
    const ir::DimensionVector& sizes = e.source().type(op.results[0]).dimensions();
    return std::vector<int64_t>(sizes.begin(), sizes.end());
  }
  return NotConstant("shape operand");
}

absl::StatusOr<std::vector<int64_t>> Ints(Emitter& e, const mlir::Operation& op, size_t index,
                                          std::string_view what) {
  if (op.operands.size() <= index) return base::InvalidArgument("operand %d is missing", index);
  std::optional<std::vector<int64_t>> values = e.ConstantInts(e.Value(op.operands[index]));
  EQSAT_RETURN_IF_ERROR(e.status());
  if (!values) return NotConstant(what);
  return *std::move(values);
}

// A list of sizes has one for each of `count` dimensions.
absl::Status CheckSizes(Emitter& e, const mlir::Operation& op, size_t index, size_t count) {
  if (op.operands.size() <= index) return base::InvalidArgument("operand %d is missing", index);
  const mlir::Type& type = e.source().type(op.operands[index]);
  if (!op.name.starts_with("stablehlo.") || !type.IsTensor()) return absl::OkStatus();
  if (IsStatic(type) && type.dimensions().size() == 1 &&
      type.dimensions()[0] == static_cast<int64_t>(count)) {
    return absl::OkStatus();
  }
  return base::InvalidArgument("operand %d has one number for each of %d dimensions, but is %s",
                               index, count, type.ToString());
}

size_t RankOf(Emitter& e, mlir::ValueId value) {
  const mlir::Type& type = e.source().type(value);
  return type.IsTensor() ? type.dimensions().size() : 0;
}

// Sizes that only running the program tells.
absl::Status Keep(Emitter& e, const mlir::Operation& op) {
  if (op.results.size() != 1) return base::InvalidArgument("its result is not named");
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, ShapeOf(e.source().type(op.results[0])));
  InstructionId call = e.Add(OpCode::kCustomCall, e.Operands(op),
                             ir::CustomCallAttributes{.custom_call_target = op.name}, {}, &result);
  if (!e.Ok(call)) return e.status();
  ir::Annotations notes;
  notes.backend_config = mlir::ToText(mlir::DictionaryAttribute{op.attributes});
  e.SetAnnotations(call, std::move(notes));
  e.BindResults(op, call);
  return absl::OkStatus();
}

template <Translate translate>
absl::Status OrKeep(Emitter& e, const mlir::Operation& op) {
  absl::Status status = translate(e, op);
  return absl::IsUnimplemented(status) && e.status().ok() ? Keep(e, op) : status;
}

// The dimensions that may or may not be stretched are some of the operand's.
absl::Status CheckBroadcast(Emitter& e, const mlir::Operation& op,
                            const std::vector<int64_t>& dims) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  EQSAT_RETURN_IF_ERROR(CheckSizes(e, op, 1, RankOf(e, op.results.at(0))));
  const auto rank = static_cast<int64_t>(RankOf(e, op.operands[0]));
  if (static_cast<int64_t>(dims.size()) != rank) {
    return base::InvalidArgument("broadcast_dimensions has %d entries for an operand of rank %d",
                                 dims.size(), rank);
  }
  for (std::string_view hint : {"known_expanding_dimensions", "known_nonexpanding_dimensions"}) {
    for (int64_t dim : IntsAttributeOr(op, hint, {})) {
      if (dim >= 0 && dim < rank) continue;
      return base::InvalidArgument("%s names dimension %d of an operand of rank %d", hint, dim,
                                   rank);
    }
  }
  return absl::OkStatus();
}

absl::Status DynamicBroadcastInDim(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> dims, IntsAttribute(op, "broadcast_dimensions"));
  EQSAT_RETURN_IF_ERROR(CheckBroadcast(e, op, dims));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> sizes, ResultSizes(e, op, 1));
  e.BindResults(op, e.Broadcast(e.Value(op.operands[0]), dims, sizes));
  return absl::OkStatus();
}

// The elements of a list of `count` numbers; the scalars themselves if it is made of such.
std::vector<InstructionId> Scalars(Emitter& e, InstructionId list, int64_t count) {
  std::vector<InstructionId> out;
  if (!e.Ok(list)) return out;
  if (e.mutable_instruction(list).opcode == OpCode::kConcatenate) {
    for (InstructionId part : e.mutable_instruction(list).operands) {
      const ir::Instruction& reshape = e.mutable_instruction(part);
      if (reshape.opcode != OpCode::kReshape || !e.shape(reshape.operands[0]).IsScalar()) break;
      out.push_back(reshape.operands[0]);
    }
    if (static_cast<int64_t>(out.size()) == count) return out;
    out.clear();
  }
  for (int64_t i = 0; i < count; ++i) {
    InstructionId one =
        e.Add(OpCode::kSlice, {list}, ir::SliceAttributes{.slice = {{i, i + 1, 1}}});
    out.push_back(e.Reshape(one, {}));
  }
  return out;
}

absl::Status DynamicReshape(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  EQSAT_RETURN_IF_ERROR(CheckSizes(e, op, 1, RankOf(e, op.results.at(0))));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape operand, ShapeOf(e.source().type(op.operands[0])));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, ShapeOf(e.source().type(op.results[0])));
  if (operand.element_type() != result.element_type()) {
    return base::InvalidArgument("%s is reshaped to another element type: %s", operand.ToString(),
                                 result.ToString());
  }
  if (op.results.size() == 1 && op.operands.size() >= 2) {
    EQSAT_ASSIGN_OR_RETURN(ir::Shape stated, ShapeOf(e.source().type(op.results[0])));
    if (stated.HasDynamicDimensions() && !stated.HasUnboundedDimensions() &&
        !e.ConstantInts(e.Value(op.operands[1]))) {
      // Bounded: HLO takes each size as a scalar.
      std::vector<InstructionId> operands = {e.Value(op.operands[0])};
      for (InstructionId size : Scalars(e, e.Value(op.operands[1]), stated.rank())) {
        operands.push_back(e.Convert(size, ir::ElementType::kS32));
      }
      e.BindResults(op, e.Add(OpCode::kDynamicReshape, operands, ir::NoAttributes{}, {}, &stated));
      return absl::OkStatus();
    }
  }
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> sizes, ResultSizes(e, op, 1));
  e.BindResults(op, e.Reshape(e.Value(op.operands[0]), sizes));
  return absl::OkStatus();
}

absl::Status DynamicIota(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> sizes, ResultSizes(e, op, 0));
  EQSAT_ASSIGN_OR_RETURN(int64_t dimension, IntAttribute(op, "iota_dimension"));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape stated, ShapeOf(e.source().type(op.results.at(0))));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, ir::Shape::Make(stated.element_type(), sizes));
  e.BindResults(op,
                e.Add(OpCode::kIota, {}, ir::IotaAttributes{.iota_dimension = dimension}, &result));
  return absl::OkStatus();
}

absl::Status DynamicPad(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 5));
  for (size_t i = 2; i < 5; ++i) {
    EQSAT_RETURN_IF_ERROR(CheckSizes(e, op, i, RankOf(e, op.operands[0])));
  }
  // Checked first: it may be all that is known.
  const std::optional<std::vector<int64_t>> inner = e.ConstantInts(e.Value(op.operands[4]));
  for (int64_t count : inner.value_or(std::vector<int64_t>())) {
    if (count < 0) return base::InvalidArgument("the interior padding %d is negative", count);
  }
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> low, Ints(e, op, 2, "padding"));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> high, Ints(e, op, 3, "padding"));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> interior, Ints(e, op, 4, "padding"));
  if (low.size() != high.size() || low.size() != interior.size()) {
    return base::InvalidArgument("the three lists of padding differ in length");
  }
  ir::PadAttributes attributes;
  for (size_t i = 0; i < low.size(); ++i) {
    attributes.padding.push_back({low[i], high[i], interior[i]});
  }
  e.BindResults(op, e.Add(OpCode::kPad, {e.Value(op.operands[0]), e.Value(op.operands[1])},
                          std::move(attributes)));
  return absl::OkStatus();
}

// What holds whatever the slices' sizes are: the dimension numbers fit the operands, and the result
// has the rank that they give.
absl::Status CheckDynamicGather(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(ir::Shape operand, ShapeOf(e.source().type(op.operands[0])));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape indices, ShapeOf(e.source().type(op.operands[1])));
  EQSAT_RETURN_IF_ERROR(CheckSizes(e, op, 2, operand.rank()));
  std::vector<int64_t> sizes(operand.rank(), 0);
  EQSAT_ASSIGN_OR_RETURN(ir::GatherAttributes attributes, GatherAttributesOf(op, sizes));
  for (const ir::DimensionVector* dims :
       {&attributes.collapsed_slice_dims, &attributes.operand_batching_dims}) {
    for (int64_t dim : *dims) {
      if (dim >= 0 && dim < operand.rank()) attributes.slice_sizes[dim] = 1;
    }
  }
  const ir::Shape operands[] = {operand, indices};
  const ir::Attributes of_gather = std::move(attributes);
  EQSAT_ASSIGN_OR_RETURN(ir::Shape some, ir::InferShape({OpCode::kGather, operands, of_gather}));
  const size_t rank = RankOf(e, op.results.at(0));
  if (static_cast<int64_t>(rank) == some.rank()) return absl::OkStatus();
  return base::InvalidArgument("the result is of rank %d, but the operation gives rank %d", rank,
                               some.rank());
}

absl::Status DynamicGather(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 3));
  EQSAT_RETURN_IF_ERROR(CheckDynamicGather(e, op));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> sizes, Ints(e, op, 2, "list of slice sizes"));
  EQSAT_ASSIGN_OR_RETURN(ir::GatherAttributes attributes, GatherAttributesOf(op, sizes));
  e.BindResults(op, e.Add(OpCode::kGather, {e.Value(op.operands[0]), e.Value(op.operands[1])},
                          std::move(attributes)));
  return absl::OkStatus();
}

absl::Status DynamicConv(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 3));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> padding, Ints(e, op, 2, "padding"));
  EQSAT_ASSIGN_OR_RETURN(InstructionId result,
                         AddConvolution(e, op, {e.Value(op.operands[0]), e.Value(op.operands[1])},
                                        std::move(padding)));
  e.BindResults(op, result);
  return absl::OkStatus();
}

// Constant bounds give a slice. Else a static result of steps of one is a dynamic slice.
absl::Status RealDynamicSlice(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 4));
  std::vector<InstructionId> operands = e.Operands(op);
  std::optional<std::vector<int64_t>> starts = e.ConstantInts(operands[1]);
  std::optional<std::vector<int64_t>> limits = e.ConstantInts(operands[2]);
  std::optional<std::vector<int64_t>> strides = e.ConstantInts(operands[3]);
  EQSAT_RETURN_IF_ERROR(e.status());
  if (starts && limits && strides && starts->size() == limits->size() &&
      starts->size() == strides->size()) {
    ir::SliceAttributes attributes;
    for (size_t i = 0; i < starts->size(); ++i) {
      attributes.slice.push_back({(*starts)[i], (*limits)[i], (*strides)[i]});
    }
    e.BindResults(op, e.Add(OpCode::kSlice, {operands[0]}, std::move(attributes)));
    return absl::OkStatus();
  }
  const mlir::Type& type = e.source().type(op.results.at(0));
  bool unit = strides.has_value();
  for (int64_t stride : strides.value_or(std::vector<int64_t>())) unit = unit && stride == 1;
  if (!IsStatic(type) || !unit) return NotConstant("list of bounds");
  std::vector<InstructionId> slice = {operands[0]};
  for (size_t i = 0; i < type.dimensions().size(); ++i) {
    const auto at = static_cast<int64_t>(i);
    InstructionId start =
        e.Add(OpCode::kSlice, {operands[1]}, ir::SliceAttributes{.slice = {{at, at + 1, 1}}});
    slice.push_back(e.Reshape(start, {}));
  }
  e.BindResults(op, e.Add(OpCode::kDynamicSlice, slice,
                          ir::DynamicSliceAttributes{.dynamic_slice_sizes = type.dimensions()}));
  return absl::OkStatus();
}

// `tensor.cast`: the same value, with other sizes stated.
absl::Status Cast(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  e.BindResults(op, e.Value(op.operands[0]));
  return absl::OkStatus();
}

absl::Status ShapeOfOperand(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  InstructionId operand = e.Value(op.operands[0]);
  if (!e.Ok(operand)) return e.status();
  const ir::Shape shape = e.shape(operand);
  if (shape.HasDynamicDimensions()) return NotConstant("operand's shape");
  e.BindResults(op, e.Constant(ir::Literal::FromInt64s(
                        ir::Shape(ir::ElementType::kS64, {shape.rank()}), shape.dimensions())));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> DynamicOps() {
  static constexpr OpEntry kEntries[] = {
      {"cast", Cast},
      {"dynamic_broadcast_in_dim", OrKeep<DynamicBroadcastInDim>},
      {"dynamic_conv", OrKeep<DynamicConv>},
      {"dynamic_gather", OrKeep<DynamicGather>},
      {"dynamic_iota", OrKeep<DynamicIota>},
      {"dynamic_pad", OrKeep<DynamicPad>},
      {"dynamic_reshape", OrKeep<DynamicReshape>},
      {"real_dynamic_slice", OrKeep<RealDynamicSlice>},
      {"shape_of", ShapeOfOperand},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
