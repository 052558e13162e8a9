// Conversions between element types as ONNX defines them.
#ifndef EQSAT_IMPORTERS_ONNX_CONVERSION_H_
#define EQSAT_IMPORTERS_ONNX_CONVERSION_H_

#include "importers/onnx/tensor_emitter.h"

namespace eqsat::importers::onnx {

// What conversion to an 8-bit float makes of numbers that are too large.
enum class Overflow : uint8_t { kSaturate, kSpecial };

// Where a number between two scales (f8e8m0fnu) goes.
enum class ScaleRounding { kUp, kDown, kNearest };

// Floats to integers are truncated, and to integers of less than 8 bits keep the low bits; anything
// but 0 is true. A scale is the number's exponent, whatever its sign.
InstructionId Cast(TensorEmitter& e, InstructionId x, ir::ElementType type, Overflow overflow,
                   ScaleRounding rounding = ScaleRounding::kUp);

}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_CONVERSION_H_
