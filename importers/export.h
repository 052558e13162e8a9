// Writes a graph in one of its forms.
#ifndef EQSAT_IMPORTERS_EXPORT_H_
#define EQSAT_IMPORTERS_EXPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "importers/format.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

// The same module always gives the same bytes, and they import to an equal module, but for names
// that several computations use (importers/unique_names.h).
absl::StatusOr<std::string> Export(const ir::Module& module, Format format);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_EXPORT_H_
