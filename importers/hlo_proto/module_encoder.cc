#include "importers/hlo_proto/module_encoder.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "google/protobuf/arena.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"
#include "importers/hlo_proto/annotation_codec.h"
#include "importers/hlo_proto/attribute_codec.h"
#include "importers/hlo_proto/computation_reader.h"
#include "importers/hlo_proto/header_codec.h"
#include "importers/hlo_proto/hlo.pb.h"
#include "importers/hlo_proto/shape_codec.h"

namespace eqsat::importers {
namespace {

using google::protobuf::Arena;
using google::protobuf::MessageLite;
using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::ArrayOutputStream;
using google::protobuf::io::CodedOutputStream;
using ir::ComputationId;
using ir::InstructionId;

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

// All but its instructions.
void EncodeComputationFields(const ir::Computation& computation, int64_t id, int64_t first_id,
                             hlo::HloComputationProto* proto) {
  proto->set_name(computation.name());
  proto->set_id(id);
  proto->set_root_id(first_id + computation.root().value());
  proto->set_execution_thread(computation.execution_thread());
  EncodeProgramShape(computation.program_shape(), proto->mutable_program_shape());
  for (InstructionId parameter : computation.parameters())
    proto->mutable_program_shape()->add_parameter_names(computation[parameter].name);
}

void EncodeSchedule(const ir::Module& module, hlo::HloScheduleProto* proto) {
  auto& sequences = *proto->mutable_sequences();
  int64_t computation_id = 0, instruction_id = 0;
  for (const ir::Computation& computation : module.computations()) {
    auto& sequence = sequences[++computation_id];
    for (size_t i = 0; i < computation.size(); ++i) sequence.add_instruction_ids(++instruction_id);
  }
}

// All but its computations.
void EncodeModuleFields(const ir::Module& module, hlo::HloModuleProto* proto) {
  const ir::ModuleHeader& header = module.header();
  proto->set_name(header.name);
  proto->set_id(1);
  proto->set_entry_computation_name(module.entry().name());
  proto->set_entry_computation_id(module.entry_id().value() + 1);
  hlo::ProgramShapeProto* shape = proto->mutable_host_program_shape();
  EncodeProgramShape(header.entry_layout ? *header.entry_layout : module.entry().program_shape(),
                     shape);
  // XLA wants a name for each parameter, and gives empty ones.
  for (int i = 0; i < shape->parameters_size(); ++i) shape->add_parameter_names();
  if (header.is_scheduled) EncodeSchedule(module, proto->mutable_schedule());
  EncodeHeader(header, proto);
}

// The bytes of messages, one after the other. Maps are written in order of their keys, so that
// equal messages give equal bytes.
class MessageWriter {
 public:
  void Append(const MessageLite& message) {
    message.ByteSizeLong();
    AppendSized(message);
  }
  // As the field `number` of the message around it.
  void AppendField(int number, const MessageLite& message) {
    AppendTag(number, message.ByteSizeLong());
    AppendSized(message);
  }
  // The bytes of one.
  void AppendField(int number, std::string_view message) {
    AppendTag(number, message.size());
    bytes_ += message;
  }

  const std::string& bytes() const& { return bytes_; }
  std::string bytes() && { return std::move(bytes_); }
  void Clear() { bytes_.clear(); }

 private:
  // Of a message whose sizes have been computed.
  void AppendSized(const MessageLite& message) {
    const size_t begin = bytes_.size();
    const int size = message.GetCachedSize();
    bytes_.resize(begin + static_cast<size_t>(size));
    ArrayOutputStream array(bytes_.data() + begin, size);
    CodedOutputStream out(&array);
    out.SetSerializationDeterministic(true);
    message.SerializeWithCachedSizes(&out);
  }

  void AppendTag(int number, size_t size) {
    std::array<uint8_t, 2 * kMaxVarintBytes> head;
    uint8_t* end = WireFormatLite::WriteTagToArray(
        number, WireFormatLite::WIRETYPE_LENGTH_DELIMITED, head.data());
    end = CodedOutputStream::WriteVarint64ToArray(size, end);
    bytes_.append(head.data(), end);
  }

  static constexpr size_t kMaxVarintBytes = 10;
  std::string bytes_;
};

// One after the other in the same memory, which is larger than most.
class InstructionArena {
 public:
  hlo::HloInstructionProto* Next() {
    arena_.Reset();
    return Arena::CreateMessage<hlo::HloInstructionProto>(&arena_);
  }

 private:
  std::array<char, 16 << 10> first_block_;
  Arena arena_{first_block_.data(), first_block_.size()};
};

}  // namespace

std::string EncodeModule(const ir::Module& module) {
  InstructionArena arena;
  MessageWriter bytes;
  hlo::HloModuleProto module_fields;
  EncodeModuleFields(module, &module_fields);
  bytes.Append(module_fields);
  MessageWriter computation_bytes;
  int64_t id = 1, first_id = 1;
  for (const ir::Computation& computation : module.computations()) {
    hlo::HloComputationProto fields;
    EncodeComputationFields(computation, id++, first_id, &fields);
    computation_bytes.Clear();
    computation_bytes.Append(fields);
    int64_t next_id = first_id;
    for (const ir::Instruction& instruction : computation.instructions()) {
      hlo::HloInstructionProto* proto = arena.Next();
      EncodeInstruction(instruction, first_id, next_id++, proto);
      computation_bytes.AppendField(hlo::HloComputationProto::kInstructionsFieldNumber, *proto);
    }
    first_id = next_id;
    bytes.AppendField(hlo::HloModuleProto::kComputationsFieldNumber, computation_bytes.bytes());
  }
  MessageWriter file;
  file.AppendField(hlo::HloProto::kHloModuleFieldNumber, bytes.bytes());
  return std::move(file).bytes();
}

}  // namespace eqsat::importers
