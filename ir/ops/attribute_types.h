// The types that attribute fields have: windows, dimension numbers, replica groups, enumerations.
//
// Each is a pure value with ==, a hash and one text form, HLO's own (ir/graph prints it,
// importers/hlo_text reads it).
#ifndef EQSAT_IR_OPS_ATTRIBUTE_TYPES_H_
#define EQSAT_IR_OPS_ATTRIBUTE_TYPES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "ir/shape/layout.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {

// --- Enumerations --------------------------------------------------------------------------------
// EnumNames(E()) lists the text names in the order of the enumerators.

enum class ComparisonDirection : uint8_t { kEq, kNe, kGe, kGt, kLe, kLt };
enum class ComparisonType : uint8_t { kDefault, kFloat, kFloatTotalOrder, kSigned, kUnsigned };
enum class Precision : uint8_t { kDefault, kHigh, kHighest, kPackedNibble };
enum class FftType : uint8_t { kFft, kIfft, kRfft, kIrfft };
enum class RandomDistribution : uint8_t { kInvalid, kUniform, kNormal };
enum class RandomAlgorithm : uint8_t { kDefault, kThreeFry, kPhilox };
enum class TransposeKind : uint8_t { kInvalid, kNoTranspose, kTranspose, kAdjoint };
enum class FusionKind : uint8_t { kLoop, kInput, kOutput, kCustom };
enum class PaddingType : uint8_t { kInvalid, kValid, kSame };
enum class CustomCallSchedule : uint8_t { kNone, kLatest, kEarliest };
enum class CustomCallApiVersion : uint8_t {
  kUnspecified,
  kOriginal,
  kStatusReturning,
  kStatusReturningUnified,
  kTypedFfi
};

absl::Span<const std::string_view> EnumNames(ComparisonDirection);
absl::Span<const std::string_view> EnumNames(ComparisonType);
absl::Span<const std::string_view> EnumNames(Precision);
absl::Span<const std::string_view> EnumNames(FftType);
absl::Span<const std::string_view> EnumNames(RandomDistribution);
absl::Span<const std::string_view> EnumNames(RandomAlgorithm);
absl::Span<const std::string_view> EnumNames(TransposeKind);
absl::Span<const std::string_view> EnumNames(FusionKind);
absl::Span<const std::string_view> EnumNames(PaddingType);
absl::Span<const std::string_view> EnumNames(CustomCallSchedule);
absl::Span<const std::string_view> EnumNames(CustomCallApiVersion);

template <typename E>
std::string_view EnumName(E value) {
  return EnumNames(E())[static_cast<int>(value)];
}

// --- Structures ----------------------------------------------------------------------------------
// EQSAT_VALUE gives == and a hash over the listed members.

#define EQSAT_VALUE(Type, ...)                    \
  bool operator==(const Type&) const = default;   \
  template <typename H>                           \
  friend H AbslHashValue(H h, const Type& self) { \
    return self.Hash(std::move(h));               \
  }                                               \
  template <typename H>                           \
  H Hash(H h) const {                             \
    return H::combine(std::move(h), __VA_ARGS__); \
  }

// `slice={[start:limit:stride], …}`
struct SliceRange {
  int64_t start = 0;
  int64_t limit = 0;
  int64_t stride = 1;
  EQSAT_VALUE(SliceRange, start, limit, stride)
};

// `padding=low_high_interior x …`; low and high may be negative, interior may not.
struct PaddingDimension {
  int64_t low = 0;
  int64_t high = 0;
  int64_t interior = 0;
  EQSAT_VALUE(PaddingDimension, low, high, interior)
};

// One dimension of `window={size=3x3 stride=2x2 pad=1_1x1_1 lhs_dilate=… rhs_dilate=…
// rhs_reversal=…}`.
struct WindowDimension {
  int64_t size = 1;
  int64_t stride = 1;
  int64_t padding_low = 0;
  int64_t padding_high = 0;
  int64_t window_dilation = 1;  // rhs_dilate
  int64_t base_dilation = 1;    // lhs_dilate
  bool window_reversal = false;
  EQSAT_VALUE(WindowDimension, size, stride, padding_low, padding_high, window_dilation,
              base_dilation, window_reversal)
};
using Window = std::vector<WindowDimension>;

// `dim_labels=b01f_01io->b01f`: positions in the input, kernel and output.
struct ConvolutionDimensions {
  int64_t input_batch = 0;
  int64_t input_feature = 0;
  int64_t kernel_input_feature = 0;
  int64_t kernel_output_feature = 0;
  int64_t output_batch = 0;
  int64_t output_feature = 0;
  DimensionVector input_spatial;
  DimensionVector kernel_spatial;
  DimensionVector output_spatial;
  EQSAT_VALUE(ConvolutionDimensions, input_batch, input_feature, kernel_input_feature,
              kernel_output_feature, output_batch, output_feature, input_spatial, kernel_spatial,
              output_spatial)
};

// `replica_groups=`: a list of groups, an iota tile assignment `[2,4]<=[8]T(1,0)`, or a mesh form
// kept as text. An empty list means one group of all.
struct ReplicaGroups {
  std::vector<std::vector<int64_t>> groups;
  std::vector<int64_t> iota_dimensions;  // non-empty: the iota form
  std::vector<int64_t> iota_reshape;
  std::vector<int64_t> iota_transpose;  // empty for the identity
  std::string mesh;                     // non-empty: the mesh form's text
  EQSAT_VALUE(ReplicaGroups, groups, iota_dimensions, iota_reshape, iota_transpose, mesh)
};

struct SourceTarget {
  int64_t source = 0;
  int64_t target = 0;
  EQSAT_VALUE(SourceTarget, source, target)
};

// `output_to_operand_aliasing={{1}: (0, {0})}`
struct OutputOperandAlias {
  std::vector<int64_t> output_index;
  int64_t operand = 0;
  std::vector<int64_t> operand_index;
  EQSAT_VALUE(OutputOperandAlias, output_index, operand, operand_index)
};

// `result_accuracy={mode=highest}` or `{tolerance={atol=…, rtol=…, ulps=…}}`
struct ResultAccuracy {
  enum class Mode : uint8_t { kDefault, kHighest };
  Mode mode = Mode::kDefault;
  bool has_tolerance = false;
  double atol = 0;
  double rtol = 0;
  int64_t ulps = 0;
  EQSAT_VALUE(ResultAccuracy, mode, has_tolerance, atol, rtol, ulps)
};

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_ATTRIBUTE_TYPES_H_
