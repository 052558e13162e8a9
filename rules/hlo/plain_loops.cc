#include "rules/hlo/plain_loops.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/graph/trip_count.h"
#include "ir/ops/op_info.h"
#include "rules/hlo/effects.h"
#include "rules/hlo/flatten.h"

namespace eqsat::rules {
namespace {

using ir::Computation;
using ir::ComputationId;
using ir::Instruction;
using ir::InstructionId;
using ir::OpCode;
using ir::Shape;

// Constants larger than this stay outside.
constexpr int64_t kMaxKnownElements = 64;

constexpr int64_t kNoPart = -1;

// Which part of `tuple` the instruction reads.
int64_t PartRead(const Instruction& instruction, InstructionId tuple) {
  return instruction.opcode == OpCode::kGetTupleElement && instruction.operands[0] == tuple
             ? instruction.attr<ir::GetTupleElementAttributes>().index
             : kNoPart;
}

// The parts of `tuple` that are read; nullopt if it is read whole.
std::optional<std::set<int64_t>> ElementsRead(const Computation& computation, InstructionId tuple) {
  std::set<int64_t> parts;
  if (computation.root() == tuple) return std::nullopt;
  for (const Instruction& reader : computation.instructions()) {
    if (std::ranges::find(reader.operands, tuple) == reader.operands.end()) continue;
    if (reader.opcode != OpCode::kGetTupleElement) return std::nullopt;
    parts.insert(PartRead(reader, tuple));
  }
  return parts;
}

bool IsPinned(const Instruction& instruction) {
  return instruction.Notes().sharding || !instruction.Notes().control_predecessors.empty();
}

// Is its work more than that of reading what it is computed from?
bool IsHeavy(OpCode opcode) {
  switch (opcode) {
    case OpCode::kDot:
    case OpCode::kConvolution:
    case OpCode::kReduce:
    case OpCode::kReduceWindow:
    case OpCode::kSelectAndScatter:
    case OpCode::kScatter:
    case OpCode::kSort:
    case OpCode::kFft:
    case OpCode::kCholesky:
    case OpCode::kTriangularSolve:
      return true;
    default:
      return false;
  }
}

// A value of a loop's body that no turn changes.
struct Still {
  std::set<int64_t> parts;  // that it is computed from
  bool is_heavy = false;
};

// What becomes of one loop over a tuple. Instruction ids are those of its body and condition.
class LoopPlan {
 public:
  // The outer computation holds the loop with `called` in `module`.
  LoopPlan(const ir::Module& module, const Computation& outer, InstructionId loop,
           const Computation& condition, const Computation& body, Effects& effects)
      : outer_(outer),
        loop_(outer[loop]),
        condition_(condition),
        body_(body),
        effects_(effects),
        count_(static_cast<int64_t>(loop_.shape.IsTuple() ? loop_.shape.elements().size() : 0)) {
    gains_ = HasPlainForm() && Plan(module, ElementsRead(outer, loop));
  }

  bool gains() const { return gains_; }

  // Of the old parts, those that are left, in order; what is hoisted follows them.
  const std::vector<int64_t>& kept() const { return kept_; }
  const std::vector<InstructionId>& hoisted() const { return hoisted_; }
  bool IsHandedOn(int64_t part) const { return handed_on_[part]; }

  // The instructions before the loop that make up a known part: an operand before its user.
  std::vector<InstructionId> KnownAs(int64_t part) const;
  bool IsLive(InstructionId id) const { return live_[id.value()]; }

 private:
  bool HasPlainForm() const;
  bool Plan(const ir::Module& module, const std::optional<std::set<int64_t>>& read_after);
  void FindStill();
  void FindHoisted();
  void FindNeeded(const std::optional<std::set<int64_t>>& read_after);
  void Need(InstructionId id);
  void NeedPart(int64_t part);
  InstructionId NextOf(int64_t part) const { return body_[body_.root()].operands[part]; }

