// `xla-eqsat convert IN -o OUT [--to=FORMAT]`: the same module in another format.
#include <memory>
#include <string>

#include "importers/export.h"
#include "importers/format.h"
#include "ir/base/status.h"
#include "tools/driver.h"
#include "tools/load.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct ConvertFlags {
  DimensionSizes dimensions;
  std::string input;
  std::string output = "-";
  std::string format;
};

// By --to, else by the output's ending.
absl::StatusOr<importers::Format> FormatFor(const ConvertFlags& options) {
  if (options.format.empty()) return FormatForOutput(options.output);
  if (auto named = importers::FormatFromName(options.format)) return *named;
  return base::InvalidArgument("--to=%s: no such format; a graph is written as %s", options.format,
                               importers::WrittenFormats());
}

int Convert(const ConvertFlags& options) {
  absl::StatusOr<importers::Format> format = FormatFor(options);
  if (!format.ok()) return Fail(kUsage, format.status());
  absl::StatusOr<ir::Module> module = LoadModule(options.input, options.dimensions);
  if (!module.ok()) return Fail(kBadInput, module.status());
  absl::StatusOr<std::string> bytes = importers::Export(*module, *format);
  if (!bytes.ok()) return Fail(kBadInput, bytes.status());
  absl::Status written = WriteFile(options.output, *bytes);
  return written.ok() ? kOk : Fail(kUsage, written);
}

}  // namespace

void AddConvertVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand("convert", "Write a graph in another format");
  auto options = std::make_shared<ConvertFlags>();
  verb->add_option("IN", options->input, "The graph; - for stdin")->required();
  AddDimensionOption(verb, &options->dimensions);
  verb->add_option("-o,--output", options->output, "Where to write; - for stdout");
  verb->add_option("--to", options->format,
                   importers::WrittenFormats() + "; default: by the output's ending");
  verb->footer("Example:\n  xla-eqsat convert module.pb -o module.hlo");
  verb->callback([options, exit_code] { *exit_code = Convert(*options); });
}

}  // namespace eqsat::tools
