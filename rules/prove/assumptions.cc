#include "rules/prove/assumptions.h"

#include <algorithm>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::rules {
namespace {

absl::Status HiddenDependence() {
  return NoDenotation("a reduction over an index that is known by name alone");
}

// A sign as a choice: unknown, negative, not negative.
int CodeOf(std::optional<bool> sign) { return sign ? 1 + static_cast<int>(*sign) : 0; }
std::optional<bool> SignOf(int code) { return code == 0 ? std::nullopt : std::optional(code == 2); }

}  // namespace

absl::Status NoInstance() { return absl::NotFoundError("no such instance"); }
absl::Status NoDenotation(std::string_view what) {
  return absl::UnimplementedError(base::StrCat(what));
}
bool IsNoInstance(const absl::Status& status) { return absl::IsNotFound(status); }
bool IsOpenCondition(const absl::Status& status) { return absl::IsOutOfRange(status); }

Poly Assumptions::NewVar(Sign sign) {
  non_negative_.push_back(sign == Sign::kNonNegative);
  return Poly::Var(static_cast<VarId>(non_negative_.size()) - 1);
}

Poly Assumptions::NewBoundVar(const Poly& size) {
  const int depth = static_cast<int>(scopes_.size());
  const int position = static_cast<int>(
      std::count_if(bound_.begin(), bound_.end(), [&](auto& b) { return b.second == depth; }));
  const VarId id = BoundName(depth, position);
  bound_[id] = depth;
  Poly var = Poly::Var(id);
  facts_.push_back({size - var - 1, /*global=*/false});
  return var;
}

VarId Assumptions::BoundName(int depth, int position) {
  auto [at, is_new] =
      bound_names_.try_emplace({depth, position}, static_cast<VarId>(non_negative_.size()));
  if (is_new) NewVar(Sign::kNonNegative);
  return at->second;
}

int Assumptions::DepthOf(VarId bound) const {
  for (const auto& [name, var] : bound_names_)
    if (var == bound) return name.first;
  return 0;
}

void Assumptions::BeginScope() { scopes_.emplace_back(facts_.size(), bound_); }

void Assumptions::EndScope() {
  auto [first, outer] = std::move(scopes_.back());
  scopes_.pop_back();
  auto scoped = std::remove_if(facts_.begin() + static_cast<int64_t>(first), facts_.end(),
                               [](const Fact& fact) { return !fact.global; });
  facts_.erase(scoped, facts_.end());
  bound_ = std::move(outer);
}

bool Assumptions::MentionsBound(const Poly& p) const {
  return std::any_of(bound_.begin(), bound_.end(), [&](auto& b) { return p.Mentions(b.first); });
}

Poly Assumptions::Simplify(const Poly& p) const {
  Poly result = p;
  for (const auto& [var, value] : equations_) result = result.Substitute(var, value);
  return result;
}

absl::Status Assumptions::AssumeNonNegative(const Poly& raw) {
  Poly p = Simplify(raw);
  // A contradiction that this does not see is found when the path cannot be proved.
  std::optional<bool> known = QuickSign(p);
  if (known) return *known ? absl::OkStatus() : NoInstance();
  facts_.push_back({p, !MentionsBound(p)});
  return absl::OkStatus();
}

absl::Status Assumptions::AssumeEqual(const Poly& a, const Poly& b) {
  Poly p = Simplify(a - b);
  if (std::optional<int64_t> constant = p.AsConstant())
    return *constant == 0 ? absl::OkStatus() : NoInstance();
  auto solved = p.Solve();
  if (!solved || MentionsBound(p)) {
    EQSAT_RETURN_IF_ERROR(AssumeNonNegative(p));
    return AssumeNonNegative(-p);
  }
  if (non_negative_[solved->first]) EQSAT_RETURN_IF_ERROR(AssumeNonNegative(solved->second));
  for (Fact& fact : facts_)
    fact.non_negative = fact.non_negative.Substitute(solved->first, solved->second);
  equations_.push_back(*std::move(solved));
  return absl::OkStatus();
}

