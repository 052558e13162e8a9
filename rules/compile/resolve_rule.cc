#include "rules/compile/resolve_rule.h"

#include <array>
#include <cctype>
#include <string>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/compile/bound_symbols.h"
#include "rules/compile/resolve_code.h"
#include "rules/compile/resolve_term.h"
#include "rules/compile/vocabulary.h"

namespace eqsat::rules {
namespace {

// What a variable of an attribute may be declared as.
constexpr std::array<std::pair<std::string_view, ValueKind>, 9> kAttributeTypes = {{
    {"dim", ValueKind::kInt},
    {"int", ValueKind::kInt},
    {"dims", ValueKind::kInts},
    {"perm", ValueKind::kInts},
    {"ints", ValueKind::kInts},
    {"flag", ValueKind::kBool},
    {"word", ValueKind::kText},
    {"dtype", ValueKind::kDtype},
    {"reducer", ValueKind::kReducer},
}};

// The error allowed to an approximate rule that states no bound, relative to the larger side.
constexpr double kDefaultBound = 1e-5;

class RuleResolver {
 public:
  RuleResolver(const FileScope& file, const RuleDecl& declaration)
      : scope_(&file, &rule_), declaration_(declaration) {
    rule_.name = declaration.name;
    rule_.source = file.source();
    rule_.place = declaration.place;
    rule_.doc = declaration.doc;
    rule_.group = declaration.group;
    rule_.phase = declaration.phase;
    rule_.declaration = declaration;
    for (const RequirementDecl& requirement : declaration.requirements)
      rule_.requirements.push_back(requirement.feature);
  }

  absl::StatusOr<Rule> Run() {
    for (const GivenDecl& given : declaration_.givens) EQSAT_RETURN_IF_ERROR(Given(given));
    EQSAT_RETURN_IF_ERROR(Roots());
    for (const Binding& let : declaration_.lets) EQSAT_RETURN_IF_ERROR(AddLet(let));
    for (const Expr& guard : declaration_.guards) {
      EQSAT_ASSIGN_OR_RETURN(Code code, ResolveCodeOf(scope_, guard, ValueKind::kBool));
      rule_.guards.push_back(std::move(code));
    }
    EQSAT_RETURN_IF_ERROR(Results());
    if (declaration_.both_ways) EQSAT_RETURN_IF_ERROR(Reverse());
    for (const NumericsDecl& numerics : declaration_.numerics)
      EQSAT_RETURN_IF_ERROR(AddNumerics(numerics));
    EQSAT_RETURN_IF_ERROR(Limit());
    for (const Direction& direction : rule_.directions)
      EQSAT_RETURN_IF_ERROR(CheckBound(rule_, direction));
    EQSAT_RETURN_IF_ERROR(CheckUse());
    return std::move(rule_);
  }

 private:
  // ---- given ----

  absl::Status Given(const GivenDecl& given) {
    if (scope_.Find(given.name) != kNoSymbol && !IsTypeVariable(given))
      return scope_.Error(given.place, base::StrCat("'", given.name, "' is declared twice"));
    if (IsTypeVariable(given)) return TypeVariable(given);
    if (!given.type.has_dims && !given.is_sequence) {
      for (const auto& [name, kind] : kAttributeTypes) {
        if (given.type.name != name) continue;
        scope_.symbol(scope_.Add(given.name, kind, given.place)).declared = true;
        return absl::OkStatus();
      }
      if (const auto* opcodes = scope_.file().FindOpSet(given.type.name))
        return OperatorVariable(given, *opcodes);
    }
    EQSAT_ASSIGN_OR_RETURN(TypePattern type, ResolveType(scope_, given.type));
    ValueKind kind = given.is_sequence ? ValueKind::kOperands : ValueKind::kOperand;
    Symbol& symbol = scope_.symbol(scope_.Add(given.name, kind, given.place));
    symbol.type = std::move(type);
    symbol.declared = true;
    return absl::OkStatus();
  }

  // `T: Num`: a name with a capital stands for an element type.
  bool IsTypeVariable(const GivenDecl& given) const {
    return !given.is_sequence && !given.type.has_dims &&
           std::isupper(static_cast<unsigned char>(given.name[0])) &&
           scope_.file().FindTypeSet(given.type.name);
  }

