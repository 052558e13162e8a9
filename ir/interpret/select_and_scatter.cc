// select-and-scatter: each window of the operand chooses one element, which gets a source element.
#include <cstring>

#include "ir/base/status.h"
#include "ir/interpret/access.h"
#include "ir/interpret/compute_type.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/region_function.h"

namespace eqsat::ir {
namespace {

class SelectAndScatter {
 public:
  SelectAndScatter(const OpCall& call, RegionFunction select, RegionFunction scatter);
  absl::StatusOr<Literal> Run();

 private:
  // The position that the window at `window` chooses, or -1 if it lies in the padding whole.
  absl::StatusOr<int64_t> Choose(const DimensionVector& window);
  // The operand's position of an element of a window, or -1 in the padding.
  int64_t PositionOf(const DimensionVector& window, const DimensionVector& element) const;

  RegionFunction select_;
  RegionFunction scatter_;
  const Window& window_;
  ComputeArray operand_;
  ComputeArray source_;
  ComputeResult result_;
  int width_;
  DimensionVector strides_;
  DimensionVector window_sizes_;
};

SelectAndScatter::SelectAndScatter(const OpCall& call, RegionFunction select,
                                   RegionFunction scatter)
    : select_(std::move(select)),
      scatter_(std::move(scatter)),
      window_(call.attr<WindowAttributes>().window),
      operand_(call.operands[0]),
      source_(ConvertElements(call.operands[1], operand_.type())),
      result_(call.shape),
      width_(ComputeBytes(operand_.type())),
      strides_(RowMajorStrides(operand_.shape().dimensions())) {
  for (const WindowDimension& dimension : window_) window_sizes_.push_back(dimension.size);
  const ComputeArray initial(ConvertElements(call.operands[2], operand_.type()));
  for (int64_t i = 0; i < call.shape.ElementCount(); ++i)
    std::memcpy(result_.as<std::byte>() + i * width_, initial.data(), width_);
}

int64_t SelectAndScatter::PositionOf(const DimensionVector& window,
                                     const DimensionVector& element) const {
  int64_t position = 0;
  for (size_t d = 0; d < window_.size(); ++d) {
    const WindowDimension& dimension = window_[d];
    const int64_t index = window[d] * dimension.stride + element[d] * dimension.window_dilation -
                          dimension.padding_low;
    if (index < 0 || index >= operand_.shape().dimension(static_cast<int64_t>(d))) return -1;
    position += index * strides_[d];
  }
  return position;
}

absl::StatusOr<int64_t> SelectAndScatter::Choose(const DimensionVector& window) {
  int64_t chosen = -1;
  DimensionVector element(window_sizes_.size(), 0);
  do {
    const int64_t position = PositionOf(window, element);
    if (position < 0) continue;
    if (chosen < 0) {
      chosen = position;
      continue;
    }
    const void* const arguments[] = {operand_.as<std::byte>() + chosen * width_,
                                     operand_.as<std::byte>() + position * width_};
    bool keep = false;
    void* const result = &keep;
    EQSAT_RETURN_IF_ERROR(select_.Call(arguments, absl::MakeConstSpan(&result, 1)));
    if (!keep) chosen = position;
  } while (Advance(element, window_sizes_, 0, static_cast<int64_t>(element.size())));
  return chosen;
}

absl::StatusOr<Literal> SelectAndScatter::Run() {
  const absl::Span<const int64_t> windows = source_.shape().dimensions();
  DimensionVector window(windows.size(), 0);
  for (int64_t i = 0; i < source_.shape().ElementCount(); ++i) {
    EQSAT_ASSIGN_OR_RETURN(int64_t chosen, Choose(window));
    if (chosen >= 0) {
      void* const target = result_.as<std::byte>() + chosen * width_;
      const void* const arguments[] = {target, source_.as<std::byte>() + i * width_};
      EQSAT_RETURN_IF_ERROR(scatter_.Call(arguments, absl::MakeConstSpan(&target, 1)));
    }
    Advance(window, windows, 0, static_cast<int64_t>(window.size()));
  }
  return std::move(result_).Take();
}

absl::StatusOr<Literal> EvaluateSelectAndScatter(const OpCall& call) {
  const ElementType type = call.shape.element_type();
  const ElementType pred = ElementType::kPred;
  const std::vector<ElementType> pair(2, type);
  for (const WindowDimension& dimension : call.attr<WindowAttributes>().window) {
    if (dimension.base_dilation != 1)
      return base::Unimplemented("select-and-scatter with a dilated base");
  }
  EQSAT_ASSIGN_OR_RETURN(
      RegionFunction select,
      RegionFunction::Make(call.regions, 0, pair, absl::MakeConstSpan(&pred, 1)));
  EQSAT_ASSIGN_OR_RETURN(
      RegionFunction scatter,
      RegionFunction::Make(call.regions, 1, pair, absl::MakeConstSpan(&type, 1)));
  return SelectAndScatter(call, std::move(select), std::move(scatter)).Run();
}

}  // namespace

void AddSelectAndScatter(EvaluatorTable& table) {
  table[OpCode::kSelectAndScatter].evaluate = EvaluateSelectAndScatter;
}

}  // namespace eqsat::ir
