// Linear algebra, transforms, normalization, random numbers.
#include "importers/stablehlo/writer/attributes.h"
#include "importers/stablehlo/writer/op_writers.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

absl::StatusOr<Written> Cholesky(BlockWriter& w, const ir::Instruction& op) {
  return w.Emit("stablehlo.cholesky", w.Ones(op.operands), op.shape,
                {{"lower", op.attr<ir::CholeskyAttributes>().lower}});
}

absl::StatusOr<Written> TriangularSolve(BlockWriter& w, const ir::Instruction& op) {
  const auto& solve = op.attr<ir::TriangularSolveAttributes>();
  const bool stated = solve.transpose_a != ir::TransposeKind::kInvalid;
  return w.Emit("stablehlo.triangular_solve", w.Ones(op.operands), op.shape,
                {{"left_side", solve.left_side},
                 {"lower", solve.lower},
                 {"unit_diagonal", solve.unit_diagonal},
                 {"transpose_a",
                  Keyword("transpose", ir::EnumName(stated ? solve.transpose_a
                                                           : ir::TransposeKind::kNoTranspose))}});
}

absl::StatusOr<Written> Fft(BlockWriter& w, const ir::Instruction& op) {
  const auto& fft = op.attr<ir::FftAttributes>();
  return w.Emit("stablehlo.fft", w.Ones(op.operands), op.shape,
                {{"fft_type", Keyword("fft_type", ir::EnumName(fft.fft_type))},
                 {"fft_length", IntArray(fft.fft_length)}});
}

absl::StatusOr<Written> BatchNorm(BlockWriter& w, const ir::Instruction& op,
                                  std::string_view name) {
  const auto& norm = op.attr<ir::BatchNormAttributes>();
  return w.Emit(
      name, w.Ones(op.operands), op.shape,
      {{"epsilon", mlir::FloatAttribute{norm.epsilon, mlir::Type::Element(ir::ElementType::kF32)}},
       {"feature_index", Int64(norm.feature_index)}});
}
absl::StatusOr<Written> BatchNormTraining(BlockWriter& w, const ir::Instruction& op) {
  return BatchNorm(w, op, "stablehlo.batch_norm_training");
}
absl::StatusOr<Written> BatchNormInference(BlockWriter& w, const ir::Instruction& op) {
  return BatchNorm(w, op, "stablehlo.batch_norm_inference");
}
absl::StatusOr<Written> BatchNormGrad(BlockWriter& w, const ir::Instruction& op) {
  return BatchNorm(w, op, "stablehlo.batch_norm_grad");
}

// StableHLO repeats the result's sizes as an operand.
absl::StatusOr<Written> Rng(BlockWriter& w, const ir::Instruction& op) {
  const bool normal = op.attr<ir::RngAttributes>().distribution == ir::RandomDistribution::kNormal;
  std::vector<ValueId> operands = w.Ones(op.operands);
  operands.push_back(w.Constant(ir::Literal::FromInt64s(
      ir::Shape(ir::ElementType::kS64, {op.shape.rank()}), op.shape.dimensions())));
  return w.Emit("stablehlo.rng", std::move(operands), op.shape,
                {{"rng_distribution", Keyword("rng_distribution", normal ? "NORMAL" : "UNIFORM")}});
}

absl::StatusOr<Written> RngBitGenerator(BlockWriter& w, const ir::Instruction& op) {
  if (!op.shape.IsTuple()) {
    return base::Unimplemented("StableHLO's rng_bit_generator gives the state too");
  }
  std::string_view name = "DEFAULT";
  switch (op.attr<ir::RngBitGeneratorAttributes>().algorithm) {
    case ir::RandomAlgorithm::kDefault:
      break;
    case ir::RandomAlgorithm::kThreeFry:
      name = "THREE_FRY";
      break;
    case ir::RandomAlgorithm::kPhilox:
      name = "PHILOX";
      break;
  }
  return w.Emit("stablehlo.rng_bit_generator", w.Ones(op.operands), op.shape,
                {{"rng_algorithm", Keyword("rng_algorithm", name)}});
}

}  // namespace

absl::Span<const OpWriterEntry> LinearAlgebraWriters() {
  static constexpr OpWriterEntry kEntries[] = {
      {OpCode::kBatchNormGrad, BatchNormGrad},
      {OpCode::kBatchNormInference, BatchNormInference},
      {OpCode::kBatchNormTraining, BatchNormTraining},
      {OpCode::kCholesky, Cholesky},
      {OpCode::kFft, Fft},
      {OpCode::kRng, Rng},
      {OpCode::kRngBitGenerator, RngBitGenerator},
      {OpCode::kTriangularSolve, TriangularSolve},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
