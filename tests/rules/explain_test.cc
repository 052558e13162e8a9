// Proofs about HLO: what a search with rules finds equal is explained by rules that hold on the
// concrete terms, and the judge refuses what they do not say.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/explain/check_proof.h"
#include "engine/explain/explainer.h"
#include "engine/saturate/runner.h"
#include "importers/hlo_text/hlo_text.h"
#include "rules/explain/hlo_proofs.h"
#include "rules/hlo/hlo_egraph.h"
#include "rules/rule_set.h"

namespace eqsat::rules {
namespace {

using Basis = engine::GroundEquation::Basis;

class ExplainTest : public testing::Test {
 protected:
  // Saturates the program with the rules, recording.
  void Search(std::string_view hlo, const std::string& rules) {
    absl::StatusOr<ir::Module> module = importers::ParseHloText(hlo);
    ASSERT_TRUE(module.ok()) << module.status();
    module_ = *std::move(module);
    entry_ = module_.entry();
    ASSERT_EQ(rules_.AddText("test.eqr", "language 1\n" + rules), absl::OkStatus());
    terms_.emplace(&module_);
    auto graph = HloEGraph::Make(*entry_, &*terms_, {.explanations = Explanations::kOn});
    ASSERT_TRUE(graph.ok()) << graph.status();
    graph_ = *std::move(graph);
    HloGraph parts{&*terms_, &graph_->shapes(), &graph_->constants(), &graph_->ranges()};
    absl::StatusOr<std::vector<engine::Rewrite>> rewrites = rules_.Compile(parts, {}, &faults_);
    ASSERT_TRUE(rewrites.ok()) << rewrites.status();
    rewrites_ = *std::move(rewrites);
    engine::RunOptions options;
    options.log = &log_;
    ASSERT_EQ(engine::Saturate(graph_->egraph(), rewrites_, options).stop,
              engine::StopReason::kSaturated);
  }

  // A proof that two instructions are equal.
  absl::StatusOr<engine::Proof> Explain(std::string_view a, std::string_view b) {
    std::vector<engine::NamedRewrite> named;
    for (const engine::Rewrite& rewrite : rewrites_)
      named.push_back({graph_->egraph().AddReason(rewrite.name), &rewrite});
    HloInstances instances(graph_.get(), &rules_, Numerics::kExact);
    engine::Explainer explainer(&graph_->egraph(), &log_, named,
                                [&](size_t application, engine::Explainer& own) {
                                  return instances.Instantiate(application, own);
                                });
    instances.AddFoldedConstants(explainer);
    return explainer.Explain(explainer.TermOf(NodeOf(a)), explainer.TermOf(NodeOf(b)));
  }

  engine::NodeId NodeOf(std::string_view name) const {
    for (size_t i = 0; i < entry_->size(); ++i)
      if (entry_->instructions()[i].name == name) return graph_->input_nodes()[i];
    ADD_FAILURE() << name;
    return {};
  }

  absl::Status Check(const engine::Proof& proof) {
    HloJudge judge(&*terms_, &rules_, Numerics::kExact, &graph_->egraph());
    return engine::CheckProof(
        proof, graph_->egraph().signature(),
        [&](const engine::TermBank& bank, const engine::GroundEquation& equation) {
          return judge.Judge(bank, equation);
        });
  }

  std::vector<std::string> RuleNames(const engine::Proof& proof) const {
    std::vector<std::string> names;
    for (const engine::GroundEquation& equation : proof.equations)
      names.push_back(graph_->egraph().reason_name(equation.reason));
    std::ranges::sort(names);
    return names;
  }

  ir::Module module_;
  std::optional<ir::Computation> entry_;
  RuleSet rules_;
  RuleFaults faults_;
  std::optional<HloTerms> terms_;
  std::unique_ptr<HloEGraph> graph_;
  std::vector<engine::Rewrite> rewrites_;
  engine::ApplicationLog log_;
};

constexpr char kTransposes[] = R"(ENTRY e {
  x = f32[2,3] parameter(0)
  one = f32[] constant(1)
  ones = f32[2,3] broadcast(one), dimensions={}
  scaled = f32[2,3] multiply(ones, x)
  t = f32[3,2] transpose(scaled), dimensions={1,0}
  n = f32[3,2] negate(t)
  ROOT back = f32[2,3] transpose(n), dimensions={1,0}
  negated = f32[2,3] negate(x)
})";

constexpr char kTransposeRules[] =
    "one [exact]: multiply(x, 1) => x\n"
    "twice [exact]: transpose(transpose(x, perm=p), perm=q) => transpose(x, perm=compose(p, q))\n"
    "none [exact]: transpose(x, perm=p) => x where is_identity(p)\n"
    "through [exact]: negate(transpose(x, perm=p)) => transpose(negate(x), perm=p)\n";

TEST_F(ExplainTest, RulesHoldOnTheTermsThemselves) {
  Search(kTransposes, kTransposeRules);
  absl::StatusOr<engine::Proof> proof = Explain("back", "negated");
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_EQ(Check(*proof), absl::OkStatus());
  EXPECT_EQ(RuleNames(*proof), (std::vector<std::string>{"none", "one", "through", "twice"}));
}

TEST_F(ExplainTest, TheJudgeRefusesWhatARuleDoesNotSay) {
  Search(kTransposes, kTransposeRules);
  absl::StatusOr<engine::Proof> proof = Explain("back", "negated");
  ASSERT_TRUE(proof.ok()) << proof.status();
  for (engine::GroundEquation& equation : proof->equations) {
    engine::GroundEquation right = equation;
    std::swap(equation.left, equation.right);
    EXPECT_NE(Check(*proof), absl::OkStatus());
    equation = right;
    equation.right = equation.left;
    EXPECT_NE(Check(*proof), absl::OkStatus());
    equation = right;
    equation.basis = Basis::kFact;
    EXPECT_NE(Check(*proof), absl::OkStatus());
    equation = right;
  }
  EXPECT_EQ(Check(*proof), absl::OkStatus());
}

TEST_F(ExplainTest, ConstantsAreFacts) {
  Search(R"(ENTRY e {
  two = f32[] constant(2)
  three = f32[] constant(3)
  difference = f32[] subtract(three, two)
  zero = f32[] subtract(two, two)
  ROOT rest = f32[] add(difference, zero)
  unit = f32[] constant(1)
})",
         "zero [exact]: subtract(x: f32, x) => 0\n");
  absl::StatusOr<engine::Proof> proof = Explain("rest", "unit");
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_EQ(Check(*proof), absl::OkStatus());
  EXPECT_GE(std::ranges::count(RuleNames(*proof), "constant_folding"), 1);
  engine::GroundEquation& fact =
      *std::ranges::find(proof->equations, Basis::kFact, &engine::GroundEquation::basis);
  fact.right = proof->terms.children(fact.left)[0];  // another constant
  EXPECT_NE(Check(*proof), absl::OkStatus());
}

}  // namespace
}  // namespace eqsat::rules
