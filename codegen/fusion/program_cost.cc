#include "codegen/fusion/program_cost.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "codegen/fusion/computation_facts.h"
#include "cost_models/analytic/work_table.h"
#include "ir/graph/bound_op.h"
#include "ir/graph/trip_count.h"

namespace eqsat::codegen {
namespace {

using cost_models::Arithmetic;
using cost_models::KernelCost;
using cost_models::KernelWork;
using cost_models::Roofline;
using cost_models::WorkTable;
using ir::Computation;
using ir::ComputationId;
using ir::Instruction;
using ir::InstructionId;
using ir::Work;

// Keeps products of nested trip counts finite.
constexpr double kMaxExecutions = 1e24;

double Elements(const ir::Shape& shape) {
  if (shape.IsTuple()) {
    double most = 0;
    for (const ir::Shape& element : shape.elements()) most = std::max(most, Elements(element));
    return most;
  }
  if (!shape.IsArray() || shape.HasUnboundedDimensions()) return 0;
  return static_cast<double>(shape.ElementCount());
}

// Dimensions that an index has to name; of a tuple, in its first array.
double Coordinates(const ir::Shape& shape) {
  if (shape.IsTuple()) return shape.elements().empty() ? 0 : Coordinates(shape.element(0));
  if (!shape.IsArray()) return 0;
  return static_cast<double>(
      std::ranges::count_if(shape.dimensions(), [](int64_t size) { return size != 1; }));
}

// To find an element of an array.
double IndexOperationsIn(const ir::Shape& array, const cost_models::ElementPrice& price) {
  return price.index_operations + std::max(Coordinates(array) - 1, 0.0);
}

// To find the elements of one window of an array.
double WindowIndexOperations(const ir::Window& window, const ir::Shape& array) {
  double elements = 1;
  bool is_padded = false;
  for (const ir::WindowDimension& dimension : window) {
    elements *= static_cast<double>(dimension.size);
    is_padded |= dimension.padding_low != 0 || dimension.padding_high != 0;
  }
  const auto each = is_padded ? ir::OpCode::kPad : ir::OpCode::kSlice;
  const auto price = cost_models::PriceOfElement(each, ir::ElementType::kS32, 1);
  return elements * IndexOperationsIn(array, price);
}

// Prices the groups of one computation.
class GroupPricer {
 public:
  GroupPricer(const ir::Module& module, const Computation& computation, const WorkTable& work,
              const Roofline& roofline)
      : module_(module), computation_(computation), work_(work), roofline_(roofline) {}

  KernelCost Kernel(const FusionGroup& group, bool update_in_place) const {
    KernelWork total;
    std::map<InstructionId, double> read;
    for (size_t i = 0; i < group.members.size(); ++i) {
      const Instruction& instruction = computation_[group.members[i]];
      Work own = work_.Of(computation_, instruction);
      // Work counts every element of the result once.
      const double repeats = group.evaluations[i] / std::max(Elements(instruction.shape), 1.0);
      const bool is_update = group.form == KernelForm::kUpdate && group.members[i] == group.hero;
      AddArithmetic(instruction, own, is_update ? 1 : repeats, total);
      AddReads(group, instruction, own, is_update ? 1 : repeats, read);
    }
    for (const auto& [id, bytes] : read)
      total.bytes += std::min(bytes, StaticBytes(computation_[id].shape));
    AddWrites(group, update_in_place, total);
    total.parallelism = Parallelism(group);
    return roofline_.Kernel(total);
  }

  KernelCost Library(InstructionId id) const {
    const Instruction& instruction = computation_[id];
    Work own = work_.Of(computation_, instruction);
    KernelWork total;
    AddArithmetic(instruction, own, 1, total);
    total.bytes = std::accumulate(own.bytes_read.begin(), own.bytes_read.end(), own.bytes_written);
    total.parallelism = std::max(Elements(instruction.shape), 1.0);
    return roofline_.Kernel(total);
  }

