#include "importers/onnx/tensor.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

// A sparse tensor's size is not bounded by its data.
constexpr int64_t kMaxSparseBytes = int64_t{1} << 30;

constexpr int kString = 8;

// By TensorProto.DataType; numbers that are left out have no element type of HLO.
constexpr std::pair<int, ElementType> kTypes[] = {
    {1, ElementType::kF32},         {2, ElementType::kU8},          {3, ElementType::kS8},
    {4, ElementType::kU16},         {5, ElementType::kS16},         {6, ElementType::kS32},
    {7, ElementType::kS64},         {9, ElementType::kPred},        {10, ElementType::kF16},
    {11, ElementType::kF64},        {12, ElementType::kU32},        {13, ElementType::kU64},
    {14, ElementType::kC64},        {15, ElementType::kC128},       {16, ElementType::kBF16},
    {17, ElementType::kF8E4M3FN},   {18, ElementType::kF8E4M3FNUZ}, {19, ElementType::kF8E5M2},
    {20, ElementType::kF8E5M2FNUZ}, {21, ElementType::kU4},         {22, ElementType::kS4},
    {23, ElementType::kF4E2M1FN},   {24, ElementType::kF8E8M0FNU},  {25, ElementType::kU2},
    {26, ElementType::kS2},         {27, ElementType::kF6E2M3FN},   {28, ElementType::kF6E3M2FN}};

// Elements of a byte: those of 4 and of 2 bits share one, the first in the low bits.
int64_t PackedCount(ElementType type) {
  const int width = ir::BitWidth(type);
  return width == 4 || width == 2 ? 8 / width : 1;
}

// One byte an element from packed ones; signed elements get their sign.
std::vector<uint8_t> Unpack(std::string_view packed, const ir::Shape& shape) {
  const int width = ir::BitWidth(shape.element_type());
  const int64_t in_byte = PackedCount(shape.element_type());
  const auto mask = static_cast<uint8_t>((1 << width) - 1);
  const auto sign = static_cast<uint8_t>(1 << (width - 1));
  std::vector<uint8_t> out(shape.ElementCount());
  for (size_t i = 0; i < out.size(); ++i) {
    const auto byte = static_cast<uint8_t>(packed[i / in_byte]);
    uint8_t value = (byte >> (width * (i % in_byte))) & mask;
    if (ir::IsSigned(shape.element_type()) && (value & sign) != 0) value |= ~mask;
    out[i] = value;
  }
  return out;
}

absl::StatusOr<ir::Literal> FromRawBytes(const ir::Shape& shape, std::string_view bytes) {
  const int64_t in_byte = PackedCount(shape.element_type());
  const int64_t needed =
      in_byte > 1 ? (shape.ElementCount() + in_byte - 1) / in_byte : shape.ByteSize();
  if (static_cast<int64_t>(bytes.size()) != needed) {
    return base::InvalidArgument("%s needs %d bytes of data, but has %d", shape.ToString(), needed,
                                 bytes.size());
  }
  if (in_byte > 1) return ir::Literal::FromBytes(shape, Unpack(bytes, shape));
  std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  if (shape.element_type() == ElementType::kPred) {
    for (uint8_t& value : copy) value = value != 0;
  }
  return ir::Literal::FromBytes(shape, std::move(copy));
}

// The low `width` bytes of each number.
template <typename Field>
std::string LowBytes(const Field& field, int width) {
  std::string bytes(static_cast<size_t>(field.size()) * width, '\0');
  for (int i = 0; i < field.size(); ++i) {
    auto value = field.Get(i);
    std::memcpy(bytes.data() + static_cast<size_t>(i) * width, &value, width);
  }
  return bytes;
}

// What the typed fields hold, as the raw bytes would be.
std::string TypedBytes(const TensorProto& tensor, ElementType type) {
  switch (type) {
    case ElementType::kF32:
    case ElementType::kC64:
      return LowBytes(tensor.float_data(), 4);
    case ElementType::kF64:
    case ElementType::kC128:
      return LowBytes(tensor.double_data(), 8);
    case ElementType::kS64:
      return LowBytes(tensor.int64_data(), 8);
    case ElementType::kU32:
    case ElementType::kU64:
      return LowBytes(tensor.uint64_data(), ir::ByteWidth(type));
    default:
      return LowBytes(tensor.int32_data(), ir::ByteWidth(type));
  }
}

// Where a tensor's bytes lie in another file.
struct ExternalPlace {
  std::string location;
  int64_t offset = 0;
  std::optional<int64_t> length;
};

absl::StatusOr<ExternalPlace> ExternalPlaceOf(const TensorProto& tensor) {
  ExternalPlace place;
  for (const StringStringEntryProto& entry : tensor.external_data()) {
    int64_t number = 0;
    const bool is_number = absl::SimpleAtoi(entry.value(), &number) && number >= 0;
    if (entry.key() == "location") place.location = entry.value();
    if (entry.key() != "offset" && entry.key() != "length") continue;
    if (!is_number) {
      return base::InvalidArgument("the %s of its data is '%s', not a number of bytes", entry.key(),
                                   entry.value());
    }
    (entry.key() == "offset" ? place.offset : place.length.emplace()) = number;
  }
  return place;
}

