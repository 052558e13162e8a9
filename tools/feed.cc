#include "tools/feed.h"

#include <algorithm>
#include <sstream>
#include <string_view>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "tools/driver.h"
#include "tools/input_value.h"
#include "tools/output_value.h"

namespace eqsat::tools {
namespace {

absl::StatusOr<ir::Literal> ParseLine(std::string_view line) {
  std::vector<ir::Literal> parts;
  while (true) {
    const size_t end = line.find(';');
    std::string_view part = line.substr(0, end);
    part.remove_prefix(std::min(part.find_first_not_of(" \t"), part.size()));
    EQSAT_ASSIGN_OR_RETURN(ir::Literal value, ParseValue(part));
    parts.push_back(std::move(value));
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 1);
  }
  return parts.size() == 1 ? parts[0] : ir::Literal::Tuple(std::move(parts));
}

}  // namespace

absl::StatusOr<std::deque<ir::Literal>> ReadFeed(const std::string& path) {
  EQSAT_ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  std::deque<ir::Literal> values;
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    absl::StatusOr<ir::Literal> value = ParseLine(line);
    if (!value.ok()) {
      return base::Annotate(value.status(), base::StrCat(path, ":", number, ": "));
    }
    values.push_back(*std::move(value));
  }
  return values;
}

std::string FeedText(const std::vector<ir::Literal>& values) {
  std::string text;
  for (const ir::Literal& value : values) {
    std::vector<std::string> parts;
    for (const ir::Literal* leaf : Leaves(value)) parts.push_back(ValueText(*leaf));
    base::StrAppend(&text, base::Join(parts, "; "), "\n");
  }
  return text;
}

}  // namespace eqsat::tools
