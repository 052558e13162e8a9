#include "rules/functions/value.h"

namespace eqsat::rules {

std::string_view NameOf(ValueKind kind) {
  switch (kind) {
    case ValueKind::kAny:
      return "a value";
    case ValueKind::kBool:
      return "a condition";
    case ValueKind::kInt:
      return "an integer";
    case ValueKind::kNumber:
      return "a number";
    case ValueKind::kInts:
      return "a list of integers";
    case ValueKind::kText:
      return "a word";
    case ValueKind::kDtype:
      return "an element type";
    case ValueKind::kOperand:
      return "an operand";
    case ValueKind::kOperands:
      return "a sequence of operands";
    case ValueKind::kOperator:
      return "an operator";
    case ValueKind::kReducer:
      return "a reducer";
    case ValueKind::kCaptured:
      return "captured attributes";
  }
  return "a value";
}

}  // namespace eqsat::rules
