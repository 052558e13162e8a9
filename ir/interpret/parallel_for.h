// Loops whose parts run on several threads. Who runs a part never shows in what it computes.
#ifndef EQSAT_IR_INTERPRET_PARALLEL_FOR_H_
#define EQSAT_IR_INTERPRET_PARALLEL_FOR_H_

#include <cstdint>
#include <functional>

namespace eqsat::ir {

// Calls run(begin, end) for parts that make up [0, count). Parts are independent of each other;
// begins are multiples of `grain`. Short loops, by the scalar operations of the whole, have one
// part and no thread.
void ParallelFor(int64_t count, int64_t grain, double operations,
                 const std::function<void(int64_t begin, int64_t end)>& run);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_INTERPRET_PARALLEL_FOR_H_
