// Proofs of what a run found, from the e-graph's births and the log of applications.
//
// Every class id stands for the term of the node that it was made for, with the children that the
// node had then (its birth term). An application is then an equation between terms; the congruence
// of all these equations contains whatever the e-graph holds equal, and is closed again here with
// reasons. Nothing of this is paid for while the run goes on but the log itself.
#ifndef EQSAT_ENGINE_EXPLAIN_EXPLAINER_H_
#define EQSAT_ENGINE_EXPLAIN_EXPLAINER_H_

#include <cstddef>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/egraph/egraph.h"
#include "engine/explain/proof.h"
#include "engine/rewrite/application_log.h"
#include "engine/rewrite/rewrite.h"

namespace eqsat::engine {

// A rule as the log names it.
struct NamedRewrite {
  ReasonId reason;
  const Rewrite* rewrite;
};

class Explainer {
 public:
  // The instances of the rule in an application of the log, for rules whose right side is code;
  // empty if it cannot be told. The terms go into the bank.
  using Instantiate = std::function<std::vector<GroundEquation>(size_t application, Explainer&)>;

  // `egraph` records births since it was empty, and `log` all runs on it. All outlive this, and
  // change no more.
  Explainer(const EGraph* egraph, const ApplicationLog* log, std::vector<NamedRewrite> rules,
            Instantiate instantiate = {});

  TermBank& bank() { return bank_; }
  const TermBank& bank() const { return bank_; }
  const EGraph& egraph() const { return egraph_; }
  const ApplicationLog& log() const { return log_; }
  // Null for reasons that are no rule.
  const Rewrite* rule(ReasonId reason) const { return rules_[reason.value()]; }
  // The birth terms.
  TermId TermOf(ClassId id) const { return class_terms_[id.value()]; }
  TermId TermOf(NodeId id) const { return node_terms_[id.value()]; }

  // An equation that holds for a reason of the client's own, such as a computed constant.
  void AddFact(GroundEquation fact) { facts_.push_back(std::move(fact)); }

  // A proof for each pair of terms. NotFound if the run did not find some pair equal.
  absl::StatusOr<std::vector<Proof>> Explain(std::span<const std::pair<TermId, TermId>> goals);
  absl::StatusOr<Proof> Explain(TermId a, TermId b);

 private:
  void MakeBirthTerms();
  void ReadLog();
  void AddInstance(size_t application, const Rewrite& rule);
  void AddRecorded(size_t application);
  void ReadGiven();
  void AddGivenBetween(size_t* node, size_t end_node, size_t* merge, size_t end_merge);
  // Facts, instances, and then what takes the place of those that are missing.
  std::vector<GroundEquation> AllEquations() const;
  bool InstantiateUsed(std::span<const GroundEquation> equations, std::span<const uint32_t> used);

  const EGraph& egraph_;
  const ApplicationLog& log_;
  std::vector<const Rewrite*> rules_;  // by reason
  Instantiate instantiate_;
  TermBank bank_;
  std::vector<TermId> node_terms_;
  std::vector<TermId> class_terms_;
  std::vector<GroundEquation> facts_;  // the client's
  std::vector<GroundEquation> given_;  // what the graph's owner and analyses made equal
  std::vector<GroundEquation> instances_;
  std::vector<GroundEquation> recorded_;
  std::vector<bool> instantiated_;  // by application
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXPLAIN_EXPLAINER_H_
