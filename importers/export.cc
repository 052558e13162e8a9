#include "importers/export.h"

#include <optional>

#include "importers/hlo_json/hlo_json.h"
#include "importers/hlo_proto/hlo_proto.h"
#include "importers/hlo_proto/hlo_proto_text.h"
#include "importers/stablehlo/stablehlo.h"
#include "importers/unique_names.h"
#include "ir/base/status.h"
#include "ir/graph/printer.h"

namespace eqsat::importers {

namespace {

absl::StatusOr<std::string> Write(const ir::Module& module, Format format) {
  switch (format) {
    case Format::kHloText:
      return ir::PrintModule(module);
    case Format::kHloProto:
      return SerializeHloProto(module);
    case Format::kHloProtoText:
      return PrintHloProtoText(module);
    case Format::kHloJson:
      return SerializeHloJson(module);
    case Format::kStableHlo:
      return PrintStableHlo(module);
    case Format::kStableHloBytecode:
      return base::Unimplemented("StableHLO is written as text, not as bytecode");
    case Format::kOnnx:
      return base::Unimplemented("ONNX is read but not written");
  }
  return base::InvalidArgument("no such format");
}

}  // namespace

absl::StatusOr<std::string> Export(const ir::Module& module, Format format) {
  const bool is_proto =
      format == Format::kHloProto || format == Format::kHloProtoText || format == Format::kHloJson;
  const std::optional<ir::Module> renamed = is_proto ? WithUniqueNames(module) : std::nullopt;
  return Write(renamed ? *renamed : module, format);
}

}  // namespace eqsat::importers
