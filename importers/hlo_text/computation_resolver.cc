#include "importers/hlo_text/computation_resolver.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include "importers/hlo_text/token_reader.h"
#include "importers/stable_order.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"

namespace eqsat::importers {

using ir::Instruction;
using ir::InstructionId;
using ir::OpCode;
using ir::Shape;

namespace {

// Compatible but for which dimensions are dynamic, as XLA compares what is declared twice.
bool Agree(const Shape& a, const Shape& b) {
  if (a.element_type() != b.element_type() || a.elements().size() != b.elements().size())
    return false;
  if (a.IsArray()) return a.dimensions() == b.dimensions();
  for (size_t i = 0; i < a.elements().size(); ++i)
    if (!Agree(a.element(i), b.element(i))) return false;
  return true;
}

}  // namespace

absl::Status ComputationResolver::ErrorAt(size_t position, std::string_view message) const {
  return absl::InvalidArgumentError(base::StrCat(LineAndColumn(text_, position), ": ", message));
}

absl::StatusOr<ir::Computation> ComputationResolver::Resolve(SyntaxComputation& syntax) {
  syntax_ = &syntax;
  EQSAT_RETURN_IF_ERROR(IndexNames());
  EQSAT_RETURN_IF_ERROR(LinkOperands());
  EQSAT_ASSIGN_OR_RETURN(std::vector<int> order, Order());
  emitted_.resize(order.size());
  instructions_.reserve(order.size());
  for (int index : order) EQSAT_RETURN_IF_ERROR(Emit(index));
  auto made = ir::Computation::Make(syntax.name, std::move(instructions_), emitted_[syntax.root]);
  if (!made.ok()) return ErrorAt(syntax.position, std::string(made.status().message()));
  made->set_execution_thread(syntax.execution_thread);
  const Shape& result = made->result_shape();
  if (syntax.declared_result && !Agree(*syntax.declared_result, result)) {
    return ErrorAt(syntax.position,
                   base::StrCat("computation ", syntax.name, " declares the result ",
                                syntax.declared_result->ToString(), ", its root is of shape ",
                                result.ToString()));
  }
  return made;
}

absl::Status ComputationResolver::IndexNames() {
  std::vector<SyntaxInstruction>& list = syntax_->instructions;
  names_.resize(list.size());
  index_of_.reserve(list.size());
  for (size_t i = 0; i < list.size(); ++i) {
    const SyntaxName& name = list[i].name;
    if (name.text.empty()) continue;
    auto [place, inserted] = index_of_.emplace(name.text, static_cast<int>(i));
    if (!inserted) {
      size_t first = list[place->second].name.position;
      return ErrorAt(name.position,
                     base::StrCat("instruction ", name.text, " is already defined at ",
                                  LineAndColumn(text_, first)));
    }
    names_[i] = std::string(name.text);
  }
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i].name.text.empty())
      names_[i] = FreshName(base::StrCat(Name(list[i].opcode), ".anon"));
  }
  return absl::OkStatus();
}

std::string ComputationResolver::FreshName(std::string_view name) {
  if (!used_names_) {
    used_names_.emplace();
    for (const SyntaxInstruction& instruction : syntax_->instructions)
      used_names_->Add(instruction.name.text);
  }
  return used_names_->Fresh(name);
}

absl::StatusOr<int> ComputationResolver::Find(const SyntaxName& name) const {
  auto found = index_of_.find(name.text);
  if (found != index_of_.end()) return found->second;
  std::vector<std::string_view> known;
  constexpr size_t kMost = 10000;  // the search for a near name is for people
  for (const std::string& other : names_)
    if (known.size() < kMost) known.push_back(other);
  std::string_view near = base::NearestName(name.text, known);
  return ErrorAt(name.position,
                 base::StrCat("no instruction of ", syntax_->name, " is named ", name.text,
                              near.empty() ? "" : "; did you mean ", near));
}

absl::Status ComputationResolver::LinkOperands() {
  const std::vector<SyntaxInstruction>& list = syntax_->instructions;
  operands_.resize(list.size());
  predecessors_.resize(list.size());
  continued_by_.assign(list.size(), -1);
  for (size_t i = 0; i < list.size(); ++i) {
    for (const SyntaxOperand& operand : list[i].operands) {
      int target = operand.nested;
      if (target < 0) {
        if (operand.name.text.empty())
          return ErrorAt(operand.name.position, "expected an operand's name after its shape");
        EQSAT_ASSIGN_OR_RETURN(target, Find(operand.name));
      }
      operands_[i].push_back(target);
    }
    bool continues = list[i].async == AsyncPart::kUpdate || list[i].async == AsyncPart::kDone;
    if (continues && !operands_[i].empty()) continued_by_[operands_[i][0]] = static_cast<int>(i);
    for (const SyntaxName& predecessor : list[i].control_predecessors) {
      EQSAT_ASSIGN_OR_RETURN(int target, Find(predecessor));
      predecessors_[i].push_back(target);
    }
  }
  return absl::OkStatus();
}

