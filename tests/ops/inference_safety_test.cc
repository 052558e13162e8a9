// Inference answers whatever it is asked: operands, attributes and computations that no well-formed
// program has give a shape or an error, never a crash.
#include <array>
#include <limits>
#include <type_traits>

#include "gtest/gtest.h"
#include "ir/base/random.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {
namespace {

class Numbers {
 public:
  explicit Numbers(uint64_t seed) : random_(seed) {}
  uint64_t Below(uint64_t limit) { return random_.Bits() % limit; }
  int64_t Integer() {
    constexpr int64_t kValues[] = {0,
                                   0,
                                   1,
                                   1,
                                   2,
                                   3,
                                   4,
                                   -1,
                                   -2,
                                   7,
                                   std::numeric_limits<int64_t>::max(),
                                   std::numeric_limits<int64_t>::min()};
    return kValues[Below(std::size(kValues))];
  }
  template <typename Range>
  const auto& OneOf(const Range& range) {
    return range[Below(std::size(range))];
  }

 private:
  base::Random random_;
};

// Fills the fields that inference counts with; texts and shapes keep their defaults.
struct FillFields {
  Numbers& numbers;

  void operator()(std::string_view, auto& field, Presence) const { Fill(field); }

  void Fill(bool& value) const { value = numbers.Below(2) == 1; }
  void Fill(int64_t& value) const { value = numbers.Integer(); }
  void Fill(DimensionVector& values) const {
    values.resize(numbers.Below(4));
    for (int64_t& value : values) value = numbers.Integer();
  }
  void Fill(std::vector<SliceRange>& ranges) const {
    ranges.resize(numbers.Below(4));
    for (SliceRange& r : ranges) r = {numbers.Integer(), numbers.Integer(), numbers.Integer()};
  }
  void Fill(std::vector<PaddingDimension>& padding) const {
    padding.resize(numbers.Below(4));
    for (PaddingDimension& p : padding)
      p = {numbers.Integer(), numbers.Integer(), numbers.Integer()};
  }
  void Fill(Window& window) const {
    window.resize(numbers.Below(4));
    for (WindowDimension& w : window) {
      if (numbers.Below(2) == 0) continue;  // valid half of the time
      w.size = numbers.Integer();
      w.stride = numbers.Integer();
      w.padding_low = numbers.Integer();
      w.padding_high = numbers.Integer();
      w.window_dilation = numbers.Integer();
      w.base_dilation = numbers.Integer();
    }
  }
  void Fill(ConvolutionDimensions& d) const {
    if (numbers.Below(2) == 0) {
      d = {0, 1, 0, 1, 0, 1, {2}, {2}, {2}};
      return;
    }
    for (int64_t* value : {&d.input_batch, &d.input_feature, &d.kernel_input_feature,
                           &d.kernel_output_feature, &d.output_batch, &d.output_feature})
      Fill(*value);
    for (DimensionVector* spatial : {&d.input_spatial, &d.kernel_spatial, &d.output_spatial})
      Fill(*spatial);
  }
  void Fill(std::vector<OutputOperandAlias>& aliases) const {
    aliases.resize(numbers.Below(2));
    for (OutputOperandAlias& alias : aliases)
      alias = {{numbers.Integer()}, numbers.Integer(), {numbers.Integer()}};
  }
  template <typename T>
  void Fill(T& value) const {
    if constexpr (std::is_enum_v<T>) value = static_cast<T>(numbers.Below(EnumNames(T()).size()));
  }
};

Shape Unbounded() {
  return Shape::Make(ElementType::kF32, {Shape::kUnbounded, 2}, {true, false}).value();
}

const std::vector<Shape>& Shapes() {
  static const auto* const kShapes = new std::vector<Shape>{
      Shape(ElementType::kF32, {}),
      Shape(ElementType::kF32, {0}),
      Shape(ElementType::kF32, {4, 4}),
      Shape(ElementType::kF32, {4, 4}).WithLayout({.minor_to_major = {0, 1}}),
      Shape(ElementType::kF32, {2, 1, 4}),
      Shape(ElementType::kF32, {2, 2, 2}),
      Shape(ElementType::kS32, {}),
      Shape(ElementType::kS32, {2}),
      Shape(ElementType::kPred, {}),
      Shape(ElementType::kPred, {2, 1, 4}),
      Shape(ElementType::kC64, {4}),
      Shape(ElementType::kU8, {int64_t{1} << 62}),
      Shape::Token(),
      Shape::Opaque(),
      Shape::Tuple({}),
      Shape::Tuple({Shape::Token(), Shape(ElementType::kU32, {}), Shape::Tuple({})}),
      Shape::Tuple({Shape::Tuple({Shape(ElementType::kF32, {})}), Shape(ElementType::kF32, {})}),
      Unbounded(),
      Shape::Buffer(Shape(ElementType::kF32, {4}))};
  return *kShapes;
}

std::vector<std::vector<ProgramShape>> RegionLists() {
  Shape f32(ElementType::kF32, {}), pred(ElementType::kPred, {}), vector(ElementType::kF32, {4});
  ProgramShape nothing{{}, Shape()}, fold{{f32, f32}, f32}, compare{{f32, f32}, pred};
  ProgramShape step{{vector, vector}, Shape::Tuple({vector, vector})}, odd{{f32}, Shape::Token()};
  return {{}, {nothing}, {fold}, {compare}, {step}, {odd, odd}, {compare, fold}, {fold, fold, odd}};
}

class SafetyTest : public testing::TestWithParam<int> {};

TEST_P(SafetyTest, AnswersOnAnything) {
  auto opcode = static_cast<OpCode>(GetParam());
  const OpInfo& info = GetOpInfo(opcode);
  std::vector<std::vector<ProgramShape>> region_lists = RegionLists();
  Numbers numbers(GetParam());
  for (int round = 0; round < 3000; ++round) {
    Attributes attributes = info.attributes;
    if (round % 4 != 0) VisitAttributeFields(attributes, FillFields{numbers});
    int arity = Arity(opcode);
    // Some operands are alike, as checks of agreement need.
    std::vector<Shape> operands(arity >= 0 ? arity : numbers.Below(6), numbers.OneOf(Shapes()));
    for (Shape& operand : operands)
      if (numbers.Below(3) == 0) operand = numbers.OneOf(Shapes());
    const Shape& declared = numbers.OneOf(Shapes());
    OpContext context{opcode, operands, attributes, numbers.OneOf(region_lists)};
    if (numbers.Below(4) != 0) context.declared = &declared;
    absl::StatusOr<Shape> shape = InferShape(context);
    if (!shape.ok()) {
      EXPECT_FALSE(shape.status().message().empty());
      continue;
    }
    // What was accepted can also be counted.
    context.declared = &*shape;
    Work work = info.work(context, std::vector<double>(context.regions.size(), 1));
    EXPECT_EQ(work.bytes_read.size(), operands.size());
    EXPECT_GE(work.flops, 0);
    (void)IndexedFormOf(context);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryOp, SafetyTest, testing::Range(0, kNumOpCodes),
                         [](const testing::TestParamInfo<int>& op) {
                           std::string name(Name(static_cast<OpCode>(op.param)));
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace eqsat::ir
