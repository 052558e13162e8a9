// Det: elimination with the largest pivot of each column.
#include "importers/onnx/op_table.h"
#include "importers/onnx/reduction.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

// The one row of each matrix that is chosen.
InstructionId RowWhere(Emitter& e, InstructionId matrices, InstructionId chosen) {
  InstructionId only = e.Select(chosen, matrices, e.Like(matrices, 0));
  return e.Reduce(OpCode::kAdd, only, {1}, Keep::kNo);
}

// One column: the determinant's next factor, and the matrices with the pivot's row moved up and
// subtracted from those below it.
absl::StatusOr<std::vector<InstructionId>> Eliminate(Emitter& e, InstructionId i,
                                                     std::vector<InstructionId> state) {
  InstructionId a = state[0], determinant = state[1];
  const Sizes sizes = e.sizes(a);
  const Sizes plane = {sizes[0], sizes[1]};
  InstructionId row = e.Iota(ElementType::kS64, plane, 1), here = e.Expand(i, plane);
  InstructionId column = e.SliceAt(a, i, 2);
  InstructionId size = e.Select(e.Compare(row, Direction::kGe, here), e.Unary(OpCode::kAbs, column),
                                e.Like(column, -1));
  InstructionId place = e.Expand(ArgExtreme(e, size, 1, Direction::kGt, Tie::kFirst), plane);
  InstructionId is_pivot = e.Compare(row, Direction::kEq, place);
  auto over_columns = [&](InstructionId rows) { return e.Broadcast(rows, {{0, 1}}, sizes); };
  auto over_rows = [&](InstructionId columns) { return e.Broadcast(columns, {{0, 2}}, sizes); };
  InstructionId pivot_row = RowWhere(e, a, over_columns(is_pivot));
  InstructionId pivot = e.SliceAt(pivot_row, i, 1);  // batch
  InstructionId moved = e.Select(over_columns(is_pivot), over_rows(e.SliceAt(a, i, 1)), a);
  InstructionId divisor = e.Select(e.Comparing(pivot, Direction::kEq, 0), e.Like(pivot, 1), pivot);
  InstructionId factor = e.Div(e.SliceAt(moved, i, 2), e.Unsqueeze(divisor, 1));
  factor = e.Select(e.Compare(row, Direction::kGt, here), factor, e.Like(factor, 0));
  InstructionId stays = e.SliceAt(e.Compare(place, Direction::kEq, here), i, 1);
  InstructionId signed_pivot = e.Select(stays, pivot, e.Unary(OpCode::kNegate, pivot));
  return std::vector<InstructionId>{e.Sub(moved, e.Mul(over_columns(factor), over_rows(pivot_row))),
                                    e.Mul(determinant, signed_pivot)};
}

absl::Status Det(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  Sizes batch = e.sizes(x);
  if (batch.size() < 2 || batch.back() != batch[batch.size() - 2]) {
    return base::InvalidArgument("%s is no square matrix", e.shape(x).ToString());
  }
  const int64_t size = batch.back();
  batch.resize(batch.size() - 2);
  const ElementType type = e.type(x),
                    precise = type == ElementType::kF64 ? type : ElementType::kF32;
  int64_t matrices = 1;
  for (int64_t count : batch) matrices *= count;
  const InstructionId state[] = {e.Reshape(e.Convert(x, precise), Sizes{matrices, size, size}),
                                 e.Full(precise, {matrices}, 1)};
  InstructionId determinant = state[1];
  if (size > 0 && matrices > 0) determinant = e.Repeat(size, state, Eliminate)[1];
  e.Return(node, e.Convert(e.Reshape(determinant, batch), type));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> DeterminantOps() {
  static constexpr OpEntry kEntries[] = {
      {"Det", 1, 1, Det},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
