// The prover proves right rules for any rank and size, refutes wrong ones by a program, and its
// records are those of the rules that ship.

#include "rules/prove/prove_rule.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/interpret/interpreter.h"
#include "ir/ops/op_info.h"
#include "rules/prove/proof_record.h"
#include "tests/rules/shipped_rules.h"

namespace eqsat::rules {
namespace {

using ::testing::HasSubstr;

ProofReport Prove(const std::string& rule) {
  RuleSet rules;
  absl::Status status = rules.AddText("r.eqr", "language 1\n" + rule);
  EXPECT_TRUE(status.ok()) << status.message();
  if (!status.ok()) return {};
  return ProveRule(rules.rules()[0]);
}

void ExpectAny(const std::string& rule) {
  ProofReport report = Prove(rule);
  EXPECT_EQ(report.status, ProofStatus::kAny) << rule << "\n" << report.detail;
  EXPECT_GT(report.instances, 0) << rule;
}

// The counterexample is two results of the interpreter and the program they are of.
void ExpectRefuted(const std::string& rule) {
  ProofReport report = Prove(rule);
  EXPECT_EQ(report.status, ProofStatus::kRefuted) << rule << "\n" << report.detail;
  EXPECT_THAT(report.detail, HasSubstr("on the left and")) << rule;
  EXPECT_THAT(report.detail, HasSubstr("parameter")) << rule;
}

TEST(ProveTest, MovementForAnyType) {
  ProofReport report = Prove(
      "r [exact]: transpose(transpose(x, perm=p), perm=q) => transpose(x, perm=compose(p, q))");
  EXPECT_EQ(report.status, ProofStatus::kAny) << report.detail;
  EXPECT_EQ(report.elements, "any type");
  EXPECT_EQ(report.goals, 0);
}

TEST(ProveTest, ValuesByKind) {
  ExpectAny("r [exact]: xor(xor(a: Int, b), b) => a");
  ExpectAny("r [exact]: add(x: f16, -0) => x");
  ExpectAny("r [special]: add(x: f16, 0) => x");
  ExpectAny("r [reassoc]: divide(divide(a: f32, b), c) => divide(a, multiply(b, c))");
}

TEST(ProveTest, FoldsInAndOutOfOrder) {
  ExpectAny(
      "r [exact]: reduce<max>(reduce<max>(x: s32, c, dims=d), z, dims=e)"
      " => reduce<max>(x, z, dims=union(d, lift(d, e))) where is_lowest(c)");
  ExpectAny(R"(rule r {
      numerics exact
      match dot_general(transpose(a, perm=p), b, lhs_batch=lb, lhs_contract=lc, rhs_batch=rb,
                        rhs_contract=rc, ..A)
      where increasing(map(p, free(rank(a), lb, lc)))
      to    dot_general(a, b, lhs_batch=map(p, lb), lhs_contract=map(p, lc), rhs_batch=rb,
                        rhs_contract=rc, ..A) })");
}

TEST(ProveTest, TheSameEachTime) {
  const std::string rule = "r [exact]: multiply(x: s8, 2) => add(x, x)";
  EXPECT_EQ(Prove(rule).obligations, Prove(rule).obligations);
}

TEST(ProveTest, WhatHasNoDenotationIsTested) {
  ProofReport report = Prove("r [exact]: cbrt(negate(x: f32)) => negate(cbrt(x))");
  EXPECT_EQ(report.status, ProofStatus::kTested);
  EXPECT_NE(report.detail, "");
}

TEST(ProveTest, VacuousRulesAreRefused) {
  ProofReport report = Prove("r [exact]: add(x, y) => add(x, y)");
  EXPECT_EQ(report.status, ProofStatus::kRefuted);
  EXPECT_THAT(report.detail, HasSubstr("the same term"));
}

// ---- Wrong rules that an expert might write ----

TEST(WrongRuleTest, ZeroTimesInfinityIsNaN) {
  ExpectRefuted("r [exact]: multiply(x: f32, 0) => 0");
}
TEST(WrongRuleTest, InfinityLessItselfIsNaN) {
  ExpectRefuted("r [exact]: subtract(x: f32, x) => 0");
}
TEST(WrongRuleTest, MinusZeroPlusZeroIsZero) { ExpectRefuted("r [exact]: add(x: f32, 0) => x"); }
TEST(WrongRuleTest, NaNIsNotEqualToItself) {
  ExpectRefuted("r [exact]: compare(x: f32, x, direction=EQ) => true");
}
TEST(WrongRuleTest, NotLessIsNotAtLeastForNaN) {
  ExpectRefuted("r [exact]: not(compare(a: f32, b, direction=LT)) => compare(a, b, direction=GE)");
}
TEST(WrongRuleTest, FloatSumsAreNotReordered) {
  ExpectRefuted("r [exact]: add(add(a: f32, b), c) => add(a, add(b, c))");
}
TEST(WrongRuleTest, DivisionOfNegativesRoundsTowardsZero) {
  ExpectRefuted("r [exact]: divide(x: s32, 2) => shift_right_arithmetic(x, 1)");
}
TEST(WrongRuleTest, ShiftedOutBitsAreLost) {
  ExpectRefuted("r [exact]: shift_right_logical(shift_left(x: s32, c), c) => x");
}
TEST(WrongRuleTest, PermutationsComposeInOneOrder) {
  ExpectRefuted(
      "r [exact]: transpose(transpose(x: f32[A, A, A], perm=p), perm=q)"
      " => transpose(x, perm=compose(q, p))");
}
TEST(WrongRuleTest, APermutationIsNotItsInverse) {
  ExpectRefuted(
      "r [exact]: transpose(reverse(x: f32[A, A, A], dims=d), perm=p)"
      " => reverse(transpose(x, perm=p), dims=map(p, d))");
}
TEST(WrongRuleTest, SliceOfPadOffByOne) {
  ExpectRefuted(R"(rule r {
      numerics exact
      match slice(pad(x, c, low=a, high=_), start=_, limit=l, shape=r)
      where not all_at_most(a + 2, l)
      to    broadcast(c, dims=[], shape=r) })");
}
TEST(WrongRuleTest, ReductionWithTheWrongIdentity) {
  ExpectRefuted(
      "r [exact]: reduce<max>(reduce<max>(x: f32, 0, dims=d), z, dims=e)"
      " => reduce<max>(x, z, dims=union(d, lift(d, e)))");
}
TEST(WrongRuleTest, SwappedDims) {
  ExpectRefuted("r [exact]: reduce<add>(x: s32[A, A], z, dims=[0]) => reduce<add>(x, z, dims=[1])");
}
TEST(WrongRuleTest, DotThatDropsABatchDim) {
  ExpectRefuted(R"(rule r {
      numerics exact
      given a: s32[B, B, K], b: s32[B, B, K]
      match dot_general(a, b, lhs_batch=[0, 1], lhs_contract=[2], rhs_batch=[0, 1],
                        rhs_contract=[2], ..A)
      to    dot_general(a, b, lhs_batch=[1, 0], lhs_contract=[2], rhs_batch=[0, 1],
                        rhs_contract=[2], ..A) })");
}
TEST(WrongRuleTest, MissingGuard) {
  ExpectRefuted(
      "r [exact]: reverse(broadcast(x, dims=d, shape=s), dims=_)"
      " => broadcast(x, dims=d, shape=s)");
}

