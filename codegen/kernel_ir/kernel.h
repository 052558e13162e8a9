// A kernel: what one launch computes, as structured loops over buffers, for every target alike.
//
// A kernel is a parallel loop nest over `extents`: the body runs once for each point, in any order
// and at once; its arguments are the point's indices. Within the body statements run in order.
//
//   kernel @k(%0: in f32[1024], %1: out f32[1024]) extents [32, 32] {
//     (%i, %j):
//     %v = load buffer0[...]
//     ...
//   }
//
// Control statements:
//   for      operands (begin, end, step, initial…), block 0 (index, carried…) yields carried…;
//            results the last carried…. Runs while index < end, step > 0. Signed comparison.
//   if       operand (i1 scalar), blocks 0 (true) and 1 (false), no arguments; both yield results….
//   group_reduce  operands x…; block 0 (a…, b…) yields the combination…; results: the combination
//            of every work-item's x…, in the order of lanes or any other fixed one, the same in all
//            of the group's work-items. Reached by all of them. A group of one: the operands.
//
// Invariants (verify.h): every value is defined once, before its uses and in an enclosing block;
// types fit op.def; provably affine accesses are in bounds; group_reduce and barrier are not under
// control flow that depends on the lane.
#ifndef EQSAT_CODEGEN_KERNEL_IR_KERNEL_H_
#define EQSAT_CODEGEN_KERNEL_IR_KERNEL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "codegen/kernel_ir/op.h"
#include "codegen/kernel_ir/type.h"
#include "ir/base/id.h"

namespace eqsat::codegen {

using ValueId = base::Id<struct KernelValueTag>;
using BufferId = base::Id<struct KernelBufferTag>;

enum class BufferRole : uint8_t {
  kIn,
  kOut,      // every element is written
  kInOut,    // read and partly written
  kScratch,  // of one point: shared memory of a group on a GPU, the stack on a CPU; no parameter
};

// Buffers do not overlap. Parameters are aligned to 64 bytes.
struct Buffer {
  Scalar element = Scalar::kF32;  // not kI1: truth values are bytes 0 and 1
  int64_t size = 0;               // elements
  BufferRole role = BufferRole::kIn;
  bool operator==(const Buffer&) const = default;
};

struct Statement;

struct Block {
  std::vector<ValueId> arguments;
  std::vector<Statement> statements;
  std::vector<ValueId> yields;
};

enum class LoopHint : uint8_t { kNone, kUnroll };

struct Statement {
  Op op{};
  // The order of a chain of this op (a sum, a maximum) is free: it may be split and regrouped.
  bool reassociate = false;
  LoopHint hint = LoopHint::kNone;  // kFor
  BufferId buffer;                  // kLoad, kStore
  uint64_t bits = 0;  // kConstant: the low BitWidth bits, others 0; kExtract: position
  absl::InlinedVector<ValueId, 4> operands;
  absl::InlinedVector<ValueId, 1> results;  // one value for families up to kVector, and for kLoad
  std::vector<Block> blocks;
};

// How a GPU runs the points; a CPU runs kItem kernels only, as nested loops.
enum class Mapping : uint8_t {
  kItem,   // one work-item a point
  kGroup,  // one group of `group_size` work-items a point: each runs the whole body
};

struct Kernel {
  std::string name;
  std::vector<Buffer> buffers;   // parameters first, scratch after them
  std::vector<int64_t> extents;  // > 0, the last varies fastest; empty: one point
  Mapping mapping = Mapping::kItem;
  int64_t group_size = 1;            // work-items of a group
  Scalar index_type = Scalar::kI64;  // kI32 or kI64: of parallel, loop and memory indices
  std::vector<Type> values;          // of each ValueId
  Block body;                        // arguments: one index an extent

  Type type(ValueId id) const { return values[id.value()]; }
  const Buffer& operator[](BufferId id) const { return buffers[id.value()]; }
  int64_t NumParameters() const;
  // Product of the extents.
  int64_t NumPoints() const;
  // Bytes of all scratch buffers, each aligned to 16.
  int64_t ScratchBytes() const;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_KERNEL_IR_KERNEL_H_
