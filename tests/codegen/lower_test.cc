// Lowering of each op family, run on the kernel evaluator; expected values by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "absl/strings/str_format.h"
#include "codegen/kernel_ir/structure.h"
#include "tests/codegen/lower_runs.h"

namespace eqsat::codegen {
namespace {

using ::testing::ElementsAre;
using ::testing::Pointwise;

// Runs on every target and expects the same elements.
void ExpectElements(std::string_view hlo, KernelForm form, absl::Span<const ir::Literal> arguments,
                    const std::vector<double>& expected, double tolerance = 0) {
  for (const ScheduleTarget& target : TargetsToLowerFor()) {
    absl::StatusOr<std::vector<ir::Literal>> outputs = RunHlo(hlo, form, arguments, target);
    ASSERT_TRUE(outputs.ok()) << outputs.status().message();
    EXPECT_THAT(Doubles((*outputs)[0]), Pointwise(::testing::DoubleNear(tolerance), expected));
  }
}

TEST(LowerTest, ElementwiseChain) {
  ExpectElements(R"(
    HloModule m
    ENTRY e {
      x = f32[2,2] parameter(0)
      y = f32[2,2] parameter(1)
      sum = f32[2,2] add(x, y)
      ROOT r = f32[2,2] multiply(sum, x)
    })",
                 KernelForm::kLoop,
                 {Floats({2, 2}, {1, 2, 3, 4}), Floats({2, 2}, {10, 20, 30, 40})},
                 {11, 44, 99, 176});
}

TEST(LowerTest, RoundsBf16AfterEveryOperation) {
  // 256 + 1 is 256 in bf16, so that subtracting 256 leaves 0.
  ExpectElements(
      R"(
    HloModule m
    ENTRY e {
      x = bf16[1] parameter(0)
      y = bf16[1] parameter(1)
      sum = bf16[1] add(x, y)
      ROOT r = bf16[1] subtract(sum, x)
    })",
      KernelForm::kLoop,
      {Floats({1}, {256}, ir::ElementType::kBF16), Floats({1}, {1}, ir::ElementType::kBF16)}, {0});
}

TEST(LowerTest, IntegerDivisionHasNoUndefinedCases) {
  ir::Shape s32(ir::ElementType::kS32, {4});
  std::vector<ir::Literal> arguments = {
      ir::Literal::FromInt64s(s32, {7, -7, 5, INT32_MIN}),
      ir::Literal::FromInt64s(s32, {2, 2, 0, -1}),
  };
  constexpr std::string_view kHlo = R"(
    HloModule m
    ENTRY e {
      x = s32[4] parameter(0)
      y = s32[4] parameter(1)
      ROOT r = s32[4] %s(x, y)
    })";
  auto with = [&](std::string_view op) {
    std::string text(kHlo);
    return text.replace(text.find("%s"), 2, op);
  };
  ExpectElements(with("divide"), KernelForm::kLoop, arguments, {3, -3, -1, INT32_MIN});
  ExpectElements(with("remainder"), KernelForm::kLoop, arguments, {1, -1, 5, 0});
}

TEST(LowerTest, CompareSelectClampConvert) {
  ExpectElements(R"(
    HloModule m
    ENTRY e {
      x = f32[4] parameter(0)
      zero = f32[] constant(0)
      zeros = f32[4] broadcast(zero), dimensions={}
      p = pred[4] compare(x, zeros), direction=GT
      low = f32[] constant(-1)
      high = f32[] constant(2)
      c = f32[4] clamp(low, x, high)
      n = f32[4] negate(x)
      s = f32[4] select(p, c, n)
      ROOT r = s32[4] convert(s)
    })",
                 KernelForm::kLoop, {Floats({4}, {-3, 0.5, 1.75, 9})}, {3, 0, 1, 2});
}

