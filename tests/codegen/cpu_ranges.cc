// Kernels as functions over ranges: how points are split, and that every split runs them all.
#include <cstdint>
#include <numeric>
#include <vector>

#include "codegen/kernel_ir/builder.h"
#include "codegen/targets/cpu/range_function.h"
#include "gtest/gtest.h"
#include "ir/base/strings.h"
#include "tests/codegen/kernel_runs.h"

namespace eqsat::codegen {
namespace {

// out[i] = in[i] * 3 over the points of `extents`.
Kernel Triple(std::vector<int64_t> extents, Scalar index_type) {
  int64_t size = std::accumulate(extents.begin(), extents.end(), int64_t{1}, std::multiplies<>());
  KernelBuilder b("triple", extents, index_type);
  BufferId in = b.AddBuffer(Scalar::kI32, size, BufferRole::kIn);
  BufferId out = b.AddBuffer(Scalar::kI32, size, BufferRole::kOut);
  ValueId position = b.Index(0);
  for (size_t d = 0; d < extents.size(); ++d)
    position = b.Binary(Op::kAdd, b.Binary(Op::kMul, position, b.Index(extents[d])), b.point()[d]);
  b.Store(out, position, b.Binary(Op::kMul, b.Load(in, position), b.Int(Scalar::kI32, 3)));
  return std::move(b).Build();
}

TEST(CpuRanges, SplitsTheOutermostDimensions) {
  auto split = [](std::vector<int64_t> extents) {
    return SplitOf(Triple(std::move(extents), Scalar::kI64));
  };
  EXPECT_EQ(split({}).length, 1);
  EXPECT_EQ(split({100}).length, 100);
  EXPECT_EQ(split({2, 3, 50}).length, 6);   // the innermost loop stays whole
  EXPECT_EQ(split({1, 1, 50}).length, 50);  // unless there is no other
  EXPECT_EQ(split({50, 1, 1}).length, 50);
  EXPECT_EQ(split({8, 8, 8, 8}).length, 64);
  EXPECT_EQ(split({1000, 1000}).outer_rank, 1u);
}

TEST(CpuRanges, EveryPointRunsOnce) {
  for (Scalar index_type : {Scalar::kI32, Scalar::kI64})
    for (const std::vector<int64_t>& extents : {std::vector<int64_t>{},
                                                {1},
                                                {7},
                                                {100'003},
                                                {2, 3, 5},
                                                {1, 17, 1},
                                                {40, 40, 40},
                                                {3, 1, 20'000}}) {
      Kernel kernel = Triple(extents, index_type);
      int64_t size = kernel.buffers[0].size;
      Buffers input = {Corners(Scalar::kI32, size, 1), Bytes(static_cast<size_t>(size) * 4)};
      absl::StatusOr<Buffers> expected = EvaluateOn(kernel, input);
      absl::StatusOr<Buffers> actual = RunOn("cpu", kernel, input);
      ASSERT_TRUE(expected.ok() && actual.ok()) << expected.status() << actual.status();
      EXPECT_EQ((*expected)[1], (*actual)[1]) << base::Join(extents, "x");
    }
}

}  // namespace
}  // namespace eqsat::codegen
