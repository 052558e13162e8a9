// LaunchPlanJson of compile.h. The object has the keys
//   schema, module, target, artifact, buffer_alignment
//   constants  [{computation, instruction, leaf, bytes}]: arrays to place in memory once; `leaf`
//              counts the arrays of a tuple depth first
//   programs   [{name, arena_bytes, parameter_bytes, steps, results}]: to run one, have memory for
//              its arena and its flattened parameters, take its steps in order; its results are
//              then at `results`
//   entry      the program that is the module
// A buffer is {in: arena | parameter | constant, offset or number, bytes}. Steps are, by `step`:
//   kernel       launch `symbol` on `groups` groups of `group_size`, with pointers to `buffers`
//   copy         `from` to `to`
//   while        copy `initial` to `state`; while program `condition` of `state` is true, run
//   `body`
//                on `state` and replace `state` by its results
//   conditional  run the branch that `selector` names (a true pred: 0; s32: itself, else the last)
//                and copy its results to `results`
//   interpret    evaluate `instructions` on the host
#include <string>
#include <string_view>
#include <variant>

#include "codegen/compile.h"
#include "nlohmann/json.hpp"

namespace eqsat::codegen {
namespace {

using Json = nlohmann::ordered_json;

std::string_view Name(BufferRef::Place place) {
  switch (place) {
    case BufferRef::Place::kArena:
      return "arena";
    case BufferRef::Place::kParameter:
      return "parameter";
    case BufferRef::Place::kConstant:
      break;
  }
  return "constant";
}

Json Describe(const BufferRef& ref) {
  const char* key = ref.place == BufferRef::Place::kArena ? "offset" : "number";
  return {{"in", Name(ref.place)}, {key, ref.position}, {"bytes", ref.bytes}};
}

Json Describe(const std::vector<BufferRef>& refs) {
  Json list = Json::array();
  for (const BufferRef& ref : refs) list.push_back(Describe(ref));
  return list;
}

class StepDescriber {
 public:
  explicit StepDescriber(const CompiledModule& compiled) : compiled_(compiled) {}

  Json operator()(const KernelStep& step) const {
    const LaunchShape& shape = compiled_.artifact.kernels[static_cast<size_t>(step.kernel)];
    return {{"step", "kernel"},
            {"symbol", shape.symbol},
            {"groups", shape.groups},
            {"group_size", shape.group_size},
            {"buffers", Describe(step.buffers)}};
  }
  Json operator()(const CopyStep& step) const {
    return {{"step", "copy"}, {"from", Describe(step.from)}, {"to", Describe(step.to)}};
  }
  Json operator()(const WhileStep& step) const {
    return {{"step", "while"},
            {"condition", step.condition},
            {"body", step.body},
            {"initial", Describe(step.initial)},
            {"state", Describe(step.state)}};
  }
  Json operator()(const CallStep& step) const {
    return {{"step", "call"},
            {"program", step.program},
            {"arguments", Describe(step.arguments)},
            {"results", Describe(step.results)}};
  }
  Json operator()(const ConditionalStep& step) const {
    Json branches = Json::array();
    for (const ConditionalStep::Branch& branch : step.branches)
      branches.push_back({{"program", branch.program}, {"arguments", Describe(branch.arguments)}});
    return {{"step", "conditional"},
            {"selector", Describe(step.selector)},
            {"selector_type", step.selects_by_pred ? "pred" : "s32"},
            {"branches", std::move(branches)},
            {"results", Describe(step.results)}};
  }
  Json operator()(const InterpretedStep& step) const {
    const ir::Computation& computation = compiled_.lowered.module[step.computation];
    Json instructions = Json::array();
    for (ir::InstructionId id : step.members)
      instructions.push_back(
          {{"name", computation[id].name}, {"op", ir::Name(computation[id].opcode)}});
    return {{"step", "interpret"},
            {"instructions", std::move(instructions)},
            {"inputs", Describe(Flat(step.inputs))},
            {"outputs", Describe(Flat(step.outputs))}};
  }

 private:
  static std::vector<BufferRef> Flat(const std::vector<InterpretedStep::Value>& values) {
    std::vector<BufferRef> refs;
    for (const InterpretedStep::Value& value : values)
      refs.insert(refs.end(), value.leaves.begin(), value.leaves.end());
    return refs;
  }

  const CompiledModule& compiled_;
};

Json DescribeProgram(const CompiledModule& compiled, const Program& program) {
  Json steps = Json::array();
  for (const Step& step : program.steps) steps.push_back(std::visit(StepDescriber(compiled), step));
  return {{"name", program.name},
          {"arena_bytes", program.arena_bytes},
          {"parameter_bytes", program.parameter_bytes},
          {"steps", std::move(steps)},
          {"results", Describe(program.results)}};
}

}  // namespace

std::string LaunchPlanJson(const CompiledModule& compiled) {
  const LaunchPlan& plan = compiled.lowered.plan;
  Json programs = Json::array();
  for (const Program& program : plan.programs)
    programs.push_back(DescribeProgram(compiled, program));
  Json constants = Json::array();
  for (const ConstantRef& constant : plan.constants) {
    const ir::Computation& computation = compiled.lowered.module[constant.computation];
    constants.push_back({{"computation", computation.name()},
                         {"instruction", computation[constant.instruction].name},
                         {"leaf", constant.leaf},
                         {"bytes", constant.bytes}});
  }
  Json result = {{"schema", 1},
                 {"module", compiled.lowered.module.header().name},
                 {"target", compiled.lowered.target.name},
                 {"artifact", "kernels" + compiled.artifact.extension},
                 {"buffer_alignment", kBufferAlignment},
                 {"constants", std::move(constants)},
                 {"programs", std::move(programs)},
                 {"entry", plan.programs.size() - 1}};
  // Names come from input and may be anything.
  return result.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace eqsat::codegen
