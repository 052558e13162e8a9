// Constraints of StableHLO's specification that the translated HLO no longer shows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "importers/stablehlo/stablehlo.h"
#include "ir/base/strings.h"
#include "ir/interpret/interpreter.h"

namespace eqsat::importers {
namespace {

using testing::HasSubstr;

struct Constraint {
  std::string_view arguments;  // of a function
  std::string_view operation;
  std::string_view message;  // a part of it; empty: no error
};

void PrintTo(const Constraint& c, std::ostream* os) { *os << c.operation; }

class StableHloConstraints : public testing::TestWithParam<Constraint> {};

TEST_P(StableHloConstraints, AreChecked) {
  const Constraint& c = GetParam();
  const std::string text =
      base::StrCat("func.func @f(", c.arguments, ") {\n", c.operation, "\nreturn\n}");
  const absl::Status status = ParseStableHloText(text).status();
  if (c.message.empty()) {
    EXPECT_TRUE(status.ok()) << status;
  } else {
    EXPECT_THAT(std::string(status.message()), HasSubstr(std::string(c.message)));
    EXPECT_THAT(std::string(status.message()), testing::ContainsRegex("^[12]:[0-9]+: "));
  }
}

constexpr Constraint kTypes[] = {
    {"%a: tensor<f32>", "%0 = stablehlo.abs %a : (tensor<f32>, tensor<f32>) -> tensor<f32>",
     "1 operands, but 2 types"},
    {"%a: tensor<f32>", "%0 = stablehlo.convert %a : (tensor<f64>) -> tensor<f32>",
     "has type tensor<f32>, not tensor<f64>"},
    {"%a: tensor<f32>", "%0 = stablehlo.tuple %a, %a : tuple<tensor<f32>>",
     "of type tuple<tensor<f32>>"},
    {"%a: tensor<?x3xf32>",
     "%0 = stablehlo.transpose %a, dims = [1, 0] : (tensor<?x3xf32>) -> tensor<4x?xf32>",
     "of type tensor<4x?xf32>"},
    {"%a: tensor<?xf32>",
     "%0 = stablehlo.add %a, %a : (tensor<?xf32>, tensor<?xf32>) -> tensor<3xf32>", ""},
    {"%a: tensor<?xf32, #stablehlo.bounds<4>>",
     R"(%0 = "stablehlo.abs"(%a) : (tensor<?xf32, #stablehlo.bounds<4>>) -> tensor<5xf32>)",
     "of type tensor<5xf32>"},
    {"%a: tensor<3xf32, #stablehlo.bounds<4>>", "", "no bound"},
    {"%a: !stablehlo.cookie", "", "`!stablehlo.cookie` is no type"},
    {"", R"(%0 = "stablehlo.constant"() {value = dense<1> : tensor<i32>} : () -> tensor<?xi32>)",
     "a constant cannot be"},
    {"%a: tensor<3xi32>",
     "%0 = stablehlo.broadcast_in_dim %a, dims = [1] : (tensor<3xi32>) -> tensor<?x3xi32>",
     "must have sizes"},
    {"%a: tensor<2xf32>", "%0 = stablehlo.reduce_precision %a, format = \"e5m2\" : tensor<2xf32>",
     "expected a format"},
    {"%a: tensor<2xf32>",
     "%0 = stablehlo.reduce_precision %a, format = e5m2147483648 : tensor<2xf32>",
     "no format like e8m10"},
    {"%a: tensor<2xf32>, %b: tensor<f32>",
     "%0 = stablehlo.reduce(%a init: %b) applies stablehlo.subtract across dimensions = [0] : "
     "(tensor<2xf32>, tensor<f32>) -> tensor<f32>",
     "no commutative operation"},
};

constexpr Constraint kAttributes[] = {
    {"%a: tensor<f32>",
     R"(%0 = "stablehlo.tanh"(%a) {result_accuracy = #stablehlo.result_accuracy<atol = 1.0, rtol = 0.0,
        ulps = 0, mode = #stablehlo.result_accuracy_mode<HIGHEST>>} : (tensor<f32>) -> tensor<f32>)",
     "yet tolerances"},
    {"%a: tensor<2x2x2xf32>",
     "%0 = stablehlo.dot %a, %a : (tensor<2x2x2xf32>, tensor<2x2x2xf32>) -> tensor<2x2x2x2xf32>",
     "vectors or matrices"},
    {"%a: tensor<2x2xf32>",
     "%0 = stablehlo.dot %a, %a, precision = {} : (tensor<2x2xf32>, tensor<2x2xf32>) -> "
     "tensor<2x2xf32>",
     "must be a list"},
    {"%a: tensor<2xf32>, %t: !stablehlo.token",
     R"(%0 = "stablehlo.send"(%a, %t) {channel_handle = #stablehlo.channel_handle<handle = 1,
        type = 2>} : (tensor<2xf32>, !stablehlo.token) -> !stablehlo.token)",
     "must be 1 where is_host_transfer is false, not 2"},
    {"%a: tensor<4xf32>",
     R"(%0 = "stablehlo.all_gather"(%a) {all_gather_dim = 0, use_global_device_ids,
        replica_groups = dense<[[0, 1]]> : tensor<1x2xi64>,
        channel_handle = #stablehlo.channel_handle<handle = -1, type = 0>}
        : (tensor<4xf32>) -> tensor<8xf32>)",
     "the channel is at least 0"},
    {"%a: tensor<4xf32>, %r: tensor<2xi32>",
     R"(%0 = "stablehlo.collective_broadcast"(%a, %r) {has_dynamic_root,
        replica_groups = dense<[[0, 1]]> : tensor<1x2xi64>}
        : (tensor<4xf32>, tensor<2xi32>) -> tensor<4xf32>)",
     "must be s32[1]"},
    {"%t: !stablehlo.token",
     R"(%0:2 = "stablehlo.infeed"(%t) {layout = [0]}
        : (!stablehlo.token) -> (tensor<2xf32>, !stablehlo.token))",
     "must be a list of dimensions"},
    {"%t: !stablehlo.token",
     R"("stablehlo.custom_call"(%t) {call_target_name = "f", result_layouts = [],
        operand_layouts = [dense<0> : tensor<1xindex>]} : (!stablehlo.token) -> ())",
     "token[] has no layout"},
    {"%a: tensor<4xf32>, %b: tensor<f32>",
     R"(%0 = "stablehlo.reduce_window"(%a, %b) ({
        ^bb0(%x: tensor<f32>, %y: tensor<f32>):
          %s = stablehlo.add %x, %y : tensor<f32>
          stablehlo.return %s : tensor<f32>
        }) {window_dimensions = array<i64: 2>, padding = dense<[[1], [0]]> : tensor<2x1xi64>}
        : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>)",
     "not two numbers a dimension"},
    {"%a: tensor<2x3xf32>, %s: tensor<2xi32>",
     R"(%0 = "stablehlo.dynamic_broadcast_in_dim"(%a, %s) {broadcast_dimensions = array<i64: 0>}
        : (tensor<2x3xf32>, tensor<2xi32>) -> tensor<?x?xf32>)",
     "1 entries for an operand of rank 2"},
    {"%a: tensor<?x4xf32>, %i: tensor<5x2xi32>, %s: tensor<2xi32>",
     R"(%0 = "stablehlo.dynamic_gather"(%a, %i, %s) {dimension_numbers = #stablehlo.gather<
        offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0, 1],
        index_vector_dim = 3>} : (tensor<?x4xf32>, tensor<5x2xi32>, tensor<2xi32>) -> tensor<5x?xf32>)",
     "index_vector_dim=3"},
    {"%a: tensor<?x4xf32>, %i: tensor<5x2xi32>, %s: tensor<2xi32>",
     R"(%0 = "stablehlo.dynamic_gather"(%a, %i, %s) {dimension_numbers = #stablehlo.gather<
        offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0, 1],
        index_vector_dim = 1>} : (tensor<?x4xf32>, tensor<5x2xi32>, tensor<2xi32>) -> tensor<5x?xf32>)",
     ""},
};

