#include "tools/input_value.h"

#include <charconv>
#include <complex>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/interpret/actual_shape.h"
#include "ir/interpret/random_inputs.h"
#include "tools/driver.h"

namespace eqsat::tools {
namespace {

std::vector<std::string_view> Split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (true) {
    size_t begin = text.find_first_not_of(separators);
    if (begin == std::string_view::npos) return parts;
    size_t end = text.find_first_of(separators, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end);
  }
}

std::optional<int64_t> ParseInt(std::string_view text) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// An element of an integer type; of u64 the upper half too, as its two's complement.
std::optional<int64_t> ParseElement(std::string_view text, ir::ElementType type) {
  if (std::optional<int64_t> value = ParseInt(text)) return value;
  uint64_t large = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), large);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || type != ir::ElementType::kU64) return std::nullopt;
  return static_cast<int64_t>(large);
}

// f32[2,3] or 2x3xf32.
absl::StatusOr<ir::Shape> ParseShapeSpec(std::string_view text) {
  std::vector<std::string_view> parts;
  std::string_view type_name;
  if (size_t bracket = text.find('['); bracket != std::string_view::npos) {
    type_name = text.substr(0, bracket);
    parts = Split(text.substr(bracket), "[],");
  } else {
    parts = Split(text, "x");
    if (!parts.empty()) {
      type_name = parts.back();
      parts.pop_back();
    }
  }
  auto type = ir::ElementTypeFromName(type_name);
  if (!type || !ir::IsArrayElement(*type))
    return base::InvalidArgument("'%s' is no shape; write f32[2,3] or 2x3xf32", text);
  std::vector<int64_t> dimensions;
  for (std::string_view part : parts) {
    auto size = ParseInt(part);
    if (!size) return base::InvalidArgument("'%s' is no dimension of '%s'", part, text);
    dimensions.push_back(*size);
  }
  return ir::Shape::Make(*type, dimensions);
}

// One number of the list in the element type's own precision.
absl::StatusOr<double> ParseNumber(std::string_view word) {
  if (word == "true") return 1.0;
  if (word == "false") return 0.0;
  std::string copy(word);
  char* end = nullptr;
  double value = std::strtod(copy.c_str(), &end);
  if (end != copy.c_str() + copy.size()) return base::InvalidArgument("'%s' is no number", word);
  return value;
}

absl::StatusOr<ir::Literal> FromWords(const ir::Shape& shape,
                                      const std::vector<std::string_view>& words) {
  int64_t count = shape.ElementCount();
  int64_t parts = ir::IsComplex(shape.element_type()) ? 2 : 1;
  int64_t given = static_cast<int64_t>(words.size());
  if (given != 1 && given != count * parts) {
    return base::InvalidArgument("%s has %d elements, but %d values are given", shape.ToString(),
                                 count, given);
  }
  if (ir::IsInteger(shape.element_type())) {
    std::vector<int64_t> values;
    for (std::string_view word : words) {
      auto value = ParseElement(word, shape.element_type());
      if (!value) return base::InvalidArgument("'%s' is no integer", word);
      values.push_back(*value);
    }
    if (given == 1) values.resize(count, values[0]);
    return ir::Literal::FromInt64s(shape, values);
  }
  std::vector<double> values;
  for (std::string_view word : words) {
    EQSAT_ASSIGN_OR_RETURN(double value, ParseNumber(word));
    values.push_back(value);
  }
  if (given == 1 && parts == 1) values.resize(count, values[0]);
  if (parts == 1) return ir::Literal::FromDoubles(shape, values);
  if (given == 1) return base::InvalidArgument("complex values need both parts of each element");
  if (shape.element_type() == ir::ElementType::kC128) {
    return ir::Literal::Of<double>(shape, values);
  }
  return ir::Literal::Of<float>(shape, std::vector<float>(values.begin(), values.end()));
}

// The element type of a NumPy type string such as "<f4".
std::optional<ir::ElementType> NumpyType(std::string_view descr) {
  static constexpr std::pair<std::string_view, ir::ElementType> kTypes[] = {
      {"|b1", ir::ElementType::kPred}, {"|i1", ir::ElementType::kS8},
      {"|u1", ir::ElementType::kU8},   {"<i2", ir::ElementType::kS16},
      {"<u2", ir::ElementType::kU16},  {"<i4", ir::ElementType::kS32},
      {"<u4", ir::ElementType::kU32},  {"<i8", ir::ElementType::kS64},
      {"<u8", ir::ElementType::kU64},  {"<f2", ir::ElementType::kF16},
      {"<f4", ir::ElementType::kF32},  {"<f8", ir::ElementType::kF64},
      {"<c8", ir::ElementType::kC64},  {"<c16", ir::ElementType::kC128},
      {"<V2", ir::ElementType::kBF16}};
  for (const auto& [name, type] : kTypes)
    if (name == descr) return type;
  return std::nullopt;
}

// The text between the first `open` after `key` and the `close` after that.
std::string_view Between(std::string_view text, std::string_view key, char open, char close) {
  size_t at = text.find(key);
  if (at == std::string_view::npos) return {};
  size_t begin = text.find(open, at + key.size());
  if (begin == std::string_view::npos) return {};
  size_t end = text.find(close, begin + 1);
  if (end == std::string_view::npos) return {};
  return text.substr(begin + 1, end - begin - 1);
}

