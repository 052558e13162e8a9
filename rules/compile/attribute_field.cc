#include "rules/compile/attribute_field.h"

#include <algorithm>
#include <array>
#include <optional>
#include <type_traits>
#include <utility>

#include "ir/ops/op_info.h"

namespace eqsat::rules {
namespace {

using ir::Attributes;
using ir::OpCode;
using ir::Presence;

// ---- How a field's type reads as a Value; fields of other types are opaque ----

template <typename T>
struct Codec {
  static constexpr ValueKind kKind = ValueKind::kAny;
};

template <typename T, ValueKind kind>
struct PlainCodec {
  static constexpr ValueKind kKind = kind;
  static Value Read(const T& field) { return Value(field); }
  static bool Write(const Value& value, T* field) {
    const T* held = std::get_if<T>(&value);
    if (held) *field = *held;
    return held != nullptr;
  }
};
template <>
struct Codec<int64_t> : PlainCodec<int64_t, ValueKind::kInt> {};
template <>
struct Codec<bool> : PlainCodec<bool, ValueKind::kBool> {};
template <>
struct Codec<std::string> : PlainCodec<std::string, ValueKind::kText> {};
template <>
struct Codec<double> : PlainCodec<double, ValueKind::kNumber> {};

template <>
struct Codec<ir::DimensionVector> {
  static constexpr ValueKind kKind = ValueKind::kInts;
  static Value Read(const ir::DimensionVector& field) { return Ints(field.begin(), field.end()); }
  static bool Write(const Value& value, ir::DimensionVector* field) {
    const Ints* held = std::get_if<Ints>(&value);
    if (held) field->assign(held->begin(), held->end());
    return held != nullptr;
  }
};

template <typename E>
std::optional<E> EnumFromName(std::string_view name) {
  auto names = ir::EnumNames(E());
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return static_cast<E>(i);
  return std::nullopt;
}

template <typename E>
  requires std::is_enum_v<E>
struct Codec<E> {
  static constexpr ValueKind kKind = ValueKind::kText;
  static Value Read(E field) { return std::string(ir::EnumName(field)); }
  static bool Write(const Value& value, E* field) {
    const std::string* name = std::get_if<std::string>(&value);
    std::optional<E> held = name ? EnumFromName<E>(*name) : std::nullopt;
    if (held) *field = *held;
    return held.has_value();
  }
};

// One word where both operands have one precision, else two with a comma: an empty list is all
// default.
template <>
struct Codec<std::vector<ir::Precision>> {
  using Precisions = std::vector<ir::Precision>;
  static constexpr ValueKind kKind = ValueKind::kText;
  static Value Read(const Precisions& field) {
    const ir::Precision first = field.empty() ? ir::Precision::kDefault : field[0];
    std::string text(ir::EnumName(first));
    if (field.size() == 2 && field[1] != first) text += "," + std::string(ir::EnumName(field[1]));
    return field.size() > 2 ? Value() : Value(std::move(text));
  }
  static bool Write(const Value& value, Precisions* field) {
    const std::string* text = std::get_if<std::string>(&value);
    if (!text) return false;
    const size_t comma = text->find(',');
    auto first = EnumFromName<ir::Precision>(text->substr(0, comma));
    auto second =
        comma == std::string::npos ? first : EnumFromName<ir::Precision>(text->substr(comma + 1));
    if (!first || !second) return false;
    *field = {*first, *second};
    if (*first == ir::Precision::kDefault && *second == *first) field->clear();
    return true;
  }
};

template <typename T>
bool SaysNothing(const T& field, const T& initial) {
  return field == initial;
}
bool SaysNothing(const std::vector<ir::Precision>& field, const std::vector<ir::Precision>&) {
  return std::all_of(field.begin(), field.end(),
                     [](ir::Precision p) { return p == ir::Precision::kDefault; });
}
// Of the comparison types only the total order is not the one that the element type has anyway.
bool SaysNothing(const ir::ComparisonType& field, const ir::ComparisonType&) {
  return field != ir::ComparisonType::kFloatTotalOrder;
}

// ---- One AttributeField per field of the attributes' struct ----

// Calls use(field) on field number `index`, whatever its type.
template <typename AttributesType, typename Use>
void WithField(AttributesType& attributes, size_t index, Use use) {
  size_t i = 0;
  ir::VisitAttributeFields(attributes, [&](std::string_view, auto& field, Presence) {
    if (i++ == index) use(field);
  });
}

// The field of type T at `index`.
template <typename T, typename AttributesType>
auto* FieldAt(AttributesType& attributes, size_t index) {
  using Pointer = std::conditional_t<std::is_const_v<AttributesType>, const T*, T*>;
  Pointer found = nullptr;
  WithField(attributes, index, [&](auto& field) {
    if constexpr (std::is_same_v<std::decay_t<decltype(field)>, T>) found = &field;
  });
  return found;
}

template <typename T>
AttributeField PlainField(std::string_view name, size_t index, const T& initial, bool required) {
  AttributeField field{.name = std::string(name), .kind = Codec<T>::kKind, .required = required};
  if constexpr (Codec<T>::kKind != ValueKind::kAny) {
    field.get = [index](const Attributes& a) { return Codec<T>::Read(*FieldAt<T>(a, index)); };
    field.set = [index](Attributes& a, const Value& value) {
      return Codec<T>::Write(value, FieldAt<T>(a, index));
    };
  }
  field.is_default = [index, initial](const Attributes& a) {
    return SaysNothing(*FieldAt<T>(a, index), initial);
  };
  field.equal = [index, initial](const Attributes& a, const Attributes& b) {
    const T& left = *FieldAt<T>(a, index);
    const T& right = *FieldAt<T>(b, index);
    return left == right || (SaysNothing(left, initial) && SaysNothing(right, initial));
  };
  field.copy = [index](const Attributes& from, Attributes& to) {
    *FieldAt<T>(to, index) = *FieldAt<T>(from, index);
  };
  return field;
}

std::vector<AttributeField> PlainFields(OpCode opcode) {
  std::vector<AttributeField> fields;
  size_t index = 0;
  ir::VisitAttributeFields(
      ir::GetOpInfo(opcode).attributes,
      [&](std::string_view name, const auto& field, Presence presence) {
        fields.push_back(PlainField(name, index++, field, presence != Presence::kOptional));
      });
  return fields;
}

// ---- Parts of lists of structures ----

// Makes is_default, equal and copy from get and set.
AttributeField Part(std::string name, int64_t unsaid, bool required,
                    std::function<Ints(const Attributes&)> get,
                    std::function<bool(Attributes&, const Ints&)> set) {
  AttributeField field{.name = std::move(name), .kind = ValueKind::kInts, .required = required};
  field.get = [get](const Attributes& a) { return Value(get(a)); };
  field.set = [set](Attributes& a, const Value& value) {
    const Ints* held = std::get_if<Ints>(&value);
    return held && set(a, *held);
  };
  field.is_default = [get, unsaid](const Attributes& a) {
    Ints values = get(a);
    return std::all_of(values.begin(), values.end(), [&](int64_t v) { return v == unsaid; });
  };
  field.equal = [get](const Attributes& a, const Attributes& b) { return get(a) == get(b); };
  field.copy = [get, set](const Attributes& from, Attributes& to) { set(to, get(from)); };
  return field;
}

template <typename Struct, typename Element>
AttributeField PartOf(std::string name, std::vector<Element> Struct::* list,
                      int64_t Element::* member, int64_t unsaid, bool required) {
  auto get = [list, member](const Attributes& a) {
    Ints values;
    for (const Element& element : std::get<Struct>(a).*list) values.push_back(element.*member);
    return values;
  };
  auto set = [list, member](Attributes& a, const Ints& values) {
    std::vector<Element>& elements = std::get<Struct>(a).*list;
    if (elements.empty()) elements.resize(values.size());
    if (elements.size() != values.size()) return false;
    for (size_t i = 0; i < values.size(); ++i) elements[i].*member = values[i];
    return true;
  };
  return Part(std::move(name), unsaid, required, get, set);
}

std::vector<AttributeField> SliceFields() {
  using A = ir::SliceAttributes;
  using R = ir::SliceRange;
  return {PartOf<A, R>("start", &A::slice, &R::start, 0, true),
          PartOf<A, R>("limit", &A::slice, &R::limit, 0, true),
          PartOf<A, R>("stride", &A::slice, &R::stride, 1, false)};
}

std::vector<AttributeField> PadFields() {
  using A = ir::PadAttributes;
  using P = ir::PaddingDimension;
  return {PartOf<A, P>("low", &A::padding, &P::low, 0, true),
          PartOf<A, P>("high", &A::padding, &P::high, 0, true),
          PartOf<A, P>("interior", &A::padding, &P::interior, 0, false)};
}

// Of windows in attributes of type A.
template <typename A>
std::vector<AttributeField> WindowFields(bool sizes_required) {
  using W = ir::WindowDimension;
  auto reversal = [](const Attributes& a) {
    Ints values;
    for (const W& dimension : std::get<A>(a).window) values.push_back(dimension.window_reversal);
    return values;
  };
  auto set_reversal = [](Attributes& a, const Ints& values) {
    ir::Window& window = std::get<A>(a).window;
    if (window.size() != values.size()) return false;
    for (size_t i = 0; i < values.size(); ++i) window[i].window_reversal = values[i] != 0;
    return true;
  };
  return {PartOf<A, W>("window", &A::window, &W::size, 1, sizes_required),
          PartOf<A, W>("stride", &A::window, &W::stride, 1, false),
          PartOf<A, W>("low", &A::window, &W::padding_low, 0, false),
          PartOf<A, W>("high", &A::window, &W::padding_high, 0, false),
          PartOf<A, W>("window_dilation", &A::window, &W::window_dilation, 1, false),
          PartOf<A, W>("base_dilation", &A::window, &W::base_dilation, 1, false),
          Part("reversal", 0, false, reversal, set_reversal)};
}

// Where one array of a convolution has its dimensions: the two that are not spatial, then these.
AttributeField Labels(std::string name, int64_t ir::ConvolutionDimensions::* first,
                      int64_t ir::ConvolutionDimensions::* second,
                      ir::DimensionVector ir::ConvolutionDimensions::* spatial) {
  using A = ir::ConvolutionAttributes;
  auto get = [=](const Attributes& a) {
    const ir::ConvolutionDimensions& labels = std::get<A>(a).dim_labels;
    Ints places = {labels.*first, labels.*second};
    places.insert(places.end(), (labels.*spatial).begin(), (labels.*spatial).end());
    return places;
  };
  auto set = [=](Attributes& a, const Ints& places) {
    if (places.size() < 2) return false;
    ir::ConvolutionDimensions& labels = std::get<A>(a).dim_labels;
    labels.*first = places[0];
    labels.*second = places[1];
    (labels.*spatial).assign(places.begin() + 2, places.end());
    return true;
  };
  return Part(std::move(name), -1, /*required=*/true, get, set);
}

std::vector<AttributeField> ConvolutionFields() {
  using L = ir::ConvolutionDimensions;
  std::vector<AttributeField> fields =
      WindowFields<ir::ConvolutionAttributes>(/*sizes_required=*/false);
  fields.push_back(Labels("input", &L::input_batch, &L::input_feature, &L::input_spatial));
  fields.push_back(
      Labels("kernel", &L::kernel_input_feature, &L::kernel_output_feature, &L::kernel_spatial));
  fields.push_back(Labels("output", &L::output_batch, &L::output_feature, &L::output_spatial));
  for (AttributeField& field : PlainFields(OpCode::kConvolution))
    if (field.name != "window" && field.name != "dim_labels") fields.push_back(std::move(field));
  return fields;
}

// A list that holds exactly one dimension, as an integer.
AttributeField OneDimension() {
  AttributeField field =
      PlainField<ir::DimensionVector>("dim", 0, ir::DimensionVector(), /*required=*/true);
  field.kind = ValueKind::kInt;
  field.get = [](const Attributes& a) {
    const ir::DimensionVector& dims = *FieldAt<ir::DimensionVector>(a, 0);
    return dims.size() == 1 ? Value(dims[0]) : Value();
  };
  field.set = [](Attributes& a, const Value& value) {
    const int64_t* held = std::get_if<int64_t>(&value);
    if (held) *FieldAt<ir::DimensionVector>(a, 0) = {*held};
    return held != nullptr;
  };
  return field;
}

struct Alias {
  OpCode opcode;
  std::string_view field;
  std::string_view name;
  bool required;
};

constexpr std::array<Alias, 14> kAliases = {{
    {OpCode::kTranspose, "dimensions", "perm", true},
    {OpCode::kBroadcast, "dimensions", "dims", true},
    {OpCode::kReverse, "dimensions", "dims", true},
    {OpCode::kReduce, "dimensions", "dims", true},
    {OpCode::kIota, "iota_dimension", "dim", true},
    {OpCode::kDynamicSlice, "dynamic_slice_sizes", "sizes", true},
    {OpCode::kDot, "lhs_batch_dims", "lhs_batch", false},
    {OpCode::kDot, "lhs_contracting_dims", "lhs_contract", false},
    {OpCode::kDot, "rhs_batch_dims", "rhs_batch", false},
    {OpCode::kDot, "rhs_contracting_dims", "rhs_contract", false},
    {OpCode::kDot, "operand_precision", "precision", false},
    {OpCode::kConvolution, "operand_precision", "precision", false},
    {OpCode::kCompare, "direction", "direction", true},
    {OpCode::kGetTupleElement, "index", "index", true},
}};

std::vector<AttributeField> MakeFields(OpCode opcode) {
  if (opcode == OpCode::kSlice) return SliceFields();
  if (opcode == OpCode::kPad) return PadFields();
  if (opcode == OpCode::kReduceWindow)
    return WindowFields<ir::WindowAttributes>(/*sizes_required=*/true);
  if (opcode == OpCode::kConcatenate || opcode == OpCode::kGetDimensionSize ||
      opcode == OpCode::kSetDimensionSize)
    return {OneDimension()};
  // Which dimension of a reshape text left to be inferred says nothing about its result.
  if (opcode == OpCode::kReshape) return {};
  std::vector<AttributeField> fields =
      opcode == OpCode::kConvolution ? ConvolutionFields() : PlainFields(opcode);
  for (const Alias& alias : kAliases) {
    for (AttributeField& field : fields) {
      if (alias.opcode != opcode || alias.field != field.name) continue;
      field.name = std::string(alias.name);
      field.required = alias.required;
    }
  }
  return fields;
}

}  // namespace

const std::vector<AttributeField>& FieldsOf(ir::OpCode opcode) {
  static const auto* const kFields = [] {
    auto* fields = new std::vector<std::vector<AttributeField>>();
    for (int i = 0; i < ir::kNumOpCodes; ++i) fields->push_back(MakeFields(static_cast<OpCode>(i)));
    return fields;
  }();
  return (*kFields)[static_cast<int>(opcode)];
}

const AttributeField* FindField(ir::OpCode opcode, std::string_view name) {
  for (const AttributeField& field : FieldsOf(opcode))
    if (field.name == name) return &field;
  return nullptr;
}

}  // namespace eqsat::rules
