// CHLO: implicit broadcasts and small compositions. The special functions are in chlo_math.cc.
#include <algorithm>
#include <limits>

#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/program.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"
#include "ir/shape/float_format.h"

namespace eqsat::importers::stablehlo {
namespace {

using Direction = ir::ComparisonDirection;

// The sizes that arrays aligned at their last dimension, or as `dims` says for the smaller, share.
absl::StatusOr<std::vector<int64_t>> CommonSizes(Emitter& e,
                                                 const std::vector<InstructionId>& operands) {
  std::vector<int64_t> sizes;
  for (InstructionId operand : operands) {
    if (!e.Ok(operand)) return e.status();
    absl::Span<const int64_t> own = e.shape(operand).dimensions();
    if (e.shape(operand).HasUnboundedDimensions()) {
      return base::Unimplemented("the sizes of %s are not known", e.shape(operand).ToString());
    }
    if (own.size() > sizes.size()) sizes.insert(sizes.begin(), own.size() - sizes.size(), 1);
    for (size_t i = 0; i < own.size(); ++i) {
      int64_t& size = sizes[sizes.size() - own.size() + i];
      if (size == 1) size = own[i];
      if (own[i] != 1 && own[i] != size) {
        return base::InvalidArgument("%s cannot be broadcast to a size of %d",
                                     e.shape(operand).ToString(), size);
      }
    }
  }
  return sizes;
}

// `broadcast_dimensions` places the operand of smaller rank; absent, dimensions align at the end.
absl::Status SpreadToCommon(Emitter& e, const mlir::Operation& op,
                            std::vector<InstructionId>* operands) {
  const std::vector<int64_t> placed = IntsAttributeOr(op, "broadcast_dimensions", {});
  size_t largest = 0;
  for (InstructionId operand : *operands) {
    if (!e.Ok(operand)) return e.status();
    largest = std::max<size_t>(largest, e.shape(operand).rank());
  }
  for (InstructionId& operand : *operands) {
    const ir::Shape shape = e.shape(operand);
    if (placed.empty() || placed.size() != static_cast<size_t>(shape.rank()) ||
        placed.size() == largest) {
      continue;
    }
    // To the larger rank, sizes of 1 where the operand has no dimension.
    std::vector<int64_t> sizes(largest, 1);
    for (size_t i = 0; i < placed.size(); ++i) {
      if (placed[i] < 0 || placed[i] >= static_cast<int64_t>(largest) ||
          (i > 0 && placed[i] <= placed[i - 1])) {
        return base::InvalidArgument("broadcast_dimensions must increase and be below %d", largest);
      }
      sizes[placed[i]] = shape.dimension(i);
    }
    operand = e.Reshape(operand, sizes);
  }
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> sizes, CommonSizes(e, *operands));
  for (InstructionId& operand : *operands) {
    const ir::Shape shape = e.shape(operand);
    if (shape.dimensions() == absl::MakeConstSpan(sizes)) continue;
    std::vector<int64_t> dims;
    for (int64_t d = 0; d < shape.rank(); ++d) {
      dims.push_back(static_cast<int64_t>(sizes.size()) - shape.rank() + d);
    }
    operand = e.Broadcast(operand, dims, sizes);
  }
  return e.status();
}

// `chlo.broadcast_x` is x on operands brought to one shape.
absl::Status BroadcastOp(Emitter& e, const mlir::Operation& op) {
  std::vector<InstructionId> operands = e.Operands(op);
  EQSAT_RETURN_IF_ERROR(SpreadToCommon(e, op, &operands));
  mlir::Operation plain = op;
  constexpr std::string_view kPrefix = "chlo.broadcast_";
  if (!op.name.starts_with(kPrefix)) return base::InvalidArgument("it is no operation of CHLO");
  plain.name = "chlo." + op.name.substr(kPrefix.size());
  Translate translate = FindTranslation(plain.name);
  if (translate == nullptr) return base::Unimplemented("the operation is not known");
  for (size_t i = 0; i < operands.size(); ++i) {
    plain.operands[i] = e.program().AddValue(e.source().type(op.operands[i]));
    e.Bind(plain.operands[i], operands[i]);
  }
  return translate(e, plain);
}

absl::Status ConstantLike(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  const mlir::Attribute* value = op.Find("value");
  if (value == nullptr) return base::InvalidArgument("the attribute value is missing");
  EQSAT_ASSIGN_OR_RETURN(ir::Literal literal, LiteralOf(e.source(), *value));
  if (!literal.shape().IsScalar()) return base::InvalidArgument("the value must be a scalar");
  e.BindResults(op, e.Like(e.Value(op.operands[0]), literal));
  return absl::OkStatus();
}

absl::Status Square(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  InstructionId x = e.Value(op.operands[0]);
  if (!e.Ok(x)) return e.status();
  if (!ir::IsComplex(e.shape(x).element_type())) {
    e.BindResults(op, e.Add(OpCode::kMultiply, {x, x}));
    return absl::OkStatus();
  }
  // (a - b)(a + b) + 2ab i; finite parts of one size give 0, though their sum may overflow.
  InstructionId a = e.Add(OpCode::kReal, {x}), b = e.Add(OpCode::kImag, {x});
  InstructionId difference = e.Add(OpCode::kSubtract, {a, b});
  InstructionId sum = e.Add(OpCode::kAdd, {a, b});
  InstructionId product = e.Add(OpCode::kMultiply, {difference, sum});
  InstructionId equal =
      e.Compare(e.Add(OpCode::kAbs, {a}), Direction::kEq, e.Add(OpCode::kAbs, {b}));
  InstructionId cancels = e.Add(OpCode::kAnd, {equal, e.Add(OpCode::kIsFinite, {a})});
  InstructionId real = e.Add(OpCode::kSelect, {cancels, e.Like(a, 0), product});
  InstructionId ab = e.Add(OpCode::kMultiply, {a, b});
  InstructionId imag = e.Add(OpCode::kMultiply, {e.Like(a, 2), ab});
  e.BindResults(op, e.Add(OpCode::kComplex, {real, imag}));
  return absl::OkStatus();
}

absl::Status Conjugate(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  InstructionId x = e.Value(op.operands[0]);
  if (e.Ok(x) && !ir::IsComplex(e.shape(x).element_type())) {
    e.BindResults(op, x);
    return absl::OkStatus();
  }
  InstructionId imag = e.Add(OpCode::kNegate, {e.Add(OpCode::kImag, {x})});
  e.BindResults(op, e.Add(OpCode::kComplex, {e.Add(OpCode::kReal, {x}), imag}));
  return absl::OkStatus();
}

absl::Status IsInfinite(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  InstructionId x = e.Value(op.operands[0]);
  double infinity = std::numeric_limits<double>::infinity();
  if (op.name.ends_with("is_inf")) x = e.Add(OpCode::kAbs, {x});
  if (op.name.ends_with("is_neg_inf")) infinity = -infinity;
  e.BindResults(op, e.Compare(x, Direction::kEq, e.Like(x, infinity)));
  return absl::OkStatus();
}

// An integer scalar with the bits `bits`.
InstructionId BitsLike(Emitter& e, InstructionId like, uint64_t bits) {
  if (!e.Ok(like)) return {};
  const ir::Shape scalar(e.shape(like).element_type(), {});
  return e.Like(like, ir::Literal::FromInt64s(scalar, {static_cast<int64_t>(bits)}));
}

// One step of the bit pattern towards y, as C's nextafter.
absl::Status NextAfter(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  InstructionId x = e.Value(op.operands[0]), y = e.Value(op.operands[1]);
  if (!e.Ok(x) || !e.Ok(y)) return e.status();
  const ir::ElementType type = e.shape(x).element_type();
  const int bits = ir::BitWidth(type);
  if (!ir::IsFloat(type) || bits < 8 || type == ir::ElementType::kF8E8M0FNU) {
    return base::Unimplemented("next_after of %s", Name(type));
  }
  const ir::ElementType integer = bits == 8    ? ir::ElementType::kS8
                                  : bits == 16 ? ir::ElementType::kS16
                                  : bits == 32 ? ir::ElementType::kS32
                                               : ir::ElementType::kS64;
  const ir::Shape as_integer = e.shape(x).WithElementType(integer).WithoutLayout();
  const ir::Shape as_float = e.shape(x).WithoutLayout();
  auto cast = [&e](InstructionId value, const ir::Shape& to) {
    return e.Add(OpCode::kBitcastConvert, {value}, ir::NoAttributes{}, &to);
  };
  InstructionId xb = cast(x, as_integer), yb = cast(y, as_integer);
  const uint64_t sign_bit = uint64_t{1} << (bits - 1);
  InstructionId sign = BitsLike(e, xb, sign_bit), magnitude = BitsLike(e, xb, sign_bit - 1);
  InstructionId zero = BitsLike(e, xb, 0), one = BitsLike(e, xb, 1);
  InstructionId x_size = e.Add(OpCode::kAnd, {xb, magnitude});
  InstructionId y_size = e.Add(OpCode::kAnd, {yb, magnitude});
  InstructionId x_sign = e.Add(OpCode::kAnd, {xb, sign});
  InstructionId y_sign = e.Add(OpCode::kAnd, {yb, sign});
  // Towards zero if the signs differ or |x| > |y|, else away from it.
  InstructionId inwards = e.Add(OpCode::kOr, {e.Compare(x_sign, Direction::kNe, y_sign),
                                              e.Compare(x_size, Direction::kGt, y_size)});
  InstructionId step = e.Add(OpCode::kSelect, {inwards, BitsLike(e, xb, ~uint64_t{0}), one});
  InstructionId moved = cast(e.Add(OpCode::kAdd, {xb, step}), as_float);
  InstructionId from_zero = cast(e.Add(OpCode::kOr, {y_sign, one}), as_float);
  InstructionId x_is_zero = e.Compare(x_size, Direction::kEq, zero);
  InstructionId result = e.Add(OpCode::kSelect, {x_is_zero, from_zero, moved});
  result = e.Add(OpCode::kSelect, {e.Compare(x, Direction::kEq, y), y, result});
  InstructionId nan =
      e.Add(OpCode::kOr, {e.Compare(x, Direction::kNe, x), e.Compare(y, Direction::kNe, y)});
  e.BindResults(op, e.Add(OpCode::kSelect, {nan, e.Add(OpCode::kAdd, {x, y}), result}));
  return absl::OkStatus();
}

// HLO's scan: the region takes inputs and carries, and gives outputs and carries.
absl::Status Scan(Emitter& e, const mlir::Operation& op) {
  const std::vector<int64_t> segments = IntsAttributeOr(op, "operandSegmentSizes", {});
  EQSAT_ASSIGN_OR_RETURN(int64_t dimension, IntAttribute(op, "dimension"));
  if (segments.size() != 2) return base::InvalidArgument("its operands are not divided in two");
  if (const mlir::Attribute* stated = op.Find("scan_dim_size")) {
    for (int64_t i = 0; i < segments[0] && i < static_cast<int64_t>(op.operands.size()); ++i) {
      const mlir::Type& type = e.source().type(op.operands[i]);
      const int64_t rank = type.IsTensor() ? static_cast<int64_t>(type.dimensions().size()) : 0;
      if (dimension < 0 || dimension >= rank ||
          type.dimensions()[dimension] == mlir::Type::kDynamic ||
          stated->AsInt() == type.dimensions()[dimension]) {
        continue;
      }
      return base::InvalidArgument("scan_dim_size is %d, but operand %d is %s",
                                   stated->AsInt().value_or(0), i, type.ToString());
    }
  }
  ir::ScanAttributes attributes{.dimensions = {dimension},
                                .num_carries = segments[1],
                                .is_reverse = BoolAttributeOr(op, "is_reverse", false),
                                .is_associative = BoolAttributeOr(op, "is_associative", false)};
  ir::ComputationId region = e.Region(op, 0, "region");
  e.BindResults(op, e.Add(OpCode::kScan, e.Operands(op), std::move(attributes), {&region, 1}));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> ChloOps() {
  static constexpr OpEntry kEntries[] = {
      {"broadcast_add", BroadcastOp},
      {"broadcast_and", BroadcastOp},
      {"broadcast_atan2", BroadcastOp},
      {"broadcast_compare", BroadcastOp},
      {"broadcast_complex", BroadcastOp},
      {"broadcast_divide", BroadcastOp},
      {"broadcast_maximum", BroadcastOp},
      {"broadcast_minimum", BroadcastOp},
      {"broadcast_multiply", BroadcastOp},
      {"broadcast_next_after", BroadcastOp},
      {"broadcast_or", BroadcastOp},
      {"broadcast_polygamma", BroadcastOp},
      {"broadcast_power", BroadcastOp},
      {"broadcast_remainder", BroadcastOp},
      {"broadcast_select", BroadcastOp},
      {"broadcast_shift_left", BroadcastOp},
      {"broadcast_shift_right_arithmetic", BroadcastOp},
      {"broadcast_shift_right_logical", BroadcastOp},
      {"broadcast_subtract", BroadcastOp},
      {"broadcast_xor", BroadcastOp},
      {"broadcast_zeta", BroadcastOp},
      {"conj", Conjugate},
      {"constant_like", ConstantLike},
      {"is_inf", IsInfinite},
      {"is_neg_inf", IsInfinite},
      {"is_pos_inf", IsInfinite},
      {"next_after", NextAfter},
      {"scan", Scan},
      {"square", Square},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
