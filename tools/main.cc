// xla-eqsat: the command line.
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "tools/driver.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

// The command line with the words of XLA_EQSAT_FLAGS put before it, after the verb.
std::vector<std::string> Arguments(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const char* flags = std::getenv("XLA_EQSAT_FLAGS");
  if (flags == nullptr || arguments.empty()) return arguments;
  std::vector<std::string> words = CLI::detail::split_up(flags);
  arguments.insert(arguments.begin() + 1, words.begin(), words.end());
  return arguments;
}

int Main(int argc, char** argv) {
  CLI::App app("Optimizes HLO graphs by equality saturation.", "xla-eqsat");
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  xla-eqsat optimize graph.json --target=amdgpu -o better.hlo\n"
      "  xla-eqsat verify graph.json better.hlo\n"
      "  xla-eqsat run better.hlo --target=cpu --input=random:1\n"
      "\n"
      "Exit codes: 0 done, 1 a check failed, 2 bad usage, 3 bad input, 4 bad rule file,\n"
      "5 mismatch, 6 limit reached, 7 target or device not available, 70 internal error.");
  int exit_code = kOk;
  AddCheckVerb(app, &exit_code);
  AddConvertVerb(app, &exit_code);
  AddOptimizeVerb(app, &exit_code);
  AddReduceVerb(app, &exit_code);
  AddRunVerb(app, &exit_code);
  AddVerifyVerb(app, &exit_code);
  AddBenchVerb(app, &exit_code);
  AddExplainVerb(app, &exit_code);
  AddExtractVerb(app, &exit_code);
  AddRulesVerb(app, &exit_code);
  AddSaturateVerb(app, &exit_code);
  AddTargetsVerb(app, &exit_code);
  AddVersionVerb(app, &exit_code);

  // CLI11 takes them last first.
  std::vector<std::string> arguments = Arguments(argc, argv);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  return exit_code;
}

}  // namespace
}  // namespace eqsat::tools

int main(int argc, char** argv) {
  try {
    return eqsat::tools::Main(argc, argv);
  } catch (const std::exception& error) {
    return eqsat::tools::Fail(eqsat::tools::kInternal, error.what());
  }
}
