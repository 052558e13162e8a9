// Literals hold what they are given.
#include <limits>

#include "gtest/gtest.h"
#include "ir/shape/literal.h"

namespace eqsat::ir {
namespace {

TEST(Literal, NarrowIntegersWrapAndExtendTheirSign) {
  Shape s4(ElementType::kS4, {4});
  Literal literal = Literal::FromInt64s(s4, {-8, 7, 8, -1});
  EXPECT_EQ(literal.AsInt64(0), -8);
  EXPECT_EQ(literal.AsInt64(1), 7);
  EXPECT_EQ(literal.AsInt64(2), -8);
  EXPECT_EQ(literal.AsInt64(3), -1);
  Literal unsigned_literal = Literal::FromInt64s(Shape(ElementType::kU2, {2}), {3, 4});
  EXPECT_EQ(unsigned_literal.AsInt64(0), 3);
  EXPECT_EQ(unsigned_literal.AsInt64(1), 0);
}

TEST(Literal, FloatsRoundToTheirFormat) {
  Literal literal = Literal::FromDoubles(Shape(ElementType::kBF16, {2}), {1.0, 1.00390625});
  EXPECT_EQ(literal.AsDouble(0), 1.0);
  EXPECT_EQ(literal.AsDouble(1), 1.0);  // a tie, to even
  EXPECT_EQ(literal.values<uint16_t>()[0], 0x3f80);
}

TEST(Literal, ComplexElementsHaveTwoParts) {
  Literal literal = Literal::Of<std::complex<float>>(Shape(ElementType::kC64, {1}), {{1.5f, -2.f}});
  EXPECT_EQ(literal.AsComplex(0), std::complex<double>(1.5, -2));
}

TEST(Literal, EqualityIsOfBits) {
  Shape scalar(ElementType::kF32, {});
  float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(Literal::Of<float>(scalar, {nan}), Literal::Of<float>(scalar, {nan}));
  EXPECT_FALSE(Literal::Of<float>(scalar, {0.f}) == Literal::Of<float>(scalar, {-0.f}));
  EXPECT_FALSE(Literal::Of<float>(scalar, {0.f}) == Literal::Zero(Shape(ElementType::kS32, {})));
}

TEST(Literal, AnUnknownLiteralEqualsOnlyItsCopies) {
  Shape shape(ElementType::kF32, {20});
  Literal unknown = Literal::Unknown(shape);
  Literal copy = unknown;
  EXPECT_TRUE(unknown.is_unknown());
  EXPECT_EQ(unknown, copy);
  EXPECT_FALSE(unknown == Literal::Unknown(shape));
  EXPECT_FALSE(unknown == Literal::Zero(shape));
}

TEST(Literal, SplatsAndReshapes) {
  Literal literal = Literal::FromDoubles(Shape(ElementType::kF32, {2, 2}), {3, 3, 3, 3});
  EXPECT_TRUE(literal.IsSplat());
  EXPECT_FALSE(Literal::FromDoubles(Shape(ElementType::kF32, {2}), {3, 4}).IsSplat());
  Literal flat = literal.Reshaped(Shape(ElementType::kF32, {4}));
  EXPECT_EQ(flat.shape().ToString(), "f32[4]");
  EXPECT_EQ(flat.AsDouble(3), 3);
}

TEST(Literal, ZeroOfATupleHasZeroElements) {
  Literal zero =
      Literal::Zero(Shape::Tuple({Shape(ElementType::kF32, {2}), Shape(ElementType::kPred, {})}));
  ASSERT_EQ(zero.elements().size(), 2u);
  EXPECT_EQ(zero.elements()[0].AsDouble(1), 0);
  EXPECT_EQ(zero.elements()[1].AsInt64(0), 0);
}

}  // namespace
}  // namespace eqsat::ir
