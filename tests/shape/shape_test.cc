// Shapes, layouts and their text.
#include "ir/shape/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace eqsat::ir {
namespace {

using testing::ElementsAre;

TEST(Shape, CountsElementsAndBytes) {
  EXPECT_EQ(Shape(ElementType::kF32, {2, 3}).ElementCount(), 6);
  EXPECT_EQ(Shape(ElementType::kF32, {2, 3}).ByteSize(), 24);
  EXPECT_EQ(Shape(ElementType::kF32, {}).ElementCount(), 1);
  EXPECT_EQ(Shape(ElementType::kC128, {5}).ByteSize(), 80);
  EXPECT_EQ(Shape(ElementType::kS4, {5}).ByteSize(), 5);
  EXPECT_EQ(Shape(ElementType::kF32, {2, 0}).ElementCount(), 0);
  EXPECT_EQ(Shape::Tuple({Shape(ElementType::kF32, {2}), Shape::Token()}).ByteSize(), 8);
}

TEST(Shape, RefusesSizesThatAreNone) {
  EXPECT_FALSE(Shape::Make(ElementType::kF32, {-2}).ok());
  EXPECT_FALSE(Shape::Make(ElementType::kF32, {Shape::kUnbounded}).ok());
  EXPECT_TRUE(Shape::Make(ElementType::kF32, {Shape::kUnbounded}, {true}).ok());
  EXPECT_FALSE(Shape::Make(ElementType::kF64, {int64_t{1} << 40, int64_t{1} << 40}).ok());
  EXPECT_FALSE(Shape::Make(ElementType::kF64, {int64_t{1} << 40, 0, int64_t{1} << 40}).ok());
}

TEST(Shape, PrintsAsHlo) {
  EXPECT_EQ(Shape(ElementType::kF32, {2, 3}).ToString(), "f32[2,3]");
  EXPECT_EQ(Shape::Make(ElementType::kBF16, {8, Shape::kUnbounded}, {true, true})->ToString(),
            "bf16[<=8,?]");
  EXPECT_EQ(
      Shape::Tuple({Shape(ElementType::kS32, {}), Shape::Tuple({}), Shape::Token()}).ToString(),
      "(s32[], (), token[])");
  EXPECT_EQ(Shape::Buffer(Shape(ElementType::kF32, {4})).ToString(), "b(f32[4])");
}

TEST(Shape, PrintsLayoutsThatAreNotTheDefault) {
  Shape shape(ElementType::kF32, {2, 3});
  EXPECT_EQ(shape.WithLayout({.minor_to_major = {1, 0}}).ToString(), "f32[2,3]");
  EXPECT_EQ(shape.WithLayout({.minor_to_major = {0, 1}}).ToString(), "f32[2,3]{0,1}");
  Layout tiled{.minor_to_major = {1, 0},
               .tiles = {{8, 128}, {Layout::kCombineDimension, 2}},
               .element_size_in_bits = 4,
               .memory_space = 5};
  EXPECT_EQ(shape.WithLayout(tiled).ToString(), "f32[2,3]{1,0:T(8,128)(*,2)E(4)S(5)}");
}

TEST(Shape, ComparesWithAndWithoutLayouts) {
  Shape shape(ElementType::kF32, {2, 3});
  Shape column_major = shape.WithLayout({.minor_to_major = {0, 1}});
  EXPECT_EQ(shape, shape.WithLayout({.minor_to_major = {1, 0}}));
  EXPECT_FALSE(shape == column_major);
  EXPECT_TRUE(Shape::Compatible(shape, column_major));
  EXPECT_TRUE(Shape::Compatible(Shape::Tuple({shape}), Shape::Tuple({column_major})));
  EXPECT_EQ(Shape::Tuple({column_major}).WithoutLayout(), Shape::Tuple({shape}));
  EXPECT_FALSE(Shape::Compatible(shape, Shape(ElementType::kF32, {3, 2})));
  EXPECT_TRUE(Shape::SameDimensions(shape, shape.WithElementType(ElementType::kS8)));
}

TEST(Shape, Strides) {
  EXPECT_THAT(RowMajorStrides({2, 3, 4}), ElementsAre(12, 4, 1));
  EXPECT_THAT(RowMajorOrder(3), ElementsAre(2, 1, 0));
}

TEST(ElementType, NamesAndProtoNumbersRoundTrip) {
  for (int i = 0; i < kNumElementTypes; ++i) {
    auto type = static_cast<ElementType>(i);
    EXPECT_EQ(ElementTypeFromName(Name(type)), type);
    EXPECT_EQ(ElementTypeFromProtoNumber(ProtoNumber(type)), type);
  }
  EXPECT_EQ(ElementTypeFromName("f33"), std::nullopt);
}

TEST(ElementType, ProtoNumbersAreXlas) {
  EXPECT_EQ(ProtoNumber(ElementType::kPred), 1);
  EXPECT_EQ(ProtoNumber(ElementType::kF32), 11);
  EXPECT_EQ(ProtoNumber(ElementType::kBF16), 16);
  EXPECT_EQ(ProtoNumber(ElementType::kToken), 17);
  EXPECT_EQ(ProtoNumber(ElementType::kF4E2M1FN), 32);
}

}  // namespace
}  // namespace eqsat::ir
