#include "ir/graph/trip_count.h"

#include <limits>

#include "absl/numeric/int128.h"

namespace eqsat::ir {
namespace {

// The counter within the carried value: a tuple's element, or -1 for a scalar that is carried
// alone.
using CounterIndex = int64_t;

// Through what does not change a value.
const Instruction& Resolve(const Computation& computation, InstructionId id) {
  while (computation[id].opcode == OpCode::kCopy || computation[id].opcode == OpCode::kOptBarrier)
    id = computation[id].operands[0];
  return computation[id];
}

std::optional<int64_t> ConstantScalar(const Computation& computation, InstructionId id) {
  const Instruction& constant = Resolve(computation, id);
  if (constant.opcode != OpCode::kConstant || !constant.shape.IsScalar() ||
      !IsInteger(constant.shape.element_type()))
    return std::nullopt;
  const Literal& literal = constant.attr<ConstantAttributes>().literal;
  if (literal.is_unknown()) return std::nullopt;
  return literal.AsInt64(0);
}

// Which part of the computation's one parameter `id` is.
std::optional<CounterIndex> CarriedPart(const Computation& computation, InstructionId id) {
  const Instruction& value = Resolve(computation, id);
  if (value.opcode == OpCode::kParameter) return -1;
  if (value.opcode != OpCode::kGetTupleElement) return std::nullopt;
  if (Resolve(computation, value.operands[0]).opcode != OpCode::kParameter) return std::nullopt;
  return value.attr<GetTupleElementAttributes>().index;
}

// counter `direction` bound
struct Exit {
  CounterIndex counter;
  ComparisonDirection direction;
  int64_t bound;
};

ComparisonDirection Mirrored(ComparisonDirection direction) {
  switch (direction) {
    case ComparisonDirection::kGe:
      return ComparisonDirection::kLe;
    case ComparisonDirection::kGt:
      return ComparisonDirection::kLt;
    case ComparisonDirection::kLe:
      return ComparisonDirection::kGe;
    case ComparisonDirection::kLt:
      return ComparisonDirection::kGt;
    default:
      return direction;
  }
}

std::optional<Exit> FindExit(const Computation& condition) {
  const Instruction& root = Resolve(condition, condition.root());
  if (root.opcode != OpCode::kCompare) return std::nullopt;
  const auto direction = root.attr<CompareAttributes>().direction;
  for (int side = 0; side < 2; ++side) {
    auto counter = CarriedPart(condition, root.operands[side]);
    auto bound = ConstantScalar(condition, root.operands[1 - side]);
    if (counter && bound)
      return Exit{*counter, side == 0 ? direction : Mirrored(direction), *bound};
  }
  return std::nullopt;
}

// The carried part's value, given the whole one.
std::optional<InstructionId> PartOf(const Computation& computation, InstructionId whole,
                                    CounterIndex counter) {
  if (counter < 0) return whole;
  const Instruction& tuple = Resolve(computation, whole);
  if (tuple.opcode != OpCode::kTuple || counter >= static_cast<int64_t>(tuple.operands.size()))
    return std::nullopt;
  return tuple.operands[counter];
}

std::optional<absl::int128> FindStep(const Computation& body, CounterIndex counter) {
  auto part = PartOf(body, body.root(), counter);
  if (!part) return std::nullopt;
  const Instruction& next = Resolve(body, *part);
  const bool subtract = next.opcode == OpCode::kSubtract;
  if (next.opcode != OpCode::kAdd && !subtract) return std::nullopt;
  for (int side = 0; side < (subtract ? 1 : 2); ++side) {
    auto step = ConstantScalar(body, next.operands[1 - side]);
    if (!step || CarriedPart(body, next.operands[side]) != counter) continue;
    return subtract ? -absl::int128(*step) : absl::int128(*step);
  }
  return std::nullopt;
}

std::optional<int64_t> ToCount(absl::int128 steps) {
  if (steps < 0) return 0;
  if (steps > std::numeric_limits<int64_t>::max()) return std::nullopt;
  return static_cast<int64_t>(steps);
}

// Steps of size `step` from `first` while below `bound`; 128 bits hold every difference.
std::optional<int64_t> Steps(absl::int128 first, absl::int128 bound, absl::int128 step) {
  if (step <= 0) return std::nullopt;
  return ToCount((bound - first + step - 1) / step);
}

std::optional<int64_t> Count(absl::int128 start, const Exit& exit, absl::int128 step) {
  const absl::int128 bound = exit.bound;
  switch (exit.direction) {
    case ComparisonDirection::kLt:
      return Steps(start, bound, step);
    case ComparisonDirection::kLe:
      return Steps(start, bound + 1, step);
    case ComparisonDirection::kGt:
      return Steps(-start, -bound, -step);
    case ComparisonDirection::kGe:
      return Steps(-start, -bound + 1, -step);
    case ComparisonDirection::kNe:
      if (step == 0 || (bound - start) % step != 0 || (bound - start) / step < 0)
        return std::nullopt;
      return ToCount((bound - start) / step);
    case ComparisonDirection::kEq:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<int64_t> TripCount(const Module& module, const Computation& computation,
                                 const Instruction& loop) {
  if (loop.opcode != OpCode::kWhile || loop.called.size() != 2) return std::nullopt;
  const Computation& condition = module[loop.called[0]];
  const Computation& body = module[loop.called[1]];
  auto exit = FindExit(condition);
  if (!exit) return std::nullopt;
  auto step = FindStep(body, exit->counter);
  auto initial = PartOf(computation, loop.operands[0], exit->counter);
  if (!step || !initial) return std::nullopt;
  auto start = ConstantScalar(computation, *initial);
  if (!start) return std::nullopt;
  return Count(*start, *exit, *step);
}

}  // namespace eqsat::ir