  const Computation& outer_;
  const Instruction& loop_;
  const Computation& condition_;
  const Computation& body_;
  Effects& effects_;
  int64_t count_;
  bool gains_ = false;
  std::vector<bool> handed_on_;
  std::vector<bool> needed_;
  std::vector<bool> live_;                   // of the body
  std::vector<std::optional<Still>> still_;  // of the body
  std::vector<int64_t> kept_;
  std::vector<InstructionId> hoisted_;
};

bool LoopPlan::HasPlainForm() const {
  const InstructionId inside = body_.parameters()[0];
  return count_ > 0 && body_[body_.root()].opcode == OpCode::kTuple && !IsPinned(loop_) &&
         !IsPinned(body_[body_.root()]) && !IsPinned(body_[inside]) &&
         !IsPinned(condition_[condition_.parameters()[0]]) && ElementsRead(body_, inside) &&
         ElementsRead(condition_, condition_.parameters()[0]);
}

std::vector<InstructionId> LoopPlan::KnownAs(int64_t part) const {
  const Instruction& initial = outer_[loop_.operands[0]];
  if (!handed_on_[part] || initial.opcode != OpCode::kTuple) return {};
  const InstructionId id = initial.operands[part];
  auto is_small = [&](InstructionId constant) {
    return outer_[constant].opcode == OpCode::kConstant && outer_[constant].shape.IsArray() &&
           outer_[constant].shape.ElementCount() <= kMaxKnownElements;
  };
  if (is_small(id)) return {id};
  if (outer_[id].opcode == OpCode::kBroadcast && is_small(outer_[id].operands[0]))
    return {outer_[id].operands[0], id};
  return {};
}

// Values that every turn computes anew, from what it is handed as it was.
void LoopPlan::FindStill() {
  still_.resize(body_.size());
  for (size_t i = 0; i < body_.size(); ++i) {
    const Instruction& instruction = body_.instructions()[i];
    const int64_t part = PartRead(instruction, body_.parameters()[0]);
    if (!instruction.shape.IsArray() || instruction.shape.HasDynamicDimensions()) continue;
    if (part != kNoPart) {
      if (handed_on_[part]) still_[i] = Still{.parts = {part}};
      continue;
    }
    if (instruction.opcode == OpCode::kParameter || effects_.MakeUnique(instruction) ||
        IsPinned(instruction) || ir::GetOpInfo(instruction.opcode).Has(ir::OpTrait::kControl))
      continue;
    Still still{.is_heavy = IsHeavy(instruction.opcode)};
    bool is_still = true;
    for (InstructionId operand : instruction.operands) {
      const std::optional<Still>& from = still_[operand.value()];
      is_still = is_still && from.has_value();
      if (!is_still) break;
      still.parts.insert(from->parts.begin(), from->parts.end());
      still.is_heavy = still.is_heavy || from->is_heavy;
    }
    if (is_still) still_[i] = std::move(still);
  }
}

// Where still values meet what turns.
void LoopPlan::FindHoisted() {
  std::vector<bool> meets(body_.size());
  for (size_t i = 0; i < body_.size(); ++i)
    for (InstructionId operand : body_.instructions()[i].operands)
      if (!still_[i]) meets[operand.value()] = true;
  for (size_t i = 0; i < body_.size(); ++i) {
    const Instruction& instruction = body_.instructions()[i];
    if (!still_[i] || !meets[i] || still_[i]->parts.empty() ||
        instruction.opcode == OpCode::kGetTupleElement)
      continue;
    int64_t bytes = 0;
    for (int64_t part : still_[i]->parts)
      if (KnownAs(part).empty()) bytes += loop_.shape.element(part).ByteSize();
    if (bytes > 0 && (still_[i]->is_heavy || instruction.shape.ByteSize() <= bytes))
      hoisted_.push_back(InstructionId(i));
  }
}

void LoopPlan::NeedPart(int64_t part) {
  if (needed_[part] || !KnownAs(part).empty()) return;
  needed_[part] = true;
  Need(NextOf(part));
}

void LoopPlan::Need(InstructionId first) {
  std::vector<InstructionId> open = {first};
  while (!open.empty()) {
    const InstructionId id = open.back();
    open.pop_back();
    if (live_[id.value()]) continue;
    live_[id.value()] = true;
    if (std::ranges::binary_search(hoisted_, id)) continue;
    const int64_t part = PartRead(body_[id], body_.parameters()[0]);
    if (part != kNoPart) {
      if (!needed_[part] && KnownAs(part).empty()) {
        needed_[part] = true;
        open.push_back(NextOf(part));
      }
      continue;
    }
    for (InstructionId operand : body_[id].operands) open.push_back(operand);
  }
}

void LoopPlan::FindNeeded(const std::optional<std::set<int64_t>>& read_after) {
  needed_.assign(count_, false);
  live_.assign(body_.size(), false);
  for (size_t i = 0; i < body_.size(); ++i)
    if (effects_.MakeUnique(body_.instructions()[i])) Need(InstructionId(i));
  const auto asked_for = ElementsRead(condition_, condition_.parameters()[0]);
  for (int64_t part : *asked_for) NeedPart(part);
  for (int64_t part = 0; part < count_; ++part)
    if (!handed_on_[part] && (!read_after || read_after->contains(part))) NeedPart(part);
  std::erase_if(hoisted_, [&](InstructionId id) { return !IsLive(id); });
}

bool LoopPlan::Plan(const ir::Module& module, const std::optional<std::set<int64_t>>& read_after) {
  for (int64_t part = 0; part < count_; ++part)
    handed_on_.push_back(PartRead(body_[NextOf(part)], body_.parameters()[0]) == part);
  FindStill();
  const std::optional<int64_t> turns = ir::TripCount(module, outer_, loop_);
  if (!turns || *turns > 1) FindHoisted();
  FindNeeded(read_after);
  for (int64_t part = 0; part < count_; ++part)
    if (needed_[part]) kept_.push_back(part);
  if (kept_.empty()) return false;
  const bool reads_still = read_after && std::ranges::any_of(*read_after, [&](int64_t part) {
                             return handed_on_[part];
                           });
  return reads_still || !hoisted_.empty() || static_cast<int64_t>(kept_.size()) < count_;
}

// A list of instructions under construction.
class Emitter {
 public:
  InstructionId Push(Instruction instruction) {
    instructions_.push_back(std::move(instruction));
    return InstructionId(instructions_.size() - 1);
  }
  InstructionId PushPart(InstructionId tuple, int64_t part) {
    Instruction read;
    read.name = base::StrCat(instructions_[tuple.value()].name, ".part.", instructions_.size());
    read.opcode = OpCode::kGetTupleElement;
    read.shape = instructions_[tuple.value()].shape.element(part);
    read.operands = {tuple};
    read.attributes =
        std::make_shared<const ir::Attributes>(ir::GetTupleElementAttributes{.index = part});
    return Push(std::move(read));
  }
  InstructionId PushTuple(const std::string& name, const std::vector<InstructionId>& parts) {
    Instruction tuple;
    tuple.name = base::StrCat(name, ".parts.", instructions_.size());
    tuple.opcode = OpCode::kTuple;
    std::vector<Shape> shapes;
    for (InstructionId part : parts) shapes.push_back(instructions_[part.value()].shape);
    tuple.shape = Shape::Tuple(std::move(shapes));
    tuple.operands.assign(parts.begin(), parts.end());
    return Push(std::move(tuple));
  }
  const Instruction& operator[](InstructionId id) const { return instructions_[id.value()]; }
  size_t size() const { return instructions_.size(); }
  std::vector<Instruction> Take() && { return std::move(instructions_); }

