#include "rules/prove/scalar_solver.h"

#include <cmath>

#include "ir/base/strings.h"
#include "ir/shape/float_format.h"
#include "rules/prove/scalar_real.h"
#include "rules/prove/scalar_terms.h"
#include "rules/prove/z3_limits.h"

namespace eqsat::rules {
namespace {

using Kind = ElementNode::Kind;
using ir::ElementType;
using ir::OpCode;

// What one goal may cost Z3. Products of floats are the dearest.
constexpr unsigned kScalarEffort = 10000000;

z3::expr IntegerNumber(z3::context& c, double number, unsigned width) {
  if (number < 0) return c.bv_val(static_cast<int64_t>(number), width);
  return c.bv_val(static_cast<uint64_t>(number), width);
}

// Whether every number of the first type is one of the second, in the same order.
bool KeepsOrder(ProofType from, ProofType to) {
  if (Widens(from, to)) return true;
  if (from.is_abstract() || !ir::IsInteger(from.concrete()) || IsOpaque(to)) return false;
  const int magnitude = ir::BitWidth(from.concrete()) - (ir::IsSigned(from.concrete()) ? 1 : 0);
  // The largest float is far above all integers that it tells apart.
  if (IsIeee(to)) return magnitude <= ir::FormatOf(to.concrete()).mantissa_bits + 1;
  if (!ir::IsInteger(to.concrete())) return false;
  if (!ir::IsSigned(to.concrete()))
    return !ir::IsSigned(from.concrete()) && magnitude <= ir::BitWidth(to.concrete());
  return magnitude < ir::BitWidth(to.concrete());
}

// What is compared of wider copies of two elements holds of the elements, which solvers are slow to
// see: floats keep their order, NaN and the signs of zeros.
Element BeforeWidening(const Element& element) {
  const bool extreme = element->opcode == OpCode::kMaximum || element->opcode == OpCode::kMinimum;
  const bool compares = element->opcode == OpCode::kCompare && element->name.size() == 3;
  if (!extreme && !compares) return element;
  std::vector<Element> narrow;
  for (const Element& child : element->children) {
    const bool converts = child->kind == Kind::kApply && child->opcode == OpCode::kConvert;
    if (!converts || !KeepsOrder(child->children[0]->type, child->type)) return element;
    narrow.push_back(child->children[0]);
  }
  const ProofType type = narrow[0]->type;
  if (narrow[1]->type != type) return element;
  if (compares)
    return ElementMaker::Apply(element->type, element->opcode, element->name, std::move(narrow));
  Element chosen = ElementMaker::Apply(type, element->opcode, element->name, std::move(narrow));
  return ElementMaker::Apply(element->type, OpCode::kConvert, "", {std::move(chosen)});
}

// Floats have a sign apart: products, quotients and conversions of a negation are negated ones.
Element WithSignOutside(const Element& element) {
  const bool scales = element->opcode == OpCode::kMultiply || element->opcode == OpCode::kDivide;
  const bool converts = element->opcode == OpCode::kConvert;
  if ((!scales && !converts) || !element->name.empty() || !IsIeee(element->type)) return element;
  bool negative = false;
  std::vector<Element> rest;
  for (const Element& child : element->children) {
    const Element part = WithSignOutside(child);
    if (!IsIeee(part->type)) return element;
    const bool negates = part->kind == Kind::kApply && part->opcode == OpCode::kNegate;
    negative ^= negates;
    rest.push_back(negates ? part->children[0] : part);
  }
  Element made = ElementMaker::Apply(element->type, element->opcode, "", std::move(rest));
  return negative ? ElementMaker::Apply(element->type, OpCode::kNegate, "", {std::move(made)})
                  : made;
}

bool IsFunction(std::optional<OpCode> opcode) {
  return opcode == OpCode::kTanh || opcode == OpCode::kSine || opcode == OpCode::kCosine ||
         opcode == OpCode::kErf || opcode == OpCode::kExponential || opcode == OpCode::kLogistic;
}

bool IsRounding(std::optional<OpCode> opcode) {
  return opcode == OpCode::kFloor || opcode == OpCode::kCeil ||
         opcode == OpCode::kRoundNearestEven || opcode == OpCode::kRoundNearestAfz;
}

// The reference computes narrow floats in f32 and rounds once: spelt out, that is the narrow
// operation.
Element RoundedBack(const Element& element) {
  const ProofType type = element->type;
  const bool rounds = element->opcode == OpCode::kConvert && element->name.empty();
  if (!rounds || (!type.Is(ElementType::kF16) && !type.Is(ElementType::kBF16))) return element;
  const Element& wide = element->children[0];
  const bool computes = wide->opcode == OpCode::kAdd || wide->opcode == OpCode::kSubtract ||
                        wide->opcode == OpCode::kMultiply || wide->opcode == OpCode::kDivide;
  if (!computes || !wide->type.Is(ElementType::kF32) || !wide->name.empty()) return element;
  std::vector<Element> narrow;
  for (const Element& child : wide->children) {
    const bool widens = child->opcode == OpCode::kConvert && child->name.empty();
    if (!widens || child->children[0]->type != type) return element;
    narrow.push_back(child->children[0]);
  }
  return ElementMaker::Apply(type, wide->opcode, "", std::move(narrow));
}

// What is the same but for the sign of a zero.
Element WithoutZeros(const Element& element) {
  if (!IsIeee(element->type) || !element->name.empty()) return element;
  const std::vector<Element>& children = element->children;
  if (element->opcode == OpCode::kConvert && IsIeee(children[0]->type))
    return ElementMaker::Apply(element->type, OpCode::kConvert, "", {WithoutZeros(children[0])});
  for (size_t i = 0; element->opcode == OpCode::kAdd && i < 2; ++i)
    if (children[i]->kind == Kind::kNumber && children[i]->number == 0)
      return WithoutZeros(children[1 - i]);
  return element;
}

// What is easier to solve and always the same: an integral float stays as it is when it is rounded,
// and a difference of floats is the sum with the negation.
Element Plainer(const Element& element) {
  if (!IsIeee(element->type) || !element->name.empty()) return element;
  const std::vector<Element>& children = element->children;
  if (Element narrow = RoundedBack(element); narrow != element) return narrow;
  if (IsRounding(element->opcode) && IsRounding(children[0]->opcode)) return children[0];
  if (element->opcode != OpCode::kSubtract) return element;
  const bool negates = children[1]->opcode == OpCode::kNegate;
  Element negated = negates
                        ? children[1]->children[0]
                        : ElementMaker::Apply(element->type, OpCode::kNegate, "", {children[1]});
  return ElementMaker::Apply(element->type, OpCode::kAdd, "", {children[0], std::move(negated)});
}

// The two sides differ by more than the class allows, as sample_values.cc compares them.
z3::expr Differs(const ScalarGoal& goal, const z3::expr& left, const z3::expr& right) {
  if (goal.numerics != Numerics::kSpecial || !IsIeee(goal.left->type)) return left != right;
  z3::expr equal(left.ctx(), Z3_mk_fpa_eq(left.ctx(), left, right));
  return !equal && fp::IsFinite(left) && !fp::Is(Z3_mk_fpa_is_infinite, right);
}

bool HasRemainder(const Element& element) {
  return element->opcode == OpCode::kRemainder ||
         std::ranges::any_of(element->children, HasRemainder);
}

// The values that are powers of two, of which there are as many as bits.
std::vector<size_t> PowersOfTwo(const ScalarGoal& goal) {
  std::vector<size_t> ids;
  for (size_t i = 0; i < goal.values.size(); ++i)
    if (RangeOf(goal.values[i].type) &&
        std::ranges::count(goal.values[i].facts, ElementFact::kPowerOfTwo) > 0)
      ids.push_back(i);
  return ids;
}

// `remainders`: as AbstractRemainders says.
bool IsProvedWith(const ScalarGoal& goal, bool remainders) {
  try {
    ScalarTerms terms(&Z3Session::Current().context(), goal);
    if (remainders) terms.AbstractRemainders();
    const bool special = goal.numerics == Numerics::kSpecial;
    MaybeExpr left = terms.Translate(special ? WithoutZeros(goal.left) : goal.left);
    MaybeExpr right = terms.Translate(special ? WithoutZeros(goal.right) : goal.right);
    if (!left || !right) return false;
    std::vector<z3::expr> known;
    for (const ValueOrder& order : goal.orders) known.push_back(terms.Ordered(order));
    // `special` speaks of finite inputs.
    for (size_t i = 0; i < goal.values.size(); ++i) {
      const FreeValue& value = goal.values[i];
      if (!special || !IsIeee(value.type)) continue;
      if (value.is_input && value.facts.empty()) known.push_back(fp::IsFinite(terms.Value(i)));
    }
    known.insert(known.end(), terms.facts().begin(), terms.facts().end());
    auto holds_where = [&](std::optional<z3::expr> condition) {
      z3::solver solver = NewSolver(terms.c, SolverKind::kBits, kScalarEffort);
      for (const z3::expr& fact : known) solver.add(fact);
      if (condition) solver.add(*condition);
      solver.add(Differs(goal, *left, *right));
      return Z3Session::Current().IsUnsatisfiable(solver);
    };
    const std::vector<size_t> powers = PowersOfTwo(goal);
    if (powers.size() != 1) return holds_where(std::nullopt);
    // One power after the other.
    const z3::expr power = terms.Value(powers[0]);
    const unsigned width = power.get_sort().bv_size();
    for (unsigned bit = 0; bit < width; ++bit)
      if (!holds_where(power == terms.c.bv_val(uint64_t{1} << bit, width))) return false;
    return true;
  } catch (const z3::exception&) {
    return false;
  }
}

}  // namespace

bool SolveScalar(const ScalarGoal& goal) {
  const bool open = goal.left->type.is_abstract() && goal.right->type.is_abstract();
  if (!open && goal.left->type != goal.right->type) return false;
  if (goal.numerics >= Numerics::kReassoc && IsField(goal.left->type)) return SolveReal(goal);
  if (HasRemainder(goal.left) && IsProvedWith(goal, /*remainders=*/true)) return true;
  return IsProvedWith(goal, /*remainders=*/false);
}

// ---- Terms ----

z3::sort ScalarTerms::SortOf(ProofType type) {
  // One sort for all open types: terms only meet where their types are equal.
  if (type.is_abstract()) return c.uninterpreted_sort("open");
  const ElementType t = type.concrete();
  if (t == ElementType::kPred) return c.bool_sort();
  if (ir::IsInteger(t)) return c.bv_sort(static_cast<unsigned>(ir::BitWidth(t)));
  if (IsIeee(type)) return fp::SortOf(c, t);
  return c.uninterpreted_sort(std::string(ir::Name(t)).c_str());
}

z3::expr ScalarTerms::Value(size_t id) {
  auto known = values_.find(id);
  if (known != values_.end()) return known->second;
  const FreeValue& value = goal_.values[id];
  z3::expr made = c.constant(base::StrCat("x", id).c_str(), SortOf(value.type));
  values_.emplace(id, made);
  if (!IsOpaque(value.type))
    for (ElementFact fact : value.facts) facts_.push_back(FactOf(fact, value.type, made));
  auto bound = [&](int64_t number, bool is_least) {
    z3::expr other = c.bv_val(number, made.get_sort().bv_size());
    facts_.push_back(is_least ? NotAbove(value.type, other, made)
                              : NotAbove(value.type, made, other));
  };
  std::optional<IntegerRange> range = RangeOf(value.type);
  if (range && value.at_least && *value.at_least >= range->lowest) bound(*value.at_least, true);
  if (range && value.at_most && *value.at_most <= range->highest) bound(*value.at_most, false);
  return made;
}

z3::expr ScalarTerms::NotAbove(ProofType type, const z3::expr& a, const z3::expr& b) {
  if (a.is_bool()) return !a || b;
  if (!IsIeee(type)) return ir::IsSigned(type.concrete()) ? a <= b : z3::ule(a, b);
  const z3::expr zeros_in_order =
      !(fp::Is(Z3_mk_fpa_is_zero, a) && fp::Is(Z3_mk_fpa_is_zero, b) &&
        !fp::Is(Z3_mk_fpa_is_negative, a) && fp::Is(Z3_mk_fpa_is_negative, b));
  return z3::expr(c, Z3_mk_fpa_leq(c, a, b)) && zeros_in_order;
}

z3::expr ScalarTerms::Ordered(const ValueOrder& order) {
  const z3::expr a = Value(order.smaller);
  const z3::expr b = Value(order.larger);
  const ProofType type = goal_.values[order.smaller].type;
  if (IsOpaque(type)) return c.bool_val(true);
  return order.strictly ? NotAbove(type, a, b) && a != b : NotAbove(type, a, b);
}

z3::expr ScalarTerms::FactOf(ElementFact fact, ProofType type, const z3::expr& x) {
  const bool is_float = IsIeee(type);
  auto equals = [&](const MaybeExpr& number) { return number ? x == *number : c.bool_val(false); };
  switch (fact) {
    case ElementFact::kZero:
      return is_float ? fp::Is(Z3_mk_fpa_is_zero, x) : equals(Number(type, 0));
    case ElementFact::kOne:
      return equals(Number(type, 1));
    case ElementFact::kLowest:
      return equals(Extreme(type, /*highest=*/false));
    case ElementFact::kHighest:
      return equals(Extreme(type, /*highest=*/true));
    case ElementFact::kNaN:
      return is_float ? fp::Is(Z3_mk_fpa_is_nan, x) : c.bool_val(false);
    case ElementFact::kFinite:
      return is_float ? fp::IsFinite(x) : c.bool_val(true);
    case ElementFact::kPowerOfTwo: {
      if (is_float || type.Is(ElementType::kPred)) break;
      const unsigned width = x.get_sort().bv_size();
      const z3::expr zero = c.bv_val(0, width);
      const z3::expr positive = ir::IsSigned(type.concrete()) ? x > zero : x != zero;
      return positive && (x & (x - c.bv_val(1, width))) == zero;
    }
    case ElementFact::kExactReciprocal: {
      if (!is_float) return c.bool_val(false);
      // A normal power of two, whose inverse is one too.
      z3::expr one = fp::Number(c, type.concrete(), 1);
      z3::expr inverse(c, Z3_mk_fpa_div(c, Z3_mk_fpa_rne(c), one, x));
      z3::expr bits(c, Z3_mk_fpa_to_ieee_bv(c, x));
      const auto mantissa = Z3_fpa_get_sbits(c, x.get_sort()) - 1;
      return fp::Is(Z3_mk_fpa_is_normal, x) && fp::Is(Z3_mk_fpa_is_normal, inverse) &&
             bits.extract(mantissa - 1, 0) == c.bv_val(0, mantissa);
    }
    case ElementFact::kNeverNegative:
      if (is_float) return !fp::Is(Z3_mk_fpa_is_negative, x);
      return ir::IsSigned(type.concrete()) ? x >= 0 : c.bool_val(true);
    case ElementFact::kNeverNegativeZero:
      if (!is_float) break;
      return !(fp::Is(Z3_mk_fpa_is_zero, x) && fp::Is(Z3_mk_fpa_is_negative, x));
    case ElementFact::kNeverNaN:
      if (!is_float) break;
      return !fp::Is(Z3_mk_fpa_is_nan, x);
    case ElementFact::kNeverInfinite:
      if (!is_float) break;
      return !fp::Is(Z3_mk_fpa_is_infinite, x);
    case ElementFact::kPositive:
    case ElementFact::kNonNegative:
      break;
  }
  return c.bool_val(true);
}

MaybeExpr ScalarTerms::Extreme(ProofType type, bool highest) {
  if (IsOpaque(type)) return std::nullopt;
  const ElementType t = type.concrete();
  if (t == ElementType::kPred) return c.bool_val(highest);
  if (ir::IsFloat(t)) return Number(type, highest ? INFINITY : -INFINITY);
  const auto width = static_cast<unsigned>(ir::BitWidth(t));
  const uint64_t ones = ~uint64_t{0} >> (64 - width);
  const uint64_t top = uint64_t{1} << (width - 1);
  if (ir::IsUnsigned(t)) return c.bv_val(highest ? ones : uint64_t{0}, width);
  return c.bv_val(highest ? ones ^ top : top, width);
}

MaybeExpr ScalarTerms::Number(ProofType type, double number) {
  if (IsOpaque(type))
    return c.constant(base::StrCat("n", number, ":", type.id).c_str(), SortOf(type));
  const ElementType t = type.concrete();
  if (t == ElementType::kPred) return c.bool_val(number != 0);
  if (ir::IsInteger(t)) return IntegerNumber(c, number, static_cast<unsigned>(ir::BitWidth(t)));
  if (ir::IsFloat(t)) return fp::Number(c, t, number);
  return std::nullopt;
}

MaybeExpr ScalarTerms::Translate(const Element& element) {
  switch (element->kind) {
    case Kind::kRead:
      return Value(static_cast<size_t>(element->operand));
    case Kind::kNumber:
      return Number(element->type, element->number);
    case Kind::kExtreme:
      return Extreme(element->type, element->number > 0);
    case Kind::kIndex:
    case Kind::kFold:
      return std::nullopt;
    case Kind::kApply:
      break;
  }
  if (Element narrow = BeforeWidening(element); narrow != element) return Translate(narrow);
  if (Element plain = Plainer(element); plain != element) return Translate(plain);
  if (Element plain = WithSignOutside(element); plain->text != element->text)
    return Translate(plain);
  Call call{.node = *element, .args = {}, .operand = element->children.back()->type};
  for (const Element& child : element->children) {
    MaybeExpr arg = Translate(child);
    if (!arg) return std::nullopt;
    call.args.push_back(*std::move(arg));
  }
  return Apply(call);
}

z3::expr ScalarTerms::Uninterpreted(const Call& call) {
  z3::sort_vector sorts(c);
  z3::expr_vector args(c);
  std::string name =
      base::StrCat(call.node.opcode ? ir::Name(*call.node.opcode) : "", call.node.name);
  for (size_t i = 0; i < call.args.size(); ++i) {
    sorts.push_back(call.args[i].get_sort());
    args.push_back(call.args[i]);
    const ProofType type = call.node.children[i]->type;
    if (!type.is_abstract()) base::StrAppend(&name, ":", type.id);
  }
  const bool states_type = call.node.opcode == OpCode::kConvert ||
                           call.node.opcode == OpCode::kBitcastConvert ||
                           !call.node.type.is_abstract();
  if (states_type) base::StrAppend(&name, ":", call.node.type.id);
  return c.function(name.c_str(), sorts, SortOf(call.node.type))(args);
}

MaybeExpr ScalarTerms::Apply(const Call& call) {
  if (call.node.opcode == OpCode::kSelect) return z3::ite(call.args[0], call.args[1], call.args[2]);
  if (call.node.opcode == OpCode::kCompare) return Compare(call);
  if (call.node.opcode == OpCode::kConvert) return Convert(call);
  MaybeExpr known;
  // Attributes say how well a function is computed: what is known of it holds of any such.
  const bool named = !call.node.name.empty() && !IsFunction(call.node.opcode);
  if (call.node.opcode && !named && !call.operand.is_abstract()) {
    const ElementType type = call.operand.concrete();
    if (type == ElementType::kPred) known = ApplyPred(call);
    if (ir::IsInteger(type)) known = ApplyInteger(call);
    if (IsIeee(call.operand)) known = ApplyFloat(call);
  }
  return known ? known : Uninterpreted(call);
}

// The name is a blank, the direction, and what else was said of the comparison. Where that leaves
// its kind open, any equality and any order do.
MaybeExpr ScalarTerms::Compare(const Call& call) {
  const std::string direction = call.node.name.substr(1, 2);
  const std::string kind = call.node.name.substr(3);
  const z3::expr& a = call.args[0];
  const z3::expr& b = call.args[1];
  const bool is_float = IsIeee(call.operand);
  const bool open = IsOpaque(call.operand);
  if (is_float && kind.empty()) return CompareFloat(direction, a, b);
  if (open || is_float) {
    const std::string suffix =
        call.operand.is_abstract() ? kind : base::StrCat(kind, call.operand.id);
    z3::func_decl equal =
        c.function(("eq" + suffix).c_str(), a.get_sort(), a.get_sort(), c.bool_sort());
    z3::func_decl less =
        c.function(("lt" + suffix).c_str(), a.get_sort(), a.get_sort(), c.bool_sort());
    if (direction == "EQ") return equal(a, b);
    if (direction == "NE") return !equal(a, b);
    if (direction == "LT") return less(a, b);
    if (direction == "GT") return less(b, a);
    return direction == "LE" ? less(a, b) || equal(a, b) : less(b, a) || equal(b, a);
  }
  if (direction == "EQ") return a == b;
  if (direction == "NE") return a != b;
  auto less = [&](const z3::expr& x, const z3::expr& y) {
    if (x.is_bool()) return !x && y;
    return ir::IsSigned(call.operand.concrete()) ? x < y : z3::ult(x, y);
  };
  if (direction == "LT") return less(a, b);
  if (direction == "GT") return less(b, a);
  return direction == "LE" ? !less(b, a) : !less(a, b);
}

}  // namespace eqsat::rules
