#include "importers/hlo_text/attribute_parser.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "importers/hlo_text/literal_parser.h"
#include "importers/hlo_text/shape_parser.h"
#include "ir/ops/device_mesh.h"

namespace eqsat::importers {
namespace {

// Integers separated by `separator`, all of `text`.
bool SplitIntegers(std::string_view text, char separator, std::vector<int64_t>* out) {
  out->clear();
  while (true) {
    int64_t value;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return false;
    out->push_back(value);
    text.remove_prefix(end - text.data());
    if (text.empty()) return true;
    if (text[0] != separator) return false;
    text.remove_prefix(1);
  }
}

// `1x2x3`
absl::Status ParseCross(TokenReader& reader, std::string_view what, std::vector<int64_t>* out) {
  size_t position = reader.position();
  std::string_view text = reader.ReadRaw("-");
  if (!SplitIntegers(text, 'x', out)) {
    return reader.ErrorAt(position, base::StrCat("expected integers separated by x for ", what,
                                                 ", found `", text, "`"));
  }
  return absl::OkStatus();
}

// `0_1x2_2` (or with a third number in each group); `groups` holds the numbers of each dimension.
absl::Status ParsePaddings(TokenReader& reader, size_t at_most,
                           std::vector<std::vector<int64_t>>* groups) {
  size_t position = reader.position();
  std::string_view text = reader.ReadRaw("_-");
  std::string_view rest = text;
  while (true) {
    size_t end = rest.find('x');
    std::vector<int64_t>& numbers = groups->emplace_back();
    if (!SplitIntegers(rest.substr(0, end), '_', &numbers) || numbers.size() < 2 ||
        numbers.size() > at_most) {
      return reader.ErrorAt(
          position, base::StrCat("expected low_high", at_most == 3 ? "[_interior]" : "",
                                 " for each dimension, separated by x, found `", text, "`"));
    }
    if (end == std::string_view::npos) return absl::OkStatus();
    rest.remove_prefix(end + 1);
  }
}

absl::Status ApplyWindowField(TokenReader& reader, std::string_view name, size_t position,
                              ir::Window* window) {
  std::vector<std::vector<int64_t>> pads;
  std::vector<int64_t> numbers;
  size_t count;
  if (name == "pad") {
    EQSAT_RETURN_IF_ERROR(ParsePaddings(reader, 2, &pads));
    count = pads.size();
  } else {
    EQSAT_RETURN_IF_ERROR(ParseCross(reader, name, &numbers));
    count = numbers.size();
  }
  if (window->empty()) window->resize(count);
  if (window->size() != count) {
    return reader.ErrorAt(
        position, base::StrCat(name, " has ", count, " dimensions, the window ", window->size()));
  }
  for (size_t i = 0; i < count; ++i) {
    ir::WindowDimension& d = (*window)[i];
    if (name == "pad") {
      d.padding_low = pads[i][0];
      d.padding_high = pads[i][1];
    } else if (name == "size") {
      d.size = numbers[i];
    } else if (name == "stride") {
      d.stride = numbers[i];
    } else if (name == "lhs_dilate") {
      d.base_dilation = numbers[i];
    } else if (name == "rhs_dilate") {
      d.window_dilation = numbers[i];
    } else if (name == "rhs_reversal") {
      d.window_reversal = numbers[i] != 0;
    } else {
      return reader.ErrorAt(position, base::StrCat("a window has no field ", name));
    }
  }
  return absl::OkStatus();
}

// Positions of the labels of one operand: `batch` and `feature` are its two letters, digits name
// the spatial dimensions, `?` marks one that takes no part.
bool ParseLabels(std::string_view text, char batch, char feature, int64_t* batch_at,
                 int64_t* feature_at, ir::DimensionVector* spatial) {
  *batch_at = *feature_at = -1;
  std::vector<int64_t> places(text.size(), -1);
  int64_t count = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    auto at = static_cast<int64_t>(i);
    if (text[i] == '?') continue;
    int64_t* place = text[i] == batch ? batch_at : text[i] == feature ? feature_at : nullptr;
    if (!place) {
      size_t digit = text[i] - '0';
      if (text[i] < '0' || digit >= places.size()) return false;
      place = &places[digit];
      ++count;
    }
    if (*place != -1) return false;
    *place = at;
  }
  for (int64_t i = 0; i < count; ++i) {
    if (places[i] == -1) return false;
    spatial->push_back(places[i]);
  }
  return *batch_at != -1 && *feature_at != -1;
}

// `[2,4]<=[8]T(1,0)`, after which `product` must agree.
absl::Status ParseIotaGroups(TokenReader& reader, ir::ReplicaGroups* value) {
  size_t position = reader.position();
  EQSAT_RETURN_IF_ERROR(ParseIntegers(reader, "[", "]", &value->iota_dimensions));
  EQSAT_RETURN_IF_ERROR(reader.Expect("<=", "after the sizes of replica groups"));
  EQSAT_RETURN_IF_ERROR(ParseIntegers(reader, "[", "]", &value->iota_reshape));
  if (reader.AcceptWord("T"))
    EQSAT_RETURN_IF_ERROR(ParseIntegers(reader, "(", ")", &value->iota_transpose));
  absl::Status order = ir::SettleTranspose(value->iota_reshape.size(), &value->iota_transpose);
  if (!order.ok()) return reader.ErrorAt(position, std::string(order.message()));
  int64_t groups = 1, devices = 1;
  bool overflow = false;
  for (int64_t n : value->iota_dimensions)
    overflow |= n <= 0 || __builtin_mul_overflow(groups, n, &groups);
  for (int64_t n : value->iota_reshape)
    overflow |= n <= 0 || __builtin_mul_overflow(devices, n, &devices);
  if (overflow || groups != devices) {
    return reader.ErrorAt(
        position,
        base::StrCat("groups [", base::Join(value->iota_dimensions, ","), "] and devices [",
                     base::Join(value->iota_reshape, ","), "] differ in number"));
  }
  return absl::OkStatus();
}

// `mesh['x'=2,'y'=4], device_ids=([2,4]T(1,0)) {'y'}`, by its brackets.
absl::Status ParseMeshGroups(TokenReader& reader, ir::ReplicaGroups* value) {
  const size_t position = reader.position();
  std::string text(reader.token().text);
  reader.Advance();
  if (!reader.At("[")) return reader.Expected("`[` after mesh");
  EQSAT_ASSIGN_OR_RETURN(std::string_view axes, reader.ReadBracketed("a mesh"));
  text += axes;
  if (reader.Accept(",")) {
    if (!reader.AcceptWord("device_ids")) return reader.Expected("device_ids of the mesh");
    EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after device_ids"));
    EQSAT_ASSIGN_OR_RETURN(std::string_view ids, reader.ReadBracketed("device_ids"));
    base::StrAppend(&text, ", device_ids=", ids);
  }
  EQSAT_ASSIGN_OR_RETURN(std::string_view used, reader.ReadBracketed("mesh axes"));
  absl::StatusOr<ir::MeshGroups> mesh = ir::MeshGroups::Parse(base::StrCat(text, " ", used));
  if (!mesh.ok()) return reader.ErrorAt(position, std::string(mesh.status().message()));
  value->mesh = mesh->ToString();
  return absl::OkStatus();
}

}  // namespace

