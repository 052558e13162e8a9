// Builds a kernel statement by statement, folding constants and reusing equal values.
//
// Pure statements are numbered by value: building one again in the block that holds it, or in a
// block inside that one, gives the value already there. Constants fold, and identities such as
// x + 0 vanish, where that changes no bit of any result (NaN payloads aside).
#ifndef EQSAT_CODEGEN_KERNEL_IR_BUILDER_H_
#define EQSAT_CODEGEN_KERNEL_IR_BUILDER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "codegen/kernel_ir/kernel.h"

namespace eqsat::codegen {

class KernelBuilder {
 public:
  // The body's arguments, one an extent, have the index type.
  KernelBuilder(std::string name, std::vector<int64_t> extents, Scalar index_type);

  BufferId AddBuffer(Scalar element, int64_t size, BufferRole role);
  void SetMapping(Mapping mapping, int64_t group_size);
  absl::Span<const ValueId> point() const { return kernel_.body.arguments; }
  Scalar index_type() const { return kernel_.index_type; }
  Type type(ValueId id) const { return kernel_.type(id); }
  const Buffer& buffer(BufferId id) const { return kernel_[id]; }

  // Leaves. Constants of float types are rounded to nearest even.
  ValueId Bits(Type type, uint64_t bits);
  ValueId Int(Type type, int64_t value);
  ValueId Float(Type type, double value);
  ValueId Index(int64_t value) { return Int(index_type(), value); }
  ValueId Lane();
  // The bits of a constant.
  std::optional<uint64_t> AsBits(ValueId id) const;
  // Of an integer constant, sign-extended.
  std::optional<int64_t> AsInt(ValueId id) const;

  // Families kInteger, kFloat: the type is the operands'; comparisons: i1.
  ValueId Unary(Op op, ValueId a) { return Pure(op, type(a), {a}); }
  ValueId Binary(Op op, ValueId a, ValueId b);
  // If `result` has just been built as one operation on `a` and `b`: it is a step of a reduction
  // whose order is free.
  void MarkReassociable(ValueId result, ValueId a, ValueId b);
  ValueId Fma(ValueId a, ValueId b, ValueId c) { return Pure(Op::kFma, type(a), {a, b, c}); }
  ValueId Select(ValueId condition, ValueId a, ValueId b);
  ValueId Convert(Op op, Scalar to, ValueId a) { return Pure(op, type(a).With(to), {a}); }
  ValueId Splat(ValueId a, int width);
  // One scalar an element.
  ValueId Pack(absl::Span<const ValueId> elements);
  ValueId Extract(ValueId a, int position);
  ValueId Not(ValueId condition);

  ValueId Load(BufferId buffer, ValueId index, int width = 1);
  void Store(BufferId buffer, ValueId index, ValueId value);
  void Barrier();

  using Values = std::vector<ValueId>;
  // body(index, carried) returns the carried values of the next step; the results are the last.
  Values For(ValueId begin, ValueId end, ValueId step, absl::Span<const ValueId> initial,
             const std::function<Values(ValueId index, const Values& carried)>& body,
             LoopHint hint = LoopHint::kNone);
  Values For(int64_t extent, absl::Span<const ValueId> initial,
             const std::function<Values(ValueId index, const Values& carried)>& body,
             LoopHint hint = LoopHint::kNone);
  // Both sides return values of the same types.
  Values If(ValueId condition, const std::function<Values()>& then_body,
            const std::function<Values()>& else_body);
  void If(ValueId condition, const std::function<void()>& then_body);
  Values GroupReduce(absl::Span<const ValueId> values,
                     const std::function<Values(const Values& a, const Values& b)>& combine);

  // How deep in control statements the next statement goes, 0 in the body; a scope's position.
  // Values made while a block was open are usable until it closes.
  size_t depth() const { return open_.size() - 1; }
  // Numbers the blocks in the order of opening; the innermost open one.
  uint32_t current_block() const { return open_.back().serial; }
  bool IsOpen(uint32_t block) const;

  // Moves the kernel out, without the statements whose results nobody uses.
  Kernel Build() &&;

 private:
  using Key = std::tuple<Op, Type, uint64_t, std::vector<uint32_t>>;
  struct OpenBlock {
    uint32_t serial = 0;
    Block* block = nullptr;
    absl::flat_hash_map<Key, ValueId> values;
  };

  ValueId NewValue(Type type);
  // Folds, reuses, or appends.
  ValueId Pure(Op op, Type type, absl::Span<const ValueId> operands, uint64_t bits = 0);
  std::optional<ValueId> Simplify(Op op, Type type, absl::Span<const ValueId> operands);
  std::optional<ValueId> SimplifyInteger(Op op, Type type, ValueId a, ValueId b);
  void Append(Statement statement) {
    open_.back().block->statements.push_back(std::move(statement));
  }
  void Open(Block* block) { open_.push_back({next_serial_++, block, {}}); }
  void Close() { open_.pop_back(); }

  Kernel kernel_;
  std::vector<OpenBlock> open_;
  uint32_t next_serial_ = 0;
  // By value: its bits where it is a constant; what it was converted from, without loss, where it
  // is a widened float.
  std::vector<std::optional<uint64_t>> constants_;
  std::vector<ValueId> widened_from_;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_KERNEL_IR_BUILDER_H_
