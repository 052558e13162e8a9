#include "importers/import.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "importers/hlo_json/hlo_json.h"
#include "importers/hlo_proto/hlo_proto.h"
#include "importers/hlo_proto/hlo_proto_text.h"
#include "importers/hlo_text/hlo_text.h"
#include "importers/message_place.h"
#include "importers/onnx/onnx.h"
#include "importers/stablehlo/portable_artifact.h"
#include "importers/stablehlo/stablehlo.h"
#include "importers/unique_names.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace {

absl::StatusOr<std::vector<ir::Module>> Alone(absl::StatusOr<ir::Module> module) {
  if (!module.ok()) return module.status();
  std::vector<ir::Module> programs;
  programs.push_back(*std::move(module));
  return programs;
}

using Parser = absl::StatusOr<ir::Module> (*)(std::string_view);

// Each module of a text that may be split.
absl::StatusOr<std::vector<ir::Module>> ParseParts(std::string_view bytes, std::string_view sign,
                                                   Parser parse) {
  std::vector<std::string> parts = SplitModules(bytes, sign);
  if (parts.size() < 2) return Alone(parse(bytes));
  std::vector<ir::Module> programs;
  for (const std::string& part : parts) {
    EQSAT_ASSIGN_OR_RETURN(ir::Module module, parse(part));
    programs.push_back(std::move(module));
  }
  return programs;
}

absl::StatusOr<std::vector<ir::Module>> Parse(std::string_view bytes, Format format,
                                              const ImportContext& context) {
  switch (format) {
    case Format::kHloText:
      return ParseParts(bytes, " = ", ParseHloText);
    case Format::kHloProto:
      return Alone(ParseHloProto(bytes));
    case Format::kHloProtoText:
      return ParseParts(bytes, "opcode", ParseHloProtoText);
    case Format::kHloJson:
      return Alone(ParseHloJson(bytes));
    case Format::kStableHlo:
      return ParseStableHloText(bytes);
    case Format::kStableHloBytecode: {
      EQSAT_ASSIGN_OR_RETURN(mlir::Module module, stablehlo::ReadPortableArtifact(bytes));
      return TranslateStableHlo(std::move(module));
    }
    case Format::kOnnx:
      return Alone(ParseOnnx(bytes, context));
  }
  return base::InvalidArgument("no such format");
}

}  // namespace

std::string FolderOf(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

absl::StatusOr<std::vector<ir::Module>> ImportPrograms(std::string_view bytes,
                                                       std::optional<Format> format,
                                                       const ImportContext& context) {
  if (bytes.empty()) return base::InvalidArgument("1:1: the input is empty");
  EQSAT_ASSIGN_OR_RETURN(std::vector<ir::Module> programs,
                         Parse(bytes, format ? *format : DetectFormat(bytes), context));
  for (ir::Module& program : programs) {
    if (std::optional<ir::Module> renamed = WithUniqueNames(program)) program = *std::move(renamed);
  }
  return programs;
}

absl::StatusOr<ir::Module> Import(std::string_view bytes, std::optional<Format> format,
                                  const ImportContext& context) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<ir::Module> programs, ImportPrograms(bytes, format, context));
  if (programs.size() == 1) return std::move(programs[0]);
  return base::InvalidArgument("1:1: the input holds %d programs, not one", programs.size());
}

absl::StatusOr<ir::Module> ImportFile(const std::string& path, std::optional<Format> format) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(base::StrCat(path, ": ", std::strerror(errno)));
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) return absl::UnavailableError(base::StrCat(path, ": cannot be read"));
  absl::StatusOr<ir::Module> module = Import(bytes, format, {.folder = FolderOf(path)});
  if (module.ok()) return module;
  std::string message(module.status().message());
  return base::Annotate(module.status(), base::StrCat(path, BeginsWithPlace(message) ? ":" : ": "));
}

}  // namespace eqsat::importers
