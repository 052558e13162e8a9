// The ids of the engine. All are dense 32-bit indices.
#ifndef EQSAT_ENGINE_EGRAPH_IDS_H_
#define EQSAT_ENGINE_EGRAPH_IDS_H_

#include "ir/base/id.h"

namespace eqsat::engine {

// A class of equal terms. Ids of merged classes stay usable: EGraph::Find maps them to the
// survivor.
using ClassId = base::Id<struct ClassTag>;
// An e-node. Never reused: a node that became a duplicate of another stays readable, but not alive.
using NodeId = base::Id<struct NodeTag>;
// An operator symbol of the client's Signature.
using OpId = base::Id<struct OpTag>;
// What else tells two nodes of one operator apart: interned by the client, only compared here.
// A client that gives a node an AttrId of its own makes that node equal to no other.
using AttrId = base::Id<struct AttrTag>;
// Why a node was added or two classes were merged: the input, or a rule.
using ReasonId = base::Id<struct ReasonTag>;

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EGRAPH_IDS_H_
