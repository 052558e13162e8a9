// Losses over classes: dimension 1 of the scores.
#include "importers/onnx/op_table.h"
#include "importers/onnx/reduction.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

// The scores' entry at each target, negated and weighted, then reduced as the node says. Targets
// that are to be ignored count for nothing.
absl::StatusOr<InstructionId> PickedLoss(Emitter& e, const Node& node, InstructionId scores) {
  if (e.rank(scores) < 2 || e.rank(e.Input(node, 1)) != e.rank(scores) - 1) {
    return base::InvalidArgument("targets of %s for scores of %s",
                                 e.shape(e.Input(node, 1)).ToString(), e.shape(scores).ToString());
  }
  const ElementType type = e.type(scores);
  InstructionId target = e.Unsqueeze(e.Convert(e.Input(node, 1), ElementType::kS64), 1);
  InstructionId hot =
      e.Comparing(e.Iota(ElementType::kS64, e.sizes(scores), 1), Direction::kEq, target);
  auto pick = [&](InstructionId x) {
    return e.Reduce(OpCode::kAdd, e.Select(hot, x, e.Scalar(type, 0)), {1}, Keep::kNo);
  };
  InstructionId weight = e.Like(scores, 1);
  if (node.Has(2)) {
    weight = e.Expand(e.Along(e.Input(node, 2), 1, e.rank(scores)), e.sizes(scores));
  }
  weight = pick(weight);
  if (node.Find("ignore_index") != nullptr) {
    const auto ignored = static_cast<double>(node.Int("ignore_index", 0));
    InstructionId counts = e.Comparing(e.Squeeze(target, 1), Direction::kNe, ignored);
    weight = e.Select(counts, weight, e.Scalar(type, 0));
  }
  InstructionId loss = e.Mul(e.Unary(OpCode::kNegate, pick(scores)), weight);
  const std::string reduction = node.String("reduction", "mean");
  if (reduction == "none") return loss;
  Sizes all;
  for (int64_t d = 0; d + 1 < e.rank(scores); ++d) all.push_back(d);
  loss = e.Reduce(OpCode::kAdd, loss, all, Keep::kNo);
  if (reduction == "sum") return loss;
  if (reduction == "mean") return e.Div(loss, e.Reduce(OpCode::kAdd, weight, all, Keep::kNo));
  return base::InvalidArgument("reduction '%s' is none of none, sum and mean", reduction);
}

absl::Status NegativeLogLikelihoodLoss(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(InstructionId loss, PickedLoss(e, node, e.Input(node, 0)));
  e.Return(node, loss);
  return absl::OkStatus();
}

absl::Status SoftmaxCrossEntropyLoss(Emitter& e, const Node& node) {
  InstructionId scores = LogSoftmax(e, e.Input(node, 0), e.Axis(1, e.rank(e.Input(node, 0))));
  EQSAT_RETURN_IF_ERROR(e.status());
  EQSAT_ASSIGN_OR_RETURN(InstructionId loss, PickedLoss(e, node, scores));
  const InstructionId outputs[] = {loss, scores};
  e.Return(node, outputs);
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> LossOps() {
  static constexpr OpEntry kEntries[] = {
      {"NegativeLogLikelihoodLoss", 2, 3, NegativeLogLikelihoodLoss},
      {"SoftmaxCrossEntropyLoss", 2, 3, SoftmaxCrossEntropyLoss},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
