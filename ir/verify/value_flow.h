// Where values come from: through tuples, calls, branches and the turns of loops.
#ifndef EQSAT_IR_VERIFY_VALUE_FLOW_H_
#define EQSAT_IR_VERIFY_VALUE_FLOW_H_

#include <cstdint>
#include <vector>

#include "ir/graph/module.h"

namespace eqsat::ir {

// The part at `index` of what an instruction gives.
struct ValuePlace {
  ComputationId computation;
  InstructionId instruction;
  std::vector<int64_t> index;
  friend auto operator<=>(const ValuePlace&, const ValuePlace&) = default;
};

// Invariant: callers_ lists, for each computation, every instruction that calls it.
class ValueFlow {
 public:
  explicit ValueFlow(const Module& module);

  // The places at which the value that `place` holds may have been made, each once; a value that
  // goes around a loop may have several. None if the search would be long.
  std::vector<ValuePlace> Origins(ValuePlace place) const;

 private:
  struct Caller {
    ComputationId computation;
    InstructionId instruction;
    size_t region;  // which of its computations
  };

  const Instruction& At(const ValuePlace& place) const {
    return module_[place.computation][place.instruction];
  }
  // The places that hold the same value one step before; none if it is made here.
  std::vector<ValuePlace> Before(const ValuePlace& place) const;
  std::vector<ValuePlace> BeforeParameter(const ValuePlace& place) const;
  ValuePlace RootOf(ComputationId computation, const std::vector<int64_t>& index) const {
    return {computation, module_[computation].root(), index};
  }

  const Module& module_;
  std::vector<std::vector<Caller>> callers_;
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_VERIFY_VALUE_FLOW_H_
