// StableHLO text becomes HLO: what the programs compute, and how the instructions look.
#include "importers/stablehlo/stablehlo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "importers/import.h"
#include "ir/base/strings.h"
#include "ir/graph/printer.h"
#include "ir/interpret/interpreter.h"
#include "ir/verify/verify.h"

namespace eqsat::importers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

ir::Module Translated(std::string_view text) {
  absl::StatusOr<std::vector<ir::Module>> programs = ParseStableHloText(text);
  EXPECT_TRUE(programs.ok()) << programs.status();
  if (!programs.ok()) return *std::move(ParseStableHloText("module {}")->begin());
  EXPECT_EQ(programs->size(), 1);
  absl::Status verified = ir::Verify((*programs)[0]);
  EXPECT_TRUE(verified.ok()) << verified << ir::PrintModule((*programs)[0]);
  return std::move((*programs)[0]);
}

std::string TextOf(std::string_view text) { return ir::PrintModule(Translated(text)); }

std::string ErrorOf(std::string_view text) {
  absl::StatusOr<std::vector<ir::Module>> programs = ParseStableHloText(text);
  return programs.ok() ? "no error" : std::string(programs.status().message());
}

// The elements of a program's one result.
std::vector<double> ValuesOf(std::string_view text) {
  ir::Module module = Translated(text);
  absl::StatusOr<ir::Literal> result = ir::Evaluate(module, {});
  EXPECT_TRUE(result.ok()) << result.status();
  std::vector<double> values;
  if (!result.ok()) return values;
  for (int64_t i = 0; i < result->shape().ElementCount(); ++i) {
    values.push_back(result->AsDouble(i));
  }
  return values;
}

TEST(StableHloTest, ElementwiseAndConstants) {
  EXPECT_THAT(ValuesOf(R"(
    func.func @main() -> tensor<2x2xf32> {
      %a = stablehlo.constant dense<[[1.0, -2.0], [0x40400000, 4.5]]> : tensor<2x2xf32>
      %b = stablehlo.constant dense<2.0> : tensor<2x2xf32>
      %0 = stablehlo.multiply %a, %b : tensor<2x2xf32>
      %1 = "stablehlo.add"(%0, %b) : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
      return %1 : tensor<2x2xf32>
    })"),
              ElementsAre(4, -2, 8, 11));
}

TEST(StableHloTest, HexConstantsAndSplats) {
  EXPECT_THAT(ValuesOf(R"(func.func @main() -> tensor<3xi16> {
      %a = stablehlo.constant dense<"0x0100FFFF0300"> : tensor<3xi16>
      return %a : tensor<3xi16>
    })"),
              ElementsAre(1, -1, 3));
  EXPECT_THAT(ValuesOf(R"(func.func @main() -> tensor<9xi1> {
      %a = stablehlo.constant dense<"0x0501"> : tensor<9xi1>
      return %a : tensor<9xi1>
    })"),
              ElementsAre(1, 0, 1, 0, 0, 0, 0, 0, 1));
}

