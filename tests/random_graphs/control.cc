#include "tests/random_graphs/recipes.h"

namespace eqsat::random_graphs {
namespace {

// Two values of `shape` to one.
ir::ComputationId StepRegion(Draft& d, const Shape& shape) {
  return d.Region({shape, shape}, [](Draft& inner, const std::vector<InstructionId>& p) {
    InstructionId value = inner.Add(OpCode::kMinimum, {p[0], p[1]});
    if (inner.Chance(60)) value = inner.Add(OpCode::kMultiply, {value, p[0]});
    if (inner.Chance(40)) value = inner.Add(OpCode::kAdd, {p[1], value});
    return value;
  });
}

void Call(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsNumber);
  const Shape shape = d.shape(a);
  d.Add(opcode, {a, d.Of(shape)}, ir::GetOpInfo(opcode).attributes, {StepRegion(d, shape)});
}

void Conditional(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsNumber);
  const Shape shape = d.shape(a);
  auto branch = [&](OpCode op) {
    return d.Region({shape}, [&](Draft& inner, const std::vector<InstructionId>& p) {
      return inner.Add(op, {p[0], p[0]});
    });
  };
  std::vector<ir::ComputationId> branches = {branch(OpCode::kAdd), branch(OpCode::kMultiply)};
  ElementType chooser = d.Chance(50) ? ElementType::kPred : ElementType::kS32;
  if (chooser == ElementType::kS32 && d.Chance(50)) branches.push_back(branch(OpCode::kMaximum));
  std::vector<InstructionId> operands = {d.Of(Shape(chooser, {}))};
  for (size_t i = 0; i < branches.size(); ++i) operands.push_back(i == 0 ? a : d.Of(shape));
  d.Add(opcode, operands, ir::GetOpInfo(opcode).attributes, branches);
}

// A counter from 0 to at most 3, and a value that each turn changes.
void While(Draft& d, OpCode opcode) {
  InstructionId a = d.Any(IsNumber);
  const Shape shape = d.shape(a);
  const Shape counter(ElementType::kS32, {});
  const Shape state = Shape::Tuple({counter, shape, shape});
  const auto turns = static_cast<int32_t>(d.Between(0, 3));
  auto element = [](Draft& inner, InstructionId tuple, int64_t i) {
    return inner.Add(OpCode::kGetTupleElement, {tuple}, ir::GetTupleElementAttributes{i});
  };
  auto number = [&](Draft& inner, int32_t n) {
    ir::ConstantAttributes literal{ir::Literal::Of<int32_t>(counter, {n})};
    return inner.Add(OpCode::kConstant, {}, literal);
  };
  ir::ComputationId body =
      d.Region({state}, [&](Draft& inner, const std::vector<InstructionId>& p) {
        InstructionId i = element(inner, p[0], 0);
        InstructionId other = element(inner, p[0], 2);
        InstructionId value = inner.Add(OpCode::kSubtract, {element(inner, p[0], 1), other});
        if (inner.Chance(50)) value = inner.Add(OpCode::kMaximum, {value, other});
        return inner.Add(OpCode::kTuple,
                         {inner.Add(OpCode::kAdd, {i, number(inner, 1)}), value, other});
      });
  ir::ComputationId condition =
      d.Region({state}, [&](Draft& inner, const std::vector<InstructionId>& p) {
        return inner.Add(OpCode::kCompare, {element(inner, p[0], 0), number(inner, turns)},
                         ir::CompareAttributes{ir::ComparisonDirection::kLt});
      });
  InstructionId start = d.Add(OpCode::kTuple, {number(d, 0), a, d.Of(shape)});
  InstructionId end = d.Add(opcode, {start}, ir::GetOpInfo(opcode).attributes, {condition, body});
  element(d, end, 1);
}

void TupleAndBack(Draft& d, OpCode) {
  InstructionId both = d.Add(OpCode::kTuple, {d.Any(IsAny), d.Any(IsAny)});
  d.Add(OpCode::kGetTupleElement, {both}, ir::GetTupleElementAttributes{d.Between(0, 1)});
}

void Dependency(Draft& d, OpCode) {
  InstructionId token = d.Add(OpCode::kAfterAll, {});
  d.Add(OpCode::kAddDependency, {d.Any(IsAny), token});
}

void RandomBits(Draft& d, OpCode opcode) {
  InstructionId state = d.Of(Shape(ElementType::kU64, {2}));
  ir::RngBitGeneratorAttributes attributes{d.Chance(50) ? ir::RandomAlgorithm::kPhilox
                                                        : ir::RandomAlgorithm::kThreeFry};
  Shape result = Shape::Tuple(
      {Shape(ElementType::kU64, {2}), Shape(ElementType::kU32, d.Sizes(d.Between(0, 2)))});
  InstructionId both = d.Add(opcode, {state}, attributes, {}, &result);
  d.Add(OpCode::kGetTupleElement, {both}, ir::GetTupleElementAttributes{1});
}

}  // namespace

void AddControl(Recipes& recipes) {
  using enum OpCode;
  recipes.insert(recipes.end(), {{kCall, Call},
                                 {kFusion, Call},
                                 {kConditional, Conditional},
                                 {kWhile, While},
                                 {kGetTupleElement, TupleAndBack},
                                 {kAddDependency, Dependency},
                                 {kRngBitGenerator, RandomBits}});
}

}  // namespace eqsat::random_graphs
