// `xla-eqsat optimize IN [-o OUT]`: the main job.
#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "codegen/compile.h"
#include "cost_models/targets/find_target.h"
#include "importers/export.h"
#include "ir/base/strings.h"
#include "tools/driver.h"
#include "tools/load.h"
#include "tools/optimize.h"
#include "tools/rule_options.h"
#include "tools/summary.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct Options {
  std::string input;
  std::string output = "-";
  std::string target = "cpu";
  std::string budget;
  std::string progress = "auto";
  RuleOptions rules;
  int level = 2;
  bool json = false;
  bool quiet = false;
};

struct OutputFile {
  std::string path;
  std::string bytes;
};

ProgressMode ModeOf(const Options& options) {
  if (options.quiet || options.progress == "none") return ProgressMode::kNone;
  return options.progress == "plain" ? ProgressMode::kPlain : ProgressMode::kAuto;
}

// `path` without the ending of its last component.
std::string Stem(const std::string& path) {
  size_t slash = path.rfind('/');
  size_t dot = path.rfind('.');
  bool has_ending = dot != std::string::npos && dot > (slash == std::string::npos ? 0 : slash + 1);
  return has_ending ? path.substr(0, dot) : path;
}

std::string TargetFingerprint(const cost_models::Target& target) {
  std::string text = base::StrCat(target.name, target.isa, target.compute_units.value,
                                  target.clock_hz.value, target.launch_seconds.value);
  for (const cost_models::MemoryLevel& level : target.memory)
    base::StrAppend(&text, level.name, level.bandwidth_bytes_per_second.value);
  return HashText(text);
}

absl::StatusOr<importers::Format> OutputFormat(const std::string& output) {
  if (output == "-") return importers::Format::kHloText;
  auto format = importers::FormatFromPath(output);
  if (format) return *format;
  return absl::InvalidArgumentError(
      base::StrCat(output, ": its ending names no format; use .hlo, .pb or .json"));
}

// Kernel launches that the plan's steps name; a loop's body counts once.
size_t CountLaunches(const codegen::LaunchPlan& plan) {
  size_t launches = 0;
  for (const codegen::Program& program : plan.programs)
    for (const codegen::Step& step : program.steps)
      launches += std::holds_alternative<codegen::KernelStep>(step);
  return launches;
}

// All files, or none: each is complete before the first one is put in place.
int WriteAll(const std::vector<OutputFile>& files) {
  for (const OutputFile& file : files) {
    absl::Status written = WriteFile(file.path, file.bytes);
    if (!written.ok()) return Fail(kUsage, written);
  }
  return kOk;
}

// Kernels for the result, if the target has a code generator and there is a place for them.
absl::Status AddKernels(const ir::Module& module, const cost_models::Target& target,
                        const std::string& stem, Summary* summary, std::vector<OutputFile>* files) {
  auto begin = std::chrono::steady_clock::now();
  absl::StatusOr<codegen::CompiledModule> compiled = codegen::CompileModule(module, target);
  if (!compiled.ok()) return compiled.status();
  summary->codegen_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  summary->kernels = compiled->lowered.kernels.size();
  summary->launches = CountLaunches(compiled->lowered.plan);
  for (const auto& [op, count] : compiled->lowered.interpreted_ops)
    summary->not_lowered[op] = static_cast<size_t>(count);
  if (stem.empty()) return absl::OkStatus();
  files->push_back({stem + compiled->artifact.extension, std::move(compiled->artifact.bytes)});
  files->push_back({stem + ".plan.json", codegen::LaunchPlanJson(*compiled) + "\n"});
  return absl::OkStatus();
}

