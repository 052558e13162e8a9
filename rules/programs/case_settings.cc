#include "rules/programs/case_settings.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::rules {
namespace {

absl::Status UnknownKey(const SourceText& source, const Setting& setting,
                        const std::vector<std::string_view>& known) {
  return source.Error(setting.place, base::StrCat("'", setting.key, "' is no setting here",
                                                  DidYouMean(setting.key, known)));
}

absl::StatusOr<size_t> Count(const SourceText& source, const Setting& setting, const Expr& value) {
  if (value.kind == Expr::Kind::kInteger && value.integer >= 0)
    return static_cast<size_t>(value.integer);
  return source.Error(setting.place, base::StrCat("'", setting.key, "' is a count"));
}

// Which of two words a setting is.
absl::StatusOr<bool> Choice(const SourceText& source, const Setting& setting, std::string_view yes,
                            std::string_view no) {
  if (setting.value.kind == Expr::Kind::kName && setting.value.text == yes) return true;
  if (setting.value.kind == Expr::Kind::kName && setting.value.text == no) return false;
  return source.Error(setting.place, base::StrCat("'", setting.key, "' is ", yes, " or ", no));
}

}  // namespace

absl::StatusOr<CaseSettings> ReadSettings(const SourceText& source,
                                          const std::vector<Setting>& settings) {
  CaseSettings result;
  const std::array<std::pair<std::string_view, size_t*>, 5> counts = {
      {{"iterations", &result.limits.iterations},
       {"nodes", &result.limits.nodes},
       {"matches", &result.backoff.match_limit},
       {"rest", &result.backoff.ban_length},
       {"rounds", &result.rounds}}};
  for (const Setting& setting : settings) {
    if (setting.key == "scheduler") {
      EQSAT_ASSIGN_OR_RETURN(result.backoff.enabled, Choice(source, setting, "backoff", "none"));
      continue;
    }
    if (setting.key == "guards") {
      EQSAT_ASSIGN_OR_RETURN(result.late_guards, Choice(source, setting, "late", "early"));
      continue;
    }
    if (setting.key == "search") {
      EQSAT_ASSIGN_OR_RETURN(result.incremental, Choice(source, setting, "incremental", "full"));
      continue;
    }
    if (setting.key == "constants") {
      EQSAT_ASSIGN_OR_RETURN(result.constants_alone, Choice(source, setting, "alone", "shared"));
      continue;
    }
    if (setting.key == "seconds") {
      result.limits.seconds = setting.value.number;
      continue;
    }
    auto found = std::ranges::find(counts, setting.key, [](const auto& c) { return c.first; });
    if (found == counts.end())
      return UnknownKey(source, setting,
                        {"iterations", "nodes", "matches", "rest", "rounds", "scheduler", "search",
                         "constants", "guards", "seconds"});
    EQSAT_ASSIGN_OR_RETURN(*found->second, Count(source, setting, setting.value));
  }
  return result;
}

absl::StatusOr<Expectations> ReadExpectations(const SourceText& source,
                                              const std::vector<Setting>& settings) {
  static const std::vector<std::string_view> kKeys = {"iterations", "nodes", "classes", "proofs",
                                                      "rounds"};
  Expectations expectations;
  for (const Setting& setting : settings) {
    if (!std::ranges::count(kKeys, setting.key)) return UnknownKey(source, setting, kKeys);
    std::vector<size_t>& counts = expectations[setting.key];
    bool list = setting.value.kind == Expr::Kind::kList;
    for (size_t i = 0; i < (list ? setting.value.arguments.size() : 1); ++i) {
      const Expr& value = list ? setting.value.arguments[i] : setting.value;
      EQSAT_ASSIGN_OR_RETURN(size_t count, Count(source, setting, value));
      counts.push_back(count);
    }
    if (list && setting.key != "nodes" && setting.key != "classes")
      return source.Error(setting.place, base::StrCat("'", setting.key, "' is one count"));
  }
  return expectations;
}

}  // namespace eqsat::rules
