// How much memory reading HLO text takes: `import_memory [FILE.hlo]`. Without a file the graph is
// made from an example. One graph a process, so that nothing is left of another.
#include <cstdio>
#include <fstream>
#include <string>

#include "bench/example_module.h"
#include "importers/import.h"

namespace eqsat::bench {
namespace {

// "VmRSS" (now) or "VmHWM" (the most so far), in bytes.
double ResidentBytes(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kibibytes = 0;
    if (word == field + ":" && status >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

void Measure(const std::string& text) {
  std::ofstream("/proc/self/clear_refs") << "5";  // the most so far is what there is now
  double before = ResidentBytes("VmRSS");
  auto module = importers::Import(text, importers::Format::kHloText).value();
  double most = ResidentBytes("VmHWM") - before, kept = ResidentBytes("VmRSS") - before;
  double size = static_cast<double>(text.size());
  std::printf("%.0f bytes of text; while reading %.2f bytes for each, afterwards %.2f\n", size,
              most / size, kept / size);
}

}  // namespace
}  // namespace eqsat::bench

int main(int argc, char** argv) {
  eqsat::bench::Measure(argc > 1 ? eqsat::bench::ReadFileOrDie(argv[1])
                                 : eqsat::bench::ExampleModule(4 << 20));
}