int RunOptimize(const Options& options) {
  absl::StatusOr<importers::Format> format = OutputFormat(options.output);
  if (!format.ok()) return Fail(kUsage, format.status());
  absl::StatusOr<Budget> budget = ParseBudget(options.budget, BudgetOfLevel(options.level));
  if (!budget.ok()) return Fail(kUsage, budget.status());
  absl::StatusOr<cost_models::Target> target = cost_models::FindTarget(options.target);
  if (!target.ok()) return Fail(kUnavailable, target.status());
  absl::StatusOr<rules::RuleFilter> filter = FilterFor(options.rules, options.level, *target);
  if (!filter.ok()) return Fail(kUsage, filter.status());
  absl::StatusOr<rules::RuleSet> rules = LoadRules(options.rules);
  if (!rules.ok()) return Fail(kBadRules, rules.status());
  absl::StatusOr<std::string> bytes = ReadFile(options.input);
  if (!bytes.ok()) return Fail(kBadInput, bytes.status());
  absl::StatusOr<ir::Module> input = ParseModule(options.input, *bytes);
  if (!input.ok()) return Fail(kBadInput, input.status());

  ProgressLine progress(ModeOf(options));
  OptimizeOptions optimize{.budget = *budget, .rules = *filter, .interrupt = &InterruptFlag()};
  if (options.level >= 3) optimize.explore_rounds = 64;
  optimize.progress = [&](const OptimizeProgress& at) {
    progress.Update(absl::StrFormat("iter %d  e-nodes %d/%d  %.1f/%.0f s", at.iteration, at.enodes,
                                    budget->nodes, at.seconds, budget->seconds));
  };
  absl::StatusOr<OptimizeResult> result = Optimize(*input, *rules, *target, optimize);
  if (!result.ok()) {
    progress.Clear();
    return Fail(kBadInput, result.status());
  }

  Summary summary{.input_hash = HashText(*bytes),
                  .ruleset_hash = rules->Hash(),
                  .target = target->name,
                  .target_hash = TargetFingerprint(*target),
                  .target_note = target->note};
  std::vector<OutputFile> files;
  progress.Update("generating kernels");
  std::string stem = options.output == "-" ? "" : Stem(options.output);
  absl::Status kernels = AddKernels(result->module, *target, stem, &summary, &files);
  progress.Clear();
  if (!kernels.ok()) return Fail(kInternal, kernels);
  absl::StatusOr<std::string> graph = importers::Export(result->module, *format);
  if (!graph.ok()) return Fail(kInternal, graph.status());
  files.push_back({options.output, *std::move(graph)});

  if (int code = WriteAll(files); code != kOk) return code;
  // With the graph on stdout the summary object goes where talk goes.
  if (options.json) {
    (options.output == "-" ? std::cerr : std::cout) << SummaryJson(summary, *result);
  } else if (!options.quiet) {
    std::cerr << options.input << "\n" << SummaryText(summary, *result);
  }
  return kOk;
}

}  // namespace

void AddOptimizeVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb =
      app.add_subcommand("optimize", "Find the cheapest equal graph and its kernels for a target");
  auto options = std::make_shared<Options>();
  verb->add_option("IN", options->input, "The graph; - for stdin")->required();
  verb->add_option("-o,--output", options->output,
                   "Where the graph goes; the kernels and the launch plan go beside it");
  verb->add_option("--target", options->target,
                   "cpu (this host), amdgpu, amdgpu:gfx942, nvptx:sm_90, file:mine.json, …");
  AddRuleOptions(verb, &options->rules);
  verb->add_option("--budget", options->budget,
                   "A comma list of nodes:200k, mem:2G, iterations:30, time:5s");
  verb->add_option("-O", options->level,
                   "0 parse and check only, 1 simplify, 2 explore for 10 s, 3 explore for 5 min")
      ->check(CLI::Range(0, 3));
  verb->add_flag("--json", options->json, "The summary as one JSON object on stdout");
  verb->add_option("--progress", options->progress, "auto, plain or none")
      ->check(CLI::IsMember({"auto", "plain", "none"}));
  verb->add_flag("-q,--quiet", options->quiet, "Say nothing but errors");
  verb->footer(
      "Examples:\n"
      "  xla-eqsat optimize graph.json --target=amdgpu -o better.hlo\n"
      "  xla-eqsat optimize graph.hlo --rules=mine.eqr --numerics=reassoc --json -o better.pb");
  verb->callback([options, exit_code] {
    CatchInterrupts();
    *exit_code = RunOptimize(*options);
  });
}

}  // namespace eqsat::tools
