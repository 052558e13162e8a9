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

// Contexts that no well-formed program has: inference must answer, not die.
TEST(OpTable, InferenceIsSafeOnAnyOperands) {
  const Shape kShapes[] = {
      Shape(ElementType::kF32, {}),
      Shape(ElementType::kF32, {0}),
      Shape(ElementType::kF32, {4, 4}),
      Shape(ElementType::kS32, {2}),
      Shape(ElementType::kPred, {2, 1, 4}),
      Shape(ElementType::kC64, {3}),
      Shape::Token(),
      Shape::Tuple({}),
      Shape::Tuple({Shape::Token(), Shape(ElementType::kU32, {}), Shape::Tuple({})}),
      Shape::Make(ElementType::kF32, {Shape::kUnbounded, 2}, {true, false}).value(),
      Shape::Buffer(Shape(ElementType::kF32, {4}))};
  std::vector<std::vector<ProgramShape>> region_lists(2);
  region_lists[1] = {{{}, Shape()}, {{kShapes[0], kShapes[0]}, kShapes[0]}};
  for (OpCode opcode : AllOpCodes()) {
    const OpInfo& info = GetOpInfo(opcode);
    for (size_t count = 0; count <= 7; ++count) {
      for (const Shape& first : kShapes) {
        for (const Shape& rest : kShapes) {
          std::vector<Shape> operands(count, rest);
          if (count > 0) operands[0] = first;
          for (const std::vector<ProgramShape>& regions : region_lists) {
            OpContext context{opcode, operands, info.attributes, regions};
            (void)InferShape(context);
            context.declared = &rest;
            (void)InferShape(context);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace eqsat::ir
