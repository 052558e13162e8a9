// `xla-eqsat optimize IN [-o OUT]`: the main job.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "codegen/compile.h"
#include "importers/export.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "tools/counterexample.h"
#include "tools/driver.h"
#include "tools/emit.h"
#include "tools/equivalence.h"
#include "tools/load.h"
#include "tools/optimize.h"
#include "tools/progress.h"
#include "tools/search_options.h"
#include "tools/summary.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct OptimizeFlags {
  std::string input;
  DimensionSizes dimensions;
  std::string output = "-";
  SearchOptions search;
  std::string emit;  // empty: kernels beside a file, the graph alone on stdout
  ProgressOptions progress;
  int verify = 0;              // inputs to try the result on
  std::string counterexample;  // empty: beside the output; "none": none
  bool json = false;
};

struct OutputFile {
  std::string path;
  std::string bytes;
};

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

// What --emit asks for; by default the kernels, where there is a file for them to lie beside.
absl::StatusOr<std::vector<const Stage*>> StagesFor(const OptimizeFlags& options) {
  if (options.emit.empty())
    return options.output == "-" ? std::vector<const Stage*>{} : FindStages("kernels");
  EQSAT_ASSIGN_OR_RETURN(std::vector<const Stage*> stages, FindStages(options.emit));
  if (options.output == "-" && (stages.size() != 1 || stages[0]->files != 1))
    return absl::InvalidArgumentError("several files need a place: name the graph's with -o");
  return stages;
}

// Code for the result, counted in the summary, and the stages as files beside `stem`.
absl::StatusOr<std::vector<OutputFile>> Compile(const OptimizeResult& result, const Search& search,
                                                const std::vector<const Stage*>& stages,
                                                const std::string& stem, Summary* summary) {
  auto begin = std::chrono::steady_clock::now();
  EQSAT_ASSIGN_OR_RETURN(
      codegen::CompiledModule compiled,
      codegen::CompileModule(result.module, search.target, {.threads = search.optimize.threads}));
  summary->codegen_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  summary->kernels = compiled.lowered.kernels.size();
  summary->launches = CountLaunches(compiled.lowered.plan);
  for (const auto& [op, count] : compiled.lowered.interpreted_ops)
    summary->not_lowered[op] = static_cast<size_t>(count);
  std::vector<OutputFile> files;
  for (const Stage* stage : stages) {
    EQSAT_ASSIGN_OR_RETURN(std::vector<EmittedFile> emitted, stage->emit({compiled, result}));
    for (EmittedFile& file : emitted)
      files.push_back({base::StrCat(stem, file.ending), std::move(file.bytes)});
  }
  return files;
}

// Where the counterexample of a wrong result goes.
std::string CounterexamplePath(const OptimizeFlags& options) {
  if (!options.counterexample.empty()) return options.counterexample;
  constexpr char kEnding[] = "counterexample.hlo";
  return options.output == "-" ? kEnding : base::StrCat(Stem(options.output), ".", kEnding);
}

// Input and result on random inputs; if they differ, writes the smallest program found that is
// treated as wrongly.
int VerifyResult(const OptimizeFlags& options, const ir::Module& input,
                 const OptimizeResult& result, const Search& search, ProgressLine* progress) {
  const EquivalenceOptions equivalence{.numerics = result.numerics, .runs = options.verify};
  progress->Update("verifying");
  absl::StatusOr<std::optional<Difference>> found =
      FindDifference(input, result.module, equivalence);
  if (!found.ok()) {
    progress->Clear();
    return Fail(kBadInput, base::Annotate(found.status(), "--verify: "));
  }
  if (!*found) return kOk;
  const std::string wrong = absl::StrFormat(
      "the result is wrong beyond %s and is not written: with the inputs of seed %d, %s",
      eqsat::rules::NameOf(result.numerics), (*found)->seed, (*found)->text);
  if (options.counterexample == "none") {
    progress->Clear();
    return Fail(kMismatch, wrong);
  }
  constexpr size_t kMaxChecks = 500;
  ReduceOptions reduce{.max_checks = kMaxChecks, .interrupt = &InterruptFlag()};
  reduce.progress = [&](const ReduceProgress& at) {
    progress->Update(
        absl::StrFormat("reducing the counterexample: %d instructions", at.instructions));
  };
  const Counterexample smallest = FindCounterexample(input, **found, search.rules, search.target,
                                                     search.optimize, equivalence, reduce);
  progress->Clear();
  const std::string path = CounterexamplePath(options);
  if (absl::Status s = WriteFile(path, smallest.ToText()); !s.ok()) return Fail(kUsage, s);
  return Fail(kMismatch, base::StrCat(wrong, "; the smallest program found is in ", path));
}