TEST(StableHloTest, Resources) {
  EXPECT_THAT(ValuesOf(R"(
    module {
      func.func @main() -> tensor<2xi32> {
        %a = stablehlo.constant dense_resource<blob> : tensor<2xi32>
        return %a : tensor<2xi32>
      }
    }
    {-#
      dialect_resources: { builtin: { blob: "0x040000000700000008000000" } }
    #-})"),
              ElementsAre(7, 8));
}

TEST(StableHloTest, BroadcastDropsStretchedDimensions) {
  std::string text = TextOf(R"(func.func @main(%a: tensor<1x3xf32>) -> tensor<2x3xf32> {
      %0 = stablehlo.broadcast_in_dim %a, dims = [0, 1] : (tensor<1x3xf32>) -> tensor<2x3xf32>
      return %0 : tensor<2x3xf32>
    })");
  EXPECT_THAT(text, HasSubstr("f32[3]{0} reshape("));
  EXPECT_THAT(text, HasSubstr("f32[2,3]{1,0} broadcast("));
}

TEST(StableHloTest, ReduceInBothForms) {
  EXPECT_THAT(ValuesOf(R"(func.func @main() -> tensor<2xi32> {
      %a = stablehlo.constant dense<[[1, 5, 2], [7, 3, 4]]> : tensor<2x3xi32>
      %z = stablehlo.constant dense<0> : tensor<i32>
      %0 = stablehlo.reduce(%a init: %z) applies stablehlo.maximum across dimensions = [1]
          : (tensor<2x3xi32>, tensor<i32>) -> tensor<2xi32>
      return %0 : tensor<2xi32>
    })"),
              ElementsAre(5, 7));
  // The region's first arguments of all inputs come first.
  EXPECT_THAT(ValuesOf(R"(func.func @main() -> tensor<i32> {
      %a = stablehlo.constant dense<[3, 9, 4]> : tensor<3xi32>
      %i = stablehlo.iota dim = 0 : tensor<3xi32>
      %z = stablehlo.constant dense<0> : tensor<i32>
      %0:2 = stablehlo.reduce(%a init: %z), (%i init: %z) across dimensions = [0]
          : (tensor<3xi32>, tensor<3xi32>, tensor<i32>, tensor<i32>) -> (tensor<i32>, tensor<i32>)
       reducer(%v: tensor<i32>, %w: tensor<i32>) (%j: tensor<i32>, %k: tensor<i32>) {
        %c = stablehlo.compare GT, %v, %w, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>
        %m = stablehlo.select %c, %v, %w : tensor<i1>, tensor<i32>
        %n = stablehlo.select %c, %j, %k : tensor<i1>, tensor<i32>
        stablehlo.return %m, %n : tensor<i32>, tensor<i32>
      }
      return %0#1 : tensor<i32>
    })"),
              ElementsAre(1));
}

TEST(StableHloTest, LoopsCarryWhatTheyUseFromOutside) {
  constexpr char kLoop[] = R"(func.func @main(%step: tensor<i32>) -> tensor<i32> {
      %zero = stablehlo.constant dense<0> : tensor<i32>
      %limit = stablehlo.constant dense<10> : tensor<i32>
      %0 = stablehlo.while(%i = %zero) : tensor<i32>
       cond {
        %c = stablehlo.compare LT, %i, %limit : (tensor<i32>, tensor<i32>) -> tensor<i1>
        stablehlo.return %c : tensor<i1>
      } do {
        %n = stablehlo.add %i, %step : tensor<i32>
        stablehlo.return %n : tensor<i32>
      }
      return %0 : tensor<i32>
    })";
  ir::Module module = Translated(kLoop);
  ir::Literal step = ir::Literal::FromInt64s(ir::Shape(ir::ElementType::kS32, {}), {4});
  absl::StatusOr<ir::Literal> result = ir::Evaluate(module, {step});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->AsInt64(0), 12);
  // The constant is emitted in the condition, the parameter is part of the state.
  EXPECT_THAT(ir::PrintModule(module), HasSubstr("(s32[], s32[]) while("));
}

TEST(StableHloTest, ConditionalsTakeWhatTheirBranchesUse) {
  EXPECT_THAT(ValuesOf(R"(func.func @main() -> tensor<f32> {
      %p = stablehlo.constant dense<false> : tensor<i1>
      %i = stablehlo.iota dim = 0 : tensor<3xf32>
      %z = stablehlo.constant dense<0.0> : tensor<f32>
      %x = stablehlo.reduce(%i init: %z) applies stablehlo.add across dimensions = [0]
          : (tensor<3xf32>, tensor<f32>) -> tensor<f32>
      %0 = "stablehlo.if"(%p) ({
        stablehlo.return %x : tensor<f32>
      }, {
        %n = stablehlo.negate %x : tensor<f32>
        stablehlo.return %n : tensor<f32>
      }) : (tensor<i1>) -> tensor<f32>
      return %0 : tensor<f32>
    })"),
              ElementsAre(-3));
}

