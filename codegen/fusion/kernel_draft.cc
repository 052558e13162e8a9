#include "codegen/fusion/kernel_draft.h"

#include <algorithm>
#include <limits>

#include "absl/container/flat_hash_set.h"

namespace eqsat::codegen {
namespace {

using cost_models::Roofline;
using ir::InstructionId;
using ir::OpCode;

// Index maps of one member: each is a copy of its code.
constexpr size_t kMaxMaps = 6;
constexpr size_t kMaxMapsOfCostly = 3;
constexpr double kCheapFlops = 2;  // of one element
// The sum over all members, a few for each that the limits allow.
constexpr size_t kMaxMapsPerMember = 4;

// A contraction keeps tiles of its operands, so what only moves or converts elements on the way to
// it is done about once an element. What computes them is repeated with every reading, and joins
// only where no earlier kernel could do it.
constexpr int kMaxPrologueMembers = 8;

// A row longer than this is not left to one unit while others idle.
constexpr double kLongRow = 16384;

constexpr int64_t kAnyRow = std::numeric_limits<int64_t>::max();

// An index computation by itself, in flops.
constexpr double kIndexFlops = 1;

uint64_t Compose(uint64_t outer, uint64_t inner) {
  if (inner == OperandRead::kIdentity) return outer;
  uint64_t mixed = (outer ^ (inner + 0x9e3779b97f4a7c15u)) * 0xff51afd7ed558ccdu;
  mixed ^= mixed >> 32;
  return mixed == OperandRead::kIdentity ? 1 : mixed;
}

bool IsMovedInTiles(OpCode opcode) {
  if (opcode == OpCode::kGather || opcode == OpCode::kConcatenate) return false;
  return ir::GetOpInfo(opcode).Has(ir::OpTrait::kMovement) || opcode == OpCode::kConvert;
}

bool IsImmediateLike(const InstructionFacts& facts) {
  return facts.is_cheap_to_repeat && facts.repeat_bytes == 0;
}

void AddEvaluations(absl::InlinedVector<std::pair<uint64_t, double>, 2>& evaluated, uint64_t map,
                    double count) {
  for (auto& [known, evaluations] : evaluated) {
    if (known != map) continue;
    evaluations = std::max(evaluations, count);
    return;
  }
  evaluated.emplace_back(map, count);
}

}  // namespace

KernelDraft::KernelDraft(const ComputationFacts& facts, InstructionId first) : facts_(&facts) {
  const InstructionFacts& own = facts[first];
  double evaluations = own.elements;
  switch (own.role) {
    case Role::kReduction:
      form_ = KernelForm::kRow;
      break;
    case Role::kContraction:
      form_ = KernelForm::kContraction;
      hero_ = first;
      break;
    case Role::kUpdate: {
      // Over a fresh operand, which no buffer holds, the whole result is computed instead.
      const auto& operands = facts.computation()[first].operands;
      if (IsImmediateLike(facts[operands[0]]) || std::ranges::count(operands, operands[0]) > 1)
        break;
      form_ = KernelForm::kUpdate;
      hero_ = first;
      evaluations = facts[operands[1]].elements;
      break;
    }
    default:
      break;
  }
  if (form_ == KernelForm::kRow || form_ == KernelForm::kContraction)
    rows_ = ElementsOf(facts.computation()[first].shape);
  members_.push_back({first, {{OperandRead::kIdentity, evaluations}}, false});
  outputs_.push_back(first);
}

const KernelDraft::Member* KernelDraft::Find(InstructionId id) const {
  auto it = std::lower_bound(members_.begin(), members_.end(), id,
                             [](const Member& m, InstructionId key) { return m.id > key; });
  return it != members_.end() && it->id == id ? &*it : nullptr;
}

std::vector<InstructionId> KernelDraft::MemberIds() const {
  std::vector<InstructionId> ids;
  for (auto it = members_.rbegin(); it != members_.rend(); ++it) ids.push_back(it->id);
  return ids;
}

std::vector<InstructionId> KernelDraft::Inputs() const {
  std::vector<InstructionId> inputs;
  for (const Member& member : members_) {
    for (InstructionId operand : facts_->computation()[member.id].operands)
      if (!Contains(operand)) inputs.push_back(operand);
  }
  std::sort(inputs.begin(), inputs.end());
  inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
  return inputs;
}

double KernelDraft::Total(const Evaluated& evaluated) const {
  double sum = 0;
  double most = 0;
  for (const auto& [map, evaluations] : evaluated) {
    sum += evaluations;
    most = std::max(most, evaluations);
  }
  // The passes over a row find it in registers or the nearest cache.
  return form_ == KernelForm::kRow ? most : sum;
}

std::vector<double> KernelDraft::Evaluations() const {
  std::vector<double> evaluations;
  for (auto it = members_.rbegin(); it != members_.rend(); ++it)
    evaluations.push_back(Total(it->evaluated));
  return evaluations;
}

bool KernelDraft::FeedsHero(InstructionId id) const {
  return std::ranges::any_of(members_, [&](const Member& member) {
    if (member.id != hero_ && !member.feeds_hero) return false;
    return std::ranges::count(facts_->computation()[member.id].operands, id) > 0;
  });
}

bool KernelDraft::SameDimensionsAsOutputs(InstructionId id) const {
  const ir::Computation& computation = facts_->computation();
  return ir::Shape::SameDimensions(computation[id].shape, computation[outputs_[0]].shape);
}

bool KernelDraft::RowsHold(InstructionId id, int64_t rows, int64_t max_row) const {
  const ir::Computation& computation = facts_->computation();
  auto has_whole_rows = [&](InstructionId member) {
    int64_t elements = ElementsOf(computation[member].shape);
    return elements > 0 && elements % rows == 0 && elements / rows <= max_row;
  };
  if (rows <= 0 || !std::ranges::all_of(outputs_, has_whole_rows)) return false;
  absl::flat_hash_set<InstructionId> dependents = {id};
  for (auto it = members_.rbegin(); it != members_.rend(); ++it) {
    for (InstructionId operand : computation[it->id].operands) {
      if (!dependents.contains(operand)) continue;
      if (!has_whole_rows(it->id) || !facts_->ReadsOwnRow(it->id, operand, rows)) return false;
      dependents.insert(it->id);
    }
  }
  return true;
}

bool KernelDraft::HasParallelRows(int64_t rows, const Roofline& roofline) const {
  const auto units = roofline.target().compute_units.value;
  const auto row_count = static_cast<double>(rows);
  if (row_count >= units || units <= 1) return true;
  return std::ranges::all_of(outputs_, [&](InstructionId output) {
    return (*facts_)[output].elements <= row_count * kLongRow;
  });
}

bool KernelDraft::ReductionFits(InstructionId id) const {
  const int64_t rows = ElementsOf(facts_->computation()[id].shape);
  if (form_ != KernelForm::kLoop && (form_ != KernelForm::kRow || rows != rows_)) return false;
  return RowsHold(id, rows, kAnyRow);
}

bool KernelDraft::ContractionFits(InstructionId id) const {
  return form_ == KernelForm::kLoop &&
         RowsHold(id, ElementsOf(facts_->computation()[id].shape), /*max_row=*/1);
}

bool KernelDraft::PrologueFits(InstructionId id) const {
  const InstructionFacts& own = (*facts_)[id];
  if (own.elements <= 1 || IsImmediateLike(own)) return true;
  const OpCode opcode = facts_->computation()[id].opcode;
  if (opcode == OpCode::kGather || !(IsMovedInTiles(opcode) || own.is_of_stored_values))
    return false;
  auto is_prologue = [&](const Member& member) {
    return member.feeds_hero && !IsImmediateLike((*facts_)[member.id]);
  };
  return std::ranges::count_if(members_, is_prologue) < kMaxPrologueMembers;
}

bool KernelDraft::PointwiseFits(InstructionId id, As as) const {
  const ir::Computation& computation = facts_->computation();
  switch (form_) {
    case KernelForm::kLoop:
      return as == As::kInner || SameDimensionsAsOutputs(id);
    case KernelForm::kRow: {
      if (as == As::kInner) return true;
      int64_t elements = ElementsOf(computation[id].shape);
      return rows_ > 0 && elements > 0 && elements % rows_ == 0;
    }
    case KernelForm::kContraction:
      if (FeedsHero(id)) return as == As::kInner && PrologueFits(id);
      return as == As::kInner || ElementsOf(computation[id].shape) == rows_;
    case KernelForm::kUpdate: {
      const InstructionId updated = computation[hero_].operands[0];
      return as == As::kInner && id != updated &&
             std::ranges::count(computation[id].operands, updated) == 0;
    }
  }
  return false;
}

bool KernelDraft::FormAccepts(InstructionId id, As as) const {
  switch ((*facts_)[id].role) {
    case Role::kPointwise:
      return PointwiseFits(id, as);
    case Role::kReduction:
      return ReductionFits(id);
    case Role::kContraction:
      return ContractionFits(id);
    default:
      return false;
  }
}

bool KernelDraft::FitsLimits(InstructionId id, As as, const FusionLimits& limits) const {
  if (as == As::kOutput && outputs_.size() >= static_cast<size_t>(limits.max_outputs)) return false;
  if (IsImmediateLike((*facts_)[id])) return true;
  if (members_.size() >= static_cast<size_t>(limits.max_members)) return false;
  std::vector<InstructionId> inputs = Inputs();
  for (InstructionId operand : facts_->computation()[id].operands) inputs.push_back(operand);
  std::sort(inputs.begin(), inputs.end());
  inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
  auto needs_memory = [&](InstructionId input) {
    return input != id && !IsImmediateLike((*facts_)[input]);
  };
  return std::ranges::count_if(inputs, needs_memory) <= limits.max_inputs;
}

KernelDraft::Evaluated KernelDraft::EvaluatedAs(InstructionId id, As as) const {
  const InstructionFacts& own = (*facts_)[id];
  Evaluated evaluated;
  // Reducing members and heroes are computed once an element, in passes of their own; scalars once.
  if (own.role != Role::kPointwise || own.elements <= 1)
    return {{OperandRead::kIdentity, own.elements}};
  if (as == As::kOutput) evaluated.emplace_back(OperandRead::kIdentity, own.elements);
  const bool is_moved = IsMovedInTiles(facts_->computation()[id].opcode);
  for (const Member& member : members_) {
    for (const OperandRead& read : facts_->Reads(member.id)) {
      if (read.operand != id) continue;
      const bool at_most_once = read.is_guarded || (member.id == hero_ && is_moved);
      for (const auto& [map, evaluations] : member.evaluated) {
        double count = evaluations * read.evaluations * (is_moved ? 1 : member.readings);
        AddEvaluations(evaluated, Compose(map, read.map),
                       at_most_once ? std::min(count, own.elements) : count);
      }
    }
  }
  return evaluated;
}

double KernelDraft::ReadingsOf(InstructionId id) const {
  if (!IsMovedInTiles(facts_->computation()[id].opcode)) return 1;
  double most = 1;
  for (const Member& member : members_) {
    if (member.id != hero_ && !member.feeds_hero) continue;
    for (const OperandRead& read : facts_->Reads(member.id)) {
      if (read.operand != id) continue;
      double readings = member.readings;
      if (member.id == hero_)
        readings = Total(member.evaluated) * read.evaluations / (*facts_)[id].elements;
      most = std::max(most, readings);
    }
  }
  return most;
}

bool KernelDraft::RecomputingPays(InstructionId id, const Evaluated& evaluated,
                                  const Roofline& roofline) const {
  const InstructionFacts& own = (*facts_)[id];
  const double repeated = Total(evaluated) - own.elements;
  if (repeated <= 0 || IsImmediateLike(own)) return true;
  const ir::Shape& shape = facts_->computation()[id].shape;
  double price = roofline.ComputeSeconds(
      {repeated * (own.flops + kIndexFlops), repeated * own.transcendentals, shape.element_type()});
  double saved = roofline.Kernel({0, 0, 2 * own.bytes, own.elements}).seconds;
  return price <= saved;
}

bool KernelDraft::TryAdd(InstructionId id, As as, const FusionLimits& limits,
                         const Roofline& roofline) {
  if (!FitsLimits(id, as, limits) || !FormAccepts(id, as)) return false;
  const InstructionFacts& own = (*facts_)[id];
  Evaluated evaluated = EvaluatedAs(id, as);
  const bool is_costly = own.transcendentals > 0 || own.flops > kCheapFlops;
  size_t maps = evaluated.size();
  if (maps > (is_costly ? kMaxMapsOfCostly : kMaxMaps)) return false;
  for (const Member& member : members_) maps += member.evaluated.size();
  if (maps > kMaxMapsPerMember * limits.max_members) return false;
  if (own.role == Role::kPointwise && !RecomputingPays(id, evaluated, roofline)) return false;

  const int64_t elements = ElementsOf(facts_->computation()[id].shape);
  if (own.role == Role::kReduction) {
    if (!HasParallelRows(elements, roofline)) return false;
    form_ = KernelForm::kRow;
    rows_ = elements;
  } else if (own.role == Role::kContraction) {
    form_ = KernelForm::kContraction;
    rows_ = elements;
    hero_ = id;
  }
  const bool feeds_hero = hero_.valid() && id != hero_ && FeedsHero(id);
  const double readings = feeds_hero ? ReadingsOf(id) : 1;
  members_.push_back({id, std::move(evaluated), feeds_hero, readings});
  if (as == As::kOutput) outputs_.push_back(id);
  return true;
}

bool KernelDraft::TryMerge(const KernelDraft& other, const FusionLimits& limits) {
  if (form_ != other.form_) return false;
  if (form_ == KernelForm::kLoop ? !SameDimensionsAsOutputs(other.outputs_[0])
                                 : form_ != KernelForm::kRow || rows_ != other.rows_)
    return false;
  KernelDraft merged = *this;
  for (const Member& member : other.members_) {
    auto at = std::ranges::find_if(merged.members_,
                                   [&](const Member& known) { return known.id <= member.id; });
    if (at != merged.members_.end() && at->id == member.id) {
      for (const auto& [map, evaluations] : member.evaluated)
        AddEvaluations(at->evaluated, map, evaluations);
    } else {
      merged.members_.insert(at, member);
    }
  }
  merged.outputs_.insert(merged.outputs_.end(), other.outputs_.begin(), other.outputs_.end());
  if (merged.members_.size() > static_cast<size_t>(limits.max_members) ||
      merged.outputs_.size() > static_cast<size_t>(limits.max_outputs) ||
      merged.Inputs().size() > static_cast<size_t>(limits.max_inputs))
    return false;
  *this = std::move(merged);
  return true;
}

void KernelDraft::Remove(InstructionId id) {
  std::erase_if(members_, [&](const Member& member) { return member.id == id; });
}

}  // namespace eqsat::codegen
