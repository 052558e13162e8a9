#include "importers/stablehlo/emitter.h"

#include "absl/container/flat_hash_set.h"
#include "importers/stablehlo/annotations.h"
#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/program.h"
#include "importers/stablehlo/quantization.h"
#include "importers/stablehlo/shapes.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/interpret/interpreter.h"
#include "ir/ops/op_info.h"

namespace eqsat::importers::stablehlo {
namespace {

// What is folded to know a shape is small, and is not deep.
constexpr int64_t kMaxFoldedBytes = 1 << 16;
constexpr int kMaxConstantDepth = 64;

// Small, and a function of its operands alone. A dimension's size is known without its operand.
bool IsFoldable(const ir::Instruction& instruction) {
  return instruction.called.empty() && instruction.opcode != OpCode::kParameter &&
         instruction.opcode != OpCode::kGetDimensionSize && instruction.shape.IsArray() &&
         !instruction.shape.HasUnboundedDimensions() &&
         instruction.shape.ByteSize() <= kMaxFoldedBytes &&
         !ir::HasSideEffect(instruction.opcode, instruction.Attrs());
}

bool IsTerminator(const mlir::Operation& op) { return op.name.ends_with(".return"); }

}  // namespace

absl::Status WithPlace(const mlir::Operation& op, const absl::Status& error) {
  absl::string_view message = error.message();
  if (!message.empty() && message[0] >= '0' && message[0] <= '9') return error;
  std::string place =
      op.place.line > 0 ? base::StrCat(op.place.line, ":", op.place.column, ": ") : "";
  return base::Annotate(error, base::StrCat(place, op.name, ": "));
}

Emitter::Emitter(Program& program, Emitter* outer, std::string name)
    : program_(program), outer_(outer), builder_(program.module(), std::move(name)) {}

const mlir::Module& Emitter::source() const { return program_.source(); }

void Emitter::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
}

const ir::Shape& Emitter::shape(InstructionId id) const {
  static const ir::Shape none;
  return id.valid() ? builder_.shape(id) : none;
}

ir::ProgramShape Emitter::program_shape(ir::ComputationId id) const {
  return program_.module()[id].program_shape();
}

InstructionId Emitter::Add(OpCode opcode, absl::Span<const InstructionId> operands,
                           ir::Attributes attributes, absl::Span<const ir::ComputationId> called,
                           const ir::Shape* declared) {
  if (!status_.ok()) return {};
  for (InstructionId operand : operands) {
    if (!operand.valid()) return {};
  }
  Fail(program_.CountInstruction());
  if (!status_.ok()) return {};
  absl::StatusOr<InstructionId> id =
      builder_.Add(opcode, operands, std::move(attributes), called, declared);
  if (!id.ok()) {
    Fail(id.status());
    return {};
  }
  size_ = id->value() + 1;
  return *id;
}

InstructionId Emitter::Add(OpCode opcode, absl::Span<const InstructionId> operands) {
  return Add(opcode, operands, ir::GetOpInfo(opcode).attributes);
}

InstructionId Emitter::Parameter(int64_t number, const ir::Shape& shape) {
  InstructionId id = builder_.AddParameter(number, shape, base::StrCat("Arg_", number));
  size_ = id.value() + 1;
  return id;
}

InstructionId Emitter::Constant(ir::Literal literal) {
  InstructionId id = builder_.AddConstant(std::move(literal));
  size_ = id.value() + 1;
  return id;
}

InstructionId Emitter::Tuple(absl::Span<const InstructionId> elements) {
  return Add(OpCode::kTuple, elements);
}

InstructionId Emitter::Element(InstructionId tuple, int64_t index) {
  return Add(OpCode::kGetTupleElement, {tuple}, ir::GetTupleElementAttributes{.index = index});
}

InstructionId Emitter::Convert(InstructionId operand, ir::ElementType type) {
  if (!Ok(operand) || shape(operand).element_type() == type) return operand;
  ir::Shape result = shape(operand).WithElementType(type).WithoutLayout();
  return Add(OpCode::kConvert, {operand}, ir::NoAttributes{}, &result);
}

