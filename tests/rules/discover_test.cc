#include "rules/discover/discover.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace eqsat::rules {
namespace {

using ir::ElementType;
using ir::OpCode;

std::vector<std::string> PairsOf(const TermSpace& space) {
  absl::StatusOr<TermTable> table = TermTable::Enumerate(space);
  EXPECT_TRUE(table.ok()) << table.status();
  std::vector<std::string> pairs;
  for (const auto& [first, later] : table->pairs()) {
    std::string typed;
    pairs.push_back(table->Text(later, "", &typed) + " = " + table->Text(first, "", &typed));
  }
  return pairs;
}

TEST(TermTableTest, PairsAreWhatComputesTheSame) {
  EXPECT_EQ(PairsOf({.ops = {OpCode::kNegate, OpCode::kMaximum},
                     .type = ElementType::kF32,
                     .operations = 2,
                     .variables = 1,
                     .numbers = {}}),
            (std::vector<std::string>{"maximum(a, a) = a", "negate(negate(a)) = a"}));
}

TEST(TermTableTest, ZerosAndNaNsTellTermsApart) {
  const std::vector<std::string> pairs = PairsOf({.ops = {OpCode::kAdd, OpCode::kMultiply},
                                                  .type = ElementType::kF32,
                                                  .operations = 1,
                                                  .variables = 1,
                                                  .numbers = {0, 1}});
  EXPECT_EQ(pairs, std::vector<std::string>{"multiply(a, 1) = a"});
}

TEST(TermTableTest, SpacesThatAreTooLargeAreRefused) {
  EXPECT_FALSE(TermTable::Enumerate({.ops = {OpCode::kAdd, OpCode::kSubtract},
                                     .type = ElementType::kS32,
                                     .operations = 3,
                                     .max_terms = 50})
                   .ok());
  EXPECT_FALSE(TermTable::Enumerate({.type = ElementType::kU8, .numbers = {-1}}).ok());
}

TEST(DiscoverTest, RulesAreMinimalAndProved) {
  DiscoverOptions options;
  options.space = {.ops = {OpCode::kNegate, OpCode::kSubtract},
                   .type = ElementType::kS32,
                   .operations = 2,
                   .variables = 2,
                   .numbers = {0}};
  absl::StatusOr<Discovery> found = Discover(RuleSet(), options);
  ASSERT_TRUE(found.ok()) << found.status();
  absl::StatusOr<std::string> text = found->ToText();
  ASSERT_TRUE(text.ok()) << text.status();
  for (std::string_view rule :
       {"subtract(a: Int, 0) => a", "subtract(a: Int, a) => 0", "negate(negate(a: Int)) => a"})
    EXPECT_NE(text->find(rule), std::string::npos) << rule << "\n" << *text;
  for (const FoundRule& rule : found->rules) EXPECT_EQ(rule.status, ProofStatus::kAny) << rule.text;
  // With these for a library nothing is left to find.
  RuleSet library;
  ASSERT_TRUE(library.AddText("found.eqr", *text).ok()) << *text;
  absl::StatusOr<Discovery> rest = Discover(library, options);
  ASSERT_TRUE(rest.ok());
  EXPECT_TRUE(rest->rules.empty());
}

TEST(DiscoverTest, OtherOpsAreRefused) {
  DiscoverOptions options;
  options.space.ops = {OpCode::kTranspose};
  EXPECT_FALSE(Discover(RuleSet(), options).ok());
  options.space.ops = {OpCode::kCompare};
  EXPECT_FALSE(Discover(RuleSet(), options).ok());
}

}  // namespace
}  // namespace eqsat::rules
