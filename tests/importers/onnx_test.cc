// ONNX models. Expected values are worked out by hand or with NumPy.
#include "importers/onnx/onnx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "importers/import.h"
#include "importers/onnx/onnx.pb.h"
#include "ir/base/strings.h"
#include "ir/graph/printer.h"
#include "ir/interpret/interpreter.h"
#include "ir/verify/verify.h"

namespace eqsat::importers {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kHeader = "ir_version: 8 opset_import { version: 18 } ";

std::string Serialize(const std::string& text) {
  onnx::ModelProto model;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &model));
  return model.SerializeAsString();
}

// `input { … }` of a graph: float unless `type` says another of ONNX's types.
std::string Tensor(std::string_view name, const std::vector<int64_t>& sizes, int type = 1) {
  std::string out =
      base::StrCat("name: '", name, "' type { tensor_type { elem_type: ", type, " shape {");
  for (int64_t size : sizes) base::StrAppend(&out, " dim { dim_value: ", size, " }");
  return out + " } } } ";
}

std::string Model(const std::vector<std::string>& inputs, const std::string& nodes,
                  const std::vector<std::string>& outputs, const std::string& more = "") {
  std::string text = base::StrCat(kHeader, "graph { name: 'g' ", nodes);
  for (const std::string& input : inputs) base::StrAppend(&text, "input { ", input, " } ");
  for (const std::string& output : outputs) {
    base::StrAppend(&text, "output { name: '", output, "' } ");
  }
  return base::StrCat(text, more, " }");
}

absl::StatusOr<ir::Module> ImportText(const std::string& text, const ImportContext& context = {}) {
  return ParseOnnx(Serialize(text), context);
}

std::string OnnxError(const std::string& text, const ImportContext& context = {}) {
  absl::StatusOr<ir::Module> module = ImportText(text, context);
  return module.ok() ? "" : std::string(module.status().message());
}

// The values of a model's one result.
std::vector<double> ValuesOf(const std::string& text, const std::vector<ir::Literal>& arguments,
                             const ImportContext& context = {}) {
  absl::StatusOr<ir::Module> module = ImportText(text, context);
  EXPECT_TRUE(module.ok()) << module.status();
  if (!module.ok()) return {};
  absl::Status verified = ir::Verify(*module);
  EXPECT_TRUE(verified.ok()) << verified;
  absl::StatusOr<ir::Literal> result = ir::Evaluate(*module, arguments);
  EXPECT_TRUE(result.ok()) << result.status();
  if (!result.ok()) return {};
  std::vector<double> values;
  for (int64_t i = 0; i < result->shape().ElementCount(); ++i) {
    values.push_back(result->AsDouble(i));
  }
  return values;
}

auto AreNear(const std::vector<double>& values) {
  return ::testing::Pointwise(::testing::DoubleNear(1e-6), values);
}

ir::Literal Floats(std::initializer_list<int64_t> sizes, std::initializer_list<double> values) {
  return ir::Literal::FromDoubles(ir::Shape(ir::ElementType::kF32, sizes),
                                  absl::MakeConstSpan(values.begin(), values.size()));
}

ir::Literal Ints(std::initializer_list<int64_t> sizes, std::initializer_list<int64_t> values) {
  return ir::Literal::FromInt64s(ir::Shape(ir::ElementType::kS64, sizes),
                                 absl::MakeConstSpan(values.begin(), values.size()));
}

TEST(OnnxTest, GemmScalesTransposesAndAddsABias) {
  const std::string text =
      Model({Tensor("a", {2, 2}), Tensor("b", {2, 2})},
            "node { op_type: 'Gemm' input: ['a', 'b', 'c'] output: 'y'"
            " attribute { name: 'alpha' f: 2 } attribute { name: 'transB' i: 1 } }"
            "node { op_type: 'Relu' input: 'y' output: 'z' }"
            "initializer { name: 'c' dims: 2 data_type: 1 float_data: [100, -100] }",
            {"z"});
  // 2 * [[1*5+2*6, 1*7+2*8], [3*5+4*6, 3*7+4*8]] + [100, -100], not below 0.
  EXPECT_THAT(ValuesOf(text, {Floats({2, 2}, {1, 2, 3, 4}), Floats({2, 2}, {5, 6, 7, 8})}),
              ElementsAre(134, 0, 178, 6));
}

