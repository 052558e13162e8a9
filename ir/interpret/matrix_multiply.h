// Contractions without guards as batched matrix products, over packed operands and in cache blocks.
#ifndef EQSAT_IR_INTERPRET_MATRIX_MULTIPLY_H_
#define EQSAT_IR_INTERPRET_MATRIX_MULTIPLY_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/types/span.h"
#include "ir/interpret/access.h"
#include "ir/interpret/scalar_arithmetic.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {

// Some dimensions of a space, with one stride each, in the order of a packed array.
struct PackedDims {
  DimensionVector sizes;
  DimensionVector strides;

  void Append(int64_t size, int64_t stride) {
    sizes.push_back(size);
    strides.push_back(stride);
  }
  void Append(const PackedDims& other) {
    sizes.insert(sizes.end(), other.sizes.begin(), other.sizes.end());
    strides.insert(strides.end(), other.strides.begin(), other.strides.end());
  }
  int64_t Count() const {
    int64_t count = 1;
    for (int64_t size : sizes) count *= size;
    return count;
  }
  // Calls visit(position in the packed order, offset by the strides) for every element.
  template <typename Visit>
  void ForEach(Visit visit) const {
    const int64_t outer = static_cast<int64_t>(sizes.size()) - 1;
    if (outer < 0) return visit(int64_t{0}, int64_t{0});
    DimensionVector point(sizes.size(), 0);
    int64_t position = 0;
    do {
      int64_t offset = 0;
      for (int64_t d = 0; d < outer; ++d) offset += strides[d] * point[d];
      for (int64_t i = 0; i < sizes[outer]; ++i) visit(position++, offset + i * strides[outer]);
    } while (Advance(point, sizes, 0, outer));
  }
};

// result[b, m, n] = Σ_k lhs[b, m, k] · rhs[b, k, n], k in order.
template <typename T>
class MatrixMultiply {
 public:
  // nullopt if an access is guarded or not affine, or packing would take much memory.
  static std::optional<MatrixMultiply> Recognize(absl::Span<const Access> accesses,
                                                 absl::Span<const int64_t> space,
                                                 int64_t num_parallel);
  // `result` is zero.
  void Run(const T* lhs, const T* rhs, T* result) const;

 private:
  static constexpr int64_t kMaxPackedElements = int64_t{1} << 26;
  static constexpr int64_t kColumns = 512;  // of a block of rhs
  static constexpr int64_t kDepth = 128;

  static std::unique_ptr<T[]> Pack(const PackedDims& dims, const T* elements);
  void MultiplyBlocks(const T* lhs, const T* rhs, T* result) const;

  // Offsets of the origin.
  int64_t lhs_base_ = 0;
  int64_t rhs_base_ = 0;
  PackedDims lhs_;     // b, m, k
  PackedDims rhs_;     // b, k, n
  PackedDims result_;  // b, m, n
  int64_t batches_ = 1;
  int64_t rows_ = 1;
  int64_t columns_ = 1;
  int64_t depth_ = 1;
};

template <typename T>
std::optional<MatrixMultiply<T>> MatrixMultiply<T>::Recognize(absl::Span<const Access> accesses,
                                                              absl::Span<const int64_t> space,
                                                              int64_t num_parallel) {
  const DimensionVector strides = RowMajorStrides(space.subspan(0, num_parallel));
  const DimensionVector origin(space.size(), 0);
  MatrixMultiply product;
  product.lhs_base_ = accesses[0].Offset(origin.data());
  product.rhs_base_ = accesses[1].Offset(origin.data());
  PackedDims lhs_rows, lhs_depth, rhs_depth, rhs_columns, result_rows, result_columns;
  for (int64_t d = 0; d < static_cast<int64_t>(space.size()); ++d) {
    for (const Access& access : accesses)
      if (access.HasGuards() || !access.IsAffineAlong(d)) return std::nullopt;
    const int64_t left = accesses[0].Stride(d);
    const int64_t right = accesses[1].Stride(d);
    if (d >= num_parallel) {
      lhs_depth.Append(space[d], left);
      rhs_depth.Append(space[d], right);
    } else if (right == 0) {
      lhs_rows.Append(space[d], left);
      result_rows.Append(space[d], strides[d]);
    } else if (left == 0) {
      rhs_columns.Append(space[d], right);
      result_columns.Append(space[d], strides[d]);
    } else {
      product.lhs_.Append(space[d], left);
      product.rhs_.Append(space[d], right);
      product.result_.Append(space[d], strides[d]);
    }
  }
  product.batches_ = product.result_.Count();
  product.rows_ = lhs_rows.Count();
  product.columns_ = rhs_columns.Count();
  product.depth_ = lhs_depth.Count();
  product.lhs_.Append(lhs_rows);
  product.lhs_.Append(lhs_depth);
  product.rhs_.Append(rhs_depth);
  product.rhs_.Append(rhs_columns);
  product.result_.Append(result_rows);
  product.result_.Append(result_columns);
  if (product.lhs_.Count() > kMaxPackedElements || product.rhs_.Count() > kMaxPackedElements)
    return std::nullopt;
  return product;
}

template <typename T>
std::unique_ptr<T[]> MatrixMultiply<T>::Pack(const PackedDims& dims, const T* elements) {
  auto packed = std::make_unique<T[]>(dims.Count());
  dims.ForEach([&](int64_t position, int64_t offset) { packed[position] = elements[offset]; });
  return packed;
}

template <typename T>
void MatrixMultiply<T>::Run(const T* lhs, const T* rhs, T* result) const {
  const auto left = Pack(lhs_, lhs + lhs_base_);
  const auto right = Pack(rhs_, rhs + rhs_base_);
  const auto product = std::make_unique<T[]>(batches_ * rows_ * columns_);
  for (int64_t b = 0; b < batches_; ++b) {
    MultiplyBlocks(left.get() + b * rows_ * depth_, right.get() + b * depth_ * columns_,
                   product.get() + b * rows_ * columns_);
  }
  result_.ForEach([&](int64_t position, int64_t offset) { result[offset] = product[position]; });
}

template <typename T>
void MatrixMultiply<T>::MultiplyBlocks(const T* lhs, const T* rhs, T* result) const {
  for (int64_t n0 = 0; n0 < columns_; n0 += kColumns) {
    const int64_t width = std::min(kColumns, columns_ - n0);
    for (int64_t k0 = 0; k0 < depth_; k0 += kDepth) {
      const int64_t k1 = std::min(depth_, k0 + kDepth);
      for (int64_t m = 0; m < rows_; ++m) {
        T* sums = result + m * columns_ + n0;
        for (int64_t k = k0; k < k1; ++k) {
          const T a = lhs[m * depth_ + k];
          const T* row = rhs + k * columns_ + n0;
          for (int64_t n = 0; n < width; ++n)
            sums[n] = Add::Apply(sums[n], Multiply::Apply(a, row[n]));
        }
      }
    }
  }
}

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_MATRIX_MULTIPLY_H_
