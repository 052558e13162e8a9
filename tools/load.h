// From a file named on the command line to a verified module.
#ifndef EQSAT_TOOLS_LOAD_H_
#define EQSAT_TOOLS_LOAD_H_

#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "absl/status/statusor.h"
#include "importers/format.h"
#include "ir/graph/module.h"
#include "ir/verify/verify.h"

namespace eqsat::tools {

// Sizes of dimensions that a graph only names (ONNX), NAME:SIZE each.
using DimensionSizes = std::vector<std::string>;

// Adds --dim to a verb.
void AddDimensionOption(CLI::App* verb, DimensionSizes* sizes);

// Imports by content and verifies; mixed precision becomes conversions. Messages start with the
// file and, where it is known, the line and column.
absl::StatusOr<ir::Module> ParseModule(const std::string& path, std::string_view bytes,
                                       const DimensionSizes& sizes = {});

// Reads the file ("-" is stdin) first.
absl::StatusOr<ir::Module> LoadModule(const std::string& path, const DimensionSizes& sizes = {});

// All programs of a file, at least one: a text of StableHLO may hold several.
absl::StatusOr<std::vector<ir::Module>> LoadPrograms(const std::string& path,
                                                     const DimensionSizes& sizes = {});

// Whether they are programs by these rules, as they are written.
absl::Status CheckPrograms(const std::string& path, const DimensionSizes& sizes,
                           const ir::VerifyOptions& options);

// The format that a graph is written in at `path`: by its ending, HLO text on stdout.
absl::StatusOr<importers::Format> FormatForOutput(const std::string& path);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_LOAD_H_
