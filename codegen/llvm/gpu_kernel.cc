#include "codegen/llvm/gpu_kernel.h"

#include <algorithm>
#include <cstddef>
#include <functional>

#include "codegen/llvm/body_emitter.h"
#include "codegen/llvm/types.h"
#include "ir/base/check.h"
#include "llvm/IR/GlobalVariable.h"

namespace eqsat::codegen {
namespace {

int64_t RoundUp(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

// A value cut into 32-bit words, the unit that waves exchange.
LlvmValues ToWords(llvm::IRBuilder<>& b, llvm::Value* value) {
  unsigned bits = static_cast<unsigned>(value->getType()->getPrimitiveSizeInBits());
  unsigned padded = static_cast<unsigned>(RoundUp(bits, 32));
  llvm::Value* whole = b.CreateZExt(b.CreateBitCast(value, b.getIntNTy(bits)), b.getIntNTy(padded));
  LlvmValues words;
  for (unsigned start = 0; start < padded; start += 32)
    words.push_back(b.CreateTrunc(b.CreateLShr(whole, start), b.getInt32Ty()));
  return words;
}

llvm::Value* FromWords(llvm::IRBuilder<>& b, const LlvmValues& words, llvm::Type* type) {
  unsigned bits = static_cast<unsigned>(type->getPrimitiveSizeInBits());
  llvm::Type* padded = b.getIntNTy(static_cast<unsigned>(words.size()) * 32);
  llvm::Value* whole = llvm::ConstantInt::get(padded, 0);
  for (size_t i = 0; i < words.size(); ++i)
    whole = b.CreateOr(whole, b.CreateShl(b.CreateZExt(words[i], padded), 32 * i));
  return b.CreateBitCast(b.CreateTrunc(whole, b.getIntNTy(bits)), type);
}

class GpuWorkItem : public WorkItem {
 public:
  GpuWorkItem(const GpuDialect& dialect, int64_t group_size)
      : dialect_(dialect), group_size_(group_size) {}

  llvm::Value* Lane(llvm::IRBuilder<>& b) override { return dialect_.WorkItemId(b); }
  void Barrier(llvm::IRBuilder<>& b) override { dialect_.Barrier(b); }

  llvm::Value* Scratch(llvm::IRBuilder<>& b, llvm::Type* element, int64_t size) override {
    auto* type = llvm::ArrayType::get(element, static_cast<uint64_t>(size));
    auto* memory =
        new llvm::GlobalVariable(*b.GetInsertBlock()->getModule(), type, /*isConstant=*/false,
                                 llvm::GlobalValue::InternalLinkage, llvm::PoisonValue::get(type),
                                 b.GetInsertBlock()->getParent()->getName() + ".scratch", nullptr,
                                 llvm::GlobalValue::NotThreadLocal, kGroupMemory);
    memory->setAlignment(llvm::Align(16));
    return memory;
  }

  // Each wave combines its values by register exchange. If there are several, each leaves its value
  // in group memory, and every work-item then combines those in the same order. Groups of an odd
  // size leave one value a work-item instead.
  LlvmValues GroupReduce(llvm::IRBuilder<>& b, const LlvmValues& values,
                         const EmitCombination& combine) override {
    if (group_size_ == 1) return values;
    int64_t wave = ExchangeWidth();
    llvm::Value* lane = Lane(b);
    LlvmValues partial = values;
    for (int64_t distance = wave / 2; distance >= 1; distance /= 2)
      partial = combine(partial, Exchanged(b, partial, [&](llvm::Value* word) {
                          return dialect_.ShuffleDown(b, word, lane, distance, wave);
                        }));
    if (wave == group_size_)
      return Exchanged(b, partial,
                       [&](llvm::Value* word) { return dialect_.BroadcastFirst(b, word, wave); });
    LlvmValues memory = Publish(b, partial, lane, wave);
    dialect_.Barrier(b);
    LlvmValues result = CombineAll(b, memory, values, group_size_ / wave, combine);
    dialect_.Barrier(b);  // before the memory is used again
    return result;
  }

 private:
  // Work-items that can combine by register exchange: a wave, or a group inside one.
  int64_t ExchangeWidth() const {
    int64_t wave = dialect_.wave_size();
    if (group_size_ % wave == 0) return wave;
    bool is_power_of_two = (group_size_ & (group_size_ - 1)) == 0;
    return group_size_ < wave && is_power_of_two ? group_size_ : 1;
  }

  // `values` with `exchange` applied to each of their words.
  LlvmValues Exchanged(llvm::IRBuilder<>& b, const LlvmValues& values,
                       const std::function<llvm::Value*(llvm::Value*)>& exchange) {
    LlvmValues result;
    for (llvm::Value* value : values) {
      LlvmValues words = ToWords(b, value);
      for (llvm::Value*& word : words) word = exchange(word);
      result.push_back(FromWords(b, words, value->getType()));
    }
    return result;
  }

  // Stores `partial` of each wave's first work-item; returns the memory of each value.
  LlvmValues Publish(llvm::IRBuilder<>& b, const LlvmValues& partial, llvm::Value* lane,
                     int64_t wave) {
    LlvmValues memory;
    for (llvm::Value* value : partial)
      memory.push_back(Scratch(b, InMemory(b, value->getType()), group_size_ / wave));
    llvm::Value* wave_size = b.getInt32(static_cast<uint32_t>(wave));
    llvm::Value* first = b.CreateICmpEQ(b.CreateURem(lane, wave_size), b.getInt32(0));
    EmitGuarded(b, first, [&] {
      llvm::Value* position = b.CreateUDiv(lane, wave_size);
      for (size_t i = 0; i < partial.size(); ++i) {
        llvm::Type* type = InMemory(b, partial[i]->getType());
        b.CreateStore(b.CreateZExtOrBitCast(partial[i], type),
                      b.CreateInBoundsGEP(type, memory[i], position));
      }
    });
    return memory;
  }

  LlvmValues CombineAll(llvm::IRBuilder<>& b, const LlvmValues& memory, const LlvmValues& like,
                        int64_t count, const EmitCombination& combine) {
    auto load = [&](llvm::Value* position) {
      LlvmValues loaded;
      for (size_t i = 0; i < memory.size(); ++i) {
        llvm::Type* type = InMemory(b, like[i]->getType());
        llvm::Value* value = b.CreateLoad(type, b.CreateInBoundsGEP(type, memory[i], position));
        loaded.push_back(b.CreateTruncOrBitCast(value, like[i]->getType()));
      }
      return loaded;
    };
    return EmitLoop(b, b.getInt32(1), b.getInt32(static_cast<uint32_t>(count)), b.getInt32(1),
                    load(b.getInt32(0)), LoopHint::kNone,
                    [&](llvm::Value* position, absl::Span<llvm::Value* const> sum) {
                      return combine(sum, load(position));
                    });
  }

  static llvm::Type* InMemory(llvm::IRBuilder<>& b, llvm::Type* type) {
    return type->isIntegerTy(1) ? b.getInt8Ty() : type;
  }

  const GpuDialect& dialect_;
  int64_t group_size_;
};

llvm::Function* DeclareEntry(llvm::Module& module, const Kernel& kernel, const GpuDialect& dialect,
                             int64_t group_size) {
  llvm::LLVMContext& context = module.getContext();
  size_t count = static_cast<size_t>(kernel.NumParameters());
  std::vector<llvm::Type*> parameters(count, llvm::PointerType::get(context, kGlobalMemory));
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), parameters, false);
  auto* function =
      llvm::Function::Create(type, llvm::Function::ExternalLinkage, kernel.name, module);
  for (unsigned i = 0; i < count; ++i) {
    function->addParamAttr(i, llvm::Attribute::NoAlias);
    function->addParamAttr(i, llvm::Attribute::getWithAlignment(context, llvm::Align(64)));
    if (kernel.buffers[i].role == BufferRole::kIn)
      function->addParamAttr(i, llvm::Attribute::ReadOnly);
  }
  function->addFnAttr(llvm::Attribute::NoUnwind);
  dialect.MarkKernel(*function, group_size);
  return function;
}

// The first point of this work-item and the distance to its next one.
struct Stride {
  llvm::Value* first;
  int64_t step;
};

Stride PointsOf(llvm::IRBuilder<>& b, const Kernel& kernel, const GpuDialect& dialect,
                const GpuGrid& grid) {
  llvm::Value* group = b.CreateZExt(dialect.GroupId(b), b.getInt64Ty());
  if (kernel.mapping == Mapping::kGroup) return {group, grid.groups};
  llvm::Value* lane = b.CreateZExt(dialect.WorkItemId(b), b.getInt64Ty());
  llvm::Value* start = b.CreateNUWMul(group, b.getInt64(static_cast<uint64_t>(grid.group_size)));
  return {b.CreateNUWAdd(start, lane), grid.groups * grid.group_size};
}

// The body at each of this work-item's points.
void EmitPoints(llvm::IRBuilder<>& b, const Kernel& kernel, const GpuDialect& dialect,
                const GpuGrid& grid, BodyEmitter& body) {
  auto emit_point = [&](llvm::Value* point) {
    llvm::Type* index_type = ToLlvm(b.getContext(), kernel.index_type);
    body.EmitPoint(EmitDelinearize(b, b.CreateZExtOrTrunc(point, index_type), kernel.extents));
  };
  Stride points = PointsOf(b, kernel, dialect, grid);
  int64_t count = kernel.NumPoints();
  llvm::Value* end = b.getInt64(static_cast<uint64_t>(count));
  if (points.step == count) return emit_point(points.first);
  if (points.step > count)
    return EmitGuarded(b, b.CreateICmpULT(points.first, end), [&] { emit_point(points.first); });
  EmitLoop(b, points.first, end, b.getInt64(static_cast<uint64_t>(points.step)), {},
           LoopHint::kNone, [&](llvm::Value* point, absl::Span<llvm::Value* const>) {
             emit_point(point);
             // The next point may use the group's memory only when this one is done with it.
             if (kernel.mapping == Mapping::kGroup) dialect.Barrier(b);
             return LlvmValues();
           });
}

}  // namespace

GpuGrid GridOf(const Kernel& kernel, const GpuDialect& dialect) {
  int64_t points = kernel.NumPoints();
  if (kernel.mapping == Mapping::kGroup) return {std::min(points, kMaxGroups), kernel.group_size};
  int64_t size = std::min(kItemGroupSize, RoundUp(points, dialect.wave_size()));
  return {std::min((points + size - 1) / size, kMaxGroups), size};
}

void EmitGpuKernel(llvm::Module& module, const Kernel& kernel, const GpuDialect& dialect) {
  GpuGrid grid = GridOf(kernel, dialect);
  llvm::Function* function = DeclareEntry(module, kernel, dialect, grid.group_size);
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(module.getContext(), "entry", function));
  SoleWorkItem sole;
  GpuWorkItem member(dialect, grid.group_size);
  bool grouped = kernel.mapping == Mapping::kGroup;
  LlvmValues parameters;
  for (llvm::Argument& argument : function->args()) parameters.push_back(&argument);
  BodyEmitter body(builder, kernel, grouped ? static_cast<WorkItem&>(member) : sole, parameters);
  EmitPoints(builder, kernel, dialect, grid, body);
  builder.CreateRetVoid();
}

}  // namespace eqsat::codegen
