#include "codegen/targets/amdgpu/link.h"

#include <mutex>
#include <system_error>

#include "ir/base/status.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

namespace eqsat::codegen {
namespace {

// A folder of our own below the system's temporary one; removed with all it holds.
class ScratchFolder {
 public:
  ScratchFolder() { error_ = llvm::sys::fs::createUniqueDirectory("xla-eqsat", path_); }
  ~ScratchFolder() {
    if (!error_) error_ = llvm::sys::fs::remove_directories(path_);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::error_code error() const { return error_; }
  std::string File(llvm::StringRef name) const {
    llvm::SmallString<128> file = path_;
    llvm::sys::path::append(file, name);
    return file.str().str();
  }

 private:
  llvm::SmallString<128> path_;
  std::error_code error_;
};

absl::Status FileError(std::string_view what, std::error_code error) {
  return absl::InternalError(absl::StrFormat("cannot %s: %s", what, error.message()));
}

absl::Status RunLinker(const std::string& input, const std::string& output) {
  static std::mutex one_at_a_time;
  static bool usable = true;
  std::lock_guard<std::mutex> lock(one_at_a_time);
  if (!usable) return absl::InternalError("the linker cannot run again after a crash");
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  const char* arguments[] = {"ld.lld",      "-shared", "--no-undefined", "--build-id=none",
                             input.c_str(), "-o",      output.c_str()};
  lld::Result result = lld::lldMain(arguments, stream, stream, {{lld::Gnu, &lld::elf::link}});
  usable = result.canRunAgain;
  if (result.retCode == 0) return absl::OkStatus();
  return absl::InternalError("cannot link code object: " + messages);
}

}  // namespace

absl::StatusOr<std::string> LinkSharedObject(std::string_view object) {
  ScratchFolder folder;
  if (folder.error()) return FileError("make a temporary folder", folder.error());
  std::string input = folder.File("kernels.o");
  std::string output = folder.File("kernels.hsaco");
  std::error_code error;
  {
    llvm::raw_fd_ostream file(input, error);
    if (error) return FileError("write " + input, error);
    file << llvm::StringRef(object.data(), object.size());
    file.close();
    if (file.has_error()) {
      error = file.error();
      file.clear_error();
      return FileError("write " + input, error);
    }
  }
  EQSAT_RETURN_IF_ERROR(RunLinker(input, output));
  auto linked = llvm::MemoryBuffer::getFile(output);
  if (!linked) return FileError("read " + output, linked.getError());
  return (*linked)->getBuffer().str();
}

}  // namespace eqsat::codegen
