// A kernel under construction for one fusion group: its buffers, its point, and an Emitter whose
// leaves are the group's inputs.
#ifndef EQSAT_CODEGEN_LOWER_KERNEL_FRAME_H_
#define EQSAT_CODEGEN_LOWER_KERNEL_FRAME_H_

#include <functional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "codegen/fusion/fusion_plan.h"
#include "codegen/lower/emitter.h"
#include "codegen/schedule/schedule.h"
#include "ir/graph/module.h"

namespace eqsat::codegen {

// What is lowered, for what.
struct LoweringTask {
  const ir::Module& module;
  const ir::Computation& computation;
  const FusionGroup& group;
  const ScheduleTarget& target;

  // The arrays that the group writes, in the order of its kernel's parameters.
  std::vector<ArrayRef> Outputs() const;
};

class KernelFrame {
 public:
  // A loop nest over `dimensions`. merge[i] says that dimensions i and i + 1 are one loop; absent
  // ones are not.
  KernelFrame(const LoweringTask& task, absl::Span<const int64_t> dimensions,
              const std::vector<bool>& merge);
  KernelFrame(const KernelFrame&) = delete;

  // One index a dimension.
  const Indices& point() const { return point_; }
  KernelBuilder& builder() { return builder_; }
  IndexSpace& space() { return space_; }
  Emitter& emitter() { return emitter_; }

  // Stores `value`, in computed form, as element `linear` of an output.
  void Store(const ArrayRef& output, const Index& linear, ValueId value);
  // Emits element `linear` (in row-major order) of an output and stores it.
  void EmitAndStore(const ArrayRef& output, const Index& linear);

  // Tile number `tile` of `total` elements in tiles of `size`: body(first element, elements), once
  // for full tiles and once for a last one that is not full.
  void ForTile(const Index& tile, int64_t total, int64_t size,
               const std::function<void(const Index& first, int64_t count)>& body);

  // Which neighbouring dimensions can be one loop: all accesses walk them with one stride.
  std::vector<bool> MergeableDimensions() const;

  // The verified kernel.
  absl::StatusOr<Kernel> Finish() &&;

 private:
  void AddBuffers();
  std::optional<ValueId> LoadInput(const ArrayRef& array, const Indices& indices);

  const LoweringTask& task_;
  std::vector<int64_t> dimensions_;
  KernelBuilder builder_;
  IndexSpace space_;
  Emitter emitter_;
  Indices point_;
  absl::flat_hash_map<ArrayRef, BufferId> inputs_;
  absl::flat_hash_map<ArrayRef, BufferId> outputs_;
  std::vector<Index> stores_;
};

// Elements of `dimensions`.
int64_t CountOf(absl::Span<const int64_t> dimensions);

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LOWER_KERNEL_FRAME_H_
