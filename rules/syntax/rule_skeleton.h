// A rule in the block form from two programs that compute the same.
#ifndef EQSAT_RULES_SYNTAX_RULE_SKELETON_H_
#define EQSAT_RULES_SYNTAX_RULE_SKELETON_H_

#include <string>

#include "absl/status/statusor.h"
#include "ir/graph/module.h"

namespace eqsat::rules {

// A rule file with one rule that rewrites the entry of `before` to that of `after`, in the
// canonical layout. Variables stand for the parameters, for terms and constants that both sides
// hold, for attribute values that are equal on both sides and for sizes; the programs themselves
// become its test. Both modules are verified and flat and have the same parameters and result. An
// error names what the rule language cannot say, or that both sides are the same.
absl::StatusOr<std::string> RuleFromPrograms(const ir::Module& before, const ir::Module& after,
                                             const std::string& name);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_SYNTAX_RULE_SKELETON_H_
