// The attributes and types of a bytecode file, decoded when they are asked for.
#ifndef EQSAT_IMPORTERS_MLIR_BYTECODE_ENTRIES_H_
#define EQSAT_IMPORTERS_MLIR_BYTECODE_ENTRIES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/mlir/attribute.h"
#include "importers/mlir/bytecode_file.h"
#include "importers/mlir/type.h"

namespace eqsat::importers::mlir {

class BytecodeEntries;

// How one dialect writes its attributes, types and properties.
class BytecodeDialect {
 public:
  virtual ~BytecodeDialect() = default;

  virtual std::string_view name() const = 0;
  virtual absl::StatusOr<Attribute> ReadAttribute(BytecodeEntries& entries,
                                                  ByteReader& reader) const = 0;
  virtual absl::StatusOr<Type> ReadType(BytecodeEntries& entries, ByteReader& reader) const = 0;
  // The properties of operation `name`, which is without the dialect.
  virtual absl::StatusOr<std::vector<NamedAttribute>> ReadProperties(std::string_view name,
                                                                     BytecodeEntries& entries,
                                                                     ByteReader& reader) const = 0;
};

// Entries refer to each other by number, in any order. Each is decoded once. An entry may not hold
// itself, nest deeper than kMaxDepth, or, with what it holds, be more than kMaxSize entries: shared
// parts count each time, so that a walk over an attribute is bounded too.
class BytecodeEntries {
 public:
  static constexpr int kMaxDepth = 100;
  static constexpr uint64_t kMaxSize = uint64_t{1} << 22;
  // A few bytes can name a long string or many attributes, so how much is copied is bounded.
  static constexpr uint64_t kMaxCopiedBytes = uint64_t{1} << 29;

  // Both must outlive this; `dialects` are those whose encodings are known.
  BytecodeEntries(const BytecodeFile& file, std::vector<const BytecodeDialect*> dialects);

  const BytecodeFile& file() const { return file_; }
  // Null if its encoding is not known.
  const BytecodeDialect* dialect(size_t index) const { return dialects_[index]; }

  // Each reads a reference, then what it refers to.
  absl::StatusOr<Attribute> ReadAttribute(ByteReader& reader);
  absl::StatusOr<std::optional<Attribute>> ReadOptionalAttribute(ByteReader& reader);
  absl::StatusOr<Type> ReadType(ByteReader& reader);
  absl::StatusOr<std::string_view> ReadString(ByteReader& reader);
  // An attribute that must be a string.
  absl::StatusOr<std::string> ReadStringAttribute(ByteReader& reader);

  // A count, and as many.
  absl::StatusOr<std::vector<Attribute>> ReadAttributes(ByteReader& reader);
  absl::StatusOr<std::vector<Type>> ReadTypes(ByteReader& reader);
  absl::StatusOr<std::vector<int64_t>> ReadInts(ByteReader& reader);

  // `reader` tells the place of an error.
  absl::StatusOr<Type> TypeAt(uint64_t index, const ByteReader& reader);
  // To be told of each copy that a reference makes, before it is made.
  absl::Status CountCopy(uint64_t bytes, const ByteReader& reader);

 private:
  template <typename T>
  struct Slot {
    enum class State : uint8_t { kUnread, kReading, kRead };
    State state = State::kUnread;
    uint64_t size = 0;
    T value;
  };

  absl::StatusOr<Attribute> AttributeAt(uint64_t index, const ByteReader& reader);
  // What is at `index` of `slots`, decoding entries[index] first if need be.
  template <typename T>
  absl::StatusOr<T> At(uint64_t index, std::string_view what,
                       const std::vector<BytecodeEntry>& entries, const ByteReader& reader,
                       std::vector<Slot<T>>& slots);
  absl::Status Decode(const BytecodeEntry& entry, Attribute& out);
  absl::Status Decode(const BytecodeEntry& entry, Type& out);

  const BytecodeFile& file_;
  std::vector<const BytecodeDialect*> dialects_;  // as BytecodeFile::dialects
  std::vector<Slot<Attribute>> attributes_;
  std::vector<Slot<Type>> types_;
  uint64_t copied_bytes_ = 0;
  int depth_ = 0;
  uint64_t size_ = 0;  // of the entry that is being decoded
};

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_BYTECODE_ENTRIES_H_
