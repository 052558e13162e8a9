#include "codegen/lower/kernel_frame.h"

#include <algorithm>
#include <cctype>

#include "codegen/kernel_ir/verify.h"
#include "codegen/lower/element.h"
#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::codegen {
namespace {

// Below this many elements, 32-bit indices cannot overflow on the way.
constexpr int64_t kSmallCount = int64_t{1} << 29;

std::vector<ArrayRef> ArraysOf(const ir::Computation& computation, ir::InstructionId id) {
  const ir::Shape& shape = computation[id].shape;
  if (!shape.IsTuple()) return {{id, 0}};
  std::vector<ArrayRef> arrays;
  for (size_t i = 0; i < shape.elements().size(); ++i)
    arrays.push_back({id, static_cast<int64_t>(i)});
  return arrays;
}

bool AllSmall(const LoweringTask& task) {
  auto small = [&](ir::InstructionId id) {
    const ir::Shape& shape = task.computation[id].shape;
    return shape.IsTuple() || shape.ElementCount() < kSmallCount;
  };
  auto operands_small = [&](ir::InstructionId id) {
    const auto& operands = task.computation[id].operands;
    return small(id) && std::all_of(operands.begin(), operands.end(), small);
  };
  return std::all_of(task.group.members.begin(), task.group.members.end(), operands_small);
}

Scalar IndexTypeFor(const LoweringTask& task) {
  bool narrow = task.target.processor == Processor::kGpu && AllSmall(task);
  return narrow ? Scalar::kI32 : Scalar::kI64;
}

std::string KernelName(const LoweringTask& task) {
  std::string name =
      base::StrCat(Name(task.group.form), "_", task.computation[task.group.outputs[0]].name);
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return name;
}

// The extents of the merged loops: runs of dimensions joined by `merge`.
std::vector<std::vector<int64_t>> Runs(absl::Span<const int64_t> dimensions,
                                       const std::vector<bool>& merge) {
  std::vector<std::vector<int64_t>> runs;
  for (size_t i = 0; i < dimensions.size(); ++i) {
    if (i == 0 || i > merge.size() || !merge[i - 1]) runs.emplace_back();
    runs.back().push_back(dimensions[i]);
  }
  return runs;
}

// Loops of one step are left out.
std::vector<int64_t> Extents(const std::vector<std::vector<int64_t>>& runs) {
  std::vector<int64_t> extents;
  for (const std::vector<int64_t>& run : runs) {
    if (CountOf(run) > 1) extents.push_back(CountOf(run));
  }
  return extents;
}

}  // namespace

int64_t CountOf(absl::Span<const int64_t> dimensions) {
  int64_t count = 1;
  for (int64_t dimension : dimensions) count *= dimension;
  return count;
}

std::vector<ArrayRef> LoweringTask::Outputs() const {
  std::vector<ArrayRef> arrays;
  for (ir::InstructionId id : group.outputs) {
    for (const ArrayRef& array : ArraysOf(computation, id)) arrays.push_back(array);
  }
  return arrays;
}

KernelFrame::KernelFrame(const LoweringTask& task, absl::Span<const int64_t> dimensions,
                         const std::vector<bool>& merge)
    : task_(task),
      dimensions_(dimensions.begin(), dimensions.end()),
      builder_(KernelName(task), Extents(Runs(dimensions, merge)), IndexTypeFor(task)),
      space_(builder_),
      emitter_(builder_, space_, task.module, task.computation,
               [this](const ArrayRef& array, const Indices& indices) {
                 return LoadInput(array, indices);
               }) {
  if (task.target.processor == Processor::kGpu)
    builder_.SetMapping(Mapping::kItem, task.target.group_size);
  AddBuffers();
  size_t next = 0;
  for (const std::vector<int64_t>& run : Runs(dimensions, merge)) {
    int64_t extent = CountOf(run);
    Index index = extent > 1 ? space_.Variable(builder_.point()[next++], {0, extent}) : Index();
    for (Index& part : space_.Delinearize(index, run)) point_.push_back(std::move(part));
  }
}

