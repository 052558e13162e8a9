// Rules as rewrites of the engine: what they match, what silence means, what a run does with them.

#include <string>

#include "engine/saturate/runner.h"
#include "gtest/gtest.h"
#include "rules/rule_set.h"
#include "rules/testing/test_graph.h"

namespace eqsat::rules {
namespace {

using engine::ClassId;
using ir::ElementType;
using ir::OpCode;
using ir::Shape;

// A graph with terms, and rules to run on it.
class CompileTest : public ::testing::Test {
 protected:
  ClassId Add(OpCode opcode, ir::Attributes attributes, std::vector<ClassId> children,
              const Shape* declared = nullptr) {
    auto added = graph_.Add(opcode, attributes, children, declared);
    EXPECT_TRUE(added.ok()) << added.status();
    return *added;
  }
  ClassId Unary(OpCode opcode, ClassId x) {
    return Add(opcode, ir::GetOpInfo(opcode).attributes, {x});
  }

  engine::RunResult Run(const std::string& rules, Numerics numerics = Numerics::kExact) {
    RuleSet set;
    absl::Status status = set.AddText("r.eqr", "language 1\n" + rules);
    EXPECT_TRUE(status.ok()) << status.message();
    EXPECT_TRUE(graph_.egraph().Rebuild().ok());
    auto rewrites = set.Compile(graph_.graph(), {.numerics = numerics}, &faults_);
    EXPECT_TRUE(rewrites.ok()) << rewrites.status();
    return engine::Saturate(graph_.egraph(), *rewrites, {.limits = {.iterations = 20}});
  }
  bool Same(ClassId a, ClassId b) { return graph_.egraph().Find(a) == graph_.egraph().Find(b); }

