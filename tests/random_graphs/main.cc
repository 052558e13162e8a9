// random_graphs --seed=S --count=N: optimizes random graphs and compares what they compute.
#include <cstdint>
#include <iostream>
#include <set>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "cost_models/targets/find_target.h"
#include "ir/base/strings.h"
#include "ir/graph/printer.h"
#include "ir/interpret/interpreter.h"
#include "ir/verify/verify.h"
#include "rules/rule_set.h"
#include "rules/testing/program_inputs.h"
#include "rules/testing/sample_values.h"
#include "tests/random_graphs/random_graph.h"
#include "tests/random_graphs/recipes.h"
#include "tools/optimize.h"
#include "tools/reduce/reduce.h"

namespace eqsat::random_graphs {
namespace {

struct Options {
  uint64_t seed = 1;
  int64_t count = 100;
  int64_t size = 12;
  std::string target = "cpu";
  bool print = false;  // the graphs
  bool all_ops = false;
};

// "" if the optimized module computes the same bits, else what is wrong.
std::string FaultOf(const ir::Module& module, uint64_t seed, const rules::RuleSet& rules,
                    const cost_models::Target& target, bool* changed) {
  absl::Status valid = ir::Verify(module);
  if (!valid.ok()) return base::StrCat("not valid: ", std::string(valid.message()));
  tools::OptimizeOptions options;
  options.budget = tools::Budget{.nodes = 5'000, .iterations = 8, .seconds = 1e6};
  options.rules.numerics = rules::Numerics::kExact;
  options.rules.phases = {"simplify", "explore", "lower"};
  auto optimized = tools::Optimize(module, rules, target, options);
  if (!optimized.ok()) return base::StrCat("optimize: ", std::string(optimized.status().message()));
  *changed = optimized->changed;
  std::vector<ir::Literal> arguments =
      rules::ProgramInputs(module, seed, rules::Numerics::kExact, rules::Bounds::kIgnored);
  auto expected = ir::Evaluate(module, arguments);
  if (!expected.ok()) return base::StrCat("run: ", std::string(expected.status().message()));
  auto actual = ir::Evaluate(optimized->module, arguments);
  if (!actual.ok()) return base::StrCat("run result: ", std::string(actual.status().message()));
  auto mismatch = rules::FirstMismatch(*expected, *actual, rules::Tolerance{});
  if (!mismatch) return "";
  std::string used;
  for (const auto& [name, work] : optimized->rules)
    if (work.in_result > 0) used += base::StrCat(" ", name);
  return base::StrCat(*mismatch, "\nrules in the result:", used, "\n",
                      ir::PrintModule(optimized->module));
}

void Collect(const ir::Module& module, std::set<OpCode>& seen) {
  for (const ir::Computation& computation : module.computations())
    for (const ir::Instruction& instruction : computation.instructions())
      seen.insert(instruction.opcode);
}

int Run(const Options& options) {
  rules::RuleSet rules;
  auto files = rules::RuleSet::DefaultFiles();
  if (!files.ok()) return std::cerr << files.status() << "\n", 1;
  for (const std::string& file : *files) {
    absl::Status status = rules.AddFile(file);
    if (!status.ok()) return std::cerr << status << "\n", 1;
  }
  auto target = cost_models::FindTarget(options.target);
  if (!target.ok()) return std::cerr << target.status() << "\n", 1;
  int64_t faults = 0;
  int64_t changes = 0;
  std::set<OpCode> seen;
  for (int64_t i = 0; i < options.count; ++i) {
    uint64_t seed = options.seed + static_cast<uint64_t>(i);
    ir::Module module = RandomGraph(seed, options.size);
    Collect(module, seen);
    if (options.print) std::cout << ir::PrintModule(module) << std::flush;
    bool changed = false;
    std::string fault = FaultOf(module, seed, rules, *target, &changed);
    changes += changed;
    if (fault.empty()) continue;
    ++faults;
    std::cout << absl::StrFormat("--seed=%d --count=1 --size=%d: %s\n", seed, options.size, fault);
    auto is_faulty = [&](const ir::Module& candidate) {
      bool ignored = false;
      return !FaultOf(candidate, seed, rules, *target, &ignored).empty();
    };
    constexpr size_t kMaxChecks = 1000;
    const tools::ReduceResult reduced =
        tools::Reduce(module, is_faulty, {.max_checks = kMaxChecks});
    std::cout << "reduced:\n" << ir::PrintModule(reduced.module) << std::flush;
  }
  for (const Recipe& recipe : AllRecipes()) {
    if (!options.all_ops || seen.contains(recipe.opcode)) continue;
    std::cout << "never made: " << ir::Name(recipe.opcode) << "\n";
    ++faults;
  }
  std::cout << absl::StrFormat("%d graphs of %d ops, %d changed, %d faults\n", options.count,
                               seen.size(), changes, faults);
  return faults == 0 ? 0 : 1;
}

}  // namespace
}  // namespace eqsat::random_graphs

int main(int argc, char** argv) {
  CLI::App app{"Optimizes random graphs under exact numerics and compares what they compute"};
  eqsat::random_graphs::Options options;
  app.add_option("--seed", options.seed, "Of the first graph; each further one adds one");
  app.add_option("--count", options.count, "How many graphs");
  app.add_option("--size", options.size, "Instructions a graph, about");
  app.add_option("--target", options.target, "Whose costs choose the result");
  app.add_flag("--print", options.print, "Print the graphs");
  app.add_flag("--all-ops", options.all_ops, "An op that never came up is a fault");
  CLI11_PARSE(app, argc, argv);
  return eqsat::random_graphs::Run(options);
}
