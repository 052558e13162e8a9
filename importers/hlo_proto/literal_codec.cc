// Literals to protos and back.
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "importers/hlo_proto/shape_codec.h"
#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace {

using ir::ElementType;
using ir::Literal;
using ir::Shape;

// Copies the elements of an array between row-major order and that of `shape`'s layout.
std::vector<uint8_t> Reorder(const Shape& shape, const uint8_t* from, bool to_layout) {
  const int width = ByteWidth(shape.element_type());
  const int64_t count = shape.ElementCount(), rank = shape.rank();
  std::vector<uint8_t> out(count * width);
  const ir::DimensionVector order = shape.MinorToMajor();
  if (!shape.layout() || order == ir::RowMajorOrder(rank)) {
    if (count > 0) std::memcpy(out.data(), from, out.size());
    return out;
  }
  const ir::DimensionVector strides = ir::RowMajorStrides(shape.dimensions());
  ir::DimensionVector index(rank, 0);
  int64_t row_major = 0;
  for (int64_t physical = 0; physical < count; ++physical) {
    int64_t source = to_layout ? row_major : physical;
    int64_t target = to_layout ? physical : row_major;
    std::memcpy(out.data() + target * width, from + source * width, width);
    for (int64_t dimension : order) {
      row_major += strides[dimension];
      if (++index[dimension] < shape.dimension(dimension)) break;
      row_major -= index[dimension] * strides[dimension];
      index[dimension] = 0;
    }
  }
  return out;
}

template <typename T>
void Append(const std::vector<uint8_t>& bytes, google::protobuf::RepeatedField<T>* field) {
  field->Resize(static_cast<int>(bytes.size() / sizeof(T)), T());
  if (!bytes.empty()) std::memcpy(field->mutable_data(), bytes.data(), bytes.size());
}

// The field of `proto` that holds the bytes of a type of at most 16 bits.
std::string* BytesField(ElementType type, hlo::LiteralProto* proto) {
  switch (type) {
#define BYTES(enumerator, field) \
  case ElementType::enumerator:  \
    return proto->mutable_##field();
    BYTES(kS1, s1s)
    BYTES(kS2, s2s)
    BYTES(kS4, s4s)
    BYTES(kS8, s8s)
    BYTES(kS16, s16s)
    BYTES(kU1, u1s)
    BYTES(kU2, u2s)
    BYTES(kU4, u4s)
    BYTES(kU8, u8s)
    BYTES(kU16, u16s)
    BYTES(kF16, f16s)
    BYTES(kBF16, bf16s)
    BYTES(kF8E5M2, f8e5m2s)
    BYTES(kF8E4M3, f8e4m3s)
    BYTES(kF8E4M3FN, f8e4m3fns)
    BYTES(kF8E4M3B11FNUZ, f8e4m3b11fnuzs)
    BYTES(kF8E3M4, f8e3m4s)
    BYTES(kF8E5M2FNUZ, f8e5m2fnuzs)
    BYTES(kF8E4M3FNUZ, f8e4m3fnuzs)
    BYTES(kF8E8M0FNU, f8e8m0fnus)
    BYTES(kF6E3M2FN, f6e3m2fns)
    BYTES(kF6E2M3FN, f6e2m3fns)
    BYTES(kF4E2M1FN, f4e2m1fns)
#undef BYTES
    default:
      return nullptr;
  }
}

void EncodeElements(ElementType type, const std::vector<uint8_t>& bytes, hlo::LiteralProto* proto) {
  switch (type) {
    case ElementType::kPred:
      return Append(bytes, proto->mutable_preds());
    case ElementType::kS32:
      return Append(bytes, proto->mutable_s32s());
    case ElementType::kS64:
      return Append(bytes, proto->mutable_s64s());
    case ElementType::kU32:
      return Append(bytes, proto->mutable_u32s());
    case ElementType::kU64:
      return Append(bytes, proto->mutable_u64s());
    case ElementType::kF32:
      return Append(bytes, proto->mutable_f32s());
    case ElementType::kF64:
      return Append(bytes, proto->mutable_f64s());
    case ElementType::kC64:
      return Append(bytes, proto->mutable_c64s());
    case ElementType::kC128:
      return Append(bytes, proto->mutable_c128s());
    default:
      BytesField(type, proto)->assign(bytes.begin(), bytes.end());
  }
}

template <typename T>
std::vector<uint8_t> Bytes(const google::protobuf::RepeatedField<T>& field) {
  const auto* first = reinterpret_cast<const uint8_t*>(field.data());
  return std::vector<uint8_t>(first, first + field.size() * sizeof(T));
}

