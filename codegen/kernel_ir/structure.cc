#include "codegen/kernel_ir/structure.h"

#include <algorithm>
#include <functional>

namespace eqsat::codegen {
namespace {

// Lists a kernel as a sequence of numbers; equal sequences, equal kernels. Values are renumbered in
// the order of their definitions, so that how a kernel was built does not show.
class Lister {
 public:
  Lister(const Kernel& kernel, const std::function<void(uint64_t)>& emit)
      : kernel_(kernel), emit_(emit), numbers_(kernel.values.size(), 0) {}

  void List() {
    emit_(kernel_.buffers.size());
    for (const Buffer& buffer : kernel_.buffers) {
      emit_(static_cast<uint64_t>(buffer.element) << 8 | static_cast<uint64_t>(buffer.role));
      emit_(static_cast<uint64_t>(buffer.size));
    }
    emit_(kernel_.extents.size());
    for (int64_t extent : kernel_.extents) emit_(static_cast<uint64_t>(extent));
    emit_(static_cast<uint64_t>(kernel_.mapping));
    emit_(static_cast<uint64_t>(kernel_.group_size));
    emit_(static_cast<uint64_t>(kernel_.index_type));
    ListBlock(kernel_.body);
  }

 private:
  void Define(ValueId id) {
    numbers_[id.value()] = next_++;
    Type type = kernel_.type(id);
    emit_(static_cast<uint64_t>(type.scalar) << 32 | static_cast<uint64_t>(type.width));
  }

  void ListBlock(const Block& block) {
    emit_(block.arguments.size());
    for (ValueId id : block.arguments) Define(id);
    emit_(block.statements.size());
    for (const Statement& s : block.statements) ListStatement(s);
    emit_(block.yields.size());
    for (ValueId id : block.yields) emit_(numbers_[id.value()]);
  }

  void ListStatement(const Statement& s) {
    emit_(static_cast<uint64_t>(s.op) << 16 | static_cast<uint64_t>(s.hint) << 8 |
          static_cast<uint64_t>(s.reassociate));
    emit_(s.buffer.value());
    emit_(s.bits);
    emit_(s.operands.size());
    for (ValueId id : s.operands) emit_(numbers_[id.value()]);
    emit_(s.blocks.size());
    for (const Block& block : s.blocks) ListBlock(block);
    emit_(s.results.size());
    for (ValueId id : s.results) Define(id);
  }

  const Kernel& kernel_;
  std::function<void(uint64_t)> emit_;
  std::vector<uint64_t> numbers_;
  uint64_t next_ = 0;
};

}  // namespace

bool StructurallyEqual(const Kernel& a, const Kernel& b) {
  std::vector<uint64_t> lists[2];
  for (int side : {0, 1}) {
    Lister(side == 0 ? a : b, [&](uint64_t word) { lists[side].push_back(word); }).List();
  }
  return lists[0] == lists[1];
}

uint64_t StructuralHash(const Kernel& kernel) {
  uint64_t hash = 0xcbf29ce484222325;
  Lister(kernel, [&](uint64_t word) {
    hash = (hash ^ word) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }).List();
  return hash;
}

}  // namespace eqsat::codegen