// Every code of every 8-bit format to f32, and back again.
TEST(LowerTest, Float8) {
  for (std::string_view type :
       {"f8e5m2", "f8e4m3", "f8e4m3fn", "f8e4m3b11fnuz", "f8e3m4", "f8e5m2fnuz", "f8e4m3fnuz"}) {
    SCOPED_TRACE(type);
    std::vector<uint8_t> codes(256);
    for (size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<uint8_t>(i);
    ir::ElementType element = *ir::ElementTypeFromName(type);
    ir::Literal all = ir::Literal::FromBytes(ir::Shape(element, {256}), codes);
    auto decoded = RunHlo(absl::StrFormat("HloModule m\nENTRY e { x = %s[256] parameter(0)\n"
                                          "ROOT r = f32[256] convert(x) }",
                                          std::string(type)),
                          KernelForm::kLoop, {all});
    ASSERT_TRUE(decoded.ok()) << decoded.status().message();
    EXPECT_THAT(Doubles((*decoded)[0]), Pointwise(::testing::NanSensitiveDoubleEq(), Doubles(all)));
    // Between two codes, on ties, and far beyond.
    std::vector<double> values;
    for (double v : Doubles(all)) {
      for (double factor : {0.5, 1.0, 1.03125, 1.0625, 1.125, 1.25, 1e9})
        values.push_back(v * factor);
    }
    ir::Literal floats = ir::Literal::FromDoubles(ir::Shape(ir::ElementType::kF32, {1792}), values);
    auto encoded = RunHlo(absl::StrFormat("HloModule m\nENTRY e { x = f32[1792] parameter(0)\n"
                                          "ROOT r = %s[1792] convert(x) }",
                                          std::string(type)),
                          KernelForm::kLoop, {floats});
    ASSERT_TRUE(encoded.ok()) << encoded.status().message();
    ir::Literal expected = ir::Literal::FromDoubles(ir::Shape(element, {1792}), values);
    EXPECT_THAT(Doubles((*encoded)[0]),
                Pointwise(::testing::NanSensitiveDoubleEq(), Doubles(expected)));
  }
}

TEST(LowerTest, Movement) {
  // reverse(transpose(x)) reshaped, sliced, padded, joined with an iota.
  ExpectElements(R"(
    HloModule m
    ENTRY e {
      x = f32[2,3] parameter(0)
      t = f32[3,2] transpose(x), dimensions={1,0}
      v = f32[3,2] reverse(t), dimensions={0}
      f = f32[6] reshape(v)
      s = f32[3] slice(f), slice={[1:6:2]}
      z = f32[] constant(-1)
      p = f32[6] pad(s, z), padding=1_0_1
      i = f32[2] iota(), iota_dimension=0
      ROOT r = f32[8] concatenate(p, i), dimensions={0}
    })",
                 KernelForm::kLoop, {Floats({2, 3}, {0, 1, 2, 3, 4, 5})},
                 {-1, 5, -1, 4, -1, 3, 0, 1});
}

constexpr std::string_view kSoftmax = R"(
    HloModule m
    max { a = f32[] parameter(0)
          b = f32[] parameter(1)
          ROOT r = f32[] maximum(a, b) }
    add { a = f32[] parameter(0)
          b = f32[] parameter(1)
          ROOT r = f32[] add(a, b) }
    ENTRY e {
      x = f32[2,3,40] parameter(0)
      low = f32[] constant(-inf)
      m = f32[2,3] reduce(x, low), dimensions={2}, to_apply=max
      mb = f32[2,3,40] broadcast(m), dimensions={0,1}
      d = f32[2,3,40] subtract(x, mb)
      ex = f32[2,3,40] exponential(d)
      zero = f32[] constant(0)
      s = f32[2,3] reduce(ex, zero), dimensions={2}, to_apply=add
      sb = f32[2,3,40] broadcast(s), dimensions={0,1}
      q = f32[2,3,40] divide(ex, sb)
      ROOT t = (f32[2,3], f32[2,3,40]) tuple(m, q)
    })";

TEST(LowerTest, SoftmaxInOneKernel) {
  ir::Literal x = Ramp({2, 3, 40});
  for (const ScheduleTarget& target : TargetsToLowerFor()) {
    absl::StatusOr<Kernel> kernel = LowerHlo(kSoftmax, KernelForm::kRow, target);
    ASSERT_TRUE(kernel.ok()) << kernel.status().message();
    EXPECT_EQ(kernel->NumPoints(), 6);
    bool gpu = target.processor == Processor::kGpu;
    EXPECT_EQ(kernel->mapping, gpu ? Mapping::kGroup : Mapping::kItem);
    auto outputs = RunHlo(kSoftmax, KernelForm::kRow, {x}, target);
    ASSERT_TRUE(outputs.ok()) << outputs.status().message();
    for (int64_t row = 0; row < 6; ++row) {
      double max = -INFINITY, sum = 0;
      for (int64_t i = 0; i < 40; ++i) max = std::max(max, x.AsDouble(row * 40 + i));
      for (int64_t i = 0; i < 40; ++i) sum += std::exp(x.AsDouble(row * 40 + i) - max);
      EXPECT_EQ((*outputs)[0].AsDouble(row), max);
      for (int64_t i = 0; i < 40; ++i) {
        double expected = std::exp(x.AsDouble(row * 40 + i) - max) / sum;
        EXPECT_NEAR((*outputs)[1].AsDouble(row * 40 + i), expected, 1e-6 * expected);
      }
    }
  }
}

