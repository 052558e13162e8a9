#include "importers/mlir/dense_parser.h"

#include <charconv>
#include <cstring>

#include "importers/mlir/attribute_parser.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/shape/float_format.h"

namespace eqsat::importers::mlir {
namespace {

constexpr int64_t kMaxElements = int64_t{1} << 32;

absl::Status WithPlace(Cursor& cursor, const absl::Status& status) {
  return cursor.Error(std::string(status.message()));
}

void AppendBits(uint64_t bits, int width, std::vector<uint8_t>* bytes) {
  for (int i = 0; i < width; ++i) bytes->push_back(static_cast<uint8_t>(bits >> (8 * i)));
}

absl::Status ReadFloat(Cursor& cursor, ir::ElementType element, std::vector<uint8_t>* bytes) {
  EQSAT_ASSIGN_OR_RETURN(std::string_view text, cursor.ReadNumberText());
  uint64_t bits = 0;
  if (text.starts_with("0x")) {
    std::from_chars(text.data() + 2, text.data() + text.size(), bits, 16);
  } else if (element == ir::ElementType::kF32) {
    // Straight to f32: through f64 a value could be rounded twice.
    float value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range)
      value = std::strtof(std::string(text).c_str(), nullptr);
    uint32_t narrow;
    std::memcpy(&narrow, &value, sizeof(narrow));
    bits = narrow;
  } else {
    double value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range)
      value = std::strtod(std::string(text).c_str(), nullptr);
    bits = ir::EncodeFloat(ir::FormatOf(element), value);
  }
  AppendBits(bits, ir::ByteWidth(element), bytes);
  return absl::OkStatus();
}

absl::Status ReadInt(Cursor& cursor, ir::ElementType element, std::vector<uint8_t>* bytes) {
  size_t begin = cursor.position();
  bool negative = cursor.At("-");
  EQSAT_ASSIGN_OR_RETURN(int64_t value, cursor.ReadInteger());
  const int bits = ir::BitWidth(element);
  bool fits = true;
  if (bits < 64) {
    // Either reading of the bits is accepted, as MLIR does for signless integers.
    fits = value < (int64_t{1} << bits) && value >= -(int64_t{1} << (bits - 1)) &&
           !(negative && ir::IsUnsigned(element));
  }
  if (!fits) {
    return cursor.ErrorAt(begin, base::StrCat(value, " does not fit ", bits, " bits"));
  }
  uint64_t stored = static_cast<uint64_t>(value);
  if (bits < 8) {
    const int shift = 64 - bits;
    stored = ir::IsSigned(element)
                 ? static_cast<uint64_t>(static_cast<int64_t>(stored << shift) >> shift)
                 : stored << shift >> shift;
  }
  AppendBits(stored, ir::ByteWidth(element), bytes);
  return absl::OkStatus();
}

// Reads nested lists in row-major order.
class ElementsReader {
 public:
  ElementsReader(Cursor& cursor, ir::ElementType element, const ir::DimensionVector& dimensions,
                 std::vector<uint8_t>* bytes)
      : cursor_(cursor), element_(element), dimensions_(dimensions), bytes_(bytes) {}

  absl::Status ReadList(size_t depth) {
    if (depth == dimensions_.size()) return ReadElement(cursor_, element_, bytes_);
    Cursor::Level level(cursor_);
    EQSAT_RETURN_IF_ERROR(level.Check());
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("["));
    int64_t count = 0;
    if (!cursor_.At("]")) {
      do {
        EQSAT_RETURN_IF_ERROR(ReadList(depth + 1));
        ++count;
      } while (cursor_.Accept(","));
    }
    if (count != dimensions_[depth]) {
      return cursor_.Error(base::StrCat("dimension ", depth, " has ", count,
                                        " elements here, but its size is ", dimensions_[depth]));
    }
    return cursor_.Expect("]");
  }

 private:
  Cursor& cursor_;
  ir::ElementType element_;
  const ir::DimensionVector& dimensions_;
  std::vector<uint8_t>* bytes_;
};

}  // namespace

