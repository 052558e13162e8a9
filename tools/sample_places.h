// Which elements of a large array are worth comparing.
#ifndef EQSAT_TOOLS_SAMPLE_PLACES_H_
#define EQSAT_TOOLS_SAMPLE_PLACES_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "ir/graph/module.h"
#include "ir/shape/shape.h"

namespace eqsat::tools {

// Distances from either end of a dimension where a program changes what it does: where padding ends
// and slices start. Ascending.
std::vector<int64_t> Landmarks(const ir::Module& module);

// Indices of elements of an array with at least one; the same on every machine for the same seed.
// Each coordinate is near an end, near a landmark, or anywhere.
std::vector<ir::DimensionVector> SamplePlaces(const ir::Shape& array,
                                              absl::Span<const int64_t> landmarks, int count,
                                              uint64_t seed);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_SAMPLE_PLACES_H_
