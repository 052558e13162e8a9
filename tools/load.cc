#include "tools/load.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "importers/import.h"
#include "importers/message_place.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/graph/settle_precision.h"
#include "tools/driver.h"

namespace eqsat::tools {
namespace {

std::string PlacePrefix(const std::string& path) {
  return base::StrCat(path == "-" ? "<stdin>" : path, ":");
}

// The importer's messages start with LINE:COL where the format has lines.
absl::Status ImportError(const absl::Status& error, const std::string& path) {
  const absl::string_view message = error.message();
  const bool has_line = importers::BeginsWithPlace({message.data(), message.size()});
  return base::Annotate(error, base::StrCat(PlacePrefix(path), has_line ? "" : " "));
}

absl::Status VerifyAt(const ir::Module& module, const std::string& path,
                      const ir::VerifyOptions& options = {}) {
  absl::Status verified = ir::Verify(module, options);
  if (verified.ok()) return verified;
  return base::Annotate(verified, base::StrCat(PlacePrefix(path), " "));
}

// The module, verified. What is only loose about precision is a program, too, once it says what is
// converted.
absl::StatusOr<ir::Module> Settled(ir::Module module, const std::string& path) {
  absl::Status verified = VerifyAt(module, path);
  if (verified.ok()) return module;
  if (!ir::Verify(module, {.mixed_precision = true}).ok()) return verified;
  EQSAT_ASSIGN_OR_RETURN(ir::Module settled, ir::SettlePrecision(module));
  if (!ir::Verify(settled).ok()) return verified;
  return settled;
}

// A name may hold colons; what follows the last one is the size.
absl::StatusOr<importers::ImportContext> ContextOf(const std::string& path,
                                                   const DimensionSizes& sizes) {
  importers::ImportContext context;
  if (path != "-") context.folder = importers::FolderOf(path);
  for (const std::string& word : sizes) {
    const size_t colon = word.rfind(':');
    int64_t size = 0;
    if (colon == std::string::npos || colon == 0 ||
        !absl::SimpleAtoi(word.substr(colon + 1), &size) || size < 0) {
      return base::InvalidArgument("--dim=%s: write NAME:SIZE", word);
    }
    context.dimension_sizes[word.substr(0, colon)] = size;
  }
  return context;
}

// Of all programs of a file, not verified.
absl::StatusOr<std::vector<ir::Module>> ImportAll(const std::string& path,
                                                  const DimensionSizes& sizes) {
  EQSAT_ASSIGN_OR_RETURN(importers::ImportContext context, ContextOf(path, sizes));
  EQSAT_ASSIGN_OR_RETURN(std::string bytes, ReadFile(path));
  absl::StatusOr<std::vector<ir::Module>> programs =
      importers::ImportPrograms(bytes, std::nullopt, context);
  if (!programs.ok()) return ImportError(programs.status(), path);
  return programs;
}

}  // namespace

void AddDimensionOption(CLI::App* verb, DimensionSizes* sizes) {
  verb->add_option("--dim", *sizes,
                   "NAME:SIZE: the size of a dimension that an ONNX model only names");
}

absl::StatusOr<ir::Module> ParseModule(const std::string& path, std::string_view bytes,
                                       const DimensionSizes& sizes) {
  EQSAT_ASSIGN_OR_RETURN(importers::ImportContext context, ContextOf(path, sizes));
  absl::StatusOr<ir::Module> module = importers::Import(bytes, std::nullopt, context);
  if (!module.ok()) return ImportError(module.status(), path);
  return Settled(*std::move(module), path);
}

absl::StatusOr<ir::Module> LoadModule(const std::string& path, const DimensionSizes& sizes) {
  EQSAT_ASSIGN_OR_RETURN(std::string bytes, ReadFile(path));
  return ParseModule(path, bytes, sizes);
}

absl::StatusOr<std::vector<ir::Module>> LoadPrograms(const std::string& path,
                                                     const DimensionSizes& sizes) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<ir::Module> programs, ImportAll(path, sizes));
  for (ir::Module& program : programs) {
    EQSAT_ASSIGN_OR_RETURN(program, Settled(std::move(program), path));
  }
  return programs;
}

absl::Status CheckPrograms(const std::string& path, const DimensionSizes& sizes,
                           const ir::VerifyOptions& options) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<ir::Module> programs, ImportAll(path, sizes));
  for (const ir::Module& program : programs)
    EQSAT_RETURN_IF_ERROR(VerifyAt(program, path, options));
  return absl::OkStatus();
}

absl::StatusOr<importers::Format> FormatForOutput(const std::string& path) {
  if (path == "-") return importers::Format::kHloText;
  if (auto format = importers::FormatFromPath(path)) return *format;
  return base::InvalidArgument("%s: its ending names no format; a graph is written as %s", path,
                               importers::WrittenFormats());
}

}  // namespace eqsat::tools
