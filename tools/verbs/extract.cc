// `xla-eqsat extract EGRAPH.json`: the cheapest program in an e-graph.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/extract/solve.h"
#include "engine/interchange/serialized_choices.h"
#include "engine/interchange/serialized_egraph.h"
#include "ir/base/status.h"
#include "tools/driver.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct Options {
  std::string path;
  std::string output;
  std::string method = "exact";
  double seconds = 10;
  size_t rounds = std::numeric_limits<size_t>::max();
};

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

engine::SolveOptions SolveOptionsOf(const Options& options) {
  engine::SolveOptions result;
  if (options.method == "tree") result.method = engine::SolveMethod::kTree;
  if (options.method == "greedy") result.method = engine::SolveMethod::kGreedy;
  result.seconds = options.seconds;
  result.rounds = options.rounds;
  result.stop = &InterruptFlag();
  return result;
}

// The kept nodes as an e-graph of their own.
std::string KeptJson(const engine::SerializedEGraph& egraph, const engine::ChoiceGraph& graph,
                     const engine::SolveResult& result) {
  std::vector<bool> keep(egraph.nodes.size());
  for (size_t i = 0; i < result.kept.size(); ++i)
    if (result.kept[i]) keep[graph.source_node[i]] = true;
  return WriteEGraphJson(egraph, keep);
}

std::string ReportJson(const Options& options, const engine::SerializedEGraph& egraph,
                       const engine::SolveResult& result, double seconds) {
  double size = std::abs(result.cost);
  double gap = result.cost - result.lower_bound;
  nlohmann::ordered_json report = {
      {"tree_cost", result.tree_cost},
      {"dag_cost", result.cost},
      {"lower_bound", result.lower_bound},
      {"gap", size > 0 ? gap / size : gap},
      {"optimal", result.optimal},
      {"method", options.method},
      {"seconds", seconds},
      {"enodes", egraph.nodes.size()},
      {"eclasses", egraph.classes.size()},
  };
  return report.dump() + "\n";
}

int Extract(const Options& options) {
  auto start = std::chrono::steady_clock::now();
  absl::StatusOr<std::string> text = ReadFile(options.path);
  if (!text.ok()) return Fail(kBadInput, text.status());
  auto egraph = engine::ReadEGraphJson(*std::move(text));
  if (!egraph.ok()) return Fail(kBadInput, base::Annotate(egraph.status(), options.path));
  engine::ChoiceGraph graph = ChoicesOf(*egraph);
  engine::SolveOptions solve = SolveOptionsOf(options);
  // Reading counts.
  solve.seconds = std::max(0.0, solve.seconds - SecondsSince(start));
  CatchInterrupts();
  absl::StatusOr<engine::SolveResult> result = Solve(graph, solve);
  if (!result.ok()) return Fail(kBadInput, base::Annotate(result.status(), options.path));
  if (!options.output.empty()) {
    absl::Status status = WriteFile(options.output, KeptJson(*egraph, graph, *result));
    if (!status.ok()) return Fail(kBadInput, status);
  }
  std::cout << ReportJson(options, *egraph, *result, SecondsSince(start));
  return kOk;
}

}  // namespace

void AddExtractVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand("extract", "The cheapest program in an e-graph");
  auto options = std::make_shared<Options>();
  verb->add_option("EGRAPH", options->path, "egraph-serialize JSON; - for stdin")->required();
  verb->add_option("-o,--output", options->output, "Write the chosen nodes as such a file");
  verb->add_option(
          "--method", options->method,
          "tree: every use paid for; greedy: quick, leans towards sharing; exact: searches "
          "until proved or out of time")
      ->check(CLI::IsMember({"tree", "greedy", "exact"}))
      ->capture_default_str();
  verb->add_option("--time", options->seconds, "Seconds to search at most")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_option("--rounds", options->rounds,
                   "Rounds of search at most: the same result on every machine")
      ->check(CLI::NonNegativeNumber);
  verb->footer(
      "Prints one JSON object; optimal is true only with a proof.\n"
      "Example:\n  xla-eqsat extract egraph.json --time=10 -o chosen.json");
  verb->callback([options, exit_code] { *exit_code = Extract(*options); });
}

}  // namespace eqsat::tools
