// Contractions without guards as batched matrix products, over packed operands and in cache blocks.
#ifndef EQSAT_IR_INTERPRET_MATRIX_MULTIPLY_H_
#define EQSAT_IR_INTERPRET_MATRIX_MULTIPLY_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

#include "absl/types/span.h"
#include "ir/interpret/access.h"
#include "ir/interpret/parallel_for.h"
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
  // Are positions and offsets the same?
  bool InOrder() const {
    int64_t next = 1;
    for (size_t d = sizes.size(); d-- > 0;) {
      if (sizes[d] != 1 && strides[d] != next) return false;
      next *= sizes[d];
    }
    return true;
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
  static constexpr int64_t kDepth = 256;  // of a block: a tile's part of rhs stays in the cache
  static constexpr int64_t kRowTile = 4;
  static constexpr int64_t kColumnTile = 8;

  // An array in packed order: `elements` if they are that, else a copy that `storage` keeps.
  static const T* Pack(const PackedDims& dims, const T* elements, std::unique_ptr<T[]>& storage);
  // The part of one product in these rows and columns.
  struct Part {
    int64_t row_begin;
    int64_t row_end;
    int64_t column_begin;
    int64_t column_end;
  };
  void MultiplyAll(const T* lhs, const T* rhs, T* result) const;
  void MultiplyPart(const T* lhs, const T* rhs, T* result, const Part& part) const;
  void MultiplyTile(const T* lhs, const T* rhs, T* result, int64_t k0, int64_t k1) const;
  void MultiplyEdge(const T* lhs, const T* rhs, T* result, int64_t k0, int64_t k1, int64_t rows,
                    int64_t columns) const;

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
const T* MatrixMultiply<T>::Pack(const PackedDims& dims, const T* elements,
                                 std::unique_ptr<T[]>& storage) {
  if (dims.InOrder()) return elements;
  storage = std::make_unique<T[]>(dims.Count());
  T* packed = storage.get();
  dims.ForEach([&](int64_t position, int64_t offset) { packed[position] = elements[offset]; });
  return packed;
}

template <typename T>
void MatrixMultiply<T>::Run(const T* lhs, const T* rhs, T* result) const {
  std::unique_ptr<T[]> lhs_storage, rhs_storage, product_storage;
  const T* left = Pack(lhs_, lhs + lhs_base_, lhs_storage);
  const T* right = Pack(rhs_, rhs + rhs_base_, rhs_storage);
  T* product = result;
  if (!result_.InOrder()) {
    product_storage = std::make_unique<T[]>(result_.Count());
    product = product_storage.get();
  }
  MultiplyAll(left, right, product);
  if (product == result) return;
  result_.ForEach([&](int64_t position, int64_t offset) { result[offset] = product[position]; });
}

// One tile of the result, at `result`, gains its products of depth k0 … k1-1, in registers.
template <typename T>
void MatrixMultiply<T>::MultiplyTile(const T* lhs, const T* rhs, T* result, int64_t k0,
                                     int64_t k1) const {
  T sums[kRowTile][kColumnTile];
  for (int64_t m = 0; m < kRowTile; ++m)
    for (int64_t n = 0; n < kColumnTile; ++n) sums[m][n] = result[m * columns_ + n];
  for (int64_t k = k0; k < k1; ++k) {
    const T* row = rhs + k * columns_;
    for (int64_t m = 0; m < kRowTile; ++m) {
      const T a = lhs[m * depth_ + k];
      for (int64_t n = 0; n < kColumnTile; ++n)
        sums[m][n] = Add::Apply(sums[m][n], Multiply::Apply(a, row[n]));
    }
  }
  for (int64_t m = 0; m < kRowTile; ++m)
    for (int64_t n = 0; n < kColumnTile; ++n) result[m * columns_ + n] = sums[m][n];
}

// The same where fewer rows or columns than a tile has are left.
template <typename T>
void MatrixMultiply<T>::MultiplyEdge(const T* lhs, const T* rhs, T* result, int64_t k0, int64_t k1,
                                     int64_t rows, int64_t columns) const {
  for (int64_t m = 0; m < rows; ++m) {
    T* sums = result + m * columns_;
    for (int64_t k = k0; k < k1; ++k) {
      const T a = lhs[m * depth_ + k];
      const T* row = rhs + k * columns_;
      for (int64_t n = 0; n < columns; ++n)
        sums[n] = Add::Apply(sums[n], Multiply::Apply(a, row[n]));
    }
  }
}

template <typename T>
void MatrixMultiply<T>::MultiplyPart(const T* lhs, const T* rhs, T* result,
                                     const Part& part) const {
  for (int64_t k0 = 0; k0 < depth_; k0 += kDepth) {
    const int64_t k1 = std::min(depth_, k0 + kDepth);
    for (int64_t n0 = part.column_begin; n0 < part.column_end; n0 += kColumnTile) {
      const int64_t width = std::min(kColumnTile, part.column_end - n0);
      for (int64_t m0 = part.row_begin; m0 < part.row_end; m0 += kRowTile) {
        const int64_t height = std::min(kRowTile, part.row_end - m0);
        const T* left = lhs + m0 * depth_;
        T* out = result + m0 * columns_ + n0;
        if (width == kColumnTile && height == kRowTile) {
          MultiplyTile(left, rhs + n0, out, k0, k1);
        } else {
          MultiplyEdge(left, rhs + n0, out, k0, k1, height, width);
        }
      }
    }
  }
}

// Threads share the batches if there are many, else the longer side of each product.
template <typename T>
void MatrixMultiply<T>::MultiplyAll(const T* lhs, const T* rhs, T* result) const {
  constexpr int64_t kManyBatches = 16;
  const double operations = 2.0 * static_cast<double>(rows_ * columns_) *
                            static_cast<double>(depth_) *
                            static_cast<double>(batches_ < kManyBatches ? 1 : batches_);
  auto multiply = [&](int64_t batch, const Part& part) {
    MultiplyPart(lhs + batch * rows_ * depth_, rhs + batch * depth_ * columns_,
                 result + batch * rows_ * columns_, part);
  };
  if (batches_ >= kManyBatches) {
    ParallelFor(batches_, 1, operations, [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; ++b) multiply(b, {0, rows_, 0, columns_});
    });
    return;
  }
  for (int64_t b = 0; b < batches_; ++b) {
    if (rows_ > columns_) {
      ParallelFor(rows_, kRowTile, operations,
                  [&](int64_t begin, int64_t end) { multiply(b, {begin, end, 0, columns_}); });
    } else {
      ParallelFor(columns_, kColumnTile, operations,
                  [&](int64_t begin, int64_t end) { multiply(b, {0, rows_, begin, end}); });
    }
  }
}

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_MATRIX_MULTIPLY_H_
