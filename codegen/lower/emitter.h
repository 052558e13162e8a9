// Code for elements of instructions, by demand: Emit(instruction, indices) emits what its operands'
// elements need, and then its own scalar.
//
// Elements already emitted at the same indices are reused while the block that holds them is open.
// In vector mode some indices hold a VectorElement: an instruction that depends on it gives a
// vector, one that does not a scalar. A construct without a vector form (an access that jumps, a
// guard inside the vector) is emitted element by element.
#ifndef EQSAT_CODEGEN_LOWER_EMITTER_H_
#define EQSAT_CODEGEN_LOWER_EMITTER_H_

#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "codegen/kernel_ir/builder.h"
#include "codegen/lower/index_space.h"
#include "ir/graph/module.h"
#include "ir/ops/indexing.h"

namespace eqsat::codegen {

using Indices = std::vector<Index>;
using Values = std::vector<ValueId>;

// An instruction's array value, or one array of its tuple.
struct ArrayRef {
  ir::InstructionId instruction;
  int64_t tuple_element = 0;

  bool operator==(const ArrayRef&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const ArrayRef& r) {
    return H::combine(std::move(h), r.instruction, r.tuple_element);
  }
};

// How f16 and bf16 results of operations are held until they are stored.
enum class Rounding : uint8_t { kEveryOp, kNever };

class Emitter {
 public:
  // Gives the elements (in computed form, see element.h) of arrays that are not computed here;
  // nullopt for the others.
  using Leaf = std::function<std::optional<ValueId>(const ArrayRef& array, const Indices& indices)>;

  Emitter(KernelBuilder& builder, IndexSpace& space, const ir::Module& module,
          const ir::Computation& computation, Leaf leaf, Rounding rounding = Rounding::kEveryOp)
      : b_(builder),
        space_(space),
        module_(module),
        computation_(computation),
        leaf_(std::move(leaf)),
        rounding_(rounding) {}

  // In computed form.
  ValueId Emit(const ArrayRef& array, const Indices& indices);
  ValueId Emit(ir::InstructionId id, const Indices& indices) { return Emit({id, 0}, indices); }
  // The element of an operand that a point of the iteration space reads; its guards hold.
  ValueId EmitAccess(const ir::Instruction& instruction, const ir::OperandAccess& access,
                     const Indices& point);

  // From now on `value` is the element of `array`, whatever the indices. A vector is one of the
  // current vector mode.
  void Pin(const ArrayRef& array, ValueId value) { pinned_[array] = value; }

  // Element `linear` of a buffer.
  ValueId Load(BufferId buffer, ir::ElementType type, const Index& linear);

  // True where all guards of `access` hold at `point`; a constant where ranges tell.
  ValueId GuardsHold(const ir::OperandAccess& access, const Indices& point);
  bool GuardsMention(const ir::OperandAccess& access, const Indices& point, const Index& variable);

  // Folds `body` over the reduction dimensions of `form`, from `carried`. Points where a guard of
  // `accesses` fails are left out.
  using FoldBody = std::function<Values(const Indices& point, const Values& carried)>;
  Values Fold(const ir::IndexedForm& form, absl::Span<const ir::OperandAccess> accesses,
              const Indices& parallel, const Values& carried, const FoldBody& body);

  // Every array of a reduce's result at `indices`.
  Values EmitReduce(ir::InstructionId id, const Indices& indices);
  // Σ a × b of a dot or convolution, not yet rounded to f16 or bf16.
  ValueId EmitDot(ir::InstructionId id, const Indices& indices);
  // acc + a × b; operands of the types of the dot's operands.
  ValueId MultiplyAdd(const ir::Instruction& dot, ValueId a, ValueId b, ValueId acc);
  // From the accumulator to the result's computed form.
  ValueId FinishDot(const ir::Instruction& dot, ValueId acc);

  // Indices with `element`, a VectorElement of `width`, give vectors from now on; 1 ends it.
  void SetVector(Index element, int width);
  // A scalar as a vector of the current width where `indices` are those of a vector.
  ValueId Widen(ValueId value, const Indices& indices);
  bool IsVector(const Indices& indices) const;

  // Reductions are shared by so many work-items of a group from now on.
  void ShareReductions(int64_t lanes) { lanes_ = lanes; }

  // The results of a region of scalars.
  Values EmitRegion(const ir::Computation& region, const Values& arguments, Rounding rounding);

  KernelBuilder& builder() { return b_; }
  IndexSpace& space() { return space_; }
  const ir::Computation& computation() const { return computation_; }
  const ir::Instruction& operator[](ir::InstructionId id) const { return computation_[id]; }
  const ir::Shape& ShapeOf(const ArrayRef& array) const;
  const ir::IndexedForm& FormOf(ir::InstructionId id);

  // Every index that a load, an iota or a guard has been made from.
  const std::vector<Index>& index_uses() const { return index_uses_; }
  // What the first array that could not be emitted is.
  const absl::Status& status() const { return status_; }
  // Records it; gives a value of the right type.
  ValueId Fail(const ArrayRef& array, std::string_view what);

 private:
  struct Memo {
    ValueId value;
    uint32_t block = 0;
  };

  ValueId Compute(const ArrayRef& array, const Indices& indices);
  ValueId EmitElementwise(const ArrayRef& array, const ir::IndexedForm& form, const Indices& point);
  ValueId EmitFirst(const ir::Instruction& instruction, const ir::IndexedForm& form,
                    const Indices& point, size_t access);
  ValueId EmitConstant(const ArrayRef& array);
  ValueId EmitIota(const ArrayRef& array, const ir::IndexedForm& form, const Indices& indices);
  ValueId EmitElementByElement(const ArrayRef& array, const Indices& indices);
  Values EmitInputs(const ir::Instruction& reduce, const ir::IndexedForm& form,
                    const Indices& point);
  Indices At(const Indices& indices, int position);
  Values FoldFrom(size_t depth, const ir::IndexedForm& form,
                  absl::Span<const ir::OperandAccess> accesses, Indices point,
                  const Values& carried, const FoldBody& body);
  Values FoldByLanes(const ir::Instruction& reduce, const ir::IndexedForm& form,
                     const Indices& parallel, const Values& initial, const FoldBody& body);

  KernelBuilder& b_;
  IndexSpace& space_;
  const ir::Module& module_;
  const ir::Computation& computation_;
  Leaf leaf_;
  Rounding rounding_;
  int64_t lanes_ = 1;
  Index vector_;
  int vector_width_ = 1;
  int position_ = -1;  // of the vector element that is emitted on its own; -1: none
  absl::flat_hash_map<ArrayRef, ValueId> pinned_;
  absl::flat_hash_map<std::pair<ArrayRef, Indices>, Memo> memo_;
  std::map<ir::InstructionId, ir::IndexedForm> forms_;
  std::vector<Index> index_uses_;
  absl::Status status_;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_LOWER_EMITTER_H_