int RunOptimize(const OptimizeFlags& options) {
  absl::StatusOr<importers::Format> format = FormatForOutput(options.output);
  if (!format.ok()) return Fail(kUsage, format.status());
  absl::StatusOr<std::vector<const Stage*>> stages = StagesFor(options);
  if (!stages.ok()) return Fail(kUsage, stages.status());
  Search search;
  if (int code = PrepareSearch(options.search, &search); code != kOk) return code;
  absl::StatusOr<std::string> bytes = ReadFile(options.input);
  if (!bytes.ok()) return Fail(kBadInput, bytes.status());
  absl::StatusOr<ir::Module> input = ParseModule(options.input, *bytes, options.dimensions);
  if (!input.ok()) return Fail(kBadInput, input.status());

  ProgressLine progress(options.progress);
  OptimizeOptions& optimize = search.optimize;
  optimize.keep_egraph = std::ranges::any_of(*stages, &Stage::needs_egraph);
  optimize.progress = [&](const OptimizeProgress& at) {
    progress.Update(absl::StrFormat("iter %d  e-nodes %d/%d  %.1f/%.0f s", at.iteration, at.enodes,
                                    optimize.budget.nodes, at.seconds, optimize.budget.seconds));
  };
  absl::StatusOr<OptimizeResult> result = Optimize(*input, search.rules, search.target, optimize);
  if (!result.ok()) {
    progress.Clear();
    return Fail(kBadInput, result.status());
  }
  if (options.verify > 0) {
    int code = VerifyResult(options, *input, *result, search, &progress);
    if (code != kOk) return code;
  }

  Summary summary{.input_hash = HashText(*bytes),
                  .ruleset_hash = search.rules.Hash(),
                  .target = search.target.name,
                  .target_hash = TargetFingerprint(search.target),
                  .target_note = search.target.note,
                  .verified_runs = options.verify};
  progress.Update("generating kernels");
  absl::StatusOr<std::vector<OutputFile>> files =
      Compile(*result, search, *stages, Stem(options.output), &summary);
  progress.Clear();
  // Kernels that nobody asked for by name are no condition of the graph.
  const bool no_code = absl::IsUnimplemented(files.status());
  if (no_code && options.emit.empty()) {
    summary.not_compiled = std::string(files.status().message());
    files = std::vector<OutputFile>{};
  }
  if (!files.ok()) return Fail(no_code ? kBadInput : kInternal, files.status());
  if (options.output == "-" && !files->empty()) {
    files->front().path = "-";
  } else {
    absl::StatusOr<std::string> graph = importers::Export(result->module, *format);
    if (!graph.ok()) return Fail(kInternal, graph.status());
    files->push_back({options.output, *std::move(graph)});
  }

  if (int code = WriteAll(*files); code != kOk) return code;
  // With a result on stdout the summary object goes where talk goes.
  if (options.json) {
    (options.output == "-" ? std::cerr : std::cout) << SummaryJson(summary, *result);
  } else if (!options.progress.quiet) {
    std::cerr << options.input << "\n" << SummaryText(summary, *result);
  }
  return kOk;
}

}  // namespace

void AddOptimizeVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb =
      app.add_subcommand("optimize", "Find the cheapest equal graph and its kernels for a target");
  auto options = std::make_shared<OptimizeFlags>();
  verb->add_option("IN", options->input, "The graph; - for stdin")->required();
  AddDimensionOption(verb, &options->dimensions);
  verb->add_option("-o,--output", options->output,
                   "Where the graph goes; the kernels and the launch plan go beside it");
  AddSearchOptions(verb, &options->search);
  verb->add_option(
      "--emit", options->emit,
      "A comma list of stages to write beside the graph, or one to print instead of it");
  verb->add_flag_callback(
      "--list-emit",
      [] {
        for (const Stage& stage : Stages())
          std::cout << absl::StrFormat("%-11s %s\n", std::string(stage.name),
                                       std::string(stage.sentence));
        throw CLI::Success();
      },
      "Print the stages that --emit knows");
  verb->add_option("--verify", options->verify,
                   "Run input and result on this many random inputs and refuse a result that "
                   "differs beyond its numerics class")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--counterexample", options->counterexample,
                   "Where --verify writes the smallest wrong graph; none: nowhere");
  verb->add_flag("--json", options->json, "The summary as one JSON object on stdout");
  AddProgressOptions(verb, &options->progress);
  verb->footer(
      "Examples:\n"
      "  xla-eqsat optimize graph.json --target=amdgpu -o better.hlo\n"
      "  xla-eqsat optimize graph.hlo --rules=mine.eqr --numerics=reassoc --json -o better.pb\n"
      "  xla-eqsat optimize graph.hlo --rules=mine.eqr --verify=20 -o better.hlo\n"
      "  xla-eqsat optimize graph.hlo --target=nvptx:sm_90 --emit=asm | less\n"
      "\n"
      "A result that --verify refuses exits 5: nothing is written but the counterexample, a small\n"
      "graph beside OUT (OUT's name with .counterexample.hlo).");
  verb->callback([options, exit_code] {
    CatchInterrupts();
    *exit_code = RunOptimize(*options);
  });
}

}  // namespace eqsat::tools
