// The choices that a serialized e-graph offers to an extraction.
#ifndef EQSAT_ENGINE_INTERCHANGE_SERIALIZED_CHOICES_H_
#define EQSAT_ENGINE_INTERCHANGE_SERIALIZED_CHOICES_H_

#include "absl/status/status.h"
#include "engine/extract/choice_graph.h"
#include "engine/interchange/serialized_egraph.h"

namespace eqsat::engine {

// The sources of classes and candidates are the numbers of `egraph`. Subsumed nodes are left out.
ChoiceGraph ChoicesOf(const SerializedEGraph& egraph);

// What makes Solve fail on these choices, with the key and id in the file: a root without a term,
// or a negative cost where there are cycles. OK if neither is so.
absl::Status CheckSolvable(const SerializedEGraph& egraph, const ChoiceGraph& graph);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_INTERCHANGE_SERIALIZED_CHOICES_H_
