#include "importers/stablehlo/shapes.h"

#include <cstring>

#include "importers/mlir/dense_parser.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/shape/float_format.h"

namespace eqsat::importers::stablehlo {
namespace {

using mlir::Type;
using mlir::TypeKind;

// Of a literal that repeats one element; others are no larger than their text.
constexpr int64_t kMaxSplatBytes = int64_t{1} << 28;

absl::StatusOr<ir::Shape> TensorShape(const Type& type) {
  EQSAT_ASSIGN_OR_RETURN(ir::ElementType element, mlir::StoredElement(type.element_type()));
  ir::DimensionVector sizes = type.dimensions();
  absl::InlinedVector<bool, 4> dynamic(sizes.size(), false);
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] != Type::kDynamic) continue;
    dynamic[i] = true;
    const bool bounded =
        type.kind() == TypeKind::kTensor && !type.bounds().empty() && type.bounds()[i] >= 0;
    sizes[i] = bounded ? type.bounds()[i] : ir::Shape::kUnbounded;
  }
  return ir::Shape::Make(element, sizes, dynamic);
}

absl::StatusOr<ir::Literal> Materialize(const Type& type, std::vector<uint8_t> bytes) {
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ShapeOf(type));
  if (static_cast<int64_t>(bytes.size()) == shape.ByteSize()) {
    return ir::Literal::FromBytes(std::move(shape), std::move(bytes));
  }
  if (static_cast<int>(bytes.size()) != ir::ByteWidth(shape.element_type())) {
    return base::InvalidArgument("%d bytes for a constant of type %s", bytes.size(),
                                 type.ToString());
  }
  if (shape.ByteSize() > kMaxSplatBytes) {
    return base::InvalidArgument("a constant of type %s is too large", type.ToString());
  }
  return Splat(shape, bytes);
}

absl::StatusOr<ir::Literal> ResourceLiteral(const mlir::Module& module,
                                            const mlir::ResourceAttribute& resource) {
  if (!resource.type.IsTensor()) return base::InvalidArgument("a resource is a tensor");
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ShapeOf(resource.type));
  for (const auto& [key, blob] : module.resources) {
    if (key != resource.key) continue;
    EQSAT_ASSIGN_OR_RETURN(int64_t count, mlir::StaticElementCount(resource.type));
    std::string_view raw(reinterpret_cast<const char*>(blob.data()), blob.size());
    EQSAT_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes,
                           mlir::DecodeRawElements(raw, shape.element_type(), count));
    return Materialize(resource.type, std::move(bytes));
  }
  return ir::Literal::Unknown(std::move(shape));
}

}  // namespace

absl::StatusOr<ir::Shape> ShapeOf(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kElement:
    case TypeKind::kIndex:
    case TypeKind::kQuantized: {
      EQSAT_ASSIGN_OR_RETURN(ir::ElementType element, mlir::StoredElement(type));
      return ir::Shape(element, {});
    }
    case TypeKind::kTensor:
      return TensorShape(type);
    case TypeKind::kMemRef: {
      EQSAT_ASSIGN_OR_RETURN(ir::Shape content, TensorShape(type));
      return ir::Shape::Buffer(std::move(content));
    }
    case TypeKind::kToken:
      return ir::Shape::Token();
    case TypeKind::kTuple:
    case TypeKind::kFuture: {
      std::vector<ir::Shape> elements;
      for (const Type& element : type.elements()) {
        EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ShapeOf(element));
        elements.push_back(std::move(shape));
      }
      if (type.kind() == TypeKind::kFuture && elements.size() == 1) return elements[0];
      return ir::Shape::Tuple(std::move(elements));
    }
    case TypeKind::kNone:
    case TypeKind::kUnrankedTensor:
    case TypeKind::kFunction:
    case TypeKind::kOpaque:
      break;
  }
  return base::Unimplemented("HLO has no type %s", type.ToString());
}

absl::StatusOr<ir::Shape> StatedResults(const mlir::Module& source, const mlir::Operation& op) {
  std::vector<ir::Shape> shapes;
  for (mlir::ValueId result : op.results) {
    EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ShapeOf(source.type(result)));
    shapes.push_back(std::move(shape));
  }
  return shapes.size() == 1 ? shapes[0] : ir::Shape::Tuple(std::move(shapes));
}

bool IsStatic(const Type& type) {
  if (!type.IsTensor()) return false;
  for (int64_t size : type.dimensions()) {
    if (size == Type::kDynamic) return false;
  }
  return true;
}

namespace {

bool TensorFits(const Type& type, const ir::Shape& shape) {
  absl::StatusOr<ir::ElementType> element = mlir::StoredElement(type.element_type());
  if (!element.ok() || !shape.IsArray() || shape.element_type() != *element ||
      shape.rank() != static_cast<int64_t>(type.dimensions().size())) {
    return false;
  }
  for (int64_t d = 0; d < shape.rank(); ++d) {
    const int64_t size = type.dimensions()[d];
    if (size == Type::kDynamic || shape.dimension(d) == ir::Shape::kUnbounded) continue;
    const int64_t found = shape.dimension(d);  // of a bounded dimension, the bound
    if (shape.is_dynamic(d) ? size > found : size != found) return false;
  }
  return true;
}

}  // namespace

bool Fits(const Type& type, const ir::Shape& shape) {
  switch (type.kind()) {
    case TypeKind::kTensor:
      return TensorFits(type, shape);
    case TypeKind::kElement: {
      return shape.IsScalar() && shape.element_type() == type.element();
    }
    case TypeKind::kToken:
      return shape.IsToken();
    case TypeKind::kTuple:
      if (!shape.IsTuple() || shape.elements().size() != type.elements().size()) return false;
      for (size_t i = 0; i < type.elements().size(); ++i) {
        if (!Fits(type.elements()[i], shape.elements()[i])) return false;
      }
      return true;
    default:
      return true;
  }
}

ir::Literal Splat(const ir::Shape& shape, absl::Span<const uint8_t> element) {
  std::vector<uint8_t> bytes(shape.ByteSize());
  for (size_t at = 0; at + element.size() <= bytes.size(); at += element.size()) {
    std::memcpy(bytes.data() + at, element.data(), element.size());
  }
  return ir::Literal::FromBytes(shape, std::move(bytes));
}

absl::StatusOr<ir::Literal> LiteralOf(const mlir::Module& module, const mlir::Attribute& value) {
  if (const auto* dense = value.As<mlir::DenseAttribute>()) {
    return Materialize(dense->type, *dense->bytes);
  }
  if (const auto* resource = value.As<mlir::ResourceAttribute>()) {
    return ResourceLiteral(module, *resource);
  }
  if (const bool* truth = value.As<bool>()) {
    return ir::Literal::FromInt64s(ir::Shape(ir::ElementType::kPred, {}), {*truth ? 1 : 0});
  }
  if (const auto* integer = value.As<mlir::IntegerAttribute>()) {
    EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ShapeOf(integer->type));
    return ir::Literal::FromInt64s(shape, {integer->value});
  }
  if (const auto* number = value.As<mlir::FloatAttribute>()) {
    EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ShapeOf(number->type));
    return ir::Literal::FromDoubles(shape, {number->value});
  }
  return base::InvalidArgument("the value is no constant that HLO can hold");
}

}  // namespace eqsat::importers::stablehlo
