// A module of HLO while the functions of an MLIR module are translated into it.
#ifndef EQSAT_IMPORTERS_STABLEHLO_PROGRAM_H_
#define EQSAT_IMPORTERS_STABLEHLO_PROGRAM_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/mlir/operation.h"
#include "importers/name_set.h"
#include "importers/stablehlo/emitter.h"
#include "ir/graph/module.h"

namespace eqsat::importers::stablehlo {

// Functions are translated once each, when they are first called; one whose types leave sizes open
// is translated into each caller, where the sizes are known.
class Program {
 public:
  // Adds values to the source, for operations that are made on the way.
  explicit Program(mlir::Module& source);

  // Translates what `entry` reaches; null: the program is empty.
  absl::StatusOr<ir::Module> Translate(const mlir::Operation* entry);

  const mlir::Module& source() const { return source_; }
  mlir::ValueId AddValue(mlir::Type type) { return source_.AddValue(std::move(type)); }
  ir::Module& module() { return module_; }
  // Null if there is no such function.
  const mlir::Operation* FindFunction(std::string_view name) const;
  // Emits a call of the function, or its body, into `emitter`. `op` is the operation that calls;
  // `call` tells the instruction, if there is one.
  absl::StatusOr<std::vector<InstructionId>> Call(Emitter& emitter, std::string_view name,
                                                  absl::Span<const InstructionId> arguments,
                                                  const mlir::Operation& op,
                                                  InstructionId* call = nullptr);
  absl::StatusOr<ir::ComputationId> Function(const mlir::Operation& function);
  // Has a call or an entry asked for it?
  bool IsReached(const mlir::Operation& function) const { return reached_.contains(&function); }
  // Is its body being translated?
  bool IsInProgress(const mlir::Operation& function) const;

  std::string FreshName(std::string_view name);
  // An error when the module grows beyond what is sensible.
  absl::Status CountInstruction();

 private:
  absl::StatusOr<std::vector<InstructionId>> Inline(Emitter& emitter,
                                                    const mlir::Operation& function,
                                                    absl::Span<const InstructionId> arguments);
  absl::Status Enter(const mlir::Operation& function);
  void ReadHeader(const mlir::Operation* entry);
  void ReadAliases(const mlir::Operation& entry);

  mlir::Module& source_;
  ir::Module module_;
  std::map<std::string, const mlir::Operation*, std::less<>> functions_;
  std::map<const mlir::Operation*, ir::ComputationId> translated_;
  std::vector<const mlir::Operation*> in_progress_;
  std::set<const mlir::Operation*> reached_;
  NameSet names_;
  int64_t instructions_ = 0;
};

// The name of a function; empty if it has none.
std::string_view SymbolName(const mlir::Operation& op);

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_PROGRAM_H_
