// Which attributes the clauses of StableHLO's own syntax set.
#ifndef EQSAT_IMPORTERS_MLIR_CLAUSES_H_
#define EQSAT_IMPORTERS_MLIR_CLAUSES_H_

#include <string_view>

namespace eqsat::importers::mlir {

// `keyword = value` of operation `op` (without its dialect) sets `attribute`.
struct Clause {
  std::string_view op;
  std::string_view keyword;
  std::string_view attribute;
};

inline constexpr Clause kClauses[] = {
    {"broadcast", "sizes", "broadcast_sizes"},
    {"broadcast_in_dim", "dims", "broadcast_dimensions"},
    {"cholesky", "lower", "lower"},
    {"concatenate", "dim", "dimension"},
    {"dot", "precision", "precision_config"},
    {"dot_general", "precision", "precision_config"},
    {"dot_general", "algorithm", "algorithm"},
    {"dynamic_broadcast_in_dim", "dims", "broadcast_dimensions"},
    {"dynamic_iota", "dim", "iota_dimension"},
    {"dynamic_slice", "sizes", "slice_sizes"},
    {"einsum", "config", "einsum_config"},
    {"expect_close", "max_ulp_difference", "max_ulp_difference"},
    {"expect_close", "min_ulp_difference", "min_ulp_difference"},
    {"expect_serialized_eq", "probe_id", "probe_id"},
    {"fft", "length", "fft_length"},
    {"fft", "type", "fft_type"},
    {"get_dimension_size", "dim", "dimension"},
    {"iota", "dim", "iota_dimension"},
    {"pad", "high", "edge_padding_high"},
    {"pad", "interior", "interior_padding"},
    {"pad", "low", "edge_padding_low"},
    {"probe", "probe_id", "probe_id"},
    {"reduce_precision", "format", "format"},
    {"reverse", "dims", "dimensions"},
    {"rng", "distribution", "rng_distribution"},
    {"rng_bit_generator", "algorithm", "rng_algorithm"},
    {"set_dimension_size", "dim", "dimension"},
    {"top_k", "k", "k"},
    {"topk", "is_stable", "is_stable"},
    {"topk", "k", "k"},
    {"topk", "largest", "largest"},
    {"transpose", "dims", "permutation"},
    {"unary_einsum", "config", "einsum_config"},
};

// `compare LT, %a, %b, FLOAT`: keywords without a name, in their order.
inline constexpr std::string_view kCompareKeywords[] = {"comparison_direction", "compare_type"};

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_CLAUSES_H_
