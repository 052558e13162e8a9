// How an Instance makes the right side of a rule from what the left side bound.

#include <algorithm>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "rules/prove/instance.h"

namespace eqsat::rules {
namespace {

using ir::ElementType;
using ir::OpCode;

}  // namespace

Instance::TensorOr Instance::MakeRight(const Term& term, const Tensor* whole) {
  switch (term.kind) {
    case Term::Kind::kVariable: {
      const auto* operand = scope_.symbols[term.symbol].As<OperandRef>();
      if (operand) return scope_[*operand];
      return NoDenotation("a name of the right side without a tensor");
    }
    case Term::Kind::kOperation:
      return BuildOperation(term, whole);
    case Term::Kind::kIdentity:
    case Term::Kind::kFill: {
      if (!term.attributes.empty()) return NoDenotation("a number that is computed");
      EQSAT_ASSIGN_OR_RETURN(SymbolicValue type, EvaluateSymbolic(*term.dtype, scope_));
      const auto* held = type.As<ProofType>();
      if (const auto* operand = type.As<OperandRef>()) held = &scope_[*operand].type;
      if (!held) return NoDenotation("a type of the right side is not known");
      Polys dims;
      if (term.shape) {
        EQSAT_ASSIGN_OR_RETURN(SymbolicValue shape, EvaluateSymbolic(*term.shape, scope_));
        if (!shape.As<Polys>()) return NoDenotation("a shape of the right side is not known");
        dims = *shape.As<Polys>();
      }
      return NumberTensor(term, *held, dims);
    }
    case Term::Kind::kNumber:
      if (whole) return NumberTensor(term, whole->type, whole->dims);
      return NoDenotation("a number whose shape is not known");
    case Term::Kind::kPick: {
      const auto* list = scope_.symbols[term.list].As<std::vector<OperandRef>>();
      EQSAT_ASSIGN_OR_RETURN(SymbolicValue index, EvaluateSymbolic(*term.shape, scope_));
      auto at = index.As<Poly>() ? index.As<Poly>()->AsConstant() : std::nullopt;
      if (list && at && *at >= 0 && *at < static_cast<int64_t>(list->size()))
        return scope_[(*list)[*at]];
      return NoDenotation("a place in a sequence is not known");
    }
    case Term::Kind::kSpread:
    case Term::Kind::kEach:
      break;
  }
  return NoDenotation("a sequence that stands alone");
}

absl::Status Instance::BuildChildren(const Term& term, const Tensor* whole, TensorOp* op) {
  std::vector<std::pair<size_t, const Term*>> numbers;
  for (const Term& child : term.children) {
    if (child.kind == Term::Kind::kNumber) {
      numbers.emplace_back(op->operands.size(), &child);
      op->operands.push_back({});
    } else if (child.kind == Term::Kind::kSpread || child.kind == Term::Kind::kEach) {
      const bool each = child.kind == Term::Kind::kEach;
      const auto* list =
          scope_.symbols[each ? child.list : child.symbol].As<std::vector<OperandRef>>();
      if (!list) return NoDenotation("a sequence of the right side is not known");
      for (OperandRef operand : std::vector<OperandRef>(*list)) {
        if (!each) {
          op->operands.push_back(scope_[operand]);
          continue;
        }
        scope_.symbols[child.symbol] = operand;
        EQSAT_ASSIGN_OR_RETURN(Tensor made, MakeRight(child.children[0], nullptr));
        op->operands.push_back(std::move(made));
      }
    } else {
      EQSAT_ASSIGN_OR_RETURN(Tensor made, MakeRight(child, nullptr));
      op->operands.push_back(std::move(made));
    }
  }
  const bool elementwise = !op->opcode || ir::GetOpInfo(*op->opcode).Has(ir::OpTrait::kElementwise);
  for (auto [position, child] : numbers) {
    const Tensor* beside = elementwise && op->opcode != OpCode::kCompare ? whole : nullptr;
    for (size_t i = 0; i < op->operands.size(); ++i) {
      const bool number = std::ranges::any_of(numbers, [i](const auto& n) { return n.first == i; });
      const bool condition = op->opcode == OpCode::kSelect && i == 0;
      if (!number && !condition) beside = &op->operands[i];
      if (!number && !condition) break;
    }
    if (!beside) return NoDenotation("a number whose shape is not known");
    const bool index = (op->opcode == OpCode::kDynamicSlice && position >= 1) ||
                       (op->opcode == OpCode::kDynamicUpdateSlice && position >= 2);
    const bool condition = op->opcode == OpCode::kSelect && position == 0;
    ProofType type = index       ? ProofType(ElementType::kS32)
                     : condition ? ProofType(ElementType::kPred)
                                 : beside->type;
    Polys dims = elementwise ? beside->dims : Polys();
    EQSAT_ASSIGN_OR_RETURN(op->operands[position], NumberTensor(*child, type, dims));
  }
  return absl::OkStatus();
}

absl::Status Instance::BuildAttributes(const Term& term, const Tensor* whole, TensorOp* op) {
  const size_t rank = op->operands.empty() ? 0 : op->operands[0].dims.size();
  if (op->opcode == OpCode::kSlice) op->attributes["stride"] = Polys(rank, Poly(1));
  if (op->opcode == OpCode::kPad) op->attributes["interior"] = Polys(rank, Poly(0));
  if (op->opcode == OpCode::kDot)
    for (const char* name : {"lhs_batch", "lhs_contract", "rhs_batch", "rhs_contract"})
      op->attributes[name] = Polys();
  if (term.capture != kNoSymbol)
    if (const auto* held =
            scope_.symbols[term.capture].As<std::shared_ptr<const SymbolicAttributes>>())
      for (const auto& [name, value] : **held) op->attributes[name] = value;
  for (const Term::Attribute& attribute : term.attributes) {
    EQSAT_ASSIGN_OR_RETURN(SymbolicValue value, EvaluateSymbolic(attribute.value, scope_));
    op->attributes[attribute.name] = std::move(value);
  }
  if (term.dtype) {
    EQSAT_ASSIGN_OR_RETURN(SymbolicValue type, EvaluateSymbolic(*term.dtype, scope_));
    if (const auto* operand = type.As<OperandRef>()) op->type = scope_[*operand].type;
    if (const auto* held = type.As<ProofType>()) op->type = *held;
    if (!op->type) return NoDenotation("a type of the right side is not known");
  } else if (whole && (op->opcode == OpCode::kConvert || op->opcode == OpCode::kBitcastConvert ||
                       op->opcode == OpCode::kIota)) {
    op->type = whole->type;
  } else if (op->opcode == OpCode::kDot) {
    if (auto at = captured_types_.find(term.capture); at != captured_types_.end())
      op->type = at->second;
    else if (whole)
      op->type = whole->type;
  }
  if (term.shape) {
    EQSAT_ASSIGN_OR_RETURN(SymbolicValue shape, EvaluateSymbolic(*term.shape, scope_));
    const Polys* sizes = shape.As<Polys>();
    if (!sizes) return NoDenotation("a shape of the right side is not known");
    op->shape = *sizes;
  } else if (whole) {
    op->shape = whole->dims;
  }
  return absl::OkStatus();
}

Instance::TensorOr Instance::BuildOperation(const Term& term, const Tensor* whole) {
  TensorOp op{.side = RuleSide::kRight, .assumptions = &assumptions_, .make = &maker_};
  EQSAT_RETURN_IF_ERROR(SetOperator(term, &op));
  EQSAT_RETURN_IF_ERROR(BuildChildren(term, whole, &op));
  EQSAT_RETURN_IF_ERROR(BuildAttributes(term, whole, &op));
  if (op.opcode == OpCode::kCompare) {
    const auto* direction = op.attributes["direction"].As<std::string>();
    if (!direction) return NoDenotation("the direction of a comparison is not known");
    op.name = base::StrCat(" ", *direction, op.name);
  }
  return Denote(op);
}

}  // namespace eqsat::rules