  TestGraph graph_;
  RuleFaults faults_;
};

TEST_F(CompileTest, ARunAppliesRulesToTheEnd) {
  ClassId x = graph_.AddParameter(Shape(ElementType::kF32, {2, 3, 4}));
  ClassId y = x;
  for (int i = 0; i < 3; ++i) y = Add(OpCode::kTranspose, ir::DimensionsAttributes{{1, 2, 0}}, {y});
  engine::RunResult result = Run(
      "merge [exact]: transpose(transpose(x, perm=p), perm=q) => transpose(x, perm=compose(p, q))\n"
      "none [exact]: transpose(x, perm=p) => x where is_identity(p)");
  EXPECT_EQ(result.stop, engine::StopReason::kSaturated);
  EXPECT_TRUE(Same(x, y));
  EXPECT_TRUE(faults_.faults().empty());
}

TEST_F(CompileTest, SilenceBlocksWhatChangesTheMeaning) {
  ClassId a = graph_.AddParameter(Shape(ElementType::kF32, {2, 2}));
  ClassId plain =
      Add(OpCode::kDot, ir::DotAttributes{.lhs_contracting_dims = {1}, .rhs_contracting_dims = {0}},
          {a, a});
  ClassId precise = Add(
      OpCode::kDot,
      ir::DotAttributes{.lhs_contracting_dims = {1},
                        .rhs_contracting_dims = {0},
                        .operand_precision = {ir::Precision::kHighest, ir::Precision::kHighest}},
      {a, a});
  Run("r [exact]: dot(x, y, lhs_contract=[1], rhs_contract=[0]) => x");
  EXPECT_TRUE(Same(plain, a));
  EXPECT_FALSE(Same(precise, a));
}

TEST_F(CompileTest, ZerosOfBothSignsAreTwoNumbers) {
  Shape shape(ElementType::kF32, {3});
  ClassId x = graph_.AddParameter(shape);
  auto fill = [&](double value) {
    return *graph_.AddFill(ir::Literal::FromDoubles(Shape(ElementType::kF32, {}), {value}), shape);
  };
  ClassId plus = Add(OpCode::kAdd, ir::NoAttributes{}, {x, fill(0.0)});
  ClassId minus = Add(OpCode::kAdd, ir::NoAttributes{}, {fill(-0.0), x});
  Run("r [exact]: add(x, -0) => x");
  EXPECT_TRUE(Same(minus, x));
  EXPECT_FALSE(Same(plus, x));
}

TEST_F(CompileTest, NumericsAreFilteredCaseByCase) {
  ClassId f = graph_.AddParameter(Shape(ElementType::kF32, {3}));
  ClassId i = graph_.AddParameter(Shape(ElementType::kS32, {3}));
  auto nest = [&](ClassId x) {
    ClassId sum = Add(OpCode::kAdd, ir::NoAttributes{}, {x, x});
    return Add(OpCode::kSubtract, ir::NoAttributes{}, {sum, x});
  };
  ClassId of_floats = nest(f);
  ClassId of_ints = nest(i);
  const std::string rule =
      "r [exact when T in Int, else reassoc]: subtract(add(a: T, b), b) => a where T in Num";
  Run(rule);
  EXPECT_TRUE(Same(of_ints, i));
  EXPECT_FALSE(Same(of_floats, f));
  Run(rule, Numerics::kReassoc);
  EXPECT_TRUE(Same(of_floats, f));
}

TEST_F(CompileTest, AFaultyRuleIsCountedAndNamedAndTheRunGoesOn) {
  ClassId x = graph_.AddParameter(Shape(ElementType::kF32, {2, 3}));
  ClassId y = Add(OpCode::kTranspose, ir::DimensionsAttributes{{1, 0}}, {x});
  ClassId z = Unary(OpCode::kNegate, Unary(OpCode::kNegate, y));
  engine::RunResult result =
      Run("wrong [exact]: transpose(x, perm=_) => x\n"
          "right [exact]: negate(negate(x)) => x");
  EXPECT_EQ(result.stop, engine::StopReason::kSaturated);
  EXPECT_TRUE(Same(z, y));
  EXPECT_FALSE(Same(x, y));
  ASSERT_EQ(faults_.faults().count("wrong"), 1u);
  EXPECT_NE(faults_.faults().at("wrong").first.find("r.eqr:2:1"), std::string::npos);
}

TEST_F(CompileTest, PhasesAndFeaturesAreChosen) {
  RuleSet set;
  ASSERT_TRUE(set.AddText("r.eqr",
                          "language 1\n"
                          "a [exact]: negate(negate(x)) => x\n"
                          "b [exact, explore]: abs(abs(x)) => abs(x)\n"
                          "rule c { numerics exact requires mma(bf16, bf16 -> f32)\n"
                          "  match not(not(x)) to x }\n")
                  .ok());
  RuleFilter filter;
  auto passing = [&] {
    std::string names;
    for (const RuleSet::Entry& entry : set.rules())
      if (Passes(*entry.rule, filter)) names += entry.rule->name;
    return names;
  };
  EXPECT_EQ(passing(), "a");
  filter.phases.insert("explore");
  EXPECT_EQ(passing(), "ab");
  filter.features.insert("mma(bf16,bf16->f32)");
  EXPECT_EQ(passing(), "abc");
  filter.names = {"b"};
  EXPECT_EQ(passing(), "b");
}

TEST_F(CompileTest, ElementsOfTuplesArePicked) {
  ClassId a = graph_.AddParameter(Shape(ElementType::kF32, {2}));
  ClassId b = graph_.AddParameter(Shape(ElementType::kS32, {}));
  ClassId tuple = Add(OpCode::kTuple, ir::NoAttributes{}, {a, b});
  ClassId second = Add(OpCode::kGetTupleElement, ir::GetTupleElementAttributes{1}, {tuple});
  Run("r [exact]: get_tuple_element(tuple(xs...), index=i) => pick(xs, i)");
  EXPECT_TRUE(Same(second, b));
}

}  // namespace
}  // namespace eqsat::rules
