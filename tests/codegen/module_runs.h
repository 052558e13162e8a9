// Running whole modules by generated code, for comparison with the interpreter.
#ifndef EQSAT_TESTS_CODEGEN_MODULE_RUNS_H_
#define EQSAT_TESTS_CODEGEN_MODULE_RUNS_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/graph/module.h"
#include "ir/shape/literal.h"

namespace eqsat::codegen {

// Plans, lowers and runs `module` as for `target`: compiled where the target is this host, else
// with its GPU kernels run on the host.
absl::StatusOr<ir::Literal> RunModuleOnHostAs(std::string_view target, const ir::Module& module,
                                              absl::Span<const ir::Literal> arguments);

// Arguments of the module's parameter shapes: floats of ordinary size, small integers. The same in
// every run.
std::vector<ir::Literal> ArgumentsFor(const ir::Module& module, uint32_t seed);

// The largest |a - b| / (1 + |b|) over all elements of two values of one shape; infinity where one
// is NaN and the other is not, or shapes differ.
double Distance(const ir::Literal& a, const ir::Literal& b);

}  // namespace eqsat::codegen

#endif  // EQSAT_TESTS_CODEGEN_MODULE_RUNS_H_
