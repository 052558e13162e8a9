// Types: tensors, quantized elements, tuples, functions.
#include <cctype>
#include <charconv>

#include "importers/mlir/attribute_parser.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::mlir {

std::optional<ir::ElementType> ElementTypeFromMlirName(std::string_view name) {
  if (name == "i1") return ir::ElementType::kPred;
  std::string lower;
  for (char c : name) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (lower.starts_with("si")) lower.erase(1, 1);
  if (lower.starts_with("ui")) lower.erase(1, 1);
  if (lower.starts_with("i")) lower[0] = 's';
  std::optional<ir::ElementType> type = ir::ElementTypeFromName(lower);
  if (!type || !ir::IsArrayElement(*type) || ir::IsComplex(*type)) return std::nullopt;
  if (*type == ir::ElementType::kPred || *type == ir::ElementType::kS1) return std::nullopt;
  return type;
}

absl::StatusOr<Type> AttributeParser::ReadType() {
  Cursor::Level level(cursor_);
  EQSAT_RETURN_IF_ERROR(level.Check());
  if (cursor_.At("!")) return ReadDialectType();
  if (cursor_.Accept("(")) {
    EQSAT_ASSIGN_OR_RETURN(std::vector<Type> inputs, ReadTypesUntil(")"));
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("->"));
    EQSAT_ASSIGN_OR_RETURN(std::vector<Type> results, ReadTypeList());
    return Type::Function(std::move(inputs), std::move(results));
  }
  return ReadNamedType();
}

absl::StatusOr<std::vector<Type>> AttributeParser::ReadTypesUntil(std::string_view closer) {
  std::vector<Type> types;
  if (cursor_.Accept(closer)) return types;
  do {
    EQSAT_ASSIGN_OR_RETURN(Type type, ReadType());
    types.push_back(std::move(type));
  } while (cursor_.Accept(","));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(closer));
  return types;
}

absl::StatusOr<std::vector<Type>> AttributeParser::ReadTypeList() {
  if (cursor_.Accept("(")) return ReadTypesUntil(")");
  EQSAT_ASSIGN_OR_RETURN(Type type, ReadType());
  return std::vector<Type>{std::move(type)};
}

absl::StatusOr<Type> AttributeParser::ReadNamedType() {
  size_t begin = cursor_.position();
  EQSAT_ASSIGN_OR_RETURN(std::string_view name, cursor_.ReadName("a type"));
  if (name == "tensor") return ReadTensorType(TypeKind::kTensor);
  if (name == "memref") return ReadTensorType(TypeKind::kMemRef);
  if (name == "index") return Type::Index();
  if (name == "none") return Type();
  if (name == "tuple") {
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("<"));
    EQSAT_ASSIGN_OR_RETURN(std::vector<Type> elements, ReadTypesUntil(">"));
    return Type::Tuple(std::move(elements));
  }
  if (name == "complex") {
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("<"));
    EQSAT_ASSIGN_OR_RETURN(Type part, ReadType());
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(">"));
    if (part == Type::Element(ir::ElementType::kF32)) return Type::Element(ir::ElementType::kC64);
    if (part == Type::Element(ir::ElementType::kF64)) return Type::Element(ir::ElementType::kC128);
    return cursor_.ErrorAt(
        begin,
        base::StrCat("complex numbers have parts of type f32 or f64, not ", part.ToString()));
  }
  if (std::optional<ir::ElementType> element = ElementTypeFromMlirName(name)) {
    return Type::Element(*element);
  }
  // Numbers that no HLO program computes with, and types of other dialects.
  bool number = (name[0] == 'i' || name[0] == 'f') && name.size() > 1 && std::isdigit(name[1]);
  if (number || name == "tf32" || name == "vector") {
    std::string text(name);
    if (cursor_.PeekRaw() == '<') {
      EQSAT_ASSIGN_OR_RETURN(std::string_view body, cursor_.ReadBracketed());
      base::StrAppend(&text, "<", body, ">");
    }
    return Type::Opaque(std::move(text));
  }
  return cursor_.ErrorAt(begin, base::StrCat("`", name, "` is no type"));
}

