#include "importers/hlo_proto/module_codec.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "importers/entry_layout.h"
#include "importers/hlo_proto/annotation_codec.h"
#include "importers/hlo_proto/attribute_codec.h"
#include "importers/hlo_proto/header_codec.h"
#include "importers/hlo_proto/shape_codec.h"
#include "importers/name_set.h"
#include "importers/shared_attributes.h"
#include "importers/stable_order.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace {

using ir::ComputationId;
using ir::InstructionId;

// The message lists the computations of a while as body, condition; its text, and an Instruction,
// the other way round.
template <typename List>
void SwapWhileRegions(ir::OpCode opcode, List* called) {
  if (opcode == ir::OpCode::kWhile) std::reverse(called->begin(), called->end());
}

// --- Writing -------------------------------------------------------------------------------------
// Ids count from 1 over the whole module, instructions and computations apart.

void EncodeInstruction(const ir::Instruction& instruction, int64_t first_id, int64_t id,
                       hlo::HloInstructionProto* proto) {
  proto->set_name(instruction.name);
  proto->set_opcode(std::string(Name(instruction.opcode)));
  proto->set_id(id);
  EncodeShape(instruction.shape, proto->mutable_shape());
  EncodeAttributes(instruction, proto);
  for (InstructionId operand : instruction.operands)
    proto->add_operand_ids(first_id + operand.value());
  for (ComputationId callee : instruction.called)
    proto->add_called_computation_ids(callee.value() + 1);
  SwapWhileRegions(instruction.opcode, proto->mutable_called_computation_ids());
  if (!instruction.annotations) return;
  EncodeAnnotations(*instruction.annotations, proto);
  for (InstructionId predecessor : instruction.annotations->control_predecessors)
    proto->add_control_predecessor_ids(first_id + predecessor.value());
}

void EncodeComputation(const ir::Computation& computation, int64_t id, int64_t first_id,
                       hlo::HloComputationProto* proto) {
  proto->set_name(computation.name());
  proto->set_id(id);
  proto->set_root_id(first_id + computation.root().value());
  proto->set_execution_thread(computation.execution_thread());
  EncodeProgramShape(computation.program_shape(), proto->mutable_program_shape());
  for (InstructionId parameter : computation.parameters())
    proto->mutable_program_shape()->add_parameter_names(computation[parameter].name);
  int64_t next = first_id;
  for (const ir::Instruction& instruction : computation.instructions())
    EncodeInstruction(instruction, first_id, next++, proto->add_instructions());
}

void EncodeSchedule(hlo::HloModuleProto* proto) {
  auto& sequences = *proto->mutable_schedule()->mutable_sequences();
  for (const hlo::HloComputationProto& computation : proto->computations())
    for (const hlo::HloInstructionProto& instruction : computation.instructions())
      sequences[computation.id()].add_instruction_ids(instruction.id());
}

// --- Reading -------------------------------------------------------------------------------------

using IndexOfId = absl::flat_hash_map<int64_t, int>;

template <typename Range>
absl::StatusOr<IndexOfId> IndexIds(const Range& protos, std::string_view what) {
  IndexOfId index;
  for (int i = 0; i < static_cast<int>(protos.size()); ++i) {
    if (!index.emplace(protos[i]->id(), i).second) {
      return base::InvalidArgument("two %s have the id %d: %s and %s", std::string(what),
                                   protos[i]->id(), protos[index[protos[i]->id()]]->name(),
                                   protos[i]->name());
    }
  }
  return index;
}

absl::StatusOr<int> FindId(const IndexOfId& index, int64_t id, std::string_view what) {
  auto found = index.find(id);
  if (found == index.end())
    return base::InvalidArgument("there is no %s with the id %d", std::string(what), id);
  return found->second;
}

std::vector<const hlo::HloInstructionProto*> InTextOrder(const hlo::HloComputationProto& proto,
                                                         const hlo::HloScheduleProto& schedule) {
  std::vector<const hlo::HloInstructionProto*> instructions;
  for (const hlo::HloInstructionProto& instruction : proto.instructions())
    instructions.push_back(&instruction);
  auto sequence = schedule.sequences().find(proto.id());
  if (sequence == schedule.sequences().end()) return instructions;
  absl::flat_hash_map<int64_t, int> place;
  for (int64_t id : sequence->second.instruction_ids())
    place.emplace(id, static_cast<int>(place.size()));
  auto place_of = [&place](const hlo::HloInstructionProto* instruction) {
    auto found = place.find(instruction->id());
    return found == place.end() ? static_cast<int>(place.size()) : found->second;
  };
  std::stable_sort(instructions.begin(), instructions.end(),
                   [&](auto* a, auto* b) { return place_of(a) < place_of(b); });
  return instructions;
}

