// E-graphs as pictures for Graphviz.
#ifndef EQSAT_ENGINE_INTERCHANGE_DOT_H_
#define EQSAT_ENGINE_INTERCHANGE_DOT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "engine/interchange/serialized_egraph.h"

namespace eqsat::engine {

struct DotLimits {
  size_t classes = 100;
  size_t nodes_of_a_class = 10;
};

// A box for each class, nearest the roots first, with its nodes inside; edges go from nodes to
// classes. `marked` nodes (by node; empty for none) are drawn bold and come first. What a limit
// leaves out is counted in the picture where it is missing, and as a whole in its title.
std::string WriteDot(const SerializedEGraph& egraph, const std::vector<bool>& marked,
                     const DotLimits& limits);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_INTERCHANGE_DOT_H_
