// How operands relate in the graph.

#include "rules/functions/function.h"

namespace eqsat::rules {
namespace {

using engine::ClassId;

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
  };
}

}  // namespace eqsat::rules
