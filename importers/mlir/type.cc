#include "importers/mlir/type.h"

#include <utility>

#include "ir/base/check.h"
#include "ir/base/strings.h"

namespace eqsat::importers::mlir {
namespace {

// MLIR's name of a number type: integers by width, floats in capitals after the `f` of f8 and less.
std::string ElementText(ir::ElementType element) {
  if (element == ir::ElementType::kPred) return "i1";
  std::string name(ir::Name(element));
  if (ir::IsSigned(element)) return base::StrCat("i", name.substr(1));
  if (ir::IsUnsigned(element)) return base::StrCat("ui", name.substr(1));
  if (ir::IsComplex(element)) {
    return base::StrCat("complex<", ElementText(ir::ComplexPart(element)), ">");
  }
  if (ir::BitWidth(element) <= 8) {
    for (char& c : name) c = c >= 'a' && c <= 'z' && &c != name.data() ? c - 'a' + 'A' : c;
  }
  return name;
}

std::string QuantizedText(const Quantization& q) {
  std::string out =
      base::StrCat("!quant.uniform<", ElementText(q.storage), ":", ElementText(q.expressed));
  if (!q.axes.empty()) base::StrAppend(&out, ":", base::Join(q.axes, ":"));
  out += ", ";
  if (!q.axes.empty()) out += "{";
  for (size_t i = 0; i < q.scales.size(); ++i) {
    if (i > 0) out += ",";
    base::StrAppend(&out, q.scales[i]);
    if (q.zero_points[i] != 0) base::StrAppend(&out, ":", q.zero_points[i]);
  }
  if (!q.axes.empty()) out += "}";
  return out + ">";
}

std::string SizeText(int64_t size) {
  return size == Type::kDynamic ? std::string("?") : base::StrCat(size);
}

std::string ListText(const std::vector<Type>& types) {
  std::vector<std::string> texts;
  for (const Type& type : types) texts.push_back(type.ToString());
  return base::Join(texts, ", ");
}

}  // namespace

Type Type::Element(ir::ElementType element) {
  return Of({.kind = TypeKind::kElement, .element = element});
}
Type Type::Index() { return Of({.kind = TypeKind::kIndex}); }
Type Type::Quantized(Quantization quantization) {
  EQSAT_CHECK(quantization.scales.size() == quantization.zero_points.size());
  return Of({.kind = TypeKind::kQuantized, .quantization = std::move(quantization)});
}
Type Type::Tensor(Type element, ir::DimensionVector dimensions, ir::DimensionVector bounds) {
  EQSAT_CHECK(bounds.empty() || bounds.size() == dimensions.size());
  return Of({.kind = TypeKind::kTensor,
             .dimensions = std::move(dimensions),
             .bounds = std::move(bounds),
             .elements = {std::move(element)}});
}
Type Type::UnrankedTensor(Type element) {
  return Of({.kind = TypeKind::kUnrankedTensor, .elements = {std::move(element)}});
}
Type Type::MemRef(Type element, ir::DimensionVector dimensions) {
  return Of({.kind = TypeKind::kMemRef,
             .dimensions = std::move(dimensions),
             .elements = {std::move(element)}});
}
Type Type::Token() { return Of({.kind = TypeKind::kToken}); }
Type Type::Tuple(std::vector<Type> elements) {
  return Of({.kind = TypeKind::kTuple, .elements = std::move(elements)});
}
Type Type::Future(std::vector<Type> elements) {
  return Of({.kind = TypeKind::kFuture, .elements = std::move(elements)});
}
Type Type::Function(std::vector<Type> inputs, std::vector<Type> results) {
  return Of(
      {.kind = TypeKind::kFunction, .elements = std::move(inputs), .results = std::move(results)});
}
Type Type::Opaque(std::string text) {
  return Of({.kind = TypeKind::kOpaque, .text = std::move(text)});
}

bool Type::IsQuantized() const {
  if (kind() == TypeKind::kTensor || kind() == TypeKind::kUnrankedTensor) {
    return element_type().kind() == TypeKind::kQuantized;
  }
  return kind() == TypeKind::kQuantized;
}

ir::ElementType Type::element() const {
  EQSAT_CHECK(kind() == TypeKind::kElement);
  return node_->element;
}
const Quantization& Type::quantization() const {
  EQSAT_CHECK(kind() == TypeKind::kQuantized);
  return node_->quantization;
}
const Type& Type::element_type() const {
  EQSAT_CHECK(kind() == TypeKind::kTensor || kind() == TypeKind::kUnrankedTensor ||
              kind() == TypeKind::kMemRef);
  return node_->elements[0];
}
const ir::DimensionVector& Type::dimensions() const {
  EQSAT_CHECK(kind() == TypeKind::kTensor || kind() == TypeKind::kMemRef);
  return node_->dimensions;
}
const ir::DimensionVector& Type::bounds() const {
  EQSAT_CHECK(kind() == TypeKind::kTensor || kind() == TypeKind::kMemRef);
  return node_->bounds;
}
const std::vector<Type>& Type::elements() const {
  EQSAT_CHECK(kind() == TypeKind::kTuple || kind() == TypeKind::kFuture ||
              kind() == TypeKind::kFunction);
  return node_->elements;
}
const std::vector<Type>& Type::results() const {
  EQSAT_CHECK(kind() == TypeKind::kFunction);
  return node_->results;
}

std::string Type::ToString() const {
  switch (kind()) {
    case TypeKind::kNone:
      return "none";
    case TypeKind::kElement:
      return ElementText(node_->element);
    case TypeKind::kIndex:
      return "index";
    case TypeKind::kQuantized:
      return QuantizedText(node_->quantization);
    case TypeKind::kTensor:
    case TypeKind::kMemRef: {
      std::string out = kind() == TypeKind::kTensor ? "tensor<" : "memref<";
      for (int64_t size : node_->dimensions) base::StrAppend(&out, SizeText(size), "x");
      out += element_type().ToString();
      if (!node_->bounds.empty()) {
        std::vector<std::string> bounds;
        for (int64_t bound : node_->bounds) bounds.push_back(SizeText(bound));
        base::StrAppend(&out, ", #stablehlo.bounds<", base::Join(bounds, ", "), ">");
      }
      return out + ">";
    }
    case TypeKind::kUnrankedTensor:
      return base::StrCat("tensor<*x", element_type().ToString(), ">");
    case TypeKind::kToken:
      return "!stablehlo.token";
    case TypeKind::kTuple:
      return base::StrCat("tuple<", ListText(node_->elements), ">");
    case TypeKind::kFuture:
      return base::StrCat("!stablehlo.future<", ListText(node_->elements), ">");
    case TypeKind::kFunction:
      return base::StrCat("(", ListText(node_->elements), ") -> (", ListText(node_->results), ")");
    case TypeKind::kOpaque:
      return node_->text;
  }
  return "";
}

bool operator==(const Type& a, const Type& b) {
  if (a.node_ == b.node_) return true;
  if (a.kind() != b.kind() || !a.node_ || !b.node_) return false;
  const Type::Node& x = *a.node_;
  const Type::Node& y = *b.node_;
  return x.element == y.element && x.dimensions == y.dimensions && x.bounds == y.bounds &&
         x.elements == y.elements && x.results == y.results && x.quantization == y.quantization &&
         x.text == y.text;
}

}  // namespace eqsat::importers::mlir
