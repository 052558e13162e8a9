// Each rule of wrong_rules.eqr is refuted by a program: the interpreter confirms that its two sides
// differ, or the right side cannot be built.

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/prove/prove_rule.h"
#include "rules/rule_set.h"

namespace eqsat::rules {
namespace {

using ::testing::HasSubstr;

TEST(WrongRulesTest, AreRefuted) {
  RuleSet rules;
  ASSERT_EQ(rules.AddFile(EQSAT_SOURCE_DIR "/tests/rules/wrong_rules.eqr"), absl::OkStatus());
  EXPECT_GE(rules.rules().size(), 360);
  for (const RuleSet::Entry& entry : rules.rules()) {
    const ProofReport report = ProveRule(entry);
    EXPECT_EQ(report.status, ProofStatus::kRefuted)
        << entry.rule->Where() << " is " << NameOf(report.status) << "\n"
        << report.detail;
    EXPECT_THAT(report.detail, HasSubstr("left:")) << entry.rule->Where();
  }
}

}  // namespace
}  // namespace eqsat::rules
