// Literals to protos and back.
#include <algorithm>
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

using hlo::LiteralProto;
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

// The field that holds the bytes of a type of at most 16 bits.
struct BytesField {
  ElementType type;
  int number;
  std::string* (*mutate)(LiteralProto*);
};

#define BYTES(type, field, Field)                          \
  {ElementType::type, LiteralProto::k##Field##FieldNumber, \
   [](LiteralProto* p) { return p->mutable_##field(); }}
constexpr BytesField kBytesFields[] = {
    BYTES(kS1, s1s, S1S),
    BYTES(kS2, s2s, S2S),
    BYTES(kS4, s4s, S4S),
    BYTES(kS8, s8s, S8S),
    BYTES(kS16, s16s, S16S),
    BYTES(kU1, u1s, U1S),
    BYTES(kU2, u2s, U2S),
    BYTES(kU4, u4s, U4S),
    BYTES(kU8, u8s, U8S),
    BYTES(kU16, u16s, U16S),
    BYTES(kF16, f16s, F16S),
    BYTES(kBF16, bf16s, Bf16S),
    BYTES(kF8E5M2, f8e5m2s, F8E5M2S),
    BYTES(kF8E4M3, f8e4m3s, F8E4M3S),
    BYTES(kF8E4M3FN, f8e4m3fns, F8E4M3Fns),
    BYTES(kF8E4M3B11FNUZ, f8e4m3b11fnuzs, F8E4M3B11Fnuzs),
    BYTES(kF8E3M4, f8e3m4s, F8E3M4S),
    BYTES(kF8E5M2FNUZ, f8e5m2fnuzs, F8E5M2Fnuzs),
    BYTES(kF8E4M3FNUZ, f8e4m3fnuzs, F8E4M3Fnuzs),
    BYTES(kF8E8M0FNU, f8e8m0fnus, F8E8M0Fnus),
    BYTES(kF6E3M2FN, f6e3m2fns, F6E3M2Fns),
    BYTES(kF6E2M3FN, f6e2m3fns, F6E2M3Fns),
    BYTES(kF4E2M1FN, f4e2m1fns, F4E2M1Fns),
};
#undef BYTES

const BytesField& FieldOf(ElementType type) {
  const auto* found = std::ranges::find(kBytesFields, type, &BytesField::type);
  EQSAT_CHECK(found != std::end(kBytesFields));
  return *found;
}

void EncodeElements(ElementType type, const std::vector<uint8_t>& bytes, LiteralProto* proto) {
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
      FieldOf(type).mutate(proto)->assign(bytes.begin(), bytes.end());
  }
}

template <typename T>
void ReadIntegers(const WireMessage& proto, int number, std::vector<uint8_t>* bytes) {
  proto.ForEachVarint(number, [bytes](uint64_t value) {
    const T element = static_cast<T>(value);
    const auto* first = reinterpret_cast<const uint8_t*>(&element);
    bytes->insert(bytes->end(), first, first + sizeof element);
  });
}

std::vector<uint8_t> DecodeElements(ElementType type, const WireMessage& proto) {
  std::vector<uint8_t> bytes;
  switch (type) {
    case ElementType::kPred:
      ReadIntegers<bool>(proto, LiteralProto::kPredsFieldNumber, &bytes);
      break;
    case ElementType::kS32:
      ReadIntegers<int32_t>(proto, LiteralProto::kS32SFieldNumber, &bytes);
      break;
    case ElementType::kS64:
      ReadIntegers<int64_t>(proto, LiteralProto::kS64SFieldNumber, &bytes);
      break;
    case ElementType::kU32:
      ReadIntegers<uint32_t>(proto, LiteralProto::kU32SFieldNumber, &bytes);
      break;
    case ElementType::kU64:
      ReadIntegers<uint64_t>(proto, LiteralProto::kU64SFieldNumber, &bytes);
      break;
    case ElementType::kF32:
      proto.AppendFixed(LiteralProto::kF32SFieldNumber, sizeof(float), &bytes);
      break;
    case ElementType::kF64:
      proto.AppendFixed(LiteralProto::kF64SFieldNumber, sizeof(double), &bytes);
      break;
    case ElementType::kC64:
      proto.AppendFixed(LiteralProto::kC64SFieldNumber, sizeof(float), &bytes);
      break;
    case ElementType::kC128:
      proto.AppendFixed(LiteralProto::kC128SFieldNumber, sizeof(double), &bytes);
      break;
    default: {
      std::string_view field = proto.Bytes(FieldOf(type).number);
      bytes.assign(field.begin(), field.end());
    }
  }
  return bytes;
}

// Is some part of an element a NaN other than the one that JSON's "NaN" stands for?
template <typename Float, typename Bits>
bool HoldsOtherNan(const std::vector<uint8_t>& bytes) {
  for (size_t at = 0; at + sizeof(Float) <= bytes.size(); at += sizeof(Float)) {
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

absl::StatusOr<Literal> DecodeTuple(const Shape& shape, const WireMessage& proto) {
  const int count = proto.Count(LiteralProto::kTupleLiteralsFieldNumber);
  if (count != static_cast<int>(shape.elements().size())) {
    return base::InvalidArgument("a tuple literal of shape %s has %d elements", shape.ToString(),
                                 count);
  }
  std::vector<Literal> elements;
  EQSAT_RETURN_IF_ERROR(
      proto.TryEachChild(LiteralProto::kTupleLiteralsFieldNumber, [&](const WireMessage& element) {
        EQSAT_ASSIGN_OR_RETURN(Literal decoded, DecodeLiteral(element));
        elements.push_back(std::move(decoded));
        return absl::OkStatus();
      }));
  return Literal::Tuple(std::move(elements));
}

}  // namespace

void EncodeLiteral(const Literal& literal, const Shape& shape, LiteralProto* proto) {
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

absl::StatusOr<Literal> DecodeLiteral(const WireMessage& proto) {
  EQSAT_ASSIGN_OR_RETURN(Shape shape, DecodeShape(proto.Child(LiteralProto::kShapeFieldNumber)));
  if (shape.IsTuple()) return DecodeTuple(shape, proto);
  if (!shape.IsArray() || shape.HasUnboundedDimensions())
    return base::InvalidArgument("a literal cannot be of shape %s", shape.ToString());
  std::string_view exact = proto.Bytes(LiteralProto::kEqsatElementsFieldNumber);
  std::vector<uint8_t> bytes(exact.begin(), exact.end());
  if (!HoldsOtherNan(shape.element_type(), bytes))
    bytes = DecodeElements(shape.element_type(), proto);
  // Writers leave out all elements where they do not care for values.
  if (bytes.empty() && shape.ByteSize() > 0) return Literal::Unknown(shape.WithoutLayout());
  if (static_cast<int64_t>(bytes.size()) != shape.ByteSize()) {
    return base::InvalidArgument("a literal of shape %s has %d bytes of elements, not %d",
                                 shape.ToString(), bytes.size(), shape.ByteSize());
  }
  Normalize(shape.element_type(), &bytes);
  return Literal::FromBytes(shape.WithoutLayout(),
                            Reorder(shape, bytes.data(), /*to_layout=*/false));
}

}  // namespace eqsat::importers
