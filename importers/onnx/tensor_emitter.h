// The vocabulary in which operators are spelt out: tensors that broadcast as NumPy's do.
#ifndef EQSAT_IMPORTERS_ONNX_TENSOR_EMITTER_H_
#define EQSAT_IMPORTERS_ONNX_TENSOR_EMITTER_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "importers/hlo_emitter.h"
#include "ir/shape/literal.h"

namespace eqsat::importers::onnx {

using Direction = ir::ComparisonDirection;
using Sizes = std::vector<int64_t>;

// Reducing computations of a module by operation and type: each is made once.
using CombinerMap = std::map<std::pair<OpCode, ir::ElementType>, ir::ComputationId>;

enum class Keep : uint8_t { kNo, kYes };  // reduced dimensions, with size 1

// Like all of HloEmitter: what is done with an invalid id gives an invalid id.
class TensorEmitter : public HloEmitter {
 public:
  // --- Types. Those of an invalid id are empty. ---
  ir::ElementType type(InstructionId id) const { return shape(id).element_type(); }
  int64_t rank(InstructionId id) const { return shape(id).rank(); }
  // 0 if there is no such dimension.
  int64_t size(InstructionId id, int64_t dim) const;
  Sizes sizes(InstructionId id) const;
  // The dimension that `axis` means, which may count from the end; fails outside `rank`.
  int64_t Axis(int64_t axis, int64_t rank);
  // All distinct.
  Sizes Axes(absl::Span<const int64_t> axes, int64_t rank);

  // --- Constants ---
  InstructionId Scalar(ir::ElementType type, double value);
  InstructionId Ints(absl::Span<const int64_t> values);  // s64[n]
  InstructionId Doubles(ir::ElementType type, const Sizes& sizes, absl::Span<const double> values);
  InstructionId Full(ir::ElementType type, const Sizes& sizes, double value);
  InstructionId Iota(ir::ElementType type, const Sizes& sizes, int64_t dim);

  // --- Elementwise ---
  // To `sizes`, whose last dimensions the operand's are.
  InstructionId Expand(InstructionId operand, const Sizes& sizes);
  // To the sizes that all have in common.
  void Align(std::vector<InstructionId>* operands);
  // Of aligned operands; a number takes the type of the operand beside it.
  InstructionId Binary(OpCode opcode, InstructionId a, InstructionId b);
  InstructionId Binary(OpCode opcode, InstructionId a, double b);
  InstructionId AddTo(InstructionId a, InstructionId b) { return Binary(OpCode::kAdd, a, b); }
  InstructionId Sub(InstructionId a, InstructionId b) { return Binary(OpCode::kSubtract, a, b); }
  InstructionId Mul(InstructionId a, InstructionId b) { return Binary(OpCode::kMultiply, a, b); }
  InstructionId Div(InstructionId a, InstructionId b) { return Binary(OpCode::kDivide, a, b); }
  InstructionId AddTo(InstructionId a, double b) { return Binary(OpCode::kAdd, a, b); }
  InstructionId Mul(InstructionId a, double b) { return Binary(OpCode::kMultiply, a, b); }
  InstructionId Unary(OpCode opcode, InstructionId a) { return Add(opcode, {a}); }
  InstructionId Comparing(InstructionId a, Direction direction, InstructionId b);
  InstructionId Comparing(InstructionId a, Direction direction, double b);
  InstructionId Select(InstructionId condition, InstructionId yes, InstructionId no);
  InstructionId Clamp(InstructionId low, InstructionId operand, InstructionId high);

  // --- Movement ---
  InstructionId Slice(InstructionId operand, int64_t dim, int64_t start, int64_t limit,
                      int64_t stride = 1);
  InstructionId Concatenate(absl::Span<const InstructionId> operands, int64_t dim);
  // An entry for each dimension; low and high may be negative, `interior` empty.
  InstructionId Pad(InstructionId operand, InstructionId value, const Sizes& low, const Sizes& high,
                    const Sizes& interior = {});
  InstructionId Reverse(InstructionId operand, const Sizes& dims);
  InstructionId Squeeze(InstructionId operand, int64_t dim);    // which has size 1
  InstructionId Unsqueeze(InstructionId operand, int64_t dim);  // before `dim`, with size 1
  // A vector along `dim` of rank `rank`; sizes of 1 elsewhere.
  InstructionId Along(InstructionId vector, int64_t dim, int64_t rank);
  // `from` becomes `to`, the others keep their order.
  InstructionId MoveDimension(InstructionId operand, int64_t from, int64_t to);

  // The slice of `x` at `i`, of type s64, along `dim`, without that dimension; `buffer` with
  // `value` as that slice.
  InstructionId SliceAt(InstructionId x, InstructionId i, int64_t dim);
  InstructionId WithSliceAt(InstructionId buffer, InstructionId value, InstructionId i,
                            int64_t dim);

  // --- Reductions: add, multiply, maximum, minimum, and, or ---
  InstructionId Reduce(OpCode opcode, InstructionId operand, const Sizes& dims, Keep keep);
  ir::ComputationId Combiner(OpCode opcode, ir::ElementType type);
  // The value that changes nothing.
  InstructionId Neutral(OpCode opcode, ir::ElementType type);
  InstructionId Dot(InstructionId a, InstructionId b, ir::DotAttributes attributes);
  // The last dimension of `a` with the last but one of `b`; dimensions before them broadcast.
  InstructionId MatMul(InstructionId a, InstructionId b);

 protected:
  TensorEmitter(ir::Module& module, CombinerMap& combiners, std::string name)
      : HloEmitter(module, std::move(name)), module_(module), combiners_(combiners) {}

  virtual std::string FreshName(std::string_view name) = 0;

 private:
  ir::Module& module_;
  CombinerMap& combiners_;
};

// The largest and the least value of a type: for floats the infinities, where there are any.
ir::Literal HighestValue(ir::ElementType type);
ir::Literal LowestValue(ir::ElementType type);
}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_TENSOR_EMITTER_H_
