#include "tests/fuzz/reader_checks.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cost_models/targets/target.h"
#include "engine/interchange/serialized_egraph.h"
#include "importers/export.h"
#include "importers/import.h"
#include "importers/message_place.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/graph/module.h"
#include "ir/verify/verify.h"
#include "rules/rule_set.h"
#include "rules/testing/test_graph.h"

namespace eqsat::fuzz {
namespace {

using importers::Format;

absl::Status Broken(std::string_view promise, std::string_view how) {
  return absl::InternalError(base::StrCat(promise, ": ", how));
}

absl::Status CheckRefusal(const absl::Status& refusal, Format format) {
  std::string message(refusal.message());
  if (message.empty()) return Broken("a refusal says why", refusal.ToString());
  if (refusal.code() == absl::StatusCode::kInternal)
    return Broken("input is refused, not taken for a fault of the program", message);
  bool is_text = format == Format::kHloText || format == Format::kStableHlo;
  if (is_text && !importers::BeginsWithPlace(message))
    return Broken("a refusal begins with its place", message);
  return absl::OkStatus();
}

absl::Status CheckRoundTrip(const ir::Module& module, Format format) {
  std::string trip = base::StrCat("a trip through ", Name(format), " changes nothing");
  absl::StatusOr<std::string> bytes = importers::Export(module, format);
  if (!bytes.ok()) return Broken(trip, bytes.status().ToString());
  absl::StatusOr<ir::Module> again = importers::Import(*bytes, format);
  if (!again.ok()) return Broken(trip, base::StrCat(again.status().ToString(), " of\n", *bytes));
  if (std::optional<std::string> difference = ir::FirstDifference(module, *again))
    return Broken(trip, base::StrCat(*difference, " of\n", *bytes));
  absl::StatusOr<std::string> bytes_again = importers::Export(*again, format);
  if (!bytes_again.ok() || *bytes_again != *bytes)
    return Broken(trip, base::StrCat("its bytes differ from\n", *bytes));
  return absl::OkStatus();
}

// Writing a large constant takes time and memory, and tells no more than a small one.
bool HoldsLargeConstant(const ir::Module& module) {
  constexpr int64_t kLargeBytes = 1 << 20;
  for (const ir::Computation& computation : module.computations())
    for (const ir::Instruction& instruction : computation.instructions())
      if (instruction.opcode == ir::OpCode::kConstant &&
          instruction.attr<ir::ConstantAttributes>().literal.shape().ByteSize() > kLargeBytes)
        return true;
  return false;
}

absl::Status CheckGraph(std::string_view bytes, Format format) {
  absl::StatusOr<std::vector<ir::Module>> programs = importers::ImportPrograms(bytes, format);
  if (!programs.ok()) return CheckRefusal(programs.status(), format);
  for (const ir::Module& program : *programs) {
    // Readers take more than the verifier does, and what is invalid may have no form in a format.
    absl::Status verified = ir::Verify(program);
    if (verified.code() == absl::StatusCode::kInternal)
      return Broken("the verifier judges", verified.ToString());
    if (!verified.ok() || HoldsLargeConstant(program)) continue;
    for (Format written : {Format::kHloText, Format::kHloProto, Format::kHloJson})
      EQSAT_RETURN_IF_ERROR(CheckRoundTrip(program, written));
  }
  return absl::OkStatus();
}

template <Format kFormat>
absl::Status CheckGraphOf(std::string_view bytes) {
  return CheckGraph(bytes, kFormat);
}

// A refused file leaves the set as it was; the rules of an accepted one compile.
absl::Status CheckRules(std::string_view bytes) {
  constexpr char kPath[] = "input.eqr";
  rules::RuleSet set;
  absl::Status added = set.AddText(kPath, std::string(bytes));
  if (!added.ok()) {
    std::string_view place = kPath;
    std::string message(added.message());
    if (!message.starts_with(place) || !message.substr(place.size()).starts_with(":") ||
        !importers::BeginsWithPlace(message.substr(place.size() + 1)))
      return Broken("a refusal begins with its place", message);
    if (!set.rules().empty()) return Broken("a refused file leaves no rule", message);
    return absl::OkStatus();
  }
  rules::TestGraph graph;
  rules::RuleFaults faults;
  rules::RuleFilter filter{.numerics = rules::Numerics::kApprox,
                           .phases = {"simplify", "explore", "lower"}};
  absl::Status compiled = set.Compile(graph.graph(), filter, &faults).status();
  return compiled.ok() ? compiled : Broken("an accepted rule compiles", compiled.ToString());
}

// What is accepted is the same after it was written and read again.
absl::Status CheckEGraph(std::string_view bytes) {
  absl::StatusOr<engine::SerializedEGraph> egraph = engine::ReadEGraphJson(std::string(bytes));
  if (!egraph.ok()) {
    std::string message(egraph.status().message());
    return importers::BeginsWithPlace(message) ? absl::OkStatus()
                                               : Broken("a refusal begins with its place", message);
  }
  std::string written = engine::WriteEGraphJson(*egraph);
  absl::StatusOr<engine::SerializedEGraph> again = engine::ReadEGraphJson(written);
  if (!again.ok()) return Broken("what is written can be read", again.status().ToString());
  if (engine::WriteEGraphJson(*again) != written)
    return Broken("what is written stays the same", written);
  return absl::OkStatus();
}

absl::Status CheckTarget(std::string_view bytes) {
  absl::StatusOr<cost_models::Target> target = cost_models::ParseTarget("input.json", bytes);
  if (!target.ok()) {
    std::string message(target.status().message());
    if (!message.starts_with("input.json: "))
      return Broken("a refusal begins with its place", message);
    return absl::OkStatus();
  }
  for (auto engine : {cost_models::Engine::kVector, cost_models::Engine::kMatrix}) {
    double rate = target->FlopsPerSecond(engine, ir::ElementType::kF32);
    if (!(rate >= 0)) return Broken("a rate is a number", base::StrCat(rate));
  }
  return absl::OkStatus();
}

constexpr ReaderCheckEntry kChecks[] = {
    {"hlo_text", CheckGraphOf<Format::kHloText>},
    {"hlo_proto", CheckGraphOf<Format::kHloProto>},
    {"hlo_json", CheckGraphOf<Format::kHloJson>},
    {"stablehlo", CheckGraphOf<Format::kStableHlo>},
    {"stablehlo_bytecode", CheckGraphOf<Format::kStableHloBytecode>},
    {"onnx", CheckGraphOf<Format::kOnnx>},
    {"egraph", CheckEGraph},
    {"rules", CheckRules},
    {"target", CheckTarget},
};

}  // namespace

absl::Span<const ReaderCheckEntry> AllReaderChecks() { return kChecks; }

ReaderCheck FindReaderCheck(std::string_view name) {
  for (const ReaderCheckEntry& entry : kChecks)
    if (entry.name == name) return entry.check;
  return nullptr;
}

}  // namespace eqsat::fuzz
