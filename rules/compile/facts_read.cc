#include "rules/compile/facts_read.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "rules/compile/bound_symbols.h"

namespace eqsat::rules {
namespace {

bool IsOfChangingFacts(const Function& function) {
  static const auto* const kNames = [] {
    auto* names = new std::set<std::string_view>();
    for (auto family : {ConstantFunctions, RangeFunctions, GraphFunctions})
      for (const Function& member : family()) names->insert(member.name);
    return names;
  }();
  return kNames->contains(function.name);
}

bool Reads(const Code& code) {
  return (code.function != nullptr && IsOfChangingFacts(*code.function)) ||
         std::ranges::any_of(code.arguments, [](const Code& argument) { return Reads(argument); });
}

// Of a term of either side: numbers are known of classes, elements of a sequence by their terms.
bool Reads(const Term& term) {
  switch (term.kind) {
    case Term::Kind::kNumber:
    case Term::Kind::kIdentity:
    case Term::Kind::kFill:
    case Term::Kind::kEach:
      return true;
    default:
      break;
  }
  return std::ranges::any_of(term.attributes,
                             [](const Term::Attribute& a) { return Reads(a.value); }) ||
         (term.shape && Reads(*term.shape)) || (term.dtype && Reads(*term.dtype)) ||
         std::ranges::any_of(term.children, [](const Term& child) { return Reads(child); });
}

// What is built is built from the match alone; only what is computed for it may read more.
bool Computes(const Term& term) {
  bool reads = false;
  VisitTerms(term, [&](const Term& part) {
    for (const Term::Attribute& attribute : part.attributes) reads |= Reads(attribute.value);
    reads |= (part.shape && Reads(*part.shape)) || (part.dtype && Reads(*part.dtype));
  });
  return reads;
}

}  // namespace

bool ReadsChangingFacts(const Rule& rule, const Direction& direction) {
  return std::ranges::any_of(direction.roots, [](const Term& root) { return Reads(root); }) ||
         std::ranges::any_of(direction.results,
                             [](const Result& result) { return Computes(result.term); }) ||
         std::ranges::any_of(rule.lets, [](const Let& let) { return Reads(let.value); }) ||
         std::ranges::any_of(rule.guards, [](const Code& guard) { return Reads(guard); }) ||
         std::ranges::any_of(rule.numerics, [](const NumericsCase& numerics) {
           return numerics.condition && Reads(*numerics.condition);
         });
}

}  // namespace eqsat::rules
