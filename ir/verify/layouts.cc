// What one instruction may change of the memory its operand lies in.
#include "ir/base/status.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

constexpr int64_t kDeviceMemory = 0;
constexpr int64_t kHostMemory = 5;

int64_t MemorySpace(const Shape& shape) {
  return shape.layout() == nullptr ? kDeviceMemory : shape.layout()->memory_space;
}

}  // namespace

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
