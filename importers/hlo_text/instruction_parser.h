// One instruction of HLO text, and the body of a computation.
#ifndef EQSAT_IMPORTERS_HLO_TEXT_INSTRUCTION_PARSER_H_
#define EQSAT_IMPORTERS_HLO_TEXT_INSTRUCTION_PARSER_H_

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "importers/hlo_text/syntax.h"
#include "importers/hlo_text/token_reader.h"
#include "ir/ops/op_info.h"

namespace eqsat::importers {

// Reads `{ … }` into `computation`. Computations that stand inline go to `module`, inner ones
// first.
absl::Status ParseBody(TokenReader& reader, SyntaxModule* module, SyntaxComputation* computation);

// Appends instructions to a computation: the one that is read and those nested in its operands.
class InstructionParser {
 public:
  InstructionParser(TokenReader& reader, SyntaxModule* module, SyntaxComputation* computation)
      : reader_(reader), module_(module), computation_(computation) {}

  // `ROOT %name = shape opcode(operands), attributes`
  absl::Status Parse();
  // `name = shape opcode(…), …` or the same without a name.
  absl::Status ParseLone();

 private:
  // From the opcode on; appends the instruction. Nested instructions state no attributes.
  absl::Status ParseRest(SyntaxName name, std::optional<ir::Shape> shape, bool nested);
  absl::Status ParseNamed(SyntaxName name);
  absl::Status ParseOpCode(SyntaxInstruction* instruction);
  absl::Status ParseOperands(SyntaxInstruction* instruction);
  absl::Status ParseOperand(SyntaxOperand* operand);
  absl::Status ParsePositional(SyntaxInstruction* instruction);
  absl::Status ParseAttributes(SyntaxInstruction* instruction);
  // The value of the attribute `name`, after its `=`.
  absl::Status ParseAttribute(SyntaxInstruction* instruction, const SyntaxName& name);
  absl::Status ParseControlPredecessors(SyntaxInstruction* instruction);
  absl::Status ParseMetadata();
  // The instruction's own annotations, to be added to.
  ir::Annotations& Annotations();
  absl::StatusOr<bool> ParseRegion(SyntaxInstruction* instruction, const SyntaxName& name);
  absl::StatusOr<bool> ParseField(SyntaxInstruction* instruction, const SyntaxName& name);
  absl::StatusOr<SyntaxCallee> ParseCallee(const SyntaxInstruction& instruction,
                                           std::string_view region);
  absl::Status CheckComplete(const SyntaxInstruction& instruction) const;
  absl::Status UnknownAttribute(const SyntaxInstruction& instruction, const SyntaxName& name) const;
  bool Seen(std::string_view name) const;

  TokenReader& reader_;
  SyntaxModule* module_;
  SyntaxComputation* computation_;

  // Of the instruction whose attributes are being read.
  std::vector<std::string_view> seen_;
  std::optional<ir::Attributes> attributes_;         // absent: the op's defaults
  std::shared_ptr<const ir::Annotations> metadata_;  // of metadata alone
  std::shared_ptr<ir::Annotations> annotations_;     // of others too; then metadata_ is null
  std::vector<std::vector<SyntaxCallee>> regions_;   // one list for each RegionSpec
};

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_TEXT_INSTRUCTION_PARSER_H_
