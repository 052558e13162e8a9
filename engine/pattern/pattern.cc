#include "engine/pattern/pattern.h"

#include <utility>

#include "ir/base/check.h"

namespace eqsat::engine {

PartId Pattern::Variable(std::string_view name) {
  for (size_t i = 0; i < variables_.size(); ++i)
    if (variables_[i] == name) return variable_parts_[i];
  PartId id(parts_.size());
  parts_.push_back({.variable = VarId(variables_.size()), .slot = SlotId()});
  variables_.emplace_back(name);
  variable_parts_.push_back(id);
  return id;
}

PartId Pattern::Operator(OperatorPattern op) {
  for (PartId child : op.children) EQSAT_CHECK(child.value() < parts_.size());
  PartId id(parts_.size());
  parts_.push_back({.variable = VarId(), .slot = SlotId(operators_.size())});
  operators_.push_back(std::move(op));
  return id;
}

PartId Pattern::Operator(OpId op, AttrId attrs, std::vector<PartId> children) {
  OperatorPattern pattern;
  pattern.ops = {op};
  pattern.attrs = attrs;
  pattern.children = std::move(children);
  return Operator(std::move(pattern));
}

}  // namespace eqsat::engine
