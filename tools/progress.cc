#include "tools/progress.h"

#include <unistd.h>

#include <iostream>
#include <map>
#include <string>

#include "tools/clock.h"

namespace eqsat::tools {
void AddProgressOptions(CLI::App* verb, ProgressOptions* options) {
  const std::map<std::string, ProgressMode> modes = {{"auto", ProgressMode::kAuto},
                                                     {"plain", ProgressMode::kPlain},
                                                     {"none", ProgressMode::kNone}};
  verb->add_option_function<std::string>(
          "--progress", [=](const std::string& name) { options->mode = modes.at(name); },
          "auto, plain or none")
      ->check(CLI::IsMember({"auto", "plain", "none"}));
  verb->add_flag("-q,--quiet", options->quiet, "Say nothing but errors");
}

ProgressLine::ProgressLine(const ProgressOptions& options)
    : mode_(options.quiet ? ProgressMode::kNone : options.mode) {
  if (mode_ == ProgressMode::kAuto && !::isatty(STDERR_FILENO)) mode_ = ProgressMode::kNone;
}

void ProgressLine::Update(std::string_view text) {
  if (mode_ == ProgressMode::kNone) return;
  double now = NowSeconds();
  double interval = mode_ == ProgressMode::kPlain ? 1.0 : 0.1;
  if (last_seconds_ >= 0 && now - last_seconds_ < interval) return;
  last_seconds_ = now;
  if (mode_ == ProgressMode::kPlain) {
    std::cerr << text << "\n";
  } else {
    std::cerr << "\r\033[K" << text << std::flush;
    shown_ = true;
  }
}

void ProgressLine::Clear() {
  if (shown_) std::cerr << "\r\033[K" << std::flush;
  shown_ = false;
}

}  // namespace eqsat::tools
