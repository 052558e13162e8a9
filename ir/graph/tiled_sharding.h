// Shardings by the axes of a mesh, by numbers of tiles and devices instead.
#ifndef EQSAT_IR_GRAPH_TILED_SHARDING_H_
#define EQSAT_IR_GRAPH_TILED_SHARDING_H_

#include "ir/graph/annotations.h"
#include "ir/ops/named_sharding.h"

namespace eqsat::ir {

// `{devices=[2,1,4]<=[8] last_tile_dim_replicate}` and the like: the tiles of each dimension, then
// manual parts, sums to be made and copies along the axes that no dimension has. As XLA's Shardy
// export has it. `named` has passed Check.
Sharding TiledSharding(const NamedSharding& named);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_GRAPH_TILED_SHARDING_H_
