// Ways to run a module: on the reference interpreter, or compiled for a target.
#ifndef EQSAT_TOOLS_RUNNER_H_
#define EQSAT_TOOLS_RUNNER_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/graph/module.h"
#include "ir/interpret/interpreter.h"
#include "ir/shape/literal.h"

namespace eqsat::tools {

struct Runner {
  std::function<absl::StatusOr<ir::Literal>(const std::vector<ir::Literal>&)> run;
  // Ops that a compiled module leaves to the interpreter, with counts.
  std::map<std::string, int64_t> interpreted_ops;
  double predicted_seconds = 0;  // 0 for the interpreter
};

// `target` is "interpret" or a target's name. `module` outlives the runner. Unavailable if the
// target or its device is not here. `streams` are the interpreter's.
absl::StatusOr<Runner> MakeRunner(const ir::Module& module, const std::string& target,
                                  ir::HostStreams* streams = nullptr);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_RUNNER_H_
