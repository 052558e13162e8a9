#include "ir/graph/print_values.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/escaping.h"

namespace eqsat::ir {
namespace {

template <typename Range>
void AppendBraced(std::string_view open, const Range& numbers, std::string_view close,
                  std::string* out) {
  base::StrAppend(out, open, base::Join(numbers, ","), close);
}

// `1x2x3` of one member of each dimension
template <typename Range, typename Member>
void AppendCross(const Range& dimensions, Member member, std::string* out) {
  for (size_t i = 0; i < dimensions.size(); ++i)
    base::StrAppend(out, i > 0 ? "x" : "", static_cast<int64_t>(dimensions[i].*member));
}

void AppendLabels(int64_t batch, int64_t feature, char batch_label, char feature_label,
                  const DimensionVector& spatial, std::string* out) {
  int64_t rank = std::max(batch, feature) + 1;
  for (int64_t place : spatial) rank = std::max(rank, place + 1);
  std::string labels(rank, '?');
  labels[batch] = batch_label;
  labels[feature] = feature_label;
  for (size_t i = 0; i < spatial.size(); ++i) labels[spatial[i]] = static_cast<char>('0' + i);
  *out += labels;
}

}  // namespace

void AppendIndexComment(size_t index, std::string* out) {
  if (index > 0 && index % 5 == 0) base::StrAppend(out, "/*index=", index, "*/");
}

void AppendShape(const Shape& shape, Layouts layouts, std::string* out) {
  if (shape.IsTuple()) {
    *out += "(";
    for (size_t i = 0; i < shape.elements().size(); ++i) {
      if (i > 0) *out += ", ";
      AppendIndexComment(i, out);
      AppendShape(shape.element(i), layouts, out);
    }
    *out += ")";
    return;
  }
  if (shape.IsBuffer()) {
    *out += "b(";
    AppendShape(shape.element(0), layouts, out);
    *out += ")";
    return;
  }
  if (layouts == Layouts::kNone) {
    *out += shape.WithoutLayout().ToString();
    return;
  }
  *out += shape.ToString();
  if (shape.IsArray() && shape.rank() > 0 && !shape.layout())
    AppendBraced("{", RowMajorOrder(shape.rank()), "}", out);
}

void AppendQuoted(std::string_view text, std::string* out) {
  base::StrAppend(out, "\"", absl::CEscape(base::Absl(text)), "\"");
}

bool IsBracedText(std::string_view text) {
  static constexpr std::string_view kOpen = "{[(", kClose = "}])";
  if (!text.starts_with('{')) return false;
  std::string closers;
  for (size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    // Bytes that text may not hold as they are need a string's escapes.
    if (static_cast<unsigned char>(c) >= 0x80 || c == '\0') return false;
    if (c == '"') {
      for (++at; at < text.size() && text[at] != '"'; ++at) {
        if (static_cast<unsigned char>(text[at]) >= 0x80 || text[at] == '\0') return false;
        at += text[at] == '\\' ? 1 : 0;
      }
      if (at >= text.size()) return false;
    } else if (size_t i = kOpen.find(c); i != std::string_view::npos) {
      closers.push_back(kClose[i]);
    } else if (kClose.find(c) != std::string_view::npos) {
      if (c != closers.back()) return false;
      closers.pop_back();
      if (closers.empty()) return at + 1 == text.size();
    }
  }
  return false;
}

void AppendValue(int64_t value, std::string* out) { base::StrAppend(out, value); }

void AppendValue(double value, std::string* out) {
  char buffer[32];
  // Most such numbers are kept in single precision, where the shortest text is shorter.
  auto single = static_cast<float>(value);
  char* last = buffer + sizeof(buffer);
  char* end =
      (single == value ? std::to_chars(buffer, last, single) : std::to_chars(buffer, last, value))
          .ptr;
  out->append(buffer, end);
}

void AppendValue(const std::string& value, std::string* out) {
  if (IsBracedText(value)) {
    *out += value;
  } else {
    AppendQuoted(value, out);
  }
}

void AppendValue(const Shape& value, std::string* out) { AppendShape(value, Layouts::kAll, out); }

void AppendValue(const Literal& value, std::string* out) {
  if (!value.shape().IsTuple()) {
    AppendShape(value.shape(), Layouts::kAll, out);
    *out += " ";
    return AppendLiteral(value, INT64_MAX, out);
  }
  *out += "( ";
  for (size_t i = 0; i < value.elements().size(); ++i) {
    if (i > 0) *out += ", ";
    AppendValue(value.elements()[i], out);
  }
  *out += " )";
}

void AppendValue(const DimensionVector& value, std::string* out) {
  AppendBraced("{", value, "}", out);
}

void AppendValue(const std::vector<int64_t>& value, std::string* out) {
  AppendBraced("{", value, "}", out);
}

void AppendValue(const std::vector<SliceRange>& value, std::string* out) {
  *out += "{";
  for (size_t i = 0; i < value.size(); ++i) {
    base::StrAppend(out, i > 0 ? ", [" : "[", value[i].start, ":", value[i].limit);
    if (value[i].stride != 1) base::StrAppend(out, ":", value[i].stride);
    *out += "]";
  }
  *out += "}";
}

void AppendValue(const std::vector<PaddingDimension>& value, std::string* out) {
  bool interior = std::ranges::any_of(value, [](const auto& d) { return d.interior != 0; });
  for (size_t i = 0; i < value.size(); ++i) {
    base::StrAppend(out, i > 0 ? "x" : "", value[i].low, "_", value[i].high);
    if (interior) base::StrAppend(out, "_", value[i].interior);
  }
}

void AppendValue(const Window& value, std::string* out) {
  using D = WindowDimension;
  auto append = [&](std::string_view name, auto member, int64_t usual) {
    if (std::ranges::all_of(value, [&](const D& d) { return d.*member == usual; })) return;
    base::StrAppend(out, " ", name, "=");
    AppendCross(value, member, out);
  };
  *out += "{size=";
  AppendCross(value, &D::size, out);
  append("stride", &D::stride, 1);
  if (std::ranges::any_of(value, [](const D& d) { return d.padding_low || d.padding_high; })) {
    *out += " pad=";
    for (size_t i = 0; i < value.size(); ++i)
      base::StrAppend(out, i > 0 ? "x" : "", value[i].padding_low, "_", value[i].padding_high);
  }
  append("lhs_dilate", &D::base_dilation, 1);
  append("rhs_dilate", &D::window_dilation, 1);
  append("rhs_reversal", &D::window_reversal, 0);
  *out += "}";
}

void AppendValue(const ConvolutionDimensions& value, std::string* out) {
  AppendLabels(value.input_batch, value.input_feature, 'b', 'f', value.input_spatial, out);
  *out += "_";
  AppendLabels(value.kernel_input_feature, value.kernel_output_feature, 'i', 'o',
               value.kernel_spatial, out);
  *out += "->";
  AppendLabels(value.output_batch, value.output_feature, 'b', 'f', value.output_spatial, out);
}

void AppendValue(const ReplicaGroups& value, std::string* out) {
  if (!value.mesh.empty()) {
    *out += value.mesh;
  } else if (!value.iota_dimensions.empty()) {
    AppendBraced("[", value.iota_dimensions, "]", out);
    AppendBraced("<=[", value.iota_reshape, "]", out);
    if (!value.iota_transpose.empty()) AppendBraced("T(", value.iota_transpose, ")", out);
  } else {
    AppendValue(value.groups, out);
  }
}

void AppendValue(const SourceTarget& value, std::string* out) {
  base::StrAppend(out, "{", value.source, ",", value.target, "}");
}

void AppendValue(const OutputOperandAlias& value, std::string* out) {
  AppendBraced("{", value.output_index, "}", out);
  base::StrAppend(out, ": (", value.operand, ", ");
  AppendBraced("{", value.operand_index, "})", out);
}

void AppendValue(const ResultAccuracy& value, std::string* out) {
  if (!value.has_tolerance) {
    bool highest = value.mode == ResultAccuracy::Mode::kHighest;
    base::StrAppend(out, "{mode=", highest ? "highest" : "default", "}");
    return;
  }
  *out += "{tolerance={atol=";
  AppendValue(value.atol, out);
  *out += ",rtol=";
  AppendValue(value.rtol, out);
  base::StrAppend(out, ",ulps=", value.ulps, "}}");
}

}  // namespace eqsat::ir
