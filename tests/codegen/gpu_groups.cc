// How work-items of a group work together: reductions, scratch memory and barriers.
#include <cstdint>
#include <string>
#include <vector>

#include "codegen/kernel_ir/builder.h"
#include "codegen/kernel_ir/verify.h"
#include "gtest/gtest.h"
#include "ir/base/strings.h"
#include "tests/codegen/kernel_runs.h"

namespace eqsat::codegen {
namespace {

const char* const kGpuTargets[] = {"nvptx:sm_90", "amdgpu:gfx942", "amdgpu:gfx1100"};

// Integers are exact, so the order of combination does not show.
void ExpectSameOnGpus(const Kernel& kernel) {
  ASSERT_TRUE(VerifyKernel(kernel).ok()) << VerifyKernel(kernel);
  Buffers input;
  for (const Buffer& buffer : kernel.buffers)
    if (buffer.role != BufferRole::kScratch)
      input.push_back(Corners(buffer.element, buffer.size, static_cast<uint32_t>(input.size())));
  absl::StatusOr<Buffers> expected = EvaluateOn(kernel, input);
  ASSERT_TRUE(expected.ok()) << expected.status();
  for (const char* target : kGpuTargets) {
    absl::StatusOr<Buffers> actual = RunOn(target, kernel, input);
    ASSERT_TRUE(actual.ok()) << kernel.name << " on " << target << ": " << actual.status();
    for (size_t i = 0; i < expected->size(); ++i)
      EXPECT_EQ(Difference(kernel.buffers[i].element, (*expected)[i], (*actual)[i]), "")
          << kernel.name << " on " << target;
  }
}

// out[row] = Σ in[row, :] and the lane of a row's largest element, by groups of `group_size`.
Kernel RowSums(Scalar type, int64_t rows, int64_t columns, int64_t group_size) {
  KernelBuilder b(base::StrCat("rows_", Name(type), "_", group_size), {rows}, Scalar::kI32);
  BufferId in = b.AddBuffer(type, rows * columns, BufferRole::kIn);
  BufferId sums = b.AddBuffer(type, rows, BufferRole::kOut);
  BufferId maxima = b.AddBuffer(type, rows, BufferRole::kOut);
  b.SetMapping(Mapping::kGroup, group_size);
  ValueId row = b.Binary(Op::kMul, b.point()[0], b.Index(columns));
  std::vector<ValueId> partial = b.For(
      b.Lane(), b.Index(columns), b.Index(group_size), {b.Int(type, 0), b.Int(type, INT8_MIN)},
      [&](ValueId column, const KernelBuilder::Values& carried) -> KernelBuilder::Values {
        ValueId element = b.Load(in, b.Binary(Op::kAdd, row, column));
        return {b.Binary(Op::kAdd, carried[0], element), b.Binary(Op::kMaxS, carried[1], element)};
      });
  std::vector<ValueId> total = b.GroupReduce(partial, [&](const KernelBuilder::Values& x,
                                                          const KernelBuilder::Values& y) {
    return KernelBuilder::Values{b.Binary(Op::kAdd, x[0], y[0]), b.Binary(Op::kMaxS, x[1], y[1])};
  });
  b.If(b.Binary(Op::kEq, b.Lane(), b.Index(0)), [&] {
    b.Store(sums, b.point()[0], total[0]);
    b.Store(maxima, b.point()[0], total[1]);
  });
  return std::move(b).Build();
}

TEST(GpuGroups, ReductionsOfWholeWaves) {
  for (Scalar type : {Scalar::kI8, Scalar::kI16, Scalar::kI32, Scalar::kI64})
    for (int64_t group_size : {64, 256, 1024}) ExpectSameOnGpus(RowSums(type, 5, 700, group_size));
}

TEST(GpuGroups, ReductionsOfPartsOfWaves) {
  for (int64_t group_size : {1, 2, 8, 16, 24, 32, 96})
    ExpectSameOnGpus(RowSums(Scalar::kI32, 3, 50, group_size));
}

TEST(GpuGroups, TwoReductionsInARow) {
  constexpr int64_t kLanes = 128;
  KernelBuilder b("twice", {4}, Scalar::kI32);
  BufferId in = b.AddBuffer(Scalar::kI32, 4 * kLanes, BufferRole::kIn);
  BufferId out = b.AddBuffer(Scalar::kI32, 4 * kLanes, BufferRole::kOut);
  b.SetMapping(Mapping::kGroup, kLanes);
  auto sum = [&](ValueId x) {
    return b.GroupReduce({x}, [&](const KernelBuilder::Values& p, const KernelBuilder::Values& q) {
      return KernelBuilder::Values{b.Binary(Op::kAdd, p[0], q[0])};
    })[0];
  };
  ValueId position =
      b.Binary(Op::kAdd, b.Binary(Op::kMul, b.point()[0], b.Index(kLanes)), b.Lane());
  ValueId element = b.Load(in, position);
  ValueId centred = b.Binary(Op::kSub, element, sum(element));
  b.Store(out, position, b.Binary(Op::kXor, centred, sum(b.Binary(Op::kMul, centred, centred))));
  ExpectSameOnGpus(std::move(b).Build());
}

// Each group reverses its part through scratch memory.
TEST(GpuGroups, ScratchAndBarrier) {
  constexpr int64_t kLanes = 96;
  for (Scalar type : {Scalar::kI8, Scalar::kBF16, Scalar::kF64}) {
    KernelBuilder b("reverse", {3}, Scalar::kI64);
    BufferId in = b.AddBuffer(type, 3 * kLanes, BufferRole::kIn);
    BufferId out = b.AddBuffer(type, 3 * kLanes, BufferRole::kOut);
    BufferId scratch = b.AddBuffer(type, kLanes, BufferRole::kScratch);
    b.SetMapping(Mapping::kGroup, kLanes);
    ValueId start = b.Binary(Op::kMul, b.point()[0], b.Index(kLanes));
    b.Store(scratch, b.Lane(), b.Load(in, b.Binary(Op::kAdd, start, b.Lane())));
    b.Barrier();
    ValueId mirrored = b.Binary(Op::kSub, b.Index(kLanes - 1), b.Lane());
    b.Store(out, b.Binary(Op::kAdd, start, b.Lane()), b.Load(scratch, mirrored));
    ExpectSameOnGpus(std::move(b).Build());
  }
}

TEST(GpuGroups, ItemsThatDoNotFillTheLastGroup) {
  KernelBuilder b("items", {3, 1, 333}, Scalar::kI32);
  BufferId in = b.AddBuffer(Scalar::kI16, 999, BufferRole::kIn);
  BufferId out = b.AddBuffer(Scalar::kI16, 999, BufferRole::kOut);
  ValueId from = b.Binary(Op::kAdd, b.Binary(Op::kMul, b.point()[0], b.Index(333)), b.point()[2]);
  ValueId to = b.Binary(Op::kAdd, b.Binary(Op::kMul, b.point()[2], b.Index(3)), b.point()[0]);
  b.Store(out, to, b.Load(in, from));
  ExpectSameOnGpus(std::move(b).Build());
}

TEST(GpuGroups, ABarrierThatOnlySomeReachIsFound) {
  KernelBuilder b("stuck", {1}, Scalar::kI32);
  BufferId out = b.AddBuffer(Scalar::kI32, 64, BufferRole::kOut);
  b.SetMapping(Mapping::kGroup, 64);
  b.If(b.Binary(Op::kLtS, b.Lane(), b.Index(10)), [&] { b.Barrier(); });
  b.Store(out, b.Lane(), b.Int(Scalar::kI32, 1));
  absl::StatusOr<Buffers> result = RunOn("nvptx:sm_90", std::move(b).Build(), {Bytes(256)});
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace eqsat::codegen
