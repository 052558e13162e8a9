#include "importers/hlo_emitter.h"

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/interpret/interpreter.h"
#include "ir/ops/op_info.h"

namespace eqsat::importers {
namespace {

// What is folded to know a shape is small.
constexpr int64_t kMaxFoldedBytes = 1 << 16;

// Small, and a function of its operands alone. A dimension's size is known without its operand.
bool IsFoldable(const ir::Instruction& instruction) {
  return instruction.called.empty() && instruction.opcode != OpCode::kParameter &&
         instruction.opcode != OpCode::kGetDimensionSize && instruction.shape.IsArray() &&
         !instruction.shape.HasUnboundedDimensions() &&
         instruction.shape.ByteSize() <= kMaxFoldedBytes &&
         !ir::HasSideEffect(instruction.opcode, instruction.Attrs());
}

}  // namespace

HloEmitter::HloEmitter(ir::Module& module, std::string name)
    : module_(module), builder_(module, std::move(name)) {}

void HloEmitter::Fail(absl::Status status) {
  if (status_.ok()) status_ = std::move(status);
}

const ir::Shape& HloEmitter::shape(InstructionId id) const {
  static const ir::Shape none;
  return id.valid() ? builder_.shape(id) : none;
}

InstructionId HloEmitter::Add(OpCode opcode, absl::Span<const InstructionId> operands,
                              ir::Attributes attributes, absl::Span<const ir::ComputationId> called,
                              const ir::Shape* declared) {
  if (!status_.ok()) return {};
  for (InstructionId operand : operands) {
    if (!operand.valid()) return {};
  }
  Fail(CountInstruction());
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

InstructionId HloEmitter::Add(OpCode opcode, absl::Span<const InstructionId> operands) {
  return Add(opcode, operands, ir::GetOpInfo(opcode).attributes);
}

InstructionId HloEmitter::Parameter(int64_t number, const ir::Shape& shape) {
  InstructionId id = builder_.AddParameter(number, shape, base::StrCat("Arg_", number));
  size_ = id.value() + 1;
  return id;
}

InstructionId HloEmitter::Constant(ir::Literal literal) {
  InstructionId id = builder_.AddConstant(std::move(literal));
  size_ = id.value() + 1;
  return id;
}

InstructionId HloEmitter::Tuple(absl::Span<const InstructionId> elements) {
  return Add(OpCode::kTuple, elements);
}

InstructionId HloEmitter::Element(InstructionId tuple, int64_t index) {
  return Add(OpCode::kGetTupleElement, {tuple}, ir::GetTupleElementAttributes{.index = index});
}

InstructionId HloEmitter::Convert(InstructionId operand, ir::ElementType type) {
  if (!Ok(operand) || shape(operand).element_type() == type) return operand;
  ir::Shape result = shape(operand).WithElementType(type).WithoutLayout();
  return Add(OpCode::kConvert, {operand}, ir::NoAttributes{}, &result);
}

InstructionId HloEmitter::Reshape(InstructionId operand, absl::Span<const int64_t> sizes) {
  if (!Ok(operand)) return {};
  if (shape(operand).dimensions() == sizes) return operand;
  absl::StatusOr<ir::Shape> result = ir::Shape::Make(shape(operand).element_type(), sizes);
  if (!result.ok()) {
    Fail(result.status());
    return {};
  }
  return Add(OpCode::kReshape, {operand}, ir::ReshapeAttributes{}, &*result);
}

InstructionId HloEmitter::Transpose(InstructionId operand, absl::Span<const int64_t> permutation) {
  return Add(OpCode::kTranspose, {operand},
             ir::DimensionsAttributes{.dimensions = {permutation.begin(), permutation.end()}});
}

InstructionId HloEmitter::Compare(InstructionId a, ir::ComparisonDirection direction,
                                  InstructionId b) {
  return Add(OpCode::kCompare, {a, b}, ir::CompareAttributes{.direction = direction});
}

InstructionId HloEmitter::Broadcast(InstructionId operand, absl::Span<const int64_t> dims,
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

InstructionId HloEmitter::Like(InstructionId like, double value) {
  if (!Ok(like)) return {};
  return Like(like, ScalarLiteral(shape(like).element_type(), value));
}

InstructionId HloEmitter::Like(InstructionId like, const ir::Literal& scalar) {
  if (!Ok(like)) return {};
  InstructionId constant = Constant(scalar);
  if (shape(like).rank() == 0) return constant;
  ir::Shape result = shape(like).WithElementType(scalar.shape().element_type()).WithoutLayout();
  return Add(OpCode::kBroadcast, {constant}, ir::DimensionsAttributes{}, &result);
}

std::optional<ir::Literal> HloEmitter::ConstantValue(InstructionId id) {
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
std::optional<ir::Literal> HloEmitter::Fold(const ir::Instruction& instruction) {
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
  absl::StatusOr<ir::Literal> result = ir::EvaluateOp(module_, instruction, operands);
  return result.ok() ? std::optional(*std::move(result)) : std::nullopt;
}

std::optional<std::vector<int64_t>> HloEmitter::ConstantInts(InstructionId id) {
  std::optional<ir::Literal> value = ConstantValue(id);
  if (!value) return std::nullopt;
  const ir::ElementType type = value->shape().element_type();
  if (!ir::IsInteger(type) && type != ir::ElementType::kPred) return std::nullopt;
  std::vector<int64_t> out;
  for (int64_t i = 0; i < value->shape().ElementCount(); ++i) out.push_back(value->AsInt64(i));
  return out;
}

ir::Literal ScalarLiteral(ir::ElementType type, double value) {
  ir::Shape shape(type, {});
  if (!ir::IsComplex(type)) return ir::Literal::FromDoubles(shape, {value});
  ir::Shape part(ir::ComplexPart(type), {});
  ir::Literal real = ir::Literal::FromDoubles(part, {value});
  std::vector<uint8_t> bytes(real.bytes().begin(), real.bytes().end());
  bytes.resize(bytes.size() * 2);
  return ir::Literal::FromBytes(std::move(shape), std::move(bytes));
}

}  // namespace eqsat::importers
