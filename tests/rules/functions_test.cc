// The function library: the definitions, checked on values worked out by hand.

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "rules/functions/function.h"

namespace eqsat::rules {
namespace {

// Functions of lists ask for no facts.
class NoFacts : public Facts {
 public:
  const ir::Shape& shape(engine::ClassId) const override { return shape_; }
  const ir::Literal* literal(engine::ClassId) const override { return nullptr; }
  const ir::Literal* splat(engine::ClassId) const override { return nullptr; }
  bool HasTerm(engine::ClassId, ir::OpCode) const override { return false; }
  bool MayDependOn(engine::ClassId, engine::ClassId) const override { return true; }

 private:
  ir::Shape shape_;
};

Value Call(const std::string& name, std::vector<Value> arguments) {
  const Function* function = FindFunction(name);
  EXPECT_NE(function, nullptr) << name;
  return function ? function->evaluate(NoFacts(), arguments) : Value();
}

Ints List(const std::string& name, std::vector<Value> arguments) {
  Value value = Call(name, std::move(arguments));
  const Ints* list = std::get_if<Ints>(&value);
  EXPECT_NE(list, nullptr) << name << " has no value";
  return list ? *list : Ints{-999};
}

bool HasNoValue(const std::string& name, std::vector<Value> arguments) {
  return Call(name, std::move(arguments)).index() == 0;
}

TEST(FunctionsTest, Permutations) {
  EXPECT_EQ(List("compose", {Ints{1, 2, 0}, Ints{2, 0, 1}}), (Ints{0, 1, 2}));
  EXPECT_EQ(List("compose", {Ints{2, 0, 1}, Ints{1, 0, 2}}), (Ints{0, 2, 1}));
  EXPECT_EQ(List("inverse", {Ints{1, 2, 0}}), (Ints{2, 0, 1}));
  EXPECT_EQ(List("permute", {Ints{5, 6, 7}, Ints{2, 0, 1}}), (Ints{7, 5, 6}));
  EXPECT_TRUE(HasNoValue("inverse", {Ints{1, 1}}));
  EXPECT_TRUE(HasNoValue("map", {Ints{1, 2}, Ints{2}}));
}

TEST(FunctionsTest, DimensionNumbers) {
  EXPECT_EQ(List("free", {int64_t{5}, Ints{0}, Ints{3}}), (Ints{1, 2, 4}));
  EXPECT_EQ(List("complement", {int64_t{3}, Ints{1}}), (Ints{0, 2}));
  EXPECT_EQ(List("union", {Ints{3, 1}, Ints{1, 0}}), (Ints{0, 1, 3}));
  // Of [0, 1, 2, 3] without 1, what is left is [0, 2, 3].
  EXPECT_EQ(List("lift", {Ints{1}, Ints{0, 1, 2}}), (Ints{0, 2, 3}));
  EXPECT_EQ(List("lower", {Ints{1}, Ints{0, 2, 3}}), (Ints{0, 1, 2}));
  EXPECT_TRUE(HasNoValue("lower", {Ints{1}, Ints{1}}));
  EXPECT_TRUE(HasNoValue("lift", {Ints{1}, Ints{-1}}));
}

TEST(FunctionsTest, ReshapeSources) {
  Ints merged = {2, 3, 4};
  EXPECT_EQ(List("reshape_sources", {merged, Ints{6, 4}, Ints{0}}), (Ints{0, 1}));
  EXPECT_EQ(List("reshape_sources", {merged, Ints{6, 4}, Ints{1, 0}}), (Ints{2, 0, 1}));
  // A size of 1 that the reshape adds has no source; one that it drops is no source.
  EXPECT_EQ(List("reshape_sources", {merged, Ints{2, 1, 12}, Ints{1, 2}}), (Ints{1, 2}));
  EXPECT_EQ(List("reshape_sources", {Ints{2, 1, 3}, Ints{2, 3}, Ints{0, 1}}), (Ints{0, 2}));
  // [2, 3] becomes [3, 2]: no dim of one is made of whole dims of the other.
  EXPECT_TRUE(HasNoValue("reshape_sources", {merged, Ints{3, 2, 4}, Ints{0}}));
  EXPECT_EQ(List("reshape_sources", {merged, Ints{3, 2, 4}, Ints{2}}), (Ints{2}));
  EXPECT_TRUE(HasNoValue("reshape_sources", {merged, Ints{2, 2, 2, 3}, Ints{1}}));
  EXPECT_EQ(List("reshape_heads", {Ints{2, 3, 4}, Ints{2, 12}}), (Ints{0, 1}));
  EXPECT_TRUE(HasNoValue("reshape_heads", {Ints{2, 3, 4}, Ints{3, 8}}));
  EXPECT_TRUE(HasNoValue("reshape_heads", {Ints{2, 3}, Ints{2, 1, 3}}));
  EXPECT_TRUE(HasNoValue("reshape_sources", {Ints{0, 2}, Ints{2, 0}, Ints{0}}));
  EXPECT_TRUE(HasNoValue("reshape_sources", {merged, Ints{24}, Ints{1}}));
}

TEST(FunctionsTest, Lists) {
  EXPECT_EQ(List("concat", {Ints{1}, Ints{2, 3}}), (Ints{1, 2, 3}));
  EXPECT_EQ(List("drop", {Ints{5, 6, 7}, Ints{1}}), (Ints{5, 7}));
  EXPECT_EQ(List("take", {Ints{5, 6, 7}, int64_t{2}}), (Ints{5, 6}));
  EXPECT_EQ(List("skip", {Ints{5, 6, 7}, int64_t{2}}), (Ints{7}));
  EXPECT_EQ(List("with", {Ints{5, 6}, int64_t{1}, int64_t{9}}), (Ints{5, 9}));
  EXPECT_EQ(List("insert", {Ints{5, 6}, int64_t{2}, int64_t{9}}), (Ints{5, 6, 9}));
  EXPECT_EQ(List("positions", {Ints{4, 5, 6}, Ints{6, 4}}), (Ints{2, 0}));
  EXPECT_EQ(List("fill", {int64_t{2}, int64_t{7}}), (Ints{7, 7}));
  EXPECT_TRUE(HasNoValue("at", {Ints{5}, int64_t{1}}));
  EXPECT_TRUE(HasNoValue("fill", {int64_t{1} << 40, int64_t{7}}));
  EXPECT_TRUE(HasNoValue("prod", {Ints{int64_t{1} << 40, int64_t{1} << 40}}));
}

bool Widens(ir::ElementType from, ir::ElementType to) {
  return std::get<bool>(Call("widens_exactly", {from, to}));
}

TEST(FunctionsTest, ExactWidening) {
  using ir::ElementType;
  EXPECT_TRUE(Widens(ElementType::kBF16, ElementType::kF32));
  EXPECT_TRUE(Widens(ElementType::kF16, ElementType::kF32));
  EXPECT_FALSE(Widens(ElementType::kF16, ElementType::kBF16));
  EXPECT_FALSE(Widens(ElementType::kBF16, ElementType::kF16));
  EXPECT_TRUE(Widens(ElementType::kS8, ElementType::kBF16));
  EXPECT_FALSE(Widens(ElementType::kS16, ElementType::kBF16));
  EXPECT_TRUE(Widens(ElementType::kU8, ElementType::kS16));
  EXPECT_FALSE(Widens(ElementType::kU16, ElementType::kS16));
  EXPECT_FALSE(Widens(ElementType::kS8, ElementType::kU16));
  EXPECT_TRUE(Widens(ElementType::kF8E4M3FN, ElementType::kF16));
  EXPECT_FALSE(Widens(ElementType::kF8E4M3FN, ElementType::kF8E4M3FNUZ));
  EXPECT_FALSE(Widens(ElementType::kS64, ElementType::kF64));
  EXPECT_TRUE(Widens(ElementType::kS32, ElementType::kF64));
  EXPECT_TRUE(Widens(ElementType::kPred, ElementType::kU8));
}

TEST(FunctionsTest, EveryFunctionIsDocumented) {
  for (const Function& function : AllFunctions()) EXPECT_FALSE(function.doc.empty());
}

TEST(FunctionsTest, APartOfAReshapeIsFoundBeforeIt) {
  // [132,13] to [11,12,13], the first 9 of 11.
  EXPECT_EQ(List("start_before_reshape",
                 {Ints{132, 13}, Ints{11, 12, 13}, Ints{0, 0, 0}, Ints{9, 12, 13}}),
            (Ints{0, 0}));
  EXPECT_EQ(List("limit_before_reshape",
                 {Ints{132, 13}, Ints{11, 12, 13}, Ints{0, 0, 0}, Ints{9, 12, 13}}),
            (Ints{108, 13}));
  // A merged dim is cut between whole rows, and one row of another part is no part.
  EXPECT_EQ(List("start_before_reshape", {Ints{2, 28, 4}, Ints{224}, Ints{112}, Ints{224}}),
            (Ints{1, 0, 0}));
  EXPECT_TRUE(HasNoValue("start_before_reshape", {Ints{2, 28, 4}, Ints{224}, Ints{1}, Ints{224}}));
  EXPECT_TRUE(HasNoValue("limit_before_reshape",
                         {Ints{12, 3}, Ints{2, 6, 3}, Ints{0, 1, 0}, Ints{2, 4, 3}}));
  EXPECT_EQ(List("limit_before_reshape", {Ints{4, 6}, Ints{24}, Ints{8}, Ints{11}}), (Ints{2, 5}));
}

TEST(FunctionsTest, ValuesArePlacedAmongZeros) {
  EXPECT_EQ(List("place", {int64_t{4}, Ints{2, 0}, Ints{7, 5}}), (Ints{5, 0, 7, 0}));
  EXPECT_TRUE(HasNoValue("place", {int64_t{2}, Ints{2}, Ints{7}}));
}

}  // namespace
}  // namespace eqsat::rules
