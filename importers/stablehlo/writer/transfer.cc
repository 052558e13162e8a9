// Operations that talk to the host or to one other device.
#include "importers/stablehlo/writer/attributes.h"
#include "importers/stablehlo/writer/op_writers.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

absl::StatusOr<Written> Infeed(BlockWriter& w, const ir::Instruction& op) {
  return w.Emit("stablehlo.infeed", w.Ones(op.operands), op.shape,
                {{"infeed_config", op.attr<ir::InfeedAttributes>().infeed_config}});
}

absl::StatusOr<Written> Outfeed(BlockWriter& w, const ir::Instruction& op) {
  return w.Emit("stablehlo.outfeed", w.LeavesOf(op.operands), op.shape,
                {{"outfeed_config", op.attr<ir::OutfeedAttributes>().outfeed_config}});
}

enum class Direction : uint8_t { kSend, kRecv };

Attributes TransferOf(const ir::TransferAttributes& transfer, Direction direction) {
  // Between devices, from a device to the host, from the host to a device.
  const int64_t type = !transfer.is_host_transfer ? 1 : direction == Direction::kSend ? 2 : 3;
  return {{"channel_handle", Channel(transfer.channel_id, type)},
          {"is_host_transfer", transfer.is_host_transfer}};
}

// HLO's send and recv give (value, token); the context says nothing here.
Written InFlight(Written value, Written token) {
  Written out;
  out.elements = {std::move(value), {}, std::move(token)};
  return out;
}

absl::StatusOr<Written> Send(BlockWriter& w, const ir::Instruction& op) {
  Written token = w.Emit("stablehlo.send", w.LeavesOf(op.operands), ir::Shape::Token(),
                         TransferOf(op.attr<ir::TransferAttributes>(), Direction::kSend));
  return InFlight(w.Of(op.operands[0]), std::move(token));
}

absl::StatusOr<Written> Recv(BlockWriter& w, const ir::Instruction& op) {
  const ir::Shape received = ir::Shape::Tuple({op.shape.element(0), ir::Shape::Token()});
  Written both = w.Emit("stablehlo.recv", w.Ones(op.operands), received,
                        TransferOf(op.attr<ir::TransferAttributes>(), Direction::kRecv));
  return InFlight(both.elements[0], both.elements[1]);
}

absl::StatusOr<Written> SendDone(BlockWriter& w, const ir::Instruction& op) {
  return w.Element(w.Of(op.operands[0]), w.shape(op.operands[0]), 2);
}

absl::StatusOr<Written> RecvDone(BlockWriter& w, const ir::Instruction& op) {
  const ir::Shape& shape = w.shape(op.operands[0]);
  Written out;
  out.elements = {w.Element(w.Of(op.operands[0]), shape, 0),
                  w.Element(w.Of(op.operands[0]), shape, 2)};
  return out;
}

}  // namespace

absl::Span<const OpWriterEntry> TransferWriters() {
  static constexpr OpWriterEntry kEntries[] = {
      {OpCode::kInfeed, Infeed},     {OpCode::kOutfeed, Outfeed}, {OpCode::kRecv, Recv},
      {OpCode::kRecvDone, RecvDone}, {OpCode::kSend, Send},       {OpCode::kSendDone, SendDone},
  };
  return kEntries;
}

}  // namespace eqsat::importers::stablehlo
