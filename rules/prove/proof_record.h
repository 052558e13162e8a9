// What was proved of the rules that ship, kept beside them so that listing rules need not prove
// them again.
//
// A status counts only for the very text that was proved, and only of the prover that proved it:
// each entry holds a fingerprint of the rule, of what its file declares, and of kProverVersion.
#ifndef EQSAT_RULES_PROVE_PROOF_RECORD_H_
#define EQSAT_RULES_PROVE_PROOF_RECORD_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "rules/prove/prove_rule.h"
#include "rules/rule_set.h"

namespace eqsat::rules {

// Raised with every change that can change what is proved.
inline constexpr std::string_view kProverVersion = "6";

struct RecordedProof {
  std::string fingerprint;
  ProofStatus status = ProofStatus::kTested;
  std::string elements;
  std::string detail;
  uint64_t solver_steps = 0;  // the same on every machine
  double seconds = 0;         // of a core of the machine that recorded it
};

class ProofRecord {
 public:
  // rules/proofs.json of the program's own data; empty if there is none.
  static absl::StatusOr<ProofRecord> Default();
  static std::string DefaultPath();
  static absl::StatusOr<ProofRecord> FromJson(std::string_view text);

  // Null if the rule is not there or is not the one that was proved.
  const RecordedProof* Find(const RuleSet::Entry& entry) const;
  void Set(const RuleSet::Entry& entry, const ProofReport& report, double seconds);
  // The entries that still hold, of rules that are still there.
  ProofRecord Current(const RuleSet& rules) const;

  std::string ToJson() const;
  // A page for readers: the counts, then status and time of each rule of `rules`. Follows from the
  // record and the rules alone.
  std::string ToMarkdown(const RuleSet& rules) const;

 private:
  std::map<std::string, RecordedProof> proofs_;  // by the rule's name
};

// 16 hexadecimal digits; layout and comments do not count.
std::string FingerprintOf(const RuleSet::Entry& entry);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROVE_PROOF_RECORD_H_
