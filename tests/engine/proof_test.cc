// Explanations of random runs: every proof is accepted by the checker, and no tampered one is.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "engine/explain/check_proof.h"
#include "engine/explain/explainer.h"
#include "engine/saturate/runner.h"
#include "tests/engine/naive_graph.h"

namespace eqsat::engine::testing {
namespace {

// A run with all that is needed to explain it.
class RecordedRun {
 public:
  explicit RecordedRun(Commutativity sum = Commutativity::kOrdered)
      : math(sum), egraph(&math.signature()) {
    egraph.RecordBirths();
  }

  RunResult Run(RunOptions options = {}) {
    options.log = &log;
    RunResult result = Saturate(egraph, rules, options);
    for (size_t i = 0; i < rules.size(); ++i) reasons[result.rules[i].reason] = &rules[i];
    return result;
  }

  Explainer MakeExplainer() const {
    std::vector<NamedRewrite> named;
    for (const auto& [reason, rewrite] : reasons) named.push_back({reason, rewrite});
    return Explainer(&egraph, &log, named);
  }

  // Judges by the rules, and takes as a fact what the test made equal itself.
  absl::Status Check(const Proof& proof) const {
    return CheckProof(
        proof, math.signature(), [&](const TermBank& bank, const GroundEquation& equation) {
          auto rule = reasons.find(equation.reason);
          if (rule == reasons.end()) return absl::OkStatus();
          if (equation.basis != GroundEquation::Basis::kRule)
            return absl::InvalidArgumentError("a rule's equation must be an instance");
          return CheckInstance(bank, rule->second->plan->pattern(), rule->second->term->term(),
                               equation);
        });
  }

