#include "ir/interpret/pieces.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ir/base/check.h"

namespace eqsat::ir {
namespace {

Shape WithSize(const Shape& shape, int64_t dim, int64_t size) {
  DimensionVector sizes(shape.dimensions().begin(), shape.dimensions().end());
  sizes[dim] = size;
  return Shape(shape.element_type(), sizes);
}

// Bytes of one position along `dim`, and how many rows of positions there are.
int64_t StepBytes(const Shape& shape, int64_t dim) {
  return RowMajorStrides(shape.dimensions())[dim] * ByteWidth(shape.element_type());
}
int64_t RowsBefore(const Shape& shape, int64_t dim) {
  int64_t rows = 1;
  for (int64_t d = 0; d < dim; ++d) rows *= shape.dimension(d);
  return rows;
}

}  // namespace

Literal Piece(const Literal& array, int64_t dim, int64_t begin, int64_t size) {
  const Shape& shape = array.shape();
  EQSAT_CHECK(begin >= 0 && size >= 0 && begin + size <= shape.dimension(dim));
  Shape result = WithSize(shape, dim, size);
  if (result.ElementCount() == 0) return Literal::Zero(result);
  const int64_t step = StepBytes(shape, dim);
  std::vector<uint8_t> bytes;
  bytes.reserve(result.ByteSize());
  const uint8_t* first = array.bytes().data() + begin * step;
  for (int64_t row = 0; row < RowsBefore(shape, dim); ++row) {
    bytes.insert(bytes.end(), first, first + size * step);
    first += shape.dimension(dim) * step;
  }
  return Literal::FromBytes(std::move(result), std::move(bytes));
}

Literal Join(absl::Span<const Literal> arrays, int64_t dim) {
  int64_t size = 0;
  for (const Literal& array : arrays) size += array.shape().dimension(dim);
  Shape result = WithSize(arrays[0].shape(), dim, size);
  if (result.ElementCount() == 0) return Literal::Zero(result);
  const int64_t step = StepBytes(result, dim);
  std::vector<uint8_t> bytes;
  bytes.reserve(result.ByteSize());
  for (int64_t row = 0; row < RowsBefore(result, dim); ++row) {
    for (const Literal& array : arrays) {
      const int64_t length = array.shape().dimension(dim) * step;
      const uint8_t* first = array.bytes().data() + row * length;
      bytes.insert(bytes.end(), first, first + length);
    }
  }
  return Literal::FromBytes(std::move(result), std::move(bytes));
}

}  // namespace eqsat::ir
