#include "cost_models/analytic/roofline.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace eqsat::cost_models {
namespace {

using ir::ElementType;
using ir::OpCode;
using ir::OpTrait;

// How much of the shorter of compute and memory time hides behind the longer one.
constexpr double kOverlap = 0.95;

// What kernels reach of a vendor's peak: GEMM reports range from under a half to nine tenths, and
// memory tests reach about four fifths. Measured and achievable figures are taken as they are.
constexpr double kAchievedCompute = 0.7;
constexpr double kAchievedMemory = 0.8;

// Waves that hide the latency of one unit; on CPUs a core needs this many vectors to be worth the
// hand-over.
constexpr double kWavesPerUnit = 8;
constexpr double kVectorsPerCore = 128;

// DRAM is saturated by this share of the units, but by no fewer than that many.
constexpr double kSaturatingShare = 0.25;
constexpr double kSaturatingUnits = 8;

// A level of memory serves a kernel if its working set fills no more than this share of it.
constexpr double kCacheShare = 0.5;

// Shares of the cost of an operation by itself that remain when it is fused.
constexpr double kFusedBytes = 0.25;         // of an elementwise operation
constexpr double kMovedBytesRead = 0.5;      // of a movement
constexpr double kMovedBytesWritten = 0.05;  // a broadcast's result is not stored
constexpr double kFusedLaunch = 0.05;
constexpr double kMostSteps = 5;  // one operation by itself is dearer than another by at most this
constexpr double kFreeSeconds = 1e-12;  // of a change of dimensions without a copy
constexpr double kConstantBytes = 0.01;

// Cycles until the next operation can use a result: floating-point units of CPUs and GPUs alike
// take about four. Division, square root and remainder are chains of such operations.
constexpr double kCycles = 4;
constexpr double kDivisionCycles = 12;
constexpr double kPolynomialCycles = 40;

// Instructions in the time of one multiplication: vector units divide at about an eighth of their
// rate, and integers are divided one by one.
constexpr double kFloatDivision = 8;
constexpr double kIntegerDivision = 20;

// To find an element, and to ask whether it lies in the padding.
constexpr double kPaddedIndex = 2;
// To read and clamp an index, and to find the element.
constexpr double kGatheredIndex = 3;

double Achieved(const Figure& figure, double of_peak) {
  return figure.kind == FigureKind::kPeak ? of_peak : 1;
}

double Sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

double Elements(const ir::Shape& shape) {
  if (shape.IsTuple()) return shape.elements().empty() ? 0 : Elements(shape.element(0));
  if (!shape.IsArray() || shape.HasUnboundedDimensions()) return 0;
  return static_cast<double>(shape.ElementCount());
}

// Changes dimensions of a buffer that stays as it is.
bool IsFree(ir::OpCode opcode) {
  return opcode == ir::OpCode::kReshape || opcode == ir::OpCode::kBitcast;
}

}  // namespace

ElementPrice PriceOfElement(ir::OpCode opcode, ElementType type, size_t operand_count) {
  const auto operands = static_cast<double>(operand_count);
  switch (opcode) {
    case OpCode::kParameter:
    case OpCode::kConstant:
    case OpCode::kTuple:
    case OpCode::kGetTupleElement:
      return {1, 0};
    case OpCode::kDivide:
    case OpCode::kRemainder:
      if (ir::IsInteger(type)) return {kIntegerDivision, kIntegerDivision};
      return {kFloatDivision, kDivisionCycles};
    case OpCode::kSqrt:
    case OpCode::kRsqrt:
      return {1, kDivisionCycles};
    // A minimum of a maximum.
    case OpCode::kClamp:
      return {2, 2 * kCycles};
    case OpCode::kAtan2:
    case OpCode::kCbrt:
    case OpCode::kCosine:
    case OpCode::kErf:
    case OpCode::kExponential:
    case OpCode::kExponentialMinusOne:
    case OpCode::kLog:
    case OpCode::kLogPlusOne:
    case OpCode::kLogistic:
    case OpCode::kPower:
    case OpCode::kSine:
    case OpCode::kTan:
    case OpCode::kTanh:
      return {1, kPolynomialCycles};
    case OpCode::kConcatenate: {
      const double choices = std::max(operands - 1, 1.0);
      return {1, kCycles * choices, choices};
    }
    // Asks for each element whether it is padding.
    case OpCode::kPad:
      return {1, kCycles, kPaddedIndex};
    // Indices are read and clamped first.
    case OpCode::kDynamicSlice:
      return {1, kCycles * operands};
    case OpCode::kDynamicUpdateSlice:
      return {1, kCycles * (operands - 1)};
    case OpCode::kGather:
      return {1, kCycles * (operands + 1), kGatheredIndex};
    default:
      return {1, kCycles};
  }
}

std::string_view Name(Bound bound) {
  constexpr std::string_view kNames[] = {"launch", "compute", "memory"};
  return kNames[static_cast<int>(bound)];
}

Roofline::Roofline(const Target& target) : target_(target) {}

double Roofline::ComputeSeconds(const Arithmetic& arithmetic) const {
  double rate = target_.FlopsPerSecond(arithmetic.engine, arithmetic.type);
  if (rate <= 0) rate = target_.FlopsPerSecond(Engine::kVector, arithmetic.type);
  double seconds = arithmetic.flops / (rate * kAchievedCompute);
  return seconds + arithmetic.transcendentals / target_.TranscendentalsPerSecond();
}

