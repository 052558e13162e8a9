#include "rules/compile/rewrite_compiler.h"

#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/compile/facts_read.h"
#include "rules/compile/pattern_compiler.h"
#include "rules/compile/term_builder.h"

namespace eqsat::rules {
namespace {

// One direction of a rule on one graph. Shared by the guard and the applier of its rewrite.
class CompiledDirection {
 public:
  CompiledDirection(std::shared_ptr<const Rule> rule, const Direction& direction,
                    const HloGraph& graph, Numerics allowed, RuleFaults* faults)
      : rule_(std::move(rule)),
        direction_(direction),
        graph_(graph),
        allowed_(allowed),
        faults_(faults),
        compiled_(CompilePattern(*rule_, direction, graph_)) {}

  const engine::Pattern& pattern() const { return compiled_.pattern; }

  bool Holds(const engine::EGraph& egraph, const engine::Match& match) const {
    return Read(egraph, match).has_value();
  }

  absl::Status Apply(engine::EGraph& egraph, const engine::Match& match,
                     std::vector<engine::Equation>* equations) const {
    // Since the search other matches were applied; what this one reads may have been merged.
    std::optional<Bindings> bindings = Read(egraph, match);
    if (!bindings) return absl::OkStatus();
    size_t before = equations->size();
    absl::Status built = Build(egraph, &*bindings, equations);
    if (built.ok()) return built;
    equations->resize(before);
    faults_->Record(*rule_, std::string(built.message()));
    return absl::OkStatus();
  }

 private:
  std::optional<Bindings> Read(const engine::EGraph& egraph, const engine::Match& match) const {
    std::optional<Bindings> bindings = Bind(*rule_, compiled_, graph_, egraph, match);
    if (!bindings) return std::nullopt;
    const NumericsCase* numerics = CaseFor(*rule_, *bindings, GraphFacts(graph_, egraph));
    if (!numerics || numerics->numerics > allowed_) return std::nullopt;
    return bindings;
  }

  absl::Status Build(engine::EGraph& egraph, Bindings* bindings,
                     std::vector<engine::Equation>* equations) const {
    for (const Result& result : direction_.results) {
      TermBuilder builder(graph_, egraph, *bindings);
      if (result.root < 0) {
        EQSAT_ASSIGN_OR_RETURN(engine::ClassId built, builder.Build(result.term, nullptr));
        (*bindings)[result.symbol] = built;
        continue;
      }
      SymbolId root_symbol = direction_.root_symbols[result.root];
      engine::ClassId root = egraph.Find(std::get<engine::ClassId>((*bindings)[root_symbol]));
      // A copy: building adds classes, which moves what the analyses hold.
      const ir::Shape shape = graph_.shapes->shape(root);
      EQSAT_ASSIGN_OR_RETURN(engine::ClassId built, builder.Build(result.term, &shape));
      const ir::Shape& built_shape = graph_.shapes->shape(egraph.Find(built));
      if (!ir::Shape::Compatible(shape, built_shape)) {
        return base::InvalidArgument("the right side has the shape %s, the left side %s",
                                     built_shape.ToString(), shape.ToString());
      }
      equations->push_back({root, built});
    }
    return absl::OkStatus();
  }

  std::shared_ptr<const Rule> rule_;
  const Direction& direction_;
  HloGraph graph_;
  Numerics allowed_;
  RuleFaults* faults_;
  CompiledPattern compiled_;
};

}  // namespace

void RuleFaults::Record(const Rule& rule, std::string_view message) {
  Fault& fault = faults_[rule.name];
  if (fault.count++ == 0) fault.first = base::StrCat(rule.Where(), ": ", message);
}

const NumericsCase* CaseFor(const Rule& rule, const Bindings& bindings, const Facts& facts) {
  for (const NumericsCase& numerics : rule.numerics)
    if (!numerics.condition || Holds(*numerics.condition, bindings, facts)) return &numerics;
  return nullptr;
}

absl::StatusOr<std::vector<engine::Rewrite>> CompileRule(std::shared_ptr<const Rule> rule,
                                                         const HloGraph& graph, Numerics allowed,
                                                         RuleFaults* faults) {
  static const HloSignature* const kSignature = new HloSignature();
  std::vector<engine::Rewrite> rewrites;
  for (const Direction& direction : rule->directions) {
    auto compiled =
        std::make_shared<const CompiledDirection>(rule, direction, graph, allowed, faults);
    auto plan = engine::Plan::Compile(compiled->pattern(), *kSignature);
    if (!plan.ok()) return base::Annotate(plan.status(), base::StrCat(rule->Where(), ": "));
    engine::Rewrite rewrite;
    rewrite.name = rewrites.empty() ? rule->name : base::StrCat(rule->name, ".reverse");
    rewrite.group = rule->group;
    rewrite.plan = *std::move(plan);
    rewrite.guard = [compiled](const engine::EGraph& egraph, const engine::Match& match) {
      return compiled->Holds(egraph, match);
    };
    rewrite.applier = [compiled](engine::EGraph& egraph, const engine::Match& match,
                                 std::vector<engine::Equation>* equations) {
      return compiled->Apply(egraph, match, equations);
    };
    rewrite.match_limit = rule->match_limit;
    if (!ReadsChangingFacts(*rule, direction))
      rewrite.sensitivity = engine::Sensitivity::kPatternOnly;
    rewrites.push_back(std::move(rewrite));
  }
  return rewrites;
}

}  // namespace eqsat::rules