TEST(StableHloTest, CallsAndComposites) {
  std::string text = TextOf(R"(
    module @m {
      func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
        %0 = call @twice(%x) : (tensor<2xf32>) -> tensor<2xf32>
        %1 = stablehlo.composite "my.op" %0 {
          composite_attributes = {n = 1 : i32}, decomposition = @twice, version = 3 : i32
        } : (tensor<2xf32>) -> tensor<2xf32>
        return %1 : tensor<2xf32>
      }
      func.func private @twice(%x: tensor<2xf32>) -> tensor<2xf32> {
        %0 = stablehlo.add %x, %x : tensor<2xf32>
        return %0 : tensor<2xf32>
      }
    })");
  EXPECT_THAT(text, HasSubstr("to_apply=%twice"));
  EXPECT_THAT(text, HasSubstr("is_composite=true"));
  EXPECT_THAT(text, HasSubstr("composite.attributes={n = 1 : i32}"));
  EXPECT_THAT(text, HasSubstr("composite.version=\"3\""));
}

TEST(StableHloTest, OpenSizesFollowFromTheCaller) {
  EXPECT_THAT(ValuesOf(R"(
    func.func @main() -> tensor<4xi32> {
      %x = stablehlo.constant dense<[5, 6]> : tensor<2xi32>
      %0 = call @twice(%x) : (tensor<2xi32>) -> tensor<?xi32>
      %1 = stablehlo.reshape %0 : (tensor<?xi32>) -> tensor<4xi32>
      return %1 : tensor<4xi32>
    }
    func.func private @twice(%x: tensor<?xi32>) -> tensor<?xi32> {
      %n = stablehlo.get_dimension_size %x, dim = 0 : (tensor<?xi32>) -> tensor<i32>
      %two = stablehlo.constant dense<2> : tensor<1xi32>
      %v = stablehlo.reshape %n : (tensor<i32>) -> tensor<1xi32>
      %s = stablehlo.concatenate %two, %v, dim = 0 : (tensor<1xi32>, tensor<1xi32>) -> tensor<2xi32>
      %b = stablehlo.dynamic_broadcast_in_dim %x, %s, dims = [1]
          : (tensor<?xi32>, tensor<2xi32>) -> tensor<?x?xi32>
      %m = stablehlo.multiply %two, %v : tensor<1xi32>
      %0 = stablehlo.dynamic_reshape %b, %m : (tensor<?x?xi32>, tensor<1xi32>) -> tensor<?xi32>
      return %0 : tensor<?xi32>
    })"),
              ElementsAre(5, 6, 5, 6));
}

TEST(StableHloTest, QuantizedValues) {
  // 0.5 · (q - 1): 2.0 is 5, 100 is the largest.
  EXPECT_THAT(ValuesOf(R"(func.func @main() -> tensor<2xi8> {
      %x = stablehlo.constant dense<[2.0, 100.0]> : tensor<2xf32>
      %q = stablehlo.uniform_quantize %x
          : (tensor<2xf32>) -> tensor<2x!quant.uniform<i8<-128:100>:f32, 5.0e-1:1>>
      %b = stablehlo.bitcast_convert %q
          : (tensor<2x!quant.uniform<i8<-128:100>:f32, 5.0e-1:1>>) -> tensor<2xi8>
      return %b : tensor<2xi8>
    })"),
              ElementsAre(5, 100));
  EXPECT_THAT(ValuesOf(R"(func.func @main() -> tensor<2x2xf32> {
      %x = stablehlo.constant dense<[[1.0, 1.0], [3.0, 3.0]]> : tensor<2x2xf32>
      %q = stablehlo.uniform_quantize %x
          : (tensor<2x2xf32>) -> tensor<2x2x!quant.uniform<i8:f32:1, {1.0, 2.0:1}>>
      %s = stablehlo.add %q, %q : tensor<2x2x!quant.uniform<i8:f32:1, {1.0, 2.0:1}>>
      %0 = stablehlo.uniform_dequantize %s
          : (tensor<2x2x!quant.uniform<i8:f32:1, {1.0, 2.0:1}>>) -> tensor<2x2xf32>
      return %0 : tensor<2x2xf32>
    })"),
              ElementsAre(2, 0, 6, 8));
}