TEST(OnnxTest, ShapesThatTheModelComputesAreFolded) {
  const std::string text =
      Model({Tensor("x", {2, 3, 4})},
            "node { op_type: 'Shape' input: 'x' output: 's' }"
            "node { op_type: 'Gather' input: ['s', 'zero'] output: 'batch' }"
            "node { op_type: 'Unsqueeze' input: ['batch', 'axis'] output: 'b1' }"
            "node { op_type: 'Concat' input: ['b1', 'rest'] output: 'to' attribute { name: 'axis' "
            "i: 0 } }"
            "node { op_type: 'Reshape' input: ['x', 'to'] output: 'y' }"
            "initializer { name: 'zero' data_type: 7 int64_data: 0 }"
            "initializer { name: 'axis' dims: 1 data_type: 7 int64_data: 0 }"
            "initializer { name: 'rest' dims: 1 data_type: 7 int64_data: -1 }",
            {"y"});
  absl::StatusOr<ir::Module> module = ImportText(text);
  ASSERT_TRUE(module.ok()) << module.status();
  const std::string printed = ir::PrintModule(*module);
  EXPECT_THAT(printed, AllOf(HasSubstr("f32[2,12]"), HasSubstr("reshape("),
                             Not(HasSubstr("gather")), Not(HasSubstr("concatenate"))));
}

TEST(OnnxTest, IntegerDivisionTruncatesAndModFollowsTheDivisor) {
  auto binary = [](const std::string& op, const std::string& attribute) {
    return Model({Tensor("a", {4}, 7), Tensor("b", {4}, 7)},
                 "node { op_type: '" + op + "' input: ['a', 'b'] output: 'y' " + attribute + "}",
                 {"y"});
  };
  const std::vector<ir::Literal> arguments = {Ints({4}, {7, -7, 7, -7}), Ints({4}, {2, 2, -2, -2})};
  EXPECT_THAT(ValuesOf(binary("Div", ""), arguments), ElementsAre(3, -3, -3, 3));
  EXPECT_THAT(ValuesOf(binary("Mod", ""), arguments), ElementsAre(1, 1, -1, -1));
  EXPECT_THAT(ValuesOf(binary("Mod", "attribute { name: 'fmod' i: 1 }"), arguments),
              ElementsAre(1, -1, 1, -1));
}

TEST(OnnxTest, AConvolutionPadsTheOddElementAtTheEnd) {
  const std::string text = Model(
      {Tensor("x", {1, 1, 4})},
      "node { op_type: 'Conv' input: ['x', 'w'] output: 'y'"
      " attribute { name: 'auto_pad' s: 'SAME_UPPER' } attribute { name: 'strides' ints: 1 } }"
      "initializer { name: 'w' dims: [1, 1, 2] data_type: 1 float_data: [1, 10] }",
      {"y"});
  EXPECT_THAT(ValuesOf(text, {Floats({1, 1, 4}, {1, 2, 3, 4})}), ElementsAre(21, 32, 43, 4));
}

TEST(OnnxTest, ATransposedConvolutionSpreadsItsInput) {
  const std::string text =
      Model({Tensor("x", {1, 1, 2})},
            "node { op_type: 'ConvTranspose' input: ['x', 'w'] output: 'y'"
            " attribute { name: 'strides' ints: 2 } }"
            "initializer { name: 'w' dims: [1, 1, 3] data_type: 1 float_data: [1, 10, 100] }",
            {"y"});
  EXPECT_THAT(ValuesOf(text, {Floats({1, 1, 2}, {1, 2})}), ElementsAre(1, 10, 102, 20, 200));
}

TEST(OnnxTest, AnAverageLeavesPaddingOut) {
  const std::string text = Model({Tensor("x", {1, 1, 3})},
                                 "node { op_type: 'AveragePool' input: 'x' output: 'y'"
                                 " attribute { name: 'kernel_shape' ints: 2 }"
                                 " attribute { name: 'pads' ints: [1, 0] } }",
                                 {"y"});
  EXPECT_THAT(ValuesOf(text, {Floats({1, 1, 3}, {2, 4, 6})}), ElementsAre(2, 3, 5));
}

