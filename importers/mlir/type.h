// The types of an MLIR program that StableHLO uses.
//
// Readers of text and of bytecode make them; importers/stablehlo turns them into ir::Shape.
#ifndef EQSAT_IMPORTERS_MLIR_TYPE_H_
#define EQSAT_IMPORTERS_MLIR_TYPE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ir/shape/element_type.h"
#include "ir/shape/layout.h"

namespace eqsat::importers::mlir {

enum class TypeKind : uint8_t {
  kNone,            // `none`, and the type of what has no type
  kElement,         // a number: i1 (pred), i8 and si8 (s8), ui8 (u8), f32, complex<f32> (c64), …
  kIndex,           // `index`
  kQuantized,       // `!quant.uniform<i8:f32, 0.5:3>`
  kTensor,          // `tensor<2x?xf32>`
  kUnrankedTensor,  // `tensor<*xf32>`
  kMemRef,          // `memref<2xf32>`: a buffer
  kToken,           // `!stablehlo.token`
  kTuple,           // `tuple<…>`
  kFuture,          // `!stablehlo.future<…>`
  kFunction,        // `(…) -> (…)`
  kOpaque,          // any other, kept as its text: `tf32`, `!sdy.foo<1>`, `i3`
};

// `storage` numbers q stand for scale·(q − zero_point) of type `expressed`.
struct Quantization {
  ir::ElementType storage = ir::ElementType::kS8;
  ir::ElementType expressed = ir::ElementType::kF32;
  int64_t storage_min = 0;  // the storage type's own bounds unless narrower ones were given
  int64_t storage_max = 0;
  // One entry for the whole tensor, or one for each place along the quantized axes, row-major.
  std::vector<double> scales;
  std::vector<int64_t> zero_points;  // as many as scales
  // Empty: per tensor. One axis with block size 0: per axis. Else sub-channel: axis, block size.
  std::vector<int64_t> axes;
  std::vector<int64_t> block_sizes;

  bool operator==(const Quantization&) const = default;
};

// An immutable value, cheap to copy. Which accessors are legal depends on kind(); the others die.
class Type {
 public:
  static constexpr int64_t kDynamic = -1;  // a `?` dimension, or one without a bound

  Type() = default;  // kNone

  static Type Element(ir::ElementType element);
  static Type Index();
  static Type Quantized(Quantization quantization);
  // `element` is kElement, kIndex, kQuantized or kOpaque. `bounds` is empty, or holds for each
  // dimension its bound or kDynamic (`#stablehlo.bounds<8, ?>`).
  static Type Tensor(Type element, ir::DimensionVector dimensions, ir::DimensionVector bounds = {});
  static Type UnrankedTensor(Type element);
  static Type MemRef(Type element, ir::DimensionVector dimensions);
  static Type Token();
  static Type Tuple(std::vector<Type> elements);
  static Type Future(std::vector<Type> elements);
  static Type Function(std::vector<Type> inputs, std::vector<Type> results);
  static Type Opaque(std::string text);

  TypeKind kind() const { return node_ ? node_->kind : TypeKind::kNone; }
  bool IsTensor() const { return kind() == TypeKind::kTensor; }
  // A tensor whose elements are quantized, or a quantized type itself?
  bool IsQuantized() const;

  // kElement.
  ir::ElementType element() const;
  // kQuantized.
  const Quantization& quantization() const;
  // kTensor, kUnrankedTensor, kMemRef: the type of one element.
  const Type& element_type() const;
  // kTensor, kMemRef. Sizes are >= 0 or kDynamic.
  const ir::DimensionVector& dimensions() const;
  const ir::DimensionVector& bounds() const;
  // kTuple, kFuture: the elements. kFunction: the inputs.
  const std::vector<Type>& elements() const;
  // kFunction.
  const std::vector<Type>& results() const;

  // As MLIR writes it; for messages, and for what is passed on as text.
  std::string ToString() const;

  friend bool operator==(const Type& a, const Type& b);

 private:
  struct Node {
    TypeKind kind = TypeKind::kNone;
    ir::ElementType element = ir::ElementType::kPred;
    ir::DimensionVector dimensions;
    ir::DimensionVector bounds;
    std::vector<Type> elements;  // of tensors: one, the element type
    std::vector<Type> results;
    Quantization quantization;
    std::string text;  // kOpaque
  };

  static Type Of(Node node) { return Type(std::make_shared<const Node>(std::move(node))); }
  explicit Type(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

  std::shared_ptr<const Node> node_;
};

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_TYPE_H_
