// A loop whose rounds run on several threads.
#ifndef EQSAT_ENGINE_SATURATE_FOR_EACH_INDEX_H_
#define EQSAT_ENGINE_SATURATE_FOR_EACH_INDEX_H_

#include <cstddef>
#include <functional>

namespace eqsat::engine {

// Calls `task` once with each number below `count`, on `threads` threads at most, of which the
// caller's is one. Each thread takes the next number that is left, so that no order is promised
// with more than one. `task` throws nothing.
void ForEachIndex(size_t count, size_t threads, const std::function<void(size_t)>& task);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_SATURATE_FOR_EACH_INDEX_H_
