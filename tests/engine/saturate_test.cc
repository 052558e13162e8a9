#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <map>
#include <optional>

#include "engine/saturate/backoff.h"
#include "engine/saturate/runner.h"
#include "tests/engine/math.h"

namespace eqsat::engine::testing {
namespace {

// A description of the whole graph, for comparing runs.
std::string Describe(const EGraph& egraph) {
  std::string text;
  for (size_t i = 0; i < egraph.node_id_limit(); ++i) {
    NodeId id(i);
    if (!egraph.alive(id)) continue;
    NodeView node = egraph.node(id);
    text += std::to_string(node.cls.value()) + "=" + std::string(egraph.signature().name(node.op));
    for (ClassId child : node.children) text += " " + std::to_string(child.value());
    text += "; ";
  }
  return text;
}

class SaturateTest : public ::testing::Test {
 protected:
  SaturateTest() { AddMathBenchmarkTerms(math_, egraph_); }
  RunResult Saturate(RunOptions options) {
    RunResult result = engine::Saturate(egraph_, MathBenchmarkRules(math_), options);
    EXPECT_EQ(egraph_.CheckInvariants(), absl::OkStatus());
    EXPECT_EQ(result.nodes, egraph_.node_count());
    return result;
  }
  static RunOptions NoBackoff() {
    RunOptions options;
    options.backoff.enabled = false;
    return options;
  }