  MathLanguage math;
  EGraph egraph;
  ApplicationLog log;
  std::vector<Rewrite> rules;
  std::map<ReasonId, const Rewrite*> reasons;
};

std::vector<std::string> RuleNames(const RecordedRun& run, const Proof& proof) {
  std::vector<std::string> names;
  for (const GroundEquation& equation : proof.equations)
    names.push_back(run.egraph.reason_name(equation.reason));
  return names;
}

// A left side that is any term at all.
TEST(Proof, NamesARuleThatMatchesAnyTerm) {
  RecordedRun run;
  ClassId start = run.math.Add(run.egraph, "x");
  ClassId end = run.math.Add(run.egraph, "(cos (cos x))");
  OperatorPattern any{.captures_rest = true, .once_per_class = true};
  for (size_t i = 0; i < run.math.signature().op_count(); ++i) any.ops.push_back(OpId(i));
  Pattern pattern;
  pattern.AddRoot(pattern.Operator(any));
  Term term;
  term.nodes.push_back({.is_root = true});
  term.nodes.push_back({.op = run.math.signature().op("cos"), .attrs = AttrId(0), .children = {0}});
  run.rules = {*MakeTermRewrite("wrap", pattern, term, run.math.signature())};
  ASSERT_EQ(run.Run().stop, StopReason::kSaturated);
  Explainer explainer = run.MakeExplainer();
  absl::StatusOr<Proof> proof = explainer.Explain(explainer.TermOf(start), explainer.TermOf(end));
  ASSERT_TRUE(proof.ok());
  EXPECT_TRUE(run.Check(*proof).ok()) << run.Check(*proof);
  for (const std::string& name : RuleNames(run, *proof)) EXPECT_EQ(name, "wrap");
}

TEST(Proof, NamesTheRulesInBetween) {
  RecordedRun run;
  ClassId start = run.math.Add(run.egraph, "(+ (sin (* x 1)) (- y y))");
  ClassId end = run.math.Add(run.egraph, "(sin x)");
  run.rules = {run.math.Rule("useless", "(sin ?a)", "(cos (cos ?a))"),
               run.math.Rule("one", "(* ?a 1)", "?a"), run.math.Rule("cancel", "(- ?a ?a)", "0"),
               run.math.Rule("zero", "(+ ?a 0)", "?a")};
  ASSERT_EQ(run.Run().stop, StopReason::kSaturated);
  Explainer explainer = run.MakeExplainer();
  absl::StatusOr<Proof> proof = explainer.Explain(explainer.TermOf(start), explainer.TermOf(end));
  ASSERT_TRUE(proof.ok());
  EXPECT_EQ(run.Check(*proof), absl::OkStatus());
  EXPECT_EQ(RuleNames(run, *proof), (std::vector<std::string>{"one", "cancel", "zero"}));
}

TEST(Proof, IsNotFoundWhereNothingIsEqual) {
  RecordedRun run;
  ClassId a = run.math.Add(run.egraph, "(+ x y)");
  ClassId b = run.math.Add(run.egraph, "(+ y x)");
  ASSERT_EQ(run.Run().stop, StopReason::kSaturated);
  Explainer explainer = run.MakeExplainer();
  EXPECT_EQ(explainer.Explain(explainer.TermOf(a), explainer.TermOf(b)).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(Proof, ExchangesOperandsThatCommute) {
  for (Commutativity sum : {Commutativity::kUnordered, Commutativity::kMatchBothOrders}) {
    RecordedRun run(sum);
    ClassId a = run.math.Add(run.egraph, "(sin (+ (* 0 y) x))");
    ClassId b = run.math.Add(run.egraph, "(sin x)");
    run.rules = {run.math.Rule("zero-mul", "(* ?a 0)", "0"),
                 run.math.Rule("zero", "(+ ?a 0)", "?a")};
    ASSERT_EQ(run.Run().stop, StopReason::kSaturated);
    Explainer explainer = run.MakeExplainer();
    absl::StatusOr<Proof> proof = explainer.Explain(explainer.TermOf(a), explainer.TermOf(b));
    ASSERT_TRUE(proof.ok());
    EXPECT_EQ(run.Check(*proof), absl::OkStatus());
    EXPECT_EQ(RuleNames(run, *proof), (std::vector<std::string>{"zero-mul", "zero"}));
  }
}

TEST(Proof, LeavesOutWhatIsNotNeeded) {
  RecordedRun run;
  run.rules = MathBenchmarkRules(run.math);
  ClassId a = run.math.Add(run.egraph, "(* (+ x y) 2)");
  ClassId b = run.math.Add(run.egraph, "(* 2 (+ y x))");
  RunOptions options;
  options.limits.iterations = 4;
  run.Run(options);
  Explainer explainer = run.MakeExplainer();
  absl::StatusOr<Proof> proof = explainer.Explain(explainer.TermOf(a), explainer.TermOf(b));
  ASSERT_TRUE(proof.ok());
  EXPECT_EQ(run.Check(*proof), absl::OkStatus());
  EXPECT_EQ(proof->equations.size(), 2);
}

// Wrong in one place. Returns false where the proof has no such place.
bool Tamper(std::mt19937& random, Proof* proof) {
  Lemma& lemma = proof->lemmas[random() % proof->lemmas.size()];
  if (lemma.steps.empty() || proof->equations.empty()) return false;
  ProofStep& step = lemma.steps[random() % lemma.steps.size()];
  GroundEquation& equation = proof->equations[random() % proof->equations.size()];
  TermId other = proof->terms.Add(OpId(0), AttrId(987654), {});
  switch (random() % 7) {
    case 0:
      lemma.steps.pop_back();
      return true;
    case 1:
      lemma.right = other;
      return true;
    case 2:
      step.to = other;
      return true;
    case 3:
      equation.right = other;
      return true;
    case 4:
      step.forward = !step.forward;
      return step.reason < proof->equations.size();
    case 5:
      for (LemmaUse& use : step.children) {
        if (use.lemma == LemmaUse::kSameTerm) continue;
        use.lemma = static_cast<uint32_t>(&lemma - proof->lemmas.data());  // of itself
        return true;
      }
      return false;
    default:
      step.reason = static_cast<uint32_t>(proof->equations.size());
      return true;
  }
}

TEST(Proof, OfRandomRunsIsAcceptedAndTamperedOnesAreNot) {
  size_t proofs = 0;
  size_t refused = 0;
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    RecordedRun run(static_cast<Commutativity>(seed % 3));
    std::vector<ClassId> classes;
    for (int i = 0; i < 4; ++i) classes.push_back(run.math.Add(run.egraph, RandomTerm(random, 4)));
    if (seed % 4 == 0) run.egraph.Union(classes[0], classes[1]);
    for (const auto& [left, right] : kRules)
      if (random() % 2) run.rules.push_back(run.math.Rule(left, left, right));
    RunOptions options;
    options.limits.iterations = 4;
    options.limits.nodes = 300;
    run.Run(options);
    Explainer explainer = run.MakeExplainer();
    // The terms that the run began with, and any of what it came to.
    for (int i = 0; i < 12; ++i) {
      NodeId node(random() % run.egraph.node_id_limit());
      ClassId cls = i < 4 ? classes[i] : run.egraph.original_class(node);
      NodeId end(random() % run.egraph.node_id_limit());
      bool equal = run.egraph.node(end).cls == run.egraph.Find(cls);
      if (!equal) {
        std::span<const NodeId> members = run.egraph.class_nodes(run.egraph.Find(cls));
        end = members[random() % members.size()];
      }
      absl::StatusOr<Proof> proof = explainer.Explain(explainer.TermOf(cls), explainer.TermOf(end));
      ASSERT_TRUE(proof.ok()) << "seed " << seed;
      ASSERT_EQ(run.Check(*proof), absl::OkStatus()) << "seed " << seed;
      ++proofs;
      for (int t = 0; t < 8; ++t) {
        Proof tampered = *proof;
        if (!Tamper(random, &tampered)) continue;
        EXPECT_NE(run.Check(tampered), absl::OkStatus()) << "seed " << seed;
        ++refused;
      }
    }
  }
  EXPECT_EQ(proofs, 1200);
  EXPECT_GT(refused, 1500);
}

// The closure finds the same terms equal as the naive one, and its paths begin and end where they
// should.
TEST(CongruenceClosure, AgreesWithTheNaiveOne) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    MathLanguage math;
    NaiveGraph naive;
    TermBank bank;
    std::vector<TermId> terms;
    std::vector<size_t> classes;
    std::function<TermId(const Sexp&)> add = [&](const Sexp& term) {
      std::vector<TermId> children;
      for (const Sexp& arg : term.args) children.push_back(add(arg));
      auto [op, attrs] = math.Symbol(term);
      terms.push_back(bank.Add(op, attrs, children));
      classes.push_back(naive.Add(term, {}));
      return terms.back();
    };
    for (int i = 0; i < 6; ++i) add(RandomTerm(random, 3));
    CongruenceClosure closure(&bank, &math.signature());
    for (uint32_t i = 0; i < 6; ++i) {
      size_t a = random() % terms.size();
      size_t b = random() % terms.size();
      closure.Merge(terms[a], terms[b], i);
      naive.Union(classes[a], classes[b]);
    }
    naive.Close();
    for (size_t a = 0; a < terms.size(); ++a) {
      for (size_t b = 0; b < terms.size(); ++b) {
        ASSERT_EQ(closure.Same(terms[a], terms[b]),
                  naive.Find(classes[a]) == naive.Find(classes[b]))
            << "seed " << seed;
        if (!closure.Same(terms[a], terms[b])) continue;
        TermId at = terms[a];
        for (const CongruenceClosure::Link& link : closure.Path(terms[a], terms[b])) {
          ASSERT_EQ(link.from, at);
          at = link.to;
        }
        ASSERT_EQ(at, terms[b]);
      }
    }
  }
}

}  // namespace
}  // namespace eqsat::engine::testing
