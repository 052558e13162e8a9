#include "rules/prove/symbolic_functions.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "absl/algorithm/container.h"
#include "ir/base/check.h"
#include "ir/base/status.h"

namespace eqsat::rules {
namespace {

using Arguments = std::vector<SymbolicValue>;
using Result = absl::StatusOr<SymbolicValue>;
using Handler = Result (*)(const Arguments&, ProofScope&);

// A plain value needs no facts of a graph.
class NoFacts : public Facts {
 public:
  const ir::Shape& shape(engine::ClassId) const override { Fail(); }
  const ir::Literal* literal(engine::ClassId) const override { Fail(); }
  const ir::Literal* splat(engine::ClassId) const override { Fail(); }
  bool HasTerm(engine::ClassId, ir::OpCode) const override { Fail(); }
  bool MayDependOn(engine::ClassId, engine::ClassId) const override { Fail(); }

 private:
  [[noreturn]] static void Fail() {
    base::CheckFailed(__FILE__, __LINE__, "a function of plain values asks for no operand");
  }
};

std::optional<Value> AsPlain(const SymbolicValue& value, ValueKind wanted,
                             const ProofScope& scope) {
  if (const auto* held = value.As<bool>()) return Value(*held);
  if (const auto* held = value.As<double>()) return Value(*held);
  if (const auto* held = value.As<Poly>()) {
    auto constant = scope.assumptions->Simplify(*held).AsConstant();
    return constant ? std::optional<Value>(*constant) : std::nullopt;
  }
  if (const auto* held = value.As<Polys>()) {
    Ints list;
    for (const Poly& p : *held) {
      auto constant = scope.assumptions->Simplify(p).AsConstant();
      if (!constant) return std::nullopt;
      list.push_back(*constant);
    }
    return Value(std::move(list));
  }
  const auto* type = value.As<ProofType>();
  if (const auto* operand = value.As<OperandRef>(); operand && wanted == ValueKind::kDtype)
    type = &scope[*operand].type;
  if (type && !type->is_abstract()) return Value(type->concrete());
  return std::nullopt;
}

std::optional<int64_t> Plain(const SymbolicValue& value, const ProofScope& scope) {
  const Poly* p = value.As<Poly>();
  return p ? scope.assumptions->Simplify(*p).AsConstant() : std::nullopt;
}

// The positions that a list names; nothing if one is symbolic.
std::optional<Ints> Positions(const SymbolicValue& value, const ProofScope& scope) {
  auto plain = AsPlain(value, ValueKind::kInts, scope);
  if (!plain || !std::holds_alternative<Ints>(*plain)) return std::nullopt;
  return std::get<Ints>(*plain);
}

Result Map(const Arguments& a, ProofScope& scope) {
  const Polys* list = a[0].As<Polys>();
  auto indices = Positions(a[1], scope);
  if (!list || !indices) return Unknown();
  Polys result;
  for (int64_t i : *indices) {
    if (i < 0 || i >= static_cast<int64_t>(list->size())) return Undefined();
    result.push_back((*list)[i]);
  }
  return result;
}

Result Drop(const Arguments& a, ProofScope& scope) {
  const Polys* list = a[0].As<Polys>();
  auto dropped = Positions(a[1], scope);
  if (!list || !dropped) return Unknown();
  const auto size = static_cast<int64_t>(list->size());
  Polys result;
  for (int64_t i : *dropped)
    if (i < 0 || i >= size) return Undefined();
  for (int64_t i = 0; i < size; ++i)
    if (!absl::c_linear_search(*dropped, i)) result.push_back((*list)[i]);
  return result;
}

// The first n (kTake) or all but those.
template <bool kTake>
Result Part(const Arguments& a, ProofScope& scope) {
  const Polys* list = a[0].As<Polys>();
  auto n = Plain(a[1], scope);
  if (!list || !n) return Unknown();
  if (*n < 0 || *n > static_cast<int64_t>(list->size())) return Undefined();
  auto middle = list->begin() + *n;
  return kTake ? Polys(list->begin(), middle) : Polys(middle, list->end());
}

Result At(const Arguments& a, ProofScope& scope) {
  const Polys* list = a[0].As<Polys>();
  auto i = Plain(a[1], scope);
  if (!list || !i) return Unknown();
  if (*i < 0 || *i >= static_cast<int64_t>(list->size())) return Undefined();
  return (*list)[*i];
}

Result With(const Arguments& a, ProofScope& scope) {
  const Polys* list = a[0].As<Polys>();
  auto i = Plain(a[1], scope);
  const Poly* value = a[2].As<Poly>();
  if (!list || !i || !value) return Unknown();
  if (*i < 0 || *i >= static_cast<int64_t>(list->size())) return Undefined();
  Polys result = *list;
  result[*i] = *value;
  return result;
}

Result Insert(const Arguments& a, ProofScope& scope) {
  const Polys* list = a[0].As<Polys>();
  auto i = Plain(a[1], scope);
  const Poly* value = a[2].As<Poly>();
  if (!list || !i || !value) return Unknown();
  if (*i < 0 || *i > static_cast<int64_t>(list->size())) return Undefined();
  Polys result = *list;
  result.insert(result.begin() + *i, *value);
  return result;
}

Result Concat(const Arguments& a, ProofScope&) {
  const Polys* left = a[0].As<Polys>();
  const Polys* right = a[1].As<Polys>();
  if (!left || !right) return Unknown();
  Polys result = *left;
  result.insert(result.end(), right->begin(), right->end());
  return result;
}

Result Fill(const Arguments& a, ProofScope& scope) {
  auto n = Plain(a[0], scope);
  const Poly* value = a[1].As<Poly>();
  if (!n || !value) return Unknown();
  if (*n < 0) return Undefined();
  return Polys(static_cast<size_t>(*n), *value);
}

// Zeros but for these values at these positions.
Result Place(const Arguments& a, ProofScope& scope) {
  auto n = Plain(a[0], scope);
  auto positions = Positions(a[1], scope);
  const Polys* values = a[2].As<Polys>();
  if (!n || !positions || !values) return Unknown();
  if (*n < 0 || values->size() != positions->size()) return Undefined();
  Polys result(static_cast<size_t>(*n), Poly(0));
  for (size_t i = 0; i < values->size(); ++i) {
    const int64_t at = (*positions)[i];
    if (at < 0 || at >= *n) return Undefined();
    result[at] = (*values)[i];
  }
  return result;
}

Result Length(const Arguments& a, ProofScope&) {
  const Polys* list = a[0].As<Polys>();
  return list ? SymbolicValue(Poly(static_cast<int64_t>(list->size()))) : Unknown();
}

Result Product(const Arguments& a, ProofScope&) {
  const Polys* list = a[0].As<Polys>();
  if (!list) return Unknown();
  Poly product(1);
  for (const Poly& p : *list) product = product * p;
  return product;
}

// The positions whose elements are in the second list.
Result KeepPositions(const Arguments& a, ProofScope& scope) {
  const Polys* list = a[0].As<Polys>();
  const Polys* keep = a[1].As<Polys>();
  if (!list || !keep) return Unknown();
  Polys result;
  for (size_t i = 0; i < list->size(); ++i) {
    bool kept = false;
    for (size_t j = 0; j < keep->size() && !kept; ++j) {
      EQSAT_ASSIGN_OR_RETURN(kept, scope.assumptions->Equal((*list)[i], (*keep)[j]));
    }
    if (kept) result.push_back(Poly(static_cast<int64_t>(i)));
  }
  return result;
}

Result IndexOf(const Arguments& a, ProofScope& scope) {
  const Polys* list = a[0].As<Polys>();
  const Poly* value = a[1].As<Poly>();
  if (!list || !value) return Unknown();
  for (size_t i = 0; i < list->size(); ++i) {
    EQSAT_ASSIGN_OR_RETURN(bool equal, scope.assumptions->Equal((*list)[i], *value));
    if (equal) return Poly(static_cast<int64_t>(i));
  }
  return Undefined();
}

Result ContainsValue(const Arguments& a, ProofScope& scope) {
  EQSAT_ASSIGN_OR_RETURN(SymbolicValue at, IndexOf(a, scope));
  return at.IsUnknown() ? at : SymbolicValue(!at.IsUndefined());
}

// Every element against a partner, which may be one for all.
template <typename Test>
Result Every(const Arguments& a, Test test) {
  const Polys* list = a[0].As<Polys>();
  const Polys* others = a[1].As<Polys>();
  const Poly* other = a[1].As<Poly>();
  if (!list || (!others && !other)) return Unknown();
  if (others && others->size() != list->size()) return Undefined();
  for (size_t i = 0; i < list->size(); ++i) {
    EQSAT_ASSIGN_OR_RETURN(bool holds, test((*list)[i], others ? (*others)[i] : *other));
    if (!holds) return false;
  }
  return true;
}
Result AllEqual(const Arguments& a, ProofScope& scope) {
  return Every(a, [&](const Poly& x, const Poly& y) { return scope.assumptions->Equal(x, y); });
}
Result AllAtLeast(const Arguments& a, ProofScope& scope) {
  return Every(a,
               [&](const Poly& x, const Poly& y) { return scope.assumptions->NonNegative(x - y); });
}
Result AllAtMost(const Arguments& a, ProofScope& scope) {
  return Every(a,
               [&](const Poly& x, const Poly& y) { return scope.assumptions->NonNegative(y - x); });
}

template <bool kLarger>
absl::StatusOr<Poly> Choose(const Poly& x, const Poly& y, ProofScope& scope) {
  EQSAT_ASSIGN_OR_RETURN(bool first_larger, scope.assumptions->NonNegative(x - y));
  return first_larger == kLarger ? x : y;
}

template <bool kLarger>
Result ChooseEach(const Arguments& a, ProofScope& scope) {
  const Polys* left = a[0].As<Polys>();
  const Polys* right = a[1].As<Polys>();
  if (!left || !right) return Unknown();
  if (left->size() != right->size()) return Undefined();
  Polys result;
  for (size_t i = 0; i < left->size(); ++i) {
    EQSAT_ASSIGN_OR_RETURN(Poly chosen, Choose<kLarger>((*left)[i], (*right)[i], scope));
    result.push_back(chosen);
  }
  return result;
}

template <bool kLarger>
Result ChooseOne(const Arguments& a, ProofScope& scope) {
  const Poly* x = a[0].As<Poly>();
  const Poly* y = a[1].As<Poly>();
  if (!x || !y) return Unknown();
  EQSAT_ASSIGN_OR_RETURN(Poly chosen, Choose<kLarger>(*x, *y, scope));
  return chosen;
}

// ---- Operands ----

Result Dims(const Arguments& a, ProofScope& scope) {
  const auto* operand = a[0].As<OperandRef>();
  return operand ? SymbolicValue(scope[*operand].dims) : Unknown();
}
Result Rank(const Arguments& a, ProofScope& scope) {
  EQSAT_ASSIGN_OR_RETURN(SymbolicValue dims, Dims(a, scope));
  return Length({dims}, scope);
}
Result Size(const Arguments& a, ProofScope& scope) {
  EQSAT_ASSIGN_OR_RETURN(SymbolicValue dims, Dims(a, scope));
  return At({dims, a[1]}, scope);
}
Result ElementCount(const Arguments& a, ProofScope& scope) {
  EQSAT_ASSIGN_OR_RETURN(SymbolicValue dims, Dims(a, scope));
  return Product({dims}, scope);
}
Result IsScalar(const Arguments& a, ProofScope& scope) {
  const auto* operand = a[0].As<OperandRef>();
  return operand ? SymbolicValue(scope[*operand].dims.empty()) : Unknown();
}
Result SameDims(const Arguments& a, ProofScope& scope) {
  EQSAT_ASSIGN_OR_RETURN(SymbolicValue left, Dims({a[0]}, scope));
  EQSAT_ASSIGN_OR_RETURN(SymbolicValue right, Dims({a[1]}, scope));
  return SymbolicallyEqual(left, right, scope);
}

ProofType TypeOf(const SymbolicValue& value, const ProofScope& scope) {
  if (const auto* operand = value.As<OperandRef>()) return scope[*operand].type;
  const auto* type = value.As<ProofType>();
  return type ? *type : ProofType();
}
Result Dtype(const Arguments& a, ProofScope& scope) { return TypeOf(a[0], scope); }
Result SameType(const Arguments& a, ProofScope& scope) {
  ProofType left = TypeOf(a[0], scope);
  ProofType right = TypeOf(a[1], scope);
  if (left == right) return true;
  return left.is_abstract() || right.is_abstract() ? SymbolicValue(Unknown()) : false;
}
Result OperandCount(const Arguments& a, ProofScope&) {
  const auto* list = a[0].As<std::vector<OperandRef>>();
  return list ? SymbolicValue(Poly(static_cast<int64_t>(list->size()))) : Unknown();
}
Result First(const Arguments& a, ProofScope&) {
  const auto* list = a[0].As<std::vector<OperandRef>>();
  if (!list) return Unknown();
  return list->empty() ? SymbolicValue(Undefined()) : (*list)[0];
}

// Names an integer of the leaf's type.
absl::StatusOr<Poly> NewInteger(const Leaf& leaf, ProofType type, ProofScope& scope) {
  Poly made = scope.assumptions->NewVar(Assumptions::Sign::kAny);
  const std::optional<IntegerRange> range = leaf.any_width ? std::nullopt : RangeOf(type);
  if (range && range->is_whole) {
    EQSAT_RETURN_IF_ERROR(scope.assumptions->AssumeNonNegative(made - range->lowest));
    EQSAT_RETURN_IF_ERROR(scope.assumptions->AssumeNonNegative(Poly(range->highest) - made));
  }
  return made;
}

// The operand's elements become one integer; nothing if it is no leaf.
absl::StatusOr<SymbolicValue> IntegerOf(OperandRef operand, ProofScope& scope) {
  Leaf* leaf = scope.LeafOf(operand);
  if (!leaf) return SymbolicValue(Unknown());
  if (!leaf->integer) {
    EQSAT_ASSIGN_OR_RETURN(Poly made, NewInteger(*leaf, scope[operand].type, scope));
    leaf->integer = made;
  }
  return SymbolicValue(*leaf->integer);
}
Result IntValue(const Arguments& a, ProofScope& scope) {
  const auto* operand = a[0].As<OperandRef>();
  return operand ? IntegerOf(*operand, scope) : Unknown();
}
Result ScalarValues(const Arguments& a, ProofScope& scope) {
  const auto* list = a[0].As<std::vector<OperandRef>>();
  if (!list) return Unknown();
  Polys result;
  for (OperandRef operand : *list) {
    EQSAT_ASSIGN_OR_RETURN(SymbolicValue value, IntegerOf(operand, scope));
    if (!value.As<Poly>()) return Unknown();
    result.push_back(*value.As<Poly>());
  }
  return result;
}
// What no element is below, or above.
template <std::optional<Poly> Leaf::* bound>
Result BoundOf(const Arguments& a, ProofScope& scope) {
  const auto* operand = a[0].As<OperandRef>();
  Leaf* leaf = operand && RangeOf(scope[*operand].type) ? scope.LeafOf(*operand) : nullptr;
  if (!leaf) return Unknown();
  if (!(leaf->*bound)) {
    EQSAT_ASSIGN_OR_RETURN(Poly made, NewInteger(*leaf, scope[*operand].type, scope));
    leaf->*bound = made;
  }
  return *(leaf->*bound);
}
// May hold or not; where it does, it is known of the two leaves.
Result IsAtMost(const Arguments& a, ProofScope& scope) {
  const auto* smaller = a[0].As<OperandRef>();
  const auto* larger = a[1].As<OperandRef>();
  if (!smaller || !larger || scope[*smaller].type.is_abstract()) return Unknown();
  Leaf* leaf = scope.LeafOf(*smaller);
  if (!leaf || !scope.LeafOf(*larger)) return Unknown();
  if (scope.assumptions->choices().Pick(2) == 1) return false;
  leaf->at_most.push_back(*scope[*larger].leaf);
  return true;
}
Result ChooseOperands(const Arguments& a, ProofScope& scope) {
  const auto* list = a[0].As<std::vector<OperandRef>>();
  auto positions = Positions(a[1], scope);
  if (!list || !positions) return Unknown();
  std::vector<OperandRef> result;
  for (int64_t i : *positions) {
    if (i < 0 || i >= static_cast<int64_t>(list->size())) return Undefined();
    result.push_back((*list)[i]);
  }
  return result;
}

const std::map<std::string_view, Handler>& Handlers() {
  static const auto* const kHandlers = new std::map<std::string_view, Handler>{
      {"map", Map},
      {"compose", Map},
      {"permute", Map},
      {"drop", Drop},
      {"take", Part<true>},
      {"skip", Part<false>},
      {"at", At},
      {"with", With},
      {"insert", Insert},
      {"concat", Concat},
      {"fill", Fill},
      {"place", Place},
      {"length", Length},
      {"prod", Product},
      {"positions_of_members", KeepPositions},
      {"index_of", IndexOf},
      {"contains", ContainsValue},
      {"all_equal", AllEqual},
      {"all_at_least", AllAtLeast},
      {"all_at_most", AllAtMost},
      {"max_each", ChooseEach<true>},
      {"min_each", ChooseEach<false>},
      {"max", ChooseOne<true>},
      {"min", ChooseOne<false>},
      {"dims", Dims},
      {"rank", Rank},
      {"size", Size},
      {"numel", ElementCount},
      {"is_scalar", IsScalar},
      {"same_dims", SameDims},
      {"dtype", Dtype},
      {"same_dtype", SameType},
      {"operand_count", OperandCount},
      {"first", First},
      {"int_value", IntValue},
      {"scalar_values", ScalarValues},
      {"lower_bound", BoundOf<&Leaf::lowest>},
      {"upper_bound", BoundOf<&Leaf::highest>},
      {"is_at_most", IsAtMost},
      {"choose", ChooseOperands},
  };
  return *kHandlers;
}

}  // namespace

SymbolicValue SymbolicOf(const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return Undefined();
  if (const auto* held = std::get_if<bool>(&value)) return *held;
  if (const auto* held = std::get_if<int64_t>(&value)) return Poly(*held);
  if (const auto* held = std::get_if<double>(&value)) return *held;
  if (const auto* held = std::get_if<std::string>(&value)) return *held;
  if (const auto* held = std::get_if<ir::ElementType>(&value)) return ProofType(*held);
  if (const auto* held = std::get_if<Ints>(&value)) return Polys(held->begin(), held->end());
  return Unknown();
}

absl::StatusOr<SymbolicValue> CallSymbolic(const Function& function,
                                           const std::vector<SymbolicValue>& arguments,
                                           ProofScope& scope) {
  if (arguments.size() != function.parameters.size()) return SymbolicValue(Undefined());
  std::vector<Value> plain;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].IsUndefined() || arguments[i].IsUnknown()) return arguments[i];
    if (auto value = AsPlain(arguments[i], function.parameters[i], scope))
      plain.push_back(*std::move(value));
  }
  if (plain.size() == arguments.size()) return SymbolicOf(function.evaluate(NoFacts(), plain));
  auto handler = Handlers().find(function.name);
  if (handler == Handlers().end()) return SymbolicValue(Unknown());
  return handler->second(arguments, scope);
}

std::optional<ElementFact> ElementFactOf(std::string_view function) {
  static const auto* const kFacts = new std::map<std::string_view, ElementFact>{
      {"is_zero", ElementFact::kZero},
      {"is_one", ElementFact::kOne},
      {"is_lowest", ElementFact::kLowest},
      {"is_highest", ElementFact::kHighest},
      {"is_finite_constant", ElementFact::kFinite},
      {"is_nan", ElementFact::kNaN},
      {"is_positive", ElementFact::kPositive},
      {"is_non_negative", ElementFact::kNonNegative},
      {"has_exact_reciprocal", ElementFact::kExactReciprocal},
      {"is_power_of_two", ElementFact::kPowerOfTwo},
      {"never_negative", ElementFact::kNeverNegative},
      {"never_negative_zero", ElementFact::kNeverNegativeZero},
      {"never_nan", ElementFact::kNeverNaN},
      {"never_infinite", ElementFact::kNeverInfinite},
  };
  auto at = kFacts->find(function);
  return at == kFacts->end() ? std::nullopt : std::optional(at->second);
}

}  // namespace eqsat::rules
