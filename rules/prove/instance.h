// One instance of a rule with symbolic sizes: a rank for each operand, plain dimension numbers, an
// element type or the name of one, and the two sides as tensors.
//
// What the left side leaves open is chosen on the path: all ranks up to a bound, all dimension
// lists, all types that stand for their kind.
#ifndef EQSAT_RULES_PROVE_INSTANCE_H_
#define EQSAT_RULES_PROVE_INSTANCE_H_

#include <map>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "rules/compile/rule.h"
#include "rules/prove/denote.h"
#include "rules/prove/symbolic_code.h"

namespace eqsat::rules {

// Abstract: one name for each open element type, so that the proof holds for all of them.
enum class Typing : uint8_t { kAbstract, kConcrete };

struct InstanceBounds {
  int max_rank = 2;
  int max_operands = 3;  // of a sequence
  Typing typing = Typing::kAbstract;
  bool all_guards = true;  // else only the local ones: see rank_bound.h
};

struct Sides {
  Tensor left;
  Tensor right;
};

class Instance {
 public:
  Instance(const Rule& rule, const Direction& direction, InstanceBounds bounds,
           Assumptions* assumptions);

  // The two sides of each equation, under the guards; `numerics` is the class that holds for it.
  absl::StatusOr<std::vector<Sides>> Build();

  const ProofScope& scope() const { return scope_; }
  const ElementMaker& maker() const { return maker_; }
  ElementMaker& maker() { return maker_; }
  const NumericsCase* numerics() const { return numerics_; }

 private:
  struct Want {
    std::optional<ProofType> type;
    std::optional<size_t> rank;
    bool is_index = false;  // of a dynamic slice: an integer of any type
  };
  using TensorOr = absl::StatusOr<Tensor>;

  // The left side: instance_left.cc.
  TensorOr MakeLeft(const Term& term, const Want& want);
  TensorOr MakeVariable(const Term& term, const Want& want);
  bool RanksFit() const;
  bool IsOfChosenTypes(const Code& code) const;
  absl::StatusOr<bool> TypesFit();
  TensorOr MakeOperation(const Term& term, const Want& want);
  absl::Status ChooseSumType(const Term& term, const Want& want, TensorOp* op);
  static Want BelowOf(std::optional<ir::OpCode> opcode, const Want& want);
  absl::StatusOr<size_t> SequenceLength(const TensorOp& op);
  absl::Status MakeChildren(const Term& term, const Want& want, TensorOp* op);
  absl::Status MakeNumbers(const Term& term, std::optional<ProofType> type, TensorOp* op);
  absl::Status MakeSequence(const Term& term, const Want& want, size_t count, TensorOp* op);
  // instance_attributes.cc
  absl::Status ReadAttributes(const Term& term, TensorOp* op);
  absl::Status ReadShape(const Term& term, TensorOp* op, const Want& want);
  absl::StatusOr<SymbolicValue> ChooseAttribute(const TensorOp& op, const std::string& name);
  absl::Status Bind(const Code& pattern, const SymbolicValue& actual);
  absl::Status BindResult(const Term& term, const Tensor& result);
  absl::StatusOr<Polys> DeclaredDims(const TypePattern& type);
  absl::StatusOr<ProofType> ChooseType(const std::vector<ir::ElementType>& allowed,
                                       const Want& want);
  absl::StatusOr<ProofType> TypeOfSymbol(SymbolId symbol, const Want& want);
  bool IsBound(const Code& code) const;
  OperandRef NewLeaf(const std::string& name, Polys dims, ProofType type, bool is_index);
  // The rank that is wanted, or one of all up to the bound; and so many sizes without a name.
  size_t ChooseRank(const Want& want);
  Polys NewSizes(size_t rank);
  Ints ChooseDims(size_t rank, std::optional<size_t> count, const Ints& taken = {});
  absl::StatusOr<SymbolicValue> ChooseDotDims(const TensorOp& op, const std::string& name);

  absl::Status CheckGuards();
  absl::Status ChooseNumerics();

  // The right side: instance_right.cc.
  TensorOr MakeRight(const Term& term, const Tensor* whole);
  TensorOr BuildOperation(const Term& term, const Tensor* whole);
  absl::Status BuildChildren(const Term& term, const Tensor* whole, TensorOp* op);
  absl::Status BuildAttributes(const Term& term, const Tensor* whole, TensorOp* op);

  // Both.
  absl::Status SetOperator(const Term& term, TensorOp* op);
  absl::StatusOr<Tensor> NumberTensor(const Term& term, ProofType type, Polys dims);
  absl::StatusOr<std::string> OpaqueAttributes(const Term& term);

  const Rule& rule_;
  const Direction& direction_;
  InstanceBounds bounds_;
  Assumptions& assumptions_;
  ProofScope scope_;
  ElementMaker maker_;
  const NumericsCase* numerics_ = nullptr;
  std::vector<ir::ElementType> representatives_;
  std::map<SymbolId, ProofType> captured_types_;  // of the results of dots, by what captures them
  int next_abstract_ = ProofType::kFirstAbstract;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_INSTANCE_H_
