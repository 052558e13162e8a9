// The machine that this program runs on, as a Target.
#ifndef EQSAT_COST_MODELS_TARGETS_HOST_H_
#define EQSAT_COST_MODELS_TARGETS_HOST_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cost_models/targets/target.h"

namespace eqsat::cost_models {

inline constexpr std::string_view kHostTargetName = "cpu:native";

// What the operating system tells of the host; zero or empty where it does not.
struct HostFacts {
  std::string model;  // "AMD EPYC 7763 64-Core Processor"
  std::vector<std::string> flags;
  int64_t cores = 0;  // that this process may run on
  double clock_hz = 0;
  int64_t l1_bytes = 0;
  int64_t l2_bytes = 0;
  int64_t l3_bytes = 0;
};

HostFacts DetectHost();

// The facts of a Linux `/proc/cpuinfo` text: model, flags, highest clock.
HostFacts ReadCpuInfo(std::string_view text);

// `base` with the detected facts in place of its own. Rates per core and cycle follow the vector
// width; bandwidth beyond one core grows with the cores until a socket's memory is saturated.
Target DescribeHost(const Target& base, const HostFacts& facts);

}  // namespace eqsat::cost_models

#endif  // EQSAT_COST_MODELS_TARGETS_HOST_H_
