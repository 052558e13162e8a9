// How the values of a search read in messages.
#ifndef EQSAT_TOOLS_EXPLAIN_NAMES_H_
#define EQSAT_TOOLS_EXPLAIN_NAMES_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rules/compile/rule.h"
#include "rules/functions/value.h"
#include "rules/hlo/hlo_egraph.h"

namespace eqsat::tools {

class Names {
 public:
  // As the classes are now; `graph` outlives this.
  explicit Names(const rules::HloEGraph& graph);

  // `%name` of the first instruction of the input that computes the class, or its shape.
  std::string OfClass(engine::ClassId cls) const;
  // `transpose(%x, perm=[1,0])`, given what its operands are called.
  std::string OfOperation(engine::OpId op, engine::AttrId attrs,
                          const std::vector<std::string>& operands) const;
  // The same for a node, its operands by class.
  std::string OfNode(engine::NodeId node) const;
  std::string OfValue(const rules::Value& value) const;
  // An expression of a rule as it is written.
  std::string OfCode(const rules::Rule& rule, const rules::Code& code) const;

 private:
  const rules::HloEGraph& graph_;
  absl::flat_hash_map<engine::ClassId, std::string> names_;
};

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_EXPLAIN_NAMES_H_
