// Reads a graph, whatever its form.
#ifndef EQSAT_IMPORTERS_IMPORT_H_
#define EQSAT_IMPORTERS_IMPORT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/format.h"
#include "importers/import_context.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

// Without a format, the bytes tell it. Errors begin with a place, "LINE:COLUMN: " in text.
absl::StatusOr<ir::Module> Import(std::string_view bytes,
                                  std::optional<Format> format = std::nullopt,
                                  const ImportContext& context = {});

// All the programs of an input: a text of StableHLO may hold several (importers/stablehlo tells
// which), and so may one of HLO that is split by lines `// -----`; other formats hold one. Import
// refuses several.
absl::StatusOr<std::vector<ir::Module>> ImportPrograms(std::string_view bytes,
                                                       std::optional<Format> format = std::nullopt,
                                                       const ImportContext& context = {});

// The folder that a file lies in.
std::string FolderOf(const std::string& path);

// Errors begin "PATH:LINE:COLUMN: ", or "PATH: " where there is no line.
absl::StatusOr<ir::Module> ImportFile(const std::string& path,
                                      std::optional<Format> format = std::nullopt);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_IMPORT_H_
