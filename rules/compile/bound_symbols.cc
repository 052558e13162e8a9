#include "rules/compile/bound_symbols.h"

#include <algorithm>
#include <string>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::rules {
namespace {

class BoundChecker {
 public:
  BoundChecker(const Rule& rule, const Direction& direction)
      : rule_(rule), direction_(direction), bound_(rule.symbols.size(), false) {}

  absl::Status Run() {
    for (SymbolId symbol : direction_.root_symbols) bound_[symbol] = true;
    for (const Term& root : direction_.roots)
      VisitTerms(root, [&](const Term& term) { Bind(term); });
    BindTypes();
    for (const Let& let : rule_.lets) {
      EQSAT_RETURN_IF_ERROR(Check(let.value));
      bound_[let.symbol] = true;
    }
    for (const Term& root : direction_.roots) EQSAT_RETURN_IF_ERROR(CheckComputed(root));
    for (const Code& guard : rule_.guards) EQSAT_RETURN_IF_ERROR(Check(guard));
    for (const NumericsCase& numerics : rule_.numerics) {
      if (numerics.condition) EQSAT_RETURN_IF_ERROR(Check(*numerics.condition));
      if (numerics.scale) EQSAT_RETURN_IF_ERROR(CheckTemplate(*numerics.scale));
    }
    for (const Result& result : direction_.results) {
      EQSAT_RETURN_IF_ERROR(CheckTemplate(result.term));
      if (result.symbol != kNoSymbol) bound_[result.symbol] = true;
    }
    return absl::OkStatus();
  }

 private:
  void Mark(SymbolId symbol) {
    if (symbol != kNoSymbol) bound_[symbol] = true;
  }

  void Read(const Code& code) {
    if (code.kind == Code::Kind::kSymbol) Mark(code.symbol);
    if (code.kind == Code::Kind::kList && IsReadable(code))
      for (const Code& element : code.arguments) Read(element);
  }

  void Bind(const Term& term) {
    if (term.dtype) Read(*term.dtype);
    if (term.kind == Term::Kind::kIdentity) return;
    Mark(term.symbol);
    Mark(term.list);
    Mark(term.operator_symbol);
    Mark(term.region.symbol);
    Mark(term.capture);
    for (const Term::Attribute& attribute : term.attributes) Read(attribute.value);
    if (term.shape) Read(*term.shape);
  }

  // What the types of bound operands give: element types and sizes.
  void BindTypes() {
    for (size_t i = 0; i < rule_.symbols.size(); ++i) {
      const Symbol& symbol = rule_.symbols[i];
      if (!bound_[i] || !symbol.type) continue;
      Mark(symbol.type->dtype);
      for (const TypePattern::Dim& dim : symbol.type->dims) Mark(dim.symbol);
    }
  }

  absl::Status Unbound(SymbolId symbol, Place place) const {
    return rule_.source->Error(place, base::StrCat("'", rule_.symbols[symbol].name,
                                                   "' gets no value on the side that is matched"));
  }

  absl::Status Check(const Code& code) const {
    if (code.kind == Code::Kind::kSymbol && !bound_[code.symbol])
      return Unbound(code.symbol, code.place);
    for (const Code& argument : code.arguments) EQSAT_RETURN_IF_ERROR(Check(argument));
    return absl::OkStatus();
  }

  absl::Status CheckComputed(const Term& term) const {
    for (const Term::Attribute& attribute : term.attributes)
      EQSAT_RETURN_IF_ERROR(Check(attribute.value));
    if (term.shape) EQSAT_RETURN_IF_ERROR(Check(*term.shape));
    if (term.dtype) EQSAT_RETURN_IF_ERROR(Check(*term.dtype));
    if (term.kind == Term::Kind::kIdentity && term.region.symbol != kNoSymbol &&
        !bound_[term.region.symbol])
      return Unbound(term.region.symbol, term.place);
    for (const Term& child : term.children) EQSAT_RETURN_IF_ERROR(CheckComputed(child));
    return absl::OkStatus();
  }

  absl::Status CheckTemplate(const Term& term) {
    if (term.kind == Term::Kind::kEach) {
      if (!bound_[term.list]) return Unbound(term.list, term.place);
      bool outer = std::exchange(bound_[term.symbol], true);
      absl::Status status = CheckTemplate(term.children[0]);
      bound_[term.symbol] = outer;
      return status;
    }
    for (SymbolId symbol :
         {term.symbol, term.list, term.operator_symbol, term.region.symbol, term.capture}) {
      if (symbol != kNoSymbol && !bound_[symbol]) return Unbound(symbol, term.place);
    }
    for (const Term::Attribute& attribute : term.attributes)
      EQSAT_RETURN_IF_ERROR(Check(attribute.value));
    if (term.shape) EQSAT_RETURN_IF_ERROR(Check(*term.shape));
    if (term.dtype) EQSAT_RETURN_IF_ERROR(Check(*term.dtype));
    for (const Term& child : term.children) EQSAT_RETURN_IF_ERROR(CheckTemplate(child));
    return absl::OkStatus();
  }

  const Rule& rule_;
  const Direction& direction_;
  std::vector<char> bound_;
};

}  // namespace

bool IsReadable(const Code& code) {
  if (code.kind == Code::Kind::kSymbol) return true;
  return code.kind == Code::Kind::kList &&
         std::all_of(code.arguments.begin(), code.arguments.end(), [](const Code& element) {
           return element.kind == Code::Kind::kSymbol || element.kind == Code::Kind::kLiteral;
         });
}

absl::Status CheckBound(const Rule& rule, const Direction& direction) {
  return BoundChecker(rule, direction).Run();
}

}  // namespace eqsat::rules
