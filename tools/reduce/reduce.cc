#include "tools/reduce/reduce.h"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/base/status.h"
#include "ir/graph/printer.h"
#include "ir/ops/op_info.h"
#include "ir/verify/verify.h"
#include "rules/hlo/module_assembler.h"
#include "tools/driver.h"
#include "tools/reduce/edit.h"
#include "tools/reduce/loop_state.h"
#include "tools/reduce/smaller_sizes.h"

namespace eqsat::tools {
namespace {

using ir::ComputationId;
using ir::Instruction;
using ir::InstructionId;
using ir::OpCode;
using Edits = std::vector<Edit>;

bool IsLeaf(const Instruction& instruction) {
  return instruction.opcode == OpCode::kParameter || instruction.opcode == OpCode::kConstant;
}

double Elements(const ir::Shape& shape) {
  if (shape.IsArray())
    return shape.HasUnboundedDimensions() ? 1 : static_cast<double>(shape.ElementCount());
  double sum = 0;
  if (shape.IsTuple())
    for (const ir::Shape& element : shape.elements()) sum += Elements(element);
  return sum;
}

// How far a module is from being small, the most important first. Every step makes it less, so
// reduction ends.
struct Weight {
  size_t operations = 0;
  size_t leaves = 0;
  size_t constants = 0;  // values that the reader has to look at
  double elements = 0;
  size_t notes = 0;

