#include "rules/hlo/plain_forms.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "rules/hlo/flatten.h"
#include "rules/hlo/hlo_signature.h"
#include "rules/hlo/known_collective.h"
#include "rules/hlo/known_value.h"
#include "rules/hlo/plain_loops.h"

namespace eqsat::rules {
namespace {

using ir::Computation;
using ir::ComputationId;
using ir::Instruction;
using ir::InstructionId;
using ir::OpCode;
using ir::Shape;

bool IsFold(const Instruction& instruction) {
  return instruction.opcode == OpCode::kReduce || instruction.opcode == OpCode::kReduceWindow;
}

// What is read of a tuple.
struct PartsRead {
  std::set<int64_t> indices;
  bool whole = false;
};

// Of each barrier, in one pass.
std::map<InstructionId, PartsRead> ReadOfBarriers(const Computation& computation) {
  std::map<InstructionId, PartsRead> read;
  if (computation[computation.root()].opcode == OpCode::kOptBarrier)
    read[computation.root()].whole = true;
  for (const Instruction& reader : computation.instructions()) {
    for (InstructionId operand : reader.operands) {
      if (computation[operand].opcode != OpCode::kOptBarrier) continue;
      PartsRead& parts = read[operand];
      if (reader.opcode == OpCode::kGetTupleElement) {
        parts.indices.insert(reader.attr<ir::GetTupleElementAttributes>().index);
      } else {
        parts.whole = true;
      }
    }
  }
  return read;
}

// Does the fold take in nothing, so that each result is its initial value, copied?
bool TakesInNothing(const Computation& computation, const Instruction& fold) {
  if (computation[fold.operands[0]].shape.ElementCount() != 0) return false;
  const size_t count = fold.operands.size() / 2;
  for (size_t i = 0; i < count; ++i) {
    const Shape& result = fold.shape.element(static_cast<int64_t>(i));
    const Shape& initial = computation[fold.operands[count + i]].shape;
    if (result.HasDynamicDimensions() || initial.element_type() != result.element_type())
      return false;
  }
  return true;
}

// The value of a scalar integer or pred that is a constant.
std::optional<int64_t> KnownInteger(const Computation& computation, InstructionId id) {
  const Instruction& instruction = computation[id];
  if (instruction.opcode != OpCode::kConstant || !instruction.shape.IsScalar()) return std::nullopt;
  const ir::Literal& literal = instruction.attr<ir::ConstantAttributes>().literal;
  const ir::ElementType type = instruction.shape.element_type();
  if (literal.is_unknown() || !(ir::IsInteger(type) || type == ir::ElementType::kPred))
    return std::nullopt;
  return literal.AsInt64(0);
}

// Which of its branches a conditional takes, if that is known.
std::optional<size_t> KnownBranch(const Computation& computation, const Instruction& conditional) {
  const InstructionId selector = conditional.operands[0];
  std::optional<int64_t> value = KnownInteger(computation, selector);
  if (!value) return std::nullopt;
  if (computation[selector].shape.element_type() == ir::ElementType::kPred) return *value ? 0 : 1;
  const auto branches = static_cast<int64_t>(conditional.called.size());
  return *value < 0 || *value >= branches ? branches - 1 : *value;
}

// Along a dimension of one element, and of equal elements alone, there is no other order.
bool IsInOrder(const Computation& computation, const Instruction& sort) {
  const Instruction& keys = computation[sort.operands[0]];
  const int64_t dimension = sort.attr<ir::SortAttributes>().dimensions[0];
  if (!keys.shape.is_dynamic(dimension) && keys.shape.dimension(dimension) <= 1) return true;
  return sort.operands.size() == 1 && keys.opcode == OpCode::kBroadcast &&
         computation[keys.operands[0]].shape.IsScalar();
}

// Can what is done to each element be done to arrays? The root may be a tuple.
bool IsElementwise(const Computation& function) {
  return std::ranges::all_of(function.instructions(), [&](const Instruction& instruction) {
    const ir::OpInfo& info = ir::GetOpInfo(instruction.opcode);
    const bool is_root = &instruction == &function[function.root()];
    return (instruction.shape.IsScalar() && (instruction.opcode == OpCode::kParameter ||
                                             instruction.opcode == OpCode::kConstant)) ||
           (instruction.opcode == OpCode::kTuple && is_root) ||
           (info.Has(ir::OpTrait::kElementwise) && instruction.called.empty() &&
            !IsUnique(instruction));
  });
}

// Does a reduction have dimensions of one element alone, and results as its reducer gives them?
bool IsOfOnes(const Computation& computation, const Instruction& reduce,
              const Computation& reducer) {
  if (!IsElementwise(reducer)) return false;
  const size_t count = reduce.operands.size() / 2;
  for (size_t i = 0; i < count; ++i) {
    const Shape& operand = computation[reduce.operands[i]].shape;
    const Shape& initial = computation[reduce.operands[count + i]].shape;
    if (operand.HasDynamicDimensions() || operand.element_type() != initial.element_type())
      return false;
    for (int64_t dimension : reduce.attr<ir::DimensionsAttributes>().dimensions)
      if (operand.dimension(dimension) != 1) return false;
  }
  return count > 1;
}

// A scatter of one update as large as the array.
bool IsOfWhole(const Computation& computation, const Instruction& scatter) {
  if (scatter.operands.size() != 3 || scatter.shape.HasDynamicDimensions()) return false;
  const Shape& indices = computation[scatter.operands[1]].shape;
  const Shape& updates = computation[scatter.operands[2]].shape;
  return indices.ElementCount() == 0 && updates.WithoutLayout() == scatter.shape.WithoutLayout() &&
         static_cast<int64_t>(scatter.attr<ir::ScatterAttributes>().update_window_dims.size()) ==
             updates.rank();
}

bool NeverTurns(const ir::Module& module, const Instruction& loop) {
  const Computation& condition = module[loop.called[0]];
  return KnownInteger(condition, condition.root()) == 0;
}

// Makes a get-tuple-element read the same part where only `kept` are left.
void Reindex(Instruction& part, const std::vector<int64_t>& kept) {
  auto attributes = part.attr<ir::GetTupleElementAttributes>();
  attributes.index = std::ranges::lower_bound(kept, attributes.index) - kept.begin();
  part.attributes = std::make_shared<const ir::Attributes>(attributes);
}

// One computation in its plainer form.
class PlainBody {
 public:
  PlainBody(const ir::Module& flat, const Computation& computation, ir::Module& module,
            const std::vector<ComputationId>& moved_computations)
      : flat_(flat),
        computation_(computation),
        module_(module),
        moved_computations_(moved_computations),
        moved_(computation.size()),
        barriers_(ReadOfBarriers(computation)) {}

