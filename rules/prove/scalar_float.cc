// Floats: what ir/interpret computes, as Z3's IEEE floats, and facts about the functions that HLO
// leaves to the implementation.

#include <cmath>

#include "ir/base/strings.h"
#include "ir/shape/float_format.h"
#include "rules/prove/scalar_terms.h"

namespace eqsat::rules {

using ir::OpCode;

namespace fp {

z3::sort SortOf(z3::context& c, ir::ElementType type) {
  const ir::FloatFormat& format = ir::FormatOf(type);
  return z3::sort(c, Z3_mk_fpa_sort(c, static_cast<unsigned>(format.exponent_bits),
                                    static_cast<unsigned>(format.mantissa_bits) + 1));
}

z3::expr Number(z3::context& c, ir::ElementType type, double value) {
  z3::sort sort = SortOf(c, type);
  if (std::isnan(value)) return z3::expr(c, Z3_mk_fpa_nan(c, sort));
  if (std::isinf(value)) return z3::expr(c, Z3_mk_fpa_inf(c, sort, value < 0));
  if (value == 0) return z3::expr(c, Z3_mk_fpa_zero(c, sort, std::signbit(value)));
  return z3::expr(c, Z3_mk_fpa_numeral_double(c, value, sort));
}

z3::expr Is(Z3_ast (*test)(Z3_context, Z3_ast), const z3::expr& x) {
  return z3::expr(x.ctx(), test(x.ctx(), x));
}

z3::expr RoundToIntegral(Z3_ast (*mode)(Z3_context), const z3::expr& x) {
  return z3::expr(x.ctx(), Z3_mk_fpa_round_to_integral(x.ctx(), mode(x.ctx()), x));
}

z3::expr IsFinite(const z3::expr& x) {
  return !Is(Z3_mk_fpa_is_nan, x) && !Is(Z3_mk_fpa_is_infinite, x);
}

}  // namespace fp

namespace {

z3::expr Unary(Z3_ast (*op)(Z3_context, Z3_ast), const z3::expr& x) {
  return z3::expr(x.ctx(), op(x.ctx(), x));
}
z3::expr Binary(Z3_ast (*op)(Z3_context, Z3_ast, Z3_ast), const z3::expr& a, const z3::expr& b) {
  return z3::expr(a.ctx(), op(a.ctx(), a, b));
}
z3::expr Rounded(Z3_ast (*op)(Z3_context, Z3_ast, Z3_ast, Z3_ast), const z3::expr& a,
                 const z3::expr& b) {
  return z3::expr(a.ctx(), op(a.ctx(), Z3_mk_fpa_rne(a.ctx()), a, b));
}

// NaN wins; of the zeros the positive one is larger.
z3::expr Greater(bool largest, const z3::expr& a, const z3::expr& b) {
  z3::expr a_is_nan = fp::Is(Z3_mk_fpa_is_nan, a);
  z3::expr b_is_nan = fp::Is(Z3_mk_fpa_is_nan, b);
  z3::expr a_negative = fp::Is(Z3_mk_fpa_is_negative, a);
  z3::expr of_equal = largest ? z3::ite(a_negative, b, a) : z3::ite(a_negative, a, b);
  z3::expr of_other = z3::ite(Binary(largest ? Z3_mk_fpa_gt : Z3_mk_fpa_lt, a, b), a, b);
  return z3::ite(a_is_nan, a,
                 z3::ite(b_is_nan, b, z3::ite(Binary(Z3_mk_fpa_eq, a, b), of_equal, of_other)));
}

}  // namespace

MaybeExpr ScalarTerms::CompareFloat(std::string_view direction, const z3::expr& a,
                                    const z3::expr& b) {
  if (direction == "EQ") return Binary(Z3_mk_fpa_eq, a, b);
  if (direction == "NE") return !Binary(Z3_mk_fpa_eq, a, b);
  if (direction == "LT") return Binary(Z3_mk_fpa_lt, a, b);
  if (direction == "GT") return Binary(Z3_mk_fpa_gt, a, b);
  if (direction == "LE") return Binary(Z3_mk_fpa_leq, a, b);
  return Binary(Z3_mk_fpa_geq, a, b);
}

MaybeExpr ScalarTerms::ApplyFloat(const Call& call) {
  const z3::expr& a = call.args[0];
  const z3::expr& b = call.args.back();
  switch (*call.node.opcode) {
    case OpCode::kAdd:
      return Rounded(Z3_mk_fpa_add, a, b);
    case OpCode::kSubtract:
      return Rounded(Z3_mk_fpa_sub, a, b);
    case OpCode::kMultiply:
      return Rounded(Z3_mk_fpa_mul, a, b);
    case OpCode::kDivide:
      return Rounded(Z3_mk_fpa_div, a, b);
    case OpCode::kNegate:
      return Unary(Z3_mk_fpa_neg, a);
    case OpCode::kAbs:
      return Unary(Z3_mk_fpa_abs, a);
    case OpCode::kMaximum:
      return Greater(/*largest=*/true, a, b);
    case OpCode::kMinimum:
      return Greater(/*largest=*/false, a, b);
    case OpCode::kFloor:
      return fp::RoundToIntegral(Z3_mk_fpa_rtn, a);
    case OpCode::kCeil:
      return fp::RoundToIntegral(Z3_mk_fpa_rtp, a);
    case OpCode::kRoundNearestEven:
      return fp::RoundToIntegral(Z3_mk_fpa_rne, a);
    case OpCode::kRoundNearestAfz:
      return fp::RoundToIntegral(Z3_mk_fpa_rna, a);
    case OpCode::kIsFinite:
      return fp::IsFinite(a);
    case OpCode::kSign: {
      // Zeros keep their sign, NaN stays.
      const ir::ElementType type = call.operand.concrete();
      z3::expr zero = fp::Number(c, type, 0);
      z3::expr negative = z3::ite(Binary(Z3_mk_fpa_lt, a, zero), fp::Number(c, type, -1), a);
      return z3::ite(Binary(Z3_mk_fpa_gt, a, zero), fp::Number(c, type, 1), negative);
    }
    case OpCode::kReal:
      return a;
    default:
      return FloatFunction(call);
  }
}

// Odd and even functions are functions of the magnitude; exp and logistic are NaN only for NaN, and
// else not negative. Powers of 1 and 0 and a remainder taken twice are exact.
MaybeExpr ScalarTerms::FloatFunction(const Call& call) {
  const z3::expr& a = call.args[0];
  auto of_magnitude = [&] {
    return Uninterpreted({call.node, {Unary(Z3_mk_fpa_abs, a)}, call.operand});
  };
  switch (*call.node.opcode) {
    case OpCode::kTanh:
    case OpCode::kSine:
    case OpCode::kErf: {
      z3::expr result = of_magnitude();
      return z3::ite(fp::Is(Z3_mk_fpa_is_negative, a), Unary(Z3_mk_fpa_neg, result), result);
    }
    case OpCode::kCosine:
      return of_magnitude();
    case OpCode::kExponential:
    case OpCode::kLogistic: {
      z3::expr result = Uninterpreted(call);
      z3::expr is_nan = fp::Is(Z3_mk_fpa_is_nan, result);
      facts_.push_back(is_nan == fp::Is(Z3_mk_fpa_is_nan, a));
      facts_.push_back(!fp::Is(Z3_mk_fpa_is_negative, result));
      return result;
    }
    case OpCode::kPower: {
      const ElementNode& exponent = *call.node.children[1];
      if (exponent.kind != ElementNode::Kind::kNumber) return std::nullopt;
      if (exponent.number == 0) return fp::Number(c, call.operand.concrete(), 1);
      if (exponent.number == 1) return a;
      return std::nullopt;
    }
    case OpCode::kRemainder: {
      const ElementNode& first = *call.node.children[0];
      const bool again = first.opcode == OpCode::kRemainder &&
                         first.children[1]->text == call.node.children[1]->text;
      return again ? MaybeExpr(a) : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace eqsat::rules
