#include "tests/codegen/lower_runs.h"

#include <algorithm>

#include "codegen/kernel_ir/evaluate.h"
#include "codegen/lower/lower_group.h"
#include "importers/hlo_text/hlo_text.h"
#include "ir/base/status.h"
#include "ir/graph/bound_op.h"

namespace eqsat::codegen {
namespace {

bool Combines(const ir::Module& module, const ir::Instruction& instruction, ir::Combiner combiner) {
  const ir::OpInfo& info = ir::GetOpInfo(instruction.opcode);
  if (info.indexing == nullptr) return false;
  ir::BoundOp op(module, module.entry(), instruction);
  return info.indexing(op.context()).combiner == combiner;
}

void FillHero(const ir::Module& module, FusionGroup& group) {
  const ir::Computation& entry = module.entry();
  for (ir::InstructionId id : group.members) {
    const ir::Instruction& instruction = entry[id];
    bool reduces = Combines(module, instruction, ir::Combiner::kReduce);
    bool contracts = Combines(module, instruction, ir::Combiner::kDot);
    if (contracts || instruction.opcode == ir::OpCode::kDynamicUpdateSlice) group.hero = id;
    if (reduces || contracts) {
      const ir::Shape& shape = instruction.shape;
      group.rows = (shape.IsTuple() ? shape.element(0) : shape).ElementCount();
    }
  }
}

}  // namespace

FusionGroup GroupOf(const ir::Computation& computation, KernelForm form) {
  FusionGroup group;
  group.form = form;
  const ir::Instruction& root = computation[computation.root()];
  for (size_t i = 0; i < computation.size(); ++i) {
    ir::InstructionId id(i);
    if (computation[id].opcode == ir::OpCode::kParameter) {
      group.inputs.push_back(id);
    } else if (computation[id].opcode != ir::OpCode::kTuple) {
      group.members.push_back(id);
    }
  }
  if (root.opcode == ir::OpCode::kTuple) {
    group.outputs.assign(root.operands.begin(), root.operands.end());
    std::sort(group.outputs.begin(), group.outputs.end());
  } else {
    group.outputs = {computation.root()};
  }
  return group;
}

absl::StatusOr<Kernel> LowerHlo(std::string_view hlo, KernelForm form,
                                const ScheduleTarget& target) {
  EQSAT_ASSIGN_OR_RETURN(ir::Module module, importers::ParseHloText(hlo));
  FusionGroup group = GroupOf(module.entry(), form);
  FillHero(module, group);
  return LowerGroup(module, module.entry(), group, target);
}

absl::StatusOr<std::vector<ir::Literal>> RunHlo(std::string_view hlo, KernelForm form,
                                                absl::Span<const ir::Literal> arguments,
                                                const ScheduleTarget& target) {
  EQSAT_ASSIGN_OR_RETURN(ir::Module module, importers::ParseHloText(hlo));
  EQSAT_ASSIGN_OR_RETURN(Kernel kernel, LowerHlo(hlo, form, target));
  const ir::Computation& entry = module.entry();
  std::vector<std::vector<uint8_t>> bytes;
  for (ir::InstructionId id : entry.parameters()) {
    const ir::Literal& argument = arguments[bytes.size()];
    if (!ir::Shape::Compatible(entry[id].shape, argument.shape()))
      return base::InvalidArgument("argument %d is not of shape %s", bytes.size(),
                                   entry[id].shape.ToString());
    bytes.emplace_back(argument.bytes().begin(), argument.bytes().end());
  }
  size_t num_inputs = bytes.size();
  std::vector<ir::Shape> shapes;
  for (ir::InstructionId id : GroupOf(entry, form).outputs) {
    const ir::Shape& shape = entry[id].shape;
    if (!shape.IsTuple()) shapes.push_back(shape);
    for (const ir::Shape& element : shape.elements()) shapes.push_back(element);
  }
  for (const ir::Shape& shape : shapes)
    bytes.emplace_back(static_cast<size_t>(shape.ByteSize()), uint8_t{0xa5});
  if (form == KernelForm::kUpdate) bytes[num_inputs] = bytes[0];
  std::vector<absl::Span<uint8_t>> buffers;
  for (std::vector<uint8_t>& buffer : bytes) buffers.push_back(absl::MakeSpan(buffer));
  EQSAT_RETURN_IF_ERROR(EvaluateKernel(kernel, buffers));
  std::vector<ir::Literal> outputs;
  for (size_t i = 0; i < shapes.size(); ++i)
    outputs.push_back(ir::Literal::FromBytes(shapes[i], bytes[num_inputs + i]));
  return outputs;
}

std::vector<ScheduleTarget> TargetsToLowerFor() {
  return {{.processor = Processor::kCpu, .vector_bytes = 32},
          {.processor = Processor::kGpu, .group_size = 32}};
}

std::vector<double> Doubles(const ir::Literal& literal) {
  std::vector<double> values;
  for (int64_t i = 0; i < literal.shape().ElementCount(); ++i)
    values.push_back(literal.AsDouble(i));
  return values;
}

ir::Literal Floats(std::initializer_list<int64_t> dimensions, absl::Span<const double> values,
                   ir::ElementType type) {
  return ir::Literal::FromDoubles(ir::Shape(type, dimensions), values);
}

ir::Literal Ramp(std::initializer_list<int64_t> dimensions, ir::ElementType type) {
  ir::Shape shape(type, dimensions);
  std::vector<double> values;
  for (int64_t i = 0; i < shape.ElementCount(); ++i)
    values.push_back(static_cast<double>(i * 7 % 13 - 4) / 2);
  return ir::Literal::FromDoubles(shape, values);
}

}  // namespace eqsat::codegen
