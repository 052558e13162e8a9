#include "rules/prove/instance.h"

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "rules/compile/vocabulary.h"
#include "rules/prove/rank_bound.h"
#include "rules/prove/representatives.h"

namespace eqsat::rules {
namespace {

using ir::OpCode;

// A set of no more ops than this is proved op by op, a larger one for any op at once.
constexpr size_t kMaxOpsInTurn = 8;

}  // namespace

Instance::Instance(const Rule& rule, const Direction& direction, InstanceBounds bounds,
                   Assumptions* assumptions)
    : rule_(rule),
      direction_(direction),
      bounds_(bounds),
      assumptions_(*assumptions),
      maker_(assumptions, Numerics::kExact),
      representatives_(RepresentativesOf(rule)) {
  scope_.assumptions = assumptions;
  scope_.symbols.resize(rule.symbols.size());
}

// What tells an elementwise op from others of its opcode: attributes of equal text are equal.
absl::StatusOr<std::string> Instance::OpaqueAttributes(const Term& term) {
  std::string text;
  if (term.capture != kNoSymbol) text = rule_.symbols[term.capture].name;
  for (const Term::Attribute& attribute : term.attributes) {
    if (attribute.name == "direction") continue;
    base::StrAppend(&text, " ", attribute.name, "=");
    if (attribute.value.kind == Code::Kind::kSymbol) {
      base::StrAppend(&text, rule_.symbols[attribute.value.symbol].name);
      continue;
    }
    EQSAT_ASSIGN_OR_RETURN(SymbolicValue value, EvaluateSymbolic(attribute.value, scope_));
    const auto* number = value.As<Poly>();
    const auto* word = value.As<std::string>();
    if (!number && !word) return NoDenotation(base::StrCat("the attribute ", attribute.name));
    base::StrAppend(&text, number ? assumptions_.Simplify(*number).ToString() : "'" + *word);
  }
  return text;
}

absl::Status Instance::SetOperator(const Term& term, TensorOp* op) {
  Choices& choices = assumptions_.choices();
  op->opcode = term.opcode;
  if (!term.opcode) {
    SymbolicValue& held = scope_.symbols[term.operator_symbol];
    if (held.IsUndefined()) {
      const std::vector<OpCode>& allowed = rule_.symbols[term.operator_symbol].opcodes;
      OperatorRef chosen{.name = rule_.symbols[term.operator_symbol].name};
      if (allowed.size() <= kMaxOpsInTurn)
        chosen.opcode = allowed[choices.Pick(static_cast<int>(allowed.size()))];
      held = chosen;
    }
    op->opcode = held.As<OperatorRef>()->opcode;
    if (!op->opcode && bounds_.typing == Typing::kConcrete)
      return NoDenotation("an operator variable in an argument about values");
    if (!op->opcode) op->name = held.As<OperatorRef>()->name;
  }
  if (!op->opcode || ir::GetOpInfo(*op->opcode).Has(ir::OpTrait::kElementwise)) {
    EQSAT_ASSIGN_OR_RETURN(std::string attributes, OpaqueAttributes(term));
    op->name += attributes;
  }
  if (!term.region.present()) return absl::OkStatus();
  op->reducer.opcode = term.region.opcode;
  if (term.region.symbol == kNoSymbol) return absl::OkStatus();
  SymbolicValue& held = scope_.symbols[term.region.symbol];
  if (held.IsUndefined()) {
    const std::vector<OpCode>& allowed = rule_.symbols[term.region.symbol].opcodes;
    OperatorRef chosen{.name = rule_.symbols[term.region.symbol].name};
    if (!allowed.empty()) chosen.opcode = allowed[choices.Pick(static_cast<int>(allowed.size()))];
    held = chosen;
  }
  op->reducer = *held.As<OperatorRef>();
  return absl::OkStatus();
}

absl::StatusOr<Tensor> Instance::NumberTensor(const Term& term, ProofType type, Polys dims) {
  Element element;
  if (term.kind == Term::Kind::kIdentity) {
    std::optional<OpCode> kind = term.region.opcode;
    if (term.region.symbol != kNoSymbol) {
      SymbolicValue& held = scope_.symbols[term.region.symbol];
      if (const auto* reducer = held.As<OperatorRef>()) kind = reducer->opcode;
    }
    if (!kind) return NoDenotation("the identity of a reducer that is not known");
    element = ElementMaker::IdentityOf(*kind, type);
    if (!element && IsOpaque(type)) return NoDenotation("the identity for a type not known");
    if (!element) return NoInstance();
    // A pattern also takes +0 for the identity of a sum.
    const bool is_float = !type.is_abstract() && ir::IsFloat(type.concrete());
    if (is_float && kind == OpCode::kAdd && assumptions_.choices().Pick(2) == 1)
      element = ElementMaker::Number(type, 0);
  } else if (type.is_abstract()) {
    element = ElementMaker::Number(type, term.number);
  } else {
    std::optional<ir::Literal> scalar = ScalarOf(term.number, type.concrete());
    if (!scalar) return NoInstance();
    const bool is_complex = ir::IsComplex(type.concrete());
    element = ElementMaker::Number(type, is_complex ? term.number : scalar->AsDouble(0));
  }
  auto at = [element](const Polys&) -> absl::StatusOr<Element> { return element; };
  return Tensor{std::move(dims), type, at};
}

absl::Status Instance::CheckGuards() {
  for (const Let& let : rule_.lets) {
    EQSAT_ASSIGN_OR_RETURN(SymbolicValue value, EvaluateSymbolic(let.value, scope_));
    if (value.IsUndefined()) return NoInstance();
    scope_.symbols[let.symbol] = std::move(value);
  }
  for (const Code& guard : rule_.guards) {
    if (!bounds_.all_guards && !IsLocal(guard, rule_)) continue;
    EQSAT_ASSIGN_OR_RETURN(bool holds, HoldsSymbolic(guard, scope_));
    if (!holds) return NoInstance();
  }
  return absl::OkStatus();
}

absl::Status Instance::ChooseNumerics() {
  for (const NumericsCase& c : rule_.numerics) {
    bool holds = true;
    if (c.condition) {
      EQSAT_ASSIGN_OR_RETURN(SymbolicValue value, EvaluateSymbolic(*c.condition, scope_));
      // Where the class hangs on a type that is open, the strictest is proved.
      if (value.IsUnknown()) {
        maker_.set_numerics(Numerics::kExact);
        return absl::OkStatus();
      }
      holds = value.As<bool>() && *value.As<bool>();
    }
    if (!holds) continue;
    numerics_ = &c;
    maker_.set_numerics(c.numerics);
    return absl::OkStatus();
  }
  return NoInstance();
}

absl::StatusOr<std::vector<Sides>> Instance::Build() {
  std::vector<Tensor> lefts;
  for (size_t i = 0; i < direction_.roots.size(); ++i) {
    EQSAT_ASSIGN_OR_RETURN(Tensor left, MakeLeft(direction_.roots[i], Want()));
    lefts.push_back(left);
    scope_.operands.push_back(std::move(left));
    if (i < direction_.root_symbols.size() && direction_.root_symbols[i] != kNoSymbol)
      scope_.symbols[direction_.root_symbols[i]] =
          OperandRef{static_cast<int>(scope_.operands.size()) - 1};
  }
  EQSAT_RETURN_IF_ERROR(CheckGuards());
  EQSAT_RETURN_IF_ERROR(ChooseNumerics());
  std::vector<Sides> sides;
  for (const Result& result : direction_.results) {
    const Tensor* whole = result.root >= 0 ? &lefts[result.root] : nullptr;
    EQSAT_ASSIGN_OR_RETURN(Tensor right, MakeRight(result.term, whole));
    if (whole) {
      sides.push_back({*whole, right});
      continue;
    }
    scope_.operands.push_back(std::move(right));
    scope_.symbols[result.symbol] = OperandRef{static_cast<int>(scope_.operands.size()) - 1};
  }
  return sides;
}

}  // namespace eqsat::rules
