// What each op means to the prover: its result as a function from indices to elements.
//
// The denotations restate ops that ir/ops defines for concrete sizes, over symbolic ones. Movement
// only picks indices; an op with no row in the table has no denotation, and its rules stay tested.
#ifndef EQSAT_RULES_PROVE_DENOTE_H_
#define EQSAT_RULES_PROVE_DENOTE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "rules/prove/assumptions.h"
#include "rules/prove/element.h"
#include "rules/prove/tensor.h"

namespace eqsat::rules {

// What a rule asks of the sizes: on the left side, where they hold, the instance exists; on the
// right side they must follow.
enum class RuleSide : uint8_t { kLeft, kRight };

// Of dims beyond the rank, or named twice.
inline constexpr std::string_view kNoSuchDims = "dims that are not there";

struct TensorOp {
  std::optional<ir::OpCode> opcode;  // none: an elementwise operator variable
  std::string name;                  // what the opcode leaves open
  RuleSide side;
  std::vector<Tensor> operands;
  SymbolicAttributes attributes;
  OperatorRef reducer;
  std::optional<Polys> shape;  // the result's, where the term states them
  std::optional<ProofType> type;
  Assumptions* assumptions;
  const ElementMaker* make;

  // What does not fit together: no instance on the left, a fault of the rule on the right.
  absl::Status Misfit(std::string_view what) const;
  // p >= 0, and a == b, as the side demands.
  absl::Status Demand(const Poly& p) const;
  absl::Status DemandEqual(const Poly& a, const Poly& b) const;
  absl::Status DemandEqual(const Polys& a, const Polys& b) const;
  // The attribute as a list, and as a list of plain integers.
  absl::StatusOr<Polys> List(std::string_view attribute) const;
  absl::StatusOr<Ints> PlainList(std::string_view attribute) const;
  absl::StatusOr<int64_t> PlainInt(std::string_view attribute) const;
};

// Operands that are scalars, and of these the places of a dynamic slice.
bool IsScalarOperand(std::optional<ir::OpCode> opcode, size_t position);
bool IsIndexOperand(std::optional<ir::OpCode> opcode, size_t position);

using Denotation = absl::StatusOr<Tensor> (*)(const TensorOp&);

// Null if the op has none.
Denotation DenotationOf(ir::OpCode opcode);
absl::StatusOr<Tensor> Denote(const TensorOp& op);

// The families.
absl::StatusOr<Tensor> DenoteElementwise(const TensorOp& op);  // denote_elementwise.cc
absl::StatusOr<Tensor> DenoteConvert(const TensorOp& op);
absl::StatusOr<Tensor> DenoteTranspose(const TensorOp& op);  // denote_layout.cc
absl::StatusOr<Tensor> DenoteReshape(const TensorOp& op);
absl::StatusOr<Tensor> DenoteBroadcast(const TensorOp& op);
absl::StatusOr<Tensor> DenoteReverse(const TensorOp& op);
absl::StatusOr<Tensor> DenoteIota(const TensorOp& op);
absl::StatusOr<Tensor> DenoteSlice(const TensorOp& op);  // denote_slicing.cc
absl::StatusOr<Tensor> DenotePad(const TensorOp& op);
absl::StatusOr<Tensor> DenoteConcatenate(const TensorOp& op);
absl::StatusOr<Tensor> DenoteDynamicSlice(const TensorOp& op);
absl::StatusOr<Tensor> DenoteDynamicUpdateSlice(const TensorOp& op);
absl::StatusOr<Tensor> DenoteReduce(const TensorOp& op);  // denote_folds.cc
absl::StatusOr<Tensor> DenoteDot(const TensorOp& op);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_DENOTE_H_