TEST(OnnxTest, SlicesGoBackwards) {
  const std::string text =
      Model({Tensor("x", {5})},
            "node { op_type: 'Slice' input: ['x', 'start', 'end', '', 'step'] output: 'y' }"
            "initializer { name: 'start' dims: 1 data_type: 7 int64_data: -1 }"
            "initializer { name: 'end' dims: 1 data_type: 7 int64_data: -100 }"
            "initializer { name: 'step' dims: 1 data_type: 7 int64_data: -2 }",
            {"y"});
  EXPECT_THAT(ValuesOf(text, {Floats({5}, {1, 2, 3, 4, 5})}), ElementsAre(5, 3, 1));
}

TEST(OnnxTest, ANamedDimensionNeedsASize) {
  const std::string text =
      base::StrCat(kHeader,
                   "graph { node { op_type: 'Neg' input: 'x' output: 'y' } output { name: 'y' }"
                   " input { name: 'x' type { tensor_type { elem_type: 1 shape {"
                   " dim { dim_param: 'batch' } dim { } } } } } }");
  EXPECT_THAT(OnnxError(text), AllOf(HasSubstr("'batch'"), HasSubstr("--dim=batch:SIZE")));
  EXPECT_THAT(OnnxError(text, {.dimension_sizes = {{"batch", 1}}}), HasSubstr("--dim=x.1:SIZE"));
  EXPECT_THAT(
      ValuesOf(text, {Floats({1, 2}, {3, -4})}, {.dimension_sizes = {{"batch", 1}, {"x.1", 2}}}),
      ElementsAre(-3, 4));
}

TEST(OnnxTest, AnUnknownOperatorIsNamedWithItsNode) {
  auto error = [](const std::string& op) {
    return OnnxError(Model({Tensor("x", {2})},
                           "node { op_type: 'Neg' input: 'x' output: 'n' }"
                           "node { name: 'here' input: 'n' output: 'y' " +
                               op + " }",
                           {"y"}));
  };
  EXPECT_THAT(error("op_type: 'Unique'"),
              AllOf(HasSubstr("node 1 'here' (Unique, opset 18)"), HasSubstr("domain ai.onnx"),
                    HasSubstr("depends on data")));
  EXPECT_THAT(error("op_type: 'Sigmoidd'"), HasSubstr("the nearest that is supported is Sigmoid"));
  EXPECT_THAT(error("op_type: 'Gelu' domain: 'com.example'"),
              AllOf(HasSubstr("domain com.example"), HasSubstr("own domain is supported")));
}

TEST(OnnxTest, AShapeThatIsDataIsRefused) {
  EXPECT_THAT(OnnxError(Model({Tensor("x", {4}), Tensor("to", {2}, 7)},
                              "node { op_type: 'Reshape' input: ['x', 'to'] output: 'y' }", {"y"})),
              AllOf(HasSubstr("the shape ('to') follows from data"), HasSubstr("node 0 (Reshape")));
}

TEST(OnnxTest, TypedDataIsReadAsItsTypeSays) {
  auto constant = [](const std::string& tensor) {
    return Model({},
                 "node { op_type: 'Cast' input: 'c' output: 'y'"
                 " attribute { name: 'to' i: 1 } } initializer { name: 'c' " +
                     tensor + " }",
                 {"y"});
  };
  // Two elements of four bits in a byte, the first one low: 0x71 is 1 and 7, 0x0f is -1.
  EXPECT_THAT(ValuesOf(constant("dims: 3 data_type: 22 raw_data: '\\x71\\x0f'"), {}),
              ElementsAre(1, 7, -1));
  EXPECT_THAT(ValuesOf(constant("dims: 2 data_type: 10 int32_data: [15360, 49152]"), {}),
              ElementsAre(1, -2));
  EXPECT_THAT(ValuesOf(constant("dims: 2 data_type: 9 raw_data: '\\x00\\x02'"), {}),
              ElementsAre(0, 1));
  EXPECT_THAT(OnnxError(constant("dims: 3 data_type: 1 raw_data: '1234'")),
              HasSubstr("tensor 'c': f32[3] needs 12 bytes of data, but has 4"));
  EXPECT_THAT(OnnxError(constant("dims: [4000000000, 4000000000] data_type: 1")),
              HasSubstr("tensor 'c'"));
}