void KernelFrame::AddBuffers() {
  auto add = [&](const ArrayRef& array, BufferRole role) {
    const ir::Shape& shape = emitter_.ShapeOf(array);
    bool known = shape.IsArray() && HasKernelType(shape.element_type());
    if (!known) emitter_.Fail(array, "is not of a type that kernels compute with");
    Scalar element = known ? StorageScalar(shape.element_type()) : Scalar::kI8;
    return builder_.AddBuffer(element, known ? shape.ElementCount() : 0, role);
  };
  for (ir::InstructionId id : task_.group.inputs) {
    for (const ArrayRef& array : ArraysOf(task_.computation, id))
      inputs_[array] = add(array, BufferRole::kIn);
  }
  bool updates = task_.group.form == KernelForm::kUpdate;
  for (const ArrayRef& array : task_.Outputs())
    outputs_[array] = add(array, updates ? BufferRole::kInOut : BufferRole::kOut);
}

std::optional<ValueId> KernelFrame::LoadInput(const ArrayRef& array, const Indices& indices) {
  auto input = inputs_.find(array);
  if (input == inputs_.end()) return std::nullopt;
  const ir::Shape& shape = emitter_.ShapeOf(array);
  return emitter_.Load(input->second, shape.element_type(),
                       space_.Linearize(indices, shape.dimensions()));
}

void KernelFrame::Store(const ArrayRef& output, const Index& linear, ValueId value) {
  stores_.push_back(linear);
  value = emitter_.Widen(value, {linear});
  ValueId stored = ToStorage(builder_, emitter_.ShapeOf(output).element_type(), value);
  builder_.Store(outputs_.at(output), space_.Emit(linear), stored);
}

void KernelFrame::EmitAndStore(const ArrayRef& output, const Index& linear) {
  const ir::Shape& shape = emitter_.ShapeOf(output);
  Store(output, linear, emitter_.Emit(output, space_.Delinearize(linear, shape.dimensions())));
}

void KernelFrame::ForTile(const Index& tile, int64_t total, int64_t size,
                          const std::function<void(const Index& first, int64_t count)>& body) {
  int64_t full = total / size, rest = total % size;
  auto emit_full = [&] {
    // Knowing that the tile is a full one bounds its elements.
    Index bounded = rest == 0 ? tile : space_.Variable(space_.Emit(tile), {0, full});
    body(space_.Scale(bounded, size), size);
    return Values();
  };
  auto emit_rest = [&] {
    body(space_.Constant(full * size), rest);
    return Values();
  };
  if (rest == 0) {
    emit_full();
  } else if (full == 0) {
    emit_rest();
  } else {
    builder_.If(builder_.Binary(Op::kLtS, space_.Emit(tile), builder_.Index(full)), emit_full,
                emit_rest);
  }
}

std::vector<bool> KernelFrame::MergeableDimensions() const {
  std::vector<Index> uses = emitter_.index_uses();
  uses.insert(uses.end(), stores_.begin(), stores_.end());
  std::vector<bool> merge;
  for (size_t i = 0; i + 1 < dimensions_.size(); ++i) {
    merge.push_back(std::all_of(uses.begin(), uses.end(), [&](const Index& use) {
      if (dimensions_[i] == 1 || dimensions_[i + 1] == 1) return true;
      std::optional<int64_t> outer = space_.Coefficient(use, point_[i]);
      std::optional<int64_t> inner = space_.Coefficient(use, point_[i + 1]);
      return outer && inner && *outer == *inner * dimensions_[i + 1];
    }));
  }
  return merge;
}

absl::StatusOr<Kernel> KernelFrame::Finish() && {
  EQSAT_RETURN_IF_ERROR(emitter_.status());
  Kernel kernel = std::move(builder_).Build();
  EQSAT_RETURN_IF_ERROR(VerifyKernel(kernel));
  return kernel;
}

}  // namespace eqsat::codegen