  auto operator<=>(const Weight&) const = default;
};

Weight WeightOf(const ir::Module& module) {
  Weight weight;
  for (const ir::Computation& computation : module.computations()) {
    for (const Instruction& instruction : computation.instructions()) {
      ++(IsLeaf(instruction) ? weight.leaves : weight.operations);
      if (instruction.opcode == OpCode::kConstant)
        weight.constants += static_cast<size_t>(Elements(instruction.shape));
      weight.elements += Elements(instruction.shape);
      weight.notes += instruction.annotations != nullptr;
    }
  }
  weight.notes += !(module.header() == ir::ModuleHeader{.name = module.header().name});
  return weight;
}

// The header for an entry whose interface changed: what refers to parameters and results goes.
ir::ModuleHeader WithoutInterface(ir::ModuleHeader header) {
  header.entry_layout = std::nullopt;
  header.input_output_alias.clear();
  header.buffer_donors.clear();
  header.propagate_sharding_to_parameters.clear();
  header.propagate_sharding_to_output.clear();
  header.alias_passthrough_parameters.clear();
  header.spmd_output_sharding = std::nullopt;
  header.spmd_parameter_shardings.clear();
  return header;
}

bool HasUsers(const ir::Computation& computation, InstructionId id) {
  if (computation.root() == id) return true;
  return std::ranges::any_of(computation.instructions(), [&](const Instruction& user) {
    return std::ranges::find(user.operands, id) != user.operands.end();
  });
}

// What to propose for one instruction; at most one edit of each kind of step.
using Proposal = std::function<std::optional<Edit>(const ir::Module&, const ir::Computation&,
                                                   InstructionId, bool is_entry)>;

std::optional<Edit> ProposeLeaf(const ir::Module&, const ir::Computation& computation,
                                InstructionId id, bool is_entry) {
  const Instruction& instruction = computation[id];
  if (IsLeaf(instruction)) return std::nullopt;
  if (is_entry) return Edit{.kind = Edit::Kind::kParameter, .at = id};
  for (InstructionId parameter : computation.parameters()) {
    if (parameter < id && ir::Shape::Compatible(computation[parameter].shape, instruction.shape))
      return Edit{.kind = Edit::Kind::kUse, .at = id, .value = parameter};
  }
  constexpr double kFewElements = 1024;
  if (!instruction.shape.IsArray() || instruction.shape.HasDynamicDimensions() ||
      Elements(instruction.shape) > kFewElements)
    return std::nullopt;
  return Edit{.kind = Edit::Kind::kZero, .at = id};
}

// The `choice`-th operand of the same shape, or the element of a tuple that was just made.
std::optional<Edit> ProposeOperand(const ir::Computation& computation, InstructionId id,
                                   size_t choice) {
  const Instruction& instruction = computation[id];
  if (instruction.opcode == OpCode::kGetTupleElement) {
    const Instruction& tuple = computation[instruction.operands[0]];
    if (choice > 0 || tuple.opcode != OpCode::kTuple) return std::nullopt;
    const int64_t index = instruction.attr<ir::GetTupleElementAttributes>().index;
    return Edit{.at = id, .value = tuple.operands[static_cast<size_t>(index)]};
  }
  for (InstructionId operand : instruction.operands) {
    if (!ir::Shape::Compatible(computation[operand].shape, instruction.shape)) continue;
    if (choice-- == 0) return Edit{.at = id, .value = operand};
  }
  return std::nullopt;
}

// A callee for its call: that of a call or a fusion, a branch, one turn of a loop.
std::optional<Edit> ProposeBody(const ir::Module& module, const ir::Computation& computation,
                                InstructionId id, size_t callee) {
  const Instruction& instruction = computation[id];
  switch (instruction.opcode) {
    case OpCode::kCall:
    case OpCode::kFusion:
    case OpCode::kConditional:
    case OpCode::kWhile:
      break;
    default:
      return std::nullopt;
  }
  if (callee >= instruction.called.size()) return std::nullopt;
  const ir::Shape& result = module[instruction.called[callee]].result_shape();
  if (!ir::Shape::Compatible(result, instruction.shape)) return std::nullopt;
  return Edit{.kind = Edit::Kind::kInline, .at = id, .callee = callee};
}

std::optional<Edit> ProposeDrop(const ir::Module&, const ir::Computation& computation,
                                InstructionId id, bool is_entry) {
  const Instruction& instruction = computation[id];
  const bool may_go = instruction.opcode == OpCode::kParameter
                          ? is_entry
                          : ir::HasSideEffect(instruction.opcode, instruction.Attrs());
  if (!may_go || HasUsers(computation, id)) return std::nullopt;
  return Edit{.kind = Edit::Kind::kDrop, .at = id};
}

std::optional<Edit> ProposeConstant(const ir::Module&, const ir::Computation& computation,
                                    InstructionId id, bool is_entry) {
  if (!is_entry || computation[id].opcode != OpCode::kConstant) return std::nullopt;
  return Edit{.kind = Edit::Kind::kParameter, .at = id};
}

std::optional<Edit> ProposeStrip(const ir::Module&, const ir::Computation& computation,
                                 InstructionId id, bool) {
  if (!computation[id].annotations) return std::nullopt;
  return Edit{.kind = Edit::Kind::kStrip, .at = id};
}

// How many operands of one shape, or branches, are tried.
constexpr size_t kChoices = 3;

std::vector<Proposal> Proposals() {
  std::vector<Proposal> proposals = {ProposeLeaf};
  for (size_t choice = 0; choice < kChoices; ++choice) {
    proposals.push_back([choice](const ir::Module&, const ir::Computation& computation,
                                 InstructionId id,
                                 bool) { return ProposeOperand(computation, id, choice); });
    proposals.push_back([choice](const ir::Module& module, const ir::Computation& computation,
                                 InstructionId id,
                                 bool) { return ProposeBody(module, computation, id, choice); });
  }
  proposals.insert(proposals.end(), {ProposeDrop, ProposeConstant, ProposeStrip});
  return proposals;
}

class Reducer {
 public:
  Reducer(const ir::Module& input, const std::function<bool(const ir::Module&)>& accepts,
          const ReduceOptions& options)
      : best_(input), weight_(WeightOf(input)), accepts_(accepts), options_(options) {}

