#include "ir/interpret/element_evaluator.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "ir/interpret/access.h"
#include "ir/interpret/random_inputs.h"
#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

Module Parse(std::string_view hlo) {
  auto module = importers::ParseHloText(hlo);
  EXPECT_TRUE(module.ok()) << module.status() << " in\n" << hlo;
  return *std::move(module);
}

Literal Scalar(const Literal& array, int64_t position) {
  const ElementType type = array.shape().element_type();
  const absl::Span<const uint8_t> bytes =
      array.bytes().subspan(position * ByteWidth(type), ByteWidth(type));
  return Literal::FromBytes(Shape(type, {}), {bytes.begin(), bytes.end()});
}

// Every element by itself is that of the whole array, bit for bit.
void ExpectSameElements(std::string_view hlo) {
  const Module module = Parse(hlo);
  const std::vector<Literal> inputs = RandomInputs(module.entry(), 3);
  const auto whole = Evaluate(module, inputs);
  ASSERT_TRUE(whole.ok()) << whole.status();
  ElementEvaluator evaluator(
      module, [&](int64_t number, int64_t position) { return Scalar(inputs[number], position); });
  const Shape& shape = whole->shape();
  DimensionVector point(shape.rank(), 0);
  int64_t position = 0;
  do {
    const auto element = evaluator.At(module.entry().root(), point);
    ASSERT_TRUE(element.ok()) << element.status() << " in\n" << hlo;
    ASSERT_EQ(*element, Scalar(*whole, position)) << position << " in\n" << hlo;
    ++position;
  } while (Advance(point, shape.dimensions(), 0, shape.rank()));
}

TEST(ElementEvaluatorTest, ElementwiseOpsAndMovement) {
  ExpectSameElements(Entry(R"(x = f32[3,4] parameter(0)  y = f32[4] parameter(1)
    b = f32[3,4] broadcast(y), dimensions={1}  s = f32[3,4] multiply(x, b)
    t = f32[4,3] transpose(s), dimensions={1,0}  r = f32[2,6] reshape(t)
    ROOT v = f32[2,3] slice(r), slice={[0:2], [0:6:2]})"));
  ExpectSameElements(Entry(R"(x = s32[3] parameter(0)  i = s32[5] iota(), iota_dimension=0
    z = s32[] constant(7)  p = s32[8] pad(x, z), padding=2_1_1
    c = s32[13] concatenate(i, p), dimensions={0}  r = s32[13] reverse(c), dimensions={0}
    ROOT n = bf16[13] convert(r))"));
}

TEST(ElementEvaluatorTest, PartsOfTuples) {
  ExpectSameElements(Entry(R"(x = f32[3] parameter(0)  n = f32[3] negate(x)
    t = (f32[3], f32[3]) tuple(x, n)  ROOT g = f32[3] get-tuple-element(t), index=1)"));
}

TEST(ElementEvaluatorTest, Gathers) {
  ExpectSameElements(Entry(R"(x = f32[9,4] parameter(0)  i = s32[5,1] parameter(1)
    ROOT g = f32[5,3] gather(x, i), offset_dims={1}, collapsed_slice_dims={0},
      start_index_map={0}, index_vector_dim=1, slice_sizes={1,3})"));
  ExpectSameElements(Entry(R"(x = f32[3,8,5] parameter(0)  i = s32[5,3] parameter(1)
    ROOT g = f32[5,2,3] gather(x, i), offset_dims={1}, collapsed_slice_dims={},
      start_index_map={1}, index_vector_dim=2, slice_sizes={1,2,1},
      operand_batching_dims={0,2}, start_indices_batching_dims={1,0})"));
}

constexpr std::string_view kFolds = R"(HloModule m
add { a = f32[] parameter(0)  b = f32[] parameter(1)  ROOT s = f32[] add(a, b) }
)";

TEST(ElementEvaluatorTest, FoldsInTheInterpretersOrder) {
  ExpectSameElements(base::StrCat(kFolds, Entry(R"(x = f32[40,3,7] parameter(0)
    e = f32[40,3,7] exponential(x)  z = f32[] parameter(1)
    ROOT r = f32[3] reduce(e, z), dimensions={0,2}, to_apply=add)")));
  ExpectSameElements(base::StrCat(kFolds, Entry(R"(x = f32[4,5] parameter(0)
    z = f32[] constant(5)
    ROOT r = f32[9,8] reduce-window(x, z), to_apply=add,
      window={size=2x3 pad=3_3x2_3 lhs_dilate=1x1})")));
  ExpectSameElements(base::StrCat(kFolds, Entry(R"(x = f32[0,5] parameter(0)
    z = f32[] constant(5)  ROOT r = f32[5] reduce(x, z), dimensions={0}, to_apply=add)")));
}

TEST(ElementEvaluatorTest, OtherOpsAreUnimplemented) {
  const Module module = Parse(
      Entry("x = f32[4] parameter(0)  ROOT c = f32[4] custom-call(x), custom_call_target=\"f\""));
  ElementEvaluator evaluator(module, [](int64_t, int64_t) { return Literal(); });
  EXPECT_TRUE(absl::IsUnimplemented(evaluator.At(module.entry().root(), {0}).status()));
}

}  // namespace
}  // namespace eqsat::ir
