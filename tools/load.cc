#include "tools/load.h"

#include "importers/import.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/verify/verify.h"
#include "tools/driver.h"

namespace eqsat::tools {

absl::StatusOr<ir::Module> ParseModule(const std::string& path, std::string_view bytes) {
  // The importer's messages start with LINE:COL where the format has lines.
  std::string prefix = base::StrCat(path == "-" ? "<stdin>" : path, ":");
  absl::StatusOr<ir::Module> module = importers::Import(bytes);
  if (!module.ok()) return base::Annotate(module.status(), prefix);
  absl::Status verified = ir::Verify(*module);
  if (!verified.ok()) return base::Annotate(verified, base::StrCat(prefix, " "));
  return module;
}

absl::StatusOr<ir::Module> LoadModule(const std::string& path) {
  EQSAT_ASSIGN_OR_RETURN(std::string bytes, ReadFile(path));
  return ParseModule(path, bytes);
}

}  // namespace eqsat::tools
