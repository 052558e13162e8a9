// The congruence that a list of equations between ground terms generates, with the reasons why.
//
// This is congruence closure with a proof forest (Nieuwenhuis and Oliveras, "Proof-producing
// congruence closure", 2005): each merge adds one edge between the two terms that it was about, so
// that two equal terms have exactly one path between them, made of merges older than whatever was
// concluded from it.
#ifndef EQSAT_ENGINE_EXPLAIN_CONGRUENCE_CLOSURE_H_
#define EQSAT_ENGINE_EXPLAIN_CONGRUENCE_CLOSURE_H_

#include <cstdint>
#include <vector>

#include "engine/egraph/hash_cons.h"
#include "engine/egraph/list_pool.h"
#include "engine/egraph/signature.h"
#include "engine/explain/term_bank.h"

namespace eqsat::engine {

class CongruenceClosure {
 public:
  // Why two terms are equal: the number of an equation, or one of these.
  static constexpr uint32_t kCongruence = ~uint32_t{0};     // their children are, in order
  static constexpr uint32_t kExchanged = ~uint32_t{0} - 1;  // crosswise; the operator commutes

  // Over all terms of `bank`, which gains none meanwhile. Both outlive this.
  CongruenceClosure(const TermBank* bank, const Signature* signature);

  void Merge(TermId a, TermId b, uint32_t equation);
  bool Same(TermId a, TermId b) const { return Find(a) == Find(b); }

  struct Link {
    TermId from;
    TermId to;
    uint32_t reason;
  };
  // The path between two terms that are the same.
  std::vector<Link> Path(TermId a, TermId b) const;

 private:
  struct Edge {
    TermId parent;  // invalid at the root of a tree
    uint32_t reason = 0;
  };
  struct Pending {
    TermId a;
    TermId b;
    uint32_t reason;
  };

  TermId Find(TermId id) const { return class_[id.value()]; }
  bool Commutes(TermId id) const { return commutes_[bank_.op(id).value()]; }
  // The term's operator over the classes of its children; of two that commute the smaller is first.
  std::span<const TermId> Key(TermId id, std::vector<TermId>* key) const;
  uint32_t Hash(TermId id) const;
  // Puts the term into the table, or says why it equals the one that is there.
  void Enter(TermId id);
  void Leave(TermId id);
  void Settle();
  void AddEdge(const Pending& merge);
  void Join(const Pending& merge);

  const TermBank& bank_;
  std::vector<bool> commutes_;                // by operator
  std::vector<TermId> class_;                 // by term: the term that stands for its class
  std::vector<TermId> next_;                  // by term: a ring through its class
  std::vector<uint32_t> size_;                // by class
  std::vector<ListPool<TermId>::List> uses_;  // by class: terms with a child in it
  ListPool<TermId> lists_;
  HashCons table_;             // one term of each key
  std::vector<bool> entered_;  // by term: whether it is in the table
  std::vector<Edge> edges_;    // by term
  std::vector<Pending> pending_;
  mutable std::vector<TermId> key_, other_key_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXPLAIN_CONGRUENCE_CLOSURE_H_
