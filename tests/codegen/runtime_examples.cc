// Every example graph by generated code: as the host's code and as GPU code on the host. The f32
// ones are compared with what JAX computed, all of them with the interpreter.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "codegen/compile.h"
#include "cost_models/targets/find_target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "importers/hlo_text/hlo_text.h"
#include "ir/interpret/interpreter.h"
#include "nlohmann/json.hpp"
#include "rules/hlo/flatten.h"
#include "tests/codegen/kernel_runs.h"
#include "tests/codegen/module_runs.h"

namespace eqsat::codegen {
namespace {

using ir::Literal;

const char* const kExamples[] = {"attention",       "mlp",       "cnn",      "lstm",
                                 "attention_train", "mlp_train", "cnn_train"};

std::string ReadFile(const std::string& name) {
  std::ifstream file(std::string(EQSAT_SOURCE_DIR) + "/examples/" + name);
  EXPECT_TRUE(file.good()) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

ir::Module LoadExample(const std::string& name) {
  absl::StatusOr<ir::Module> module = importers::ParseHloText(ReadFile(name + ".hlo"));
  EXPECT_TRUE(module.ok()) << module.status();
  absl::StatusOr<ir::Module> flat = rules::Flatten(*module);
  EXPECT_TRUE(flat.ok()) << flat.status();
  return *std::move(flat);
}

Literal ReadValue(const nlohmann::json& value, const ir::Shape& shape) {
  std::vector<double> numbers = value["values"].get<std::vector<double>>();
  return Literal::FromDoubles(shape.WithoutLayout(), numbers);
}

std::vector<Literal> JaxInputs(const nlohmann::json& expected, const ir::Module& module) {
  std::vector<Literal> inputs;
  for (size_t i = 0; i < expected["inputs"].size(); ++i)
    inputs.push_back(
        ReadValue(expected["inputs"][i], module.entry()[module.entry().parameters()[i]].shape));
  return inputs;
}

Literal JaxResult(const nlohmann::json& expected, const ir::Shape& shape) {
  if (!shape.IsTuple()) return ReadValue(expected["outputs"][0], shape);
  std::vector<Literal> elements;
  for (size_t i = 0; i < shape.elements().size(); ++i)
    elements.push_back(ReadValue(expected["outputs"][i], shape.element(static_cast<int64_t>(i))));
  return Literal::Tuple(std::move(elements));
}

class Examples : public testing::TestWithParam<std::tuple<const char*, std::string>> {};

TEST_P(Examples, InF32AgreeWithJax) {
  auto [name, target] = GetParam();
  ir::Module module = LoadExample(std::string(name) + "_f32");
  nlohmann::json expected =
      nlohmann::json::parse(ReadFile(std::string(name) + "_f32.expected.json"));
  std::vector<Literal> inputs = JaxInputs(expected, module);
  absl::StatusOr<Literal> result = RunModuleOnHostAs(target, module, inputs);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_LT(Distance(*result, JaxResult(expected, module.entry().result_shape())), 2e-5);
  absl::StatusOr<Literal> interpreted = ir::Evaluate(module, inputs);
  ASSERT_TRUE(interpreted.ok()) << interpreted.status();
  EXPECT_LT(Distance(*result, *interpreted), 1e-5);
}

// bf16 keeps eight bits; sums of rounded products differ by a few of the last.
TEST_P(Examples, InBf16AgreeWithTheInterpreter) {
  auto [name, target] = GetParam();
  ir::Module module = LoadExample(std::string(name) + "_bf16");
  std::vector<Literal> inputs = ArgumentsFor(module, 1);
  absl::StatusOr<Literal> result = RunModuleOnHostAs(target, module, inputs);
  ASSERT_TRUE(result.ok()) << result.status();
  absl::StatusOr<Literal> interpreted = ir::Evaluate(module, inputs);
  ASSERT_TRUE(interpreted.ok()) << interpreted.status();
  EXPECT_LT(Distance(*result, *interpreted), 0.05);
}

// No example needs the interpreter for a part of it.
TEST_P(Examples, AreLoweredWhole) {
  auto [name, target_name] = GetParam();
  absl::StatusOr<cost_models::Target> target = cost_models::FindTarget(target_name);
  ASSERT_TRUE(target.ok()) << target.status();
  for (const char* type : {"_f32", "_bf16"}) {
    absl::StatusOr<LoweredModule> lowered =
        LowerModule(LoadExample(std::string(name) + type), *target);
    ASSERT_TRUE(lowered.ok()) << lowered.status();
    EXPECT_THAT(lowered->interpreted_ops, testing::IsEmpty());
  }
}

std::string ExampleName(const testing::TestParamInfo<std::tuple<const char*, std::string>>& info) {
  std::string name = std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param);
  for (char& c : name)
    if (c == ':') c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Examples,
                         testing::Combine(testing::ValuesIn(kExamples),
                                          testing::ValuesIn(TargetsToRun())),
                         ExampleName);

}  // namespace
}  // namespace eqsat::codegen
