// Every rule that ships holds on random programs and passes the tests it carries.

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rules/rule_set.h"
#include "rules/testing/test_rule.h"
#include "tests/rules/shipped_rules.h"

namespace eqsat::rules {
namespace {

TEST(LibraryTest, HasTheFamilies) {
  std::set<std::string> groups;
  for (const RuleSet::Entry& entry : Library().rules()) groups.insert(entry.rule->group);
  for (const char* family :
       {"algebra", "logic", "layout", "dot", "reduction", "slicing", "conversion"})
    EXPECT_EQ(groups.count(family), 1u) << family;
  EXPECT_GE(Library().rules().size(), 120u);
}

TEST(LibraryTest, EveryRuleHolds) {
  for (const RuleSet::Entry& entry : Library().rules()) {
    RuleReport report = TestRule(entry, /*seed=*/1, /*runs=*/10);
    for (const std::string& failure : report.failures)
      ADD_FAILURE() << entry.rule->Where() << ": " << failure;
  }
}

TEST(LibraryTest, ReportsAreReproducible) {
  const RuleSet::Entry& entry = Library().rules()[0];
  RuleReport a = TestRule(entry, 7, 5);
  RuleReport b = TestRule(entry, 7, 5);
  EXPECT_EQ(a.attempts, b.attempts);
  EXPECT_EQ(a.compared, b.compared);
}

}  // namespace
}  // namespace eqsat::rules
