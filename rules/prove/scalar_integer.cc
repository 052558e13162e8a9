// Truth values and integers: what ir/interpret computes, as Z3's bit-vectors.

#include "ir/base/strings.h"
#include "rules/prove/scalar_terms.h"

namespace eqsat::rules {

using ir::OpCode;

MaybeExpr ScalarTerms::ApplyPred(const Call& call) {
  const z3::expr& a = call.args[0];
  const z3::expr& b = call.args.back();
  switch (*call.node.opcode) {
    case OpCode::kAdd:
    case OpCode::kOr:
    case OpCode::kMaximum:
      return a || b;
    case OpCode::kMultiply:
    case OpCode::kAnd:
    case OpCode::kMinimum:
      return a && b;
    case OpCode::kXor:
      return a != b;
    case OpCode::kNot:
      return !a;
    default:
      return std::nullopt;
  }
}

// Of a by b: a where b is 0 or larger in magnitude, else smaller than b; and if 0 < b <= a, that of
// a - b.
MaybeExpr ScalarTerms::AbstractRemainder(const Call& call) {
  const z3::expr& a = call.args[0];
  const z3::expr& b = call.args[1];
  constexpr unsigned kSolvable = 8;
  const unsigned width = a.get_sort().bv_size();
  const bool known = call.node.children[1]->kind == ElementNode::Kind::kNumber;
  if (!abstracts_remainders_ || width <= kSolvable || known) return std::nullopt;
  const bool is_signed = ir::IsSigned(call.operand.concrete());
  const z3::expr zero = c.bv_val(0, width);
  z3::func_decl rest = c.function(base::StrCat("rest", is_signed ? "s" : "u", width).c_str(),
                                  a.get_sort(), a.get_sort(), a.get_sort());
  // The magnitude of the lowest number is right as one without sign.
  auto magnitude = [&](const z3::expr& x) { return is_signed ? z3::ite(x < zero, -x, x) : x; };
  z3::expr result = rest(a, b);
  const z3::expr keeps = b == zero || z3::ult(magnitude(a), magnitude(b));
  facts_.push_back(z3::implies(keeps, result == a));
  facts_.push_back(z3::implies(b != zero, z3::ult(magnitude(result), magnitude(b))));
  const z3::expr fits = is_signed ? zero < b && b <= a : b != zero && z3::ule(b, a);
  facts_.push_back(z3::implies(fits, result == rest((a - b).simplify(), b)));
  return result;
}

MaybeExpr ScalarTerms::ApplyInteger(const Call& call) {
  const z3::expr& a = call.args[0];
  const z3::expr& b = call.args.back();
  const bool is_signed = ir::IsSigned(call.operand.concrete());
  const unsigned width = a.get_sort().bv_size();
  const z3::expr zero = c.bv_val(0, width);
  const z3::expr one = c.bv_val(1, width);
  auto less = [&](const z3::expr& x, const z3::expr& y) {
    return is_signed ? x < y : z3::ult(x, y);
  };
  switch (*call.node.opcode) {
    case OpCode::kAdd:
      return a + b;
    case OpCode::kSubtract:
      return a - b;
    case OpCode::kMultiply:
      return a * b;
    case OpCode::kNegate:
      return -a;
    case OpCode::kDivide:
      return z3::ite(b == zero, -one, is_signed ? a / b : z3::udiv(a, b));
    case OpCode::kRemainder:
      if (MaybeExpr known = AbstractRemainder(call)) return known;
      return z3::ite(b == zero, a, is_signed ? z3::srem(a, b) : z3::urem(a, b));
    case OpCode::kMaximum:
      return z3::ite(less(a, b), b, a);
    case OpCode::kMinimum:
      return z3::ite(less(b, a), b, a);
    case OpCode::kAnd:
      return a & b;
    case OpCode::kOr:
      return a | b;
    case OpCode::kXor:
      return a ^ b;
    case OpCode::kNot:
      return ~a;
    case OpCode::kAbs:
      return is_signed ? z3::ite(a < zero, -a, a) : a;
    case OpCode::kSign:
      return z3::ite(a == zero, zero, is_signed ? z3::ite(a < zero, -one, one) : one);
    // An amount of the width or more moves everything out, as in Z3.
    case OpCode::kShiftLeft:
      return z3::shl(a, b);
    case OpCode::kShiftRightLogical:
      return z3::lshr(a, b);
    case OpCode::kShiftRightArithmetic:
      return z3::ashr(a, b);
    case OpCode::kPopcnt: {
      z3::expr count = zero;
      for (unsigned bit = 0; bit < width; ++bit)
        count = count + z3::zext(a.extract(bit, bit), width - 1);
      return count;
    }
    case OpCode::kPower: {
      const ElementNode& exponent = *call.node.children[1];
      constexpr int kMostFactors = 4;
      const bool spelt_out = exponent.kind == ElementNode::Kind::kNumber && exponent.number >= 0 &&
                             exponent.number <= kMostFactors;
      if (!spelt_out) return std::nullopt;
      z3::expr product = one;
      for (int i = 0; i < static_cast<int>(exponent.number); ++i) product = product * a;
      return product;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace eqsat::rules
