#include "tools/reduce/smaller_sizes.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <utility>

#include "ir/base/status.h"
#include "ir/interpret/interpreter.h"
#include "ir/ops/op_info.h"

namespace eqsat::tools {
namespace {

using ir::Instruction;
using ir::OpCode;
using ir::Shape;

void Collect(const Shape& shape, std::set<int64_t, std::greater<>>* sizes) {
  if (shape.IsTuple())
    for (const Shape& element : shape.elements()) Collect(element, sizes);
  if (!shape.IsArray()) return;
  for (int64_t size : shape.dimensions())
    if (size > 1) sizes->insert(size);
}

class Shrinker {
 public:
  Shrinker(int64_t from, int64_t to) : from_(from), to_(to) {}

  absl::StatusOr<ir::Module> Run(const ir::Module& module) {
    ir::ModuleHeader header = module.header();
    header.entry_layout = std::nullopt;
    ir::Module small(std::move(header));
    for (const ir::Computation& computation : module.computations()) {
      EQSAT_ASSIGN_OR_RETURN(ir::Computation shrunk, Shrunk(small, computation));
      small.Add(std::move(shrunk));
    }
    small.set_entry(module.entry_id());
    return small;
  }

 private:
  int64_t Size(int64_t size) const { return size == from_ ? to_ : size; }

  void ShrinkEach(ir::DimensionVector* sizes) const {
    for (int64_t& size : *sizes) size = Size(size);
  }

  Shape Of(const Shape& shape) const {
    if (shape.IsTuple()) {
      std::vector<Shape> elements;
      for (const Shape& element : shape.elements()) elements.push_back(Of(element));
      return Shape::Tuple(std::move(elements));
    }
    if (!shape.IsArray() || shape.HasDynamicDimensions()) return shape;
    ir::DimensionVector sizes(shape.dimensions().begin(), shape.dimensions().end());
    if (std::ranges::find(sizes, from_) == sizes.end()) return shape;
    ShrinkEach(&sizes);
    return Shape(shape.element_type(), sizes);
  }

  void ShrinkWindow(ir::Window* window) const {
    for (ir::WindowDimension& dimension : *window) dimension.size = Size(dimension.size);
  }

  absl::StatusOr<ir::Attributes> AttributesOf(const Instruction& instruction) const {
    ir::Attributes attributes = instruction.Attrs();
    if (auto* slice = std::get_if<ir::SliceAttributes>(&attributes)) {
      for (ir::SliceRange& range : slice->slice) {
        range.limit = Size(range.limit);
        range.start = std::min(range.start, range.limit);
      }
    } else if (auto* dynamic = std::get_if<ir::DynamicSliceAttributes>(&attributes)) {
      ShrinkEach(&dynamic->dynamic_slice_sizes);
    } else if (auto* gather = std::get_if<ir::GatherAttributes>(&attributes)) {
      ShrinkEach(&gather->slice_sizes);
    } else if (auto* window = std::get_if<ir::WindowAttributes>(&attributes)) {
      ShrinkWindow(&window->window);
    } else if (auto* convolution = std::get_if<ir::ConvolutionAttributes>(&attributes)) {
      ShrinkWindow(&convolution->window);
    } else if (auto* constant = std::get_if<ir::ConstantAttributes>(&attributes)) {
      EQSAT_ASSIGN_OR_RETURN(constant->literal, FirstElements(constant->literal));
    }
    return attributes;
  }

  absl::StatusOr<ir::Literal> FirstElements(const ir::Literal& literal) const {
    const Shape shape = Of(literal.shape());
    if (!shape.IsArray() || Shape::Compatible(shape, literal.shape())) return literal;
    if (literal.is_unknown()) return ir::Literal::Unknown(shape);
    ir::SliceAttributes slice;
    for (int64_t size : shape.dimensions()) slice.slice.push_back({0, size, 1});
    return ir::EvaluateOp(OpCode::kSlice, slice, shape, {literal});
  }

  absl::StatusOr<ir::Computation> Shrunk(const ir::Module& module,
                                         const ir::Computation& computation) const {
    std::vector<Instruction> instructions;
    for (const Instruction& instruction : computation.instructions()) {
      Instruction copy = instruction;
      EQSAT_ASSIGN_OR_RETURN(ir::Attributes attributes, AttributesOf(instruction));
      copy.attributes = std::make_shared<const ir::Attributes>(std::move(attributes));
      copy.shape = Of(instruction.shape);
      std::vector<Shape> operands;
      for (ir::InstructionId id : instruction.operands)
        operands.push_back(instructions[id.value()].shape);
      const std::vector<ir::ProgramShape> regions = module.RegionShapes(copy);
      const ir::OpContext own{.opcode = copy.opcode,
                              .operands = operands,
                              .attributes = copy.Attrs(),
                              .regions = regions};
      ir::OpContext declared = own;
      declared.declared = &copy.shape;
      absl::StatusOr<Shape> inferred = ir::InferShape(declared);
      // A size may also come from others that changed.
      if (!inferred.ok()) {
        EQSAT_ASSIGN_OR_RETURN(copy.shape, ir::InferShape(own));
      }
      instructions.push_back(std::move(copy));
    }
    EQSAT_ASSIGN_OR_RETURN(
        ir::Computation shrunk,
        ir::Computation::Make(computation.name(), std::move(instructions), computation.root()));
    shrunk.set_execution_thread(computation.execution_thread());
    return shrunk;
  }

  int64_t from_;
  int64_t to_;
};

}  // namespace

std::vector<int64_t> SizesOf(const ir::Module& module) {
  std::set<int64_t, std::greater<>> sizes;
  for (const ir::Computation& computation : module.computations())
    for (const Instruction& instruction : computation.instructions())
      Collect(instruction.shape, &sizes);
  return {sizes.begin(), sizes.end()};
}

absl::StatusOr<ir::Module> WithSize(const ir::Module& module, int64_t from, int64_t to) {
  return Shrinker(from, to).Run(module);
}

}  // namespace eqsat::tools