TEST(StableHloTest, SpecialFunctions) {
  std::vector<double> values = ValuesOf(R"(func.func @main() -> tensor<5xf64> {
      %x = stablehlo.constant dense<[0.5, 3.0, -1.5, 10.0, 30.0]> : tensor<5xf64>
      %0 = chlo.lgamma %x : tensor<5xf64> -> tensor<5xf64>
      return %0 : tensor<5xf64>
    })");
  const double expected[] = {0.5723649429247001, 0.6931471805599453, 0.8600470153764810,
                             12.801827480081469, 71.25703896716801};
  ASSERT_EQ(values.size(), 5);
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(values[i], expected[i], 1e-12) << i;
  values = ValuesOf(R"(func.func @main() -> tensor<2xf64> {
      %x = stablehlo.constant dense<[0.5, -0.999]> : tensor<2xf64>
      %0 = chlo.erf_inv %x : tensor<2xf64> -> tensor<2xf64>
      return %0 : tensor<2xf64>
    })");
  EXPECT_NEAR(values.at(0), 0.4769362762044699, 1e-14);
  EXPECT_NEAR(values.at(1), -2.3267537655135246, 1e-12);
}

TEST(StableHloTest, TheNextOfAByteIsItsNextBitPattern) {
  EXPECT_THAT(ValuesOf(R"(func.func @main() -> tensor<4xf8E5M2> {
      %x = stablehlo.constant dense<[1.0, 1.0, 0.0, -0.0]> : tensor<4xf8E5M2>
      %y = stablehlo.constant dense<[2.0, -2.0, 1.0, -1.0]> : tensor<4xf8E5M2>
      %0 = chlo.next_after %x, %y : tensor<4xf8E5M2>, tensor<4xf8E5M2> -> tensor<4xf8E5M2>
      return %0 : tensor<4xf8E5M2>
    })"),
              ElementsAre(1.25, 0.875, 0x1p-16, -0x1p-16));
}

TEST(StableHloTest, ChecksAreCalls) {
  ir::Module module = Translated(R"(func.func @f() {
      %x = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
      check.expect_eq_const %x, dense<[1.0, 2.5]> : tensor<2xf32>
      return
    })");
  absl::StatusOr<ir::Literal> result = ir::Evaluate(module, {});
  EXPECT_TRUE(absl::IsFailedPrecondition(result.status())) << result.status();
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("check.expect_eq fails"));
}

TEST(StableHloTest, SeveralProgramsInOneText) {
  constexpr char kText[] = R"(
// ---------- a comment ----------
func.func @a() -> tensor<i32> {
  %x = stablehlo.constant dense<1> : tensor<i32>
  return %x : tensor<i32>
}
// -----
func.func @b() -> tensor<i32> {
  %x = stablehlo.constant dense<2> : tensor<i32>
  return %x : tensor<i32>
}
)";
  absl::StatusOr<std::vector<ir::Module>> programs = ImportPrograms(kText);
  ASSERT_TRUE(programs.ok()) << programs.status();
  EXPECT_EQ(programs->size(), 2);
  EXPECT_THAT(std::string(Import(kText).status().message()), HasSubstr("holds 2 programs"));
}

TEST(StableHloTest, AReturnOfNothingHasAPlace) {
  EXPECT_EQ(Translated("func.func @main() {\n  return loc(\"f\")\n}").entry().size(), 1);
}

