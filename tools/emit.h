// What `optimize` writes besides the graph.
#ifndef EQSAT_TOOLS_EMIT_H_
#define EQSAT_TOOLS_EMIT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "codegen/compile.h"
#include "tools/optimize.h"

namespace eqsat::tools {

struct EmittedFile {
  std::string ending;  // ".ptx"
  std::string bytes;
};

// What stages are made from.
struct Emission {
  const codegen::CompiledModule& compiled;
  const OptimizeResult& result;
};

// A form of the program on its way from the search to the machine.
struct Stage {
  std::string_view name;      // as --emit spells it
  std::string_view sentence;  // what it is
  size_t files;               // how many it makes
  absl::StatusOr<std::vector<EmittedFile>> (*emit)(const Emission&);
  bool needs_egraph = false;  // OptimizeOptions::keep_egraph
};
absl::Span<const Stage> Stages();

// The stages of a comma list of names. InvalidArgument for an unknown one.
absl::StatusOr<std::vector<const Stage*>> FindStages(std::string_view list);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_EMIT_H_
