// What the fuzzers have found stays fixed: each input of findings/READER/ passes the reader's
// check.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/fuzz/reader_checks.h"

namespace eqsat::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> FilesIn(const fs::path& folder) {
  std::vector<fs::path> paths;
  if (!fs::exists(folder)) return paths;
  for (const auto& entry : fs::directory_iterator(folder)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(ReplayTest, FindingsStayFixed) {
  for (const ReaderCheckEntry& entry : AllReaderChecks()) {
    for (const fs::path& path :
         FilesIn(fs::path(EQSAT_SOURCE_DIR "/tests/fuzz/findings") / entry.name)) {
      SCOPED_TRACE(path);
      absl::Status status = entry.check(ReadFile(path));
      EXPECT_TRUE(status.ok()) << status;
    }
  }
}

TEST(ReplayTest, NothingIsAnInputToo) {
  for (const ReaderCheckEntry& entry : AllReaderChecks()) {
    absl::Status status = entry.check("");
    EXPECT_TRUE(status.ok()) << entry.name << ": " << status;
  }
}

}  // namespace
}  // namespace eqsat::fuzz