 private:
  void AddArithmetic(const Instruction& instruction, const Work& own, double repeats,
                     KernelWork& total) const {
    ir::BoundOp op(module_, computation_, instruction);
    const ir::ElementType type = cost_models::ArithmeticType(op.context());
    const auto price =
        cost_models::PriceOfElement(instruction.opcode, type, instruction.operands.size());
    // HLO counts one operation less than a fold has elements; ours begin with the initial value.
    const bool is_fold = instruction.opcode == ir::OpCode::kReduce ||
                         instruction.opcode == ir::OpCode::kReduceWindow;
    const double starts = is_fold ? Elements(instruction.shape) : 0;
    Arithmetic arithmetic{(own.flops + starts) * price.instructions_per_flop * repeats,
                          own.transcendentals * repeats, type};
    if (cost_models::IsContraction(instruction.opcode))
      arithmetic.engine = roofline_.ContractionEngine(arithmetic.type);
    total.compute_seconds += roofline_.ComputeSeconds(arithmetic);
    total.flops += own.flops * repeats;
    if (!IsImmediate(instruction)) total.latency_cycles += price.latency_cycles;
    total.compute_seconds += roofline_.ComputeSeconds(
        {.flops = IndexOperations(instruction, price) * repeats, .type = ir::ElementType::kS32});
  }

  // Integer operations to find the elements that are read: an op that moves elements finds each
  // with one for each dimension of the array that it is in, and a reduction finds the first element
  // of each fold. Copies of one element need not look for it; a window looks for each of its
  // elements, as a pad does where it is padded.
  double IndexOperations(const Instruction& instruction,
                         const cost_models::ElementPrice& price) const {
    if (instruction.operands.empty()) return 0;
    const double elements = Elements(instruction.shape);
    const ir::Shape& operand = computation_[instruction.operands[0]].shape;
    const ir::OpInfo& info = ir::GetOpInfo(instruction.opcode);
    switch (instruction.opcode) {
      case ir::OpCode::kReduce:
        return elements * Coordinates(instruction.shape);
      case ir::OpCode::kReduceWindow:
        return elements *
               WindowIndexOperations(instruction.attr<ir::WindowAttributes>().window, operand);
      case ir::OpCode::kDynamicUpdateSlice:  // asks whether an element is new
        return elements * price.index_operations;
      case ir::OpCode::kBroadcast:
        return operand.IsScalar() ? 0 : elements * IndexOperationsIn(operand, price);
      default:
        if (!info.Has(ir::OpTrait::kMovement)) return 0;
        // A copy walks both arrays alike.
        if (info.Has(ir::OpTrait::kElementwise)) return elements * price.index_operations;
        return elements * IndexOperationsIn(operand, price);
    }
  }

  // Copies of a known scalar are part of the instructions that use them.
  bool IsImmediate(const Instruction& instruction) const {
    return instruction.opcode == ir::OpCode::kBroadcast &&
           computation_[instruction.operands[0]].opcode == ir::OpCode::kConstant &&
           computation_[instruction.operands[0]].shape.IsScalar();
  }

  void AddReads(const FusionGroup& group, const Instruction& instruction, const Work& own,
                double repeats, std::map<InstructionId, double>& read) const {
    // Each element that is evaluated reads one, though all of them read few different ones.
    const bool is_broadcast = instruction.opcode == ir::OpCode::kBroadcast;
    for (size_t i = 0; i < instruction.operands.size() && i < own.bytes_read.size(); ++i) {
      const InstructionId operand = instruction.operands[i];
      if (std::ranges::binary_search(group.inputs, operand))
        read[operand] += (is_broadcast ? own.bytes_written : own.bytes_read[i]) * repeats;
    }
  }

  void AddWrites(const FusionGroup& group, bool update_in_place, KernelWork& total) const {
    for (InstructionId output : group.outputs) {
      const Instruction& instruction = computation_[output];
      if (group.form != KernelForm::kUpdate) {
        total.bytes += StaticBytes(instruction.shape);
        continue;
      }
      total.bytes += StaticBytes(computation_[instruction.operands[1]].shape);
      if (!update_in_place) total.bytes += 2 * StaticBytes(instruction.shape);
    }
  }

