// Where the operations of a bytecode file came from.
#ifndef EQSAT_IMPORTERS_MLIR_BYTECODE_LOCATIONS_H_
#define EQSAT_IMPORTERS_MLIR_BYTECODE_LOCATIONS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/mlir/bytecode_entries.h"
#include "importers/mlir/operation.h"

namespace eqsat::importers::mlir {

class BytecodeLocations {
 public:
  // A location is a tree of names, files and calls; parts after so many are not looked at.
  static constexpr size_t kMaxParts = 64;

  // `entries` must outlive this.
  explicit BytecodeLocations(BytecodeEntries& entries);

  // Reads a reference. Null if the place is unknown.
  absl::StatusOr<std::shared_ptr<const Location>> Read(ByteReader& reader);

 private:
  // Adds what attribute `index` says to `location`, and the locations in it to `pending`, the first
  // last.
  absl::Status AddPart(uint64_t index, Location& location, std::vector<uint64_t>& pending);

  BytecodeEntries& entries_;
  std::vector<std::optional<std::shared_ptr<const Location>>> known_;  // by attribute
};

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_BYTECODE_LOCATIONS_H_
