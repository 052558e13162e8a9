// `xla-eqsat saturate FILE.eqr`: programs over operators of their own.
#include <cstdint>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "ir/base/strings.h"
#include "rules/programs/run_program.h"
#include "tools/driver.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct SaturateFlags {
  std::string file;
  std::vector<std::string> cases;
  int64_t iterations = -1;
  int64_t nodes = -1;
  size_t threads = 1;
  bool rules = false;
  bool explain = false;
  bool json = false;
};

nlohmann::ordered_json RuleJson(const engine::RuleStats& rule) {
  return {{"name", rule.name},
          {"matches", rule.matches},
          {"applications", rule.applications},
          {"nodes_added", rule.nodes_added},
          {"times_banned", rule.times_banned},
          {"search_s", rule.search_seconds},
          {"apply_s", rule.apply_seconds}};
}

nlohmann::ordered_json ProofJson(const rules::ProgramProof& proof) {
  return {{"line", proof.place.line}, {"rules", proof.rules}};
}

nlohmann::ordered_json CaseJson(const rules::CaseReport& report) {
  const engine::RunResult& run = report.run;
  nlohmann::ordered_json by_iteration = nlohmann::ordered_json::array();
  for (const rules::IterationSize& size : report.iterations)
    by_iteration.push_back({{"nodes", size.nodes}, {"classes", size.classes}});
  nlohmann::ordered_json rules = nlohmann::ordered_json::array();
  for (const engine::RuleStats& rule : run.rules) rules.push_back(RuleJson(rule));
  nlohmann::ordered_json explained = nlohmann::ordered_json::array();
  for (const rules::ProgramProof& proof : report.explained) explained.push_back(ProofJson(proof));
  return {{"case", report.name},          {"stop", engine::StopReasonName(run.stop)},
          {"iterations", run.iterations}, {"nodes", run.nodes},
          {"classes", run.classes},       {"bytes", run.bytes},
          {"rounds", report.rounds},      {"proofs", report.proofs},
          {"seconds", report.seconds},    {"search_s", run.search_seconds},
          {"apply_s", run.apply_seconds}, {"rebuild_s", run.rebuild_seconds},
          {"by_iteration", by_iteration}, {"rules", rules},
          {"explained", explained},       {"log_bytes", report.log_bytes},
          {"failures", report.failures}};
}

void PrintCase(const rules::CaseReport& report, bool with_rules) {
  const engine::RunResult& run = report.run;
  std::cout << absl::StrFormat(
      "%s: %s after %d iterations, %d e-nodes, %d e-classes\n  %s: search %s, apply %s, rebuild "
      "%s; "
      "%.1f MB\n",
      report.name, std::string(engine::StopReasonName(run.stop)), run.iterations, run.nodes,
      run.classes, FormatSeconds(report.seconds), FormatSeconds(run.search_seconds),
      FormatSeconds(run.apply_seconds), FormatSeconds(run.rebuild_seconds),
      static_cast<double>(run.bytes) / 1e6);
  if (report.proofs > 0)
    std::cout << absl::StrFormat("  %d equalities proved in %d rounds\n", report.proofs,
                                 report.rounds);
  for (const rules::ProgramProof& proof : report.explained)
    std::cout << absl::StrFormat("  line %d: %s\n", proof.place.line,
                                 proof.rules.empty() ? "one term" : base::Join(proof.rules, ", "));
  if (!with_rules) return;
  for (const engine::RuleStats& rule : run.rules)
    std::cout << absl::StrFormat("  %-24s %9d matches %9d applied %9d e-nodes %10s\n", rule.name,
                                 rule.matches, rule.applications, rule.nodes_added,
                                 FormatSeconds(rule.search_seconds + rule.apply_seconds));
}

int Run(const SaturateFlags& options) {
  absl::StatusOr<std::string> text = ReadFile(options.file);
  if (!text.ok()) return Fail(kBadInput, text.status());
  rules::SourceText source(options.file, *std::move(text));
  absl::StatusOr<rules::Program> program = rules::ParseProgram(source);
  if (!program.ok()) return Fail(kBadRules, program.status());
  CatchInterrupts();
  rules::ProgramOptions run{.cases = options.cases,
                            .threads = options.threads,
                            .explain = options.explain,
                            .interrupt = &InterruptFlag()};
  if (options.iterations >= 0) run.iterations = static_cast<size_t>(options.iterations);
  if (options.nodes >= 0) run.nodes = static_cast<size_t>(options.nodes);
  absl::StatusOr<std::vector<rules::CaseReport>> reports = rules::RunProgram(source, *program, run);
  if (!reports.ok()) return Fail(kBadRules, reports.status());
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  bool failed = false;
  for (const rules::CaseReport& report : *reports) {
    if (options.json) {
      json.push_back(CaseJson(report));
    } else {
      PrintCase(report, options.rules);
    }
    for (const std::string& failure : report.failures)
      std::cerr << options.file << ": case " << report.name << ": " << failure << "\n";
    failed |= !report.failures.empty();
  }
  if (options.json) std::cout << json.dump() << "\n";
  if (InterruptFlag().load()) return kInterrupted;
  return failed ? kCheckFailed : kOk;
}

}  // namespace

void AddSaturateVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand(
      "saturate", "Run a program over operators of its own: signature, rules, cases");
  auto options = std::make_shared<SaturateFlags>();
  verb->add_option("FILE", options->file, "The program (.eqr)")->required();
  verb->add_option("--case", options->cases, "Run these cases alone");
  verb->add_option("--iterations", options->iterations, "Instead of the file's limits")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--nodes", options->nodes, "Instead of the file's limits")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--threads", options->threads, "That search for matches; the result is the same")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  verb->add_flag("--rules", options->rules, "What each rule did");
  verb->add_flag("--explain", options->explain,
                 "Record the runs; name the rules behind each equality that was to be proved");
  verb->add_flag("--json", options->json, "A list of objects, one a case");
  verb->footer("Example:\n  xla-eqsat saturate bench/saturate/sums.eqr --case seven-terms");
  verb->callback([options, exit_code] { *exit_code = Run(*options); });
}

}  // namespace eqsat::tools
