// Elementwise operations, and the ops of other dialects that compute what HLO has an op for.
#include "importers/stablehlo/contraction.h"
#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"

namespace eqsat::importers::stablehlo {
namespace {

// StableHLO's names are HLO's with underscores.
absl::StatusOr<OpCode> SameOpCode(const mlir::Operation& op) {
  std::string name(op.name.substr(op.name.find('.') + 1));
  for (char& c : name) c = c == '_' ? '-' : c;
  std::optional<OpCode> opcode = ir::OpCodeFromName(name);
  if (!opcode) return base::InvalidArgument("HLO has no operation %s", name);
  return *opcode;
}

absl::StatusOr<ir::ResultAccuracy> AccuracyOf(const mlir::Operation& op) {
  ir::ResultAccuracy out;
  const mlir::Attribute* attribute = op.Find("result_accuracy");
  const auto* structure = attribute != nullptr ? attribute->As<mlir::DialectAttribute>() : nullptr;
  if (structure == nullptr) return out;
  auto number = [structure](std::string_view name) {
    const mlir::Attribute* value = mlir::Find(structure->parameters, name);
    if (value == nullptr) return 0.0;
    return value->AsFloat().value_or(static_cast<double>(value->AsInt().value_or(0)));
  };
  const mlir::Attribute* mode = mlir::Find(structure->parameters, "mode");
  std::string_view keyword = mode != nullptr ? mode->AsKeyword().value_or("") : "";
  if (keyword == "HIGHEST") out.mode = ir::ResultAccuracy::Mode::kHighest;
  out.has_tolerance = keyword == "TOLERANCE";
  out.atol = number("atol");
  out.rtol = number("rtol");
  out.ulps = static_cast<int64_t>(number("ulps"));
  if (!out.has_tolerance && (out.atol != 0 || out.rtol != 0 || out.ulps != 0)) {
    return base::InvalidArgument("result_accuracy has the mode %s and yet tolerances", keyword);
  }
  return out;
}

// A scalar that stands beside arrays is one for each element.
void SpreadScalars(Emitter& e, std::vector<InstructionId>* operands) {
  InstructionId widest = (*operands)[0];
  for (InstructionId operand : *operands) {
    if (!e.Ok(operand)) return;
    if (e.shape(operand).rank() > e.shape(widest).rank()) widest = operand;
  }
  const ir::Shape shape = e.shape(widest);
  if (shape.HasUnboundedDimensions()) return;
  for (InstructionId& operand : *operands) {
    if (e.shape(operand).rank() == 0 && shape.rank() > 0) {
      operand = e.Broadcast(operand, {}, shape.dimensions());
    }
  }
}

absl::Status Elementwise(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(OpCode opcode, SameOpCode(op));
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, ir::Arity(opcode)));
  std::vector<InstructionId> operands = e.Operands(op);
  ir::Attributes attributes = ir::GetOpInfo(opcode).attributes;
  if (auto* accuracy = std::get_if<ir::AccuracyAttributes>(&attributes)) {
    EQSAT_ASSIGN_OR_RETURN(accuracy->result_accuracy, AccuracyOf(op));
  }
  e.BindResults(op, e.Add(opcode, operands, std::move(attributes)));
  return absl::OkStatus();
}

absl::Status SelectOrClamp(Emitter& e, const mlir::Operation& op) {
  EQSAT_ASSIGN_OR_RETURN(OpCode opcode, SameOpCode(op));
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 3));
  std::vector<InstructionId> operands = e.Operands(op);
  SpreadScalars(e, &operands);
  e.BindResults(op, e.Add(opcode, operands));
  return absl::OkStatus();
}

absl::Status Compare(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  EQSAT_ASSIGN_OR_RETURN(std::string_view direction, KeywordAttribute(op, "comparison_direction"));
  ir::CompareAttributes attributes;
  EQSAT_ASSIGN_OR_RETURN(attributes.direction, EnumFromName<ir::ComparisonDirection>(direction));
  if (op.Find("compare_type") != nullptr) {
    EQSAT_ASSIGN_OR_RETURN(std::string_view type, KeywordAttribute(op, "compare_type"));
    EQSAT_ASSIGN_OR_RETURN(attributes.type,
                           EnumFromName<ir::ComparisonType>(type == "NOTYPE" ? "DEFAULT" : type));
    // The others only repeat what the operands' type says.
    if (attributes.type != ir::ComparisonType::kFloatTotalOrder) {
      attributes.type = ir::ComparisonType::kDefault;
    }
  }
  e.BindResults(op, e.Add(OpCode::kCompare, e.Operands(op), attributes));
  return absl::OkStatus();
}

