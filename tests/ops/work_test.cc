// What ops are said to cost. Expected counts are worked out by hand.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/ops/parsed_instruction.h"

namespace eqsat::ir {
namespace {

struct Case {
  std::string_view instruction;
  double flops;
  double transcendentals;
  std::vector<double> bytes_read;
  double bytes_written;
};

class WorkTest : public testing::TestWithParam<Case> {};

// Each call of a region counts as one flop.
TEST_P(WorkTest, Counts) {
  const Case& expected = GetParam();
  auto parsed = ParsedInstruction::Parse(expected.instruction);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  OpContext context = parsed->context();
  std::vector<double> region_flops(context.regions.size(), 1);
  Work work = GetOpInfo(context.opcode).work(context, region_flops);
  EXPECT_EQ(work.flops, expected.flops);
  EXPECT_EQ(work.transcendentals, expected.transcendentals);
  EXPECT_EQ(work.bytes_read, expected.bytes_read);
  EXPECT_EQ(work.bytes_written, expected.bytes_written);
}

const Case kCases[] = {
    {"add(f32[2,3] a, f32[2,3] b)", 6, 0, {24, 24}, 24},
    {"exponential(bf16[10] a)", 0, 10, {20}, 20},
    {"pred[10] compare(f32[10] a, f32[10] b), direction=LT", 10, 0, {40, 40}, 10},
    {"copy(f32[10] a)", 0, 0, {40}, 40},
    {"f32[10] bitcast(f32[2,5] a)", 0, 0, {0}, 0},
    {"f32[4,5] broadcast(f32[5] a), dimensions={1}", 0, 0, {20}, 80},
    {"slice(f32[100] a), slice={[0:10]}", 0, 0, {40}, 40},
    {"dynamic-slice(f32[100] a, s32[] i), dynamic_slice_sizes={10}", 0, 0, {40, 4}, 40},
    {"dynamic-update-slice(f32[100] a, f32[10] u, s32[] i)", 0, 0, {0, 40, 4}, 40},
    {"gather(f32[50,6] a, s32[7,1] i), offset_dims={1}, collapsed_slice_dims={0}, "
     "start_index_map={0}, index_vector_dim=1, slice_sizes={1,6}",
     0,
     0,
     {168, 28},
     168},
    {"scatter(f32[50,6] a, s32[7,1] i, f32[7,6] u), update_window_dims={1}, "
     "inserted_window_dims={0}, scatter_dims_to_operand_dims={0}, index_vector_dim=1, to_apply=add",
     42,
     0,
     {168, 28, 168},
     168},
    {"dot(f32[2,3] a, f32[3,4] b), lhs_contracting_dims={1}, rhs_contracting_dims={0}",
     48,
     0,
     {24, 48},
     32},
    {"convolution(f32[1,8,8,4] a, f32[3,3,2,16] b), window={size=3x3 pad=1_1x1_1}, "
     "dim_labels=b01f_01io->b01f, feature_group_count=2",
     2.0 * 1024 * 9 * 2,
     0,
     {1024, 1152},
     4096},
    {"reduce(f32[10,20] a, f32[] z), dimensions={1}, to_apply=add", 190, 0, {800, 4}, 40},
    {"reduce-window(f32[8] a, f32[] z), window={size=3 pad=1_1}, to_apply=add", 16, 0, {32, 4}, 32},
    {"map(f32[10] a, f32[10] b), dimensions={0}, to_apply=add", 10, 0, {40, 40}, 40},
    {"sort(f32[2,8] a), dimensions={1}, to_apply=less", 48, 0, {64}, 64},
    {"tuple(f32[10] a, f32[10] b)", 0, 0, {0, 0}, 0},
    {"triangular-solve(f32[4,4] a, f32[4,5] b), left_side=true, transpose_a=NO_TRANSPOSE",
     80,
     0,
     {64, 80},
     80},
    {"s32[10] iota(), iota_dimension=0", 0, 0, {}, 40},
    {"add(f32[?] a, f32[?] b)", 0, 0, {0, 0}, 0},
};
INSTANTIATE_TEST_SUITE_P(All, WorkTest, testing::ValuesIn(kCases));

}  // namespace
}  // namespace eqsat::ir
