#include "rules/compile/pattern_compiler.h"

#include <algorithm>
#include <string>

#include "ir/base/check.h"
#include "ir/base/strings.h"
#include "rules/compile/node_reader.h"

namespace eqsat::rules {
namespace {

bool IsNumberTerm(const Term& term) {
  return term.kind == Term::Kind::kNumber || term.kind == Term::Kind::kIdentity ||
         term.kind == Term::Kind::kFill;
}

bool IsSequence(const Term& term) {
  return term.kind == Term::Kind::kSpread || term.kind == Term::Kind::kEach;
}

class PatternBuilder {
 public:
  PatternBuilder(const Rule& rule, const HloGraph& graph, CompiledPattern* out)
      : rule_(rule), graph_(graph), out_(*out) {}

  void AddRoot(const Term& root, SymbolId symbol) {
    engine::PartId part = Add(root);
    out_.pattern.AddRoot(part);
    out_.roots.emplace_back(symbol, out_.pattern.slot(part));
  }

  // Has a guard about operands alone asked as soon as they are known. It is asked again with the
  // others.
  void AddEarlyGuard(const Code& guard) {
    std::vector<SymbolId> symbols;
    AddSymbols(guard, &symbols);
    engine::VariableCondition condition;
    std::vector<std::pair<SymbolId, engine::VarId>> bound;
    for (SymbolId symbol : symbols) {
      auto found = std::ranges::find(out_.variables, symbol, [](const auto& v) { return v.first; });
      if (found == out_.variables.end()) return;
      bound.push_back(*found);
      condition.variables.push_back(found->second);
    }
    condition.holds = [&guard, bound, graph = graph_, count = rule_.symbols.size()](
                          const engine::EGraph& egraph, const engine::Match& match) {
      Bindings bindings(count);
      for (const auto& [symbol, variable] : bound)
        bindings[symbol] = egraph.Find(match.variable(variable));
      return Holds(guard, bindings, GraphFacts(graph, egraph));
    };
    out_.pattern.AddCondition(std::move(condition));
  }

 private:
  static void AddSymbols(const Code& code, std::vector<SymbolId>* symbols) {
    if (code.kind == Code::Kind::kSymbol) symbols->push_back(code.symbol);
    for (const Code& argument : code.arguments) AddSymbols(argument, symbols);
  }

  engine::PartId Add(const Term& term) {
    if (term.kind == Term::Kind::kVariable) {
      // Two variables may have one name only if both are `_`, so the number tells them apart.
      engine::PartId part = out_.pattern.Variable(base::StrCat(term.symbol));
      AddOnce(term.symbol, out_.pattern.variable(part));
      return part;
    }
    if (IsNumberTerm(term)) {
      engine::PartId part = out_.pattern.Variable(base::StrCat("number ", out_.numbers.size()));
      out_.numbers.emplace_back(&term, out_.pattern.variable(part));
      return part;
    }
    EQSAT_CHECK(term.kind == Term::Kind::kOperation);
    return AddOperation(term);
  }

  void AddOnce(SymbolId symbol, engine::VarId variable) {
    for (const auto& [known, id] : out_.variables)
      if (known == symbol) return;
    out_.variables.emplace_back(symbol, variable);
  }

  engine::PartId AddOperation(const Term& term) {
    engine::OperatorPattern op;
    if (term.opcode) {
      op.ops = {OpIdOf(*term.opcode)};
    } else {
      for (ir::OpCode opcode : rule_.symbols[term.operator_symbol].opcodes)
        op.ops.push_back(OpIdOf(opcode));
    }
    const Term* sequence = nullptr;
    bool has_number = false;
    for (const Term& child : term.children) {
      has_number |= IsNumberTerm(child);
      if (IsSequence(child)) {
        sequence = &child;
      } else {
        op.children.push_back(Add(child));
      }
    }
    op.captures_rest = sequence != nullptr;
    op.predicate = [check = OperationCheck(rule_, term), graph = graph_, has_number](
                       const engine::EGraph& egraph, const engine::NodeView& node) {
      return (!has_number || HasSplat(graph, node)) && check.Fits(graph, egraph, node);
    };
    engine::PartId part = out_.pattern.Operator(std::move(op));
    engine::SlotId slot = out_.pattern.slot(part);
    out_.operations.emplace_back(&term, slot);
    if (sequence) AddSequence(*sequence, slot);
    return part;
  }

