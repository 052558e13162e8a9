#include "rules/programs/program_rules.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/rewrite/term.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::rules {
namespace {

using Condition = std::function<bool(const engine::EGraph&, const engine::Match&)>;

class RuleCompiler {
 public:
  RuleCompiler(TermLanguage* language, const TermFacts* facts)
      : language_(*language), facts_(*facts) {}

  // Appends the rewrite and, if it asks whether terms are equal, one before it that adds them.
  absl::Status Compile(const ProgramRule& rule, const std::string& name, const Expr& left,
                       const Expr& right, std::vector<engine::Rewrite>* rewrites) {
    EQSAT_RETURN_IF_ERROR(CompileLeft(left));
    engine::Term term;
    EQSAT_RETURN_IF_ERROR(language_.AppendTerm(&term, &pattern_, right, names_));
    if (implied_rest_.valid()) KeepRest(&term);
    std::vector<Condition> guards;
    for (const Expr& guard : rule.guards) {
      EQSAT_ASSIGN_OR_RETURN(Condition condition, Guard(guard));
      guards.push_back(std::move(condition));
    }
    absl::StatusOr<engine::Rewrite> rewrite =
        engine::MakeTermRewrite(name, pattern_, std::move(term), language_);
    if (!rewrite.ok()) return language_.Error(rule.place, std::string(rewrite.status().message()));
    if (!compared_.empty()) rewrites->push_back(AddTerms(name, *rewrite));
    if (!guards.empty()) {
      rewrite->guard = [guards](const engine::EGraph& egraph, const engine::Match& match) {
        return std::ranges::all_of(guards, [&](const Condition& c) { return c(egraph, match); });
      };
      rewrite->sensitivity =
          compared_.empty() ? engine::Sensitivity::kClassData : engine::Sensitivity::kWholeGraph;
    }
    rewrites->push_back(*std::move(rewrite));
    return absl::OkStatus();
  }

 private:
  // A left side that is one variable matches every class.
  absl::Status CompileLeft(const Expr& left) {
    if (!language_.IsVariable(left)) {
      EQSAT_ASSIGN_OR_RETURN(engine::PartId root, AddRoot(left));
      pattern_.AddRoot(root);
      return absl::OkStatus();
    }
    names_.root = left.text;
    engine::OperatorPattern any;
    for (size_t i = 0; i < language_.op_count(); ++i) any.ops.push_back(engine::OpId(i));
    any.captures_rest = true;
    any.once_per_class = true;
    pattern_.AddRoot(pattern_.Operator(std::move(any)));
    return absl::OkStatus();
  }

  // A sum at the root may have further elements, which stay.
  absl::StatusOr<engine::PartId> AddRoot(const Expr& left) {
    bool has_rest = std::ranges::any_of(
        left.arguments, [](const Expr& e) { return e.kind == Expr::Kind::kSpread; });
    if (!language_.IsMultiset(left) || has_rest)
      return language_.AddPattern(&pattern_, left, &names_);
    Expr open = left;
    open.arguments.push_back({.kind = Expr::Kind::kSpread, .place = left.place});
    EQSAT_ASSIGN_OR_RETURN(engine::PartId root, language_.AddPattern(&pattern_, open, &names_));
    implied_rest_ = pattern_.slot(root);
    return root;
  }

  void KeepRest(engine::Term* term) {
    const engine::OpId op = pattern_.op(implied_rest_).ops[0];
    if (term->nodes.back().op != op || term->nodes.back().rest.valid())
      term->nodes.push_back(
          {.op = op, .attrs = TermLanguage::kNoAttrs, .children = {term->nodes.size() - 1}});
    term->nodes.back().rest = implied_rest_;
  }

  absl::StatusOr<Condition> Guard(const Expr& expr) {
    if (expr.text == "and" || expr.text == "or" || expr.text == "not") return Junction(expr);
    if (expr.kind == Expr::Kind::kCall) {
      if (expr.text == "equal" && expr.arguments.size() == 2) return Equal(expr);
      std::vector<std::string_view> names;
      for (const auto& [name, arity, make] : kFunctions) {
        names.push_back(name);
        if (expr.text != name || expr.arguments.size() != arity) continue;
        std::vector<engine::VarId> variables;
        for (const Expr& argument : expr.arguments) {
          EQSAT_ASSIGN_OR_RETURN(engine::VarId variable, Variable(argument));
          variables.push_back(variable);
        }
        return (this->*make)(variables);
      }
      names.push_back("equal");
      return language_.Error(
          expr.place, base::StrCat("'", expr.text, "' of ", expr.arguments.size(), " is no guard",
                                   DidYouMean(expr.text, names)));
    }
    return language_.Error(expr.place, "a guard is made of and, or, not and calls");
  }

  absl::StatusOr<Condition> Junction(const Expr& expr) {
    std::vector<Condition> parts;
    for (const Expr& argument : expr.arguments) {
      EQSAT_ASSIGN_OR_RETURN(Condition part, Guard(argument));
      parts.push_back(std::move(part));
    }
    bool negated = expr.text == "not";
    bool all = expr.text == "and";
    return Condition([=](const engine::EGraph& egraph, const engine::Match& match) {
      auto holds = [&](const Condition& c) { return c(egraph, match); };
      if (negated) return !holds(parts[0]);
      return all ? std::ranges::all_of(parts, holds) : std::ranges::any_of(parts, holds);
    });
  }