  // Elements that can be computed side by side; threads of a work-group share a reduction.
  double Parallelism(const FusionGroup& group) const {
    if (group.form == KernelForm::kUpdate)
      return std::max(1.0, Elements(computation_[computation_[group.hero].operands[1]].shape));
    double most = 1;
    for (InstructionId output : group.outputs)
      most = std::max(most, Elements(computation_[output].shape));
    if (group.form != KernelForm::kRow) return most;
    double read = most;
    for (InstructionId input : group.inputs)
      read = std::max(read, Elements(computation_[input].shape));
    const double rows = std::max<double>(static_cast<double>(group.rows), 1);
    const double shared = std::min(read / rows, roofline_.target().max_workgroup_size.value);
    return std::max(most, rows * shared);
  }

  const ir::Module& module_;
  const Computation& computation_;
  const WorkTable& work_;
  const Roofline& roofline_;
};

class ProgramPricer {
 public:
  ProgramPricer(const ir::Module& module, const ModulePlan& plan, const cost_models::Target& target,
                ParameterUse entry_use)
      : module_(module), plan_(plan), work_(module), roofline_(target), entry_use_(entry_use) {}

  ProgramCost Price() {
    executions_[module_.entry_id()] = 1;
    // Callers have greater ids than their callees.
    for (auto it = plan_.computations.rbegin(); it != plan_.computations.rend(); ++it)
      CountCalls(it->first, it->second);
    for (const auto& [id, fusion] : plan_.computations) PriceComputation(id, fusion);
    return std::move(program_);
  }

 private:
  void CountCalls(ComputationId id, const FusionPlan& fusion) {
    const double own = executions_[id];
    for (const FusionGroup& group : fusion.groups) {
      if (group.kind != GroupKind::kControl) continue;
      const Instruction& instruction = module_[id][group.members[0]];
      double calls = 1 / std::max<double>(static_cast<double>(instruction.called.size()), 1);
      if (instruction.opcode == ir::OpCode::kWhile) {
        std::optional<int64_t> trips = ir::TripCount(module_, module_[id], instruction);
        if (!trips) ++program_.loops_of_unknown_length;
        // The condition runs once more than the body; it is small enough to be rounded up to that.
        calls = trips ? static_cast<double>(*trips) : kAssumedTrips;
      }
      for (ComputationId callee : instruction.called)
        executions_[callee] = std::min(executions_[callee] + own * calls, kMaxExecutions);
    }
  }

  void PriceComputation(ComputationId id, const FusionPlan& fusion) {
    const Computation& computation = module_[id];
    const GroupPricer pricer(module_, computation, work_, roofline_);
    const auto use = id == module_.entry_id() ? entry_use_ : ParameterUse::kConsume;
    absl::StatusOr<BufferPlan> buffers = PlanBuffers(computation, fusion, use);
    for (size_t g = 0; g < fusion.groups.size(); ++g) {
      const FusionGroup& group = fusion.groups[g];
      if (group.kind == GroupKind::kAlias || group.kind == GroupKind::kControl) continue;
      const bool in_place = buffers.ok() && buffers->update_in_place[g];
      KernelCost cost = group.kind == GroupKind::kKernel ? pricer.Kernel(group, in_place)
                                                         : pricer.Library(group.members[0]);
      AddGroup({id, static_cast<int64_t>(g), executions_[id], cost});
    }
  }

  void AddGroup(const GroupCost& group) {
    program_.seconds += group.executions * group.cost.seconds;
    program_.flops += group.executions * group.cost.flops;
    program_.bytes += group.executions * group.cost.bytes;
    program_.launches += group.executions;
    program_.groups.push_back(group);
  }

  const ir::Module& module_;
  const ModulePlan& plan_;
  const WorkTable work_;
  const Roofline roofline_;
  const ParameterUse entry_use_;
  std::map<ComputationId, double> executions_;
  ProgramCost program_;
};

}  // namespace

ProgramCost PredictProgram(const ir::Module& module, const ModulePlan& plan,
                           const cost_models::Target& target, ParameterUse use) {
  return ProgramPricer(module, plan, target, use).Price();
}

}  // namespace eqsat::codegen
