#include "importers/stablehlo/quantized_types.h"

#include <algorithm>
#include <string_view>

#include "importers/stablehlo/op_table.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/shape/float_format.h"

namespace eqsat::importers::stablehlo {
namespace {

using mlir::Operation;
using mlir::Quantization;
using mlir::Type;

// The operations of StableHLO whose values may be quantized along a dimension; those of the others
// have one scale.
constexpr std::string_view kPerAxis[] = {
    "add",
    "bitcast_convert",
    "broadcast_in_dim",
    "case",
    "composite",
    "constant",
    "convolution",
    "custom_call",
    "dot",
    "dot_general",
    "dynamic_broadcast_in_dim",
    "dynamic_conv",
    "dynamic_reshape",
    "get_dimension_size",
    "get_tuple_element",
    "if",
    "infeed",
    "outfeed",
    "recv",
    "reshape",
    "return",
    "send",
    "transpose",
    "tuple",
    "uniform_dequantize",
    "uniform_quantize",
    "while",
};

// Those whose quantized operands and results are all of one storage and one expressed type.
constexpr std::string_view kOneStorage[] = {
    "abs",
    "add",
    "atan2",
    "broadcast_in_dim",
    "cbrt",
    "ceil",
    "cholesky",
    "clamp",
    "concatenate",
    "cosine",
    "divide",
    "dynamic_broadcast_in_dim",
    "dynamic_pad",
    "dynamic_reshape",
    "exponential",
    "exponential_minus_one",
    "floor",
    "gather",
    "log",
    "log_plus_one",
    "logistic",
    "maximum",
    "minimum",
    "multiply",
    "negate",
    "pad",
    "power",
    "remainder",
    "reshape",
    "reverse",
    "rsqrt",
    "select",
    "sign",
    "sine",
    "slice",
    "sqrt",
    "subtract",
    "tan",
    "tanh",
    "transpose",
    // CHLO
    "broadcast_add",
    "broadcast_divide",
    "broadcast_maximum",
    "broadcast_minimum",
    "broadcast_multiply",
    "broadcast_subtract",
};

template <size_t n>
bool IsAmong(const std::string_view (&names)[n], std::string_view name) {
  return std::ranges::find(names, name) != std::end(names);
}

bool IsPerAxis(const Quantization& q) { return q.axes.size() == 1 && q.block_sizes[0] == 0; }

// By blocks along dimensions: what operations ask of such types is not specified.
bool IsByBlocks(const Type& type) {
  const Quantization* q = QuantizationOf(type);
  return q != nullptr && !q->axes.empty() && !IsPerAxis(*q);
}

// The one quantized dimension; -1 if the tensor has one scale.
int64_t AxisOf(const Quantization& q) { return IsPerAxis(q) ? q.axes[0] : -1; }

int64_t SizeOf(const Type& type, int64_t dim) {
  const bool known =
      type.IsTensor() && dim >= 0 && dim < static_cast<int64_t>(type.dimensions().size());
  return known ? type.dimensions()[dim] : Type::kDynamic;
}

bool Differ(int64_t a, int64_t b) { return a != Type::kDynamic && b != Type::kDynamic && a != b; }

absl::Status VerifyType(const Type& type) {
  const Quantization* q = QuantizationOf(type);
  if (q == nullptr) return absl::OkStatus();
  if (!ir::IsFloat(q->expressed)) {
    return base::InvalidArgument("%s expresses no floats", type.ToString());
  }
  const ir::FloatFormat& format = ir::FormatOf(q->expressed);
  const double smallest = ir::DecodeFloat(format, 1);
  const double largest = ir::DecodeFloat(format, ir::LargestFiniteBits(format));
  for (double scale : q->scales) {
    if (scale >= smallest && scale <= largest) continue;
    return base::InvalidArgument("the scale %g of %s is out of the range of %s", scale,
                                 type.ToString(), ir::Name(q->expressed));
  }
  for (int64_t zero : q->zero_points) {
    if (zero >= q->storage_min && zero <= q->storage_max) continue;
    return base::InvalidArgument("the zero point %d of %s is not in [%d, %d]", zero,
                                 type.ToString(), q->storage_min, q->storage_max);
  }
  if (!IsPerAxis(*q)) return absl::OkStatus();
  const auto scales = static_cast<int64_t>(q->scales.size());
  const auto rank = static_cast<int64_t>(type.IsTensor() ? type.dimensions().size() : 0);
  if (type.IsTensor() && AxisOf(*q) >= rank) {
    return base::InvalidArgument("%s is quantized along dimension %d of %d", type.ToString(),
                                 AxisOf(*q), rank);
  }
  if (Differ(SizeOf(type, AxisOf(*q)), scales)) {
    return base::InvalidArgument("%s has %d scales for a dimension of size %d", type.ToString(),
                                 scales, SizeOf(type, AxisOf(*q)));
  }
  return absl::OkStatus();
}

// The types of an operation, under the names that its constraints give them.
struct OperationTypes {
  std::vector<Type> operands;
  std::vector<Type> results;

