// The programs of examples/ on the inputs and outputs that JAX recorded beside them.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "nlohmann/json.hpp"
#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// One entry of "inputs" or "outputs": row-major values.
Literal FromJson(const json& entry, const Shape& shape) {
  std::vector<double> values = entry.at("values").get<std::vector<double>>();
  EXPECT_EQ(static_cast<int64_t>(values.size()), shape.ElementCount());
  return Literal::FromDoubles(shape, values);
}

void CheckExample(const fs::path& expected_path) {
  const std::string expected_name = expected_path.filename();
  const std::string stem = expected_name.substr(0, expected_name.find('.'));
  auto module = importers::ParseHloText(ReadFile(expected_path.parent_path() / (stem + ".hlo")));
  ASSERT_TRUE(module.ok()) << stem << ": " << module.status();
  const json expected = json::parse(ReadFile(expected_path));
  std::vector<Literal> arguments;
  for (InstructionId parameter : module->entry().parameters()) {
    arguments.push_back(
        FromJson(expected.at("inputs").at(arguments.size()), module->entry()[parameter].shape));
  }
  auto result = Evaluate(*module, arguments);
  ASSERT_TRUE(result.ok()) << stem << ": " << result.status();
  const json& outputs = expected.at("outputs");
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Literal& output = result->shape().IsTuple() ? result->elements()[i] : *result;
    auto difference = CompareLiterals(FromJson(outputs[i], output.shape()), output,
                                      Tolerance{.abs = 1e-6, .rel = 1e-4});
    EXPECT_FALSE(difference.has_value()) << stem << ", output " << i << ": " << *difference;
  }
}

TEST(ExamplesTest, AgreeWithJax) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(EQSAT_SOURCE_DIR) / "examples")) {
    if (entry.path().string().ends_with(".expected.json")) {
      CheckExample(entry.path());
      ++count;
    }
  }
  EXPECT_GE(count, 7);
}

}  // namespace
}  // namespace eqsat::ir
