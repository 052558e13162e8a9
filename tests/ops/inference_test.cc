// Shapes that ops infer, and what they refuse. Expected shapes are worked out by hand from the
// operations' semantics.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/ops/parsed_instruction.h"

namespace eqsat::ir {
namespace {

struct Accepted {
  std::string_view instruction;
  std::string_view shape;
};

class AcceptedTest : public testing::TestWithParam<Accepted> {};

TEST_P(AcceptedTest, InfersTheShape) {
  auto parsed = ParsedInstruction::Parse(GetParam().instruction);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  auto shape = InferShape(parsed->context());
  ASSERT_TRUE(shape.ok()) << shape.status();
  EXPECT_EQ(shape->ToString(), GetParam().shape);
}

constexpr Accepted kElementwise[] = {
    {"add(f32[2,3] a, f32[2,3] b)", "f32[2,3]"},
    {"add(f32[2,3]{0,1} a, f32[2,3] b)", "f32[2,3]"},
    {"add(f32[<=8] a, f32[8] b)", "f32[<=8]"},
    {"add(f32[?,3] a, f32[2,?] b)", "f32[2,3]"},
    {"and(pred[4] a, pred[4] b)", "pred[4]"},
    {"atan2(f64[] a, f64[] b)", "f64[]"},
    {"complex(f32[2] a, f32[2] b)", "c64[2]"},
    {"complex(f64[2] a, f64[2] b)", "c128[2]"},
    {"power(s32[2] a, s32[2] b)", "s32[2]"},
    {"shift-left(u8[2] a, u8[2] b)", "u8[2]"},
    {"compare(f32[2] a, f32[2] b), direction=LT", "pred[2]"},
    {"compare(c64[2] a, c64[2] b), direction=NE", "pred[2]"},
    {"compare(bf16[2] a, bf16[2] b), direction=GE, type=TOTALORDER", "pred[2]"},
    {"clamp(f32[] lo, f32[5] x, f32[] hi)", "f32[5]"},
    {"clamp(f32[5] lo, f32[5] x, f32[] hi)", "f32[5]"},
    {"select(pred[5] p, f32[5] x, f32[5] y)", "f32[5]"},
    {"select(pred[] p, f32[5] x, f32[5] y)", "f32[5]"},
    {"abs(c64[3] a)", "f32[3]"},
    {"abs(s8[3] a)", "s8[3]"},
    {"imag(c128[3] a)", "f64[3]"},
    {"is-finite(bf16[3] a)", "pred[3]"},
    {"not(pred[3] a)", "pred[3]"},
    {"exponential(f16[3] a)", "f16[3]"},
    {"bf16[3] convert(f32[3] a)", "bf16[3]"},
    {"reduce-precision(f32[3] a), exponent_bits=5, mantissa_bits=10", "f32[3]"},
    {"s8[3] stochastic-convert(f32[3] a, u32[3] b)", "s8[3]"},
};
INSTANTIATE_TEST_SUITE_P(Elementwise, AcceptedTest, testing::ValuesIn(kElementwise));

constexpr Accepted kMovement[] = {
    {"f32[2,3] broadcast(f32[3] a), dimensions={1}", "f32[2,3]"},
    {"f32[2,3] broadcast(f32[] a), dimensions={}", "f32[2,3]"},
    {"f32[6] reshape(f32[2,3] a)", "f32[6]"},
    {"f32[] reshape(f32[1,1] a)", "f32[]"},
    {"transpose(f32[2,3,4] a), dimensions={2,0,1}", "f32[4,2,3]"},
    {"reverse(f32[2,3] a), dimensions={1}", "f32[2,3]"},
    {"concatenate(f32[2,3] a, f32[4,3] b), dimensions={0}", "f32[6,3]"},
    {"slice(f32[10] a), slice={[1:8:3]}", "f32[3]"},
    {"slice(f32[10] a), slice={[5:5]}", "f32[0]"},
    {"pad(f32[4] a, f32[] z), padding=1_2_1", "f32[10]"},
    {"pad(f32[4] a, f32[] z), padding=-1_-2", "f32[1]"},
    {"pad(f32[0] a, f32[] z), padding=1_1_3", "f32[2]"},
    {"s32[4,2] bitcast-convert(s64[4] a)", "s32[4,2]"},
    {"s64[4] bitcast-convert(s32[4,2] a)", "s64[4]"},
    {"u32[4] bitcast-convert(f32[4] a)", "u32[4]"},
    {"f32[3,2] bitcast(f32[2,3] a)", "f32[3,2]"},
    {"dynamic-slice(f32[5,6] a, s32[] i, s32[] j), dynamic_slice_sizes={2,3}", "f32[2,3]"},
    {"dynamic-slice(f32[5,6] a, s32[2] i), dynamic_slice_sizes={2,3}", "f32[2,3]"},
    {"dynamic-update-slice(f32[5] a, f32[2] u, s32[] i)", "f32[5]"},
    {"s32[3,4] iota(), iota_dimension=1", "s32[3,4]"},
    {"get-dimension-size(f32[<=5] a), dimensions={0}", "s32[]"},
    {"set-dimension-size(f32[5,2] a, s32[] n), dimensions={0}", "f32[<=5,2]"},
};
INSTANTIATE_TEST_SUITE_P(Movement, AcceptedTest, testing::ValuesIn(kMovement));

constexpr Accepted kContraction[] = {
    {"dot(f32[2,3] a, f32[3,4] b), lhs_contracting_dims={1}, rhs_contracting_dims={0}", "f32[2,4]"},
    {"dot(f32[3] a, f32[3] b), lhs_contracting_dims={0}, rhs_contracting_dims={0}", "f32[]"},
    {"dot(f32[2] a, f32[3] b)", "f32[2,3]"},
    {"dot(f32[5,2,3] a, f32[3,5,4] b), lhs_batch_dims={0}, rhs_batch_dims={1}, "
     "lhs_contracting_dims={2}, rhs_contracting_dims={0}",
     "f32[5,2,4]"},
    {"f32[2,4] dot(bf16[2,3] a, bf16[3,4] b), lhs_contracting_dims={1}, rhs_contracting_dims={0}",
     "f32[2,4]"},
    {"ragged-dot(f32[11,5] a, f32[3,5,7] b, s64[3] c), lhs_contracting_dims={1}, "
     "rhs_contracting_dims={1}, lhs_ragged_dims={0}, rhs_group_dims={0}",
     "f32[11,7]"},
    {"ragged-dot(f32[11,5] a, f32[5,7] b, s64[3] c), lhs_contracting_dims={1}, "
     "rhs_contracting_dims={0}, lhs_ragged_dims={1}",
     "f32[3,11,7]"},
    {"scaled-dot(f8e4m3fn[4,64] a, f8e4m3fn[64,8] b, f8e8m0fnu[4,2] s, f8e8m0fnu[2,8] t), "
     "lhs_contracting_dims={1}, rhs_contracting_dims={0}",
     "f8e4m3fn[4,8]"},
    {"convolution(f32[1,8,8,3] a, f32[3,3,3,16] b), window={size=3x3 pad=1_1x1_1}, "
     "dim_labels=b01f_01io->b01f",
     "f32[1,8,8,16]"},
    {"convolution(f32[1,9,9,4] a, f32[3,3,2,6] b), window={size=3x3 stride=2x2}, "
     "dim_labels=b01f_01io->b01f, feature_group_count=2",
     "f32[1,4,4,6]"},
    {"convolution(f32[6,5,4] a, f32[3,4,8] b), window={size=3}, dim_labels=b0f_0io->0bf, "
     "batch_group_count=2",
     "f32[3,3,8]"},
    {"convolution(f32[1,5,1] a, f32[2,1,1] b), window={size=2 pad=1_1 lhs_dilate=2 rhs_dilate=3}, "
     "dim_labels=b0f_0io->b0f",
     "f32[1,8,1]"},
};
INSTANTIATE_TEST_SUITE_P(Contraction, AcceptedTest, testing::ValuesIn(kContraction));

constexpr Accepted kRegions[] = {
    {"reduce(f32[2,3,4] a, f32[] z), dimensions={0,2}, to_apply=add", "f32[3]"},
    {"reduce(f32[2,3] a, s32[2,3] i, f32[] z, s32[] k), dimensions={1}, to_apply=pair",
     "(f32[2], s32[2])"},
    {"reduce-window(f32[8,8] a, f32[] z), window={size=2x3 stride=2x3 pad=0_0x1_0}, to_apply=max",
     "f32[4,3]"},
    {"select-and-scatter(f32[8] a, f32[4] s, f32[] z), window={size=2 stride=2}, select=less, "
     "scatter=add",
     "f32[8]"},
    {"sort(f32[4,5] a), dimensions={1}, to_apply=less", "f32[4,5]"},
    {"sort(f32[4,5] a, s32[4,5] b), dimensions={1}, to_apply=less2", "(f32[4,5], s32[4,5])"},
    {"topk(f32[4,5] a), k=2", "(f32[4,2], s32[4,2])"},
    {"map(f32[4,5] a, f32[4,5] b), dimensions={0,1}, to_apply=add", "f32[4,5]"},
    {"(f32[4,2], f32[2]) scan(f32[4,2] a, f32[2] c), dimensions={0}, num_carries=1, to_apply=step",
     "(f32[4,2], f32[2])"},
    {"gather(f32[5,6] a, s32[7,1] i), offset_dims={1}, collapsed_slice_dims={0}, "
     "start_index_map={0}, index_vector_dim=1, slice_sizes={1,6}",
     "f32[7,6]"},
    {"gather(f32[3,5,6] a, s32[3,7] i), offset_dims={2}, collapsed_slice_dims={1}, "
     "start_index_map={1}, operand_batching_dims={0}, start_indices_batching_dims={0}, "
     "index_vector_dim=2, slice_sizes={1,1,6}",
     "f32[3,7,6]"},
    {"scatter(f32[5,6] a, s32[7,1] i, f32[7,6] u), update_window_dims={1}, "
     "inserted_window_dims={0}, scatter_dims_to_operand_dims={0}, index_vector_dim=1, to_apply=add",
     "f32[5,6]"},
    {"call(f32[4] a), to_apply=negate", "f32[4]"},
    {"while(f32[4] a), condition=positive, body=negate", "f32[4]"},
    {"conditional(pred[] p, f32[4] a, f32[4] b), true_computation=negate, false_computation=copy",
     "f32[4]"},
    {"conditional(s32[] p, f32[4] a, f32[4] b, f32[4] c), "
     "branch_computations={negate, copy, copy}",
     "f32[4]"},
    {"f32[4] fusion(f32[4] a), kind=kLoop, calls=negate", "f32[4]"},
};
INSTANTIATE_TEST_SUITE_P(Regions, AcceptedTest, testing::ValuesIn(kRegions));

constexpr Accepted kOthers[] = {
    {"f32[4] all-reduce(f32[4] a), replica_groups={{0},{2,1}}, to_apply=add", "f32[4]"},
    {"f32[8,3] all-gather(f32[4,3] a), replica_groups=[2,2]<=[4], dimensions={0}", "f32[8,3]"},
    {"f32[8] all-gather(f32[2] a), channel_id=1, replica_groups={{0,1}}, dimensions={0}", "f32[8]"},
    {"f32[8] collective-permute(f32[8] a, f32[8] b, ((s32[]), (s32[])) i, ((s32[]), (s32[])) j), "
     "source_target_pairs={{0,1},{0,2}}, slice_sizes={{2},{2}}",
     "f32[8]"},
    {"u64[] custom-call(), custom_call_target=\"GetRngSeed\"", "u64[]"},
    // The operand will be of the constrained layout.
    {"f32[4,2]{0,1} custom-call(f32[4,2] a), custom_call_target=\"f\", "
     "operand_layout_constraints={f32[4,2]{0,1}}, output_to_operand_aliasing={{}: (0, {})}",
     "f32[4,2]"},
    {"b(f32[2]) custom-call(f32[2] a), custom_call_target=\"Pin\", "
     "output_to_operand_aliasing={{}: (0, {})}",
     "b(f32[2])"},
    {"f16[3] rng(f32[] a, f32[] b), distribution=rng_normal", "f16[3]"},
    {"tuple(f32[2] a, s32[] b)", "(f32[2], s32[])"},
    {"get-tuple-element((f32[2], s32[]) a), index=1", "s32[]"},
    {"after-all(token[] a, token[] b)", "token[]"},
    {"add-dependency(f32[2] a, token[] t)", "f32[2]"},
    {"opt-barrier((f32[2], s32[]) a)", "(f32[2], s32[])"},
    {"f32[4] all-reduce(f32[4] a), replica_groups={{0,1}}, to_apply=add", "f32[4]"},
    {"(f32[4], f32[2]) all-reduce(f32[4] a, f32[2] b), replica_groups={}, to_apply=add",
     "(f32[4], f32[2])"},
    {"f32[8,3] all-gather(f32[4,3] a), replica_groups={{0,1}}, dimensions={0}", "f32[8,3]"},
    {"(f32[4,3], f32[8,3]) all-gather-start(f32[4,3] a), replica_groups={{0,1}}, dimensions={0}",
     "(f32[4,3], f32[8,3])"},
    {"all-gather-done((f32[4,3], f32[8,3]) a)", "f32[8,3]"},
    {"f32[2] reduce-scatter(f32[4] a), replica_groups={{0,1}}, dimensions={0}, to_apply=add",
     "f32[2]"},
    {"(f32[4], f32[4]) all-to-all(f32[4] a, f32[4] b), replica_groups={{0,1}}", "(f32[4], f32[4])"},
    {"f32[4] all-to-all(f32[4] a), replica_groups={{0,1}}, dimensions={0}", "f32[4]"},
    {"f32[4] collective-permute(f32[4] a), source_target_pairs={{0,1},{1,0}}", "f32[4]"},
    {"f32[4] collective-broadcast(f32[4] a), replica_groups={{0,1}}", "f32[4]"},
    {"(f32[4], f32[4], u32[]) copy-start(f32[4] a)", "(f32[4], f32[4], u32[])"},
    {"copy-done((f32[4], f32[4], u32[]) a)", "f32[4]"},
    {"(f32[4], u32[], token[]) send(f32[4] a, token[] t), channel_id=1",
     "(f32[4], u32[], token[])"},
    {"recv-done((f32[4], u32[], token[]) a), channel_id=1", "(f32[4], token[])"},
    {"((f32[4], s32[]), token[]) infeed(token[] t)", "((f32[4], s32[]), token[])"},
    {"token[] outfeed(f32[4] a, token[] t)", "token[]"},
    {"((f32[4]), f32[4], u32[]) async-start(f32[4] a), calls=negate", "((f32[4]), f32[4], u32[])"},
    {"cholesky(f32[2,3,3] a), lower=true", "f32[2,3,3]"},
    {"triangular-solve(f32[2,3,3] a, f32[2,3,5] b), left_side=true, transpose_a=NO_TRANSPOSE",
     "f32[2,3,5]"},
    {"triangular-solve(f32[3,3] a, f32[5,3] b), left_side=false, transpose_a=TRANSPOSE",
     "f32[5,3]"},
    {"fft(c64[2,8] a), fft_type=IFFT, fft_length={8}", "c64[2,8]"},
    {"fft(f32[2,8] a), fft_type=RFFT, fft_length={2,8}", "c64[2,5]"},
    {"fft(c128[2,5] a), fft_type=IRFFT, fft_length={8}", "f64[2,8]"},
    {"f32[3] rng(f32[] a, f32[] b), distribution=rng_uniform", "f32[3]"},
    {"(u64[2], u32[7]) rng-bit-generator(u64[2] s), algorithm=rng_philox", "(u64[2], u32[7])"},
    {"batch-norm-training(f32[2,4] a, f32[4] s, f32[4] o), epsilon=0.001, feature_index=1",
     "(f32[2,4], f32[4], f32[4])"},
    {"(f32[2], s32[]) custom-call(f32[4] a), custom_call_target=\"f\"", "(f32[2], s32[])"},
};
INSTANTIATE_TEST_SUITE_P(Others, AcceptedTest, testing::ValuesIn(kOthers));

struct Refused {
  std::string_view instruction;
  std::string_view message;  // a part of it
};

class RefusedTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedTest, SaysWhatIsWrong) {
  auto parsed = ParsedInstruction::Parse(GetParam().instruction);
  absl::Status status = parsed.ok() ? InferShape(parsed->context()).status() : parsed.status();
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr(std::string(GetParam().message)));
}