TEST(StableHloTest, LocationsAndShardings) {
  std::string text = TextOf(R"(
#loc1 = loc("file.py":7:3)
#loc2 = loc("jit(f)/add"(#loc1))
module @m attributes {mhlo.num_partitions = 2 : i32} {
  func.func @main(%x: tensor<4xf32> {mhlo.sharding = "{devices=[2]0,1}"}) -> tensor<4xf32> {
    %0 = stablehlo.add %x, %x {mhlo.frontend_attributes = {k = "v"}} : tensor<4xf32> loc(#loc2)
    return %0 : tensor<4xf32>
  }
})");
  EXPECT_THAT(text, HasSubstr("sharding={devices=[2]0,1}"));
  EXPECT_THAT(text, HasSubstr("op_name=\"jit(f)/add\" source_file=\"file.py\" source_line=7"));
  EXPECT_THAT(text, HasSubstr("frontend_attributes={k=\"v\"}"));
  EXPECT_THAT(text, HasSubstr("num_partitions=2"));
}

TEST(StableHloTest, ConvolutionLabelsInBothForms) {
  constexpr char kPretty[] = R"(
    func.func @main(%a: tensor<1x5x5x2xf32>, %b: tensor<3x3x2x4xf32>) -> tensor<1x2x2x4xf32> {
      %0 = stablehlo.convolution(%a, %b) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f],
          window = {stride = [2, 2]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64}
          : (tensor<1x5x5x2xf32>, tensor<3x3x2x4xf32>) -> tensor<1x2x2x4xf32>
      return %0 : tensor<1x2x2x4xf32>
    })";
  constexpr char kGeneric[] = R"(
    func.func @main(%a: tensor<1x5x5x2xf32>, %b: tensor<3x3x2x4xf32>) -> tensor<1x2x2x4xf32> {
      %0 = "stablehlo.convolution"(%a, %b) {
        batch_group_count = 1 : i64, feature_group_count = 1 : i64,
        window_strides = array<i64: 2, 2>,
        dimension_numbers = #stablehlo.conv<raw
          input_batch_dimension = 0, input_feature_dimension = 3, input_spatial_dimensions = [1, 2],
          kernel_input_feature_dimension = 2, kernel_output_feature_dimension = 3,
          kernel_spatial_dimensions = [0, 1], output_batch_dimension = 0,
          output_feature_dimension = 3, output_spatial_dimensions = [1, 2]>
      } : (tensor<1x5x5x2xf32>, tensor<3x3x2x4xf32>) -> tensor<1x2x2x4xf32>
      return %0 : tensor<1x2x2x4xf32>
    })";
  EXPECT_THAT(TextOf(kPretty), HasSubstr("window={size=3x3 stride=2x2}, "
                                         "dim_labels=b01f_01io->b01f"));
  EXPECT_EQ(ir::FirstDifference(Translated(kPretty), Translated(kGeneric)), std::nullopt);
}

TEST(StableHloTest, AsyncCollectivesHaveOperationsOfTheirOwn) {
  std::string text = TextOf(R"(func.func @main(%a: tensor<4x2xf32>) -> tensor<4x4xf32> {
      %0 = "stablehlo.async_start"(%a) ({
      ^bb0(%b: tensor<4x2xf32>):
        %1 = "stablehlo.all_gather"(%b) <{all_gather_dim = 1 : i64,
            channel_handle = #stablehlo.channel_handle<handle = 1, type = 0>,
            replica_groups = dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>, use_global_device_ids}>
            : (tensor<4x2xf32>) -> tensor<4x4xf32>
        stablehlo.return %1 : tensor<4x4xf32>
      }) : (tensor<4x2xf32>) -> !stablehlo.future<tensor<4x4xf32>>
      %2 = "stablehlo.async_done"(%0) : (!stablehlo.future<tensor<4x4xf32>>) -> tensor<4x4xf32>
      return %2 : tensor<4x4xf32>
    })");
  EXPECT_THAT(text, HasSubstr("(f32[4,2]{1,0}, f32[4,4]{1,0}) all-gather-start("));
  EXPECT_THAT(text, HasSubstr("all-gather-done("));
}

