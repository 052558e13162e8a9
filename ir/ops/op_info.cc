#include "ir/ops/op_info.h"

#include <algorithm>

#include "ir/base/check.h"
#include "ir/base/status.h"

namespace eqsat::ir {
namespace {

std::vector<OpInfo> MakeTable() {
  std::vector<OpInfo> table;
#define OP(enumerator, name, arity)      \
  table.push_back(Define##enumerator()); \
  table.back().opcode = OpCode::enumerator;
#include "ir/ops.def"
#undef OP
  for (const OpInfo& info : table) EQSAT_CHECK(info.infer != nullptr && info.work != nullptr);
  return table;
}

bool IsBoundedArray(const Shape& shape) {
  return shape.IsArray() && !shape.HasUnboundedDimensions();
}

absl::Status CheckRegionCount(const OpInfo& info, size_t count) {
  size_t required = 0;
  bool list = false;
  for (const RegionSpec& region : info.regions) {
    required += region.presence == Presence::kRequired && !region.is_list;
    list |= region.is_list;
  }
  if (count < required || (!list && count > info.regions.size())) {
    return base::InvalidArgument("%s calls %d computations, but %d are given", Name(info.opcode),
                                 required, count);
  }
  return absl::OkStatus();
}

}  // namespace

const OpInfo& GetOpInfo(OpCode opcode) {
  static const auto* const kTable = new std::vector<OpInfo>(MakeTable());
  return (*kTable)[static_cast<int>(opcode)];
}

absl::StatusOr<Shape> InferShape(const OpContext& context) {
  const OpInfo& info = GetOpInfo(context.opcode);
  EQSAT_CHECK(context.attributes.index() == info.attributes.index());
  int arity = Arity(context.opcode);
  if (arity >= 0 && static_cast<size_t>(arity) != context.operands.size()) {
    return base::InvalidArgument("%s takes %d operands, but has %d", Name(context.opcode), arity,
                                 context.operands.size());
  }
  EQSAT_RETURN_IF_ERROR(CheckRegionCount(info, context.regions.size()));
  return info.infer(context);
}

std::optional<IndexedForm> IndexedFormOf(const OpContext& context) {
  const OpInfo& info = GetOpInfo(context.opcode);
  EQSAT_CHECK(context.declared != nullptr);
  if (info.indexing == nullptr) return std::nullopt;
  // A variadic reduction gives a tuple of arrays of equal dimensions.
  const Shape& result = *context.declared;
  const Shape& array = result.IsTuple() && !result.elements().empty() ? result.element(0) : result;
  if (!IsBoundedArray(array) || !std::ranges::all_of(context.operands, IsBoundedArray))
    return std::nullopt;
  IndexedForm form = info.indexing(context);
  if (form.accesses.empty() && form.combiner != Combiner::kIndex) return std::nullopt;
  return form;
}

bool HasSideEffect(OpCode opcode, const Attributes& attributes) {
  const auto* custom_call = std::get_if<CustomCallAttributes>(&attributes);
  return GetOpInfo(opcode).Has(OpTrait::kSideEffect) ||
         (custom_call != nullptr && custom_call->custom_call_has_side_effect);
}

}  // namespace eqsat::ir
