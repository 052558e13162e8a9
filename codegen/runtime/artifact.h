// Compiled kernels, and how each is started.
#ifndef EQSAT_CODEGEN_RUNTIME_ARTIFACT_H_
#define EQSAT_CODEGEN_RUNTIME_ARTIFACT_H_

#include <cstdint>
#include <string>
#include <vector>

namespace eqsat::codegen {

// How a compiled kernel is started.
struct LaunchShape {
  std::string symbol;
  int64_t groups = 1;      // a GPU's grid; on a CPU the length of the range that threads may split
  int64_t group_size = 1;  // work-items of a group
  int64_t operations = 0;  // a rough count of executed statements, to judge what threads are worth
};

// What a family makes of a list of kernels. Invariant: a pure function of (kernels, target).
struct Artifact {
  std::string bytes;
  std::string extension;             // ".o", ".ptx", ".hsaco"
  std::vector<LaunchShape> kernels;  // in the order of the kernels compiled
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_RUNTIME_ARTIFACT_H_
