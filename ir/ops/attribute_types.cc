#include "ir/ops/attribute_types.h"

namespace eqsat::ir {

#define EQSAT_ENUM_NAMES(Enum, ...)                             \
  absl::Span<const std::string_view> EnumNames(Enum) {          \
    static constexpr std::string_view kNames[] = {__VA_ARGS__}; \
    return kNames;                                              \
  }

EQSAT_ENUM_NAMES(ComparisonDirection, "EQ", "NE", "GE", "GT", "LE", "LT")
EQSAT_ENUM_NAMES(ComparisonType, "DEFAULT", "FLOAT", "TOTALORDER", "SIGNED", "UNSIGNED")
EQSAT_ENUM_NAMES(Precision, "default", "high", "highest", "packed_nibble")
EQSAT_ENUM_NAMES(FftType, "FFT", "IFFT", "RFFT", "IRFFT")
EQSAT_ENUM_NAMES(RandomDistribution, "rng_invalid", "rng_uniform", "rng_normal")
EQSAT_ENUM_NAMES(RandomAlgorithm, "rng_default", "rng_three_fry", "rng_philox")
EQSAT_ENUM_NAMES(TransposeKind, "TRANSPOSE_INVALID", "NO_TRANSPOSE", "TRANSPOSE", "ADJOINT")
EQSAT_ENUM_NAMES(FusionKind, "kLoop", "kInput", "kOutput", "kCustom")
EQSAT_ENUM_NAMES(PaddingType, "PADDING_INVALID", "PADDING_VALID", "PADDING_SAME")
EQSAT_ENUM_NAMES(CustomCallSchedule, "SCHEDULE_NONE", "SCHEDULE_LATEST", "SCHEDULE_EARLIEST")
EQSAT_ENUM_NAMES(CustomCallApiVersion, "API_VERSION_UNSPECIFIED", "API_VERSION_ORIGINAL",
                 "API_VERSION_STATUS_RETURNING", "API_VERSION_STATUS_RETURNING_UNIFIED",
                 "API_VERSION_TYPED_FFI")

#undef EQSAT_ENUM_NAMES

}  // namespace eqsat::ir