  absl::StatusOr<engine::VarId> Variable(const Expr& expr) {
    for (size_t i = 0; i < pattern_.variable_count(); ++i)
      if (expr.kind == Expr::Kind::kName && pattern_.variable_name(engine::VarId(i)) == expr.text)
        return engine::VarId(i);
    return language_.Error(expr.place, "a guard asks about variables of the left side");
  }

  Condition IsConstant(const std::vector<engine::VarId>& v) {
    return [this_facts = &facts_, v](const engine::EGraph&, const engine::Match& match) {
      return this_facts->constant(match.variable(v[0])).has_value();
    };
  }
  Condition IsZero(const std::vector<engine::VarId>& v) {
    return [this_facts = &facts_, v](const engine::EGraph&, const engine::Match& match) {
      return this_facts->constant(match.variable(v[0])) == Constant{};
    };
  }
  Condition IsSymbol(const std::vector<engine::VarId>& v) {
    return [language = &language_, v](const engine::EGraph& egraph, const engine::Match& match) {
      return std::ranges::any_of(egraph.class_nodes(match.variable(v[0])), [&](engine::NodeId id) {
        return language->IsSymbol(egraph.op(id));
      });
    };
  }
  Condition Same(const std::vector<engine::VarId>& v) {
    return [v](const engine::EGraph&, const engine::Match& match) {
      return match.variable(v[0]) == match.variable(v[1]);
    };
  }
  Condition Free(const std::vector<engine::VarId>& v) {
    return [this_facts = &facts_, v](const engine::EGraph& egraph, const engine::Match& match) {
      return this_facts->IsFree(egraph, match.variable(v[0]), match.variable(v[1]));
    };
  }

  absl::StatusOr<Condition> Equal(const Expr& expr) {
    engine::Term terms[2];
    for (size_t i = 0; i < 2; ++i) {
      EQSAT_RETURN_IF_ERROR(language_.AppendTerm(&terms[i], &pattern_, expr.arguments[i], names_));
      for (const engine::Term::Node& node : terms[i].nodes)
        if (node.is_root || node.rest.valid() || (!node.variable.valid() && !node.attrs.valid()))
          return language_.Error(expr.place, "'equal' cannot speak of this term");
      compared_.push_back(terms[i]);
    }
    return Condition([left = terms[0], right = terms[1]](const engine::EGraph& egraph,
                                                         const engine::Match& match) {
      std::optional<engine::ClassId> a = LookUp(egraph, match, left);
      return a && a == LookUp(egraph, match, right);
    });
  }

  // The terms under `equal` are added wherever the left side matches; congruence does the rest.
  engine::Rewrite AddTerms(const std::string& name, const engine::Rewrite& rule) const {
    engine::Rewrite rewrite{.name = name + ".terms", .group = rule.group, .plan = rule.plan};
    rewrite.sensitivity = engine::Sensitivity::kPatternOnly;
    rewrite.applier = [terms = compared_](engine::EGraph& egraph, const engine::Match& match,
                                          std::vector<engine::Equation>*) {
      for (const engine::Term& term : terms) {
        std::vector<engine::ClassId> classes;
        for (const engine::Term::Node& node : term.nodes) {
          std::vector<engine::ClassId> children;
          for (size_t child : node.children) children.push_back(classes[child]);
          classes.push_back(node.variable.valid() ? match.variable(node.variable)
                                                  : egraph.Add(node.op, node.attrs, children));
        }
      }
      return absl::OkStatus();
    };
    return rewrite;
  }

  static std::optional<engine::ClassId> LookUp(const engine::EGraph& egraph,
                                               const engine::Match& match,
                                               const engine::Term& term) {
    std::vector<engine::ClassId> classes;
    for (const engine::Term::Node& node : term.nodes) {
      if (node.variable.valid()) {
        classes.push_back(match.variable(node.variable));
        continue;
      }
      std::vector<engine::ClassId> children;
      for (size_t child : node.children) children.push_back(classes[child]);
      std::optional<engine::ClassId> found = egraph.LookUp(node.op, node.attrs, children);
      if (!found) return std::nullopt;
      classes.push_back(*found);
    }
    return classes.back();
  }

  struct Function {
    std::string_view name;
    size_t arity;
    Condition (RuleCompiler::*make)(const std::vector<engine::VarId>&);
  };
  static constexpr Function kFunctions[] = {{"is_constant", 1, &RuleCompiler::IsConstant},
                                            {"is_zero", 1, &RuleCompiler::IsZero},
                                            {"is_symbol", 1, &RuleCompiler::IsSymbol},
                                            {"same", 2, &RuleCompiler::Same},
                                            {"free", 2, &RuleCompiler::Free}};

  TermLanguage& language_;
  const TermFacts& facts_;
  engine::Pattern pattern_;
  PatternNames names_;
  engine::SlotId implied_rest_;  // of the root; invalid if it has none, or one that is written
  std::vector<engine::Term> compared_;  // by the guards `equal`
};

}  // namespace

absl::StatusOr<std::vector<engine::Rewrite>> CompileProgramRule(const ProgramRule& rule,
                                                                TermLanguage* language,
                                                                const TermFacts* facts) {
  std::vector<engine::Rewrite> rewrites;
  EQSAT_RETURN_IF_ERROR(
      RuleCompiler(language, facts).Compile(rule, rule.name, rule.left, rule.right, &rewrites));
  if (rule.both_ways)
    EQSAT_RETURN_IF_ERROR(
        RuleCompiler(language, facts)
            .Compile(rule, rule.name + ".reverse", rule.right, rule.left, &rewrites));
  return rewrites;
}

}  // namespace eqsat::rules
