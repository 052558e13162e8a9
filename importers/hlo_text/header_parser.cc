#include "importers/hlo_text/header_parser.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "importers/hlo_text/annotation_parser.h"
#include "importers/hlo_text/shape_parser.h"
#include "importers/name_set.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace {

// `true` or `{true,false}`
absl::Status ParseFlags(TokenReader& reader, std::vector<bool>* flags) {
  if (!reader.Accept("{")) {
    EQSAT_ASSIGN_OR_RETURN(bool flag, reader.ReadBool("a flag"));
    flags->assign(1, flag);
    return absl::OkStatus();
  }
  while (!reader.Accept("}")) {
    if (!flags->empty()) EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between flags"));
    EQSAT_ASSIGN_OR_RETURN(bool flag, reader.ReadBool("a flag"));
    flags->push_back(flag);
  }
  return absl::OkStatus();
}

// `{(f32[2]{0}, s32[])->f32[2]{0}}`
absl::Status ParseEntryLayout(TokenReader& reader, ir::ProgramShape* layout) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before the entry's shapes"));
  EQSAT_RETURN_IF_ERROR(reader.Expect("(", "before the entry's parameters"));
  while (!reader.Accept(")")) {
    if (!layout->parameters.empty())
      EQSAT_RETURN_IF_ERROR(reader.Expect(",", "between the entry's parameters"));
    EQSAT_ASSIGN_OR_RETURN(ir::Shape parameter, ParseShape(reader));
    layout->parameters.push_back(std::move(parameter));
  }
  EQSAT_RETURN_IF_ERROR(reader.Expect("->", "before the entry's result"));
  EQSAT_ASSIGN_OR_RETURN(layout->result, ParseShape(reader));
  return reader.Expect("}", "after the entry's shapes");
}

// `(1, {}, must-alias)`, where the kind may be left out.
absl::Status ParseAlias(TokenReader& reader, ir::InputOutputAlias* alias) {
  EQSAT_RETURN_IF_ERROR(ParseIntegers(reader, "{", "}", &alias->output_index));
  EQSAT_RETURN_IF_ERROR(reader.Expect(":", "after an output index"));
  EQSAT_RETURN_IF_ERROR(reader.Expect("(", "before an aliased parameter"));
  EQSAT_ASSIGN_OR_RETURN(alias->parameter, reader.ReadInteger("a parameter number"));
  EQSAT_RETURN_IF_ERROR(reader.Expect(",", "after a parameter number"));
  EQSAT_RETURN_IF_ERROR(ParseIntegers(reader, "{", "}", &alias->parameter_index));
  if (reader.Accept(",")) {
    alias->must_alias = reader.AtWord("must-alias");
    if (!reader.AcceptWord("must-alias") && !reader.AcceptWord("may-alias"))
      return reader.Expected("must-alias or may-alias");
  }
  return reader.Expect(")", "after an aliased parameter");
}

absl::Status ParseDonor(TokenReader& reader, ir::BufferDonor* donor) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("(", "before a donated parameter"));
  EQSAT_ASSIGN_OR_RETURN(donor->parameter, reader.ReadInteger("a parameter number"));
  EQSAT_RETURN_IF_ERROR(reader.Expect(",", "after a parameter number"));
  EQSAT_RETURN_IF_ERROR(ParseIntegers(reader, "{", "}", &donor->parameter_index));
  return reader.Expect(")", "after a donated parameter");
}

template <typename T>
absl::Status ParseList(TokenReader& reader, absl::Status (*parse)(TokenReader&, T*),
                       std::vector<T>* out) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before a list"));
  while (!reader.Accept("}")) {
    if (!out->empty()) EQSAT_RETURN_IF_ERROR(reader.Expect(",", "in a list"));
    EQSAT_RETURN_IF_ERROR(parse(reader, &out->emplace_back()));
  }
  return absl::OkStatus();
}

absl::Status ParseCount(TokenReader& reader, int64_t* count) {
  size_t position = reader.position();
  EQSAT_ASSIGN_OR_RETURN(*count, reader.ReadInteger("a count"));
  if (*count < 1)
    return reader.ErrorAt(position, base::StrCat("the count ", *count, " is below 1"));
  return absl::OkStatus();
}

