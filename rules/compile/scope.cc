#include "rules/compile/scope.h"

#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/compile/vocabulary.h"

namespace eqsat::rules {
namespace {

// Type variables are declared by use; anything longer is taken for a slip of the pen.
bool LooksLikeVariable(std::string_view name) {
  return !name.empty() && name.size() <= 3 && name[0] >= 'A' && name[0] <= 'Z';
}

}  // namespace

absl::StatusOr<FileScope> FileScope::Make(std::shared_ptr<const SourceText> source,
                                          const RuleFile& file) {
  FileScope scope;
  scope.source_ = std::move(source);
  for (const SetDecl& set : file.sets) EQSAT_RETURN_IF_ERROR(scope.AddSet(set));
  scope.functions_ = file.functions;
  return scope;
}

absl::Status FileScope::AddSet(const SetDecl& set) {
  if (type_sets_.count(set.name) || op_sets_.count(set.name))
    return source_->Error(set.place, base::StrCat("the set ", set.name, " is declared twice"));
  std::vector<ir::ElementType> types;
  std::vector<ir::OpCode> opcodes;
  for (size_t i = 0; i < set.members.size(); ++i) {
    const std::string& member = set.members[i];
    if (set.is_reducers) {
      std::optional<ir::OpCode> opcode = ReducerFromName(member);
      if (!opcode) opcode = OpFromRuleName(member);
      if (opcode) opcodes.push_back(*opcode);
      if (opcode) continue;
    } else if (auto type = ElementTypeFromRuleName(member)) {
      types.push_back(*type);
      continue;
    } else if (const auto* included = FindTypeSet(member)) {
      types.insert(types.end(), included->begin(), included->end());
      continue;
    }
    return source_->Error(
        set.member_places[i],
        base::StrCat("'", member, "' is no ", set.is_reducers ? "operation" : "element type"));
  }
  if (set.is_reducers) {
    op_sets_[set.name] = std::move(opcodes);
  } else {
    type_sets_[set.name] = std::move(types);
  }
  return absl::OkStatus();
}

const std::vector<ir::ElementType>* FileScope::FindTypeSet(std::string_view name) const {
  auto at = type_sets_.find(name);
  return at != type_sets_.end() ? &at->second : BuiltInTypeSet(name);
}

const std::vector<ir::OpCode>* FileScope::FindOpSet(std::string_view name) const {
  auto at = op_sets_.find(name);
  return at != op_sets_.end() ? &at->second : BuiltInOpSet(name);
}

std::vector<std::string_view> FileScope::SetNames() const {
  std::vector<std::string_view> names = BuiltInSetNames();
  for (const auto& [name, members] : type_sets_) names.push_back(name);
  for (const auto& [name, members] : op_sets_) names.push_back(name);
  return names;
}

const FunctionDecl* FileScope::FindFunctionDecl(std::string_view name,
                                                const FunctionDecl* before) const {
  for (const FunctionDecl& function : functions_) {
    if (&function == before) return nullptr;
    if (function.name == name) return &function;
  }
  return nullptr;
}

SymbolId Scope::Find(std::string_view name) const {
  if (name == "_") return kNoSymbol;
  for (size_t i = 0; i < rule_->symbols.size(); ++i)
    if (rule_->symbols[i].name == name) return static_cast<SymbolId>(i);
  return kNoSymbol;
}

SymbolId Scope::Add(std::string_view name, ValueKind kind, Place place) {
  rule_->symbols.push_back({.name = std::string(name), .place = place, .kind = kind});
  return static_cast<SymbolId>(rule_->symbols.size() - 1);
}

std::vector<std::string_view> Scope::SymbolNames() const {
  std::vector<std::string_view> names;
  for (const Symbol& symbol : rule_->symbols) names.push_back(symbol.name);
  return names;
}

absl::Status Scope::Expect(SymbolId id, ValueKind kind, Place place) const {
  if (symbol(id).kind == kind) return absl::OkStatus();
  return Error(place, base::StrCat("'", symbol(id).name, "' is ", NameOf(symbol(id).kind),
                                   ", but stands here as ", NameOf(kind)));
}

namespace {

absl::Status ResolveElementType(Scope& scope, const TypeDecl& type, TypePattern* pattern) {
  if (auto element_type = ElementTypeFromRuleName(type.name)) {
    pattern->element_types = {*element_type};
    return absl::OkStatus();
  }
  if (SymbolId known = scope.Find(type.name); known != kNoSymbol) {
    pattern->dtype = known;
    return scope.Expect(known, ValueKind::kDtype, type.place);
  }
  if (type.name == "any" || type.name == "_") return absl::OkStatus();
  if (const auto* set = scope.file().FindTypeSet(type.name)) {
    pattern->element_types = *set;
    return absl::OkStatus();
  }
  if (LooksLikeVariable(type.name)) {
    pattern->dtype = scope.Add(type.name, ValueKind::kDtype, type.place);
    return absl::OkStatus();
  }
  return scope.Error(type.place, base::StrCat("'", type.name, "' is no type",
                                              DidYouMean(type.name, scope.file().SetNames())));
}

}  // namespace

absl::StatusOr<TypePattern> ResolveType(Scope& scope, const TypeDecl& type) {
  TypePattern pattern{.has_dims = type.has_dims};
  EQSAT_RETURN_IF_ERROR(ResolveElementType(scope, type, &pattern));
  int sequences = 0;
  for (const TypeDecl::Dim& dim : type.dims) {
    using Kind = TypeDecl::Dim::Kind;
    TypePattern::Dim resolved{.kind = dim.kind, .size = dim.size};
    bool is_sequence = dim.kind == Kind::kSequence || dim.kind == Kind::kAnySequence;
    if (is_sequence && ++sequences > 1)
      return scope.Error(dim.place, "a type has at most one sequence of sizes");
    if (dim.kind == Kind::kName || dim.kind == Kind::kSequence) {
      ValueKind kind = dim.kind == Kind::kName ? ValueKind::kInt : ValueKind::kInts;
      resolved.symbol = scope.Find(dim.name);
      if (resolved.symbol == kNoSymbol) resolved.symbol = scope.Add(dim.name, kind, dim.place);
      EQSAT_RETURN_IF_ERROR(scope.Expect(resolved.symbol, kind, dim.place));
    }
    pattern.dims.push_back(resolved);
  }
  return pattern;
}

}  // namespace eqsat::rules