Engine Roofline::ContractionEngine(ElementType type) const {
  return target_.FlopsPerSecond(Engine::kMatrix, type) > 0 ? Engine::kMatrix : Engine::kVector;
}

double Roofline::UnitsBusy(double parallelism) const {
  const bool cpu = target_.max_workgroup_size.value <= 1;
  double per_unit = target_.wave_size.value * (cpu ? kVectorsPerCore : kWavesPerUnit);
  // What does not fill one unit still runs at that unit's speed on a CPU; on a GPU a unit without
  // enough waves waits.
  double units = parallelism / per_unit;
  double least = cpu ? 1 : 1 / kWavesPerUnit;
  return std::clamp(units, std::min(least, target_.compute_units.value),
                    target_.compute_units.value);
}

double Roofline::BytesPerSecond(double working_set) const {
  double best = 0;
  for (const MemoryLevel& level : target_.memory) {
    const bool is_dram = &level == &target_.dram();
    if (!is_dram && (level.scope == MemoryScope::kUnit && target_.compute_units.value > 1))
      continue;
    if (!is_dram && working_set > kCacheShare * level.size_bytes.value) continue;
    const Figure& bandwidth = level.bandwidth_bytes_per_second;
    best = std::max(best, bandwidth.value * Achieved(bandwidth, kAchievedMemory));
  }
  return best;
}

KernelCost Roofline::Kernel(const KernelWork& work) const {
  const double units = target_.compute_units.value;
  const double busy = UnitsBusy(work.parallelism);
  const double saturating = std::max(std::min(units, kSaturatingUnits), units * kSaturatingShare);
  KernelCost cost;
  cost.flops = work.flops;
  cost.bytes = work.bytes;
  cost.launch_seconds = target_.launch_seconds.value;
  cost.latency_seconds = work.latency_cycles / target_.clock_hz.value;
  cost.compute_seconds = work.compute_seconds * units / busy;
  cost.memory_seconds =
      work.bytes / (BytesPerSecond(work.bytes) * std::min(1.0, busy / saturating));
  double shorter = std::min(cost.compute_seconds, cost.memory_seconds);
  double longer = std::max(cost.compute_seconds, cost.memory_seconds);
  cost.seconds = cost.launch_seconds + cost.latency_seconds + longer + (1 - kOverlap) * shorter;
  if (longer > cost.launch_seconds)
    cost.bound = cost.compute_seconds >= cost.memory_seconds ? Bound::kCompute : Bound::kMemory;
  return cost;
}

bool IsContraction(ir::OpCode opcode) {
  using ir::OpCode;
  return opcode == OpCode::kDot || opcode == OpCode::kConvolution || opcode == OpCode::kRaggedDot ||
         opcode == OpCode::kScaledDot;
}

ElementType ArithmeticType(const ir::OpContext& context) {
  if (!context.operands.empty() && context.operands[0].IsArray())
    return context.operands[0].element_type();
  if (context.declared != nullptr && context.declared->IsArray())
    return context.declared->element_type();
  return ElementType::kF32;
}

double Roofline::NodeSeconds(const ir::OpContext& context,
                             absl::Span<const double> region_flops) const {
  const ir::OpInfo& info = ir::GetOpInfo(context.opcode);
  const double bytes_per_second = BytesPerSecond(target_.dram().size_bytes.value);
  if (context.opcode == ir::OpCode::kConstant) {
    const auto bytes = static_cast<double>(context.declared->ByteSize());
    return kFreeSeconds + kConstantBytes * bytes / bytes_per_second;
  }
  if (IsFree(context.opcode)) return kFreeSeconds;
  ir::Work work = info.work(context, region_flops);
  const double read = Sum(work.bytes_read);
  if (work.flops + work.transcendentals + read + work.bytes_written <= 0) return 0;

  const ElementType type = ArithmeticType(context);
  const ElementPrice price = PriceOfElement(context.opcode, type, context.operands.size());
  Arithmetic arithmetic{work.flops * price.instructions_per_flop, work.transcendentals, type};
  if (IsContraction(context.opcode)) arithmetic.engine = ContractionEngine(arithmetic.type);
  const double compute = ComputeSeconds(arithmetic);
  // Copies of a scalar are part of the instructions that use them.
  if (context.opcode == OpCode::kBroadcast && context.operands[0].rank() == 0)
    return kFreeSeconds + kConstantBytes * work.bytes_written / bytes_per_second;
  const double fused_launch = kFusedLaunch * target_.launch_seconds.value *
                              std::clamp(price.latency_cycles / kCycles, 1.0, kMostSteps);
  if (info.Has(OpTrait::kMovement)) {
    return fused_launch + compute +
           (kMovedBytesRead * read + kMovedBytesWritten * work.bytes_written) / bytes_per_second;
  }
  if (info.Has(OpTrait::kElementwise) || read <= 0) {
    return fused_launch + compute + kFusedBytes * (read + work.bytes_written) / bytes_per_second;
  }
  return Kernel({compute, work.flops, read + work.bytes_written, Elements(*context.declared),
                 price.latency_cycles})
      .seconds;
}

}  // namespace eqsat::cost_models
