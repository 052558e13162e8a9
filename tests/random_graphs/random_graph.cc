#include "tests/random_graphs/random_graph.h"

#include "tests/random_graphs/recipes.h"

namespace eqsat::random_graphs {

ir::Module RandomGraph(uint64_t seed, int64_t size) {
  Sketch sketch(seed);
  sketch.module.mutable_header().name = absl::StrFormat("random_%d", seed);
  Draft draft(sketch);
  while (draft.size() < size) {
    const Recipe& recipe = sketch.random.Pick(AllRecipes());
    recipe.write(draft, recipe.opcode);
  }
  InstructionId root = draft.UnusedAsRoot();
  sketch.module.set_entry(std::move(draft).Finish(root));
  return std::move(sketch.module);
}

}  // namespace eqsat::random_graphs
