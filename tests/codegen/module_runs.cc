#include "tests/codegen/module_runs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "codegen/compile.h"
#include "cost_models/targets/find_target.h"
#include "ir/base/status.h"
#include "tests/codegen/gpu_on_host.h"

namespace eqsat::codegen {
namespace {

ir::Literal ValueFor(const ir::Shape& shape, std::mt19937& random) {
  if (shape.IsTuple()) {
    std::vector<ir::Literal> elements;
    for (const ir::Shape& element : shape.elements()) elements.push_back(ValueFor(element, random));
    return ir::Literal::Tuple(std::move(elements));
  }
  if (!shape.IsArray()) return ir::Literal::Zero(shape);
  std::vector<double> values(static_cast<size_t>(shape.ElementCount()));
  bool is_float = ir::IsFloat(shape.element_type());
  for (double& value : values)
    value = is_float ? static_cast<double>(random() % 2001) / 1000 - 1 : random() % 2;
  return ir::Literal::FromDoubles(shape, values);
}

double ArrayDistance(const ir::Literal& a, const ir::Literal& b) {
  double distance = 0;
  for (int64_t i = 0; i < a.shape().ElementCount(); ++i) {
    std::complex<double> x = a.AsComplex(i);
    std::complex<double> y = b.AsComplex(i);
    if (x == y || (std::isnan(std::abs(x)) && std::isnan(std::abs(y)))) continue;
    double here = std::abs(x - y) / (1 + std::abs(y));
    distance =
        std::isnan(here) ? std::numeric_limits<double>::infinity() : std::max(distance, here);
  }
  return distance;
}

}  // namespace

absl::StatusOr<ir::Literal> RunModuleOnHostAs(std::string_view target_name,
                                              const ir::Module& module,
                                              absl::Span<const ir::Literal> arguments) {
  EQSAT_ASSIGN_OR_RETURN(cost_models::Target target, cost_models::FindTarget(target_name));
  std::unique_ptr<Executable> executable;
  if (target.family == "cpu") {
    EQSAT_ASSIGN_OR_RETURN(CompiledModule compiled, CompileModule(module, target));
    EQSAT_ASSIGN_OR_RETURN(executable, LoadModule(compiled));
  } else {
    EQSAT_ASSIGN_OR_RETURN(LoweredModule lowered, LowerModule(module, target));
    EQSAT_ASSIGN_OR_RETURN(std::unique_ptr<Device> device, LoadGpuOnHost(lowered.kernels, target));
    EQSAT_ASSIGN_OR_RETURN(
        executable,
        Executable::Create(std::move(lowered.module), std::move(lowered.plan), std::move(device)));
  }
  return executable->Run(arguments);
}

std::vector<ir::Literal> ArgumentsFor(const ir::Module& module, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<ir::Literal> arguments;
  for (ir::InstructionId id : module.entry().parameters())
    arguments.push_back(ValueFor(module.entry()[id].shape, random));
  return arguments;
}

double Distance(const ir::Literal& a, const ir::Literal& b) {
  if (!ir::Shape::Compatible(a.shape(), b.shape())) return std::numeric_limits<double>::infinity();
  if (a.shape().IsArray()) return ArrayDistance(a, b);
  double distance = 0;
  for (size_t i = 0; i < a.elements().size(); ++i)
    distance = std::max(distance, Distance(a.elements()[i], b.elements()[i]));
  return distance;
}

}  // namespace eqsat::codegen
