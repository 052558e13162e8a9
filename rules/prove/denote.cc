#include "rules/prove/denote.h"

#include <map>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"

namespace eqsat::rules {

using ir::OpCode;

absl::Status TensorOp::Misfit(std::string_view what) const {
  return side == RuleSide::kLeft ? NoInstance() : NoDenotation(what);
}

absl::Status TensorOp::Demand(const Poly& p) const {
  if (side == RuleSide::kLeft) return assumptions->AssumeNonNegative(p);
  if (assumptions->KnownNonNegative(p) == true) return absl::OkStatus();
  return NoDenotation("the right side may not be well formed");
}

absl::Status TensorOp::DemandEqual(const Poly& a, const Poly& b) const {
  if (side == RuleSide::kLeft) return assumptions->AssumeEqual(a, b);
  if (assumptions->ProvablyEqual(a, b)) return absl::OkStatus();
  return NoDenotation("sizes of the right side may not fit together");
}

absl::Status TensorOp::DemandEqual(const Polys& a, const Polys& b) const {
  if (a.size() != b.size()) return Misfit("ranks of the right side do not fit together");
  for (size_t i = 0; i < a.size(); ++i) EQSAT_RETURN_IF_ERROR(DemandEqual(a[i], b[i]));
  return absl::OkStatus();
}

absl::StatusOr<Polys> TensorOp::List(std::string_view attribute) const {
  auto at = attributes.find(std::string(attribute));
  const Polys* list = at == attributes.end() ? nullptr : at->second.As<Polys>();
  if (list) return *list;
  return NoDenotation(base::StrCat("the list ", attribute, " is not known"));
}

absl::StatusOr<Ints> TensorOp::PlainList(std::string_view attribute) const {
  EQSAT_ASSIGN_OR_RETURN(Polys list, List(attribute));
  Ints result;
  for (const Poly& p : list) {
    auto constant = assumptions->Simplify(p).AsConstant();
    if (!constant) return NoDenotation(base::StrCat("the dims in ", attribute, " are not known"));
    result.push_back(*constant);
  }
  return result;
}

absl::StatusOr<int64_t> TensorOp::PlainInt(std::string_view attribute) const {
  auto at = attributes.find(std::string(attribute));
  const Poly* p = at == attributes.end() ? nullptr : at->second.As<Poly>();
  auto constant = p ? assumptions->Simplify(*p).AsConstant() : std::nullopt;
  if (constant) return *constant;
  return NoDenotation(base::StrCat("the dim ", attribute, " is not known"));
}

bool IsIndexOperand(std::optional<OpCode> opcode, size_t position) {
  return (opcode == OpCode::kDynamicSlice && position >= 1) ||
         (opcode == OpCode::kDynamicUpdateSlice && position >= 2);
}

bool IsScalarOperand(std::optional<OpCode> opcode, size_t position) {
  const bool has_value = opcode == OpCode::kPad || opcode == OpCode::kReduce;
  return (has_value && position == 1) || IsIndexOperand(opcode, position);
}

Denotation DenotationOf(OpCode opcode) {
  static const auto* const kTable = new std::map<OpCode, Denotation>{
      {OpCode::kConvert, DenoteConvert},
      {OpCode::kBitcastConvert, DenoteConvert},
      {OpCode::kTranspose, DenoteTranspose},
      {OpCode::kReshape, DenoteReshape},
      {OpCode::kBroadcast, DenoteBroadcast},
      {OpCode::kReverse, DenoteReverse},
      {OpCode::kIota, DenoteIota},
      {OpCode::kSlice, DenoteSlice},
      {OpCode::kPad, DenotePad},
      {OpCode::kConcatenate, DenoteConcatenate},
      {OpCode::kDynamicSlice, DenoteDynamicSlice},
      {OpCode::kDynamicUpdateSlice, DenoteDynamicUpdateSlice},
      {OpCode::kReduce, DenoteReduce},
      {OpCode::kDot, DenoteDot},
  };
  if (auto row = kTable->find(opcode); row != kTable->end()) return row->second;
  const ir::OpInfo& info = ir::GetOpInfo(opcode);
  const bool plain = info.Has(ir::OpTrait::kElementwise) && !info.Has(ir::OpTrait::kShapeDeclared);
  return plain ? DenoteElementwise : nullptr;
}

absl::StatusOr<Tensor> Denote(const TensorOp& op) {
  Denotation denotation = op.opcode ? DenotationOf(*op.opcode) : DenoteElementwise;
  if (denotation) return denotation(op);
  return NoDenotation(base::StrCat(ir::Name(*op.opcode), " has no denotation"));
}

}  // namespace eqsat::rules