constexpr Constraint kQuantized[] = {
    {"%a: tensor<2x!quant.uniform<i8:f32:0, {0.5:1, 0.25}>>",
     "%0 = stablehlo.abs %a : tensor<2x!quant.uniform<i8:f32:0, {0.5:1, 0.25}>>", "of one scale"},
    {"%a: tensor<2x!quant.uniform<i8:f32, 0.5:200>>",
     "%0 = stablehlo.abs %a : tensor<2x!quant.uniform<i8:f32, 0.5:200>>", "zero point 200"},
    {"%a: tensor<2x!quant.uniform<i8:f16, 1.0e+5>>",
     "%0 = stablehlo.abs %a : tensor<2x!quant.uniform<i8:f16, 1.0e+5>>", "out of the range of f16"},
    {"%a: tensor<3x!quant.uniform<i8:f32:0, {0.5, 0.25}>>",
     "%0 = stablehlo.optimization_barrier %a : tensor<3x!quant.uniform<i8:f32:0, {0.5, 0.25}>>",
     "2 scales for a dimension of size 3"},
    {"%a: tensor<2x!quant.uniform<i8:f32, 0.5>>",
     "%0 = stablehlo.abs %a : (tensor<2x!quant.uniform<i8:f32, 0.5>>) -> "
     "tensor<2x!quant.uniform<i16:f32, 0.5>>",
     "differ in storage"},
    {"%a: tensor<2x1x!quant.uniform<i8:f32:0, {0.5, 0.25}>>",
     "%0 = stablehlo.transpose %a, dims = [1, 0] : "
     "(tensor<2x1x!quant.uniform<i8:f32:0, {0.5, 0.25}>>) -> "
     "tensor<1x2x!quant.uniform<i8:f32:1, {0.5, 0.25}>>",
     ""},
    {"%a: tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 0.25}>>",
     "%0 = stablehlo.transpose %a, dims = [1, 0] : "
     "(tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 0.25}>>) -> "
     "tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 0.25}>>",
     "comes from dimension 1"},
    {"%a: tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 0.25}>>",
     "%0 = stablehlo.reshape %a : (tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 0.25}>>) -> "
     "tensor<1x2x2x!quant.uniform<i8:f32:2, {0.5, 0.25}>>",
     "is not dimension 2"},
    {"%a: tensor<1x2x!quant.uniform<i8:f32:0, {0.5}>>",
     "%0 = stablehlo.broadcast_in_dim %a, dims = [0, 1] : "
     "(tensor<1x2x!quant.uniform<i8:f32:0, {0.5}>>) -> "
     "tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 0.25}>>",
     "must repeat"},
    {"%a: tensor<2x2xf32>, %b: tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 0.25}>>",
     "%0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<2x2xf32>, "
     "tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 0.25}>>) -> tensor<2x2xf32>",
     "which is contracted"},
    {"%a: tensor<2x2xf32>, %b: tensor<2x2x!quant.uniform<i8:f32, 0.5>>",
     "%0 = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<2x2xf32>, "
     "tensor<2x2x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x2x!quant.uniform<i8:f32, 0.5>>",
     "both or neither"},
    {"%a: tensor<2xf32>",
     "%0 = stablehlo.uniform_quantize %a : (tensor<2xf32>) -> tensor<2x!quant.uniform<i8:f64, "
     "0.5>>",
     "which expresses f64"},
};

