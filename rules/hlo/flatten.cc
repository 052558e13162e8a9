#include "rules/hlo/flatten.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "rules/hlo/effects.h"
#include "rules/hlo/hlo_signature.h"
#include "rules/hlo/module_assembler.h"

namespace eqsat::rules {
namespace {

using ir::ComputationId;
using ir::Instruction;
using ir::InstructionId;
using ir::OpCode;
using ir::Shape;

// Tiles of one dimension only pad the minor one.
bool HasTiles(const Shape& shape) {
  return shape.layout() &&
         std::any_of(shape.layout()->tiles.begin(), shape.layout()->tiles.end(),
                     [](const std::vector<int64_t>& tile) { return tile.size() > 1; });
}

// Does a bitcast mean the same as transposes around a reshape?
bool IsLogicalBitcast(const Shape& from, const Shape& to) {
  return from.IsArray() && to.IsArray() && from.element_type() == to.element_type() &&
         !from.HasDynamicDimensions() && !to.HasDynamicDimensions() && !HasTiles(from) &&
         !HasTiles(to) && from.ElementCount() == to.ElementCount();
}

// Instructions under construction, with distinct names.
class Body {
 public:
  InstructionId Push(Instruction instruction) {
    if (!names_.insert(instruction.name).second) {
      std::string stem = std::move(instruction.name);
      int& suffix = suffixes_[stem];
      do {
        instruction.name = base::StrCat(stem, ".", ++suffix);
      } while (!names_.insert(instruction.name).second);
    }
    instructions_.push_back(std::move(instruction));
    return InstructionId(instructions_.size() - 1);
  }

  InstructionId PushTranspose(InstructionId operand, const std::string& name,
                              ir::DimensionVector permutation);
  InstructionId PushBitcast(const Instruction& bitcast, InstructionId operand, const Shape& from);

  size_t size() const { return instructions_.size(); }
  std::vector<Instruction> Take() && { return std::move(instructions_); }

 private:
  std::vector<Instruction> instructions_;
  absl::flat_hash_set<std::string> names_;
  absl::flat_hash_map<std::string, int> suffixes_;
};

InstructionId Body::PushTranspose(InstructionId operand, const std::string& name,
                                  ir::DimensionVector permutation) {
  bool identity = true;
  ir::DimensionVector dimensions;
  const Shape& shape = instructions_[operand.value()].shape;
  for (size_t i = 0; i < permutation.size(); ++i) {
    identity &= permutation[i] == static_cast<int64_t>(i);
    dimensions.push_back(shape.dimension(permutation[i]));
  }
  if (identity) return operand;
  Instruction transpose;
  transpose.name = name;
  transpose.opcode = OpCode::kTranspose;
  transpose.shape = Shape(shape.element_type(), dimensions);
  transpose.operands = {operand};
  transpose.attributes =
      std::make_shared<const ir::Attributes>(ir::DimensionsAttributes{std::move(permutation)});
  return Push(std::move(transpose));
}

// A bitcast keeps the bytes: put the operand's dimensions in physical order, regroup them, and undo
// the result's physical order.
InstructionId Body::PushBitcast(const Instruction& bitcast, InstructionId operand,
                                const Shape& from) {
  auto major_to_minor = [](const Shape& shape) {
    ir::DimensionVector order = shape.MinorToMajor();
    return ir::DimensionVector(order.rbegin(), order.rend());
  };
  std::string transpose_name = base::StrCat(bitcast.name, ".transpose");
  InstructionId physical = PushTranspose(operand, transpose_name, major_to_minor(from));
  ir::DimensionVector order = major_to_minor(bitcast.shape);
  ir::DimensionVector regrouped;
  ir::DimensionVector inverse(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    regrouped.push_back(bitcast.shape.dimension(order[i]));
    inverse[order[i]] = static_cast<int64_t>(i);
  }
  Instruction reshape;
  reshape.name = bitcast.name;
  reshape.opcode = OpCode::kReshape;
  reshape.shape = Shape(bitcast.shape.element_type(), regrouped);
  reshape.operands = {physical};
  reshape.annotations = bitcast.annotations;
  return PushTranspose(Push(std::move(reshape)), transpose_name, std::move(inverse));
}

// Keeps parameters, unique instructions, the root and what they depend on.
absl::StatusOr<ir::Computation> DropDead(const std::string& name,
                                         std::vector<Instruction> instructions, InstructionId root,
                                         Effects& effects) {
  std::vector<bool> live(instructions.size());
  for (size_t i = instructions.size(); i-- > 0;) {
    const Instruction& instruction = instructions[i];
    if (i == root.value() || instruction.opcode == OpCode::kParameter ||
        effects.MakeUnique(instruction))
      live[i] = true;
    if (!live[i]) continue;
    for (InstructionId operand : instruction.operands) live[operand.value()] = true;
  }
  std::vector<InstructionId> moved(instructions.size());
  std::vector<Instruction> kept;
  for (size_t i = 0; i < instructions.size(); ++i) {
    if (!live[i]) continue;
    instructions[i].Renumber(moved);
    moved[i] = InstructionId(kept.size());
    kept.push_back(std::move(instructions[i]));
  }
  return ir::Computation::Make(name, std::move(kept), moved[root.value()]);
}

size_t StructuralHash(const ir::Computation& computation) {
  size_t hash = absl::HashOf(computation.size(), computation.root());
  for (const Instruction& i : computation.instructions()) {
    hash = absl::HashOf(hash, i.opcode, i.shape, ir::HashOf(i.Attrs()));
    for (InstructionId operand : i.operands) hash = absl::HashOf(hash, operand);
    for (ComputationId callee : i.called) hash = absl::HashOf(hash, callee);
  }
  return hash;
}

// Equal but for names and metadata, and safe to share.
bool Interchangeable(const ir::Computation& a, const ir::Computation& b) {
  if (a.size() != b.size() || a.root() != b.root() || a.execution_thread() != b.execution_thread())
    return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const Instruction& x = a.instructions()[i];
    const Instruction& y = b.instructions()[i];
    if (x.opcode != y.opcode || !(x.shape == y.shape) || x.operands != y.operands ||
        x.called != y.called || x.Attrs() != y.Attrs() || IsUnique(x) || IsUnique(y) ||
        x.Notes().sharding != y.Notes().sharding)
      return false;
  }
  return true;
}

// XLA's way to keep a call: what it calls means something to a later pass as it stands, such as the
// part of a program that devices run by themselves.
bool IsInlineable(const Instruction& call) {
  return std::ranges::none_of(call.Notes().frontend_attributes, [](const auto& attribute) {
    return attribute.first == "inlineable" && attribute.second == "false";
  });
}

// Works through the computations in id order, so that callees are flat before their callers.
class Flattener {
 public:
  Flattener(const ir::Module& module, size_t max_instructions)
      : module_(module), max_instructions_(max_instructions) {}

