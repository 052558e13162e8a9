#include "rules/programs/multiset_rules.h"

#include <optional>
#include <span>
#include <utility>

#include "engine/rewrite/multiset.h"
#include "ir/base/status.h"

namespace eqsat::rules {
namespace {

// The constants among the elements of a multiset, as one.
class ConstantElements {
 public:
  ConstantElements(TermLanguage* language, const TermFacts* facts, engine::OpId op)
      : language_(language), facts_(facts), op_(op) {}

  // The value of two or more of them, and the other elements; nothing where the constants are
  // fewer.
  std::optional<Constant> Take(const engine::EGraph& egraph, std::span<const engine::ClassId> all,
                               std::vector<engine::ClassId>* others) const {
    std::vector<std::optional<Constant>> values;
    for (engine::ClassId element : all) {
      const std::optional<Constant>& value = facts_->constant(egraph.Find(element));
      if (value) {
        values.push_back(value);
      } else {
        others->push_back(element);
      }
    }
    if (values.size() < 2 || others->empty()) return std::nullopt;
    return TermFacts::Fold(*language_->Declaration(op_), values);
  }

  engine::Applier MakeApplier(engine::SlotId slot) const {
    return [*this, slot](engine::EGraph& egraph, const engine::Match& match,
                         std::vector<engine::Equation>* equations) {
      engine::NodeView node = egraph.node(match.node(slot));
      std::vector<engine::ClassId> elements;
      std::optional<Constant> value = Take(egraph, node.children, &elements);
      if (!value) return absl::OkStatus();
      auto [leaf, attrs] = language_->Leaf(*value);
      elements.push_back(egraph.Add(leaf, attrs, {}));
      equations->push_back(
          {node.cls, engine::AddMultiset(egraph, op_, TermLanguage::kNoAttrs, elements)});
      return absl::OkStatus();
    };
  }

 private:
  TermLanguage* language_;
  const TermFacts* facts_;
  engine::OpId op_;
};

absl::StatusOr<engine::Rewrite> FoldRewrite(engine::OpId op, TermLanguage* language,
                                            const TermFacts* facts) {
  engine::OperatorPattern any;
  any.ops = {op};
  any.captures_rest = true;
  engine::Pattern pattern;
  engine::PartId root = pattern.Operator(std::move(any));
  engine::SlotId slot = pattern.slot(root);
  pattern.AddRoot(root);
  engine::Rewrite rewrite;
  rewrite.name = language->Declaration(op)->name + ".fold";
  EQSAT_ASSIGN_OR_RETURN(rewrite.plan, engine::Plan::Compile(std::move(pattern), *language));
  ConstantElements constants(language, facts, op);
  rewrite.guard = [constants, slot](const engine::EGraph& egraph, const engine::Match& match) {
    std::vector<engine::ClassId> others;
    return constants.Take(egraph, egraph.children(match.node(slot)), &others).has_value();
  };
  rewrite.applier = constants.MakeApplier(slot);
  return rewrite;
}

}  // namespace

absl::Status AppendMultisetRules(TermLanguage* language, const TermFacts* facts,
                                 std::vector<engine::Rewrite>* rewrites) {
  for (size_t i = 0; i < language->op_count(); ++i) {
    engine::OpId op(i);
    if (!language->IsMultiset(op)) continue;
    EQSAT_ASSIGN_OR_RETURN(
        engine::Rewrite flatten,
        engine::MakeFlattenRewrite(language->Declaration(op)->name + ".flatten", op, *language));
    rewrites->push_back(std::move(flatten));
    if (!language->Declaration(op)->folds) continue;
    EQSAT_ASSIGN_OR_RETURN(engine::Rewrite fold, FoldRewrite(op, language, facts));
    rewrites->push_back(std::move(fold));
  }
  return absl::OkStatus();
}

}  // namespace eqsat::rules
