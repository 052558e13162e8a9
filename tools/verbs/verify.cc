// `xla-eqsat verify A B`: do two programs compute the same?
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "ir/base/strings.h"
#include "ir/interpret/compare.h"
#include "ir/interpret/interpreter.h"
#include "ir/interpret/named_devices.h"
#include "ir/interpret/random_inputs.h"
#include "tools/driver.h"
#include "tools/load.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct Options {
  DimensionSizes dimensions;
  std::string a;
  std::string b;
  uint64_t seed = 1;
  int runs = 1;
  double tolerance = -1;
};

bool SameInterface(const ir::ProgramShape& a, const ir::ProgramShape& b) {
  if (a.parameters.size() != b.parameters.size()) return false;
  for (size_t i = 0; i < a.parameters.size(); ++i)
    if (!ir::Shape::Compatible(a.parameters[i], b.parameters[i])) return false;
  return ir::Shape::Compatible(a.result, b.result);
}

int Verify(const Options& options) {
  absl::StatusOr<ir::Module> a = LoadModule(options.a, options.dimensions);
  if (!a.ok()) return Fail(kBadInput, a.status());
  absl::StatusOr<ir::Module> b = LoadModule(options.b, options.dimensions);
  if (!b.ok()) return Fail(kBadInput, b.status());
  if (!SameInterface(a->entry().program_shape(), b->entry().program_shape()))
    return Fail(kMismatch, "the entry computations take or return different shapes");
  // A graph that was left as it is may be too large to run.
  if (!ir::FirstDifference(*a, *b)) {
    std::cout << "equal, instruction by instruction\n";
    return kOk;
  }
  const ir::DeviceCounts devices = ir::DevicesNamedBy(*a);
  for (ir::Module* module : {&*a, &*b}) {
    module->mutable_header().replica_count = devices.replicas;
    module->mutable_header().num_partitions = devices.partitions;
  }
  std::optional<ir::Tolerance> tolerance;
  if (options.tolerance >= 0)
    tolerance = ir::Tolerance{.abs = options.tolerance, .rel = options.tolerance};
  for (int run = 0; run < options.runs; ++run) {
    uint64_t seed = options.seed + static_cast<uint64_t>(run);
    std::vector<ir::Literal> inputs = ir::RandomInputs(a->entry(), seed);
    ir::InterpreterOptions interpreter{.interrupt = &InterruptFlag(), .uninterpreted_calls = true};
    absl::StatusOr<ir::Literal> expected = ir::Evaluate(*a, inputs, interpreter);
    if (!expected.ok()) return Fail(kBadInput, expected.status());
    absl::StatusOr<ir::Literal> actual = ir::Evaluate(*b, inputs, interpreter);
    if (!actual.ok()) return Fail(kBadInput, actual.status());
    std::optional<std::string> difference = ir::CompareLiterals(*expected, *actual, tolerance);
    if (difference)
      return Fail(kMismatch, absl::StrFormat("with --seed=%d: %s", seed, *difference));
  }
  std::cout << "equal on " << options.runs << " random input" << (options.runs == 1 ? "" : "s")
            << "\n";
  return kOk;
}

}  // namespace

void AddVerifyVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand(
      "verify", "Run two graphs on the reference interpreter with the same random inputs");
  auto options = std::make_shared<Options>();
  verb->add_option("A", options->a, "The reference")->required();
  AddDimensionOption(verb, &options->dimensions);
  verb->add_option("B", options->b, "The graph to check against it")->required();
  verb->add_option("--seed", options->seed, "Of the first run's inputs; each run adds one");
  verb->add_option("--runs", options->runs, "How many inputs to try")->check(CLI::PositiveNumber);
  verb->add_option("--tolerance", options->tolerance,
                   "Absolute and relative; default: by element type")
      ->check(CLI::NonNegativeNumber);
  verb->footer(
      "Exits 5 and prints the first difference if the results differ.\n"
      "A custom call of unknown code is an uninterpreted function: equal operands give equal,\n"
      "arbitrary results. Collectives run on as many devices as A's groups name.\n"
      "Example:\n  xla-eqsat verify graph.hlo better.hlo --runs=3");
  verb->callback([options, exit_code] {
    CatchInterrupts();
    *exit_code = Verify(*options);
  });
}

}  // namespace eqsat::tools
