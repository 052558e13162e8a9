#include "importers/mlir/bytecode_entries.h"

#include <utility>

#include "importers/mlir/attribute_parser.h"
#include "importers/mlir/cursor.h"

namespace eqsat::importers::mlir {

BytecodeEntries::BytecodeEntries(const BytecodeFile& file,
                                 std::vector<const BytecodeDialect*> dialects)
    : file_(file), attributes_(file.attributes.size()), types_(file.types.size()) {
  for (std::string_view name : file.dialects) {
    const BytecodeDialect* found = nullptr;
    for (const BytecodeDialect* dialect : dialects) {
      if (dialect->name() == name) found = dialect;
    }
    dialects_.push_back(found);
  }
}

absl::StatusOr<Attribute> BytecodeEntries::ReadAttribute(ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t index, reader.Varint());
  return AttributeAt(index, reader);
}

absl::StatusOr<std::optional<Attribute>> BytecodeEntries::ReadOptionalAttribute(
    ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const ByteReader::Flagged index, reader.FlaggedVarint());
  if (!index.flag) return std::nullopt;
  EQSAT_ASSIGN_OR_RETURN(Attribute attribute, AttributeAt(index.value, reader));
  return attribute;
}

absl::StatusOr<Type> BytecodeEntries::ReadType(ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t index, reader.Varint());
  return TypeAt(index, reader);
}

absl::StatusOr<std::string_view> BytecodeEntries::ReadString(ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t index, reader.Varint());
  if (index < file_.strings.size()) {
    EQSAT_RETURN_IF_ERROR(CountCopy(file_.strings[index].size(), reader));
    return file_.strings[index];
  }
  return reader.Error("no string %d: there are %d", index, file_.strings.size());
}

absl::StatusOr<std::string> BytecodeEntries::ReadStringAttribute(ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(Attribute attribute, ReadAttribute(reader));
  const auto* text = attribute.As<std::string>();
  if (text == nullptr) return reader.Error("a string is expected");
  EQSAT_RETURN_IF_ERROR(CountCopy(text->size(), reader));
  return *text;
}

absl::Status BytecodeEntries::CountCopy(uint64_t bytes, const ByteReader& reader) {
  copied_bytes_ += bytes;
  if (copied_bytes_ <= kMaxCopiedBytes) return absl::OkStatus();
  return reader.Error("the file's attributes, where they are used, take more than %d bytes",
                      kMaxCopiedBytes);
}

absl::StatusOr<std::vector<Attribute>> BytecodeEntries::ReadAttributes(ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const size_t count, reader.Count("attributes"));
  std::vector<Attribute> out;
  for (size_t i = 0; i < count; ++i) {
    EQSAT_ASSIGN_OR_RETURN(Attribute attribute, ReadAttribute(reader));
    out.push_back(std::move(attribute));
  }
  return out;
}

absl::StatusOr<std::vector<Type>> BytecodeEntries::ReadTypes(ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const size_t count, reader.Count("types"));
  std::vector<Type> out;
  for (size_t i = 0; i < count; ++i) {
    EQSAT_ASSIGN_OR_RETURN(Type type, ReadType(reader));
    out.push_back(std::move(type));
  }
  return out;
}

absl::StatusOr<std::vector<int64_t>> BytecodeEntries::ReadInts(ByteReader& reader) {
  EQSAT_ASSIGN_OR_RETURN(const size_t count, reader.Count("integers"));
  std::vector<int64_t> out(count);
  for (int64_t& value : out) {
    EQSAT_ASSIGN_OR_RETURN(value, reader.SignedVarint());
  }
  return out;
}

absl::StatusOr<Attribute> BytecodeEntries::AttributeAt(uint64_t index, const ByteReader& reader) {
  return At(index, "attribute", file_.attributes, reader, attributes_);
}

absl::StatusOr<Type> BytecodeEntries::TypeAt(uint64_t index, const ByteReader& reader) {
  return At(index, "type", file_.types, reader, types_);
}

template <typename T>
absl::StatusOr<T> BytecodeEntries::At(uint64_t index, std::string_view what,
                                      const std::vector<BytecodeEntry>& entries,
                                      const ByteReader& reader, std::vector<Slot<T>>& slots) {
  using State = typename Slot<T>::State;
  if (index >= slots.size()) {
    return reader.Error("no %s %d: there are %d", what, index, slots.size());
  }
  Slot<T>& slot = slots[index];
  if (slot.state == State::kReading) {
    return entries[index].data.Error("%s %d holds itself", what, index);
  }
  if (slot.state == State::kUnread) {
    if (depth_ == kMaxDepth) {
      return entries[index].data.Error("attributes and types nest deeper than %d", kMaxDepth);
    }
    slot.state = State::kReading;
    const uint64_t outer_size = std::exchange(size_, 1);
    ++depth_;
    EQSAT_RETURN_IF_ERROR(Decode(entries[index], slot.value));
    --depth_;
    slot.size = std::exchange(size_, outer_size);
    slot.state = State::kRead;
  }
  size_ += depth_ > 0 ? slot.size : 0;
  if (size_ > kMaxSize) return reader.Error("an attribute or type holds more than %d", kMaxSize);
  return slot.value;
}

absl::Status BytecodeEntries::Decode(const BytecodeEntry& entry, Attribute& out) {
  ByteReader reader = entry.data;
  if (!entry.custom) {
    EQSAT_ASSIGN_OR_RETURN(std::string_view text, reader.ZeroTerminated());
    Cursor cursor(text);
    absl::StatusOr<Attribute> parsed = AttributeParser(cursor).ReadAttribute();
    out = parsed.ok() && cursor.AtEnd() ? *std::move(parsed)
                                        : DialectAttribute{.name = std::string(text)};
    return absl::OkStatus();
  }
  const BytecodeDialect* dialect = dialects_[entry.dialect];
  if (dialect == nullptr) {
    out = DialectAttribute{.name = std::string(file_.dialects[entry.dialect])};
    return absl::OkStatus();
  }
  EQSAT_ASSIGN_OR_RETURN(out, dialect->ReadAttribute(*this, reader));
  if (!reader.empty()) return reader.Error("bytes after the end of an attribute");
  return absl::OkStatus();
}

absl::Status BytecodeEntries::Decode(const BytecodeEntry& entry, Type& out) {
  ByteReader reader = entry.data;
  if (!entry.custom) {
    EQSAT_ASSIGN_OR_RETURN(std::string_view text, reader.ZeroTerminated());
    Cursor cursor(text);
    absl::StatusOr<Type> parsed = AttributeParser(cursor).ReadType();
    out = parsed.ok() && cursor.AtEnd() ? *std::move(parsed) : Type::Opaque(std::string(text));
    return absl::OkStatus();
  }
  const BytecodeDialect* dialect = dialects_[entry.dialect];
  if (dialect == nullptr) {
    return reader.Error("types of dialect '%s' are not known", file_.dialects[entry.dialect]);
  }
  EQSAT_ASSIGN_OR_RETURN(out, dialect->ReadType(*this, reader));
  if (!reader.empty()) return reader.Error("bytes after the end of a type");
  return absl::OkStatus();
}

}  // namespace eqsat::importers::mlir
