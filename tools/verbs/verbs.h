// The verbs of the command line, one file each. Each Add… function declares its subcommand with its
// options; parsing the command line then runs the chosen one, which stores its exit code.
#ifndef EQSAT_TOOLS_VERBS_VERBS_H_
#define EQSAT_TOOLS_VERBS_VERBS_H_

#include <CLI/CLI.hpp>

namespace eqsat::tools {

void AddCheckVerb(CLI::App& app, int* exit_code);
void AddConvertVerb(CLI::App& app, int* exit_code);
void AddOptimizeVerb(CLI::App& app, int* exit_code);
void AddReduceVerb(CLI::App& app, int* exit_code);
void AddRunVerb(CLI::App& app, int* exit_code);
void AddVerifyVerb(CLI::App& app, int* exit_code);
void AddBenchVerb(CLI::App& app, int* exit_code);
void AddExplainVerb(CLI::App& app, int* exit_code);
void AddExtractVerb(CLI::App& app, int* exit_code);
void AddRulesVerb(CLI::App& app, int* exit_code);
void AddSaturateVerb(CLI::App& app, int* exit_code);
void AddTargetsVerb(CLI::App& app, int* exit_code);
void AddVersionVerb(CLI::App& app, int* exit_code);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_VERBS_VERBS_H_
