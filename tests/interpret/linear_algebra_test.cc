// Factorizations, transforms and normalizations.
#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

constexpr Tolerance kNear{1e-6, 1e-6};

TEST(LinearAlgebraTest, Cholesky) {
  ExpectEntry(R"(a = f32[2,2] constant({{4, 2}, {2, 5}})
                 ROOT r = f32[2,2] cholesky(a), lower=true)",
              "f32[2,2]", "{{2, 0}, {1, 2}}", kNear);
  ExpectEntry(R"(a = f32[2,2] constant({{4, 2}, {2, 5}})
                 ROOT r = f32[2,2] cholesky(a))",
              "f32[2,2]", "{{2, 1}, {0, 2}}", kNear);
}

TEST(LinearAlgebraTest, TriangularSolve) {
  constexpr std::string_view kOperands = R"(a = f32[2,2] constant({{2, 0}, {1, 4}})
      b = f32[2,2] constant({{2, 4}, {9, 10}})
  )";
  ExpectEntry(base::StrCat(kOperands,
                           "ROOT r = f32[2,2] triangular-solve(a, b), left_side=true, "
                           "lower=true, transpose_a=NO_TRANSPOSE"),
              "f32[2,2]", "{{1, 2}, {2, 2}}", kNear);
  // x·a = b
  ExpectEntry(base::StrCat(kOperands,
                           "ROOT r = f32[2,2] triangular-solve(a, b), lower=true, "
                           "transpose_a=NO_TRANSPOSE"),
              "f32[2,2]", "{{0.5, 1}, {3.25, 2.5}}", kNear);
  // aᵀ·x = b
  ExpectEntry(base::StrCat(kOperands,
                           "ROOT r = f32[2,2] triangular-solve(a, b), left_side=true, "
                           "lower=true, transpose_a=TRANSPOSE"),
              "f32[2,2]", "{{-0.125, 0.75}, {2.25, 2.5}}", kNear);
  ExpectEntry(base::StrCat(kOperands,
                           "ROOT r = f32[2,2] triangular-solve(a, b), left_side=true, "
                           "lower=true, unit_diagonal=true, transpose_a=NO_TRANSPOSE"),
              "f32[2,2]", "{{2, 4}, {7, 6}}", kNear);
}

TEST(FftTest, TransformsAndInverts) {
  ExpectEntry(R"(a = c64[4] constant({(1, 0), (2, 0), (3, 0), (4, 0)})
                 ROOT r = c64[4] fft(a), fft_type=FFT, fft_length={4})",
              "c64[4]", "{(10, 0), (-2, 2), (-2, 0), (-2, -2)}", kNear);
  ExpectEntry(R"(a = c64[4] constant({(10, 0), (-2, 2), (-2, 0), (-2, -2)})
                 ROOT r = c64[4] fft(a), fft_type=IFFT, fft_length={4})",
              "c64[4]", "{(1, 0), (2, 0), (3, 0), (4, 0)}", kNear);
  ExpectEntry(R"(a = f32[3] constant({1, 2, 4})
                 ROOT r = c64[2] fft(a), fft_type=RFFT, fft_length={3})",
              "c64[2]", "{(7, 0), (-2, 1.7320508)}", kNear);
  ExpectEntry(R"(a = c64[2] constant({(7, 0), (-2, 1.7320508)})
                 ROOT r = f32[3] fft(a), fft_type=IRFFT, fft_length={3})",
              "f32[3]", "{1, 2, 4}", kNear);
  ExpectEntry(R"(a = c64[2,2] constant({{(1, 0), (2, 0)}, {(3, 0), (4, 0)}})
                 ROOT r = c64[2,2] fft(a), fft_type=FFT, fft_length={2,2})",
              "c64[2,2]", "{{(10, 0), (-2, 0)}, {(-4, 0), (0, 0)}}", kNear);
}

TEST(BatchNormTest, Inference) {
  ExpectEntry(R"(x = f32[2,2] constant({{1, 2}, {3, 4}})
                 scale = f32[2] constant({1, 2})
                 offset = f32[2] constant({0, 1})
                 mean = f32[2] constant({1, 2})
                 variance = f32[2] constant({3, 0})
                 ROOT r = f32[2,2] batch-norm-inference(x, scale, offset, mean, variance),
                   epsilon=1, feature_index=1)",
              "f32[2,2]", "{{0, 1}, {1, 5}}", kNear);
}

TEST(BatchNormTest, Training) {
  constexpr std::string_view kTraining = R"(x = f32[2,2] constant({{1, 2}, {3, 4}})
      scale = f32[2] constant({1, 2})
      offset = f32[2] constant({0, 1})
      t = (f32[2,2], f32[2], f32[2]) batch-norm-training(x, scale, offset), epsilon=0,
        feature_index=1
  )";
  ExpectEntry(base::StrCat(kTraining, "ROOT r = f32[2,2] get-tuple-element(t), index=0"),
              "f32[2,2]", "{{-1, -1}, {1, 3}}", kNear);
  ExpectEntry(base::StrCat(kTraining, "ROOT r = f32[2] get-tuple-element(t), index=1"), "f32[2]",
              "{2, 3}", kNear);
  ExpectEntry(base::StrCat(kTraining, "ROOT r = f32[2] get-tuple-element(t), index=2"), "f32[2]",
              "{1, 1}", kNear);
}

}  // namespace
}  // namespace eqsat::ir
