#include "bench/example_module.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "absl/strings/str_replace.h"
#include "importers/import.h"
#include "ir/base/strings.h"
#include "ir/graph/printer.h"

namespace eqsat::bench {

std::string ReadFileOrDie(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
    std::exit(1);
  }
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string ExampleModule(size_t bytes) {
  auto example = importers::ImportFile(EQSAT_SOURCE_DIR "/examples/attention_train_f32.hlo");
  std::string text = ir::PrintModule(example.value());
  size_t header_end = text.find('\n') + 1;
  std::string body = text.substr(header_end);
  std::string out = text.substr(0, header_end);
  for (int copy = 0; out.size() < bytes; ++copy) {
    bool last = out.size() + body.size() >= bytes;
    out += absl::StrReplaceAll(
        body, {{"%", base::StrCat("%c", copy, "_")}, {"ENTRY ", last ? "ENTRY " : ""}});
  }
  return out;
}

}  // namespace eqsat::bench
