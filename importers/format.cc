#include "importers/format.h"

#include <algorithm>

namespace eqsat::importers {
namespace {

constexpr Format kFormats[] = {Format::kHloText, Format::kHloProto, Format::kHloJson};

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

}  // namespace

std::string_view Name(Format format) {
  switch (format) {
    case Format::kHloText:
      return "hlo-text";
    case Format::kHloProto:
      return "hlo-proto";
    case Format::kHloJson:
      return "hlo-json";
  }
  return {};
}

std::optional<Format> FormatFromName(std::string_view name) {
  for (Format format : kFormats)
    if (Name(format) == name) return format;
  return std::nullopt;
}

std::optional<Format> FormatFromPath(std::string_view path) {
  if (path.ends_with(".hlo") || path.ends_with(".txt")) return Format::kHloText;
  if (path.ends_with(".pb")) return Format::kHloProto;
  if (path.ends_with(".json")) return Format::kHloJson;
  return std::nullopt;
}

Format DetectFormat(std::string_view bytes) {
  auto first = std::ranges::find_if_not(bytes, IsSpace);
  std::string_view text = bytes.substr(first - bytes.begin());
  if (text.starts_with("HloModule")) return Format::kHloText;
  // The tags and lengths of a message are control characters, which no text holds.
  bool control = std::ranges::any_of(
      bytes, [](char c) { return static_cast<unsigned char>(c) < ' ' && !IsSpace(c); });
  if (control) return Format::kHloProto;
  return text.starts_with('{') || text.starts_with('[') ? Format::kHloJson : Format::kHloText;
}

}  // namespace eqsat::importers