  absl::StatusOr<Computation> Make();
  const FormCounts& forms() const { return forms_; }

 private:
  InstructionId Push(Instruction instruction) {
    body_.push_back(std::move(instruction));
    return InstructionId(body_.size() - 1);
  }
  // A new instruction in the place of `old`.
  InstructionId Push(const Instruction& old, OpCode opcode, Shape shape,
                     absl::Span<const InstructionId> operands, ir::Attributes attributes);
  InstructionId PushCopies(const Instruction& old, InstructionId scalar, const Shape& shape) {
    return Push(old, OpCode::kBroadcast, shape.WithoutLayout(), {scalar},
                ir::DimensionsAttributes{});
  }
  Instruction Copied(const Instruction& instruction) const;

  // What the instruction becomes; invalid if it stays.
  absl::StatusOr<InstructionId> Replacement(InstructionId id);
  // `made` is the form of this name.
  InstructionId As(const std::string& form, InstructionId made) {
    ++forms_[form];
    return made;
  }
  InstructionId InitialValues(const Instruction& fold);
  absl::StatusOr<InstructionId> FoldOfOne(const Instruction& fold, const Computation& reducer);
  InstructionId InOrder(const Instruction& sort);
  // What the function makes of arrays of one shape, given for its parameters: of every result.
  std::vector<InstructionId> SpeltOut(const Instruction& old, const Computation& function,
                                      const Shape& shape, absl::Span<const InstructionId> arrays);
  InstructionId FoldOfOnes(const Instruction& fold, const Computation& reducer);
  InstructionId Branch(const Instruction& conditional, size_t branch);
  // Keeps the operands that are read behind the barrier.
  InstructionId NarrowBarrier(InstructionId id, const std::vector<int64_t>& kept);

  // The indices to keep of a barrier that can be narrowed; else empty.
  std::vector<int64_t> PartsToKeep(InstructionId id) const;

