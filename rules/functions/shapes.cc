// Facts about the shapes and element types of operands.

#include "ir/shape/float_format.h"
#include "rules/functions/function.h"

namespace eqsat::rules {
namespace {

using engine::ClassId;
using ir::ElementType;

std::optional<int64_t> Rank(const Facts& facts, const ClassId& x) {
  const ir::Shape& shape = facts.shape(x);
  if (!shape.IsArray()) return std::nullopt;
  return shape.rank();
}

std::optional<Ints> Dims(const Facts& facts, const ClassId& x) {
  const ir::Shape& shape = facts.shape(x);
  if (!shape.IsArray()) return std::nullopt;
  return Ints(shape.dimensions().begin(), shape.dimensions().end());
}

std::optional<int64_t> Size(const Facts& facts, const ClassId& x, const int64_t& d) {
  std::optional<Ints> dims = Dims(facts, x);
  if (!dims || d < 0 || d >= static_cast<int64_t>(dims->size())) return std::nullopt;
  return (*dims)[d];
}

std::optional<int64_t> ElementCount(const Facts& facts, const ClassId& x) {
  const ir::Shape& shape = facts.shape(x);
  if (!shape.IsArray() || shape.HasUnboundedDimensions()) return std::nullopt;
  return shape.ElementCount();
}

// Bits of the integers that the type holds exactly without its sign.
int MagnitudeBits(ElementType type) { return ir::BitWidth(type) - (ir::IsSigned(type) ? 1 : 0); }

bool FloatContains(const ir::FloatFormat& wide, const ir::FloatFormat& narrow) {
  // Same-width formats differ in what their special patterns mean.
  if (wide.specials != ir::Specials::kIeee || narrow.specials == ir::Specials::kScale) return false;
  int wide_low = 1 - wide.bias - wide.mantissa_bits;
  int narrow_low = 1 - narrow.bias - narrow.mantissa_bits;
  int wide_high = (1 << wide.exponent_bits) - 1 - wide.bias;
  int narrow_high = (1 << narrow.exponent_bits) - 1 - narrow.bias;
  bool more_exponents =
      narrow.specials == ir::Specials::kIeee ? wide_high >= narrow_high : wide_high > narrow_high;
  return wide.mantissa_bits >= narrow.mantissa_bits && wide_low <= narrow_low && more_exponents;
}

// Every value of `from`, NaN and infinity included, is a value of `to`.
bool WidensExactly(const Facts&, const ElementType& from, const ElementType& to) {
  if (from == to) return true;
  // One bit with a sign has no 1, and a scale has no 0.
  if (from == ElementType::kPred)
    return ir::IsInteger(to) ? MagnitudeBits(to) > 0
                             : ir::IsFloat(to) && to != ElementType::kF8E8M0FNU;
  if (ir::IsInteger(from) && ir::IsInteger(to)) {
    if (ir::IsSigned(from) && !ir::IsSigned(to)) return false;
    return MagnitudeBits(from) <= MagnitudeBits(to);
  }
  if (ir::IsInteger(from) && ir::IsFloat(to)) {
    const ir::FloatFormat& format = ir::FormatOf(to);
    return format.specials == ir::Specials::kIeee &&
           MagnitudeBits(from) <= format.mantissa_bits + 1 &&
           MagnitudeBits(from) < (1 << (format.exponent_bits - 1));
  }
  if (ir::IsFloat(from) && ir::IsFloat(to))
    return FloatContains(ir::FormatOf(to), ir::FormatOf(from));
  return false;
}

std::vector<Function> TypeFunctions() {
  return {
      Define(
          "dtype", "The element type of an operand.",
          +[](const Facts&, const ElementType& type) { return type; }),
      Define(
          "bitwidth", "The bits of one element.",
          +[](const Facts&, const ElementType& type) {
            return static_cast<int64_t>(ir::BitWidth(type));
          }),
      Define(
          "is_float", "Whether the element type is a floating-point one.",
          +[](const Facts&, const ElementType& type) { return ir::IsFloat(type); }),
      Define(
          "is_int", "Whether the element type is an integer one; pred is none.",
          +[](const Facts&, const ElementType& type) { return ir::IsInteger(type); }),
      Define(
          "is_signed", "Whether the element type is a signed integer.",
          +[](const Facts&, const ElementType& type) { return ir::IsSigned(type); }),
      Define(
          "is_unsigned", "Whether the element type is an unsigned integer.",
          +[](const Facts&, const ElementType& type) { return ir::IsUnsigned(type); }),
      Define(
          "is_pred", "Whether the elements are truth values.",
          +[](const Facts&, const ElementType& type) { return type == ElementType::kPred; }),
      Define(
          "is_complex", "Whether the element type is a complex one.",
          +[](const Facts&, const ElementType& type) { return ir::IsComplex(type); }),
      Define("widens_exactly", "Whether every value of the first type is one of the second.",
             WidensExactly),
      Define(
          "swap_precision", "The precisions of two operands, given for them in the other order.",
          +[](const Facts&, const std::string& precision) {
            const size_t comma = precision.find(',');
            if (comma == std::string::npos) return precision;
            return precision.substr(comma + 1) + "," + precision.substr(0, comma);
          }),
  };
}

}  // namespace

std::vector<Function> ShapeFunctions() {
  std::vector<Function> all = {
      Define("rank", "The number of dimensions.", Rank),
      Define("dims", "The sizes of the dimensions.", Dims),
      Define("size", "The size of dimension d.", Size),
      Define("numel", "The number of elements.", ElementCount),
      Define(
          "is_scalar", "Whether the operand is an array without dimensions.",
          +[](const Facts& facts, const ClassId& x) { return facts.shape(x).IsScalar(); }),
      Define(
          "same_shape", "Whether two operands have one shape and element type.",
          +[](const Facts& facts, const ClassId& a, const ClassId& b) {
            return ir::Shape::Compatible(facts.shape(a), facts.shape(b));
          }),
      Define(
          "same_dims", "Whether two operands have the same dimensions.",
          +[](const Facts& facts, const ClassId& a, const ClassId& b) {
            return facts.shape(a).IsArray() && facts.shape(b).IsArray() &&
                   ir::Shape::SameDimensions(facts.shape(a), facts.shape(b));
          }),
      Define(
          "same_dtype", "Whether two element types are one.",
          +[](const Facts&, const ElementType& a, const ElementType& b) { return a == b; }),
  };
  for (Function& function : TypeFunctions()) all.push_back(std::move(function));
  return all;
}

}  // namespace eqsat::rules