  absl::Status TypeVariable(const GivenDecl& given) {
    SymbolId id = scope_.Find(given.name);
    if (id == kNoSymbol) id = scope_.Add(given.name, ValueKind::kDtype, given.place);
    EQSAT_RETURN_IF_ERROR(scope_.Expect(id, ValueKind::kDtype, given.place));
    scope_.symbol(id).element_types = *scope_.file().FindTypeSet(given.type.name);
    return absl::OkStatus();
  }

  // It is a reducer if it stands between < and > anywhere, else the head of a term.
  absl::Status OperatorVariable(const GivenDecl& given, const std::vector<ir::OpCode>& opcodes) {
    bool is_reducer = false;
    for (const auto* bindings : {&declaration_.matches, &declaration_.results})
      for (const Binding& binding : *bindings) is_reducer |= HasRegion(binding.value, given.name);
    ValueKind kind = is_reducer ? ValueKind::kReducer : ValueKind::kOperator;
    Symbol& symbol = scope_.symbol(scope_.Add(given.name, kind, given.place));
    symbol.opcodes = opcodes;
    symbol.declared = true;
    if (!opcodes.empty()) return absl::OkStatus();
    return scope_.Error(given.type.place, base::StrCat("the set ", given.type.name, " is empty"));
  }

  static bool HasRegion(const Expr& expr, std::string_view name) {
    bool found = expr.kind == Expr::Kind::kCall && expr.region == name;
    for (const Expr& argument : expr.arguments) found |= HasRegion(argument, name);
    return found;
  }

  // ---- match, let, to ----

  absl::Status Roots() {
    Direction direction;
    bool several = declaration_.matches.size() > 1;
    for (const Binding& binding : declaration_.matches) {
      EQSAT_ASSIGN_OR_RETURN(Term term, ResolveTerm(scope_, binding.value, Side::kPattern));
      if (term.kind != Term::Kind::kOperation)
        return scope_.Error(binding.place,
                            "the left side must be an operation: a bare operand "
                            "would match everything");
      if (several && binding.name.empty())
        return scope_.Error(binding.place, "name each of several left sides: y = …");
      direction.roots.push_back(std::move(term));
      EQSAT_ASSIGN_OR_RETURN(SymbolId symbol, RootSymbol(binding));
      direction.root_symbols.push_back(symbol);
    }
    rule_.directions.push_back(std::move(direction));
    return absl::OkStatus();
  }

  absl::StatusOr<SymbolId> RootSymbol(const Binding& binding) {
    if (!binding.name.empty() && scope_.Find(binding.name) != kNoSymbol)
      return scope_.Error(binding.place, base::StrCat("'", binding.name, "' is used twice"));
    return scope_.Add(binding.name.empty() ? "_" : binding.name, ValueKind::kOperand,
                      binding.place);
  }

  absl::Status AddLet(const Binding& let) {
    if (scope_.Find(let.name) != kNoSymbol)
      return scope_.Error(let.place, base::StrCat("'", let.name, "' is declared twice"));
    EQSAT_ASSIGN_OR_RETURN(Code value, ResolveCode(scope_, let.value));
    SymbolId symbol = scope_.Add(let.name, value.type, let.place);
    rule_.lets.push_back({symbol, std::move(value)});
    return absl::OkStatus();
  }

  absl::Status Results() {
    Direction& direction = rule_.directions[0];
    for (const Binding& binding : declaration_.results) {
      Result result;
      EQSAT_ASSIGN_OR_RETURN(result.term, ResolveTerm(scope_, binding.value, Side::kTemplate));
      if (result.term.kind == Term::Kind::kSpread || result.term.kind == Term::Kind::kEach)
        return scope_.Error(binding.place, "a sequence of operands is no result");
      EQSAT_RETURN_IF_ERROR(NameResult(binding, direction, &result));
      direction.results.push_back(std::move(result));
    }
    for (size_t i = 0; i < direction.roots.size(); ++i) {
      bool built = false;
      for (const Result& result : direction.results) built |= result.root == static_cast<int>(i);
      if (!built && direction.roots.size() == 1)
        return scope_.Error(declaration_.results[0].place, "the right side gives no result");
    }
    return absl::OkStatus();
  }

