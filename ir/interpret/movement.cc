// Ops that move elements (combiner kFirst) or make them of their position (kIndex).
#include <algorithm>
#include <cstring>

#include "ir/base/check.h"
#include "ir/interpret/access.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/evaluator.h"

namespace eqsat::ir {
namespace {

// Element moves depend on the elements' bytes alone.
struct alignas(16) Word16 {
  uint64_t parts[2];
};

template <typename Word>
void CopyRun(const Word* from, int64_t stride, Word* to, int64_t count) {
  if (stride == 1) {
    std::memcpy(to, from, count * sizeof(Word));
  } else if (stride == 0) {
    std::fill(to, to + count, *from);
  } else {
    for (int64_t i = 0; i < count; ++i) to[i] = from[i * stride];
  }
}

// Writes what `access` gives to the row that starts at `point`, whose last index is 0.
template <typename Word>
void CopyRow(const Access& access, const Word* from, DimensionVector& point, int64_t size,
             Word* to) {
  const int64_t last = static_cast<int64_t>(point.size()) - 1;
  if (access.IsAffineAlong(last)) {
    Interval range = access.HoldsAlong(last, size, point.data());
    if (range.begin >= range.end) return;
    const int64_t stride = access.Stride(last);
    const int64_t start = access.Offset(point.data()) + range.begin * stride;
    CopyRun(from + start, stride, to + range.begin, range.end - range.begin);
    return;
  }
  for (int64_t i = 0; i < size; ++i) {
    point[last] = i;
    if (access.Holds(point.data())) to[i] = from[access.Offset(point.data())];
  }
  point[last] = 0;
}

// The first access whose guards hold: later ones are written before it, and it over them.
template <typename Word>
void MoveElements(absl::Span<const Access> accesses, absl::Span<const Literal> operands,
                  absl::Span<const int64_t> space, uint8_t* result) {
  auto* to = reinterpret_cast<Word*>(result);
  DimensionVector point(space.size(), 0);
  const int64_t last = static_cast<int64_t>(space.size()) - 1;
  do {
    for (size_t a = accesses.size(); a-- > 0;) {
      const auto* from =
          reinterpret_cast<const Word*>(operands[accesses[a].operand()].bytes().data());
      CopyRow(accesses[a], from, point, space[last], to);
    }
    to += space[last];
  } while (Advance(point, space, 0, last));
}

absl::StatusOr<Literal> EvaluateMovement(const OpCall& call) {
  const IndexedForm form = FormOf(call);
  EQSAT_CHECK(form.combiner == Combiner::kFirst);
  if (call.shape.ElementCount() == 0) return Literal::Zero(call.shape);
  DimensionVector space = form.parallel;
  if (space.empty()) space.push_back(1);
  std::vector<Access> accesses = MakeAccesses(form, space, call.operands);
  std::vector<uint8_t> bytes(call.shape.ByteSize());
  auto move = [&]<typename Word>(Word) {
    MoveElements<Word>(accesses, call.operands, space, bytes.data());
  };
  switch (ByteWidth(call.shape.element_type())) {
    case 1:
      move(uint8_t{});
      break;
    case 2:
      move(uint16_t{});
      break;
    case 4:
      move(uint32_t{});
      break;
    case 8:
      move(uint64_t{});
      break;
    default:
      move(Word16{});
  }
  return Literal::FromBytes(call.shape, std::move(bytes));
}

absl::StatusOr<Literal> EvaluateIndex(const OpCall& call) {
  const IndexedForm form = FormOf(call);
  EQSAT_CHECK(form.combiner == Combiner::kIndex);
  PointFunction index(form.index, form.parallel);
  std::vector<int64_t> values;
  if (call.shape.ElementCount() == 0) return Literal::Zero(call.shape);
  values.reserve(call.shape.ElementCount());
  DimensionVector point(form.parallel.size(), 0);
  do {
    values.push_back(index.At(point.data()));
  } while (Advance(point, form.parallel, 0, static_cast<int64_t>(point.size())));
  return Literal::FromInt64s(call.shape, values);
}

// Row-major order is the same on both sides. The precision may change.
absl::StatusOr<Literal> EvaluateReshape(const OpCall& call) {
  return ConvertElements(call.operands[0], call.shape.element_type()).Reshaped(call.shape);
}

}  // namespace

void AddMovement(EvaluatorTable& table) {
  for (OpCode opcode : {OpCode::kBroadcast, OpCode::kTranspose, OpCode::kReverse,
                        OpCode::kConcatenate, OpCode::kSlice, OpCode::kPad})
    table[opcode].evaluate = EvaluateMovement;
  table[OpCode::kIota].evaluate = EvaluateIndex;
  table[OpCode::kReshape].evaluate = EvaluateReshape;
}

}  // namespace eqsat::ir
