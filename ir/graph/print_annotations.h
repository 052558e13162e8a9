// HLO text of what an instruction carries beside its meaning.
#ifndef EQSAT_IR_GRAPH_PRINT_ANNOTATIONS_H_
#define EQSAT_IR_GRAPH_PRINT_ANNOTATIONS_H_

#include <string>

#include "ir/graph/annotations.h"

namespace eqsat::ir {

// `{op_type="a" source_line=7}`; empty fields are left out.
void AppendMetadata(const OpMetadata& metadata, std::string* out);
void AppendSharding(const Sharding& sharding, std::string* out);
// `{k="v",k2={…}}`
void AppendFrontendAttributes(const FrontendAttributes& attributes, std::string* out);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_GRAPH_PRINT_ANNOTATIONS_H_
