// Random HLO programs of a few shapes, full of what fusion has to decide about.
#ifndef EQSAT_TESTS_CODEGEN_RANDOM_PROGRAM_H_
#define EQSAT_TESTS_CODEGEN_RANDOM_PROGRAM_H_

#include <random>
#include <string>

namespace eqsat::codegen {

// `size` values of f32[16,16] from one parameter of that shape, the last one the root. Values stay
// small: what would grow goes through tanh.
std::string RandomProgram(std::mt19937& random, int size);

}  // namespace eqsat::codegen

#endif  // EQSAT_TESTS_CODEGEN_RANDOM_PROGRAM_H_