  absl::Status NameResult(const Binding& binding, const Direction& direction, Result* result) {
    if (binding.name.empty()) {
      result->root = 0;
      if (direction.roots.size() == 1 && declaration_.results.size() == 1) return absl::OkStatus();
      return scope_.Error(binding.place, "name each of several results: y = …");
    }
    for (size_t i = 0; i < direction.root_symbols.size(); ++i) {
      if (rule_.symbols[direction.root_symbols[i]].name != binding.name) continue;
      result->root = static_cast<int>(i);
      return absl::OkStatus();
    }
    if (scope_.Find(binding.name) != kNoSymbol)
      return scope_.Error(binding.place, base::StrCat("'", binding.name, "' is declared twice"));
    result->symbol = scope_.Add(binding.name, ValueKind::kOperand, binding.place);
    return absl::OkStatus();
  }

  absl::Status Reverse() {
    const Direction& forward = rule_.directions[0];
    const Binding& right = declaration_.results[0];
    if (forward.roots.size() != 1 || forward.results.size() != 1)
      return scope_.Error(right.place,
                          "only a rule with one left side and one result holds both "
                          "ways");
    if (forward.results[0].term.kind != Term::Kind::kOperation)
      return scope_.Error(right.place,
                          "a rule that holds both ways needs an operation on its "
                          "right side: a bare operand would match everything");
    Direction reverse;
    reverse.roots = {forward.results[0].term};
    reverse.root_symbols = {scope_.Add("_", ValueKind::kOperand, right.place)};
    reverse.results = {{.root = 0, .term = forward.roots[0]}};
    rule_.directions.push_back(std::move(reverse));
    return absl::OkStatus();
  }

  // ---- numerics, limit ----

  absl::Status AddNumerics(const NumericsDecl& decl) {
    NumericsCase numerics;
    std::optional<Numerics> known = NumericsFromName(decl.name);
    if (!known) {
      return scope_.Error(
          decl.place,
          base::StrCat("'", decl.name, "' is no numerics class (exact, special, reassoc, approx)",
                       DidYouMean(decl.name, {"exact", "special", "reassoc", "approx"})));
    }
    numerics.numerics = *known;
    if (decl.condition) {
      EQSAT_ASSIGN_OR_RETURN(numerics.condition,
                             ResolveCodeOf(scope_, *decl.condition, ValueKind::kBool));
    }
    if (decl.bound && *known != Numerics::kApprox)
      return scope_.Error(decl.bound->place, "only approx has a bound");
    numerics.bound = *known == Numerics::kApprox ? kDefaultBound : 0;
    if (decl.bound) EQSAT_RETURN_IF_ERROR(Bound(*decl.bound, &numerics));
    rule_.numerics.push_back(std::move(numerics));
    return absl::OkStatus();
  }

  // approx(2^-7), or approx(abs <= number * term)
  absl::Status Bound(const Expr& bound, NumericsCase* numerics) {
    bool absolute = bound.kind == Expr::Kind::kOperator && bound.text == "<=" &&
                    bound.arguments[0].text == "abs";
    const Expr* size = absolute ? &bound.arguments[1] : &bound;
    if (absolute && size->kind == Expr::Kind::kOperator && size->text == "*" &&
        size->arguments[1].kind == Expr::Kind::kCall) {
      EQSAT_ASSIGN_OR_RETURN(numerics->scale,
                             ResolveTerm(scope_, size->arguments[1], Side::kTemplate));
      size = &size->arguments[0];
    }
    EQSAT_ASSIGN_OR_RETURN(numerics->bound, ResolveNumber(scope_, *size));
    if (numerics->bound > 0) return absl::OkStatus();
    return scope_.Error(bound.place, "the bound must be above zero");
  }

  absl::Status Limit() {
    if (!declaration_.limit) return absl::OkStatus();
    const Expr& limit = *declaration_.limit;
    if (limit.kind == Expr::Kind::kInteger && limit.integer > 0) {
      rule_.match_limit = static_cast<size_t>(limit.integer);
      return absl::OkStatus();
    }
    rule_.once_per_pair = limit.text == "once_per_pair" && rule_.directions[0].roots.size() == 2;
    if (rule_.once_per_pair) return absl::OkStatus();
    return scope_.Error(limit.place,
                        "a limit is a number of matches, or once_per_pair for a rule "
                        "with two left sides");
  }

  // ---- lint ----