std::vector<uint8_t> DecodeElements(ElementType type, const hlo::LiteralProto& proto) {
  switch (type) {
    case ElementType::kPred:
      return Bytes(proto.preds());
    case ElementType::kS32:
      return Bytes(proto.s32s());
    case ElementType::kS64:
      return Bytes(proto.s64s());
    case ElementType::kU32:
      return Bytes(proto.u32s());
    case ElementType::kU64:
      return Bytes(proto.u64s());
    case ElementType::kF32:
      return Bytes(proto.f32s());
    case ElementType::kF64:
      return Bytes(proto.f64s());
    case ElementType::kC64:
      return Bytes(proto.c64s());
    case ElementType::kC128:
      return Bytes(proto.c128s());
    default: {
      // Only the accessor is not const.
      const std::string& bytes = *BytesField(type, const_cast<hlo::LiteralProto*>(&proto));
      return std::vector<uint8_t>(bytes.begin(), bytes.end());
    }
  }
}

// Is some part of an element a NaN other than the one that JSON's "NaN" stands for?
template <typename Float, typename Bits>
bool HoldsOtherNan(const std::vector<uint8_t>& bytes) {
  for (size_t at = 0; at < bytes.size(); at += sizeof(Float)) {
    Float value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    if (std::isnan(value) &&
        std::bit_cast<Bits>(value) != std::bit_cast<Bits>(std::numeric_limits<Float>::quiet_NaN()))
      return true;
  }
  return false;
}

bool HoldsOtherNan(ElementType type, const std::vector<uint8_t>& bytes) {
  if (type == ElementType::kF32 || type == ElementType::kC64)
    return HoldsOtherNan<float, uint32_t>(bytes);
  if (type == ElementType::kF64 || type == ElementType::kC128)
    return HoldsOtherNan<double, uint64_t>(bytes);
  return false;  // written as bytes
}

// Puts types under 8 bits in the form that Literal states: sign-extended or the upper bits clear.
void Normalize(ElementType type, std::vector<uint8_t>* bytes) {
  int bits = BitWidth(type);
  if (bits >= 8 || type == ElementType::kPred) return;
  for (uint8_t& byte : *bytes) {
    auto low = static_cast<uint8_t>(byte << (8 - bits));
    byte = IsSigned(type) ? static_cast<uint8_t>(static_cast<int8_t>(low) >> (8 - bits))
                          : static_cast<uint8_t>(low >> (8 - bits));
  }
}

}  // namespace

void EncodeLiteral(const Literal& literal, const Shape& shape, hlo::LiteralProto* proto) {
  EncodeShape(shape, proto->mutable_shape());
  if (shape.IsTuple()) {
    for (size_t i = 0; i < literal.elements().size(); ++i)
      EncodeLiteral(literal.elements()[i], shape.element(i), proto->add_tuple_literals());
    return;
  }
  std::vector<uint8_t> bytes = Reorder(shape, literal.bytes().data(), /*to_layout=*/true);
  EncodeElements(shape.element_type(), bytes, proto);
  if (HoldsOtherNan(shape.element_type(), bytes))
    proto->mutable_eqsat_elements()->assign(bytes.begin(), bytes.end());
}

absl::StatusOr<Literal> DecodeLiteral(const hlo::LiteralProto& proto) {
  EQSAT_ASSIGN_OR_RETURN(Shape shape, DecodeShape(proto.shape()));
  if (shape.IsTuple()) {
    if (proto.tuple_literals_size() != static_cast<int>(shape.elements().size())) {
      return base::InvalidArgument("a tuple literal of shape %s has %d elements", shape.ToString(),
                                   proto.tuple_literals_size());
    }
    std::vector<Literal> elements;
    for (const hlo::LiteralProto& element : proto.tuple_literals()) {
      EQSAT_ASSIGN_OR_RETURN(Literal decoded, DecodeLiteral(element));
      elements.push_back(std::move(decoded));
    }
    return Literal::Tuple(std::move(elements));
  }
  if (!shape.IsArray() || shape.HasUnboundedDimensions())
    return base::InvalidArgument("a literal cannot be of shape %s", shape.ToString());
  const std::string& exact = proto.eqsat_elements();
  std::vector<uint8_t> bytes = HoldsOtherNan(shape.element_type(), {exact.begin(), exact.end()})
                                   ? std::vector<uint8_t>(exact.begin(), exact.end())
                                   : DecodeElements(shape.element_type(), proto);
  // Writers leave out all elements where they do not care for values.
  if (bytes.empty() && shape.ByteSize() > 0) return Literal::Unknown(std::move(shape));
  if (static_cast<int64_t>(bytes.size()) != shape.ByteSize()) {
    return base::InvalidArgument("a literal of shape %s has %d bytes of elements, not %d",
                                 shape.ToString(), bytes.size(), shape.ByteSize());
  }
  Normalize(shape.element_type(), &bytes);
  return Literal::FromBytes(shape.WithoutLayout(),
                            Reorder(shape, bytes.data(), /*to_layout=*/false));
}

}  // namespace eqsat::importers
