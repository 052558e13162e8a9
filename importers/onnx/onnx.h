// Turns ONNX models into HLO.
//
// Operators of opset 13 and later as the ONNX operator specification defines them, functions of the
// model, If, Loop and Scan. What HLO needs to know while it is read is folded: the shapes that a
// model computes from Shape, Gather, Concat and the like. Names of values become names of
// parameters and `op_name` in metadata. One output is the root, several are a tuple.
//
// Limits, for models come from strangers: 2 GiB for a message (protobuf's own), 100 messages deep;
// functions and subgraphs 64 deep; 250,000 nodes and instructions,
// those of functions counted at each call; external data only from the model's
// folder.
#ifndef EQSAT_IMPORTERS_ONNX_ONNX_H_
#define EQSAT_IMPORTERS_ONNX_ONNX_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "importers/import_context.h"
#include "ir/graph/module.h"

namespace eqsat::importers {

// Errors name the node by index and name, its operator, domain and opset. Unimplemented: the model
// is legal, but uses something that is not supported.
absl::StatusOr<ir::Module> ParseOnnx(std::string_view bytes, const ImportContext& context);

// Serialized models begin with their version, a number; modules of HLO begin with a string.
inline bool LooksLikeOnnx(std::string_view bytes) { return bytes.starts_with('\x08'); }

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_ONNX_ONNX_H_
