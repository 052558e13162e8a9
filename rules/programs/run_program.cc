#include "rules/programs/run_program.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <span>
#include <utility>

#include "engine/explain/check_proof.h"
#include "engine/explain/explainer.h"
#include "engine/pattern/matcher.h"
#include "engine/pattern/plan.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/programs/case_settings.h"
#include "rules/programs/multiset_rules.h"
#include "rules/programs/program_rules.h"
#include "rules/programs/term_facts.h"
#include "rules/programs/term_language.h"

namespace eqsat::rules {
namespace {

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Whether anything in the program asks for the facts of classes.
bool NeedsFacts(const Program& program) {
  return std::ranges::any_of(program.operators,
                             [](const OperatorDecl& op) {
                               return op.folds || !op.binder.empty() || op.names_variable;
                             }) ||
         std::ranges::any_of(program.rules, [](const ProgramRule& r) { return !r.guards.empty(); });
}

// One e-graph of a case, from its terms to the end of its run.
class CaseRun {
 public:
  CaseRun(const Program& program, const CaseDecl& decl, const TermLanguage& language,
          bool constants_alone, const ProgramOptions& options)
      : explain_(options.explain),
        program_(program),
        decl_(decl),
        language_(language),
        facts_(&language_,
               constants_alone ? TermFacts::OtherTerms::kHide : TermFacts::OtherTerms::kKeep),
        egraph_(&language_, options.hash_seed) {
    if (NeedsFacts(program)) egraph_.Register(&facts_);
    if (explain_) egraph_.RecordBirths();
  }

  // Builds the graph with the `prove` statements that `open` lists, and the rules.
  absl::Status Build(std::span<const size_t> open) {
    for (const Expr& start : decl_.starts) {
      EQSAT_ASSIGN_OR_RETURN(engine::ClassId cls, language_.Add(egraph_, start));
      if (!root_.valid()) root_ = cls;
    }
    for (const auto& [left, right] : decl_.assumed) {
      EQSAT_ASSIGN_OR_RETURN(engine::ClassId a, language_.Add(egraph_, left));
      EQSAT_ASSIGN_OR_RETURN(engine::ClassId b, language_.Add(egraph_, right));
      egraph_.Union(a, b);
    }
    for (size_t i : open) {
      EQSAT_ASSIGN_OR_RETURN(engine::ClassId a, language_.Add(egraph_, decl_.proofs[i].first));
      EQSAT_ASSIGN_OR_RETURN(engine::ClassId b, language_.Add(egraph_, decl_.proofs[i].second));
      proofs_.emplace_back(a, b);
    }
    EQSAT_RETURN_IF_ERROR(Goals(decl_.goals, &goals_));
    EQSAT_RETURN_IF_ERROR(Goals(decl_.avoided, &avoided_));
    return Rules();
  }

  engine::RunResult Run(engine::RunOptions options, std::vector<IterationSize>* sizes) {
    options.progress = [&](const engine::Progress& progress) {
      sizes->push_back({progress.nodes, progress.classes});
    };
    if (!goals_.empty())
      options.should_end = [this](const engine::CleanView& view) { return Reached(view, goals_); };
    if (explain_) options.log = &log_;
    return engine::Saturate(egraph_, rewrites_, options);
  }

  // The rules behind each `prove` statement that holds; `open` numbers the statements.
  absl::StatusOr<std::vector<ProgramProof>> Explain(const engine::RunResult& result,
                                                    std::span<const size_t> open) {
    if (proofs_.empty()) return std::vector<ProgramProof>();
    std::vector<engine::NamedRewrite> named;
    for (size_t i = 0; i < rewrites_.size(); ++i)
      named.push_back({result.rules[i].reason, &rewrites_[i]});
    engine::Explainer explainer(&egraph_, &log_, named);
    std::vector<std::pair<engine::TermId, engine::TermId>> goals;
    std::vector<ProgramProof> explained;
    for (size_t i = 0; i < proofs_.size(); ++i) {
      if (!Proved(i)) continue;
      goals.emplace_back(explainer.TermOf(proofs_[i].first), explainer.TermOf(proofs_[i].second));
      explained.push_back({decl_.proofs[open[i]].first.place, {}});
    }
    EQSAT_ASSIGN_OR_RETURN(std::vector<engine::Proof> proofs, explainer.Explain(goals));
    for (size_t i = 0; i < proofs.size(); ++i) {
      EQSAT_RETURN_IF_ERROR(Check(proofs[i], explainer));
      for (const engine::GroundEquation& equation : proofs[i].equations)
        explained[i].rules.push_back(egraph_.reason_name(equation.reason));
    }
    return explained;
  }
  size_t log_bytes() const { return log_.memory_bytes(); }