  // A variable of an attribute that stands in one place only is a slip, or should be `_`.
  absl::Status CheckUse() {
    std::vector<int> uses(rule_.symbols.size(), 0);
    for (const Direction& direction : rule_.directions) {
      for (const Term& root : direction.roots) CountUses(root, &uses);
      for (const Result& result : direction.results) CountUses(result.term, &uses);
    }
    for (const Let& let : rule_.lets) {
      ++uses[let.symbol];
      CountUses(let.value, &uses);
    }
    for (const Code& guard : rule_.guards) CountUses(guard, &uses);
    for (const NumericsCase& numerics : rule_.numerics)
      if (numerics.condition) CountUses(*numerics.condition, &uses);
    for (const Symbol& symbol : rule_.symbols) {
      if (!symbol.type) continue;
      if (symbol.type->dtype != kNoSymbol) ++uses[symbol.type->dtype];
    }
    for (size_t i = 0; i < rule_.symbols.size(); ++i) {
      const Symbol& symbol = rule_.symbols[i];
      bool attribute = symbol.kind == ValueKind::kInt || symbol.kind == ValueKind::kInts ||
                       symbol.kind == ValueKind::kText || symbol.kind == ValueKind::kBool;
      if (symbol.name == "_") continue;
      if (symbol.declared && uses[i] == 0)
        return scope_.Error(symbol.place, base::StrCat("'", symbol.name, "' is not used"));
      if (attribute && !symbol.declared && uses[i] == 1 && !IsSize(static_cast<SymbolId>(i)))
        return scope_.Error(symbol.place, base::StrCat("'", symbol.name,
                                                       "' is used only here; "
                                                       "write _ for what does not matter"));
    }
    return absl::OkStatus();
  }

  // Sizes are named in types to say that two are the same, or only to show the rank.
  bool IsSize(SymbolId id) const {
    for (const Symbol& symbol : rule_.symbols) {
      if (!symbol.type) continue;
      for (const TypePattern::Dim& dim : symbol.type->dims)
        if (dim.symbol == id) return true;
    }
    return false;
  }

  static void CountUses(const Code& code, std::vector<int>* uses) {
    if (code.kind == Code::Kind::kSymbol) ++(*uses)[code.symbol];
    for (const Code& argument : code.arguments) CountUses(argument, uses);
  }

  static void CountUses(const Term& root, std::vector<int>* uses) {
    VisitTerms(root, [&](const Term& term) {
      for (SymbolId symbol :
           {term.symbol, term.list, term.operator_symbol, term.region.symbol, term.capture})
        if (symbol != kNoSymbol) ++(*uses)[symbol];
      for (const Term::Attribute& attribute : term.attributes) CountUses(attribute.value, uses);
      if (term.shape) CountUses(*term.shape, uses);
      if (term.dtype) CountUses(*term.dtype, uses);
    });
  }

  Rule rule_;
  Scope scope_;
  const RuleDecl& declaration_;
};

}  // namespace

absl::StatusOr<Rule> ResolveRule(const FileScope& file, const RuleDecl& declaration) {
  return RuleResolver(file, declaration).Run();
}

absl::StatusOr<TestTerms> ResolveTest(const FileScope& file, const TestDecl& test) {
  TestTerms terms;
  terms.scope.source = file.source();
  Scope scope(&file, &terms.scope);
  for (const TestDecl::Input& input : test.inputs) {
    if (scope.Find(input.name) != kNoSymbol)
      return scope.Error(input.place, base::StrCat("'", input.name, "' is declared twice"));
    EQSAT_ASSIGN_OR_RETURN(TypePattern type, ResolveType(scope, input.type));
    bool literal = type.element_types.size() == 1 && type.has_dims;
    for (const TypePattern::Dim& dim : type.dims)
      literal &= dim.kind == TypeDecl::Dim::Kind::kSize && dim.size >= 0;
    if (!literal) return scope.Error(input.type.place, "a test's input has a type like f32[2,3]");
    Symbol& symbol = scope.symbol(scope.Add(input.name, ValueKind::kOperand, input.place));
    symbol.type = std::move(type);
  }
  for (const auto* side : {&test.left, &test.right}) {
    for (const Expr& expr : *side) {
      EQSAT_ASSIGN_OR_RETURN(Term term, ResolveTerm(scope, expr, Side::kTemplate));
      (side == &test.left ? terms.left : terms.right).push_back(std::move(term));
    }
  }
  return terms;
}

}  // namespace eqsat::rules
