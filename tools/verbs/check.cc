// `xla-eqsat check FILE…`: imports and verifies.
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tools/driver.h"
#include "tools/load.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

// What XLA's verifier makes optional, too, with the words for it.
void AddVerifyOptions(CLI::App& verb, ir::VerifyOptions& options) {
  const std::map<std::string, ir::LayoutRule> rules = {{"ignored", ir::LayoutRule::kIgnored},
                                                       {"shared", ir::LayoutRule::kShared},
                                                       {"kept", ir::LayoutRule::kKept}};
  verb.add_option("--layouts", options.layouts,
                  "ignored: not decided yet; shared: only shared memory fixes them (default); "
                  "kept: ops that move nothing keep them")
      ->transform(CLI::Transformer(rules));
  verb.add_flag("--mixed-precision", options.mixed_precision,
                "Floating-point types of different precision agree");
  verb.add_flag("--bounded", options.bounded_sizes, "Refuse unbounded dimensions");
  verb.add_flag("--reshape-is-bitcast", options.reshape_is_bitcast,
                "Refuse reshapes that move elements in memory");
  verb.add_flag("--one-op-async", options.one_op_async, "Refuse async computations of several ops");
  verb.add_flag("--scheduled-names", options.scheduled_names,
                "Refuse names that differ from scheduling_name in the metadata");
  verb.add_option("--replicas", options.replica_count, "How many, where the header does not say")
      ->check(CLI::PositiveNumber);
  verb.add_option("--partitions", options.num_partitions, "How many, where the header does not say")
      ->check(CLI::PositiveNumber);
}

}  // namespace

void AddCheckVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand("check", "Import and verify each file; a line a file");
  auto files = std::make_shared<std::vector<std::string>>();
  auto dimensions = std::make_shared<DimensionSizes>();
  verb->add_option("FILE", *files, "HLO text, proto or JSON, StableHLO, ONNX; - for stdin")
      ->required();
  AddDimensionOption(verb, dimensions.get());
  auto options = std::make_shared<ir::VerifyOptions>();
  AddVerifyOptions(*verb, *options);
  verb->footer("Example:\n  xla-eqsat check model.hlo model.pb");
  verb->callback([files, dimensions, options, exit_code] {
    for (const std::string& file : *files) {
      absl::Status checked = CheckPrograms(file, *dimensions, *options);
      if (checked.ok()) {
        std::cout << "ok " << file << "\n";
      } else {
        std::cout << "error " << checked.message() << "\n";
        *exit_code = kBadInput;
      }
    }
  });
}

}  // namespace eqsat::tools