absl::StatusOr<ir::ElementType> StoredElement(const Type& element) {
  if (element.kind() == TypeKind::kElement) return element.element();
  if (element.kind() == TypeKind::kIndex) return ir::ElementType::kS64;
  if (element.kind() == TypeKind::kQuantized) return element.quantization().storage;
  return base::InvalidArgument("constants have elements of number types, not %s",
                               element.ToString());
}

absl::StatusOr<int64_t> StaticElementCount(const Type& tensor) {
  int64_t count = 1;
  for (int64_t size : tensor.dimensions()) {
    if (size < 0) {
      return base::InvalidArgument("a constant has a static shape, not %s", tensor.ToString());
    }
    if (size > 0 && count > kMaxElements / size) {
      return base::InvalidArgument("a constant of type %s is too large", tensor.ToString());
    }
    count *= size;
  }
  return count;
}

absl::Status ReadElement(Cursor& cursor, ir::ElementType element, std::vector<uint8_t>* bytes) {
  if (cursor.AtName()) {
    bool value = cursor.AcceptWord("true");
    if (!value && !cursor.AcceptWord("false")) return cursor.Expected("a number");
    AppendBits(value ? 1 : 0, ir::ByteWidth(element), bytes);
    return absl::OkStatus();
  }
  if (ir::IsComplex(element)) {
    const ir::ElementType part = ir::ComplexPart(element);
    EQSAT_RETURN_IF_ERROR(cursor.Expect("("));
    EQSAT_RETURN_IF_ERROR(ReadFloat(cursor, part, bytes));
    EQSAT_RETURN_IF_ERROR(cursor.Expect(","));
    EQSAT_RETURN_IF_ERROR(ReadFloat(cursor, part, bytes));
    return cursor.Expect(")");
  }
  if (ir::IsFloat(element)) return ReadFloat(cursor, element, bytes);
  if (element == ir::ElementType::kPred) {
    EQSAT_ASSIGN_OR_RETURN(int64_t value, cursor.ReadInteger());
    bytes->push_back(value != 0);
    return absl::OkStatus();
  }
  return ReadInt(cursor, element, bytes);
}

absl::StatusOr<std::vector<uint8_t>> DecodeRawElements(std::string_view raw,
                                                       ir::ElementType element, int64_t count) {
  const int width = ir::ByteWidth(element);
  std::vector<uint8_t> bytes;
  if (element == ir::ElementType::kPred && count > 1 &&
      static_cast<int64_t>(raw.size()) == (count + 7) / 8 && raw.size() > 1) {
    // Bits packed from the lowest up.
    for (int64_t i = 0; i < count; ++i) bytes.push_back((raw[i / 8] >> (i % 8)) & 1);
    return bytes;
  }
  if (static_cast<int64_t>(raw.size()) != count * width &&
      static_cast<int64_t>(raw.size()) != width) {
    return base::InvalidArgument("%d bytes for %d elements of type %s", raw.size(), count,
                                 ir::Name(element));
  }
  if (element == ir::ElementType::kPred && raw.size() == 1 && count > 1 && count <= 8 &&
      static_cast<uint8_t>(raw[0]) > 1 && static_cast<uint8_t>(raw[0]) != 0xff) {
    for (int64_t i = 0; i < count; ++i) bytes.push_back((raw[0] >> i) & 1);
    return bytes;
  }
  bytes.assign(raw.begin(), raw.end());
  const int bits = ir::BitWidth(element);
  if (bits >= 8) return bytes;
  for (uint8_t& byte : bytes) {
    if (element == ir::ElementType::kPred) {
      byte = byte != 0;
    } else if (ir::IsSigned(element)) {
      byte = static_cast<uint8_t>(static_cast<int8_t>(byte << (8 - bits)) >> (8 - bits));
    } else {
      byte = static_cast<uint8_t>(byte & ((1 << bits) - 1));
    }
  }
  return bytes;
}

