// The outer form of an MLIR bytecode file: its sections, and the tables that the others refer to.
//
//   "ML\xefR", version, producer, then sections, each at most once and in any order:
//   strings; dialects with the names of their operations; attributes and types with their sizes;
//   properties of operations; resources; and the operations themselves.
#ifndef EQSAT_IMPORTERS_MLIR_BYTECODE_FILE_H_
#define EQSAT_IMPORTERS_MLIR_BYTECODE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/mlir/byte_reader.h"

namespace eqsat::importers::mlir {

inline constexpr std::string_view kBytecodeMagic = "ML\xefR";

// What each version of the format brought.
enum BytecodeVersion : uint64_t {
  kDialectVersions = 1,
  kIsolatedRegionSections = 2,
  kUseListOrders = 3,
  kOptionalArgumentLocations = 4,
  kProperties = 5,
  kNewestBytecode = 6,  // segment sizes in properties
};

enum class SectionId : uint8_t {
  kStrings,
  kDialects,
  kAttributesAndTypes,
  kAttributeAndTypeSizes,
  kOperations,
  kResources,
  kResourceSizes,
  kDialectVersion,  // inside kDialects
  kProperties,
};
inline constexpr size_t kNumSections = 9;

struct Section {
  SectionId id;
  ByteReader data;
};
absl::StatusOr<Section> ReadSection(ByteReader& reader);

// An attribute or a type, as written.
struct BytecodeEntry {
  size_t dialect = 0;   // in BytecodeFile::dialects
  bool custom = false;  // the dialect's own encoding, else text that ends with a zero
  ByteReader data{""};
};

struct BytecodeOpName {
  size_t dialect = 0;
  std::string_view name;   // without the dialect
  bool registered = true;  // known to the writer: its properties have the dialect's encoding
};

// Invariant: views point into the file's bytes, and every entry's dialect exists.
struct BytecodeFile {
  uint64_t version = 0;
  std::string_view producer;  // "StableHLO_v1.0.0"
  std::vector<std::string_view> strings;
  std::vector<std::string_view> dialects;  // their names
  std::vector<BytecodeOpName> op_names;
  std::vector<BytecodeEntry> attributes;
  std::vector<BytecodeEntry> types;
  std::vector<ByteReader> properties;
  ByteReader operations{""};
};

absl::StatusOr<BytecodeFile> ReadBytecodeFile(std::string_view bytes);

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_BYTECODE_FILE_H_
