#include "rules/testing/test_rule.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/compile/resolve_rule.h"
#include "rules/compile/term_builder.h"
#include "rules/testing/application.h"
#include "rules/testing/instance_generator.h"

namespace eqsat::rules {
namespace {

// base::Random programs made for each that the rule should apply to, before giving up.
constexpr int kAttemptsPerRun = 300;
constexpr int kMinAttempts = 6000;
// More nodes from one application would make a rule a danger to every run.
constexpr size_t kMaxNodesAdded = 64;
constexpr size_t kMaxFailures = 3;

class RuleTester {
 public:
  RuleTester(const RuleSet::Entry& entry, uint64_t seed, int runs)
      : entry_(entry), rule_(*entry.rule), random_(seed), runs_(runs) {
    report_.rule = rule_.name;
  }

  RuleReport Run() {
    for (size_t i = 0; i < rule_.directions.size(); ++i) RunDirection(i);
    for (const TestDecl& test : rule_.declaration.tests) RunDeclared(test);
    return std::move(report_);
  }

 private:
  void Fail(std::string_view message) {
    if (report_.failures.size() < kMaxFailures) report_.failures.emplace_back(message);
  }

  // ---- base::Random programs ----

  void RunDirection(size_t direction) {
    std::string_view side = direction == 0 ? "" : " (read backwards)";
    fired_ = 0;
    says_something_ = 0;
    int most = std::max(kMinAttempts, runs_ * kAttemptsPerRun);
    for (int i = 0; i < most && fired_ < runs_ && report_.ok(); ++i) {
      ++report_.attempts;
      absl::Status status = Attempt(direction);
      if (!status.ok()) Fail(base::StrCat(std::string(status.message()), side));
    }
    report_.fired += fired_;
    if (!report_.ok()) return;
    if (fired_ > 0 && report_.compared == 0) Fail(base::StrCat("nothing was compared", side));
    if (fired_ == 0) Fail(base::StrCat("no random program is matched", side));
    if (fired_ > 0 && says_something_ == 0)
      Fail(base::StrCat("both sides are the same term wherever it applies", side));
  }

  absl::Status Attempt(size_t direction) {
    TestGraph graph;
    InstanceGenerator generator(rule_, rule_.directions[direction], &random_, &graph);
    auto roots = generator.Generate();
    if (!roots.ok())
      return absl::IsUnimplemented(roots.status()) ? roots.status() : absl::OkStatus();
    EQSAT_ASSIGN_OR_RETURN(auto application,
                           Application::Search(entry_.rule, direction, &graph, 2));
    if (application->match_count() > 0) ++fired_;
    for (size_t i = 0; i < application->match_count(); ++i)
      EQSAT_RETURN_IF_ERROR(CheckMatch(&graph, application.get(), i, *roots));
    return absl::OkStatus();
  }

  absl::Status Wrong(std::string counterexample) {
    absl::Status status = absl::InvalidArgumentError(counterexample);
    report_.counterexample = std::move(counterexample);
    return status;
  }

  absl::Status CheckMatch(TestGraph* graph, Application* application, size_t i,
                          const std::vector<engine::ClassId>& program) {
    std::string shown;
    for (engine::ClassId root : program) base::StrAppend(&shown, "\n  left:  ", graph->Show(root));
    auto applied = application->Apply(i);
    if (!applied.ok()) return Wrong(base::StrCat(std::string(applied.status().message()), shown));
    const std::vector<engine::Equation>& equations = *applied;
    if (application->nodes_added() > kMaxNodesAdded)
      return base::InvalidArgument("one application adds %d nodes", application->nodes_added());
    for (const engine::Equation& equation : equations)
      says_something_ +=
          graph->egraph().Find(equation.left) != graph->egraph().Find(equation.right);
    for (int sample = 0; sample < 2; ++sample) {
      auto mismatch = application->Compare(i, equations, &random_);
      if (absl::IsUnavailable(mismatch.status())) return absl::OkStatus();
      if (!mismatch.ok()) return mismatch.status();
      if (*mismatch) return Wrong(**std::move(mismatch));
      ++report_.compared;
    }
    return absl::OkStatus();
  }

