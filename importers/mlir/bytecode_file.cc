#include "importers/mlir/bytecode_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <utility>

namespace eqsat::importers::mlir {
namespace {

using Sections = std::array<std::optional<ByteReader>, kNumSections>;

absl::StatusOr<Sections> ReadSections(ByteReader reader) {
  Sections sections;
  while (!reader.empty()) {
    const ByteReader at = reader;
    EQSAT_ASSIGN_OR_RETURN(Section section, ReadSection(reader));
    std::optional<ByteReader>& place = sections[static_cast<size_t>(section.id)];
    if (place) return at.Error("a second section %d", static_cast<int>(section.id));
    place = section.data;
  }
  for (SectionId id : {SectionId::kStrings, SectionId::kDialects, SectionId::kAttributesAndTypes,
                       SectionId::kAttributeAndTypeSizes, SectionId::kOperations}) {
    if (!sections[static_cast<size_t>(id)]) {
      return reader.Error("the file has no section %d", static_cast<int>(id));
    }
  }
  return sections;
}

// The lengths come last string first; the strings, each with its final zero, fill the end.
absl::StatusOr<std::vector<std::string_view>> ReadStrings(ByteReader reader) {
  EQSAT_ASSIGN_OR_RETURN(const size_t count, reader.Count("strings"));
  std::vector<uint64_t> sizes(count);
  for (uint64_t& size : sizes) {
    EQSAT_ASSIGN_OR_RETURN(size, reader.Varint());
  }
  std::ranges::reverse(sizes);
  std::vector<std::string_view> strings;
  strings.reserve(count);
  for (uint64_t size : sizes) {
    EQSAT_ASSIGN_OR_RETURN(std::string_view text, reader.Bytes(size));
    if (text.empty() || text.back() != '\0') return reader.Error("a string does not end in zero");
    strings.push_back(text.substr(0, text.size() - 1));
  }
  if (!reader.empty()) return reader.Error("bytes after the last string");
  return strings;
}

absl::StatusOr<size_t> ReadDialect(const BytecodeFile& file, ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t index, reader.Varint());
  if (index < file.dialects.size()) return index;
  return reader.Error("no dialect %d: there are %d", index, file.dialects.size());
}

absl::StatusOr<std::string_view> StringAt(const BytecodeFile& file, const ByteReader& reader,
                                          uint64_t index) {
  if (index < file.strings.size()) return file.strings[index];
  return reader.Error("no string %d: there are %d", index, file.strings.size());
}

absl::Status ReadDialectNames(ByteReader& reader, BytecodeFile& file) {
  EQSAT_ASSIGN_OR_RETURN(const size_t count, reader.Count("dialects"));
  file.dialects.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    EQSAT_ASSIGN_OR_RETURN(const uint64_t number, reader.Varint());
    const bool may_have_version = file.version >= kDialectVersions;
    EQSAT_ASSIGN_OR_RETURN(std::string_view name,
                           StringAt(file, reader, may_have_version ? number >> 1 : number));
    file.dialects.push_back(name);
    // Whatever the versions say, our codecs read every encoding that there was.
    if (may_have_version && (number & 1) != 0) EQSAT_RETURN_IF_ERROR(ReadSection(reader).status());
  }
  return absl::OkStatus();
}

absl::Status ReadOpNames(ByteReader& reader, BytecodeFile& file) {
  if (file.version >= kOptionalArgumentLocations) {
    EQSAT_RETURN_IF_ERROR(reader.Count("operation names").status());
  }
  while (!reader.empty()) {
    EQSAT_ASSIGN_OR_RETURN(const size_t dialect, ReadDialect(file, reader));
    EQSAT_ASSIGN_OR_RETURN(const size_t count, reader.Count("operation names"));
    for (size_t i = 0; i < count; ++i) {
      BytecodeOpName op;
      op.dialect = dialect;
      EQSAT_ASSIGN_OR_RETURN(uint64_t name, reader.Varint());
      if (file.version >= kProperties) {
        op.registered = (name & 1) != 0;
        name >>= 1;
      }
      EQSAT_ASSIGN_OR_RETURN(op.name, StringAt(file, reader, name));
      file.op_names.push_back(op);
    }
  }
  return absl::OkStatus();
}