constexpr Refused kRefused[] = {
    // Device groups.
    {"f32[4] all-reduce(f32[4] a), replica_groups={{0,1},{}}, to_apply=add", "an empty group"},
    {"f32[4] all-reduce(f32[4] a), replica_groups={{0,1},{1}}, to_apply=add",
     "names device 1 twice"},
    {"f32[4] all-reduce(f32[4] a), replica_groups={{0,1},{3}}, to_apply=add",
     "names device 3, but not device 2"},
    {"f32[4] all-reduce(f32[4] a), channel_id=1, use_global_device_ids=true, replica_groups={}, "
     "to_apply=add",
     "needs replica_groups"},
    {"f32[12] all-gather(f32[4] a), replica_groups={{0,1},{2}}, dimensions={0}",
     "a group of 2 devices and one of 1"},
    {"f32[12] all-gather(f32[4] a), replica_groups=[2,2]<=[4], dimensions={0}",
     "f32[12] is 3 times f32[4] along dimension 0, but a group has 2 devices"},
    {"f32[12] all-gather(f32[4] a), replica_groups=mesh['x'=2,'y'=4] {'x','y':(1)2}, "
     "dimensions={0}",
     "f32[12] is 3 times f32[4] along dimension 0, but a group has 4 devices"},
    {"f32[1] reduce-scatter(f32[4] a), replica_groups={{0,1}}, dimensions={0}, to_apply=add",
     "f32[4] is 4 times f32[1]"},
    {"f32[5] all-to-all(f32[5] a), replica_groups={{0,1}}, dimensions={0}",
     "dimension 0 of f32[5] does not divide"},
    {"(f32[4], f32[4]) all-to-all(f32[4] a, f32[4] b), replica_groups=[1,3]<=[3]",
     "has 2 operands for a group of 3 devices"},
    // Slices of buffers that change places.
    {"f32[8] collective-permute(f32[8] a, f32[8] b, (s32[]) i), source_target_pairs={{0,1}}, "
     "slice_sizes={{2}}",
     "takes 4 operands with slice_sizes, but has 3"},
    {"f32[8] collective-permute(f32[8] a, (f32[8]) b, (s32[]) i, (s32[]) j), "
     "source_target_pairs={{0,1}}, slice_sizes={{2}}",
     "differ in number"},
    {"f32[8,8] collective-permute(f32[8,8] a, f32[8,8] b, (s32[]) i, (s32[], s32[]) j), "
     "source_target_pairs={{0,1}}, slice_sizes={{2,2}}",
     "the offsets (s32[]) do not give a start in each dimension of the buffer f32[8,8]"},
    {"f32[8] collective-permute(f32[8] a, f32[8] b, ((s32[]), (s32[])) i, ((s32[]), (s32[])) j), "
     "source_target_pairs={{0,1},{0,2},{0,3}}, slice_sizes={{2},{2}}",
     "source 0 appears more than 2 times"},
    // Custom calls that are known, constrained or of buffers.
    {"u32[] custom-call(), custom_call_target=\"GetRngSeed\"", "gives u64[]"},
    {"u64[] custom-call(u64[] a), custom_call_target=\"GetRngSeed\"", "takes 0 operands"},
    {"f32[2] custom-call(f32[3] a), custom_call_target=\"f\", "
     "operand_layout_constraints={f32[4]{0}}",
     "states operand 0 as f32[4], but it is f32[3]"},
    {"f32[2] custom-call(f32[3] a), custom_call_target=\"f\", operand_layout_constraints={}",
     "has 0 shapes for 1 operands"},
    {"b(f32[2]) custom-call(f32[2] a), custom_call_target=\"Pin\"",
     "needs output_to_operand_aliasing={{}: (0, {})}"},
    {"f32[2] custom-call(f32[2] a), custom_call_target=\"Unpin\", "
     "output_to_operand_aliasing={{}: (0, {})}",
     "Unpin of f32[2] cannot give f32[2]"},
    {"f32[2] custom-call(b(f32[2]) a), custom_call_target=\"f\"",
     "the buffer {} of operand 0 goes on in 0 places"},
    {"b(f32[2]) custom-call(f32[2] a), custom_call_target=\"f\"",
     "the buffer {} of the result b(f32[2]) comes from 0 operands"},
    {"f32[4,2]{0,1} custom-call(f32[4,2]{1,0} a), custom_call_target=\"f\", "
     "output_to_operand_aliasing={{}: (0, {})}",
     "aliased shapes differ"},
    {"f32[3] rng(f32[] a, f16[] b), distribution=rng_uniform", "operands f32[] and f16[]"},
    {"s32[3] rng(s32[] a, s32[] b), distribution=rng_normal", "does not give s32[3]"},
    {"f32[2,2] dynamic-slice(f32[5,5] a, s32[] i, s64[] j), dynamic_slice_sizes={2,2}",
     "index 0 is s32[] and 1 is s64[]"},
    {"f32[<=4] set-dimension-size(f32[4] a, s64[] n), dimensions={0}", "the size must be s32[]"},
    {"u64[3] rng-get-and-update-state(), delta=1", "the state must be u64[2]"},
    {"f32[2] add(f32[2] a, f32[3] b)", "operand 0 is f32[2] and 1 is f32[3]"},
    {"f32[2] add(f32[2] a, s32[2] b)", "one element type, but operand 0 is f32[2] and 1 is s32[2]"},
    {"pred[2] subtract(pred[2] a, pred[2] b)", "must be numbers, but it is pred[2]"},
    {"f32[2] and(f32[2] a, f32[2] b)", "must be integers or pred"},
    {"pred[2] compare(c64[2] a, c64[2] b), direction=LT", "does not order complex operands"},
    {"pred[2] compare(s32[2] a, s32[2] b), direction=LT, type=UNSIGNED", "type=UNSIGNED"},
    {"f32[5] clamp(f32[4] lo, f32[5] x, f32[] hi)", "bound f32[4] does not fit the value f32[5]"},
    {"f32[5] select(pred[4] p, f32[5] x, f32[5] y)", "operand 0 is pred[4]"},
    {"c64[3] erf(c64[3] a)", "must be floating-point, but it is c64[3]"},
    {"f32[4] convert(f32[3] a)", "the operand f32[3] and the result f32[4]"},
    {"f32[2,3] broadcast(f32[3] a), dimensions={0}", "dimension 0 of the operand f32[3]"},
    {"f32[2,3] broadcast(f32[3] a), dimensions={2}", "names dimension 2 of an array of rank 2"},
    {"f32[7] reshape(f32[2,3] a)", "f32[2,3] and the result f32[7]"},
    {"f32[2,2] transpose(f32[2,2] a), dimensions={0,0}", "names dimension 0 twice"},
    {"f32[6,3] concatenate(f32[2,3] a, f32[4,2] b), dimensions={0}", "operand 1 is f32[4,2]"},
    {"f32[3] slice(f32[10] a), slice={[1:11:1]}", "[1:11:1] is not a slice of dimension 0"},
    {"f32[3] slice(f32[10] a), slice={[4:2:1]}", "[4:2:1] is not a slice"},
    {"f32[0] pad(f32[4] a, f32[] z), padding=-3_-3", "padding -3_-3_0 does not fit"},
    {"f32[5] pad(f32[4] a, s32[] z), padding=1_0", "s32[] is not a scalar of the operand"},
    {"f32[6] dynamic-slice(f32[5] a, s32[] i), dynamic_slice_sizes={6}", "slice size 6"},
    {"f32[5] dynamic-update-slice(f32[5] a, f32[6] u, s32[] i)", "the update f32[6]"},
    {"s32[3] iota(), iota_dimension=1", "iota_dimension=1 is not a dimension of s32[3]"},
    {"f32[2,4] dot(f32[2,3] a, f32[5,4] b), lhs_contracting_dims={1}, rhs_contracting_dims={0}",
     "contracting dimensions 1 of f32[2,3] and 0 of f32[5,4] differ"},
    {"f32[1,8,8,16] convolution(f32[1,8,8,4] a, f32[3,3,3,16] b), window={size=3x3 pad=1_1x1_1}, "
     "dim_labels=b01f_01io->b01f",
     "the 4 features of the input f32[1,8,8,4]"},
    {"f32[3] reduce(f32[2,3] a, f32[] z), dimensions={2}, to_apply=add",
     "names dimension 2 of an array of rank 2"},
    {"s32[3] reduce(s32[2,3] a, s32[] z), dimensions={0}, to_apply=add",
     "parameter 0 of computation 0 must be s32[], but is f32[]"},
    {"f32[4] reduce-window(f32[8,8] a, f32[] z), window={size=2 stride=2}, to_apply=add",
     "the window has 1 dimensions, but needs 2"},
    {"f32[4] sort(f32[4] a), dimensions={0}, to_apply=add", "must give pred[], but gives f32[]"},
    {"(f32[7], s32[7]) topk(f32[4] a), k=7", "k=7 does not fit"},
    {"f32[7,6] gather(f32[5,6] a, s32[7,2] i), offset_dims={1}, collapsed_slice_dims={0}, "
     "start_index_map={0}, index_vector_dim=1, slice_sizes={1,6}",
     "start_index_map={0} must name 2 dimensions"},
    {"f32[5,6] scatter(f32[5,6] a, s32[7,1] i, f32[8,6] u), update_window_dims={1}, "
     "inserted_window_dims={0}, scatter_dims_to_operand_dims={0}, index_vector_dim=1, to_apply=add",
     "updates f32[8,6]"},
    {"f32[3] while(f32[3] a), condition=positive, body=negate", "must be f32[3], but is f32[4]"},
    {"f32[4] conditional(f32[] p, f32[4] a), branch_computations={negate}",
     "f32[] does not choose among 1 branches"},
    {"s32[] get-tuple-element((f32[2], s32[]) a), index=2", "index=2 is not an element"},
    {"f32[9,3] all-gather(f32[4,3] a), replica_groups={}, dimensions={0}",
     "f32[9,3] is not a multiple of f32[4,3]"},
    {"f32[4] collective-permute(f32[4] a), source_target_pairs={{0,1},{1,1}}",
     "target 1 appears more than once"},
    {"f32[2,4] dot(f32[2,3] a, f32[3,4] b), lhs_contracting_dims={1}, rhs_contracting_dims={0}, "
     "operand_precision={packed_nibble,default}",
     "packed_nibble must be the precision of both operands"},
    {"s32[2,4] dot(s8[2,3] a, s4[3,4] b), lhs_contracting_dims={1}, rhs_contracting_dims={0}, "
     "operand_precision={packed_nibble,packed_nibble}",
     "packed_nibble needs integers of 8 bits, but operand 1 is s4[3,4]"},
    {"f32[2,2] triangular-solve(f32[2,2] a, f32[2,2] b)", "transpose_a must be NO_TRANSPOSE"},
    {"f32[2,3] cholesky(f32[2,3] a)", "must be a batch of square matrices, but is f32[2,3]"},
    {"c64[5] fft(f32[9] a), fft_type=RFFT, fft_length={8}", "dimension 0 of f32[9] to be 8"},
    {"exponential(f32[3] a), result_accuracy={tolerance={atol=-1,rtol=0,ulps=0}}",
     "a tolerance of -1 must be finite and not negative"},
    {"tanh(f32[3] a), result_accuracy={tolerance={atol=0,rtol=0,ulps=-2}}",
     "a tolerance of -2 ulps must not be negative"},
    {"batch-norm-training(f32[2,4] a, f32[4] s, f32[4] o), epsilon=1e999, feature_index=1",
     "epsilon=inf must be finite"},
    {"(f32[3], u32[7]) rng-bit-generator(u64[2] s), algorithm=rng_philox", "the state u64[2]"},
};
INSTANTIATE_TEST_SUITE_P(All, RefusedTest, testing::ValuesIn(kRefused));

}  // namespace
}  // namespace eqsat::ir
