#include "codegen/fusion/computation_facts.h"

#include <algorithm>
#include <string_view>

#include "codegen/fusion/lowerable.h"
#include "codegen/fusion/row_space.h"
#include "codegen/lower/irregular.h"
#include "ir/base/strings.h"
#include "ir/graph/bound_op.h"

namespace eqsat::codegen {
namespace {

using ir::Combiner;
using ir::Computation;
using ir::IndexedForm;
using ir::Instruction;
using ir::InstructionId;

// What may be computed anew in each kernel that reads it.
constexpr double kMaxRepeatedOperations = 8;  // of one element
constexpr int kMaxRepeatedInstructions = 12;
constexpr double kNegligibleBytes = 64;

// FNV-1a: the same in every run, unlike the hash of a container.
uint64_t HashText(std::string_view text) {
  uint64_t hash = 14695981039346656037u;
  for (unsigned char c : text) hash = (hash ^ c) * 1099511628211u;
  return hash == OperandRead::kIdentity ? 1 : hash;
}

bool IsIdentity(const IndexedForm& form, const ir::OperandAccess& access,
                const ir::Shape& operand) {
  if (!form.reduction.empty() || !access.guards.empty()) return false;
  if (operand.dimensions() != absl::MakeConstSpan(form.parallel)) return false;
  for (size_t i = 0; i < access.indices.size(); ++i) {
    const ir::IndexExpr& index = access.indices[i];
    const bool same =
        index.kind() == ir::IndexExpr::Kind::kDim && index.value() == static_cast<int64_t>(i);
    if (!same && operand.dimension(static_cast<int64_t>(i)) > 1) return false;
  }
  return true;
}

std::string MapText(const IndexedForm& form, const ir::OperandAccess& access) {
  std::string text =
      base::StrCat("[", base::Join(form.parallel, ","), ";", base::Join(form.reduction, ","), "]");
  for (const ir::IndexExpr& index : access.indices) base::StrAppend(&text, index.ToString(), ",");
  return text;
}

// Sets uses[i] where dimension i occurs in the expression.
void MarkDimensions(const ir::IndexExpr& index, std::vector<bool>& uses) {
  switch (index.kind()) {
    case ir::IndexExpr::Kind::kConstant:
      return;
    case ir::IndexExpr::Kind::kDim:
      uses[index.value()] = true;
      return;
    case ir::IndexExpr::Kind::kAdd:
      MarkDimensions(index.rhs(), uses);
      [[fallthrough]];
    default:
      MarkDimensions(index.lhs(), uses);
  }
}

// Points of the iteration space at which an operand element is evaluated, for one element of the
// result: all reduction points, without the innermost dimensions that the access does not use.
double EvaluationsPerElement(const IndexedForm& form, const ir::OperandAccess& access) {
  std::vector<bool> uses(form.parallel.size() + form.reduction.size());
  for (const ir::IndexExpr& index : access.indices) MarkDimensions(index, uses);
  double evaluations = 1;
  for (int64_t d : form.reduction) evaluations *= static_cast<double>(d);
  const size_t rank = form.parallel.size();
  for (size_t i = uses.size(); i > 0 && !uses[i - 1]; --i) {
    int64_t size = i <= rank ? form.parallel[i - 1] : form.reduction[i - 1 - rank];
    evaluations /= static_cast<double>(std::max<int64_t>(size, 1));
  }
  return evaluations;
}

}  // namespace

int64_t ElementsOf(const ir::Shape& shape) {
  return (shape.IsTuple() ? shape.element(0) : shape).ElementCount();
}

double StaticBytes(const ir::Shape& shape) {
  if (shape.IsTuple()) {
    double sum = 0;
    for (const ir::Shape& element : shape.elements()) sum += StaticBytes(element);
    return sum;
  }
  if (!shape.IsArray() || shape.HasUnboundedDimensions()) return 0;
  return static_cast<double>(shape.ByteSize());
}

ComputationFacts::ComputationFacts(const ir::Module& module, const Computation& computation,
                                   const cost_models::WorkTable& work)
    : module_(module),
      computation_(computation),
      facts_(computation.size()),
      reads_(computation.size()),
      forms_(computation.size()),
      repetition_(computation.size()) {
  for (size_t i = 0; i < computation.size(); ++i) {
    const Instruction& instruction = computation.instructions()[i];
    const InstructionId id(i);
    InstructionFacts& facts = facts_[i];
    facts.role = RoleOf(instruction);
    if (facts.role < Role::kPointwise) {
      facts.bytes = StaticBytes(instruction.shape);
      continue;
    }
    ir::BoundOp op(module, computation, instruction);
    if (op.info().indexing != nullptr) {
      forms_[i] = op.info().indexing(op.context());
      if (forms_[i].combiner == Combiner::kReduce) facts.role = Role::kReduction;
      if (forms_[i].combiner == Combiner::kDot) facts.role = Role::kContraction;
      AddReads(id, forms_[i]);
    } else {
      AddIndexedReads(id);
    }
    ir::Work own = work.Of(computation, instruction);
    AddWork(id, own);
    DecideRepetition(id, own);
    facts.is_of_stored_values =
        facts.role == Role::kPointwise &&
        std::ranges::all_of(instruction.operands, [&](InstructionId operand) {
          const InstructionFacts& source = facts_[operand.value()];
          return source.is_of_stored_values || source.role < Role::kPointwise;
        });
  }
}

Role ComputationFacts::RoleOf(const Instruction& instruction) const {
  // A reshape and an immediate need no code by themselves, but kernels can hold them.
  if (IsLowerable(module_, computation_, instruction)) {
    const IrregularCode* irregular = FindIrregularCode(instruction.opcode);
    return irregular != nullptr && irregular->updates ? Role::kUpdate : Role::kPointwise;
  }
  if (IsAlias(computation_, instruction)) return Role::kAlias;
  if (ir::GetOpInfo(instruction.opcode).Has(ir::OpTrait::kControl)) return Role::kControl;
  return Role::kLibrary;
}

void ComputationFacts::AddReads(InstructionId id, const IndexedForm& form) {
  const Instruction& instruction = computation_[id];
  for (const ir::OperandAccess& access : form.accesses) {
    OperandRead read;
    read.operand = instruction.operands[access.operand];
    const ir::Shape& shape = computation_[read.operand].shape;
    if (!IsIdentity(form, access, shape)) read.map = HashText(MapText(form, access));
    read.evaluations = EvaluationsPerElement(form, access);
    read.is_guarded = !access.guards.empty() && form.combiner == Combiner::kFirst;
    reads_[id.value()].push_back(read);
  }
}

// Gather, dynamic-slice and dynamic-update-slice: which elements they read is known at run time, so
// each reading is a map of its own. Scalars have one element only.
void ComputationFacts::AddIndexedReads(InstructionId id) {
  const Instruction& instruction = computation_[id];
  for (size_t i = 0; i < instruction.operands.size(); ++i) {
    OperandRead read;
    read.operand = instruction.operands[i];
    read.map = HashText(base::StrCat("#", id.value(), ".", i));
    // The hero of an update reads operand 0 in place, not element by element.
    reads_[id.value()].push_back(read);
  }
}

void ComputationFacts::AddWork(InstructionId id, const ir::Work& work) {
  const ir::Shape& shape = computation_[id].shape;
  InstructionFacts& facts = facts_[id.value()];
  facts.elements = static_cast<double>(ElementsOf(shape));
  facts.bytes = StaticBytes(shape);
  const double per_element = 1 / std::max(facts.elements, 1.0);
  facts.flops = work.flops * per_element;
  facts.transcendentals = work.transcendentals * per_element;
}

void ComputationFacts::DecideRepetition(InstructionId id, const ir::Work& work) {
  const Instruction& instruction = computation_[id];
  InstructionFacts& facts = facts_[id.value()];
  Repetition& repetition = repetition_[id.value()];
  const bool is_scalar = facts.elements <= 1;
  repetition = {facts.flops + facts.transcendentals * cost_models::kFlopsPerTranscendental, 1};
  if (facts.role != Role::kPointwise) return;
  const IrregularCode* irregular = FindIrregularCode(instruction.opcode);
  if (irregular != nullptr && irregular->first_start == 0) return;
  // Each operand that is read for some elements only (concatenate, pad) is a branch in each kernel.
  if (std::ranges::any_of(reads_[id.value()], &OperandRead::is_guarded)) return;
  for (size_t i = 0; i < instruction.operands.size(); ++i) {
    const InstructionId operand = instruction.operands[i];
    const InstructionFacts& source = facts_[operand.value()];
    double read = i < work.bytes_read.size() ? work.bytes_read[i] : source.bytes;
    if (source.is_cheap_to_repeat) {
      read = source.repeat_bytes * std::min(1.0, read / std::max(source.bytes, 1.0));
      repetition.operations_per_element += repetition_[operand.value()].operations_per_element;
      repetition.instructions += repetition_[operand.value()].instructions;
    }
    facts.repeat_bytes += read;
  }
  const bool few_operations =
      is_scalar || repetition.operations_per_element <= kMaxRepeatedOperations;
  facts.is_cheap_to_repeat = few_operations &&
                             repetition.instructions <= kMaxRepeatedInstructions &&
                             facts.repeat_bytes <= facts.bytes + kNegligibleBytes;
}

bool ComputationFacts::ReadsOwnRow(InstructionId reader, InstructionId operand,
                                   int64_t rows) const {
  if (KeepsLinearOrder(computation_, computation_[reader])) return true;
  const IndexedForm& form = forms_[reader.value()];
  const auto& operands = computation_[reader].operands;
  bool found = false;
  for (const ir::OperandAccess& access : form.accesses) {
    if (operands[access.operand] != operand) continue;
    found = true;
    if (!StaysInRow(form, access, computation_[operand].shape.dimensions(), rows)) return false;
  }
  return found;
}

}  // namespace eqsat::codegen
