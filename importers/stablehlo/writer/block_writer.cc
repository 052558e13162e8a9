#include "importers/stablehlo/writer/block_writer.h"

#include "importers/stablehlo/writer/attributes.h"
#include "importers/stablehlo/writer/op_writers.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::stablehlo {
namespace {

// As deep as text is read (importers/mlir/cursor.h).
constexpr int kMaxDepth = 190;

std::string WithPlace(const ir::Module& module, const ir::Instruction& instruction,
                      std::string_view message) {
  const std::string place = module.SourcePlace(instruction);
  return base::StrCat("%", instruction.name, " (", ir::Name(instruction.opcode),
                      place.empty() ? "" : ", ", place, "): ", message);
}

}  // namespace

BlockWriter::BlockWriter(ModuleWriter& program, const ir::Computation& computation,
                         mlir::Region* region, int depth)
    : program_(program), computation_(computation), region_(region), depth_(depth) {}

void BlockWriter::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
}

absl::StatusOr<Written> BlockWriter::Write(std::vector<Written> parameters) {
  if (depth_ > kMaxDepth) {
    return absl::ResourceExhaustedError(
        base::Absl(base::StrCat("computations nest more than ", kMaxDepth, " deep")));
  }
  values_.resize(computation_.size());
  for (size_t i = 0; i < parameters.size(); ++i) {
    values_[computation_.parameters()[i].value()] = std::move(parameters[i]);
  }
  const std::vector<bool> used = Used();
  for (size_t i = 0; i < computation_.size() && status_.ok(); ++i) {
    if (used[i]) WriteInstruction(InstructionId(i));
  }
  if (!status_.ok()) return status_;
  return values_[computation_.root().value()];
}

// What the root or an effect depends on.
std::vector<bool> BlockWriter::Used() const {
  std::vector<bool> used(computation_.size());
  used[computation_.root().value()] = true;
  for (size_t i = computation_.size(); i-- > 0;) {
    const ir::Instruction& instruction = computation_[InstructionId(i)];
    if (!used[i] && !program_.HasEffect(instruction)) continue;
    used[i] = true;
    for (InstructionId operand : instruction.operands) used[operand.value()] = true;
  }
  return used;
}

void BlockWriter::WriteInstruction(InstructionId id) {
  const ir::Instruction& instruction = computation_[id];
  if (instruction.opcode == OpCode::kParameter) return;
  const size_t first_new = region_->operations.size();
  OpWriter write = FindOpWriter(instruction.opcode);
  absl::StatusOr<Written> value =
      write != nullptr
          ? write(*this, instruction)
          : absl::StatusOr<Written>(base::Unimplemented("StableHLO has no such operation"));
  absl::Status status = status_.ok() ? value.status() : status_;
  if (!status.ok()) {
    std::string message(status.message());
    // The innermost instruction has said its place.
    if (message.empty() || message[0] != '%') message = WithPlace(source(), instruction, message);
    status_ = absl::Status(status.code(), base::Absl(message));
    return;
  }
  values_[id.value()] = *std::move(value);
  Annotate(instruction, first_new);
}

// The place to everything that the instruction became, sharding and frontend attributes to its
// result.
void BlockWriter::Annotate(const ir::Instruction& instruction, size_t first_new) {
  if (instruction.annotations == nullptr || region_->operations.size() == first_new) return;
  std::shared_ptr<const mlir::Location> location = program_.LocationOf(instruction);
  for (size_t i = first_new; i < region_->operations.size(); ++i) {
    if (!region_->operations[i].location) region_->operations[i].location = location;
  }
  mlir::Operation& last = region_->operations.back();
  const Written& value = values_[&instruction - computation_.instructions().data()];
  if (!last.results.empty() && !IsResult(last.results[0], value)) return;
  ir::Annotations notes = *instruction.annotations;
  if (last.name == "stablehlo.composite") {
    std::erase_if(notes.frontend_attributes,
                  [](const auto& entry) { return entry.first.starts_with("composite."); });
  }
  for (mlir::NamedAttribute& note : AnnotationAttributes(notes)) {
    if (last.Find(note.first) == nullptr) last.attributes.push_back(std::move(note));
  }
}