constexpr Constraint kRegions[] = {
    {"%a: tensor<4xf32>, %b: tensor<f32>",
     R"(%0 = "stablehlo.reduce"(%a, %b) ({
        ^bb0(%x: tensor<f32>, %y: tensor<i32>):
          stablehlo.return %x : tensor<f32>
        }) {dimensions = array<i64: 0>} : (tensor<4xf32>, tensor<f32>) -> tensor<f32>)",
     "folds values of type tensor<i32>"},
    {"%a: tensor<4xf64>, %b: tensor<f64>",
     R"(%0 = "stablehlo.reduce"(%a, %b) ({
        ^bb0(%x: tensor<f32>, %y: tensor<f32>):
          stablehlo.return %x : tensor<f32>
        }) {dimensions = array<i64: 0>} : (tensor<4xf64>, tensor<f64>) -> tensor<f32>)",
     "cannot be promoted"},
    {"%a: tensor<2xf32>",
     R"(%0 = "stablehlo.while"(%a) ({
        ^bb0(%x: tensor<3xf32>):
          %c = stablehlo.constant dense<false> : tensor<i1>
          stablehlo.return %c : tensor<i1>
        }, {
        ^bb0(%x: tensor<2xf32>):
          stablehlo.return %x : tensor<2xf32>
        }) : (tensor<2xf32>) -> tensor<2xf32>)",
     "is of type tensor<3xf32>, but is given f32[2]"},
    {"%a: tensor<2xf32>",
     R"(%0 = "stablehlo.async_start"(%a) ({
        ^bb0(%x: tensor<2xf32>):
          %y = stablehlo.abs %x : tensor<2xf32>
          stablehlo.return %y : tensor<2xf32>
        }) : (tensor<2xf32>) -> !stablehlo.future<tensor<3xf32>>)",
     "but the region gives f32[2]"},
    {"%a: tensor<f32>",
     "%0 = stablehlo.composite \"abs\" %a {decomposition = @f} : (tensor<f32>) -> tensor<f32>",
     "not one like dialect.operation"},
};

