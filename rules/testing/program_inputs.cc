#include "rules/testing/program_inputs.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "ir/base/random.h"
#include "ir/interpret/random_inputs.h"
#include "ir/ops/op_info.h"
#include "rules/testing/sample_values.h"

namespace eqsat::rules {
namespace {

using ir::Instruction;
using ir::InstructionId;
using ir::OpCode;

// What a value is used for, here or in anything made of it; the largest wins.
enum class Use : uint8_t {
  kFree,
  kFloat,  // an integer that becomes a float
  kIndex,  // it says where elements are
  kBound,  // it says how long a loop runs or how large a dimension is
};

// What operand `position` is to the op itself.
Use OwnUse(const Instruction& instruction, size_t position) {
  const size_t operands = instruction.operands.size();
  switch (instruction.opcode) {
    case OpCode::kDynamicSlice:
    case OpCode::kGather:
      return position >= 1 ? Use::kIndex : Use::kFree;
    case OpCode::kDynamicUpdateSlice:
      return position >= 2 ? Use::kIndex : Use::kFree;
    case OpCode::kScatter:  // inputs, indices, updates
      return position == operands / 2 ? Use::kIndex : Use::kFree;
    case OpCode::kConditional:
      return position == 0 ? Use::kIndex : Use::kFree;
    case OpCode::kSetDimensionSize:
    case OpCode::kDynamicReshape:
    case OpCode::kRaggedDot:
    case OpCode::kRaggedAllToAll:
      return position >= 1 ? Use::kBound : Use::kFree;
    case OpCode::kWhile:
    case OpCode::kCustomCall:
      return Use::kBound;
    default:
      return Use::kFree;
  }
}

// The callee's parameter that operand `position` becomes: those of calls in order, of a branch its
// own operand. Others pass elements, which are no indices.
struct Passed {
  ir::ComputationId callee;
  size_t parameter;
};
std::optional<Passed> PassedTo(const Instruction& instruction, size_t position) {
  switch (instruction.opcode) {
    case OpCode::kCall:
    case OpCode::kFusion:
    case OpCode::kAsyncStart:
      if (instruction.called.size() != 1) return std::nullopt;
      return Passed{instruction.called[0], position};
    case OpCode::kConditional:
      if (position == 0 || position > instruction.called.size()) return std::nullopt;
      return Passed{instruction.called[position - 1], 0};
    default:
      return std::nullopt;
  }
}

bool IsIntegerToFloat(const ir::Computation& computation, const Instruction& instruction) {
  if (instruction.operands.size() != 1 || !instruction.shape.IsArray()) return false;
  const ir::Shape& from = computation[instruction.operands[0]].shape;
  const ir::ElementType to = instruction.shape.element_type();
  return from.IsArray() && ir::IsInteger(from.element_type()) &&
         (ir::IsFloat(to) || ir::IsComplex(to));
}

// For every computation, by parameter. Callees have smaller ids than callers.
std::vector<std::vector<Use>> ParameterUses(const ir::Module& module) {
  std::vector<std::vector<Use>> all;
  for (const ir::Computation& computation : module.computations()) {
    std::vector<Use> uses(computation.size(), Use::kFree);
    for (size_t i = computation.size(); i-- > 0;) {
      const Instruction& instruction = computation.instructions()[i];
      Use inherited = uses[i];
      if (IsIntegerToFloat(computation, instruction)) inherited = std::max(inherited, Use::kFloat);
      for (size_t position = 0; position < instruction.operands.size(); ++position) {
        Use use = std::max(inherited, OwnUse(instruction, position));
        if (auto passed = PassedTo(instruction, position)) {
          const std::vector<Use>& inner = all[passed->callee.value()];
          if (passed->parameter < inner.size()) use = std::max(use, inner[passed->parameter]);
        }
        Use& of_operand = uses[instruction.operands[position].value()];
        of_operand = std::max(of_operand, use);
      }
    }
    std::vector<Use> parameters;
    for (InstructionId id : computation.parameters()) parameters.push_back(uses[id.value()]);
    all.push_back(std::move(parameters));
  }
  return all;
}

struct InputChoice {
  Numerics numerics;
  Bounds bounds;
};

bool IsOrdinary(const ir::Shape& shape, Use use, const InputChoice& choice) {
  if (!shape.IsArray() || shape.HasDynamicDimensions()) return true;
  const bool loose = choice.numerics >= Numerics::kReassoc;
  if (loose && !ir::IsInteger(shape.element_type())) return true;
  if (loose && use == Use::kFloat) return true;
  return choice.bounds == Bounds::kKept && use >= Use::kIndex;
}

ir::Literal ValueFor(const ir::Shape& shape, Use use, const InputChoice& choice,
                     base::Random& random) {
  if (shape.IsTuple()) {
    std::vector<ir::Literal> elements;
    for (const ir::Shape& element : shape.elements())
      elements.push_back(ValueFor(element, use, choice, random));
    return ir::Literal::Tuple(std::move(elements));
  }
  if (IsOrdinary(shape, use, choice)) return ir::RandomLiteral(shape, random.Bits());
  return SampleLiteral(random, shape, choice.numerics);
}

}  // namespace

std::vector<ir::Literal> ProgramInputs(const ir::Module& module, uint64_t seed, Numerics numerics,
                                       Bounds bounds) {
  const std::vector<Use> uses = ParameterUses(module)[module.entry_id().value()];
  base::Random random(seed);
  std::vector<ir::Literal> inputs;
  for (size_t i = 0; i < uses.size(); ++i) {
    const ir::Shape& shape = module.entry()[module.entry().parameters()[i]].shape;
    inputs.push_back(ValueFor(shape, uses[i], {numerics, bounds}, random));
  }
  return inputs;
}

struct PlacedInputs::Parameter {
  ir::ElementType type;
  Use use;
};

PlacedInputs::PlacedInputs(const ir::Module& module, uint64_t seed, Numerics numerics)
    : seed_(seed), numerics_(numerics) {
  const std::vector<Use> uses = ParameterUses(module)[module.entry_id().value()];
  for (size_t i = 0; i < uses.size(); ++i) {
    const ir::Shape& shape = module.entry()[module.entry().parameters()[i]].shape;
    parameters_.push_back({shape.element_type(), uses[i]});
  }
}

PlacedInputs::~PlacedInputs() = default;

ir::Literal PlacedInputs::At(int64_t number, int64_t position) const {
  base::Random of_parameter(seed_ + static_cast<uint64_t>(number));
  base::Random random(of_parameter.Bits() + static_cast<uint64_t>(position));
  const Parameter& parameter = parameters_[number];
  return ValueFor(ir::Shape(parameter.type, {}), parameter.use, {numerics_, Bounds::kKept}, random);
}

}  // namespace eqsat::rules
