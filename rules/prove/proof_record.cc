#include "rules/prove/proof_record.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_format.h"
#include "ir/base/data_dir.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/language/lexer.h"

namespace eqsat::rules {
namespace {

bool Before(Place a, Place b) {
  return a.line < b.line || (a.line == b.line && a.column < b.column);
}

// Whether a rule begins at this token: `rule name` or `name [`, at the start of a line.
bool BeginsRule(const std::vector<Token>& tokens, size_t i) {
  if (tokens[i].place.column != 1) return false;
  return tokens[i].text == "rule" || (i + 1 < tokens.size() && tokens[i + 1].text == "[") ||
         (i + 1 < tokens.size() && tokens[i + 1].text == "-");
}

std::string Escaped(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::string result;
  for (char c : text) result += c == '|' ? std::string("\\|") : std::string(1, c);
  return result;
}

}  // namespace

std::string FingerprintOf(const RuleSet::Entry& entry) {
  uint64_t hash = 0xcbf29ce484222325;
  auto add = [&hash](std::string_view bytes) {
    for (char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ ' ') * 0x100000001b3;
  };
  add(kProverVersion);
  const Rule& rule = *entry.rule;
  absl::StatusOr<std::vector<Token>> tokens = Lex(*rule.source);
  if (!tokens.ok()) return "";
  // The declarations before the file's first rule, and the rule itself.
  bool declarations = true;
  bool inside = false;
  bool found = false;
  for (size_t i = 0; i < tokens->size(); ++i) {
    const Token& token = (*tokens)[i];
    if (BeginsRule(*tokens, i)) {
      declarations = false;
      const bool after = !Before(token.place, rule.place);
      inside = token.place.line == rule.place.line;
      found |= inside;
      if (after && !inside) break;
    }
    if (declarations || inside) add(token.text);
  }
  // A rule that begins within a line is known with its whole file.
  for (size_t i = 0; !found && i < tokens->size(); ++i) add((*tokens)[i].text);
  return absl::StrFormat("%016x", hash);
}

std::string ProofRecord::DefaultPath() {
  return (std::filesystem::path(base::DataPath("rules")) / "proofs.json").string();
}

absl::StatusOr<ProofRecord> ProofRecord::Default() {
  std::ifstream in(DefaultPath(), std::ios::binary);
  if (!in) return ProofRecord();
  std::ostringstream text;
  text << in.rdbuf();
  return FromJson(text.str());
}

absl::StatusOr<ProofRecord> ProofRecord::FromJson(std::string_view text) {
  nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    return absl::InvalidArgumentError("the record of proofs is no JSON object");
  ProofRecord record;
  for (const auto& [name, entry] : json.items()) {
    auto text_of = [&entry = entry](const char* key) {
      auto at = entry.find(key);
      return at != entry.end() && at->is_string() ? at->get<std::string>() : std::string();
    };
    std::optional<ProofStatus> status =
        entry.is_object() ? ProofStatusFromName(text_of("status")) : std::nullopt;
    if (!status) return base::InvalidArgument("the record of proofs has no status for %s", name);
    auto seconds = entry.find("seconds");
    record.proofs_[name] = {
        text_of("fingerprint"), *status, text_of("elements"), text_of("detail"),
        seconds != entry.end() && seconds->is_number() ? seconds->get<double>() : 0};
  }
  return record;
}

const RecordedProof* ProofRecord::Find(const RuleSet::Entry& entry) const {
  auto at = proofs_.find(entry.rule->name);
  if (at == proofs_.end() || at->second.fingerprint != FingerprintOf(entry)) return nullptr;
  return &at->second;
}

void ProofRecord::Set(const RuleSet::Entry& entry, const ProofReport& report, double seconds) {
  // The first line says what; the rest is for `rules prove`.
  const std::string detail = report.detail.substr(0, report.detail.find('\n'));
  constexpr size_t kMaxDetail = 160;
  proofs_[entry.rule->name] = {FingerprintOf(entry), report.status, report.elements,
                               detail.substr(0, kMaxDetail), seconds};
}

ProofRecord ProofRecord::Current(const RuleSet& rules) const {
  ProofRecord current;
  for (const RuleSet::Entry& entry : rules.rules())
    if (const RecordedProof* proof = Find(entry)) current.proofs_[entry.rule->name] = *proof;
  return current;
}

std::string ProofRecord::ToJson() const {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [name, proof] : proofs_) {
    json[name] = {{"fingerprint", proof.fingerprint},
                  {"status", std::string(NameOf(proof.status))},
                  {"elements", proof.elements},
                  {"detail", proof.detail},
                  {"seconds", std::round(proof.seconds * 100) / 100}};
  }
  return json.dump(1) + "\n";
}

std::string ProofRecord::ToMarkdown(const RuleSet& rules) const {
  std::map<ProofStatus, int> counts;
  std::string rows;
  double seconds = 0;
  for (const RuleSet::Entry& entry : rules.rules()) {
    const RecordedProof* proof = Find(entry);
    const ProofStatus status = proof ? proof->status : ProofStatus::kTested;
    ++counts[status];
    seconds += proof ? proof->seconds : 0;
    const std::string elements = proof ? proof->elements : "";
    const std::string detail = proof ? proof->detail : "not yet tried";
    rows +=
        absl::StrFormat("| %s | %s | %s | %s | %.2f |\n", entry.rule->name, entry.rule->group,
                        std::string(NameOf(status)), Escaped(elements.empty() ? detail : elements),
                        proof ? proof->seconds : 0.0);
  }
  std::string text =
      "# The rules and their proofs\n\n"
      "Written by `xla-eqsat rules prove --record`; do not edit. `any`: proved for any rank and "
      "any "
      "size.\n`bounded`: for any size up to a rank. `tested`: not proved; the last column but one "
      "says what is missing.\nThe elements that a proof is over stand in its place. What a status "
      "means in full: `docs/decisions.md`.\n\n";
  for (const auto& [status, count] : counts)
    base::StrAppend(&text, "- ", NameOf(status), ": ", count, "\n");
  text += absl::StrFormat("\n%d rules, %.0f s in all.\n\n", rules.rules().size(), seconds);
  return text +
         "| rule | group | status | elements, or what is missing | s |\n"
         "|---|---|---|---|---|\n" +
         rows;
}

}  // namespace eqsat::rules