absl::Status AttributeParser::ReadDimensions(ir::DimensionVector* dimensions) {
  while (cursor_.AtDigit() || cursor_.At("?")) {
    size_t begin = cursor_.position();
    std::string_view rest = cursor_.text().substr(begin);
    int64_t size = Type::kDynamic;
    size_t length = 1;
    if (rest[0] != '?') {
      auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
      if (error != std::errc()) return cursor_.Error("the dimension does not fit 64 bits");
      length = end - rest.data();
    }
    cursor_.set_position(begin + length);
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("x"));
    dimensions->push_back(size);
    if (dimensions->size() > 255) return cursor_.Error("a tensor has more than 255 dimensions");
  }
  return absl::OkStatus();
}

// `, #stablehlo.bounds<8, ?>` after the element type. Other encodings say how a tensor is stored,
// which does not change what is computed.
absl::StatusOr<ir::DimensionVector> AttributeParser::ReadEncoding(
    const ir::DimensionVector& dimensions) {
  ir::DimensionVector bounds;
  const size_t rank = dimensions.size();
  size_t begin = cursor_.position();
  EQSAT_ASSIGN_OR_RETURN(Attribute encoding, ReadAttribute());
  const auto* dialect = encoding.As<DialectAttribute>();
  if (dialect == nullptr ||
      !(dialect->name.ends_with(".bounds") || dialect->name.ends_with(".type_extensions"))) {
    return bounds;
  }
  const Attribute* list = Find(dialect->parameters, "bounds");
  std::optional<std::vector<int64_t>> sizes = list != nullptr ? list->AsInts() : std::nullopt;
  if (!sizes || sizes->size() != rank) {
    return cursor_.ErrorAt(begin, base::StrCat("bounds of a tensor with ", rank,
                                               " dimensions must be as many numbers or `?`"));
  }
  for (size_t i = 0; i < rank; ++i) {
    if ((*sizes)[i] < 0 || dimensions[i] == Type::kDynamic) continue;
    return cursor_.ErrorAt(begin, base::StrCat("dimension ", i, " has the size ", dimensions[i],
                                               " and so no bound; `?` stands for none"));
  }
  bounds.assign(sizes->begin(), sizes->end());
  return bounds;
}

absl::StatusOr<Type> AttributeParser::ReadTensorType(TypeKind kind) {
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("<"));
  ir::DimensionVector dimensions, bounds;
  bool unranked = cursor_.Accept("*");
  if (unranked) {
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("x"));
  } else {
    EQSAT_RETURN_IF_ERROR(ReadDimensions(&dimensions));
  }
  EQSAT_ASSIGN_OR_RETURN(Type element, ReadType());
  while (cursor_.Accept(",")) {
    if (kind == TypeKind::kTensor) {
      EQSAT_ASSIGN_OR_RETURN(bounds, ReadEncoding(dimensions));
    } else {
      EQSAT_RETURN_IF_ERROR(ReadAttribute().status());
    }
  }
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(">"));
  if (unranked) return Type::UnrankedTensor(std::move(element));
  if (kind == TypeKind::kMemRef) return Type::MemRef(std::move(element), std::move(dimensions));
  return Type::Tensor(std::move(element), std::move(dimensions), std::move(bounds));
}

absl::StatusOr<Type> AttributeParser::ReadDialectType() {
  size_t begin = cursor_.position();
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("!"));
  EQSAT_ASSIGN_OR_RETURN(std::string_view name, cursor_.ReadSuffix("a type's name"));
  if (name == "quant.uniform") return ReadQuantizedType();
  if (name == "stablehlo.token" || name == "mhlo.token") return Type::Token();
  if (name == "stablehlo.future" || name == "mhlo.future" || name == "mhlo.async_bundle" ||
      name == "stablehlo.async_bundle") {
    EQSAT_RETURN_IF_ERROR(cursor_.Expect("<"));
    EQSAT_ASSIGN_OR_RETURN(std::vector<Type> elements, ReadTypesUntil(">"));
    return Type::Future(std::move(elements));
  }
  std::string text = base::StrCat("!", name);
  if (auto alias = aliases_.find(text); alias != aliases_.end()) {
    if (auto known = types_.find(text); known != types_.end()) return known->second;
    size_t back = cursor_.position();
    cursor_.set_position(alias->second);
    EQSAT_ASSIGN_OR_RETURN(Type type, ReadType());
    cursor_.set_position(back);
    types_.emplace(text, type);
    return type;
  }
  if (cursor_.PeekRaw() == '<') {
    EQSAT_RETURN_IF_ERROR(cursor_.ReadBracketed().status());
    text = cursor_.Slice(begin, cursor_.position());
  }
  if (text.starts_with("!stablehlo.") || text.starts_with("!mhlo.")) {
    return cursor_.ErrorAt(begin, base::StrCat("`", text, "` is no type"));
  }
  return Type::Opaque(std::move(text));
}