absl::Status ParseValue(TokenReader& reader, int64_t* value) {
  EQSAT_ASSIGN_OR_RETURN(*value, reader.ReadInteger("an integer"));
  return absl::OkStatus();
}

absl::Status ParseValue(TokenReader& reader, double* value) {
  // XLA keeps such numbers in single precision.
  EQSAT_ASSIGN_OR_RETURN(double number, reader.ReadDouble("a number"));
  *value = static_cast<float>(number);
  return absl::OkStatus();
}

absl::Status ParseValue(TokenReader& reader, bool* value) {
  EQSAT_ASSIGN_OR_RETURN(*value, reader.ReadBool("a flag"));
  return absl::OkStatus();
}

absl::Status ParseValue(TokenReader& reader, std::string* value) {
  if (reader.At("{")) {
    EQSAT_ASSIGN_OR_RETURN(std::string_view text, reader.ReadBracketed("a value"));
    *value = std::string(text);
  } else if (reader.AtWord()) {
    *value = std::string(reader.token().text);
    reader.Advance();
  } else {
    EQSAT_ASSIGN_OR_RETURN(*value, reader.ReadString("a value"));
  }
  return absl::OkStatus();
}

absl::Status ParseValue(TokenReader& reader, ir::Shape* value) {
  EQSAT_ASSIGN_OR_RETURN(*value, ParseShape(reader));
  return absl::OkStatus();
}

