#include "ir/ops/window_geometry.h"

#include <algorithm>

#include "ir/ops/shape_checks.h"

namespace eqsat::ir {
namespace {

// Sums and products that remember whether one overflowed.
class Checked {
 public:
  explicit Checked(int64_t value) : value_(value) {}
  Checked& Add(int64_t b) {
    overflow_ |= __builtin_add_overflow(value_, b, &value_);
    return *this;
  }
  Checked& Multiply(int64_t b) {
    overflow_ |= __builtin_mul_overflow(value_, b, &value_);
    return *this;
  }
  std::optional<int64_t> value() const {
    return overflow_ ? std::nullopt : std::optional<int64_t>(value_);
  }

 private:
  int64_t value_;
  bool overflow_ = false;
};

// The extent of `size` elements `spacing` places apart.
std::optional<int64_t> DilatedSize(int64_t size, int64_t spacing) {
  if (size == 0) return 0;
  return Checked(size - 1).Multiply(spacing).Add(1).value();
}

}  // namespace

std::optional<int64_t> PaddedSize(int64_t size, int64_t low, int64_t high, int64_t interior) {
  return Checked(std::max<int64_t>(size - 1, 0))
      .Multiply(interior)
      .Add(size)
      .Add(low)
      .Add(high)
      .value();
}

std::optional<int64_t> WindowedSize(int64_t size, const WindowDimension& window) {
  std::optional<int64_t> base = DilatedSize(size, window.base_dilation);
  std::optional<int64_t> extent = DilatedSize(window.size, window.window_dilation);
  if (!base || !extent) return std::nullopt;
  std::optional<int64_t> padded =
      Checked(*base).Add(window.padding_low).Add(window.padding_high).value();
  if (!padded) return std::nullopt;
  if (*padded < *extent) return 0;
  return (*padded - *extent) / window.stride + 1;
}

absl::Status CheckWindow(const OpContext& context, const Window& window, int64_t rank) {
  if (static_cast<int64_t>(window.size()) != rank)
    return OpError(context, "the window has %d dimensions, but needs %d", window.size(), rank);
  // Keeps sums of products of the fields within 64 bits once the sizes of arrays are.
  constexpr int64_t kLargest = int64_t{1} << 40;
  for (size_t d = 0; d < window.size(); ++d) {
    const WindowDimension& w = window[d];
    for (int64_t field : {w.size, w.stride, w.window_dilation, w.base_dilation}) {
      if (field >= 1 && field <= kLargest) continue;
      return OpError(
          context,
          "dimension %d of the window has size %d, stride %d, dilations %d and %d, which "
          "must be at least 1",
          d, w.size, w.stride, w.window_dilation, w.base_dilation);
    }
    bool padding_fits = true;
    for (int64_t field : {w.padding_low, w.padding_high})
      padding_fits &= field >= -kLargest && field <= kLargest;
    if (!padding_fits) {
      return OpError(context, "dimension %d of the window has the padding %d_%d", d, w.padding_low,
                     w.padding_high);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> InferWindowedSize(const OpContext& context, int64_t size,
                                          const WindowDimension& window) {
  if (size == Shape::kUnbounded) return size;
  std::optional<int64_t> places = WindowedSize(size, window);
  if (!places) return OpError(context, "the size of the windowed result does not fit 64 bits");
  return *places;
}

void AppendStridedIndex(OperandAccess* access, const IndexExpr& place, IndexRange range,
                        int64_t spacing, int64_t size) {
  if (spacing > 1) access->guards.push_back({place.Mod(spacing), 0, 1});
  IndexExpr index = place.FloorDiv(spacing);
  bool below = range.min < 0;
  bool above = range.max > (size - 1) * spacing;
  if (below || above) access->guards.push_back({index, 0, size});
  access->indices.push_back(index);
}

void AppendWindowIndex(OperandAccess* access, const WindowDimension& window,
                       const IndexExpr& position, int64_t positions, const IndexExpr& offset,
                       int64_t size) {
  IndexExpr place = position * window.stride + offset * window.window_dilation +
                    IndexExpr::Constant(-window.padding_low);
  int64_t reach = std::max<int64_t>(positions - 1, 0) * window.stride +
                  (window.size - 1) * window.window_dilation;
  AppendStridedIndex(access, place, {-window.padding_low, reach - window.padding_low},
                     window.base_dilation, size);
}

}  // namespace eqsat::ir
