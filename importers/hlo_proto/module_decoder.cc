#include "importers/hlo_proto/module_decoder.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/stubs/logging.h"
#include "importers/entry_layout.h"
#include "importers/hlo_proto/annotation_codec.h"
#include "importers/hlo_proto/attribute_codec.h"
#include "importers/hlo_proto/computation_reader.h"
#include "importers/hlo_proto/header_codec.h"
#include "importers/hlo_proto/shape_codec.h"
#include "importers/name_set.h"
#include "importers/stable_order.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace {

using hlo::HloModuleProto;

absl::Status IndexIds(const std::vector<ComputationFields>& computations, IdIndex* index) {
  std::vector<int64_t> ids;
  for (const ComputationFields& computation : computations) ids.push_back(computation.id());
  int first = 0, second = 0;
  if (index->Build(ids, &first, &second)) return absl::OkStatus();
  return base::InvalidArgument("two computations have the id %d: %s and %s", ids[second],
                               std::string(computations[first].name()),
                               std::string(computations[second].name()));
}

// Calls visit(callee's index) for each call in the computation.
template <typename Visit>
absl::Status ForEachCallee(const ComputationFields& computation, const IdIndex& index,
                           Visit&& visit) {
  using Instruction = hlo::HloInstructionProto;
  absl::Status status;
  for (const WireMessage& instruction : computation.instructions) {
    instruction.ForEachVarint(Instruction::kCalledComputationIdsFieldNumber, [&](uint64_t id) {
      const int callee = index.Find(static_cast<int64_t>(id));
      if (callee >= 0) return visit(callee);
      if (!status.ok()) return;
      status = base::InvalidArgument("instruction %s: there is no computation with the id %d",
                                     std::string(instruction.String(Instruction::kNameFieldNumber)),
                                     static_cast<int64_t>(id));
    });
  }
  return status;
}

absl::StatusOr<std::vector<int>> CalleesFirst(const std::vector<ComputationFields>& computations,
                                              const IdIndex& index) {
  std::vector<std::vector<int>> callees(computations.size());
  for (size_t i = 0; i < computations.size(); ++i) {
    EQSAT_RETURN_IF_ERROR(
        ForEachCallee(computations[i], index, [&](int callee) { callees[i].push_back(callee); }));
  }
  std::vector<int> order = StableOrder(callees);
  if (order.size() == computations.size()) return order;
  int stuck = FirstMissing(order, static_cast<int>(computations.size()));
  return base::InvalidArgument("computation %s calls itself",
                               std::string(computations[stuck].name()));
}

// The entry is named by id, or by name, or is the last.
absl::StatusOr<int> FindEntry(const WireMessage& proto,
                              const std::vector<ComputationFields>& computations,
                              const IdIndex& index) {
  const int64_t id = proto.Int64(HloModuleProto::kEntryComputationIdFieldNumber);
  std::string_view name = proto.String(HloModuleProto::kEntryComputationNameFieldNumber);
  const int by_id = index.Find(id);
  if (by_id >= 0) return by_id;
  for (size_t i = 0; i < computations.size(); ++i)
    if (computations[i].name() == name) return static_cast<int>(i);
  if (id == 0 && name.empty()) return static_cast<int>(computations.size()) - 1;
  return base::InvalidArgument("there is no entry computation with the id %d or the name `%s`", id,
                               std::string(name));
}

// The ids of instructions in the order that they run in, by the ids of computations.
using Schedule = absl::flat_hash_map<int64_t, std::vector<int64_t>>;

Schedule DecodeSchedule(const WireMessage& proto) {
  constexpr int kKey = 1, kValue = 2;  // of an entry of a map
  Schedule schedule;
  proto.ForEachChild(hlo::HloScheduleProto::kSequencesFieldNumber, [&](const WireMessage& entry) {
    std::vector<int64_t>& ids = schedule[entry.Int64(kKey)];
    ids.clear();
    entry.Child(kValue).AppendVarints(
        hlo::HloScheduleProto::InstructionSequence::kInstructionIdsFieldNumber, &ids);
  });
  return schedule;
}

absl::StatusOr<ir::ModuleHeader> DecodeWholeHeader(const WireMessage& proto,
                                                   const Schedule& schedule) {
  ir::ModuleHeader header;
  std::string_view name = proto.String(HloModuleProto::kNameFieldNumber);
  header.name = name.empty() ? "module" : LegalModuleName(name);
  header.is_scheduled = !schedule.empty();
  EQSAT_RETURN_IF_ERROR(DecodeHeader(proto, &header));
  if (proto.HasChild(HloModuleProto::kHostProgramShapeFieldNumber)) {
    EQSAT_ASSIGN_OR_RETURN(
        header.entry_layout,
        DecodeProgramShape(proto.Child(HloModuleProto::kHostProgramShapeFieldNumber)));
  }
  return header;
}

absl::StatusOr<ir::Module> DecodeFields(const WireMessage& proto) {
  const Schedule schedule = DecodeSchedule(proto.Child(HloModuleProto::kScheduleFieldNumber));
  EQSAT_ASSIGN_OR_RETURN(ir::ModuleHeader header, DecodeWholeHeader(proto, schedule));
  std::vector<ComputationFields> computations;
  computations.reserve(proto.Count(HloModuleProto::kComputationsFieldNumber));
  proto.ForEachChild(HloModuleProto::kComputationsFieldNumber, [&](WireMessage computation) {
    computations.emplace_back(std::move(computation));
  });
  ComputationContext context;
  EQSAT_RETURN_IF_ERROR(IndexIds(computations, &context.computations));
  EQSAT_ASSIGN_OR_RETURN(std::vector<int> order, CalleesFirst(computations, context.computations));
  EQSAT_ASSIGN_OR_RETURN(int entry, FindEntry(proto, computations, context.computations));
  context.ids.resize(computations.size());
  ir::Module module(std::move(header));
  NameSet names;
  for (int i : order) {
    auto scheduled = schedule.find(computations[i].id());
    ComputationReader reader(
        computations[i],
        scheduled == schedule.end() ? absl::Span<const int64_t>() : scheduled->second, &context);
    auto computation = reader.Read(names.Fresh(LegalName(computations[i].name())));
    EQSAT_RETURN_IF_ERROR(base::Annotate(
        computation.status(), base::StrCat("computation ", computations[i].name(), ": ")));
    context.ids[i] = module.Add(*std::move(computation));
  }
  module.set_entry(context.ids[entry]);
  EQSAT_RETURN_IF_ERROR(SettleEntryLayout(&module));
  return module;
}

}  // namespace

absl::StatusOr<ir::Module> DecodeModule(const WireMessage& proto) {
  absl::StatusOr<ir::Module> module = DecodeFields(proto);
  // Bytes that are malformed may be why the graph is.
  EQSAT_RETURN_IF_ERROR(proto.input().status());
  return module;
}

bool HoldsModule(const WireMessage& proto) {
  return proto.HasChild(HloModuleProto::kComputationsFieldNumber);
}

absl::StatusOr<ir::Module> DecodeModule(const HloModuleProto& proto) {
  // What is wrong with a string is told by the status, not on standard error.
  google::protobuf::LogSilencer silence;
  const std::string bytes = proto.SerializeAsString();
  WireInput input(bytes);
  absl::StatusOr<ir::Module> module = DecodeModule(WireMessage(&input));
  if (input.ok()) return module;
  // The offset is none of the text that the message was read from.
  return base::InvalidArgument("1:1: %s", input.error());
}

}  // namespace eqsat::importers
