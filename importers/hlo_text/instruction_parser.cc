#include "importers/hlo_text/instruction_parser.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "importers/hlo_text/annotation_parser.h"
#include "importers/hlo_text/attribute_parser.h"
#include "importers/hlo_text/literal_parser.h"
#include "importers/hlo_text/shape_parser.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace {

using ir::GetOpInfo;
using ir::OpCode;
using ir::OpInfo;
using ir::Presence;

// The opcode that `name` wraps if it ends in -start, -update or -done and has no opcode of its own.
// Ops that have a -done of their own take no sugar at all.
bool Desugar(std::string_view name, OpCode* opcode, AsyncPart* part) {
  for (auto [ending, which] : {std::pair{std::string_view("-start"), AsyncPart::kStart},
                               {std::string_view("-update"), AsyncPart::kUpdate},
                               {std::string_view("-done"), AsyncPart::kDone}}) {
    if (!name.ends_with(ending)) continue;
    std::string_view wrapped = name.substr(0, name.size() - ending.size());
    auto code = ir::OpCodeFromName(wrapped);
    if (!code || ir::OpCodeFromName(base::StrCat(wrapped, "-done"))) return false;
    *opcode = *code;
    *part = which;
    return true;
  }
  return false;
}

std::string OpName(const SyntaxInstruction& instruction) {
  static constexpr std::string_view kEndings[] = {"", "-start", "-update", "-done"};
  return base::StrCat(Name(instruction.opcode), kEndings[static_cast<int>(instruction.async)]);
}

// The regions an instruction's text may name: its op's, but an async-update or -done in sugared
// form names none.
const std::vector<ir::RegionSpec>& Regions(const SyntaxInstruction& instruction) {
  static const auto* const kNone = new std::vector<ir::RegionSpec>;
  if (instruction.async == AsyncPart::kUpdate || instruction.async == AsyncPart::kDone)
    return *kNone;
  return GetOpInfo(instruction.opcode).regions;
}

bool HasOpFields(const SyntaxInstruction& instruction) {
  return instruction.async == AsyncPart::kNone || instruction.async == AsyncPart::kStart;
}

}  // namespace

absl::Status ParseBody(TokenReader& reader, SyntaxModule* module, SyntaxComputation* computation) {
  TokenReader::Level level(reader);
  EQSAT_RETURN_IF_ERROR(level.Check());
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before a computation's instructions"));
  InstructionParser parser(reader, module, computation);
  while (!reader.Accept("}")) EQSAT_RETURN_IF_ERROR(parser.Parse());
  if (computation->instructions.empty()) {
    return reader.ErrorAt(computation->position,
                          base::StrCat("computation ", computation->name, " has no instructions"));
  }
  if (computation->root < 0)
    computation->root = static_cast<int>(computation->instructions.size()) - 1;
  return absl::OkStatus();
}

absl::Status InstructionParser::Parse() {
  size_t root_position = reader_.position();
  bool is_root = reader_.AcceptWord("ROOT");
  if (is_root && computation_->root >= 0) {
    return reader_.ErrorAt(root_position, base::StrCat("computation ", computation_->name,
                                                       " has two instructions marked ROOT"));
  }
  SyntaxName name{.text = {}, .position = reader_.position()};
  EQSAT_ASSIGN_OR_RETURN(name.text, reader_.ReadName("an instruction's name"));
  EQSAT_RETURN_IF_ERROR(reader_.Expect("=", "after an instruction's name"));
  EQSAT_RETURN_IF_ERROR(ParseNamed(name));
  if (is_root) {
    computation_->root = static_cast<int>(computation_->instructions.size()) - 1;
    computation_->root_position = root_position;
  }
  return absl::OkStatus();
}

absl::Status InstructionParser::ParseLone() {
  SyntaxName name{.text = {}, .position = reader_.position()};
  if (reader_.AtWord() && reader_.PeekByte() == '=') {
    EQSAT_ASSIGN_OR_RETURN(name.text, reader_.ReadName("an instruction's name"));
    reader_.Advance();
  }
  return ParseNamed(name);
}

absl::Status InstructionParser::ParseNamed(SyntaxName name) {
  std::optional<ir::Shape> shape;
  if (AtShape(reader_)) {
    EQSAT_ASSIGN_OR_RETURN(shape, ParseShape(reader_, &module_->shared.shapes));
  }
  return ParseRest(name, std::move(shape), /*nested=*/false);
}

