// A right-hand side that is plain data: a term over the variables of a pattern.
#ifndef EQSAT_ENGINE_REWRITE_TERM_H_
#define EQSAT_ENGINE_REWRITE_TERM_H_

#include <bitset>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/egraph/egraph.h"
#include "engine/pattern/match.h"
#include "engine/rewrite/rewrite.h"

namespace eqsat::engine {

// Nodes bottom-up; the last one is the root. A node is a variable of the pattern, the matched class
// itself, or an operator whose children are earlier nodes. Only a multiset takes a rest.
struct Term {
  struct Node {
    VarId variable;        // valid for a variable; the rest is then unused
    bool is_root = false;  // the class of the pattern's first root; the rest is then unused
    OpId op;
    AttrId attrs;  // not valid: the id of the matched class, for a node that it alone has
    std::vector<size_t> children;
    SlotId rest;  // if valid, what this slot of the pattern captured are children too
  };
  std::vector<Node> nodes;
};

// Adds the term, which has no multisets, for many matches at once, node by node.
class TermApplier {
 public:
  // Matches in one batch at most.
  static constexpr size_t kBatch = NodeBatch::kMax;

  explicit TermApplier(Term term) : term_(std::move(term)) {}

  const Term& term() const { return term_; }
  // Nodes that one match adds at most.
  size_t operator_count() const;
  // Applies the matches from `first` on, `count` in number, of a list with MatchRows::kRootClass.
  // Returns which of them changed the graph, from bit 0 on.
  std::bitset<kBatch> Apply(EGraph& egraph, const MatchList& matches, size_t first,
                            size_t count) const;

 private:
  Term term_;
};

// The rule "the pattern's first root equals `term`". Fails if the pattern or the term is malformed.
absl::StatusOr<Rewrite> MakeTermRewrite(std::string name, const Pattern& pattern, Term term,
                                        const Signature& signature);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_REWRITE_TERM_H_
