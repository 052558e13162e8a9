// Comparison of literals, and random arguments.
#include "ir/interpret/compare.h"

#include "ir/interpret/random_inputs.h"
#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

TEST(CompareTest, NamesTheFirstDifference) {
  const Literal a = Value("f32[2,2]", "{{1, 2}, {3, 4}}");
  const Literal b = Value("f32[2,2]", "{{1, 2}, {3, 5}}");
  EXPECT_EQ(CompareLiterals(a, a), std::nullopt);
  EXPECT_EQ(CompareLiterals(a, b), "[1,1]: 4 expected, 5 found");
  EXPECT_EQ(CompareLiterals(Literal::Tuple({a, a}), Literal::Tuple({a, b})),
            "{1}[1,1]: 4 expected, 5 found");
  EXPECT_EQ(CompareLiterals(a, Value("f32[2]", "{1, 2}")), "f32[2,2] expected, f32[2] found");
}

TEST(CompareTest, SpecialValues) {
  const Literal a = Value("f32[3]", "{nan, inf, -0.0}");
  EXPECT_EQ(CompareLiterals(a, Value("f32[3]", "{nan, inf, 0}")), std::nullopt);
  EXPECT_EQ(CompareLiterals(a, Value("f32[3]", "{1, inf, 0}")), "[0]: nan expected, 1 found");
  EXPECT_EQ(CompareLiterals(a, Value("f32[3]", "{nan, 3e38, 0}"), Tolerance{0, 1}),
            "[1]: inf expected, 3.00000001e+38 found");
}

TEST(CompareTest, Tolerances) {
  const Literal a = Value("f32[1]", "{100}");
  const Literal b = Value("f32[1]", "{100.5}");
  EXPECT_TRUE(CompareLiterals(a, b).has_value());
  EXPECT_FALSE(CompareLiterals(a, b, Tolerance{0, 0.01}).has_value());
  EXPECT_FALSE(CompareLiterals(a, b, Tolerance{0.5, 0}).has_value());
  EXPECT_TRUE(CompareLiterals(Value("s32[1]", "{100}"), Value("s32[1]", "{101}")).has_value());
}

TEST(RandomInputsTest, DependOnTheSeedAlone) {
  const Shape shape(ElementType::kF32, {100});
  EXPECT_EQ(RandomLiteral(shape, 1), RandomLiteral(shape, 1));
  EXPECT_FALSE(RandomLiteral(shape, 1) == RandomLiteral(shape, 2));
  const Literal small = RandomLiteral(Shape(ElementType::kS32, {1000}), 3);
  for (int64_t i = 0; i < 1000; ++i) {
    EXPECT_GE(small.AsInt64(i), 0);
    EXPECT_LT(small.AsInt64(i), 8);
  }
}

TEST(RandomInputsTest, OneAParameter) {
  auto module = importers::ParseHloText(
      "ENTRY e { a = f32[2] parameter(0)  b = f32[2] parameter(1)  ROOT r = f32[2] add(a, b) }");
  ASSERT_TRUE(module.ok()) << module.status();
  std::vector<Literal> inputs = RandomInputs(module->entry(), 5);
  ASSERT_EQ(inputs.size(), 2);
  EXPECT_FALSE(inputs[0] == inputs[1]);
  EXPECT_TRUE(Evaluate(*module, inputs).ok());
}

}  // namespace
}  // namespace eqsat::ir