IntegerFacts Assumptions::Facts(bool global_only) const {
  IntegerFacts facts{.non_negative = {}, .non_negative_variables = &non_negative_};
  for (const Fact& fact : facts_)
    if (!global_only || fact.global) facts.non_negative.push_back(&fact.non_negative);
  return facts;
}

std::optional<bool> Assumptions::QuickSign(const Poly& p) const {
  if (std::optional<int64_t> constant = p.AsConstant()) return *constant >= 0;
  return SignOf(choices_.Recall(
      [&] { return CodeOf(IntegerQuestions::QuickSign(p, Facts(/*global_only=*/false))); }));
}

std::optional<bool> Assumptions::KnownSign(const Poly& p, bool global_only) const {
  if (std::optional<int64_t> constant = p.AsConstant()) return *constant >= 0;
  return SignOf(choices_.Recall([&] { return CodeOf(questions_.Sign(p, Facts(global_only))); }));
}

std::optional<bool> Assumptions::KnownNonNegative(const Poly& p) const {
  return KnownSign(Simplify(p), /*global_only=*/false);
}

bool Assumptions::QuicklyNonNegative(const Poly& p) const { return QuickSign(Simplify(p)) == true; }

bool Assumptions::Consistent() const {
  return !questions_.Contradictory(Facts(/*global_only=*/true));
}

bool Assumptions::ProvablyEqual(const Poly& a, const Poly& b) const {
  Poly p = Simplify(a - b);
  if (std::optional<int64_t> constant = p.AsConstant()) return *constant == 0;
  return KnownSign(p, false) == true && KnownSign(-p, false) == true;
}

absl::StatusOr<bool> Assumptions::NonNegative(const Poly& raw) {
  const Poly p = Simplify(raw);
  if (std::optional<int64_t> constant = p.AsConstant()) return *constant >= 0;
  if (MentionsBound(p)) {
    if (std::optional<bool> known = KnownSign(p, /*global_only=*/false)) return *known;
    open_condition_ = p;
    return absl::OutOfRangeError("a condition on the index of a reduction");
  }
  const int holds = choices_.Pick([&]() -> std::vector<int> {
    std::optional<bool> known = questions_.Sign(p, Facts(/*global_only=*/true));
    if (known) return {*known ? 1 : 0};
    return {1, 0};
  });
  facts_.push_back({holds ? p : -p - 1, /*global=*/true});
  return holds == 1;
}

absl::StatusOr<bool> Assumptions::Equal(const Poly& a, const Poly& b) {
  const Poly p = Simplify(a - b);
  if (std::optional<int64_t> constant = p.AsConstant()) return *constant == 0;
  EQSAT_ASSIGN_OR_RETURN(bool at_least, NonNegative(p));
  if (!at_least) return false;
  EQSAT_ASSIGN_OR_RETURN(bool above, NonNegative(p - 1));
  if (above) return false;
  EQSAT_RETURN_IF_ERROR(AssumeEqual(a, b));
  return true;
}

// n b + 1 with n >= 0 lies in the multiple n + 1 of b >= 1.
std::optional<Poly> Assumptions::WholeMultiple(const Poly& a, const Poly& b) const {
  const auto& divisor = b.terms();
  if (divisor.size() != 1 || divisor.begin()->first.size() != 1 || divisor.begin()->second != 1)
    return std::nullopt;
  const VarId var = divisor.begin()->first[0];
  const Poly before = a - 1;
  Poly count;
  for (const auto& [monomial, coefficient] : before.terms()) {
    auto at = std::find(monomial.begin(), monomial.end(), var);
    if (at == monomial.end()) return std::nullopt;
    Poly term(coefficient);
    for (auto factor = monomial.begin(); factor != monomial.end(); ++factor)
      if (factor != at) term = term * Poly::Var(*factor);
    count = count + term;
  }
  if (KnownNonNegative(count) != true) return std::nullopt;
  return count + 1;
}