InstructionId Emitter::Reshape(InstructionId operand, absl::Span<const int64_t> sizes) {
  if (!Ok(operand)) return {};
  if (shape(operand).dimensions() == sizes) return operand;
  absl::StatusOr<ir::Shape> result = ir::Shape::Make(shape(operand).element_type(), sizes);
  if (!result.ok()) {
    Fail(result.status());
    return {};
  }
  return Add(OpCode::kReshape, {operand}, ir::ReshapeAttributes{}, &*result);
}

InstructionId Emitter::Transpose(InstructionId operand, absl::Span<const int64_t> permutation) {
  return Add(OpCode::kTranspose, {operand},
             ir::DimensionsAttributes{.dimensions = ToDimensions(permutation)});
}

InstructionId Emitter::Compare(InstructionId a, ir::ComparisonDirection direction,
                               InstructionId b) {
  return Add(OpCode::kCompare, {a, b}, ir::CompareAttributes{.direction = direction});
}

InstructionId Emitter::Broadcast(InstructionId operand, absl::Span<const int64_t> dims,
                                 absl::Span<const int64_t> sizes) {
  if (!Ok(operand)) return {};
  const ir::Shape from = shape(operand);
  if (static_cast<int64_t>(dims.size()) != from.rank()) {
    Fail(base::InvalidArgument("%d dimensions are named for an operand of rank %d", dims.size(),
                               from.rank()));
    return {};
  }
  // HLO's broadcast stretches nothing: sizes of 1 that grow are dropped first.
  ir::DimensionVector kept_sizes, kept_dims;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] < 0 || dims[i] >= static_cast<int64_t>(sizes.size())) {
      Fail(base::InvalidArgument("dimension %d is not one of the result's %d", dims[i],
                                 sizes.size()));
      return {};
    }
    if (from.dimension(i) == 1 && sizes[dims[i]] != 1) continue;
    kept_sizes.push_back(from.dimension(i));
    kept_dims.push_back(dims[i]);
  }
  absl::StatusOr<ir::Shape> result = ir::Shape::Make(from.element_type(), sizes);
  if (!result.ok()) {
    Fail(result.status());
    return {};
  }
  if (kept_sizes.size() != dims.size()) operand = Reshape(operand, kept_sizes);
  return Add(OpCode::kBroadcast, {operand}, ir::DimensionsAttributes{.dimensions = kept_dims},
             &*result);
}

InstructionId Emitter::Like(InstructionId like, double value) {
  if (!Ok(like)) return {};
  return Like(like, ScalarLiteral(shape(like).element_type(), value));
}

