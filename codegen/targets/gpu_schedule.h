// What lowering must know of a GPU, of any family.
#ifndef EQSAT_CODEGEN_TARGETS_GPU_SCHEDULE_H_
#define EQSAT_CODEGEN_TARGETS_GPU_SCHEDULE_H_

#include <algorithm>
#include <cstdint>

#include "codegen/schedule/schedule.h"
#include "cost_models/targets/target.h"

namespace eqsat::codegen {

inline ScheduleTarget GpuSchedule(const cost_models::Target& target) {
  constexpr int64_t kPreferredGroupSize = 256;
  ScheduleTarget result;
  result.processor = Processor::kGpu;
  result.group_size =
      std::min(kPreferredGroupSize, static_cast<int64_t>(target.max_workgroup_size.value));
  return result;
}

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_TARGETS_GPU_SCHEDULE_H_