TEST(OnnxTest, ExternalDataStaysInTheModelsFolder) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / "onnx_model";
  std::filesystem::create_directories(folder);
  const float weights[] = {9, 1, 2};
  std::ofstream(folder / "weights.bin", std::ios::binary)
      .write(reinterpret_cast<const char*>(weights), sizeof(weights));
  std::ofstream(folder.parent_path() / "outside.bin", std::ios::binary).write("12345678", 8);
  auto model = [](const std::string& location, int offset) {
    return Model({Tensor("x", {2})},
                 "node { op_type: 'Add' input: ['x', 'w'] output: 'y' }"
                 "initializer { name: 'w' dims: 2 data_type: 1 data_location: 1"
                 " external_data { key: 'location' value: '" +
                     location + "' } external_data { key: 'offset' value: '" +
                     std::to_string(offset) + "' } external_data { key: 'length' value: '8' } }",
                 {"y"});
  };
  const ImportContext context{.folder = folder.string()};
  EXPECT_THAT(ValuesOf(model("weights.bin", 4), {Floats({2}, {10, 20})}, context),
              ElementsAre(11, 22));
  EXPECT_THAT(OnnxError(model("../outside.bin", 0), context),
              HasSubstr("leaves the model's folder"));
  EXPECT_THAT(OnnxError(model((folder.parent_path() / "outside.bin").string(), 0), context),
              HasSubstr("leaves the model's folder"));
  EXPECT_THAT(OnnxError(model("weights.bin", 8), context), HasSubstr("which has only 12"));
  EXPECT_THAT(OnnxError(model("weights.bin", 4)), HasSubstr("folder is not known"));
}

TEST(OnnxTest, AFunctionTakesItsCallersAttributes) {
  const std::string text =
      base::StrCat(kHeader, "opset_import { domain: 'mine' version: 1 } graph {",
                   "node { op_type: 'Scaled' domain: 'mine' input: 'x' output: 'y'"
                   " attribute { name: 'by' f: 3 } } input {",
                   Tensor("x", {2}), "} output { name: 'y' } }",
                   "functions { name: 'Scaled' domain: 'mine' input: ['a', 'unused'] output: 'b'"
                   " opset_import { version: 18 }"
                   " node { op_type: 'Constant' output: 'k' attribute { name: 'value_float' "
                   "ref_attr_name: 'by' }"
                   " } node { op_type: 'Mul' input: ['a', 'k'] output: 'b' } }");
  EXPECT_THAT(ValuesOf(text, {Floats({2}, {1, 2})}), ElementsAre(3, 6));
}

TEST(OnnxTest, AFunctionThatCallsItselfIsRefused) {
  const std::string text =
      base::StrCat(kHeader, "opset_import { domain: 'mine' version: 1 } graph {",
                   "node { op_type: 'F' domain: 'mine' input: 'x' output: 'y' } input {",
                   Tensor("x", {2}), "} output { name: 'y' } }",
                   "functions { name: 'F' domain: 'mine' input: 'a' output: 'b'"
                   " opset_import { domain: 'mine' version: 1 }"
                   " node { op_type: 'F' domain: 'mine' input: 'a' output: 'b' } }");
  EXPECT_THAT(OnnxError(text), HasSubstr("call themselves"));
}

TEST(OnnxTest, ABranchOnDataBecomesAConditional) {
  const std::string text =
      Model({Tensor("x", {2}), Tensor("c", {}, 9)},
            "node { op_type: 'If' input: 'c' output: 'y'"
            " attribute { name: 'then_branch' g { name: 't' output { name: 'n' }"
            "  node { op_type: 'Neg' input: 'x' output: 'n' } } }"
            " attribute { name: 'else_branch' g { name: 'e' output { name: 's' }"
            "  node { op_type: 'Add' input: ['x', 'x'] output: 's' } } } }",
            {"y"});
  const ir::Shape pred(ir::ElementType::kPred, {});
  const ir::Literal x = Floats({2}, {3, 5});
  EXPECT_THAT(ValuesOf(text, {x, ir::Literal::FromInt64s(pred, {1})}), ElementsAre(-3, -5));
  EXPECT_THAT(ValuesOf(text, {x, ir::Literal::FromInt64s(pred, {0})}), ElementsAre(6, 10));
}

