#include "codegen/schedule/schedule.h"

#include <algorithm>
#include <bit>

namespace eqsat::codegen {
namespace {

// Sixteen vector registers hold the accumulators, a row of the right operand and one element of the
// left one, spread out.
constexpr int64_t kTileRows = 4;
constexpr int64_t kTileVectors = 2;
// More rows than these no longer save loads that matter.
constexpr int64_t kPackedTileRows = 8;
// Where rows cannot be tiled, more vectors keep the multipliers busy.
constexpr int64_t kLoneRowVectors = 8;
constexpr int64_t kInnerTileRows = 2;
constexpr int64_t kInnerTileColumns = 4;
constexpr int64_t kScalarTileRows = 8;
constexpr int64_t kBusyGpuItems = 32768;
// A strip reads whole cache lines of every row.
constexpr int64_t kStripBytes = 128;
constexpr int64_t kShortestSharedRow = 32;

int PowerOfTwoAtMost(int64_t n) {
  return static_cast<int>(
      std::bit_floor(static_cast<uint64_t>(std::clamp<int64_t>(n, 1, 1 << 20))));
}

int VectorWidth(const ScheduleTarget& target, Scalar element) {
  return std::max(1, target.vector_bytes / ByteWidth(element));
}

}  // namespace

int64_t LanesPerRow(const ScheduleTarget& target, int64_t length, bool contiguous) {
  if (target.processor == Processor::kCpu || !contiguous || length < kShortestSharedRow) return 1;
  return std::min<int64_t>(target.group_size, PowerOfTwoAtMost(length));
}

RegisterTile ColumnTile(const ScheduleTarget& target, Scalar element, int64_t rows,
                        int64_t columns) {
  RegisterTile tile;
  tile.width = std::min(VectorWidth(target, element), PowerOfTwoAtMost(columns));
  int64_t vectors = rows > 1 ? kTileVectors : kLoneRowVectors;
  while (vectors > 1 && vectors * tile.width > columns) vectors /= 2;
  tile.columns = vectors * tile.width;
  tile.rows = std::min(kTileRows, rows);
  return tile;
}

RegisterTile PackedTile(const ScheduleTarget& target, Scalar element, int64_t rows,
                        int64_t columns) {
  RegisterTile tile = ColumnTile(target, element, rows, columns);
  // Beside the sums: a row of the right operand and one element of the left one, spread out.
  const int64_t vectors = tile.columns / tile.width;
  const int64_t most_rows = (target.vector_registers - vectors - 1) / vectors;
  tile.rows = std::min({most_rows, kPackedTileRows, rows});
  return tile;
}

RegisterTile InnerTile(const ScheduleTarget& target, Scalar element, int64_t rows, int64_t columns,
                       int64_t length) {
  RegisterTile tile;
  tile.width = std::min(VectorWidth(target, element), PowerOfTwoAtMost(length));
  tile.rows = std::min(kInnerTileRows, rows);
  tile.columns = std::min(kInnerTileColumns, columns);
  return tile;
}

RegisterTile ScalarTile(const ScheduleTarget& target, int64_t rows, int64_t elements) {
  int64_t busy = target.processor == Processor::kGpu ? kBusyGpuItems : 1;
  RegisterTile tile;
  tile.rows = std::clamp<int64_t>(std::min(rows, elements / busy), 1, kScalarTileRows);
  return tile;
}

int StripWidth(const ScheduleTarget& target, Scalar element, int64_t columns) {
  if (target.processor == Processor::kGpu) return 1;
  return std::min(static_cast<int>(kStripBytes / ByteWidth(element)), PowerOfTwoAtMost(columns));
}

std::vector<int> SplitIntoVectors(int64_t columns, int width) {
  std::vector<int> widths;
  for (; columns > 0; columns -= widths.back()) {
    while (width > columns) width /= 2;
    widths.push_back(width);
  }
  return widths;
}

}  // namespace eqsat::codegen
