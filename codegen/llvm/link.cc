#include "codegen/llvm/link.h"

#include <mutex>
#include <system_error>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"
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

absl::Status WriteObject(const std::string& path, std::string_view bytes) {
  std::error_code error;
  llvm::raw_fd_ostream file(path, error);
  if (error) return FileError("write " + path, error);
  file << llvm::StringRef(bytes.data(), bytes.size());
  file.close();
  if (!file.has_error()) return absl::OkStatus();
  error = file.error();
  file.clear_error();
  return FileError("write " + path, error);
}

absl::Status RunLinker(const std::vector<std::string>& arguments) {
  static std::mutex one_at_a_time;
  static bool usable = true;
  std::lock_guard<std::mutex> lock(one_at_a_time);
  if (!usable) return absl::InternalError("the linker cannot run again after a crash");
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  std::vector<const char*> words;
  for (const std::string& argument : arguments) words.push_back(argument.c_str());
  lld::Result result = lld::lldMain(words, stream, stream, {{lld::Gnu, &lld::elf::link}});
  usable = result.canRunAgain;
  if (result.retCode == 0) return absl::OkStatus();
  return absl::InternalError("cannot link kernels: " + messages);
}

}  // namespace

absl::StatusOr<std::string> Link(absl::Span<const std::string> objects, LinkedFile file) {
  ScratchFolder folder;
  if (folder.error()) return FileError("make a temporary folder", folder.error());
  std::string output = folder.File("linked");
  std::vector<std::string> arguments = {"ld.lld", "--build-id=none", "-o", output};
  if (file == LinkedFile::kRelocatable) {
    arguments.push_back("-r");
  } else {
    arguments.insert(arguments.end(), {"-shared", "--no-undefined"});
  }
  for (size_t i = 0; i < objects.size(); ++i) {
    arguments.push_back(folder.File(base::StrCat(i, ".o")));
    EQSAT_RETURN_IF_ERROR(WriteObject(arguments.back(), objects[i]));
  }
  EQSAT_RETURN_IF_ERROR(RunLinker(arguments));
  auto linked = llvm::MemoryBuffer::getFile(output);
  if (!linked) return FileError("read " + output, linked.getError());
  return (*linked)->getBuffer().str();
}

}  // namespace eqsat::codegen
