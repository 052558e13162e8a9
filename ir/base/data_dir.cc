#include "ir/base/data_dir.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace eqsat::base {
namespace {

namespace fs = std::filesystem;

fs::path DataDir() {
  if (const char* chosen = std::getenv("XLA_EQSAT_DATA"); chosen != nullptr && *chosen != '\0')
    return chosen;
  std::error_code error;
  fs::path executable = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    fs::path installed = executable.parent_path().parent_path() / "share" / "xla-eqsat";
    if (fs::is_directory(installed, error)) return installed;
  }
  return EQSAT_DATA_DIR;
}

}  // namespace

std::string DataPath(std::string_view relative) { return (DataDir() / relative).string(); }

}  // namespace eqsat::base
