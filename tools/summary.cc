#include "tools/summary.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "ir/base/strings.h"
#include "tools/driver.h"
#include "tools/version.h"

namespace eqsat::tools {
namespace {

constexpr size_t kRulesShown = 12;

// By falling count, then by name.
std::vector<std::pair<std::string, size_t>> Ranked(const std::map<std::string, size_t>& counts) {
  std::vector<std::pair<std::string, size_t>> ranked(counts.begin(), counts.end());
  std::ranges::stable_sort(ranked, std::ranges::greater(), &std::pair<std::string, size_t>::second);
  return ranked;
}

std::string CostLine(const OptimizeResult& result) {
  auto ratio = [](double before, double after) { return after > 0 ? before / after : 1; };
  return absl::StrFormat("%s as written -> %s (%.2f× faster): fusion %.2f×, rewriting %.3f×",
                         FormatSeconds(result.cost_unfused), FormatSeconds(result.cost_after),
                         ratio(result.cost_unfused, result.cost_after),
                         ratio(result.cost_unfused, result.cost_before),
                         ratio(result.cost_before, result.cost_after));
}

}  // namespace

std::string Listing(const std::map<std::string, size_t>& counts, size_t limit) {
  std::vector<std::string> shown;
  auto ranked = Ranked(counts);
  for (size_t i = 0; i < ranked.size() && i < limit; ++i)
    shown.push_back(base::StrCat(ranked[i].first, " ×", ranked[i].second));
  std::string text = base::Join(shown, ", ");
  if (ranked.size() > limit) base::StrAppend(&text, " and ", ranked.size() - limit, " more");
  return text;
}

std::string SummaryText(const Summary& summary, const OptimizeResult& result) {
  std::string text;
  auto line = [&text](std::string_view key, std::string_view value) {
    absl::StrAppendFormat(&text, "  %-11s %s\n", key, value);
  };
  line("target", summary.target_note.empty()
                     ? summary.target
                     : base::StrCat(summary.target, " (", summary.target_note, ")"));
  line("predicted", CostLine(result));
  std::map<std::string, size_t> used;
  for (const auto& [name, work] : result.rules)
    if (work.in_result > 0) used[name] = work.in_result;
  used.insert(result.forms.begin(), result.forms.end());
  line("changed by", used.empty() && !result.unrolled ? "nothing: no cheaper form was found"
                                                      : Listing(used, kRulesShown));
  if (result.unrolled) line("loops", "those of few iterations are spelt out");
  line("numerics", eqsat::rules::NameOf(result.numerics));
  if (summary.verified_runs > 0)
    line("verified", absl::StrFormat("equal on %d random inputs", summary.verified_runs));
  line("searched",
       absl::StrFormat("%d e-nodes, %d e-classes, %d iterations, %s; stopped by: %s", result.enodes,
                       result.eclasses, result.iterations, FormatSeconds(result.seconds),
                       engine::StopReasonName(result.stopped_by)));
  line("kernels",
       summary.not_compiled.empty()
           ? absl::StrFormat("%d distinct in %d launches, compiled in %s", summary.kernels,
                             summary.launches, FormatSeconds(summary.codegen_seconds))
           : base::StrCat("none: ", summary.not_compiled));
  if (!summary.not_lowered.empty())
    line("not lowered", Listing(summary.not_lowered, summary.not_lowered.size()));
  return text;
}

std::string SummaryJson(const Summary& summary, const OptimizeResult& result) {
  nlohmann::ordered_json rules = nlohmann::ordered_json::array();
  for (const auto& [name, work] : result.rules) {
    rules.push_back({{"name", name},
                     {"in_result", work.in_result},
                     {"matches", work.matches},
                     {"applications", work.applications},
                     {"nodes_added", work.nodes_added},
                     {"seconds", work.seconds}});
  }
  nlohmann::ordered_json object = {
      {"schema", 1},
      {"tool_version", kVersion},
      {"input_hash", summary.input_hash},
      {"ruleset_hash", summary.ruleset_hash},
      {"target", summary.target},
      {"target_hash", summary.target_hash},
      {"cost_unfused", result.cost_unfused},
      {"cost_before", result.cost_before},
      {"cost_after", result.cost_after},
      {"changed", result.changed},
      {"unrolled", result.unrolled},
      {"forms", result.forms},
      {"numerics", eqsat::rules::NameOf(result.numerics)},
      {"verified_runs", summary.verified_runs},
      {"stopped_by", engine::StopReasonName(result.stopped_by)},
      {"enodes", result.enodes},
      {"eclasses", result.eclasses},
      {"iterations", result.iterations},
      {"seconds", result.seconds},
      {"codegen_seconds", summary.codegen_seconds},
      {"kernels", summary.kernels},
      {"launches", summary.launches},
      {"not_lowered", summary.not_lowered},
      {"not_compiled", summary.not_compiled},
      {"rules", std::move(rules)},
  };
  return object.dump() + "\n";
}

}  // namespace eqsat::tools
