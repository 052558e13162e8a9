// The names that a rule may use: those of its file, and its own symbols.
#ifndef EQSAT_RULES_COMPILE_SCOPE_H_
#define EQSAT_RULES_COMPILE_SCOPE_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rules/compile/rule.h"
#include "rules/language/ast.h"
#include "rules/language/source_text.h"

namespace eqsat::rules {

// What a file declares outside its rules. Names of the file hide the built-in ones.
class FileScope {
 public:
  static absl::StatusOr<FileScope> Make(std::shared_ptr<const SourceText> source,
                                        const RuleFile& file);

  const std::shared_ptr<const SourceText>& source() const { return source_; }
  // Null if there is none.
  const std::vector<ir::ElementType>* FindTypeSet(std::string_view name) const;
  const std::vector<ir::OpCode>* FindOpSet(std::string_view name) const;
  std::vector<std::string_view> SetNames() const;
  // The function of this name that stands before `before` in the file.
  const FunctionDecl* FindFunctionDecl(std::string_view name, const FunctionDecl* before) const;
  const std::vector<FunctionDecl>& functions() const { return functions_; }

 private:
  absl::Status AddSet(const SetDecl& set);

  std::shared_ptr<const SourceText> source_;
  std::map<std::string, std::vector<ir::ElementType>, std::less<>> type_sets_;
  std::map<std::string, std::vector<ir::OpCode>, std::less<>> op_sets_;
  std::vector<FunctionDecl> functions_;
};

// The symbols of the rule that is being resolved.
class Scope {
 public:
  Scope(const FileScope* file, Rule* rule) : file_(file), rule_(rule) {}

  const FileScope& file() const { return *file_; }
  Rule& rule() { return *rule_; }
  SymbolId Find(std::string_view name) const;
  // `_` makes a new symbol each time.
  SymbolId Add(std::string_view name, ValueKind kind, Place place);
  const Symbol& symbol(SymbolId id) const { return rule_->symbols[id]; }
  Symbol& symbol(SymbolId id) { return rule_->symbols[id]; }
  std::vector<std::string_view> SymbolNames() const;

  absl::Status Error(Place place, std::string_view message) const {
    return file_->source()->Error(place, message);
  }
  // Checks that `symbol` is of `kind`.
  absl::Status Expect(SymbolId symbol, ValueKind kind, Place place) const;

 private:
  const FileScope* file_;
  Rule* rule_;
};

// What `type` says of an operand; makes symbols for the names in it.
absl::StatusOr<TypePattern> ResolveType(Scope& scope, const TypeDecl& type);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_SCOPE_H_
