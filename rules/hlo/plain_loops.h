// Takes out of loops what does not turn with them.
#ifndef EQSAT_RULES_HLO_PLAIN_LOOPS_H_
#define EQSAT_RULES_HLO_PLAIN_LOOPS_H_

#include <optional>

#include "absl/status/statusor.h"
#include "ir/graph/module.h"
#include "rules/hlo/plain_module.h"

namespace eqsat::rules {

// `flat` (flatten.h) with plainer forms of loops over a tuple:
//   - parts that nothing asks for but their own next value are gone;
//   - what comes after the loop reads parts that each turn hands on from before it;
//   - such parts that are small and known are constants inside;
//   - what a turn computes from such parts alone is computed before the loop, unless it is larger
//     than what it is computed from and easily computed.
// nullopt if there is no such loop. A loop that is never entered then has something computed in
// vain; every value is computed as before, bit for bit. Linear in the module, but for the parts of
// one loop that a value depends on, which are kept as sets.
absl::StatusOr<std::optional<PlainModule>> PlainLoops(const ir::Module& flat);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_PLAIN_LOOPS_H_