absl::Status ParseValue(TokenReader& reader, ir::Literal* value) {
  if (reader.At("(")) {
    // A tuple literal whose elements state their shapes.
    TokenReader::Level level(reader);
    EQSAT_RETURN_IF_ERROR(level.Check());
    reader.Advance();
    std::vector<ir::Literal> elements;
    while (!reader.At(")")) {
      if (!elements.empty()) EQSAT_RETURN_IF_ERROR(reader.Expect(",", "in a tuple literal"));
      EQSAT_RETURN_IF_ERROR(ParseValue(reader, &elements.emplace_back()));
    }
    reader.Advance();
    *value = ir::Literal::Tuple(std::move(elements));
    return absl::OkStatus();
  }
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ParseShape(reader));
  EQSAT_ASSIGN_OR_RETURN(*value, ParseLiteral(reader, shape));
  return absl::OkStatus();
}

absl::Status ParseValue(TokenReader& reader, std::vector<int64_t>* value) {
  return ParseIntegers(reader, "{", "}", value);
}

absl::Status ParseValue(TokenReader& reader, std::vector<ir::Precision>* value) {
  EQSAT_RETURN_IF_ERROR(ParseValue<ir::Precision>(reader, value));
  // Default precision throughout says nothing.
  if (std::ranges::count(*value, ir::Precision::kDefault) == std::ssize(*value)) value->clear();
  return absl::OkStatus();
}

absl::Status ParseValue(TokenReader& reader, ir::DimensionVector* value) {
  std::vector<int64_t> numbers;
  EQSAT_RETURN_IF_ERROR(ParseIntegers(reader, "{", "}", &numbers));
  value->assign(numbers.begin(), numbers.end());
  return absl::OkStatus();
}

absl::Status ParseValue(TokenReader& reader, ir::SliceRange* value) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("[", "before a slice"));
  EQSAT_ASSIGN_OR_RETURN(value->start, reader.ReadInteger("a slice's start"));
  EQSAT_RETURN_IF_ERROR(reader.Expect(":", "in a slice"));
  EQSAT_ASSIGN_OR_RETURN(value->limit, reader.ReadInteger("a slice's limit"));
  if (reader.Accept(":")) {
    EQSAT_ASSIGN_OR_RETURN(value->stride, reader.ReadInteger("a slice's stride"));
  }
  return reader.Expect("]", "after a slice");
}

absl::Status ParseValue(TokenReader& reader, std::vector<ir::PaddingDimension>* value) {
  if (!reader.AtNumber()) return absl::OkStatus();  // `padding=` of a scalar
  std::vector<std::vector<int64_t>> groups;
  EQSAT_RETURN_IF_ERROR(ParsePaddings(reader, 3, &groups));
  for (const std::vector<int64_t>& g : groups)
    value->push_back({.low = g[0], .high = g[1], .interior = g.size() == 3 ? g[2] : 0});
  return absl::OkStatus();
}

absl::Status ParseValue(TokenReader& reader, ir::Window* value) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before a window"));
  std::vector<std::string_view> seen;
  while (!reader.Accept("}")) {
    if (!seen.empty()) reader.Accept(",");
    size_t position = reader.position();
    EQSAT_ASSIGN_OR_RETURN(std::string_view name, reader.ReadName("a window field"));
    for (std::string_view other : seen)
      if (other == name) return reader.ErrorAt(position, base::StrCat(name, " is given twice"));
    seen.push_back(name);
    if (!reader.At("=")) return reader.Expected("`=` after a window field");
    reader.Advance();
    EQSAT_RETURN_IF_ERROR(ApplyWindowField(reader, name, position, value));
  }
  return absl::OkStatus();
}

