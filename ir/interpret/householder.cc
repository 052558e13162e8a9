#include "ir/interpret/householder.h"

#include <complex>
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/elementwise.h"

namespace eqsat::ir {
namespace {

using Number = std::complex<double>;

// q := H·q for the m×n matrix q and the reflector that starts in row `first` of column `first` of
// a, which is m×n too.
void Reflect(const Number* a, Number tau, int64_t first, int64_t m, int64_t n, Number* q) {
  auto v = [&](int64_t row) { return row == first ? Number(1) : a[row * n + first]; };
  for (int64_t column = 0; column < n; ++column) {
    Number along = 0;
    for (int64_t row = first; row < m; ++row) along += std::conj(v(row)) * q[row * n + column];
    for (int64_t row = first; row < m; ++row) q[row * n + column] -= tau * along * v(row);
  }
}

// Do the shapes fit?
bool AreReflectors(const OpCall& call) {
  if (call.operands.size() != 2) return false;
  const Shape& a = call.operand_shape(0);
  const Shape& taus = call.operand_shape(1);
  if (!a.IsArray() || !taus.IsArray() || a.rank() < 2 || taus.rank() != a.rank() - 1) return false;
  for (int64_t d = 0; d < a.rank() - 2; ++d)
    if (a.dimension(d) != taus.dimension(d)) return false;
  const int64_t m = a.dimension(a.rank() - 2);
  const int64_t n = a.dimension(a.rank() - 1);
  const int64_t k = taus.dimension(taus.rank() - 1);
  return n <= m && k <= n && Shape::Compatible(a, call.shape) &&
         (IsFloat(a.element_type()) || IsComplex(a.element_type()));
}

}  // namespace

absl::StatusOr<Literal> ProductOfReflectors(const OpCall& call) {
  if (!AreReflectors(call))
    return base::Unimplemented("a product of reflectors that is %s", call.shape.ToString());
  if (call.shape.ElementCount() == 0) return Literal::Zero(call.shape);
  const Shape& shape = call.operand_shape(0);
  const int64_t m = shape.dimension(shape.rank() - 2);
  const int64_t n = shape.dimension(shape.rank() - 1);
  const int64_t k = call.operand_shape(1).dimension(shape.rank() - 2);
  const Literal a = ConvertElements(call.operands[0], ElementType::kC128);
  const Literal taus = ConvertElements(call.operands[1], ElementType::kC128);
  std::vector<Number> q(shape.ElementCount());
  for (int64_t batch = 0; batch < shape.ElementCount() / (m * n); ++batch) {
    Number* product = &q[batch * m * n];
    for (int64_t i = 0; i < n; ++i) product[i * n + i] = 1;
    for (int64_t i = k; i-- > 0;) {
      Reflect(a.values<Number>().data() + batch * m * n, taus.values<Number>()[batch * k + i], i, m,
              n, product);
    }
  }
  const Shape wide = call.shape.WithElementType(ElementType::kC128);
  return ConvertElements(Literal::Of<Number>(wide, q), call.shape.element_type());
}

}  // namespace eqsat::ir
