#include "importers/format.h"

#include <algorithm>
#include <array>

#include "importers/hlo_proto/hlo_proto_text.h"
#include "importers/mlir/bytecode_file.h"
#include "importers/onnx/onnx.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace {

struct FormatEntry {
  Format format;
  std::string_view name;
  std::array<std::string_view, 2> endings;  // the usual one first
  bool is_written;
};

constexpr FormatEntry kFormats[] = {
    {Format::kHloText, "hlo-text", {".hlo", ".txt"}, true},
    {Format::kHloProto, "hlo-proto", {".pb"}, true},
    {Format::kHloProtoText, "hlo-proto-text", {".pbtxt"}, true},
    {Format::kHloJson, "hlo-json", {".json"}, true},
    {Format::kStableHlo, "stablehlo", {".mlir"}, true},
    {Format::kStableHloBytecode, "stablehlo-bytecode", {".mlirbc", ".bc"}, false},
    {Format::kOnnx, "onnx", {".onnx"}, false},
};

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// The first line that is neither empty nor a `//` comment decides: what only MLIR begins with.
bool LooksLikeMlir(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    if (line.empty() || line.starts_with("//")) continue;
    for (std::string_view start :
         {"module {", "module @", "module attributes", "module\n", "builtin.module", "func.func",
          "func @", "#", "!", "\"builtin.", "\"func.", "sdy.", "{-#"}) {
      if (line.starts_with(start)) return true;
    }
    return line == "module" || line == "module\r";
  }
  return false;
}

}  // namespace

std::string_view Name(Format format) {
  for (const FormatEntry& entry : kFormats)
    if (entry.format == format) return entry.name;
  return {};
}

std::optional<Format> FormatFromName(std::string_view name) {
  for (const FormatEntry& entry : kFormats)
    if (entry.name == name) return entry.format;
  return std::nullopt;
}

std::optional<Format> FormatFromPath(std::string_view path) {
  for (const FormatEntry& entry : kFormats)
    for (std::string_view ending : entry.endings)
      if (!ending.empty() && path.ends_with(ending)) return entry.format;
  return std::nullopt;
}

std::string WrittenFormats() {
  std::vector<std::string> written;
  for (const FormatEntry& entry : kFormats)
    if (entry.is_written) written.push_back(base::StrCat(entry.name, " (", entry.endings[0], ")"));
  return base::Join(written, ", ");
}

Format DetectFormat(std::string_view bytes) {
  if (bytes.starts_with(mlir::kBytecodeMagic)) return Format::kStableHloBytecode;
  if (LooksLikeOnnx(bytes)) return Format::kOnnx;
  auto first = std::ranges::find_if_not(bytes, IsSpace);
  std::string_view text = bytes.substr(first - bytes.begin());
  if (text.starts_with("HloModule")) return Format::kHloText;
  // The tags and lengths of a message are control characters, which no text holds.
  bool control = std::ranges::any_of(
      bytes, [](char c) { return static_cast<unsigned char>(c) < ' ' && !IsSpace(c); });
  if (control) return Format::kHloProto;
  if (LooksLikeProtoText(text)) return Format::kHloProtoText;
  if (LooksLikeMlir(text)) return Format::kStableHlo;
  return text.starts_with('{') || text.starts_with('[') ? Format::kHloJson : Format::kHloText;
}

std::vector<std::string> SplitModules(std::string_view bytes, std::string_view sign) {
  constexpr std::string_view kLine = "// -----";
  std::vector<std::string> parts;
  if (bytes.find(kLine) == std::string_view::npos) return parts;
  auto add = [&](size_t begin, size_t end) {
    std::string_view part = bytes.substr(begin, end - begin);
    if (part.find(sign) == std::string_view::npos) return;
    std::string lines(std::ranges::count(bytes.substr(0, begin), '\n'), '\n');
    parts.push_back(lines.append(part));
  };
  size_t begin = 0;
  for (size_t at = 0; at < bytes.size();) {
    size_t end = std::min(bytes.find('\n', at), bytes.size());
    if (bytes.substr(at, end - at).starts_with(kLine)) {
      add(begin, at);
      begin = end;
    }
    at = end + 1;
  }
  add(begin, bytes.size());
  return parts;
}

}  // namespace eqsat::importers
