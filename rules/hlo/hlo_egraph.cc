#include "rules/hlo/hlo_egraph.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"

namespace eqsat::rules {

HloEGraph::HloEGraph(const ir::Computation& computation, HloTerms* terms,
                     const HloEGraphOptions& options)
    : computation_(computation),
      terms_(terms),
      shapes_(terms),
      constants_(terms, &shapes_, options.on_conflict, ConstantAnalysis::Purpose::kSearch),
      ranges_(terms, &shapes_, &constants_),
      egraph_(&signature_, options.hash_seed) {
  egraph_.Register(&shapes_);
  egraph_.Register(&constants_);
  egraph_.Register(&ranges_);
}

absl::StatusOr<std::unique_ptr<HloEGraph>> HloEGraph::Make(const ir::Computation& computation,
                                                           HloTerms* terms,
                                                           const HloEGraphOptions& options) {
  std::unique_ptr<HloEGraph> made(new HloEGraph(computation, terms, options));
  if (options.explanations == Explanations::kOn) made->egraph_.RecordBirths();
  EQSAT_RETURN_IF_ERROR(made->AddAll());
  return made;
}

absl::StatusOr<Payload> HloEGraph::PayloadOf(ir::InstructionId id) const {
  const ir::Instruction& instruction = computation_[id];
  Payload payload;
  payload.attributes = instruction.attributes
                           ? instruction.attributes
                           : std::make_shared<const ir::Attributes>(instruction.Attrs());
  payload.called = instruction.called;
  if (terms_->IsUnique(instruction)) payload.unique = id.value() + 1;
  ir::Shape shape = instruction.shape.WithoutLayout();
  if (payload.unique != 0 || ir::GetOpInfo(instruction.opcode).Has(ir::OpTrait::kShapeDeclared)) {
    payload.declared = std::move(shape);
    return payload;
  }
  std::vector<ir::Shape> operands;
  for (ir::InstructionId operand : instruction.operands)
    operands.push_back(computation_[operand].shape.WithoutLayout());
  std::vector<ir::ProgramShape> regions = terms_->module().RegionShapes(instruction);
  auto inferred = ir::InferShape({.opcode = instruction.opcode,
                                  .operands = operands,
                                  .attributes = *payload.attributes,
                                  .regions = regions});
  // What does not follow from the operands alone (a dot's element type) is stated.
  if (!inferred.ok() || !(inferred->WithoutLayout() == shape)) payload.declared = std::move(shape);
  return payload;
}

absl::Status HloEGraph::AddAll() {
  for (size_t i = 0; i < computation_.size(); ++i) {
    const ir::Instruction& instruction = computation_.instructions()[i];
    EQSAT_ASSIGN_OR_RETURN(Payload payload, PayloadOf(ir::InstructionId(i)));
    std::vector<engine::ClassId> children;
    for (ir::InstructionId operand : instruction.operands)
      children.push_back(input_classes_[operand.value()]);
    engine::OpId op = OpIdOf(instruction.opcode);
    engine::AttrId attrs = terms_->Intern(payload);
    input_classes_.push_back(egraph_.Add(op, attrs, children));
    EQSAT_RETURN_IF_ERROR(egraph_.status());
    input_nodes_.push_back(egraph_.LookUpNode(op, attrs, children));
    EQSAT_CHECK(input_nodes_.back().valid());
  }
  return egraph_.Rebuild().status();
}

engine::ClassId HloEGraph::class_of(ir::InstructionId id) const {
  return egraph_.Find(input_classes_[id.value()]);
}

std::vector<engine::ClassId> HloEGraph::Roots() const {
  std::vector<engine::ClassId> roots = {class_of(computation_.root())};
  for (size_t i = 0; i < computation_.size(); ++i)
    if (terms_->IsUnique(computation_.instructions()[i]))
      roots.push_back(class_of(ir::InstructionId(i)));
  return roots;
}

ir::Instruction HloEGraph::InstructionFor(engine::NodeId node, const ir::Instruction* same_value,
                                          bool is_input) const {
  engine::NodeView view = egraph_.node(node);
  const Payload& payload = terms_->payload(view.attrs);
  if (is_input) return *same_value;
  ir::Instruction instruction;
  instruction.opcode = OpCodeOf(view.op);
  if (same_value && same_value->opcode == instruction.opcode) instruction.name = same_value->name;
  instruction.shape = shapes_.shape(view.cls);
  instruction.called = payload.called;
  instruction.attributes = payload.attributes;
  if (same_value && same_value->annotations) {
    auto notes = std::make_shared<ir::Annotations>();
    notes->metadata = same_value->Notes().metadata;
    notes->sharding = same_value->Notes().sharding;
    instruction.annotations = std::move(notes);
  }
  return instruction;
}

absl::StatusOr<ir::Computation> HloEGraph::Rebuild(const engine::Extraction& extraction,
                                                   std::vector<engine::NodeId>* nodes) const {
  // The first instruction of each class and of each e-node.
  absl::flat_hash_map<engine::ClassId, size_t> by_class;
  absl::flat_hash_map<engine::NodeId, size_t> by_node;
  for (size_t i = 0; i < computation_.size(); ++i) {
    by_class.try_emplace(class_of(ir::InstructionId(i)), i);
    engine::NodeId node = input_nodes_[i];
    if (egraph_.alive(node)) by_node.try_emplace(node, i);
  }
  std::vector<ir::Instruction> instructions;
  absl::flat_hash_map<engine::ClassId, ir::InstructionId> placed;
  std::vector<ir::InstructionId> moved(computation_.size());
  absl::flat_hash_set<std::string> names;
  auto place = [&](ir::Instruction instruction) {
    ir::InstructionId id(instructions.size());
    std::string stem(ir::Name(instruction.opcode));
    for (size_t n = id.value(); instruction.name.empty() || names.contains(instruction.name); ++n)
      instruction.name = base::StrCat(stem, ".eqsat.", n);
    names.insert(instruction.name);
    instructions.push_back(std::move(instruction));
    return id;
  };

  for (ir::InstructionId parameter : computation_.parameters()) {
    ir::InstructionId id = place(computation_[parameter]);
    if (nodes) nodes->push_back(input_nodes_[parameter.value()]);
    placed[class_of(parameter)] = id;
    moved[parameter.value()] = id;
  }
  for (engine::ClassId cls : extraction.order) {
    if (placed.contains(cls)) continue;
    engine::NodeId node = extraction.choice[cls.value()];
    auto input = by_node.find(node);
    auto same = by_class.find(cls);
    size_t origin = input != by_node.end()   ? input->second
                    : same != by_class.end() ? same->second
                                             : computation_.size();
    const ir::Instruction* same_value =
        origin < computation_.size() ? &computation_.instructions()[origin] : nullptr;
    ir::Instruction instruction = InstructionFor(node, same_value, input != by_node.end());
    instruction.operands.clear();
    instruction.Renumber(moved);
    for (engine::ClassId child : egraph_.node(node).children)
      instruction.operands.push_back(placed.at(egraph_.Find(child)));
    ir::InstructionId id = place(std::move(instruction));
    if (nodes) nodes->push_back(node);
    placed[cls] = id;
    if (input != by_node.end()) moved[origin] = id;
  }
  absl::StatusOr<ir::Computation> rebuilt = ir::Computation::Make(
      computation_.name(), std::move(instructions), placed.at(class_of(computation_.root())));
  if (rebuilt.ok()) rebuilt->set_execution_thread(computation_.execution_thread());
  return rebuilt;
}

}  // namespace eqsat::rules
