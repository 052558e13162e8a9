#include "importers/mlir/byte_reader.h"

#include <bit>

namespace eqsat::importers::mlir {

absl::StatusOr<uint8_t> ByteReader::Byte() {
  if (bytes_.empty()) return Error("the data ends too early");
  const uint8_t byte = static_cast<uint8_t>(bytes_[0]);
  bytes_.remove_prefix(1);
  ++offset_;
  return byte;
}

absl::StatusOr<uint64_t> ByteReader::Varint() {
  EQSAT_ASSIGN_OR_RETURN(const uint8_t first, Byte());
  const int more = std::countr_zero(first);  // 8 for a zero byte
  if (bytes_.size() < static_cast<size_t>(more)) return Error("the data ends within a number");
  uint64_t value = 0;
  for (int i = 0; i < more; ++i) value |= uint64_t{static_cast<uint8_t>(bytes_[i])} << (8 * i);
  bytes_.remove_prefix(more);
  offset_ += more;
  if (more >= 7) return value;
  return (value << 8 | first) >> (more + 1);
}

absl::StatusOr<int64_t> ByteReader::SignedVarint() {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t value, Varint());
  return static_cast<int64_t>((value >> 1) ^ (0 - (value & 1)));
}

absl::StatusOr<ByteReader::Flagged> ByteReader::FlaggedVarint() {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t value, Varint());
  return Flagged{.value = value >> 1, .flag = (value & 1) != 0};
}

absl::StatusOr<size_t> ByteReader::Count(std::string_view what) {
  const uint64_t place = offset_;
  EQSAT_ASSIGN_OR_RETURN(const uint64_t count, Varint());
  if (count <= bytes_.size()) return count;
  return base::InvalidArgument("byte %d: %d %s cannot be in the %d bytes that follow", place, count,
                               what, bytes_.size());
}

absl::StatusOr<std::string_view> ByteReader::Bytes(uint64_t size) {
  if (size > bytes_.size()) {
    return Error("%d bytes are expected, but only %d are left", size, bytes_.size());
  }
  std::string_view out = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  offset_ += size;
  return out;
}

absl::StatusOr<std::string_view> ByteReader::Blob() {
  EQSAT_ASSIGN_OR_RETURN(const uint64_t size, Varint());
  return Bytes(size);
}

absl::StatusOr<std::string_view> ByteReader::ZeroTerminated() {
  const size_t size = bytes_.find('\0');
  if (size == std::string_view::npos) return Error("a string does not end");
  EQSAT_ASSIGN_OR_RETURN(std::string_view out, Bytes(size + 1));
  return out.substr(0, size);
}

absl::StatusOr<ByteReader> ByteReader::Part(uint64_t size) {
  const uint64_t begin = offset_;
  EQSAT_ASSIGN_OR_RETURN(std::string_view bytes, Bytes(size));
  return ByteReader(bytes, begin);
}

}  // namespace eqsat::importers::mlir
