// bitcast (the bytes in memory under another shape) and bitcast-convert (the bits of each element).
#include "ir/base/status.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/strided_copy.h"

namespace eqsat::ir {
namespace {

// The strides of an array's dimensions in the order that its layout gives them in memory.
DimensionVector PhysicalStrides(const Shape& shape) {
  DimensionVector strides(shape.rank(), 0);
  int64_t stride = 1;
  for (int64_t d : shape.MinorToMajor()) {
    strides[d] = stride;
    stride *= shape.dimension(d);
  }
  return strides;
}

// Copies between two orders of the same array.
std::vector<uint8_t> Reorder(const Shape& shape, absl::Span<const uint8_t> bytes,
                             const DimensionVector& from, const DimensionVector& to) {
  std::vector<uint8_t> reordered(bytes.size());
  const StridedCopy copy{DimensionVector(shape.dimensions().begin(), shape.dimensions().end()),
                         from, to};
  copy.Run(bytes.data(), reordered.data(), ByteWidth(shape.element_type()));
  return reordered;
}

// The bits of an element that another type may see: pred is a byte.
int StoredBits(ElementType type) { return type == ElementType::kPred ? 8 : BitWidth(type); }

// Splits or joins elements, the lowest bits first. Both sides have the same number of bits.
std::vector<uint8_t> Repack(absl::Span<const uint8_t> bytes, ElementType from, ElementType to,
                            int64_t result_bytes) {
  if (StoredBits(from) % 8 == 0 && StoredBits(to) % 8 == 0)
    return std::vector<uint8_t>(bytes.begin(), bytes.end());
  const int from_bits = StoredBits(from);
  const int to_bits = StoredBits(to);
  const int to_width = ByteWidth(to) * 8;
  std::vector<uint8_t> packed(result_bytes);
  const int64_t total = static_cast<int64_t>(bytes.size()) / ByteWidth(from) * from_bits;
  for (int64_t bit = 0; bit < total; ++bit) {
    const int64_t source = bit / from_bits * ByteWidth(from) * 8 + bit % from_bits;
    const int64_t target = bit / to_bits * to_width + bit % to_bits;
    packed[target / 8] |=
        static_cast<uint8_t>((bytes[source / 8] >> (source % 8) & 1) << (target % 8));
  }
  if (IsSigned(to) && to_bits < 8) {
    for (uint8_t& byte : packed)
      byte = static_cast<uint8_t>(static_cast<int8_t>(byte << (8 - to_bits)) >> (8 - to_bits));
  }
  return packed;
}

int64_t TotalBits(const Shape& shape) {
  return shape.ElementCount() * StoredBits(shape.element_type());
}

absl::Status CheckSameBits(const OpCall& call) {
  if (TotalBits(call.operand_shape(0)) == TotalBits(call.shape)) return absl::OkStatus();
  return base::InvalidArgument("%s and %s do not hold equally many bits",
                               call.operand_shape(0).ToString(), call.shape.ToString());
}

absl::StatusOr<Literal> EvaluateBitcastConvert(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(CheckSameBits(call));
  return Literal::FromBytes(call.shape,
                            Repack(call.operands[0].bytes(), call.operand_shape(0).element_type(),
                                   call.shape.element_type(), call.shape.ByteSize()));
}

absl::StatusOr<Literal> EvaluateBitcast(const OpCall& call) {
  if (!call.shape.IsArray()) return call.operands[0];
  EQSAT_RETURN_IF_ERROR(CheckSameBits(call));
  const Shape& shape = call.operand_shape(0);
  const std::vector<uint8_t> memory = Reorder(
      shape, call.operands[0].bytes(), RowMajorStrides(shape.dimensions()), PhysicalStrides(shape));
  const std::vector<uint8_t> packed =
      Repack(memory, shape.element_type(), call.shape.element_type(), call.shape.ByteSize());
  return Literal::FromBytes(call.shape, Reorder(call.shape, packed, PhysicalStrides(call.shape),
                                                RowMajorStrides(call.shape.dimensions())));
}

}  // namespace

void AddBitcast(EvaluatorTable& table) {
  table[OpCode::kBitcast].evaluate = EvaluateBitcast;
  table[OpCode::kBitcastConvert].evaluate = EvaluateBitcastConvert;
}

}  // namespace eqsat::ir