 private:
  std::vector<Instruction> instructions_;
};

// The module, computation by computation.
class LoopRewriter {
 public:
  explicit LoopRewriter(const ir::Module& flat)
      : flat_(flat), module_(flat.header()), effects_(module_) {}

  absl::StatusOr<std::optional<PlainModule>> Run() {
    for (const Computation& computation : flat_.computations()) {
      EQSAT_ASSIGN_OR_RETURN(Computation made, Rewrite(computation));
      moved_.push_back(module_.Add(std::move(made)));
    }
    if (num_found_ == 0) return std::nullopt;
    module_.set_entry(moved_[flat_.entry_id().value()]);
    EQSAT_ASSIGN_OR_RETURN(ir::Module plain, Flatten(module_));
    return PlainModule{std::move(plain), {{"plain-loop", num_found_}}};
  }

 private:
  absl::StatusOr<Computation> Rewrite(const Computation& computation);
  absl::StatusOr<InstructionId> Replace(const LoopPlan& plan, const Computation& outer,
                                        const Instruction& loop, const Instruction& copy,
                                        const std::vector<InstructionId>& moved, Emitter& body);
  absl::StatusOr<ComputationId> Renewed(const LoopPlan& plan, const Computation& outer,
                                        ComputationId old, const Shape& state, bool is_body);
  InstructionId Hoist(const Computation& body, InstructionId id,
                      const std::vector<InstructionId>& initial,
                      std::map<InstructionId, InstructionId>& done, Emitter& before);