// Cuts `data` into `total` entries of the sizes that `sizes` lists, in groups by dialect.
absl::StatusOr<std::vector<BytecodeEntry>> ReadEntries(const BytecodeFile& file, uint64_t total,
                                                       ByteReader& sizes, ByteReader& data) {
  std::vector<BytecodeEntry> entries;
  while (entries.size() < total) {
    EQSAT_ASSIGN_OR_RETURN(const size_t dialect, ReadDialect(file, sizes));
    const ByteReader at = sizes;
    EQSAT_ASSIGN_OR_RETURN(const size_t count, sizes.Count("attributes or types"));
    if (count > total - entries.size()) return at.Error("more entries than the %d stated", total);
    for (size_t i = 0; i < count; ++i) {
      EQSAT_ASSIGN_OR_RETURN(const ByteReader::Flagged size, sizes.FlaggedVarint());
      EQSAT_ASSIGN_OR_RETURN(ByteReader part, data.Part(size.value));
      entries.push_back({.dialect = dialect, .custom = size.flag, .data = part});
    }
  }
  return entries;
}

absl::Status ReadAttributesAndTypes(ByteReader sizes, ByteReader data, BytecodeFile& file) {
  EQSAT_ASSIGN_OR_RETURN(const size_t attributes, sizes.Count("attributes"));
  EQSAT_ASSIGN_OR_RETURN(const size_t types, sizes.Count("types"));
  EQSAT_ASSIGN_OR_RETURN(file.attributes, ReadEntries(file, attributes, sizes, data));
  EQSAT_ASSIGN_OR_RETURN(file.types, ReadEntries(file, types, sizes, data));
  if (!sizes.empty()) return sizes.Error("bytes after the last type's size");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ByteReader>> ReadProperties(ByteReader reader) {
  EQSAT_ASSIGN_OR_RETURN(const size_t count, reader.Count("properties"));
  std::vector<ByteReader> properties;
  properties.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    EQSAT_ASSIGN_OR_RETURN(const uint64_t size, reader.Varint());
    EQSAT_ASSIGN_OR_RETURN(ByteReader part, reader.Part(size));
    properties.push_back(part);
  }
  return properties;
}

}  // namespace

absl::StatusOr<Section> ReadSection(ByteReader& reader) {
  const ByteReader at = reader;
  EQSAT_ASSIGN_OR_RETURN(const uint8_t id, reader.Byte());
  EQSAT_ASSIGN_OR_RETURN(const uint64_t size, reader.Varint());
  if ((id & 0x7f) >= kNumSections) return at.Error("no section has the number %d", id & 0x7f);
  if ((id & 0x80) != 0) {
    EQSAT_ASSIGN_OR_RETURN(const uint64_t alignment, reader.Varint());
    if (!std::has_single_bit(alignment)) return at.Error("%d is no power of two", alignment);
    const uint64_t padding = (alignment - reader.offset() % alignment) % alignment;
    EQSAT_RETURN_IF_ERROR(reader.Bytes(padding).status());
  }
  EQSAT_ASSIGN_OR_RETURN(ByteReader data, reader.Part(size));
  return Section{.id = static_cast<SectionId>(id & 0x7f), .data = data};
}

absl::StatusOr<BytecodeFile> ReadBytecodeFile(std::string_view bytes) {
  ByteReader reader(bytes);
  if (!bytes.starts_with(kBytecodeMagic)) return reader.Error("this is not MLIR bytecode");
  EQSAT_RETURN_IF_ERROR(reader.Bytes(kBytecodeMagic.size()).status());

  BytecodeFile file;
  EQSAT_ASSIGN_OR_RETURN(file.version, reader.Varint());
  if (file.version > kNewestBytecode) {
    return reader.Error("bytecode version %d is newer than %d, the newest that is known",
                        file.version, kNewestBytecode);
  }
  EQSAT_ASSIGN_OR_RETURN(file.producer, reader.ZeroTerminated());
  EQSAT_ASSIGN_OR_RETURN(Sections sections, ReadSections(reader));
  auto data = [&sections](SectionId id) { return *sections[static_cast<size_t>(id)]; };

  EQSAT_ASSIGN_OR_RETURN(file.strings, ReadStrings(data(SectionId::kStrings)));
  ByteReader dialects = data(SectionId::kDialects);
  EQSAT_RETURN_IF_ERROR(ReadDialectNames(dialects, file));
  EQSAT_RETURN_IF_ERROR(ReadOpNames(dialects, file));
  EQSAT_RETURN_IF_ERROR(ReadAttributesAndTypes(data(SectionId::kAttributeAndTypeSizes),
                                               data(SectionId::kAttributesAndTypes), file));
  if (sections[static_cast<size_t>(SectionId::kProperties)]) {
    EQSAT_ASSIGN_OR_RETURN(file.properties, ReadProperties(data(SectionId::kProperties)));
  }
  file.operations = data(SectionId::kOperations);
  return file;
}

}  // namespace eqsat::importers::mlir
