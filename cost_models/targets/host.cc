#include "cost_models/targets/host.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace eqsat::cost_models {
namespace {

// DRAM feeds about this many cores at full speed before the socket's channels are the limit.
constexpr double kCoresThatSaturateDram = 8;

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::vector<std::string> Words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

int64_t Configured(int name) { return std::max<long>(sysconf(name), 0); }

// The highest clock, which unlike the present one does not change from run to run. Zero on machines
// without frequency scaling, where /proc/cpuinfo's is constant.
double ScalingMaximumHz() {
  std::ifstream stream("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq");
  double kilohertz = 0;
  stream >> kilohertz;
  return stream ? kilohertz * 1e3 : 0;
}

int64_t AvailableCores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return CPU_COUNT(&set);
  return Configured(_SC_NPROCESSORS_ONLN);
}

Figure Detected(const Figure& base, double value, std::string_view source) {
  if (value <= 0) return base;
  Figure figure = base;
  figure.value = value;
  figure.kind = FigureKind::kMeasured;
  figure.source = source;
  figure.confidence = Confidence::kMedium;
  return figure;
}

void Scale(Figure& figure, double factor) {
  figure.value *= factor;
  if (factor != 1) figure.confidence = Confidence::kLow;
}

void DescribeMemory(Target& target, const HostFacts& facts) {
  const double cores = target.compute_units.value;
  for (MemoryLevel& level : target.memory) {
    const bool dram = level.name == "dram";
    Scale(level.bandwidth_bytes_per_second, dram ? std::min(cores, kCoresThatSaturateDram) : cores);
    int64_t bytes = level.name == "l1"   ? facts.l1_bytes
                    : level.name == "l2" ? facts.l2_bytes
                    : level.name == "l3" ? facts.l3_bytes
                                         : 0;
    level.size_bytes =
        Detected(level.size_bytes, static_cast<double>(bytes), "the C library's sysconf");
  }
}

// A 512-bit unit doubles the rates of the 256-bit base.
void DescribeVectors(Target& target, const HostFacts& facts) {
  auto has = [&](std::string_view flag) {
    return std::find(facts.flags.begin(), facts.flags.end(), flag) != facts.flags.end();
  };
  if (!has("avx512f") || !has("avx512vl")) return;
  for (auto& [type, rate] : target.vector_flops_per_unit_per_cycle) {
    Scale(rate, 2);
    rate.source = "avx512f in /proc/cpuinfo; two 512-bit FMA units are assumed";
  }
  Scale(target.wave_size, 2);
  Scale(target.registers_per_thread, 2);
  target.features.push_back("avx512f");
}

}  // namespace

HostFacts ReadCpuInfo(std::string_view text) {
  HostFacts facts;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) {
    size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::string_view key = Trim(std::string_view(line).substr(0, colon));
    std::string_view value = Trim(std::string_view(line).substr(colon + 1));
    if (key == "model name" && facts.model.empty()) facts.model = value;
    if (key == "flags" && facts.flags.empty()) facts.flags = Words(value);
    if (key == "cpu MHz")
      facts.clock_hz =
          std::max(facts.clock_hz, std::strtod(std::string(value).c_str(), nullptr) * 1e6);
  }
  return facts;
}

HostFacts DetectHost() {
  std::ifstream stream("/proc/cpuinfo");
  std::ostringstream text;
  text << stream.rdbuf();
  HostFacts facts = ReadCpuInfo(text.str());
  if (double hz = ScalingMaximumHz(); hz > 0) facts.clock_hz = hz;
  facts.cores = AvailableCores();
  facts.l1_bytes = Configured(_SC_LEVEL1_DCACHE_SIZE);
  facts.l2_bytes = Configured(_SC_LEVEL2_CACHE_SIZE);
  facts.l3_bytes = Configured(_SC_LEVEL3_CACHE_SIZE);
  return facts;
}

Target DescribeHost(const Target& base, const HostFacts& facts) {
  Target target = base;
  target.name = kHostTargetName;
  target.isa = "native";
  if (!facts.model.empty()) target.description = facts.model;
  target.compute_units = Detected(base.compute_units, static_cast<double>(facts.cores),
                                  "cores that this process may run on");
  target.clock_hz =
      Detected(base.clock_hz, facts.clock_hz, "the highest clock that the kernel reports");
  DescribeMemory(target, facts);
  DescribeVectors(target, facts);
  // Stated totals are those of the base part; here they follow from the rates.
  target.vector_total_flops_per_second.clear();
  target.matrix_total_flops_per_second.clear();
  return target;
}

}  // namespace eqsat::cost_models
