// One computation of HLO text: syntax to ir::Computation.
#ifndef EQSAT_IMPORTERS_HLO_TEXT_COMPUTATION_RESOLVER_H_
#define EQSAT_IMPORTERS_HLO_TEXT_COMPUTATION_RESOLVER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "importers/hlo_text/syntax.h"
#include "importers/name_set.h"
#include "ir/graph/computation.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

// Used once. `callee_ids` maps the index of a syntax computation to its id in `module`; all callees
// are there. Computations that asynchronous sugar needs are added to `module`.
class ComputationResolver {
 public:
  ComputationResolver(std::string_view text, const std::vector<ir::ComputationId>& callee_ids,
                      NameSet* computation_names, ir::Module* module)
      : text_(text),
        callee_ids_(callee_ids),
        computation_names_(computation_names),
        module_(module) {}

  absl::StatusOr<ir::Computation> Resolve(SyntaxComputation& syntax);

 private:
  using Indices = absl::InlinedVector<int, 4>;

  absl::Status IndexNames();
  // A name that no instruction has.
  std::string FreshName(std::string_view name);
  absl::Status LinkOperands();
  absl::StatusOr<int> Find(const SyntaxName& name) const;
  // The order of emission, dependencies first.
  absl::StatusOr<std::vector<int>> Order() const;
  // Whether the text is in such an order.
  bool IsOrdered() const;

  absl::Status Emit(int index);
  absl::Status LinkEmitted(int index, ir::Instruction* instruction);
  absl::Status EmitAsync(int index, ir::Instruction* instruction);
  absl::StatusOr<ir::InstructionId> TupleElement(ir::InstructionId tuple, int64_t element,
                                                 size_t position);
  absl::Status InferOmittedShape(const SyntaxInstruction& syntax, ir::Instruction* instruction);
  // The last update or done of the chain that begins at the async start `index`.
  int EndOfChain(int index) const;
  // The computation that the asynchronous start `index` runs.
  absl::StatusOr<ir::ComputationId> WrapAsync(int index, const ir::Instruction& start);

  absl::Status ErrorAt(size_t position, std::string_view message) const;

  std::string_view text_;
  const std::vector<ir::ComputationId>& callee_ids_;
  NameSet* computation_names_;
  ir::Module* module_;

  SyntaxComputation* syntax_ = nullptr;
  std::vector<std::string> names_;  // by syntax index
  ByText<int> index_of_;
  std::optional<NameSet> used_names_;       // once a fresh one is needed
  std::vector<Indices> operands_;           // by syntax index, syntax indices
  std::vector<Indices> predecessors_;       // the same, of control
  std::vector<int> continued_by_;           // by syntax index: the sugared update or done, or -1
  std::vector<ir::InstructionId> emitted_;  // by syntax index
  std::vector<ir::Instruction> instructions_;
  absl::flat_hash_map<std::pair<size_t, int64_t>, ir::InstructionId> tuple_elements_;
};

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_TEXT_COMPUTATION_RESOLVER_H_