  absl::StatusOr<ir::Module> Run() {
    ir::ModuleHeader header = module_.header();
    if (!header.entry_layout) header.entry_layout = module_.entry().program_shape();
    header.is_scheduled = false;
    ir::Module pool(header);
    Effects effects(pool);
    for (const ir::Computation& computation : module_.computations()) {
      EQSAT_ASSIGN_OR_RETURN(ir::Computation flat, FlattenOne(computation, pool, effects));
      ComputationId id = pool.Add(std::move(flat));
      canonical_.push_back(Canonical(id, pool));
    }
    pool.set_entry(module_.entry_id());
    return ModuleAssembler(pool).Assemble(std::move(header), pool.entry_id());
  }

 private:
  ComputationId Canonical(ComputationId id, const ir::Module& pool) {
    std::vector<ComputationId>& bucket = by_hash_[StructuralHash(pool[id])];
    for (ComputationId other : bucket)
      if (Interchangeable(pool[other], pool[id])) return other;
    bucket.push_back(id);
    return id;
  }

  absl::StatusOr<ir::Computation> FlattenOne(const ir::Computation& computation,
                                             const ir::Module& pool, Effects& effects) {
    Body body;
    std::vector<InstructionId> moved(computation.size());
    for (size_t i = 0; i < computation.size(); ++i) {
      const Instruction& instruction = computation.instructions()[i];
      if (instruction.opcode == OpCode::kFusion ||
          (instruction.opcode == OpCode::kCall && IsInlineable(instruction))) {
        std::vector<InstructionId> arguments;
        for (InstructionId operand : instruction.operands)
          arguments.push_back(moved[operand.value()]);
        moved[i] = Inline(pool[instruction.called[0]], arguments, body);
      } else if (instruction.opcode == OpCode::kBitcast &&
                 IsLogicalBitcast(computation[instruction.operands[0]].shape, instruction.shape)) {
        moved[i] = body.PushBitcast(instruction, moved[instruction.operands[0].value()],
                                    computation[instruction.operands[0]].shape);
      } else {
        moved[i] = body.Push(Copied(instruction, moved));
      }
      if (total_ + body.size() > max_instructions_) {
        return absl::ResourceExhaustedError(base::StrCat("inlining the calls of ",
                                                         computation.name(), " makes more than ",
                                                         max_instructions_, " instructions"));
      }
    }
    total_ += body.size();
    EQSAT_ASSIGN_OR_RETURN(ir::Computation flat,
                           DropDead(computation.name(), std::move(body).Take(),
                                    moved[computation.root().value()], effects));
    flat.set_execution_thread(computation.execution_thread());
    return flat;
  }

  Instruction Copied(const Instruction& instruction, const std::vector<InstructionId>& moved) {
    Instruction copy = instruction;
    copy.Renumber(moved);
    for (ComputationId& callee : copy.called) callee = canonical_[callee.value()];
    if (!IsUnique(instruction)) copy.shape = copy.shape.WithoutLayout();
    return copy;
  }

  // Returns what the callee's root became. Stops early when over budget: the caller then fails.
  InstructionId Inline(const ir::Computation& callee, const std::vector<InstructionId>& arguments,
                       Body& body) {
    std::vector<InstructionId> moved(callee.size());
    for (size_t i = 0; i < callee.size(); ++i) {
      const Instruction& instruction = callee.instructions()[i];
      if (instruction.opcode == OpCode::kParameter) {
        moved[i] = arguments[instruction.attr<ir::ParameterAttributes>().number];
        continue;
      }
      Instruction copy = instruction;
      copy.Renumber(moved);
      moved[i] = body.Push(std::move(copy));
    }
    return moved[callee.root().value()];
  }

  const ir::Module& module_;
  size_t max_instructions_;
  size_t total_ = 0;
  std::vector<ComputationId> canonical_;  // by id: the first interchangeable computation
  absl::flat_hash_map<size_t, std::vector<ComputationId>> by_hash_;
};

}  // namespace

absl::StatusOr<ir::Module> Flatten(const ir::Module& module, size_t max_instructions) {
  return Flattener(module, max_instructions).Run();
}

}  // namespace eqsat::rules
