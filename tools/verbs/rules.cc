// `xla-eqsat rules list|test|prove`: the rules in force, their tests and their proofs.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <ctime>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "rules/prove/proof_record.h"
#include "rules/prove/prove_rule.h"
#include "rules/testing/test_rule.h"
#include "rules/testing/weaken_guards.h"
#include "tools/driver.h"
#include "tools/rule_options.h"
#include "tools/verbs/rules_verbs.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct RulesFlags {
  RuleOptions rules;
  bool json = false;
  uint64_t seed = 1;
  int runs = 40;
  std::string only;  // prove: the rules whose name holds this
  bool record = false;
  bool mutate = false;
  bool verbose = false;
};

// "exact", or for several cases "exact|reassoc".
std::string NumericsText(const rules::Rule& rule) {
  std::string text;
  for (const rules::NumericsCase& c : rule.numerics) {
    if (!text.empty()) text += "|";
    text += rules::NameOf(c.numerics);
  }
  return text;
}

int List(const RulesFlags& options) {
  absl::StatusOr<rules::RuleSet> set = LoadRules(options.rules);
  if (!set.ok()) return Fail(kBadRules, set.status());
  absl::StatusOr<rules::ProofRecord> record = rules::ProofRecord::Default();
  if (!record.ok()) return Fail(kInternal, record.status());
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const rules::RuleSet::Entry& entry : set->rules()) {
    const rules::Rule& rule = *entry.rule;
    std::string file = rule.source->path();
    const rules::RecordedProof* proof = record->Find(entry);
    const rules::ProofStatus status = proof ? proof->status : rules::ProofStatus::kTested;
    if (options.json) {
      list.push_back({{"name", rule.name},
                      {"file", file},
                      {"group", rule.group},
                      {"phase", rule.phase},
                      {"numerics", NumericsText(rule)},
                      {"proof", std::string(rules::NameOf(status))},
                      {"doc", rule.doc}});
    } else {
      std::cout << absl::StrFormat("%-40s %-14s %-9s %-8s %s\n", rule.name, NumericsText(rule),
                                   rule.phase, std::string(rules::NameOf(status)), rule.doc);
    }
  }
  if (options.json) std::cout << list.dump() << "\n";
  return kOk;
}

nlohmann::ordered_json ReportJson(const rules::RuleReport& report) {
  return {{"name", report.rule},         {"attempts", report.attempts},
          {"fired", report.fired},       {"compared", report.compared},
          {"declared", report.declared}, {"failures", report.failures}};
}

// Tests each rule without each of its conditions, and proves it where no test fails.
int Mutate(const RulesFlags& options, const rules::RuleSet& set) {
  const std::vector<std::string>& files = options.rules.files;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  size_t needed = 0;
  size_t narrowing = 0;
  size_t all = 0;
  for (const rules::RuleSet::Entry& entry : set.rules()) {
    if (!files.empty() && std::ranges::find(files, entry.rule->source->path()) == files.end())
      continue;
    for (const rules::GuardReport& guard : rules::WeakenGuards(entry, options.seed, options.runs)) {
      ++all;
      needed += guard.needed();
      const bool proved =
          !guard.needed() && rules::ProveRule(guard.weaker).status == rules::ProofStatus::kAny;
      narrowing += proved;
      if (options.json) {
        list.push_back({{"rule", entry.rule->name},
                        {"where", guard.where},
                        {"guard", guard.guard},
                        {"needed", guard.needed()},
                        {"proved_without", proved},
                        {"failure", guard.failure}});
      } else if (!guard.needed()) {
        std::cout << guard.where << ": " << entry.rule->name << " is "
                  << (proved ? "proved" : "not refuted") << " without: " << guard.guard << "\n";
      }
    }
  }
  if (options.json)
    std::cout << list.dump() << "\n";
  else
    std::cout << absl::StrFormat(
        "%d of %d conditions are needed; %d only say where a rule is wanted; %d are open\n", needed,
        all, narrowing, all - needed - narrowing);
  return kOk;
}

