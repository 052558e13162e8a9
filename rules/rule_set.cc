#include "rules/rule_set.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "ir/base/data_dir.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/compile/resolve_rule.h"
#include "rules/language/lexer.h"
#include "rules/language/parser.h"

namespace eqsat::rules {
namespace {

// Larger files are not rules.
constexpr uintmax_t kMaxFileBytes = 16 << 20;

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  std::error_code error;
  uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return absl::NotFoundError(base::StrCat(path, ": ", error.message()));
  if (size > kMaxFileBytes)
    return base::InvalidArgument("%s: %d bytes are too many for a rule file", path, size);
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return absl::NotFoundError(base::StrCat(path, ": cannot be read"));
  return text.str();
}

// FNV-1a, the same on every machine.
class Fingerprint {
 public:
  void Add(std::string_view bytes) {
    for (char c : bytes) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  uint64_t value() const { return hash_; }

 private:
  uint64_t hash_ = 0xcbf29ce484222325;
};

absl::StatusOr<uint64_t> HashOfTokens(const SourceText& source) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<Token> tokens, Lex(source));
  Fingerprint fingerprint;
  for (const Token& token : tokens) {
    fingerprint.Add(token.text);
    fingerprint.Add(token.kind == Token::Kind::kString ? "\"" : " ");
  }
  return fingerprint.value();
}

bool Contains(const std::optional<std::set<std::string>>& wanted, const std::string& name) {
  return !wanted || wanted->count(name) > 0;
}

}  // namespace

absl::Status RuleSet::AddFile(const std::string& path) {
  EQSAT_ASSIGN_OR_RETURN(std::string text, ReadWhole(path));
  return AddText(path, std::move(text));
}

absl::Status RuleSet::AddText(std::string path, std::string text) {
  auto source = std::make_shared<const SourceText>(std::move(path), std::move(text));
  EQSAT_ASSIGN_OR_RETURN(RuleFile file, ParseRuleFile(*source));
  EQSAT_ASSIGN_OR_RETURN(FileScope scope, FileScope::Make(source, file));
  auto shared_scope = std::make_shared<const FileScope>(std::move(scope));
  std::vector<Entry> added;
  std::set<std::string> names;
  for (const RuleDecl& declaration : file.rules) {
    const Entry* earlier = Find(declaration.name);
    if (earlier || !names.insert(declaration.name).second) {
      return source->Error(
          declaration.place,
          base::StrCat("there is a rule ", declaration.name, " already", earlier ? " in " : "",
                       earlier ? earlier->rule->source->path() : ""));
    }
    EQSAT_ASSIGN_OR_RETURN(Rule rule, ResolveRule(*shared_scope, declaration));
    for (const TestDecl& test : declaration.tests)
      EQSAT_RETURN_IF_ERROR(ResolveTest(*shared_scope, test).status());
    if (rule.group.empty()) rule.group = std::filesystem::path(source->path()).stem().string();
    added.push_back({std::make_shared<const Rule>(std::move(rule)), shared_scope});
  }
  EQSAT_ASSIGN_OR_RETURN(uint64_t hash, HashOfTokens(*source));
  file_hashes_.push_back(hash);
  rules_.insert(rules_.end(), added.begin(), added.end());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> RuleSet::DefaultFiles() {
  std::string folder = base::DataPath("rules");
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error))
    if (entry.path().extension() == ".eqr") files.push_back(entry.path().string());
  if (error) return absl::NotFoundError(base::StrCat(folder, ": ", error.message()));
  std::sort(files.begin(), files.end());
  return files;
}

const RuleSet::Entry* RuleSet::Find(std::string_view name) const {
  for (const Entry& entry : rules_)
    if (entry.rule->name == name) return &entry;
  return nullptr;
}

RuleSet RuleSet::WithLimits(const std::map<std::string, size_t>& limits) const {
  RuleSet set = *this;
  for (Entry& entry : set.rules_) {
    auto limit = limits.find(entry.rule->name);
    if (limit == limits.end()) continue;
    Rule rule = *entry.rule;
    rule.match_limit = limit->second;
    entry.rule = std::make_shared<const Rule>(std::move(rule));
  }
  return set;
}

std::string RuleSet::Hash() const {
  std::vector<uint64_t> hashes = file_hashes_;
  std::sort(hashes.begin(), hashes.end());
  Fingerprint fingerprint;
  for (uint64_t hash : hashes) fingerprint.Add(absl::StrFormat("%016x", hash));
  return absl::StrFormat("%016x", fingerprint.value());
}

bool Passes(const Rule& rule, const RuleFilter& filter) {
  bool allowed = std::any_of(
      rule.numerics.begin(), rule.numerics.end(),
      [&](const NumericsCase& numerics) { return numerics.numerics <= filter.numerics; });
  bool supported =
      std::all_of(rule.requirements.begin(), rule.requirements.end(),
                  [&](const std::string& feature) { return filter.features.count(feature) > 0; });
  return allowed && supported && filter.phases.count(rule.phase) > 0 &&
         Contains(filter.groups, rule.group) && Contains(filter.names, rule.name);
}

absl::StatusOr<std::vector<engine::Rewrite>> RuleSet::Compile(const HloGraph& graph,
                                                              const RuleFilter& filter,
                                                              RuleFaults* faults) const {
  std::vector<engine::Rewrite> rewrites;
  for (const Entry& entry : rules_) {
    if (!Passes(*entry.rule, filter)) continue;
    EQSAT_ASSIGN_OR_RETURN(std::vector<engine::Rewrite> compiled,
                           CompileRule(entry.rule, graph, filter.numerics, faults));
    for (engine::Rewrite& rewrite : compiled) rewrites.push_back(std::move(rewrite));
  }
  return rewrites;
}

}  // namespace eqsat::rules
