// `xla-eqsat reduce IN --check='CMD {}'`: the smallest program that a command treats as it treats
// IN.
#include <unistd.h>

#include <array>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "importers/export.h"
#include "ir/base/strings.h"
#include "ir/graph/printer.h"
#include "tools/driver.h"
#include "tools/load.h"
#include "tools/progress.h"
#include "tools/reduce/command_check.h"
#include "tools/reduce/reduce.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct ReduceFlags {
  std::string input;
  DimensionSizes dimensions;
  std::string output = "-";
  std::string check;
  std::vector<std::string> rules;
  double timeout = 60;
  size_t max_checks = ReduceOptions{}.max_checks;
  ProgressOptions progress;
};

// A check with a name stands for a call of this program on the candidate.
struct NamedCheck {
  std::string_view name;
  std::string_view arguments;
};
constexpr std::array<NamedCheck, 2> kNamedChecks = {
    {{"crash", "optimize {} -q"}, {"mismatch", "optimize {} -q --verify=3 --counterexample=none"}}};

std::string OwnPath() {
  std::array<char, 4096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
  return length > 0 ? std::string(path.data(), static_cast<size_t>(length)) : "xla-eqsat";
}

std::string CommandOf(const ReduceFlags& options) {
  for (const NamedCheck& named : kNamedChecks) {
    if (options.check != named.name) continue;
    std::string command = base::StrCat("'", OwnPath(), "' ", named.arguments);
    for (const std::string& file : options.rules)
      base::StrAppend(&command, " --rules='", file, "'");
    return command;
  }
  return options.check;
}

int RunReduce(const ReduceFlags& options) {
  absl::StatusOr<importers::Format> format = FormatForOutput(options.output);
  if (!format.ok()) return Fail(kUsage, format.status());
  absl::StatusOr<CommandCheck> check =
      CommandCheck::Make(CommandOf(options), options.timeout, &InterruptFlag());
  if (!check.ok()) return Fail(kUsage, check.status());
  absl::StatusOr<ir::Module> input = LoadModule(options.input, options.dimensions);
  if (!input.ok()) return Fail(kBadInput, input.status());
  absl::StatusOr<int> wanted = check->Run(ir::PrintModule(*input));
  if (!wanted.ok()) return Fail(kInternal, wanted.status());
  if (*wanted == CommandCheck::kTimedOut)
    return Fail(kLimit, "the check takes too long on the input itself; see --timeout");

  ProgressLine progress(options.progress);
  ReduceOptions reduce{.max_checks = options.max_checks, .interrupt = &InterruptFlag()};
  reduce.progress = [&](const ReduceProgress& at) {
    progress.Update(absl::StrFormat("%d instructions, %d checks", at.instructions, at.checks));
  };
  auto accepts = [&](const ir::Module& candidate) {
    absl::StatusOr<int> code = check->Run(ir::PrintModule(candidate));
    return code.ok() && *code == *wanted;
  };
  ReduceResult result = Reduce(*input, accepts, reduce);
  progress.Clear();
  absl::StatusOr<std::string> bytes = importers::Export(result.module, *format);
  if (!bytes.ok()) return Fail(kInternal, bytes.status());
  if (absl::Status s = WriteFile(options.output, *bytes); !s.ok()) return Fail(kUsage, s);
  if (!options.progress.quiet) {
    std::cerr << absl::StrFormat("%d instructions -> %d, %d checks, exit code %d kept%s\n",
                                 InstructionCount(*input), InstructionCount(result.module),
                                 result.checks, *wanted,
                                 result.finished ? "" : "; stopped before the end");
  }
  return kOk;
}

}  // namespace

void AddReduceVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand(
      "reduce", "Shrink a graph as long as a command gives it the same exit code");
  auto options = std::make_shared<ReduceFlags>();
  verb->add_option("IN", options->input, "The graph; - for stdin")->required();
  AddDimensionOption(verb, &options->dimensions);
  verb->add_option("--check", options->check,
                   "A shell command with {} for the candidate, an HLO text file; or crash (of "
                   "optimize) or mismatch (of optimize --verify)")
      ->required();
  verb->add_option("--rules", options->rules, "Rule files for the named checks")->delimiter(',');
  verb->add_option("-o,--output", options->output, "Where the smallest graph goes");
  verb->add_option("--timeout", options->timeout, "Seconds that one check may take")
      ->check(CLI::PositiveNumber);
  verb->add_option("--max-checks", options->max_checks, "How many checks are made at most");
  AddProgressOptions(verb, &options->progress);
  verb->footer(
      "The result is a valid graph; the same input and answers give the same one. Ctrl-C ends the\n"
      "search and writes the best so far.\n"
      "Examples:\n"
      "  xla-eqsat reduce big.hlo --check=mismatch --rules=mine.eqr -o small.hlo\n"
      "  xla-eqsat reduce big.hlo --check='my-compiler {} 2>&1 | grep -q \"bad shape\"'");
  verb->callback([options, exit_code] {
    CatchInterrupts();
    *exit_code = RunReduce(*options);
  });
}

}  // namespace eqsat::tools
