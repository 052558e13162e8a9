// Computations keep their invariants; the builder infers shapes.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/graph/computation_builder.h"

namespace eqsat::ir {
namespace {

const Shape kVector(ElementType::kF32, {4});

Instruction Parameter(int64_t number) {
  Instruction instruction;
  instruction.name = "p";
  instruction.opcode = OpCode::kParameter;
  instruction.shape = kVector;
  instruction.attributes =
      std::make_shared<const Attributes>(ParameterAttributes{.number = number});
  return instruction;
}

Instruction Negate(size_t operand) {
  Instruction instruction;
  instruction.name = "n";
  instruction.opcode = OpCode::kNegate;
  instruction.shape = kVector;
  instruction.operands = {InstructionId(operand)};
  return instruction;
}

std::string MessageOf(const absl::StatusOr<Computation>& computation) {
  return std::string(computation.status().message());
}

TEST(Computation, RefusesAnOperandThatComesLater) {
  EXPECT_EQ(MessageOf(Computation::Make("c", {Negate(1), Parameter(0)}, InstructionId(0))),
            "computation c: an operand of n does not precede it");
}

TEST(Computation, RefusesParametersThatAreNotDense) {
  EXPECT_EQ(MessageOf(Computation::Make("c", {Parameter(1), Negate(0)}, InstructionId(0))),
            "computation c has no parameter 0");
  EXPECT_EQ(MessageOf(Computation::Make("c", {Parameter(0), Parameter(0)}, InstructionId(0))),
            "computation c: p and p both are parameter 0");
  EXPECT_EQ(MessageOf(Computation::Make("c", {Parameter(-1)}, InstructionId(0))),
            "computation c: p has the parameter number -1");
}

TEST(Computation, NeedsARoot) {
  EXPECT_EQ(MessageOf(Computation::Make("c", {Parameter(0)}, InstructionId())),
            "computation c has no root");
}

TEST(Computation, OrdersParametersByNumber) {
  auto computation = Computation::Make("c", {Parameter(1), Parameter(0)}, InstructionId(0));
  ASSERT_TRUE(computation.ok());
  EXPECT_THAT(computation->parameters(), testing::ElementsAre(InstructionId(1), InstructionId(0)));
}

TEST(ComputationBuilder, InfersAndChecksShapes) {
  Module module;
  ComputationBuilder builder(module, "c");
  InstructionId p = builder.AddParameter(0, kVector, "p");
  InstructionId c = builder.AddConstant(Literal::Zero(kVector));
  auto sum = builder.Add(OpCode::kAdd, {p, c});
  ASSERT_TRUE(sum.ok());
  EXPECT_EQ(builder.shape(*sum), kVector);
  Shape other(ElementType::kF32, {5});
  EXPECT_FALSE(builder.Add(OpCode::kConvert, {*sum}, &other).ok());
  auto computation = std::move(builder).Build(*sum);
  ASSERT_TRUE(computation.ok());
  EXPECT_EQ(computation->program_shape().parameters.size(), 1u);
  EXPECT_EQ(computation->result_shape(), kVector);
}

TEST(ComputationBuilder, CallsComputationsOfItsModule) {
  Module module;
  ComputationBuilder callee(module, "callee");
  InstructionId p = callee.AddParameter(0, kVector, "p");
  auto negated = callee.Add(OpCode::kNegate, {p});
  ASSERT_TRUE(negated.ok());
  ComputationId id = module.Add(std::move(callee).Build(*negated).value());
  ComputationBuilder caller(module, "caller");
  InstructionId q = caller.AddParameter(0, kVector, "q");
  auto call = caller.Add(OpCode::kCall, {q}, CallAttributes{}, {id});
  ASSERT_TRUE(call.ok()) << call.status();
  EXPECT_EQ(caller.shape(*call), kVector);
  EXPECT_FALSE(caller.Add(OpCode::kCall, {q, q}, CallAttributes{}, {id}).ok());
}

TEST(Module, FindsSourcePlaces) {
  ModuleHeader header;
  header.stack_frames.file_names = {"model.py"};
  header.stack_frames.file_locations = {{.file_name_id = 1, .line = 12}};
  header.stack_frames.stack_frames = {{.file_location_id = 1}};
  Module module(header);
  Instruction instruction = Negate(0);
  EXPECT_EQ(module.SourcePlace(instruction), "");
  Annotations by_frame;
  by_frame.metadata.stack_frame_id = 1;
  instruction.annotations = std::make_shared<const Annotations>(by_frame);
  EXPECT_EQ(module.SourcePlace(instruction), "model.py:12");
  Annotations stated;
  stated.metadata.source_file = "other.py";
  stated.metadata.source_line = 3;
  instruction.annotations = std::make_shared<const Annotations>(stated);
  EXPECT_EQ(module.SourcePlace(instruction), "other.py:3");
  by_frame.metadata.stack_frame_id = 99;
  instruction.annotations = std::make_shared<const Annotations>(by_frame);
  EXPECT_EQ(module.SourcePlace(instruction), "");
}

}  // namespace
}  // namespace eqsat::ir
