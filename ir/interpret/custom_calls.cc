// Custom calls that the interpreter knows: checks of test programs, programs that run on several
// devices together, calls that only annotate their operand, and a few that compute.
#include <charconv>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/interpret/checks.h"
#include "ir/interpret/compare.h"
#include "ir/interpret/counter_random.h"
#include "ir/interpret/device_grid.h"
#include "ir/interpret/evaluator.h"
#include "ir/interpret/householder.h"
#include "ir/interpret/random_inputs.h"
#include "ir/interpret/sized_by_operands.h"
#include "ir/interpret/solvers/solvers.h"

namespace eqsat::ir {
namespace {

// The number at `key` of a flat JSON object.
double ConfigNumber(std::string_view config, std::string_view key, double otherwise) {
  const std::string quoted = base::StrCat("\"", key, "\"");
  size_t at = config.find(quoted);
  if (at == std::string_view::npos) return otherwise;
  at = config.find_first_not_of(" \t\n:", at + quoted.size());
  if (at == std::string_view::npos) return otherwise;
  double value = otherwise;
  std::from_chars(config.data() + at, config.data() + config.size(), value);
  return value;
}

// The same for counts, which are small.
int64_t ConfigCount(std::string_view config, std::string_view key, int64_t otherwise) {
  const double value = ConfigNumber(config, key, static_cast<double>(otherwise));
  return value >= 0 && value <= 1e6 ? static_cast<int64_t>(value) : -1;
}

// --- Checks --------------------------------------------------------------------------------------

// Operands: actual, expected, of one array shape.
absl::Status CheckOperandPair(const OpCall& call) {
  if (call.operands.size() != 2) {
    return base::InvalidArgument("takes what is computed and what is expected, not %d operands",
                                 call.operands.size());
  }
  if (call.operand_shape(0).IsArray() &&
      Shape::Compatible(call.operand_shape(0), call.operand_shape(1)))
    return absl::OkStatus();
  return base::InvalidArgument("cannot compare %s with %s", call.operand_shape(0).ToString(),
                               call.operand_shape(1).ToString());
}

absl::StatusOr<Literal> Verdict(const OpCall& call, const std::optional<std::string>& fault) {
  if (!fault) return Literal::Zero(call.shape);
  return absl::FailedPreconditionError(
      base::StrCat(call.attr<CustomCallAttributes>().custom_call_target, " fails: ", *fault));
}

absl::StatusOr<Literal> ExpectEqual(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(CheckOperandPair(call));
  return Verdict(call, CompareLiterals(call.operands[1], call.operands[0], Tolerance{}));
}

absl::StatusOr<Literal> ExpectAlmostEqual(const OpCall& call) {
  constexpr double kDefaultTolerance = 1e-4;
  EQSAT_RETURN_IF_ERROR(CheckOperandPair(call));
  const double tolerance = ConfigNumber(call.backend_config, "tolerance", kDefaultTolerance);
  return Verdict(call, AlmostEqualFault(call.operands[1], call.operands[0], tolerance));
}

absl::StatusOr<Literal> ExpectClose(const OpCall& call) {
  constexpr double kDefaultUlps = 3;
  EQSAT_RETURN_IF_ERROR(CheckOperandPair(call));
  const double least = ConfigNumber(call.backend_config, "min_ulp_difference", 0);
  const double most = ConfigNumber(call.backend_config, "max_ulp_difference", kDefaultUlps);
  const uint64_t ulps = LargestUlpDifference(call.operands[1], call.operands[0]);
  if (static_cast<double>(ulps) >= least && static_cast<double>(ulps) <= most)
    return Literal::Zero(call.shape);
  std::optional<std::string> first =
      CompareLiterals(call.operands[1], call.operands[0], Tolerance{});
  return Verdict(call, absl::StrFormat("%d units in the last place lie between the values, not %g "
                                       "to %g; the first difference: %s",
                                       ulps, least, most, first.value_or("none")));
}

absl::StatusOr<Literal> CheckEqual(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(CheckOperandPair(call));
  if (call.shape.element_type() != ElementType::kPred)
    return base::Unimplemented("check.eq that gives %s", call.shape.ToString());
  if (call.shape.IsScalar()) {
    const bool equal =
        !CompareLiterals(call.operands[1], call.operands[0], Tolerance{}).has_value();
    return Literal::FromInt64s(call.shape, {equal ? 1 : 0});
  }
  const Attributes compare = CompareAttributes{};
  return EvaluateOp(OpCode::kCompare, compare, call.shape, call.operands);
}

// --- Programs on several devices -----------------------------------------------------------------

void AppendResults(const Literal& value, std::vector<Literal>* results) {
  if (!value.shape().IsTuple()) return results->push_back(value);
  results->insert(results->end(), value.elements().begin(), value.elements().end());
}

// Computations: a program for each device, then functions that give the infeed's values. Operands
// are the programs' arguments one after the other; so are the results.
absl::StatusOr<Literal> RunParallel(const OpCall& call) {
  const int64_t replicas = ConfigCount(call.backend_config, "replicas", 1);
  const int64_t partitions = ConfigCount(call.backend_config, "partitions", 1);
  const int64_t num_infeeds = ConfigCount(call.backend_config, "infeed", 0);
  const auto programs = static_cast<int64_t>(call.regions.size()) - num_infeeds;
  if (replicas < 1 || partitions < 1 || num_infeeds < 0 || programs != replicas * partitions) {
    return base::InvalidArgument("%d programs do not run on %d replicas × %d partitions", programs,
                                 replicas, partitions);
  }
  const Device* outer = call.regions.device();
  if (outer != nullptr && outer->grid().size() > 1)
    return base::Unimplemented("devices within a device");
  HostStreams streams;
  for (int64_t i = programs; i < programs + num_infeeds; ++i) {
    EQSAT_ASSIGN_OR_RETURN(Literal value, call.regions.Evaluate(i, {}));
    streams.infeed.push_back(std::move(value));
  }
  std::vector<absl::Span<const Literal>> arguments;
  absl::Span<const Literal> rest = call.operands;
  for (int64_t i = 0; i < programs; ++i) {
    const size_t count = call.regions[i].parameters().size();
    if (count > rest.size()) return base::InvalidArgument("program %d lacks arguments", i);
    arguments.push_back(rest.first(count));
    rest.remove_prefix(count);
  }
  DeviceGrid grid(replicas, partitions, &streams);
  EQSAT_ASSIGN_OR_RETURN(std::vector<Literal> values, grid.Run([&](Device& device) {
    const ComputationId program = call.regions.id(device.index());
    Execution execution(call.regions.module(), call.regions.execution().options(), &device);
    return execution.Run(program, arguments[device.index()]);
  }));
  std::vector<Literal> results;
  for (const Literal& value : values) AppendResults(value, &results);
  return Literal::Tuple(std::move(results));
}

// --- The rest ------------------------------------------------------------------------------------

absl::StatusOr<Literal> GiveOperand(const OpCall& call) {
  if (call.operands.size() != 1)
    return base::InvalidArgument("takes one operand, not %d", call.operands.size());
  return call.operands[0];
}

absl::StatusOr<Literal> GiveNothing(const OpCall& call) { return Literal::Zero(call.shape); }

// The largest k of each row and their positions, k from the result.
absl::StatusOr<Literal> TopKCall(const OpCall& call) {
  const bool pair = call.shape.IsTuple() && call.shape.elements().size() == 2;
  if (call.operands.size() != 1 || !pair || call.shape.element(0).rank() < 1)
    return base::Unimplemented("a TopK that gives %s", call.shape.ToString());
  const Shape& values = call.shape.element(0);
  const int64_t k = values.dimension(values.rank() - 1);
  return EvaluateOp(OpCode::kTopk, TopKAttributes{.k = k}, call.shape, call.operands);
}

// A value of bounded size with its bound's size, padded with zeros, and the real sizes.
absl::StatusOr<Literal> PadToStatic(const OpCall& call) {
  const bool fits =
      call.operands.size() == 1 && call.operands[0].shape().IsArray() && call.shape.IsTuple() &&
      !call.shape.elements().empty() &&
      static_cast<int64_t>(call.shape.elements().size()) == call.operands[0].shape().rank() + 1;
  if (!fits) return base::Unimplemented("a PadToStatic that gives %s", call.shape.ToString());
  const Literal& value = call.operands[0];
  const Shape& whole = call.shape.element(0);
  PadAttributes pad;
  std::vector<Literal> results(1);
  for (int64_t d = 0; d < value.shape().rank(); ++d) {
    const int64_t size = value.shape().dimension(d);
    pad.padding.push_back({.high = whole.dimension(d) - size});
    results.push_back(Literal::FromInt64s(call.shape.element(d + 1), {size}));
  }
  const Literal zero = Literal::Zero(Shape(whole.element_type(), {}));
  EQSAT_ASSIGN_OR_RETURN(results[0], EvaluateOp(OpCode::kPad, pad, whole, {value, zero}));
  return Literal::Tuple(std::move(results));
}

// Operands: what must hold, and what a message would show.
absl::StatusOr<Literal> ShapeAssertion(const OpCall& call) {
  const bool fits = !call.operands.empty() && call.operand_shape(0).IsScalar() &&
                    call.operand_shape(0).element_type() == ElementType::kPred;
  if (!fits) return base::Unimplemented("a shape_assertion of no pred[]");
  if (call.operands[0].AsInt64(0) != 0) return Literal::Zero(call.shape);
  return absl::FailedPreconditionError(
      "the sizes of the inputs are not those that the program was exported for");
}

// Operands and results are pairs of u32 arrays of one shape: keys, then counters.
absl::StatusOr<Literal> ThreeFryCall(const OpCall& call) {
  bool fits =
      call.operands.size() == 4 && call.shape.IsTuple() && call.shape.elements().size() == 2;
  for (const Literal& operand : call.operands) {
    fits = fits && operand.shape().element_type() == ElementType::kU32 &&
           Shape::Compatible(operand.shape(), call.shape.element(0)) &&
           Shape::Compatible(operand.shape(), call.shape.element(1));
  }
  if (!fits) return base::Unimplemented("a ThreeFry that gives %s", call.shape.ToString());
  auto pair = [&call](size_t first, size_t i) {
    return uint64_t{call.operands[first].values<uint32_t>()[i]} |
           uint64_t{call.operands[first + 1].values<uint32_t>()[i]} << 32;
  };
  std::vector<uint32_t> low, high;
  for (size_t i = 0; i < call.operands[0].values<uint32_t>().size(); ++i) {
    const auto [x, y] = ThreeFry(pair(0, i), pair(2, i));
    low.push_back(x);
    high.push_back(y);
  }
  return Literal::Tuple({Literal::Of<uint32_t>(call.shape.element(0), low),
                         Literal::Of<uint32_t>(call.shape.element(1), high)});
}

const std::map<std::string_view, EvaluateFn>& KnownCalls() {
  static const auto* const kCalls = new std::map<std::string_view, EvaluateFn>{
      {"check.eq", CheckEqual},
      {"check.expect_almost_eq", ExpectAlmostEqual},
      {"check.expect_close", ExpectClose},
      {"check.expect_eq", ExpectEqual},
      {"interpreter.print", GiveNothing},
      {"interpreter.run_parallel", RunParallel},
      {"ProductOfElementaryHouseholderReflectors", ProductOfReflectors},
      {"TopK", TopKCall},
      {"mhlo.topk", TopKCall},
      {"PadToStatic", PadToStatic},
      {"cu_threefry2x32_ffi", ThreeFryCall},
      {"hip_threefry2x32_ffi", ThreeFryCall},
      {"shape_assertion", ShapeAssertion},
      // Marks for partitioners and layout assignment.
      {"LayoutConstraint", GiveOperand},
      {"MoveToDevice", GiveOperand},
      {"MoveToHost", GiveOperand},
      {"Sharding", GiveOperand},
      {"annotate_device_placement", GiveOperand},
      {"xla.sdy.FuncResultSharding", GiveOperand},
  };
  return *kCalls;
}

uint64_t HashOf(const Literal& value, uint64_t seed) {
  for (const Literal& element : value.elements()) seed = HashOf(element, seed);
  if (!value.shape().IsArray()) return seed;
  // FNV-1a, then mixed, so that the values of one seed do not follow those of another.
  auto add = [&seed](uint64_t byte) { seed = (seed ^ byte) * 0x100000001b3u; };
  for (int64_t size : value.shape().dimensions()) add(static_cast<uint64_t>(size));
  for (auto byte : value.bytes()) add(static_cast<uint64_t>(byte));
  return (seed ^ (seed >> 29)) * 0xbf58476d1ce4e5b9u;
}

absl::StatusOr<Literal> Uninterpreted(const OpCall& call) {
  uint64_t seed = 0xcbf29ce484222325u;
  for (std::string_view text :
       {std::string_view(call.attr<CustomCallAttributes>().custom_call_target),
        std::string_view(call.backend_config)})
    for (char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  for (const Literal& operand : call.operands) seed = HashOf(operand, seed);
  return RandomLiteral(call.shape, seed);
}

absl::StatusOr<Literal> EvaluateCustomCall(const OpCall& call) {
  const std::string& target = call.attr<CustomCallAttributes>().custom_call_target;
  auto known = KnownCalls().find(target);
  if (known != KnownCalls().end()) return known->second(call);
  for (EvaluateFn family : {Solver(target), SizedByOperands(target)})
    if (family != nullptr) return family(call);
  if (call.regions.execution().options().uninterpreted_calls) return Uninterpreted(call);
  return base::Unimplemented("the code of the custom call \"%s\" is not known", target);
}

}  // namespace

void AddCustomCalls(EvaluatorTable& table) {
  table[OpCode::kCustomCall].evaluate = EvaluateCustomCall;
}

}  // namespace eqsat::ir