absl::StatusOr<Poly> Assumptions::CeilDiv(const Poly& raw_a, const Poly& raw_b) {
  Poly a = Simplify(raw_a);
  const Poly b = Simplify(raw_b);
  if (b == Poly(1)) return a;
  if (std::optional<Poly> whole = WholeMultiple(a, b)) return *whole;
  if (MentionsBound(a) || MentionsBound(b)) return HiddenDependence();
  auto known = ceil_divs_.find({a, b});
  if (known != ceil_divs_.end()) return known->second;
  Poly result = NewVar(Sign::kNonNegative);
  EQSAT_RETURN_IF_ERROR(AssumeNonNegative(b * result - a));
  EQSAT_RETURN_IF_ERROR(AssumeNonNegative(a + b - 1 - b * result));
  ceil_divs_.emplace(std::make_pair(a, b), result);
  return result;
}

absl::StatusOr<Assumptions::Division> Assumptions::Divide(const Poly& raw_a, const Poly& raw_b) {
  const Poly a = Simplify(raw_a);
  const Poly b = Simplify(raw_b);
  if (b == Poly(1)) return Division{a, Poly(0)};
  if (MentionsBound(a) || MentionsBound(b)) return HiddenDependence();
  auto known = divisions_.find({a, b});
  if (known != divisions_.end()) return known->second;
  Division result{NewVar(Sign::kAny), NewVar(Sign::kNonNegative)};
  EQSAT_RETURN_IF_ERROR(AssumeNonNegative(b - 1 - result.rest));
  EQSAT_RETURN_IF_ERROR(AssumeEqual(a, b * result.quotient + result.rest));
  divisions_.emplace(std::make_pair(a, b), result);
  return result;
}

Poly Assumptions::Opaque(const std::string& made_of) {
  auto [at, is_new] = opaque_.try_emplace(made_of);
  if (is_new) at->second = NewVar(Sign::kNonNegative);
  return at->second;
}

void Assumptions::AssumeSameCount(const Poly& a, const Poly& b) { same_counts_.emplace_back(a, b); }

bool Assumptions::KnownSameCount(const Poly& a, const Poly& b) const {
  // a / b is the product of what some of the known pairs are to each other.
  constexpr size_t kMostPairs = 6;
  const size_t count = std::min(same_counts_.size(), kMostPairs);
  size_t ways = 1;
  for (size_t i = 0; i < count; ++i) ways *= 3;
  for (size_t way = 0; way < ways; ++way) {
    Poly left = Simplify(a);
    Poly right = Simplify(b);
    for (size_t i = 0, rest = way; i < count; ++i, rest /= 3) {
      if (rest % 3 == 0) continue;
      const auto& [p, q] = same_counts_[i];
      left = left * Simplify(rest % 3 == 1 ? p : q);
      right = right * Simplify(rest % 3 == 1 ? q : p);
    }
    if (left == right) return true;
  }
  return false;
}

absl::StatusOr<std::vector<Poly>> Assumptions::ReshapeIndices(const std::string& made_of,
                                                              Reshape reshape) {
  for (const Poly& index : reshape.indices)
    if (MentionsBound(index)) return HiddenDependence();
  std::vector<Poly> result;
  for (size_t i = 0; i < reshape.from.size(); ++i) {
    Poly index = Opaque(base::StrCat(made_of, "#", i));
    result.push_back(index);
    EQSAT_RETURN_IF_ERROR(AssumeNonNegative(reshape.from[i] - index - 1));
  }
  reshapes_.try_emplace(result, std::move(reshape));
  return result;
}

const Assumptions::Reshape* Assumptions::ReshapeOf(const std::vector<Poly>& indices) const {
  auto at = reshapes_.find(indices);
  return at == reshapes_.end() ? nullptr : &at->second;
}

std::string Assumptions::ToString() const {
  std::string text;
  for (const auto& [var, value] : equations_)
    base::StrAppend(&text, "  v", var, " = ", value.ToString(), "\n");
  for (const Fact& fact : facts_)
    base::StrAppend(&text, "  ", fact.non_negative.ToString(), " >= 0\n");
  return text;
}

}  // namespace eqsat::rules
