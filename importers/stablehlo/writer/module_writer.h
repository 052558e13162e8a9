// The StableHLO program that is written: its functions, and what they share.
#ifndef EQSAT_IMPORTERS_STABLEHLO_WRITER_MODULE_WRITER_H_
#define EQSAT_IMPORTERS_STABLEHLO_WRITER_MODULE_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "importers/mlir/operation.h"
#include "importers/name_set.h"
#include "ir/graph/module.h"

namespace eqsat::importers::stablehlo {

// A function returns the elements of a tuple one by one, unless there is one alone: that is how
// several results are read.
bool ReturnsElements(const ir::Shape& result);

class ModuleWriter {
 public:
  // `source` must outlive the writer.
  explicit ModuleWriter(const ir::Module& source);

  // Writes the whole module; called once.
  absl::StatusOr<mlir::Module> Write();

  const ir::Module& source() const { return source_; }
  mlir::Module& out() { return out_; }

  // May the instruction, or what it calls, not be left out though its value is unused?
  bool HasEffect(const ir::Instruction& instruction) const;
  // The name of the function that `callee` becomes.
  std::string FunctionName(ir::ComputationId callee);
  // Counts an operation; computations that are written again and again could make a small program
  // huge.
  absl::Status CountOperation();
  // The place that metadata tells; null if it tells none. Places are shared.
  std::shared_ptr<const mlir::Location> LocationOf(const ir::Instruction& instruction);

 private:
  absl::StatusOr<mlir::Operation> WriteFunction(ir::ComputationId id);
  void WriteHeader();
  // What the caller gives away, as attributes of the entry's parameter `number`.
  std::vector<mlir::NamedAttribute> DonationOf(int64_t number) const;

  const ir::Module& source_;
  mlir::Module out_;
  std::vector<bool> effects_;  // by computation
  NameSet names_;
  absl::flat_hash_map<ir::ComputationId, std::string> functions_;
  std::vector<ir::ComputationId> pending_;  // named, not yet written
  int64_t operations_ = 0;
  std::pair<ir::OpMetadata, std::shared_ptr<const mlir::Location>> last_location_;
};

}  // namespace eqsat::importers::stablehlo

#endif  // EQSAT_IMPORTERS_STABLEHLO_WRITER_MODULE_WRITER_H_
