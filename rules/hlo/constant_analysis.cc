#include "rules/hlo/constant_analysis.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <utility>

#include "ir/base/status.h"
#include "ir/interpret/interpreter.h"
#include "ir/ops/op_info.h"

namespace eqsat::rules {
namespace {

// Operands larger than this are not worth reading at compile time.
constexpr int64_t kMaxOperandElements = 1 << 16;

// Counting is cheap: an iota with more elements than this is better computed where it is used than
// read.
constexpr int64_t kMaxIotaElements = 128;

// Computes on scalars alone.
bool IsElementwiseRegion(const ir::Computation& region) {
  return std::ranges::all_of(region.instructions(), [](const ir::Instruction& instruction) {
    return instruction.opcode == ir::OpCode::kParameter ||
           instruction.opcode == ir::OpCode::kConstant ||
           ir::GetOpInfo(instruction.opcode).Has(ir::OpTrait::kElementwise);
  });
}

bool IsFoldable(const ir::OpInfo& info, const Payload& payload, const ir::Module& module) {
  if (payload.unique != 0 || info.Has(ir::OpTrait::kSideEffect)) return false;
  if (payload.called.empty()) return true;
  return (info.opcode == ir::OpCode::kReduce || info.opcode == ir::OpCode::kReduceWindow) &&
         payload.called.size() == 1 && IsElementwiseRegion(module[payload.called[0]]);
}

// An array of copies of `scalar`.
ir::Literal Filled(const ir::Literal& scalar, const ir::Shape& shape) {
  std::vector<uint8_t> bytes;
  auto element = scalar.bytes();
  bytes.reserve(element.size() * shape.ElementCount());
  for (int64_t i = 0; i < shape.ElementCount(); ++i)
    bytes.insert(bytes.end(), element.begin(), element.end());
  return ir::Literal::FromBytes(shape, std::move(bytes));
}

// NaNs are alike: HLO promises nothing about their bits, and rules do not keep them.
bool IsSameNumber(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b && std::signbit(a) == std::signbit(b);
}

bool IsSameConstant(const ir::Literal& a, const ir::Literal& b) {
  if (a == b) return true;
  const ir::ElementType type = a.shape().element_type();
  if (!ir::Shape::Compatible(a.shape(), b.shape()) || !(ir::IsFloat(type) || ir::IsComplex(type)))
    return false;
  const auto width = static_cast<size_t>(ir::ByteWidth(type));
  for (int64_t i = 0; i < a.shape().ElementCount(); ++i) {
    const size_t at = static_cast<size_t>(i) * width;
    if (std::ranges::equal(a.bytes().subspan(at, width), b.bytes().subspan(at, width))) continue;
    const std::complex<double> x = a.AsComplex(i);
    const std::complex<double> y = b.AsComplex(i);
    const bool has_nan = std::isnan(x.real()) || std::isnan(x.imag());
    if (!has_nan || !IsSameNumber(x.real(), y.real()) || !IsSameNumber(x.imag(), y.imag()))
      return false;
  }
  return true;
}

bool Folds(const ir::Shape& shape) {
  return shape.IsArray() && !shape.HasDynamicDimensions() && shape.ElementCount() > 0;
}

// What the program itself writes for an array may be cheaper than to load it.
void KeepInput(engine::EGraph& egraph, engine::ClassId cls) {
  for (engine::NodeId id : egraph.class_nodes(egraph.Find(cls)))
    if (egraph.node(id).created_by == engine::EGraph::kInput) egraph.TakeForLeaf(id);
}

}  // namespace

const ir::Literal* ConstantAnalysis::literal(engine::ClassId cls) const {
  const Value& value = values_[cls];
  return value.whole ? &*value.whole : nullptr;
}

const ir::Literal* ConstantAnalysis::splat(engine::ClassId cls) const {
  const Value& value = values_[cls];
  return value.splat ? &*value.splat : nullptr;
}

ConstantAnalysis::Value ConstantAnalysis::FromLiteral(const ir::Literal& literal) {
  Value value;
  if (literal.is_unknown() || !Folds(literal.shape())) return value;
  value.whole = literal;
  if (literal.IsSplat()) {
    auto bytes = literal.bytes();
    ir::ElementType type = literal.shape().element_type();
    value.splat = ir::Literal::FromBytes(
        ir::Shape(type, {}),
        std::vector<uint8_t>(bytes.begin(), bytes.begin() + ir::ByteWidth(type)));
  }
  return value;
}

ConstantAnalysis::Value ConstantAnalysis::Evaluate(const engine::EGraph& egraph,
                                                   const engine::NodeView& node,
                                                   engine::ClassId cls) const {
  const Payload& payload = terms_->payload(node.attrs);
  ir::OpCode opcode = OpCodeOf(node.op);
  if (opcode == ir::OpCode::kConstant)
    return FromLiteral(std::get<ir::ConstantAttributes>(*payload.attributes).literal);
  if (opcode == ir::OpCode::kIota) {
    const ir::Shape& counted = shapes_->shape(egraph.Find(cls));
    const bool is_small = purpose_ == Purpose::kSearch && Folds(counted) &&
                          counted.ElementCount() <= kMaxIotaElements;
    return is_small ? EvaluateWhole(egraph, node, counted) : Value{};
  }
  if (node.children.empty() || !IsFoldable(ir::GetOpInfo(opcode), payload, terms_->module()))
    return {};
  const ir::Shape& result = shapes_->shape(egraph.Find(cls));
  if (!Folds(result)) return {};
  bool all_splat = true;
  bool all_whole = result.ElementCount() <= kMaxFoldedElements;
  for (engine::ClassId child : node.children) {
    child = egraph.Find(child);
    const bool is_splat = splat(child) != nullptr;
    all_splat &= is_splat;
    all_whole &= (is_splat || literal(child) != nullptr) && Folds(shapes_->shape(child)) &&
                 shapes_->shape(child).ElementCount() <= kMaxOperandElements;
    if (!all_splat && !all_whole) return {};
  }
  if (all_splat) {
    Value value = EvaluateOnSplats(egraph, node, result);
    if (value.known()) return value;
  }
  return all_whole ? EvaluateWhole(egraph, node, result) : Value{};
}

ConstantAnalysis::Value ConstantAnalysis::EvaluateOnSplats(const engine::EGraph& egraph,
                                                           const engine::NodeView& node,
                                                           const ir::Shape& result) const {
  const Payload& payload = terms_->payload(node.attrs);
  const ir::OpInfo& info = ir::GetOpInfo(OpCodeOf(node.op));
  std::vector<ir::Literal> operands;
  std::vector<ir::Shape> shapes;
  for (engine::ClassId child : node.children) {
    operands.push_back(*splat(egraph.Find(child)));
    shapes.push_back(shapes_->shape(egraph.Find(child)));
  }
  Value value;
  if (info.Has(ir::OpTrait::kElementwise)) {
    auto scalar = ir::EvaluateOp(info.opcode, *payload.attributes,
                                 ir::Shape(result.element_type(), {}), operands);
    if (!scalar.ok()) return value;
    value.splat = *std::move(scalar);
  } else if (info.Has(ir::OpTrait::kMovement)) {
    std::optional<ir::IndexedForm> form = ir::IndexedFormOf({.opcode = info.opcode,
                                                             .operands = shapes,
                                                             .attributes = *payload.attributes,
                                                             .declared = &result});
    if (!form || form->combiner != ir::Combiner::kFirst) return value;
    for (const ir::Literal& operand : operands)
      if (!(operand == operands[0])) return value;
    value.splat = operands[0];
  }
  if (value.splat && result.rank() == 0) value.whole = value.splat;
  return value;
}

ConstantAnalysis::Value ConstantAnalysis::EvaluateWhole(const engine::EGraph& egraph,
                                                        const engine::NodeView& node,
                                                        const ir::Shape& result) const {
  const Payload& payload = terms_->payload(node.attrs);
  std::vector<ir::Literal> operands;
  for (engine::ClassId child : node.children) {
    child = egraph.Find(child);
    const ir::Literal* whole = literal(child);
    operands.push_back(whole ? *whole : Filled(*splat(child), shapes_->shape(child)));
  }
  // What the interpreter cannot do stays unknown.
  absl::StatusOr<ir::Literal> literal;
  if (payload.called.empty()) {
    literal = ir::EvaluateOp(OpCodeOf(node.op), *payload.attributes, result, operands);
  } else {
    ir::Instruction instruction;
    instruction.opcode = OpCodeOf(node.op);
    instruction.shape = result;
    instruction.attributes = payload.attributes;
    instruction.called = payload.called;
    literal = ir::EvaluateOp(terms_->module(), instruction, operands);
  }
  return literal.ok() ? FromLiteral(*literal) : Value{};
}

absl::StatusOr<bool> ConstantAnalysis::Make(const engine::EGraph& egraph,
                                            const engine::NodeView& node, engine::ClassId cls) {
  if (values_[cls].known()) return false;
  Value value = Evaluate(egraph, node, cls);
  if (!value.known()) return false;
  values_.Edit(cls) = std::move(value);
  return true;
}

absl::StatusOr<engine::MergeOutcome> ConstantAnalysis::Merge(engine::ClassId into,
                                                             engine::ClassId from) {
  if (!values_[into].known() && !values_[from].known()) return engine::MergeOutcome{};
  const Value b = values_[from];
  Value& a = values_.Edit(into);
  bool conflict = (a.splat && b.splat && !IsSameConstant(*a.splat, *b.splat)) ||
                  (a.whole && b.whole && !IsSameConstant(*a.whole, *b.whole));
  if (conflict && on_conflict_ == OnConflict::kStop) {
    return base::InvalidArgument("two different constants of shape %s are made equal",
                                 shapes_->shape(into).ToString());
  }
  engine::MergeOutcome outcome{.into_changed = !a.known(), .from_differed = !b.known()};
  if (!a.whole && !(conflict && a.splat)) {
    outcome.into_changed |= b.whole.has_value();
    a.whole = b.whole;
  }
  if (!a.splat && !(conflict && a.whole)) {
    outcome.into_changed |= b.splat.has_value();
    a.splat = b.splat;
  }
  return outcome;
}

engine::AttrId ConstantAnalysis::ConstantPayload(const ir::Literal& literal) const {
  Payload payload;
  payload.attributes =
      std::make_shared<const ir::Attributes>(ir::ConstantAttributes{.literal = literal});
  payload.declared = literal.shape();
  return terms_->Intern(payload);
}

// Adds the broadcast of `element` to the class.
void ConstantAnalysis::AddFill(engine::EGraph& egraph, engine::ClassId cls,
                               const ir::Literal& element) const {
  const engine::ClassId scalar =
      egraph.Add(OpIdOf(ir::OpCode::kConstant), ConstantPayload(element), {});
  const engine::OpId op = OpIdOf(ir::OpCode::kBroadcast);
  Payload payload;
  payload.attributes = std::make_shared<const ir::Attributes>(ir::DimensionsAttributes{});
  if (ir::GetOpInfo(ir::OpCode::kBroadcast).Has(ir::OpTrait::kShapeDeclared))
    payload.declared = shapes_->shape(cls);
  const engine::AttrId attrs = terms_->Intern(payload);
  egraph.AddInto(cls, op, attrs, {&scalar, 1});
  egraph.TakeForLeaf(egraph.LookUpNode(op, attrs, {&scalar, 1}));
}

absl::Status ConstantAnalysis::Modify(engine::EGraph& egraph, engine::ClassId cls) {
  if (!values_[cls].known()) return absl::OkStatus();
  const Value value = values_[cls];
  const ir::Shape shape = shapes_->shape(cls);
  if (!reason_.valid()) reason_ = egraph.AddReason("constant_folding");
  egraph.SetReason(reason_);
  if (value.splat && shape.rank() > 0) {
    AddFill(egraph, cls, *value.splat);
  } else if (value.whole && shape.ElementCount() <= kMaxFoldedElements) {
    egraph.AddInto(cls, OpIdOf(ir::OpCode::kConstant),
                   ConstantPayload(value.whole->Reshaped(shape)), {});
  } else {
    return absl::OkStatus();
  }
  if (purpose_ == Purpose::kTrial) return absl::OkStatus();
  if (!value.splat) KeepInput(egraph, cls);
  egraph.KeepLeavesOnly(cls);
  return absl::OkStatus();
}

}  // namespace eqsat::rules
