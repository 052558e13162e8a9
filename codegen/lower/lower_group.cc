#include "codegen/lower/lower_group.h"

#include <functional>

#include "codegen/lower/contraction.h"
#include "codegen/lower/element.h"
#include "codegen/lower/irregular.h"
#include "codegen/lower/kernel_frame.h"
#include "codegen/lower/row.h"
#include "ir/base/check.h"
#include "ir/base/status.h"

namespace eqsat::codegen {
namespace {

// Lowers once to see how the loops over `dimensions` are used, and again with loops merged where
// that changes nothing else.
absl::StatusOr<Kernel> LowerMerged(const LoweringTask& task, absl::Span<const int64_t> dimensions,
                                   const std::function<void(KernelFrame& frame)>& body) {
  std::vector<bool> apart(dimensions.size(), false);
  KernelFrame first(task, dimensions, apart);
  body(first);
  std::vector<bool> merge = first.MergeableDimensions();
  merge.resize(dimensions.size(), false);
  if (merge == apart) return std::move(first).Finish();
  KernelFrame second(task, dimensions, merge);
  body(second);
  return std::move(second).Finish();
}

absl::StatusOr<Kernel> LowerLoop(const LoweringTask& task, const ir::Shape& points) {
  return LowerMerged(task, points.dimensions(), [&](KernelFrame& frame) {
    Index linear = frame.space().Linearize(frame.point(), points.dimensions());
    for (const ArrayRef& output : task.Outputs()) frame.EmitAndStore(output, linear);
  });
}

// One point for each element of the update.
absl::StatusOr<Kernel> LowerUpdate(const LoweringTask& task) {
  const ir::Instruction& hero = task.computation[task.group.hero];
  const ir::Shape& update = task.computation[hero.operands[1]].shape;
  return LowerMerged(task, update.dimensions(), [&](KernelFrame& frame) {
    Emitter& emitter = frame.emitter();
    Indices target = ClampedStarts(emitter, absl::MakeConstSpan(hero.operands).subspan(2),
                                   hero.shape.dimensions(), update.dimensions());
    for (size_t i = 0; i < target.size(); ++i)
      target[i] = frame.space().Add(target[i], frame.point()[i]);
    frame.Store({task.group.hero, 0}, frame.space().Linearize(target, hero.shape.dimensions()),
                emitter.Emit(hero.operands[1], frame.point()));
  });
}

// Nothing to write.
absl::StatusOr<Kernel> LowerEmpty(const LoweringTask& task) {
  return KernelFrame(task, {}, {}).Finish();
}

}  // namespace

absl::StatusOr<Kernel> LowerGroup(const ir::Module& module, const ir::Computation& computation,
                                  const FusionGroup& group, const ScheduleTarget& target) {
  EQSAT_CHECK(group.kind == GroupKind::kKernel && !group.outputs.empty());
  LoweringTask task{module, computation, group, target};
  const ArrayRef first = task.Outputs()[0];
  const ir::Shape& whole = computation[first.instruction].shape;
  const ir::Shape& shape = whole.IsTuple() ? whole.element(0) : whole;
  if (!shape.IsArray())
    return base::Unimplemented("%s: a kernel cannot write %s", computation[first.instruction].name,
                               whole.ToString());
  bool empty = shape.ElementCount() == 0;
  switch (group.form) {
    case KernelForm::kLoop:
      return empty ? LowerEmpty(task) : LowerLoop(task, shape);
    case KernelForm::kRow:
      return group.rows == 0 || empty ? LowerEmpty(task) : LowerRows(task);
    case KernelForm::kContraction:
      return group.rows == 0 ? LowerEmpty(task) : LowerContraction(task);
    case KernelForm::kUpdate: {
      const ir::Instruction& hero = computation[group.hero];
      bool nothing = computation[hero.operands[1]].shape.ElementCount() == 0;
      return nothing ? LowerEmpty(task) : LowerUpdate(task);
    }
  }
  return base::Unimplemented("%s: an unknown form of kernel", computation[first.instruction].name);
}

}  // namespace eqsat::codegen