// The path of a file in `folder` or below, links resolved.
absl::StatusOr<std::string> PathWithin(const std::string& folder, const std::string& location) {
  namespace fs = std::filesystem;
  if (folder.empty()) {
    return base::InvalidArgument(
        "its data is in the file '%s', but the model's own folder is not known", location);
  }
  std::error_code error;
  const fs::path root = fs::weakly_canonical(fs::path(folder), error);
  if (error) return base::InvalidArgument("the folder '%s' cannot be read", folder);
  const fs::path path = fs::weakly_canonical(root / fs::path(location), error);
  const auto [end, unused] = std::mismatch(root.begin(), root.end(), path.begin(), path.end());
  if (error || location.empty() || end != root.end()) {
    return base::InvalidArgument("its data is in '%s', which leaves the model's folder", location);
  }
  return path.string();
}

absl::StatusOr<std::string> ReadExternal(const TensorProto& tensor, const std::string& folder) {
  EQSAT_ASSIGN_OR_RETURN(ExternalPlace place, ExternalPlaceOf(tensor));
  EQSAT_ASSIGN_OR_RETURN(std::string path, PathWithin(folder, place.location));
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file || !std::filesystem::is_regular_file(path)) {
    return base::InvalidArgument("its data is in '%s', which cannot be read", place.location);
  }
  const int64_t size = file.tellg();
  if (place.offset > size || place.length.value_or(0) > size - place.offset) {
    return base::InvalidArgument("its data is at byte %d of '%s', which has only %d", place.offset,
                                 place.location, size);
  }
  std::string bytes(place.length.value_or(size - place.offset), '\0');
  file.seekg(place.offset);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file) return base::InvalidArgument("'%s' cannot be read", place.location);
  return bytes;
}

absl::StatusOr<ir::Literal> ReadLiteral(const TensorProto& tensor, const std::string& folder) {
  EQSAT_ASSIGN_OR_RETURN(ElementType type, ElementTypeOf(tensor.data_type()));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ir::Shape::Make(type, tensor.dims()));
  if (tensor.has_segment()) return base::Unimplemented("it is stored in segments");
  if (tensor.data_location() == 1) {
    EQSAT_ASSIGN_OR_RETURN(std::string bytes, ReadExternal(tensor, folder));
    return FromRawBytes(shape, bytes);
  }
  if (tensor.has_raw_data()) return FromRawBytes(shape, tensor.raw_data());
  return FromRawBytes(shape, TypedBytes(tensor, type));
}

absl::Status Named(const absl::Status& status, const TensorProto& tensor) {
  return base::Annotate(status, base::StrCat("tensor '", tensor.name(), "': "));
}

// The position of a non-zero in the dense tensor: it is given itself, or as one index a dimension.
absl::StatusOr<int64_t> SparsePosition(const ir::Literal& indices, int64_t i,
                                       const ir::Shape& shape) {
  const bool linear = indices.shape().rank() == 1;
  int64_t position = linear ? indices.AsInt64(i) : 0;
  for (int64_t d = 0; !linear && d < shape.rank(); ++d) {
    const int64_t index = indices.AsInt64(i * shape.rank() + d);
    if (index < 0 || index >= shape.dimension(d)) position = -1;
    if (position >= 0) position = position * shape.dimension(d) + index;
  }
  if (position < 0 || position >= shape.ElementCount()) {
    return base::InvalidArgument("index %d of the sparse tensor is outside %s", i,
                                 shape.ToString());
  }
  return position;
}

}  // namespace

absl::StatusOr<ElementType> ElementTypeOf(int64_t data_type) {
  for (const auto& [number, type] : kTypes) {
    if (number == data_type) return type;
  }
  if (data_type == kString) return base::Unimplemented("strings have no element type in HLO");
  return base::InvalidArgument("%d is no element type of ONNX", data_type);
}

absl::StatusOr<ir::Literal> LiteralOf(const TensorProto& tensor, const std::string& folder) {
  absl::StatusOr<ir::Literal> literal = ReadLiteral(tensor, folder);
  return literal.ok() ? literal : Named(literal.status(), tensor);
}

absl::StatusOr<ir::Literal> LiteralOf(const SparseTensorProto& tensor, const std::string& folder) {
  EQSAT_ASSIGN_OR_RETURN(ir::Literal values, LiteralOf(tensor.values(), folder));
  EQSAT_ASSIGN_OR_RETURN(ir::Literal indices, LiteralOf(tensor.indices(), folder));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape,
                         ir::Shape::Make(values.shape().element_type(), tensor.dims()));
  const int64_t count = values.shape().ElementCount();
  const int64_t index_count = indices.shape().rank() == 1 ? count : count * shape.rank();
  if (indices.shape().element_type() != ElementType::kS64 ||
      indices.shape().ElementCount() != index_count || shape.ByteSize() > kMaxSparseBytes) {
    return base::InvalidArgument("the sparse tensor %s of %d values has the indices %s",
                                 shape.ToString(), count, indices.shape().ToString());
  }
  const int width = ir::ByteWidth(shape.element_type());
  std::vector<uint8_t> bytes(shape.ByteSize());
  for (int64_t i = 0; i < count; ++i) {
    EQSAT_ASSIGN_OR_RETURN(int64_t position, SparsePosition(indices, i, shape));
    std::memcpy(bytes.data() + position * width, values.bytes().data() + i * width, width);
  }
  return ir::Literal::FromBytes(shape, std::move(bytes));
}

}  // namespace eqsat::importers::onnx
