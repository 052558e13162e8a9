#include "rules/testing/test_graph.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <memory>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/interpret/interpreter.h"
#include "rules/compile/attribute_field.h"
#include "rules/compile/vocabulary.h"
#include "rules/hlo/add_node.h"

namespace eqsat::rules {

using engine::ClassId;

TestGraph::TestGraph()
    : terms_(&module_),
      shapes_(&terms_),
      constants_(&terms_, &shapes_, ConstantAnalysis::OnConflict::kKeep),
      ranges_(&terms_, &shapes_, &constants_),
      egraph_(&signature_),
      graph_{&terms_, &shapes_, &constants_, &ranges_} {
  egraph_.Register(&shapes_);
  egraph_.Register(&constants_);
  egraph_.Register(&ranges_);
}

ClassId TestGraph::AddParameter(const ir::Shape& shape) {
  Payload payload;
  payload.attributes = std::make_shared<const ir::Attributes>(
      ir::ParameterAttributes{.number = static_cast<int64_t>(parameters_.size())});
  payload.declared = shape;
  parameters_.push_back(shape);
  return egraph_.Add(OpIdOf(ir::OpCode::kParameter), terms_.Intern(payload), {});
}

ClassId TestGraph::AddConstant(const ir::Literal& literal) {
  Payload payload;
  payload.attributes =
      std::make_shared<const ir::Attributes>(ir::ConstantAttributes{.literal = literal});
  payload.declared = literal.shape();
  return egraph_.Add(OpIdOf(ir::OpCode::kConstant), terms_.Intern(payload), {});
}

absl::StatusOr<ClassId> TestGraph::AddFill(const ir::Literal& scalar, const ir::Shape& shape) {
  ClassId constant = AddConstant(scalar);
  if (shape.rank() == 0) return constant;
  return Add(ir::OpCode::kBroadcast, ir::DimensionsAttributes{}, {constant}, &shape);
}

absl::StatusOr<ClassId> TestGraph::Add(ir::OpCode opcode, const ir::Attributes& attributes,
                                       absl::Span<const ClassId> children,
                                       const ir::Shape* declared,
                                       absl::Span<const ir::ComputationId> called) {
  return AddNode(egraph_, terms_, shapes_,
                 {.opcode = opcode,
                  .attributes = attributes,
                  .children = children,
                  .called = called,
                  .declared = declared});
}

std::string TestGraph::Show(ClassId cls, int depth) const {
  cls = egraph_.Find(cls);
  engine::NodeView node = egraph_.node(egraph_.class_nodes(cls)[0]);
  const ir::Attributes& attributes = terms_.attributes(node.attrs);
  std::string text = base::StrCat(RuleNameOf(OpCodeOf(node.op)), "(");
  if (const auto* constant = std::get_if<ir::ConstantAttributes>(&attributes)) {
    const ir::Literal& value = constant->literal;
    if (value.shape().IsScalar() && !ir::IsComplex(value.shape().element_type()))
      base::StrAppend(&text, value.AsDouble(0));
  }
  if (const auto* parameter = std::get_if<ir::ParameterAttributes>(&attributes))
    base::StrAppend(&text, parameter->number);
  std::string separator;
  for (ClassId child : node.children) {
    base::StrAppend(&text, separator, depth > 0 ? Show(child, depth - 1) : "…");
    separator = ", ";
  }
  for (const AttributeField& field : FieldsOf(OpCodeOf(node.op))) {
    if (!field.get) continue;
    Value value = field.get(attributes);
    if (const auto* list = std::get_if<Ints>(&value))
      base::StrAppend(&text, ", ", field.name, "=[", base::Join(*list, ","), "]");
    if (const auto* number = std::get_if<int64_t>(&value))
      base::StrAppend(&text, ", ", field.name, "=", *number);
    if (const auto* word = std::get_if<std::string>(&value))
      base::StrAppend(&text, ", ", field.name, "=", *word);
  }
  return base::StrCat(text, "):", shape(cls).ToString());
}

absl::StatusOr<ir::Literal> TermEvaluator::Evaluate(ClassId cls) {
  engine::EGraph& egraph = graph_->egraph();
  cls = egraph.Find(cls);
  if (auto known = values_.find(cls); known != values_.end()) return known->second;
  // Folded constants make classes equal, so that a class may be among its own operands: a node that
  // leads back is passed over.
  if (!open_.insert(cls).second) return absl::AbortedError("the term contains itself");
  std::vector<engine::NodeId> nodes(egraph.class_nodes(cls).begin(), egraph.class_nodes(cls).end());
  absl::StatusOr<ir::Literal> found = absl::AbortedError("no node");
  bool leaf = false;
  for (size_t i = 0; i < nodes.size() && absl::IsAborted(found.status()); ++i) {
    leaf = egraph.node(nodes[i]).children.empty();
    found = EvaluateNode(egraph.node(nodes[i]), graph_->shape(cls));
  }
  open_.erase(cls);
  EQSAT_ASSIGN_OR_RETURN(ir::Literal value, std::move(found));
  Watch(value, leaf);
  values_.emplace(cls, value);
  return value;
}

void TermEvaluator::Watch(const ir::Literal& value, bool is_leaf) {
  const ir::Shape& shape = value.shape();
  if (!shape.IsArray()) return;
  const bool is_complex = ir::IsComplex(shape.element_type());
  for (int64_t i = 0; i < shape.ElementCount(); ++i) {
    std::complex<double> element = is_complex ? value.AsComplex(i) : value.AsDouble(i);
    for (double part : {std::abs(element.real()), std::abs(element.imag())}) {
      if (std::isfinite(part)) largest_ = std::max(largest_, part);
      leaf_was_nan_ |= is_leaf && std::isnan(part);
      leaf_was_infinite_ |= is_leaf && std::isinf(part);
    }
  }
}

absl::StatusOr<ir::Literal> TermEvaluator::EvaluateNode(const engine::NodeView& node,
                                                        const ir::Shape& shape) {
  const Payload& payload = graph_->terms().payload(node.attrs);
  ir::OpCode opcode = OpCodeOf(node.op);
  if (opcode == ir::OpCode::kParameter)
    return inputs_[std::get<ir::ParameterAttributes>(*payload.attributes).number];
  std::vector<ir::Literal> operands;
  for (ClassId child : std::vector<ClassId>(node.children.begin(), node.children.end())) {
    EQSAT_ASSIGN_OR_RETURN(ir::Literal operand, Evaluate(child));
    operands.push_back(std::move(operand));
  }
  if (opcode == ir::OpCode::kTuple) return ir::Literal::Tuple(std::move(operands));
  ir::Instruction instruction{.name = "x", .opcode = opcode, .shape = shape};
  instruction.attributes = payload.attributes;
  instruction.called = payload.called;
  for (size_t i = 0; i < operands.size(); ++i) instruction.operands.push_back(ir::InstructionId(i));
  return ir::EvaluateOp(graph_->terms().module(), instruction, operands);
}

}  // namespace eqsat::rules
