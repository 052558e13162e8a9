#include "tools/equivalence.h"

#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/interpret/element_evaluator.h"
#include "ir/interpret/interpreter.h"
#include "ir/interpret/named_devices.h"
#include "rules/hlo/flatten.h"
#include "rules/testing/program_inputs.h"
#include "rules/testing/sample_values.h"
#include "tools/sample_places.h"

namespace eqsat::tools {
namespace {

// `module` on the devices that both programs run on.
ir::Module OnDevices(ir::Module module, const ir::DeviceCounts& devices) {
  module.mutable_header().replica_count = devices.replicas;
  module.mutable_header().num_partitions = devices.partitions;
  return module;
}

std::optional<std::string> Compare(const ir::Literal& expected, const ir::Literal& actual,
                                   const EquivalenceOptions& options) {
  if (options.numerics >= rules::Numerics::kReassoc)
    return ir::CompareLiterals(expected, actual, options.tolerance);
  return rules::FirstMismatch(expected, actual, rules::Tolerance{.numerics = options.numerics});
}

// Values of more bytes are not held.
constexpr int64_t kMaxHeldBytes = int64_t{1} << 29;
// Of each array of a large result.
constexpr int kPlaces = 2048;

// The arrays of the entry's result: itself, or the parts of a tuple.
absl::StatusOr<std::vector<ir::InstructionId>> ResultArrays(const ir::Module& flat) {
  const ir::Computation& entry = flat.entry();
  const ir::Instruction& root = entry[entry.root()];
  if (root.shape.IsArray()) return std::vector<ir::InstructionId>{entry.root()};
  if (root.opcode != ir::OpCode::kTuple)
    return base::Unimplemented("%s: the parts of the result are not known", root.name);
  return std::vector<ir::InstructionId>(root.operands.begin(), root.operands.end());
}

// The elements of one array at `places`, as a list.
absl::StatusOr<ir::Literal> Sampled(ir::ElementEvaluator& evaluator, ir::InstructionId array,
                                    ir::ElementType type,
                                    absl::Span<const ir::DimensionVector> places) {
  std::vector<uint8_t> bytes;
  for (const ir::DimensionVector& place : places) {
    EQSAT_ASSIGN_OR_RETURN(ir::Literal element, evaluator.At(array, place));
    bytes.insert(bytes.end(), element.bytes().begin(), element.bytes().end());
  }
  const ir::Shape list(type, {static_cast<int64_t>(places.size())});
  return ir::Literal::FromBytes(list, std::move(bytes));
}

// One run of FindDifference, on a sample. Both programs are flat.
absl::StatusOr<std::optional<Difference>> FindSampledDifference(const ir::Module& a,
                                                                const ir::Module& b, uint64_t seed,
                                                                const EquivalenceOptions& options) {
  for (ir::InstructionId parameter : a.entry().parameters())
    if (!a.entry()[parameter].shape.IsArray())
      return base::Unimplemented("elements of a parameter that is no array");
  const rules::PlacedInputs inputs(a, seed, options.numerics);
  auto input = [&](int64_t number, int64_t position) { return inputs.At(number, position); };
  ir::ElementEvaluator left(a, input);
  ir::ElementEvaluator right(b, input);
  EQSAT_ASSIGN_OR_RETURN(const auto of_a, ResultArrays(a));
  EQSAT_ASSIGN_OR_RETURN(const auto of_b, ResultArrays(b));
  const std::vector<int64_t> landmarks = Landmarks(a);
  for (size_t i = 0; i < of_a.size(); ++i) {
    const ir::Shape& shape = a.entry()[of_a[i]].shape;
    if (!shape.IsArray()) return base::Unimplemented("elements of a tuple in a tuple");
    if (shape.ElementCount() == 0) continue;
    if (options.interrupt != nullptr && options.interrupt->load())
      return absl::CancelledError("the comparison was interrupted");
    const auto places = SamplePlaces(shape, landmarks, kPlaces, seed);
    EQSAT_ASSIGN_OR_RETURN(ir::Literal expected,
                           Sampled(left, of_a[i], shape.element_type(), places));
    EQSAT_ASSIGN_OR_RETURN(ir::Literal actual,
                           Sampled(right, of_b[i], shape.element_type(), places));
    if (auto text = Compare(expected, actual, options)) {
      return std::optional<Difference>(
          {.seed = seed, .text = base::StrCat("in a sample of result ", i, ": ", *text)});
    }
  }
  return std::optional<Difference>();
}

absl::StatusOr<std::optional<Difference>> FindSampledDifference(const ir::Module& a,
                                                                const ir::Module& b,
                                                                const EquivalenceOptions& options) {
  EQSAT_ASSIGN_OR_RETURN(const ir::Module left, rules::Flatten(a));
  EQSAT_ASSIGN_OR_RETURN(const ir::Module right, rules::Flatten(b));
  for (int run = 0; run < options.runs; ++run) {
    EQSAT_ASSIGN_OR_RETURN(
        std::optional<Difference> found,
        FindSampledDifference(left, right, options.seed + static_cast<uint64_t>(run), options));
    if (found) return found;
  }
  return std::optional<Difference>();
}

}  // namespace

bool IsSampled(const ir::Module& module) {
  for (const ir::Computation& computation : module.computations()) {
    for (const ir::Instruction& instruction : computation.instructions()) {
      const ir::Shape& shape = instruction.shape;
      if (shape.IsArray() && !shape.HasUnboundedDimensions() && shape.ByteSize() > kMaxHeldBytes)
        return true;
    }
  }
  return false;
}

bool SameInterface(const ir::Module& a, const ir::Module& b) {
  const ir::ProgramShape of_a = a.entry().program_shape();
  const ir::ProgramShape of_b = b.entry().program_shape();
  if (of_a.parameters.size() != of_b.parameters.size()) return false;
  for (size_t i = 0; i < of_a.parameters.size(); ++i)
    if (!ir::Shape::Compatible(of_a.parameters[i], of_b.parameters[i])) return false;
  return ir::Shape::Compatible(of_a.result, of_b.result);
}

absl::StatusOr<std::optional<Difference>> FindDifference(const ir::Module& a, const ir::Module& b,
                                                         const EquivalenceOptions& options) {
  if (IsSampled(a) || IsSampled(b)) {
    auto sampled = FindSampledDifference(a, b, options);
    if (!absl::IsUnimplemented(sampled.status())) return sampled;
  }
  const ir::DeviceCounts devices = ir::DevicesNamedBy(a);
  const ir::Module left = OnDevices(a, devices);
  const ir::Module right = OnDevices(b, devices);
  const ir::InterpreterOptions interpreter{.interrupt = options.interrupt,
                                           .uninterpreted_calls = true};
  for (int run = 0; run < options.runs; ++run) {
    const uint64_t seed = options.seed + static_cast<uint64_t>(run);
    const std::vector<ir::Literal> inputs = rules::ProgramInputs(left, seed, options.numerics);
    EQSAT_ASSIGN_OR_RETURN(ir::Literal expected, ir::Evaluate(left, inputs, interpreter));
    EQSAT_ASSIGN_OR_RETURN(ir::Literal actual, ir::Evaluate(right, inputs, interpreter));
    if (auto text = Compare(expected, actual, options))
      return std::optional<Difference>({.seed = seed, .text = *std::move(text)});
  }
  return std::optional<Difference>();
}

}  // namespace eqsat::tools
