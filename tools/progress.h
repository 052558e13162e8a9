// What a long verb tells while it works.
#ifndef EQSAT_TOOLS_PROGRESS_H_
#define EQSAT_TOOLS_PROGRESS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string_view>

namespace eqsat::tools {

enum class ProgressMode : uint8_t { kAuto, kPlain, kNone };

struct ProgressOptions {
  ProgressMode mode = ProgressMode::kAuto;
  bool quiet = false;  // no progress, and no summary either
};

// --progress and -q.
void AddProgressOptions(CLI::App* verb, ProgressOptions* options);

// One line on stderr that is written over as work goes on (on a terminal), or a line a second
// (plain). Nothing else may be printed to stderr between the first Update and Clear.
class ProgressLine {
 public:
  explicit ProgressLine(const ProgressOptions& options);
  ~ProgressLine() { Clear(); }
  void Update(std::string_view text);
  void Clear();

 private:
  ProgressMode mode_;
  bool shown_ = false;
  double last_seconds_ = -1;
};

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_PROGRESS_H_