TEST(OnnxTest, ALoopCarriesAndCollects) {
  // s = s + x each round; the rounds' s are collected, and x comes from around the loop.
  const std::string text =
      Model({Tensor("x", {2})},
            "node { op_type: 'Loop' input: ['m', '', 'x'] output: ['', 'y']"
            " attribute { name: 'body' g { name: 'b'"
            "  input { name: 'i' } input { name: 'go' } input { name: 's' }"
            "  output { name: 'on' } output { name: 'next' } output { name: 'next' }"
            "  node { op_type: 'Identity' input: 'go' output: 'on' }"
            "  node { op_type: 'Add' input: ['s', 'x'] output: 'next' } } } }"
            "initializer { name: 'm' data_type: 7 int64_data: 3 }",
            {"y"});
  EXPECT_THAT(ValuesOf(text, {Floats({2}, {1, 10})}), ElementsAre(2, 20, 3, 30, 4, 40));
}

TEST(OnnxTest, QuantizationRoundsToEvenAndSaturates) {
  const std::string text = Model({Tensor("x", {5})},
                                 "node { op_type: 'QuantizeLinear' input: ['x', 's', 'z']"
                                 " output: 'q' }"
                                 "node { op_type: 'Cast' input: 'q' output: 'y'"
                                 " attribute { name: 'to' i: 1 } }"
                                 "initializer { name: 's' data_type: 1 float_data: 2 }"
                                 "initializer { name: 'z' data_type: 2 int32_data: 128 }",
                                 {"y"});
  EXPECT_THAT(ValuesOf(text, {Floats({5}, {1, 3, -5, 1000, -1000})}),
              ElementsAre(128, 130, 126, 255, 0));
}

TEST(OnnxTest, ScalesRoundAsTheModeSays) {
  auto cast = [](const std::string& mode) {
    return Model({Tensor("x", {4})},
                 "node { op_type: 'Cast' input: 'x' output: 's'"
                 " attribute { name: 'to' i: 24 } attribute { name: 'round_mode' s: '" +
                     mode +
                     "' } } node { op_type: 'Cast' input: 's' output: 'y'"
                     " attribute { name: 'to' i: 1 } }",
                 {"y"});
  };
  const ir::Literal x = Floats({4}, {1, 1.5, 0.625, 0x1.8p127});
  EXPECT_THAT(ValuesOf(cast("up"), {x}), ElementsAre(1, 2, 1, 0x1p127));
  EXPECT_THAT(ValuesOf(cast("down"), {x}), ElementsAre(1, 1, 0.5, 0x1p127));
  EXPECT_THAT(ValuesOf(cast("nearest"), {x}), ElementsAre(1, 2, 0.5, 0x1p127));
  EXPECT_THAT(OnnxError(cast("sideways")), HasSubstr("may be up, down or nearest"));
}

TEST(OnnxTest, AnEinsumContractsBroadcastsAndTakesDiagonals) {
  auto einsum = [](const std::string& equation, std::vector<std::string> inputs) {
    std::string names;
    for (size_t i = 0; i < inputs.size(); ++i) names += i == 0 ? "input: 'a' " : "input: 'b' ";
    return Model(inputs,
                 "node { op_type: 'Einsum' " + names +
                     "output: 'y' attribute { name: 'equation' s: '" + equation + "' } }",
                 {"y"});
  };
  const ir::Literal m = Floats({2, 2}, {1, 2, 3, 4});
  EXPECT_THAT(ValuesOf(einsum("ij,jk->ki", {Tensor("a", {2, 2}), Tensor("b", {2, 2})}),
                       {m, Floats({2, 2}, {5, 6, 7, 8})}),
              ElementsAre(19, 43, 22, 50));
  EXPECT_THAT(ValuesOf(einsum("ii->i", {Tensor("a", {2, 2})}), {m}), ElementsAre(1, 4));
  EXPECT_THAT(ValuesOf(einsum("...j->...", {Tensor("a", {2, 2})}), {m}), ElementsAre(3, 7));
}

