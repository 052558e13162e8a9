// `xla-eqsat run IN --target=T`: executes the entry computation.
#include <deque>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "ir/base/strings.h"
#include "tools/driver.h"
#include "tools/feed.h"
#include "tools/input_value.h"
#include "tools/load.h"
#include "tools/output_value.h"
#include "tools/runner.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct RunFlags {
  DimensionSizes dimensions;
  std::string input;
  std::string target = "interpret";
  std::vector<std::string> values;
  std::string infeed;
  std::string outfeed;
  bool json = false;
};

void Print(const ir::Literal& result, bool json) {
  nlohmann::ordered_json outputs = nlohmann::ordered_json::array();
  for (const ir::Literal* leaf : Leaves(result)) {
    if (json) {
      outputs.push_back(
          {{"shape", leaf->shape().WithoutLayout().ToString()}, {"values", ValuesJson(*leaf)}});
    } else {
      std::cout << ValueText(*leaf) << "\n";
    }
  }
  if (json) std::cout << nlohmann::ordered_json{{"outputs", std::move(outputs)}}.dump() << "\n";
}

// A check of the program that does not hold is a mismatch; other failures are the input's.
ExitCode CodeOf(const absl::Status& status) {
  return absl::IsFailedPrecondition(status) ? kMismatch : kBadInput;
}

int RunProgram(const ir::Module& module, const RunFlags& options, ir::HostStreams* streams) {
  absl::StatusOr<Runner> runner = MakeRunner(module, options.target, streams);
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
int Run(const RunFlags& options) {
  const bool fed = !options.infeed.empty() || !options.outfeed.empty();
  if (fed && options.target != "interpret") {
    return Fail(kUsage, "--infeed and --outfeed need --target=interpret");
  }
  ir::HostStreams streams;
  if (!options.infeed.empty()) {
    absl::StatusOr<std::deque<ir::Literal>> values = ReadFeed(options.infeed);
    if (!values.ok()) return Fail(kUsage, values.status());
    streams.infeed = *std::move(values);
  }
  absl::StatusOr<std::vector<ir::Module>> programs =
      LoadPrograms(options.input, options.dimensions);
  if (!programs.ok()) return Fail(kBadInput, programs.status());
  for (const ir::Module& program : *programs) {
    if (int code = RunProgram(program, options, fed ? &streams : nullptr); code != kOk) return code;
  }
  if (options.outfeed.empty()) return kOk;
  absl::Status written = WriteFile(options.outfeed, FeedText(streams.outfeed));
  return written.ok() ? kOk : Fail(kUsage, written);
}

}  // namespace

void AddRunVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand("run", "Execute the entry computation");
  auto options = std::make_shared<RunFlags>();
  verb->add_option("IN", options->input, "The graph; - for stdin")->required();
  AddDimensionOption(verb, &options->dimensions);
  verb->add_option("--target", options->target,
                   "interpret (the reference), cpu, nvptx:sm_90, amdgpu:gfx942, …");
  verb->add_option("--input", options->values,
                   "Once a parameter, or once for all: random:SEED, zeros, f32[2]=[1 2], "
                   "2xf32=[1 2], @FILE, @FILE.npy");
  verb->add_option("--infeed", options->infeed,
                   "A file with a line for each infeed: f32[2]=[1 2], parts of a tuple after ;");
  verb->add_option("--outfeed", options->outfeed, "Where to write what is fed out, likewise");
  verb->add_flag("--json", options->json, "One JSON object");
  verb->footer("Example:\n  xla-eqsat run graph.hlo --target=cpu --input=random:1");
  verb->callback([options, exit_code] {
    CatchInterrupts();
    *exit_code = Run(*options);
  });
}

}  // namespace eqsat::tools
