// `xla-eqsat bench IN --target=T`: how long a compiled module takes, beside what was predicted.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/driver.h"
#include "tools/input_value.h"
#include "tools/load.h"
#include "tools/runner.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct BenchFlags {
  DimensionSizes dimensions;
  std::string input;
  std::string target = "cpu";
  std::vector<std::string> values;
  int runs = 10;
  bool json = false;
};

int Bench(const BenchFlags& options) {
  absl::StatusOr<ir::Module> module = LoadModule(options.input, options.dimensions);
  if (!module.ok()) return Fail(kBadInput, module.status());
  absl::StatusOr<Runner> runner = MakeRunner(*module, options.target);
  if (!runner.ok()) return Fail(kBadInput, runner.status());
  absl::StatusOr<std::vector<ir::Literal>> inputs = InputValues(module->entry(), options.values);
  if (!inputs.ok()) return Fail(kUsage, inputs.status());

  std::vector<double> seconds;
  for (int run = 0; run <= options.runs; ++run) {
    auto begin = std::chrono::steady_clock::now();
    absl::StatusOr<ir::Literal> result = runner->run(*inputs);
    auto end = std::chrono::steady_clock::now();
    if (!result.ok()) return Fail(kBadInput, result.status());
    // The first run warms caches and the page tables.
    if (run > 0) seconds.push_back(std::chrono::duration<double>(end - begin).count());
  }
  std::sort(seconds.begin(), seconds.end());
  double median = seconds[seconds.size() / 2];
  if (options.json) {
    nlohmann::ordered_json object = {{"median_seconds", median},
                                     {"min_seconds", seconds.front()},
                                     {"max_seconds", seconds.back()},
                                     {"runs", options.runs},
                                     {"predicted_seconds", runner->predicted_seconds}};
    std::cout << object.dump() << "\n";
  } else {
    std::cout << "median " << FormatSeconds(median) << ", from " << FormatSeconds(seconds.front())
              << " to " << FormatSeconds(seconds.back()) << " over " << options.runs << " runs";
    if (runner->predicted_seconds > 0)
      std::cout << "; predicted " << FormatSeconds(runner->predicted_seconds);
    std::cout << "\n";
  }
  return kOk;
}

}  // namespace

void AddBenchVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand("bench", "Time a compiled graph, inputs and outputs copied");
  auto options = std::make_shared<BenchFlags>();
  verb->add_option("IN", options->input, "The graph; - for stdin")->required();
  AddDimensionOption(verb, &options->dimensions);
  verb->add_option("--target", options->target, "cpu, nvptx:sm_90, amdgpu:gfx942, or interpret");
  verb->add_option("--input", options->values, "As for run");
  verb->add_option("--runs", options->runs, "Timed runs after one untimed")
      ->check(CLI::PositiveNumber);
  verb->add_flag("--json", options->json, "One JSON object");
  verb->footer("Example:\n  xla-eqsat bench graph.hlo --target=cpu --runs=20");
  verb->callback([options, exit_code] {
    CatchInterrupts();
    *exit_code = Bench(*options);
  });
}

}  // namespace eqsat::tools
