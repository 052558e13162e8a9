// The op table: everything that the rest of the program may want to know of an opcode.
//
// ir/ops.def lists the opcodes; each has exactly one definition, in ir/ops/<family>.cc, as a
// function
//   OpInfo Define<Enumerator>();
// An opcode that is listed but not defined is a link error. Nothing else in the program switches
// over opcodes to learn a property: if a switch seems needed, this table lacks a field.
#ifndef EQSAT_IR_OPS_OP_INFO_H_
#define EQSAT_IR_OPS_OP_INFO_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "ir/ops/attributes.h"
#include "ir/ops/indexing.h"
#include "ir/ops/opcode.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {

// What an instruction looks like to its op: its types, before or apart from any graph.
struct OpContext {
  OpCode opcode;
  absl::Span<const Shape> operands;
  const Attributes& attributes;
  absl::Span<const ProgramShape> regions = {};  // called computations, in order
  const Shape* declared = nullptr;              // the result shape, where one is already known

  template <typename T>
  const T& attr() const {
    return std::get<T>(attributes);
  }
};

// A called computation's attribute, e.g. {"to_apply"}.
struct RegionSpec {
  std::string_view name;
  Presence presence = Presence::kRequired;
  bool is_list = false;  // `{a, b}`, the remaining regions
};

// What one evaluation costs, whatever the machine. Counts are per instruction.
struct Work {
  double flops = 0;                // arithmetic operations, a multiply-add counts 2
  double transcendentals = 0;      // calls of exp, log, tanh, division-free or not
  std::vector<double> bytes_read;  // of each operand, what is really touched (a gather reads rows)
  double bytes_written = 0;        // of the result (dynamic-update-slice writes the update)
};

enum class OpTrait : uint32_t {
  kElementwise = 1 << 0,     // result element i depends on elements i (or on scalar operands) alone
  kCommutative = 1 << 1,     // op(a, b) = op(b, a), bit for bit
  kAssociative = 1 << 2,     // in exact arithmetic
  kMovement = 1 << 3,        // copies elements, computes nothing
  kSideEffect = 1 << 4,      // may not be removed, duplicated or merged with an equal one
  kCollective = 1 << 5,      // talks to other devices
  kShapeDeclared = 1 << 6,   // the result shape cannot be inferred; text must state it
  kTranscendental = 1 << 7,  // counted apart from flops
  kControl = 1 << 8,  // its regions are programs that run by themselves (while, conditional, call)
};

struct OpInfo {
  OpCode opcode{};
  uint32_t traits = 0;
  // One sentence, from the operation's semantics.
  std::string_view doc;
  // Default attributes; every instruction of this op holds the same alternative.
  Attributes attributes;
  std::vector<RegionSpec> regions;

  // The result's shape, default layouts; or what is wrong with operands, attributes, regions or the
  // declared shape, both sides named. Never null.
  absl::StatusOr<Shape> (*infer)(const OpContext& context) = nullptr;

  // Null for ops that read data-dependent elements, call regions in other ways or talk to the
  // outside. `context.declared` is the (verified) result shape. Call it through IndexedFormOf,
  // which knows of the single instructions that have no form.
  IndexedForm (*indexing)(const OpContext& context) = nullptr;

  // `context.declared` is the result shape; `region_flops` the flops of one call of each region.
  // Never null.
  Work (*work)(const OpContext& context, absl::Span<const double> region_flops) = nullptr;

  bool Has(OpTrait trait) const { return traits & static_cast<uint32_t>(trait); }
};

// Constant time; the table is built on first use.
const OpInfo& GetOpInfo(OpCode opcode);

// Checks operand count, attribute alternative and region count, then infers.
absl::StatusOr<Shape> InferShape(const OpContext& context);

// The form of one instruction; nullopt if its op has none, if shapes are unbounded or not arrays,
// or if moved elements change their width or precision (bitcast, bitcast-convert, reshape).
std::optional<IndexedForm> IndexedFormOf(const OpContext& context);

// Has the op the trait kSideEffect, or do its attributes say so (custom-call)? Called computations
// may have effects of their own.
bool HasSideEffect(OpCode opcode, const Attributes& attributes);

#define OP(enumerator, name, arity) OpInfo Define##enumerator();
#include "ir/ops.def"
#undef OP

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_OP_INFO_H_
