#include "importers/hlo_text/module_parser.h"

#include <string>
#include <utility>

#include "importers/hlo_text/header_parser.h"
#include "importers/hlo_text/instruction_parser.h"
#include "importers/hlo_text/shape_parser.h"
#include "importers/hlo_text/token_reader.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/opcode.h"

namespace eqsat::importers {
namespace {

// `(p: f32[], q: s32[]) -> f32[]`
absl::Status ParseSignature(TokenReader& reader, ShapesByText* shapes,
                            SyntaxComputation* computation) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("(", "before parameters"));
  bool first = true;
  while (!reader.Accept(")")) {
    if (!first) EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between parameters"));
    first = false;
    EQSAT_RETURN_IF_ERROR(reader.ReadName("a parameter's name").status());
    EQSAT_RETURN_IF_ERROR(reader.Expect(":", "after a parameter's name"));
    EQSAT_RETURN_IF_ERROR(ParseShape(reader, shapes).status());
  }
  EQSAT_RETURN_IF_ERROR(reader.Expect("->", "before the result's shape"));
  EQSAT_ASSIGN_OR_RETURN(computation->declared_result, ParseShape(reader, shapes));
  return absl::OkStatus();
}

absl::Status ParseComputation(TokenReader& reader, SyntaxModule* module) {
  if (reader.AtWord("HloModule")) return reader.Error("a second module begins in the same text");
  size_t entry_position = reader.position();
  bool is_entry = reader.AcceptWord("ENTRY");
  if (is_entry && module->entry >= 0)
    return reader.ErrorAt(entry_position, "a module has only one ENTRY");
  SyntaxComputation computation;
  computation.position = reader.position();
  EQSAT_ASSIGN_OR_RETURN(std::string_view name, reader.ReadName("a computation's name"));
  computation.name = std::string(name);
  if (reader.At("("))
    EQSAT_RETURN_IF_ERROR(ParseSignature(reader, &module->shared.shapes, &computation));
  EQSAT_RETURN_IF_ERROR(ParseBody(reader, module, &computation));
  if (reader.Accept(",")) {
    if (!reader.AcceptWord("execution_thread")) return reader.Expected("execution_thread");
    EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after execution_thread"));
    EQSAT_ASSIGN_OR_RETURN(computation.execution_thread, reader.ReadString("execution_thread"));
    if (computation.execution_thread == "main") computation.execution_thread.clear();
  }
  if (is_entry) module->entry = static_cast<int>(module->computations.size());
  module->computations.push_back(std::move(computation));
  return absl::OkStatus();
}

// Does a lone instruction stand here: `name = …` or `f32[] add(…)`?
bool AtInstruction(const TokenReader& reader) {
  if (AtShape(reader)) return true;
  return reader.AtWord() && reader.PeekByte() == '=';
}

// The operands of a lone instruction are the parameters of a computation around it: bare shapes,
// and names with shapes, a name always the same parameter.
absl::Status DeclareParameters(TokenReader& reader, SyntaxComputation* computation) {
  std::vector<SyntaxInstruction> parameters;
  int count = static_cast<int>(computation->instructions.size());
  auto declare = [&](const SyntaxOperand& operand) {
    SyntaxInstruction& parameter = parameters.emplace_back();
    parameter.name = operand.name;
    parameter.shape = *operand.shape;
    parameter.opcode = ir::OpCode::kParameter;
    parameter.attributes = std::make_shared<const ir::Attributes>(
        ir::ParameterAttributes{.number = static_cast<int64_t>(parameters.size()) - 1});
    return count + static_cast<int>(parameters.size()) - 1;
  };
  for (SyntaxInstruction& instruction : computation->instructions) {
    for (SyntaxOperand& operand : instruction.operands) {
      if (operand.nested >= 0) continue;
      bool known = false;
      for (const SyntaxInstruction& parameter : parameters)
        known |= !operand.name.text.empty() && parameter.name.text == operand.name.text;
      if (known) continue;
      if (!operand.shape) {
        return reader.ErrorAt(operand.name.position,
                              base::StrCat("the operand ", operand.name.text, " has no shape"));
      }
      int index = declare(operand);
      if (operand.name.text.empty()) operand.nested = index;
    }
  }
  for (SyntaxInstruction& parameter : parameters)
    computation->instructions.push_back(std::move(parameter));
  return absl::OkStatus();
}

absl::Status ParseLoneInstruction(TokenReader& reader, SyntaxModule* module) {
  SyntaxComputation computation;
  computation.name = "entry";
  computation.position = reader.position();
  InstructionParser parser(reader, module, &computation);
  EQSAT_RETURN_IF_ERROR(parser.ParseLone());
  computation.root = static_cast<int>(computation.instructions.size()) - 1;
  EQSAT_RETURN_IF_ERROR(DeclareParameters(reader, &computation));
  module->computations.push_back(std::move(computation));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SyntaxModule> ParseSyntax(std::string_view text) {
  TokenReader reader(text);
  SyntaxModule module;
  if (reader.AtEnd()) return reader.Expected("an HLO module");
  if (reader.AcceptWord("HloModule"))
    EQSAT_RETURN_IF_ERROR(ParseModuleLine(reader, &module.header));
  EQSAT_RETURN_IF_ERROR(ParseStackFrameTables(reader, &module.header.stack_frames));
  if (AtInstruction(reader)) {
    EQSAT_RETURN_IF_ERROR(ParseLoneInstruction(reader, &module));
    if (!reader.AtEnd()) return reader.Expected("the end of the text after a lone instruction");
  }
  while (!reader.AtEnd()) EQSAT_RETURN_IF_ERROR(ParseComputation(reader, &module));
  if (module.computations.empty()) return reader.Expected("a computation");
  if (module.entry < 0) module.entry = static_cast<int>(module.computations.size()) - 1;
  if (module.header.name.empty()) module.header.name = module.computations[module.entry].name;
  return module;
}

}  // namespace eqsat::importers
