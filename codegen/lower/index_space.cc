#include "codegen/lower/index_space.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "ir/base/check.h"

namespace eqsat::codegen {
namespace {

int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

int64_t MaxDimension(const ir::IndexExpr& expr) {
  using Kind = ir::IndexExpr::Kind;
  if (expr.kind() == Kind::kConstant) return -1;
  if (expr.kind() == Kind::kDim) return expr.value();
  int64_t left = MaxDimension(expr.lhs());
  return expr.kind() == Kind::kAdd ? std::max(left, MaxDimension(expr.rhs())) : left;
}

Index IndexSpace::Variable(ValueId value, IndexRange range) {
  if (std::optional<int64_t> known = builder_.AsInt(value)) return Constant(*known);
  if (range.high - range.low == 1) return Constant(range.low);
  atoms_.push_back({Kind::kVariable, value, {}, 1, range});
  return {0, {{static_cast<uint32_t>(atoms_.size() - 1), 1}}};
}

Index IndexSpace::VectorElement(int64_t width) {
  atoms_.push_back({Kind::kVariable, builder_.Index(0), {}, 1, {0, width}});
  return {0, {{static_cast<uint32_t>(atoms_.size() - 1), 1}}};
}

Index IndexSpace::Add(const Index& a, const Index& b) {
  Index sum{a.constant + b.constant, {}};
  auto i = a.terms.begin(), j = b.terms.begin();
  while (i != a.terms.end() || j != b.terms.end()) {
    bool take_a = j == b.terms.end() || (i != a.terms.end() && i->first <= j->first);
    bool take_b = i == a.terms.end() || (j != b.terms.end() && j->first <= i->first);
    auto [atom, coefficient] = take_a ? *i : *j;
    if (take_a && take_b) coefficient += j->second;
    if (take_a) ++i;
    if (take_b) ++j;
    if (coefficient != 0) sum.terms.push_back({atom, coefficient});
  }
  while (Recombine(&sum)) {
  }
  return sum;
}

bool IndexSpace::Recombine(Index* sum) {
  for (auto [mod_id, factor] : sum->terms) {
    const Atom& mod = atoms_[mod_id];
    if (mod.kind != Kind::kMod) continue;
    auto found = interned_.find({{Kind::kDiv, mod.divisor}, mod.inner});
    if (found == interned_.end()) continue;
    std::pair<uint32_t, int64_t> div{found->second, factor * mod.divisor};
    auto place = std::find(sum->terms.begin(), sum->terms.end(), div);
    if (place == sum->terms.end()) continue;
    Index whole = Scale(mod.inner, factor);
    sum->terms.erase(place);
    sum->terms.erase(std::find_if(sum->terms.begin(), sum->terms.end(),
                                  [id = mod_id](const auto& term) { return term.first == id; }));
    *sum = Add(*sum, whole);
    return true;
  }
  return false;
}

Index IndexSpace::Scale(const Index& a, int64_t factor) const {
  if (factor == 0) return Constant(0);
  Index scaled = a;
  scaled.constant *= factor;
  for (auto& term : scaled.terms) term.second *= factor;
  return scaled;
}

std::pair<Index, Index> IndexSpace::Split(const Index& a, int64_t divisor) {
  Index whole{FloorDivide(a.constant, divisor), {}}, rest;
  rest.constant = a.constant - whole.constant * divisor;
  for (auto [atom, coefficient] : a.terms) {
    int64_t quotient = FloorDivide(coefficient, divisor);
    if (quotient != 0) whole.terms.push_back({atom, quotient});
    if (coefficient != quotient * divisor)
      rest.terms.push_back({atom, coefficient - quotient * divisor});
  }
  return {whole, rest};
}

Index IndexSpace::Intern(Kind kind, Index inner, int64_t divisor, IndexRange range) {
  AtomKey key{{kind, divisor}, inner};
  auto [place, added] = interned_.emplace(key, static_cast<uint32_t>(atoms_.size()));
  if (added) atoms_.push_back({kind, ValueId(), std::move(inner), divisor, range});
  return {0, {{place->second, 1}}};
}

std::optional<int64_t> IndexSpace::ConstantQuotient(const Index& a, int64_t divisor) const {
  IndexRange range = RangeOf(a);
  int64_t quotient = FloorDivide(range.low, divisor);
  return quotient == FloorDivide(range.high - 1, divisor) ? std::optional(quotient) : std::nullopt;
}

Index IndexSpace::FloorDiv(const Index& a, int64_t divisor) {
  EQSAT_CHECK(divisor > 0);
  if (divisor == 1) return a;
  if (std::optional<int64_t> quotient = ConstantQuotient(a, divisor)) return Constant(*quotient);
  auto [whole, rest] = Split(a, divisor);
  IndexRange range = RangeOf(rest);
  if (range.Within(0, divisor)) return whole;
  if (range.low < 0) {  // shift by a multiple of the divisor, so that code need not round down
    int64_t shift = FloorDivide(range.low, divisor);
    rest.constant -= shift * divisor;
    whole.constant += shift;
    range = RangeOf(rest);
  }
  int64_t common = divisor;
  for (auto [atom, coefficient] : rest.terms) common = std::gcd(common, coefficient);
  if (common > 1) {
    for (auto& term : rest.terms) term.second /= common;
    rest.constant = FloorDivide(rest.constant, common);
    return Add(whole, FloorDiv(rest, divisor / common));
  }
  if (rest.constant == 0 && rest.terms.size() == 1 && rest.terms[0].second == 1) {
    const Atom& only = atoms_[rest.terms[0].first];
    if (only.kind == Kind::kDiv)
      return Add(whole, FloorDiv(Index(only.inner), only.divisor * divisor));
  }
  IndexRange quotient{range.low / divisor, (range.high - 1) / divisor + 1};
  return Add(whole, Intern(Kind::kDiv, std::move(rest), divisor, quotient));
}

Index IndexSpace::Mod(const Index& a, int64_t divisor) {
  EQSAT_CHECK(divisor > 0);
  if (divisor == 1) return Constant(0);
  if (std::optional<int64_t> quotient = ConstantQuotient(a, divisor)) {
    Index remainder = a;
    remainder.constant -= *quotient * divisor;
    return remainder;
  }
  Index rest = Split(a, divisor).second;
  IndexRange range = RangeOf(rest);
  if (range.Within(0, divisor)) return rest;
  if (range.low < 0) rest.constant -= FloorDivide(range.low, divisor) * divisor;
  int64_t common = divisor;
  for (auto [atom, coefficient] : rest.terms) common = std::gcd(common, coefficient);
  if (common > 1) {
    int64_t beyond = rest.constant % common;
    rest.constant /= common;
    for (auto& term : rest.terms) term.second /= common;
    Index scaled = Scale(Mod(rest, divisor / common), common);
    scaled.constant += beyond;
    return scaled;
  }
  return Intern(Kind::kMod, std::move(rest), divisor, {0, divisor});
}

IndexRange IndexSpace::RangeOf(const Index& a) const {
  int64_t low = a.constant, high = a.constant;
  for (auto [atom, coefficient] : a.terms) {
    const IndexRange& range = atoms_[atom].range;
    low += coefficient * (coefficient > 0 ? range.low : range.high - 1);
    high += coefficient * (coefficient > 0 ? range.high - 1 : range.low);
  }
  return {low, high + 1};
}

Index IndexSpace::Apply(const ir::IndexExpr& expr, absl::Span<const Index> point) {
  switch (expr.kind()) {
    case ir::IndexExpr::Kind::kConstant:
      return Constant(expr.value());
    case ir::IndexExpr::Kind::kDim:
      return point[expr.value()];
    case ir::IndexExpr::Kind::kAdd:
      return Add(Apply(expr.lhs(), point), Apply(expr.rhs(), point));
    case ir::IndexExpr::Kind::kMul:
      return Scale(Apply(expr.lhs(), point), expr.value());
    case ir::IndexExpr::Kind::kFloorDiv:
      return FloorDiv(Apply(expr.lhs(), point), expr.value());
    default:
      return Mod(Apply(expr.lhs(), point), expr.value());
  }
}

std::vector<Index> IndexSpace::Apply(absl::Span<const ir::IndexExpr> exprs,
                                     absl::Span<const Index> point) {
  std::vector<Index> indices;
  for (const ir::IndexExpr& expr : exprs) indices.push_back(Apply(expr, point));
  return indices;
}

Index IndexSpace::Linearize(absl::Span<const Index> indices, absl::Span<const int64_t> dimensions) {
  Index linear;
  int64_t stride = 1;
  for (size_t i = dimensions.size(); i-- > 0;) {
    linear = Add(linear, Scale(indices[i], stride));
    stride *= dimensions[i];
  }
  return linear;
}

std::vector<Index> IndexSpace::Delinearize(const Index& linear,
                                           absl::Span<const int64_t> dimensions) {
  std::vector<Index> indices(dimensions.size());
  Index rest = linear;
  for (size_t i = dimensions.size(); i-- > 0;) {
    indices[i] = i == 0 ? rest : Mod(rest, dimensions[i]);
    rest = FloorDiv(rest, dimensions[i]);
  }
  return indices;
}

Index IndexSpace::Substitute(const Index& a, const Index& variable, int64_t value) {
  uint32_t wanted = variable.terms[0].first;
  Index substituted = Constant(a.constant);
  for (auto [id, coefficient] : a.terms) {
    Index term{0, {{id, 1}}};
    if (id == wanted) {
      term = Constant(value);
    } else if (Kind kind = atoms_[id].kind; kind != Kind::kVariable) {
      int64_t divisor = atoms_[id].divisor;
      Index inner = Substitute(Index(atoms_[id].inner), variable, value);
      term = kind == Kind::kDiv ? FloorDiv(inner, divisor) : Mod(inner, divisor);
    }
    substituted = Add(substituted, Scale(term, coefficient));
  }
  return substituted;
}

bool IndexSpace::Mentions(const Index& a, uint32_t atom) const {
  for (auto [id, coefficient] : a.terms) {
    if (id == atom) return true;
    if (atoms_[id].kind != Kind::kVariable && Mentions(atoms_[id].inner, atom)) return true;
  }
  return false;
}

bool IndexSpace::Mentions(const Index& a, const Index& variable) const {
  return !variable.IsConstant() && Mentions(a, variable.terms[0].first);
}

std::optional<int64_t> IndexSpace::Coefficient(const Index& a, const Index& variable) const {
  if (variable.IsConstant()) return 0;
  uint32_t wanted = variable.terms[0].first;
  int64_t result = 0;
  for (auto [id, coefficient] : a.terms) {
    if (id == wanted) {
      result = coefficient;
    } else if (atoms_[id].kind != Kind::kVariable && Mentions(atoms_[id].inner, wanted)) {
      return std::nullopt;
    }
  }
  return result;
}

ValueId IndexSpace::EmitAtom(const Atom& atom) {
  if (atom.kind == Kind::kVariable) return atom.value;
  Index inner = atom.inner;
  ValueId divisor = builder_.Index(atom.divisor);
  return builder_.Binary(atom.kind == Kind::kDiv ? Op::kDivU : Op::kRemU, Emit(inner), divisor);
}

ValueId IndexSpace::Emit(const Index& a) {
  std::optional<ValueId> sum;
  for (auto [id, coefficient] : a.terms) {
    ValueId term =
        builder_.Binary(Op::kMul, EmitAtom(Atom(atoms_[id])), builder_.Index(coefficient));
    sum = sum ? builder_.Binary(Op::kAdd, *sum, term) : term;
  }
  ValueId constant = builder_.Index(a.constant);
  return sum ? builder_.Binary(Op::kAdd, *sum, constant) : constant;
}

}  // namespace eqsat::codegen
