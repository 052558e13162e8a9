// The forms in which a graph comes and goes.
#ifndef EQSAT_IMPORTERS_FORMAT_H_
#define EQSAT_IMPORTERS_FORMAT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eqsat::importers {

enum class Format : uint8_t {
  kHloText,
  kHloProto,
  kHloProtoText,
  kHloJson,
  kStableHlo,
  kStableHloBytecode,
  kOnnx
};

// "hlo-text", "hlo-proto" (bytes), "hlo-proto-text", "hlo-json", "stablehlo" (MLIR text),
// "stablehlo-bytecode" (a portable artifact), "onnx"
std::string_view Name(Format format);
std::optional<Format> FormatFromName(std::string_view name);

// By the file's ending: .hlo and .txt, .pb, .pbtxt, .json, .mlir, .bc and .mlirbc, .onnx.
std::optional<Format> FormatFromPath(std::string_view path);

// Those that a graph can be written in, with their endings: "hlo-text (.hlo), …".
std::string WrittenFormats();

// The modules of a text that is split by lines `// -----`, as XLA's tools split test files;
// none if there is no such line. Each keeps its line numbers: what precedes it is empty lines.
// Parts without `sign`, which every instruction has, are left out.
std::vector<std::string> SplitModules(std::string_view bytes, std::string_view sign);

// By what the bytes look like. Any bytes look like something.
Format DetectFormat(std::string_view bytes);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_FORMAT_H_
