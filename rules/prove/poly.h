// Integer polynomials over symbolic sizes and indices, in a normal form.
//
// Invariant: terms ascend by their monomials and none has coefficient 0, so that two polynomials
// are equal as functions exactly if they are equal as values.
#ifndef EQSAT_RULES_PROVE_POLY_H_
#define EQSAT_RULES_PROVE_POLY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"

namespace eqsat::rules {

// A symbolic integer, numbered by its Assumptions.
using VarId = int;

class Poly {
 public:
  // The factors of a product, ascending; empty for the constant.
  using Monomial = absl::InlinedVector<VarId, 3>;
  using Terms = absl::InlinedVector<std::pair<Monomial, int64_t>, 2>;

  Poly() = default;
  Poly(int64_t constant);  // NOLINT: integers are polynomials
  static Poly Var(VarId var);

  friend Poly operator+(const Poly& a, const Poly& b);
  friend Poly operator-(const Poly& a, const Poly& b);
  friend Poly operator*(const Poly& a, const Poly& b);
  Poly operator-() const;
  friend bool operator==(const Poly&, const Poly&) = default;
  friend bool operator<(const Poly& a, const Poly& b) { return a.terms_ < b.terms_; }

  const Terms& terms() const { return terms_; }
  std::optional<int64_t> AsConstant() const;
  bool Mentions(VarId var) const;
  // With `value` in the place of `var`.
  Poly Substitute(VarId var, const Poly& value) const;
  // A variable that stands alone with coefficient 1 or -1 in one term and in no other, and what it
  // must equal for the polynomial to be 0.
  std::optional<std::pair<VarId, Poly>> Solve() const;
  std::string ToString() const;

 private:
  // a + factor b.
  static Poly Sum(const Poly& a, const Poly& b, int64_t factor);

  Terms terms_;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_POLY_H_
