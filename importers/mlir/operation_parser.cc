#include "importers/mlir/operation_parser.h"

#include "importers/mlir/parser.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::mlir {
namespace {

// Names that MLIR prints without their dialect.
std::string FullName(std::string_view name) {
  if (name == "module") return "builtin.module";
  if (name == "func") return "func.func";
  if (name == "return" || name == "call" || name == "call_indirect" || name == "constant") {
    return base::StrCat("func.", name);
  }
  return std::string(name);
}

}  // namespace

OperationParser::OperationParser(Cursor& cursor, Module* module)
    : cursor_(cursor), module_(*module), attributes_(cursor), scopes_(1) {}

absl::Status OperationParser::ReadModule() { return ReadTopLevel(&module_.operations, ""); }

absl::Status OperationParser::ReadTopLevel(std::vector<Operation>* operations,
                                           std::string_view closer) {
  while (!cursor_.AtEnd()) {
    if (!closer.empty() && cursor_.Accept(closer)) return absl::OkStatus();
    if (cursor_.At("#") || cursor_.At("!")) {
      EQSAT_RETURN_IF_ERROR(SkipAlias());
    } else if (cursor_.At("{-#")) {
      EQSAT_RETURN_IF_ERROR(ReadResources());
    } else if (cursor_.AtWord("module") || cursor_.AtWord("builtin.module")) {
      EQSAT_RETURN_IF_ERROR(ReadModuleOperation());
    } else {
      EQSAT_ASSIGN_OR_RETURN(Operation operation, ReadOperation());
      if (operation.name != "builtin.module") {
        operations->push_back(std::move(operation));
        continue;
      }
      // The generic form of a module.
      module_.attributes = std::move(operation.attributes);
      if (operation.regions.empty()) continue;
      for (Operation& inner : operation.regions[0].operations) {
        operations->push_back(std::move(inner));
      }
    }
  }
  return closer.empty() ? absl::OkStatus() : cursor_.Expected("`}`");
}

// A module inside a module is read as part of it.
absl::Status OperationParser::ReadModuleOperation() {
  Cursor::Level level(cursor_);
  EQSAT_RETURN_IF_ERROR(level.Check());
  EQSAT_RETURN_IF_ERROR(cursor_.ReadName("module").status());
  if (cursor_.At("@")) {
    EQSAT_ASSIGN_OR_RETURN(module_.name, cursor_.ReadSymbolName());
  }
  if (cursor_.AcceptWord("attributes")) {
    EQSAT_ASSIGN_OR_RETURN(module_.attributes, attributes_.ReadDictionary());
  }
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("{"));
  EQSAT_RETURN_IF_ERROR(ReadTopLevel(&module_.operations, "}"));
  return attributes_.ReadTrailingLocation().status();
}

// `#name = …` has been found before: over it, to the end of the line that closes its brackets.
absl::Status OperationParser::SkipAlias() {
  std::string_view text = cursor_.text();
  size_t at = cursor_.position();
  while (at < text.size() && text[at] != '\n') {
    if (text[at] == '"' || text[at] == '<' || text[at] == '(' || text[at] == '[' ||
        text[at] == '{') {
      cursor_.set_position(at);
      if (text[at] == '"') {
        EQSAT_RETURN_IF_ERROR(cursor_.ReadString().status());
      } else {
        EQSAT_RETURN_IF_ERROR(cursor_.ReadBracketed().status());
      }
      at = cursor_.position_after();
    } else {
      ++at;
    }
  }
  cursor_.set_position(at);
  return absl::OkStatus();
}

