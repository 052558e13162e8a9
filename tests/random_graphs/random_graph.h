// Random HLO modules over all of the op table.
#ifndef EQSAT_TESTS_RANDOM_GRAPHS_RANDOM_GRAPH_H_
#define EQSAT_TESTS_RANDOM_GRAPHS_RANDOM_GRAPH_H_

#include <cstdint>

#include "ir/graph/module.h"

namespace eqsat::random_graphs {

// A valid module of about `size` instructions, the same on every machine for the same seed. Every
// value that no other uses is in the result.
ir::Module RandomGraph(uint64_t seed, int64_t size);

}  // namespace eqsat::random_graphs

#endif  // EQSAT_TESTS_RANDOM_GRAPHS_RANDOM_GRAPH_H_
