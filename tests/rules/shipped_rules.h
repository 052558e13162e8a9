// The rules that ship, for tests of them all.
#ifndef EQSAT_TESTS_RULES_SHIPPED_RULES_H_
#define EQSAT_TESTS_RULES_SHIPPED_RULES_H_

#include <gtest/gtest.h>

#include <string>

#include "rules/rule_set.h"

namespace eqsat::rules {

inline const RuleSet& Library() {
  static const RuleSet* const kLibrary = [] {
    auto* rules = new RuleSet();
    auto files = RuleSet::DefaultFiles();
    EXPECT_TRUE(files.ok()) << files.status();
    for (const std::string& file : *files) {
      absl::Status status = rules->AddFile(file);
      EXPECT_TRUE(status.ok()) << status.message();
    }
    return rules;
  }();
  return *kLibrary;
}

}  // namespace eqsat::rules

#endif  // EQSAT_TESTS_RULES_SHIPPED_RULES_H_
