// StableHLO text of HLO modules: what is written, and that reading it gives the same program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "importers/export.h"
#include "importers/import.h"
#include "importers/mlir/attribute_text.h"
#include "importers/mlir/parser.h"
#include "ir/interpret/compare.h"
#include "ir/interpret/interpreter.h"
#include "ir/interpret/random_inputs.h"
#include "ir/verify/verify.h"

namespace eqsat::importers {
namespace {

using testing::HasSubstr;
using testing::Not;

// A module around instructions of the entry.
std::string Entry(std::string_view instructions) {
  return "HloModule m\n\nENTRY main {\n" + std::string(instructions) + "\n}\n";
}

ir::Module Parse(const std::string& text) {
  absl::StatusOr<ir::Module> module = Import(text);
  EXPECT_TRUE(module.ok()) << module.status() << "\n" << text;
  return *std::move(module);
}

std::string Written(const ir::Module& module) {
  absl::StatusOr<std::string> text = Export(module, Format::kStableHlo);
  return text.ok() ? *text : std::string(text.status().message());
}

std::string Written(std::string_view instructions) { return Written(Parse(Entry(instructions))); }

// What is read back is its own round trip, and computes what the module does.
void ExpectSameProgram(const ir::Module& module) {
  absl::StatusOr<std::string> text = Export(module, Format::kStableHlo);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(DetectFormat(*text), Format::kStableHlo);
  absl::StatusOr<ir::Module> again = Import(*text);
  ASSERT_TRUE(again.ok()) << again.status() << "\n" << *text;
  ASSERT_TRUE(ir::Verify(*again).ok()) << ir::Verify(*again) << "\n" << *text;
  absl::StatusOr<ir::Module> third = Import(Written(*again));
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_EQ(ir::FirstDifference(*again, *third), std::nullopt) << *text;
  std::vector<ir::Literal> inputs = ir::RandomInputs(module.entry(), 1);
  absl::StatusOr<ir::Literal> expected = ir::Evaluate(module, inputs);
  if (absl::IsUnimplemented(expected.status())) return;
  ASSERT_TRUE(expected.ok()) << expected.status();
  absl::StatusOr<ir::Literal> found = ir::Evaluate(*again, inputs);
  ASSERT_TRUE(found.ok()) << found.status() << "\n" << *text;
  EXPECT_EQ(ir::CompareLiterals(*expected, *found, ir::Tolerance{}), std::nullopt) << *text;
}

TEST(StableHloWriterTest, Examples) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(EQSAT_SOURCE_DIR "/examples")) {
    if (entry.path().extension() == ".hlo") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  ASSERT_FALSE(paths.empty());
  for (const std::string& path : paths) {
    SCOPED_TRACE(path);
    absl::StatusOr<ir::Module> module = ImportFile(path);
    ASSERT_TRUE(module.ok()) << module.status();
    ExpectSameProgram(*module);
  }
}

TEST(StableHloWriterTest, WholeText) {
  EXPECT_EQ(
      Written(
          R"(  a = f32[2,3] parameter(0), metadata={op_name="x" source_file="f.py" source_line=3}
  c = f32[] constant(1.5)
  b = f32[2,3] broadcast(c), dimensions={}
  s = f32[2,3] add(a, b), metadata={op_name="add" source_file="f.py" source_line=7}
  p = pred[2,3] compare(s, a), direction=LT
  ROOT t = (f32[2,3], pred[2,3]) tuple(s, p))"),
      R"(module @m {
  func.func public @main(%arg0: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xi1>) {
    %0 = stablehlo.constant dense<1.500000e+00> : tensor<f32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [] : (tensor<f32>) -> tensor<2x3xf32>
    %2 = stablehlo.add %arg0, %1 : tensor<2x3xf32> loc(#loc1)
    %3 = stablehlo.compare LT, %2, %arg0, FLOAT : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xi1>
    return %2, %3 : tensor<2x3xf32>, tensor<2x3xi1>
  }
}
#loc1 = loc("add"("f.py":7:0))
)");
}

TEST(StableHloWriterTest, ConstantsKeepTheirBits) {
  for (std::string_view constant :
       {"f32[3] constant({nan(0x1), -inf, -0})", "bf16[2] constant({0.1, nan})",
        "f8e4m3fn[2] constant({0.0625, nan})", "s4[3] constant({-8, 7, 0})",
        "u4[2] constant({15, 1})", "c64[2] constant({(1, -0), (inf, 2)})",
        "pred[2] constant({true, false})", "u64[1] constant({18446744073709551615})",
        "s32[0,2] constant({})", "f64[2] constant({0.1, 1e300})", "f32[2] constant({7, 7})"}) {
    SCOPED_TRACE(constant);
    ir::Module module = Parse(Entry("  ROOT c = " + std::string(constant)));
    ir::Module again = Parse(Written(module));
    EXPECT_EQ(module.entry()[module.entry().root()].attr<ir::ConstantAttributes>().literal,
              again.entry()[again.entry().root()].attr<ir::ConstantAttributes>().literal)
        << Written(module);
  }
}

TEST(StableHloWriterTest, LargeConstantsAreBytes) {
  std::string values = "0";
  for (int i = 1; i < 200; ++i) values += ", " + std::to_string(i);
  ir::Module module = Parse(Entry("  ROOT c = s16[200] constant({" + values + "})"));
  EXPECT_THAT(Written(module), HasSubstr("dense<\"0x0000010002000300"));
  ExpectSameProgram(module);
}

TEST(StableHloWriterTest, LoopsAndBranchesCarryValues) {
  ExpectSameProgram(Parse(R"(HloModule m

cond { p = (s32[], f32[2]) parameter(0)
  i = s32[] get-tuple-element(p), index=0
  n = s32[] constant(3)
  ROOT lt = pred[] compare(i, n), direction=LT }

body { p = (s32[], f32[2]) parameter(0)
  i = s32[] get-tuple-element(p), index=0
  one = s32[] constant(1)
  next = s32[] add(i, one)
  x = f32[2] get-tuple-element(p), index=1
  y = f32[2] multiply(x, x)
  ROOT t = (s32[], f32[2]) tuple(next, y) }

then { p = (f32[2], f32[2]) parameter(0)
  a = f32[2] get-tuple-element(p), index=0
  b = f32[2] get-tuple-element(p), index=1
  ROOT s = f32[2] subtract(a, b) }

else { p = f32[2] parameter(0)
  ROOT n = f32[2] negate(p) }

ENTRY main {
  x = f32[2] parameter(0)
  zero = s32[] constant(0)
  init = (s32[], f32[2]) tuple(zero, x)
  loop = (s32[], f32[2]) while(init), condition=cond, body=body
  y = f32[2] get-tuple-element(loop), index=1
  which = pred[] parameter(1)
  pair = (f32[2], f32[2]) tuple(x, y)
  ROOT z = f32[2] conditional(which, pair, y), true_computation=then, false_computation=else
})"));
}

TEST(StableHloWriterTest, FusionsAndAsyncOperationsAreInline) {
  ir::Module module = Parse(R"(HloModule m

fused { p = f32[2,3]{0,1} parameter(0)
  b = f32[3,2]{1,0} bitcast(p)
  ROOT n = f32[3,2]{1,0} negate(b) }

ENTRY main {
  x = f32[2,3]{0,1} parameter(0)
  start = (f32[2,3]{0,1}, f32[2,3]{0,1}, u32[]) copy-start(x)
  done = f32[2,3]{0,1} copy-done(start)
  ROOT f = f32[3,2]{1,0} fusion(done), kind=kLoop, calls=fused
})");
  EXPECT_THAT(Written(module), HasSubstr("stablehlo.transpose"));
  ExpectSameProgram(module);
}

TEST(StableHloWriterTest, CustomCallsKeepWhatHloSays) {
  constexpr std::string_view kCall =
      R"(  x = f32[1,4,4,1] parameter(0)
  k = f32[3,3,1,1] parameter(1)
  ROOT c = (f32[1,4,4,1]{2,1,3,0}, u8[8]{0}) custom-call(x, k), window={size=3x3 pad=1_1x1_1}, dim_labels=b01f_01io->b01f, custom_call_target="conv", operand_layout_constraints={f32[1,4,4,1]{3,2,1,0}, f32[3,3,1,1]{3,2,1,0}}, custom_call_has_side_effect=true, api_version=API_VERSION_TYPED_FFI, backend_config="{a = 1 : i64, b = \"t\"}")";
  ir::Module module = Parse(Entry(kCall));
  ir::Module again = Parse(Written(module));
  auto call_of = [](const ir::Module& m) {
    for (const ir::Instruction& op : m.entry().instructions())
      if (op.opcode == ir::OpCode::kCustomCall) return op;
    return ir::Instruction();
  };
  EXPECT_EQ(call_of(module).attr<ir::CustomCallAttributes>(),
            call_of(again).attr<ir::CustomCallAttributes>());
  EXPECT_EQ(call_of(module).shape, call_of(again).shape);
  EXPECT_EQ(call_of(module).Notes().backend_config, call_of(again).Notes().backend_config);
}

TEST(StableHloWriterTest, ShardingsAndDonationsStay) {
  const std::string text =
      Written(Parse(R"(HloModule m, input_output_alias={ {1}: (0, {}) }, num_partitions=2

ENTRY main {
  x = f32[4] parameter(0), sharding={devices=[2]<=[2]}
  n = f32[4] negate(x), sharding={replicated}
  ROOT t = (f32[4], f32[4]) tuple(n, x), sharding={{replicated}, {devices=[2]<=[2]}}
})"));
  EXPECT_THAT(text, HasSubstr("mhlo.num_partitions = 2 : i32"));
  EXPECT_THAT(text, HasSubstr("tf.aliasing_output = 1 : i32"));
  EXPECT_THAT(text, HasSubstr("-> (tensor<4xf32> {mhlo.sharding = \"{replicated}\"}, "));
  EXPECT_EQ(Written(Parse(text)), text);
}

// As text, and as older programs have them: the bytes of a proto.
TEST(StableHloWriterTest, ShardingsOfTheInterfaceStay) {
  const ir::Module module = Parse(R"(module @m attributes {mhlo.num_partitions = 2 : i32,
      mhlo.spmd_output_sharding = "{devices=[2,1]<=[2]}",
      mhlo.spmd_parameters_shardings = ["{replicated}", "\08\03\1A\02\01\02\22\02\00\01"]} {
    func.func @main(%a: tensor<4x4xf32>, %b: tensor<4x4xf32>) -> tensor<4x4xf32> {
      %0 = stablehlo.add %a, %b : tensor<4x4xf32>
      return %0 : tensor<4x4xf32>
    }})");
  EXPECT_TRUE(module.header().spmd_output_sharding.has_value());
  EXPECT_EQ(module.header().spmd_parameter_shardings.size(), 2);
  std::string text = Written(module);
  EXPECT_THAT(text, HasSubstr("mhlo.spmd_output_sharding = \"{devices=[2,1]<=[2]}\""));
  EXPECT_THAT(text, HasSubstr("mhlo.spmd_parameters_shardings = [\"{replicated}\", "
                              "\"{devices=[1,2]0,1}\"]"));
  ExpectSameProgram(module);
  absl::StatusOr<ir::Module> again = Import(*Export(module, Format::kHloProto));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(ir::FirstDifference(module, *again), std::nullopt);
}

TEST(StableHloWriterTest, CollectivesListTheirGroups) {
  const std::string text = Written(Parse(R"(HloModule m, replica_count=4

sum { a = f32[] parameter(0)
  b = f32[] parameter(1)
  ROOT s = f32[] add(a, b) }

ENTRY main {
  x = f32[4] parameter(0)
  r = f32[4] all-reduce(x), replica_groups=[2,2]<=[4], to_apply=sum
  ROOT a = (f32[4], f32[4]) all-to-all(r, x), replica_groups={{0,1},{2,3}}
})"));
  EXPECT_THAT(text, HasSubstr("replica_groups = dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>"));
  EXPECT_THAT(text, HasSubstr("split_count = 2 : i64"));
  EXPECT_EQ(Written(Parse(text)), text);
}

TEST(StableHloWriterTest, WhatStableHloLacksIsNamed) {
  EXPECT_EQ(Written(R"(  a = s8[2,2] parameter(0)
  ROOT d = s8[2,2] dot(a, a), lhs_contracting_dims={1}, rhs_contracting_dims={0}, operand_precision={packed_nibble,packed_nibble})"),
            "%d (dot): StableHLO has no precision packed_nibble");
  EXPECT_THAT(Written("  ROOT c = u1[2] constant({1, 0})"), HasSubstr("%c (constant): "));
}

TEST(StableHloWriterTest, UnusedInstructionsAreLeftOut) {
  EXPECT_THAT(Written(R"(  x = f32[2] parameter(0)
  unused = f32[2] tanh(x)
  ROOT n = f32[2] negate(x))"),
              Not(HasSubstr("tanh")));
}

// Attributes as text are read as they were.
TEST(AttributeTextTest, IsReadBack) {
  const std::string text =
      R"({a = 1.000000e-05 : f64, z = [@f, @"g-1"::@h], b = [1 : i64, "x\22y\0A"], "c d" = #stablehlo<precision HIGH>, e = array<i64: 1, 2>, f = dense<[[1, 2], [3, 4]]> : tensor<2x2xi64>, g, h = 0x7FC00001 : f32})";
  absl::StatusOr<std::vector<mlir::Module>> modules =
      mlir::ParseText("module attributes " + text + " {\n  func.func @f() {\n    return\n  }\n}\n");
  ASSERT_TRUE(modules.ok()) << modules.status();
  std::string again = mlir::DictionaryText((*modules)[0].attributes);
  EXPECT_THAT(again, HasSubstr(text.substr(0, text.find(", h = "))));
}

}  // namespace
}  // namespace eqsat::importers