// `{-# dialect_resources: { builtin: { key: "0x…", … } } #-}`
absl::Status OperationParser::ReadResources() {
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("{-#"));
  int depth = 0;
  while (!cursor_.Accept("#-}")) {
    if (cursor_.AtEnd()) return cursor_.Expected("`#-}`");
    if (cursor_.Accept("{")) {
      ++depth;
    } else if (cursor_.Accept("}")) {
      --depth;
    } else if (!cursor_.Accept(",")) {
      std::string key;
      if (cursor_.At("\"")) {
        EQSAT_ASSIGN_OR_RETURN(key, cursor_.ReadString());
      } else {
        EQSAT_ASSIGN_OR_RETURN(std::string_view name, cursor_.ReadSuffix("a resource's key"));
        key = name;
      }
      EQSAT_RETURN_IF_ERROR(cursor_.Expect(":"));
      if (!cursor_.At("\"")) continue;
      size_t begin = cursor_.position();
      EQSAT_ASSIGN_OR_RETURN(std::string blob, cursor_.ReadString());
      EQSAT_ASSIGN_OR_RETURN(std::string raw, cursor_.DecodeHex(begin, blob));
      if (depth < 2 || raw.size() < 4) continue;
      // The first four bytes are the alignment.
      module_.resources.emplace_back(std::move(key),
                                     std::vector<uint8_t>(raw.begin() + 4, raw.end()));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> OperationParser::ReadValueName() {
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("%"));
  EQSAT_ASSIGN_OR_RETURN(std::string_view name, cursor_.ReadSuffix("a value's name"));
  return std::string(name);
}

absl::StatusOr<ValueId> OperationParser::Define(std::string name, const Type& type) {
  ValueId id = module_.AddValue(type, name);
  std::string key = name;
  if (!scopes_.back().emplace(std::move(key), std::vector<ValueId>{id}).second) {
    return cursor_.Error(base::StrCat("the value %", name, " is defined twice"));
  }
  return id;
}

absl::StatusOr<std::vector<OperationParser::ResultName>> OperationParser::ReadResultNames() {
  std::vector<ResultName> names;
  if (!cursor_.At("%")) return names;
  do {
    ResultName result;
    EQSAT_ASSIGN_OR_RETURN(result.name, ReadValueName());
    if (cursor_.Accept(":")) {
      EQSAT_ASSIGN_OR_RETURN(int64_t count, cursor_.ReadInteger());
      if (count < 1 || count > 65536) return cursor_.Error("a wrong number of results");
      result.count = count;
    }
    names.push_back(std::move(result));
  } while (cursor_.Accept(","));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("="));
  return names;
}

