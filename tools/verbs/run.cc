// `xla-eqsat run IN --target=T`: executes the entry computation.
#include <cmath>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "ir/base/strings.h"
#include "tools/driver.h"
#include "tools/input_value.h"
#include "tools/load.h"
#include "tools/runner.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct Options {
  std::string input;
  std::string target = "interpret";
  std::vector<std::string> values;
  bool json = false;
};

void AppendLeaves(const ir::Literal& literal, std::vector<const ir::Literal*>* leaves) {
  if (literal.shape().IsArray()) leaves->push_back(&literal);
  for (const ir::Literal& element : literal.elements()) AppendLeaves(element, leaves);
}

// One number, or a pair for complex ones. JSON has no NaN or infinities: they are strings.
nlohmann::json ElementJson(const ir::Literal& leaf, int64_t position) {
  auto real = [](double value) -> nlohmann::json {
    if (std::isfinite(value)) return value;
    return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  };
  ir::ElementType type = leaf.shape().element_type();
  if (type == ir::ElementType::kU64) return static_cast<uint64_t>(leaf.AsInt64(position));
  if (ir::IsInteger(type)) return leaf.AsInt64(position);
  if (type == ir::ElementType::kPred) return leaf.AsInt64(position) != 0;
  if (!ir::IsComplex(type)) return real(leaf.AsDouble(position));
  std::complex<double> value = leaf.AsComplex(position);
  return nlohmann::json::array({real(value.real()), real(value.imag())});
}

void Print(const ir::Literal& result, bool json) {
  std::vector<const ir::Literal*> leaves;
  AppendLeaves(result, &leaves);
  nlohmann::ordered_json outputs = nlohmann::ordered_json::array();
  for (const ir::Literal* leaf : leaves) {
    nlohmann::json values = nlohmann::json::array();
    for (int64_t i = 0; i < leaf->shape().ElementCount(); ++i)
      values.push_back(ElementJson(*leaf, i));
    std::string shape = leaf->shape().WithoutLayout().ToString();
    if (json) {
      outputs.push_back({{"shape", shape}, {"values", std::move(values)}});
    } else {
      std::cout << shape << "=" << values.dump() << "\n";
    }
  }
  if (json) std::cout << nlohmann::ordered_json{{"outputs", std::move(outputs)}}.dump() << "\n";
}

// A check of the program that does not hold is a mismatch; other failures are the input's.
ExitCode CodeOf(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) ? kMismatch : kBadInput;
}

int RunProgram(const ir::Module& module, const Options& options) {
  absl::StatusOr<Runner> runner = MakeRunner(module, options.target);
  if (!runner.ok()) return Fail(kBadInput, runner.status());
  absl::StatusOr<std::vector<ir::Literal>> inputs = InputValues(module.entry(), options.values);
  if (!inputs.ok()) return Fail(kUsage, inputs.status());
  if (!runner->interpreted_ops.empty()) {
    std::cerr << "xla-eqsat: left to the interpreter:";
    for (const auto& [op, count] : runner->interpreted_ops) std::cerr << " " << op << " ×" << count;
    std::cerr << "\n";
  }
  absl::StatusOr<ir::Literal> result = runner->run(*inputs);
  if (!result.ok()) return Fail(CodeOf(result.status()), result.status());
  Print(*result, options.json);
  return kOk;
}

// Programs of one file run one after the other, to the first that fails.
int Run(const Options& options) {
  absl::StatusOr<std::vector<ir::Module>> programs = LoadPrograms(options.input);
  if (!programs.ok()) return Fail(kBadInput, programs.status());
  for (const ir::Module& program : *programs) {
    if (int code = RunProgram(program, options); code != kOk) return code;
  }
  return kOk;
}

}  // namespace

void AddRunVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand("run", "Execute the entry computation");
  auto options = std::make_shared<Options>();
  verb->add_option("IN", options->input, "The graph; - for stdin")->required();
  verb->add_option("--target", options->target,
                   "interpret (the reference), cpu, nvptx:sm_90, amdgpu:gfx942, …");
  verb->add_option("--input", options->values,
                   "Once a parameter, or once for all: random:SEED, zeros, f32[2]=[1 2], "
                   "2xf32=[1 2], @FILE, @FILE.npy");
  verb->add_flag("--json", options->json, "One JSON object");
  verb->footer("Example:\n  xla-eqsat run graph.hlo --target=cpu --input=random:1");
  verb->callback([options, exit_code] {
    CatchInterrupts();
    *exit_code = Run(*options);
  });
}

}  // namespace eqsat::tools