  bool GoalsReached() { return goals_.empty() || Reached(*egraph_.Rebuild(), goals_); }
  // The first of the avoided terms that was reached, if any.
  const Expr* AvoidedReached() {
    for (size_t i = 0; i < avoided_.size(); ++i)
      if (Reached(*egraph_.Rebuild(), {&avoided_[i], 1})) return &decl_.avoided[i];
    return nullptr;
  }
  bool Proved(size_t i) const {
    return egraph_.Find(proofs_[i].first) == egraph_.Find(proofs_[i].second);
  }
  engine::EGraph& egraph() { return egraph_; }

 private:
  absl::Status Check(const engine::Proof& proof, const engine::Explainer& explainer) const {
    auto judge = [&](const engine::TermBank& bank, const engine::GroundEquation& equation) {
      const engine::Rewrite* rule = explainer.rule(equation.reason);
      if (equation.basis == engine::GroundEquation::Basis::kFact || !rule) return absl::OkStatus();
      return engine::CheckInstance(bank, rule->plan->pattern(), rule->term->term(), equation);
    };
    absl::Status status = engine::CheckProof(proof, language_, judge);
    if (status.ok()) return status;
    return absl::InternalError("an explanation does not check: " + std::string(status.message()));
  }

  // A goal is a pattern, or one variable, which anything is.
  using Goal = std::shared_ptr<const engine::Plan>;

  absl::Status Goals(const std::vector<Expr>& terms, std::vector<Goal>* goals) {
    for (const Expr& term : terms) {
      engine::Pattern pattern;
      PatternNames names;
      EQSAT_ASSIGN_OR_RETURN(engine::PartId root, language_.AddPattern(&pattern, term, &names));
      pattern.AddRoot(root);
      absl::StatusOr<Goal> plan = engine::Plan::Compile(std::move(pattern), language_);
      if (!plan.ok()) return language_.Error(term.place, std::string(plan.status().message()));
      goals->push_back(*std::move(plan));
    }
    return absl::OkStatus();
  }

  absl::Status Rules() {
    for (const ProgramRule& rule : program_.rules) {
      if (!decl_.rules.empty() && !std::ranges::count(decl_.rules, rule.name)) continue;
      EQSAT_ASSIGN_OR_RETURN(std::vector<engine::Rewrite> compiled,
                             CompileProgramRule(rule, &language_, &facts_));
      std::ranges::move(compiled, std::back_inserter(rewrites_));
    }
    return AppendMultisetRules(&language_, &facts_, &rewrites_);
  }

  // Whether the first start equals all of the goals.
  bool Reached(const engine::CleanView& view, std::span<const Goal> goals) const {
    return std::ranges::all_of(goals, [&](const Goal& goal) {
      engine::MatchList matches(goal->pattern().variable_count(), goal->pattern().slot_count());
      engine::SearchOptions options;
      options.max_matches = 1;
      options.root_class = egraph_.Find(root_);
      engine::Search(view, *goal, options, &matches);
      return matches.size() > 0;
    });
  }

  bool explain_;
  engine::ApplicationLog log_;
  const Program& program_;
  const CaseDecl& decl_;
  TermLanguage language_;
  TermFacts facts_;
  engine::EGraph egraph_;
  engine::ClassId root_;
  std::vector<Goal> goals_;
  std::vector<Goal> avoided_;
  std::vector<std::pair<engine::ClassId, engine::ClassId>> proofs_;
  std::vector<engine::Rewrite> rewrites_;
};

class CaseRunner {
 public:
  CaseRunner(const SourceText& source, const Program& program, const TermLanguage& language,
             const CaseDecl& decl, const ProgramOptions& options)
      : source_(source), program_(program), language_(language), decl_(decl), options_(options) {}

  absl::StatusOr<CaseReport> Run() {
    report_.name = decl_.name;
    EQSAT_ASSIGN_OR_RETURN(settings_, ReadSettings(source_, decl_.run));
    EQSAT_ASSIGN_OR_RETURN(Expectations expectations, ReadExpectations(source_, decl_.expect));
    if (options_.iterations) settings_.limits.iterations = *options_.iterations;
    if (options_.nodes) settings_.limits.nodes = *options_.nodes;
    std::vector<size_t> open(decl_.proofs.size());
    for (size_t i = 0; i < open.size(); ++i) open[i] = i;
    report_.rounds = 0;
    do {
      size_t before = open.size();
      ++report_.rounds;
      EQSAT_RETURN_IF_ERROR(Round(&open));
      if (open.size() == before) break;
    } while (!open.empty() && report_.rounds < settings_.rounds);
    report_.proofs = decl_.proofs.size() - open.size();
    Compare(expectations);
    return std::move(report_);
  }

