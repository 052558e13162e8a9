// Ground terms: operators applied to terms, without variables and without classes.
#ifndef EQSAT_ENGINE_EXPLAIN_TERM_BANK_H_
#define EQSAT_ENGINE_EXPLAIN_TERM_BANK_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/egraph/hash_cons.h"
#include "engine/egraph/ids.h"

namespace eqsat::engine {

using TermId = base::Id<struct GroundTermTag>;

// Each term is kept once, so equal ids mean equal terms. A term's children have smaller ids.
class TermBank {
 public:
  TermId Add(OpId op, AttrId attrs, std::span<const TermId> children);

  size_t size() const { return nodes_.size(); }  // ids are below this
  OpId op(TermId id) const { return nodes_[id.value()].op; }
  AttrId attrs(TermId id) const { return nodes_[id.value()].attrs; }
  // Dies when a term is added.
  std::span<const TermId> children(TermId id) const {
    const Node& node = nodes_[id.value()];
    return {children_.data() + node.first_child, node.child_count};
  }

 private:
  struct Node {
    OpId op;
    AttrId attrs;
    uint32_t first_child;
    uint32_t child_count;
  };
  std::vector<Node> nodes_;
  std::vector<TermId> children_;
  HashCons table_;  // its ids are those of terms
};

// Makes something of a term: `make(id, values)` for it and each part below it that has no valid
// value yet, children before parents and without recursion, with the values of the children.
// `values` is by term, and as long as the bank. Returns the term's value.
template <typename Value, typename Make>
Value MakeOfTerm(const TermBank& bank, TermId term, std::vector<Value>* values, Make make) {
  std::vector<TermId> open = {term};
  std::vector<Value> children;
  while (!open.empty()) {
    const TermId id = open.back();
    children.clear();
    const size_t waiting = open.size();
    for (TermId child : bank.children(id)) {
      children.push_back((*values)[child.value()]);
      if (!children.back().valid()) open.push_back(child);
    }
    if (open.size() > waiting) continue;
    open.pop_back();
    if (!(*values)[id.value()].valid()) (*values)[id.value()] = make(id, children);
  }
  return (*values)[term.value()];
}

// Copies terms with all their parts into a bank of their own.
class TermCopier {
 public:
  TermCopier(const TermBank& from, TermBank* to) : from_(from), to_(*to), copies_(from.size()) {}
  TermId Copy(TermId term);

 private:
  const TermBank& from_;
  TermBank& to_;
  std::vector<TermId> copies_;  // by the original's id
};

// Mixes a term's or a signature's parts into a hash.
uint32_t HashTerm(OpId op, AttrId attrs, std::span<const TermId> children);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXPLAIN_TERM_BANK_H_
