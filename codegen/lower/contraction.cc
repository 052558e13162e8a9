#include "codegen/lower/contraction.h"

#include <algorithm>
#include <optional>

#include "codegen/lower/element.h"
#include "codegen/lower/packed_contraction.h"

namespace eqsat::codegen {
namespace {

enum class VectorAxis : uint8_t { kNone, kColumns, kInner };

// How the tiles of a contraction's result lie.
struct Tiling {
  VectorAxis axis = VectorAxis::kNone;
  int64_t row_dimension = -1;  // of the result; -1: tiles have one row
  int64_t rows = 1;            // extent of that dimension
  int64_t columns = 1;         // extent of the last dimension
  RegisterTile tile;
  std::optional<MatrixProduct> packed;  // instead of all that
};

// What the hero's accesses read at a point whose indices are all unknown.
class AccessProbe {
 public:
  explicit AccessProbe(const LoweringTask& task)
      : frame_(task, task.computation[task.group.hero].shape.dimensions(), {}),
        form_(frame_.emitter().FormOf(task.group.hero)) {
    for (int64_t extent : form_.parallel) point_.push_back(frame_.space().VectorElement(extent));
    for (int64_t extent : form_.reduction) point_.push_back(frame_.space().VectorElement(extent));
    const ir::Instruction& hero = task.computation[task.group.hero];
    for (const ir::OperandAccess& access : form_.accesses) {
      size_t before = frame_.emitter().index_uses().size();
      frame_.emitter().EmitAccess(hero, access, point_);
      const std::vector<Index>& uses = frame_.emitter().index_uses();
      loads_.emplace_back(uses.begin() + static_cast<int64_t>(before), uses.end());
    }
  }

  // Do the loads of an access depend on a dimension of the iteration space, and where they do, walk
  // memory along it with stride 1?
  bool IsContiguous(size_t access, size_t dimension) {
    bool depends = false;
    for (const Index& load : loads_[access]) {
      if (!frame_.space().Mentions(load, point_[dimension])) continue;
      depends = true;
      if (frame_.space().Coefficient(load, point_[dimension]) != 1) return false;
    }
    return depends;
  }

  bool AccessDepends(size_t access, size_t dimension) {
    const std::vector<ir::IndexExpr>& indices = form_.accesses[access].indices;
    return std::any_of(indices.begin(), indices.end(), [&](const ir::IndexExpr& expr) {
      return frame_.space().Mentions(frame_.space().Apply(expr, point_), point_[dimension]);
    });
  }

  bool GuardsDepend(size_t dimension) {
    return std::any_of(form_.accesses.begin(), form_.accesses.end(), [&](const auto& access) {
      return frame_.emitter().GuardsMention(access, point_, point_[dimension]);
    });
  }

  bool HasGuards() const {
    return std::any_of(form_.accesses.begin(), form_.accesses.end(),
                       [](const auto& access) { return !access.guards.empty(); });
  }

 private:
  KernelFrame frame_;
  const ir::IndexedForm& form_;
  Indices point_;
  std::vector<std::vector<Index>> loads_;  // of each access
};

// A dimension of the result that `shared`, an access, does not depend on, so that what it reads
// serves a whole tile; the last such one before `limit`.
int64_t FindRowDimension(AccessProbe& probe, const ir::IndexedForm& form, size_t shared,
                         int64_t limit) {
  for (int64_t d = limit; d-- > 0;) {
    size_t dimension = static_cast<size_t>(d);
    if (form.parallel[d] > 1 && !probe.AccessDepends(shared, dimension) &&
        !probe.GuardsDepend(dimension))
      return d;
  }
  return -1;
}

Tiling ChooseTiling(const LoweringTask& task, const ir::IndexedForm& form, Scalar element) {
  constexpr int64_t kFewestColumns = 4;
  Tiling tiling;
  if (form.parallel.empty()) return tiling;
  AccessProbe probe(task);
  size_t last = form.parallel.size() - 1;
  tiling.columns = form.parallel.back();
  std::vector<size_t> dependent;
  for (size_t access : {size_t{0}, size_t{1}}) {
    if (probe.AccessDepends(access, last)) dependent.push_back(access);
  }
  if (dependent.empty()) return tiling;
  tiling.row_dimension =
      FindRowDimension(probe, form, dependent.back(), static_cast<int64_t>(last));
  tiling.rows = tiling.row_dimension < 0 ? 1 : form.parallel[tiling.row_dimension];
  bool vectors = task.target.processor == Processor::kCpu;
  if (vectors && dependent.size() == 1 && tiling.row_dimension >= 0 && !probe.HasGuards()) {
    MatrixProduct product{tiling.row_dimension, static_cast<int64_t>(dependent[0]), tiling.rows,
                          tiling.columns};
    if (PackingPays(task, product)) tiling.packed = product;
  }
  bool along_columns = tiling.columns >= kFewestColumns && !probe.GuardsDepend(last);
  for (size_t access : dependent) along_columns &= probe.IsContiguous(access, last);
  size_t summed = form.parallel.size() + form.reduction.size() - 1;
  bool along_sum = !form.reduction.empty() && form.reduction.back() >= kFewestColumns &&
                   dependent.size() == 1 && !probe.HasGuards() && probe.IsContiguous(0, summed) &&
                   probe.IsContiguous(1, summed);
  if (vectors && along_columns) {
    tiling.axis = VectorAxis::kColumns;
    tiling.tile = ColumnTile(task.target, element, tiling.rows, tiling.columns);
  } else if (vectors && along_sum) {
    tiling.axis = VectorAxis::kInner;
    tiling.tile =
        InnerTile(task.target, element, tiling.rows, tiling.columns, form.reduction.back());
  } else if (tiling.row_dimension >= 0) {
    tiling.axis = VectorAxis::kColumns;
    tiling.tile = ScalarTile(task.target, tiling.rows, task.group.rows);
  }
  return tiling;
}

// Emits tiles of one kernel.
class TileLowering {
 public:
  TileLowering(const LoweringTask& task, const Tiling& tiling)
      : task_(task),
        tiling_(tiling),
        hero_(task.computation[task.group.hero]),
        frame_(task, TileCounts(), {}),
        form_(frame_.emitter().FormOf(task.group.hero)) {}

