// The opcodes of HLO, generated from ir/ops.def.
#ifndef EQSAT_IR_OPS_OPCODE_H_
#define EQSAT_IR_OPS_OPCODE_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace eqsat::ir {

enum class OpCode : uint8_t {
#define OP(enumerator, name, arity) enumerator,
#include "ir/ops.def"
#undef OP
};

#define OP(enumerator, name, arity) +1
inline constexpr int kNumOpCodes = 0
#include "ir/ops.def"
    ;
#undef OP

// HLO's spelling, e.g. "dynamic-update-slice".
std::string_view Name(OpCode opcode);
// Number of operands; -1 for any number.
int Arity(OpCode opcode);
// Constant time.
std::optional<OpCode> OpCodeFromName(std::string_view name);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_OPCODE_H_
