// Activation functions, for their own operators and inside recurrent ones.
#ifndef EQSAT_IMPORTERS_ONNX_ACTIVATIONS_H_
#define EQSAT_IMPORTERS_ONNX_ACTIVATIONS_H_

#include <optional>
#include <string_view>

#include "importers/onnx/tensor_emitter.h"

namespace eqsat::importers::onnx {

// Parameters that are not given take the operator's defaults.
struct Activation {
  std::string_view name;  // of the operator
  std::optional<double> alpha;
  std::optional<double> beta;
};

// Unimplemented if there is no such function.
InstructionId Apply(TensorEmitter& e, const Activation& activation, InstructionId x);

InstructionId Softplus(TensorEmitter& e, InstructionId x);

}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_ACTIVATIONS_H_
