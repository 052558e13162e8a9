// What is known of an operand's signs and bounds without knowing its value.
#include "rules/functions/function.h"
#include "rules/hlo/value_range.h"

namespace eqsat::rules {
namespace {

using engine::ClassId;

template <bool ValueRange::* fact>
bool Holds(const Facts& facts, const ClassId& x) {
  std::optional<ValueRange> range = facts.range(x);
  return range && (*range).*fact;
}

std::optional<int64_t> LowerBound(const Facts& facts, const ClassId& x) {
  std::optional<ValueRange> range = facts.range(x);
  if (!range || range->low == std::numeric_limits<int64_t>::min()) return std::nullopt;
  return range->low;
}

std::optional<int64_t> UpperBound(const Facts& facts, const ClassId& x) {
  std::optional<ValueRange> range = facts.range(x);
  if (!range || range->high == std::numeric_limits<int64_t>::max()) return std::nullopt;
  return range->high;
}

}  // namespace

std::vector<Function> RangeFunctions() {
  return {
      Define("never_negative", "Whether no element can be -0 or below; floats may be NaN.",
             Holds<&ValueRange::never_negative>),
      Define("never_negative_zero", "Whether no element can be -0.",
             Holds<&ValueRange::never_negative_zero>),
      Define("never_nan", "Whether no element can be NaN.", Holds<&ValueRange::never_nan>),
      Define("never_infinite", "Whether no element can be infinite; it may be NaN.",
             Holds<&ValueRange::never_infinite>),
      Define("lower_bound", "What no integer element is below, if the analysis knows.", LowerBound),
      Define("upper_bound", "What no integer element is above, if the analysis knows.", UpperBound),
  };
}

}  // namespace eqsat::rules
