#include "codegen/lower/row.h"

#include <algorithm>
#include <map>

#include "codegen/lower/element.h"
#include "ir/base/check.h"
#include "ir/graph/bound_op.h"

namespace eqsat::codegen {
namespace {

using ir::InstructionId;

struct Rows {
  std::vector<InstructionId> reducers;  // in dependency order
  std::vector<int64_t> dimensions;      // of the first reducer's result: one point a row
  int64_t length = 0;                   // elements that the first reducer folds for a row
  bool contiguous = false;              // … which are neighbours in memory
  bool outputs_are_rows = true;         // every output has one element a row
};

// Is the operand's last dimension a reduction dimension?
bool ReducesLastDimension(const ir::IndexedForm& form) {
  const std::vector<ir::IndexExpr>& indices = form.accesses[0].indices;
  return !indices.empty() &&
         MaxDimension(indices.back()) >= static_cast<int64_t>(form.parallel.size());
}

Rows FindRows(const LoweringTask& task) {
  Rows rows;
  for (InstructionId id : task.group.members) {
    ir::BoundOp op(task.module, task.computation, task.computation[id]);
    if (op.info().indexing == nullptr) continue;
    ir::IndexedForm form = op.info().indexing(op.context());
    if (form.combiner != ir::Combiner::kReduce) continue;
    if (rows.reducers.empty()) {
      rows.dimensions.assign(form.parallel.begin(), form.parallel.end());
      rows.length = CountOf(form.reduction);
      rows.contiguous = ReducesLastDimension(form);
    }
    rows.reducers.push_back(id);
  }
  for (const ArrayRef& output : task.Outputs()) {
    const ir::Shape& whole = task.computation[output.instruction].shape;
    const ir::Shape& shape = whole.IsTuple() ? whole.element(output.tuple_element) : whole;
    rows.outputs_are_rows = rows.outputs_are_rows && shape.ElementCount() == task.group.rows;
  }
  return rows;
}

// The reducing members at row `row`, pinned for everything that follows.
void EmitReducers(KernelFrame& frame, const Rows& rows, const Index& row) {
  Emitter& emitter = frame.emitter();
  for (InstructionId id : rows.reducers) {
    const ir::Shape& shape = emitter.ShapeOf({id, 0});
    Values values = emitter.EmitReduce(id, frame.space().Delinearize(row, shape.dimensions()));
    for (size_t i = 0; i < values.size(); ++i)
      emitter.Pin({id, static_cast<int64_t>(i)}, values[i]);
  }
}

// The outputs by how many elements a row has in them, so that each row is walked once.
std::map<int64_t, std::vector<ArrayRef>> OutputsByLength(const LoweringTask& task,
                                                         KernelFrame& frame) {
  std::map<int64_t, std::vector<ArrayRef>> outputs;
  for (const ArrayRef& output : task.Outputs())
    outputs[frame.emitter().ShapeOf(output).ElementCount() / task.group.rows].push_back(output);
  return outputs;
}

absl::StatusOr<Kernel> LowerWholeRows(const LoweringTask& task, const Rows& rows) {
  std::vector<bool> merge(rows.dimensions.size(), true);
  KernelFrame frame(task, rows.dimensions, merge);
  KernelBuilder& b = frame.builder();
  IndexSpace& space = frame.space();
  int64_t lanes = LanesPerRow(task.target, rows.length, rows.contiguous);
  if (lanes > 1) {
    b.SetMapping(Mapping::kGroup, lanes);
    frame.emitter().ShareReductions(lanes);
  }
  Index row = space.Linearize(frame.point(), rows.dimensions);
  EmitReducers(frame, rows, row);
  for (const auto& [length, outputs] : OutputsByLength(task, frame)) {
    auto store = [&, count = length, &arrays = outputs](const Index& position) {
      Index linear = space.Add(space.Scale(row, count), position);
      for (const ArrayRef& output : arrays) frame.EmitAndStore(output, linear);
    };
    if (length == 1) {
      b.If(b.Binary(Op::kEq, b.Lane(), b.Index(0)), [&] { store(Index()); });
      continue;
    }
    b.For(b.Lane(), b.Index(length), b.Index(lanes), {},
          [&, count = length](ValueId index, const Values&) {
            store(space.Variable(index, {0, count}));
            return Values();
          });
  }
  return std::move(frame).Finish();
}

// Strips of neighbouring rows, a vector each.
absl::StatusOr<Kernel> LowerStrips(const LoweringTask& task, const Rows& rows, int width) {
  int64_t columns = rows.dimensions.back();
  std::vector<int64_t> dimensions = rows.dimensions;
  dimensions.back() = (columns + width - 1) / width;
  KernelFrame frame(task, dimensions, std::vector<bool>(dimensions.size(), false));
  IndexSpace& space = frame.space();
  frame.ForTile(frame.point().back(), columns, width, [&](const Index& first, int64_t count) {
    int64_t done = 0;
    for (int piece : SplitIntoVectors(count, width)) {
      Indices point = frame.point();
      Index element = space.VectorElement(piece);
      point.back() = space.Add(first, space.Add(space.Constant(done), element));
      frame.emitter().SetVector(element, piece);
      Index row = space.Linearize(point, rows.dimensions);
      EmitReducers(frame, rows, row);
      for (const ArrayRef& output : task.Outputs()) frame.EmitAndStore(output, row);
      frame.emitter().SetVector({}, 1);
      done += piece;
    }
  });
  return std::move(frame).Finish();
}

}  // namespace

absl::StatusOr<Kernel> LowerRows(const LoweringTask& task) {
  Rows rows = FindRows(task);
  EQSAT_CHECK(!rows.reducers.empty());
  bool strided = !rows.contiguous && rows.outputs_are_rows && !rows.dimensions.empty() &&
                 task.target.processor == Processor::kCpu;
  ir::ElementType type =
      task.computation[task.computation[rows.reducers[0]].operands[0]].shape.element_type();
  if (strided && HasKernelType(type)) {
    int width = StripWidth(task.target, ComputeScalar(type), rows.dimensions.back());
    if (width > 1) return LowerStrips(task, rows, width);
  }
  return LowerWholeRows(task, rows);
}

}  // namespace eqsat::codegen
