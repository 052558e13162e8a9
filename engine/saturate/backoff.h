// The back-off scheduler: a rule that matches too often rests for a while.
#ifndef EQSAT_ENGINE_SATURATE_BACKOFF_H_
#define EQSAT_ENGINE_SATURATE_BACKOFF_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace eqsat::engine {

struct BackoffOptions {
  bool enabled = true;
  size_t match_limit = 1'000;  // matches in one iteration above which a rule is banned
  size_t ban_length = 5;       // iterations; both double with every ban of that rule
};

// Decides from counts alone, never from clocks.
class Backoff {
 public:
  // `first_limits`: by rule; 0 for the one of `options`.
  Backoff(const BackoffOptions& options, const std::vector<size_t>& first_limits);

  bool Banned(size_t rule, size_t iteration) const {
    return options_.enabled && iteration < rules_[rule].banned_until;
  }
  // More matches than this get the rule banned.
  size_t MatchLimit(size_t rule) const;
  void Ban(size_t rule, size_t iteration);
  // Called when the rules that did not rest had nothing to do in `iteration`: the shortest rest
  // then ends with it, and the others' are shorter by as much. As in egg, rules whose rest would
  // end one iteration later start again in the next one, too.
  void SkipRest(size_t iteration);
  size_t times_banned(size_t rule) const { return rules_[rule].times_banned; }

 private:
  struct Rule {
    size_t first_limit = 0;
    size_t times_banned = 0;
    size_t banned_until = 0;
  };
  BackoffOptions options_;
  std::vector<Rule> rules_;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_SATURATE_BACKOFF_H_
