// The choices that a serialized e-graph offers to an extraction.
#ifndef EQSAT_ENGINE_INTERCHANGE_SERIALIZED_CHOICES_H_
#define EQSAT_ENGINE_INTERCHANGE_SERIALIZED_CHOICES_H_

#include "engine/extract/choice_graph.h"
#include "engine/interchange/serialized_egraph.h"

namespace eqsat::engine {

// The sources of classes and candidates are the numbers of `egraph`. Subsumed nodes are left out.
ChoiceGraph ChoicesOf(const SerializedEGraph& egraph);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_INTERCHANGE_SERIALIZED_CHOICES_H_
