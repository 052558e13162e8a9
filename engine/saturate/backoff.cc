#include "engine/saturate/backoff.h"

#include <algorithm>
#include <limits>

namespace eqsat::engine {
namespace {

// `value` doubled `times` times, or the largest value that fits.
size_t Doubled(size_t value, size_t times) {
  constexpr size_t kMax = std::numeric_limits<size_t>::max();
  if (times >= 63 || value > (kMax >> times)) return kMax;
  return value << times;
}

}  // namespace

Backoff::Backoff(const BackoffOptions& options, const std::vector<size_t>& first_limits)
    : options_(options), rules_(first_limits.size()) {
  for (size_t i = 0; i < rules_.size(); ++i)
    rules_[i].first_limit = first_limits[i] != 0 ? first_limits[i] : options.match_limit;
}

size_t Backoff::MatchLimit(size_t rule) const {
  if (!options_.enabled) return std::numeric_limits<size_t>::max();
  return Doubled(rules_[rule].first_limit, rules_[rule].times_banned);
}

void Backoff::Ban(size_t rule, size_t iteration) {
  Rule& r = rules_[rule];
  size_t length = Doubled(options_.ban_length, r.times_banned++);
  r.banned_until = length > std::numeric_limits<size_t>::max() - iteration
                       ? std::numeric_limits<size_t>::max()
                       : iteration + length;
}

void Backoff::SkipRest(size_t iteration) {
  size_t least = std::numeric_limits<size_t>::max();
  for (const Rule& r : rules_)
    if (r.banned_until > iteration) least = std::min(least, r.banned_until);
  if (least == std::numeric_limits<size_t>::max()) return;
  for (Rule& r : rules_)
    if (r.banned_until > iteration) r.banned_until -= least - iteration;
}

}  // namespace eqsat::engine
