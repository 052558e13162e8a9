// What one instruction may change of how and where its operand lies in memory.
#include <algorithm>

#include "ir/base/status.h"
#include "ir/ops/op_info.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

constexpr int64_t kDeviceMemory = 0;
constexpr int64_t kHostMemory = 5;

int64_t MemorySpace(const Shape& shape) {
  return shape.layout() == nullptr ? kDeviceMemory : shape.layout()->memory_space;
}

// Ops beside the elementwise ones whose result must lie as their operands of its rank do: those
// that code generators do not teach to walk two orders at once.
bool KeepsLayout(OpCode opcode) {
  constexpr OpCode kOps[] = {
      OpCode::kAllGather,
      OpCode::kAllReduce,
      OpCode::kAllToAll,
      OpCode::kCholesky,
      OpCode::kCollectivePermute,
      OpCode::kConcatenate,
      OpCode::kDynamicSlice,
      OpCode::kDynamicUpdateSlice,
      OpCode::kFft,
      OpCode::kMap,
      OpCode::kPad,
      OpCode::kReduceScatter,
      OpCode::kReduceWindow,
      OpCode::kReverse,
      OpCode::kSelectAndScatter,
      OpCode::kSlice,
      OpCode::kSort,
      OpCode::kTriangularSolve,
  };
  return opcode != OpCode::kCopy && (GetOpInfo(opcode).Has(OpTrait::kElementwise) ||
                                     std::ranges::find(kOps, opcode) != std::end(kOps));
}

// A run of dimensions that are next to each other in memory, most major first.
struct Run {
  int64_t size = 1;
  int64_t stride = 0;  // of its most minor dimension, in elements; 0 if it has none above 1
  bool contiguous = true;
  void Add(int64_t dimension, int64_t dimension_stride) {
    if (dimension == 1) return;
    contiguous &= size == 1 || stride == dimension * dimension_stride;
    size *= dimension;
    stride = dimension_stride;
  }
};

DimensionVector Strides(const Shape& shape) {
  DimensionVector strides(shape.rank());
  int64_t stride = 1;
  for (int64_t dimension : shape.MinorToMajor()) {
    strides[dimension] = stride;
    stride *= shape.dimension(dimension);
  }
  return strides;
}

// Do both shapes order the same elements, counted row by row, alike in memory? Their dimensions
// fall into the smallest runs of equal size; each must be contiguous and step alike.
bool OrderAlike(const Shape& a, const Shape& b) {
  DimensionVector a_strides = Strides(a), b_strides = Strides(b);
  int64_t i = 0, j = 0;
  while (i < a.rank() || j < b.rank()) {
    Run left, right;
    do {
      if (i < a.rank() && (left.size <= right.size || j == b.rank())) {
        left.Add(a.dimension(i), a_strides[i]);
        ++i;
      } else {
        right.Add(b.dimension(j), b_strides[j]);
        ++j;
      }
    } while (left.size != right.size && (i < a.rank() || j < b.rank()));
    bool alike = left.stride == right.stride && left.contiguous && right.contiguous;
    if (left.size != right.size || !alike) return false;
  }
  return true;
}

}  // namespace

absl::Status CheckLayoutKept(const Computation& computation, const Instruction& instruction) {
  const Shape& result = instruction.shape;
  if (!KeepsLayout(instruction.opcode) || !result.IsArray()) return absl::OkStatus();
  for (InstructionId id : instruction.operands) {
    const Shape& operand = computation[id].shape;
    if (!operand.IsArray() || operand.rank() != result.rank() ||
        operand.MinorToMajor() == result.MinorToMajor())
      continue;
    return base::InvalidArgument("%s must not change layouts, but makes %s of %s",
                                 Name(instruction.opcode), result.ToString(), operand.ToString());
  }
  return absl::OkStatus();
}

absl::Status CheckReshapeIsBitcast(const Computation& computation, const Instruction& instruction) {
  if (instruction.opcode != OpCode::kReshape) return absl::OkStatus();
  const Shape& operand = computation[instruction.operands[0]].shape;
  const Shape& result = instruction.shape;
  if (operand.HasUnboundedDimensions() || result.HasUnboundedDimensions() ||
      result.ElementCount() == 0 || OrderAlike(operand, result))
    return absl::OkStatus();
  return base::InvalidArgument("the reshape from %s to %s moves elements in memory",
                               operand.ToString(), result.ToString());
}

absl::Status CheckMemoryChange(const Computation& computation, const Instruction& instruction) {
  if (instruction.operands.empty()) return absl::OkStatus();
  const Shape& operand = computation[instruction.operands[0]].shape;
  const Shape& result = instruction.shape;
  if (!operand.IsArray() || !result.IsArray()) return absl::OkStatus();
  int64_t from = MemorySpace(operand), to = MemorySpace(result);
  if (from == to || (from != kHostMemory && to != kHostMemory)) return absl::OkStatus();
  bool allowed = true;
  switch (instruction.opcode) {
    case OpCode::kBitcast:  // moves nothing
      allowed = false;
      break;
    case OpCode::kCopy:  // from the host, moves bytes as they are
      allowed = to == kHostMemory || operand.MinorToMajor() == result.MinorToMajor();
      break;
    case OpCode::kDynamicSlice:  // may fetch from the host
      allowed = !(from == kDeviceMemory && to == kHostMemory);
      break;
    default:
      break;
  }
  if (allowed) return absl::OkStatus();
  return base::InvalidArgument("%s cannot make %s of %s, the one in host memory",
                               Name(instruction.opcode), result.ToString(), operand.ToString());
}

}  // namespace eqsat::ir
