// What an instruction carries beside its meaning: metadata, sharding, frontend attributes, …
#ifndef EQSAT_IR_GRAPH_ANNOTATIONS_H_
#define EQSAT_IR_GRAPH_ANNOTATIONS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ir/base/boxed.h"
#include "ir/base/id.h"

namespace eqsat::ir {

using InstructionId = base::Id<struct InstructionTag>;

// `metadata={op_type="…" op_name="…" source_file="…" source_line=7 stack_frame_id=3 …}`
struct OpMetadata {
  std::string op_type;
  std::string op_name;
  std::string source_file;
  int64_t source_line = 0;
  int64_t source_end_line = 0;
  int64_t source_column = 0;
  int64_t source_end_column = 0;
  base::Rare<std::string> profile_type;  // text
  base::Rare<std::string> deduplicated_name;
  base::Rare<std::string> scheduling_name;
  int64_t stack_frame_id = 0;  // counts from 1; 0: none
  base::Rare<std::string> metadata_payload;

  bool operator==(const OpMetadata&) const = default;

  // Calls visit(text name, field) for each field, in the order of the text.
  template <typename Self, typename Visitor>
  static void VisitFields(Self& self, Visitor&& visit) {
    visit("op_type", self.op_type);
    visit("op_name", self.op_name);
    visit("source_file", self.source_file);
    visit("source_line", self.source_line);
    visit("source_end_line", self.source_end_line);
    visit("source_column", self.source_column);
    visit("source_end_column", self.source_end_column);
    visit("profile_type", self.profile_type);
    visit("deduplicated_name", self.deduplicated_name);
    visit("scheduling_name", self.scheduling_name);
    visit("stack_frame_id", self.stack_frame_id);
    visit("metadata_payload", self.metadata_payload);
  }
};

// XLA's OpSharding, in any of its text spellings.
struct Sharding {
  enum class Kind : uint8_t {
    kReplicated,
    kManual,
    kMaximal,
    kTiled,
    kTuple,
    kUnreduced,
    kUnknown,
    kNamed
  };
  Kind kind = Kind::kReplicated;
  int64_t maximal_device = 0;            // kMaximal
  std::vector<int64_t> tile_dimensions;  // kTiled: devices=[2,2]
  std::vector<int64_t> devices;          // the list form; empty for the iota form
  std::vector<int64_t> iota_reshape;     // <=[4]
  std::vector<int64_t> iota_transpose;   // T(1,0); empty for the identity
  bool replicate_on_last_tile_dim = false;
  std::vector<std::string> last_tile_dims;  // "replicated", "manual", …
  std::vector<OpMetadata> metadata;
  std::optional<std::string> shard_group;  // "shard_as 3" or "shard_like 3"
  std::vector<Sharding> elements;          // kTuple
  std::string named;                       // kNamed: NamedSharding::ToString

  bool operator==(const Sharding&) const = default;
};

// Sorted by key; keys are distinct.
using FrontendAttributes = std::vector<std::pair<std::string, std::string>>;

// A graph has one for almost every instruction, so that what few of them have is boxed.
struct Annotations {
  OpMetadata metadata;
  base::Boxed<Sharding> sharding;
  FrontendAttributes frontend_attributes;
  std::string backend_config;  // a JSON object, or any bytes
  std::vector<InstructionId> control_predecessors;
  base::Rare<std::vector<bool>> parameter_replication;
  base::Rare<std::string> origin;      // text of origin={…}
  base::Rare<std::string> statistics;  // text of statistics={…}

  bool operator==(const Annotations&) const = default;
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_GRAPH_ANNOTATIONS_H_
