// Reading images between their elements, at places that are data.
#ifndef EQSAT_IMPORTERS_ONNX_SAMPLING_H_
#define EQSAT_IMPORTERS_ONNX_SAMPLING_H_

#include <vector>

#include "absl/types/span.h"
#include "importers/onnx/tensor_emitter.h"

namespace eqsat::importers::onnx {

// The elements along one dimension of an image that each place is made of: batch, place, choice.
struct Taps {
  InstructionId index;   // s64, none outside the image
  InstructionId inside;  // pred; invalid: all count. Elements that do not count read as 0.
  InstructionId weight;  // invalid: 1
};

// The elements below and above each of `coordinates` (batch, place), those outside not counted.
Taps LinearTaps(TensorEmitter& e, InstructionId coordinates, int64_t size);

// Of `x` (image, channel, spatial…) the weighted elements of each place: batch, channel, place, and
// for each spatial dimension the choice. Batch b reads image images[b]. Their sum over the choices
// is the value at the place. Weights have the type of `x`.
InstructionId WeightedElements(TensorEmitter& e, InstructionId x, InstructionId images,
                               absl::Span<const Taps> taps);

// The dimensions of the choices.
Sizes ChoiceDims(TensorEmitter& e, InstructionId elements);

// The type in which places are computed: at least f32.
ir::ElementType CoordinateType(ir::ElementType type);

}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_SAMPLING_H_
