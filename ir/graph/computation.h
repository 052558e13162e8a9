// A function: instructions in dependency order with one root.
#ifndef EQSAT_IR_GRAPH_COMPUTATION_H_
#define EQSAT_IR_GRAPH_COMPUTATION_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/graph/instruction.h"

namespace eqsat::ir {

// Invariants: every operand precedes its user; parameter numbers are 0 … n-1, each once; the root
// exists. Instruction ids are positions, so ids order dependencies. Immutable.
class Computation {
 public:
  // Checks the invariants; InvalidArgument names the instruction that breaks one.
  static absl::StatusOr<Computation> Make(std::string name, std::vector<Instruction> instructions,
                                          InstructionId root);

  const std::string& name() const { return name_; }
  absl::Span<const Instruction> instructions() const { return instructions_; }
  size_t size() const { return instructions_.size(); }
  const Instruction& operator[](InstructionId id) const { return instructions_[id.value()]; }

  InstructionId root() const { return root_; }
  const Shape& result_shape() const { return (*this)[root_].shape; }
  // By parameter number.
  absl::Span<const InstructionId> parameters() const { return parameters_; }
  ProgramShape program_shape() const;

  // `execution_thread="…"`; empty for the main one.
  const std::string& execution_thread() const { return execution_thread_; }
  void set_execution_thread(std::string thread) { execution_thread_ = std::move(thread); }

 private:
  std::string name_;
  std::vector<Instruction> instructions_;
  InstructionId root_;
  std::vector<InstructionId> parameters_;
  std::string execution_thread_;
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_GRAPH_COMPUTATION_H_