 private:
  absl::Status Round(std::vector<size_t>* open) {
    CaseRun run(program_, decl_, language_, settings_.constants_alone, options_);
    EQSAT_RETURN_IF_ERROR(run.Build(*open));
    double start = Now();
    report_.iterations.clear();
    absl::Status rebuilt = run.egraph().Rebuild().status();
    report_.start_nodes = run.egraph().node_count();
    engine::RunOptions options;
    options.limits = settings_.limits;
    options.backoff = settings_.backoff;
    options.incremental = settings_.incremental;
    options.late_guards = settings_.late_guards;
    options.threads = options_.threads;
    options.interrupt = options_.interrupt;
    report_.run = run.Run(options, &report_.iterations);
    report_.seconds += Now() - start;
    if (!report_.run.status.ok()) {
      Fail(std::string(report_.run.status.message()));
      return absl::OkStatus();
    }
    report_.goals_reached = run.GoalsReached();
    if (!report_.goals_reached) Fail("a goal was not reached");
    if (const Expr* avoided = run.AvoidedReached())
      Fail(absl::StrFormat("the term at line %d was reached", avoided->place.line));
    if (options_.explain) {
      report_.log_bytes = run.log_bytes();
      EQSAT_ASSIGN_OR_RETURN(std::vector<ProgramProof> explained, run.Explain(report_.run, *open));
      std::ranges::move(explained, std::back_inserter(report_.explained));
    }
    size_t position = 0;
    std::erase_if(*open, [&](size_t) { return run.Proved(position++); });
    return absl::OkStatus();
  }

  void Fail(std::string message) { report_.failures.push_back(std::move(message)); }

  void Compare(const Expectations& expectations) {
    if (options_.iterations || options_.nodes) return;
    for (const auto& [key, wanted] : expectations) {
      std::vector<size_t> found = Found(key, wanted.size() > 1);
      if (found == wanted) continue;
      Fail(absl::StrFormat("%s: expected %s, found %s", key, Text(wanted), Text(found)));
    }
  }

  std::vector<size_t> Found(const std::string& key, bool by_iteration) const {
    if (key == "iterations") return {report_.run.iterations};
    if (key == "rounds") return {report_.rounds};
    if (key == "proofs") return {report_.proofs};
    bool nodes = key == "nodes";
    if (!by_iteration) return {nodes ? report_.run.nodes : report_.run.classes};
    std::vector<size_t> sizes;
    for (const IterationSize& size : report_.iterations)
      sizes.push_back(nodes ? size.nodes : size.classes);
    return sizes;
  }

  static std::string Text(const std::vector<size_t>& counts) {
    std::string text;
    for (size_t count : counts) base::StrAppend(&text, text.empty() ? "" : ", ", count);
    return text;
  }

  const SourceText& source_;
  const Program& program_;
  const TermLanguage& language_;
  const CaseDecl& decl_;
  const ProgramOptions& options_;
  CaseSettings settings_;
  CaseReport report_;
};

absl::Status CheckRuleNames(const SourceText& source, const Program& program) {
  std::vector<std::string_view> names;
  for (const ProgramRule& rule : program.rules) {
    if (std::ranges::count(names, rule.name))
      return source.Error(rule.place, base::StrCat("there are two rules '", rule.name, "'"));
    names.push_back(rule.name);
  }
  for (const CaseDecl& decl : program.cases)
    for (size_t i = 0; i < decl.rules.size(); ++i)
      if (!std::ranges::count(names, decl.rules[i]))
        return source.Error(decl.rule_places[i],
                            base::StrCat("there is no rule '", decl.rules[i], "'",
                                         DidYouMean(decl.rules[i], names)));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<CaseReport>> RunProgram(const SourceText& source, const Program& program,
                                                   const ProgramOptions& options) {
  EQSAT_ASSIGN_OR_RETURN(TermLanguage language, TermLanguage::Make(&source, &program));
  EQSAT_RETURN_IF_ERROR(CheckRuleNames(source, program));
  for (const std::string& name : options.cases)
    if (!std::ranges::count(program.cases, name, &CaseDecl::name))
      return base::InvalidArgument("%s: there is no case '%s'", source.path(), name);
  std::vector<CaseReport> reports;
  for (const CaseDecl& decl : program.cases) {
    if (!options.cases.empty() && !std::ranges::count(options.cases, decl.name)) continue;
    EQSAT_ASSIGN_OR_RETURN(CaseReport report,
                           CaseRunner(source, program, language, decl, options).Run());
    reports.push_back(std::move(report));
  }
  return reports;
}

}  // namespace eqsat::rules
