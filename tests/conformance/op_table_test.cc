// The table of operations in docs/conformance.md is what the registries say. Where it is not, run
// this test with EQSAT_UPDATE_DOCS=1: it writes the table anew.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "codegen/fusion/lowerable.h"
#include "codegen/lower/irregular.h"
#include "codegen/lower/scalar_ops.h"
#include "gtest/gtest.h"
#include "importers/stablehlo/op_table.h"
#include "ir/base/strings.h"
#include "ir/interpret/evaluator.h"
#include "ir/ops/op_info.h"

namespace eqsat {
namespace {

using ir::OpCode;

constexpr char kPath[] = EQSAT_SOURCE_DIR "/docs/conformance.md";
constexpr std::string_view kBegin = "<!-- operations: begin -->\n";
constexpr std::string_view kEnd = "<!-- operations: end -->\n";

// How StableHLO or CHLO calls an op, where not by its HLO name with underscores.
std::string StableHloName(OpCode opcode) {
  static const auto* const kNames = new std::map<std::string_view, std::string_view>{
      {"broadcast", "broadcast_in_dim"},
      {"conditional", "case"},
      {"count-leading-zeros", "count_leading_zeros"},
      {"dot", "dot_general"},
      {"opt-barrier", "optimization_barrier"},
      {"topk", "top_k"},
  };
  auto found = kNames->find(ir::Name(opcode));
  std::string name(found == kNames->end() ? ir::Name(opcode) : found->second);
  for (char& c : name)
    if (c == '-') c = '_';
  return name;
}

std::string StableHlo(OpCode opcode) {
  if (opcode == OpCode::kParameter) return "argument";
  std::string name = StableHloName(opcode);
  return importers::stablehlo::FindTranslation(name) == nullptr ? "" : name;
}

// Values of these ops are other values' buffers. Reshapes and bitcasts often are, too, but they
// have code where they are not.
bool IsAlias(OpCode opcode) {
  if (opcode == OpCode::kReshape || opcode == OpCode::kBitcast) return false;
  ir::Instruction instruction;
  instruction.opcode = OpCode::kAfterAll;
  instruction.shape = ir::Shape::Token();
  auto computation = ir::Computation::Make("c", {instruction}, ir::InstructionId(0));
  instruction.opcode = opcode;
  return codegen::IsAlias(*computation, instruction);
}

// Lowering knows no targets, so the code generators agree.
std::string Generated(OpCode opcode) {
  const ir::OpInfo& info = ir::GetOpInfo(opcode);
  if (IsAlias(opcode)) return "no code";
  if (opcode == OpCode::kCall || opcode == OpCode::kFusion) return "inlined";
  if (info.Has(ir::OpTrait::kControl)) return "control";
  if (info.Has(ir::OpTrait::kSideEffect) || info.Has(ir::OpTrait::kCollective)) return "";
  if (codegen::FindIrregularCode(opcode) != nullptr) return "yes";
  if (info.indexing == nullptr) return "";
  const bool scalar = info.Has(ir::OpTrait::kElementwise);
  return !scalar || codegen::FindScalarCode(opcode) != nullptr ? "yes" : "";
}

std::string Table() {
  std::string table =
      "| operation | HLO text, proto, JSON | StableHLO | verified | interpreted | cpu | amdgpu | "
      "nvptx |\n|---|---|---|---|---|---|---|---|\n";
  for (int i = 0; i < ir::kNumOpCodes; ++i) {
    const auto opcode = static_cast<OpCode>(i);
    const ir::OpInfo& info = ir::GetOpInfo(opcode);
    const bool read = ir::OpCodeFromName(ir::Name(opcode)) == opcode;
    const bool run = opcode == OpCode::kParameter || ir::Evaluators()[opcode].evaluate != nullptr;
    const std::string generated = Generated(opcode);
    base::StrAppend(&table, "| `", ir::Name(opcode), "` | ", read ? "yes" : "", " | ",
                    StableHlo(opcode), " | ", info.infer != nullptr ? "yes" : "", " | ",
                    run ? "yes" : "", " | ", generated, " | ", generated, " | ", generated, " |\n");
  }
  return table;
}

std::string ReadPage() {
  std::ifstream file(kPath);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(Conformance, OperationsInTheDocumentationAreThoseOfTheRegistries) {
  const std::string page = ReadPage();
  const size_t begin = page.find(kBegin);
  const size_t end = page.find(kEnd);
  ASSERT_TRUE(begin != page.npos && end != page.npos && begin < end) << kPath;
  const size_t first = begin + kBegin.size();
  const std::string table = Table();
  if (std::getenv("EQSAT_UPDATE_DOCS") != nullptr) {
    std::ofstream(kPath) << page.substr(0, first) << table << page.substr(end);
    return;
  }
  EXPECT_TRUE(page.substr(first, end - first) == table)
      << "the table in docs/conformance.md is old; run this test with EQSAT_UPDATE_DOCS=1";
}

}  // namespace
}  // namespace eqsat
