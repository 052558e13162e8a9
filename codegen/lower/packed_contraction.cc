#include "codegen/lower/packed_contraction.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "codegen/lower/element.h"

namespace eqsat::codegen {
namespace {

// Copying pays if as many rows read each copy.
constexpr int64_t kFewestRows = 24;
constexpr int64_t kFewestColumns = 16;
constexpr int64_t kShortestSum = 32;

int64_t CeilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

class PackedLowering {
 public:
  PackedLowering(const LoweringTask& task, const MatrixProduct& product)
      : task_(task),
        product_(product),
        hero_(task.computation[task.group.hero]),
        accumulator_(ComputeScalar(hero_.shape.element_type())),
        panel_type_(task.computation[hero_.operands[product.right]].shape.element_type()),
        tile_(PackedTile(task.target, accumulator_, product.rows, product.columns)),
        frame_(task, Points(), {}),
        form_(frame_.emitter().FormOf(task.group.hero)),
        depth_(CountOf(form_.reduction)),
        sums_(builder().AddBuffer(accumulator_, BlockRows() * tile_.columns, BufferRole::kScratch)),
        panel_(builder().AddBuffer(ComputeScalar(panel_type_), kPanelDepth * tile_.columns,
                                   BufferRole::kScratch)) {}

  absl::StatusOr<Kernel> Lower() {
    const Index column_tile = frame_.point()[frame_.point().size() - 2];
    const Index row_block = frame_.point().back();
    ValueId first = space().Emit(space().Scale(row_block, kBlockTiles));
    ValueId after = builder().Binary(Op::kAdd, first, builder().Index(kBlockTiles));
    row_tiles_ = {first, builder().Binary(Op::kMinS, after, builder().Index(NumRowTiles()))};
    frame_.ForTile(
        column_tile, product_.columns, tile_.columns,
        [&](const Index& first_column, int64_t columns) { EmitBlock(first_column, columns); });
    return std::move(frame_).Finish();
  }

 private:
  // A vector of the tile's columns.
  struct Piece {
    int64_t offset;  // in the tile
    int width;
    Index element;
    Index column;
  };
  struct Range {
    ValueId begin;
    ValueId end;
  };

  // The panel and the rows that meet it fit a first-level cache together.
  static constexpr int64_t kPanelDepth = 256;
  static constexpr int64_t kBlockTiles = 16;

  KernelBuilder& builder() { return frame_.builder(); }
  IndexSpace& space() { return frame_.space(); }
  Emitter& emitter() { return frame_.emitter(); }
  int64_t BlockRows() const { return kBlockTiles * tile_.rows; }
  int64_t NumRowTiles() const { return CeilDiv(product_.rows, tile_.rows); }

  std::vector<int64_t> Points() const {
    std::vector<int64_t> counts;
    for (int64_t d = 0; d + 1 < hero_.shape.rank(); ++d)
      if (d != product_.row_dimension) counts.push_back(hero_.shape.dimension(d));
    counts.push_back(CeilDiv(product_.columns, tile_.columns));
    counts.push_back(CeilDiv(NumRowTiles(), kBlockTiles));
    return counts;
  }

  // The iteration space's point; a summed position counts through all reduction dimensions.
  Indices PointAt(const Index& row, const Index& column) {
    Indices point;
    size_t next = 0;
    for (int64_t d = 0; d + 1 < hero_.shape.rank(); ++d)
      point.push_back(d == product_.row_dimension ? row : frame_.point()[next++]);
    point.push_back(column);
    return point;
  }
  Indices PointAt(const Index& row, const Index& column, const Index& summed) {
    Indices point = PointAt(row, column);
    for (Index& index : space().Delinearize(summed, form_.reduction))
      point.push_back(std::move(index));
    return point;
  }

  ValueId AddTo(ValueId base, int64_t offset) {
    return offset == 0 ? base : builder().Binary(Op::kAdd, base, builder().Index(offset));
  }
  // Where the panel has the columns of a summed position; parts begin at multiples of its depth.
  ValueId InPanel(const Index& summed) {
    return space().Emit(space().Scale(space().Mod(summed, kPanelDepth), tile_.columns));
  }

  void ForEach(const Range& range, int64_t step, const std::function<void(ValueId)>& body) {
    builder().For(range.begin, range.end, builder().Index(step), {},
                  [&](ValueId index, const Values&) {
                    body(index);
                    return Values();
                  });
  }

  std::vector<Piece> PiecesOf(const Index& first_column, int64_t columns) {
    std::vector<Piece> pieces;
    int64_t done = 0;
    for (int width : SplitIntoVectors(columns, tile_.width)) {
      Index element = space().VectorElement(width);
      Index column = space().Add(space().Add(first_column, space().Constant(done)), element);
      pieces.push_back({done, width, element, column});
      done += width;
    }
    return pieces;
  }

  void EmitBlock(const Index& first_column, int64_t columns) {
    const std::vector<Piece> pieces = PiecesOf(first_column, columns);
    ValueId zero = builder().Index(0);
    ForEach({zero, builder().Index(BlockRows() * tile_.columns)}, tile_.width, [&](ValueId i) {
      builder().Store(sums_, i, builder().Bits({accumulator_, tile_.width}, 0));
    });
    ForEach({zero, builder().Index(depth_)}, kPanelDepth, [&](ValueId begin) {
      ValueId end = builder().Binary(Op::kMinS, AddTo(begin, kPanelDepth), builder().Index(depth_));
      CopyPanel(pieces, {begin, end});
      ForEachTile([&](ValueId sums, const Index& first_row, int64_t rows) {
        AddProducts(pieces, {begin, end}, sums, first_row, rows);
      });
    });
    ForEachTile([&](ValueId sums, const Index& first_row, int64_t rows) {
      StoreResults(pieces, sums, first_row, rows);
    });
  }