  ReduceResult Run() && {
    const std::vector<Proposal> proposals = Proposals();
    size_t before = 0;
    do {
      before = accepted_;
      TryHeader();
      TryRoots();
      TryResults();
      for (const Proposal& proposal : proposals) {
        // The entry is the last: what it drops need not be looked at.
        for (size_t i = best_.computations().size(); i-- > 0;)
          if (i < best_.computations().size()) Sweep(ComputationId(i), proposal);
      }
      TryStates();
      TrySizes();
    } while (accepted_ != before && !Stopped());
    return {.module = std::move(best_), .checks = checks_, .finished = !Stopped()};
  }

 private:
  bool Stopped() const {
    return checks_ >= options_.max_checks || (options_.interrupt && *options_.interrupt);
  }

  // Takes the candidate if it is lighter and accepted.
  bool Try(absl::StatusOr<ir::Module> candidate) {
    if (Stopped() || !candidate.ok()) return false;
    const Weight weight = WeightOf(*candidate);
    if (!(weight < weight_) || !ir::Verify(*candidate).ok()) return false;
    if (!tried_.insert(HashText(ir::PrintModule(*candidate))).second) return false;
    ++checks_;
    if (options_.progress) options_.progress({checks_, InstructionCount(best_)});
    if (!accepts_(*candidate) || (options_.interrupt && *options_.interrupt)) return false;
    best_ = *std::move(candidate);
    weight_ = weight;
    ++accepted_;
    return true;
  }

  // `base` with one computation edited.
  static absl::StatusOr<ir::Module> Apply(const ir::Module& base, ComputationId id,
                                          absl::Span<const Edit> edits, InstructionId root) {
    EQSAT_ASSIGN_OR_RETURN(ir::Computation edited, Edited(base, base[id], edits, root));
    ir::ModuleHeader header = base.header();
    if (id == base.entry_id() && !(edited.program_shape() == base[id].program_shape()))
      header = WithoutInterface(std::move(header));
    rules::ModuleAssembler assembler(base);
    assembler.Replace(id, std::move(edited));
    return assembler.Assemble(std::move(header), base.entry_id());
  }

  // All edits of one kind, then halves of them, quarters, …, each on top of those taken so far.
  void Sweep(ComputationId id, const Proposal& proposal) {
    const ir::Module base = best_;
    Edits edits;
    for (size_t i = 0; i < base[id].size(); ++i)
      if (auto edit = proposal(base, base[id], InstructionId(i), id == base.entry_id()))
        edits.push_back(*edit);
    Edits taken;
    for (size_t length = edits.size(); length > 0 && !Stopped(); length /= 2) {
      Edits left;
      for (size_t begin = 0; begin < edits.size(); begin += length) {
        const size_t end = std::min(edits.size(), begin + length);
        Edits attempt = taken;
        attempt.insert(attempt.end(), edits.begin() + static_cast<ptrdiff_t>(begin),
                       edits.begin() + static_cast<ptrdiff_t>(end));
        if (Try(Apply(base, id, attempt, base[id].root())))
          taken = std::move(attempt);
        else
          left.insert(left.end(), edits.begin() + static_cast<ptrdiff_t>(begin),
                      edits.begin() + static_cast<ptrdiff_t>(end));
      }
      edits = std::move(left);
    }
  }

  // An earlier instruction as the result: one of some spread over the program, then operands of the
  // root, as often as that works.
  void TryRoots() {
    constexpr size_t kParts = 8;
    for (size_t part = 1; part < kParts; ++part) {
      const size_t position = best_.entry().size() * part / kParts;
      if (position < best_.entry().root().value() && TryRoot(InstructionId(position))) break;
    }
    for (bool moved = true; moved && !Stopped();) {
      moved = false;
      const auto operands = best_.entry()[best_.entry().root()].operands;
      for (size_t i = 0; i < operands.size() && !moved; ++i) moved = TryRoot(operands[i]);
    }
  }

  bool TryRoot(InstructionId root) { return Try(Apply(best_, best_.entry_id(), {}, root)); }

