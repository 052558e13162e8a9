// `xla-eqsat extract EGRAPH.json`: the cheapest program in an e-graph.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "engine/extract/solve.h"
#include "engine/extract/solve_top.h"
#include "engine/interchange/dot.h"
#include "engine/interchange/serialized_choices.h"
#include "engine/interchange/serialized_egraph.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "tools/driver.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct ExtractFlags {
  std::string path;
  std::string output;
  std::string method = "exact";
  double seconds = 10;
  size_t rounds = std::numeric_limits<size_t>::max();
  size_t top = 1;
  std::string dot;
  engine::DotLimits dot_limits;
};

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

engine::SolveOptions SolveOptionsOf(const ExtractFlags& options) {
  engine::SolveOptions result;
  if (options.method == "tree") result.method = engine::SolveMethod::kTree;
  if (options.method == "greedy") result.method = engine::SolveMethod::kGreedy;
  result.seconds = options.seconds;
  result.rounds = options.rounds;
  result.stop = &InterruptFlag();
  return result;
}

// By node of the file: whether the solution has it.
std::vector<bool> KeptNodes(const engine::SerializedEGraph& egraph,
                            const engine::ChoiceGraph& graph, const engine::SolveResult& result) {
  std::vector<bool> keep(egraph.nodes.size());
  for (size_t i = 0; i < result.kept.size(); ++i)
    if (result.kept[i]) keep[graph.source_node[i]] = true;
  return keep;
}

// A file for each result: the second of OUT.json is OUT.2.json.
std::string OutputPath(const std::string& path, size_t index) {
  if (index == 0 || path == "-") return path;
  std::filesystem::path numbered(path);
  numbered.replace_extension(base::StrCat(".", index + 1, numbered.extension().string()));
  return numbered.string();
}

absl::Status WriteOutputs(const ExtractFlags& options, const engine::SerializedEGraph& egraph,
                          const engine::ChoiceGraph& graph,
                          const std::vector<engine::SolveResult>& results) {
  for (size_t i = 0; i < results.size() && !options.output.empty(); ++i) {
    std::string json = WriteEGraphJson(egraph, KeptNodes(egraph, graph, results[i]));
    EQSAT_RETURN_IF_ERROR(WriteFile(OutputPath(options.output, i), json));
  }
  if (options.dot.empty()) return absl::OkStatus();
  return WriteFile(options.dot,
                   WriteDot(egraph, KeptNodes(egraph, graph, results[0]), options.dot_limits));
}

nlohmann::ordered_json CostsJson(const engine::SolveResult& result) {
  double size = std::abs(result.cost);
  double gap = result.cost - result.lower_bound;
  return {
      {"tree_cost", result.tree_cost},     {"dag_cost", result.cost},
      {"lower_bound", result.lower_bound}, {"gap", size > 0 ? gap / size : gap},
      {"optimal", result.optimal},
  };
}

std::string ReportJson(const ExtractFlags& options, const engine::SerializedEGraph& egraph,
                       const std::vector<engine::SolveResult>& results, double seconds) {
  nlohmann::ordered_json report = CostsJson(results[0]);
  report["method"] = options.method;
  report["seconds"] = seconds;
  report["enodes"] = egraph.nodes.size();
  report["eclasses"] = egraph.classes.size();
  if (options.top > 1)
    for (const engine::SolveResult& result : results) report["top"].push_back(CostsJson(result));
  return report.dump() + "\n";
}

absl::StatusOr<std::vector<engine::SolveResult>> Results(const ExtractFlags& options,
                                                         const engine::ChoiceGraph& graph,
                                                         const engine::SolveOptions& solve) {
  if (options.top > 1) return SolveTop(graph, options.top, solve);
  EQSAT_ASSIGN_OR_RETURN(engine::SolveResult result, Solve(graph, solve));
  return std::vector<engine::SolveResult>{std::move(result)};
}

int Extract(const ExtractFlags& options) {
  auto start = std::chrono::steady_clock::now();
  absl::StatusOr<std::string> text = ReadFile(options.path);
  if (!text.ok()) return Fail(kBadInput, text.status());
  auto egraph = engine::ReadEGraphJson(*std::move(text));
  if (!egraph.ok())
    return Fail(kBadInput, base::Annotate(egraph.status(), base::StrCat(options.path, ":")));
  engine::ChoiceGraph graph = ChoicesOf(*egraph);
  engine::SolveOptions solve = SolveOptionsOf(options);
  // Reading counts.
  solve.seconds = std::max(0.0, solve.seconds - SecondsSince(start));
  CatchInterrupts();
  auto results = Results(options, graph, solve);
  if (!results.ok()) {
    absl::Status reason = CheckSolvable(*egraph, graph);
    if (reason.ok()) reason = results.status();
    return Fail(kBadInput, base::Annotate(reason, base::StrCat(options.path, ": ")));
  }
  absl::Status status = WriteOutputs(options, *egraph, graph, *results);
  if (!status.ok()) return Fail(kBadInput, status);
  // The report has stdout, unless something else was asked to go there.
  bool is_free = options.output != "-" && options.dot != "-";
  (is_free ? std::cout : std::cerr) << ReportJson(options, *egraph, *results, SecondsSince(start));
  return kOk;
}

}  // namespace

void AddExtractVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand("extract", "The cheapest program in an e-graph");
  auto options = std::make_shared<ExtractFlags>();
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
  verb->add_option("--top", options->top, "So many distinct results, the cheapest first")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--dot", options->dot, "Draw the e-graph for Graphviz, the choice in bold");
  verb->add_option("--dot-classes", options->dot_limits.classes, "Classes to draw at most")
      ->capture_default_str();
  verb->add_option("--dot-nodes", options->dot_limits.nodes_of_a_class,
                   "Nodes to draw of a class at most")
      ->capture_default_str();
  verb->footer(
      "Prints one JSON object; optimal is true only with a proof.\n"
      "Example:\n  xla-eqsat extract egraph.json --time=10 -o chosen.json");
  verb->callback([options, exit_code] { *exit_code = Extract(*options); });
}

}  // namespace eqsat::tools