absl::StatusOr<DenseAttribute> ReadDenseElements(Cursor& cursor, const Type& type) {
  if (!type.IsTensor()) {
    return cursor.Error(base::StrCat("dense elements have a tensor's type, not ", type.ToString()));
  }
  absl::StatusOr<ir::ElementType> element = StoredElement(type.element_type());
  if (!element.ok()) return WithPlace(cursor, element.status());
  absl::StatusOr<int64_t> count = StaticElementCount(type);
  if (!count.ok()) return WithPlace(cursor, count.status());
  std::vector<uint8_t> bytes;
  bool splat = false;
  if (cursor.Peek() == '"') {
    size_t begin = cursor.position();
    EQSAT_ASSIGN_OR_RETURN(std::string text, cursor.ReadString());
    EQSAT_ASSIGN_OR_RETURN(std::string raw, cursor.DecodeHex(begin, text));
    absl::StatusOr<std::vector<uint8_t>> decoded = DecodeRawElements(raw, *element, *count);
    if (!decoded.ok()) return WithPlace(cursor, decoded.status());
    bytes = *std::move(decoded);
    splat = static_cast<int64_t>(bytes.size()) == ir::ByteWidth(*element);
  } else if (cursor.At(">")) {
    if (*count != 0) return cursor.Error("a constant without elements has an empty shape");
  } else if (cursor.At("[")) {
    EQSAT_RETURN_IF_ERROR(ElementsReader(cursor, *element, type.dimensions(), &bytes).ReadList(0));
    splat = *count == 1;
  } else {
    EQSAT_RETURN_IF_ERROR(ReadElement(cursor, *element, &bytes));
    splat = true;
  }
  return DenseAttribute{type, std::make_shared<const std::vector<uint8_t>>(std::move(bytes)), splat,
                        false};
}

absl::StatusOr<Attribute> AttributeParser::ReadDense() {
  cursor_.AcceptWord("dense");
  size_t begin = cursor_.position();
  EQSAT_RETURN_IF_ERROR(cursor_.ReadBracketed().status());
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(":"));
  EQSAT_ASSIGN_OR_RETURN(Type type, ReadType());
  size_t end = cursor_.position();
  cursor_.set_position(begin + 1);
  EQSAT_ASSIGN_OR_RETURN(DenseAttribute dense, ReadDenseElements(cursor_, type));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(">"));
  cursor_.set_position(end);
  return Attribute(std::move(dense));
}

absl::StatusOr<Attribute> AttributeParser::ReadResource() {
  cursor_.AcceptWord("dense_resource");
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("<"));
  std::string key;
  if (cursor_.Peek() == '"') {
    EQSAT_ASSIGN_OR_RETURN(key, cursor_.ReadString());
  } else {
    EQSAT_ASSIGN_OR_RETURN(std::string_view name, cursor_.ReadSuffix("a resource's key"));
    key = name;
  }
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(">"));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(":"));
  EQSAT_ASSIGN_OR_RETURN(Type type, ReadType());
  return Attribute(ResourceAttribute{std::move(key), std::move(type)});
}

absl::StatusOr<Attribute> AttributeParser::ReadDenseArray() {
  cursor_.AcceptWord("array");
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("<"));
  EQSAT_ASSIGN_OR_RETURN(Type element, ReadType());
  absl::StatusOr<ir::ElementType> stored = StoredElement(element);
  if (!stored.ok()) return WithPlace(cursor_, stored.status());
  std::vector<uint8_t> bytes;
  int64_t count = 0;
  if (cursor_.Accept(":")) {
    do {
      EQSAT_RETURN_IF_ERROR(ReadElement(cursor_, *stored, &bytes));
      ++count;
    } while (cursor_.Accept(","));
  }
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(">"));
  return Attribute(DenseAttribute{Type::Tensor(element, {count}),
                                  std::make_shared<const std::vector<uint8_t>>(std::move(bytes)),
                                  false, true});
}

}  // namespace eqsat::importers::mlir