  // Fewer elements of the tuple that the entry returns.
  void TryResults() {
    const ir::Module base = best_;
    const Instruction& root = base.entry()[base.entry().root()];
    if (root.opcode != OpCode::kTuple) return;
    std::vector<InstructionId> kept(root.operands.begin(), root.operands.end());
    for (size_t length = kept.size() / 2; length > 0; length /= 2) {
      for (size_t begin = 0; begin < kept.size();) {
        std::vector<InstructionId> fewer = kept;
        const size_t end = std::min(kept.size(), begin + length);
        fewer.erase(fewer.begin() + static_cast<ptrdiff_t>(begin),
                    fewer.begin() + static_cast<ptrdiff_t>(end));
        if (Try(WithResults(base, fewer)))
          kept = std::move(fewer);
        else
          begin = end;
      }
    }
  }

  static absl::StatusOr<ir::Module> WithResults(const ir::Module& base,
                                                absl::Span<const InstructionId> results) {
    const ir::Computation& entry = base.entry();
    std::vector<Instruction> instructions(entry.instructions().begin(), entry.instructions().end());
    Instruction& root = instructions[entry.root().value()];
    std::vector<ir::Shape> shapes;
    for (InstructionId id : results) shapes.push_back(entry[id].shape);
    root.operands.assign(results.begin(), results.end());
    root.shape = ir::Shape::Tuple(std::move(shapes));
    root.annotations = nullptr;
    EQSAT_ASSIGN_OR_RETURN(
        ir::Computation fewer,
        ir::Computation::Make(entry.name(), std::move(instructions), entry.root()));
    rules::ModuleAssembler assembler(base);
    assembler.Replace(base.entry_id(), std::move(fewer));
    EQSAT_ASSIGN_OR_RETURN(ir::Module module,
                           assembler.Assemble(WithoutInterface(base.header()), base.entry_id()));
    // What only the dropped results used.
    return Apply(module, module.entry_id(), {}, module.entry().root());
  }

  void TryHeader() {
    ir::Module bare = best_;
    bare.mutable_header() = ir::ModuleHeader{.name = best_.header().name};
    Try(std::move(bare));
  }

  // How many elements the state of the loop at this place has; 0 if no loop is there.
  size_t StateSize(ComputationId id, InstructionId at) const {
    if (id.value() >= best_.computations().size() || at.value() >= best_[id].size()) return 0;
    const Instruction& loop = best_[id][at];
    const bool has_state = loop.opcode == OpCode::kWhile && loop.shape.IsTuple();
    return has_state ? loop.shape.elements().size() : 0;
  }

  // Loops that carry less. What is taken may leave another instruction, or none, at a place.
  void TryStates() {
    for (size_t i = best_.computations().size(); i-- > 0;) {
      const ComputationId id(i);
      for (size_t j = 0; i < best_.computations().size() && j < best_[id].size(); ++j) {
        const InstructionId at(j);
        for (size_t element = StateSize(id, at); element-- > 0;)
          if (element < StateSize(id, at))
            Try(WithoutStateElement(best_, id, at, static_cast<int64_t>(element)));
      }
    }
  }

  void TrySizes() {
    for (int64_t size : SizesOf(best_)) {
      for (int64_t smaller : {int64_t{1}, int64_t{2}, size / 2, size - 1}) {
        if (smaller < 1 || smaller >= size) continue;
        if (Try(WithSize(best_, size, smaller))) break;
      }
    }
  }

  ir::Module best_;
  Weight weight_;
  const std::function<bool(const ir::Module&)>& accepts_;
  const ReduceOptions& options_;
  std::set<std::string> tried_;  // hashes of what was checked
  size_t checks_ = 0;
  size_t accepted_ = 0;
};

}  // namespace

ReduceResult Reduce(const ir::Module& input, const std::function<bool(const ir::Module&)>& accepts,
                    const ReduceOptions& options) {
  return Reducer(input, accepts, options).Run();
}

size_t InstructionCount(const ir::Module& module) {
  size_t count = 0;
  for (const ir::Computation& computation : module.computations()) count += computation.size();
  return count;
}

}  // namespace eqsat::tools
