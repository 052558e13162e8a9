// `xla-eqsat check FILE…`: imports and verifies.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "tools/driver.h"
#include "tools/load.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {

void AddCheckVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand("check", "Import and verify each file; a line a file");
  auto files = std::make_shared<std::vector<std::string>>();
  verb->add_option("FILE", *files, "HLO text, proto or JSON, StableHLO; - for stdin")->required();
  verb->footer("Example:\n  xla-eqsat check model.hlo model.pb");
  verb->callback([files, exit_code] {
    for (const std::string& file : *files) {
      absl::StatusOr<std::vector<ir::Module>> programs = LoadPrograms(file);
      if (programs.ok()) {
        std::cout << "ok " << file << "\n";
      } else {
        std::cout << "error " << programs.status().message() << "\n";
        *exit_code = kBadInput;
      }
    }
  });
}

}  // namespace eqsat::tools