absl::StatusOr<ir::Literal> ReadValue(const std::string& path) {
  EQSAT_ASSIGN_OR_RETURN(std::string bytes, ReadFile(path));
  absl::StatusOr<ir::Literal> value =
      bytes.starts_with("\x93NUMPY") ? ParseNpy(bytes) : ParseValue(bytes);
  return value.ok() ? value : base::Annotate(value.status(), base::StrCat(path, ": "));
}

std::optional<uint64_t> SeedOf(std::string_view spec) {
  constexpr std::string_view kRandom = "random:";
  if (!spec.starts_with(kRandom)) return std::nullopt;
  auto seed = ParseInt(spec.substr(kRandom.size()));
  return seed ? std::optional<uint64_t>(*seed) : std::nullopt;
}

absl::StatusOr<ir::Literal> InputValue(const ir::Computation& entry, size_t number,
                                       const std::string& spec) {
  const ir::Shape shape = entry[entry.parameters()[number]].shape.WithoutLayout();
  if (spec == "zeros") return ir::Literal::Zero(shape);
  if (auto seed = SeedOf(spec)) return ir::RandomInputs(entry, *seed)[number];
  EQSAT_ASSIGN_OR_RETURN(ir::Literal value,
                         spec.starts_with("@") ? ReadValue(spec.substr(1)) : ParseValue(spec));
  if (!ir::IsActualShapeOf(value.shape(), shape)) {
    return base::InvalidArgument("is %s, but parameter %d is %s", value.shape().ToString(), number,
                                 shape.ToString());
  }
  return value;
}

}  // namespace

absl::StatusOr<ir::Literal> ParseValue(std::string_view text) {
  size_t equals = text.find('=');
  if (equals == std::string_view::npos)
    return base::InvalidArgument("write SHAPE=VALUES, such as f32[2]=[1 2]");
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ParseShapeSpec(text.substr(0, equals)));
  return FromWords(shape, Split(text.substr(equals + 1), "[]{}(), \t\r\n"));
}

absl::StatusOr<ir::Literal> ParseNpy(std::string_view bytes) {
  if (bytes.size() < 12 || !bytes.starts_with("\x93NUMPY"))
    return absl::InvalidArgumentError("is no NumPy array");
  bool wide = bytes[6] > 1;
  auto byte = [&](size_t i) { return static_cast<size_t>(static_cast<uint8_t>(bytes[i])); };
  size_t length = byte(8) | byte(9) << 8;
  if (wide) length |= byte(10) << 16 | byte(11) << 24;
  size_t begin = wide ? 12 : 10;
  if (length > bytes.size() - begin) return absl::InvalidArgumentError("the NumPy header is cut");
  std::string_view header = bytes.substr(begin, length);
  std::string_view descr = Between(header, "'descr':", '\'', '\'');
  auto type = NumpyType(descr);
  if (!type) return base::InvalidArgument("arrays of the NumPy type '%s' are not supported", descr);
  if (header.find("'fortran_order': False") == std::string_view::npos)
    return absl::InvalidArgumentError("the array is in Fortran order; save it in C order");
  std::vector<int64_t> dimensions;
  for (std::string_view part : Split(Between(header, "'shape':", '(', ')'), ", ")) {
    auto size = ParseInt(part);
    if (!size) return base::InvalidArgument("'%s' is no dimension", part);
    dimensions.push_back(*size);
  }
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ir::Shape::Make(*type, dimensions));
  std::string_view content = bytes.substr(begin + length);
  if (static_cast<int64_t>(content.size()) != shape.ByteSize()) {
    return base::InvalidArgument("%s needs %d bytes, but the file has %d", shape.ToString(),
                                 shape.ByteSize(), content.size());
  }
  return ir::Literal::FromBytes(shape, std::vector<uint8_t>(content.begin(), content.end()));
}

absl::StatusOr<std::vector<ir::Literal>> InputValues(const ir::Computation& entry,
                                                     const std::vector<std::string>& specs) {
  size_t count = entry.parameters().size();
  std::string first = specs.empty() ? "random:0" : specs[0];
  bool for_all = specs.size() <= 1 && (first == "zeros" || SeedOf(first));
  if (for_all && first != "zeros") return ir::RandomInputs(entry, *SeedOf(first));
  if (!for_all && specs.size() != count) {
    return base::InvalidArgument("the entry takes %d parameters, but --input is given %d times",
                                 count, specs.size());
  }
  std::vector<ir::Literal> values;
  for (size_t i = 0; i < count; ++i) {
    const std::string& spec = for_all ? first : specs[i];
    absl::StatusOr<ir::Literal> value = InputValue(entry, i, spec);
    if (!value.ok()) {
      std::string shown = spec.size() > 40 ? spec.substr(0, 40) + "..." : spec;
      return base::Annotate(value.status(), base::StrCat("--input=", shown, ": "));
    }
    values.push_back(*std::move(value));
  }
  return values;
}

}  // namespace eqsat::tools