  const ir::Module& flat_;
  const Computation& computation_;
  ir::Module& module_;
  const std::vector<ComputationId>& moved_computations_;
  std::vector<Instruction> body_;
  std::vector<InstructionId> moved_;
  std::map<InstructionId, PartsRead> barriers_;
  // Of barriers that are narrowed: the indices that are left.
  std::map<InstructionId, std::vector<int64_t>> kept_parts_;
  FormCounts forms_;
};

InstructionId PlainBody::Push(const Instruction& old, OpCode opcode, Shape shape,
                              absl::Span<const InstructionId> operands, ir::Attributes attributes) {
  Instruction made;
  made.name = base::StrCat(old.name, ".plain.", body_.size());
  made.opcode = opcode;
  made.shape = std::move(shape);
  made.operands.assign(operands.begin(), operands.end());
  made.attributes = std::make_shared<const ir::Attributes>(std::move(attributes));
  auto notes = std::make_shared<ir::Annotations>();
  notes->metadata = old.Notes().metadata;
  made.annotations = std::move(notes);
  return Push(std::move(made));
}

Instruction PlainBody::Copied(const Instruction& instruction) const {
  Instruction copy = instruction;
  copy.Renumber(moved_);
  for (ComputationId& callee : copy.called) callee = moved_computations_[callee.value()];
  return copy;
}

std::vector<int64_t> PlainBody::PartsToKeep(InstructionId id) const {
  auto read = barriers_.find(id);
  if (read == barriers_.end() || read->second.whole ||
      computation_[computation_[id].operands[0]].opcode != OpCode::kTuple ||
      read->second.indices.size() == computation_[id].shape.elements().size())
    return {};
  return {read->second.indices.begin(), read->second.indices.end()};
}

InstructionId PlainBody::InitialValues(const Instruction& fold) {
  const size_t count = fold.operands.size() / 2;
  std::vector<InstructionId> parts;
  for (size_t i = 0; i < count; ++i) {
    parts.push_back(PushCopies(fold, moved_[fold.operands[count + i].value()],
                               fold.shape.element(static_cast<int64_t>(i))));
  }
  return Push(fold, OpCode::kTuple, fold.shape.WithoutLayout(), parts, ir::NoAttributes{});
}

absl::StatusOr<InstructionId> PlainBody::FoldOfOne(const Instruction& fold,
                                                   const Computation& reducer) {
  std::vector<Instruction> scalar(reducer.instructions().begin(), reducer.instructions().end());
  for (Instruction& instruction : scalar)
    for (ComputationId& callee : instruction.called) callee = moved_computations_[callee.value()];
  EQSAT_ASSIGN_OR_RETURN(
      Computation unwrapped,
      Computation::Make(base::StrCat(reducer.name(), ".plain.", module_.computations().size()),
                        std::move(scalar), reducer[reducer.root()].operands[0]));
  Instruction array = Copied(fold);
  array.shape = fold.shape.element(0).WithoutLayout();
  array.called = {module_.Add(std::move(unwrapped))};
  return Push(fold, OpCode::kTuple, fold.shape.WithoutLayout(), {Push(std::move(array))},
              ir::NoAttributes{});
}

InstructionId PlainBody::InOrder(const Instruction& sort) {
  if (sort.shape.IsArray()) return moved_[sort.operands[0].value()];
  const auto operands = Copied(sort).operands;
  return Push(sort, OpCode::kTuple, sort.shape.WithoutLayout(), operands, ir::NoAttributes{});
}

std::vector<InstructionId> PlainBody::SpeltOut(const Instruction& old, const Computation& function,
                                               const Shape& shape,
                                               absl::Span<const InstructionId> arrays) {
  std::vector<InstructionId> made(function.size());
  for (size_t i = 0; i < function.size(); ++i) {
    const Instruction& scalar = function.instructions()[i];
    if (scalar.opcode == OpCode::kParameter) {
      made[i] = arrays[scalar.attr<ir::ParameterAttributes>().number];
      continue;
    }
    std::vector<InstructionId> operands;
    for (InstructionId operand : scalar.operands) operands.push_back(made[operand.value()]);
    if (scalar.opcode == OpCode::kTuple) return operands;
    const bool is_constant = scalar.opcode == OpCode::kConstant;
    const Shape result = shape.WithoutLayout().WithElementType(scalar.shape.element_type());
    made[i] =
        Push(old, scalar.opcode, is_constant ? scalar.shape : result, operands, scalar.Attrs());
    if (is_constant && shape.rank() > 0) made[i] = PushCopies(old, made[i], result);
  }
  return {made[function.root().value()]};
}

// Of dimensions of one element: the reducer takes in one element after the initial value.
InstructionId PlainBody::FoldOfOnes(const Instruction& fold, const Computation& reducer) {
  const size_t count = fold.operands.size() / 2;
  const Shape& result = fold.shape.IsTuple() ? fold.shape.element(0) : fold.shape;
  std::vector<InstructionId> arrays;
  for (size_t i = 0; i < count; ++i) {
    const InstructionId initial = fold.operands[count + i];
    const Shape shape =
        result.WithoutLayout().WithElementType(computation_[initial].shape.element_type());
    arrays.push_back(PushCopies(fold, moved_[initial.value()], shape));
  }
  for (size_t i = 0; i < count; ++i) {
    const InstructionId operand = fold.operands[i];
    const Shape shape =
        result.WithoutLayout().WithElementType(computation_[operand].shape.element_type());
    const InstructionId moved = moved_[operand.value()];
    arrays.push_back(Push(fold, OpCode::kReshape, shape, {moved}, ir::ReshapeAttributes{}));
  }
  const std::vector<InstructionId> results = SpeltOut(fold, reducer, result, arrays);
  if (!fold.shape.IsTuple()) return results[0];
  return Push(fold, OpCode::kTuple, fold.shape.WithoutLayout(), results, ir::NoAttributes{});
}

// A call, which flattening inlines.
InstructionId PlainBody::Branch(const Instruction& conditional, size_t branch) {
  Instruction call = Copied(conditional);
  call.opcode = OpCode::kCall;
  call.attributes = nullptr;
  call.operands = {call.operands[branch + 1]};
  call.called = {call.called[branch]};
  return Push(std::move(call));
}

InstructionId PlainBody::NarrowBarrier(InstructionId id, const std::vector<int64_t>& kept) {
  const Instruction& barrier = computation_[id];
  const Instruction& parts = computation_[barrier.operands[0]];
  std::vector<InstructionId> operands;
  std::vector<Shape> shapes;
  for (int64_t index : kept) {
    operands.push_back(moved_[parts.operands[index].value()]);
    shapes.push_back(barrier.shape.element(index));
  }
  Instruction narrow = Copied(barrier);
  narrow.shape = Shape::Tuple(std::move(shapes));
  narrow.operands = {Push(parts, OpCode::kTuple, narrow.shape, operands, ir::NoAttributes{})};
  kept_parts_[id] = kept;
  return Push(std::move(narrow));
}

absl::StatusOr<InstructionId> PlainBody::Replacement(InstructionId id) {
  const Instruction& instruction = computation_[id];
  if (instruction.opcode == OpCode::kOptBarrier) {
    const std::vector<int64_t> kept = PartsToKeep(id);
    return kept.empty() ? InstructionId() : As("narrow-barrier", NarrowBarrier(id, kept));
  }
  // What waits for others, or lies on some devices, has a place that a value has not.
  if (!instruction.Notes().control_predecessors.empty() || instruction.Notes().sharding)
    return InstructionId();
  if (std::optional<ir::Literal> value = KnownValue(computation_, instruction)) {
    Shape shape = value->shape();
    return As("known-value", Push(instruction, OpCode::kConstant, std::move(shape), {},
                                  ir::ConstantAttributes{*std::move(value)}));
  }
  if (ReturnsItsOperand(computation_, instruction))
    return As("unchanged-value", moved_[instruction.operands[0].value()]);
  if (IsAlone(flat_, instruction))
    return As("collective-of-one", moved_[instruction.operands[0].value()]);
  if (std::optional<ir::Literal> number = KnownResult(flat_, computation_, instruction)) {
    const Shape scalar = number->shape();
    InstructionId constant = Push(instruction, OpCode::kConstant, scalar, {},
                                  ir::ConstantAttributes{*std::move(number)});
    return As("known-collective", PushCopies(instruction, constant, instruction.shape));
  }
  if (IsFold(instruction) && instruction.shape.IsTuple()) {
    const Computation& reducer = flat_[instruction.called[0]];
    if (TakesInNothing(computation_, instruction))
      return As("fold-of-nothing", InitialValues(instruction));
    if (instruction.operands.size() == 2 && reducer[reducer.root()].opcode == OpCode::kTuple) {
      EQSAT_ASSIGN_OR_RETURN(InstructionId made, FoldOfOne(instruction, reducer));
      return As("fold-of-one-array", made);
    }
  }
  if (instruction.opcode == OpCode::kSort && IsInOrder(computation_, instruction))
    return As("sort-in-order", InOrder(instruction));
  if (instruction.opcode == OpCode::kMap && !instruction.shape.HasDynamicDimensions() &&
      IsElementwise(flat_[instruction.called[0]])) {
    return As("map-of-arrays", SpeltOut(instruction, flat_[instruction.called[0]],
                                        instruction.shape, Copied(instruction).operands)[0]);
  }
  if (instruction.opcode == OpCode::kScatter && IsOfWhole(computation_, instruction) &&
      IsElementwise(flat_[instruction.called[0]])) {
    const InstructionId arrays[] = {moved_[instruction.operands[0].value()],
                                    moved_[instruction.operands[2].value()]};
    return As("scatter-of-whole",
              SpeltOut(instruction, flat_[instruction.called[0]], instruction.shape, arrays)[0]);
  }
  if (instruction.opcode == OpCode::kReduce &&
      IsOfOnes(computation_, instruction, flat_[instruction.called[0]]))
    return As("fold-of-ones", FoldOfOnes(instruction, flat_[instruction.called[0]]));
  if (instruction.opcode == OpCode::kWhile && NeverTurns(flat_, instruction))
    return As("loop-without-turns", moved_[instruction.operands[0].value()]);
  if (instruction.opcode == OpCode::kConditional) {
    std::optional<size_t> branch = KnownBranch(computation_, instruction);
    if (branch) return As("known-branch", Branch(instruction, *branch));
  }
  return InstructionId();
}

absl::StatusOr<Computation> PlainBody::Make() {
  for (size_t i = 0; i < computation_.size(); ++i) {
    const Instruction& instruction = computation_.instructions()[i];
    EQSAT_ASSIGN_OR_RETURN(InstructionId replacement, Replacement(InstructionId(i)));
    if (replacement.valid()) {
      moved_[i] = replacement;
      continue;
    }
    Instruction copy = Copied(instruction);
    if (instruction.opcode == OpCode::kGetTupleElement) {
      auto narrowed = kept_parts_.find(instruction.operands[0]);
      if (narrowed != kept_parts_.end()) Reindex(copy, narrowed->second);
    }
    moved_[i] = Push(std::move(copy));
  }
  EQSAT_ASSIGN_OR_RETURN(Computation made, Computation::Make(computation_.name(), std::move(body_),
                                                             moved_[computation_.root().value()]));
  made.set_execution_thread(computation_.execution_thread());
  return made;
}

absl::StatusOr<std::optional<PlainModule>> PlainBodies(const ir::Module& flat) {
  ir::Module module(flat.header());
  std::vector<ComputationId> moved;
  FormCounts forms;
  for (const Computation& computation : flat.computations()) {
    PlainBody body(flat, computation, module, moved);
    EQSAT_ASSIGN_OR_RETURN(Computation made, body.Make());
    for (const auto& [name, count] : body.forms()) forms[name] += count;
    moved.push_back(module.Add(std::move(made)));
  }
  if (forms.empty()) return std::nullopt;
  module.set_entry(moved[flat.entry_id().value()]);
  EQSAT_ASSIGN_OR_RETURN(ir::Module plain, Flatten(module));
  return PlainModule{std::move(plain), std::move(forms)};
}

}  // namespace

absl::StatusOr<std::optional<PlainModule>> PlainForms(const ir::Module& flat) {
  EQSAT_ASSIGN_OR_RETURN(std::optional<PlainModule> bodies, PlainBodies(flat));
  EQSAT_ASSIGN_OR_RETURN(std::optional<PlainModule> loops,
                         PlainLoops(bodies ? bodies->module : flat));
  if (!loops || !bodies) return loops ? std::move(loops) : std::move(bodies);
  loops->forms.merge(bodies->forms);
  return loops;
}

}  // namespace eqsat::rules
