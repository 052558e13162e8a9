#include "cost_models/analytic/roofline.h"

#include <cmath>
#include <vector>

#include "cost_models/targets/find_target.h"
#include "gtest/gtest.h"

namespace eqsat::cost_models {
namespace {

using ir::ElementType;
using ir::OpCode;
using ir::Shape;

Target Find(std::string_view name) {
  auto target = FindTarget(name);
  EXPECT_TRUE(target.ok()) << target.status();
  return *std::move(target);
}

double Node(const Roofline& roofline, OpCode opcode, std::vector<Shape> operands,
            const ir::Attributes& attributes, const Shape& result) {
  return roofline.NodeSeconds({opcode, operands, attributes, {}, &result});
}

TEST(RooflineTest, EmptyWorkCostsALaunch) {
  const Target target = Find("amdgpu:gfx942");
  KernelCost cost = Roofline(target).Kernel({});
  EXPECT_DOUBLE_EQ(cost.seconds, target.launch_seconds.value);
  EXPECT_EQ(cost.bound, Bound::kLaunch);
}

// 4 GB at four fifths of 5.3 TB/s.
TEST(RooflineTest, LargeStreamsRunAtDramBandwidth) {
  const Target target = Find("amdgpu:gfx942");
  KernelCost cost = Roofline(target).Kernel({.bytes = 4e9, .parallelism = 1e9});
  EXPECT_NEAR(cost.memory_seconds, 4e9 / (0.8 * 5.3e12), 1e-6);
  EXPECT_EQ(cost.bound, Bound::kMemory);
}

TEST(RooflineTest, SmallWorkingSetsRunAtCacheBandwidth) {
  const Target target = Find("cpu:x86-64");
  const Roofline roofline(target);
  const double small = roofline.Kernel({.bytes = 1e6, .parallelism = 1e6}).memory_seconds;
  const double large = roofline.Kernel({.bytes = 1e9, .parallelism = 1e9}).memory_seconds;
  EXPECT_LT(small * 1000, large / 2);
}

// 2·4096³ flops of bf16 at seven tenths of 1307 TFLOP/s.
TEST(RooflineTest, ContractionsRunOnTheMatrixEngine) {
  const Target target = Find("amdgpu:gfx942");
  const Roofline roofline(target);
  EXPECT_EQ(roofline.ContractionEngine(ElementType::kBF16), Engine::kMatrix);
  EXPECT_EQ(roofline.ContractionEngine(ElementType::kS32), Engine::kVector);
  const double flops = 2.0 * 4096 * 4096 * 4096;
  EXPECT_NEAR(roofline.ComputeSeconds({flops, 0, ElementType::kBF16, Engine::kMatrix}),
              flops / (0.7 * 1307.4e12), 1e-6);
}

TEST(RooflineTest, LittleParallelismLeavesUnitsIdle) {
  const Target target = Find("nvptx:sm_90");
  const Roofline roofline(target);
  const double busy = roofline.Kernel({.compute_seconds = 1e-3, .parallelism = 1e8}).seconds;
  const double idle = roofline.Kernel({.compute_seconds = 1e-3, .parallelism = 32}).seconds;
  EXPECT_GT(idle, 50 * busy);
}

TEST(RooflineTest, CostsGrowWithTheWork) {
  const absl::StatusOr<std::vector<Target>> targets = AllTargets();
  ASSERT_TRUE(targets.ok()) << targets.status();
  for (const Target& target : *targets) {
    const Roofline roofline(target);
    double last = 0;
    for (double bytes = 0; bytes < 1e13; bytes = bytes * 2 + 1) {
      double seconds = roofline.Kernel({.bytes = bytes, .parallelism = 1e6}).seconds;
      EXPECT_TRUE(std::isfinite(seconds) && seconds > 0 && seconds >= last) << target.name;
      last = seconds;
    }
  }
}

// An operation saved is time saved even where memory is the bound.
TEST(RooflineTest, EveryOperationDelaysTheFirstResult) {
  const Target target = Find("cpu:x86-64");
  const Roofline roofline(target);
  const double few = roofline.Kernel({.bytes = 1e3, .latency_cycles = 8}).seconds;
  const double more = roofline.Kernel({.bytes = 1e3, .latency_cycles = 12}).seconds;
  EXPECT_NEAR(more - few, 4 / target.clock_hz.value, 1e-15);
}

TEST(RooflineTest, DivisionsAreManyInstructions) {
  const ElementPrice division = PriceOfElement(OpCode::kDivide, ElementType::kF32, 2);
  const ElementPrice product = PriceOfElement(OpCode::kMultiply, ElementType::kF32, 2);
  EXPECT_GT(division.instructions_per_flop, product.instructions_per_flop);
  EXPECT_GT(division.latency_cycles, product.latency_cycles);
  EXPECT_EQ(PriceOfElement(OpCode::kParameter, ElementType::kF32, 0).latency_cycles, 0);
}

TEST(RooflineTest, AClampIsTwoInstructions) {
  const ElementPrice clamp = PriceOfElement(OpCode::kClamp, ElementType::kF32, 3);
  const ElementPrice minimum = PriceOfElement(OpCode::kMinimum, ElementType::kF32, 2);
  EXPECT_EQ(clamp.latency_cycles, 2 * minimum.latency_cycles);
  EXPECT_EQ(clamp.instructions_per_flop, 2 * minimum.instructions_per_flop);
}

TEST(NodeSecondsTest, WhatNeedsNoCodeIsFree) {
  const Target target = Find("cpu:x86-64");
  const Roofline roofline(target);
  const Shape f32(ElementType::kF32, {64, 64});
  EXPECT_EQ(Node(roofline, OpCode::kParameter, {}, ir::ParameterAttributes{}, f32), 0);
  EXPECT_EQ(Node(roofline, OpCode::kTuple, {f32}, ir::NoAttributes{}, Shape::Tuple({f32})), 0);
}

TEST(NodeSecondsTest, EverythingElseCostsAndFusibleOpsCostLess) {
  const Target target = Find("amdgpu:gfx942");
  const Roofline roofline(target);
  const Shape f32(ElementType::kF32, {1024, 1024});
  const double reshape = Node(roofline, OpCode::kReshape, {f32}, ir::ReshapeAttributes{},
                              Shape(ElementType::kF32, {1 << 20}));
  const double add = Node(roofline, OpCode::kAdd, {f32, f32}, ir::NoAttributes{}, f32);
  const double transpose =
      Node(roofline, OpCode::kTranspose, {f32}, ir::DimensionsAttributes{{1, 0}}, f32);
  ir::DotAttributes contraction;
  contraction.lhs_contracting_dims = {1};
  contraction.rhs_contracting_dims = {0};
  const double dot = Node(roofline, OpCode::kDot, {f32, f32}, contraction, f32);
  EXPECT_GT(reshape, 0);
  EXPECT_LT(reshape, add);
  EXPECT_GT(transpose, reshape);
  EXPECT_GT(dot, add);
  EXPECT_GT(dot, target.launch_seconds.value);
}

TEST(NodeSecondsTest, ABroadcastIsCheaperThanReadingItsResult) {
  const Target target = Find("cpu:x86-64");
  const Roofline roofline(target);
  const Shape row(ElementType::kF32, {1024});
  const Shape f32(ElementType::kF32, {4096, 1024});
  const double broadcast =
      Node(roofline, OpCode::kBroadcast, {row}, ir::DimensionsAttributes{{1}}, f32);
  const double copy = Node(roofline, OpCode::kCopy, {f32}, ir::NoAttributes{}, f32);
  EXPECT_LT(broadcast, copy / 4);
}

TEST(NodeSecondsTest, ElementaryFunctionsCostMoreThanArithmetic) {
  const Target target = Find("cpu:x86-64");
  const Roofline roofline(target);
  const Shape f32(ElementType::kF32, {4096});
  EXPECT_GT(Node(roofline, OpCode::kTanh, {f32}, ir::AccuracyAttributes{}, f32),
            Node(roofline, OpCode::kNegate, {f32}, ir::NoAttributes{}, f32));
}

}  // namespace
}  // namespace eqsat::cost_models
