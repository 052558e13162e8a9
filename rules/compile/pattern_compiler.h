// From the left side of a rule to a pattern of the engine, and from a match back to the values of
// the rule's symbols.
#ifndef EQSAT_RULES_COMPILE_PATTERN_COMPILER_H_
#define EQSAT_RULES_COMPILE_PATTERN_COMPILER_H_

#include <optional>
#include <utility>
#include <vector>

#include "engine/pattern/match.h"
#include "engine/pattern/pattern.h"
#include "rules/compile/evaluate.h"
#include "rules/compile/hlo_graph.h"
#include "rules/compile/operation_check.h"
#include "rules/compile/rule.h"

namespace eqsat::rules {

// A direction's pattern, and which part of the rule each of its parts is. Terms point into the
// Direction, which outlives this.
struct CompiledPattern {
  struct Sequence {
    const Term* term;                       // kSpread or kEach
    engine::SlotId owner;                   // whose operands it is
    std::optional<OperationCheck> element;  // kEach: of each operand
  };
  engine::Pattern pattern;
  std::vector<std::pair<const Term*, engine::SlotId>> operations;
  std::vector<std::pair<SymbolId, engine::VarId>> variables;
  std::vector<std::pair<const Term*, engine::VarId>> numbers;  // kNumber, kIdentity, kFill
  std::vector<Sequence> sequences;
  std::vector<std::pair<SymbolId, engine::SlotId>> roots;
};

// Node predicates check what one node shows: its attributes against literals, its region, that
// unnamed attributes say nothing, that shapes are static.
CompiledPattern CompilePattern(const Rule& rule, const Direction& direction, const HloGraph& graph);

// Why a match is none after all: the first premise that does not hold.
struct FailedPremise {
  enum class Kind {
    kOperation,  // `term`: an attribute, a region or a shape has another value than elsewhere
    kOperand,    // `symbol`: it does not have the declared type, or another value than elsewhere
    kPair,       // the other order of the roots is the one that counts
    kSequence,   // `term`: the captured operands do not fit
    kNumber,     // `term`: the operand is not that number; `operand` is what it is
    kLet,        // `code` for `symbol` has no value
    kComputed,   // `term`: an attribute is not what the rule computes
    kGuard,      // `code` does not hold
  };
  Kind kind = Kind::kOperation;
  const Term* term = nullptr;
  const Code* code = nullptr;
  SymbolId symbol = kNoSymbol;
  engine::ClassId operand = engine::ClassId();
  Bindings bindings;  // as far as they were read
};

// The values of the symbols in a match, or nothing if the rule's types, repeated names, computed
// attributes or guards do not hold; `failed`, if given, then says which. Lets are computed;
// numerics are not looked at.
std::optional<Bindings> Bind(const Rule& rule, const CompiledPattern& compiled,
                             const HloGraph& graph, const engine::EGraph& egraph,
                             const engine::Match& match, FailedPremise* failed = nullptr);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_PATTERN_COMPILER_H_
