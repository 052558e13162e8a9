#include "codegen/fusion/row_space.h"

#include <optional>
#include <vector>

#include "ir/shape/shape.h"

namespace eqsat::codegen {
namespace {

int64_t Product(absl::Span<const int64_t> dimensions) {
  int64_t product = 1;
  for (int64_t d : dimensions) product *= d;
  return product;
}

// How many leading dimensions make up exactly `rows`.
std::optional<size_t> LeadingDimensions(absl::Span<const int64_t> dimensions, int64_t rows) {
  int64_t product = 1;
  for (size_t i = 0; i < dimensions.size(); ++i) {
    if (product == rows) return i;
    product *= dimensions[i];
  }
  return product == rows ? std::optional<size_t>(dimensions.size()) : std::nullopt;
}

}  // namespace

bool StaysInRow(const ir::IndexedForm& form, const ir::OperandAccess& access,
                absl::Span<const int64_t> operand_dimensions, int64_t rows) {
  const int64_t operand_elements = Product(operand_dimensions);
  if (rows <= 0 || operand_elements <= 0 || operand_elements % rows != 0) return false;
  const int64_t operand_row = operand_elements / rows;
  std::optional<size_t> row_dimensions = LeadingDimensions(form.parallel, rows);
  if (!row_dimensions) return false;

  std::vector<int64_t> sizes(form.parallel.begin(), form.parallel.end());
  sizes.insert(sizes.end(), form.reduction.begin(), form.reduction.end());
  auto position = ir::Linearize(access.indices, operand_dimensions)
                      .AsAffine(static_cast<int64_t>(sizes.size()));
  if (!position) return false;
  // The row dimensions must count the operand's rows, and the others stay below one row.
  int64_t low = position->back();
  int64_t high = low;
  int64_t stride = operand_row;
  for (size_t i = *row_dimensions; i-- > 0;) {
    if (sizes[i] > 1 && (*position)[i] != stride) return false;
    stride *= sizes[i];
  }
  for (size_t i = *row_dimensions; i < sizes.size(); ++i) {
    int64_t span = (*position)[i] * (sizes[i] - 1);
    (span < 0 ? low : high) += span;
  }
  return low >= 0 && high < operand_row;
}

}  // namespace eqsat::codegen