// Is it the first leaf?
bool BlockWriter::IsResult(ValueId value, const Written& written) const {
  const Written* first = &written;
  while (!first->value.valid() && !first->elements.empty()) first = &first->elements[0];
  return first->value == value;
}

// --- Values --------------------------------------------------------------------------------------

ValueId BlockWriter::One(InstructionId id) { return Pack(Of(id), shape(id)); }

std::vector<ValueId> BlockWriter::Ones(absl::Span<const InstructionId> ids) {
  std::vector<ValueId> out;
  for (InstructionId id : ids) out.push_back(One(id));
  return out;
}

std::vector<ValueId> BlockWriter::Leaves(InstructionId id) { return LeavesOf({&id, 1}); }

std::vector<ValueId> BlockWriter::LeavesOf(absl::Span<const InstructionId> ids) {
  std::vector<ValueId> out;
  for (InstructionId id : ids) Collect(Of(id), shape(id), &out);
  return out;
}

void BlockWriter::Collect(const Written& value, const ir::Shape& shape,
                          std::vector<ValueId>* leaves) {
  if (!shape.IsTuple()) {
    leaves->push_back(Pack(value, shape));
    return;
  }
  for (size_t i = 0; i < shape.elements().size(); ++i) {
    Collect(Element(value, shape, static_cast<int64_t>(i)), shape.elements()[i], leaves);
  }
}

Written BlockWriter::Element(const Written& tuple, const ir::Shape& tuple_shape, int64_t index) {
  if (!status_.ok()) return {};
  if (!tuple.value.valid()) return tuple.elements[index];
  return {EmitOne("stablehlo.get_tuple_element", {tuple.value}, tuple_shape.element(index),
                  {{"index", Int32(index)}}),
          {}};
}

ValueId BlockWriter::Pack(const Written& value, const ir::Shape& shape) {
  if (value.value.valid() || !status_.ok()) return value.value;
  // The context of an operation that is under way says nothing here.
  if (shape.IsScalar() && ir::IsInteger(shape.element_type())) {
    return Constant(ir::Literal::Zero(shape));
  }
  if (!shape.IsTuple()) {
    Fail(base::Unimplemented("StableHLO has no state of operations that are under way"));
    return {};
  }
  std::vector<ValueId> elements;
  for (size_t i = 0; i < value.elements.size(); ++i) {
    elements.push_back(Pack(value.elements[i], shape.elements()[i]));
  }
  return EmitOne("stablehlo.tuple", std::move(elements), shape);
}

// --- Operations ----------------------------------------------------------------------------------

mlir::Operation* BlockWriter::Append(std::string_view name, std::vector<ValueId> operands,
                                     Attributes attributes, std::vector<mlir::Region> regions) {
  for (ValueId operand : operands) {
    if (!operand.valid()) {
      Fail(base::Unimplemented("StableHLO has no state of operations that are under way"));
    }
  }
  Fail(program_.CountOperation());
  if (!status_.ok()) return nullptr;
  mlir::Operation operation;
  operation.name = name;
  operation.operands = std::move(operands);
  operation.attributes = std::move(attributes);
  operation.regions = std::move(regions);
  region_->operations.push_back(std::move(operation));
  return &region_->operations.back();
}

ValueId BlockWriter::NewValue(const ir::Shape& shape) {
  absl::StatusOr<mlir::Type> type = TypeOf(shape);
  if (!type.ok()) {
    Fail(type.status());
    return {};
  }
  return program_.out().AddValue(*std::move(type));
}

Written BlockWriter::NewLeaves(const ir::Shape& shape, std::vector<ValueId>* leaves) {
  if (!shape.IsTuple()) {
    leaves->push_back(NewValue(shape));
    return {leaves->back(), {}};
  }
  Written out;
  for (const ir::Shape& element : shape.elements()) {
    out.elements.push_back(NewLeaves(element, leaves));
  }
  return out;
}

