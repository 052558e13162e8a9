// `xla-eqsat convert IN -o OUT [--to=FORMAT]`: the same module in another format.
#include <memory>
#include <string>

#include "importers/export.h"
#include "tools/driver.h"
#include "tools/load.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct Options {
  DimensionSizes dimensions;
  std::string input;
  std::string output = "-";
  std::string format;
};

int Convert(const Options& options) {
  importers::Format format = importers::Format::kHloText;
  if (!options.format.empty()) {
    auto named = importers::FormatFromName(options.format);
    if (!named) return Fail(kUsage, "--to=" + options.format + ": no such format");
    format = *named;
  } else if (options.output != "-") {
    auto by_ending = importers::FormatFromPath(options.output);
    if (!by_ending) {
      return Fail(kUsage,
                  options.output +
                      ": its ending names no format; use .hlo, .pb, .json or .mlir, or give --to");
    }
    format = *by_ending;
  }
  absl::StatusOr<ir::Module> module = LoadModule(options.input, options.dimensions);
  if (!module.ok()) return Fail(kBadInput, module.status());
  absl::StatusOr<std::string> bytes = importers::Export(*module, format);
  if (!bytes.ok()) return Fail(kBadInput, bytes.status());
  absl::Status written = WriteFile(options.output, *bytes);
  return written.ok() ? kOk : Fail(kUsage, written);
}

}  // namespace

void AddConvertVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand("convert", "Write a graph in another format");
  auto options = std::make_shared<Options>();
  verb->add_option("IN", options->input, "The graph; - for stdin")->required();
  AddDimensionOption(verb, &options->dimensions);
  verb->add_option("-o,--output", options->output, "Where to write; - for stdout");
  verb->add_option("--to", options->format,
                   "hlo-text, hlo-proto, hlo-json or stablehlo; default: by the output's ending");
  verb->footer("Example:\n  xla-eqsat convert module.pb -o module.hlo");
  verb->callback([options, exit_code] { *exit_code = Convert(*options); });
}

}  // namespace eqsat::tools
