#include "tools/driver.h"

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "absl/strings/str_format.h"
#include "ir/base/strings.h"

namespace eqsat::tools {
namespace {

std::atomic<bool> interrupted = false;

extern "C" void OnInterrupt(int) {
  if (interrupted.exchange(true)) std::_Exit(kInterrupted);
}

}  // namespace

int Fail(ExitCode code, std::string_view message) {
  std::cerr << "xla-eqsat: error: " << message << "\n";
  return code;
}

int Fail(ExitCode code, const absl::Status& status) {
  if (absl::IsUnavailable(status)) code = kUnavailable;
  if (absl::IsResourceExhausted(status)) code = kLimit;
  if (absl::IsInternal(status)) code = kInternal;
  return Fail(code, std::string(status.message()));
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  if (path == "-") {
    std::ostringstream all;
    all << std::cin.rdbuf();
    return std::move(all).str();
  }
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    return absl::NotFoundError(base::StrCat(path, ": is a directory"));
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(base::StrCat(path, ": cannot be opened"));
  std::ostringstream all;
  all << file.rdbuf();
  if (file.bad()) return absl::NotFoundError(base::StrCat(path, ": cannot be read"));
  return std::move(all).str();
}

absl::Status WriteFile(const std::string& path, std::string_view bytes) {
  if (path == "-") {
    std::cout.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    std::cout.flush();
    return std::cout ? absl::OkStatus() : absl::NotFoundError("stdout: cannot be written");
  }
  std::error_code error;
  // A device such as /dev/null has no place for a temporary file beside it.
  bool is_plain =
      !std::filesystem::exists(path, error) || std::filesystem::is_regular_file(path, error);
  std::string temporary = is_plain ? base::StrCat(path, ".", ::getpid(), ".partial") : path;
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    if (!file) return absl::NotFoundError(base::StrCat(path, ": cannot be created"));
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) {
      if (is_plain) std::filesystem::remove(temporary, error);
      return absl::NotFoundError(base::StrCat(path, ": cannot be written"));
    }
  }
  if (!is_plain) return absl::OkStatus();
  std::filesystem::rename(temporary, path, error);
  if (!error) return absl::OkStatus();
  std::string reason = error.message();
  std::filesystem::remove(temporary, error);
  return absl::NotFoundError(base::StrCat(path, ": ", reason));
}

const std::atomic<bool>& InterruptFlag() { return interrupted; }

void CatchInterrupts() { std::signal(SIGINT, OnInterrupt); }

std::string FormatSeconds(double seconds) {
  if (seconds < 1e-3) return absl::StrFormat("%.4g us", seconds * 1e6);
  if (seconds < 1) return absl::StrFormat("%.4g ms", seconds * 1e3);
  return absl::StrFormat("%.4g s", seconds);
}

std::string HashText(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return absl::StrFormat("%016x", hash);
}

}  // namespace eqsat::tools
