// An instruction together with the types around it, as its op wants to see it.
#ifndef EQSAT_IR_GRAPH_BOUND_OP_H_
#define EQSAT_IR_GRAPH_BOUND_OP_H_

#include <vector>

#include "ir/graph/computation.h"
#include "ir/graph/module.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {

// Refers to the instruction's attributes and shape, which must outlive it.
class BoundOp {
 public:
  BoundOp(const Module& module, const Computation& computation, const Instruction& instruction);
  BoundOp(const BoundOp&) = delete;
  BoundOp& operator=(const BoundOp&) = delete;

  const OpContext& context() const { return context_; }
  const OpInfo& info() const { return GetOpInfo(context_.opcode); }

 private:
  std::vector<Shape> operands_;
  std::vector<ProgramShape> regions_;
  OpContext context_;
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_GRAPH_BOUND_OP_H_
