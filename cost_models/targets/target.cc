#include "cost_models/targets/target.h"

#include "ir/base/strings.h"

namespace eqsat::cost_models {
namespace {

using ir::ElementType;

const Figure* Find(const RateTable& table, std::string_view name) {
  auto it = table.find(name);
  return it == table.end() ? nullptr : &it->second;
}

// The rate tables' names that may stand for `type`, the nearest first.
std::vector<std::string_view> RateNames(Engine engine, ElementType type) {
  int bits = ir::BitWidth(type);
  std::vector<std::string_view> names = {ir::Name(type)};
  if (engine == Engine::kMatrix) {
    if (ir::IsFloat(type) && bits <= 4) names.push_back("f4");
    if (ir::IsFloat(type) && bits <= 8) names.push_back("f8");
    if (ir::IsInteger(type) && bits <= 8) names.push_back("s8");
    return names;
  }
  if (ir::IsComplex(type)) return {bits <= 64 ? "f32" : "f64"};
  if (bits > 32) names.push_back("f64");
  if (ir::IsFloat(type) && bits == 16) names.push_back("f16");
  names.push_back("f32");
  return names;
}

}  // namespace

const MemoryLevel* Target::FindLevel(std::string_view level) const {
  for (const MemoryLevel& candidate : memory)
    if (candidate.name == level) return &candidate;
  return nullptr;
}

double Target::FlopsPerSecond(Engine engine, ElementType type) const {
  const bool matrix = engine == Engine::kMatrix;
  const RateTable& rates =
      matrix ? matrix_flops_per_unit_per_cycle : vector_flops_per_unit_per_cycle;
  const Figure& clock = matrix && matrix_clock_hz ? *matrix_clock_hz : clock_hz;
  for (std::string_view rate_name : RateNames(engine, type)) {
    if (const Figure* rate = Find(rates, rate_name))
      return compute_units.value * clock.value * rate->value;
  }
  return 0;
}

double Target::TranscendentalsPerSecond() const {
  return compute_units.value * clock_hz.value * transcendental_per_unit_per_cycle.value;
}

}  // namespace eqsat::cost_models
