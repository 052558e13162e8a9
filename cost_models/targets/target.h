// What is known of a machine: an immutable description, loaded from one JSON file and validated.
#ifndef EQSAT_COST_MODELS_TARGETS_TARGET_H_
#define EQSAT_COST_MODELS_TARGETS_TARGET_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/shape/element_type.h"

namespace eqsat::cost_models {

// How a number came to be.
enum class FigureKind : uint8_t { kPeak, kAchievable, kMeasured };
enum class Confidence : uint8_t { kHigh, kMedium, kLow };

// One number with its unit and where it is from. Invariant: value is finite and > 0.
struct Figure {
  double value = 0;
  std::string unit;
  FigureKind kind = FigureKind::kPeak;
  std::string source;
  Confidence confidence = Confidence::kLow;
};

enum class MemoryScope : uint8_t { kDevice, kUnit };  // shared by all units, or one in each

struct MemoryLevel {
  std::string name;  // "dram", "l2", "shared"
  MemoryScope scope = MemoryScope::kDevice;
  Figure size_bytes;
  Figure bandwidth_bytes_per_second;  // of the whole device
};

enum class Engine : uint8_t { kVector, kMatrix };

// Rates by the name of an element type, or of a class of them ("f8", "tf32").
using RateTable = std::map<std::string, Figure, std::less<>>;

// Invariants: the first memory level is DRAM; a vector rate for f32 exists; every stated total
// follows from units × clock × rate within 5 %.
struct Target {
  std::string name;    // "amdgpu:gfx942"
  std::string family;  // "cpu", "amdgpu", "nvptx"
  std::string isa;     // what the code generator asks LLVM for
  std::string description;
  Figure compute_units;
  Figure clock_hz;
  std::optional<Figure> matrix_clock_hz;  // absent: clock_hz
  RateTable vector_flops_per_unit_per_cycle;
  RateTable matrix_flops_per_unit_per_cycle;  // empty: no matrix engine
  Figure transcendental_per_unit_per_cycle;
  std::vector<MemoryLevel> memory;  // farthest first
  Figure wave_size;                 // threads or lanes that run in step
  Figure max_workgroup_size;
  Figure registers_per_thread;
  Figure launch_seconds;
  std::vector<std::string> features;          // "mma(bf16,bf16->f32)", "avx2"
  std::map<std::string, std::string> quirks;  // "fp8": "fnuz"
  RateTable vector_total_flops_per_second;
  RateTable matrix_total_flops_per_second;
  std::string note;  // what a user should know of how the target was chosen; usually empty

  const MemoryLevel& dram() const { return memory.front(); }
  // Null if the machine has no such level.
  const MemoryLevel* FindLevel(std::string_view level) const;
  // Of the whole machine. Types without a rate of their own run at the nearest one they are
  // computed in: f8 at f16's on the vector engine, integers at that of the float of their width.
  // Zero where the engine does not take the type.
  double FlopsPerSecond(Engine engine, ir::ElementType type) const;
  double TranscendentalsPerSecond() const;
};

// Parses and validates; errors read `FILE: key: message`.
absl::StatusOr<Target> ParseTarget(std::string_view file, std::string_view json);

}  // namespace eqsat::cost_models

#endif  // EQSAT_COST_MODELS_TARGETS_TARGET_H_