int Test(const RulesFlags& options) {
  // With files named, they alone are tested, in the company of the program's own.
  absl::StatusOr<rules::RuleSet> set = LoadRules(options.rules);
  if (!set.ok()) return Fail(kBadRules, set.status());
  if (options.mutate) return Mutate(options, *set);
  const std::vector<std::string>& files = options.rules.files;
  nlohmann::ordered_json reports = nlohmann::ordered_json::array();
  size_t tested = 0;
  size_t failed = 0;
  for (const rules::RuleSet::Entry& entry : set->rules()) {
    if (!files.empty() && std::ranges::find(files, entry.rule->source->path()) == files.end())
      continue;
    rules::RuleReport report = rules::TestRule(entry, options.seed, options.runs);
    ++tested;
    failed += !report.ok();
    if (options.json) reports.push_back(ReportJson(report));
    for (const std::string& failure : report.failures)
      std::cerr << entry.rule->Where() << ": " << failure << "\n";
  }
  if (options.json) {
    std::cout << reports.dump() << "\n";
  } else {
    std::cout << tested - failed << " of " << tested << " rules pass\n";
  }
  return failed == 0 ? kOk : kCheckFailed;
}

// ---- prove ----

struct Proved {
  const rules::RuleSet::Entry* entry;
  rules::ProofReport report;
  double seconds = 0;
};

// "proved (any rank, any size)", …
std::string StatusText(const rules::ProofReport& report) {
  switch (report.status) {
    case rules::ProofStatus::kAny:
      return "proved (any rank, any size)";
    case rules::ProofStatus::kBounded:
      return "proved (bounded: " + report.detail + ")";
    case rules::ProofStatus::kTested:
      return "tested";
    case rules::ProofStatus::kRefuted:
      return "refuted";
  }
  return "";
}

// Of this thread alone, so that what else runs does not count.
double ThreadSeconds() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// On all cores; each proof is the same whichever core makes it.
void ProveAll(std::vector<Proved>* all) {
  std::atomic<size_t> next = 0;
  auto work = [&] {
    for (size_t i = next++; i < all->size(); i = next++) {
      const double start = ThreadSeconds();
      (*all)[i].report = rules::ProveRule(*(*all)[i].entry);
      (*all)[i].seconds = ThreadSeconds() - start;
    }
  };
  std::vector<std::thread> threads;
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  for (size_t i = 0; i < std::min(cores, all->size()); ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
}

nlohmann::ordered_json ProvedJson(const Proved& proved) {
  const rules::ProofReport& report = proved.report;
  return {{"name", proved.entry->rule->name},
          {"file", proved.entry->rule->source->path()},
          {"proof", std::string(rules::NameOf(report.status))},
          {"elements", report.elements},
          {"max_rank", report.max_rank},
          {"instances", report.instances},
          {"goals", report.goals},
          {"solver_steps", report.solver_steps},
          {"seconds", proved.seconds},
          {"detail", report.detail}};
}

void PrintProved(const Proved& proved, bool verbose) {
  const rules::ProofReport& report = proved.report;
  std::cout << absl::StrFormat("%-40s %s\n", proved.entry->rule->name, StatusText(report));
  const bool refuted = report.status == rules::ProofStatus::kRefuted;
  if ((verbose || refuted) && !report.detail.empty()) std::cout << report.detail << "\n";
  if (!verbose) return;
  std::cout << absl::StrFormat("  %d instances up to rank %d over %s; %d goals; %.2f s\n",
                               report.instances, report.max_rank, report.elements, report.goals,
                               proved.seconds);
  for (const std::string& goal : report.obligations) std::cout << "  " << goal << "\n";
}

int SaveRecord(const std::vector<Proved>& all, const rules::RuleSet& set,
               rules::ProofRecord record) {
  for (const Proved& proved : all) record.Set(*proved.entry, proved.report, proved.seconds);
  const std::string path = rules::ProofRecord::DefaultPath();
  if (absl::Status s = WriteFile(path, record.ToJson()); !s.ok()) return Fail(kBadInput, s);
  if (absl::Status s = WriteFile("docs/generated/rules.md", record.ToMarkdown(set)); !s.ok())
    return Fail(kBadInput, s);
  return kOk;
}

int Prove(const RulesFlags& options) {
  absl::StatusOr<rules::RuleSet> set = LoadRules(options.rules);
  if (!set.ok()) return Fail(kBadRules, set.status());
  const std::vector<std::string>& files = options.rules.files;
  rules::ProofRecord record;
  if (options.record) {
    absl::StatusOr<rules::ProofRecord> written = rules::ProofRecord::Default();
    if (!written.ok()) return Fail(kInternal, written.status());
    record = written->Current(*set);
  }
  std::vector<Proved> all;
  for (const rules::RuleSet::Entry& entry : set->rules()) {
    if (record.Find(entry)) continue;
    const bool chosen =
        files.empty() || std::ranges::find(files, entry.rule->source->path()) != files.end();
    const bool named = entry.rule->name.find(options.only) != std::string::npos;
    if (chosen && named) all.push_back({.entry = &entry});
  }
  ProveAll(&all);
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  bool refuted = false;
  for (const Proved& proved : all) {
    refuted |= proved.report.status == rules::ProofStatus::kRefuted;
    if (options.json)
      list.push_back(ProvedJson(proved));
    else
      PrintProved(proved, options.verbose);
  }
  if (options.json) std::cout << list.dump() << "\n";
  if (options.record)
    if (int code = SaveRecord(all, *set, std::move(record)); code != kOk) return code;
  return refuted ? kMismatch : kOk;
}

}  // namespace

void AddRulesVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb =
      app.add_subcommand("rules", "The rewrite rules: list them, test them, prove them");
  verb->require_subcommand(1);
  auto options = std::make_shared<RulesFlags>();
  CLI::App* list = verb->add_subcommand("list", "One line a rule");
  list->add_option("FILE", options->rules.files, "More rule files, beside the program's own");
  list->add_flag("--json", options->json, "A list of objects");
  list->callback([options, exit_code] { *exit_code = List(*options); });

  CLI::App* test = verb->add_subcommand(
      "test", "Apply each rule to random programs and compare both sides; run its own tests");
  test->add_option("FILE", options->rules.files, "Test the rules of these files alone");
  test->add_option("--seed", options->seed, "Of the random programs");
  test->add_option("--runs", options->runs, "Random programs a rule")->check(CLI::PositiveNumber);
  test->add_flag("--json", options->json, "A list of objects");
  test->add_flag(
      "--mutate", options->mutate,
      "Leave out each condition in turn and name those that no test misses, and whether the "
      "rule is proved without");
  test->footer("Example:\n  xla-eqsat rules test mine.eqr");
  test->callback([options, exit_code] { *exit_code = Test(*options); });

  CLI::App* prove = verb->add_subcommand("prove",
                                         "Prove each rule for any rank and size, or refute it by a "
                                         "program; exits 5 if one is refuted");
  prove->add_option("FILE", options->rules.files, "Prove the rules of these files alone");
  prove->add_option("--only", options->only, "The rules whose name holds this");
  prove->add_flag("-v,--explain", options->verbose, "What was proved and what is missing");
  prove->add_flag("--json", options->json, "A list of objects");
  prove->add_flag(
      "--record", options->record,
      "Prove what rules/proofs.json does not know yet, and write it and, below the working "
      "directory, docs/generated/rules.md");
  prove->footer("Example:\n  xla-eqsat rules prove mine.eqr");
  prove->callback([options, exit_code] { *exit_code = Prove(*options); });

  AddRulesDiscoverVerb(verb, exit_code);
  AddRulesDocVerb(verb, exit_code);
  AddRulesFmtVerb(verb, exit_code);
  AddRulesNewVerb(verb, exit_code);
  AddRulesProfileVerb(verb, exit_code);
}

}  // namespace eqsat::tools