  absl::StatusOr<Kernel> Lower() {
    Index first = frame_.point()[frame_.point().size() - 2], second = frame_.point().back();
    Index column_tile = ColumnsVaryFastest() ? second : first;
    Index row_tile = ColumnsVaryFastest() ? first : second;
    frame_.ForTile(column_tile, tiling_.columns, tiling_.tile.columns,
                   [&](const Index& first_column, int64_t columns) {
                     frame_.ForTile(row_tile, tiling_.rows, tiling_.tile.rows,
                                    [&](const Index& first_row, int64_t rows) {
                                      EmitTile({first_row, rows, first_column, columns});
                                    });
                   });
    return std::move(frame_).Finish();
  }

 private:
  struct Block {
    Index first_row;
    int64_t rows;
    Index first_column;
    int64_t columns;
  };

  // With vectors row tiles do: the columns that they share stay in the cache. Else neighbouring
  // points read and write neighbouring elements.
  bool ColumnsVaryFastest() const { return tiling_.tile.width == 1; }

  std::vector<int64_t> TileCounts() const {
    auto dimensions = hero_.shape.dimensions();
    std::vector<int64_t> counts;
    for (int64_t d = 0; d + 1 < hero_.shape.rank(); ++d) {
      if (d != tiling_.row_dimension) counts.push_back(dimensions[d]);
    }
    int64_t columns = (tiling_.columns + tiling_.tile.columns - 1) / tiling_.tile.columns;
    int64_t rows = (tiling_.rows + tiling_.tile.rows - 1) / tiling_.tile.rows;
    counts.push_back(ColumnsVaryFastest() ? rows : columns);
    counts.push_back(ColumnsVaryFastest() ? columns : rows);
    return counts;
  }

  // The result's indices at a place in a tile.
  Indices PointAt(const Index& row, const Index& column) {
    Indices point;
    size_t next = 0;
    for (int64_t d = 0; d + 1 < hero_.shape.rank(); ++d)
      point.push_back(d == tiling_.row_dimension ? row : frame_.point()[next++]);
    point.push_back(column);
    return point;
  }
  Index Offset(const Index& first, int64_t by) {
    return frame_.space().Add(first, frame_.space().Constant(by));
  }

  void EmitTile(const Block& block) {
    if (tiling_.axis == VectorAxis::kColumns) {
      EmitColumns(block);
    } else {
      EmitInner(block);
    }
  }

  Indices Extend(const Indices& parallel, const Indices& point) {
    Indices extended = parallel;
    extended.insert(extended.end(), point.begin() + static_cast<int64_t>(parallel.size()),
                    point.end());
    return extended;
  }

  ValueId Step(const Indices& point, ValueId acc) {
    Emitter& emitter = frame_.emitter();
    ValueId a = emitter.EmitAccess(hero_, form_.accesses[0], point);
    ValueId b = emitter.EmitAccess(hero_, form_.accesses[1], point);
    return emitter.MultiplyAdd(hero_, a, b, acc);
  }

  void StoreOutputs(const Indices& point, ValueId acc) {
    Emitter& emitter = frame_.emitter();
    emitter.Pin({task_.group.hero, 0}, emitter.FinishDot(hero_, acc));
    Index linear = frame_.space().Linearize(point, hero_.shape.dimensions());
    for (const ArrayRef& output : task_.Outputs()) frame_.EmitAndStore(output, linear);
  }

  Scalar Accumulator() const { return ComputeScalar(hero_.shape.element_type()); }

