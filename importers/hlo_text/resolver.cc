#include "importers/hlo_text/resolver.h"

#include <string>
#include <utility>
#include <vector>

#include "importers/entry_layout.h"
#include "importers/hlo_text/computation_resolver.h"
#include "importers/hlo_text/token_reader.h"
#include "importers/stable_order.h"
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
      syntax_.computations[index].instructions = std::vector<SyntaxInstruction>();
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
          callees_[i].push_back(callee.computation);
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
    std::vector<int> order = StableOrder(callees_);
    if (order.size() == callees_.size()) return order;
    const SyntaxComputation& stuck =
        syntax_.computations[FirstMissing(order, static_cast<int>(callees_.size()))];
    return ErrorAt(stuck.position, base::StrCat("computation ", stuck.name, " calls itself"));
  }

  std::string_view text_;
  SyntaxModule syntax_;
  NameSet names_;
  absl::flat_hash_map<std::string, int> index_of_;  // computations with names of their own
  std::vector<std::vector<int>> callees_;           // by syntax index
  std::vector<ir::ComputationId> ids_;              // by syntax index
};

}  // namespace

absl::StatusOr<ir::Module> Resolve(std::string_view text, SyntaxModule syntax) {
  size_t entry = syntax.computations[syntax.entry].position;
  EQSAT_ASSIGN_OR_RETURN(ir::Module module, ModuleResolver(text, std::move(syntax)).Resolve());
  if (absl::Status status = SettleEntryLayout(&module); !status.ok())
    return base::Annotate(status, base::StrCat(LineAndColumn(text, entry), ": "));
  return module;
}

}  // namespace eqsat::importers