TEST(LowerTest, ReducesAMajorDimension) {
  std::vector<double> x(3 * 37), expected(37);
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<double>(i);
    expected[i % 37] += static_cast<double>(i);
  }
  ExpectElements(R"(
    HloModule m
    add { a = f32[] parameter(0)
          b = f32[] parameter(1)
          ROOT r = f32[] add(a, b) }
    ENTRY e {
      x = f32[3,37] parameter(0)
      zero = f32[] constant(0)
      ROOT r = f32[37] reduce(x, zero), dimensions={0}, to_apply=add
    })",
                 KernelForm::kRow, {Floats({3, 37}, x)}, expected);
}

TEST(LowerTest, ReducesWithAnInitialValueThatCountsOnce) {
  std::vector<double> x(64, 1.0);
  ExpectElements(R"(
    HloModule m
    add { a = f32[] parameter(0)
          b = f32[] parameter(1)
          ROOT r = f32[] add(a, b) }
    ENTRY e {
      x = f32[64] parameter(0)
      start = f32[] constant(100)
      ROOT r = f32[] reduce(x, start), dimensions={0}, to_apply=add
    })",
                 KernelForm::kRow, {Floats({64}, x)}, {164});
}

TEST(LowerTest, ReducesPairs) {
  // The greatest value and its first position.
  constexpr std::string_view kHlo = R"(
    HloModule m
    argmax { a = f32[] parameter(0)
             i = s32[] parameter(1)
             b = f32[] parameter(2)
             j = s32[] parameter(3)
             gt = pred[] compare(a, b), direction=GT
             eq = pred[] compare(a, b), direction=EQ
             lt = pred[] compare(i, j), direction=LT
             tie = pred[] and(eq, lt)
             p = pred[] or(gt, tie)
             v = f32[] select(p, a, b)
             k = s32[] select(p, i, j)
             ROOT r = (f32[], s32[]) tuple(v, k) }
    ENTRY e {
      x = f32[2,48] parameter(0)
      i = s32[2,48] iota(), iota_dimension=1
      low = f32[] constant(-inf)
      none = s32[] constant(0)
      ROOT r = (f32[2], s32[2]) reduce(x, i, low, none), dimensions={1}, to_apply=argmax
    })";
  std::vector<double> x(96, 0);
  x[41] = 5;
  x[43] = 5;
  x[48 + 7] = 2;
  for (const ScheduleTarget& target : TargetsToLowerFor()) {
    auto outputs = RunHlo(kHlo, KernelForm::kRow, {Floats({2, 48}, x)}, target);
    ASSERT_TRUE(outputs.ok()) << outputs.status().message();
    EXPECT_THAT(Doubles((*outputs)[0]), ElementsAre(5, 2));
    EXPECT_THAT(Doubles((*outputs)[1]), ElementsAre(41, 7));
  }
}

TEST(LowerTest, ReduceWindowLeavesOutPadding) {
  ExpectElements(R"(
    HloModule m
    max { a = f32[] parameter(0)
          b = f32[] parameter(1)
          ROOT r = f32[] maximum(a, b) }
    ENTRY e {
      x = f32[5] parameter(0)
      low = f32[] constant(-100)
      ROOT r = f32[3] reduce-window(x, low), window={size=3 stride=2 pad=1_1}, to_apply=max
    })",
                 KernelForm::kRow, {Floats({5}, {1, 5, -2, -3, -4})}, {5, 5, -3});
}

// --- Dots ----------------------------------------------------------------------------------------