  void EmitColumns(const Block& block) {
    KernelBuilder& b = frame_.builder();
    Emitter& emitter = frame_.emitter();
    struct Piece {
      Index element;
      int width;
      std::vector<Indices> points;  // one a row
    };
    std::vector<Piece> pieces;
    Values accumulators;
    int64_t done = 0;
    for (int width : SplitIntoVectors(block.columns, tiling_.tile.width)) {
      Piece piece{frame_.space().VectorElement(width), width, {}};
      Index column = frame_.space().Add(Offset(block.first_column, done), piece.element);
      for (int64_t row = 0; row < block.rows; ++row) {
        piece.points.push_back(PointAt(Offset(block.first_row, row), column));
        accumulators.push_back(b.Bits({Accumulator(), width}, 0));
      }
      pieces.push_back(std::move(piece));
      done += width;
    }
    Indices base = PointAt(block.first_row, block.first_column);
    auto for_each = [&](const std::function<void(const Indices& point, size_t which)>& body) {
      size_t which = 0;
      for (const Piece& piece : pieces) {
        emitter.SetVector(piece.element, piece.width);
        for (const Indices& point : piece.points) body(point, which++);
      }
      emitter.SetVector({}, 1);
    };
    accumulators = emitter.Fold(form_, form_.accesses, base, accumulators,
                                [&](const Indices& at, const Values& carried) {
                                  Values next = carried;
                                  for_each([&](const Indices& point, size_t which) {
                                    next[which] = Step(Extend(point, at), carried[which]);
                                  });
                                  return next;
                                });
    for_each([&](const Indices& point, size_t which) { StoreOutputs(point, accumulators[which]); });
  }

  ValueId SumOfElements(ValueId vector) {
    KernelBuilder& b = frame_.builder();
    Values parts;
    for (int i = 0; i < b.type(vector).width; ++i) parts.push_back(b.Extract(vector, i));
    Op add = IsFloat(Accumulator()) ? Op::kFAdd : Op::kAdd;
    for (; parts.size() > 1; parts.resize(parts.size() / 2)) {
      for (size_t i = 0; i < parts.size() / 2; ++i)
        parts[i] = b.Binary(add, parts[i], parts[parts.size() / 2 + i]);
    }
    return parts[0];
  }

  // Vectors of `width` along the summed dimension, then what they leave over one by one.
  void EmitInner(const Block& block) {
    KernelBuilder& b = frame_.builder();
    Emitter& emitter = frame_.emitter();
    IndexSpace& space = frame_.space();
    int width = tiling_.tile.width;
    int64_t length = form_.reduction.back();
    std::vector<Indices> points;
    for (int64_t row = 0; row < block.rows; ++row) {
      for (int64_t column = 0; column < block.columns; ++column)
        points.push_back(PointAt(Offset(block.first_row, row), Offset(block.first_column, column)));
    }
    auto fold = [&](int64_t count, const Values& initial, const auto& summed_index) {
      ir::IndexedForm form = form_;
      form.reduction.back() = count;
      return emitter.Fold(form, {}, points[0], initial,
                          [&](const Indices& at, const Values& carried) {
                            Indices place = at;
                            place.back() = summed_index(at.back());
                            Values next;
                            for (size_t i = 0; i < points.size(); ++i)
                              next.push_back(Step(Extend(points[i], place), carried[i]));
                            return next;
                          });
    };
    Index element = space.VectorElement(width);
    emitter.SetVector(element, width);
    Values sums(points.size(), b.Bits({Accumulator(), width}, 0));
    sums = fold(length / width, sums,
                [&](const Index& chunk) { return space.Add(space.Scale(chunk, width), element); });
    emitter.SetVector({}, 1);
    for (ValueId& sum : sums) sum = SumOfElements(sum);
    if (length % width != 0) {
      sums = fold(length % width, sums,
                  [&](const Index& rest) { return Offset(rest, length - length % width); });
    }
    for (size_t i = 0; i < points.size(); ++i) StoreOutputs(points[i], sums[i]);
  }

  const LoweringTask& task_;
  const Tiling& tiling_;
  const ir::Instruction& hero_;
  KernelFrame frame_;
  const ir::IndexedForm& form_;
};

absl::StatusOr<Kernel> LowerElements(const LoweringTask& task) {
  auto dimensions = task.computation[task.group.hero].shape.dimensions();
  KernelFrame frame(task, dimensions, {});
  Index linear = frame.space().Linearize(frame.point(), dimensions);
  for (const ArrayRef& output : task.Outputs()) frame.EmitAndStore(output, linear);
  return std::move(frame).Finish();
}

}  // namespace

absl::StatusOr<Kernel> LowerContraction(const LoweringTask& task) {
  const ir::Instruction& hero = task.computation[task.group.hero];
  KernelFrame frame(task, {}, {});
  const ir::IndexedForm& form = frame.emitter().FormOf(task.group.hero);
  if (!HasKernelType(hero.shape.element_type())) return LowerElements(task);
  Tiling tiling = ChooseTiling(task, form, ComputeScalar(hero.shape.element_type()));
  if (tiling.packed) return LowerPacked(task, *tiling.packed);
  if (tiling.axis == VectorAxis::kNone) return LowerElements(task);
  return TileLowering(task, tiling).Lower();
}

}  // namespace eqsat::codegen
