// `xla-eqsat targets list|show`: the machines that cost models know.
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "cost_models/targets/find_target.h"
#include "tools/driver.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

int List() {
  auto targets = cost_models::AllTargets();
  if (!targets.ok()) return Fail(kUsage, targets.status());
  for (const cost_models::Target& target : *targets)
    std::cout << absl::StrFormat("%-16s %s\n", target.name, target.description);
  return kOk;
}

void PrintFigure(std::string_view name, const cost_models::Figure& figure) {
  static constexpr std::string_view kKinds[] = {"peak", "achievable", "measured"};
  std::cout << absl::StrFormat("  %-28s %12.6g %-12s %-10s %s\n", name, figure.value, figure.unit,
                               kKinds[static_cast<int>(figure.kind)], figure.source);
}

int Show(const std::string& spec) {
  auto target = cost_models::FindTarget(spec);
  if (!target.ok()) return Fail(kUnavailable, target.status());
  std::cout << target->name << ": " << target->description << "\n";
  if (!target->note.empty()) std::cout << "  note: " << target->note << "\n";
  PrintFigure("compute units", target->compute_units);
  PrintFigure("clock", target->clock_hz);
  for (const auto& [type, rate] : target->vector_flops_per_unit_per_cycle)
    PrintFigure("vector flops/unit/cycle " + type, rate);
  for (const auto& [type, rate] : target->matrix_flops_per_unit_per_cycle)
    PrintFigure("matrix flops/unit/cycle " + type, rate);
  for (const cost_models::MemoryLevel& level : target->memory) {
    PrintFigure(level.name + " size", level.size_bytes);
    PrintFigure(level.name + " bandwidth", level.bandwidth_bytes_per_second);
  }
  PrintFigure("launch", target->launch_seconds);
  for (const std::string& feature : target->features) std::cout << "  " << feature << "\n";
  return kOk;
}

}  // namespace

void AddTargetsVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand("targets", "The machines that can be compiled for");
  verb->require_subcommand(1);
  verb->add_subcommand("list", "One line a target")->callback([exit_code] { *exit_code = List(); });
  auto spec = std::make_shared<std::string>();
  CLI::App* show = verb->add_subcommand("show", "A target's figures with their sources");
  show->add_option("TARGET", *spec, "amdgpu:gfx942, cpu, file:mine.json, …")->required();
  show->callback([spec, exit_code] { *exit_code = Show(*spec); });
}

}  // namespace eqsat::tools