InstructionId Emitter::Like(InstructionId like, const ir::Literal& scalar) {
  if (!Ok(like)) return {};
  InstructionId constant = Constant(scalar);
  if (shape(like).rank() == 0) return constant;
  ir::Shape result = shape(like).WithElementType(scalar.shape().element_type()).WithoutLayout();
  return Add(OpCode::kBroadcast, {constant}, ir::DimensionsAttributes{}, &result);
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
      base::InvalidArgument("the region uses %%%s of the function around it, which HLO's regions "
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
  const ir::Instruction& instruction = builder_.mutable_instruction(id);
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
  const ir::Instruction& instruction = from.builder_.mutable_instruction(id);
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

std::optional<ir::Literal> Emitter::ConstantValue(InstructionId id) {
  if (!Ok(id)) return std::nullopt;
  // Operands first, without recursion: chains may be long.
  std::vector<InstructionId> pending = {id};
  while (!pending.empty()) {
    const InstructionId next = pending.back();
    const size_t before = pending.size();
    const ir::Instruction& instruction = builder_.mutable_instruction(next);
    if (!constants_.contains(next) && IsFoldable(instruction)) {
      for (InstructionId operand : instruction.operands) {
        if (!constants_.contains(operand)) pending.push_back(operand);
      }
    }
    if (pending.size() > before) continue;
    if (!constants_.contains(next)) constants_.emplace(next, Fold(instruction));
    pending.pop_back();
  }
  return constants_[id];
}

// The value of an instruction whose operands have been folded or cannot be.
std::optional<ir::Literal> Emitter::Fold(const ir::Instruction& instruction) {
  if (instruction.opcode == OpCode::kGetDimensionSize) {
    const ir::Shape& of = shape(instruction.operands[0]);
    const int64_t dim = instruction.attr<ir::DimensionsAttributes>().dimensions[0];
    if (of.is_dynamic(dim)) return std::nullopt;
    return ir::Literal::FromInt64s(instruction.shape, {of.dimension(dim)});
  }
  if (!IsFoldable(instruction)) return std::nullopt;
  if (instruction.opcode == OpCode::kConstant) {
    const ir::Literal& literal = instruction.attr<ir::ConstantAttributes>().literal;
    return literal.is_unknown() ? std::nullopt : std::optional(literal);
  }
  std::vector<ir::Literal> operands;
  for (InstructionId operand : instruction.operands) {
    const std::optional<ir::Literal>& value = constants_[operand];
    if (!value) return std::nullopt;
    operands.push_back(*value);
  }
  absl::StatusOr<ir::Literal> result = ir::EvaluateOp(program_.module(), instruction, operands);
  return result.ok() ? std::optional(*std::move(result)) : std::nullopt;
}

std::optional<std::vector<int64_t>> Emitter::ConstantInts(InstructionId id) {
  std::optional<ir::Literal> value = ConstantValue(id);
  if (!value || ir::IsFloat(value->shape().element_type())) return std::nullopt;
  std::vector<int64_t> out;
  for (int64_t i = 0; i < value->shape().ElementCount(); ++i) out.push_back(value->AsInt64(i));
  return out;
}

absl::Status Emitter::TranslateOperation(const mlir::Operation& op) {
  const size_t first_new = size_;
  absl::Status translated = TranslateQuantized(*this, op);
  if (absl::IsNotFound(translated)) {
    Translate translate = FindTranslation(op.name);
    if (translate == nullptr) {
      return WithPlace(op, absl::UnimplementedError("the operation is not known"));
    }
    translated = translate(*this, op);
  }
  if (translated.ok()) translated = status_;
  if (translated.ok()) translated = CheckResults(*this, op);
  if (!translated.ok()) return WithPlace(op, translated);
  Annotate(op, first_new);
  return absl::OkStatus();
}

// Location to everything that the operation became, the rest to its result.
void Emitter::Annotate(const mlir::Operation& op, size_t first_new) {
  const ir::OpMetadata metadata = op.location ? MetadataOf(*op.location) : ir::OpMetadata();
  if (metadata != ir::OpMetadata()) {
    ir::Annotations located;
    located.metadata = metadata;
    auto shared = std::make_shared<const ir::Annotations>(located);
    for (size_t i = first_new; i < size_; ++i) {
      ir::Instruction& instruction = builder_.mutable_instruction(InstructionId(i));
      if (instruction.annotations == nullptr) {
        instruction.annotations = shared;
      } else if (instruction.annotations->metadata.op_name.empty()) {
        ir::Annotations notes = *instruction.annotations;
        notes.metadata = metadata;
        instruction.annotations = std::make_shared<const ir::Annotations>(std::move(notes));
      }
    }
  }
  if (size_ == first_new) return;
  // The result's instruction: the last that is no element of it.
  size_t last = size_ - 1;
  while (last > first_new &&
         builder_.mutable_instruction(InstructionId(last)).opcode == OpCode::kGetTupleElement) {
    --last;
  }
  ir::Instruction& result = builder_.mutable_instruction(InstructionId(last));
  ir::Annotations notes = result.Notes();
  if (!AnnotationsOf(op, &notes)) return;
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
    if (!status_.ok()) return WithPlace(op, status_);
    return results;
  }
  return std::vector<InstructionId>();
}

ir::ComputationId Emitter::Region(const mlir::Operation& op, size_t index, std::string_view name) {
  if (!status_.ok()) return {};
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
  EQSAT_RETURN_IF_ERROR(status_);
  EQSAT_ASSIGN_OR_RETURN(ir::Computation computation, std::move(builder_).Build(root));
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
