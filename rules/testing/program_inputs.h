// Arguments of whole programs, for comparing two programs on the interpreter.
//
// What a parameter may hold depends on what the program does with it. An integer that places
// elements (the start of a slice, the index of a gather) is small, or every access would be clamped
// to the same end; one that counts a loop's turns or sizes a dimension is small too, or the program
// would not end. All others get the values that rewrites stumble over.
#ifndef EQSAT_RULES_TESTING_PROGRAM_INPUTS_H_
#define EQSAT_RULES_TESTING_PROGRAM_INPUTS_H_

#include <cstdint>
#include <vector>

#include "ir/graph/module.h"
#include "ir/shape/literal.h"
#include "rules/compile/rule.h"

namespace eqsat::rules {

enum class Bounds : uint8_t {
  kKept,     // as said above
  kIgnored,  // for programs that end whatever they are given: out of bounds is defined, too
};

// One value a parameter of the entry, the same on every machine for the same module and seed.
// Floats are those that the class can compare (SampleLiteral): with kExact also NaN, infinities,
// denormals and both zeros; from kReassoc on they are ordinary, and so are integers that become
// floats. Dynamic dimensions have their bound. `module` is verified.
std::vector<ir::Literal> ProgramInputs(const ir::Module& module, uint64_t seed, Numerics numerics,
                                       Bounds bounds = Bounds::kKept);

// Inputs that are too large to be held, as functions of place: what ProgramInputs gives, but for
// other values of the same kinds. Parameters are arrays.
class PlacedInputs {
 public:
  PlacedInputs(const ir::Module& module, uint64_t seed, Numerics numerics);
  ~PlacedInputs();

  // The element of a parameter at a row-major position, as a scalar.
  ir::Literal At(int64_t number, int64_t position) const;

 private:
  struct Parameter;
  std::vector<Parameter> parameters_;
  uint64_t seed_;
  Numerics numerics_;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_TESTING_PROGRAM_INPUTS_H_
