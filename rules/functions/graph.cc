// How operands relate in the graph.

#include <algorithm>
#include <functional>

#include "rules/functions/function.h"

namespace eqsat::rules {
namespace {

using engine::ClassId;
using Operands = std::vector<ClassId>;

std::optional<Operands> Choose(const Facts&, const Operands& operands, const Ints& positions) {
  Operands chosen;
  for (int64_t i : positions) {
    if (i < 0 || i >= static_cast<int64_t>(operands.size())) return std::nullopt;
    chosen.push_back(operands[i]);
  }
  return chosen;
}

bool AllIdentical(const Facts&, const Operands& operands) {
  return std::adjacent_find(operands.begin(), operands.end(), std::not_equal_to<>()) ==
         operands.end();
}

Operands NonEmpty(const Facts& facts, const Operands& operands) {
  Operands kept;
  for (ClassId operand : operands) {
    auto sizes = facts.shape(operand).dimensions();
    if (std::find(sizes.begin(), sizes.end(), 0) == sizes.end()) kept.push_back(operand);
  }
  return kept;
}

// Dims along which an update is as large as what it updates although its index is not known to be
// 0.
std::optional<Ints> UselessIndices(const Facts& facts, const Operands& indices, const Ints& sizes,
                                   const Ints& update) {
  if (indices.size() != sizes.size() || sizes.size() != update.size()) return std::nullopt;
  Ints found;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const ir::Literal* value = facts.splat(indices[i]);
    if (sizes[i] == update[i] && !(value && value->AsInt64(0) == 0))
      found.push_back(static_cast<int64_t>(i));
  }
  return found;
}

}  // namespace

std::vector<Function> GraphFunctions() {
  return {
      Define(
          "distinct", "Whether two operands are not known to be equal.",
          +[](const Facts&, const ClassId& a, const ClassId& b) { return a != b; }),
      Define(
          "identical", "Whether two operands are known to be equal.",
          +[](const Facts&, const ClassId& a, const ClassId& b) { return a == b; }),
      Define(
          "before",
          "An order of operands, by which a rule takes one of several symmetrical matches.",
          +[](const Facts&, const ClassId& a, const ClassId& b) { return a.value() < b.value(); }),
      Define(
          "is_concatenation", "Whether the operand is known to be a concatenation.",
          +[](const Facts& facts, const ClassId& x) {
            return facts.HasTerm(x, ir::OpCode::kConcatenate);
          }),
      Define(
          "acyclic", "acyclic(a, b): whether a is computed without b.",
          +[](const Facts& facts, const ClassId& a, const ClassId& b) {
            return !facts.MayDependOn(a, b);
          }),
      Define(
          "operand_count", "The number of operands in a sequence.",
          +[](const Facts&, const std::vector<ClassId>& operands) {
            return static_cast<int64_t>(operands.size());
          }),
      Define(
          "first", "The first operand of a sequence.",
          +[](const Facts&, const std::vector<ClassId>& operands) -> std::optional<ClassId> {
            if (operands.empty()) return std::nullopt;
            return operands[0];
          }),
      Define("choose", "choose(xs, positions)[i] = xs[positions[i]]", Choose),
      Define("non_empty", "The operands of a sequence that have elements.", NonEmpty),
      Define("all_identical", "Whether all operands of a sequence are known to be equal.",
             AllIdentical),
      Define("useless_indices",
             "useless_indices(is, dims, update_dims): where a slice is as large as the array, so "
             "that its index is clamped to 0, which is not known of the index.",
             UselessIndices),
  };
}

}  // namespace eqsat::rules