class ComputationReader {
 public:
  ComputationReader(const hlo::HloComputationProto& proto, const hlo::HloScheduleProto& schedule,
                    const IndexOfId& computations, const std::vector<ComputationId>& ids,
                    SharedAttributes* shared_attributes)
      : proto_(proto),
        computations_(computations),
        ids_(ids),
        shared_attributes_(shared_attributes),
        protos_(InTextOrder(proto, schedule)) {}

  absl::StatusOr<ir::Computation> Read(std::string name) {
    EQSAT_ASSIGN_OR_RETURN(index_, IndexIds(protos_, "instructions"));
    EQSAT_ASSIGN_OR_RETURN(std::vector<int> order, Order());
    emitted_.resize(order.size());
    instructions_.reserve(order.size());
    for (int i : order) {
      absl::Status status = ReadInstruction(i);
      EQSAT_RETURN_IF_ERROR(
          base::Annotate(status, base::StrCat("instruction ", protos_[i]->name(), ": ")));
    }
    EQSAT_ASSIGN_OR_RETURN(int root, FindId(index_, proto_.root_id(), "instruction (the root)"));
    EQSAT_ASSIGN_OR_RETURN(
        ir::Computation made,
        ir::Computation::Make(std::move(name), std::move(instructions_), emitted_[root]));
    made.set_execution_thread(proto_.execution_thread() == "main" ? "" : proto_.execution_thread());
    return made;
  }

 private:
  // Whether every instruction follows what it depends on.
  bool IsOrdered() const {
    for (size_t i = 0; i < protos_.size(); ++i) {
      auto precedes = [&](int64_t id) {
        auto found = index_.find(id);
        return found != index_.end() && static_cast<size_t>(found->second) < i;
      };
      if (!std::ranges::all_of(protos_[i]->operand_ids(), precedes) ||
          !std::ranges::all_of(protos_[i]->control_predecessor_ids(), precedes))
        return false;
    }
    return true;
  }

  absl::StatusOr<std::vector<int>> Order() const {
    if (IsOrdered()) {
      std::vector<int> order(protos_.size());
      std::iota(order.begin(), order.end(), 0);
      return order;
    }
    std::vector<std::vector<int>> dependencies(protos_.size());
    for (size_t i = 0; i < protos_.size(); ++i) {
      for (const auto* ids : {&protos_[i]->operand_ids(), &protos_[i]->control_predecessor_ids()}) {
        for (int64_t id : *ids) {
          auto found = FindId(index_, id, "instruction");
          EQSAT_RETURN_IF_ERROR(base::Annotate(
              found.status(), base::StrCat("an operand of ", protos_[i]->name(), ": ")));
          dependencies[i].push_back(*found);
        }
      }
    }
    std::vector<int> order = StableOrder(dependencies);
    if (order.size() == protos_.size()) return order;
    int stuck = FirstMissing(order, static_cast<int>(protos_.size()));
    return base::InvalidArgument("instruction %s depends on itself", protos_[stuck]->name());
  }

  absl::Status ReadInstruction(int i) {
    const hlo::HloInstructionProto& proto = *protos_[i];
    ir::Instruction instruction;
    instruction.name = names_.Fresh(LegalName(proto.name()));
    auto opcode = ir::OpCodeFromName(proto.opcode());
    if (!opcode) return base::InvalidArgument("no opcode is named %s", proto.opcode());
    instruction.opcode = *opcode;
    EQSAT_ASSIGN_OR_RETURN(instruction.shape, DecodeShape(proto.shape()));
    EQSAT_ASSIGN_OR_RETURN(ir::Attributes attributes,
                           DecodeAttributes(proto, *opcode, instruction.shape));
    if (attributes != instruction.Attrs())
      instruction.attributes = shared_attributes_->Share(std::move(attributes));
    for (int64_t id : proto.operand_ids()) instruction.operands.push_back(emitted_[index_.at(id)]);
    for (int64_t id : proto.called_computation_ids()) {
      EQSAT_ASSIGN_OR_RETURN(int callee, FindId(computations_, id, "computation"));
      instruction.called.push_back(ids_[callee]);
    }
    SwapWhileRegions(*opcode, &instruction.called);
    if (HasAnnotations(proto) || !proto.control_predecessor_ids().empty())
      EQSAT_RETURN_IF_ERROR(ReadAnnotations(proto, &instruction));
    emitted_[i] = InstructionId(instructions_.size());
    instructions_.push_back(std::move(instruction));
    return absl::OkStatus();
  }

  absl::Status ReadAnnotations(const hlo::HloInstructionProto& proto,
                               ir::Instruction* instruction) {
    auto notes = std::make_shared<ir::Annotations>();
    EQSAT_RETURN_IF_ERROR(DecodeAnnotations(proto, notes.get()));
    for (int64_t id : proto.control_predecessor_ids())
      notes->control_predecessors.push_back(emitted_[index_.at(id)]);
    if (*notes != instruction->Notes()) instruction->annotations = std::move(notes);
    return absl::OkStatus();
  }

