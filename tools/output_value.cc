#include "tools/output_value.h"

#include <cmath>
#include <complex>

#include "ir/base/strings.h"

namespace eqsat::tools {
namespace {

void AppendLeaves(const ir::Literal& literal, std::vector<const ir::Literal*>* leaves) {
  if (literal.shape().IsArray()) leaves->push_back(&literal);
  for (const ir::Literal& element : literal.elements()) AppendLeaves(element, leaves);
}

// One number, or a pair for complex ones.
nlohmann::json ElementJson(const ir::Literal& leaf, int64_t position) {
  auto real = [](double value) -> nlohmann::json {
    if (std::isfinite(value)) return value;
    return std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  };
  ir::ElementType type = leaf.shape().element_type();
  if (type == ir::ElementType::kU64) return static_cast<uint64_t>(leaf.AsInt64(position));
  if (ir::IsInteger(type)) return leaf.AsInt64(position);
  if (type == ir::ElementType::kPred) return leaf.AsInt64(position) != 0;
  if (!ir::IsComplex(type)) return real(leaf.AsDouble(position));
  std::complex<double> value = leaf.AsComplex(position);
  return nlohmann::json::array({real(value.real()), real(value.imag())});
}

}  // namespace

std::vector<const ir::Literal*> Leaves(const ir::Literal& literal) {
  std::vector<const ir::Literal*> leaves;
  AppendLeaves(literal, &leaves);
  return leaves;
}

nlohmann::json ValuesJson(const ir::Literal& leaf) {
  nlohmann::json values = nlohmann::json::array();
  for (int64_t i = 0; i < leaf.shape().ElementCount(); ++i) values.push_back(ElementJson(leaf, i));
  return values;
}

std::string ValueText(const ir::Literal& leaf) {
  return base::StrCat(leaf.shape().WithoutLayout().ToString(), "=", ValuesJson(leaf).dump());
}

}  // namespace eqsat::tools
