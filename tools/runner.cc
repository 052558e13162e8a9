#include "tools/runner.h"

#include <memory>
#include <utility>

#include "codegen/compile.h"
#include "codegen/fusion/program_cost.h"
#include "cost_models/targets/find_target.h"
#include "ir/base/status.h"
#include "rules/hlo/flatten.h"
#include "tools/driver.h"

namespace eqsat::tools {

absl::StatusOr<Runner> MakeRunner(const ir::Module& module, const std::string& target_name,
                                  ir::HostStreams* streams) {
  Runner runner;
  if (target_name == "interpret") {
    runner.run = [&module, streams](const std::vector<ir::Literal>& inputs) {
      return ir::Evaluate(module, inputs, {.interrupt = &InterruptFlag(), .streams = streams});
    };
    return runner;
  }
  absl::StatusOr<cost_models::Target> target = cost_models::FindTarget(target_name);
  if (!target.ok()) return absl::UnavailableError(std::string(target.status().message()));
  EQSAT_ASSIGN_OR_RETURN(ir::Module flat, rules::Flatten(module));
  EQSAT_ASSIGN_OR_RETURN(codegen::CompiledModule compiled, codegen::CompileModule(flat, *target));
  EQSAT_ASSIGN_OR_RETURN(std::shared_ptr<const codegen::Executable> executable,
                         codegen::LoadModule(compiled));
  runner.run = [executable](const std::vector<ir::Literal>& inputs) {
    return executable->Run(inputs);
  };
  runner.interpreted_ops = std::move(compiled.lowered.interpreted_ops);
  runner.predicted_seconds =
      codegen::PredictProgram(flat, codegen::PlanModule(flat, *target), *target).seconds;
  return runner;
}

}  // namespace eqsat::tools
