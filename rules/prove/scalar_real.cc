#include "rules/prove/scalar_real.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/strings/str_format.h"
#include "ir/base/strings.h"

namespace eqsat::rules {
namespace {

using Kind = ElementNode::Kind;
using ir::OpCode;

struct Rational {
  Poly over;
  Poly under = 1;
};

std::string TextOf(const Rational& r) {
  return base::StrCat(r.over.ToString(), "/", r.under.ToString());
}

class RealTerms {
 public:
  // The divisors met on the way are kept.
  std::optional<Rational> Translate(const Element& e) {
    switch (e->kind) {
      case Kind::kRead:
        return Atom(e->text);
      case Kind::kNumber:
        return Number(e->number);
      case Kind::kApply:
        return Apply(*e);
      default:
        return std::nullopt;
    }
  }

  std::vector<Rational>& divisors() { return divisors_; }

 private:
  std::optional<Rational> Atom(const std::string& text) {
    auto [at, is_new] = atoms_.try_emplace(text, static_cast<VarId>(atoms_.size()));
    return Rational{Poly::Var(at->second)};
  }

  std::optional<Rational> Number(double value) {
    if (!std::isfinite(value)) return std::nullopt;
    // Small dyadic numbers are spelt out; any other is a value of its own.
    int64_t under = 1;
    while (value != std::floor(value) && under < (1 << 20)) value *= 2, under *= 2;
    if (value == std::floor(value) && std::abs(value) < (1 << 20))
      return Rational{Poly(static_cast<int64_t>(value)), Poly(under)};
    return Atom(absl::StrFormat("%a/%d", value, under));
  }

  std::optional<Rational> Divide(const Rational& a, const Rational& b) {
    divisors_.push_back(b);
    if (b.over == Poly(0)) return std::nullopt;
    return Rational{a.over * b.under, a.under * b.over};
  }

  // exp of a sum is the product of the exps of its terms, n of them where one has coefficient n.
  std::optional<Rational> Exponential(const Rational& x) {
    constexpr int64_t kMostFactors = 8;
    Rational product{Poly(1)};
    for (const auto& [monomial, coefficient] : x.over.terms()) {
      const int64_t count = std::abs(coefficient);
      const bool whole = count <= kMostFactors;
      Poly term(whole ? 1 : count);
      for (VarId factor : monomial) term = term * Poly::Var(factor);
      const Poly e = Atom(base::StrCat("exp ", TextOf(Rational{term, x.under})))->over;
      for (int64_t i = 0; i < (whole ? count : 1); ++i)
        (coefficient < 0 ? product.under : product.over) =
            (coefficient < 0 ? product.under : product.over) * e;
    }
    return product;
  }

  std::optional<Rational> Apply(const ElementNode& e) {
    std::vector<Rational> args;
    for (const Element& child : e.children) {
      std::optional<Rational> arg = IsField(child->type) ? Translate(child) : Atom(child->text);
      if (!arg) return std::nullopt;
      args.push_back(*std::move(arg));
    }
    const Rational& a = args[0];
    const Rational& b = args.back();
    switch (e.opcode.value_or(OpCode::kSelect)) {
      case OpCode::kAdd:
        return Rational{a.over * b.under + b.over * a.under, a.under * b.under};
      case OpCode::kSubtract:
        return Rational{a.over * b.under - b.over * a.under, a.under * b.under};
      case OpCode::kMultiply:
        return Rational{a.over * b.over, a.under * b.under};
      case OpCode::kDivide:
        return Divide(a, b);
      case OpCode::kNegate:
        return Rational{-a.over, a.under};
      case OpCode::kExponential:
        return Exponential(a);
      case OpCode::kLogistic: {
        std::optional<Rational> exp = Exponential({-a.over, a.under});
        return Rational{exp->under, exp->under + exp->over};
      }
      case OpCode::kRsqrt:
        return Divide({Poly(1)}, *Atom(base::StrCat("sqrt ", TextOf(a))));
      case OpCode::kPower:
        if (auto n = b.over.AsConstant(); n && b.under == Poly(1) && std::abs(*n) <= 4)
          return Power(a, static_cast<int>(*n));
        break;
      case OpCode::kConvert:
        // Others lose what no order of operations loses.
        if (Widens(e.children[0]->type, e.type)) return a;
        return Atom(base::StrCat("convert:", e.type.id, " ", TextOf(a)));
      default:
        break;
    }
    std::string text = base::StrCat(e.opcode ? ir::Name(*e.opcode) : "", e.name);
    for (const Rational& arg : args) base::StrAppend(&text, " ", TextOf(arg));
    return Atom(text);
  }

  std::optional<Rational> Power(const Rational& x, int n) {
    Rational result{Poly(1)};
    for (int i = 0; i < std::abs(n); ++i) result = {result.over * x.over, result.under * x.under};
    return n < 0 ? Divide({Poly(1)}, result) : result;
  }

  std::map<std::string, VarId> atoms_;
  std::vector<Rational> divisors_;
};

bool IsSingleTerm(const Poly& p) { return p.terms().size() == 1; }

// Whether p cannot be 0 where none of `others` is.
bool NonZeroWith(const Poly& p, const std::vector<Poly>& others) {
  if (auto constant = p.AsConstant()) return *constant != 0;
  if (std::ranges::any_of(others, [&](const Poly& q) { return q == p || q == -p; })) return true;
  if (!IsSingleTerm(p)) return false;
  const Poly::Monomial& factors = p.terms().begin()->first;
  return std::ranges::all_of(factors, [&](VarId factor) {
    return std::ranges::any_of(
        others, [&](const Poly& q) { return IsSingleTerm(q) && q.Mentions(factor); });
  });
}

}  // namespace

bool IsField(ProofType type) {
  if (type.is_abstract()) return false;
  return IsIeee(type) || ir::IsComplex(type.concrete());
}

bool SolveReal(const ScalarGoal& goal) {
  RealTerms terms;
  std::optional<Rational> left = terms.Translate(goal.left);
  if (!left) return false;
  std::vector<Poly> non_zero;
  for (const Rational& divisor : terms.divisors()) {
    non_zero.push_back(divisor.over);
    non_zero.push_back(divisor.under);
  }
  terms.divisors().clear();
  std::optional<Rational> right = terms.Translate(goal.right);
  if (!right) return false;
  for (const Rational& divisor : terms.divisors())
    if (!NonZeroWith(divisor.over, non_zero)) return false;
  return left->over * right->under == right->over * left->under;
}

}  // namespace eqsat::rules
