// rng and rng-bit-generator.
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// The operands are the two parameters of the distribution, in a precision of their own.
absl::StatusOr<Shape> InferRng(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclaredArray(context));
  if (context.operands.size() != 2)
    return OpError(context, "takes 2 operands, but has %d", context.operands.size());
  EQSAT_RETURN_IF_ERROR(ExpectRank(context, 0, 0));
  EQSAT_RETURN_IF_ERROR(ExpectRank(context, 1, 0));
  const Shape& first = context.operands[0];
  const Shape& second = context.operands[1];
  if (first.element_type() != second.element_type() ||
      !TypesAgree(first.element_type(), declared.element_type())) {
    return OpError(context, "operands %s and %s do not make %s", first.ToString(),
                   second.ToString(), declared.ToString());
  }
  RandomDistribution distribution = context.attr<RngAttributes>().distribution;
  bool known = distribution == RandomDistribution::kUniform ||
               (distribution == RandomDistribution::kNormal && IsFloat(first.element_type()));
  if (!known || IsComplex(first.element_type())) {
    return OpError(context, "distribution=%s does not give %s", EnumName(distribution),
                   declared.ToString());
  }
  return declared;
}

// The next state and the bits, or the bits alone.
absl::StatusOr<Shape> InferRngBitGenerator(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectArray(context, 0));
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclared(context));
  const Shape& state = context.operands[0];
  bool both = declared.IsTuple() && declared.elements().size() == 2 &&
              declared.element(1).IsArray() && ShapesAgree(declared.element(0), state);
  if (declared.IsArray() || both) return declared;
  return OpError(context, "the result must be of the state %s and the bits, but is declared %s",
                 state.ToString(), declared.ToString());
}

// One transcendental stands for the rounds of a counter-based generator for one element.
Work RngBitGeneratorWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  const Shape& result = *context.declared;
  work.transcendentals = ElementsOf(result.IsTuple() ? result.element(1) : result);
  return work;
}

}  // namespace

OpInfo DefinekRng() {
  return {.traits = Traits({OpTrait::kShapeDeclared, OpTrait::kSideEffect}),
          .doc = "Random numbers of a distribution, other ones each time.",
          .attributes = RngAttributes{},
          .infer = InferRng,
          .work = TranscendentalWork};
}

OpInfo DefinekRngBitGenerator() {
  return {.traits = Traits({OpTrait::kShapeDeclared}),
          .doc = "Random bits that the operand state determines, and the state that follows it.",
          .attributes = RngBitGeneratorAttributes{},
          .infer = InferRngBitGenerator,
          .work = RngBitGeneratorWork};
}

}  // namespace eqsat::ir