  void AddSequence(const Term& term, engine::SlotId owner) {
    out_.sequences.push_back({&term, owner, std::nullopt});
    if (term.kind == Term::Kind::kEach)
      out_.sequences.back().element.emplace(rule_, term.children[0]);
  }

  static bool HasSplat(const HloGraph& graph, const engine::NodeView& node) {
    return std::any_of(node.children.begin(), node.children.end(), [&](engine::ClassId child) {
      return graph.constants->splat(child) != nullptr;
    });
  }

  const Rule& rule_;
  const HloGraph& graph_;
  CompiledPattern& out_;
};

// Reads a match into bindings.
class Binder {
 public:
  Binder(const Rule& rule, const CompiledPattern& compiled, const HloGraph& graph,
         const engine::EGraph& egraph, const engine::Match& match, FailedPremise* failed)
      : rule_(rule),
        compiled_(compiled),
        graph_(graph),
        egraph_(egraph),
        match_(match),
        failed_(failed),
        reader_(rule, graph, egraph),
        bindings_(rule.symbols.size()) {}

  std::optional<Bindings> Run() {
    bool holds = ReadOperations() && ReadOperands() && ReadSequences() && ReadNumbers() &&
                 ComputeLets() && CheckComputed() && CheckGuards();
    if (holds) return std::move(bindings_);
    if (failed_) failed_->bindings = std::move(bindings_);
    return std::nullopt;
  }

 private:
  using Kind = FailedPremise::Kind;

  // Notes what does not hold; its bindings follow.
  bool Fail(FailedPremise premise) {
    if (failed_) *failed_ = std::move(premise);
    return false;
  }

  bool ReadOperations() {
    for (const auto& [term, slot] : compiled_.operations)
      if (!reader_.Read(*term, egraph_.node(match_.node(slot)), &bindings_))
        return Fail({.kind = Kind::kOperation, .term = term, .bindings = {}});
    return true;
  }

  bool ReadOperand(SymbolId symbol, engine::ClassId cls) {
    if (reader_.ReadOperand(symbol, cls, &bindings_)) return true;
    return Fail({.kind = Kind::kOperand, .symbol = symbol, .operand = cls, .bindings = {}});
  }

  bool ReadOperands() {
    for (const auto& [symbol, variable] : compiled_.variables)
      if (!ReadOperand(symbol, match_.variable(variable))) return false;
    for (const auto& [symbol, slot] : compiled_.roots)
      if (!ReadOperand(symbol, egraph_.Find(match_.cls(egraph_, slot)))) return false;
    if (!rule_.once_per_pair) return true;
    // The pair is seen in both orders; one is enough.
    return match_.node(compiled_.roots[0].second) < match_.node(compiled_.roots[1].second) ||
           Fail({.kind = Kind::kPair, .bindings = {}});
  }

  bool ReadNumbers() {
    for (const auto& [term, variable] : compiled_.numbers)
      if (!reader_.ReadNumber(*term, match_.variable(variable), &bindings_))
        return Fail({.kind = Kind::kNumber,
                     .term = term,
                     .operand = match_.variable(variable),
                     .bindings = {}});
    return true;
  }

  bool ComputeLets() {
    for (const Let& let : rule_.lets) {
      bindings_[let.symbol] = Evaluate(let.value, bindings_, reader_.facts());
      if (bindings_[let.symbol].index() == 0)
        return Fail({.kind = Kind::kLet, .code = &let.value, .symbol = let.symbol, .bindings = {}});
    }
    return true;
  }

  bool CheckComputed() {
    for (const auto& [term, slot] : compiled_.operations)
      if (!reader_.CheckComputed(*term, egraph_.node(match_.node(slot)), bindings_))
        return Fail({.kind = Kind::kComputed, .term = term, .bindings = {}});
    return true;
  }

  bool CheckGuards() {
    for (const Code& guard : rule_.guards)
      if (!Holds(guard, bindings_, reader_.facts()))
        return Fail({.kind = Kind::kGuard, .code = &guard, .bindings = {}});
    return true;
  }

