// fft, by mixed-radix decomposition in complex f64, rounded at the end.
#include <algorithm>
#include <complex>
#include <numbers>
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/evaluator.h"

namespace eqsat::ir {
namespace {

using Number = std::complex<double>;
using Numbers = std::vector<Number>;

int64_t SmallestFactor(int64_t n) {
  for (int64_t p = 2; p * p <= n; ++p)
    if (n % p == 0) return p;
  return n;
}

// e^(sign·2πi·k/n)
Number Root(int64_t k, int64_t n, int sign) {
  return std::polar(
      1.0, sign * 2 * std::numbers::pi * static_cast<double>(k % n) / static_cast<double>(n));
}

// out[k] = Σ_j x[j·step] · e^(sign·2πi·jk/n) for k < n: p interleaved transforms of n/p, combined.
void Transform(const Number* x, int64_t step, int64_t n, int sign, Number* out) {
  if (n == 1) {
    out[0] = x[0];
    return;
  }
  const int64_t p = SmallestFactor(n);
  const int64_t m = n / p;
  Numbers parts(n);
  for (int64_t r = 0; r < p; ++r) Transform(x + r * step, step * p, m, sign, &parts[r * m]);
  for (int64_t k = 0; k < n; ++k) {
    Number sum = 0;
    for (int64_t r = 0; r < p; ++r) sum += parts[r * m + k % m] * Root(r * k, n, sign);
    out[k] = sum;
  }
}

// Transforms every run of `n` elements, `stride` apart, in place.
void TransformDimension(Numbers& values, int64_t n, int64_t stride, int sign) {
  Numbers line(n);
  Numbers result(n);
  const auto count = static_cast<int64_t>(values.size());
  for (int64_t row = 0; row < count / n; ++row) {
    Number* first = &values[row / stride * stride * n + row % stride];
    for (int64_t i = 0; i < n; ++i) line[i] = first[i * stride];
    Transform(line.data(), 1, n, sign, result.data());
    for (int64_t i = 0; i < n; ++i) first[i * stride] = result[i];
  }
}

// Rows of `from` elements to rows of `to`. A longer row is filled by the symmetry of a spectrum of
// real values, x[n-k] = conj(x[k]).
Numbers ResizeRows(const Numbers& values, int64_t from, int64_t to) {
  const auto rows = static_cast<int64_t>(values.size()) / from;
  Numbers resized(rows * to);
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t k = 0; k < to; ++k) {
      resized[row * to + k] =
          k < from ? values[row * from + k] : std::conj(values[row * from + (to - k)]);
    }
  }
  return resized;
}

absl::StatusOr<Literal> EvaluateFft(const OpCall& call) {
  const auto& attributes = call.attr<FftAttributes>();
  const Shape& shape = call.operand_shape(0);
  const FftType type = attributes.fft_type;
  const bool inverse = type == FftType::kIfft || type == FftType::kIrfft;
  const int sign = inverse ? 1 : -1;
  const bool empty = std::ranges::find(attributes.fft_length, 0) != attributes.fft_length.end();
  if (empty || call.shape.ElementCount() == 0 || shape.ElementCount() == 0)
    return Literal::Zero(call.shape);
  const Literal wide = ConvertElements(call.operands[0], ElementType::kC128);
  Numbers values(wide.values<Number>().begin(), wide.values<Number>().end());
  const auto transformed = static_cast<int64_t>(attributes.fft_length.size());
  const int64_t rank = shape.rank();
  int64_t last = shape.dimension(rank - 1);
  double scale = 1;
  // The last dimension comes first for a real operand, and last for a real result.
  auto transform_last = [&] {
    const int64_t n = attributes.fft_length[transformed - 1];
    if (type == FftType::kIrfft) values = ResizeRows(values, last, n);
    last = n;
    TransformDimension(values, n, 1, sign);
    if (inverse) scale /= static_cast<double>(n);
    if (type != FftType::kRfft) return;
    last = n / 2 + 1;
    values = ResizeRows(values, n, last);
  };
  if (type != FftType::kIrfft) transform_last();
  int64_t stride = last;
  for (int64_t i = 1; i < transformed; ++i) {
    const int64_t n = shape.dimension(rank - 1 - i);
    TransformDimension(values, n, stride, sign);
    if (inverse) scale /= static_cast<double>(n);
    stride *= n;
  }
  if (type == FftType::kIrfft) transform_last();
  for (Number& value : values) value *= scale;
  return ConvertElements(
      Literal::Of<Number>(call.shape.WithElementType(ElementType::kC128), values),
      call.shape.element_type());
}

}  // namespace

void AddFft(EvaluatorTable& table) { table[OpCode::kFft].evaluate = EvaluateFft; }

}  // namespace eqsat::ir
