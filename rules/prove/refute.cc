#include "rules/prove/refute.h"

#include "rules/testing/test_rule.h"

namespace eqsat::rules {
namespace {

constexpr uint64_t kSeed = 20;

}  // namespace

std::optional<std::string> Refute(const RuleSet::Entry& entry, int runs) {
  return TestRule(entry, kSeed, runs).counterexample;
}

}  // namespace eqsat::rules
