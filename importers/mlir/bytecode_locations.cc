#include "importers/mlir/bytecode_locations.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "importers/mlir/builtin_bytecode.h"

namespace eqsat::importers::mlir {
namespace {

// A line or column.
absl::StatusOr<int64_t> ReadPosition(ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t value, reader.Varint());
  if (value > std::numeric_limits<uint32_t>::max()) return reader.Error("a line of %d", value);
  return static_cast<int64_t>(value);
}

// Line; line, column; line, column, end column; or line, column, end line, end column.
absl::Status ReadRange(ByteReader& reader, Location& location) {
  EQSAT_ASSIGN_OR_RETURN(const size_t count, reader.Count("positions"));
  if (count > 4) return reader.Error("a range of %d positions", count);
  int64_t positions[4] = {};
  for (size_t i = 0; i < count; ++i) {
    EQSAT_ASSIGN_OR_RETURN(positions[i], ReadPosition(reader));
  }
  location.line = positions[0];
  location.column = positions[1];
  location.end_line = count == 4 ? positions[2] : count == 3 ? positions[0] : 0;
  location.end_column = count == 4 ? positions[3] : positions[2];
  return absl::OkStatus();
}

}  // namespace

BytecodeLocations::BytecodeLocations(BytecodeEntries& entries)
    : entries_(entries), known_(entries.file().attributes.size()) {}

absl::StatusOr<std::shared_ptr<const Location>> BytecodeLocations::Read(ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t index, reader.Varint());
  if (index >= known_.size()) {
    return reader.Error("no attribute %d: there are %d", index, known_.size());
  }
  std::optional<std::shared_ptr<const Location>>& known = known_[index];
  if (known) return *known;
  Location location;
  std::vector<uint64_t> pending = {index};
  for (size_t i = 0; i < kMaxParts && !pending.empty(); ++i) {
    if (!location.name.empty() && !location.file.empty()) break;
    const uint64_t part = pending.back();
    pending.pop_back();
    if (part >= known_.size()) {
      return reader.Error("no attribute %d: there are %d", part, known_.size());
    }
    EQSAT_RETURN_IF_ERROR(AddPart(part, location, pending));
  }
  if (location.name.empty() && location.file.empty()) {
    known.emplace(nullptr);
  } else {
    known.emplace(std::make_shared<const Location>(std::move(location)));
  }
  return *known;
}

absl::Status BytecodeLocations::AddPart(uint64_t index, Location& location,
                                        std::vector<uint64_t>& pending) {
  const BytecodeEntry& entry = entries_.file().attributes[index];
  // A location of another dialect says nothing that we understand.
  if (!entry.custom || entries_.file().dialects[entry.dialect] != "builtin") {
    return absl::OkStatus();
  }
  ByteReader reader = entry.data;
  EQSAT_ASSIGN_OR_RETURN(const uint64_t code, reader.Varint());
  switch (static_cast<BuiltinAttributeCode>(code)) {
    case BuiltinAttributeCode::kFileLineColumn:
    case BuiltinAttributeCode::kFileLineColumnRange: {
      EQSAT_ASSIGN_OR_RETURN(std::string file, entries_.ReadStringAttribute(reader));
      if (!location.file.empty()) return absl::OkStatus();
      location.file = std::move(file);
      if (code == static_cast<uint64_t>(BuiltinAttributeCode::kFileLineColumnRange)) {
        return ReadRange(reader, location);
      }
      EQSAT_ASSIGN_OR_RETURN(location.line, ReadPosition(reader));
      EQSAT_ASSIGN_OR_RETURN(location.column, ReadPosition(reader));
      return absl::OkStatus();
    }
    case BuiltinAttributeCode::kName: {
      EQSAT_ASSIGN_OR_RETURN(std::string name, entries_.ReadStringAttribute(reader));
      if (location.name.empty()) location.name = std::move(name);
      EQSAT_ASSIGN_OR_RETURN(const uint64_t child, reader.Varint());
      pending.push_back(child);
      return absl::OkStatus();
    }
    case BuiltinAttributeCode::kCallSite: {
      EQSAT_ASSIGN_OR_RETURN(const uint64_t callee, reader.Varint());
      EQSAT_ASSIGN_OR_RETURN(const uint64_t caller, reader.Varint());
      pending.push_back(caller);
      pending.push_back(callee);
      return absl::OkStatus();
    }
    case BuiltinAttributeCode::kFused:
    case BuiltinAttributeCode::kFusedWithMetadata: {
      EQSAT_ASSIGN_OR_RETURN(const size_t count, reader.Count("locations"));
      const size_t before = pending.size();
      for (size_t i = 0; i < std::min(count, kMaxParts); ++i) {
        EQSAT_ASSIGN_OR_RETURN(const uint64_t part, reader.Varint());
        pending.push_back(part);
      }
      std::reverse(pending.begin() + before, pending.end());
      return absl::OkStatus();
    }
    default:
      return absl::OkStatus();
  }
}

}  // namespace eqsat::importers::mlir