absl::Status ParseValue(TokenReader& reader, ir::ConvolutionDimensions* value) {
  size_t position = reader.position();
  std::string_view text = reader.ReadRaw("_->?");
  size_t kernel = text.find('_'), output = text.find("->");
  bool ok = kernel != std::string_view::npos && output != std::string_view::npos && kernel < output;
  if (ok) {
    ok = ParseLabels(text.substr(0, kernel), 'b', 'f', &value->input_batch, &value->input_feature,
                     &value->input_spatial) &&
         ParseLabels(text.substr(kernel + 1, output - kernel - 1), 'i', 'o',
                     &value->kernel_input_feature, &value->kernel_output_feature,
                     &value->kernel_spatial) &&
         ParseLabels(text.substr(output + 2), 'b', 'f', &value->output_batch,
                     &value->output_feature, &value->output_spatial) &&
         value->input_spatial.size() == value->kernel_spatial.size() &&
         value->input_spatial.size() == value->output_spatial.size();
  }
  if (ok) return absl::OkStatus();
  return reader.ErrorAt(position, base::StrCat("expected dimension labels like b01f_01io->b01f, "
                                               "found `",
                                               text, "`"));
}

absl::Status ParseValue(TokenReader& reader, ir::ReplicaGroups* value) {
  if (reader.At("[")) return ParseIotaGroups(reader, value);
  if (!reader.AtWord()) return ParseValue(reader, &value->groups);
  return ParseMeshGroups(reader, value);
}

absl::Status ParseValue(TokenReader& reader, ir::CustomCallApiVersion* value) {
  size_t position = reader.position();
  EQSAT_RETURN_IF_ERROR(ParseValue<ir::CustomCallApiVersion>(reader, value));
  if (*value != ir::CustomCallApiVersion::kUnspecified) return absl::OkStatus();
  return reader.ErrorAt(position, "an api_version that is stated must be specified");
}

absl::Status ParseValue(TokenReader& reader, ir::SourceTarget* value) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before a source and target"));
  EQSAT_ASSIGN_OR_RETURN(value->source, reader.ReadInteger("a source"));
  EQSAT_RETURN_IF_ERROR(reader.Expect(",", "after a source"));
  EQSAT_ASSIGN_OR_RETURN(value->target, reader.ReadInteger("a target"));
  return reader.Expect("}", "after a source and target");
}

absl::Status ParseValue(TokenReader& reader, ir::OutputOperandAlias* value) {
  EQSAT_RETURN_IF_ERROR(ParseIntegers(reader, "{", "}", &value->output_index));
  EQSAT_RETURN_IF_ERROR(reader.Expect(":", "after an output index"));
  EQSAT_RETURN_IF_ERROR(reader.Expect("(", "before an aliased operand"));
  EQSAT_ASSIGN_OR_RETURN(value->operand, reader.ReadInteger("an operand number"));
  EQSAT_RETURN_IF_ERROR(reader.Expect(",", "after an operand number"));
  EQSAT_RETURN_IF_ERROR(ParseIntegers(reader, "{", "}", &value->operand_index));
  return reader.Expect(")", "after an aliased operand");
}

absl::Status ParseValue(TokenReader& reader, ir::ResultAccuracy* value) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before a result accuracy"));
  if (reader.AcceptWord("mode")) {
    EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after mode"));
    // Also in capitals, as protos spell it.
    if (reader.AcceptWord("highest") || reader.AcceptWord("HIGHEST")) {
      value->mode = ir::ResultAccuracy::Mode::kHighest;
    } else if (!reader.AcceptWord("default") && !reader.AcceptWord("DEFAULT")) {
      return reader.Expected("default or highest");
    }
    return reader.Expect("}", "after a result accuracy");
  }
  if (!reader.AcceptWord("tolerance")) return reader.Expected("mode or tolerance");
  EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after tolerance"));
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before tolerances"));
  value->has_tolerance = true;
  do {
    if (!reader.AtWord("atol") && !reader.AtWord("rtol") && !reader.AtWord("ulps"))
      return reader.Expected("atol, rtol or ulps");
    std::string_view name = reader.token().text;
    reader.Advance();
    EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after a tolerance's name"));
    if (name == "ulps") {
      EQSAT_RETURN_IF_ERROR(ParseValue(reader, &value->ulps));
    } else {
      EQSAT_ASSIGN_OR_RETURN(double bound, reader.ReadDouble("a tolerance"));
      (name == "atol" ? value->atol : value->rtol) = bound;
    }
  } while (reader.Accept(","));
  EQSAT_RETURN_IF_ERROR(reader.Expect("}", "after tolerances"));
  return reader.Expect("}", "after a result accuracy");
}

}  // namespace eqsat::importers
