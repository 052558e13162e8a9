// A computation that is being made up at random.
#ifndef EQSAT_TESTS_RANDOM_GRAPHS_DRAFT_H_
#define EQSAT_TESTS_RANDOM_GRAPHS_DRAFT_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "ir/base/random.h"
#include "ir/graph/computation_builder.h"
#include "ir/graph/module.h"
#include "ir/ops/op_info.h"

namespace eqsat::random_graphs {

using ir::DimensionVector;
using ir::ElementType;
using ir::InstructionId;
using ir::OpCode;
using ir::Shape;

using TypePredicate = bool (*)(ElementType);

// What all computations of one graph share.
struct Sketch {
  explicit Sketch(uint64_t seed) : random(seed) {}

  ir::Module module;
  base::Random random;
  int computations = 0;  // begun, for their names
};

// Values are drawn from what is already there, so that a graph has depth and sharing; where nothing
// fits, a parameter or a constant is added.
class Draft {
 public:
  // The computations that instructions call are added to the sketch's module.
  explicit Draft(Sketch& sketch)
      : sketch_(sketch),
        builder_(sketch.module, absl::StrFormat("computation%d", sketch.computations++)) {}

  base::Random& random() { return sketch_.random; }
  int64_t Between(int64_t low, int64_t high) { return random().Between(low, high); }
  bool Chance(int percent) { return random().Chance(percent); }

  // An array whose element type fulfils `fits`, of rank `low` to `high`.
  InstructionId Any(TypePredicate fits, int64_t low = 0, int64_t high = 4);
  // A value of exactly this shape.
  InstructionId Of(const Shape& shape);
  // Sizes 0 to 4, mostly small ones above 0.
  DimensionVector Sizes(int64_t rank);
  ElementType Type(TypePredicate fits);
  // A permutation of 0 … rank-1.
  DimensionVector Permutation(int64_t rank);

  // Dies where the op does not accept what it is given: recipes make valid graphs only.
  InstructionId Add(OpCode opcode, absl::Span<const InstructionId> operands,
                    ir::Attributes attributes, absl::Span<const ir::ComputationId> called = {},
                    const Shape* declared = nullptr);
  InstructionId Add(OpCode opcode, absl::Span<const InstructionId> operands,
                    const Shape* declared = nullptr);
  InstructionId Parameter(const Shape& shape);
  InstructionId Constant(const Shape& shape);
  Shape shape(InstructionId id) const { return builder_.shape(id); }  // by value: the draft grows

  // A computation of parameters of these shapes, by `write(draft, parameters)`, which returns the
  // root.
  template <typename Write>
  ir::ComputationId Region(absl::Span<const Shape> parameters, Write write) {
    Draft inner(sketch_);
    std::vector<InstructionId> values;
    for (const Shape& shape : parameters) values.push_back(inner.Parameter(shape));
    InstructionId root = write(inner, values);
    return std::move(inner).Finish(root);
  }
  // op(a, b) on scalars of one type.
  ir::ComputationId ScalarRegion(OpCode opcode, ElementType type);

  // The values that no other uses, as a tuple if there are several.
  InstructionId UnusedAsRoot();
  ir::ComputationId Finish(InstructionId root) &&;

  int64_t size() const { return static_cast<int64_t>(values_.size()); }

 private:
  InstructionId Remember(InstructionId id);

  Sketch& sketch_;
  ir::ComputationBuilder builder_;
  std::vector<InstructionId> values_;
  std::vector<int> uses_;  // by instruction
  int64_t parameters_ = 0;
};

bool IsAny(ElementType type);
bool IsNumber(ElementType type);    // integer or float
bool IsReal(ElementType type);      // IsNumber, wide enough to divide and to index with
bool IsFloating(ElementType type);  // f64, f32, bf16, f16
bool IsFloatOrComplex(ElementType type);
bool IsBits(ElementType type);  // integer or pred
bool IsIntegral(ElementType type);
bool IsOrdered(ElementType type);  // all but complex

}  // namespace eqsat::random_graphs

#endif  // EQSAT_TESTS_RANDOM_GRAPHS_DRAFT_H_
