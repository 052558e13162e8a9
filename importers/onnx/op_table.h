// How each operator becomes HLO: one entry an operator, grouped in a file per family.
#ifndef EQSAT_IMPORTERS_ONNX_OP_TABLE_H_
#define EQSAT_IMPORTERS_ONNX_OP_TABLE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "importers/onnx/emitter.h"
#include "importers/onnx/node.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::onnx {

// Emits the node and returns its outputs. Its inputs are defined, and as many as the entry says.
using Translate = absl::Status (*)(Emitter& e, const Node& node);

constexpr int kAny = 1 << 16;

struct OpEntry {
  std::string_view name;
  int min_inputs;
  int max_inputs;
  Translate translate;
  std::string_view domain = "";
};

absl::Span<const OpEntry> ElementwiseOps();
absl::Span<const OpEntry> ActivationOps();
absl::Span<const OpEntry> ConversionOps();
absl::Span<const OpEntry> ConstantOps();
absl::Span<const OpEntry> MovementOps();
absl::Span<const OpEntry> IndexedOps();
absl::Span<const OpEntry> ReductionOps();
absl::Span<const OpEntry> ContractionOps();
absl::Span<const OpEntry> ConvolutionOps();
absl::Span<const OpEntry> PoolingOps();
absl::Span<const OpEntry> NormalizationOps();
absl::Span<const OpEntry> QuantizationOps();
absl::Span<const OpEntry> ResizeOps();
absl::Span<const OpEntry> AttentionOps();
absl::Span<const OpEntry> RecurrentOps();
absl::Span<const OpEntry> LossOps();
absl::Span<const OpEntry> ControlOps();
absl::Span<const OpEntry> SamplingOps();
absl::Span<const OpEntry> RegionOps();
absl::Span<const OpEntry> SignalOps();
absl::Span<const OpEntry> DeterminantOps();
absl::Span<const OpEntry> UnpoolingOps();
absl::Span<const OpEntry> LinearAttentionOps();

// Of every domain, in order.
std::vector<std::string_view> OpNames();

// Null if the operator is not known.
const OpEntry* FindOp(std::string_view domain, std::string_view name);

// What to do about an operator that is not known: why HLO has none, or which one is meant.
std::string AdviceFor(std::string_view domain, std::string_view name);

}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_OP_TABLE_H_