// ---- What proofs take for granted of the functions that HLO leaves open ----

double Apply(ir::OpCode opcode, ir::ElementType type, double x) {
  ir::Literal operand = ir::Literal::FromDoubles(ir::Shape(type, {}), {x});
  std::vector<ir::Literal> operands = {operand};
  auto result = ir::EvaluateOp(opcode, ir::GetOpInfo(opcode).attributes, operand.shape(), operands);
  EXPECT_TRUE(result.ok()) << result.status().message();
  return result->AsDouble(0);
}

bool Same(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b && std::signbit(a) == std::signbit(b);
}

TEST(FloatFactsTest, HoldInTheInterpreter) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> values = {0.0, -0.0, kInfinity, -kInfinity, std::nan("")};
  for (int exponent = -24; exponent <= 15; ++exponent)
    for (double mantissa : {1.0, 1.0625, 1.34375, 1.999})
      for (double sign : {1.0, -1.0}) values.push_back(sign * std::ldexp(mantissa, exponent));
  using ir::OpCode;
  for (ir::ElementType type : {ir::ElementType::kF16, ir::ElementType::kF32}) {
    for (double x : values) {
      for (OpCode odd : {OpCode::kTanh, OpCode::kSine, OpCode::kErf})
        EXPECT_TRUE(Same(Apply(odd, type, -x), -Apply(odd, type, x))) << ir::Name(odd) << " " << x;
      EXPECT_TRUE(Same(Apply(OpCode::kCosine, type, -x), Apply(OpCode::kCosine, type, x))) << x;
      for (OpCode positive : {OpCode::kExponential, OpCode::kLogistic}) {
        const double result = Apply(positive, type, x);
        EXPECT_EQ(std::isnan(result), std::isnan(x)) << ir::Name(positive) << " " << x;
        EXPECT_TRUE(std::isnan(result) || !std::signbit(result)) << ir::Name(positive) << " " << x;
      }
    }
  }
}

