// How an Instance reads and chooses the attributes and shapes of the left side.

#include <algorithm>
#include <array>
#include <numeric>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/compile/bound_symbols.h"
#include "rules/prove/instance.h"

namespace eqsat::rules {
namespace {

using ir::OpCode;

// Attributes that denotations know, by op.
struct KnownAttributes {
  OpCode opcode;
  std::vector<std::string> names;
};
const std::vector<KnownAttributes>& AllKnown() {
  static const auto* const kKnown = new std::vector<KnownAttributes>{
      {OpCode::kTranspose, {"perm"}},
      {OpCode::kBroadcast, {"dims"}},
      {OpCode::kReverse, {"dims"}},
      {OpCode::kIota, {"dim"}},
      {OpCode::kSlice, {"start", "limit", "stride"}},
      {OpCode::kPad, {"low", "high", "interior"}},
      {OpCode::kConcatenate, {"dim"}},
      {OpCode::kDynamicSlice, {"sizes"}},
      {OpCode::kReduce, {"dims"}},
      {OpCode::kDot, {"lhs_batch", "lhs_contract", "rhs_batch", "rhs_contract"}},
      {OpCode::kCompare, {"direction"}},
  };
  return *kKnown;
}
const std::vector<std::string>& KnownNames(std::optional<OpCode> opcode) {
  static const auto* const kNone = new std::vector<std::string>();
  for (const KnownAttributes& known : AllKnown())
    if (known.opcode == opcode) return known.names;
  return *kNone;
}

const Term::Attribute* FindAttribute(const Term& term, std::string_view name) {
  for (const Term::Attribute& attribute : term.attributes)
    if (attribute.name == name) return &attribute;
  return nullptr;
}

}  // namespace

bool Instance::IsBound(const Code& code) const {
  if (code.kind == Code::Kind::kSymbol) return !scope_.symbols[code.symbol].IsUndefined();
  return std::ranges::all_of(code.arguments, [this](const Code& c) { return IsBound(c); });
}

absl::Status Instance::Bind(const Code& pattern, const SymbolicValue& actual) {
  if (pattern.kind == Code::Kind::kSymbol) {
    SymbolicValue& held = scope_.symbols[pattern.symbol];
    if (!held.IsUndefined()) return RequireEqual(held, actual, scope_);
    held = actual;
    return absl::OkStatus();
  }
  const Polys* list = actual.As<Polys>();
  if (IsReadable(pattern) && pattern.kind == Code::Kind::kList && list) {
    if (list->size() != pattern.arguments.size()) return NoInstance();
    for (size_t i = 0; i < list->size(); ++i)
      EQSAT_RETURN_IF_ERROR(Bind(pattern.arguments[i], (*list)[i]));
    return absl::OkStatus();
  }
  EQSAT_ASSIGN_OR_RETURN(SymbolicValue value, EvaluateSymbolic(pattern, scope_));
  return RequireEqual(value, actual, scope_);
}

// `count` distinct dims in any order, or any number of them, none of which is taken.
Ints Instance::ChooseDims(size_t rank, std::optional<size_t> count, const Ints& taken) {
  Choices& choices = assumptions_.choices();
  Ints left;
  for (int64_t d = 0; d < static_cast<int64_t>(rank); ++d)
    if (std::ranges::find(taken, d) == taken.end()) left.push_back(d);
  const size_t length = count
                            ? std::min(*count, left.size())
                            : static_cast<size_t>(choices.Pick(static_cast<int>(left.size()) + 1));
  Ints chosen;
  while (chosen.size() < length && !left.empty()) {
    auto at = left.begin() + choices.Pick(static_cast<int>(left.size()));
    chosen.push_back(*at);
    left.erase(at);
  }
  return chosen;
}

absl::StatusOr<SymbolicValue> Instance::ChooseAttribute(const TensorOp& op,
                                                        const std::string& name) {
  const size_t rank = op.operands.empty() ? 0 : op.operands[0].dims.size();
  auto plain = [](const Ints& list) { return SymbolicValue(Polys(list.begin(), list.end())); };
  if (name == "perm") return plain(ChooseDims(rank, rank));
  if (name == "dims" && op.opcode == OpCode::kBroadcast) {
    const size_t extra = op.shape
                             ? 0
                             : static_cast<size_t>(assumptions_.choices().Pick(
                                   bounds_.max_rank + 1 -
                                   static_cast<int>(std::min<size_t>(rank, bounds_.max_rank))));
    const size_t to = op.shape ? op.shape->size() : rank + extra;
    if (to < rank) return NoInstance();
    return plain(ChooseDims(to, rank));
  }
  if (name == "dims") return plain(ChooseDims(rank, std::nullopt));
  if (name == "dim" && op.opcode == OpCode::kIota) {
    if (!op.shape || op.shape->empty()) return NoInstance();
    return SymbolicValue(Poly(assumptions_.choices().Pick(static_cast<int>(op.shape->size()))));
  }
  if (name == "dim") {
    if (rank == 0) return NoInstance();
    return SymbolicValue(Poly(assumptions_.choices().Pick(static_cast<int>(rank))));
  }
  if (name == "low" || name == "high") {
    Polys list;
    while (list.size() < rank) list.push_back(assumptions_.NewVar(Assumptions::Sign::kAny));
    return SymbolicValue(list);
  }
  if (name == "start" || name == "limit" || name == "stride" || name == "interior" ||
      name == "sizes")
    return SymbolicValue(NewSizes(rank));
  if (name == "direction") {
    constexpr std::array<const char*, 6> kDirections = {"EQ", "NE", "GE", "GT", "LE", "LT"};
    return SymbolicValue(std::string(kDirections[assumptions_.choices().Pick(6)]));
  }
  if (op.opcode == OpCode::kDot) return ChooseDotDims(op, name);
  return NoDenotation(base::StrCat("the attribute ", name));
}

// Dims of one operand of a dot, beside its other list and as many as in that of the other operand.
absl::StatusOr<SymbolicValue> Instance::ChooseDotDims(const TensorOp& op, const std::string& name) {
  auto chosen = [&](const std::string& other) -> std::optional<Ints> {
    absl::StatusOr<Ints> list = op.PlainList(other);
    return list.ok() ? std::optional(*std::move(list)) : std::nullopt;
  };
  const std::string side = name.substr(0, 3);
  const std::string list = name.substr(4);
  const size_t rank = op.operands[side == "lhs" ? 0 : 1].dims.size();
  const Ints taken = chosen(side + (list == "batch" ? "_contract" : "_batch")).value_or(Ints());
  const std::optional<Ints> partner = chosen((side == "lhs" ? "rhs_" : "lhs_") + list);
  if (partner && partner->size() + taken.size() > rank) return NoInstance();
  const Ints dims =
      ChooseDims(rank, partner ? std::optional(partner->size()) : std::nullopt, taken);
  return SymbolicValue(Polys(dims.begin(), dims.end()));
}

// An attribute is bound, captured, chosen or silent.
absl::Status Instance::ReadAttributes(const Term& term, TensorOp* op) {
  const std::vector<std::string>& names = KnownNames(op->opcode);
  bool names_lists = false;
  for (const std::string& name : names) names_lists |= FindAttribute(term, name) != nullptr;
  const SymbolicAttributes* captured = nullptr;
  if (term.capture != kNoSymbol)
    if (const auto* held =
            scope_.symbols[term.capture].As<std::shared_ptr<const SymbolicAttributes>>())
      captured = held->get();
  SymbolicAttributes rest;
  for (const std::string& name : names) {
    const Term::Attribute* pattern = FindAttribute(term, name);
    SymbolicValue value;
    const bool captures = !pattern && term.capture != kNoSymbol && !names_lists;
    const size_t rank = op->operands.empty() ? 0 : op->operands[0].dims.size();
    if (pattern && IsBound(pattern->value)) {
      EQSAT_ASSIGN_OR_RETURN(value, EvaluateSymbolic(pattern->value, scope_));
      if (value.IsUndefined()) return NoInstance();
    } else if (captures && captured && captured->contains(name)) {
      value = captured->at(name);
    } else if (pattern || captures) {
      op->attributes.erase(name);
      EQSAT_ASSIGN_OR_RETURN(value, ChooseAttribute(*op, name));
    } else if (name == "stride") {
      value = Polys(rank, Poly(1));
    } else if (name == "interior") {
      value = Polys(rank, Poly(0));
    } else {
      value = Polys();
    }
    op->attributes[name] = value;
    if (pattern) EQSAT_RETURN_IF_ERROR(Bind(pattern->value, value));
    if (captures) rest[name] = value;
  }
  // What no denotation looks at is one thing wherever it has one name.
  for (const Term::Attribute& attribute : term.attributes) {
    const bool known = std::ranges::find(names, attribute.name) != names.end();
    const bool open = !known && attribute.value.kind == Code::Kind::kSymbol;
    if (open && scope_.symbols[attribute.value.symbol].IsUndefined())
      scope_.symbols[attribute.value.symbol] = Unknown();
  }
  if (term.capture != kNoSymbol && !captured)
    scope_.symbols[term.capture] = std::make_shared<const SymbolicAttributes>(std::move(rest));
  return absl::OkStatus();
}

// The result's sizes and type for ops that state them.
absl::Status Instance::ReadShape(const Term& term, TensorOp* op, const Want& want) {
  if (term.dtype && IsBound(*term.dtype)) {
    EQSAT_ASSIGN_OR_RETURN(SymbolicValue type, EvaluateSymbolic(*term.dtype, scope_));
    if (const auto* operand = type.As<OperandRef>()) op->type = scope_[*operand].type;
    if (const auto* held = type.As<ProofType>()) op->type = *held;
  }
  const bool states_type = op->opcode == OpCode::kConvert || op->opcode == OpCode::kIota ||
                           op->opcode == OpCode::kBitcastConvert ||
                           (op->opcode == OpCode::kDot && term.dtype);
  if (states_type && !op->type) {
    if (term.dtype && term.dtype->kind == Code::Kind::kSymbol) {
      EQSAT_ASSIGN_OR_RETURN(op->type, TypeOfSymbol(term.dtype->symbol, want));
    } else {
      EQSAT_ASSIGN_OR_RETURN(op->type, ChooseType({}, want));
    }
  }
  const bool states_shape = op->opcode == OpCode::kBroadcast || op->opcode == OpCode::kReshape ||
                            op->opcode == OpCode::kIota;
  if (!states_shape) return absl::OkStatus();
  if (term.shape && IsBound(*term.shape)) {
    EQSAT_ASSIGN_OR_RETURN(SymbolicValue shape, EvaluateSymbolic(*term.shape, scope_));
    const Polys* sizes = shape.As<Polys>();
    if (!sizes) return NoDenotation("a shape of the left side is not known");
    op->shape = *sizes;
    return absl::OkStatus();
  }
  size_t least = 0;
  if (op->opcode == OpCode::kBroadcast) least = op->operands[0].dims.size();
  if (op->opcode == OpCode::kIota) least = 1;
  size_t rank = want.rank.value_or(0);
  if (term.shape && term.shape->kind == Code::Kind::kList)
    rank = term.shape->arguments.size();
  else if (!want.rank) {
    const int most = std::max(bounds_.max_rank, static_cast<int>(least));
    rank = least +
           static_cast<size_t>(assumptions_.choices().Pick(most + 1 - static_cast<int>(least)));
  }
  if (rank < least) return NoInstance();
  op->shape = NewSizes(rank);
  return absl::OkStatus();
}

absl::Status Instance::BindResult(const Term& term, const Tensor& result) {
  if (term.shape) EQSAT_RETURN_IF_ERROR(Bind(*term.shape, SymbolicValue(result.dims)));
  if (term.dtype && term.dtype->kind == Code::Kind::kSymbol) {
    SymbolicValue& held = scope_.symbols[term.dtype->symbol];
    if (held.IsUndefined()) held = result.type;
    const auto* type = held.As<ProofType>();
    if (type && !type->is_abstract() && !result.type.is_abstract() && *type != result.type)
      return NoInstance();
  }
  return absl::OkStatus();
}

}  // namespace eqsat::rules