TEST(OnnxTest, ResizeInterpolatesBetweenHalfPixels) {
  const std::string text = Model({Tensor("x", {1, 1, 2})},
                                 "node { op_type: 'Resize' input: ['x', '', 'scales'] output: 'y'"
                                 " attribute { name: 'mode' s: 'linear' } }"
                                 "initializer { name: 'scales' dims: 3 data_type: 1"
                                 " float_data: [1, 1, 2] }",
                                 {"y"});
  EXPECT_THAT(ValuesOf(text, {Floats({1, 1, 2}, {0, 4})}), ElementsAre(0, 1, 3, 4));
}

// Made by data/make_onnx.py, which prints what PyTorch computes.
std::vector<double> ValuesOfFile(const std::string& name, const ir::Literal& argument) {
  absl::StatusOr<ir::Module> module =
      ImportFile(base::StrCat(EQSAT_SOURCE_DIR, "/tests/importers/data/", name));
  EXPECT_TRUE(module.ok()) << module.status();
  if (!module.ok()) return {};
  absl::StatusOr<ir::Literal> result = ir::Evaluate(*module, {argument});
  EXPECT_TRUE(result.ok()) << result.status();
  std::vector<double> values;
  for (int64_t i = 0; result.ok() && i < result->shape().ElementCount(); ++i) {
    values.push_back(result->AsDouble(i));
  }
  return values;
}

TEST(OnnxTest, ModelsFromPyTorchComputeWhatPyTorchDoes) {
  auto near = [](const std::vector<double>& values) {
    return testing::Pointwise(testing::DoubleNear(1e-5), values);
  };
  EXPECT_THAT(ValuesOfFile("block.onnx", Ints({1, 3}, {1, 5, 2})),
              near({-0.1616108, -0.2721492, 0.1276659, -1.774449, -0.1481701, 1.346365, -0.2654307,
                    2.582101, -0.8284601, 0.7499704, 0.4127992, -0.3508596}));
  std::vector<double> image(2 * 7 * 7);
  for (size_t i = 0; i < image.size(); ++i) image[i] = static_cast<double>(i) / 98 - 0.5;
  const ir::Shape shape(ir::ElementType::kF32, {1, 2, 7, 7});
  EXPECT_THAT(ValuesOfFile("convolutions.onnx", ir::Literal::FromDoubles(shape, image)),
              near({0.1028808, 0.1145113, 0.4763828}));
}

TEST(OnnxTest, TheBytesTellTheFormat) {
  const std::string bytes =
      Serialize(Model({Tensor("x", {1})}, "node { op_type: 'Neg' input: 'x' output: 'y' }", {"y"}));
  EXPECT_EQ(DetectFormat(bytes), Format::kOnnx);
  EXPECT_EQ(FormatFromPath("model.onnx"), Format::kOnnx);
  EXPECT_TRUE(Import(bytes).ok());
  EXPECT_THAT(OnnxError("ir_version: 8 opset_import { version: 9 } graph { }"),
              HasSubstr("opset 9"));
}

TEST(OnnxTest, CutOrChangedBytesAreRefusedOrRead) {
  const std::string bytes = Serialize(
      Model({Tensor("x", {2, 3})},
            "node { op_type: 'Transpose' input: 'x' output: 't' attribute { name: 'perm'"
            " ints: [1, 0] } } node { op_type: 'ReduceSum' input: ['t', 'd'] output: 'y' }"
            "initializer { name: 'd' dims: 1 data_type: 7 int64_data: 1 }",
            {"y"}));
  for (size_t i = 1; i < bytes.size(); ++i) {
    ParseOnnx(std::string_view(bytes).substr(0, i), {}).status().IgnoreError();
    for (int change : {0x01, 0x10, 0x80, 0xff}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ change);
      ParseOnnx(changed, {}).status().IgnoreError();
    }
  }
}

// One node on the inputs x, y, … of these sizes; `more` are its further inputs and attributes.
std::string OneNode(std::string_view op, const std::vector<std::vector<int64_t>>& sizes,
                    std::string_view more = "", const std::string& initializers = "") {
  std::vector<std::string> inputs;
  std::string names;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const std::string name(1, static_cast<char>('x' + i));
    inputs.push_back(Tensor(name, sizes[i]));
    base::StrAppend(&names, "input: '", name, "' ");
  }
  return Model(inputs, base::StrCat("node { op_type: '", op, "' ", names, more, " output: 'r' } "),
               {"r"}, initializers);
}

