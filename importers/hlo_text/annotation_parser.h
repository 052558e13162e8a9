// What any instruction may carry in HLO text: metadata, sharding, frontend_attributes, …
#ifndef EQSAT_IMPORTERS_HLO_TEXT_ANNOTATION_PARSER_H_
#define EQSAT_IMPORTERS_HLO_TEXT_ANNOTATION_PARSER_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "importers/hlo_text/token_reader.h"
#include "ir/graph/annotations.h"

namespace eqsat::importers {

// Reads the value of the annotation `name`, after its `=`, into `annotations`. False, with nothing
// read, if there is no such annotation. Control predecessors are names and not read here.
absl::StatusOr<bool> ParseAnnotation(TokenReader& reader, std::string_view name,
                                     ir::Annotations* annotations);

// The names that ParseAnnotation knows.
absl::Span<const std::string_view> AnnotationNames();

// `{k="v",k2={…}}`; braced values are kept as they are.
absl::Status ParseFrontendAttributes(TokenReader& reader, ir::FrontendAttributes* out);

// Any of the spellings of a sharding, tuples included.
absl::Status ParseSharding(TokenReader& reader, ir::Sharding* out);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_TEXT_ANNOTATION_PARSER_H_