  const ir::Module& flat_;
  ir::Module module_;
  Effects effects_;
  std::vector<ComputationId> moved_;
  size_t num_found_ = 0;
};

// A condition or a body over what is left of the state.
absl::StatusOr<ComputationId> LoopRewriter::Renewed(const LoopPlan& plan, const Computation& outer,
                                                    ComputationId old, const Shape& state,
                                                    bool is_body) {
  const Computation from = module_[old];
  const InstructionId parameter = from.parameters()[0];
  Emitter made;
  std::vector<InstructionId> moved(from.size());
  for (size_t i = 0; i < from.size(); ++i) {
    const Instruction& instruction = from.instructions()[i];
    const InstructionId id(i);
    const int64_t part = PartRead(instruction, parameter);
    const auto hoisted = std::ranges::find(plan.hoisted(), id);
    if (id == parameter) {
      Instruction renewed = instruction;
      renewed.shape = state;
      renewed.annotations = nullptr;
      moved[i] = made.Push(std::move(renewed));
    } else if (is_body && (id == from.root() || !plan.IsLive(id))) {
      continue;
    } else if (is_body && hoisted != plan.hoisted().end()) {
      moved[i] = made.PushPart(moved[parameter.value()], static_cast<int64_t>(plan.kept().size()) +
                                                             (hoisted - plan.hoisted().begin()));
    } else if (part == kNoPart) {
      Instruction copy = instruction;
      copy.Renumber(moved);
      moved[i] = made.Push(std::move(copy));
    } else if (std::vector<InstructionId> known = plan.KnownAs(part); !known.empty()) {
      for (InstructionId outside : known) {
        Instruction copy = outer[outside];
        copy.name = base::StrCat(copy.name, ".known.", made.size());
        if (!copy.operands.empty()) copy.operands = {moved[i]};
        moved[i] = made.Push(std::move(copy));
      }
    } else {
      const auto place = std::ranges::lower_bound(plan.kept(), part);
      moved[i] = made.PushPart(moved[parameter.value()], place - plan.kept().begin());
    }
  }
  InstructionId root = moved[from.root().value()];
  if (is_body) {
    std::vector<InstructionId> next;
    for (int64_t part : plan.kept())
      next.push_back(moved[from[from.root()].operands[part].value()]);
    for (size_t h = 0; h < plan.hoisted().size(); ++h)
      next.push_back(
          made.PushPart(moved[parameter.value()], static_cast<int64_t>(plan.kept().size() + h)));
    root = made.PushTuple(from.name(), next);
  }
  EQSAT_ASSIGN_OR_RETURN(
      Computation renewed,
      Computation::Make(base::StrCat(from.name(), ".plain.", module_.computations().size()),
                        std::move(made).Take(), root));
  renewed.set_execution_thread(from.execution_thread());
  return module_.Add(std::move(renewed));
}

// A value of the body, computed from the parts with which the loop begins.
InstructionId LoopRewriter::Hoist(const Computation& body, InstructionId id,
                                  const std::vector<InstructionId>& initial,
                                  std::map<InstructionId, InstructionId>& done, Emitter& before) {
  // Ids order dependencies, so the least that is open has its operands done.
  std::set<InstructionId> open = {id};
  for (auto next = open.rbegin(); next != open.rend(); ++next)
    if (PartRead(body[*next], body.parameters()[0]) == kNoPart)
      for (InstructionId operand : body[*next].operands) open.insert(operand);
  for (InstructionId value : open) {
    if (done.contains(value)) continue;
    const int64_t part = PartRead(body[value], body.parameters()[0]);
    if (part != kNoPart) {
      done[value] = initial[part];
      continue;
    }
    Instruction copy = body[value];
    for (InstructionId& operand : copy.operands) operand = done.at(operand);
    done[value] = before.Push(std::move(copy));
  }
  return done.at(id);
}

absl::StatusOr<InstructionId> LoopRewriter::Replace(const LoopPlan& plan, const Computation& outer,
                                                    const Instruction& loop,
                                                    const Instruction& copy,
                                                    const std::vector<InstructionId>& moved,
                                                    Emitter& body) {
  const int64_t count = static_cast<int64_t>(loop.shape.elements().size());
  const InstructionId given = moved[loop.operands[0].value()];
  const Instruction& tuple = outer[loop.operands[0]];
  std::vector<InstructionId> initial;
  for (int64_t part = 0; part < count; ++part) {
    initial.push_back(tuple.opcode == OpCode::kTuple ? moved[tuple.operands[part].value()]
                                                     : body.PushPart(given, part));
  }
  std::vector<InstructionId> state;
  for (int64_t part : plan.kept()) state.push_back(initial[part]);
  std::map<InstructionId, InstructionId> done;
  for (InstructionId id : plan.hoisted())
    state.push_back(Hoist(module_[copy.called[1]], id, initial, done, body));
  Instruction plain = copy;
  plain.operands = {body.PushTuple(loop.name, state)};
  plain.shape = body[plain.operands[0]].shape;
  auto notes = std::make_shared<ir::Annotations>();
  notes->metadata = loop.Notes().metadata;
  notes->frontend_attributes = loop.Notes().frontend_attributes;
  notes->backend_config = loop.Notes().backend_config;
  plain.annotations = std::move(notes);
  EQSAT_ASSIGN_OR_RETURN(plain.called[0],
                         Renewed(plan, outer, copy.called[0], plain.shape, /*is_body=*/false));
  EQSAT_ASSIGN_OR_RETURN(plain.called[1],
                         Renewed(plan, outer, copy.called[1], plain.shape, /*is_body=*/true));
  const InstructionId result = body.Push(std::move(plain));
  // What was dropped is read by nobody; its first value stands in its place.
  std::vector<InstructionId> parts = initial;
  for (size_t i = 0; i < plan.kept().size(); ++i)
    if (!plan.IsHandedOn(plan.kept()[i]))
      parts[plan.kept()[i]] = body.PushPart(result, static_cast<int64_t>(i));
  return body.PushTuple(loop.name, parts);
}

absl::StatusOr<Computation> LoopRewriter::Rewrite(const Computation& computation) {
  Emitter body;
  std::vector<InstructionId> moved(computation.size());
  for (size_t i = 0; i < computation.size(); ++i) {
    const Instruction& instruction = computation.instructions()[i];
    Instruction copy = instruction;
    copy.Renumber(moved);
    for (ComputationId& callee : copy.called) callee = moved_[callee.value()];
    if (instruction.opcode == OpCode::kWhile) {
      // Copies: the module grows while they are in use.
      const Computation condition = module_[copy.called[0]];
      const Computation turn = module_[copy.called[1]];
      const LoopPlan plan(flat_, computation, InstructionId(i), condition, turn, effects_);
      if (plan.gains()) {
        ++num_found_;
        EQSAT_ASSIGN_OR_RETURN(moved[i],
                               Replace(plan, computation, instruction, copy, moved, body));
        continue;
      }
    }
    moved[i] = body.Push(std::move(copy));
  }
  EQSAT_ASSIGN_OR_RETURN(Computation made,
                         Computation::Make(computation.name(), std::move(body).Take(),
                                           moved[computation.root().value()]));
  made.set_execution_thread(computation.execution_thread());
  return made;
}

}  // namespace

absl::StatusOr<std::optional<PlainModule>> PlainLoops(const ir::Module& flat) {
  return LoopRewriter(flat).Run();
}

}  // namespace eqsat::rules
