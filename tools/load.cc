#include "tools/load.h"

#include "importers/import.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/verify/verify.h"
#include "tools/driver.h"

namespace eqsat::tools {
namespace {

// The importer's messages start with LINE:COL where the format has lines.
std::string PlacePrefix(const std::string& path) {
  return base::StrCat(path == "-" ? "<stdin>" : path, ":");
}

absl::Status VerifyAt(const ir::Module& module, const std::string& path) {
  absl::Status verified = ir::Verify(module);
  if (verified.ok()) return verified;
  return base::Annotate(verified, base::StrCat(PlacePrefix(path), " "));
}

}  // namespace

absl::StatusOr<ir::Module> ParseModule(const std::string& path, std::string_view bytes) {
  absl::StatusOr<ir::Module> module = importers::Import(bytes);
  if (!module.ok()) return base::Annotate(module.status(), PlacePrefix(path));
  EQSAT_RETURN_IF_ERROR(VerifyAt(*module, path));
  return module;
}

absl::StatusOr<ir::Module> LoadModule(const std::string& path) {
  EQSAT_ASSIGN_OR_RETURN(std::string bytes, ReadFile(path));
  return ParseModule(path, bytes);
}

absl::StatusOr<std::vector<ir::Module>> LoadPrograms(const std::string& path) {
  EQSAT_ASSIGN_OR_RETURN(std::string bytes, ReadFile(path));
  absl::StatusOr<std::vector<ir::Module>> programs = importers::ImportPrograms(bytes);
  if (!programs.ok()) return base::Annotate(programs.status(), PlacePrefix(path));
  for (const ir::Module& program : *programs) EQSAT_RETURN_IF_ERROR(VerifyAt(program, path));
  return programs;
}

}  // namespace eqsat::tools