  // body(where the tile's sums begin, its rows)
  void ForEachTile(const std::function<void(ValueId, const Index&, int64_t)>& body) {
    ForEach(row_tiles_, 1, [&](ValueId tile) {
      const Index all = space().Variable(tile, {0, NumRowTiles()});
      // Blocks begin at multiples of kBlockTiles.
      ValueId sums =
          space().Emit(space().Scale(space().Mod(all, kBlockTiles), tile_.rows * tile_.columns));
      frame_.ForTile(all, product_.rows, tile_.rows,
                     [&](const Index& first_row, int64_t rows) { body(sums, first_row, rows); });
    });
  }

  void CopyPanel(const std::vector<Piece>& pieces, const Range& summed) {
    ForEach(summed, 1, [&](ValueId i) {
      const Index position = space().Variable(i, {0, depth_});
      ValueId at = InPanel(position);
      for (const Piece& piece : pieces) {
        emitter().SetVector(piece.element, piece.width);
        // The right operand is the same for every row.
        Indices point = PointAt(Index(), piece.column, position);
        ValueId value = emitter().EmitAccess(hero_, form_.accesses[product_.right], point);
        builder().Store(panel_, AddTo(at, piece.offset), builder().Splat(value, piece.width));
      }
      emitter().SetVector({}, 1);
    });
  }

  // The sums of a tile, rows within pieces.
  void ForSums(const std::vector<Piece>& pieces, int64_t rows,
               const std::function<void(const Piece& piece, int64_t row, int64_t offset)>& body) {
    for (const Piece& piece : pieces)
      for (int64_t row = 0; row < rows; ++row) body(piece, row, row * tile_.columns + piece.offset);
  }

  void AddProducts(const std::vector<Piece>& pieces, const Range& summed, ValueId sums,
                   const Index& first_row, int64_t rows) {
    Values initial;
    ForSums(pieces, rows, [&](const Piece& piece, int64_t, int64_t offset) {
      initial.push_back(builder().Load(sums_, AddTo(sums, offset), piece.width));
    });
    auto step = [&](ValueId i, const Values& carried) {
      const Index position = space().Variable(i, {0, depth_});
      ValueId at = InPanel(position);
      Values next;
      ForSums(pieces, rows, [&](const Piece& piece, int64_t row, int64_t) {
        // The left operand is the same for every column.
        Index at_row = space().Add(first_row, space().Constant(row));
        ValueId left = emitter().EmitAccess(hero_, form_.accesses[1 - product_.right],
                                            PointAt(at_row, Index(), position));
        ValueId right = builder().Load(panel_, AddTo(at, piece.offset), piece.width);
        ValueId a = product_.right == 1 ? left : right, b = product_.right == 1 ? right : left;
        next.push_back(emitter().MultiplyAdd(hero_, a, b, carried[next.size()]));
      });
      return next;
    };
    Values results = builder().For(summed.begin, summed.end, builder().Index(1), initial, step);
    size_t which = 0;
    ForSums(pieces, rows, [&](const Piece&, int64_t, int64_t offset) {
      builder().Store(sums_, AddTo(sums, offset), results[which++]);
    });
  }

  void StoreResults(const std::vector<Piece>& pieces, ValueId sums, const Index& first_row,
                    int64_t rows) {
    ForSums(pieces, rows, [&](const Piece& piece, int64_t row, int64_t offset) {
      emitter().SetVector(piece.element, piece.width);
      ValueId sum = builder().Load(sums_, AddTo(sums, offset), piece.width);
      emitter().Pin({task_.group.hero, 0}, emitter().FinishDot(hero_, sum));
      Index at_row = space().Add(first_row, space().Constant(row));
      Index linear = space().Linearize(PointAt(at_row, piece.column), hero_.shape.dimensions());
      for (const ArrayRef& output : task_.Outputs()) frame_.EmitAndStore(output, linear);
    });
    emitter().SetVector({}, 1);
  }

  const LoweringTask& task_;
  const MatrixProduct& product_;
  const ir::Instruction& hero_;
  Scalar accumulator_;
  ir::ElementType panel_type_;
  RegisterTile tile_;
  KernelFrame frame_;
  const ir::IndexedForm& form_;
  int64_t depth_;
  BufferId sums_;
  BufferId panel_;
  Range row_tiles_;  // of this point
};

}  // namespace

bool PackingPays(const LoweringTask& task, const MatrixProduct& product) {
  const ir::Instruction& hero = task.computation[task.group.hero];
  const ir::Shape& right = task.computation[hero.operands[product.right]].shape;
  const bool is_truth = right.element_type() == ir::ElementType::kPred ||
                        hero.shape.element_type() == ir::ElementType::kPred;
  KernelFrame frame(task, {}, {});
  const int64_t depth = CountOf(frame.emitter().FormOf(task.group.hero).reduction);
  return !is_truth && product.rows >= kFewestRows && product.columns >= kFewestColumns &&
         depth >= kShortestSum;
}

absl::StatusOr<Kernel> LowerPacked(const LoweringTask& task, const MatrixProduct& product) {
  return PackedLowering(task, product).Lower();
}

}  // namespace eqsat::codegen
