#include "tools/explain/premise_search.h"

#include <algorithm>
#include <utility>

#include "engine/pattern/match.h"
#include "ir/base/check.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "rules/compile/attribute_field.h"
#include "rules/compile/rewrite_compiler.h"

namespace eqsat::tools {
namespace {

using engine::ClassId;
using engine::NodeId;
using rules::FailedPremise;

constexpr uint32_t kUnset = ~uint32_t{0};

const rules::Term::Attribute* FindAttribute(const rules::Term& term, const std::string& name) {
  for (const rules::Term::Attribute& attribute : term.attributes)
    if (attribute.name == name) return &attribute;
  return nullptr;
}

Nearest Reason(std::string text, std::string premise = "", std::vector<std::string> values = {}) {
  Nearest reason;
  reason.text = std::move(text);
  reason.premise = std::move(premise);
  reason.values = std::move(values);
  return reason;
}

void CollectSymbols(const rules::Code& code, std::vector<rules::SymbolId>* symbols) {
  if (code.kind == rules::Code::Kind::kSymbol && !std::ranges::count(*symbols, code.symbol))
    symbols->push_back(code.symbol);
  for (const rules::Code& argument : code.arguments) CollectSymbols(argument, symbols);
}

}  // namespace

PremiseSearch::PremiseSearch(const rules::Rule& rule, const rules::Direction& direction,
                             rules::HloEGraph& graph, const Names& names, rules::Numerics numerics)
    : rule_(rule),
      graph_(graph),
      names_(names),
      numerics_(numerics),
      parts_{&graph.terms(), &graph.shapes(), &graph.constants(), &graph.ranges()},
      compiled_(rules::CompilePattern(rule, direction, parts_)) {}

std::optional<Nearest> PremiseSearch::Run(ClassId root) {
  row_.assign(compiled_.pattern.variable_count() + compiled_.pattern.slot_count(), kUnset);
  std::vector<Goal> open;
  const std::vector<engine::PartId>& roots = compiled_.pattern.roots();
  for (size_t i = roots.size(); i-- > 1;) open.push_back({roots[i], ClassId(), "another root"});
  open.push_back({roots[0], root, "here"});
  Advance(std::move(open));
  if (holds_) return std::nullopt;
  return nearest_;
}

void PremiseSearch::Advance(std::vector<Goal> open) {
  if (holds_ || ++tries_ > kMaxTries) return;
  if (open.empty()) return Finish();
  Goal goal = std::move(open.back());
  open.pop_back();
  const engine::Pattern::Part& part = compiled_.pattern.part(goal.part);
  if (part.variable.valid()) return TryVariable(part.variable, goal, std::move(open));
  TryOperator(part.slot, goal, open);
}

void PremiseSearch::TryVariable(engine::VarId variable, const Goal& goal, std::vector<Goal> open) {
  uint32_t& bound = row_[variable.value()];
  if (bound != kUnset && bound != goal.cls.value()) {
    return Note(Reason(base::StrCat(goal.where, " the rule wants ", names_.OfClass(ClassId(bound)),
                                    " again, and there is ", names_.OfClass(goal.cls))));
  }
  uint32_t before = std::exchange(bound, goal.cls.value());
  Advance(std::move(open));
  row_[variable.value()] = before;
}

std::string PremiseSearch::Wanted(const engine::OperatorPattern& op) const {
  constexpr size_t kMaxShown = 4;
  std::vector<std::string> wanted;
  for (engine::OpId id : op.ops) wanted.emplace_back(ir::Name(rules::OpCodeOf(id)));
  size_t left_out = wanted.size() > kMaxShown ? wanted.size() - kMaxShown : 0;
  wanted.resize(wanted.size() - left_out);
  std::string text = base::Join(wanted, " or ");
  return left_out > 0 ? base::StrCat(text, " or one of ", left_out, " others") : text;
}

void PremiseSearch::TryOperator(engine::SlotId slot, const Goal& goal,
                                const std::vector<Goal>& open) {
  const engine::EGraph& egraph = graph_.egraph();
  const engine::OperatorPattern& op = compiled_.pattern.op(slot);
  std::vector<NodeId> candidates;
  for (engine::OpId wanted : op.ops) {
    std::span<const NodeId> nodes =
        goal.cls.valid() ? egraph.class_nodes(goal.cls) : egraph.op_nodes(wanted);
    for (NodeId node : nodes)
      if (egraph.alive(node) && egraph.op(node) == wanted) candidates.push_back(node);
  }
  for (NodeId node : candidates) TryNode(slot, node, goal, open);
  if (!candidates.empty()) return;
  std::string found = "there is none";
  if (goal.cls.valid()) {
    std::vector<std::string> ops;
    for (NodeId node : egraph.class_nodes(goal.cls)) {
      std::string name(ir::Name(rules::OpCodeOf(egraph.op(node))));
      if (!std::ranges::count(ops, name)) ops.push_back(name);
    }
    found = base::StrCat(names_.OfClass(goal.cls), " is ", base::Join(ops, " or "));
  }
  Note(Reason(base::StrCat(goal.where, " the rule wants ", Wanted(op), ", and ", found)));
}

void PremiseSearch::TryNode(engine::SlotId slot, NodeId node, const Goal& goal,
                            const std::vector<Goal>& open) {
  const engine::EGraph& egraph = graph_.egraph();
  const engine::OperatorPattern& op = compiled_.pattern.op(slot);
  engine::NodeView view = egraph.node(node);
  if (op.predicate && !op.predicate(egraph, view)) return Note(Misfit(TermOf(slot), node));
  size_t count = op.children.size();
  if (op.captures_rest ? view.children.size() < count : view.children.size() != count)
    return Note(Reason(base::StrCat(goal.where, " ", names_.OfNode(node), " has ",
                                    view.children.size(), " operands, the rule's ", count)));
  const bool commutes =
      egraph.signature().commutativity(view.op) != engine::Commutativity::kOrdered;
  for (uint32_t exchanged = 0; exchanged < (commutes && count == 2 ? 2U : 1U); ++exchanged) {
    std::vector<Goal> more = open;
    for (size_t i = count; i-- > 0;) {
      size_t operand = exchanged != 0 ? 1 - i : i;
      more.push_back(
          {op.children[i], egraph.Find(view.children[operand]),
           base::StrCat("as operand ", operand, " of ", ir::Name(rules::OpCodeOf(view.op)))});
    }
    uint32_t& word = row_[compiled_.pattern.variable_count() + slot.value()];
    uint32_t before = std::exchange(word, node.value() << 1 | exchanged);
    ++matched_;
    Advance(std::move(more));
    --matched_;
    word = before;
  }
}

void PremiseSearch::Finish() {
  engine::Match match(row_.data(), compiled_.pattern.variable_count());
  FailedPremise failed;
  std::optional<rules::Bindings> bindings =
      rules::Bind(rule_, compiled_, parts_, graph_.egraph(), match, &failed);
  if (!bindings) {
    Nearest attempt = TextOf(failed);
    attempt.matched = matched_ + 1 + static_cast<size_t>(failed.kind);
    return Note(std::move(attempt));
  }
  const rules::NumericsCase* numerics =
      rules::CaseFor(rule_, *bindings, rules::GraphFacts(parts_, graph_.egraph()));
  if (numerics && numerics->numerics <= numerics_) {
    holds_ = true;
    return;
  }
  std::string needed(numerics ? rules::NameOf(numerics->numerics) : "no numerics class");
  Nearest attempt =
      Reason(base::StrCat("on these operands the rule is of the class ", needed,
                          ", and --numerics=", rules::NameOf(numerics_), " is asked for"),
             base::StrCat("numerics ", needed));
  attempt.matched = ~size_t{0};
  Note(std::move(attempt));
}

void PremiseSearch::Note(Nearest attempt) {
  attempt.matched = std::max(attempt.matched, matched_);
  if (!nearest_ || attempt.matched > nearest_->matched) nearest_ = std::move(attempt);
}

const rules::Term& PremiseSearch::TermOf(engine::SlotId slot) const {
  for (const auto& [term, own] : compiled_.operations)
    if (own == slot) return *term;
  EQSAT_CHECK(false);
}

Nearest PremiseSearch::Misfit(const rules::Term& term, NodeId node) const {
  engine::NodeView view = graph_.egraph().node(node);
  const rules::Payload& payload = graph_.terms().payload(view.attrs);
  std::string what = names_.OfNode(node);
  if (payload.unique != 0)
    return Reason(base::StrCat(what, " has effects, so that it equals nothing but itself"));
  for (const rules::AttributeField& field : rules::FieldsOf(rules::OpCodeOf(view.op))) {
    const rules::Term::Attribute* attribute = FindAttribute(term, field.name);
    rules::Value value = field.get ? field.get(*payload.attributes) : rules::Value();
    bool is_literal = attribute && attribute->value.kind == rules::Code::Kind::kLiteral;
    if (is_literal && !rules::SameValue(value, attribute->value.literal))
      return Reason(
          base::StrCat("the attribute ", field.name, " of ", what, " is not what the rule wants"),
          base::StrCat(field.name, "=", names_.OfValue(attribute->value.literal)),
          {base::StrCat(field.name, " = ", names_.OfValue(value))});
    if (!attribute && term.capture == rules::kNoSymbol && !field.is_default(*payload.attributes))
      return Reason(base::StrCat("the rule wants no attribute ", field.name, " of ", what), "",
                    {base::StrCat(field.name, " = ", names_.OfValue(value))});
  }
  if (term.region.opcode)
    return Reason(base::StrCat("the rule wants the reducer ", ir::Name(*term.region.opcode),
                               ", and there is ", what));
  return Reason(base::StrCat(what,
                             " does not fit: a number is wanted among its operands, a size is "
                             "dynamic, or its dimension numbers are others"));
}

std::vector<std::string> PremiseSearch::ValuesIn(const rules::Code& code,
                                                 const rules::Bindings& bindings) const {
  std::vector<rules::SymbolId> symbols;
  CollectSymbols(code, &symbols);
  std::vector<std::string> values;
  for (rules::SymbolId symbol : symbols) {
    std::string text =
        base::StrCat(rule_.symbols[symbol].name, " = ", names_.OfValue(bindings[symbol]));
    if (const auto* operand = std::get_if<ClassId>(&bindings[symbol]))
      base::StrAppend(&text, " ", graph_.shapes().shape(graph_.egraph().Find(*operand)).ToString());
    values.push_back(std::move(text));
  }
  return values;
}

Nearest PremiseSearch::TextOf(const FailedPremise& failed) const {
  auto operation = [&] {
    return std::string(failed.term->opcode ? ir::Name(*failed.term->opcode) : "the operator");
  };
  switch (failed.kind) {
    case FailedPremise::Kind::kOperation:
      return Reason(base::StrCat("an attribute, a reducer or a shape of ", operation(),
                                 " differs from what the rule wants or has found elsewhere"));
    case FailedPremise::Kind::kOperand: {
      std::string name = rule_.symbols[failed.symbol].name;
      return Reason(
          base::StrCat("the operand ", name, " is not of the declared type, or sizes do not agree"),
          name,
          {base::StrCat(name, " = ", names_.OfClass(failed.operand), " ",
                        graph_.shapes().shape(graph_.egraph().Find(failed.operand)).ToString())});
    }
    case FailedPremise::Kind::kPair:
      return Reason("the pair matches in its other order alone");
    case FailedPremise::Kind::kSequence:
      return Reason(
          base::StrCat("the operands of ", operation(), " are not all of the wanted form"));
    case FailedPremise::Kind::kNumber: {
      std::string number = failed.term->kind == rules::Term::Kind::kIdentity
                               ? "the reducer's identity"
                               : base::StrCat(failed.term->number);
      return Reason(base::StrCat(names_.OfClass(failed.operand), " is not known to be ", number),
                    number);
    }
    case FailedPremise::Kind::kLet:
      return Reason(base::StrCat("let ", rule_.symbols[failed.symbol].name, " has no value"),
                    names_.OfCode(rule_, *failed.code), ValuesIn(*failed.code, failed.bindings));
    case FailedPremise::Kind::kComputed:
      return Reason(
          base::StrCat("an attribute of ", operation(), " is not what the rule computes"));
    case FailedPremise::Kind::kGuard:
      return Reason("the guard does not hold", names_.OfCode(rule_, *failed.code),
                    ValuesIn(*failed.code, failed.bindings));
  }
  return {};
}

}  // namespace eqsat::tools