std::string DotHlo(std::string_view lhs, std::string_view rhs, std::string_view result,
                   std::string_view attributes) {
  return absl::StrFormat(R"(
    HloModule m
    ENTRY e {
      a = f32[%s] parameter(0)
      b = f32[%s] parameter(1)
      d = f32[%s] dot(a, b), %s
      bias = f32[] constant(0.5)
      biases = f32[%s] broadcast(bias), dimensions={}
      ROOT r = f32[%s] add(d, biases)
    })",
                         std::string(lhs), std::string(rhs), std::string(result),
                         std::string(attributes), std::string(result), std::string(result));
}

// Tiles with rows and columns left over.
TEST(LowerTest, DotsOfAwkwardSizes) {
  constexpr int64_t kM = 6, kK = 5, kN = 27;
  ir::Literal a = Ramp({kM, kK}), b = Ramp({kK, kN}), bt = Ramp({kN, kK});
  std::vector<double> plain, transposed;
  for (int64_t m = 0; m < kM; ++m) {
    for (int64_t n = 0; n < kN; ++n) {
      double p = 0.5, t = 0.5;
      for (int64_t k = 0; k < kK; ++k) {
        p += a.AsDouble(m * kK + k) * b.AsDouble(k * kN + n);
        t += a.AsDouble(m * kK + k) * bt.AsDouble(n * kK + k);
      }
      plain.push_back(p);
      transposed.push_back(t);
    }
  }
  ExpectElements(
      DotHlo("6,5", "5,27", "6,27", "lhs_contracting_dims={1}, rhs_contracting_dims={0}"),
      KernelForm::kContraction, {a, b}, plain);
  ExpectElements(
      DotHlo("6,5", "27,5", "6,27", "lhs_contracting_dims={1}, rhs_contracting_dims={1}"),
      KernelForm::kContraction, {a, bt}, transposed);
}

TEST(LowerTest, BatchDot) {
  constexpr int64_t kB = 2, kM = 3, kK = 9, kN = 4;
  ir::Literal a = Ramp({kB, kM, kK}), b = Ramp({kB, kK, kN});
  std::vector<double> expected;
  for (int64_t batch = 0; batch < kB; ++batch) {
    for (int64_t m = 0; m < kM; ++m) {
      for (int64_t n = 0; n < kN; ++n) {
        double sum = 0.5;
        for (int64_t k = 0; k < kK; ++k)
          sum += a.AsDouble((batch * kM + m) * kK + k) * b.AsDouble((batch * kK + k) * kN + n);
        expected.push_back(sum);
      }
    }
  }
  ExpectElements(DotHlo("2,3,9", "2,9,4", "2,3,4",
                        "lhs_batch_dims={0}, lhs_contracting_dims={2}, rhs_batch_dims={0}, "
                        "rhs_contracting_dims={1}"),
                 KernelForm::kContraction, {a, b}, expected);
}

TEST(LowerTest, ConvolutionWithPadding) {
  // 1 × 4 × 4 × 2 by 3 × 3 × 2 × 8, same padding.
  ir::Literal x = Ramp({1, 4, 4, 2}), w = Ramp({3, 3, 2, 8});
  std::vector<double> expected;
  for (int64_t h = 0; h < 4; ++h) {
    for (int64_t v = 0; v < 4; ++v) {
      for (int64_t o = 0; o < 8; ++o) {
        double sum = 0;
        for (int64_t i = 0; i < 18; ++i) {
          int64_t y = h + i / 6 - 1, z = v + i / 2 % 3 - 1;
          if (y < 0 || y > 3 || z < 0 || z > 3) continue;
          sum += x.AsDouble((y * 4 + z) * 2 + i % 2) * w.AsDouble(i * 8 + o);
        }
        expected.push_back(sum);
      }
    }
  }
  ExpectElements(R"(
    HloModule m
    ENTRY e {
      x = f32[1,4,4,2] parameter(0)
      w = f32[3,3,2,8] parameter(1)
      ROOT r = f32[1,4,4,8] convolution(x, w), window={size=3x3 pad=1_1x1_1}, dim_labels=b01f_01io->b01f
    })",
                 KernelForm::kContraction, {x, w}, expected);
}

// --- Irregular -----------------------------------------------------------------------------------

