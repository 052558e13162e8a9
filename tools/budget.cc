#include "tools/budget.h"

#include <cstdlib>
#include <optional>
#include <string>

#include "absl/types/span.h"
#include "ir/base/status.h"

namespace eqsat::tools {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr Unit kCounts[] = {{"", 1}, {"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}};
constexpr Unit kBytes[] = {
    {"", 1}, {"k", 1024.0}, {"K", 1024.0}, {"M", 1024.0 * 1024}, {"G", 1024.0 * 1024 * 1024}};
constexpr Unit kTimes[] = {{"ms", 1e-3}, {"s", 1}, {"m", 60}};

// A positive number and its unit.
std::optional<double> ParseAmount(std::string_view text, absl::Span<const Unit> units) {
  std::string copy(text);
  char* end = nullptr;
  double value = std::strtod(copy.c_str(), &end);
  if (end == copy.c_str() || !(value > 0) || value > 1e18) return std::nullopt;
  for (const Unit& unit : units)
    if (unit.name == end) return value * unit.factor;
  return std::nullopt;
}

}  // namespace

Budget BudgetOfLevel(int level) {
  Budget budget;
  if (level <= 0) budget.iterations = 0;
  if (level == 1) budget.seconds = 1;
  if (level >= 3) {
    budget.seconds = 300;
    budget.nodes = 5'000'000;
    budget.bytes = size_t{4} << 30;
  }
  return budget;
}

absl::StatusOr<Budget> ParseBudget(std::string_view text, Budget budget) {
  while (!text.empty()) {
    size_t comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    size_t colon = part.find(':');
    std::string_view key = part.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? "" : part.substr(colon + 1);
    absl::Span<const Unit> units = kCounts;
    if (key == "mem") units = kBytes;
    if (key == "time") units = kTimes;
    std::optional<double> amount = ParseAmount(value, units);
    if (amount && key == "nodes") {
      budget.nodes = static_cast<size_t>(*amount);
    } else if (amount && key == "mem") {
      budget.bytes = static_cast<size_t>(*amount);
    } else if (amount && key == "iterations") {
      budget.iterations = static_cast<size_t>(*amount);
    } else if (amount && key == "time") {
      budget.seconds = *amount;
    } else {
      return base::InvalidArgument(
          "--budget: cannot read '%s'; write nodes:200k, mem:2G, iterations:30 or time:5s", part);
    }
  }
  return budget;
}

}  // namespace eqsat::tools
