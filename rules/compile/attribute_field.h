// The attributes of an op under the names that rules use for them.
//
// Most names are those of ir/ops/attributes.h; some are shorter (perm, dims, dim) and some ops have
// one list for each part of a structured attribute (slice: start, limit, stride). An attribute that
// rules cannot take apart (a window, say) can still be captured, compared and copied.
#ifndef EQSAT_RULES_COMPILE_ATTRIBUTE_FIELD_H_
#define EQSAT_RULES_COMPILE_ATTRIBUTE_FIELD_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ir/ops/attributes.h"
#include "ir/ops/opcode.h"
#include "rules/functions/value.h"

namespace eqsat::rules {

struct AttributeField {
  std::string name;
  // kAny: opaque.
  ValueKind kind = ValueKind::kAny;
  // Whether a term must name or capture it.
  bool required = false;
  // Not for opaque fields. No value where the attributes cannot be put in this form.
  std::function<Value(const ir::Attributes&)> get;
  // Returns whether the value fits. Parts of one list are set in the order of FieldsOf.
  std::function<bool(ir::Attributes&, const Value&)> set;
  // Whether the attribute says nothing that changes the op's meaning.
  std::function<bool(const ir::Attributes&)> is_default;
  std::function<bool(const ir::Attributes&, const ir::Attributes&)> equal;
  std::function<void(const ir::Attributes& from, ir::Attributes& to)> copy;
};

// Built once per opcode.
const std::vector<AttributeField>& FieldsOf(ir::OpCode opcode);
// Null if the op has no attribute of this name.
const AttributeField* FindField(ir::OpCode opcode, std::string_view name);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_COMPILE_ATTRIBUTE_FIELD_H_
