// Plans executed group by group, kernels on the kernel evaluator, against the interpreter: what the
// planner promises of a form is what lowering relies on.
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "codegen/fusion/fusion_plan.h"
#include "codegen/kernel_ir/evaluate.h"
#include "codegen/lower/lower_group.h"
#include "cost_models/targets/find_target.h"
#include "gtest/gtest.h"
#include "importers/hlo_text/hlo_text.h"
#include "ir/interpret/interpreter.h"
#include "tests/codegen/lower_runs.h"
#include "tests/codegen/random_program.h"

namespace eqsat::codegen {
namespace {

using ir::InstructionId;
using ir::Literal;

// Runs a plan with every value as a literal.
class PlanRunner {
 public:
  PlanRunner(const ir::Module& module, absl::Span<const Literal> arguments,
             const ScheduleTarget& target)
      : module_(module), arguments_(arguments), target_(target), values_(module.entry().size()) {}

  Literal Run(const FusionPlan& plan) {
    for (const FusionGroup& group : plan.groups) {
      if (group.kind == GroupKind::kKernel) {
        RunKernel(group);
      } else {
        RunAlone(group.members[0]);
      }
      if (testing::Test::HasFatalFailure()) return {};
    }
    return values_[module_.entry().root().value()];
  }

 private:
  void RunAlone(InstructionId id) {
    const ir::Instruction& instruction = module_.entry()[id];
    if (instruction.opcode == ir::OpCode::kParameter) {
      values_[id.value()] = arguments_[instruction.attr<ir::ParameterAttributes>().number];
      return;
    }
    std::vector<Literal> operands;
    for (InstructionId operand : instruction.operands) operands.push_back(values_[operand.value()]);
    auto value = ir::EvaluateOp(module_, instruction, operands);
    ASSERT_TRUE(value.ok()) << value.status();
    values_[id.value()] = *value;
  }

  void RunKernel(const FusionGroup& group) {
    auto kernel = LowerGroup(module_, module_.entry(), group, target_);
    ASSERT_TRUE(kernel.ok()) << kernel.status();
    std::vector<std::vector<uint8_t>> bytes;
    for (InstructionId input : group.inputs) {
      auto source = values_[input.value()].bytes();
      bytes.emplace_back(source.begin(), source.end());
    }
    for (InstructionId output : group.outputs) {
      if (group.form == KernelForm::kUpdate) {
        auto source = values_[module_.entry()[group.hero].operands[0].value()].bytes();
        bytes.emplace_back(source.begin(), source.end());
      } else {
        const int64_t size = module_.entry()[output].shape.ByteSize();
        bytes.emplace_back(static_cast<size_t>(size), uint8_t{0xa5});
      }
    }
    std::vector<absl::Span<uint8_t>> buffers;
    for (std::vector<uint8_t>& buffer : bytes) buffers.push_back(absl::MakeSpan(buffer));
    absl::Status status = EvaluateKernel(*kernel, buffers);
    ASSERT_TRUE(status.ok()) << status;
    for (size_t i = 0; i < group.outputs.size(); ++i) {
      const InstructionId output = group.outputs[i];
      values_[output.value()] =
          Literal::FromBytes(module_.entry()[output].shape, bytes[group.inputs.size() + i]);
    }
  }

  const ir::Module& module_;
  absl::Span<const Literal> arguments_;
  const ScheduleTarget& target_;
  std::vector<Literal> values_;
};

TEST(FusionRunsTest, RandomProgramsComputeWhatTheInterpreterDoes) {
  auto cost_target = cost_models::FindTarget("cpu:x86-64");
  ASSERT_TRUE(cost_target.ok());
  std::mt19937 random(5);
  for (int run = 0; run < 40; ++run) {
    const std::string text = RandomProgram(random, 4 + run);
    auto module = importers::ParseHloText(text);
    ASSERT_TRUE(module.ok()) << module.status();
    const std::vector<Literal> arguments = {Ramp({16, 16})};
    auto expected = ir::Evaluate(*module, arguments);
    ASSERT_TRUE(expected.ok()) << expected.status() << text;
    FusionPlan plan = PlanComputation(*module, module->entry(), *cost_target);
    for (const ScheduleTarget& target : TargetsToLowerFor()) {
      Literal actual = PlanRunner(*module, arguments, target).Run(plan);
      if (HasFatalFailure()) FAIL() << text;
      for (int64_t i = 0; i < 256; ++i) {
        const double want = expected->AsDouble(i);
        ASSERT_NEAR(actual.AsDouble(i), want, 1e-4 * (1 + std::abs(want)))
            << "element " << i << "\n"
            << text << ToString(module->entry(), plan);
      }
    }
  }
}

}  // namespace
}  // namespace eqsat::codegen
