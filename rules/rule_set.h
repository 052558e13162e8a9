// A checked collection of rules from one or more files.
#ifndef EQSAT_RULES_RULE_SET_H_
#define EQSAT_RULES_RULE_SET_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/rewrite/rewrite.h"
#include "rules/compile/rewrite_compiler.h"
#include "rules/compile/rule.h"
#include "rules/compile/scope.h"

namespace eqsat::rules {

// Which rules of a set take part in a run.
struct RuleFilter {
  Numerics numerics = Numerics::kExact;         // this class and the stricter ones
  std::set<std::string> phases = {"simplify"};  // of simplify, explore, lower
  std::optional<std::set<std::string>> groups;  // absent: all
  std::optional<std::set<std::string>> names;   // absent: all
  std::set<std::string> features;               // of the target, for `requires`
};

// Invariant: names are unique; every rule has passed the checks of the loader.
class RuleSet {
 public:
  // Reads and checks a file or a text. An error is at path:line:column and leaves the set as it
  // was.
  absl::Status AddFile(const std::string& path);
  absl::Status AddText(std::string path, std::string text);
  // The files of the program's own rules, by name.
  static absl::StatusOr<std::vector<std::string>> DefaultFiles();

  struct Entry {
    std::shared_ptr<const Rule> rule;
    std::shared_ptr<const FileScope> file;
  };
  // In the order of files and of rules in them.
  const std::vector<Entry>& rules() const { return rules_; }
  const Entry* Find(std::string_view name) const;

  // The same rules, some with another limit (`limit N` in a rule), by name.
  RuleSet WithLimits(const std::map<std::string, size_t>& limits) const;

  // The same for files that differ in layout and comments alone; independent of their order.
  std::string Hash() const;

  // The rewrites of the rules that pass the filter, in order. `graph`'s parts and `faults` outlive
  // them; the set need not.
  absl::StatusOr<std::vector<engine::Rewrite>> Compile(const HloGraph& graph,
                                                       const RuleFilter& filter,
                                                       RuleFaults* faults) const;

 private:
  std::vector<Entry> rules_;
  std::vector<uint64_t> file_hashes_;
};

// Whether some case of the rule's numerics is allowed, and phase, group, name and features fit.
bool Passes(const Rule& rule, const RuleFilter& filter);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_RULE_SET_H_
