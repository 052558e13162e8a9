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

namespace eqsat::tools {

struct EmittedFile {
  std::string ending;  // ".ptx"
  std::string bytes;
};

// A form of the program on its way from the optimized graph to the machine.
struct Stage {
  std::string_view name;      // as --emit spells it
  std::string_view sentence;  // what it is
  size_t files;               // how many it makes
  absl::StatusOr<std::vector<EmittedFile>> (*emit)(const codegen::CompiledModule&);
};
absl::Span<const Stage> Stages();

// The stages of a comma list of names. InvalidArgument for an unknown one.
absl::StatusOr<std::vector<const Stage*>> FindStages(std::string_view list);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_EMIT_H_
