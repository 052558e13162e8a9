// Delta debugging of programs: the smallest one found that a check still accepts.
//
// Each step proposes a set of changes of one kind: other roots, parameters, operands or zeros in
// place of instructions, callees in place of calls, loops that carry less, fewer effects and
// annotations, smaller dimensions. A set of n changes is tried whole, then in halves, quarters and
// so on down to single ones, as in Zeller and Hildebrandt's ddmin: about 2n checks at most, and
// k log n where all but k changes can be made. Steps are repeated until a round makes the program
// no lighter, so O(n^2) checks at worst for n instructions.
#ifndef EQSAT_TOOLS_REDUCE_REDUCE_H_
#define EQSAT_TOOLS_REDUCE_REDUCE_H_

#include <atomic>
#include <cstddef>
#include <functional>

#include "ir/graph/module.h"

namespace eqsat::tools {

struct ReduceProgress {
  size_t checks = 0;
  size_t instructions = 0;  // of the best so far, all computations
};

struct ReduceOptions {
  size_t max_checks = 10'000;
  const std::atomic<bool>* interrupt = nullptr;              // ends with the best so far
  std::function<void(const ReduceProgress&)> progress = {};  // may be empty
};

struct ReduceResult {
  ir::Module module;
  size_t checks = 0;
  bool finished = true;  // no step makes it lighter; else a limit or an interrupt ended the search
};

// `input` is valid and accepted. Only valid modules are checked, each once; what they are and in
// which order follows from the input and the check's answers alone. `accepts` may set the
// interrupt: its answer then does not count.
ReduceResult Reduce(const ir::Module& input, const std::function<bool(const ir::Module&)>& accepts,
                    const ReduceOptions& options);

size_t InstructionCount(const ir::Module& module);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_REDUCE_REDUCE_H_
