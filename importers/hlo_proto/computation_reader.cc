#include "importers/hlo_proto/computation_reader.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "importers/hlo_proto/annotation_codec.h"
#include "importers/hlo_proto/attribute_codec.h"
#include "importers/hlo_proto/shape_codec.h"
#include "importers/stable_order.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace {

using ir::InstructionId;

// The frequent fields that hold no attributes, as bits.
constexpr uint64_t kNoAttributes = [] {
  using P = hlo::HloInstructionProto;
  uint64_t bits = 0;
  for (int number :
       {P::kNameFieldNumber, P::kOpcodeFieldNumber, P::kShapeFieldNumber, P::kMetadataFieldNumber,
        P::kIdFieldNumber, P::kOperandIdsFieldNumber, P::kControlPredecessorIdsFieldNumber,
        P::kCalledComputationIdsFieldNumber, P::kShardingFieldNumber, P::kBackendConfigFieldNumber})
    bits |= uint64_t{1} << number;
  return bits;
}();

std::vector<const WireMessage*> InTextOrder(const std::vector<WireMessage>& instructions,
                                            absl::Span<const int64_t> schedule) {
  std::vector<const WireMessage*> ordered;
  ordered.reserve(instructions.size());
  for (const WireMessage& instruction : instructions) ordered.push_back(&instruction);
  if (schedule.empty()) return ordered;
  absl::flat_hash_map<int64_t, int> place;
  for (int64_t id : schedule) place.emplace(id, static_cast<int>(place.size()));
  auto place_of = [&place](const WireMessage* instruction) {
    auto found = place.find(instruction->Int64(hlo::HloInstructionProto::kIdFieldNumber));
    return found == place.end() ? static_cast<int>(place.size()) : found->second;
  };
  std::stable_sort(ordered.begin(), ordered.end(),
                   [&](auto* a, auto* b) { return place_of(a) < place_of(b); });
  return ordered;
}

}  // namespace

ComputationFields::ComputationFields(WireMessage message)
    : proto(std::move(message)),
      instructions(proto.Children(hlo::HloComputationProto::kInstructionsFieldNumber)) {}

ComputationReader::ComputationReader(const ComputationFields& fields,
                                     absl::Span<const int64_t> schedule,
                                     ComputationContext* context)
    : fields_(fields), context_(*context), protos_(InTextOrder(fields.instructions, schedule)) {}

absl::StatusOr<ir::Computation> ComputationReader::Read(std::string name) {
  using Computation = hlo::HloComputationProto;
  EQSAT_RETURN_IF_ERROR(IndexIds());
  EQSAT_RETURN_IF_ERROR(LinkInstructions());
  EQSAT_ASSIGN_OR_RETURN(std::vector<int> order, Order());
  emitted_.resize(order.size());
  instructions_.reserve(order.size());
  names_.Reserve(order.size());
  for (int i : order) {
    absl::Status status = ReadInstruction(i);
    if (!status.ok())
      return base::Annotate(status, base::StrCat("instruction ", NameOf(*protos_[i]), ": "));
  }
  const int64_t root_id = fields_.proto.Int64(Computation::kRootIdFieldNumber);
  const int root = index_.Find(root_id);
  if (root < 0)
    return base::InvalidArgument("there is no instruction (the root) with the id %d", root_id);
  EQSAT_ASSIGN_OR_RETURN(
      ir::Computation made,
      ir::Computation::Make(std::move(name), std::move(instructions_), emitted_[root]));
  std::string_view thread = fields_.proto.String(Computation::kExecutionThreadFieldNumber);
  made.set_execution_thread(thread == "main" ? "" : std::string(thread));
  return made;
}

absl::Status ComputationReader::IndexIds() {
  std::vector<int64_t> ids;
  ids.reserve(protos_.size());
  for (const WireMessage* proto : protos_) ids.push_back(proto->Int64(P::kIdFieldNumber));
  int first = 0, second = 0;
  if (index_.Build(ids, &first, &second)) return absl::OkStatus();
  return base::InvalidArgument("two instructions have the id %d: %s and %s", ids[second],
                               std::string(NameOf(*protos_[first])),
                               std::string(NameOf(*protos_[second])));
}