std::string IntsInitializer(std::string_view name, std::string_view values, int64_t count) {
  return base::StrCat("initializer { name: '", name, "' dims: ", count,
                      " data_type: 7 int64_data: [", values, "] } ");
}

TEST(OnnxTest, GridSampleReadsBetweenElements) {
  const ir::Literal image = Floats({1, 1, 2, 2}, {1, 2, 3, 4});
  // The corner of the image, its middle, and between its columns at the first row (x, then y).
  const ir::Literal grid = Floats({1, 1, 3, 2}, {-1, -1, 0, 0, 0, -0.5});
  const std::vector<std::vector<int64_t>> sizes = {{1, 1, 2, 2}, {1, 1, 3, 2}};
  EXPECT_THAT(ValuesOf(OneNode("GridSample", sizes), {image, grid}), ElementsAre(0.25, 2.5, 1.5));
  EXPECT_THAT(ValuesOf(OneNode("GridSample", sizes,
                               "attribute { name: 'padding_mode' type: 3 s: 'border' }"),
                       {image, grid}),
              ElementsAre(1, 2.5, 1.5));
  EXPECT_THAT(
      ValuesOf(OneNode("GridSample", sizes, "attribute { name: 'mode' type: 3 s: 'nearest' }"),
               {image, Floats({1, 1, 3, 2}, {0.4, -0.5, -0.6, 0.6, 4, 4})}),
      ElementsAre(2, 3, 0));
}

TEST(OnnxTest, TransformsHaveTheirPartsInTheLastDimension) {
  const ir::Literal signal = Floats({1, 4, 1}, {1, 2, 3, 4});
  EXPECT_THAT(ValuesOf(OneNode("DFT", {{1, 4, 1}}), {signal}),
              AreNear({10, 0, -2, 2, -2, 0, -2, -2}));
  EXPECT_THAT(
      ValuesOf(OneNode("DFT", {{1, 4, 1}}, "attribute { name: 'onesided' i: 1 }"), {signal}),
      AreNear({10, 0, -2, 2, -2, 0}));
  EXPECT_THAT(ValuesOf(OneNode("DFT", {{1, 2, 2}}, "attribute { name: 'inverse' i: 1 }"),
                       {Floats({1, 2, 2}, {3, 1, 1, -1})}),
              AreNear({2, 0, 1, 1}));
  // Frames [1, 2] and [3, 4].
  EXPECT_THAT(ValuesOf(OneNode("STFT", {{1, 4, 1}}, "input: ['step', '', 'length']",
                               IntsInitializer("step", "2", 1) + IntsInitializer("length", "2", 1)),
                       {signal}),
              AreNear({3, 0, -1, 0, 7, 0, -1, 0}));
  EXPECT_THAT(OnnxError(OneNode("DFT", {{1, 4, 3}})), HasSubstr("one or two parts"));
}

TEST(OnnxTest, ATensorIsAnOptionalValueThatIsThere) {
  EXPECT_THAT(ValuesOf(OneNode("OptionalHasElement", {{2}}), {Floats({2}, {1, 2})}),
              ElementsAre(1));
  EXPECT_THAT(ValuesOf(OneNode("OptionalGetElement", {{2}}), {Floats({2}, {1, 2})}),
              ElementsAre(1, 2));
}

TEST(OnnxTest, DeterminantsOfSwappedRowsChangeTheirSign) {
  EXPECT_THAT(ValuesOf(OneNode("Det", {{3, 2, 2}}),
                       {Floats({3, 2, 2}, {0, 2, 3, 4, 2, 0, 0, 5, 1, 2, 2, 4})}),
              ElementsAre(-6, 10, 0));
  EXPECT_THAT(OnnxError(OneNode("Det", {{2, 3}})), HasSubstr("no square matrix"));
}