  MathLanguage math_;
  EGraph egraph_{&math_.signature()};
};

TEST_F(SaturateTest, TheNodeLimitStopsInsideAnIteration) {
  RunOptions options = NoBackoff();
  options.limits.nodes = 20'000;
  size_t most = 0;
  RunResult result = Saturate(options);
  EXPECT_EQ(result.stop, StopReason::kNodeLimit);
  most = result.nodes;
  // Between the known sizes after 8 and 9 iterations; one match adds five nodes at most, and the
  // rebuild only takes nodes away.
  EXPECT_GT(most, 8'113u);
  EXPECT_LT(most, 20'005u);
}

TEST_F(SaturateTest, AReachedNodeLimitAddsNothing) {
  RunOptions options = NoBackoff();
  options.limits.nodes = 35;
  RunResult result = Saturate(options);
  EXPECT_EQ(result.stop, StopReason::kNodeLimit);
  EXPECT_EQ(result.nodes, 35u);
}

TEST_F(SaturateTest, TheMemoryLimitHolds) {
  RunOptions options = NoBackoff();
  options.limits.bytes = 2'000'000;
  RunResult result = Saturate(options);
  EXPECT_EQ(result.stop, StopReason::kMemoryLimit);
  EXPECT_LT(egraph_.memory_bytes(), 4'500'000u);
}

TEST_F(SaturateTest, TimeAndInterruptStopAtOnce) {
  RunOptions options = NoBackoff();
  options.limits.seconds = 0;
  EXPECT_EQ(Saturate(options).stop, StopReason::kTimeLimit);
  std::atomic<bool> interrupt = true;
  options = NoBackoff();
  options.interrupt = &interrupt;
  EXPECT_EQ(Saturate(options).stop, StopReason::kInterrupted);
  EXPECT_EQ(egraph_.node_count(), 35u);
}

TEST_F(SaturateTest, ZeroIterationsDoNothing) {
  RunOptions options;
  options.limits.iterations = 0;
  RunResult result = Saturate(options);
  EXPECT_EQ(result.stop, StopReason::kIterationLimit);
  EXPECT_EQ(result.nodes, 35u);
}

TEST_F(SaturateTest, BackoffBansAndDrawsNearer) {
  RunOptions options;
  options.limits.iterations = 30;
  options.limits.nodes = 100'000;
  options.backoff.match_limit = 100;
  RunResult result = Saturate(options);
  size_t bans = 0;
  for (const RuleStats& rule : result.rules) bans += rule.times_banned;
  EXPECT_GT(bans, 3u);
  EXPECT_GT(result.nodes, 1'000u);
}

// As in egg, where a rest that would end one iteration later ends, too.
TEST(Backoff, RestsEndTogetherWithTheIterationThatHadNothingToDo) {
  Backoff backoff({.match_limit = 10, .ban_length = 5}, {0, 0, 0, 7});
  EXPECT_EQ(backoff.MatchLimit(0), 10u);
  EXPECT_EQ(backoff.MatchLimit(3), 7u);
  backoff.Ban(0, 2);  // until 7
  backoff.Ban(1, 3);  // until 8
  backoff.Ban(2, 4);  // until 9
  EXPECT_EQ(backoff.MatchLimit(0), 20u);
  EXPECT_EQ(backoff.times_banned(0), 1u);
  backoff.SkipRest(5);  // by two iterations
  EXPECT_FALSE(backoff.Banned(0, 6));
  EXPECT_FALSE(backoff.Banned(1, 6));
  EXPECT_TRUE(backoff.Banned(2, 6));
  EXPECT_FALSE(backoff.Banned(2, 7));
  backoff.Ban(0, 7);  // ten iterations, as the second time
  EXPECT_TRUE(backoff.Banned(0, 16));
  EXPECT_FALSE(backoff.Banned(0, 17));
}

TEST_F(SaturateTest, TwoRunsAreTheSame) {
  RunOptions options;
  options.limits.nodes = 5'000;
  Saturate(options);
  MathLanguage math;
  EGraph other(&math.signature());
  AddMathBenchmarkTerms(math, other);
  engine::Saturate(other, MathBenchmarkRules(math), options);
  EXPECT_EQ(Describe(egraph_), Describe(other));
}

TEST_F(SaturateTest, StatisticsNameTheRulesThatWorked) {
  RunOptions options = NoBackoff();
  options.limits.iterations = 3;
  RunResult result = Saturate(options);
  size_t added = 0;
  for (const RuleStats& rule : result.rules) {
    added += rule.nodes_added;
    EXPECT_EQ(egraph_.reason_name(rule.reason), rule.name);
    EXPECT_LE(rule.applications, rule.matches);
  }
  EXPECT_EQ(added + 35, egraph_.node_id_limit());
  for (size_t i = 0; i < egraph_.node_id_limit(); ++i)
    EXPECT_EQ(egraph_.node(NodeId(i)).created_by == EGraph::kInput, i < 35);
}

TEST(Saturate, RulesMeetOnlyAfterSeveralIterations) {
  MathLanguage math;
  EGraph egraph(&math.signature());
  // A chain long enough that most of it never changes: later searches look near changes only.
  std::string chain = "x";
  for (int i = 0; i < 60; ++i) chain = "(sin " + chain + ")";
  math.Add(egraph, chain);
  ClassId deep = math.Add(egraph, "(cos (cos (cos (cos (- (+ a 0) a)))))");
  std::vector<Rewrite> rules = {
      math.Rule("zero-add", "(+ ?a 0)", "?a"), math.Rule("cancel", "(- ?a ?a)", "0"),
      math.Rule("cos-zero", "(cos 0)", "1"), math.Rule("cos-one", "(cos 1)", "2"),
      math.Rule("cos-two", "(cos (cos 2))", "3")};
  RunResult result = Saturate(egraph, rules, {});
  EXPECT_EQ(result.stop, StopReason::kSaturated);
  EXPECT_EQ(egraph.Find(deep), egraph.Find(math.Add(egraph, "3")));
  EXPECT_EQ(result.iterations, 6u);
}

std::vector<size_t> Applications(const RunResult& result) {
  std::vector<size_t> counts;
  for (const RuleStats& rule : result.rules) counts.push_back(rule.applications);
  return counts;
}

// Each group goes on from where it was, and sees what the other did meanwhile.
TEST(Saturator, GroupsSeeWhatOthersChanged) {
  MathLanguage math;
  EGraph egraph(&math.signature());
  ClassId term = math.Add(egraph, "(sin (+ x 0))");
  math.Add(egraph, "(cos y)");
  std::vector<Rewrite> simplify = {math.Rule("zero-add", "(+ ?a 0)", "?a")};
  std::vector<Rewrite> explore = {math.Rule("sin-x", "(sin x)", "(+ (cos x) 0)"),
                                  math.Rule("cos", "(cos ?a)", "(ln ?a)")};
  Saturator saturator(egraph, {simplify, explore});

  RunResult first = saturator.Run(1, {});
  EXPECT_EQ(first.stop, StopReason::kSaturated);
  EXPECT_EQ(Applications(first), (std::vector<size_t>{0, 1}));  // cos(y) alone
  EXPECT_EQ(Applications(saturator.Run(0, {})), (std::vector<size_t>{1}));
  // Now sin(x) is there, and cos(x) comes of it; cos(y) is not found again.
  RunResult second = saturator.Run(1, {});
  EXPECT_EQ(Applications(second), (std::vector<size_t>{1, 1}));
  EXPECT_EQ(second.rules[1].matches, 1u);
  EXPECT_EQ(Applications(saturator.Run(0, {})), (std::vector<size_t>{1}));
  EXPECT_EQ(egraph.Find(term), egraph.Find(math.Add(egraph, "(ln x)")));
  EXPECT_EQ(egraph.CheckInvariants(), absl::OkStatus());

  for (size_t group : {1, 0}) {
    RunResult idle = saturator.Run(group, {});
    EXPECT_EQ(idle.stop, StopReason::kSaturated);
    for (const RuleStats& rule : idle.rules) EXPECT_EQ(rule.matches, 0u) << rule.name;
  }
}

// What a limit kept from being applied is found again by the next run.
TEST(Saturator, ARunThatWasCutShortIsTakenUpAgain) {
  MathLanguage math;
  EGraph cut(&math.signature());
  EGraph whole(&math.signature());
  AddMathBenchmarkTerms(math, cut);
  AddMathBenchmarkTerms(math, whole);
  std::vector<Rewrite> rules = {math.Rule("sub-canon", "(- ?a ?b)", "(+ ?a (* -1 ?b))"),
                                math.Rule("comm-add", "(+ ?a ?b)", "(+ ?b ?a)"),
                                math.Rule("comm-mul", "(* ?a ?b)", "(* ?b ?a)")};
  Saturate(whole, rules, {});
  Saturator saturator(cut, {rules});
  RunOptions options;
  size_t runs = 0;
  for (options.limits.nodes = 36;; ++options.limits.nodes, ++runs)
    if (saturator.Run(0, options).stop == StopReason::kSaturated) break;
  EXPECT_GT(runs, 5u);
  EXPECT_EQ(cut.node_count(), whole.node_count());
  EXPECT_EQ(cut.class_count(), whole.class_count());
}

TEST(Saturate, DroppedMatchesAreNotCalledSaturation) {
  MathLanguage math;
  EGraph egraph(&math.signature());
  math.Add(egraph, "(+ (+ a b) (+ c d))");
  std::vector<Rewrite> rules = {math.Rule("comm", "(+ ?a ?b)", "(+ ?b ?a)")};
  RunOptions options;
  options.limits.matches_per_rule = 2;
  EXPECT_EQ(Saturate(egraph, rules, options).stop, StopReason::kMatchLimit);
}

// The constant value of a class, folded over + and *; a class with two values is a conflict.
class ConstantFolding : public Analysis {
 public:
  explicit ConstantFolding(MathLanguage* math) : math_(math) {}
  size_t makes = 0;  // calls of Make
  std::optional<int> value(ClassId cls) const {
    return cls.value() < values_.size() ? values_[cls.value()] : std::nullopt;
  }
  void Declare(AttrId attrs, int value) { constants_[attrs] = value; }

  absl::StatusOr<bool> Make(const EGraph& egraph, const NodeView& node, ClassId cls) override {
    ++makes;
    if (values_.size() <= cls.value()) values_.resize(cls.value() + 1);
    std::string_view op = egraph.signature().name(node.op);
    std::optional<int> result;
    if (op == "const" && constants_.contains(node.attrs)) result = constants_[node.attrs];
    if (op == "+" || op == "*") {
      std::optional<int> a = value(egraph.Find(node.children[0]));
      std::optional<int> b = value(egraph.Find(node.children[1]));
      if (a && b) result = op == "+" ? *a + *b : *a * *b;
    }
    return Join(cls, result);
  }
  absl::StatusOr<MergeOutcome> Merge(ClassId into, ClassId from) override {
    bool differed = value(from) != value(into);
    absl::StatusOr<bool> changed = Join(into, value(from));
    if (!changed.ok()) return changed.status();
    return MergeOutcome{.into_changed = *changed, .from_differed = differed && !*changed};
  }
  absl::Status Modify(EGraph& egraph, ClassId cls) override {
    if (std::optional<int> v = value(cls)) {
      auto [op, attrs] = math_->Symbol({std::to_string(*v), {}});
      Declare(attrs, *v);
      egraph.AddInto(cls, op, attrs, {});
    }
    return absl::OkStatus();
  }

 private:
  absl::StatusOr<bool> Join(ClassId cls, std::optional<int> value) {
    std::optional<int>& slot = values_[cls.value()];
    if (!value || slot == value) return false;
    if (slot)
      return absl::InvalidArgumentError("a class has the values " + std::to_string(*slot) +
                                        " and " + std::to_string(*value));
    slot = value;
    return true;
  }

  MathLanguage* math_;
  std::map<AttrId, int> constants_;
  std::vector<std::optional<int>> values_;
};

class AnalysisTest : public ::testing::Test {
 protected:
  AnalysisTest() {
    egraph_.Register(&folding_);
    for (int i = 0; i < 10; ++i) folding_.Declare(math_.Symbol({std::to_string(i), {}}).second, i);
  }
  MathLanguage math_;
  ConstantFolding folding_{&math_};
  EGraph egraph_{&math_.signature()};
};

TEST_F(AnalysisTest, DataMovesUpAndModifyAddsLeaves) {
  ClassId sum = math_.Add(egraph_, "(* (+ x 2) (+ x x))");
  ASSERT_TRUE(egraph_.Rebuild().ok());
  EXPECT_EQ(folding_.value(sum), std::nullopt);
  egraph_.Union(math_.Add(egraph_, "x"), math_.Add(egraph_, "3"));
  ASSERT_TRUE(egraph_.Rebuild().ok());
  EXPECT_EQ(egraph_.CheckInvariants(), absl::OkStatus());
  EXPECT_EQ(folding_.value(egraph_.Find(sum)), 30);
  EXPECT_EQ(egraph_.Find(math_.Add(egraph_, "30")), egraph_.Find(sum));
}

TEST_F(AnalysisTest, UsersOfAMergedClassSeeItsLastChange) {
  ClassId sum = math_.Add(egraph_, "(+ x 2)");
  ClassId other = math_.Add(egraph_, "(+ (+ (+ y 1) 1) (+ (+ y 1) (+ y 1)))");
  ASSERT_TRUE(egraph_.Rebuild().ok());
  // x changes, and goes into y, which knows as much by then.
  egraph_.Union(math_.Add(egraph_, "x"), math_.Add(egraph_, "3"));
  egraph_.Union(math_.Add(egraph_, "y"), math_.Add(egraph_, "3"));
  egraph_.Union(math_.Add(egraph_, "x"), math_.Add(egraph_, "y"));
  ASSERT_TRUE(egraph_.Rebuild().ok());
  EXPECT_EQ(folding_.value(egraph_.Find(sum)), 5);
  EXPECT_EQ(folding_.value(egraph_.Find(other)), 13);
}

TEST_F(AnalysisTest, MergingManyNewClassesIntoOneWithManyUsesIsLinear) {
  constexpr int kClasses = 1000;
  ClassId hub = math_.Add(egraph_, "x");
  for (int i = 0; i < kClasses; ++i) math_.Add(egraph_, "(+ x " + std::to_string(i) + ")");
  ASSERT_TRUE(egraph_.Rebuild().ok());
  folding_.makes = 0;
  for (int i = 0; i < kClasses; ++i)
    egraph_.Union(hub, math_.Add(egraph_, "(cos y" + std::to_string(i) + ")"));
  ASSERT_TRUE(egraph_.Rebuild().ok());
  EXPECT_LT(folding_.makes, 10u * kClasses);
}

TEST_F(AnalysisTest, AConflictStopsTheRunAndNamesTheRules) {
  math_.Add(egraph_, "(sin (+ 1 2))");
  std::vector<Rewrite> rules = {math_.Rule("fine", "(sin ?a)", "(cos ?a)"),
                                math_.Rule("wrong", "(+ 1 2)", "7")};
  RunResult result = Saturate(egraph_, rules, {});
  EXPECT_EQ(result.stop, StopReason::kConflict);
  std::string message(result.status.message());
  EXPECT_NE(message.find("a class has the values"), std::string::npos) << message;
  EXPECT_NE(message.find("'wrong'"), std::string::npos) << message;
  EXPECT_EQ(egraph_.CheckInvariants(), absl::OkStatus());
}

// A guard that reads class data is asked again when that data changes.
TEST_F(AnalysisTest, GuardsSeeNewData) {
  ClassId target = math_.Add(egraph_, "(sin (+ (- a a) 5))");
  // Much that never changes, so that later searches look near changes only.
  std::string chain = "y";
  for (int i = 0; i < 60; ++i) chain = "(cos " + chain + ")";
  math_.Add(egraph_, chain);
  Rewrite guarded = math_.Rule("sin-of-constant", "(sin ?a)", "z");
  guarded.sensitivity = Sensitivity::kClassData;
  guarded.guard = [this](const EGraph& egraph, const Match& match) {
    return folding_.value(egraph.Find(match.variable(VarId(0)))).has_value();
  };
  std::vector<Rewrite> rules = {guarded, math_.Rule("cancel", "(- ?a ?a)", "0")};
  RunResult result = Saturate(egraph_, rules, {});
  EXPECT_EQ(result.stop, StopReason::kSaturated);
  EXPECT_EQ(egraph_.Find(target), egraph_.Find(math_.Add(egraph_, "z")));
}

TEST_F(AnalysisTest, AFailingApplierStopsTheRun) {
  math_.Add(egraph_, "(sin x)");
  Rewrite rule = math_.Rule("broken", "(sin ?a)", "?a");
  rule.applier = [](EGraph&, const Match&, std::vector<Equation>*) {
    return absl::InvalidArgumentError("division by zero");
  };
  std::vector<Rewrite> rules = {rule};
  RunResult result = Saturate(egraph_, rules, {});
  EXPECT_EQ(result.stop, StopReason::kConflict);
  EXPECT_EQ(std::string(result.status.message()), "rule 'broken': division by zero");
}

}  // namespace
}  // namespace eqsat::engine::testing
