// Takes away what rules cannot: parts of tuples, collectives, which are unique, and what depends on
// no value.
#ifndef EQSAT_RULES_HLO_PLAIN_FORMS_H_
#define EQSAT_RULES_HLO_PLAIN_FORMS_H_

#include <optional>

#include "absl/status/statusor.h"
#include "rules/hlo/plain_module.h"

namespace eqsat::rules {

// `flat` (flatten.h) with plainer forms of
//   - reductions and windows with a tuple of one array as their result: the array's, in a tuple;
//   - reductions and windows of several arrays without elements: copies of the initial values;
//   - sorts of what has one order, along a dimension of one element or of equal elements: their
//     operands;
//   - maps of elementwise functions, reductions of several arrays along dimensions of one element,
//     and scatters of one update as large as the array: the functions on arrays;
//   - loops whose condition is never true: their operand;
//   - loops over a tuple: what does not turn with them is outside (plain_loops.h);
//   - conditionals whose branch is known: the branch;
//   - arrays without elements, sizes that are known, small constants in another shape: constants;
//   - conversions, copies and concatenations of one array of run-time size that change nothing;
//   - barriers: without operands that nobody reads behind them;
//   - all-gathers, all-to-alls, all-reduces and reduce-scatters of one array in groups of one
//     device: their operand;
//   - all-gathers, all-to-alls, all-reduces and reduce-scatters of copies of one known number,
//     where every device takes part: copies of the result. All devices run one program, so none of
//     them is left waiting. Sums of floats stay, since their order is the implementation's.
// Flat again; nullopt if there is nothing of the kind. Every value is computed as before, bit for
// bit. What has a sharding or control predecessors stays as it is.
absl::StatusOr<std::optional<PlainModule>> PlainForms(const ir::Module& flat);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_PLAIN_FORMS_H_