// `{ {"add"}:({log_mode=default}) }`: every log mode is one that exists.
absl::Status CheckDebugAttributes(TokenReader& reader) {
  TokenReader ahead = reader;
  EQSAT_ASSIGN_OR_RETURN(std::string_view braced, reader.ReadBracketed("debug_attributes"));
  size_t end = ahead.position() + braced.size();
  for (; !ahead.AtEnd() && ahead.position() < end; ahead.Advance()) {
    if (!ahead.AcceptWord("log_mode")) continue;
    EQSAT_RETURN_IF_ERROR(ahead.Expect("=", "after log_mode"));
    if (!ahead.AtWord("default") && !ahead.AtWord("fusion_debugger"))
      return ahead.Expected("a log mode, default or fusion_debugger");
  }
  return absl::OkStatus();
}

// An attribute of which only the text is kept.
absl::Status ParseOther(TokenReader& reader, std::string_view name, ir::ModuleHeader* header) {
  if (name == "debug_attributes" && reader.At("{")) {
    TokenReader ahead = reader;
    EQSAT_RETURN_IF_ERROR(CheckDebugAttributes(ahead));
  }
  std::string text;
  if (reader.At("{") || reader.At("[") || reader.At("(")) {
    EQSAT_ASSIGN_OR_RETURN(std::string_view braced, reader.ReadBracketed(name));
    text = std::string(braced);
  } else if (reader.AtWord() || reader.AtNumber() || reader.AtString()) {
    text = std::string(reader.token().text);
    reader.Advance();
  } else {
    return reader.Expected(base::StrCat("a value for ", name));
  }
  header->other.emplace_back(std::string(name), std::move(text));
  return absl::OkStatus();
}

// The id at the head of a table's line; ids count from 1 without gaps.
absl::Status ParseRowId(TokenReader& reader, size_t rows_so_far) {
  size_t position = reader.position();
  EQSAT_ASSIGN_OR_RETURN(int64_t id, reader.ReadInteger("a row's id"));
  if (id == static_cast<int64_t>(rows_so_far) + 1) return absl::OkStatus();
  return reader.ErrorAt(position,
                        base::StrCat("expected the row ", rows_so_far + 1, ", found ", id));
}

absl::Status ParseNames(TokenReader& reader, std::vector<std::string>* names) {
  while (reader.AtNumber()) {
    EQSAT_RETURN_IF_ERROR(ParseRowId(reader, names->size()));
    EQSAT_ASSIGN_OR_RETURN(std::string name, reader.ReadString("a table's name"));
    names->push_back(std::move(name));
  }
  return absl::OkStatus();
}

// `{file_name_id=1 line=153 …}`; fields(name) is where a field goes, or null.
template <typename Fields>
absl::Status ParseRow(TokenReader& reader, Fields fields) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before a row"));
  while (!reader.Accept("}")) {
    size_t position = reader.position();
    EQSAT_ASSIGN_OR_RETURN(std::string_view name, reader.ReadName("a field"));
    EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after a field's name"));
    int64_t* field = fields(name);
    if (!field) return reader.ErrorAt(position, base::StrCat("a row has no field ", name));
    size_t value = reader.position();
    EQSAT_ASSIGN_OR_RETURN(*field, reader.ReadInteger("a field"));
    if (*field != static_cast<int32_t>(*field))
      return reader.ErrorAt(value, base::StrCat(name, "=", *field, " does not fit 32 bits"));
    reader.Accept(",");
  }
  return absl::OkStatus();
}

absl::Status ParseLocations(TokenReader& reader, std::vector<ir::StackFrameIndex::Location>* rows) {
  while (reader.AtNumber()) {
    EQSAT_RETURN_IF_ERROR(ParseRowId(reader, rows->size()));
    ir::StackFrameIndex::Location& row = rows->emplace_back();
    EQSAT_RETURN_IF_ERROR(ParseRow(reader, [&row](std::string_view name) -> int64_t* {
      if (name == "file_name_id") return &row.file_name_id;
      if (name == "function_name_id") return &row.function_name_id;
      if (name == "line") return &row.line;
      if (name == "end_line") return &row.end_line;
      if (name == "column") return &row.column;
      if (name == "end_column") return &row.end_column;
      return nullptr;
    }));
  }
  return absl::OkStatus();
}