// The larger or smaller of complex numbers by their real parts, equal ones by their imaginary
// parts.
absl::Status MaximumOrMinimum(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  InstructionId a = e.Value(op.operands[0]), b = e.Value(op.operands[1]);
  if (!e.Ok(a) || !e.Ok(b)) return e.status();
  if (!ir::IsComplex(e.shape(a).element_type())) return Elementwise(e, op);
  const auto direction =
      op.name.ends_with("maximum") ? ir::ComparisonDirection::kGt : ir::ComparisonDirection::kLt;
  InstructionId a_real = e.Add(OpCode::kReal, {a}), b_real = e.Add(OpCode::kReal, {b});
  InstructionId a_imag = e.Add(OpCode::kImag, {a}), b_imag = e.Add(OpCode::kImag, {b});
  InstructionId tie = e.Add(OpCode::kAnd, {e.Compare(a_real, ir::ComparisonDirection::kEq, b_real),
                                           e.Compare(a_imag, direction, b_imag)});
  InstructionId first = e.Add(OpCode::kOr, {e.Compare(a_real, direction, b_real), tie});
  e.BindResults(op, e.Add(OpCode::kSelect, {first, a, b}));
  return absl::OkStatus();
}

// The result's element type is the operation's, its sizes are the operand's.
absl::Status Convert(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  if (op.results.size() != 1) return absl::OkStatus();
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, ShapeOf(e.source().type(op.results[0])));
  InstructionId operand = e.Value(op.operands[0]);
  if (!e.Ok(operand)) return e.status();
  const bool to_real = !ir::IsComplex(result.element_type());
  if (to_real && ir::IsComplex(e.shape(operand).element_type())) {
    operand = e.Add(OpCode::kReal, {operand});
  }
  if (!e.Ok(operand)) return e.status();
  result = e.shape(operand).WithElementType(result.element_type()).WithoutLayout();
  e.BindResults(op, e.Add(OpCode::kConvert, {operand}, ir::NoAttributes{}, &result));
  return absl::OkStatus();
}

// The unsigned integer type of so many bits.
ir::ElementType BitsType(int width) { return *ir::ElementTypeFromName(base::StrCat("u", width)); }

// Bits of numbers as truth values along a new last dimension, the lowest first.
InstructionId SpreadBits(Emitter& e, InstructionId operand) {
  const ir::Shape from = e.shape(operand);
  const int width = ir::BitWidth(from.element_type());
  ir::Shape bits = from.WithElementType(BitsType(width)).WithoutLayout();
  InstructionId number = e.Add(OpCode::kBitcastConvert, {operand}, ir::NoAttributes{}, &bits);
  std::vector<int64_t> dims(from.rank()), sizes(from.dimensions().begin(), from.dimensions().end());
  for (size_t i = 0; i < dims.size(); ++i) dims[i] = static_cast<int64_t>(i);
  sizes.push_back(width);
  number = e.Broadcast(number, dims, sizes);
  if (!e.Ok(number)) return {};
  const ir::Shape wide = e.shape(number);
  InstructionId place =
      e.Add(OpCode::kIota, {}, ir::IotaAttributes{.iota_dimension = from.rank()}, &wide);
  InstructionId bit =
      e.Add(OpCode::kAnd, {e.Add(OpCode::kShiftRightLogical, {number, place}), e.Like(number, 1)});
  return e.Compare(bit, ir::ComparisonDirection::kNe, e.Like(number, 0));
}

// The other way round.
InstructionId GatherBits(Emitter& e, InstructionId operand, ir::ElementType type) {
  const ir::Shape from = e.shape(operand);
  InstructionId wide = e.Convert(operand, BitsType(ir::BitWidth(type)));
  if (!e.Ok(wide)) return {};
  const ir::Shape shape = e.shape(wide);
  InstructionId place =
      e.Add(OpCode::kIota, {}, ir::IotaAttributes{.iota_dimension = from.rank() - 1}, &shape);
  InstructionId number = AddSum(e, e.Add(OpCode::kShiftLeft, {wide, place}), {from.rank() - 1});
  if (!e.Ok(number)) return {};
  const ir::Shape result = e.shape(number).WithElementType(type).WithoutLayout();
  return e.Add(OpCode::kBitcastConvert, {number}, ir::NoAttributes{}, &result);
}