absl::Status OperationParser::BindResults(const std::vector<ResultName>& names, Draft* draft) {
  if (draft->result_count > 0 && draft->result_count != draft->result_types.size()) {
    return cursor_.Error(base::StrCat(draft->op.name, " has ", draft->result_types.size(),
                                      " results, but ", draft->result_count, " are named"));
  }
  for (const Type& type : draft->result_types) draft->op.results.push_back(module_.AddValue(type));
  size_t next = 0;
  for (const ResultName& result : names) {
    std::vector<ValueId> ids(draft->op.results.begin() + next,
                             draft->op.results.begin() + next + result.count);
    for (ValueId id : ids) module_.values[id.value()].name = result.name;
    next += result.count;
    if (!scopes_.back().emplace(result.name, std::move(ids)).second) {
      return cursor_.Error(base::StrCat("the value %", result.name, " is defined twice"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Operation> OperationParser::ReadOperation() {
  Cursor::Level level(cursor_);
  EQSAT_RETURN_IF_ERROR(level.Check());
  EQSAT_ASSIGN_OR_RETURN(std::vector<ResultName> names, ReadResultNames());
  Draft draft;
  for (const ResultName& name : names) draft.result_count += name.count;
  draft.op.place = cursor_.PlaceOf(cursor_.position());
  if (cursor_.At("\"")) {
    EQSAT_ASSIGN_OR_RETURN(draft.op.name, cursor_.ReadString());
    EQSAT_RETURN_IF_ERROR(ReadGeneric(&draft));
  } else {
    EQSAT_ASSIGN_OR_RETURN(std::string_view name, cursor_.ReadName("an operation"));
    draft.op.name = FullName(name);
    EQSAT_RETURN_IF_ERROR(ReadPretty(draft.op.name, &draft));
  }
  EQSAT_ASSIGN_OR_RETURN(draft.op.location, attributes_.ReadTrailingLocation());
  EQSAT_RETURN_IF_ERROR(BindResults(names, &draft));
  return std::move(draft.op);
}

absl::StatusOr<std::vector<ValueId>> OperationParser::ReadOperand() {
  size_t begin = cursor_.position();
  EQSAT_ASSIGN_OR_RETURN(std::string name, ReadValueName());
  const std::vector<ValueId>* found = nullptr;
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend() && found == nullptr; ++scope) {
    if (auto entry = scope->find(name); entry != scope->end()) found = &entry->second;
  }
  if (found == nullptr) {
    return cursor_.ErrorAt(begin, base::StrCat("there is no value %", name));
  }
  if (cursor_.PeekRaw() != '#') return *found;
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("#"));
  EQSAT_ASSIGN_OR_RETURN(int64_t number, cursor_.ReadInteger());
  if (number < 0 || number >= static_cast<int64_t>(found->size())) {
    return cursor_.ErrorAt(begin, base::StrCat("%", name, " has ", found->size(),
                                               " results; there is no number ", number));
  }
  return std::vector<ValueId>{(*found)[number]};
}

absl::Status OperationParser::ReadOperands(Draft* draft) {
  if (!cursor_.At("%")) return absl::OkStatus();
  do {
    EQSAT_ASSIGN_OR_RETURN(std::vector<ValueId> values, ReadOperand());
    draft->op.operands.insert(draft->op.operands.end(), values.begin(), values.end());
  } while (cursor_.Accept(","));
  return absl::OkStatus();
}

absl::Status OperationParser::AddAttribute(Draft* draft, std::string name, Attribute value) {
  if (draft->op.Find(name) != nullptr) {
    return cursor_.Error(base::StrCat("the attribute ", name, " is given twice"));
  }
  draft->op.attributes.emplace_back(std::move(name), std::move(value));
  return absl::OkStatus();
}

absl::Status OperationParser::ReadAttributes(Draft* draft) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<NamedAttribute> entries, attributes_.ReadDictionary());
  for (auto& [name, value] : entries) {
    EQSAT_RETURN_IF_ERROR(AddAttribute(draft, std::move(name), std::move(value)));
  }
  return absl::OkStatus();
}

// `(%a, %b) <{properties}> ({region}, …) {attributes} : (types) -> types`
absl::Status OperationParser::ReadGeneric(Draft* draft) {
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("("));
  EQSAT_RETURN_IF_ERROR(ReadOperands(draft));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
  if (cursor_.Accept("<")) {
    EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(">"));
  }
  if (cursor_.Accept("(")) {
    do {
      // Only control flow of StableHLO sees the values around it.
      EQSAT_ASSIGN_OR_RETURN(Region region, ReadRegion({}));
      draft->op.regions.push_back(std::move(region));
    } while (cursor_.Accept(","));
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
  }
  if (cursor_.At("{")) EQSAT_RETURN_IF_ERROR(ReadAttributes(draft));
  EQSAT_RETURN_IF_ERROR(cursor_.Expect(":"));
  size_t begin = cursor_.position();
  EQSAT_ASSIGN_OR_RETURN(Type function, attributes_.ReadType());
  if (function.kind() != TypeKind::kFunction) {
    return cursor_.ErrorAt(begin, "an operation's generic form ends with `(types) -> types`");
  }
  EQSAT_RETURN_IF_ERROR(CheckOperandTypes(begin, function.elements(), draft->op));
  draft->result_types = function.results();
  return absl::OkStatus();
}