  // ---- Tests that the rule carries ----

  void RunDeclared(const TestDecl& test) {
    ++report_.declared;
    absl::Status status = CheckDeclared(test);
    if (status.ok()) return;
    Fail(base::StrCat("test at ", rule_.source->path(), ":", test.place.line, ":",
                      test.place.column, ": ", std::string(status.message())));
  }

  absl::Status CheckDeclared(const TestDecl& test) {
    EQSAT_ASSIGN_OR_RETURN(TestTerms terms, ResolveTest(*entry_.file, test));
    size_t applied = 0;
    for (size_t direction = 0; direction < rule_.directions.size(); ++direction) {
      TestGraph graph;
      Bindings inputs = AddInputs(terms, &graph);
      EQSAT_ASSIGN_OR_RETURN(std::vector<engine::ClassId> left,
                             BuildAll(terms.left, inputs, {}, &graph));
      EQSAT_ASSIGN_OR_RETURN(std::vector<engine::ClassId> right,
                             BuildAll(terms.right, inputs, left, &graph));
      EQSAT_ASSIGN_OR_RETURN(auto application,
                             Application::Search(entry_.rule, direction, &graph, 100));
      for (size_t i = 0; i < application->match_count(); ++i) {
        EQSAT_RETURN_IF_ERROR(CheckMatch(&graph, application.get(), i, left));
        EQSAT_ASSIGN_OR_RETURN(auto equations, application->Apply(i));
        for (const engine::Equation& equation : equations)
          graph.egraph().Union(equation.left, equation.right);
        ++applied;
      }
      EQSAT_RETURN_IF_ERROR(graph.egraph().Rebuild().status());
      if (direction > 0 || test.expect != TestDecl::Expect::kEquals) continue;
      for (size_t i = 0; i < right.size(); ++i)
        if (graph.egraph().Find(left[i]) != graph.egraph().Find(right[i]))
          return absl::InvalidArgumentError("the rule does not give the stated term");
    }
    if (test.expect == TestDecl::Expect::kRejects && applied > 0)
      return absl::InvalidArgumentError("the rule applies where it is to be rejected");
    if (test.expect == TestDecl::Expect::kFires && applied == 0)
      return absl::InvalidArgumentError("the rule does not apply");
    return absl::OkStatus();
  }

  static Bindings AddInputs(const TestTerms& terms, TestGraph* graph) {
    Bindings inputs(terms.scope.symbols.size());
    for (size_t i = 0; i < terms.scope.symbols.size(); ++i) {
      const std::optional<TypePattern>& type = terms.scope.symbols[i].type;
      if (!type) continue;
      Ints sizes;
      for (const TypePattern::Dim& dim : type->dims) sizes.push_back(dim.size);
      inputs[i] = graph->AddParameter(ir::Shape(type->element_types[0], sizes));
    }
    return inputs;
  }

  // `like`: terms of the same shapes, if there are any.
  static absl::StatusOr<std::vector<engine::ClassId>> BuildAll(
      const std::vector<Term>& terms, const Bindings& inputs,
      const std::vector<engine::ClassId>& like, TestGraph* graph) {
    std::vector<engine::ClassId> classes;
    for (size_t i = 0; i < terms.size(); ++i) {
      std::optional<ir::Shape> whole;
      if (i < like.size()) whole = graph->shape(like[i]);
      TermBuilder builder(graph->graph(), graph->egraph(), inputs);
      EQSAT_ASSIGN_OR_RETURN(engine::ClassId cls,
                             builder.Build(terms[i], whole ? &*whole : nullptr));
      classes.push_back(cls);
    }
    return classes;
  }

  const RuleSet::Entry& entry_;
  const Rule& rule_;
  base::Random random_;
  int runs_;
  int fired_ = 0;
  int says_something_ = 0;
  RuleReport report_;
};

}  // namespace

RuleReport TestRule(const RuleSet::Entry& entry, uint64_t seed, int runs) {
  return RuleTester(entry, seed, runs).Run();
}

}  // namespace eqsat::rules
