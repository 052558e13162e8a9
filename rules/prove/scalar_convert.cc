// Conversions between element types, as ir/interpret makes them.

#include <cmath>

#include "rules/prove/scalar_terms.h"

namespace eqsat::rules {
namespace {

// Towards zero; NaN gives 0 and what does not fit the nearest value that does.
z3::expr Saturate(const z3::expr& x, bool is_signed, unsigned width) {
  z3::context& c = x.ctx();
  // Wide enough for the limits to be compared exactly.
  z3::sort wide(c, Z3_mk_fpa_sort_64(c));
  z3::expr value(c, Z3_mk_fpa_to_fp_float(c, Z3_mk_fpa_rne(c), x, wide));
  const double limit = std::ldexp(1.0, static_cast<int>(width) - (is_signed ? 1 : 0));
  z3::expr high(c, Z3_mk_fpa_numeral_double(c, limit, wide));
  z3::expr low(
      c, is_signed ? Z3_mk_fpa_numeral_double(c, -limit, wide) : Z3_mk_fpa_zero(c, wide, false));
  const uint64_t ones = ~uint64_t{0} >> (64 - width);
  const uint64_t top = uint64_t{1} << (width - 1);
  z3::expr largest = c.bv_val(is_signed ? ones ^ top : ones, width);
  z3::expr least = c.bv_val(is_signed ? top : uint64_t{0}, width);
  z3::expr inside = c.bv_val(0, width);
  if (width == 1) {
    // Solvers have no conversion to one bit.
    z3::expr one(c, Z3_mk_fpa_numeral_double(c, 1, wide));
    inside = z3::ite(z3::expr(c, Z3_mk_fpa_geq(c, value, one)), c.bv_val(1, 1), inside);
  } else {
    inside = z3::expr(c, is_signed ? Z3_mk_fpa_to_sbv(c, Z3_mk_fpa_rtz(c), value, width)
                                   : Z3_mk_fpa_to_ubv(c, Z3_mk_fpa_rtz(c), value, width));
  }
  z3::expr above(c, Z3_mk_fpa_geq(c, value, high));
  z3::expr below(c, Z3_mk_fpa_leq(c, value, low));
  return z3::ite(fp::Is(Z3_mk_fpa_is_nan, x), c.bv_val(0, width),
                 z3::ite(above, largest, z3::ite(below, least, inside)));
}

}  // namespace

MaybeExpr ScalarTerms::Convert(const Call& call) {
  const ProofType from = call.operand;
  const ProofType to = call.node.type;
  if (IsOpaque(from) || IsOpaque(to)) return Uninterpreted(call);
  const z3::expr& x = call.args[0];
  const ir::ElementType a = from.concrete();
  const ir::ElementType b = to.concrete();
  if (a == b) return x;
  if (a == ir::ElementType::kPred) {
    MaybeExpr one = Number(to, 1);
    MaybeExpr zero = Number(to, 0);
    return z3::ite(x, *one, *zero);
  }
  if (b == ir::ElementType::kPred) {
    if (ir::IsFloat(a)) return !fp::Is(Z3_mk_fpa_is_zero, x);
    return x != c.bv_val(0, x.get_sort().bv_size());
  }
  if (ir::IsFloat(b)) {
    // Before the rounding mode is made: what has no owner lives until the next call of Z3.
    const z3::sort sort = fp::SortOf(c, b);
    if (ir::IsFloat(a)) return z3::expr(c, Z3_mk_fpa_to_fp_float(c, Z3_mk_fpa_rne(c), x, sort));
    return z3::expr(c, ir::IsSigned(a) ? Z3_mk_fpa_to_fp_signed(c, Z3_mk_fpa_rne(c), x, sort)
                                       : Z3_mk_fpa_to_fp_unsigned(c, Z3_mk_fpa_rne(c), x, sort));
  }
  const auto width = static_cast<unsigned>(ir::BitWidth(b));
  if (ir::IsFloat(a)) return Saturate(x, ir::IsSigned(b), width);
  const unsigned held = x.get_sort().bv_size();
  if (width <= held) return x.extract(width - 1, 0);
  return ir::IsSigned(a) ? z3::sext(x, width - held) : z3::zext(x, width - held);
}

}  // namespace eqsat::rules