absl::Status OperationParser::CheckOperandTypes(size_t begin, const std::vector<Type>& stated,
                                                const Operation& op) {
  if (stated.size() != op.operands.size()) {
    return cursor_.ErrorAt(
        begin, base::StrCat(op.name, " has ", op.operands.size(), " operands, but ", stated.size(),
                            " types of operands"));
  }
  for (size_t i = 0; i < stated.size(); ++i) {
    const Type& actual = module_.type(op.operands[i]);
    if (actual == stated[i]) continue;
    return cursor_.ErrorAt(begin, base::StrCat("operand ", i, " of ", op.name, " has type ",
                                               actual.ToString(), ", not ", stated[i].ToString()));
  }
  return absl::OkStatus();
}

absl::Status OperationParser::ReadPretty(std::string_view name, Draft* draft) {
  Reader reader = FindReader(name);
  return (this->*reader)(draft);
}

absl::Status OperationParser::ReadBlockArguments(std::vector<ValueId>* arguments) {
  EQSAT_RETURN_IF_ERROR(cursor_.ReadSuffix("a block's name").status());
  if (cursor_.Accept("(") && !cursor_.Accept(")")) {
    do {
      EQSAT_ASSIGN_OR_RETURN(std::string name, ReadValueName());
      EQSAT_RETURN_IF_ERROR(cursor_.Expect(":"));
      EQSAT_ASSIGN_OR_RETURN(Type type, attributes_.ReadType());
      EQSAT_RETURN_IF_ERROR(attributes_.ReadTrailingLocation().status());
      EQSAT_ASSIGN_OR_RETURN(ValueId id, Define(std::move(name), type));
      arguments->push_back(id);
    } while (cursor_.Accept(","));
    EQSAT_RETURN_IF_ERROR(cursor_.Expect(")"));
  }
  return cursor_.Expect(":");
}

absl::StatusOr<Region> OperationParser::ReadRegion(std::vector<ValueId> arguments) {
  Cursor::Level level(cursor_);
  EQSAT_RETURN_IF_ERROR(level.Check());
  Region region{std::move(arguments), {}};
  EQSAT_RETURN_IF_ERROR(cursor_.Expect("{"));
  scopes_.emplace_back();
  if (cursor_.Accept("^")) EQSAT_RETURN_IF_ERROR(ReadBlockArguments(&region.arguments));
  while (!cursor_.Accept("}")) {
    if (cursor_.AtEnd()) return cursor_.Expected("`}`");
    if (cursor_.At("^")) return cursor_.Error("a region has more than one block");
    EQSAT_ASSIGN_OR_RETURN(Operation operation, ReadOperation());
    region.operations.push_back(std::move(operation));
  }
  scopes_.pop_back();
  return region;
}

namespace {

constexpr std::string_view kSeparator = "// -----";

// The next line that holds the separator alone; npos if there is none.
size_t FindSeparator(std::string_view text, size_t from) {
  for (size_t at = text.find(kSeparator, from); at != text.npos;
       at = text.find(kSeparator, at + 1)) {
    const size_t rest = text.find_first_not_of(" \t\r", at + kSeparator.size());
    const bool ends_line = rest == text.npos || text[rest] == '\n';
    if (ends_line && (at == 0 || text[at - 1] == '\n')) return at;
  }
  return text.npos;
}

}  // namespace

absl::StatusOr<std::vector<Module>> ParseText(std::string_view text) {
  std::vector<Module> modules;
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = FindSeparator(text, begin);
    // The cursor keeps what stands before, so that lines are counted from the file's beginning.
    Cursor cursor(text.substr(0, end));
    cursor.set_position(begin);
    Module module;
    EQSAT_RETURN_IF_ERROR(OperationParser(cursor, &module).ReadModule());
    if (!module.operations.empty()) modules.push_back(std::move(module));
    if (end == text.npos) break;
    begin = end + kSeparator.size();
  }
  return modules;
}

}  // namespace eqsat::importers::mlir
