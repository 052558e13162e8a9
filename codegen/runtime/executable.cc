#include "codegen/runtime/executable.h"

#include <cstddef>
#include <utility>

#include "codegen/runtime/execution.h"
#include "ir/base/status.h"
#include "ir/ops/attributes.h"

namespace eqsat::codegen {
namespace {

int64_t Aligned(int64_t bytes) {
  return (bytes + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
}

absl::Status CheckArguments(const ir::Computation& entry, absl::Span<const ir::Literal> arguments) {
  if (arguments.size() != entry.parameters().size())
    return base::InvalidArgument("the program takes %d arguments, not %d",
                                 entry.parameters().size(), arguments.size());
  for (size_t i = 0; i < arguments.size(); ++i) {
    const ir::Instruction& parameter = entry[entry.parameters()[i]];
    if (!ir::Shape::Compatible(arguments[i].shape(), parameter.shape))
      return base::InvalidArgument("argument %d has shape %s, but parameter %s has %s", i,
                                   arguments[i].shape().ToString(), parameter.name,
                                   parameter.shape.ToString());
    std::vector<const ir::Literal*> arrays;
    AppendArrays(arguments[i], &arrays);
    for (const ir::Literal* array : arrays)
      if (array->is_unknown()) return base::InvalidArgument("argument %d has no value", i);
  }
  return absl::OkStatus();
}

}  // namespace

Executable::Executable(ir::Module module, LaunchPlan plan, std::unique_ptr<Device> device)
    : module_(std::move(module)), plan_(std::move(plan)), device_(std::move(device)) {}

Executable::~Executable() {
  if (constant_memory_ != nullptr) device_->Free(constant_memory_);
}

absl::StatusOr<std::unique_ptr<Executable>> Executable::Create(ir::Module module, LaunchPlan plan,
                                                               std::unique_ptr<Device> device) {
  std::unique_ptr<Executable> result(
      new Executable(std::move(module), std::move(plan), std::move(device)));
  int64_t total = 0;
  for (const ConstantRef& constant : result->plan_.constants) total += Aligned(constant.bytes);
  EQSAT_ASSIGN_OR_RETURN(result->constant_memory_, result->device_->Allocate(total));
  uint8_t* address = result->constant_memory_;
  for (const ConstantRef& constant : result->plan_.constants) {
    const ir::Instruction& instruction =
        result->module_[constant.computation][constant.instruction];
    std::vector<const ir::Literal*> arrays;
    AppendArrays(instruction.attr<ir::ConstantAttributes>().literal, &arrays);
    const ir::Literal& literal = *arrays[static_cast<size_t>(constant.leaf)];
    if (literal.is_unknown())
      return base::InvalidArgument("constant %s has no value: its text was elided",
                                   instruction.name);
    EQSAT_RETURN_IF_ERROR(result->device_->CopyIn(address, literal.bytes().data(), constant.bytes));
    result->constants_.push_back(address);
    address += Aligned(constant.bytes);
  }
  return result;
}

absl::StatusOr<ir::Literal> Executable::Run(absl::Span<const ir::Literal> arguments) const {
  const ir::Computation& entry = module_.entry();
  EQSAT_RETURN_IF_ERROR(CheckArguments(entry, arguments));
  Execution execution(module_, plan_, *device_, constants_);
  Addresses parameters;
  for (int64_t bytes : plan_.entry().parameter_bytes) {
    EQSAT_ASSIGN_OR_RETURN(uint8_t* memory, execution.Allocate(bytes));
    parameters.push_back(memory);
  }
  size_t next = 0;
  for (const ir::Literal& argument : arguments) {
    std::vector<const ir::Literal*> arrays;
    AppendArrays(argument, &arrays);
    Addresses part(parameters.begin() + static_cast<std::ptrdiff_t>(next),
                   parameters.begin() + static_cast<std::ptrdiff_t>(next + arrays.size()));
    EQSAT_RETURN_IF_ERROR(execution.Write(argument, part));
    next += arrays.size();
  }
  int64_t program = static_cast<int64_t>(plan_.programs.size()) - 1;
  EQSAT_ASSIGN_OR_RETURN(Addresses results, execution.RunProgram(program, parameters));
  return execution.Read(entry.result_shape().WithoutLayout(), results);
}

}  // namespace eqsat::codegen
