// HLO as a term language for the engine.
//
// An operator is an opcode (OpId = the number of the OpCode). What else tells two nodes of one
// opcode apart is a Payload, interned to an AttrId: attributes, the shape where it cannot be
// inferred, the called computations, and for instructions that equal nothing but themselves (side
// effects, random numbers, collectives, custom calls) a number of their own. Layouts are no part of
// a term: a class has one shape, without layout.
#ifndef EQSAT_RULES_HLO_HLO_SIGNATURE_H_
#define EQSAT_RULES_HLO_HLO_SIGNATURE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "engine/egraph/egraph.h"
#include "engine/egraph/signature.h"
#include "ir/base/interner.h"
#include "ir/graph/module.h"
#include "ir/ops/op_info.h"
#include "rules/hlo/effects.h"

namespace eqsat::rules {

inline engine::OpId OpIdOf(ir::OpCode opcode) { return engine::OpId(static_cast<size_t>(opcode)); }
inline ir::OpCode OpCodeOf(engine::OpId op) { return static_cast<ir::OpCode>(op.value()); }

class HloSignature : public engine::Signature {
 public:
  size_t op_count() const override { return ir::kNumOpCodes; }
  std::string_view name(engine::OpId op) const override { return ir::Name(OpCodeOf(op)); }
  int arity(engine::OpId op) const override { return ir::Arity(OpCodeOf(op)); }
  engine::Commutativity commutativity(engine::OpId op) const override;
};

struct Payload {
  std::shared_ptr<const ir::Attributes> attributes;  // never null
  std::optional<ir::Shape> declared;                 // without layout
  absl::InlinedVector<ir::ComputationId, 1> called;
  uint32_t unique = 0;  // 0: an ordinary, pure node

  friend bool operator==(const Payload& a, const Payload& b) {
    return a.unique == b.unique && a.called == b.called && a.declared == b.declared &&
           (a.attributes == b.attributes || *a.attributes == *b.attributes);
  }
  template <typename H>
  friend H AbslHashValue(H h, const Payload& p) {
    h = H::combine(std::move(h), ir::HashOf(*p.attributes), p.unique, p.called.size(),
                   p.declared.has_value());
    for (ir::ComputationId id : p.called) h = H::combine(std::move(h), id);
    return p.declared ? H::combine(std::move(h), *p.declared) : std::move(h);
  }
};

// The payloads of an e-graph, and the module that owns the computations they call. The module
// outlives this and may gain computations.
class HloTerms {
 public:
  explicit HloTerms(ir::Module* module) : module_(module), effects_(*module) {}

  engine::AttrId Intern(const Payload& payload) { return payloads_.Intern(payload); }
  const Payload& payload(engine::AttrId id) const { return payloads_[id]; }
  const ir::Attributes& attributes(engine::AttrId id) const { return *payload(id).attributes; }
  const ir::Module& module() const { return *module_; }

  // A computation (a, b) -> opcode(a, b) over scalars of `type`, added to the module at first use.
  ir::ComputationId ScalarRegion(ir::OpCode opcode, ir::ElementType type);

  // Of an instruction of the module: must it stay as it is?
  bool IsUnique(const ir::Instruction& instruction) { return effects_.MakeUnique(instruction); }
  // May equal nodes of this payload be merged, dropped and duplicated?
  bool IsPure(engine::AttrId id) const { return payload(id).unique == 0; }

 private:
  ir::Module* module_;
  Effects effects_;
  base::Interner<engine::AttrId, Payload> payloads_;
  absl::flat_hash_map<std::pair<ir::OpCode, ir::ElementType>, ir::ComputationId> scalar_regions_;
};

// Must an instruction stay as it is, equal to nothing else, whatever it calls?
bool IsUnique(const ir::Instruction& instruction);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_HLO_SIGNATURE_H_