absl::Status InstructionParser::ParseRest(SyntaxName name, std::optional<ir::Shape> shape,
                                          bool nested) {
  TokenReader::Level level(reader_);
  EQSAT_RETURN_IF_ERROR(level.Check());
  SyntaxInstruction instruction;
  instruction.name = name;
  instruction.shape = std::move(shape);
  EQSAT_RETURN_IF_ERROR(ParseOpCode(&instruction));
  EQSAT_RETURN_IF_ERROR(reader_.Expect("(", "before operands"));
  bool positional =
      instruction.opcode == OpCode::kParameter || instruction.opcode == OpCode::kConstant;
  if (positional) {
    EQSAT_RETURN_IF_ERROR(ParsePositional(&instruction));
  } else {
    EQSAT_RETURN_IF_ERROR(ParseOperands(&instruction));
  }
  EQSAT_RETURN_IF_ERROR(reader_.Expect(")", "after operands"));
  // An attribute of a nested instruction could not be told from the next operand.
  if (!nested) EQSAT_RETURN_IF_ERROR(ParseAttributes(&instruction));
  computation_->instructions.push_back(std::move(instruction));
  return absl::OkStatus();
}

absl::Status InstructionParser::ParseOpCode(SyntaxInstruction* instruction) {
  size_t position = reader_.position();
  EQSAT_ASSIGN_OR_RETURN(
      std::string_view name,
      reader_.ReadName(instruction->shape ? "an opcode" : "a shape or an opcode"));
  if (auto opcode = ir::OpCodeFromName(name)) {
    instruction->opcode = *opcode;
    return absl::OkStatus();
  }
  if (Desugar(name, &instruction->opcode, &instruction->async)) return absl::OkStatus();
  std::vector<std::string_view> names;
  for (int i = 0; i < ir::kNumOpCodes; ++i) names.push_back(Name(static_cast<OpCode>(i)));
  std::string_view near = base::NearestName(name, names);
  return reader_.ErrorAt(position, base::StrCat("no opcode is named ", name,
                                                near.empty() ? "" : "; did you mean ", near));
}

absl::Status InstructionParser::ParseOperands(SyntaxInstruction* instruction) {
  instruction->operands.reserve(2);  // as most have one or two
  while (!reader_.At(")")) {
    if (!instruction->operands.empty())
      EQSAT_RETURN_IF_ERROR(reader_.Expect(",", "between operands"));
    EQSAT_RETURN_IF_ERROR(ParseOperand(&instruction->operands.emplace_back()));
  }
  return absl::OkStatus();
}

absl::Status InstructionParser::ParseOperand(SyntaxOperand* operand) {
  operand->name.position = reader_.position();
  if (AtShape(reader_)) {
    EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ParseShape(reader_, &module_->shared.shapes));
    operand->shape = std::make_unique<ir::Shape>(std::move(shape));
    if (reader_.At(",") || reader_.At(")")) return absl::OkStatus();
  }
  if (!reader_.AtWord()) return reader_.Expected("an operand");
  if (!reader_.token().has_percent && reader_.PeekByte() == '(') {
    SyntaxName anonymous{.text = {}, .position = operand->name.position};
    std::optional<ir::Shape> shape;
    if (operand->shape) shape = std::move(*operand->shape);
    operand->shape = nullptr;
    EQSAT_RETURN_IF_ERROR(ParseRest(anonymous, std::move(shape), /*nested=*/true));
    operand->nested = static_cast<int>(computation_->instructions.size()) - 1;
    return absl::OkStatus();
  }
  operand->name = {.text = reader_.token().text, .position = reader_.position()};
  reader_.Advance();
  while (reader_.Accept("#")) {
    EQSAT_ASSIGN_OR_RETURN(int64_t index, reader_.ReadInteger("a tuple index"));
    operand->tuple_path.push_back(index);
  }
  return absl::OkStatus();
}

absl::Status InstructionParser::ParsePositional(SyntaxInstruction* instruction) {
  if (instruction->opcode == OpCode::kParameter) {
    EQSAT_ASSIGN_OR_RETURN(int64_t number, reader_.ReadInteger("a parameter's number"));
    instruction->attributes =
        module_->shared.attributes.Share(ir::ParameterAttributes{.number = number});
    return absl::OkStatus();
  }
  if (!instruction->shape) return reader_.Error("a constant must state its shape");
  EQSAT_ASSIGN_OR_RETURN(ir::Literal literal, ParseLiteral(reader_, *instruction->shape));
  instruction->attributes =
      module_->shared.attributes.Share(ir::ConstantAttributes{.literal = std::move(literal)});
  return absl::OkStatus();
}

