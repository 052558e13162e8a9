#include "rules/prove/poly.h"

#include <algorithm>
#include <utility>

#include "ir/base/strings.h"

namespace eqsat::rules {

Poly::Poly(int64_t constant) {
  if (constant != 0) terms_.emplace_back(Monomial(), constant);
}

Poly Poly::Var(VarId var) {
  Poly result;
  result.terms_.emplace_back(Monomial{var}, 1);
  return result;
}

Poly Poly::Sum(const Poly& a, const Poly& b, int64_t factor) {
  Poly result;
  result.terms_.reserve(a.terms_.size() + b.terms_.size());
  auto left = a.terms_.begin();
  auto right = b.terms_.begin();
  while (left != a.terms_.end() || right != b.terms_.end()) {
    const bool take_left =
        right == b.terms_.end() || (left != a.terms_.end() && left->first <= right->first);
    const bool take_right =
        left == a.terms_.end() || (right != b.terms_.end() && right->first <= left->first);
    const Monomial& monomial = take_left ? left->first : right->first;
    const int64_t coefficient =
        (take_left ? left->second : 0) + (take_right ? factor * right->second : 0);
    if (coefficient != 0) result.terms_.emplace_back(monomial, coefficient);
    if (take_left) ++left;
    if (take_right) ++right;
  }
  return result;
}

Poly operator+(const Poly& a, const Poly& b) { return Poly::Sum(a, b, 1); }

Poly operator-(const Poly& a, const Poly& b) { return Poly::Sum(a, b, -1); }

Poly operator*(const Poly& a, const Poly& b) {
  Poly result;
  for (const auto& [left, x] : a.terms_) {
    Poly row;
    for (const auto& [right, y] : b.terms_) {
      Poly::Monomial product = left;
      product.insert(product.end(), right.begin(), right.end());
      std::sort(product.begin(), product.end());
      Poly term;
      term.terms_.emplace_back(std::move(product), x * y);
      row = row + term;
    }
    result = result + row;
  }
  return result;
}

Poly Poly::operator-() const {
  Poly result = *this;
  for (auto& [monomial, coefficient] : result.terms_) coefficient = -coefficient;
  return result;
}

std::optional<int64_t> Poly::AsConstant() const {
  if (terms_.empty()) return 0;
  if (terms_.size() > 1 || !terms_.begin()->first.empty()) return std::nullopt;
  return terms_.begin()->second;
}

bool Poly::Mentions(VarId var) const {
  return std::any_of(terms_.begin(), terms_.end(), [var](const auto& term) {
    return std::find(term.first.begin(), term.first.end(), var) != term.first.end();
  });
}

Poly Poly::Substitute(VarId var, const Poly& value) const {
  if (!Mentions(var)) return *this;
  Poly result;
  for (const auto& [monomial, coefficient] : terms_) {
    Poly product(coefficient);
    for (VarId factor : monomial) product = product * (factor == var ? value : Var(factor));
    result = result + product;
  }
  return result;
}

std::optional<std::pair<VarId, Poly>> Poly::Solve() const {
  // The newest variable goes first: what came later is defined by what was there.
  for (auto term = terms_.rbegin(); term != terms_.rend(); ++term) {
    const auto& [monomial, coefficient] = *term;
    if (monomial.size() != 1 || (coefficient != 1 && coefficient != -1)) continue;
    Poly rest = *this - Poly(coefficient) * Var(monomial[0]);
    if (rest.Mentions(monomial[0])) continue;
    return std::make_pair(monomial[0], coefficient == 1 ? -rest : rest);
  }
  return std::nullopt;
}

std::string Poly::ToString() const {
  if (terms_.empty()) return "0";
  std::string text;
  for (const auto& [monomial, coefficient] : terms_) {
    if (!text.empty() || coefficient < 0) text += coefficient < 0 ? "-" : "+";
    int64_t magnitude = coefficient < 0 ? -coefficient : coefficient;
    if (magnitude != 1 || monomial.empty()) base::StrAppend(&text, magnitude);
    for (VarId var : monomial) base::StrAppend(&text, "v", var);
  }
  return text;
}

}  // namespace eqsat::rules
