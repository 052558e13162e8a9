// Operators that are associative and commutative: sums of any number of terms.
//
// A node of such an operator has the multiset of its terms as children (Commutativity::kMultiset).
// Order and grouping are no rules then but the form that terms are kept in: flat, with at least two
// elements. A class that has nodes of the operator alone, a compound, is replaced by its elements
// where a sum is built; a class that has other nodes too, say because a rule says x + x = 2 * x, is
// an atom, and stays an element.
//
// What is built before a class becomes an atom, or before two sums become equal, is brought
// together by a rewrite (MakeFlattenRewrite) that runs with the others.
#ifndef EQSAT_ENGINE_REWRITE_MULTISET_H_
#define EQSAT_ENGINE_REWRITE_MULTISET_H_

#include <memory>
#include <string>
#include <vector>

#include "engine/egraph/egraph.h"
#include "engine/pattern/match.h"
#include "engine/pattern/plan.h"
#include "engine/rewrite/rewrite.h"
#include "engine/rewrite/term.h"

namespace eqsat::engine {

// The class of the sum of `elements`, of which there is at least one: with compounds replaced, and
// a single element by itself.
ClassId AddMultiset(EGraph& egraph, OpId op, AttrId attrs, std::vector<ClassId> elements);

// The elements that `slot` captured: those that the pattern names no part for.
std::vector<ClassId> RestOfMultiset(const EGraph& egraph, const Pattern& pattern,
                                    const Match& match, SlotId slot);

// The right-hand side `term`, which may have multisets and rests. Where a multiset of a match would
// have no element, the rule does not apply to the match.
Applier MultisetTermApplier(std::shared_ptr<const Plan> plan, Term term);

// "f(e, s...) = f(t..., s...) where e = f(t...)". A node that an equality of input or rule made is
// expanded in every element that has a flat sum; one that this rewrite made only in its compounds,
// so that equalities like a = b + c, b = a + d do not expand one another for ever.
absl::StatusOr<Rewrite> MakeFlattenRewrite(std::string name, OpId op, const Signature& signature);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_REWRITE_MULTISET_H_