bool InstructionParser::Seen(std::string_view name) const {
  for (std::string_view other : seen_)
    if (other == name) return true;
  return false;
}

absl::Status InstructionParser::ParseAttributes(SyntaxInstruction* instruction) {
  // Inline computations are read by parsers of their own, so these are this instruction's alone.
  seen_.clear();
  attributes_.reset();
  metadata_ = nullptr;
  annotations_ = nullptr;
  regions_.assign(Regions(*instruction).size(), {});
  while (reader_.Accept(",")) {
    SyntaxName name{.text = {}, .position = reader_.position()};
    EQSAT_ASSIGN_OR_RETURN(name.text, reader_.ReadName("an attribute's name"));
    if (Seen(name.text))
      return reader_.ErrorAt(name.position, base::StrCat(name.text, " is given twice"));
    seen_.push_back(name.text);
    EQSAT_RETURN_IF_ERROR(reader_.Expect("=", "after an attribute's name"));
    EQSAT_RETURN_IF_ERROR(ParseAttribute(instruction, name));
  }
  for (const std::vector<SyntaxCallee>& region : regions_)
    for (const SyntaxCallee& callee : region) instruction->callees.push_back(callee);
  if (attributes_)
    instruction->attributes = module_->shared.attributes.Share(*std::move(attributes_));
  instruction->annotations = annotations_ ? std::move(annotations_) : std::move(metadata_);
  return CheckComplete(*instruction);
}

absl::Status InstructionParser::ParseAttribute(SyntaxInstruction* instruction,
                                               const SyntaxName& name) {
  if (name.text == "metadata") return ParseMetadata();
  EQSAT_ASSIGN_OR_RETURN(bool is_field, ParseField(instruction, name));
  if (is_field) return absl::OkStatus();
  EQSAT_ASSIGN_OR_RETURN(bool is_region, ParseRegion(instruction, name));
  if (is_region) return absl::OkStatus();
  if (name.text == "control-predecessors") return ParseControlPredecessors(instruction);
  EQSAT_ASSIGN_OR_RETURN(bool is_annotation, ParseAnnotation(reader_, name.text, &Annotations()));
  return is_annotation ? absl::OkStatus() : UnknownAttribute(*instruction, name);
}

absl::Status InstructionParser::ParseControlPredecessors(SyntaxInstruction* instruction) {
  EQSAT_RETURN_IF_ERROR(reader_.Expect("{", "before control predecessors"));
  while (!reader_.Accept("}")) {
    if (!instruction->control_predecessors.empty())
      EQSAT_RETURN_IF_ERROR(reader_.Expect(",", "between control predecessors"));
    SyntaxName predecessor{.text = {}, .position = reader_.position()};
    EQSAT_ASSIGN_OR_RETURN(predecessor.text, reader_.ReadName("an instruction's name"));
    instruction->control_predecessors.push_back(predecessor);
  }
  return absl::OkStatus();
}

ir::Annotations& InstructionParser::Annotations() {
  if (!annotations_) annotations_ = std::make_shared<ir::Annotations>();
  if (metadata_) annotations_->metadata = std::exchange(metadata_, nullptr)->metadata;
  return *annotations_;
}

absl::Status InstructionParser::ParseMetadata() {
  auto& known = module_->shared.metadata;
  std::string_view text = reader_.PlainBraces();
  if (auto found = known.find(text); found != known.end()) {
    reader_.Skip(text.size());
    metadata_ = found->second;
  } else {
    auto read = std::make_shared<ir::Annotations>();
    EQSAT_RETURN_IF_ERROR(ParseAnnotation(reader_, "metadata", read.get()).status());
    metadata_ = std::move(read);
    if (!text.empty()) known.emplace(text, metadata_);
  }
  if (annotations_) Annotations();
  return absl::OkStatus();
}

absl::StatusOr<bool> InstructionParser::ParseField(SyntaxInstruction* instruction,
                                                   const SyntaxName& name) {
  bool found = false;
  absl::Status status;
  auto visit = [&](std::string_view field_name, auto& field, Presence presence) {
    if (field_name != name.text || presence == Presence::kPositional || found) return;
    found = true;
    status = ParseValue(reader_, &field);
  };
  if (instruction->async != AsyncPart::kNone)
    ir::AsyncAttributes::VisitFields(instruction->async_attributes, visit);
  // What stands between the parentheses of parameters and constants is all that they have.
  if (!found && HasOpFields(*instruction) && !instruction->attributes) {
    if (!attributes_) attributes_ = GetOpInfo(instruction->opcode).attributes;
    VisitAttributeFields(*attributes_, visit);
  }
  if (!status.ok()) return status;
  return found;
}

