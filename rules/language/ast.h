// What a rule file says, as written. Names are not resolved here.
//
// Terms (what is matched and built) and expressions (attribute values and guards) share one type:
// which of the two an Expr is follows from where it stands, and rules/compile/ decides it.
#ifndef EQSAT_RULES_LANGUAGE_AST_H_
#define EQSAT_RULES_LANGUAGE_AST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/language/source_text.h"

namespace eqsat::rules {

// A type annotation: `T[M, D..., 3]`, `f32`, `dims`, `perm(rank(x))`.
struct TypeDecl {
  struct Dim {
    enum class Kind : uint8_t { kSize, kName, kSequence, kAnySequence };
    Kind kind = Kind::kSize;
    int64_t size = 0;
    std::string name;
    Place place;
  };
  Place place;
  std::string name;
  bool has_dims = false;  // with brackets, even empty ones
  std::vector<Dim> dims;
};

struct NamedArgument;

struct Expr {
  enum class Kind : uint8_t {
    kName,
    kInteger,
    kNumber,
    kString,
    kList,      // [a, b]
    kCall,      // text<region>(arguments, named, ..capture)
    kOperator,  // text is one of + - * / % ^ == != < <= > >= not and or in, on `arguments`
    kSpread,    // xs...
    kEach,      // each text in region: arguments[0]
  };
  Kind kind = Kind::kName;
  Place place;
  std::string text;
  std::string region;
  int64_t integer = 0;
  double number = 0;
  std::vector<Expr> arguments;
  std::vector<NamedArgument> named;
  std::string capture;
  std::optional<TypeDecl> type;  // x: T[D...] inside a term
};

struct NamedArgument {
  std::string name;
  Place place;
  Expr value;
};

// `x: T[D...]`, or `xs...: T[...]`.
struct GivenDecl {
  std::string name;
  Place place;
  bool is_sequence = false;
  TypeDecl type;
};

// `name = expr`; the name may be empty in `match` and `to`.
struct Binding {
  std::string name;
  Place place;
  Expr value;
};

struct NumericsDecl {
  std::string name;
  Place place;
  std::optional<Expr> bound;      // approx(bound)
  std::optional<Expr> condition;  // exact when condition
};

struct TestDecl {
  enum class Expect : uint8_t { kFires, kEquals, kRejects };
  struct Input {
    std::string name;
    Place place;
    TypeDecl type;
    std::optional<Expr> uniform;  // ~ uniform(low, high)
  };
  Place place;
  std::vector<Input> inputs;
  std::vector<Expr> left;  // one a root
  Expect expect = Expect::kFires;
  std::vector<Expr> right;  // kEquals
};

// `requires mma(bf16, bf16 -> f32)`: a feature of the target, as text without spaces.
struct RequirementDecl {
  std::string feature;
  Place place;
};

struct RuleDecl {
  std::string name;
  Place place;
  std::string doc;
  std::string group;
  std::string phase;
  std::vector<NumericsDecl> numerics;
  std::vector<RequirementDecl> requirements;
  std::optional<Expr> limit;
  std::vector<GivenDecl> givens;
  std::vector<Binding> lets;
  std::vector<Binding> matches;
  std::vector<Expr> guards;
  bool both_ways = false;
  std::vector<Binding> results;
  std::vector<TestDecl> tests;
};

// `dtypes Num = { … }` or `reducers Assoc = { … }`.
struct SetDecl {
  std::string name;
  Place place;
  bool is_reducers = false;
  std::vector<std::string> members;
  std::vector<Place> member_places;
};

// `fn name(a, b) = expr`.
struct FunctionDecl {
  std::string name;
  Place place;
  std::vector<std::string> parameters;
  Expr body;
};

struct RuleFile {
  int64_t language = 0;
  std::string package;
  std::string source;
  std::string license;
  std::vector<SetDecl> sets;
  std::vector<FunctionDecl> functions;
  std::vector<RuleDecl> rules;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_LANGUAGE_AST_H_
