#include "codegen/targets/backend.h"

#include <algorithm>
#include <vector>

#include "codegen/targets/amdgpu/amdgpu_backend.h"
#include "codegen/targets/cpu/cpu_backend.h"
#include "codegen/targets/nvptx/nvptx_backend.h"

namespace eqsat::codegen {
namespace {

// Trip counts multiply quickly; past this the count says no more than "very many".
constexpr int64_t kManyOperations = int64_t{1} << 50;

class OperationCounter {
 public:
  explicit OperationCounter(const Kernel& kernel) : constants_(kernel.values.size(), 0) {}

  double Count(const Block& block) {
    double count = 0;
    for (const Statement& statement : block.statements) {
      if (statement.op == Op::kConstant)
        constants_[statement.results[0].value()] = static_cast<int64_t>(statement.bits);
      double inside = 0;
      for (const Block& inner : statement.blocks) inside += Count(inner);
      count += 1 + inside * (statement.op == Op::kFor ? Trips(statement) : 1);
    }
    return count;
  }

 private:
  double Trips(const Statement& loop) const {
    int64_t begin = constants_[loop.operands[0].value()];
    int64_t end = constants_[loop.operands[1].value()];
    int64_t step = std::max<int64_t>(constants_[loop.operands[2].value()], 1);
    return std::max(static_cast<double>(end - begin) / static_cast<double>(step), 1.0);
  }

  std::vector<int64_t> constants_;  // by ValueId; 0 if unknown
};

}  // namespace

const Backend* FindBackend(std::string_view family) {
  const Backend* backends[] = {&CpuBackend(), &NvptxBackend(), &AmdgpuBackend()};
  for (const Backend* backend : backends)
    if (backend->family() == family) return backend;
  return nullptr;
}

int64_t CountOperations(const Kernel& kernel) {
  double count =
      OperationCounter(kernel).Count(kernel.body) * static_cast<double>(kernel.NumPoints());
  return static_cast<int64_t>(std::min(count, static_cast<double>(kManyOperations)));
}

}  // namespace eqsat::codegen
