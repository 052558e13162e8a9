// A check that is another program: it gets a file and answers with its exit code.
#ifndef EQSAT_TOOLS_REDUCE_COMMAND_CHECK_H_
#define EQSAT_TOOLS_REDUCE_COMMAND_CHECK_H_

#include <atomic>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace eqsat::tools {

// Runs `command` by /bin/sh, each `{}` in it replaced by the path of a file with the text to check.
// What it prints goes nowhere. It runs in a process group of its own, which is killed when it takes
// too long or when the interrupt is set.
class CommandCheck {
 public:
  // InvalidArgument without a `{}`.
  static absl::StatusOr<CommandCheck> Make(std::string command, double timeout_seconds,
                                           const std::atomic<bool>* interrupt);
  ~CommandCheck();
  CommandCheck(CommandCheck&& other) noexcept;
  CommandCheck& operator=(CommandCheck&&) = delete;

  // Its exit code, 128 + the signal that ended it, or kTimedOut.
  static constexpr int kTimedOut = -1;
  absl::StatusOr<int> Run(std::string_view text) const;

 private:
  CommandCheck() = default;

  std::string command_;
  double timeout_seconds_ = 0;
  const std::atomic<bool>* interrupt_ = nullptr;
  std::string folder_;  // a temporary one; empty once moved from
  std::string path_;
};

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_REDUCE_COMMAND_CHECK_H_
