// Saturation programs: the standard benchmarks with their exact sizes, and what the language says.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "rules/programs/run_program.h"

namespace eqsat::rules {
namespace {

absl::StatusOr<std::vector<CaseReport>> Run(const SourceText& source,
                                            const ProgramOptions& options = {}) {
  absl::StatusOr<Program> program = ParseProgram(source);
  if (!program.ok()) return program.status();
  return RunProgram(source, *program, options);
}

// Runs a file of bench/saturate.
absl::StatusOr<std::vector<CaseReport>> RunFile(const std::string& file,
                                                const ProgramOptions& options) {
  std::string path = std::string(EQSAT_SOURCE_DIR) + "/bench/saturate/" + file;
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return Run(SourceText(path, text.str()), options);
}

// Runs cases of a file, or all if none are named; those that take long run there alone.
void ExpectMet(const std::string& file, const std::vector<std::string>& cases) {
  absl::StatusOr<std::vector<CaseReport>> reports = RunFile(file, {.cases = cases});
  ASSERT_TRUE(reports.ok()) << reports.status();
  EXPECT_FALSE(reports->empty());
  for (const CaseReport& report : *reports)
    for (const std::string& failure : report.failures) ADD_FAILURE() << report.name << failure;
}

TEST(Programs, MathMicroBenchmark) { ExpectMet("math_micro.eqr", {}); }
TEST(Programs, Sums) {
  ExpectMet("sums.eqr", {"seven-terms", "eight-terms", "nine-terms", "eleven-terms-as-one"});
}
TEST(Programs, Logic) { ExpectMet("logic.eqr", {}); }
TEST(Programs, Lambda) { ExpectMet("lambda.eqr", {}); }
TEST(Programs, Math) { ExpectMet("math.eqr", {}); }

// All that the reports of a file say, except for times.
std::string Told(const std::string& file, const ProgramOptions& options) {
  absl::StatusOr<std::vector<CaseReport>> reports = RunFile(file, options);
  EXPECT_TRUE(reports.ok()) << reports.status();
  std::ostringstream text;
  for (const CaseReport& report : *reports) {
    text << report.name << ' ' << engine::StopReasonName(report.run.stop) << ' '
         << report.start_nodes << ' ' << report.rounds << ' ' << report.goals_reached << ' '
         << report.proofs << ' ' << report.run.bytes << ' ' << report.log_bytes;
    for (const IterationSize& size : report.iterations)
      text << ' ' << size.nodes << '/' << size.classes;
    for (const engine::RuleStats& rule : report.run.rules)
      text << '\n'
           << rule.name << ' ' << rule.searches << ' ' << rule.matches << ' ' << rule.applications
           << ' ' << rule.nodes_added << ' ' << rule.times_banned;
    for (const std::string& failure : report.failures) text << '\n' << failure;
    for (const ProgramProof& proof : report.explained)
      for (const std::string& rule : proof.rules) text << '\n' << rule;
  }
  return text.str();
}

TEST(Programs, TellTheSameForAnyHashSeedAndThreads) {
  for (const char* file : {"math.eqr", "lambda.eqr", "logic.eqr"}) {
    std::string told = Told(file, {.explain = true});
    EXPECT_EQ(Told(file, {.threads = 2, .explain = true}), told) << file;
    EXPECT_EQ(Told(file, {.explain = true, .hash_seed = 7}), told) << file;
    EXPECT_EQ(Told(file, {.threads = 2, .explain = true, .hash_seed = 8}), told) << file;
  }
}

constexpr std::string_view kSums = R"(language 1
signature { add(a, b) as + folds a + b  neg(a)  x, y }
commute: a + b => b + a
double-negation: neg(neg(a)) <=> a
)";

absl::StatusOr<std::vector<CaseReport>> RunSums(std::string_view rest) {
  return Run(SourceText("sums.eqr", std::string(kSums) + std::string(rest)));
}

TEST(Programs, ConstantsFoldAndGoalsEndTheRun) {
  auto reports = RunSums("case c { start neg(neg(x + (1 + 2))) goal 3 + x }");
  ASSERT_TRUE(reports.ok()) << reports.status();
  EXPECT_TRUE((*reports)[0].failures.empty());
  EXPECT_EQ((*reports)[0].run.stop, engine::StopReason::kGoal);
}

TEST(Programs, MissedExpectationsAreFailures) {
  auto reports = RunSums(
      "case a { rules commute start x + y goal x + x }\n"
      "case b { rules commute start x + y avoid y + x }\n"
      "case c { rules commute start x + y expect nodes=5, classes=[3] }\n");
  ASSERT_TRUE(reports.ok()) << reports.status();
  EXPECT_EQ((*reports)[0].failures, std::vector<std::string>{"a goal was not reached"});
  EXPECT_EQ((*reports)[1].failures.size(), 1u);
  EXPECT_EQ((*reports)[2].failures, std::vector<std::string>{"nodes: expected 5, found 4"});
}

TEST(Programs, ProofsAreCounted) {
  auto reports = RunSums(
      "case c { rules commute prove x + y <=> y + x prove x <=> y run rounds=3 "
      "expect proofs=1, rounds=2 }");
  ASSERT_TRUE(reports.ok()) << reports.status();
  EXPECT_TRUE((*reports)[0].failures.empty());
}

TEST(Programs, TwoValuesOfOneClassAreAConflict) {
  auto reports = RunSums("wrong: neg(a) => 7\ncase c { start neg(1) + 1, neg(neg(5)) }");
  ASSERT_TRUE(reports.ok()) << reports.status();
  EXPECT_EQ((*reports)[0].run.stop, engine::StopReason::kConflict);
  ASSERT_EQ((*reports)[0].failures.size(), 1u);
  EXPECT_NE((*reports)[0].failures[0].find("'wrong'"), std::string::npos);
}

TEST(Programs, MistakesHaveAPlace) {
  const std::pair<const char*, const char*> kMistakes[] = {
      {"case c { start x + z }", "5:20: 'z' is not in the signature"},
      {"case c { start neg(x, y) }", "'neg' has 1 operands, but is given 2"},
      {"case c { start x expct nodes=1 }", "did you mean 'expect'"},
      {"case c { start x run node=1 }", "did you mean 'nodes'"},
      {"case c { rules comute start x }", "did you mean 'commute'"},
      {"case c { goal x }", "has neither 'start' nor 'prove'"},
      {"r: neg(a) => b", "'b' is neither a leaf nor on the left side"},
      {"r: neg(a) => a where is_constat(a)", "did you mean 'is_constant'"},
      {"commute: neg(a) => a", "there are two rules 'commute'"},
      {"signature { x }", "'x' is declared twice"},
  };
  for (const auto& [text, message] : kMistakes) {
    std::string more = std::string(text).starts_with("case") ? "" : "\ncase c { start x }";
    auto reports = RunSums(std::string(text) + more);
    ASSERT_FALSE(reports.ok()) << text;
    EXPECT_NE(std::string(reports.status().message()).find(message), std::string::npos)
        << reports.status();
  }
}

}  // namespace
}  // namespace eqsat::rules
