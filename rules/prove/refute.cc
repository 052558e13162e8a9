#include "rules/prove/refute.h"

#include "rules/testing/test_rule.h"

namespace eqsat::rules {
namespace {

constexpr uint64_t kSeed = 20;

}  // namespace

std::optional<std::string> Refute(const RuleSet::Entry& entry, int runs) {
  RuleReport report = TestRule(entry, kSeed, runs);
  for (const std::string& failure : report.failures)
    if (failure.find("differ") != std::string::npos) return failure;
  return std::nullopt;
}

}  // namespace eqsat::rules
