#include "engine/analysis/analysis.h"

namespace eqsat::engine {

absl::Status Analysis::Modify(EGraph& /*egraph*/, ClassId /*cls*/) { return absl::OkStatus(); }

}  // namespace eqsat::engine
