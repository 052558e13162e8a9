// Files that stand for the host of a program that is fed and feeds out.
#ifndef EQSAT_TOOLS_FEED_H_
#define EQSAT_TOOLS_FEED_H_

#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/shape/literal.h"

namespace eqsat::tools {

// A line for each infeed: `SHAPE=VALUES` as for --input, or several with `;` between them, which
// are a tuple. Empty lines are skipped. Errors name the file and the line.
absl::StatusOr<std::deque<ir::Literal>> ReadFeed(const std::string& path);

// The same form, a line for each value.
std::string FeedText(const std::vector<ir::Literal>& values);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_FEED_H_