absl::Status BitcastConvert(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  if (op.results.size() != 1) return absl::OkStatus();
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, ShapeOf(e.source().type(op.results[0])));
  InstructionId operand = e.Value(op.operands[0]);
  if (!e.Ok(operand)) return e.status();
  if (!IsStatic(e.source().type(op.results[0])) &&
      ir::BitWidth(result.element_type()) == ir::BitWidth(e.shape(operand).element_type())) {
    result = e.shape(operand).WithElementType(result.element_type()).WithoutLayout();
  }
  const ir::Shape from = e.shape(operand);
  const auto pred = ir::ElementType::kPred;
  const bool to_bits = result.element_type() == pred && from.element_type() != pred &&
                       result.rank() == from.rank() + 1;
  const bool from_bits = from.element_type() == pred && result.element_type() != pred &&
                         result.rank() + 1 == from.rank();
  if (to_bits || from_bits) {
    e.BindResults(op,
                  to_bits ? SpreadBits(e, operand) : GatherBits(e, operand, result.element_type()));
    return absl::OkStatus();
  }
  e.BindResults(op, e.Add(OpCode::kBitcastConvert, {operand}, ir::NoAttributes{}, &result));
  return absl::OkStatus();
}

absl::Status ReducePrecision(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  ir::ReducePrecisionAttributes attributes;
  EQSAT_ASSIGN_OR_RETURN(attributes.exponent_bits, IntAttribute(op, "exponent_bits"));
  EQSAT_ASSIGN_OR_RETURN(attributes.mantissa_bits, IntAttribute(op, "mantissa_bits"));
  e.BindResults(op, e.Add(OpCode::kReducePrecision, e.Operands(op), attributes));
  return absl::OkStatus();
}

// Of a real operand: itself, and zero.
absl::Status RealOrImag(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  InstructionId operand = e.Value(op.operands[0]);
  if (!e.Ok(operand)) return e.status();
  if (ir::IsComplex(e.shape(operand).element_type())) return Elementwise(e, op);
  const bool real = op.name.ends_with("real");
  e.BindResults(op, real ? e.Add(OpCode::kCopy, {operand}) : e.Like(operand, 0));
  return absl::OkStatus();
}

absl::Status StochasticConvert(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, ShapeOf(e.source().type(op.results.at(0))));
  e.BindResults(op,
                e.Add(OpCode::kStochasticConvert, e.Operands(op), ir::NoAttributes{}, {}, &result));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> ElementwiseOps() {
  static constexpr OpEntry kEntries[] = {
      {"abs", Elementwise},
      {"acos", Elementwise},
      {"acosh", Elementwise},
      {"add", Elementwise},
      {"add_dependency", Elementwise},
      {"and", Elementwise},
      {"asin", Elementwise},
      {"asinh", Elementwise},
      {"atan2", Elementwise},
      {"atanh", Elementwise},
      {"bitcast_convert", BitcastConvert},
      {"cbrt", Elementwise},
      {"ceil", Elementwise},
      {"clamp", SelectOrClamp},
      {"compare", Compare},
      {"complex", Elementwise},
      {"convert", Convert},
      {"copy", Elementwise},
      {"cosh", Elementwise},
      {"cosine", Elementwise},
      {"count_leading_zeros", Elementwise},
      {"divide", Elementwise},
      {"erf", Elementwise},
      {"exponential", Elementwise},
      {"exponential_minus_one", Elementwise},
      {"floor", Elementwise},
      {"imag", RealOrImag},
      {"is_finite", Elementwise},
      {"log", Elementwise},
      {"log_plus_one", Elementwise},
      {"logistic", Elementwise},
      {"maximum", MaximumOrMinimum},
      {"minimum", MaximumOrMinimum},
      {"mulhi", Elementwise},
      {"multiply", Elementwise},
      {"negate", Elementwise},
      {"not", Elementwise},
      {"or", Elementwise},
      {"popcnt", Elementwise},
      {"power", Elementwise},
      {"real", RealOrImag},
      {"reduce_precision", ReducePrecision},
      {"remainder", Elementwise},
      {"round_nearest_afz", Elementwise},
      {"round_nearest_even", Elementwise},
      {"rsqrt", Elementwise},
      {"select", SelectOrClamp},
      {"shift_left", Elementwise},
      {"shift_right_arithmetic", Elementwise},
      {"shift_right_logical", Elementwise},
      {"sign", Elementwise},
      {"sine", Elementwise},
      {"sinh", Elementwise},
      {"sqrt", Elementwise},
      {"stochastic_convert", StochasticConvert},
      {"subtract", Elementwise},
      {"tan", Elementwise},
      {"tanh", Elementwise},
      {"xor", Elementwise},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
