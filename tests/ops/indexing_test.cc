// Index maps: hand-worked examples, and that no map leaves its operand.
#include <numeric>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/ops/parsed_instruction.h"

namespace eqsat::ir {
namespace {

using testing::ElementsAre;

ParsedInstruction Parsed(std::string_view text) {
  auto parsed = ParsedInstruction::Parse(text);
  EXPECT_TRUE(parsed.ok()) << text << ": " << parsed.status();
  return *std::move(parsed);
}

IndexedForm FormOf(std::string_view text) {
  ParsedInstruction parsed = Parsed(text);
  std::optional<IndexedForm> form = IndexedFormOf(parsed.context());
  EXPECT_TRUE(form.has_value()) << text;
  return form.value_or(IndexedForm());
}

std::vector<std::string> Texts(const std::vector<IndexExpr>& indices) {
  std::vector<std::string> texts;
  for (const IndexExpr& index : indices) texts.push_back(index.ToString());
  return texts;
}

bool Holds(const OperandAccess& access, absl::Span<const int64_t> point) {
  for (const IndexGuard& guard : access.guards) {
    int64_t value = guard.expr.Evaluate(point);
    if (value < guard.low || value >= guard.high) return false;
  }
  return true;
}

// Calls visit(point) for every point of the iteration space.
template <typename Visitor>
void ForEachPoint(const IndexedForm& form, Visitor visit) {
  std::vector<int64_t> sizes(form.parallel.begin(), form.parallel.end());
  sizes.insert(sizes.end(), form.reduction.begin(), form.reduction.end());
  for (int64_t size : sizes)
    if (size == 0) return;
  std::vector<int64_t> point(sizes.size(), 0);
  while (true) {
    visit(point);
    size_t d = sizes.size();
    while (d > 0 && ++point[d - 1] == sizes[d - 1]) point[--d] = 0;
    if (d == 0) return;
  }
}

// Row-major positions that the form copies from operand 0, result element by result element; -1
// where the access of another operand comes first.
std::vector<int64_t> CopiedPositions(std::string_view text) {
  ParsedInstruction parsed = Parsed(text);
  OpContext context = parsed.context();
  IndexedForm form = IndexedFormOf(context).value();
  std::vector<int64_t> positions;
  ForEachPoint(form, [&](const std::vector<int64_t>& point) {
    const OperandAccess* first = nullptr;
    for (const OperandAccess& access : form.accesses)
      if (first == nullptr && Holds(access, point)) first = &access;
    ASSERT_NE(first, nullptr);
    DimensionVector strides = RowMajorStrides(context.operands[first->operand].dimensions());
    int64_t position = 0;
    for (size_t d = 0; d < strides.size(); ++d)
      position += first->indices[d].Evaluate(point) * strides[d];
    positions.push_back(first->operand == 0 ? position : -1);
  });
  return positions;
}

// --- expressions ---------------------------------------------------------------------------------

TEST(IndexExpr, DivisionRoundsDown) {
  IndexExpr d0 = IndexExpr::Dim(0);
  EXPECT_EQ(d0.FloorDiv(3).Evaluate({-1}), -1);
  EXPECT_EQ(d0.FloorDiv(3).Evaluate({-3}), -1);
  EXPECT_EQ(d0.FloorDiv(3).Evaluate({-4}), -2);
  EXPECT_EQ(d0.Mod(3).Evaluate({-1}), 2);
  EXPECT_EQ(d0.Mod(3).Evaluate({7}), 1);
}

TEST(IndexExpr, AffineCoefficients) {
  IndexExpr e = IndexExpr::Dim(0) * 3 + IndexExpr::Dim(1) * -1 + IndexExpr::Constant(5);
  EXPECT_EQ(e.AsAffine(2), (std::vector<int64_t>{3, -1, 5}));
  EXPECT_EQ(e.Mod(2).AsAffine(2), std::nullopt);
}

// --- reshapes ------------------------------------------------------------------------------------

TEST(ReshapeIndexing, UnitDimensionsCostNothing) {
  EXPECT_THAT(Texts(FormOf("f32[1,4,1,5] reshape(f32[4,1,5] a)").accesses[0].indices),
              ElementsAre("d1", "0", "d3"));
}

TEST(ReshapeIndexing, ASplitIsAffine) {
  EXPECT_THAT(Texts(FormOf("f32[7,2,3] reshape(f32[7,6] a)").accesses[0].indices),
              ElementsAre("d0", "(d1*3 + d2)"));
}

TEST(ReshapeIndexing, AMergeDividesItsOwnDimensionAlone) {
  EXPECT_THAT(Texts(FormOf("f32[7,6] reshape(f32[7,2,3] a)").accesses[0].indices),
              ElementsAre("d0", "(d1 floordiv 3)", "(d1 mod 3)"));
}

TEST(ReshapeIndexing, EveryReshapeKeepsRowMajorOrder) {
  for (std::string_view text :
       {"f32[4,6] reshape(f32[3,8] a)", "f32[2,12] reshape(f32[4,1,3,2] a)",
        "f32[24] reshape(f32[2,3,4] a)", "f32[2,3,4,1] reshape(f32[4,3,2] a)",
        "f32[1,1] reshape(f32[] a)"}) {
    std::vector<int64_t> positions = CopiedPositions(text);
    std::vector<int64_t> expected(positions.size());
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(positions, expected) << text;
  }
}

TEST(ReshapeIndexing, AReshapeThatRoundsHasNoForm) {
  EXPECT_EQ(IndexedFormOf(Parsed("bf16[6] reshape(f32[2,3] a)").context()), std::nullopt);
}

TEST(ReshapeIndexing, AnEmptyArrayHasAForm) {
  EXPECT_THAT(CopiedPositions("f32[0,6] reshape(f32[3,0,2] a)"), ElementsAre());
}

TEST(BitcastIndexing, FollowsMemory) {
  // Column-major [2,3] in memory is row-major [3,2].
  EXPECT_THAT(Texts(FormOf("f32[3,2] bitcast(f32[2,3]{0,1} a)").accesses[0].indices),
              ElementsAre("d1", "d0"));
  EXPECT_THAT(CopiedPositions("f32[6] bitcast(f32[2,3]{0,1} a)"), ElementsAre(0, 3, 1, 4, 2, 5));
}

TEST(BitcastIndexing, OtherWidthsHaveNoForm) {
  EXPECT_EQ(IndexedFormOf(Parsed("s32[8] bitcast(s64[4] a)").context()), std::nullopt);
  EXPECT_EQ(IndexedFormOf(Parsed("s32[4,2] bitcast-convert(s64[4] a)").context()), std::nullopt);
}

// --- movement ------------------------------------------------------------------------------------

TEST(MovementIndexing, HandWorkedPositions) {
  EXPECT_THAT(CopiedPositions("transpose(f32[2,3] a), dimensions={1,0}"),
              ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(CopiedPositions("transpose(f32[2,1,3] a), dimensions={2,0,1}"),
              ElementsAre(0, 3, 1, 4, 2, 5));
  EXPECT_THAT(CopiedPositions("reverse(f32[2,3] a), dimensions={1}"),
              ElementsAre(2, 1, 0, 5, 4, 3));
  EXPECT_THAT(CopiedPositions("slice(f32[3,5] a), slice={[1:3], [0:5:2]}"),
              ElementsAre(5, 7, 9, 10, 12, 14));
  EXPECT_THAT(CopiedPositions("f32[2,3] broadcast(f32[2] a), dimensions={0}"),
              ElementsAre(0, 0, 0, 1, 1, 1));
  EXPECT_THAT(CopiedPositions("concatenate(f32[2] a, f32[1] b, f32[2] c), dimensions={0}"),
              ElementsAre(0, 1, -1, -1, -1));
}

TEST(MovementIndexing, PadWithInteriorAndNegativeEdges) {
  EXPECT_THAT(CopiedPositions("pad(f32[3] a, f32[] z), padding=1_2_1"),
              ElementsAre(-1, 0, -1, 1, -1, 2, -1, -1));
  EXPECT_THAT(CopiedPositions("pad(f32[4] a, f32[] z), padding=-1_-1"), ElementsAre(1, 2));
  EXPECT_THAT(CopiedPositions("pad(f32[3] a, f32[] z), padding=-1_0_2"),
              ElementsAre(-1, -1, 1, -1, -1, 2));
}

TEST(MovementIndexing, PadWithoutEdgesNeedsNoGuards) {
  EXPECT_TRUE(FormOf("pad(f32[4] a, f32[] z), padding=-1_-1").accesses[0].guards.empty());
}

TEST(MovementIndexing, IotaIsItsIndex) {
  IndexedForm form = FormOf("s32[3,4] iota(), iota_dimension=1");
  EXPECT_EQ(form.combiner, Combiner::kIndex);
  EXPECT_EQ(form.index.ToString(), "d1");
}

TEST(ElementwiseIndexing, ScalarOperandsHaveNoIndices) {
  IndexedForm form = FormOf("clamp(f32[] lo, f32[5] x, f32[] hi)");
  EXPECT_EQ(form.combiner, Combiner::kElementwise);
  EXPECT_TRUE(form.accesses[0].indices.empty());
  EXPECT_THAT(Texts(form.accesses[1].indices), ElementsAre("d0"));
}

// --- contraction ---------------------------------------------------------------------------------

TEST(ContractionIndexing, Dot) {
  IndexedForm form = FormOf(
      "dot(f32[5,2,3] a, f32[3,5,4] b), lhs_batch_dims={0}, rhs_batch_dims={1}, "
      "lhs_contracting_dims={2}, rhs_contracting_dims={0}");
  EXPECT_THAT(form.parallel, ElementsAre(5, 2, 4));
  EXPECT_THAT(form.reduction, ElementsAre(3));
  EXPECT_THAT(Texts(form.accesses[0].indices), ElementsAre("d0", "d1", "d3"));
  EXPECT_THAT(Texts(form.accesses[1].indices), ElementsAre("d3", "d0", "d2"));
}

TEST(ContractionIndexing, Convolution) {
  // Stride 2, one row of padding, kernel reversed.
  IndexedForm form = FormOf(
      "convolution(f32[1,5,3] a, f32[2,3,7] b), window={size=2 stride=2 pad=1_0 rhs_reversal=1}, "
      "dim_labels=b0f_0io->b0f");
  EXPECT_THAT(form.parallel, ElementsAre(1, 3, 7));
  EXPECT_THAT(form.reduction, ElementsAre(2, 3));
  EXPECT_THAT(Texts(form.accesses[0].indices), ElementsAre("d0", "((d1*2 + d3) + -1)", "d4"));
  EXPECT_THAT(Texts(form.accesses[1].indices), ElementsAre("(d3*-1 + 1)", "d4", "d2"));
  ASSERT_EQ(form.accesses[0].guards.size(), 1u);
  EXPECT_EQ(form.accesses[0].guards[0].low, 0);
  EXPECT_EQ(form.accesses[0].guards[0].high, 5);
}

TEST(ContractionIndexing, GroupsOfFeaturesAndOfBatches) {
  // Features 4 in 2 groups, 6 output features: outputs 0-2 read inputs 0-1, outputs 3-5 inputs 2-3.
  IndexedForm features = FormOf(
      "convolution(f32[1,5,4] a, f32[1,2,6] b), window={size=1}, dim_labels=b0f_0io->b0f, "
      "feature_group_count=2");
  const IndexExpr& feature = features.accesses[0].indices[2];
  EXPECT_EQ(feature.Evaluate({0, 0, 2, 0, 1}), 1);
  EXPECT_EQ(feature.Evaluate({0, 0, 3, 0, 1}), 3);
  // Batch 4 in 2 groups, 6 output features: outputs 0-2 read batches 0-1, outputs 3-5 batches 2-3.
  IndexedForm batches = FormOf(
      "convolution(f32[4,5,3] a, f32[1,3,6] b), window={size=1}, dim_labels=b0f_0io->b0f, "
      "batch_group_count=2");
  const IndexExpr& batch = batches.accesses[0].indices[0];
  EXPECT_EQ(batch.Evaluate({1, 0, 2, 0, 0}), 1);
  EXPECT_EQ(batch.Evaluate({1, 0, 3, 0, 0}), 3);
}

// --- reductions ----------------------------------------------------------------------------------

TEST(ReductionIndexing, Reduce) {
  IndexedForm form = FormOf("reduce(f32[2,3,4] a, f32[] z), dimensions={0,2}, to_apply=add");
  EXPECT_THAT(form.parallel, ElementsAre(3));
  EXPECT_THAT(form.reduction, ElementsAre(2, 4));
  EXPECT_THAT(Texts(form.accesses[0].indices), ElementsAre("d1", "d0", "d2"));
  EXPECT_TRUE(form.accesses[1].indices.empty());
}

TEST(ReductionIndexing, VariadicReduceHasTwoAccessesAnInput) {
  IndexedForm form =
      FormOf("reduce(f32[2,3] a, s32[2,3] i, f32[] z, s32[] k), dimensions={1}, to_apply=pair");
  EXPECT_THAT(form.parallel, ElementsAre(2));
  EXPECT_EQ(form.accesses.size(), 4u);
}

TEST(ReductionIndexing, ReduceWindowLeavesPaddingOut) {
  ParsedInstruction parsed =
      Parsed("reduce-window(f32[4] a, f32[] z), window={size=2 stride=2 pad=1_1}, to_apply=add");
  IndexedForm form = IndexedFormOf(parsed.context()).value();
  std::vector<int64_t> read;
  ForEachPoint(form, [&](const std::vector<int64_t>& point) {
    const OperandAccess& input = form.accesses[0];
    read.push_back(Holds(input, point) ? input.indices[0].Evaluate(point) : -1);
  });
  EXPECT_THAT(read, ElementsAre(-1, 0, 1, 2, 3, -1));
}

// --- totality ------------------------------------------------------------------------------------

constexpr std::string_view kForms[] = {
    "add(f32[2,3] a, f32[2,3] b)",
    "select(pred[] p, f32[2,3] a, f32[2,3] b)",
    "f32[2,3,4] broadcast(f32[4,2] a), dimensions={2,0}",
    "f32[4,9] reshape(f32[6,6] a)",
    "f32[6,6] reshape(f32[1,4,3,1,3] a)",
    "f32[2,6] bitcast(f32[3,4]{0,1} a)",
    "f32[2,3,2]{0,2,1} bitcast(f32[4,3]{0,1} a)",
    "transpose(f32[2,3,4] a), dimensions={1,2,0}",
    "reverse(f32[3,4] a), dimensions={0,1}",
    "slice(f32[7,8] a), slice={[1:7:2], [3:4]}",
    "pad(f32[3,4] a, f32[] z), padding=2_-1_1x-2_3_2",
    "pad(f32[0,4] a, f32[] z), padding=1_1_5x0_0",
    "pad(f32[2] a, f32[] z), padding=-2_1",
    "concatenate(f32[2,1] a, f32[2,0] b, f32[2,3] c), dimensions={1}",
    "s32[2,3] iota(), iota_dimension=0",
    "dot(f32[2,3,4] a, f32[4,2,5] b), lhs_batch_dims={0}, rhs_batch_dims={1}, "
    "lhs_contracting_dims={2}, rhs_contracting_dims={0}",
    "dot(f32[2,0] a, f32[0,3] b), lhs_contracting_dims={1}, rhs_contracting_dims={0}",
    "convolution(f32[2,7,6,3] a, f32[3,2,3,4] b), "
    "window={size=3x2 stride=2x1 pad=2_-1x1_3 lhs_dilate=1x3 rhs_dilate=2x1 rhs_reversal=1x0}, "
    "dim_labels=b01f_01io->bf01",
    "convolution(f32[4,5,6] a, f32[2,3,8] b), window={size=2 pad=1_1}, dim_labels=b0f_0io->fb0, "
    "feature_group_count=2",
    "convolution(f32[4,5,3] a, f32[2,3,8] b), window={size=2}, dim_labels=b0f_0io->b0f, "
    "batch_group_count=4",
    "reduce(f32[2,3,4] a, f32[] z), dimensions={1}, to_apply=add",
    "reduce-window(f32[5,4] a, f32[] z), window={size=3x2 stride=1x2 pad=1_2x0_1 lhs_dilate=2x1 "
    "rhs_dilate=1x2}, to_apply=add",
    "reduce-window(f32[5] a, f32[] z), window={size=2 pad=-1_-1}, to_apply=add",
};

class TotalityTest : public testing::TestWithParam<std::string_view> {};

// Every guarded access is in bounds; a copied element always comes from somewhere.
TEST_P(TotalityTest, AccessesStayInBounds) {
  ParsedInstruction parsed = Parsed(GetParam());
  OpContext context = parsed.context();
  std::optional<IndexedForm> form = IndexedFormOf(context);
  ASSERT_TRUE(form.has_value());
  EXPECT_EQ(absl::MakeConstSpan(form->parallel), context.declared->dimensions());
  ForEachPoint(*form, [&](const std::vector<int64_t>& point) {
    bool any = form->combiner != Combiner::kFirst;
    for (const OperandAccess& access : form->accesses) {
      const Shape& operand = context.operands[access.operand];
      ASSERT_EQ(static_cast<int64_t>(access.indices.size()), operand.rank());
      if (!Holds(access, point)) continue;
      any = true;
      for (int64_t d = 0; d < operand.rank(); ++d) {
        int64_t index = access.indices[d].Evaluate(point);
        ASSERT_GE(index, 0);
        ASSERT_LT(index, operand.dimension(d));
      }
    }
    ASSERT_TRUE(any);
  });
}

INSTANTIATE_TEST_SUITE_P(All, TotalityTest, testing::ValuesIn(kForms));

}  // namespace
}  // namespace eqsat::ir
