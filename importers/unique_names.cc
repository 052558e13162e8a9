#include "importers/unique_names.h"

#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "importers/name_set.h"
#include "ir/base/check.h"

namespace eqsat::importers {
namespace {

size_t CountInstructions(const ir::Module& module) {
  size_t count = 0;
  for (const ir::Computation& computation : module.computations()) count += computation.size();
  return count;
}

bool HasUniqueNames(const ir::Module& module) {
  absl::flat_hash_set<std::string_view> names;
  names.reserve(CountInstructions(module));
  for (const ir::Computation& computation : module.computations()) {
    for (const ir::Instruction& instruction : computation.instructions()) {
      if (!names.insert(instruction.name).second) return false;
    }
  }
  return true;
}

}  // namespace

std::optional<ir::Module> WithUniqueNames(const ir::Module& module) {
  if (HasUniqueNames(module)) return std::nullopt;
  NameSet names;
  names.Reserve(CountInstructions(module));
  // Every name is taken before a new one is made.
  std::vector<std::vector<bool>> is_first;
  for (const ir::Computation& computation : module.computations()) {
    std::vector<bool>& first = is_first.emplace_back();
    for (const ir::Instruction& instruction : computation.instructions()) {
      first.push_back(names.Add(instruction.name));
    }
  }
  ir::Module renamed(module.header());
  for (size_t c = 0; c < is_first.size(); ++c) {
    const ir::Computation& from = module.computations()[c];
    std::vector<ir::Instruction> instructions(from.instructions().begin(),
                                              from.instructions().end());
    for (size_t i = 0; i < instructions.size(); ++i) {
      if (!is_first[c][i]) instructions[i].name = names.Fresh(instructions[i].name);
    }
    absl::StatusOr<ir::Computation> made =
        ir::Computation::Make(from.name(), std::move(instructions), from.root());
    EQSAT_CHECK(made.ok());
    made->set_execution_thread(from.execution_thread());
    renamed.Add(*std::move(made));
  }
  renamed.set_entry(module.entry_id());
  return renamed;
}

}  // namespace eqsat::importers
