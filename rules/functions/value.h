// What a variable or an expression of a rule stands for while the rule is being matched.
#ifndef EQSAT_RULES_FUNCTIONS_VALUE_H_
#define EQSAT_RULES_FUNCTIONS_VALUE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/egraph/ids.h"
#include "ir/graph/instruction.h"
#include "ir/ops/attributes.h"
#include "ir/ops/opcode.h"
#include "ir/shape/literal.h"
#include "ir/shape/shape.h"
#include "rules/hlo/value_range.h"

namespace eqsat::rules {

using Ints = std::vector<int64_t>;

// The computation that a reduction folds with: `kind` if it is that op on two scalars.
struct Reducer {
  ir::ComputationId computation;
  std::optional<ir::OpCode> kind;
  bool operator==(const Reducer& other) const {
    return kind && other.kind ? *kind == *other.kind : computation == other.computation;
  }
};

// The attributes of a node that a rule does not name, and its result's element type.
struct Captured {
  ir::OpCode opcode;
  std::shared_ptr<const ir::Attributes> attributes;
  ir::ElementType element_type;
};

// Nothing yet, or a value of one of the kinds of ValueKind, in that order.
using Value =
    std::variant<std::monostate, bool, int64_t, double, Ints, std::string, ir::ElementType,
                 engine::ClassId, std::vector<engine::ClassId>, ir::OpCode, Reducer, Captured>;

enum class ValueKind : uint8_t {
  kAny,  // not known before the rule is matched
  kBool,
  kInt,
  kNumber,
  kInts,
  kText,
  kDtype,
  kOperand,
  kOperands,
  kOperator,
  kReducer,
  kCaptured,
};

// "an integer", "a list of integers", …
std::string_view NameOf(ValueKind kind);

// What can be known of an operand.
class Facts {
 public:
  virtual ~Facts() = default;
  virtual const ir::Shape& shape(engine::ClassId operand) const = 0;
  // Null if not known: the whole value, and the scalar that every element equals.
  virtual const ir::Literal* literal(engine::ClassId operand) const = 0;
  virtual const ir::Literal* splat(engine::ClassId operand) const = 0;
  // Signs and bounds of the elements, if anything keeps account of them.
  virtual std::optional<ValueRange> range(engine::ClassId) const { return std::nullopt; }
  // Is one of the terms known for `operand` an `opcode`?
  virtual bool HasTerm(engine::ClassId operand, ir::OpCode opcode) const = 0;
  // Could `operand` be computed from `other`? True when in doubt.
  virtual bool MayDependOn(engine::ClassId operand, engine::ClassId other) const = 0;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_FUNCTIONS_VALUE_H_
