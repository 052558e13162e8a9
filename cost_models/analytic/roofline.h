// The time of a kernel on a Target, from its arithmetic, the bytes it moves and its launch.
//
//   seconds = launch + latency + compute + memory - 0.95 min(compute, memory)
//
// compute and memory overlap but for a twentieth of the shorter one. Each is divided by the share
// of the machine that the kernel's parallelism can fill. Memory that fits a cache moves at that
// cache's bandwidth, since the kernel before has most likely just written it. latency is what the
// first element needs to pass through the kernel's operations one after the other.
#ifndef EQSAT_COST_MODELS_ANALYTIC_ROOFLINE_H_
#define EQSAT_COST_MODELS_ANALYTIC_ROOFLINE_H_

#include <string_view>

#include "absl/types/span.h"
#include "cost_models/targets/target.h"
#include "ir/ops/op_info.h"
#include "ir/shape/element_type.h"

namespace eqsat::cost_models {

enum class Bound : uint8_t { kLaunch, kCompute, kMemory };
std::string_view Name(Bound bound);

struct KernelCost {
  double seconds = 0;  // finite, > 0
  double flops = 0;    // elementary functions not included
  double bytes = 0;
  double launch_seconds = 0;
  double compute_seconds = 0;
  double memory_seconds = 0;
  double latency_seconds = 0;
  Bound bound = Bound::kLaunch;  // the largest of the three
};

// What one element of an operation asks of a processor, beside what ir::Work counts. Divisions and
// remainders are one flop in HLO's count and many instructions on every machine.
struct ElementPrice {
  double instructions_per_flop = 1;  // in the time of a multiplication
  double latency_cycles = 0;         // until its result can be used
  // To find the element that a movement takes from an array of one dimension: a concatenation asks
  // which operand it is from.
  double index_operations = 1;
};
// `type` as by ArithmeticType.
ElementPrice PriceOfElement(ir::OpCode opcode, ir::ElementType type, size_t operand_count);

// Arithmetic of one kind.
struct Arithmetic {
  double flops = 0;
  double transcendentals = 0;
  ir::ElementType type = ir::ElementType::kF32;
  Engine engine = Engine::kVector;  // of the flops; elementary functions have a rate of their own
};

struct KernelWork {
  double compute_seconds = 0;  // with the whole machine busy: the sum of Roofline::ComputeSeconds
  double flops = 0;
  double bytes = 0;           // read and written, each operand and result once
  double parallelism = 1;     // result elements that can be computed independently
  double latency_cycles = 0;  // of the operations, one after the other
};

// Invariant: every cost is finite, not negative, and grows with the work. Refers to the target,
// which must outlive it.
class Roofline {
 public:
  explicit Roofline(const Target& target);

  double ComputeSeconds(const Arithmetic& arithmetic) const;
  KernelCost Kernel(const KernelWork& work) const;

  // The matrix engine if it takes `type`, else the vector engine.
  Engine ContractionEngine(ir::ElementType type) const;

  // A share of a kernel's cost for one operation by itself, before it is known what it is fused
  // with: a bound for extraction node by node. 0 for what needs no code (parameter, tuple, …), else
  // > 0. Operations that fuse pay no launch and a part of their bytes; every operation pays a
  // little, so that fewer are better. `context.declared` is the result's shape.
  double NodeSeconds(const ir::OpContext& context,
                     absl::Span<const double> region_flops = {}) const;

  const Target& target() const { return target_; }

 private:
  double UnitsBusy(double parallelism) const;
  double BytesPerSecond(double working_set) const;

  const Target& target_;
};

// The element type whose rate an operation runs at: its first operand's, or the result's.
ir::ElementType ArithmeticType(const ir::OpContext& context);

// True if the matrix engine can run it.
bool IsContraction(ir::OpCode opcode);

}  // namespace eqsat::cost_models

#endif  // EQSAT_COST_MODELS_ANALYTIC_ROOFLINE_H_
