// `xla-eqsat version [--json]`
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "tools/driver.h"
#include "tools/verbs/verbs.h"
#include "tools/version.h"

namespace eqsat::tools {

void AddVersionVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand("version", "The version and what was built in");
  auto as_json = std::make_shared<bool>(false);
  verb->add_flag("--json", *as_json, "One JSON object");
  verb->callback([as_json, exit_code] {
    if (*as_json) {
      nlohmann::ordered_json object = {{"tool_version", kVersion},
                                       {"back_ends", {"cpu", "nvptx", "amdgpu"}}};
      std::cout << object.dump() << "\n";
    } else {
      std::cout << "xla-eqsat " << kVersion << " (back ends: cpu, nvptx, amdgpu)\n";
    }
    *exit_code = kOk;
  });
}

}  // namespace eqsat::tools
