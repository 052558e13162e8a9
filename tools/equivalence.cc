#include "tools/equivalence.h"

#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/interpreter.h"
#include "ir/interpret/named_devices.h"
#include "rules/testing/program_inputs.h"
#include "rules/testing/sample_values.h"

namespace eqsat::tools {
namespace {

// `module` on the devices that both programs run on.
ir::Module OnDevices(ir::Module module, const ir::DeviceCounts& devices) {
  module.mutable_header().replica_count = devices.replicas;
  module.mutable_header().num_partitions = devices.partitions;
  return module;
}

std::optional<std::string> Compare(const ir::Literal& expected, const ir::Literal& actual,
                                   const EquivalenceOptions& options) {
  if (options.numerics >= rules::Numerics::kReassoc)
    return ir::CompareLiterals(expected, actual, options.tolerance);
  return rules::FirstMismatch(expected, actual, rules::Tolerance{.numerics = options.numerics});
}

}  // namespace

bool SameInterface(const ir::Module& a, const ir::Module& b) {
  const ir::ProgramShape of_a = a.entry().program_shape();
  const ir::ProgramShape of_b = b.entry().program_shape();
  if (of_a.parameters.size() != of_b.parameters.size()) return false;
  for (size_t i = 0; i < of_a.parameters.size(); ++i)
    if (!ir::Shape::Compatible(of_a.parameters[i], of_b.parameters[i])) return false;
  return ir::Shape::Compatible(of_a.result, of_b.result);
}

absl::StatusOr<std::optional<Difference>> FindDifference(const ir::Module& a, const ir::Module& b,
                                                         const EquivalenceOptions& options) {
  const ir::DeviceCounts devices = ir::DevicesNamedBy(a);
  const ir::Module left = OnDevices(a, devices);
  const ir::Module right = OnDevices(b, devices);
  const ir::InterpreterOptions interpreter{.interrupt = options.interrupt,
                                           .uninterpreted_calls = true};
  for (int run = 0; run < options.runs; ++run) {
    const uint64_t seed = options.seed + static_cast<uint64_t>(run);
    const std::vector<ir::Literal> inputs = rules::ProgramInputs(left, seed, options.numerics);
    EQSAT_ASSIGN_OR_RETURN(ir::Literal expected, ir::Evaluate(left, inputs, interpreter));
    EQSAT_ASSIGN_OR_RETURN(ir::Literal actual, ir::Evaluate(right, inputs, interpreter));
    if (auto text = Compare(expected, actual, options))
      return std::optional<Difference>({.seed = seed, .text = *std::move(text)});
  }
  return std::optional<Difference>();
}

}  // namespace eqsat::tools
