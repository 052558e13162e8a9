// For each op that a random graph may hold, how to make one. A family of ops has a file.
#ifndef EQSAT_TESTS_RANDOM_GRAPHS_RECIPES_H_
#define EQSAT_TESTS_RANDOM_GRAPHS_RECIPES_H_

#include <vector>

#include "tests/random_graphs/draft.h"

namespace eqsat::random_graphs {

struct Recipe {
  OpCode opcode;
  void (*write)(Draft& draft, OpCode opcode);  // adds one instruction of the opcode, at least
};
using Recipes = std::vector<Recipe>;

void AddElementwise(Recipes& recipes);
void AddMovement(Recipes& recipes);
void AddReductions(Recipes& recipes);
void AddContractions(Recipes& recipes);
void AddIndexed(Recipes& recipes);
void AddControl(Recipes& recipes);
void AddCollectives(Recipes& recipes);

// All of them.
const Recipes& AllRecipes();

}  // namespace eqsat::random_graphs

#endif  // EQSAT_TESTS_RANDOM_GRAPHS_RECIPES_H_
