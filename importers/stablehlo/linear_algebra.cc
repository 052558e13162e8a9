// Linear algebra, transforms, normalization, random numbers.
#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

absl::Status Cholesky(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  ir::CholeskyAttributes attributes{.lower = BoolAttributeOr(op, "lower", false)};
  e.BindResults(op, e.Add(OpCode::kCholesky, e.Operands(op), attributes));
  return absl::OkStatus();
}

absl::Status TriangularSolve(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 2));
  EQSAT_ASSIGN_OR_RETURN(std::string_view transpose, KeywordAttribute(op, "transpose_a"));
  ir::TriangularSolveAttributes attributes;
  EQSAT_ASSIGN_OR_RETURN(attributes.transpose_a, EnumFromName<ir::TransposeKind>(transpose));
  attributes.left_side = BoolAttributeOr(op, "left_side", false);
  attributes.lower = BoolAttributeOr(op, "lower", false);
  attributes.unit_diagonal = BoolAttributeOr(op, "unit_diagonal", false);
  e.BindResults(op, e.Add(OpCode::kTriangularSolve, e.Operands(op), attributes));
  return absl::OkStatus();
}

absl::Status Fft(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  EQSAT_ASSIGN_OR_RETURN(std::string_view type, KeywordAttribute(op, "fft_type"));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int64_t> length, IntsAttribute(op, "fft_length"));
  ir::FftAttributes attributes;
  EQSAT_ASSIGN_OR_RETURN(attributes.fft_type, EnumFromName<ir::FftType>(type));
  attributes.fft_length = ToDimensions(length);
  e.BindResults(op, e.Add(OpCode::kFft, e.Operands(op), std::move(attributes)));
  return absl::OkStatus();
}

absl::Status BatchNorm(Emitter& e, const mlir::Operation& op, OpCode opcode) {
  ir::BatchNormAttributes attributes;
  const mlir::Attribute* epsilon = op.Find("epsilon");
  if (epsilon == nullptr || !epsilon->AsFloat()) {
    return base::InvalidArgument("the attribute epsilon must be a number");
  }
  // A 32-bit float, whatever digits the text has.
  attributes.epsilon = static_cast<float>(*epsilon->AsFloat());
  EQSAT_ASSIGN_OR_RETURN(attributes.feature_index, IntAttribute(op, "feature_index"));
  e.BindResults(op, e.Add(opcode, e.Operands(op), attributes));
  return absl::OkStatus();
}

absl::Status BatchNormTraining(Emitter& e, const mlir::Operation& op) {
  return BatchNorm(e, op, OpCode::kBatchNormTraining);
}
absl::Status BatchNormInference(Emitter& e, const mlir::Operation& op) {
  return BatchNorm(e, op, OpCode::kBatchNormInference);
}
absl::Status BatchNormGrad(Emitter& e, const mlir::Operation& op) {
  return BatchNorm(e, op, OpCode::kBatchNormGrad);
}

// The third operand repeats the result's sizes.
absl::Status Rng(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 3));
  EQSAT_ASSIGN_OR_RETURN(std::string_view name, KeywordAttribute(op, "rng_distribution"));
  if (name != "UNIFORM" && name != "NORMAL") {
    return base::InvalidArgument("%s is none of UNIFORM, NORMAL", name);
  }
  const auto distribution =
      name == "NORMAL" ? ir::RandomDistribution::kNormal : ir::RandomDistribution::kUniform;
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, ShapeOf(e.source().type(op.results.at(0))));
  const mlir::Type& sizes = e.source().type(op.operands[2]);
  if (!IsStatic(sizes) || sizes.dimensions().size() != 1) {
    return base::InvalidArgument("operand 2 is a list of sizes, not %s", sizes.ToString());
  }
  const InstructionId operands[] = {e.Value(op.operands[0]), e.Value(op.operands[1])};
  e.BindResults(op, e.Add(OpCode::kRng, operands, ir::RngAttributes{distribution}, {}, &result));
  return absl::OkStatus();
}

absl::Status RngBitGenerator(Emitter& e, const mlir::Operation& op) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(op, 1));
  EQSAT_ASSIGN_OR_RETURN(std::string_view name, KeywordAttribute(op, "rng_algorithm"));
  if (op.results.size() != 2) return base::InvalidArgument("it has two results");
  ir::RngBitGeneratorAttributes attributes;
  if (name == "THREE_FRY") {
    attributes.algorithm = ir::RandomAlgorithm::kThreeFry;
  } else if (name == "PHILOX") {
    attributes.algorithm = ir::RandomAlgorithm::kPhilox;
  } else if (name != "DEFAULT") {
    return base::InvalidArgument("%s is none of DEFAULT, THREE_FRY, PHILOX", name);
  }
  std::vector<ir::Shape> parts;
  for (mlir::ValueId result : op.results) {
    EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ShapeOf(e.source().type(result)));
    parts.push_back(std::move(shape));
  }
  const ir::Shape result = ir::Shape::Tuple(std::move(parts));
  e.BindResults(op, e.Add(OpCode::kRngBitGenerator, e.Operands(op), attributes, {}, &result));
  return absl::OkStatus();
}

// XLA's own state of random numbers.
absl::Status RngGetAndUpdateState(Emitter& e, const mlir::Operation& op) {
  ir::RngStateAttributes attributes;
  EQSAT_ASSIGN_OR_RETURN(attributes.delta, IntAttribute(op, "delta"));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape result, ShapeOf(e.source().type(op.results.at(0))));
  e.BindResults(op, e.Add(OpCode::kRngGetAndUpdateState, {}, attributes, {}, &result));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> LinearAlgebraOps() {
  static constexpr OpEntry kEntries[] = {
      {"batch_norm_grad", BatchNormGrad},
      {"batch_norm_inference", BatchNormInference},
      {"batch_norm_training", BatchNormTraining},
      {"cholesky", Cholesky},
      {"fft", Fft},
      {"rng", Rng},
      {"rng_bit_generator", RngBitGenerator},
      {"triangular_solve", TriangularSolve},
      {"xla.rng_get_and_update_state", RngGetAndUpdateState},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
