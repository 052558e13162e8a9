// How long the interpreter takes for one run of a graph on random arguments:
// `interpret_benchmark FILE…`. The reading of the graph is not counted.
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "importers/import.h"
#include "ir/interpret/interpreter.h"
#include "ir/interpret/random_inputs.h"
#include "ir/verify/verify.h"

namespace eqsat::bench {
namespace {

// The computation with random values for constants whose own were elided: exports of large models
// leave the weights out.
absl::StatusOr<ir::Computation> WithWeights(const ir::Computation& computation) {
  std::vector<ir::Instruction> instructions(computation.instructions().begin(),
                                            computation.instructions().end());
  for (size_t i = 0; i < instructions.size(); ++i) {
    ir::Instruction& instruction = instructions[i];
    if (instruction.opcode != ir::OpCode::kConstant) continue;
    if (!instruction.attr<ir::ConstantAttributes>().literal.is_unknown()) continue;
    instruction.attributes = std::make_shared<const ir::Attributes>(
        ir::ConstantAttributes{ir::RandomLiteral(instruction.shape.WithoutLayout(), /*seed=*/i)});
  }
  return ir::Computation::Make(computation.name(), std::move(instructions), computation.root());
}

absl::StatusOr<ir::Module> WithWeights(const ir::Module& module) {
  ir::Module filled(module.header());
  for (const ir::Computation& computation : module.computations()) {
    absl::StatusOr<ir::Computation> made = WithWeights(computation);
    if (!made.ok()) return made.status();
    filled.Add(*std::move(made));
  }
  filled.set_entry(module.entry_id());
  return filled;
}

absl::Status Run(const std::string& path) {
  auto module = importers::ImportFile(path);
  if (module.ok()) module = WithWeights(*module);
  if (!module.ok()) return module.status();
  if (absl::Status verified = ir::Verify(*module); !verified.ok()) return verified;
  std::vector<ir::Literal> arguments = ir::RandomInputs(module->entry(), /*seed=*/1);
  auto start = std::chrono::steady_clock::now();
  auto result = ir::Evaluate(*module, arguments);
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  if (result.ok()) std::printf("%s: %.2f s\n", path.c_str(), seconds.count());
  return result.status();
}

}  // namespace
}  // namespace eqsat::bench

int main(int argc, char** argv) {
  int failures = 0;
  for (int i = 1; i < argc; ++i) {
    absl::Status status = eqsat::bench::Run(argv[i]);
    if (status.ok()) continue;
    std::fprintf(stderr, "%s: %s\n", argv[i], status.ToString().c_str());
    ++failures;
  }
  return failures == 0 ? 0 : 1;
}