bool ComputationResolver::IsOrdered() const {
  for (size_t i = 0; i < operands_.size(); ++i) {
    auto precedes = [i](int dependency) { return static_cast<size_t>(dependency) < i; };
    if (!std::ranges::all_of(operands_[i], precedes)) return false;
    if (!std::ranges::all_of(predecessors_[i], precedes)) return false;
  }
  return true;
}

absl::StatusOr<std::vector<int>> ComputationResolver::Order() const {
  if (IsOrdered()) {
    std::vector<int> order(operands_.size());
    std::iota(order.begin(), order.end(), 0);
    return order;
  }
  std::vector<std::vector<int>> dependencies(operands_.size());
  for (size_t i = 0; i < dependencies.size(); ++i) {
    dependencies[i].assign(operands_[i].begin(), operands_[i].end());
    dependencies[i].insert(dependencies[i].end(), predecessors_[i].begin(), predecessors_[i].end());
  }
  std::vector<int> order = StableOrder(dependencies);
  if (order.size() == dependencies.size()) return order;
  int stuck = FirstMissing(order, static_cast<int>(dependencies.size()));
  return ErrorAt(syntax_->instructions[stuck].name.position,
                 base::StrCat("instruction ", names_[stuck], " depends on itself"));
}

absl::Status ComputationResolver::Emit(int index) {
  SyntaxInstruction& syntax = syntax_->instructions[index];
  Instruction instruction;
  instruction.name = std::move(names_[index]);
  instruction.opcode = syntax.opcode;
  instruction.attributes = std::move(syntax.attributes);
  for (const SyntaxCallee& callee : syntax.callees)
    instruction.called.push_back(callee_ids_[callee.computation]);
  EQSAT_RETURN_IF_ERROR(LinkEmitted(index, &instruction));
  if (syntax.async != AsyncPart::kNone) EQSAT_RETURN_IF_ERROR(EmitAsync(index, &instruction));
  if (syntax.shape) {
    instruction.shape = *std::move(syntax.shape);
  } else {
    EQSAT_RETURN_IF_ERROR(InferOmittedShape(syntax, &instruction));
  }
  emitted_[index] = InstructionId(instructions_.size());
  instructions_.push_back(std::move(instruction));
  return absl::OkStatus();
}

absl::Status ComputationResolver::LinkEmitted(int index, Instruction* instruction) {
  SyntaxInstruction& syntax = syntax_->instructions[index];
  for (size_t i = 0; i < syntax.operands.size(); ++i) {
    const SyntaxOperand& operand = syntax.operands[i];
    InstructionId id = emitted_[operands_[index][i]];
    for (int64_t element : operand.tuple_path) {
      EQSAT_ASSIGN_OR_RETURN(id, TupleElement(id, element, operand.name.position));
    }
    const Shape& shape = instructions_[id.value()].shape;
    if (operand.shape && !Agree(*operand.shape, shape)) {
      return ErrorAt(operand.name.position,
                     base::StrCat("operand ", i, " is declared as ", operand.shape->ToString(),
                                  " but ", operand.name.text, " is of shape ", shape.ToString()));
    }
    instruction->operands.push_back(id);
  }
  instruction->annotations = std::move(syntax.annotations);
  if (syntax.control_predecessors.empty()) return absl::OkStatus();
  auto notes = std::make_shared<ir::Annotations>(instruction->Notes());
  for (int predecessor : predecessors_[index])
    notes->control_predecessors.push_back(emitted_[predecessor]);
  instruction->annotations = std::move(notes);
  return absl::OkStatus();
}

absl::StatusOr<InstructionId> ComputationResolver::TupleElement(InstructionId tuple,
                                                                int64_t element, size_t position) {
  const Instruction& operand = instructions_[tuple.value()];
  int64_t count = static_cast<int64_t>(operand.shape.elements().size());
  if (!operand.shape.IsTuple() || element < 0 || element >= count) {
    return ErrorAt(position, base::StrCat("#", element, ": ", operand.name, " is of shape ",
                                          operand.shape.ToString()));
  }
  auto [place, inserted] =
      tuple_elements_.emplace(std::pair(size_t{tuple.value()}, element), InstructionId());
  if (!inserted) return place->second;
  Instruction get;
  get.name = FreshName(base::StrCat(operand.name, "_", element));
  get.opcode = OpCode::kGetTupleElement;
  get.shape = operand.shape.element(element);
  get.operands.push_back(tuple);
  get.attributes =
      std::make_shared<const ir::Attributes>(ir::GetTupleElementAttributes{.index = element});
  place->second = InstructionId(instructions_.size());
  instructions_.push_back(std::move(get));
  return place->second;
}