// `i8`, `u8` or a float; `i8<-127:127>` narrows it.
absl::StatusOr<ir::ElementType> AttributeParser::ReadQuantizedElement() {
  size_t begin = cursor_.position();
  EQSAT_ASSIGN_OR_RETURN(std::string_view name, cursor_.ReadName("an element type"));
  std::string spelled(name);
  if (name.starts_with("si")) {
    return cursor_.ErrorAt(begin, base::StrCat("`", name, "` is written without the `s`"));
  }
  if (spelled[0] == 'u' && spelled.size() > 1 && spelled[1] != 'i') spelled.insert(1, "i");
  std::optional<ir::ElementType> type = ElementTypeFromMlirName(spelled);
  if (!type) return cursor_.ErrorAt(begin, base::StrCat("`", name, "` is no element type"));
  return *type;
}

// After the expressed type: `:0` or `:{0:4, 1:2}`.
absl::Status AttributeParser::ReadQuantizedAxes(Quantization* quantization) {
  if (!cursor_.Accept("{")) {
    EQSAT_ASSIGN_OR_RETURN(int64_t axis, cursor_.ReadInteger());
    quantization->axes.push_back(axis);
    quantization->block_sizes.push_back(0);
    return absl::OkStatus();
  }
  do {
    EQSAT_ASSIGN_OR_RETURN(int64_t axis, cursor_.ReadInteger());
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(":"));
    EQSAT_ASSIGN_OR_RETURN(int64_t block, cursor_.ReadInteger());
    quantization->axes.push_back(axis);
    quantization->block_sizes.push_back(block);
  } while (cursor_.Accept(","));
  return cursor_.Expect("}");
}

// `0.5:3`, or braces of such, nested for sub-channel scales.
absl::Status AttributeParser::ReadScales(Quantization* quantization) {
  Cursor::Level level(cursor_);
  EQSAT_RETURN_IF_ERROR(level.Check());
  if (cursor_.Accept("{")) {
    do {
      EQSAT_RETURN_IF_ERROR(ReadScales(quantization));
    } while (cursor_.Accept(","));
    return cursor_.Expect("}");
  }
  EQSAT_ASSIGN_OR_RETURN(std::string_view scale, cursor_.ReadNumberText());
  double value = 0;
  std::from_chars(scale.data(), scale.data() + scale.size(), value);
  int64_t zero_point = 0;
  if (cursor_.Accept(":")) {
    EQSAT_ASSIGN_OR_RETURN(zero_point, cursor_.ReadInteger());
  }
  quantization->scales.push_back(value);
  quantization->zero_points.push_back(zero_point);
  return absl::OkStatus();
}

absl::StatusOr<Type> AttributeParser::ReadQuantizedType() {
  Quantization q;
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("<"));
  EQSAT_ASSIGN_OR_RETURN(q.storage, ReadQuantizedElement());
  const int bits = ir::BitWidth(q.storage);
  if (!ir::IsInteger(q.storage) || bits > 32) {
    return cursor_.Error("a quantized type stores integers of at most 32 bits");
  }
  q.storage_min = ir::IsSigned(q.storage) ? -(int64_t{1} << (bits - 1)) : 0;
  q.storage_max = q.storage_min + (int64_t{1} << bits) - 1;
  if (cursor_.Accept("<")) {
    EQSAT_ASSIGN_OR_RETURN(q.storage_min, cursor_.ReadInteger());
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(":"));
    EQSAT_ASSIGN_OR_RETURN(q.storage_max, cursor_.ReadInteger());
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(">"));
  }
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(":"));
  EQSAT_ASSIGN_OR_RETURN(q.expressed, ReadQuantizedElement());
  if (!ir::IsFloat(q.expressed)) return cursor_.Error("a quantized type expresses floats");
  if (cursor_.Accept(":")) EQSAT_RETURN_IF_ERROR(ReadQuantizedAxes(&q));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(","));
  EQSAT_RETURN_IF_ERROR(ReadScales(&q));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(">"));
  return Type::Quantized(std::move(q));
}

}  // namespace eqsat::importers::mlir
