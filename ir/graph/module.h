// A whole program: computations that call each other, one of them the entry.
#ifndef EQSAT_IR_GRAPH_MODULE_H_
#define EQSAT_IR_GRAPH_MODULE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "ir/graph/computation.h"

namespace eqsat::ir {

// Tables that `stack_frame_id` in metadata points into; ids count from 1, 0 means none.
struct StackFrameIndex {
  struct Location {
    int64_t file_name_id = 0;
    int64_t function_name_id = 0;
    int64_t line = 0;
    int64_t end_line = 0;
    int64_t column = 0;
    int64_t end_column = 0;
    bool operator==(const Location&) const = default;
  };
  struct Frame {
    int64_t file_location_id = 0;
    int64_t parent_frame_id = 0;  // 0: none; HLO text spells it one larger
    bool operator==(const Frame&) const = default;
  };
  std::vector<std::string> file_names;
  std::vector<std::string> function_names;
  std::vector<Location> file_locations;
  std::vector<Frame> stack_frames;

  // Parents that are no frames become none.
  void DropUnknownParents();
  bool operator==(const StackFrameIndex&) const = default;
};

// `input_output_alias={ {0}: (1, {}, must-alias) }`
struct InputOutputAlias {
  std::vector<int64_t> output_index;
  int64_t parameter = 0;
  std::vector<int64_t> parameter_index;
  bool must_alias = false;
  bool operator==(const InputOutputAlias&) const = default;
};

// `buffer_donor={ (0, {1}) }`
struct BufferDonor {
  int64_t parameter = 0;
  std::vector<int64_t> parameter_index;
  bool operator==(const BufferDonor&) const = default;
};

// The attributes of the `HloModule` line.
struct ModuleHeader {
  std::string name;
  bool is_scheduled = false;
  // Shapes of the interface with their layouts; absent: those of the entry computation.
  std::optional<ProgramShape> entry_layout;
  std::vector<InputOutputAlias> input_output_alias;
  std::vector<BufferDonor> buffer_donors;
  FrontendAttributes frontend_attributes;
  int64_t replica_count = 1;
  int64_t num_partitions = 1;
  std::vector<bool> propagate_sharding_to_parameters;
  std::vector<bool> propagate_sharding_to_output;
  std::vector<bool> alias_passthrough_parameters;  // empty or one entry
  // How the interface was divided when the module was partitioned. HLO text has no place for them.
  std::optional<Sharding> spmd_output_sharding;
  std::vector<Sharding> spmd_parameter_shardings;
  // Attributes that only their text is kept of, by name: origin_recovery_table, debug_attributes.
  std::vector<std::pair<std::string, std::string>> other;
  StackFrameIndex stack_frames;

  bool operator==(const ModuleHeader&) const = default;
};

// Invariant: a callee's id is smaller than its callers', so the call graph is acyclic.
class Module {
 public:
  explicit Module(ModuleHeader header = {}) : header_(std::move(header)) {}

  // Callees must have been added before.
  ComputationId Add(Computation computation);
  void set_entry(ComputationId entry) { entry_ = entry; }

  const ModuleHeader& header() const { return header_; }
  ModuleHeader& mutable_header() { return header_; }
  absl::Span<const Computation> computations() const { return computations_; }
  const Computation& operator[](ComputationId id) const { return computations_[id.value()]; }
  ComputationId entry_id() const { return entry_; }
  const Computation& entry() const { return (*this)[entry_]; }

  // Program shapes of the computations that `instruction` calls.
  std::vector<ProgramShape> RegionShapes(const Instruction& instruction) const;

  // The source place of an instruction for messages: "file.py:12" from its metadata or its stack
  // frame; empty if unknown.
  std::string SourcePlace(const Instruction& instruction) const;

 private:
  ModuleHeader header_;
  std::vector<Computation> computations_;
  ComputationId entry_;
};

// Structural equality: headers, and from the entry on computations instruction by instruction
// (matched by dependency, names included). On a difference says where, for tests and tools.
std::optional<std::string> FirstDifference(const Module& a, const Module& b);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_GRAPH_MODULE_H_