TEST(OnnxTest, BlocksThatOverlapAreAdded) {
  // Blocks of 2 at the places 0, 1 and 2 of 4; with padding, the first place is outside.
  const std::string shapes = IntsInitializer("image", "4", 1) + IntsInitializer("block", "2", 1);
  const ir::Literal blocks = Floats({1, 2, 3}, {1, 2, 3, 10, 20, 30});
  EXPECT_THAT(
      ValuesOf(OneNode("Col2Im", {{1, 2, 3}}, "input: ['image', 'block']", shapes), {blocks}),
      ElementsAre(1, 12, 23, 30));
  const std::string padded = IntsInitializer("image", "3", 1) + IntsInitializer("block", "2", 1);
  EXPECT_THAT(
      ValuesOf(OneNode("Col2Im", {{1, 2, 3}},
                       "input: ['image', 'block'] attribute { name: 'pads' ints: [1, 0] }", padded),
               {blocks}),
      ElementsAre(12, 23, 30));
  EXPECT_THAT(OnnxError(OneNode("Col2Im", {{1, 2, 2}}, "input: ['image', 'block']", shapes)),
              HasSubstr("3 blocks of [2] in [4]"));
}

TEST(OnnxTest, UnpooledElementsGoBackToTheirPlaces) {
  EXPECT_THAT(
      ValuesOf(OneNode("MaxUnpool", {{1, 1, 2}},
                       "input: 'places' attribute { name: 'kernel_shape' ints: 2 }"
                       "attribute { name: 'strides' ints: 2 }",
                       "initializer { name: 'places' dims: [1, 1, 2] data_type: 7 int64_data: [1, "
                       "2] }"),
               {Floats({1, 1, 2}, {5, 6})}),
      ElementsAre(0, 5, 6, 0));
}

TEST(OnnxTest, RegionsAreSampledAndPooled) {
  const std::string images = IntsInitializer("image", "0", 1);
  const std::string sizes =
      "input: 'image' attribute { name: 'sampling_ratio' i: 1 }"
      "attribute { name: 'output_width' i: 2 }";
  // From x = 0.5 to 2.5, without the half pixel 0 to 2: samples at 0.5 and 1.5 of the only row.
  EXPECT_THAT(ValuesOf(OneNode("RoiAlign", {{1, 1, 1, 3}, {1, 4}}, sizes, images),
                       {Floats({1, 1, 1, 3}, {1, 3, 9}), Floats({1, 4}, {0.5, 0, 2.5, 1})}),
              ElementsAre(2, 6));
  EXPECT_THAT(OnnxError(OneNode("RoiAlign", {{1, 1, 1, 3}, {1, 4}}, "input: 'image'", images)),
              HasSubstr("follows from data"));
}

TEST(OnnxTest, ADeformedConvolutionReadsWhereItsOffsetsSay) {
  // A kernel of one element, moved half an element down and one to the right.
  const std::string offsets =
      "initializer { name: 'offset' dims: [1, 2, 2, 2] data_type: 1 float_data: [0.5, 0.5, 0.5, "
      "0.5, 1, 1, 1, 1] }";
  EXPECT_THAT(
      ValuesOf(OneNode("DeformConv", {{1, 1, 2, 2}, {1, 1, 1, 1}}, "input: 'offset'", offsets),
               {Floats({1, 1, 2, 2}, {1, 2, 3, 4}), Floats({1, 1, 1, 1}, {10})}),
      ElementsAre(30, 0, 20, 0));
}

TEST(OnnxTest, AStatedSequenceGoesOnFromItsState) {
  // One head of one number: the state decays by e^0, then adds k * v; the result is q * state.
  const std::string one = "dims: [1, 1, 1, 1] data_type: 1 float_data: [10]";
  EXPECT_THAT(ValuesOf(OneNode("LinearAttention", {{1, 3, 1}, {1, 3, 1}, {1, 3, 1}},
                               "input: 'past' attribute { name: 'update_rule' type: 3 s: 'linear' }"
                               "attribute { name: 'q_num_heads' i: 1 }"
                               "attribute { name: 'kv_num_heads' i: 1 }",
                               "initializer { name: 'past' " + one + " }"),
                       {Floats({1, 3, 1}, {1, 2, 3}), Floats({1, 3, 1}, {1, 1, 2}),
                        Floats({1, 3, 1}, {4, 5, 6})}),
              ElementsAre(14, 38, 93));
  EXPECT_THAT(ValuesOf(OneNode("CausalConvWithState", {{1, 1, 3}, {1, 1, 2}}),
                       {Floats({1, 1, 3}, {1, 2, 3}), Floats({1, 1, 2}, {10, 1})}),
              ElementsAre(1, 12, 23));
}

}  // namespace
}  // namespace eqsat::importers
