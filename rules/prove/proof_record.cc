#include "rules/prove/proof_record.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
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

// Doubles hold all counts up to here.
constexpr double kMostRecordedSteps = 9e15;

// Of a second's magnitude, which a second run or another machine rarely changes.
std::string_view TimeClass(double seconds) {
  if (seconds < 0.1) return "< 0.1";
  if (seconds < 1) return "< 1";
  return seconds < 10 ? "< 10" : ">= 10";
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
    auto number_of = [&entry = entry](const char* key) {
      auto at = entry.find(key);
      return at != entry.end() && at->is_number() ? at->get<double>() : 0;
    };
    record.proofs_[name] = {.fingerprint = text_of("fingerprint"),
                            .status = *status,
                            .elements = text_of("elements"),
                            .detail = text_of("detail"),
                            .solver_steps = static_cast<uint64_t>(
                                std::clamp(number_of("solver_steps"), 0.0, kMostRecordedSteps)),
                            .seconds = number_of("seconds")};
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
  proofs_[entry.rule->name] = {.fingerprint = FingerprintOf(entry),
                               .status = report.status,
                               .elements = report.elements,
                               .detail = detail.substr(0, kMaxDetail),
                               .solver_steps = report.solver_steps,
                               .seconds = std::round(seconds * 100) / 100};
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
    json[name] = {
        {"fingerprint", proof.fingerprint},   {"status", std::string(NameOf(proof.status))},
        {"elements", proof.elements},         {"detail", proof.detail},
        {"solver_steps", proof.solver_steps}, {"seconds", proof.seconds}};
  }
  return json.dump(1) + "\n";
}

std::string ProofRecord::ToMarkdown(const RuleSet& rules) const {
  std::map<ProofStatus, int> counts;
  std::vector<double> times;
  std::string rows;
  for (const RuleSet::Entry& entry : rules.rules()) {
    const RecordedProof* proof = Find(entry);
    static const auto* const kNone = new RecordedProof{.detail = "not yet tried"};
    const RecordedProof& shown = proof ? *proof : *kNone;
    ++counts[shown.status];
    times.push_back(shown.seconds);
    rows += absl::StrFormat("| %s | %s | %s | %s | %s | %d |\n", entry.rule->name,
                            entry.rule->group, std::string(NameOf(shown.status)),
                            Escaped(shown.elements.empty() ? shown.detail : shown.elements),
                            std::string(TimeClass(shown.seconds)), shown.solver_steps / 1000);
  }
  std::sort(times.begin(), times.end());
  std::string text =
      "# The rules and their proofs\n\n"
      "Written by `xla-eqsat rules prove --record`; do not edit. `any`: proved for any rank and "
      "any size.\n"
      "`bounded`: for any size up to a rank. `tested`: not proved; the column of elements says "
      "what is missing.\n"
      "What a status means in full: `docs/decisions.md`. Times are those of one core of the "
      "machine that recorded them;\nZ3's count of its own steps, in thousands, is the same "
      "everywhere.\n\n";
  for (const auto& [status, count] : counts)
    base::StrAppend(&text, "- ", NameOf(status), ": ", count, "\n");
  if (!times.empty())
    text += absl::StrFormat("\n%d rules, %.0f s of one core in all, %.2f s the median.\n\n",
                            times.size(), std::accumulate(times.begin(), times.end(), 0.0),
                            times[times.size() / 2]);
  return text +
         "| rule | group | status | elements, or what is missing | s | steps |\n"
         "|---|---|---|---|---|---|\n" +
         rows;
}

}  // namespace eqsat::rules
