// A rule whose names are resolved: what the matcher and the builder run on.
#ifndef EQSAT_RULES_COMPILE_RULE_H_
#define EQSAT_RULES_COMPILE_RULE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/functions/function.h"
#include "rules/functions/value.h"
#include "rules/language/ast.h"
#include "rules/language/source_text.h"

namespace eqsat::rules {

// How far the two sides of a rule may differ, from not at all on. NaNs count as alike: HLO promises
// nothing about their bits.
enum class Numerics : uint8_t {
  kExact,    // the same bits for all inputs
  kSpecial,  // as exact, but for the sign of zeros, NaN, and what overflows
  kReassoc,  // equal in exact arithmetic, computed in another order
  kApprox,   // within a stated bound
};
std::string_view NameOf(Numerics numerics);
std::optional<Numerics> NumericsFromName(std::string_view name);

// An index into Rule::symbols; -1 for none.
using SymbolId = int;
inline constexpr SymbolId kNoSymbol = -1;

// An expression over symbols.
struct Code {
  enum class Kind : uint8_t { kLiteral, kSymbol, kList, kCall, kOperator, kInSet };
  Kind kind = Kind::kLiteral;
  Place place;
  ValueKind type = ValueKind::kAny;
  Value literal;
  SymbolId symbol = kNoSymbol;
  const Function* function = nullptr;
  std::string op;                              // kOperator
  std::vector<Code> arguments;                 // kList, kCall, kOperator, kInSet
  std::vector<ir::ElementType> element_types;  // kInSet
};

// A term to look for or to build.
struct Term {
  enum class Kind : uint8_t {
    kVariable,   // symbol
    kNumber,     // an array whose every element is `number`
    kIdentity,   // the identity of reducer `region` for element type `dtype`
    kOperation,  // opcode or operator_symbol, on children
    kSpread,     // symbol: a sequence of operands, in place
    kEach,       // children[0] for each `symbol` of the sequence `list`
    kPick,       // element `shape` of the sequence `list`
    kFill,       // constant(number, T, shape=…): as kNumber, with its type spelt out
  };
  struct Attribute {
    std::string name;
    Place place;
    Code value;
  };
  struct Region {
    std::optional<ir::OpCode> opcode;
    SymbolId symbol = kNoSymbol;
    bool present() const { return opcode.has_value() || symbol != kNoSymbol; }
  };

  Kind kind = Kind::kVariable;
  Place place;
  SymbolId symbol = kNoSymbol;
  SymbolId list = kNoSymbol;
  double number = 0;
  std::optional<ir::OpCode> opcode;
  SymbolId operator_symbol = kNoSymbol;
  Region region;
  std::vector<Term> children;
  std::vector<Attribute> attributes;
  SymbolId capture = kNoSymbol;
  // The result's sizes and element type, where the term states them.
  std::optional<Code> shape;
  std::optional<Code> dtype;
};

// What a declaration says of an operand's shape.
struct TypePattern {
  struct Dim {
    TypeDecl::Dim::Kind kind;
    int64_t size = 0;
    SymbolId symbol = kNoSymbol;
  };
  std::vector<ir::ElementType> element_types;  // empty: any
  SymbolId dtype = kNoSymbol;                  // the variable that stands for the element type
  bool has_dims = false;
  std::vector<Dim> dims;
};

struct Symbol {
  std::string name;
  Place place;
  ValueKind kind = ValueKind::kAny;
  // Operands and sequences of them.
  std::optional<TypePattern> type;
  // Operators and reducers, element types: what they may be. Empty: anything.
  std::vector<ir::OpCode> opcodes;
  std::vector<ir::ElementType> element_types;
  // Declared as `dim`, `dims`, `perm`: generated tests choose accordingly.
  bool declared = false;
};

struct Let {
  SymbolId symbol;
  Code value;
};

// A term to build: for root `root` of the left side, or a name of its own.
struct Result {
  int root = -1;
  SymbolId symbol = kNoSymbol;
  Term term;
};

// One direction of a rule: where `roots` match, `results` may be added.
struct Direction {
  std::vector<Term> roots;
  std::vector<SymbolId> root_symbols;  // the class of each root
  std::vector<Result> results;
};

struct NumericsCase {
  Numerics numerics = Numerics::kExact;
  std::optional<Code> condition;
  // kApprox: the error allowed, relative to the result, or times the value of `scale`.
  double bound = 0;
  std::optional<Term> scale;
};

struct Rule {
  std::string name;
  std::shared_ptr<const SourceText> source;
  Place place;
  std::string doc;
  std::string group;
  std::string phase;
  std::vector<std::string> requirements;
  bool once_per_pair = false;
  size_t match_limit = 0;  // 0: the scheduler's own
  std::vector<NumericsCase> numerics;
  std::vector<Symbol> symbols;
  std::vector<Let> lets;
  std::vector<Code> guards;
  // One, or two for a rule that holds both ways.
  std::vector<Direction> directions;
  // The rule as written, with its tests.
  RuleDecl declaration;

  // `rule NAME` and its place, for messages.
  std::string Where() const;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_RULE_H_
