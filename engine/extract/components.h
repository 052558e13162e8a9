// Strongly connected components of any graph over dense numbers.
#ifndef EQSAT_ENGINE_EXTRACT_COMPONENTS_H_
#define EQSAT_ENGINE_EXTRACT_COMPONENTS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace eqsat::engine {

// By vertex: the number of its component. Components are numbered children first: an edge between
// two of them goes to the lower number. `successors(v)` may be called several times.
std::vector<uint32_t> StrongComponents(
    size_t count, const std::function<std::vector<uint32_t>(uint32_t)>& successors);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_COMPONENTS_H_
