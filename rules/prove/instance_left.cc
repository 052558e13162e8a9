// How an Instance makes the left side of a rule.

#include <algorithm>
#include <array>
#include <set>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "rules/prove/instance.h"

namespace eqsat::rules {
namespace {

using ir::ElementType;
using ir::OpCode;

bool IsNumberTerm(const Term& term) {
  return term.kind == Term::Kind::kNumber || term.kind == Term::Kind::kIdentity ||
         term.kind == Term::Kind::kFill;
}
bool IsSequence(const Term& term) {
  return term.kind == Term::Kind::kSpread || term.kind == Term::Kind::kEach;
}

bool IsElementwise(std::optional<OpCode> opcode) {
  return !opcode || ir::GetOpInfo(*opcode).Has(ir::OpTrait::kElementwise);
}

}  // namespace

OperandRef Instance::NewLeaf(const std::string& name, Polys dims, ProofType type, bool is_index) {
  const int leaf = static_cast<int>(scope_.leaves.size());
  scope_.leaves.push_back({.name = name, .any_width = is_index});
  auto at = [this, leaf, dims, type](const Polys& indices) -> absl::StatusOr<Element> {
    if (scope_.leaves[leaf].integer) return maker_.Index(type, *scope_.leaves[leaf].integer);
    for (ElementFact fact : scope_.leaves[leaf].facts)
      if (Element known = ElementMaker::Known(fact, type)) return known;
    Polys places = indices;
    for (size_t i = 0; i < places.size(); ++i)
      if (assumptions_.Simplify(dims[i]) == Poly(1)) places[i] = 0;
    return maker_.Read(type, leaf, std::move(places));
  };
  scope_.operands.push_back({dims, type, at, leaf});
  return {static_cast<int>(scope_.operands.size()) - 1};
}

size_t Instance::ChooseRank(const Want& want) {
  if (want.rank) return *want.rank;
  return static_cast<size_t>(assumptions_.choices().Pick(bounds_.max_rank + 1));
}

Polys Instance::NewSizes(size_t rank) {
  Polys sizes;
  while (sizes.size() < rank) sizes.push_back(assumptions_.NewVar(Assumptions::Sign::kNonNegative));
  return sizes;
}

absl::StatusOr<ProofType> Instance::ChooseType(const std::vector<ElementType>& allowed,
                                               const Want& want) {
  if (want.type) {
    const bool fits = allowed.empty() || want.type->is_abstract() ||
                      std::ranges::find(allowed, want.type->concrete()) != allowed.end();
    if (!fits) return NoInstance();
    return *want.type;
  }
  if (allowed.size() == 1) return ProofType(allowed[0]);
  if (bounds_.typing == Typing::kAbstract) return ProofType(next_abstract_++);
  std::vector<ElementType> chosen;
  for (ElementType type : representatives_) {
    if (allowed.empty() || std::ranges::find(allowed, type) != allowed.end())
      chosen.push_back(type);
  }
  if (chosen.empty()) chosen = allowed;
  return ProofType(chosen[assumptions_.choices().Pick(static_cast<int>(chosen.size()))]);
}

absl::StatusOr<ProofType> Instance::TypeOfSymbol(SymbolId symbol, const Want& want) {
  SymbolicValue& held = scope_.symbols[symbol];
  if (const auto* type = held.As<ProofType>()) {
    const bool differ = want.type && *want.type != *type;
    if (differ && !want.type->is_abstract() && !type->is_abstract()) return NoInstance();
    return *type;
  }
  EQSAT_ASSIGN_OR_RETURN(ProofType type, ChooseType(rule_.symbols[symbol].element_types, want));
  held = type;
  return type;
}

// Sizes that a declared type names keep their names.
absl::StatusOr<Polys> Instance::DeclaredDims(const TypePattern& type) {
  using DimKind = TypeDecl::Dim::Kind;
  Polys dims;
  for (const TypePattern::Dim& dim : type.dims) {
    if (dim.kind == DimKind::kSize) {
      dims.push_back(Poly(dim.size));
      continue;
    }
    const bool named = dim.symbol != kNoSymbol;
    const bool sequence = dim.kind == DimKind::kSequence || dim.kind == DimKind::kAnySequence;
    if (named && !scope_.symbols[dim.symbol].IsUndefined()) {
      const SymbolicValue& held = scope_.symbols[dim.symbol];
      if (const auto* size = held.As<Poly>()) dims.push_back(*size);
      if (const auto* list = held.As<Polys>()) dims.insert(dims.end(), list->begin(), list->end());
      continue;
    }
    const Polys fresh = NewSizes(sequence ? ChooseRank(Want()) : 1);
    if (named && sequence) scope_.symbols[dim.symbol] = fresh;
    if (named && !sequence) scope_.symbols[dim.symbol] = fresh[0];
    dims.insert(dims.end(), fresh.begin(), fresh.end());
  }
  return dims;
}

// Whether the ranks chosen so far are as the rule's conditions want them; most choices are not.
bool Instance::RanksFit() const {
  auto rank_of = [&](const Code& code) -> std::optional<size_t> {
    const bool asks = code.kind == Code::Kind::kCall && code.function->name == "rank" &&
                      code.arguments[0].kind == Code::Kind::kSymbol;
    const auto* operand =
        asks ? scope_.symbols[code.arguments[0].symbol].As<OperandRef>() : nullptr;
    return operand ? std::optional(scope_[*operand].dims.size()) : std::nullopt;
  };
  return std::ranges::all_of(rule_.guards, [&](const Code& guard) {
    if (guard.kind != Code::Kind::kOperator || guard.op != "==") return true;
    const std::optional<size_t> left = rank_of(guard.arguments[0]);
    const std::optional<size_t> right = rank_of(guard.arguments[1]);
    return !left || !right || left == right;
  });
}

// Whether an expression speaks of types alone, all of which are chosen.
bool Instance::IsOfChosenTypes(const Code& code) const {
  if (code.kind == Code::Kind::kSymbol)
    return scope_.symbols[code.symbol].As<ProofType>() != nullptr;
  if (code.kind == Code::Kind::kLiteral) return std::holds_alternative<ElementType>(code.literal);
  if (code.kind == Code::Kind::kCall || code.arguments.empty()) return false;
  return std::ranges::all_of(code.arguments,
                             [this](const Code& part) { return IsOfChosenTypes(part); });
}

// The same of types.
absl::StatusOr<bool> Instance::TypesFit() {
  for (const Code& guard : rule_.guards) {
    if (!IsOfChosenTypes(guard)) continue;
    EQSAT_ASSIGN_OR_RETURN(SymbolicValue value, EvaluateSymbolic(guard, scope_));
    if (value.As<bool>() && !*value.As<bool>()) return false;
  }
  return true;
}

Instance::TensorOr Instance::MakeVariable(const Term& term, const Want& want) {
  SymbolicValue& held = scope_.symbols[term.symbol];
  if (const auto* operand = held.As<OperandRef>()) {
    const Tensor& known = scope_[*operand];
    if (want.rank && known.dims.size() != *want.rank) return NoInstance();
    const bool differ = want.type && *want.type != known.type;
    if (differ && !want.type->is_abstract() && !known.type.is_abstract()) return NoInstance();
    return known;
  }
  const Symbol& symbol = rule_.symbols[term.symbol];
  ProofType type;
  if (symbol.type && symbol.type->dtype != kNoSymbol) {
    EQSAT_ASSIGN_OR_RETURN(type, TypeOfSymbol(symbol.type->dtype, want));
  } else {
    EQSAT_ASSIGN_OR_RETURN(
        type,
        ChooseType(symbol.type ? symbol.type->element_types : std::vector<ElementType>(), want));
  }
  Polys dims;
  if (symbol.type && symbol.type->has_dims) {
    EQSAT_ASSIGN_OR_RETURN(dims, DeclaredDims(*symbol.type));
    if (want.rank && dims.size() != *want.rank) return NoInstance();
  } else {
    dims = NewSizes(ChooseRank(want));
  }
  held = NewLeaf(symbol.name, std::move(dims), type, want.is_index);
  EQSAT_ASSIGN_OR_RETURN(const bool types_fit, TypesFit());
  if (!types_fit || !RanksFit()) return NoInstance();
  return scope_[*scope_.symbols[term.symbol].As<OperandRef>()];
}

Instance::TensorOr Instance::MakeLeft(const Term& term, const Want& want) {
  if (term.kind == Term::Kind::kVariable) return MakeVariable(term, want);
  if (term.kind == Term::Kind::kOperation) return MakeOperation(term, want);
  if (!IsNumberTerm(term)) return NoDenotation("a sequence that stands alone");
  ProofType type;
  if (term.dtype && term.dtype->kind == Code::Kind::kSymbol) {
    EQSAT_ASSIGN_OR_RETURN(type, TypeOfSymbol(term.dtype->symbol, want));
  } else {
    EQSAT_ASSIGN_OR_RETURN(type, ChooseType({}, want));
  }
  return NumberTensor(term, type, NewSizes(ChooseRank(want)));
}

absl::Status Instance::MakeSequence(const Term& term, const Want& want, size_t count,
                                    TensorOp* op) {
  const SymbolId list = term.kind == Term::Kind::kSpread ? term.symbol : term.list;
  if (const auto* bound = scope_.symbols[list].As<std::vector<OperandRef>>()) {
    if (term.kind == Term::Kind::kEach) return NoDenotation("a sequence that is read twice");
    for (OperandRef operand : *bound) op->operands.push_back(scope_[operand]);
    return absl::OkStatus();
  }
  std::vector<OperandRef> elements;
  for (size_t i = 0; i < count; ++i) {
    Want each = want;
    if (!op->operands.empty()) each.rank = op->operands[0].dims.size();
    if (IsScalarOperand(op->opcode, op->operands.size())) each.rank = 0;
    if (term.kind == Term::Kind::kEach) {
      scope_.symbols[term.symbol] = Undefined();
      EQSAT_ASSIGN_OR_RETURN(Tensor made, MakeLeft(term.children[0], each));
      op->operands.push_back(made);
      const auto* element = scope_.symbols[term.symbol].As<OperandRef>();
      if (!element) return NoDenotation("a sequence whose elements have no names");
      elements.push_back(*element);
      continue;
    }
    const bool index = IsIndexOperand(op->opcode, op->operands.size());
    ProofType type = ElementType::kS32;
    if (!index) {
      EQSAT_ASSIGN_OR_RETURN(type, ChooseType({}, each));
    }
    elements.push_back(NewLeaf(base::StrCat(rule_.symbols[list].name, "[", i, "]"),
                               NewSizes(ChooseRank(each)), type, index));
    op->operands.push_back(scope_[elements.back()]);
  }
  if (term.kind == Term::Kind::kEach) scope_.symbols[term.symbol] = Undefined();
  scope_.symbols[list] = elements;
  return absl::OkStatus();
}

// What the result says of the operands.
Instance::Want Instance::BelowOf(std::optional<OpCode> opcode, const Want& want) {
  static const auto* const kOtherTypes = new std::set<std::optional<OpCode>>{
      std::nullopt, OpCode::kCompare, OpCode::kIsFinite, OpCode::kReal,          OpCode::kImag,
      OpCode::kAbs, OpCode::kComplex, OpCode::kConvert,  OpCode::kBitcastConvert};
  static const auto* const kSameRank = new std::set<std::optional<OpCode>>{
      OpCode::kTranspose,   OpCode::kSlice,        OpCode::kReverse,           OpCode::kPad,
      OpCode::kConcatenate, OpCode::kDynamicSlice, OpCode::kDynamicUpdateSlice};
  Want below;
  if (!kOtherTypes->contains(opcode) && opcode != OpCode::kDot) below.type = want.type;
  if (IsElementwise(opcode) || kSameRank->contains(opcode)) below.rank = want.rank;
  return below;
}

absl::StatusOr<size_t> Instance::SequenceLength(const TensorOp& op) {
  if (op.opcode == OpCode::kConcatenate) {
    const int count = assumptions_.choices().Pick(bounds_.max_operands + 1);
    if (op.operands.empty() && count == 0) return NoInstance();
    return static_cast<size_t>(count);
  }
  if (IsIndexOperand(op.opcode, op.operands.size())) return op.operands[0].dims.size();
  return NoDenotation("a sequence of operands of this op");
}

// Operands first, then numbers, which take their sizes from those.
absl::Status Instance::MakeChildren(const Term& term, const Want& want, TensorOp* op) {
  const bool elementwise = IsElementwise(op->opcode);
  const bool same_rank = elementwise || op->opcode == OpCode::kConcatenate ||
                         op->opcode == OpCode::kDynamicUpdateSlice;
  const bool mixes = op->opcode == OpCode::kDot;
  Want below = BelowOf(op->opcode, want);
  for (size_t i = 0; i < term.children.size(); ++i) {
    const Term& child = term.children[i];
    Want each = below;
    const bool condition = op->opcode == OpCode::kSelect && i == 0;
    const bool bound = op->opcode == OpCode::kClamp && i != 1;
    if (condition) each.type = ProofType(ElementType::kPred);
    if (IsScalarOperand(op->opcode, i)) each.rank = 0;
    each.is_index = IsIndexOperand(op->opcode, i);
    if (each.is_index) each.type = ProofType(ElementType::kS32);
    if (IsSequence(child)) {
      EQSAT_ASSIGN_OR_RETURN(size_t count, SequenceLength(*op));
      EQSAT_RETURN_IF_ERROR(MakeSequence(child, each, count, op));
      continue;
    }
    if (IsNumberTerm(child) && elementwise) {
      op->operands.push_back({});
      continue;
    }
    if ((condition || bound) && assumptions_.choices().Pick(2) == 1) each.rank = 0;
    EQSAT_ASSIGN_OR_RETURN(Tensor made, MakeLeft(child, each));
    if (!condition && !below.type && !mixes) below.type = made.type;
    if (same_rank && !condition && !bound && !below.rank) below.rank = made.dims.size();
    op->operands.push_back(std::move(made));
  }
  return elementwise ? MakeNumbers(term, below.type, op) : absl::OkStatus();
}

// Of an elementwise operation: alike to the operands beside them, to a condition only if there is
// nothing else.
absl::Status Instance::MakeNumbers(const Term& term, std::optional<ProofType> type, TensorOp* op) {
  const bool selects = op->opcode == OpCode::kSelect;
  const Tensor* beside = nullptr;
  for (size_t i = term.children.size(); i-- > 0;)
    if (!IsNumberTerm(term.children[i]) && !(selects && i == 0 && beside))
      beside = &op->operands[i];
  for (size_t i = 0; i < term.children.size(); ++i) {
    const Term& child = term.children[i];
    if (!IsNumberTerm(child)) continue;
    if (!beside) return NoDenotation("an operation on numbers alone");
    const ProofType own =
        selects && i == 0 ? ProofType(ElementType::kPred) : type.value_or(beside->type);
    const Polys dims = beside->dims;
    EQSAT_ASSIGN_OR_RETURN(Tensor number, NumberTensor(child, own, dims));
    op->operands[i] = std::move(number);
    if (!child.dtype || child.dtype->kind != Code::Kind::kSymbol) continue;
    SymbolicValue& held = scope_.symbols[child.dtype->symbol];
    if (held.IsUndefined()) held = own;
  }
  return absl::OkStatus();
}

// A dot's result is of the type that the program states, whatever those of its operands.
absl::Status Instance::ChooseSumType(const Term& term, const Want& want, TensorOp* op) {
  auto captured = captured_types_.find(term.capture);
  if (!op->type && captured != captured_types_.end()) op->type = captured->second;
  if (!op->type) op->type = want.type;
  // That it may be the type of an operand is one case of any type.
  if (!op->type && bounds_.typing == Typing::kAbstract) op->type = ProofType(next_abstract_++);
  if (!op->type) {
    EQSAT_ASSIGN_OR_RETURN(op->type, ChooseType({}, Want()));
  }
  if (term.capture != kNoSymbol) captured_types_[term.capture] = *op->type;
  return absl::OkStatus();
}

Instance::TensorOr Instance::MakeOperation(const Term& term, const Want& want) {
  TensorOp op{.side = RuleSide::kLeft, .assumptions = &assumptions_, .make = &maker_};
  EQSAT_RETURN_IF_ERROR(SetOperator(term, &op));
  EQSAT_RETURN_IF_ERROR(MakeChildren(term, want, &op));
  EQSAT_RETURN_IF_ERROR(ReadShape(term, &op, want));
  EQSAT_RETURN_IF_ERROR(ReadAttributes(term, &op));
  if (op.opcode == OpCode::kDot) EQSAT_RETURN_IF_ERROR(ChooseSumType(term, want, &op));
  if (op.opcode == OpCode::kCompare) {
    const auto* direction = op.attributes["direction"].As<std::string>();
    if (direction) op.name = base::StrCat(" ", *direction, op.name);
  }
  EQSAT_ASSIGN_OR_RETURN(Tensor result, Denote(op));
  if (want.rank && result.dims.size() != *want.rank) return NoInstance();
  EQSAT_RETURN_IF_ERROR(BindResult(term, result));
  EQSAT_ASSIGN_OR_RETURN(const bool types_fit, TypesFit());
  if (!types_fit) return NoInstance();
  return result;
}

}  // namespace eqsat::rules
