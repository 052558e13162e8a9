// sort and topk.
#include <algorithm>
#include <cstring>
#include <deque>
#include <numeric>
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/compute_type.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/region_function.h"
#include "ir/interpret/scalar_arithmetic.h"

namespace eqsat::ir {
namespace {

// A stable bottom-up merge sort, safe under any answers of `less`: a comparator from input need not
// be an order.
template <typename Less>
void MergeSort(std::vector<int64_t>& items, Less less) {
  std::vector<int64_t> merged(items.size());
  const size_t count = items.size();
  for (size_t run = 1; run < count; run *= 2) {
    for (size_t begin = 0; begin < count; begin += 2 * run) {
      const size_t middle = std::min(begin + run, count);
      const size_t end = std::min(begin + 2 * run, count);
      size_t left = begin;
      size_t right = middle;
      for (size_t out = begin; out < end; ++out) {
        bool take_right = left == middle || (right < end && less(items[right], items[left]));
        merged[out] = items[take_right ? right++ : left++];
      }
    }
    items.swap(merged);
  }
}

// The rows of an array along one dimension: offset of each row's first element, and the step.
struct Rows {
  Rows(const Shape& shape, int64_t dim)
      : size(shape.dimension(dim)), step(RowMajorStrides(shape.dimensions())[dim]) {
    count = size == 0 ? 0 : shape.ElementCount() / size;
  }
  int64_t First(int64_t row) const { return row / step * step * size + row % step; }

  int64_t size;
  int64_t step;
  int64_t count;
};

// Calls the comparator on elements of one row.
class Comparator {
 public:
  Comparator(const OpCall& call, RegionFunction region) : region_(std::move(region)) {
    for (const Literal& operand : call.operands) arrays_.emplace_back(operand);
    arguments_.resize(2 * arrays_.size());
  }

  bool Less(int64_t a, int64_t b) {
    for (size_t i = 0; i < arrays_.size(); ++i) {
      const int width = ComputeBytes(arrays_[i].type());
      arguments_[2 * i] = arrays_[i].as<std::byte>() + a * width;
      arguments_[2 * i + 1] = arrays_[i].as<std::byte>() + b * width;
    }
    bool less = false;
    void* const result = &less;
    absl::Status status = region_.Call(arguments_, absl::MakeConstSpan(&result, 1));
    if (!status.ok()) status_ = status;
    return less;
  }
  const absl::Status& status() const { return status_; }

 private:
  RegionFunction region_;
  std::deque<ComputeArray> arrays_;
  std::vector<const void*> arguments_;
  absl::Status status_;
};

absl::StatusOr<Literal> EvaluateSort(const OpCall& call) {
  std::vector<ElementType> parameters;
  for (const Literal& operand : call.operands)
    parameters.insert(parameters.end(), 2, operand.shape().element_type());
  const ElementType pred = ElementType::kPred;
  EQSAT_ASSIGN_OR_RETURN(
      RegionFunction region,
      RegionFunction::Make(call.regions, 0, parameters, absl::MakeConstSpan(&pred, 1)));
  Comparator comparator(call, std::move(region));
  const Rows rows(call.operand_shape(0), call.attr<SortAttributes>().dimensions[0]);
  std::vector<std::vector<uint8_t>> sorted;
  for (const Literal& operand : call.operands) sorted.emplace_back(operand.shape().ByteSize());
  std::vector<int64_t> order(rows.size);
  for (int64_t row = 0; row < rows.count; ++row) {
    const int64_t first = rows.First(row);
    for (int64_t i = 0; i < rows.size; ++i) order[i] = first + i * rows.step;
    MergeSort(order, [&](int64_t a, int64_t b) { return comparator.Less(a, b); });
    EQSAT_RETURN_IF_ERROR(comparator.status());
    for (size_t k = 0; k < sorted.size(); ++k) {
      const int width = ByteWidth(call.operand_shape(k).element_type());
      const uint8_t* from = call.operands[k].bytes().data();
      for (int64_t i = 0; i < rows.size; ++i) {
        std::memcpy(&sorted[k][(first + i * rows.step) * width], from + order[i] * width, width);
      }
    }
  }
  std::vector<Literal> literals;
  for (size_t k = 0; k < sorted.size(); ++k)
    literals.push_back(Literal::FromBytes(call.operand_shape(k), std::move(sorted[k])));
  return call.shape.IsTuple() ? Literal::Tuple(std::move(literals)) : literals[0];
}

// A value whose plain < orders any real type; floats by their total order.
template <typename T>
auto OrderKey(T x) {
  if constexpr (RealFloat<T>) {
    return TotalOrderKey(x);
  } else {
    return x;
  }
}

// The positions of the k first in order, ties by position, row after row of `size`.
template <typename T>
std::vector<int64_t> TopPositions(const T* elements, int64_t count, int64_t size, int64_t k,
                                  bool largest) {
  std::vector<int64_t> top;
  std::vector<int64_t> order(size);
  for (int64_t first = 0; first < count; first += size) {
    const T* row = elements + first;
    std::iota(order.begin(), order.end(), int64_t{0});
    std::partial_sort(order.begin(), order.begin() + k, order.end(), [&](int64_t a, int64_t b) {
      const auto x = OrderKey(row[a]);
      const auto y = OrderKey(row[b]);
      if (x != y) return largest ? x > y : x < y;
      return a < b;
    });
    top.insert(top.end(), order.begin(), order.begin() + k);
  }
  return top;
}

absl::StatusOr<Literal> EvaluateTopK(const OpCall& call) {
  const auto& attributes = call.attr<TopKAttributes>();
  const ComputeArray operand(call.operands[0]);
  const Shape& shape = operand.shape();
  if (!call.shape.IsTuple() || call.shape.elements().size() != 2)
    return base::Unimplemented("topk gives values and indices, not %s", call.shape.ToString());
  if (call.shape.element(0).ElementCount() == 0) return Literal::Zero(call.shape);
  const int64_t size = shape.dimension(shape.rank() - 1);
  std::vector<int64_t> top = DispatchCompute(operand.type(), [&]<typename T>() {
    if constexpr (ComplexNumber<T>) {
      return std::vector<int64_t>();
    } else {
      return TopPositions(operand.as<T>(), shape.ElementCount(), size, attributes.k,
                          attributes.largest);
    }
  });
  if (top.empty()) return base::Unimplemented("topk is not defined on %s", Name(operand.type()));
  const int width = ByteWidth(operand.type());
  std::vector<uint8_t> values(top.size() * width);
  for (size_t i = 0; i < top.size(); ++i) {
    const int64_t row = static_cast<int64_t>(i) / attributes.k;
    std::memcpy(&values[i * width], call.operands[0].bytes().data() + (row * size + top[i]) * width,
                width);
  }
  return Literal::Tuple({Literal::FromBytes(call.shape.element(0), std::move(values)),
                         Literal::FromInt64s(call.shape.element(1), top)});
}

}  // namespace

void AddSort(EvaluatorTable& table) {
  table[OpCode::kSort].evaluate = EvaluateSort;
  table[OpCode::kTopk].evaluate = EvaluateTopK;
}

}  // namespace eqsat::ir
