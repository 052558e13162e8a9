// send, recv, infeed, outfeed, and the starts of copies.
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/device_grid.h"
#include "ir/interpret/evaluator.h"

namespace eqsat::ir {
namespace {

// (value, context, token). The value goes out at the start; the done only waits.
absl::StatusOr<Literal> EvaluateSend(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Device * device, DeviceOf(call));
  const Literal& value = call.operands[call.operand_shape(0).IsToken() ? 1 : 0];
  device->grid().Send(call.attr<TransferAttributes>().channel_id, value);
  return Literal::Tuple(
      {value, Literal::Zero(call.shape.element(1)), Literal::Zero(Shape::Token())});
}

absl::StatusOr<Literal> EvaluateSendDone(const OpCall& call) {
  if (!call.shape.IsTuple()) return Literal::Zero(call.shape);
  return Literal::Tuple({call.operands[0].elements()[0], Literal::Zero(Shape::Token())});
}

// (zeros, context, token). The value is taken by the done, so that a program may receive first and
// then send to itself.
absl::StatusOr<Literal> EvaluateRecv(const OpCall& call) { return Literal::Zero(call.shape); }

absl::StatusOr<Literal> EvaluateRecvDone(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Device * device, DeviceOf(call));
  EQSAT_ASSIGN_OR_RETURN(Literal value,
                         device->grid().Receive(call.attr<TransferAttributes>().channel_id));
  if (!Shape::Compatible(value.shape(), call.shape.element(0))) {
    return base::InvalidArgument("%s is sent, but %s is received", value.shape().ToString(),
                                 call.shape.element(0).ToString());
  }
  return Literal::Tuple({std::move(value), Literal::Zero(Shape::Token())});
}

absl::StatusOr<Literal> EvaluateInfeed(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Device * device, DeviceOf(call));
  EQSAT_ASSIGN_OR_RETURN(Literal value, device->grid().Infeed());
  if (!Shape::Compatible(value.shape(), call.shape.element(0))) {
    return base::InvalidArgument("the infeed has %s, but %s is taken", value.shape().ToString(),
                                 call.shape.element(0).ToString());
  }
  return Literal::Tuple({std::move(value), Literal::Zero(Shape::Token())});
}

absl::StatusOr<Literal> EvaluateOutfeed(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Device * device, DeviceOf(call));
  device->grid().Outfeed(call.operands[0]);
  return Literal::Zero(call.shape);
}

// (destination, source, context)
absl::StatusOr<Literal> EvaluateCopyStart(const OpCall& call) {
  std::vector<Literal> elements(2, call.operands[0]);
  for (size_t i = 2; i < call.shape.elements().size(); ++i)
    elements.push_back(Literal::Zero(call.shape.element(static_cast<int64_t>(i))));
  return Literal::Tuple(std::move(elements));
}

absl::StatusOr<Literal> EvaluateCopyDone(const OpCall& call) {
  return call.operands[0].elements()[0];
}

}  // namespace

void AddTransfer(EvaluatorTable& table) {
  table[OpCode::kSend].evaluate = EvaluateSend;
  table[OpCode::kSendDone].evaluate = EvaluateSendDone;
  table[OpCode::kRecv].evaluate = EvaluateRecv;
  table[OpCode::kRecvDone].evaluate = EvaluateRecvDone;
  table[OpCode::kInfeed].evaluate = EvaluateInfeed;
  table[OpCode::kOutfeed].evaluate = EvaluateOutfeed;
  table[OpCode::kCopyStart].evaluate = EvaluateCopyStart;
  table[OpCode::kCopyDone].evaluate = EvaluateCopyDone;
}

}  // namespace eqsat::ir