  const Type& operand(size_t i) const { return operands[i]; }
  const Type& result() const { return results[0]; }
};

absl::Status SameScales(const Type& a, const Type& b) {
  const Quantization &x = *QuantizationOf(a), &y = *QuantizationOf(b);
  if (x.scales == y.scales && x.zero_points == y.zero_points) return absl::OkStatus();
  return base::InvalidArgument("the scales and zero points of %s and of %s must be the same",
                               a.ToString(), b.ToString());
}

absl::Status SameAxis(const Type& operand, int64_t expected, const Type& result) {
  const int64_t axis = AxisOf(*QuantizationOf(result));
  if (axis == expected) return absl::OkStatus();
  return base::InvalidArgument("%s becomes %s, which is quantized along dimension %d, not %d",
                               operand.ToString(), result.ToString(), axis, expected);
}

absl::Status VerifyTranspose(const OperationTypes& types, const Operation& op) {
  const Type &operand = types.operand(0), &result = types.result();
  EQSAT_RETURN_IF_ERROR(SameScales(operand, result));
  const int64_t axis = AxisOf(*QuantizationOf(result));
  const std::vector<int64_t> permutation = IntsAttributeOr(op, "permutation", {});
  if (axis < 0 || axis >= static_cast<int64_t>(permutation.size())) {
    return SameAxis(operand, AxisOf(*QuantizationOf(operand)), result);
  }
  if (permutation[axis] == AxisOf(*QuantizationOf(operand))) return absl::OkStatus();
  return base::InvalidArgument(
      "dimension %d of the result, which is quantized, comes from dimension %d of %s", axis,
      permutation[axis], operand.ToString());
}

// The elements before a dimension; kDynamic if they cannot be told.
int64_t ElementsBefore(const Type& type, int64_t dim) {
  int64_t count = 1;
  for (int64_t d = 0; d < dim; ++d) {
    const int64_t size = SizeOf(type, d);
    if (size == Type::kDynamic || __builtin_mul_overflow(count, size, &count)) {
      return Type::kDynamic;
    }
  }
  return count;
}

absl::Status VerifyReshape(const OperationTypes& types, const Operation&) {
  const Type &operand = types.operand(0), &result = types.result();
  const int64_t from = AxisOf(*QuantizationOf(operand)), to = AxisOf(*QuantizationOf(result));
  if ((from < 0) != (to < 0)) return SameAxis(operand, from, result);
  if (from >= 0 && (Differ(SizeOf(operand, from), SizeOf(result, to)) ||
                    Differ(ElementsBefore(operand, from), ElementsBefore(result, to)))) {
    return base::InvalidArgument("the quantized dimension %d of %s is not dimension %d of %s", from,
                                 operand.ToString(), to, result.ToString());
  }
  return SameScales(operand, result);
}

// A quantized dimension of size 1 repeats its scale.
absl::Status VerifyBroadcast(const OperationTypes& types, const Operation& op) {
  const Type &operand = types.operand(0), &result = types.result();
  const Quantization &from = *QuantizationOf(operand), &to = *QuantizationOf(result);
  const int64_t axis = AxisOf(from);
  if (axis < 0) {
    EQSAT_RETURN_IF_ERROR(SameAxis(operand, axis, result));
    return SameScales(operand, result);
  }
  const std::vector<int64_t> dims = IntsAttributeOr(op, "broadcast_dimensions", {});
  if (axis < static_cast<int64_t>(dims.size())) {
    EQSAT_RETURN_IF_ERROR(SameAxis(operand, dims[axis], result));
  }
  if (SizeOf(operand, axis) != 1) return SameScales(operand, result);
  auto is = [](auto value) { return [value](auto other) { return other == value; }; };
  if (std::ranges::all_of(to.scales, is(from.scales[0])) &&
      std::ranges::all_of(to.zero_points, is(from.zero_points[0]))) {
    return absl::OkStatus();
  }
  return base::InvalidArgument("the scales and zero points of %s must repeat those of %s",
                               result.ToString(), operand.ToString());
}

absl::Status VerifyAdd(const OperationTypes& types, const Operation&) {
  for (const Type& operand : types.operands) {
    const Quantization* q = QuantizationOf(operand);
    if (q != nullptr && AxisOf(*q) >= 0) {
      EQSAT_RETURN_IF_ERROR(SameAxis(operand, AxisOf(*q), types.result()));
    }
  }
  return absl::OkStatus();
}

// Constraints that dots and convolutions share: the right side is quantized, the left one and the
// result are both or neither.
absl::Status VerifyContraction(const OperationTypes& types) {
  const Type &lhs = types.operand(0), &rhs = types.operand(1), &result = types.result();
  const Quantization *l = QuantizationOf(lhs), *r = QuantizationOf(rhs),
                     *out = QuantizationOf(result);
  if (r == nullptr || (l == nullptr) != (out == nullptr)) {
    return base::InvalidArgument(
        "of %s, %s and the result %s the second must be quantized, and the others both or neither",
        lhs.ToString(), rhs.ToString(), result.ToString());
  }
  if (l == nullptr) {
    for (const Type& type : {lhs, result}) {
      if (!type.IsTensor() || type.element_type() == Type::Element(r->expressed)) continue;
      return base::InvalidArgument("%s expresses %s, but stands beside %s", rhs.ToString(),
                                   ir::Name(r->expressed), type.ToString());
    }
    return absl::OkStatus();
  }
  if (l->storage != r->storage) {
    return base::InvalidArgument("%s and %s are of different storage", lhs.ToString(),
                                 rhs.ToString());
  }
  if (l->expressed != r->expressed || l->expressed != out->expressed) {
    return base::InvalidArgument("%s, %s and the result %s express different types", lhs.ToString(),
                                 rhs.ToString(), result.ToString());
  }
  if (AxisOf(*r) < 0 && AxisOf(*out) >= 0) {
    return base::InvalidArgument("the result %s has a scale for each place, but %s has one",
                                 result.ToString(), rhs.ToString());
  }
  return absl::OkStatus();
}

absl::Status VerifyConvolution(const OperationTypes& types, const Operation& op) {
  EQSAT_RETURN_IF_ERROR(VerifyContraction(types));
  EQSAT_ASSIGN_OR_RETURN(const mlir::DialectAttribute* numbers,
                         StructAttribute(op, "dimension_numbers"));
  auto axis_is = [numbers](const Type& type, std::string_view name) -> absl::Status {
    const Quantization* q = QuantizationOf(type);
    const mlir::Attribute* value = mlir::Find(numbers->parameters, name);
    if (q == nullptr || AxisOf(*q) < 0 || value == nullptr || value->AsInt() == AxisOf(*q)) {
      return absl::OkStatus();
    }
    return base::InvalidArgument("%s is quantized along dimension %d, but %s is %d",
                                 type.ToString(), AxisOf(*q), name, value->AsInt().value_or(0));
  };
  EQSAT_RETURN_IF_ERROR(axis_is(types.operand(1), "kernel_output_feature_dimension"));
  return axis_is(types.result(), "output_feature_dimension");
}

absl::Status VerifyDotGeneral(const OperationTypes& types, const Operation& op) {
  EQSAT_RETURN_IF_ERROR(VerifyContraction(types));
  EQSAT_ASSIGN_OR_RETURN(const mlir::DialectAttribute* numbers,
                         StructAttribute(op, "dot_dimension_numbers"));
  const int64_t axis = AxisOf(*QuantizationOf(types.operand(1)));
  for (int64_t dim : IntsParameter(*numbers, "rhs_contracting_dimensions")) {
    if (dim != axis) continue;
    return base::InvalidArgument("%s is quantized along dimension %d, which is contracted",
                                 types.operand(1).ToString(), axis);
  }
  return absl::OkStatus();
}

absl::Status VerifyQuantize(const OperationTypes& types, const Operation&) {
  const Type &operand = types.operand(0), &result = types.result();
  const Quantization *from = QuantizationOf(operand), *to = QuantizationOf(result);
  if (to == nullptr)
    return base::InvalidArgument("the result %s is not quantized", result.ToString());
  const Type expressed = from != nullptr      ? Type::Element(from->expressed)
                         : operand.IsTensor() ? operand.element_type()
                                              : operand;
  if (expressed == Type::Element(to->expressed)) return absl::OkStatus();
  return base::InvalidArgument("%s becomes %s, which expresses %s", operand.ToString(),
                               result.ToString(), ir::Name(to->expressed));
}

// Checked where every value that the constraints name is there.
struct Rule {
  std::string_view op;
  size_t operands;
  bool all_quantized;  // the first operand and the result
  absl::Status (*verify)(const OperationTypes&, const Operation&);
};
constexpr Rule kRules[] = {
    {"add", 2, true, VerifyAdd},
    {"broadcast_in_dim", 1, true, VerifyBroadcast},
    {"convolution", 2, false, VerifyConvolution},
    {"dot_general", 2, false, VerifyDotGeneral},
    {"dynamic_broadcast_in_dim", 2, true, VerifyBroadcast},
    {"dynamic_conv", 3, false, VerifyConvolution},
    {"dynamic_reshape", 2, true, VerifyReshape},
    {"reshape", 1, true, VerifyReshape},
    {"transpose", 1, true, VerifyTranspose},
    {"uniform_quantize", 1, false, VerifyQuantize},
};

absl::Status VerifyOneScale(const OperationTypes& types) {
  for (const std::vector<Type>* list : {&types.operands, &types.results}) {
    for (const Type& type : *list) {
      const Quantization* q = QuantizationOf(type);
      if (q == nullptr || !IsPerAxis(*q)) continue;
      return base::InvalidArgument("the operation takes tensors of one scale, not %s",
                                   type.ToString());
    }
  }
  return absl::OkStatus();
}

absl::Status VerifyOneStorage(const OperationTypes& types) {
  const Type* first = nullptr;
  for (const std::vector<Type>* list : {&types.operands, &types.results}) {
    for (const Type& type : *list) {
      const Quantization* q = QuantizationOf(type);
      if (q == nullptr) continue;
      if (first == nullptr) first = &type;
      const Quantization& other = *QuantizationOf(*first);
      if (q->storage == other.storage && q->expressed == other.expressed) continue;
      return base::InvalidArgument("%s and %s differ in storage or in what they express",
                                   first->ToString(), type.ToString());
    }
  }
  return absl::OkStatus();
}

}  // namespace

const Quantization* QuantizationOf(const Type& type) {
  if (!type.IsQuantized()) return nullptr;
  return type.IsTensor() ? &type.element_type().quantization() : &type.quantization();
}

absl::Status VerifyQuantizedTypes(const mlir::Module& source, const Operation& op) {
  OperationTypes types;
  bool any = false;
  auto add = [&](const std::vector<mlir::ValueId>& values, std::vector<Type>* out) -> absl::Status {
    for (mlir::ValueId value : values) {
      out->push_back(source.type(value));
      any = any || out->back().IsQuantized();
      EQSAT_RETURN_IF_ERROR(VerifyType(out->back()));
    }
    return absl::OkStatus();
  };
  EQSAT_RETURN_IF_ERROR(add(op.operands, &types.operands));
  EQSAT_RETURN_IF_ERROR(add(op.results, &types.results));
  const std::string_view name = mlir::WithoutDialect(op.name);
  const std::string_view dialect = std::string_view(op.name).substr(0, op.name.find('.'));
  if (std::ranges::any_of(types.operands, IsByBlocks) ||
      std::ranges::any_of(types.results, IsByBlocks)) {
    return absl::OkStatus();
  }
  if (!any || (dialect != "stablehlo" && dialect != "mhlo" && dialect != "chlo")) {
    return absl::OkStatus();
  }
  if (!IsAmong(kPerAxis, name)) EQSAT_RETURN_IF_ERROR(VerifyOneScale(types));
  if (IsAmong(kOneStorage, name)) EQSAT_RETURN_IF_ERROR(VerifyOneStorage(types));
  for (const Rule& rule : kRules) {
    if (rule.op != name || types.operands.size() != rule.operands || types.results.size() != 1) {
      continue;
    }
    const bool quantized = types.operand(0).IsQuantized() && types.result().IsQuantized();
    if (rule.all_quantized && !quantized) continue;
    return rule.verify(types, op);
  }
  return absl::OkStatus();
}

}  // namespace eqsat::importers::stablehlo