INSTANTIATE_TEST_SUITE_P(Types, StableHloConstraints, testing::ValuesIn(kTypes));
INSTANTIATE_TEST_SUITE_P(Attributes, StableHloConstraints, testing::ValuesIn(kAttributes));
INSTANTIATE_TEST_SUITE_P(Quantized, StableHloConstraints, testing::ValuesIn(kQuantized));
INSTANTIATE_TEST_SUITE_P(Regions, StableHloConstraints, testing::ValuesIn(kRegions));

TEST(StableHloFunctions, AreCheckedThoughNothingCallsThem) {
  const std::string_view text = R"(
    func.func @main() { return }
    func.func @other(%a: tensor<2xf32>) -> tensor<3xf32> {
      %0 = stablehlo.abs %a : (tensor<2xf32>) -> tensor<3xf32>
      return %0 : tensor<3xf32>
    })";
  EXPECT_THAT(std::string(ParseStableHloText(text).status().message()),
              HasSubstr("4:12: stablehlo.abs"));
}

TEST(StableHloReductions, PromoteTheirOperands) {
  absl::StatusOr<std::vector<ir::Module>> programs = ParseStableHloText(R"(
    func.func @main() -> tensor<f64> {
      %a = stablehlo.constant dense<[0.1, 0.2]> : tensor<2xf32>
      %b = stablehlo.constant dense<0.0> : tensor<f32>
      %0 = "stablehlo.reduce"(%a, %b) ({
        ^bb0(%x: tensor<f64>, %y: tensor<f64>):
          %s = stablehlo.add %x, %y : tensor<f64>
          stablehlo.return %s : tensor<f64>
      }) {dimensions = array<i64: 0>} : (tensor<2xf32>, tensor<f32>) -> tensor<f64>
      return %0 : tensor<f64>
    })");
  ASSERT_TRUE(programs.ok()) << programs.status();
  absl::StatusOr<ir::Literal> result = ir::Evaluate(programs->front(), {});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->AsDouble(0), double{0.1f} + double{0.2f});
}

}  // namespace
}  // namespace eqsat::importers