// ---- The record ----

TEST(ProofRecordTest, AChangedRuleLosesItsStatus) {
  RuleSet before;
  RuleSet after;
  ASSERT_TRUE(before.AddText("r.eqr", "language 1\nr [exact]: add(x: s8, 0) => x").ok());
  ASSERT_TRUE(after.AddText("r.eqr", "language 1\nr [exact]: add(x: s8, 1) => x").ok());
  ProofRecord record;
  record.Set(before.rules()[0], {.status = ProofStatus::kAny}, 0.5);
  absl::StatusOr<ProofRecord> read = ProofRecord::FromJson(record.ToJson());
  ASSERT_TRUE(read.ok());
  ASSERT_NE(read->Find(before.rules()[0]), nullptr);
  EXPECT_EQ(read->Find(before.rules()[0])->status, ProofStatus::kAny);
  EXPECT_EQ(read->Find(after.rules()[0]), nullptr);
}

TEST(ProofRecordTest, ThePageOfTheRulesIsThatOfTheRecord) {
  absl::StatusOr<ProofRecord> record = ProofRecord::Default();
  ASSERT_TRUE(record.ok());
  const std::filesystem::path rules =
      std::filesystem::path(ProofRecord::DefaultPath()).parent_path();
  std::ifstream in(rules.parent_path() / "docs/generated/rules.md");
  std::ostringstream page;
  page << in.rdbuf();
  EXPECT_EQ(page.str(), record->ToMarkdown(Library()))
      << "xla-eqsat rules prove --record writes it anew";
}

// The rules that a row of docs/rule-coverage.md names, if it is a row about rewrites.
std::vector<std::string> NamesIn(const std::string& row) {
  std::vector<std::string> names;
  for (size_t at = row.find('`'); at != std::string::npos; at = row.find('`', at)) {
    const size_t end = row.find('`', at + 1);
    if (end == std::string::npos) break;
    names.push_back(row.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return names;
}

TEST(ProofRecordTest, TheTablesOfRewritesAreThoseOfTheLibrary) {
  absl::StatusOr<ProofRecord> record = ProofRecord::Default();
  ASSERT_TRUE(record.ok());
  std::map<std::string, bool> proved;
  for (const RuleSet::Entry& entry : Library().rules()) {
    const RecordedProof* proof = record->Find(entry);
    proved[entry.rule->name] = proof && proof->status == ProofStatus::kAny;
  }
  std::ifstream in(EQSAT_SOURCE_DIR "/docs/rule-coverage.md");
  int expressed = 0;
  int all_proved = 0;
  bool in_tables = false;
  for (std::string row; std::getline(in, row);) {
    in_tables |= row.starts_with("## XLA's simplifier");
    const std::vector<std::string> names = NamesIn(row);
    if (!in_tables || !row.starts_with("|") || names.empty()) continue;
    bool all = true;
    for (const std::string& name : names) {
      EXPECT_TRUE(proved.contains(name)) << name << " in: " << row;
      all &= proved[name];
    }
    EXPECT_EQ(row.ends_with("| yes |"), all) << row;
    ++expressed;
    all_proved += all;
  }
  EXPECT_GE(expressed, 200);
  EXPECT_GE(all_proved, 150);
}

// `xla-eqsat rules prove` proves all of them again; here every nineteenth of the quick ones.
TEST(ProofRecordTest, ProofsOfTheLibraryAreWhatTheRecordSays) {
  absl::StatusOr<ProofRecord> record = ProofRecord::Default();
  ASSERT_TRUE(record.ok());
  int any = 0;
  int checked = 0;
  for (size_t i = 0; i < Library().rules().size(); ++i) {
    const RuleSet::Entry& entry = Library().rules()[i];
    const RecordedProof* proof = record->Find(entry);
    EXPECT_NE(proof, nullptr) << entry.rule->name << " is not recorded: rules prove --record";
    if (!proof) continue;
    EXPECT_NE(proof->status, ProofStatus::kRefuted) << entry.rule->Where();
    any += proof->status == ProofStatus::kAny;
    if (proof->status != ProofStatus::kAny || proof->seconds > 0.3 || i % 19 != 0) continue;
    const ProofReport report = ProveRule(entry);
    EXPECT_EQ(report.status, proof->status) << entry.rule->Where();
    EXPECT_EQ(report.solver_steps, proof->solver_steps) << entry.rule->Where();
    ++checked;
  }
  EXPECT_GE(any, 440);
  EXPECT_GE(checked, 5);
}

}  // namespace
}  // namespace eqsat::rules
