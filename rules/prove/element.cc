#include "rules/prove/element.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "absl/strings/str_format.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "ir/shape/float_format.h"

namespace eqsat::rules {
namespace {

using Kind = ElementNode::Kind;
using Bound = ElementNode::Bound;
using ir::OpCode;

std::string TextOf(const ElementNode& node) {
  std::string text;
  switch (node.kind) {
    case Kind::kRead:
      text = base::StrCat("x", node.operand);
      break;
    case Kind::kNumber:
      text = absl::StrFormat("%a", node.number);
      break;
    case Kind::kExtreme:
      text = node.number < 0 ? "lowest" : "highest";
      break;
    case Kind::kIndex:
      text = "index";
      break;
    case Kind::kApply:
    case Kind::kFold:
      text = node.kind == Kind::kFold ? "fold " : "";
      if (node.opcode) base::StrAppend(&text, ir::Name(*node.opcode));
      base::StrAppend(&text, node.name);
      break;
  }
  // The types of other terms follow from what they are made of.
  const bool states_type = node.kind == Kind::kNumber || node.kind == Kind::kExtreme ||
                           node.kind == Kind::kIndex || node.opcode == OpCode::kConvert ||
                           node.opcode == OpCode::kBitcastConvert;
  if (states_type) base::StrAppend(&text, ":", node.type.id);
  for (const Poly& index : node.indices) base::StrAppend(&text, "[", index.ToString(), "]");
  for (const Bound& bound : node.bound)
    base::StrAppend(&text, "{v", bound.var, "<", bound.size.ToString(), "}");
  if (node.children.empty()) return text;
  text += "(";
  for (const Element& child : node.children) base::StrAppend(&text, child->text, ";");
  return text + ")";
}

Element Make(ElementNode node) {
  node.text = TextOf(node);
  return std::make_shared<const ElementNode>(std::move(node));
}

bool IsApply(const Element& element, OpCode opcode) {
  return element->kind == Kind::kApply && element->opcode == opcode;
}

bool IsCommutative(std::optional<OpCode> opcode) {
  return opcode && ir::GetOpInfo(*opcode).Has(ir::OpTrait::kCommutative);
}

// The factors of a product of products; `product` names the kind.
void CollectFactors(const Element& product, const Element& element, std::vector<Element>* factors) {
  const bool same_kind = IsApply(element, OpCode::kMultiply) && element->type == product->type &&
                         (element->name.empty() || element->name == product->name);
  if (!same_kind) {
    factors->push_back(element);
    return;
  }
  for (const Element& child : element->children) CollectFactors(product, child, factors);
}

// In one order however they were grouped, which exact arithmetic does not show.
Element ProductOf(const ElementNode& kind, std::vector<Element> factors) {
  std::sort(factors.begin(), factors.end(),
            [](const Element& a, const Element& b) { return a->text < b->text; });
  Element product = factors[0];
  for (size_t i = 1; i < factors.size(); ++i)
    product = ElementMaker::Apply(kind.type, OpCode::kMultiply, kind.name, {product, factors[i]});
  return product;
}

Element Regrouped(const Element& element) {
  if (!IsApply(element, OpCode::kMultiply)) return element;
  std::vector<Element> factors;
  CollectFactors(element, element, &factors);
  return ProductOf(*element, std::move(factors));
}

// Whether the first index that mentions the variable falls as it grows.
bool RunsBackwards(const Element& element, VarId var) {
  for (const Poly& index : element->indices)
    if (index.Mentions(var))
      return std::ranges::any_of(index.terms(), [var](const auto& term) {
        return term.second < 0 && std::ranges::find(term.first, var) != term.first.end();
      });
  for (const Element& child : element->children)
    if (Mentions(child, var)) return RunsBackwards(child, var);
  return false;
}

bool Varies(const Element& element, const std::vector<Bound>& bound) {
  return std::ranges::any_of(bound, [&](const Bound& b) { return Mentions(element, b.var); });
}

}  // namespace

std::optional<IntegerRange> RangeOf(ProofType type) {
  constexpr int kMostBits = 62;
  if (type.is_abstract() || !ir::IsInteger(type.concrete())) return std::nullopt;
  const int bits = ir::BitWidth(type.concrete());
  const bool is_whole = bits <= kMostBits;
  const bool is_unsigned = ir::IsUnsigned(type.concrete());
  const int64_t end = int64_t{1} << (!is_whole ? kMostBits : is_unsigned ? bits : bits - 1);
  return IntegerRange{is_unsigned ? 0 : -end, end - 1, is_whole};
}

bool IsIeee(ProofType type) {
  return !type.is_abstract() && ir::IsFloat(type.concrete()) &&
         ir::FormatOf(type.concrete()).specials == ir::Specials::kIeee;
}

bool Widens(ProofType from, ProofType to) {
  if (!IsIeee(from) || !IsIeee(to)) return false;
  const ir::FloatFormat& held = ir::FormatOf(from.concrete());
  const ir::FloatFormat& format = ir::FormatOf(to.concrete());
  return held.exponent_bits <= format.exponent_bits && held.mantissa_bits <= format.mantissa_bits;
}

bool IsOpaque(ProofType type) {
  if (type.is_abstract() || ir::IsComplex(type.concrete())) return true;
  return ir::IsFloat(type.concrete()) && !IsIeee(type);
}

Element ElementMaker::Read(ProofType type, int operand, std::vector<Poly> indices) const {
  for (Poly& index : indices) index = assumptions_.Simplify(index);
  return Make(
      {.kind = Kind::kRead, .type = type, .operand = operand, .indices = std::move(indices)});
}

Element ElementMaker::Number(ProofType type, double number) {
  return Make({.kind = Kind::kNumber, .type = type, .number = number});
}

Element ElementMaker::Extreme(ProofType type, bool highest) {
  if (!type.is_abstract()) {
    const ir::ElementType t = type.concrete();
    const double infinity = std::numeric_limits<double>::infinity();
    if (ir::IsFloat(t)) return Number(type, highest ? infinity : -infinity);
    if (t == ir::ElementType::kPred) return Number(type, highest ? 1 : 0);
    if (ir::IsUnsigned(t) && !highest) return Number(type, 0);
  }
  return Make({.kind = Kind::kExtreme, .type = type, .number = highest ? 1.0 : -1.0});
}

Element ElementMaker::Known(ElementFact fact, ProofType type) {
  if (type.is_abstract() || ir::IsComplex(type.concrete())) return nullptr;
  switch (fact) {
    case ElementFact::kLowest:
      return Extreme(type, /*highest=*/false);
    case ElementFact::kHighest:
      return Extreme(type, /*highest=*/true);
    case ElementFact::kOne:
      return Number(type, 1);
    case ElementFact::kZero:
      return ir::IsFloat(type.concrete()) ? nullptr : Number(type, 0);
    case ElementFact::kNaN:
      return ir::IsFloat(type.concrete()) ? Number(type, std::numeric_limits<double>::quiet_NaN())
                                          : nullptr;
    default:
      return nullptr;
  }
}

Element ElementMaker::Index(ProofType type, const Poly& index) const {
  return Make({.kind = Kind::kIndex, .type = type, .indices = {assumptions_.Simplify(index)}});
}

Element ElementMaker::Apply(ProofType type, std::optional<OpCode> opcode, std::string name,
                            std::vector<Element> children) {
  if (IsCommutative(opcode))
    std::sort(children.begin(), children.end(),
              [](const Element& a, const Element& b) { return a->text < b->text; });
  return Make({.kind = Kind::kApply,
               .type = type,
               .opcode = opcode,
               .name = std::move(name),
               .children = std::move(children)});
}

Element ElementMaker::IdentityOf(OpCode opcode, ProofType type) {
  const bool is_float = !type.is_abstract() && ir::IsFloat(type.concrete());
  switch (opcode) {
    case OpCode::kAdd:
      return Number(type, is_float ? -0.0 : 0.0);
    case OpCode::kOr:
    case OpCode::kXor:
      return Number(type, 0);
    case OpCode::kMultiply:
      return Number(type, 1);
    case OpCode::kMaximum:
      return Extreme(type, /*highest=*/false);
    case OpCode::kMinimum:
      return Extreme(type, /*highest=*/true);
    case OpCode::kAnd:
      if (type.is_abstract()) return nullptr;
      if (ir::IsSigned(type.concrete())) return Number(type, -1);
      return Extreme(type, /*highest=*/true);
    default:
      return nullptr;
  }
}

bool ElementMaker::IsUnordered(std::optional<OpCode> opcode, ProofType type) const {
  if (!opcode || type.is_abstract() || !IdentityOf(*opcode, type)) return false;
  const bool is_complex = ir::IsComplex(type.concrete());
  if (!is_complex && !ir::IsFloat(type.concrete())) return true;
  if (!is_complex && !IsIeee(type)) return false;
  if (opcode == OpCode::kMaximum || opcode == OpCode::kMinimum) return !is_complex;
  return numerics_ >= Numerics::kReassoc;
}

absl::StatusOr<Element> ElementMaker::Fold(ProofType type, std::optional<OpCode> opcode,
                                           std::string name, std::vector<Bound> bound,
                                           Element initial, Element body) const {
  // A size of 1 is one element at index 0; over nothing the initial value stays.
  std::vector<Bound> longer;
  for (Bound& b : bound) {
    b.size = assumptions_.Simplify(b.size);
    if (b.size == Poly(0)) return initial;
    if (b.size == Poly(1))
      body = Rename(body, {b.var}, {Poly(0)});
    else
      longer.push_back(std::move(b));
  }
  if (opcode && IsUnordered(opcode, type)) {
    EQSAT_ASSIGN_OR_RETURN(Element fold, UnorderedFold(type, *opcode, std::move(longer), body));
    Element identity = IdentityOf(*opcode, type);
    // In exact arithmetic the two zeros are one.
    const bool is_zero = initial->kind == Kind::kNumber && initial->number == 0;
    const bool neutral = initial->text == identity->text ||
                         (is_zero && opcode == OpCode::kAdd && numerics_ >= Numerics::kReassoc);
    return neutral ? fold : Apply(type, opcode, name, {initial, fold});
  }
  if (longer.empty()) return Apply(type, opcode, name, {initial, body});
  return Finish({.kind = Kind::kFold,
                 .type = type,
                 .opcode = opcode,
                 .name = std::move(name),
                 .children = {initial, body},
                 .bound = std::move(longer)});
}

// Into the identity, in any order.
absl::StatusOr<Element> ElementMaker::UnorderedFold(ProofType type, OpCode opcode,
                                                    std::vector<Bound> bound, Element body) const {
  // Taking in an element twice changes nothing: what does not vary along a dim leaves it out.
  const bool idempotent = opcode == OpCode::kMaximum || opcode == OpCode::kMinimum ||
                          opcode == OpCode::kAnd || opcode == OpCode::kOr;
  for (size_t i = 0; idempotent && i < bound.size(); ++i) {
    if (Mentions(body, bound[i].var)) continue;
    if (assumptions_.KnownNonNegative(bound[i].size - 1) != true) continue;
    bound.erase(bound.begin() + static_cast<int64_t>(i--));
  }
  if (bound.empty() || body->text == IdentityOf(opcode, type)->text) return body;
  for (const Bound& b : bound)
    if (RunsBackwards(body, b.var)) body = Rename(body, {b.var}, {b.size - 1 - Poly::Var(b.var)});
  if (body->kind == Kind::kFold && body->opcode == opcode && body->name.empty() &&
      IsUnordered(opcode, type)) {
    bound.insert(bound.end(), body->bound.begin(), body->bound.end());
    return UnorderedFold(type, opcode, std::move(bound), body->children[1]);
  }
  EQSAT_ASSIGN_OR_RETURN(Element distributed, Distribute(type, opcode, bound, body));
  if (distributed) return distributed;
  return Finish({.kind = Kind::kFold,
                 .type = type,
                 .opcode = opcode,
                 .children = {IdentityOf(opcode, type), body},
                 .bound = std::move(bound)});
}

// A fold of sums is a sum of folds; a factor that does not vary goes outside; signs do. Null if
// none of this applies.
absl::StatusOr<Element> ElementMaker::Distribute(ProofType type, OpCode opcode,
                                                 const std::vector<Bound>& bound,
                                                 const Element& body) const {
  if (body->kind != Kind::kApply || body->type != type) return Element();
  const bool is_float = ir::IsFloat(type.concrete());
  const bool sum = opcode == OpCode::kAdd && !type.Is(ir::ElementType::kPred);
  const bool extreme = opcode == OpCode::kMaximum || opcode == OpCode::kMinimum;
  if (body->opcode == opcode || (sum && body->opcode == OpCode::kSubtract)) {
    EQSAT_ASSIGN_OR_RETURN(Element a, UnorderedFold(type, opcode, bound, body->children[0]));
    EQSAT_ASSIGN_OR_RETURN(Element b, UnorderedFold(type, opcode, bound, body->children[1]));
    return Apply(type, body->opcode, "", {a, b});
  }
  if (sum && body->opcode == OpCode::kMultiply) return DistributeProduct(type, bound, body);
  const bool divides = numerics_ >= Numerics::kReassoc && is_float &&
                       body->opcode == OpCode::kDivide && !Varies(body->children[1], bound);
  if (sum && divides) {
    EQSAT_ASSIGN_OR_RETURN(Element a, UnorderedFold(type, opcode, bound, body->children[0]));
    return Apply(type, OpCode::kDivide, "", {a, body->children[1]});
  }
  // + is monotone, also when it rounds: only NaN and infinities tell.
  const bool shifts = extreme && numerics_ >= Numerics::kSpecial && is_float;
  for (int i = 0; shifts && body->opcode == OpCode::kAdd && i < 2; ++i) {
    if (Varies(body->children[1 - i], bound)) continue;
    EQSAT_ASSIGN_OR_RETURN(Element a, UnorderedFold(type, opcode, bound, body->children[i]));
    return Apply(type, OpCode::kAdd, "", {a, body->children[1 - i]});
  }
  // What widens keeps the order.
  if (extreme && body->opcode == OpCode::kConvert && Widens(body->children[0]->type, type)) {
    EQSAT_ASSIGN_OR_RETURN(
        Element a, UnorderedFold(body->children[0]->type, opcode, bound, body->children[0]));
    return Apply(type, OpCode::kConvert, "", {a});
  }
  // Signs and negations exchange an op with its dual.
  std::optional<OpCode> dual;
  if (sum && body->opcode == OpCode::kNegate) dual = opcode;
  if (is_float && body->opcode == OpCode::kNegate && extreme)
    dual = opcode == OpCode::kMaximum ? OpCode::kMinimum : OpCode::kMaximum;
  if (body->opcode == OpCode::kNot && (opcode == OpCode::kAnd || opcode == OpCode::kOr))
    dual = opcode == OpCode::kAnd ? OpCode::kOr : OpCode::kAnd;
  if (!dual) return Element();
  EQSAT_ASSIGN_OR_RETURN(Element a, UnorderedFold(type, *dual, bound, body->children[0]));
  return Apply(type, body->opcode, "", {a});
}

// The sum of products: (a ± b) c is a c ± b c, (-a) c is -(a c), a factor that does not vary goes
// outside, and a factor that is a sum itself is summed over at once.
absl::StatusOr<Element> ElementMaker::DistributeProduct(ProofType type,
                                                        const std::vector<Bound>& bound,
                                                        const Element& body) const {
  std::vector<Element> factors;
  CollectFactors(body, body, &factors);
  for (size_t i = 0; i < factors.size(); ++i) {
    const Element factor = factors[i];
    auto with = [&](const Element& other) {
      std::vector<Element> all = factors;
      all[i] = other;
      return ProductOf(*body, std::move(all));
    };
    if (!Varies(factor, bound)) {
      factors.erase(factors.begin() + static_cast<int64_t>(i));
      EQSAT_ASSIGN_OR_RETURN(Element rest,
                             UnorderedFold(type, OpCode::kAdd, bound, ProductOf(*body, factors)));
      return Apply(type, OpCode::kMultiply, "", {rest, factor});
    }
    if (IsApply(factor, OpCode::kAdd) || IsApply(factor, OpCode::kSubtract)) {
      std::vector<Element> parts = {with(factor->children[0]), with(factor->children[1])};
      return UnorderedFold(type, OpCode::kAdd, bound,
                           Apply(type, factor->opcode, "", std::move(parts)));
    }
    if (IsApply(factor, OpCode::kNegate))
      return UnorderedFold(type, OpCode::kAdd, bound,
                           Apply(type, OpCode::kNegate, "", {with(factor->children[0])}));
    if (factor->kind == Kind::kFold && factor->opcode == OpCode::kAdd && factor->name.empty()) {
      std::vector<Bound> all = bound;
      const Element inner = WithOwnNames(factor, &all);
      return UnorderedFold(type, OpCode::kAdd, std::move(all), with(inner));
    }
  }
  return SeparateSums(type, bound, body, std::move(factors));
}

// Factors that share no index are summed each by itself. Null if all hang together.
absl::StatusOr<Element> ElementMaker::SeparateSums(ProofType type, const std::vector<Bound>& bound,
                                                   const Element& body,
                                                   std::vector<Element> factors) const {
  std::vector<Bound> own;
  std::vector<Bound> others = bound;
  std::vector<Element> together;
  auto next = factors.begin();
  while (next != factors.end()) {
    std::erase_if(others, [&](const Bound& b) {
      if (!Mentions(*next, b.var)) return false;
      own.push_back(b);
      return true;
    });
    together.push_back(*next);
    factors.erase(next);
    next = std::ranges::find_if(factors, [&](const Element& f) { return Varies(f, own); });
  }
  if (factors.empty()) return Element();
  EQSAT_ASSIGN_OR_RETURN(
      Element a, UnorderedFold(type, OpCode::kAdd, own, ProductOf(*body, std::move(together))));
  EQSAT_ASSIGN_OR_RETURN(
      Element b, UnorderedFold(type, OpCode::kAdd, others, ProductOf(*body, std::move(factors))));
  return Apply(type, OpCode::kMultiply, "", {a, b});
}

// The body of a fold with names that no other fold has, which are added to `bound`.
Element ElementMaker::WithOwnNames(const Element& fold, std::vector<Bound>* bound) const {
  // Deeper than folds are nested.
  constexpr int kOwnDepth = 1000;
  std::vector<VarId> from;
  std::vector<Poly> to;
  for (const Bound& b : fold->bound) {
    const VarId name = assumptions_.BoundName(kOwnDepth, static_cast<int>(bound->size()));
    from.push_back(b.var);
    to.push_back(Poly::Var(name));
    bound->push_back({name, b.size});
  }
  return Rename(fold->children[1], from, to);
}

// Names the bound variables in the same way for all folds of one form: by position, and for an
// unordered fold in the order that gives the least text.
absl::StatusOr<Element> ElementMaker::Finish(ElementNode fold) const {
  constexpr size_t kMaxPermuted = 4;
  const std::vector<Bound> bound = fold.bound;
  const bool unordered = IsUnordered(fold.opcode, fold.type);
  const bool permutes = unordered && bound.size() <= kMaxPermuted;
  const bool sums = unordered && fold.opcode == OpCode::kAdd;
  int depth = std::numeric_limits<int>::max();
  std::vector<VarId> from;
  for (const Bound& b : bound) {
    depth = std::min(depth, assumptions_.DepthOf(b.var));
    from.push_back(b.var);
  }
  std::vector<size_t> place(bound.size());
  std::iota(place.begin(), place.end(), 0);
  const Element body = fold.children[1];
  Element best;
  do {
    std::vector<Poly> to;
    for (size_t i = 0; i < place.size(); ++i) {
      VarId var = assumptions_.BoundName(depth, static_cast<int>(place[i]));
      to.push_back(Poly::Var(var));
      fold.bound[place[i]] = {var, bound[i].size};
    }
    fold.children[1] = Rename(body, from, to);
    if (sums) fold.children[1] = Regrouped(fold.children[1]);
    Element made = Make(fold);
    if (!best || made->text < best->text) best = std::move(made);
  } while (permutes && std::next_permutation(place.begin(), place.end()));
  return best;
}

Element ElementMaker::Canonical(const Element& element, int depth) const {
  if (element->children.empty()) return element;
  ElementNode node = *element;
  std::vector<VarId> from;
  std::vector<Poly> to;
  for (size_t i = 0; i < node.bound.size(); ++i) {
    from.push_back(node.bound[i].var);
    node.bound[i].var = assumptions_.BoundName(depth, static_cast<int>(i));
    to.push_back(Poly::Var(node.bound[i].var));
  }
  const bool folds = node.kind == Kind::kFold;
  if (folds) node.children[1] = Rename(node.children[1], from, to);
  for (Element& child : node.children) child = Canonical(child, depth + (folds ? 1 : 0));
  if (node.kind == Kind::kApply)
    return Apply(node.type, node.opcode, node.name, std::move(node.children));
  return Make(std::move(node));
}

bool Mentions(const Element& element, VarId var) {
  auto mentions = [var](const Poly& p) { return p.Mentions(var); };
  return std::any_of(element->indices.begin(), element->indices.end(), mentions) ||
         std::any_of(element->bound.begin(), element->bound.end(),
                     [&](const Bound& b) { return mentions(b.size); }) ||
         std::any_of(element->children.begin(), element->children.end(),
                     [var](const Element& child) { return Mentions(child, var); });
}

Element Rename(const Element& element, const std::vector<VarId>& from,
               const std::vector<Poly>& to) {
  auto rename = [&](const Poly& p) {
    Poly result;
    for (const auto& [monomial, coefficient] : p.terms()) {
      Poly product(coefficient);
      for (VarId factor : monomial) {
        auto at = std::find(from.begin(), from.end(), factor);
        product = product * (at == from.end() ? Poly::Var(factor) : to[at - from.begin()]);
      }
      result = result + product;
    }
    return result;
  };
  ElementNode node = *element;
  for (Poly& index : node.indices) index = rename(index);
  for (Bound& b : node.bound) b.size = rename(b.size);
  for (Element& child : node.children) child = Rename(child, from, to);
  if (node.kind == Kind::kApply && IsCommutative(node.opcode))
    std::sort(node.children.begin(), node.children.end(),
              [](const Element& a, const Element& b) { return a->text < b->text; });
  return Make(std::move(node));
}

}  // namespace eqsat::rules
