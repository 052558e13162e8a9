// Denotations of elementwise ops and conversions.

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "rules/prove/denote.h"

namespace eqsat::rules {
namespace {

using ir::OpCode;

// Complex numbers of an abstract type, and the type of their parts.
constexpr int kComplexOffset = 1 << 16;

// The result's type, or a misfit where the op does not take the operands' types.
absl::StatusOr<ProofType> ResultType(const TensorOp& op) {
  const ProofType first = op.operands.back().type;
  if (!op.opcode) return ProofType(first.id + 2 * kComplexOffset);  // an operator's own
  bool concrete = true;
  std::vector<ir::Shape> shapes;
  for (const Tensor& operand : op.operands) {
    concrete = concrete && !operand.type.is_abstract();
    if (concrete) shapes.emplace_back(operand.type.concrete(), ir::DimensionVector());
  }
  if (concrete) {
    auto shape = ir::InferShape({.opcode = *op.opcode,
                                 .operands = shapes,
                                 .attributes = ir::GetOpInfo(*op.opcode).attributes});
    if (!shape.ok()) return op.Misfit("types of the right side do not fit together");
    return ProofType(shape->element_type());
  }
  switch (*op.opcode) {
    case OpCode::kCompare:
    case OpCode::kIsFinite:
      return ProofType(ir::ElementType::kPred);
    case OpCode::kComplex:
      return ProofType(first.id + kComplexOffset);
    case OpCode::kReal:
    case OpCode::kImag:
    case OpCode::kAbs:
      // Real numbers have parts too, of their own type.
      if (first.id < kComplexOffset) return NoDenotation("the parts of numbers of any type");
      return ProofType(first.id - kComplexOffset);
    default:
      return first;
  }
}

// Taking complex numbers apart undoes putting them together.
Element Apply(const TensorOp& op, ProofType type, std::vector<Element> children) {
  auto is = [](const Element& e, OpCode opcode) {
    return e->kind == ElementNode::Kind::kApply && e->opcode == opcode;
  };
  if (op.opcode == OpCode::kReal && is(children[0], OpCode::kComplex))
    return children[0]->children[0];
  if (op.opcode == OpCode::kImag && is(children[0], OpCode::kComplex))
    return children[0]->children[1];
  const bool parts = op.opcode == OpCode::kComplex && is(children[0], OpCode::kReal) &&
                     is(children[1], OpCode::kImag);
  if (parts && children[0]->children[0]->text == children[1]->children[0]->text)
    return children[0]->children[0];
  return op.make->Apply(type, op.opcode, op.name, std::move(children));
}

// Operands that the op also takes as scalars.
bool MayBeScalar(const TensorOp& op, size_t operand) {
  return (op.opcode == OpCode::kSelect && operand == 0) ||
         (op.opcode == OpCode::kClamp && operand != 1);
}

}  // namespace

absl::StatusOr<Tensor> DenoteElementwise(const TensorOp& op) {
  if (op.opcode == OpCode::kCopy) return op.operands[0];
  const size_t main = op.opcode == OpCode::kSelect || op.opcode == OpCode::kClamp ? 1 : 0;
  const Polys& dims = op.operands[main].dims;
  std::vector<bool> scalar;
  for (size_t i = 0; i < op.operands.size(); ++i) {
    scalar.push_back(MayBeScalar(op, i) && op.operands[i].dims.empty());
    if (!scalar.back()) EQSAT_RETURN_IF_ERROR(op.DemandEqual(op.operands[i].dims, dims));
  }
  EQSAT_ASSIGN_OR_RETURN(ProofType type, ResultType(op));
  auto at = [op, scalar, type](const Polys& indices) -> absl::StatusOr<Element> {
    std::vector<Element> children;
    for (size_t i = 0; i < op.operands.size(); ++i) {
      EQSAT_ASSIGN_OR_RETURN(Element child, op.operands[i].at(scalar[i] ? Polys() : indices));
      children.push_back(std::move(child));
    }
    if (op.opcode != OpCode::kClamp) return Apply(op, type, std::move(children));
    Element raised = op.make->Apply(type, OpCode::kMaximum, "", {children[1], children[0]});
    return op.make->Apply(type, OpCode::kMinimum, "", {raised, children[2]});
  };
  return Tensor{dims, type, at};
}

absl::StatusOr<Tensor> DenoteConvert(const TensorOp& op) {
  const Tensor& operand = op.operands[0];
  if (!op.type) return NoDenotation("the type that is converted to is not known");
  const ProofType to = *op.type;
  if (to == operand.type) return operand;
  const bool bits = op.opcode == OpCode::kBitcastConvert;
  if (!to.is_abstract() && !operand.type.is_abstract()) {
    const ir::ElementType a = operand.type.concrete();
    const ir::ElementType b = to.concrete();
    if (bits && ir::BitWidth(a) != ir::BitWidth(b))
      return NoDenotation("a bitcast to another width");
    if (!bits && ir::IsComplex(a) && !ir::IsComplex(b)) return NoInstance();
  } else if (bits) {
    return NoDenotation("a bitcast between unknown widths");
  }
  auto at = [op, to, bits](const Polys& indices) -> absl::StatusOr<Element> {
    EQSAT_ASSIGN_OR_RETURN(Element element, op.operands[0].at(indices));
    // Bits that keep their width are read as another type and back.
    while (bits && element->kind == ElementNode::Kind::kApply && element->opcode == op.opcode)
      element = element->children[0];
    if (bits && element->type == to) return element;
    return op.make->Apply(to, op.opcode, "", {element});
  };
  return Tensor{operand.dims, to, at};
}

}  // namespace eqsat::rules