TEST(LowerTest, GatherClampsStarts) {
  ir::Literal rows = ir::Literal::FromInt64s(ir::Shape(ir::ElementType::kS32, {3}), {2, -5, 9});
  ExpectElements(R"(
    HloModule m
    ENTRY e {
      x = f32[3,2] parameter(0)
      i = s32[3] parameter(1)
      ROOT r = f32[3,2] gather(x, i), offset_dims={1}, collapsed_slice_dims={0}, start_index_map={0}, index_vector_dim=1, slice_sizes={1,2}
    })",
                 KernelForm::kLoop, {Floats({3, 2}, {0, 1, 10, 11, 20, 21}), rows},
                 {20, 21, 0, 1, 20, 21});
}

TEST(LowerTest, DynamicSliceAndUpdate) {
  ir::Literal start = ir::Literal::FromInt64s(ir::Shape(ir::ElementType::kS32, {}), {2});
  ExpectElements(R"(
    HloModule m
    ENTRY e {
      x = f32[6] parameter(0)
      u = f32[2] parameter(1)
      s = s32[] parameter(2)
      d = f32[6] dynamic-update-slice(x, u, s)
      one = s32[] constant(1)
      t = s32[] add(s, one)
      ROOT r = f32[4] dynamic-slice(d, t), dynamic_slice_sizes={4}
    })",
                 KernelForm::kLoop, {Floats({6}, {0, 1, 2, 3, 4, 5}), Floats({2}, {70, 80}), start},
                 {70, 80, 4, 5});
}

TEST(LowerTest, UpdatesInPlace) {
  ir::Literal start = ir::Literal::FromInt64s(ir::Shape(ir::ElementType::kS32, {}), {9});
  ExpectElements(R"(
    HloModule m
    ENTRY e {
      x = f32[2,3] parameter(0)
      u = f32[1,2] parameter(1)
      zero = s32[] constant(0)
      s = s32[] parameter(2)
      n = f32[1,2] negate(u)
      ROOT d = f32[2,3] dynamic-update-slice(x, n, s, zero)
    })",
                 KernelForm::kUpdate,
                 {Floats({2, 3}, {0, 1, 2, 3, 4, 5}), Floats({1, 2}, {7, 8}), start},
                 {0, 1, 2, -7, -8, 5});
}

// --- Properties ----------------------------------------------------------------------------------

TEST(LowerTest, MergesLoopsThatAllAccessesWalkAlike) {
  auto points = [](std::string_view hlo) {
    absl::StatusOr<Kernel> kernel = LowerHlo(hlo, KernelForm::kLoop);
    EXPECT_TRUE(kernel.ok()) << kernel.status().message();
    return kernel->extents;
  };
  EXPECT_THAT(points("HloModule m\nENTRY e { x = f32[4,5,6] parameter(0)\n"
                     "ROOT r = f32[4,5,6] negate(x) }"),
              ElementsAre(120));
  EXPECT_THAT(points("HloModule m\nENTRY e { x = f32[4] parameter(0)\n"
                     "ROOT r = f32[4,5,6] broadcast(x), dimensions={0} }"),
              ElementsAre(4, 30));
}

TEST(LowerTest, EqualKernelsAreFound) {
  auto lower = [](std::string_view hlo) { return *LowerHlo(hlo, KernelForm::kLoop); };
  Kernel a = lower("HloModule m\nENTRY e { x = f32[4] parameter(0)\nROOT r = f32[4] negate(x) }");
  Kernel b = lower("HloModule m\nENTRY e { y = f32[4] parameter(0)\nROOT s = f32[4] negate(y) }");
  Kernel c = lower("HloModule m\nENTRY e { y = f32[4] parameter(0)\nROOT s = f32[4] abs(y) }");
  EXPECT_NE(a.name, b.name);
  EXPECT_TRUE(StructurallyEqual(a, b));
  EXPECT_EQ(StructuralHash(a), StructuralHash(b));
  EXPECT_FALSE(StructurallyEqual(a, c));
}

TEST(LowerTest, NamesWhatHasNoLowering) {
  auto kernel =
      LowerHlo("HloModule m\nENTRY e { x = c64[4] parameter(0)\nROOT r = c64[4] negate(x) }",
               KernelForm::kLoop);
  ASSERT_FALSE(kernel.ok());
  EXPECT_EQ(kernel.status().code(), absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace eqsat::codegen
