#include "importers/stablehlo/emitter.h"

#include "absl/container/flat_hash_set.h"
#include "importers/message_place.h"
#include "importers/stablehlo/annotations.h"
#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/program.h"
#include "importers/stablehlo/quantization.h"
#include "importers/stablehlo/quantized_types.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/interpret/interpreter.h"
#include "ir/ops/op_info.h"

namespace eqsat::importers::stablehlo {
namespace {

// What is copied into a region is not deep.
constexpr int kMaxConstantDepth = 64;

bool IsTerminator(const mlir::Operation& op) { return op.name.ends_with(".return"); }

}  // namespace

absl::Status WithPlace(const mlir::Operation& op, const absl::Status& error) {
  const absl::string_view message = error.message();
  if (BeginsWithPlace({message.data(), message.size()})) return error;
  std::string place =
      op.place.line > 0 ? base::StrCat(op.place.line, ":", op.place.column, ": ") : "";
  return base::Annotate(error, base::StrCat(place, op.name, ": "));
}

Emitter::Emitter(Program& program, Emitter* outer, std::string name)
    : HloEmitter(program.module(), std::move(name)), program_(program), outer_(outer) {}

absl::Status Emitter::CountInstruction() { return program_.CountInstruction(); }

const mlir::Module& Emitter::source() const { return program_.source(); }

ir::ProgramShape Emitter::program_shape(ir::ComputationId id) const {
  return program_.module()[id].program_shape();
}

std::vector<InstructionId> Emitter::Operands(const mlir::Operation& op) {
  std::vector<InstructionId> ids;
  for (mlir::ValueId operand : op.operands) ids.push_back(Value(operand));
  return ids;
}

InstructionId Emitter::Value(mlir::ValueId value) {
  if (auto found = values_.find(value); found != values_.end()) return found->second;
  if (std::optional<InstructionId> copy = CopyConstant(value)) {
    Bind(value, *copy);
    return *copy;
  }
  Fail(
      base::Unimplemented("the region uses %%%s of the function around it, which HLO's regions "
                          "cannot do",
                          source().values[value.value()].name));
  return {};
}

std::optional<InstructionId> Emitter::CopyConstant(mlir::ValueId value) {
  for (Emitter* outer = outer_; outer != nullptr; outer = outer->outer_) {
    auto found = outer->values_.find(value);
    if (found == outer->values_.end()) continue;
    if (!found->second.valid() || !outer->IsConstantTree(found->second, 0)) return std::nullopt;
    return CopyTree(*outer, found->second, 0);
  }
  return std::nullopt;
}

bool Emitter::IsConstantLike(mlir::ValueId value) {
  for (Emitter* emitter = this; emitter != nullptr; emitter = emitter->outer_) {
    auto found = emitter->values_.find(value);
    if (found != emitter->values_.end()) {
      return found->second.valid() && emitter->IsConstantTree(found->second, 0);
    }
  }
  return false;
}

// Constants and what only spreads them out.
bool Emitter::IsConstantTree(InstructionId id, int depth) {
  const ir::Instruction& instruction = mutable_instruction(id);
  switch (instruction.opcode) {
    case OpCode::kConstant:
      return true;
    case OpCode::kBroadcast:
    case OpCode::kReshape:
    case OpCode::kConvert:
      return depth < kMaxConstantDepth && IsConstantTree(instruction.operands[0], depth + 1);
    default:
      return false;
  }
}

InstructionId Emitter::CopyTree(Emitter& from, InstructionId id, int depth) {
  const ir::Instruction& instruction = from.mutable_instruction(id);
  std::vector<InstructionId> operands;
  for (InstructionId operand : instruction.operands) {
    operands.push_back(CopyTree(from, operand, depth + 1));
  }
  return Add(instruction.opcode, operands, instruction.Attrs(), {}, &instruction.shape);
}

void Emitter::BindResults(const mlir::Operation& op, InstructionId id) {
  if (op.results.size() == 1) {
    Bind(op.results[0], id);
    return;
  }
  for (size_t i = 0; i < op.results.size(); ++i) {
    Bind(op.results[i], Element(id, static_cast<int64_t>(i)));
  }
}

absl::Status Emitter::TranslateOperation(const mlir::Operation& op) {
  const size_t first_new = instruction_count();
  if (absl::Status types = VerifyQuantizedTypes(source(), op); !types.ok()) {
    return WithPlace(op, types);
  }
  absl::Status translated = TranslateQuantized(*this, op);
  if (absl::IsNotFound(translated)) {
    Translate translate = FindTranslation(op.name);
    if (translate == nullptr) {
      return WithPlace(op, absl::UnimplementedError("the operation is not known"));
    }
    translated = translate(*this, op);
  }
  if (translated.ok()) translated = status();
  if (translated.ok()) translated = CheckResults(*this, op);
  if (!translated.ok()) return WithPlace(op, translated);
  Annotate(op, first_new);
  return absl::OkStatus();
}

void Emitter::SetAnnotations(InstructionId id, ir::Annotations notes) {
  mutable_instruction(id).annotations = std::make_shared<const ir::Annotations>(std::move(notes));
}

// Location to everything that the operation became, the rest to its result.
void Emitter::Annotate(const mlir::Operation& op, size_t first_new) {
  const ir::OpMetadata metadata = op.location ? MetadataOf(*op.location) : ir::OpMetadata();
  if (metadata != ir::OpMetadata()) {
    ir::Annotations located;
    located.metadata = metadata;
    auto shared = std::make_shared<const ir::Annotations>(located);
    for (size_t i = first_new; i < instruction_count(); ++i) {
      ir::Instruction& instruction = mutable_instruction(InstructionId(i));
      if (instruction.annotations == nullptr) {
        instruction.annotations = shared;
      } else if (instruction.annotations->metadata.op_name.empty()) {
        ir::Annotations notes = *instruction.annotations;
        notes.metadata = metadata;
        instruction.annotations = std::make_shared<const ir::Annotations>(std::move(notes));
      }
    }
  }
  if (instruction_count() == first_new) return;
  // The result's instruction: the last that is no element of it.
  size_t last = instruction_count() - 1;
  while (last > first_new &&
         mutable_instruction(InstructionId(last)).opcode == OpCode::kGetTupleElement) {
    --last;
  }
  ir::Instruction& result = mutable_instruction(InstructionId(last));
  ir::Annotations notes = result.Notes();
  if (!AnnotationsOf(source(), op.attributes, &notes)) return;
  if (notes.sharding) FitSharding(result.shape, &*notes.sharding);
  result.annotations = std::make_shared<const ir::Annotations>(std::move(notes));
}

absl::StatusOr<std::vector<InstructionId>> Emitter::TranslateBlock(const mlir::Region& region) {
  for (const mlir::Operation& op : region.operations) {
    if (!IsTerminator(op)) {
      EQSAT_RETURN_IF_ERROR(TranslateOperation(op));
      continue;
    }
    std::vector<InstructionId> results = Operands(op);
    if (!status().ok()) return WithPlace(op, status());
    return results;
  }
  return std::vector<InstructionId>();
}

ir::ComputationId Emitter::Region(const mlir::Operation& op, size_t index, std::string_view name) {
  if (!status().ok()) return {};
  if (index >= op.regions.size()) {
    Fail(base::InvalidArgument("it has %d regions, not %d", op.regions.size(), index + 1));
    return {};
  }
  const mlir::Region& region = op.regions[index];
  Emitter inner(program_, this, program_.FreshName(name));
  for (size_t i = 0; i < region.arguments.size(); ++i) {
    absl::StatusOr<ir::Shape> shape = ShapeOf(source().type(region.arguments[i]));
    if (!shape.ok()) {
      Fail(shape.status());
      return {};
    }
    inner.Bind(region.arguments[i], inner.Parameter(static_cast<int64_t>(i), *shape));
  }
  absl::StatusOr<std::vector<InstructionId>> results = inner.TranslateBlock(region);
  if (!results.ok()) {
    Fail(results.status());
    return {};
  }
  absl::StatusOr<ir::ComputationId> id = inner.Finish(*results);
  if (!id.ok()) Fail(id.status());
  return id.ok() ? *id : ir::ComputationId();
}

absl::StatusOr<ir::ComputationId> Emitter::Finish(absl::Span<const InstructionId> results) {
  InstructionId root = results.size() == 1 ? results[0] : Tuple(results);
  EQSAT_RETURN_IF_ERROR(status());
  EQSAT_ASSIGN_OR_RETURN(ir::Computation computation, std::move(builder()).Build(root));
  return program_.module().Add(std::move(computation));
}

namespace {

void AddFreeValues(const mlir::Operation& op, absl::flat_hash_set<mlir::ValueId>& defined,
                   std::vector<mlir::ValueId>* free) {
  for (const mlir::Region& region : op.regions) {
    defined.insert(region.arguments.begin(), region.arguments.end());
    for (const mlir::Operation& inner : region.operations) {
      for (mlir::ValueId operand : inner.operands) {
        if (defined.insert(operand).second) free->push_back(operand);
      }
      AddFreeValues(inner, defined, free);
      defined.insert(inner.results.begin(), inner.results.end());
    }
  }
}

}  // namespace

std::vector<mlir::ValueId> FreeValues(const mlir::Operation& op) {
  absl::flat_hash_set<mlir::ValueId> defined;
  std::vector<mlir::ValueId> free;
  AddFreeValues(op, defined, &free);
  return free;
}

}  // namespace eqsat::importers::stablehlo
