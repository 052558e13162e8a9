// The values of attributes in HLO text: one ParseValue for each type that a field of
// ir/ops/attributes.h has.
#ifndef EQSAT_IMPORTERS_HLO_TEXT_ATTRIBUTE_PARSER_H_
#define EQSAT_IMPORTERS_HLO_TEXT_ATTRIBUTE_PARSER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "importers/hlo_text/token_reader.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/attributes.h"

namespace eqsat::importers {

absl::Status ParseValue(TokenReader& reader, int64_t* value);
absl::Status ParseValue(TokenReader& reader, double* value);
absl::Status ParseValue(TokenReader& reader, bool* value);
// A quoted string, a bare word, or braced text kept as it is.
absl::Status ParseValue(TokenReader& reader, std::string* value);
absl::Status ParseValue(TokenReader& reader, ir::Shape* value);
absl::Status ParseValue(TokenReader& reader, ir::Literal* value);
absl::Status ParseValue(TokenReader& reader, ir::DimensionVector* value);
absl::Status ParseValue(TokenReader& reader, std::vector<int64_t>* value);
absl::Status ParseValue(TokenReader& reader, ir::SliceRange* value);
absl::Status ParseValue(TokenReader& reader, std::vector<ir::PaddingDimension>* value);
absl::Status ParseValue(TokenReader& reader, ir::Window* value);
absl::Status ParseValue(TokenReader& reader, ir::ConvolutionDimensions* value);
absl::Status ParseValue(TokenReader& reader, ir::ReplicaGroups* value);
absl::Status ParseValue(TokenReader& reader, ir::SourceTarget* value);
absl::Status ParseValue(TokenReader& reader, ir::OutputOperandAlias* value);
absl::Status ParseValue(TokenReader& reader, ir::ResultAccuracy* value);

// Enumerators, by their text names. Precisions are also written in capitals.
template <typename E>
  requires std::is_enum_v<E>
absl::Status ParseValue(TokenReader& reader, E* value) {
  auto names = ir::EnumNames(E());
  for (size_t i = 0; reader.AtWord() && i < names.size(); ++i) {
    bool equal = reader.token().text == names[i];
    if constexpr (std::is_same_v<E, ir::Precision>)
      equal = absl::EqualsIgnoreCase(base::Absl(reader.token().text), base::Absl(names[i]));
    if (!equal) continue;
    *value = static_cast<E>(i);
    reader.Advance();
    return absl::OkStatus();
  }
  return reader.Expected(base::StrCat("one of ", base::Join(names, ", ")));
}

// `{a, b, …}`
template <typename T>
absl::Status ParseValue(TokenReader& reader, std::vector<T>* value) {
  EQSAT_RETURN_IF_ERROR(reader.Expect("{", "before a list"));
  while (!reader.At("}")) {
    if (!value->empty()) EQSAT_RETURN_IF_ERROR(reader.Expect(",", "in a list"));
    EQSAT_RETURN_IF_ERROR(ParseValue(reader, &value->emplace_back()));
  }
  reader.Advance();
  return absl::OkStatus();
}

absl::Status ParseValue(TokenReader& reader, std::vector<ir::Precision>* value);

// Every version but the unspecified one.
absl::Status ParseValue(TokenReader& reader, ir::CustomCallApiVersion* value);

template <typename T>
absl::Status ParseValue(TokenReader& reader, std::optional<T>* value) {
  return ParseValue(reader, &value->emplace());
}

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_TEXT_ATTRIBUTE_PARSER_H_
