// What the verbs share: exit codes, messages, files and the terminal.
#ifndef EQSAT_TOOLS_DRIVER_H_
#define EQSAT_TOOLS_DRIVER_H_

#include <atomic>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace eqsat::tools {

// The process's exit status; docs/cli.md lists them.
enum ExitCode : int {
  kOk = 0,
  kCheckFailed = 1,
  kUsage = 2,
  kBadInput = 3,
  kBadRules = 4,
  kMismatch = 5,
  kLimit = 6,
  kUnavailable = 7,
  kInternal = 70,
  kInterrupted = 130,
};

// Prints `xla-eqsat: error: MESSAGE` on stderr and returns `code`.
int Fail(ExitCode code, std::string_view message);
// The same for a status: Unavailable exits 7, ResourceExhausted 6, Internal 70, others `code`.
int Fail(ExitCode code, const absl::Status& status);

// The whole of a file, or of stdin for "-".
absl::StatusOr<std::string> ReadFile(const std::string& path);
// Writes a file whole or not at all (a temporary file beside it, then a rename); "-" is stdout.
absl::Status WriteFile(const std::string& path, std::string_view bytes);

// Set by the first Ctrl-C: stop soon and deliver what there is. The second one ends the process.
const std::atomic<bool>& InterruptFlag();
void CatchInterrupts();

// "1.23 ms"
std::string FormatSeconds(double seconds);

// 16 hexadecimal digits that depend on the bytes alone (FNV-1a).
std::string HashText(std::string_view bytes);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_DRIVER_H_