absl::StatusOr<bool> InstructionParser::ParseRegion(SyntaxInstruction* instruction,
                                                    const SyntaxName& name) {
  const std::vector<ir::RegionSpec>& specs = Regions(*instruction);
  for (size_t i = 0; i < specs.size(); ++i) {
    // The two branches of a conditional on a pred have names of their own, and so does the only
    // computation of a custom call.
    bool branches = specs[i].name == "branch_computations";
    bool if_true = branches && name.text == "true_computation";
    bool if_false = branches && name.text == "false_computation";
    bool only = specs[i].name == "called_computations" && name.text == "to_apply";
    if (specs[i].name != name.text && !if_true && !if_false && !only) continue;
    std::vector<SyntaxCallee>& region = regions_[i];
    if (!specs[i].is_list || if_true || if_false || only) {
      EQSAT_ASSIGN_OR_RETURN(SyntaxCallee callee, ParseCallee(*instruction, name.text));
      region.insert(if_true ? region.begin() : region.end(), callee);
      return true;
    }
    EQSAT_RETURN_IF_ERROR(reader_.Expect("{", "before a list of computations"));
    while (!reader_.Accept("}")) {
      if (!region.empty()) EQSAT_RETURN_IF_ERROR(reader_.Expect(",", "between computations"));
      EQSAT_ASSIGN_OR_RETURN(SyntaxCallee callee, ParseCallee(*instruction, name.text));
      region.push_back(callee);
    }
    return true;
  }
  return false;
}

absl::StatusOr<SyntaxCallee> InstructionParser::ParseCallee(const SyntaxInstruction& instruction,
                                                            std::string_view region) {
  SyntaxCallee callee;
  callee.name.position = reader_.position();
  if (!reader_.At("{")) {
    EQSAT_ASSIGN_OR_RETURN(callee.name.text, reader_.ReadName("a computation's name"));
    return callee;
  }
  SyntaxComputation computation;
  computation.position = callee.name.position;
  computation.is_inline = true;
  computation.name = instruction.name.text.empty()
                         ? std::string(region)
                         : base::StrCat(instruction.name.text, ".", region);
  EQSAT_RETURN_IF_ERROR(ParseBody(reader_, module_, &computation));
  callee.computation = static_cast<int>(module_->computations.size());
  module_->computations.push_back(std::move(computation));
  return callee;
}

absl::Status InstructionParser::CheckComplete(const SyntaxInstruction& instruction) const {
  std::string_view missing;
  auto visit = [&](std::string_view name, const auto&, Presence presence) {
    if (presence == Presence::kRequired && missing.empty() && !Seen(name)) missing = name;
  };
  if (HasOpFields(instruction)) {
    const OpInfo& info = GetOpInfo(instruction.opcode);
    VisitAttributeFields(info.attributes, visit);
    for (size_t i = 0; i < info.regions.size() && missing.empty(); ++i) {
      if (info.regions[i].presence == Presence::kRequired && regions_[i].empty())
        missing = info.regions[i].name;
    }
  }
  if (missing.empty()) return absl::OkStatus();
  return reader_.ErrorAt(instruction.name.position,
                         base::StrCat(OpName(instruction), " needs the attribute ", missing));
}

absl::Status InstructionParser::UnknownAttribute(const SyntaxInstruction& instruction,
                                                 const SyntaxName& name) const {
  std::vector<std::string_view> known(AnnotationNames().begin(), AnnotationNames().end());
  known.push_back("control-predecessors");
  if (HasOpFields(instruction)) {
    VisitAttributeFields(GetOpInfo(instruction.opcode).attributes,
                         [&](std::string_view field, const auto&, Presence presence) {
                           if (presence != Presence::kPositional) known.push_back(field);
                         });
  }
  for (const ir::RegionSpec& region : Regions(instruction)) known.push_back(region.name);
  std::string_view near = base::NearestName(name.text, known);
  return reader_.ErrorAt(name.position,
                         base::StrCat(OpName(instruction), " has no attribute ", name.text,
                                      near.empty() ? "" : "; did you mean ", near));
}

}  // namespace eqsat::importers
