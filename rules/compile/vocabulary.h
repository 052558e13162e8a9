// The names that rules use for ops, element types and sets of them.
#ifndef EQSAT_RULES_COMPILE_VOCABULARY_H_
#define EQSAT_RULES_COMPILE_VOCABULARY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/ops/opcode.h"
#include "ir/shape/element_type.h"
#include "ir/shape/literal.h"

namespace eqsat::rules {

// HLO's names with _ for -, and StableHLO's where they differ: dot_general, broadcast_in_dim.
std::optional<ir::OpCode> OpFromRuleName(std::string_view name);
std::string RuleNameOf(ir::OpCode opcode);
// For hints.
const std::vector<std::string>& OpRuleNames();

// add, mul, max, min, and, or, xor: also under the ops' full names.
std::optional<ir::OpCode> ReducerFromName(std::string_view name);
// f32, s32 (also i32), pred (also i1 and bool).
std::optional<ir::ElementType> ElementTypeFromRuleName(std::string_view name);

// any, Int, Signed, Unsigned, Float, Complex, Num, Real; null if there is none.
const std::vector<ir::ElementType>* BuiltInTypeSet(std::string_view name);
// elementwise_unary, elementwise_binary, elementwise_ternary, commutative, monoid; null if none.
const std::vector<ir::OpCode>* BuiltInOpSet(std::string_view name);
std::vector<std::string_view> BuiltInSetNames();

// The value e with e ∘ x = x for every x in the reference order; nothing for ops without one.
// Addition of floats has -0.
std::optional<ir::Literal> IdentityOf(ir::OpCode reducer, ir::ElementType type);
// The scalar of this value, for floats the nearest; nothing if it is no integer of an integer type,
// or out of a type's range.
std::optional<ir::Literal> ScalarOf(double value, ir::ElementType type);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_VOCABULARY_H_