absl::Status ParseFrames(TokenReader& reader, std::vector<ir::StackFrameIndex::Frame>* rows) {
  while (reader.AtNumber()) {
    EQSAT_RETURN_IF_ERROR(ParseRowId(reader, rows->size()));
    ir::StackFrameIndex::Frame& row = rows->emplace_back();
    EQSAT_RETURN_IF_ERROR(ParseRow(reader, [&row](std::string_view name) -> int64_t* {
      if (name == "file_location_id") return &row.file_location_id;
      if (name == "parent_frame_id") return &row.parent_frame_id;
      return nullptr;
    }));
    row.parent_frame_id -= 1;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ParseModuleAttribute(TokenReader& reader, std::string_view name,
                                  ir::ModuleHeader* header) {
  if (name == "is_scheduled") {
    EQSAT_ASSIGN_OR_RETURN(header->is_scheduled, reader.ReadBool(name));
    return absl::OkStatus();
  }
  if (name == "entry_computation_layout")
    return ParseEntryLayout(reader, &header->entry_layout.emplace());
  if (name == "input_output_alias")
    return ParseList(reader, ParseAlias, &header->input_output_alias);
  if (name == "buffer_donor") return ParseList(reader, ParseDonor, &header->buffer_donors);
  if (name == "frontend_attributes")
    return ParseFrontendAttributes(reader, &header->frontend_attributes);
  if (name == "replica_count") return ParseCount(reader, &header->replica_count);
  if (name == "num_partitions") return ParseCount(reader, &header->num_partitions);
  if (name == "allow_spmd_sharding_propagation_to_parameters")
    return ParseFlags(reader, &header->propagate_sharding_to_parameters);
  if (name == "allow_spmd_sharding_propagation_to_output")
    return ParseFlags(reader, &header->propagate_sharding_to_output);
  if (name == "alias_passthrough_params")
    return ParseFlags(reader, &header->alias_passthrough_parameters);
  constexpr std::string_view kOthers[] = {"origin_recovery_table", "debug_attributes"};
  if (std::ranges::find(kOthers, name) == std::end(kOthers))
    return reader.Error(base::StrCat("a module has no attribute ", name));
  return ParseOther(reader, name, header);
}

absl::Status ParseModuleLine(TokenReader& reader, ir::ModuleHeader* header) {
  // A colon may end the name.
  if (reader.AtEnd() || !BeginsModuleName(reader.Rest()[0]))
    return reader.Expected("the module's name");
  header->name = std::string(reader.ReadRaw(kModuleNameMarks));
  reader.Accept(":");
  std::vector<std::string_view> seen;
  while (reader.Accept(",")) {
    size_t position = reader.position();
    EQSAT_ASSIGN_OR_RETURN(std::string_view name, reader.ReadName("a module attribute"));
    for (std::string_view other : seen)
      if (other == name) return reader.ErrorAt(position, base::StrCat(name, " is given twice"));
    seen.push_back(name);
    EQSAT_RETURN_IF_ERROR(reader.Expect("=", "after a module attribute's name"));
    EQSAT_RETURN_IF_ERROR(ParseModuleAttribute(reader, name, header));
  }
  return absl::OkStatus();
}

absl::Status ParseStackFrameTables(TokenReader& reader, ir::StackFrameIndex* tables) {
  while (true) {
    if (reader.AcceptWord("FileNames")) {
      EQSAT_RETURN_IF_ERROR(ParseNames(reader, &tables->file_names));
    } else if (reader.AcceptWord("FunctionNames")) {
      EQSAT_RETURN_IF_ERROR(ParseNames(reader, &tables->function_names));
    } else if (reader.AcceptWord("FileLocations")) {
      EQSAT_RETURN_IF_ERROR(ParseLocations(reader, &tables->file_locations));
    } else if (reader.AcceptWord("StackFrames")) {
      EQSAT_RETURN_IF_ERROR(ParseFrames(reader, &tables->stack_frames));
      tables->DropUnknownParents();
    } else {
      return absl::OkStatus();
    }
  }
}

}  // namespace eqsat::importers