absl::Status ComputationResolver::InferOmittedShape(const SyntaxInstruction& syntax,
                                                    Instruction* instruction) {
  std::vector<Shape> operands;
  for (InstructionId id : instruction->operands)
    operands.push_back(instructions_[id.value()].shape);
  std::vector<ir::ProgramShape> regions = module_->RegionShapes(*instruction);
  if (GetOpInfo(instruction->opcode).Has(ir::OpTrait::kShapeDeclared)) {
    return ErrorAt(syntax.name.position, base::StrCat("the shape of ", instruction->name,
                                                      " cannot be inferred and must be stated"));
  }
  auto shape = ir::InferShape({.opcode = instruction->opcode,
                               .operands = operands,
                               .attributes = instruction->Attrs(),
                               .regions = regions});
  if (!shape.ok()) return ErrorAt(syntax.name.position, std::string(shape.status().message()));
  instruction->shape = *std::move(shape);
  return absl::OkStatus();
}

// --- Asynchronous sugar --------------------------------------------------------------------------

absl::Status ComputationResolver::EmitAsync(int index, Instruction* instruction) {
  SyntaxInstruction& syntax = syntax_->instructions[index];
  if (!syntax.shape) {
    return ErrorAt(syntax.name.position,
                   base::StrCat("the asynchronous ", instruction->name, " must state its shape"));
  }
  if (syntax.async == AsyncPart::kStart) {
    EQSAT_ASSIGN_OR_RETURN(ir::ComputationId wrapped, WrapAsync(index, *instruction));
    instruction->called.assign(1, wrapped);
    instruction->opcode = OpCode::kAsyncStart;
  } else {
    instruction->opcode =
        syntax.async == AsyncPart::kUpdate ? OpCode::kAsyncUpdate : OpCode::kAsyncDone;
    if (operands_[index].empty())
      return ErrorAt(syntax.name.position, base::StrCat(instruction->name, " has no operand"));
    const SyntaxInstruction& before = syntax_->instructions[operands_[index][0]];
    if (before.async != AsyncPart::kNone && before.opcode != syntax.opcode) {
      return ErrorAt(syntax.name.position,
                     base::StrCat(instruction->name, " continues ", Name(syntax.opcode),
                                  " but its operand began ", Name(before.opcode)));
    }
    const std::string& thread = syntax.async_attributes.async_execution_thread;
    const std::string& begun = before.async_attributes.async_execution_thread;
    if (before.async == AsyncPart::kStart && !thread.empty() && thread != begun) {
      return ErrorAt(syntax.name.position,
                     base::StrCat(instruction->name, " runs on thread ", thread,
                                  " but its start on ", begun.empty() ? "main" : begun));
    }
  }
  instruction->attributes = std::make_shared<const ir::Attributes>(syntax.async_attributes);
  return absl::OkStatus();
}

int ComputationResolver::EndOfChain(int index) const {
  // Order() has found the computation free of cycles, so the chain ends.
  while (continued_by_[index] >= 0) index = continued_by_[index];
  return index;
}

absl::StatusOr<ir::ComputationId> ComputationResolver::WrapAsync(int index,
                                                                 const Instruction& start) {
  SyntaxInstruction& syntax = syntax_->instructions[index];
  if (syntax.opcode == OpCode::kCall) return start.called[0];

  // Operands may be bound as late as the last update, and the result's shape as late as the done.
  int end = EndOfChain(index);
  const SyntaxInstruction& last = syntax_->instructions[end];
  const SyntaxInstruction& binder =
      last.async == AsyncPart::kDone ? syntax_->instructions[operands_[end][0]] : last;
  const Shape& state = binder.shape ? *binder.shape : *syntax.shape;
  if (state.elements().size() < 2 || !state.element(0).IsTuple()) {
    return ErrorAt(syntax.name.position,
                   base::StrCat("an asynchronous start is of shape ((operands), result, ...), not ",
                                state.ToString()));
  }
  Instruction body;
  body.name = base::StrCat(start.name, ".wrapped");
  body.opcode = syntax.opcode;
  body.shape = last.async == AsyncPart::kDone && last.shape ? *last.shape : state.element(1);
  body.called = start.called;
  body.attributes = start.attributes;
  body.annotations = start.annotations;
  std::vector<Instruction> instructions;
  for (const Shape& shape : state.element(0).elements()) {
    int64_t number = static_cast<int64_t>(instructions.size());
    Instruction& parameter = instructions.emplace_back();
    parameter.name = base::StrCat("param_", number);
    parameter.opcode = OpCode::kParameter;
    parameter.shape = shape;
    parameter.attributes =
        std::make_shared<const ir::Attributes>(ir::ParameterAttributes{.number = number});
    body.operands.push_back(InstructionId(static_cast<size_t>(number)));
  }
  if (body.annotations && !body.annotations->control_predecessors.empty()) {
    auto notes = std::make_shared<ir::Annotations>(*body.annotations);
    notes->control_predecessors.clear();
    body.annotations = std::move(notes);
  }
  instructions.push_back(std::move(body));
  InstructionId root(instructions.size() - 1);
  EQSAT_ASSIGN_OR_RETURN(
      ir::Computation wrapped,
      ir::Computation::Make(computation_names_->Fresh(base::StrCat("async_", start.name)),
                            std::move(instructions), root));
  const std::string& thread = syntax.async_attributes.async_execution_thread;
  wrapped.set_execution_thread(thread == "main" ? "" : thread);
  return module_->Add(std::move(wrapped));
}

}  // namespace eqsat::importers
