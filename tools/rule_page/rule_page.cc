#include "tools/rule_page/rule_page.h"

#include <limits>
#include <map>
#include <sstream>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "ir/base/strings.h"
#include "tools/rule_page/term_drawing.h"

namespace eqsat::tools {
namespace {

using Entry = rules::RuleSet::Entry;

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Rewrite rules</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #1c2530; }
h2 { border-bottom: 1px solid #ccd3da; margin-top: 2.2em; }
article { border: 1px solid #dde3e9; border-radius: 6px; margin: 1em 0; padding: .6em 1em; overflow-x: auto; }
article h3 { margin: 0; font: 600 15px ui-monospace, monospace; display: inline; }
.badge { border-radius: 9px; padding: 1px 8px; font-size: 12px; background: #e8edf2; margin-left: .4em; }
.any { background: #c9ecd1; } .bounded { background: #e6efc2; } .refuted { background: #f5c0bb; }
.sides { display: flex; align-items: center; gap: 1.2em; margin: .7em 0; }
.arrow { font-size: 24px; color: #6b7885; }
svg text { font: 12px ui-monospace, monospace; text-anchor: middle; fill: #1c2530; }
svg text.attribute { font-size: 9.5px; fill: #51606e; } svg text.name { font-style: italic; }
svg .op { fill: #dbe9f8; stroke: #8fb0d3; } svg .leaf { fill: #f6f3e6; stroke: #cfc69d; }
svg .edge { stroke: #9aa7b4; }
code, pre { font: 13px ui-monospace, monospace; } pre { background: #f5f7f9; padding: .6em; overflow-x: auto; }
input { font-size: 15px; padding: .3em; width: 22em; }
nav a { margin-right: .8em; }
</style></head><body>
)";

constexpr std::string_view kFoot = R"(<script>
document.getElementById('find').addEventListener('input', event => {
  const words = event.target.value.toLowerCase().split(/\s+/);
  for (const rule of document.querySelectorAll('article')) {
    const text = rule.textContent.toLowerCase();
    rule.hidden = !words.every(word => text.includes(word));
  }
});
</script></body></html>
)";

std::string NumericsText(const rules::RuleDecl& rule) {
  std::vector<std::string> cases;
  for (const rules::NumericsDecl& numerics : rule.numerics) {
    std::string text = numerics.name;
    if (numerics.bound) base::StrAppend(&text, "(", ExprText(*numerics.bound), ")");
    if (numerics.condition) base::StrAppend(&text, " when ", ExprText(*numerics.condition));
    cases.push_back(std::move(text));
  }
  return base::Join(cases, ", else ");
}

// Its lines in the file, from its name to the last before the next rule's comments.
std::string SourceOf(const Entry& entry, const Entry* next) {
  const bool same_file = next && next->rule->source->path() == entry.rule->source->path();
  const int end = same_file ? next->rule->place.line : std::numeric_limits<int>::max();
  std::istringstream lines(entry.rule->source->text());
  std::vector<std::string> own;
  std::string line;
  for (int number = 1; number < end && std::getline(lines, line); ++number)
    if (number >= entry.rule->place.line) own.push_back(line);
  while (!own.empty() && (own.back().empty() || own.back().starts_with("#"))) own.pop_back();
  return base::Join(own, "\n");
}

class Page {
 public:
  explicit Page(const rules::ProofRecord& record) : record_(record) {}

  std::string Write(const rules::RuleSet& set) {
    std::map<std::string, std::string> groups;  // articles
    std::map<std::string, size_t> counts;
    for (size_t i = 0; i < set.rules().size(); ++i) {
      const Entry& entry = set.rules()[i];
      const Entry* next = i + 1 < set.rules().size() ? &set.rules()[i + 1] : nullptr;
      groups[entry.rule->group] += Article(entry, next);
      ++counts[entry.rule->group];
    }
    std::string page(kHead);
    absl::StrAppendFormat(&page, "<h1>%d rewrite rules</h1>\n<p>", set.rules().size());
    for (const auto& [status, count] : statuses_)
      absl::StrAppendFormat(&page, "%d %s. ", count, StatusText(status));
    page +=
        "A rule says that its two sides are equal, up to its numerics class.</p>\n"
        "<p><input id=\"find\" placeholder=\"words that a rule must hold\"></p>\n<nav>";
    for (const auto& [group, count] : counts)
      absl::StrAppendFormat(&page, "<a href=\"#group-%s\">%s (%d)</a>", group, group, count);
    page += "</nav>\n";
    for (const auto& [group, articles] : groups)
      absl::StrAppendFormat(&page, "<h2 id=\"group-%s\">%s</h2>\n%s", group, group, articles);
    return base::StrCat(page, kFoot);
  }

 private:
  static std::string StatusText(rules::ProofStatus status) {
    switch (status) {
      case rules::ProofStatus::kAny:
        return "proved for any rank and size";
      case rules::ProofStatus::kBounded:
        return "proved for bounded ranks";
      case rules::ProofStatus::kTested:
        return "tested";
      case rules::ProofStatus::kRefuted:
        return "refuted";
    }
    return "";
  }

  std::string Article(const Entry& entry, const Entry* next) {
    const rules::RuleDecl& rule = entry.rule->declaration;
    const rules::RecordedProof* proof = record_.Find(entry);
    const rules::ProofStatus status = proof ? proof->status : rules::ProofStatus::kTested;
    ++statuses_[status];
    std::string html = absl::StrFormat(
        "<article id=\"%s\"><h3>%s</h3><span class=\"badge %s\">%s</span>"
        "<span class=\"badge\">%s</span><span class=\"badge\">%s</span>\n",
        rule.name, rule.name, std::string(rules::NameOf(status)), StatusText(status),
        EscapedHtml(NumericsText(rule)), rule.phase);
    if (!rule.doc.empty()) absl::StrAppendFormat(&html, "<p>%s</p>\n", EscapedHtml(rule.doc));
    absl::StrAppendFormat(&html, "<div class=\"sides\">%s<span class=\"arrow\">%s</span>%s</div>\n",
                          DrawTerms(rule.matches), rule.both_ways ? "⇔" : "⇒",
                          DrawTerms(rule.results));
    html += Conditions(rule);
    absl::StrAppendFormat(&html, "<details><summary>source</summary><pre>%s</pre></details>",
                          EscapedHtml(SourceOf(entry, next)));
    return base::StrCat(html, "</article>\n");
  }

  static std::string Conditions(const rules::RuleDecl& rule) {
    std::vector<std::string> lines;
    for (const rules::Binding& let : rule.lets)
      lines.push_back(base::StrCat(let.name, " = ", ExprText(let.value)));
    for (const rules::Expr& guard : rule.guards) lines.push_back(ExprText(guard));
    for (const rules::RequirementDecl& requirement : rule.requirements)
      lines.push_back(base::StrCat("the target has ", requirement.feature));
    if (lines.empty()) return "";
    for (std::string& line : lines) line = base::StrCat("<code>", EscapedHtml(line), "</code>");
    return base::StrCat("<p>where ", base::Join(lines, ", "), "</p>\n");
  }

  const rules::ProofRecord& record_;
  std::map<rules::ProofStatus, size_t> statuses_;
};

}  // namespace

std::string RulePage(const rules::RuleSet& set, const rules::ProofRecord& record) {
  return Page(record).Write(set);
}

}  // namespace eqsat::tools
