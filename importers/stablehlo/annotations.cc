#include "importers/stablehlo/annotations.h"

#include <algorithm>

#include "importers/hlo_proto/annotation_codec.h"
#include "importers/hlo_text/annotation_parser.h"
#include "importers/stablehlo/shapes.h"
#include "importers/stablehlo/shardy.h"
#include "ir/base/status.h"
#include "ir/base/utf8.h"

namespace eqsat::importers::stablehlo {

ir::OpMetadata MetadataOf(const mlir::Location& location) {
  ir::OpMetadata out;
  // `name:` is a fragment that the next part of the path follows.
  out.op_name = location.name;
  if (out.op_name.ends_with(':')) out.op_name.pop_back();
  out.source_file = location.file;
  out.source_line = location.line;
  out.source_column = location.column;
  out.source_end_line = location.end_line;
  out.source_end_column = location.end_column;
  return out;
}

namespace {

// Older programs hold the bytes of the proto.
std::optional<ir::Sharding> SerializedSharding(const std::string& bytes) {
  WireInput input(bytes);
  absl::StatusOr<ir::Sharding> sharding = DecodeSharding(WireMessage(&input));
  if (!sharding.ok() || !input.ok()) return std::nullopt;
  return *std::move(sharding);
}

}  // namespace

std::optional<ir::Sharding> StatedSharding(const mlir::Attribute& attribute) {
  const auto* text = attribute.As<std::string>();
  if (text == nullptr) return std::nullopt;
  if (base::IsUtf8(*text)) {
    TokenReader reader(*text);
    ir::Sharding parsed;
    if (ParseSharding(reader, &parsed).ok() && reader.AtEnd()) return parsed;
  }
  return SerializedSharding(*text);
}

bool AnnotationsOf(const mlir::Module& source, const std::vector<mlir::NamedAttribute>& attributes,
                   ir::Annotations* notes) {
  bool found = false;
  if (const mlir::Attribute* sharding = mlir::Find(attributes, "mhlo.sharding")) {
    if (std::optional<ir::Sharding> stated = StatedSharding(*sharding)) {
      notes->sharding = *std::move(stated);
      found = true;
    }
  }
  const mlir::Attribute* frontend = mlir::Find(attributes, "mhlo.frontend_attributes");
  const auto* entries = frontend != nullptr ? frontend->As<mlir::DictionaryAttribute>() : nullptr;
  if (entries == nullptr) return ShardyAnnotations(source, attributes, notes) || found;
  for (const auto& [key, value] : entries->entries) {
    if (const auto* text = value.As<std::string>()) {
      notes->frontend_attributes.emplace_back(key, *text);
      found = true;
    }
  }
  std::ranges::sort(notes->frontend_attributes);
  return ShardyAnnotations(source, attributes, notes) || found;
}

void FitSharding(const ir::Shape& shape, ir::Sharding* sharding) {
  if (sharding->kind != ir::Sharding::Kind::kTuple || !shape.IsTuple()) return;
  while (sharding->elements.size() < shape.elements().size()) {
    sharding->elements.push_back({.kind = ir::Sharding::Kind::kReplicated});
  }
}

absl::Status CheckResults(Emitter& emitter, const mlir::Operation& op) {
  for (mlir::ValueId result : op.results) {
    const mlir::Type& type = emitter.source().type(result);
    const ir::Shape& found = emitter.shape(emitter.Value(result));
    if (Fits(type, found)) continue;
    return base::InvalidArgument("the result is of type %s, but the operation gives %s",
                                 type.ToString(), found.ToString());
  }
  return absl::OkStatus();
}

}  // namespace eqsat::importers::stablehlo
