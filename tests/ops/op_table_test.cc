// The table of ops is complete and consistent.
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {
namespace {

std::vector<OpCode> AllOpCodes() {
  std::vector<OpCode> all;
  for (int i = 0; i < kNumOpCodes; ++i) all.push_back(static_cast<OpCode>(i));
  return all;
}

TEST(OpTable, HasEveryOpOfHlo) { EXPECT_EQ(kNumOpCodes, 133); }

TEST(OpTable, EveryOpIsFullyDefined) {
  for (OpCode opcode : AllOpCodes()) {
    const OpInfo& info = GetOpInfo(opcode);
    EXPECT_EQ(info.opcode, opcode) << Name(opcode);
    EXPECT_NE(info.infer, nullptr) << Name(opcode);
    EXPECT_NE(info.work, nullptr) << Name(opcode);
    ASSERT_FALSE(info.doc.empty()) << Name(opcode);
    EXPECT_EQ(info.doc.back(), '.') << Name(opcode);
  }
}

TEST(OpTable, NamesAreDistinctAndRoundTrip) {
  std::set<std::string_view> names;
  for (OpCode opcode : AllOpCodes()) {
    EXPECT_TRUE(names.insert(Name(opcode)).second) << Name(opcode);
    EXPECT_EQ(OpCodeFromName(Name(opcode)), opcode);
  }
  EXPECT_EQ(OpCodeFromName("no-such-op"), std::nullopt);
}

TEST(OpTable, CommutativeOpsAreElementwiseOfTwo) {
  std::vector<std::string_view> commutative;
  for (OpCode opcode : AllOpCodes()) {
    const OpInfo& info = GetOpInfo(opcode);
    if (!info.Has(OpTrait::kCommutative)) continue;
    EXPECT_EQ(Arity(opcode), 2) << Name(opcode);
    EXPECT_TRUE(info.Has(OpTrait::kElementwise)) << Name(opcode);
    commutative.push_back(Name(opcode));
  }
  EXPECT_THAT(commutative, testing::ElementsAre("add", "and", "maximum", "minimum", "mulhi",
                                                "multiply", "or", "xor"));
}

TEST(OpTable, ElementwiseOpsHaveAForm) {
  for (OpCode opcode : AllOpCodes()) {
    const OpInfo& info = GetOpInfo(opcode);
    bool elementwise = info.Has(OpTrait::kElementwise);
    EXPECT_TRUE(!elementwise || info.indexing != nullptr) << Name(opcode);
    EXPECT_TRUE(elementwise || !info.Has(OpTrait::kTranscendental)) << Name(opcode);
  }
}

TEST(OpTable, CollectivesHaveEffects) {
  for (OpCode opcode : AllOpCodes()) {
    const OpInfo& info = GetOpInfo(opcode);
    EXPECT_TRUE(!info.Has(OpTrait::kCollective) || info.Has(OpTrait::kSideEffect)) << Name(opcode);
  }
}

TEST(OpTable, ACustomCallSaysWhetherItHasAnEffect) {
  EXPECT_FALSE(HasSideEffect(OpCode::kCustomCall, CustomCallAttributes{}));
  CustomCallAttributes effect;
  effect.custom_call_has_side_effect = true;
  EXPECT_TRUE(HasSideEffect(OpCode::kCustomCall, effect));
  EXPECT_TRUE(HasSideEffect(OpCode::kOutfeed, OutfeedAttributes{}));
  EXPECT_FALSE(HasSideEffect(OpCode::kAdd, NoAttributes{}));
}

}  // namespace
}  // namespace eqsat::ir
