// How a kernel's points are laid on a machine: what runs at once, in what shape of tile.
#ifndef EQSAT_CODEGEN_SCHEDULE_SCHEDULE_H_
#define EQSAT_CODEGEN_SCHEDULE_SCHEDULE_H_

#include <cstdint>
#include <vector>

#include "codegen/kernel_ir/type.h"

namespace eqsat::codegen {

enum class Processor : uint8_t {
  kCpu,  // few threads with vectors: points are loops, tiles live in vector registers
  kGpu,  // many work-items: a point each, or a group for a row
};

// What lowering must know of a machine.
struct ScheduleTarget {
  Processor processor = Processor::kCpu;
  int vector_bytes = 32;      // CPU: of one vector register
  int vector_registers = 16;  // CPU
  int64_t group_size = 256;   // GPU: work-items of a group
};

// Work-items that share one row of `length` elements; 1: each work-item has rows of its own.
// `contiguous`: neighbours in a row are neighbours in memory.
int64_t LanesPerRow(const ScheduleTarget& target, int64_t length, bool contiguous);

// A block of a contraction's result that is accumulated in registers.
struct RegisterTile {
  int64_t rows = 1;
  int64_t columns = 1;
  int width = 1;  // elements of one vector
};

// For a result of rows × columns with vectors along the columns.
RegisterTile ColumnTile(const ScheduleTarget& target, Scalar element, int64_t rows,
                        int64_t columns);
// The same for a right operand that lies close together, so that a tile may use every register.
RegisterTile PackedTile(const ScheduleTarget& target, Scalar element, int64_t rows,
                        int64_t columns);
// With vectors along the summed dimension of `length` elements, one for each result element.
RegisterTile InnerTile(const ScheduleTarget& target, Scalar element, int64_t rows, int64_t columns,
                       int64_t length);
// Without vectors: one column, and rows that share what is read for it, as long as the result's
// `elements` leave enough tiles to keep the machine busy.
RegisterTile ScalarTile(const ScheduleTarget& target, int64_t rows, int64_t elements);
// Columns that one pass over a major dimension folds at once.
int StripWidth(const ScheduleTarget& target, Scalar element, int64_t columns);

// `columns` as vector widths, widest first: 13 at 8 is 8, 4, 1.
std::vector<int> SplitIntoVectors(int64_t columns, int width);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_SCHEDULE_SCHEDULE_H_
