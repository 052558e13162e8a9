#include "tools/reduce/command_check.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "tools/driver.h"

namespace eqsat::tools {
namespace {

constexpr std::string_view kPlaceholder = "{}";

std::string Quoted(const std::string& path) { return base::StrCat("'", path, "'"); }

// The child's side of the fork; only calls that are safe there.
[[noreturn]] void Execute(const char* command) {
  ::setpgid(0, 0);
  std::signal(SIGINT, SIG_DFL);
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, stream);
  ::execl("/bin/sh", "sh", "-c", command, static_cast<char*>(nullptr));
  ::_exit(127);
}

}  // namespace

absl::StatusOr<CommandCheck> CommandCheck::Make(std::string command, double timeout_seconds,
                                                const std::atomic<bool>* interrupt) {
  if (command.find(kPlaceholder) == std::string::npos)
    return base::InvalidArgument("the command '%s' has no {} for the file to check", command);
  std::string folder = (std::filesystem::temp_directory_path() / "xla-eqsat-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr)
    return base::InvalidArgument("%s: cannot be created", folder);
  CommandCheck check;
  check.folder_ = std::move(folder);
  check.path_ = base::StrCat(check.folder_, "/candidate.hlo");
  for (size_t at = 0; (at = command.find(kPlaceholder, at)) != std::string::npos;) {
    const std::string path = Quoted(check.path_);
    command.replace(at, kPlaceholder.size(), path);
    at += path.size();
  }
  check.command_ = std::move(command);
  check.timeout_seconds_ = timeout_seconds;
  check.interrupt_ = interrupt;
  return check;
}

CommandCheck::CommandCheck(CommandCheck&& other) noexcept
    : command_(std::move(other.command_)),
      timeout_seconds_(other.timeout_seconds_),
      interrupt_(other.interrupt_),
      folder_(std::exchange(other.folder_, "")),
      path_(std::move(other.path_)) {}

CommandCheck::~CommandCheck() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

absl::StatusOr<int> CommandCheck::Run(std::string_view text) const {
  EQSAT_RETURN_IF_ERROR(WriteFile(path_, text));
  const pid_t child = ::fork();
  if (child < 0) return absl::InternalError("no process for the check");
  if (child == 0) Execute(command_.c_str());
  ::setpgid(child, child);  // by both sides: either may come first
  const auto begin = std::chrono::steady_clock::now();
  bool killed = false;
  int status = 0;
  auto pause = std::chrono::microseconds(200);
  while (::waitpid(child, &status, WNOHANG) == 0) {
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    const bool interrupted = interrupt_ && *interrupt_;
    if (!killed && (interrupted || taken.count() > timeout_seconds_)) {
      ::kill(-child, SIGKILL);
      killed = true;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(20'000));
  }
  if (killed) return kTimedOut;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace eqsat::tools
