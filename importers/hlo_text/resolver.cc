#include "importers/hlo_text/resolver.h"

#include <string>
#include <utility>
#include <vector>

#include "importers/hlo_text/computation_resolver.h"
#include "importers/hlo_text/token_reader.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace {

class ModuleResolver {
 public:
  ModuleResolver(std::string_view text, SyntaxModule syntax)
      : text_(text), syntax_(std::move(syntax)) {}

  absl::StatusOr<ir::Module> Resolve() {
    EQSAT_RETURN_IF_ERROR(NameComputations());
    EQSAT_RETURN_IF_ERROR(LinkCallees());
    EQSAT_ASSIGN_OR_RETURN(std::vector<int> order, Order());
    ir::Module module(std::move(syntax_.header));
    ids_.resize(order.size());
    for (int index : order) {
      ComputationResolver resolver(text_, ids_, &names_, &module);
      EQSAT_ASSIGN_OR_RETURN(ir::Computation made, resolver.Resolve(syntax_.computations[index]));
      ids_[index] = module.Add(std::move(made));
    }
    module.set_entry(ids_[syntax_.entry]);
    return module;
  }

 private:
  absl::Status ErrorAt(size_t position, std::string_view message) const {
    return absl::InvalidArgumentError(base::StrCat(LineAndColumn(text_, position), ": ", message));
  }

  absl::Status NameComputations() {
    for (size_t i = 0; i < syntax_.computations.size(); ++i) {
      const SyntaxComputation& computation = syntax_.computations[i];
      if (computation.is_inline) continue;
      if (!names_.Add(computation.name)) {
        return ErrorAt(computation.position,
                       base::StrCat("computation ", computation.name, " is already defined"));
      }
      index_of_.emplace(computation.name, static_cast<int>(i));
    }
    for (SyntaxComputation& computation : syntax_.computations)
      if (computation.is_inline) computation.name = names_.Fresh(computation.name);
    return absl::OkStatus();
  }

  absl::Status LinkCallees() {
    callees_.resize(syntax_.computations.size());
    for (size_t i = 0; i < syntax_.computations.size(); ++i) {
      for (SyntaxInstruction& instruction : syntax_.computations[i].instructions) {
        for (SyntaxCallee& callee : instruction.callees) {
          if (callee.computation < 0) {
            EQSAT_ASSIGN_OR_RETURN(callee.computation, Find(callee.name));
          }
          callees_[i].push_back({callee.computation, callee.name.position});
        }
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<int> Find(const SyntaxName& name) const {
    auto found = index_of_.find(std::string(name.text));
    if (found != index_of_.end()) return found->second;
    std::vector<std::string_view> known;
    for (const SyntaxComputation& computation : syntax_.computations)
      known.push_back(computation.name);
    std::string_view near = base::NearestName(name.text, known);
    return ErrorAt(name.position, base::StrCat("no computation is named ", name.text,
                                               near.empty() ? "" : "; did you mean ", near));
  }

  // Callees first, else in the order of the text.
  absl::StatusOr<std::vector<int>> Order() const {
    enum class State : uint8_t { kNew, kOpen, kDone };
    std::vector<State> states(syntax_.computations.size(), State::kNew);
    std::vector<int> order;
    std::vector<std::pair<int, size_t>> path;  // a computation and its next callee
    for (size_t start = 0; start < states.size(); ++start) {
      if (states[start] == State::kNew) path.push_back({static_cast<int>(start), 0});
      while (!path.empty()) {
        auto& [computation, next] = path.back();
        states[computation] = State::kOpen;
        if (next == callees_[computation].size()) {
          states[computation] = State::kDone;
          order.push_back(computation);
          path.pop_back();
          continue;
        }
        auto [callee, position] = callees_[computation][next++];
        if (states[callee] == State::kOpen) {
          return ErrorAt(position, base::StrCat("computation ", syntax_.computations[callee].name,
                                                " calls itself"));
        }
        if (states[callee] == State::kNew) path.push_back({callee, 0});
      }
    }
    return order;
  }

  std::string_view text_;
  SyntaxModule syntax_;
  NameSet names_;
  absl::flat_hash_map<std::string, int> index_of_;  // computations with names of their own
  std::vector<std::vector<std::pair<int, size_t>>> callees_;  // index and place of the call
  std::vector<ir::ComputationId> ids_;                        // by syntax index
};

// An entry layout that only repeats the entry computation's shapes says nothing; without it, texts
// that print it and texts that do not give equal modules.
absl::Status SettleEntryLayout(ir::Module* module) {
  std::optional<ir::ProgramShape>& layout = module->mutable_header().entry_layout;
  if (!layout) return absl::OkStatus();
  ir::ProgramShape entry = module->entry().program_shape();
  if (layout->parameters.size() != entry.parameters.size()) {
    return base::InvalidArgument(
        "entry_computation_layout has %d parameters, the entry computation %s has %d",
        layout->parameters.size(), module->entry().name(), entry.parameters.size());
  }
  if (*layout == entry) layout.reset();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ir::Module> Resolve(std::string_view text, SyntaxModule syntax) {
  size_t entry = syntax.computations[syntax.entry].position;
  EQSAT_ASSIGN_OR_RETURN(ir::Module module, ModuleResolver(text, std::move(syntax)).Resolve());
  if (absl::Status status = SettleEntryLayout(&module); !status.ok())
    return base::Annotate(status, base::StrCat(LineAndColumn(text, entry), ": "));
  return module;
}

}  // namespace eqsat::importers
