// Single elements of large arrays, computed from the few elements that they are made of.
#ifndef EQSAT_IR_INTERPRET_ELEMENT_EVALUATOR_H_
#define EQSAT_IR_INTERPRET_ELEMENT_EVALUATOR_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/graph/module.h"
#include "ir/ops/indexing.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {

// Elements of the entry computation, as the interpreter would compute them; no array is held. Knows
// elementwise ops, movement, gathers, reductions and windows; others are Unimplemented. Inputs are
// arrays that are functions of place. The module is verified, without calls, and outlives this.
class ElementEvaluator {
 public:
  // The element of parameter `number` at a row-major position, as a scalar.
  using Input = std::function<Literal(int64_t number, int64_t position)>;

  ElementEvaluator(const Module& module, Input input)
      : module_(module), computation_(module.entry()), input_(std::move(input)) {}

  // The element of an array at `point`, as a scalar.
  absl::StatusOr<Literal> At(InstructionId id, absl::Span<const int64_t> point);

 private:
  using Point = absl::Span<const int64_t>;

  absl::StatusOr<Literal> Compute(InstructionId id, Point point, int64_t position);
  absl::StatusOr<Literal> OfForm(const Instruction& instruction, const IndexedForm& form,
                                 Point point);
  absl::StatusOr<Literal> OfGather(const Instruction& gather, Point point);
  absl::StatusOr<Literal> OfFold(const Instruction& fold, const IndexedForm& form, Point point);
  // The operand's element, or nullopt where a guard does not hold.
  absl::StatusOr<std::optional<Literal>> Read(const Instruction& reader,
                                              const OperandAccess& access, Point point);
  absl::StatusOr<const IndexedForm*> FormOf(InstructionId id);

  const Module& module_;
  const Computation& computation_;
  Input input_;
  std::map<InstructionId, IndexedForm> forms_;
  // By instruction and position: what is read more than once. Forgotten when there is much of it.
  absl::flat_hash_map<std::pair<InstructionId, int64_t>, Literal> known_;
  int depth_ = 0;
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_ELEMENT_EVALUATOR_H_
