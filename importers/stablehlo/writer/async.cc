// Operations that are started and awaited apart. StableHLO does all at the start; what comes later
// only takes the result.
#include "importers/stablehlo/writer/attributes.h"
#include "importers/stablehlo/writer/op_writers.h"
#include "ir/base/status.h"

namespace eqsat::importers::stablehlo {
namespace {

absl::StatusOr<Written> AsyncStart(BlockWriter& w, const ir::Instruction& op) {
  if (op.operands.size() != w.source()[op.called[0]].parameters().size()) {
    return base::Unimplemented("StableHLO binds all operands of a computation at once");
  }
  Written operands;
  for (InstructionId operand : op.operands) operands.elements.push_back(w.Of(operand));
  Written result = w.Inline(op.called[0], operands.elements);
  return StartedValue(op.shape, std::move(operands), std::move(result));
}

absl::StatusOr<Written> AsyncUpdate(BlockWriter& w, const ir::Instruction& op) {
  if (op.operands.size() != 1) {
    return base::Unimplemented("StableHLO binds all operands of a computation at once");
  }
  return w.Of(op.operands[0]);
}

absl::StatusOr<Written> AsyncDone(BlockWriter& w, const ir::Instruction& op) {
  return w.Element(w.Of(op.operands[0]), w.shape(op.operands[0]), 1);
}

// (the copy, the original, context)
absl::StatusOr<Written> CopyStart(BlockWriter& w, const ir::Instruction& op) {
  return StartedValue(op.shape, w.Of(op.operands[0]), w.Of(op.operands[0]));
}

absl::StatusOr<Written> CopyDone(BlockWriter& w, const ir::Instruction& op) {
  return w.Element(w.Of(op.operands[0]), w.shape(op.operands[0]), 0);
}

}  // namespace

absl::Span<const OpWriterEntry> AsyncWriters() {
  static constexpr OpWriterEntry kEntries[] = {
      {OpCode::kAsyncDone, AsyncDone},     {OpCode::kAsyncStart, AsyncStart},
      {OpCode::kAsyncUpdate, AsyncUpdate}, {OpCode::kCopyDone, CopyDone},
      {OpCode::kCopyStart, CopyStart},
  };
  return kEntries;
}

Written StartedValue(const ir::Shape& shape, Written first, Written second) {
  Written out;
  out.elements = {std::move(first), std::move(second)};
  // What else the tuple holds is never looked at.
  out.elements.resize(shape.elements().size());
  return out;
}

}  // namespace eqsat::importers::stablehlo
