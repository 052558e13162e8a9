// HLO text of shapes, literals and the values of attributes: one AppendValue for each type that a
// field of ir/ops/attributes.h has.
#ifndef EQSAT_IR_GRAPH_PRINT_VALUES_H_
#define EQSAT_IR_GRAPH_PRINT_VALUES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ir/base/strings.h"
#include "ir/ops/attributes.h"
#include "ir/shape/literal.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {

enum class Layouts : uint8_t { kNone, kAll };

// `f32[2,3]{1,0}`: without layouts, or with that of every array that has dimensions, default ones
// too. The place of every fifth element of a tuple stands in a comment.
void AppendShape(const Shape& shape, Layouts layouts, std::string* out);

// `/*index=5*/` before every fifth element but the first.
void AppendIndexComment(size_t index, std::string* out);

// The value alone, without its shape. Array literals of more than `most_elements` elements, and
// unknown ones, become `{...}`.
void AppendLiteral(const Literal& literal, int64_t most_elements, std::string* out);

// A quoted string with C escapes.
void AppendQuoted(std::string_view text, std::string* out);
// Text that reads back as it stands without quotes: `{ … }` with its brackets in pairs.
bool IsBracedText(std::string_view text);

void AppendValue(int64_t value, std::string* out);
void AppendValue(double value, std::string* out);
void AppendValue(const std::string& value, std::string* out);  // quoted, unless braced text
void AppendValue(const Shape& value, std::string* out);
void AppendValue(const Literal& value, std::string* out);  // with the shapes of its arrays
void AppendValue(const DimensionVector& value, std::string* out);
void AppendValue(const std::vector<int64_t>& value, std::string* out);
void AppendValue(const std::vector<SliceRange>& value, std::string* out);
void AppendValue(const std::vector<PaddingDimension>& value, std::string* out);
void AppendValue(const Window& value, std::string* out);
void AppendValue(const ConvolutionDimensions& value, std::string* out);
void AppendValue(const ReplicaGroups& value, std::string* out);
void AppendValue(const SourceTarget& value, std::string* out);
void AppendValue(const OutputOperandAlias& value, std::string* out);
void AppendValue(const ResultAccuracy& value, std::string* out);

inline void AppendValue(bool value, std::string* out) { *out += value ? "true" : "false"; }

template <typename E>
  requires std::is_enum_v<E>
void AppendValue(E value, std::string* out) {
  out->append(EnumName(value));
}

// Has the type values that hold commas, so that XLA sets a space between two?
template <typename T>
inline constexpr bool kIsWide = std::is_same_v<T, Shape> || std::is_same_v<T, OutputOperandAlias>;

template <typename T>
void AppendValue(const std::vector<T>& value, std::string* out) {
  *out += "{";
  for (const T& element : value) {
    if (&element != value.data()) *out += kIsWide<T> ? ", " : ",";
    AppendValue(element, out);
  }
  *out += "}";
}

template <typename T>
void AppendValue(const std::optional<T>& value, std::string* out) {
  AppendValue(*value, out);
}

}  // namespace eqsat::ir

#endif  // EQSAT_IR_GRAPH_PRINT_VALUES_H_
