// Reductions over an iteration space (combiner kReduce): reduce and reduce-window.
#include <algorithm>
#include <cstring>
#include <deque>

#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/interpret/access.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/fold.h"
#include "ir/interpret/region_function.h"

namespace eqsat::ir {
namespace {

// The operands and accesses of one reduction of n inputs to n results.
class Reduction {
 public:
  explicit Reduction(const OpCall& call);

  absl::StatusOr<Literal> Run();

 private:
  absl::Status Compute();
  void RunFold(const Fold& fold);
  absl::Status RunRegion(RegionFunction& region);
  absl::Status FoldByRegion(RegionFunction& region, absl::Span<void* const> accumulators);
  const std::byte* Element(size_t access, int64_t offset) const;
  const Shape& ResultShape(size_t i) const;
  std::byte* ResultElement(size_t i, int64_t position);
  // Calls visit(offset of the first, stride, count, first index) for each run of input 0 along the
  // last dimension where its guards hold, at the parallel point `point_`.
  template <typename Visit>
  void VisitRuns(Visit visit);

  const OpCall& call_;
  IndexedForm form_;
  size_t num_inputs_;
  bool nothing_to_reduce_;
  int64_t num_parallel_;
  DimensionVector space_;
  DimensionVector point_;
  std::vector<Access> accesses_;
  std::deque<ComputeArray> arrays_;  // of each access
  std::vector<ElementType> types_;   // of each accumulator
  std::deque<ComputeResult> results_;
};

Reduction::Reduction(const OpCall& call) : call_(call), form_(FormOf(call)) {
  EQSAT_CHECK(form_.combiner == Combiner::kReduce && form_.accesses.size() % 2 == 0);
  num_inputs_ = form_.accesses.size() / 2;
  nothing_to_reduce_ = std::ranges::find(form_.reduction, 0) != form_.reduction.end();
  num_parallel_ = static_cast<int64_t>(form_.parallel.size());
  space_ = form_.parallel;
  space_.insert(space_.end(), form_.reduction.begin(), form_.reduction.end());
  if (form_.reduction.empty()) space_.push_back(1);
  point_.assign(space_.size(), 0);
  accesses_ = MakeAccesses(form_, space_, call.operands);
  // Operands and initial values may differ from the region in precision: it decides.
  types_ = LeadingParameterTypes(call.regions, num_inputs_);
  for (size_t a = 0; a < accesses_.size(); ++a) {
    arrays_.emplace_back(
        ConvertElements(call.operands[accesses_[a].operand()], types_[a % num_inputs_]));
  }
  for (size_t i = 0; i < num_inputs_; ++i)
    results_.emplace_back(ResultShape(i).WithElementType(types_[i]));
}

const Shape& Reduction::ResultShape(size_t i) const {
  return call_.shape.IsTuple() ? call_.shape.element(static_cast<int64_t>(i)) : call_.shape;
}

const std::byte* Reduction::Element(size_t access, int64_t offset) const {
  const ComputeArray& array = arrays_[access];
  return static_cast<const std::byte*>(array.data()) + offset * ComputeBytes(array.type());
}

std::byte* Reduction::ResultElement(size_t i, int64_t position) {
  return results_[i].as<std::byte>() + position * ComputeBytes(types_[i]);
}

template <typename Visit>
void Reduction::VisitRuns(Visit visit) {
  const Access& input = accesses_[0];
  const int64_t last = static_cast<int64_t>(space_.size()) - 1;
  const bool affine = input.IsAffineAlong(last);
  const int64_t stride = affine ? input.Stride(last) : 0;
  do {
    if (affine) {
      Interval range = input.HoldsAlong(last, space_[last], point_.data());
      if (range.begin < range.end) {
        visit(input.Offset(point_.data()) + range.begin * stride, stride, range.end - range.begin,
              range.begin);
      }
      continue;
    }
    for (int64_t i = 0; i < space_[last]; ++i) {
      point_[last] = i;
      if (input.Holds(point_.data())) visit(input.Offset(point_.data()), 0, 1, i);
    }
    point_[last] = 0;
  } while (Advance(point_, space_, num_parallel_, last));
}

void Reduction::RunFold(const Fold& fold) {
  ScalarSlot accumulator;
  int64_t position = 0;
  do {
    fold.start(Element(1, accesses_[1].Offset(point_.data())), &accumulator);
    if (!nothing_to_reduce_) {
      VisitRuns([&](int64_t offset, int64_t stride, int64_t count, int64_t) {
        fold.run(Element(0, offset), stride, count, &accumulator);
      });
    }
    fold.finish(accumulator, ResultElement(0, position));
    ++position;
  } while (Advance(point_, space_, 0, num_parallel_));
}

absl::Status Reduction::RunRegion(RegionFunction& region) {
  std::vector<void*> accumulators(num_inputs_);
  int64_t position = 0;
  do {
    for (size_t i = 0; i < num_inputs_; ++i) {
      const size_t initial = num_inputs_ + i;
      accumulators[i] = ResultElement(i, position);
      std::memcpy(accumulators[i], Element(initial, accesses_[initial].Offset(point_.data())),
                  ComputeBytes(types_[i]));
    }
    if (!nothing_to_reduce_) EQSAT_RETURN_IF_ERROR(FoldByRegion(region, accumulators));
    ++position;
  } while (Advance(point_, space_, 0, num_parallel_));
  return absl::OkStatus();
}

absl::Status Reduction::FoldByRegion(RegionFunction& region, absl::Span<void* const> accumulators) {
  const int64_t last = static_cast<int64_t>(space_.size()) - 1;
  std::vector<const void*> arguments(accumulators.begin(), accumulators.end());
  arguments.resize(2 * num_inputs_);
  absl::Status status;
  VisitRuns([&](int64_t, int64_t, int64_t count, int64_t begin) {
    for (int64_t k = begin; k < begin + count && status.ok(); ++k) {
      point_[last] = k;
      for (size_t i = 0; i < num_inputs_; ++i)
        arguments[num_inputs_ + i] = Element(i, accesses_[i].Offset(point_.data()));
      status = region.Call(arguments, accumulators);
    }
    point_[last] = 0;
  });
  return status;
}

absl::Status Reduction::Compute() {
  std::vector<ElementType> parameters = types_;
  parameters.insert(parameters.end(), types_.begin(), types_.end());
  EQSAT_ASSIGN_OR_RETURN(RegionFunction region,
                         RegionFunction::Make(call_.regions, 0, parameters, types_));
  std::optional<Fold> fold;
  if (num_inputs_ == 1 && region.single_op()) {
    // Windows overlap, so that their sums are short.
    const SumPrecision sums =
        call_.opcode == OpCode::kReduce ? SumPrecision::kF64 : SumPrecision::kOwn;
    fold = FindFold(*region.single_op(), types_[0], sums);
  }
  if (!fold) return RunRegion(region);
  RunFold(*fold);
  return absl::OkStatus();
}

absl::StatusOr<Literal> Reduction::Run() {
  const bool no_result = std::ranges::find(form_.parallel, 0) != form_.parallel.end();
  if (!no_result) EQSAT_RETURN_IF_ERROR(Compute());
  std::vector<Literal> literals;
  for (size_t i = 0; i < num_inputs_; ++i) {
    literals.push_back(
        ConvertElements(std::move(results_[i]).Take(), ResultShape(i).element_type()));
  }
  return call_.shape.IsTuple() ? Literal::Tuple(std::move(literals)) : literals[0];
}

absl::StatusOr<Literal> EvaluateReduction(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(CheckScalarParameters(call.regions, 0, call.operands.size()));
  return Reduction(call).Run();
}

}  // namespace

void AddReduction(EvaluatorTable& table) {
  table[OpCode::kReduce].evaluate = EvaluateReduction;
  table[OpCode::kReduceWindow].evaluate = EvaluateReduction;
}

}  // namespace eqsat::ir