Written BlockWriter::Emit(std::string_view name, std::vector<ValueId> operands,
                          const ir::Shape& result, Attributes attributes,
                          std::vector<mlir::Region> regions) {
  std::vector<ValueId> leaves;
  Written out = NewLeaves(result, &leaves);
  mlir::Operation* operation =
      Append(name, std::move(operands), std::move(attributes), std::move(regions));
  if (operation != nullptr) operation->results = std::move(leaves);
  return out;
}

ValueId BlockWriter::EmitOne(std::string_view name, std::vector<ValueId> operands,
                             const ir::Shape& result, Attributes attributes,
                             std::vector<mlir::Region> regions) {
  ValueId value = NewValue(result);
  mlir::Operation* operation =
      Append(name, std::move(operands), std::move(attributes), std::move(regions));
  if (operation != nullptr) operation->results = {value};
  return value;
}

Written BlockWriter::EmitElements(std::string_view name, std::vector<ValueId> operands,
                                  const ir::Shape& result, Attributes attributes) {
  if (!ReturnsElements(result)) {
    return {EmitOne(name, std::move(operands), result, std::move(attributes)), {}};
  }
  Written out;
  std::vector<ValueId> values;
  for (const ir::Shape& element : result.elements()) {
    values.push_back(NewValue(element));
    out.elements.push_back({values.back(), {}});
  }
  mlir::Operation* operation = Append(name, std::move(operands), std::move(attributes), {});
  if (operation != nullptr) operation->results = std::move(values);
  return out;
}

ValueId BlockWriter::Constant(const ir::Literal& literal) {
  absl::StatusOr<mlir::Attribute> value = ValueOf(literal);
  if (!value.ok()) {
    Fail(value.status());
    return {};
  }
  return EmitOne("stablehlo.constant", {}, literal.shape(), {{"value", *std::move(value)}});
}

ValueId BlockWriter::Reshape(ValueId operand, ir::ElementType type,
                             absl::Span<const int64_t> sizes) {
  return EmitOne("stablehlo.reshape", {operand}, ir::Shape(type, sizes));
}

ValueId BlockWriter::Transpose(ValueId operand, const ir::Shape& shape,
                               absl::Span<const int64_t> order) {
  std::vector<int64_t> sizes;
  for (int64_t dim : order) sizes.push_back(shape.dimension(dim));
  return EmitOne("stablehlo.transpose", {operand}, ir::Shape(shape.element_type(), sizes),
                 {{"permutation", IntArray(order)}});
}

// --- Regions -------------------------------------------------------------------------------------

void BlockWriter::FillRegion(ir::ComputationId id, std::vector<Written> parameters,
                             mlir::Region* region) {
  BlockWriter inner(program_, source()[id], region, depth_ + 1);
  absl::StatusOr<Written> root = inner.Write(std::move(parameters));
  if (!root.ok()) {
    Fail(root.status());
    return;
  }
  inner.Append("stablehlo.return", inner.Leaves(inner.computation().root()), {}, {});
  Fail(inner.status());
}

mlir::Region BlockWriter::Region(ir::ComputationId id) {
  mlir::Region region;
  std::vector<Written> parameters;
  const ir::Computation& callee = source()[id];
  for (InstructionId parameter : callee.parameters()) {
    parameters.push_back(NewLeaves(callee[parameter].shape, &region.arguments));
  }
  if (status_.ok()) FillRegion(id, std::move(parameters), &region);
  return region;
}

mlir::Region BlockWriter::Capturing(ir::ComputationId id, std::vector<Written> parameters) {
  mlir::Region region;
  if (status_.ok()) FillRegion(id, std::move(parameters), &region);
  return region;
}

Written BlockWriter::Inline(ir::ComputationId id, std::vector<Written> parameters) {
  if (!status_.ok()) return {};
  BlockWriter inner(program_, source()[id], region_, depth_ + 1);
  absl::StatusOr<Written> root = inner.Write(std::move(parameters));
  if (root.ok()) return *std::move(root);
  Fail(root.status());
  return {};
}

}  // namespace eqsat::importers::stablehlo
