#include "rules/language/source_text.h"

#include <algorithm>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::rules {
namespace {

// A longer line is shown in part, so that a one-line file of megabytes gives a short message.
constexpr size_t kShownColumns = 160;

std::string_view LineOf(std::string_view text, int32_t line) {
  size_t begin = 0;
  for (int32_t i = 1; i < line; ++i) {
    size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) return {};
    begin = end + 1;
  }
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

SourceText::SourceText(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)) {}

absl::Status SourceText::Error(Place place, std::string_view message) const {
  std::string_view line = LineOf(text_, place.line);
  size_t column = static_cast<size_t>(place.column - 1);
  size_t first = column < kShownColumns ? 0 : column - kShownColumns / 2;
  line = first < line.size() ? line.substr(first, kShownColumns) : std::string_view();
  std::string shown;
  std::string caret;
  for (char c : line) shown.push_back(static_cast<unsigned char>(c) < ' ' && c != '\t' ? '?' : c);
  for (size_t i = 0; i < column - first; ++i)
    caret.push_back(i < shown.size() && shown[i] == '\t' ? '\t' : ' ');
  return base::InvalidArgument("%s:%d:%d: %s\n  %s\n  %s^", path_, place.line, place.column,
                               base::Absl(message), shown, caret);
}

std::string DidYouMean(std::string_view name, const std::vector<std::string_view>& candidates) {
  std::string_view nearest = base::NearestName(name, candidates);
  return nearest.empty() ? std::string() : base::StrCat(", did you mean '", nearest, "'?");
}

}  // namespace eqsat::rules