TEST(StableHloTest, GroupsAlongAxesOfAMesh) {
  auto groups = [](std::string_view mesh, std::string_view axis) {
    const std::string text =
        TextOf(base::StrCat(R"(
      sdy.mesh @m = <["x"=2, "y"=4], device_ids=[7, 6, 5, 4, 3, 2, 1, 0]>
      func.func @main(%a: tensor<4xf32>) -> tensor<8xf32> {
        %0 = "stablehlo.all_gather"(%a) {all_gather_dim = 0 : i64, use_global_device_ids,
          channel_handle = #stablehlo.channel_handle<handle = 1, type = 0>,
          replica_groups = #stablehlo.replica_group_mesh_axes<mesh = )",
                            mesh, ", axes = [#stablehlo.axis_ref<", axis, R"(>]>}
          : (tensor<4xf32>) -> tensor<8xf32>
        return %0 : tensor<8xf32>
      })"));
    const size_t begin = text.find("replica_groups=") + 15;
    return text.substr(begin, text.find('}', begin) + 1 - begin);
  };
  EXPECT_EQ(groups("@m", R"(name = "x")"), "mesh['x'=2,'y'=4], device_ids=(7,6,5,4,3,2,1,0) {'x'}");
  EXPECT_EQ(groups("@m", R"(name = "y", sub_axis_info = (2)2)"),
            "mesh['x'=2,'y'=4], device_ids=(7,6,5,4,3,2,1,0) {'y':(2)2}");
  EXPECT_EQ(groups("#stablehlo.mesh<axes=[<name = \"z\", size = 2>]>", R"(name = "z")"),
            "mesh['z'=2] {'z'}");
}

// As XLA translates what JAX prints.
TEST(StableHloTest, ShardingsByMeshes) {
  std::string text = TextOf(R"(
    sdy.mesh @m = <["x"=2, "y"=4]>
    func.func @main(%a: tensor<4x8xf32> {sdy.sharding = #sdy.sharding<@m, [{"y"}, {?}p1]>})
        -> (tensor<4x8xf32> {sdy.sharding = #sdy.sharding<@m, [{}, {"x"}]>}) {
      %0 = sdy.sharding_constraint %a <@m, [{"x", ?}, {}]> : tensor<4x8xf32>
      %1 = stablehlo.negate %0 {sdy.sharding = #sdy.sharding_per_value<[<@m, [{"y", "x"}, {}]>]>}
          : tensor<4x8xf32>
      return %1 : tensor<4x8xf32>
    })");
  EXPECT_THAT(text, HasSubstr("frontend_attributes={xla.sdy.meshes={m = #sdy.mesh<["));
  EXPECT_THAT(text, HasSubstr("parameter(0), sharding={devices=[4,1,2]<=[2,4]T(1,0) "
                              "last_tile_dim_replicate}, frontend_attributes={xla.sdy.sharding="
                              R"("#sdy.sharding<@m, [{\"y\"}, {?}p1]>"})"));
  EXPECT_THAT(text, HasSubstr("custom_call_target=\"Sharding\", sharding={devices=[2,1,4]<=[8] "
                              "last_tile_dim_replicate}, frontend_attributes={xla.sdy.sharding="));
  EXPECT_THAT(text, HasSubstr("negate(%custom-call.1), sharding={devices=[8,1]<=[2,4]T(1,0)}, "));
  EXPECT_THAT(text, HasSubstr("ROOT %custom-call.3 = f32[4,8]{1,0} custom-call(%negate.2), "
                              "custom_call_target=\"xla.sdy.FuncResultSharding\", "
                              "custom_call_has_side_effect=true, sharding={devices=[1,2,4]<=[8] "
                              "last_tile_dim_replicate}, "));
}

TEST(StableHloTest, ManualComputations) {
  std::string text = TextOf(R"(
    sdy.mesh @m = <["x"=2]>
    func.func @main(%a: tensor<4xf32>, %b: tensor<2xf32>) -> tensor<4xf32> {
      %0 = sdy.manual_computation(%a, %b) in_shardings=[<@m, [{"x"}]>, <@m, [{}]>]
          out_shardings=[<@m, [{"x"}]>] manual_axes={"x"} (%c: tensor<2xf32>, %d: tensor<2xf32>) {
        %1 = stablehlo.add %c, %d : tensor<2xf32>
        sdy.return %1 : tensor<2xf32>
      } : (tensor<4xf32>, tensor<2xf32>) -> tensor<4xf32>
      return %0 : tensor<4xf32>
    })");
  EXPECT_THAT(text, HasSubstr("(f32[2]{0}, f32[2]{0}) custom-call(%Arg_0, %Arg_1), "
                              "custom_call_target=\"xla.sdy.GlobalToLocalShape\", "
                              "custom_call_has_side_effect=true, "
                              "frontend_attributes={xla.sdy.in_shardings=\"#sdy.sharding_per_value<"
                              R"([<@m, [{\"x\"}]>, <@m, [{}]>]>",)"
                              R"(xla.sdy.manual_axes="#sdy<manual_axes{\"x\"}>"})"));
  EXPECT_THAT(text, HasSubstr("f32[4]{0} custom-call(%call.5), "
                              "custom_call_target=\"xla.sdy.LocalToGlobalShape\", "));
}

TEST(StableHloTest, DonatedParameters) {
  std::string text = TextOf(R"(func.func @main(%a: tensor<2xf32> {tf.aliasing_output = 1 : i32},
      %b: tensor<2xf32> {jax.buffer_donor = true}) -> (tensor<2xf32>, tensor<2xf32>) {
      return %b, %a : tensor<2xf32>, tensor<2xf32>
    })");
  EXPECT_THAT(text, HasSubstr("input_output_alias={ {1}: (0, {}, may-alias) }"));
  EXPECT_THAT(text, HasSubstr("buffer_donor={ (1, {}) }"));
}

TEST(StableHloTest, DonationsOfTheModule) {
  EXPECT_THAT(
      TextOf(R"(module @m attributes {mhlo.input_output_alias = [
      {alias = {kind = "may_alias", parameter_index = array<i64>, parameter_number = 0 : i64},
       output_index = array<i64: 1>},
      {alias = {kind = "must_alias", parameter_index = array<i64>, parameter_number = 1 : i64},
       output_index = array<i64: 0>}]} {
    func.func @main(%a: tensor<2xf32>, %b: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
      return %b, %a : tensor<2xf32>, tensor<2xf32>
    }})"),
      HasSubstr("input_output_alias={ {1}: (0, {}, may-alias), {0}: (1, {}, must-alias) }"));
}

TEST(StableHloTest, CustomCallsKeepWhatTheyCall) {
  std::string text = TextOf(R"(
    func.func @main(%a: tensor<2xf32>) -> tensor<2xf32> {
      %0 = stablehlo.custom_call @foo(%a) {backend_config = "{}", api_version = 2 : i32,
          called_computations = [@f], operand_layouts = [dense<0> : tensor<1xindex>],
          result_layouts = [dense<0> : tensor<1xindex>]} : (tensor<2xf32>) -> tensor<2xf32>
      return %0 : tensor<2xf32>
    }
    func.func private @f(%a: tensor<2xf32>) -> tensor<2xf32> {
      return %a : tensor<2xf32>
    })");
  EXPECT_THAT(text, HasSubstr("custom_call_target=\"foo\""));
  EXPECT_THAT(text, HasSubstr("%f"));
  EXPECT_THAT(text, HasSubstr("api_version=API_VERSION_STATUS_RETURNING"));
}

TEST(StableHloTest, FieldsOfDimensionNumbers) {
  auto dot = [](std::string_view end) {
    std::string text = R"(
    func.func @main(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) -> tensor<2x4xf32> {
      %0 = "stablehlo.dot_general"(%a, %b) {dot_dimension_numbers = #stablehlo.dot<
          lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [0]END>}
          : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
      return %0 : tensor<2x4xf32>
    })";
    return text.replace(text.find("END"), 3, end);
  };
  EXPECT_THAT(TextOf(dot(",")), HasSubstr("rhs_contracting_dims={0}"));
  EXPECT_THAT(ErrorOf(dot(" 7")),
              HasSubstr("the attribute dot_dimension_numbers must have named fields"));
}

TEST(StableHloTest, ErrorsNameThePlace) {
  EXPECT_EQ(ErrorOf("func.func @main() {\n  %0 = stablehlo.foo : tensor<f32>\n  return\n}"),
            "2:8: stablehlo.foo: the operation is not known");
  EXPECT_THAT(ErrorOf("func.func @main() {\n  return %x : tensor<f32>\n}"),
              StartsWith("2:10: there is no value %x"));
  EXPECT_THAT(ErrorOf("func.func @main(%a: tensor<2xf32>) -> tensor<3xf32> {\n"
                      "  %0 = stablehlo.add %a, %a : (tensor<2xf32>, tensor<2xf32>) -> "
                      "tensor<3xf32>\n  return %0 : tensor<3xf32>\n}"),
              HasSubstr("2:8: stablehlo.add: the result is of type tensor<3xf32>"));
  EXPECT_THAT(ErrorOf("func.func @main() {\n  call @main() : () -> ()\n  return\n}"),
              HasSubstr("function @main calls itself"));
  EXPECT_THAT(ErrorOf("func.func @main() {\n  %0 = stablehlo.constant dense<[1, 2]> : "
                      "tensor<3xi32>\n  return\n}"),
              HasSubstr("dimension 0 has 2 elements here, but its size is 3"));
}

TEST(StableHloTest, BrokenTextNeverCrashes) {
  constexpr char kText[] = R"(module @m attributes {a = #stablehlo<precision HIGH>} {
  func.func @main(%x: tensor<2x?xf32, #stablehlo.bounds<?, 3>>) -> (tensor<2xi1> {k = "v"}) {
    %c = stablehlo.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32> loc("f":1:2)
    %0:2 = "stablehlo.sort"(%c, %c) <{dimension = 1 : i64}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>, %d: tensor<f32>, %e: tensor<f32>):
      %r = stablehlo.compare LT, %a, %b, FLOAT : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %r : tensor<i1>
    }) : (tensor<1x2xf32>, tensor<1x2xf32>) -> (tensor<1x2xf32>, tensor<1x2xf32>)
    return %0#0 : tensor<1x2xf32>
  }
})";
  const std::string text = kText;
  for (size_t i = 0; i < text.size(); ++i) {
    ErrorOf(text.substr(0, i));
    ErrorOf(text.substr(0, i) + text.substr(i + 1));
    for (char change : {'(', '<', '{', '"', '0', '%'}) {
      std::string changed = text;
      changed[i] = change;
      ErrorOf(changed);
    }
  }
  EXPECT_THAT(ErrorOf("func.func @main(%a: " + std::string(100000, '(')), HasSubstr("levels deep"));
  EXPECT_THAT(ErrorOf("module " + std::string(100000, '{')), Not(StartsWith("no error")));
}

TEST(StableHloTest, FormatIsDetected) {
  EXPECT_EQ(DetectFormat("// a comment\n\nmodule @m {\n}"), Format::kStableHlo);
  EXPECT_EQ(DetectFormat("#loc = loc(unknown)\nmodule {}"), Format::kStableHlo);
  EXPECT_EQ(DetectFormat("ML\xefR\x0d"), Format::kStableHloBytecode);
  EXPECT_EQ(DetectFormat("%add { ROOT a = f32[] parameter(0) }"), Format::kHloText);
  EXPECT_EQ(DetectFormat("HloModule m"), Format::kHloText);
}

}  // namespace
}  // namespace eqsat::importers
