#include "rules/prove/representatives.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <variant>

#include "ir/ops/opcode.h"
#include "rules/prove/rule_terms.h"

namespace eqsat::rules {
namespace {

using ir::ElementType;
using ir::OpCode;

// The last float of each list stands for those that are not IEEE's.
constexpr std::array kOfEachKind = {ElementType::kPred, ElementType::kS8,  ElementType::kU8,
                                    ElementType::kS32,  ElementType::kU32, ElementType::kF16,
                                    ElementType::kBF16, ElementType::kC64, ElementType::kF8E4M3FN};
// Where numbers are as few as 1 and 2.
constexpr std::array kOfFewBits = {ElementType::kS1, ElementType::kU1, ElementType::kS2,
                                   ElementType::kU2};
constexpr std::array kOfEachWidth = {
    ElementType::kPred, ElementType::kS1,      ElementType::kU1,  ElementType::kS2,
    ElementType::kU2,   ElementType::kS4,      ElementType::kU4,  ElementType::kS8,
    ElementType::kU8,   ElementType::kS16,     ElementType::kU16, ElementType::kS32,
    ElementType::kU32,  ElementType::kS64,     ElementType::kU64, ElementType::kF16,
    ElementType::kBF16, ElementType::kF32,     ElementType::kF64, ElementType::kC64,
    ElementType::kC128, ElementType::kF8E4M3FN};

// Whether arithmetic with the number is alike for all widths.
bool IsPlain(double number) {
  const double magnitude = std::abs(number);
  return !std::isfinite(number) || magnitude <= 2;
}

bool AsksForWidth(const Code& code) {
  const auto* number = std::get_if<int64_t>(&code.literal);
  if (number && !IsPlain(static_cast<double>(*number))) return true;
  const bool calls = code.kind == Code::Kind::kCall;
  if (calls && (code.function->name == "bitwidth" || code.function->name == "widens_exactly"))
    return true;
  return std::ranges::any_of(code.arguments, [](const Code& part) { return AsksForWidth(part); });
}

bool AsksForWidth(const Term& term) {
  // What takes complex numbers apart takes real ones too, of some widths.
  constexpr std::array kOfWidths = {OpCode::kConvert, OpCode::kBitcastConvert, OpCode::kComplex,
                                    OpCode::kReal, OpCode::kImag};
  if (term.opcode && std::ranges::find(kOfWidths, *term.opcode) != kOfWidths.end()) return true;
  return !IsPlain(term.number) ||
         std::ranges::any_of(term.attributes, [](const Term::Attribute& attribute) {
           return AsksForWidth(attribute.value);
         });
}

bool AsksForWidth(const Rule& rule) {
  bool asks = std::ranges::any_of(rule.lets, [](const Let& l) { return AsksForWidth(l.value); }) ||
              std::ranges::any_of(rule.guards, [](const Code& g) { return AsksForWidth(g); });
  VisitAllTerms(rule, [&asks](const Term& term) { asks |= AsksForWidth(term); });
  return asks;
}

}  // namespace

std::vector<ElementType> RepresentativesOf(const Rule& rule) {
  if (AsksForWidth(rule)) return {kOfEachWidth.begin(), kOfEachWidth.end()};
  std::vector<ElementType> types(kOfEachKind.begin(), kOfEachKind.end());
  // Dots have three types each, which is many; narrower floats are summed in f32.
  if (HasDot(rule))
    types.push_back(ElementType::kF32);
  else
    types.insert(types.begin(), kOfFewBits.begin(), kOfFewBits.end());
  return types;
}

}  // namespace eqsat::rules
