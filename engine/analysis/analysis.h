// A fact per class (a shape, a constant value), kept up to date by the e-graph.
//
// An analysis is a join semilattice: the data of a class is the join of what its nodes say. The
// join must be commutative, associative and idempotent, and a rising chain of data must end.
#ifndef EQSAT_ENGINE_ANALYSIS_ANALYSIS_H_
#define EQSAT_ENGINE_ANALYSIS_ANALYSIS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/egraph/ids.h"

namespace eqsat::engine {

class EGraph;
struct NodeView;

// What a merge of two classes did to their data.
struct MergeOutcome {
  bool into_changed = false;   // the joined data differs from what `into` had
  bool from_differed = false;  // the joined data differs from what `from` had
};

// The client derives from this and stores the data itself, in a vector indexed by ClassId; a class
// it has not seen has the bottom of the lattice. An error from any function is a conflict: it stops
// the run, and the e-graph reports it with the rules involved.
class Analysis {
 public:
  virtual ~Analysis() = default;

  // Joins what `node` says, given the data of its children, into the data of `cls`. Returns whether
  // the data of `cls` changed. `cls` is `node`'s class, fresh or not. The children may be stale
  // ids: ask EGraph::Find.
  virtual absl::StatusOr<bool> Make(const EGraph& egraph, const NodeView& node, ClassId cls) = 0;

  // Joins the data of `from` into that of `into`; `from` is not asked for again.
  virtual absl::StatusOr<MergeOutcome> Merge(ClassId into, ClassId from) = 0;

  // With EGraph::Push and Pop: Pop gives every class the data that it had at the last Push that has
  // no Pop, and those that are newer the bottom of the lattice. ClassFacts does both. By default an
  // analysis cannot, and asking it ends the program.
  virtual void Push();
  virtual void Pop();

  // Called during a rebuild for each canonical class whose data changed; may add nodes to the class
  // (EGraph::AddInto) or merge it.
  virtual absl::Status Modify(EGraph& egraph, ClassId cls);
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_ANALYSIS_ANALYSIS_H_