  bool ReadSequences() {
    for (const CompiledPattern::Sequence& sequence : compiled_.sequences) {
      std::vector<engine::ClassId> operands;
      for (engine::ClassId operand : match_.rest(egraph_, compiled_.pattern, sequence.owner))
        operands.push_back(egraph_.Find(operand));
      bool fits = sequence.element ? ReadEach(sequence, operands)
                                   : reader_.Assign(sequence.term->symbol, operands, &bindings_);
      if (!fits) return Fail({.kind = Kind::kSequence, .term = sequence.term, .bindings = {}});
    }
    return true;
  }

  // The first operand may fit in several ways; the others follow what it bound.
  bool ReadEach(const CompiledPattern::Sequence& each,
                const std::vector<engine::ClassId>& operands) {
    if (operands.empty()) return false;
    for (engine::NodeId first : egraph_.class_nodes(operands[0])) {
      if (!FitsElement(each, first)) continue;
      Bindings attempt = bindings_;
      std::vector<engine::ClassId> elements(operands.size());
      if (!ReadElement(*each.term, first, &attempt, &elements[0])) continue;
      bool fits = true;
      for (size_t i = 1; i < operands.size() && fits; ++i)
        fits = ReadElementOfClass(each, operands[i], &attempt, &elements[i]);
      if (!fits || !reader_.Assign(each.term->list, elements, &attempt)) continue;
      bindings_ = std::move(attempt);
      return true;
    }
    return false;
  }

  bool ReadElementOfClass(const CompiledPattern::Sequence& each, engine::ClassId cls,
                          Bindings* bindings, engine::ClassId* element) {
    for (engine::NodeId node : egraph_.class_nodes(cls)) {
      if (!FitsElement(each, node)) continue;
      Bindings attempt = *bindings;
      if (!ReadElement(*each.term, node, &attempt, element)) continue;
      *bindings = std::move(attempt);
      return true;
    }
    return false;
  }

  bool FitsElement(const CompiledPattern::Sequence& each, engine::NodeId id) const {
    engine::NodeView node = egraph_.node(id);
    return egraph_.alive(id) && node.children.size() == each.term->children[0].children.size() &&
           each.element->Fits(graph_, egraph_, node);
  }

  // The node fits the element.
  bool ReadElement(const Term& each, engine::NodeId id, Bindings* bindings,
                   engine::ClassId* element) {
    const Term& body = each.children[0];
    engine::NodeView node = egraph_.node(id);
    if (!reader_.Read(body, node, bindings)) return false;
    for (size_t i = 0; i < body.children.size(); ++i) {
      const Term& child = body.children[i];
      engine::ClassId operand = egraph_.Find(node.children[i]);
      if (child.kind == Term::Kind::kVariable && child.symbol == each.symbol) {
        *element = operand;
      } else if (child.kind == Term::Kind::kVariable) {
        if (!reader_.ReadOperand(child.symbol, operand, bindings)) return false;
      } else if (!IsNumberTerm(child) || !reader_.ReadNumber(child, operand, bindings)) {
        return false;
      }
    }
    return element->valid() && reader_.CheckComputed(body, node, *bindings);
  }

  const Rule& rule_;
  const CompiledPattern& compiled_;
  const HloGraph& graph_;
  const engine::EGraph& egraph_;
  const engine::Match& match_;
  FailedPremise* failed_;
  NodeReader reader_;
  Bindings bindings_;
};

}  // namespace

CompiledPattern CompilePattern(const Rule& rule, const Direction& direction,
                               const HloGraph& graph) {
  CompiledPattern compiled;
  PatternBuilder builder(rule, graph, &compiled);
  for (size_t i = 0; i < direction.roots.size(); ++i)
    builder.AddRoot(direction.roots[i], direction.root_symbols[i]);
  if (direction.roots.size() > 1)
    for (const Code& guard : rule.guards) builder.AddEarlyGuard(guard);
  return compiled;
}

std::optional<Bindings> Bind(const Rule& rule, const CompiledPattern& compiled,
                             const HloGraph& graph, const engine::EGraph& egraph,
                             const engine::Match& match, FailedPremise* failed) {
  return Binder(rule, compiled, graph, egraph, match, failed).Run();
}

}  // namespace eqsat::rules
