// Constant tensors of a model as literals of HLO.
#ifndef EQSAT_IMPORTERS_ONNX_TENSOR_H_
#define EQSAT_IMPORTERS_ONNX_TENSOR_H_

#include <string>

#include "absl/status/statusor.h"
#include "importers/onnx/onnx.pb.h"
#include "ir/shape/element_type.h"
#include "ir/shape/literal.h"

namespace eqsat::importers::onnx {

// ONNX's number for an element type (TensorProto.DataType); Unimplemented for strings.
absl::StatusOr<ir::ElementType> ElementTypeOf(int64_t data_type);

// The elements as raw bytes, in typed fields or in a file of `folder`. A tensor holds no more than
// its data: what is allocated is bounded by what was read. Files outside `folder` are refused.
absl::StatusOr<ir::Literal> LiteralOf(const TensorProto& tensor, const std::string& folder);

// Coordinate format, written out.
absl::StatusOr<ir::Literal> LiteralOf(const SparseTensorProto& tensor, const std::string& folder);

}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_TENSOR_H_
