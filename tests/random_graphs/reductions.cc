#include "tests/random_graphs/recipes.h"

namespace eqsat::random_graphs {
namespace {

OpCode Folding(Draft& d, ElementType type) {
  using enum OpCode;
  if (type == ElementType::kPred) return d.Chance(50) ? kAnd : kOr;
  if (IsIntegral(type) && d.Chance(30)) return d.Chance(50) ? kAnd : kXor;
  return d.random().Pick(std::vector<OpCode>{kAdd, kAdd, kMaximum, kMinimum, kMultiply});
}

DimensionVector SomeDimensions(Draft& d, int64_t rank) {
  DimensionVector some;
  for (int64_t i = 0; i < rank; ++i)
    if (d.Chance(50)) some.push_back(i);
  return some;
}

// The larger value with its place, as argmax is written.
InstructionId WriteArgMax(Draft& d, const std::vector<InstructionId>& p) {
  InstructionId keep =
      d.Add(OpCode::kCompare, {p[0], p[2]}, ir::CompareAttributes{ir::ComparisonDirection::kGe});
  InstructionId value = d.Add(OpCode::kSelect, {keep, p[0], p[2]});
  return d.Add(OpCode::kTuple, {value, d.Add(OpCode::kSelect, {keep, p[1], p[3]})});
}

void Reduce(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsOrdered, 1);
  const Shape shape = d.shape(a);
  ir::DimensionsAttributes attributes{SomeDimensions(d, shape.rank())};
  Shape scalar(shape.element_type(), {});
  if (d.Chance(80)) {
    ElementType type = shape.element_type();
    d.Add(opcode, {a, d.Of(scalar)}, attributes, {d.ScalarRegion(Folding(d, type), type)});
    return;
  }
  Shape place(ElementType::kS32, {});
  InstructionId places = d.Of(shape.WithElementType(ElementType::kS32));
  ir::ComputationId region = d.Region({scalar, place, scalar, place}, WriteArgMax);
  InstructionId both = d.Add(opcode, {a, places, d.Of(scalar), d.Of(place)}, attributes, {region});
  d.Add(OpCode::kGetTupleElement, {both}, ir::GetTupleElementAttributes{d.Between(0, 1)});
}

ir::WindowDimension Window(Draft& d, int64_t size) {
  ir::WindowDimension w;
  if (size > 0 && d.Chance(60)) w.size = d.Between(1, size);
  if (d.Chance(40)) w.stride = d.Between(1, 3);
  if (d.Chance(30)) w.padding_low = d.Between(0, 2);
  if (d.Chance(30)) w.padding_high = d.Between(0, 2);
  if (d.Chance(15)) w.window_dilation = 2;
  return w;
}

void ReduceWindow(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsNumber, 1);
  const Shape shape = d.shape(a);
  ElementType type = shape.element_type();
  ir::WindowAttributes attributes;
  for (int64_t size : shape.dimensions()) {
    attributes.window.push_back(Window(d, size));
    if (d.Chance(10)) attributes.window.back().base_dilation = 2;
  }
  d.Add(opcode, {a, d.Of(Shape(type, {}))}, attributes, {d.ScalarRegion(Folding(d, type), type)});
}

ir::ComputationId Comparison(Draft& d, ir::ComparisonDirection direction, ElementType type) {
  Shape scalar(type, {});
  return d.Region({scalar, scalar}, [&](Draft& inner, const std::vector<InstructionId>& p) {
    return inner.Add(OpCode::kCompare, {p[0], p[1]}, ir::CompareAttributes{direction});
  });
}

void SelectAndScatter(Draft& d, OpCode opcode) {
  InstructionId a = d.Parameter(Shape(d.Type(IsFloating), {d.Between(2, 4), d.Between(2, 4)}));
  const Shape shape = d.shape(a);
  ElementType type = shape.element_type();
  ir::WindowAttributes attributes;
  DimensionVector places;
  for (int64_t size : shape.dimensions()) {
    ir::WindowDimension w;
    w.size = d.Between(1, 2);
    w.stride = d.Between(1, 2);
    attributes.window.push_back(w);
    places.push_back((size - w.size) / w.stride + 1);
  }
  d.Add(opcode, {a, d.Of(Shape(type, places)), d.Of(Shape(type, {}))}, attributes,
        {Comparison(d, ir::ComparisonDirection::kGe, type), d.ScalarRegion(OpCode::kAdd, type)});
}

// One array, or keys with a second array that follows them. Keys are integers: floats with NaN have
// no order that every stable sort agrees on.
void Sort(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsIntegral, 1);
  const Shape shape = d.shape(a);
  ir::SortAttributes attributes{{d.Between(0, shape.rank() - 1)}, true};
  Shape key(shape.element_type(), {});
  if (d.Chance(60)) {
    d.Add(opcode, {a}, attributes,
          {Comparison(d, ir::ComparisonDirection::kLt, shape.element_type())});
    return;
  }
  InstructionId b = d.Of(shape.WithElementType(ElementType::kF32));
  Shape other(ElementType::kF32, {});
  ir::ComputationId region =
      d.Region({key, key, other, other}, [](Draft& inner, const std::vector<InstructionId>& p) {
        return inner.Add(OpCode::kCompare, {p[0], p[1]},
                         ir::CompareAttributes{ir::ComparisonDirection::kGt});
      });
  InstructionId both = d.Add(opcode, {a, b}, attributes, {region});
  d.Add(OpCode::kGetTupleElement, {both}, ir::GetTupleElementAttributes{d.Between(0, 1)});
}

void TopK(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsNumber, 1, 2);
  const Shape shape = d.shape(a);
  ir::TopKAttributes attributes;
  attributes.k = d.Between(0, shape.dimension(shape.rank() - 1));
  attributes.largest = d.Chance(70);
  InstructionId both = d.Add(opcode, {a}, attributes);
  d.Add(OpCode::kGetTupleElement, {both}, ir::GetTupleElementAttributes{d.Between(0, 1)});
}

}  // namespace

void AddReductions(Recipes& recipes) {
  using enum OpCode;
  recipes.insert(recipes.end(), {{kReduce, Reduce},
                                 {kReduceWindow, ReduceWindow},
                                 {kSelectAndScatter, SelectAndScatter},
                                 {kSort, Sort},
                                 {kTopk, TopK}});
}

}  // namespace eqsat::random_graphs
