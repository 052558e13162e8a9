#include "engine/saturate/limits.h"

namespace eqsat::engine {

std::string_view StopReasonName(StopReason reason) {
  switch (reason) {
    case StopReason::kSaturated:
      return "saturated";
    case StopReason::kNodeLimit:
      return "node limit";
    case StopReason::kMemoryLimit:
      return "memory limit";
    case StopReason::kIterationLimit:
      return "iteration limit";
    case StopReason::kTimeLimit:
      return "time limit";
    case StopReason::kMatchLimit:
      return "match limit";
    case StopReason::kInterrupted:
      return "interrupted";
    case StopReason::kGoal:
      return "goal reached";
    case StopReason::kConflict:
      return "conflict";
  }
  return "unknown";
}

}  // namespace eqsat::engine
