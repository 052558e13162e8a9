#include "engine/analysis/analysis.h"

#include "ir/base/check.h"

namespace eqsat::engine {

absl::Status Analysis::Modify(EGraph& /*egraph*/, ClassId /*cls*/) { return absl::OkStatus(); }

void Analysis::Push() { EQSAT_CHECK(!"an analysis that cannot go back"); }
void Analysis::Pop() { EQSAT_CHECK(!"an analysis that cannot go back"); }

}  // namespace eqsat::engine
