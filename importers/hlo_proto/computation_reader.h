// One computation of a HloModuleProto: fields to ir::Computation.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_COMPUTATION_READER_H_
#define EQSAT_IMPORTERS_HLO_PROTO_COMPUTATION_READER_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "importers/by_text.h"
#include "importers/hlo_proto/hlo.pb.h"
#include "importers/hlo_proto/id_index.h"
#include "importers/hlo_proto/wire_message.h"
#include "importers/name_set.h"
#include "ir/graph/computation.h"

namespace eqsat::importers {

// The message lists the computations of a while as body, condition; its text, and an Instruction,
// the other way round.
template <typename List>
void SwapWhileRegions(ir::OpCode opcode, List* called) {
  if (opcode == ir::OpCode::kWhile) std::reverse(called->begin(), called->end());
}

// A HloComputationProto, split as far as the order of computations needs it.
struct ComputationFields {
  explicit ComputationFields(WireMessage message);

  int64_t id() const { return proto.Int64(hlo::HloComputationProto::kIdFieldNumber); }
  std::string_view name() const { return proto.String(hlo::HloComputationProto::kNameFieldNumber); }

  WireMessage proto;
  std::vector<WireMessage> instructions;
};

// What the computations of a module have in common while they are read.
struct ComputationContext {
  IdIndex computations;                // by id
  std::vector<ir::ComputationId> ids;  // by index; of those that have been read
  // What the module repeats, by its bytes: shapes, and annotations of metadata alone.
  ByText<ir::Shape> shapes;
  ByText<std::shared_ptr<const ir::Annotations>> metadata;
  // By the opcode and the fields that may hold attributes; null: the op's defaults.
  absl::flat_hash_map<std::string, std::shared_ptr<const ir::Attributes>> attributes;
};

// Used once. All callees have been read.
class ComputationReader {
 public:
  // `schedule` has the ids of instructions in an order that goes before theirs.
  ComputationReader(const ComputationFields& fields, absl::Span<const int64_t> schedule,
                    ComputationContext* context);

  absl::StatusOr<ir::Computation> Read(std::string name);

 private:
  // Positions of what an instruction depends on, in `dependencies_`.
  struct Links {
    int operands_begin = 0;
    int predecessors_begin = 0;
    int end = 0;
  };
  using P = hlo::HloInstructionProto;

  static std::string_view NameOf(const WireMessage& proto) {
    return proto.String(P::kNameFieldNumber);
  }

  absl::Status IndexIds();
  absl::Status LinkInstructions();
  absl::Status Link(size_t i, int64_t id);
  // The order of emission, dependencies first.
  absl::StatusOr<std::vector<int>> Order() const;
  absl::Status ReadInstruction(int i);
  std::string FreshName(const WireMessage& proto);
  absl::Status ReadShape(const WireMessage& proto, ir::Instruction* instruction);
  absl::Status ReadAttributes(const WireMessage& proto, ir::Instruction* instruction);
  absl::Status ReadCallees(const WireMessage& proto, ir::Instruction* instruction);
  absl::Status ReadAnnotations(const WireMessage& proto, const Links& links,
                               ir::Instruction* instruction);

  const ComputationFields& fields_;
  ComputationContext& context_;
  std::vector<const WireMessage*> protos_;  // in text order
  IdIndex index_;
  std::vector<int> dependencies_;
  std::vector<Links> links_;  // by position in protos_, as below
  bool is_ordered_ = true;
  NameSet names_;
  std::vector<ir::InstructionId> emitted_;
  std::vector<ir::Instruction> instructions_;
  std::string attribute_key_;  // reused
};

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_COMPUTATION_READER_H_
