// Reductions and contractions: folds over the reduction dimensions of an IndexedForm.
//
// HLO leaves the order of a fold open. Here: inputs in row-major order, or, where lanes share a
// row, each lane's own elements first and then a combination of the lanes. f16 and bf16 are folded
// in f32 and rounded once; a dot's products are added with one rounding each (fma).
#include <algorithm>
#include <cmath>

#include "codegen/lower/element.h"
#include "codegen/lower/emitter.h"

namespace eqsat::codegen {
namespace {

using ir::ElementType;
using ir::Instruction;
using ir::OpCode;

// Are the reduction dimensions consecutive dimensions of the first operand, in order? Then one loop
// over all of them walks it without divisions.
bool ReducesConsecutiveDimensions(const ir::IndexedForm& form) {
  if (form.reduction.size() < 2 || form.accesses.empty()) return false;
  int64_t rank = static_cast<int64_t>(form.parallel.size());
  const std::vector<ir::IndexExpr>& indices = form.accesses[0].indices;
  auto is = [&](const ir::IndexExpr& expr, int64_t dimension) {
    return expr.kind() == ir::IndexExpr::Kind::kDim && expr.value() == dimension;
  };
  for (size_t first = 0; first + form.reduction.size() <= indices.size(); ++first) {
    bool all = true;
    for (size_t i = 0; i < form.reduction.size(); ++i)
      all = all && is(indices[first + i], rank + static_cast<int64_t>(i));
    if (all) return true;
  }
  return false;
}

int64_t Product(absl::Span<const int64_t> dimensions) {
  int64_t product = 1;
  for (int64_t dimension : dimensions) product *= dimension;
  return product;
}

bool HasGuards(absl::Span<const ir::OperandAccess> accesses) {
  return std::any_of(accesses.begin(), accesses.end(),
                     [](const ir::OperandAccess& access) { return !access.guards.empty(); });
}

// May every lane start from `initial`, instead of one? True where region(initial, initial) =
// initial: for a maximum any, for a sum 0.
bool EveryLaneMayStart(KernelBuilder& b, const ir::Computation& region, ValueId initial) {
  if (region.size() != 3) return false;  // two parameters and one operation
  ElementType type = region.result_shape().element_type();
  auto is = [&](double value) {
    uint64_t bits = ir::IsFloat(type) ? *b.AsBits(b.Float(b.type(initial), value))
                                      : *b.AsBits(b.Int(b.type(initial), std::lround(value)));
    return b.AsBits(initial) == bits;
  };
  switch (region[region.root()].opcode) {
    case OpCode::kMaximum:
    case OpCode::kMinimum:
    case OpCode::kAnd:
    case OpCode::kOr:
      return true;
    case OpCode::kAdd:
      return is(0.0);
    case OpCode::kMultiply:
      return is(1.0);
    default:
      return false;
  }
}

}  // namespace

// --- Folds ---------------------------------------------------------------------------------------

Values Emitter::Fold(const ir::IndexedForm& form, absl::Span<const ir::OperandAccess> accesses,
                     const Indices& parallel, const Values& carried, const FoldBody& body) {
  if (HasGuards(accesses) || !ReducesConsecutiveDimensions(form))
    return FoldFrom(0, form, accesses, parallel, carried, body);
  int64_t count = Product(form.reduction);
  return b_.For(count, carried, [&](ValueId index, const Values& inner) {
    Indices point = parallel;
    for (Index& i : space_.Delinearize(space_.Variable(index, {0, count}), form.reduction))
      point.push_back(std::move(i));
    return body(point, inner);
  });
}

// A guard is tested as soon as the dimensions that it mentions are there.
Values Emitter::FoldFrom(size_t depth, const ir::IndexedForm& form,
                         absl::Span<const ir::OperandAccess> accesses, Indices point,
                         const Values& carried, const FoldBody& body) {
  int64_t known = static_cast<int64_t>(form.parallel.size() + depth);
  ir::OperandAccess due;
  for (const ir::OperandAccess& access : accesses) {
    for (const ir::IndexGuard& guard : access.guards) {
      int64_t last = MaxDimension(guard.expr);
      if (last == known - 1 || (depth == 0 && last < known)) due.guards.push_back(guard);
    }
  }
  auto rest = [&] {
    if (depth == form.reduction.size()) return body(point, carried);
    int64_t extent = form.reduction[depth];
    return b_.For(extent, carried, [&](ValueId index, const Values& inner) {
      Indices next = point;
      next.push_back(space_.Variable(index, {0, extent}));
      return FoldFrom(depth + 1, form, accesses, std::move(next), inner, body);
    });
  };
  return b_.If(GuardsHold(due, point), rest, [&] { return carried; });
}

Values Emitter::FoldByLanes(const Instruction& reduce, const ir::IndexedForm& form,
                            const Indices& parallel, const Values& initial, const FoldBody& body) {
  const ir::Computation& region = module_[reduce.called[0]];
  int64_t count = Product(form.reduction);
  auto point_at = [&](ValueId index, IndexRange range) {
    Indices point = parallel;
    for (Index& i : space_.Delinearize(space_.Variable(index, range), form.reduction))
      point.push_back(std::move(i));
    return point;
  };
  auto step = [&](ValueId index, const Values& carried) {
    return body(point_at(index, {0, count}), carried);
  };
  ValueId lane = b_.Lane(), end = b_.Index(count), stride = b_.Index(lanes_);
  auto combine = [&](const Values& a, const Values& x) {
    Values both = a;
    both.insert(both.end(), x.begin(), x.end());
    return EmitRegion(region, both, Rounding::kNever);
  };
  if (initial.size() == 1 && EveryLaneMayStart(b_, region, initial[0]))
    return b_.GroupReduce(b_.For(lane, end, stride, initial, step), combine);
  // The first lane starts from the initial values, the others from what makes the first step: a
  // flag says whether there is anything yet.
  Values start = initial;
  start.push_back(b_.Binary(Op::kEq, lane, b_.Index(0)));
  auto join = [&](const Values& a, const Values& x) {
    Values av(a.begin(), a.end() - 1), xv(x.begin(), x.end() - 1);
    Values joined = combine(av, xv);
    for (size_t i = 0; i < joined.size(); ++i)
      joined[i] = b_.Select(a.back(), b_.Select(x.back(), joined[i], av[i]), xv[i]);
    joined.push_back(b_.Binary(Op::kOr, a.back(), x.back()));
    return joined;
  };
  Values total = b_.GroupReduce(b_.For(lane, end, stride, start,
                                       [&](ValueId index, const Values& carried) {
                                         Values x =
                                             EmitInputs(reduce, form, point_at(index, {0, count}));
                                         x.push_back(b_.Bits(Scalar::kI1, 1));
                                         return join(carried, x);
                                       }),
                                join);
  total.pop_back();
  return total;
}

// --- Reduce --------------------------------------------------------------------------------------

Values Emitter::EmitInputs(const Instruction& reduce, const ir::IndexedForm& form,
                           const Indices& point) {
  Values inputs;
  for (size_t i = 0; i < form.accesses.size() / 2; ++i)
    inputs.push_back(Widen(EmitAccess(reduce, form.accesses[i], point), point));
  return inputs;
}

Values Emitter::EmitReduce(ir::InstructionId id, const Indices& indices) {
  const Instruction& reduce = computation_[id];
  const ir::IndexedForm& form = FormOf(id);
  const ir::Computation& region = module_[reduce.called[0]];
  size_t num_inputs = form.accesses.size() / 2;
  auto inputs = absl::MakeConstSpan(form.accesses).subspan(0, num_inputs);
  Values initial;
  for (size_t i = 0; i < num_inputs; ++i)
    initial.push_back(Widen(EmitAccess(reduce, form.accesses[num_inputs + i], indices), indices));
  FoldBody body = [&](const Indices& point, const Values& carried) {
    Values arguments = carried;
    for (ValueId input : EmitInputs(reduce, form, point)) {
      bool is_vector = b_.type(carried[0]).width > 1;
      arguments.push_back(is_vector ? b_.Splat(input, vector_width_) : input);
    }
    Values next = EmitRegion(region, arguments, Rounding::kNever);
    if (num_inputs == 1) b_.MarkReassociable(next[0], arguments[0], arguments[1]);
    return next;
  };
  bool shared = lanes_ > 1 && !HasGuards(inputs);
  Values results = shared ? FoldByLanes(reduce, form, indices, initial, body)
                          : Fold(form, inputs, indices, initial, body);
  for (size_t i = 0; i < results.size(); ++i) {
    ArrayRef array{id, static_cast<int64_t>(i)};
    results[i] = RoundTo(b_, ShapeOf(array).element_type(), results[i]);
    memo_[{array, indices}] = {results[i], b_.current_block()};
  }
  return results;
}

// --- Dot -----------------------------------------------------------------------------------------

ValueId Emitter::MultiplyAdd(const Instruction& dot, ValueId a, ValueId b, ValueId acc) {
  ElementType result = dot.shape.element_type();
  ElementType lhs = computation_[dot.operands[0]].shape.element_type();
  ElementType rhs = computation_[dot.operands[1]].shape.element_type();
  // Held in f32, a float operand needs no rounding to a 16-bit result type.
  auto convert = [&](ElementType from, ValueId value) {
    bool wide = ir::IsFloat(from) && RoundsAfterOps(result);
    return ConvertElement(b_, from, wide ? ElementType::kF32 : result, value);
  };
  int width = b_.type(acc).width;
  ValueId x = b_.Splat(convert(lhs, a), width), y = b_.Splat(convert(rhs, b), width);
  if (ir::IsFloat(result)) return b_.Fma(x, y, acc);
  if (result == ElementType::kPred) return b_.Binary(Op::kOr, acc, b_.Binary(Op::kAnd, x, y));
  return b_.Binary(Op::kAdd, acc, b_.Binary(Op::kMul, x, y));
}

ValueId Emitter::EmitDot(ir::InstructionId id, const Indices& indices) {
  const Instruction& dot = computation_[id];
  const ir::IndexedForm& form = FormOf(id);
  ValueId zero = b_.Bits(ComputeScalar(dot.shape.element_type()), 0);
  return Fold(form, form.accesses, indices, {Widen(zero, indices)},
              [&](const Indices& point, const Values& carried) {
                ValueId a = EmitAccess(dot, form.accesses[0], point);
                ValueId b = EmitAccess(dot, form.accesses[1], point);
                return Values{MultiplyAdd(dot, a, b, carried[0])};
              })[0];
}

ValueId Emitter::FinishDot(const Instruction& dot, ValueId acc) {
  return RoundTo(b_, dot.shape.element_type(), acc);
}

}  // namespace eqsat::codegen
