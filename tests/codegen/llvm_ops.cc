// Every operation of kernel IR, on every type that it takes, does in generated code what the kernel
// evaluator says it does.
#include <functional>
#include <string>
#include <vector>

#include "codegen/kernel_ir/builder.h"
#include "codegen/kernel_ir/op.h"
#include "codegen/kernel_ir/verify.h"
#include "codegen/targets/backend.h"
#include "cost_models/targets/find_target.h"
#include "gtest/gtest.h"
#include "ir/base/strings.h"
#include "tests/codegen/kernel_runs.h"

namespace eqsat::codegen {
namespace {

constexpr int64_t kSize = 4096;
constexpr int kVector = 4;

constexpr Op kAllOps[] = {
#define KERNEL_OP(enumerator, name, operands, family) Op::enumerator,
#include "codegen/kernel_ir/op.def"
#undef KERNEL_OP
};

std::vector<Op> OpsOf(OpFamily family) {
  std::vector<Op> ops;
  for (Op op : kAllOps)
    if (Family(op) == family) ops.push_back(op);
  return ops;
}

using Emit = std::function<ValueId(KernelBuilder&, const std::vector<ValueId>&)>;

// out[i] = emit(in0[i], in1[i], …), `width` elements at a time.
Kernel Elementwise(std::string name, const std::vector<Scalar>& inputs, Scalar output, int width,
                   const Emit& emit) {
  KernelBuilder b(std::move(name), {kSize / width}, Scalar::kI64);
  std::vector<BufferId> buffers;
  for (Scalar input : inputs) buffers.push_back(b.AddBuffer(input, kSize, BufferRole::kIn));
  BufferId out = b.AddBuffer(output, kSize, BufferRole::kOut);
  ValueId index = b.Binary(Op::kMul, b.point()[0], b.Index(width));
  std::vector<ValueId> values;
  for (BufferId buffer : buffers) values.push_back(b.Load(buffer, index, width));
  b.Store(out, index, emit(b, values));
  return std::move(b).Build();
}

Buffers CornersFor(const Kernel& kernel) {
  Buffers buffers;
  for (const Buffer& buffer : kernel.buffers)
    buffers.push_back(Corners(buffer.element, buffer.size, static_cast<uint32_t>(buffers.size())));
  return buffers;
}

void ExpectRunsAsEvaluated(const Kernel& kernel) {
  ASSERT_TRUE(VerifyKernel(kernel).ok()) << VerifyKernel(kernel);
  Buffers input = CornersFor(kernel);
  absl::StatusOr<Buffers> expected = EvaluateOn(kernel, input);
  ASSERT_TRUE(expected.ok()) << kernel.name << ": " << expected.status();
  for (const std::string& target : TargetsToRun()) {
    absl::StatusOr<Buffers> actual = RunOn(target, kernel, input);
    ASSERT_TRUE(actual.ok()) << kernel.name << " on " << target << ": " << actual.status();
    for (size_t i = 0; i < expected->size(); ++i)
      EXPECT_EQ(Difference(kernel.buffers[i].element, (*expected)[i], (*actual)[i]), "")
          << kernel.name << " on " << target;
  }
}

// Divisors that are not 0 or -1, shift amounts below the width.
ValueId Tame(KernelBuilder& b, Op op, ValueId x) {
  Type type = b.type(x);
  if (op == Op::kShl || op == Op::kShrL || op == Op::kShrA)
    return b.Binary(Op::kAnd, x, b.Int(type, BitWidth(type.scalar) - 1));
  if (op == Op::kDivS || op == Op::kRemS || op == Op::kDivU || op == Op::kRemU)
    return b.Binary(Op::kOr, b.Binary(Op::kAnd, x, b.Int(type, 0x7e)), b.Int(type, 1));
  return x;
}

// All operations of one kind of type in one kernel a width: one output buffer an operation.
Kernel ManyOps(std::string name, const std::vector<Op>& ops, Scalar type, int width) {
  KernelBuilder b(std::move(name), {kSize / width}, Scalar::kI64);
  std::vector<BufferId> in;
  for (int i = 0; i < 3; ++i) in.push_back(b.AddBuffer(type, kSize, BufferRole::kIn));
  std::vector<BufferId> out;
  bool compares =
      Family(ops[0]) == OpFamily::kCompareInteger || Family(ops[0]) == OpFamily::kCompareFloat;
  for (size_t i = 0; i < ops.size(); ++i)
    out.push_back(b.AddBuffer(compares ? Scalar::kI8 : type, kSize, BufferRole::kOut));
  ValueId index = b.Binary(Op::kMul, b.point()[0], b.Index(width));
  ValueId x = b.Load(in[0], index, width);
  ValueId y = b.Load(in[1], index, width);
  ValueId z = b.Load(in[2], index, width);
  for (size_t i = 0; i < ops.size(); ++i) {
    ValueId result;
    if (Arity(ops[i]) == 1) {
      result = b.Unary(ops[i], x);
    } else if (Arity(ops[i]) == 2) {
      result = b.Binary(ops[i], x, Tame(b, ops[i], y));
    } else {
      result = b.Fma(x, y, z);
    }
    if (compares) result = b.Convert(Op::kZeroExtend, Scalar::kI8, result);
    b.Store(out[i], index, result);
  }
  return std::move(b).Build();
}

class OpsOfType : public testing::TestWithParam<std::tuple<Scalar, int>> {};

TEST_P(OpsOfType, Arithmetic) {
  auto [type, width] = GetParam();
  OpFamily family = IsFloat(type) ? OpFamily::kFloat : OpFamily::kInteger;
  ExpectRunsAsEvaluated(ManyOps("arithmetic", OpsOf(family), type, width));
}

TEST_P(OpsOfType, Comparisons) {
  auto [type, width] = GetParam();
  OpFamily family = IsFloat(type) ? OpFamily::kCompareFloat : OpFamily::kCompareInteger;
  ExpectRunsAsEvaluated(ManyOps("comparisons", OpsOf(family), type, width));
}

std::string NameOf(const testing::TestParamInfo<std::tuple<Scalar, int>>& info) {
  return ToString(Type(std::get<0>(info.param), std::get<1>(info.param)));
}

INSTANTIATE_TEST_SUITE_P(All, OpsOfType,
                         testing::Combine(testing::Values(Scalar::kI8, Scalar::kI16, Scalar::kI32,
                                                          Scalar::kI64, Scalar::kF32, Scalar::kF64),
                                          testing::Values(1, kVector)),
                         NameOf);

class Conversions : public testing::TestWithParam<std::tuple<Scalar, int>> {};

// From the parameter's type to every other one.
TEST_P(Conversions, ToEveryType) {
  auto [from, width] = GetParam();
  for (Scalar to : {Scalar::kI8, Scalar::kI16, Scalar::kI32, Scalar::kI64, Scalar::kF16,
                    Scalar::kBF16, Scalar::kF32, Scalar::kF64}) {
    std::vector<Op> ops;
    bool wide_from = from == Scalar::kF32 || from == Scalar::kF64;
    bool wide_to = to == Scalar::kF32 || to == Scalar::kF64;
    if (IsInteger(from) && IsInteger(to) && BitWidth(to) < BitWidth(from)) ops = {Op::kTruncate};
    if (IsInteger(from) && IsInteger(to) && BitWidth(to) > BitWidth(from))
      ops = {Op::kSignExtend, Op::kZeroExtend};
    if (IsInteger(from) && wide_to) ops = {Op::kSignedToFloat, Op::kUnsignedToFloat};
    if (wide_from && IsInteger(to)) ops = {Op::kFloatToSigned, Op::kFloatToUnsigned};
    if (IsFloat(from) && IsFloat(to) && from != to) ops = {Op::kFloatConvert};
    if (from != to && BitWidth(from) == BitWidth(to)) ops.push_back(Op::kBitcast);
    for (Op op : ops)
      ExpectRunsAsEvaluated(
          Elementwise(base::StrCat(Name(op), "_", Name(from), "_", Name(to)), {from}, to, width,
                      [&, target = to](KernelBuilder& b, const std::vector<ValueId>& x) {
                        return b.Convert(op, target, x[0]);
                      }));
  }
}

INSTANTIATE_TEST_SUITE_P(All, Conversions,
                         testing::Combine(testing::Values(Scalar::kI8, Scalar::kI16, Scalar::kI32,
                                                          Scalar::kI64, Scalar::kF16, Scalar::kBF16,
                                                          Scalar::kF32, Scalar::kF64),
                                          testing::Values(1, kVector)),
                         NameOf);

TEST(LlvmOps, SelectsAndVectors) {
  ExpectRunsAsEvaluated(
      Elementwise("choose", {Scalar::kF32, Scalar::kBF16, Scalar::kBF16}, Scalar::kBF16, 1,
                  [](KernelBuilder& b, const std::vector<ValueId>& x) {
                    ValueId positive = b.Binary(Op::kFLt, b.Float(Scalar::kF32, 0), x[0]);
                    return b.Select(positive, x[1], x[2]);
                  }));
  ExpectRunsAsEvaluated(Elementwise("splat", {Scalar::kF32}, Scalar::kF32, kVector,
                                    [](KernelBuilder& b, const std::vector<ValueId>& x) {
                                      return b.Binary(Op::kFAdd, x[0],
                                                      b.Splat(b.Extract(x[0], 2), kVector));
                                    }));
}

// Both kinds of code for every operation: what no target may refuse.
TEST(LlvmOps, EveryGpuTargetTakesEveryOperation) {
  for (const char* name : {"nvptx:sm_80", "nvptx:sm_90", "nvptx:sm_100", "amdgpu:gfx90a",
                           "amdgpu:gfx942", "amdgpu:gfx950", "amdgpu:gfx1100", "amdgpu:gfx1201"}) {
    absl::StatusOr<cost_models::Target> target = cost_models::FindTarget(name);
    ASSERT_TRUE(target.ok()) << target.status();
    std::vector<Kernel> kernels;
    for (Scalar type :
         {Scalar::kI8, Scalar::kI16, Scalar::kI32, Scalar::kI64, Scalar::kF32, Scalar::kF64})
      for (int width : {1, kVector})
        for (OpFamily family : {OpFamily::kInteger, OpFamily::kFloat, OpFamily::kCompareInteger,
                                OpFamily::kCompareFloat}) {
          bool is_float = family == OpFamily::kFloat || family == OpFamily::kCompareFloat;
          if (is_float == IsFloat(type))
            kernels.push_back(
                ManyOps(base::StrCat("ops", kernels.size()), OpsOf(family), type, width));
        }
    absl::StatusOr<Artifact> artifact = FindBackend(target->family)->Compile(kernels, *target, 1);
    ASSERT_TRUE(artifact.ok()) << name << ": " << artifact.status();
    EXPECT_GT(artifact->bytes.size(), 1000u);
    EXPECT_EQ(artifact->kernels.size(), kernels.size());
  }
}

}  // namespace
}  // namespace eqsat::codegen
