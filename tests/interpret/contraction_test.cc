// Dots and convolutions.
#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

TEST(ContractionTest, MatrixProducts) {
  constexpr std::string_view kOperands = R"(
      a = f32[2,3] constant({{1, 2, 3}, {4, 5, 6}})
      b = f32[3,2] constant({{1, 0}, {2, 1}, {0, 3}})
  )";
  ExpectEntry(base::StrCat(kOperands, R"(ROOT r = f32[2,2] dot(a, b), lhs_contracting_dims={1},
                 rhs_contracting_dims={0})"),
              "f32[2,2]", "{{5, 11}, {14, 23}}");
  // aᵀ·bᵀ
  ExpectEntry(base::StrCat(kOperands, R"(ROOT r = f32[3,3] dot(a, b), lhs_contracting_dims={0},
                 rhs_contracting_dims={1})"),
              "f32[3,3]", "{{1, 6, 12}, {2, 9, 15}, {3, 12, 18}}");
}

TEST(ContractionTest, BatchesOuterAndInnerProducts) {
  ExpectEntry(R"(a = s32[2,2] constant({{1, 2}, {3, 4}})
                 b = s32[2,2] constant({{5, 6}, {7, 8}})
                 ROOT r = s32[2] dot(a, b), lhs_batch_dims={0}, rhs_batch_dims={0},
                   lhs_contracting_dims={1}, rhs_contracting_dims={1})",
              "s32[2]", "{17, 53}");
  ExpectEntry(R"(a = s32[2] constant({2, 3})
                 b = s32[2] constant({5, 7})
                 ROOT r = s32[2,2] dot(a, b), lhs_contracting_dims={}, rhs_contracting_dims={})",
              "s32[2,2]", "{{10, 14}, {15, 21}}");
  ExpectEntry(R"(a = f64[3] constant({1, 2, 3})
                 b = f64[3] constant({4, 5, 6})
                 ROOT r = f64[] dot(a, b), lhs_contracting_dims={0}, rhs_contracting_dims={0})",
              "f64[]", "32");
}

TEST(ContractionTest, AccumulatesInTheResultType) {
  ExpectEntry(R"(a = s8[2] constant({100, 100})
                 b = s8[2] constant({100, 100})
                 ROOT r = s32[] dot(a, b), lhs_contracting_dims={0}, rhs_contracting_dims={0})",
              "s32[]", "20000");
  // 256 + 1 + 1 in bf16 steps would stay 256.
  ExpectEntry(R"(a = bf16[3] constant({256, 1, 1})
                 b = bf16[3] constant({1, 1, 1})
                 ROOT r = bf16[] dot(a, b), lhs_contracting_dims={0}, rhs_contracting_dims={0})",
              "bf16[]", "258");
  ExpectEntry(R"(a = c64[1] constant({(1, 2)})
                 b = c64[1] constant({(3, -1)})
                 ROOT r = c64[] dot(a, b), lhs_contracting_dims={0}, rhs_contracting_dims={0})",
              "c64[]", "(5, 5)");
  ExpectEntry(R"(a = f32[2,0] constant({{}, {}})
                 b = f32[0,1] constant({})
                 ROOT r = f32[2,1] dot(a, b), lhs_contracting_dims={1}, rhs_contracting_dims={0})",
              "f32[2,1]", "{{0}, {0}}");
}

// One row of four pixels, one feature, in layout b0f.
constexpr std::string_view kRow = "x = f32[1,4,1] constant({{{1}, {2}, {3}, {4}}})\n";

TEST(ContractionTest, ConvolutionsInOneDimension) {
  constexpr std::string_view kKernel = "k = f32[3,1,1] constant({{{1}}, {{10}}, {{100}}})\n";
  ExpectEntry(base::StrCat(kRow, kKernel,
                           "ROOT r = f32[1,2,1] convolution(x, k), window={size=3}, "
                           "dim_labels=b0f_0io->b0f"),
              "f32[1,2,1]", "{{{321}, {432}}}");
  ExpectEntry(base::StrCat(kRow, kKernel,
                           "ROOT r = f32[1,2,1] convolution(x, k), window={size=3 stride=2 "
                           "pad=1_1}, dim_labels=b0f_0io->b0f"),
              "f32[1,2,1]", "{{{210}, {432}}}");
  ExpectEntry(base::StrCat(kRow, kKernel,
                           "ROOT r = f32[1,2,1] convolution(x, k), window={size=3 rhs_reversal=1},"
                           " dim_labels=b0f_0io->b0f"),
              "f32[1,2,1]", "{{{123}, {234}}}");
}

TEST(ContractionTest, ConvolutionsWithDilation) {
  constexpr std::string_view kKernel = "k = f32[2,1,1] constant({{{1}}, {{10}}})\n";
  ExpectEntry(base::StrCat(kRow, kKernel,
                           "ROOT r = f32[1,2,1] convolution(x, k), window={size=2 rhs_dilate=2}, "
                           "dim_labels=b0f_0io->b0f"),
              "f32[1,2,1]", "{{{31}, {42}}}");
  // The row becomes 1 0 2 0 3 0 4.
  ExpectEntry(base::StrCat(kRow, kKernel,
                           "ROOT r = f32[1,6,1] convolution(x, k), window={size=2 lhs_dilate=2}, "
                           "dim_labels=b0f_0io->b0f"),
              "f32[1,6,1]", "{{{1}, {20}, {2}, {30}, {3}, {40}}}");
}

TEST(ContractionTest, GroupedConvolutions) {
  // Two features, each with a kernel of its own.
  ExpectEntry(R"(x = f32[1,2,2] constant({{{1, 2}, {3, 4}}})
                 k = f32[1,1,2] constant({{{10, 100}}})
                 ROOT r = f32[1,2,2] convolution(x, k), window={size=1},
                   dim_labels=b0f_0io->b0f, feature_group_count=2)",
              "f32[1,2,2]", "{{{10, 200}, {30, 400}}}");
  ExpectEntry(R"(x = f32[2,1,1] constant({{{1}}, {{2}}})
                 k = f32[1,1,2] constant({{{10, 100}}})
                 ROOT r = f32[1,1,2] convolution(x, k), window={size=1},
                   dim_labels=b0f_0io->b0f, batch_group_count=2)",
              "f32[1,1,2]", "{{{10, 200}}}");
}

}  // namespace
}  // namespace eqsat::ir