  const hlo::HloComputationProto& proto_;
  const IndexOfId& computations_;
  const std::vector<ComputationId>& ids_;  // by index of the computation's proto
  SharedAttributes* shared_attributes_;
  std::vector<const hlo::HloInstructionProto*> protos_;
  IndexOfId index_;
  NameSet names_;
  std::vector<InstructionId> emitted_;
  std::vector<ir::Instruction> instructions_;
};

absl::StatusOr<std::vector<int>> CalleesFirst(
    const std::vector<const hlo::HloComputationProto*>& protos, const IndexOfId& index) {
  std::vector<std::vector<int>> callees(protos.size());
  for (size_t i = 0; i < protos.size(); ++i) {
    for (const hlo::HloInstructionProto& instruction : protos[i]->instructions()) {
      for (int64_t id : instruction.called_computation_ids()) {
        auto callee = FindId(index, id, "computation");
        EQSAT_RETURN_IF_ERROR(base::Annotate(
            callee.status(), base::StrCat("instruction ", instruction.name(), ": ")));
        callees[i].push_back(*callee);
      }
    }
  }
  std::vector<int> order = StableOrder(callees);
  if (order.size() == protos.size()) return order;
  int stuck = FirstMissing(order, static_cast<int>(protos.size()));
  return base::InvalidArgument("computation %s calls itself", protos[stuck]->name());
}

// The entry is named by id, or by name, or is the last.
absl::StatusOr<int> FindEntry(const hlo::HloModuleProto& proto, const IndexOfId& index) {
  auto by_id = index.find(proto.entry_computation_id());
  if (by_id != index.end()) return by_id->second;
  for (int i = 0; i < proto.computations_size(); ++i)
    if (proto.computations(i).name() == proto.entry_computation_name()) return i;
  if (proto.entry_computation_id() == 0 && proto.entry_computation_name().empty())
    return proto.computations_size() - 1;
  return base::InvalidArgument("there is no entry computation with the id %d or the name `%s`",
                               proto.entry_computation_id(), proto.entry_computation_name());
}

}  // namespace

void EncodeModule(const ir::Module& module, hlo::HloModuleProto* proto) {
  const ir::ModuleHeader& header = module.header();
  proto->set_name(header.name);
  proto->set_id(1);
  proto->set_entry_computation_name(module.entry().name());
  proto->set_entry_computation_id(module.entry_id().value() + 1);
  int64_t next_id = 1;
  for (size_t i = 0; i < module.computations().size(); ++i) {
    const ir::Computation& computation = module.computations()[i];
    EncodeComputation(computation, static_cast<int64_t>(i) + 1, next_id, proto->add_computations());
    next_id += static_cast<int64_t>(computation.size());
  }
  EncodeProgramShape(header.entry_layout ? *header.entry_layout : module.entry().program_shape(),
                     proto->mutable_host_program_shape());
  if (header.is_scheduled) EncodeSchedule(proto);
  EncodeHeader(header, proto);
}

absl::StatusOr<ir::Module> DecodeModule(const hlo::HloModuleProto& proto) {
  ir::ModuleHeader header;
  header.name = proto.name().empty() ? "module" : LegalModuleName(proto.name());
  header.is_scheduled = proto.has_schedule() && !proto.schedule().sequences().empty();
  EQSAT_RETURN_IF_ERROR(DecodeHeader(proto, &header));
  if (proto.has_host_program_shape()) {
    EQSAT_ASSIGN_OR_RETURN(header.entry_layout, DecodeProgramShape(proto.host_program_shape()));
  }
  std::vector<const hlo::HloComputationProto*> protos;
  for (const hlo::HloComputationProto& computation : proto.computations())
    protos.push_back(&computation);
  EQSAT_ASSIGN_OR_RETURN(IndexOfId index, IndexIds(protos, "computations"));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int> order, CalleesFirst(protos, index));
  EQSAT_ASSIGN_OR_RETURN(int entry, FindEntry(proto, index));
  ir::Module module(std::move(header));
  NameSet names;
  SharedAttributes shared_attributes;
  std::vector<ComputationId> ids(protos.size());
  for (int i : order) {
    ComputationReader reader(*protos[i], proto.schedule(), index, ids, &shared_attributes);
    auto computation = reader.Read(names.Fresh(LegalName(protos[i]->name())));
    EQSAT_RETURN_IF_ERROR(base::Annotate(computation.status(),
                                         base::StrCat("computation ", protos[i]->name(), ": ")));
    ids[i] = module.Add(*std::move(computation));
  }
  module.set_entry(ids[entry]);
  EQSAT_RETURN_IF_ERROR(SettleEntryLayout(&module));
  return module;
}

}  // namespace eqsat::importers
