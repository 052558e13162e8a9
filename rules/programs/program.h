// What a saturation program says, as written: a `.eqr` file over operators of its own.
//
//   signature {
//     add(a, b) as +  folds a + b          # constants are folded by this
//     mul(a, b) as *  associative commutative   # kept as one product of any number of factors
//     lam(v, body)    binds v in body      # free variables are tracked through this
//     x, y                                 # leaves
//   }
//   commute-add: a + b => b + a            # rules, as in other rule files
//   run iterations=30, nodes=10000         # limits of the cases that follow
//   case doubling {
//     start  x + (x + y)                   # terms to begin with
//     goal   y + (x + x)                   # what the first of them must become equal to
//     expect iterations=2, nodes=9         # what the run must come to
//   }
//
// A name that the signature declares as a leaf is that leaf; in rules and goals any other name is a
// variable. A variable below an associative and commutative operator stands for one of its
// elements; `xs...`, written last as in mul(a, xs...), for the others. Where such an operator is
// the root of a left side without `xs...`, the rule holds among further elements too: they stay.
#ifndef EQSAT_RULES_PROGRAMS_PROGRAM_H_
#define EQSAT_RULES_PROGRAMS_PROGRAM_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "rules/language/ast.h"
#include "rules/language/source_text.h"

namespace eqsat::rules {

struct OperatorDecl {
  std::string name;
  Place place;
  std::vector<std::string> operands;
  std::string symbol;               // `as +`
  bool is_multiset = false;         // `associative commutative`
  std::optional<Expr> folds;        // the value, given the operands' values
  std::string binder;               // `binds v in body`: the operand that names a variable
  std::vector<std::string> bodies;  //   and the operands in which it is bound
  bool names_variable = false;      // `names a variable`: its operand is one that is free here
};

struct ProgramRule {
  std::string name;
  Place place;
  Expr left;
  Expr right;
  bool both_ways = false;
  std::vector<Expr> guards;
};

// `key=value`, where a value is a name, a number or a list of numbers.
struct Setting {
  std::string key;
  Place place;
  Expr value;
};

struct CaseDecl {
  std::string name;
  Place place;
  std::vector<std::string> rules;  // those in force; all if empty
  std::vector<Place> rule_places;
  std::vector<Expr> starts;
  std::vector<std::pair<Expr, Expr>> assumed;  // `assume a <=> b`: equal from the beginning
  std::vector<Expr> goals;                     // reached by the first start; the run then ends
  std::vector<Expr> avoided;                   // must not be reached
  std::vector<std::pair<Expr, Expr>> proofs;   // `prove a <=> b`: both begin in the graph
  std::vector<Setting> run;
  std::vector<Setting> expect;
};

struct Program {
  std::vector<OperatorDecl> operators;
  std::vector<ProgramRule> rules;
  std::vector<CaseDecl> cases;  // `run` holds what the file says for all cases, then their own
};

absl::StatusOr<Program> ParseProgram(const SourceText& source);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROGRAMS_PROGRAM_H_