absl::Status ComputationReader::LinkInstructions() {
  links_.resize(protos_.size());
  dependencies_.reserve(2 * protos_.size());
  auto end = [this] { return static_cast<int>(dependencies_.size()); };
  for (size_t i = 0; i < protos_.size(); ++i) {
    absl::Status status;
    auto link = [&](uint64_t id) {
      if (status.ok()) status = Link(i, static_cast<int64_t>(id));
    };
    links_[i].operands_begin = end();
    protos_[i]->ForEachVarint(P::kOperandIdsFieldNumber, link);
    links_[i].predecessors_begin = end();
    protos_[i]->ForEachVarint(P::kControlPredecessorIdsFieldNumber, link);
    links_[i].end = end();
    EQSAT_RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

absl::Status ComputationReader::Link(size_t i, int64_t id) {
  const int found = index_.Find(id);
  if (found < 0) {
    return base::InvalidArgument("an operand of %s: there is no instruction with the id %d",
                                 std::string(NameOf(*protos_[i])), id);
  }
  is_ordered_ = is_ordered_ && static_cast<size_t>(found) < i;
  dependencies_.push_back(found);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int>> ComputationReader::Order() const {
  if (is_ordered_) {
    std::vector<int> order(protos_.size());
    std::iota(order.begin(), order.end(), 0);
    return order;
  }
  std::vector<std::vector<int>> dependencies;
  dependencies.reserve(links_.size());
  for (const Links& links : links_) {
    dependencies.emplace_back(dependencies_.begin() + links.operands_begin,
                              dependencies_.begin() + links.end);
  }
  std::vector<int> order = StableOrder(dependencies);
  if (order.size() == protos_.size()) return order;
  int stuck = FirstMissing(order, static_cast<int>(protos_.size()));
  return base::InvalidArgument("instruction %s depends on itself",
                               std::string(NameOf(*protos_[stuck])));
}

absl::Status ComputationReader::ReadInstruction(int i) {
  const WireMessage& proto = *protos_[i];
  ir::Instruction& instruction = instructions_.emplace_back();
  instruction.name = FreshName(proto);
  auto opcode = ir::OpCodeFromName(proto.Bytes(P::kOpcodeFieldNumber));
  if (!opcode) {
    return base::InvalidArgument("no opcode is named %s",
                                 std::string(proto.String(P::kOpcodeFieldNumber)));
  }
  instruction.opcode = *opcode;
  EQSAT_RETURN_IF_ERROR(ReadShape(proto, &instruction));
  EQSAT_RETURN_IF_ERROR(ReadAttributes(proto, &instruction));
  const Links& links = links_[i];
  for (int at = links.operands_begin; at < links.predecessors_begin; ++at)
    instruction.operands.push_back(emitted_[dependencies_[at]]);
  EQSAT_RETURN_IF_ERROR(ReadCallees(proto, &instruction));
  EQSAT_RETURN_IF_ERROR(ReadAnnotations(proto, links, &instruction));
  emitted_[i] = InstructionId(instructions_.size() - 1);
  return absl::OkStatus();
}

std::string ComputationReader::FreshName(const WireMessage& proto) {
  // Legal names are UTF-8.
  std::string_view name = proto.Bytes(P::kNameFieldNumber);
  if (IsLegalName(name) && names_.AddView(name)) return std::string(name);
  return names_.Fresh(LegalName(NameOf(proto)));
}

absl::Status ComputationReader::ReadShape(const WireMessage& proto, ir::Instruction* instruction) {
  auto [known, inserted] = context_.shapes.try_emplace(proto.ChildBytes(P::kShapeFieldNumber));
  if (inserted) {
    EQSAT_ASSIGN_OR_RETURN(known->second, DecodeShape(proto.Child(P::kShapeFieldNumber)));
  }
  instruction->shape = known->second;
  return absl::OkStatus();
}

absl::Status ComputationReader::ReadAttributes(const WireMessage& proto,
                                               ir::Instruction* instruction) {
  const ir::Attributes& defaults = instruction->Attrs();
  if (std::holds_alternative<ir::NoAttributes>(defaults)) return absl::OkStatus();
  // Without a literal a constant's attributes are made from its shape.
  bool by_fields =
      instruction->opcode != ir::OpCode::kConstant || proto.HasChild(P::kLiteralFieldNumber);
  attribute_key_.assign(1, static_cast<char>(instruction->opcode));
  by_fields = by_fields && proto.AppendKey(kNoAttributes, &attribute_key_);
  if (by_fields) {
    auto known = context_.attributes.find(attribute_key_);
    if (known != context_.attributes.end()) {
      instruction->attributes = known->second;
      return absl::OkStatus();
    }
  }
  EQSAT_ASSIGN_OR_RETURN(ir::Attributes attributes,
                         DecodeAttributes(proto, instruction->opcode, instruction->shape));
  if (attributes != defaults)
    instruction->attributes = std::make_shared<const ir::Attributes>(std::move(attributes));
  if (by_fields) context_.attributes.emplace(attribute_key_, instruction->attributes);
  return absl::OkStatus();
}

absl::Status ComputationReader::ReadCallees(const WireMessage& proto,
                                            ir::Instruction* instruction) {
  absl::Status status;
  proto.ForEachVarint(P::kCalledComputationIdsFieldNumber, [&](uint64_t id) {
    const int callee = context_.computations.Find(static_cast<int64_t>(id));
    if (callee >= 0) {
      instruction->called.push_back(context_.ids[callee]);
    } else if (status.ok()) {
      status =
          base::InvalidArgument("there is no computation with the id %d", static_cast<int64_t>(id));
    }
  });
  SwapWhileRegions(instruction->opcode, &instruction->called);
  return status;
}

absl::Status ComputationReader::ReadAnnotations(const WireMessage& proto, const Links& links,
                                                ir::Instruction* instruction) {
  const StatedAnnotations stated = WhichAnnotations(proto);
  const bool has_predecessors = links.predecessors_begin < links.end;
  if (stated == StatedAnnotations::kNone && !has_predecessors) return absl::OkStatus();
  std::shared_ptr<const ir::Annotations>* known = nullptr;
  if (stated == StatedAnnotations::kMetadataAlone && !has_predecessors) {
    known = &context_.metadata[proto.ChildBytes(P::kMetadataFieldNumber)];
    if (*known) {
      instruction->annotations = *known;
      return absl::OkStatus();
    }
  }
  auto notes = std::make_shared<ir::Annotations>();
  EQSAT_RETURN_IF_ERROR(DecodeAnnotations(proto, notes.get()));
  for (int at = links.predecessors_begin; at < links.end; ++at)
    notes->control_predecessors.push_back(emitted_[dependencies_[at]]);
  if (*notes == instruction->Notes()) return absl::OkStatus();
  instruction->annotations = std::move(notes);
  if (known != nullptr) *known = instruction->annotations;
  return absl::OkStatus();
}

}  // namespace eqsat::importers
