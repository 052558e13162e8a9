// From the engine's e-graph to one that is data.
#ifndef EQSAT_ENGINE_INTERCHANGE_SERIALIZE_H_
#define EQSAT_ENGINE_INTERCHANGE_SERIALIZE_H_

#include <functional>
#include <span>
#include <string>

#include "engine/egraph/egraph.h"
#include "engine/extract/extractor.h"
#include "engine/interchange/serialized_egraph.h"

namespace eqsat::engine {

// What a node is called.
using NodeLabel = std::function<std::string(const NodeView&)>;

// The part below the roots. Classes are named by their ids, nodes "CLASS.N" in the order in which
// the class holds them. A child names the first node of its class. An infinite cost becomes 1e300.
// Without a label, operators have the signature's names.
SerializedEGraph Serialize(const CleanView& view, std::span<const ClassId> roots,
                           const NodeCost& cost, const NodeLabel& label = {});

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_INTERCHANGE_SERIALIZE_H_
