#include "rules/syntax/keywords.h"

#include <algorithm>
#include <array>
#include <utility>

namespace eqsat::rules {
namespace {

using enum KeywordUse;

constexpr auto kKeywords = std::to_array<std::pair<std::string_view, KeywordUse>>({
    {"language", kStatement}, {"package", kStatement},  {"source", kStatement},
    {"license", kStatement},  {"group", kStatement},    {"phase", kStatement},
    {"dtypes", kStatement},   {"reducers", kStatement}, {"fn", kStatement},
    {"rule", kStatement},     {"doc", kField},          {"group", kField},
    {"phase", kField},        {"numerics", kField},     {"requires", kField},
    {"limit", kField},        {"given", kField},        {"let", kField},
    {"match", kField},        {"where", kField},        {"to", kField},
    {"iff", kField},          {"test", kField},         {"reject", kField},
    {"and", kOperator},       {"or", kOperator},        {"not", kOperator},
    {"in", kOperator},        {"each", kOperator},      {"when", kOperator},
    {"else", kOperator},      {"exact", kNumerics},     {"special", kNumerics},
    {"reassoc", kNumerics},   {"approx", kNumerics},    {"simplify", kPhase},
    {"explore", kPhase},      {"lower", kPhase},        {"fires", kValue},
});

}  // namespace

bool IsKeyword(std::string_view word, KeywordUse use) {
  return std::ranges::find(kKeywords, std::pair(word, use)) != kKeywords.end();
}

std::vector<std::string_view> KeywordsFor(KeywordUse use) {
  std::vector<std::string_view> words;
  for (const auto& [word, of] : kKeywords)
    if (of == use) words.push_back(word);
  return words;
}

}  // namespace eqsat::rules
