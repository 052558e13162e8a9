// Reads MLIR bytecode's numbers and byte runs, never past the end.
#ifndef EQSAT_IMPORTERS_MLIR_BYTE_READER_H_
#define EQSAT_IMPORTERS_MLIR_BYTE_READER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ir/base/status.h"

namespace eqsat::importers::mlir {

// A position in a part of a file. Errors read "byte OFFSET: message", counted from the start of the
// file. Views stay valid as long as the file's bytes do.
class ByteReader {
 public:
  // `bytes` begins at `offset` of the file.
  explicit ByteReader(std::string_view bytes, uint64_t offset = 0)
      : bytes_(bytes), offset_(offset) {}

  uint64_t offset() const { return offset_; }
  bool empty() const { return bytes_.empty(); }
  std::string_view rest() const { return bytes_; }

  absl::StatusOr<uint8_t> Byte();
  // 1 to 9 bytes: as many zero bits at the bottom of the first byte as there are further bytes.
  absl::StatusOr<uint64_t> Varint();
  // A Varint whose lowest bit is the sign.
  absl::StatusOr<int64_t> SignedVarint();
  // A Varint with a flag as its lowest bit.
  struct Flagged {
    uint64_t value;
    bool flag;
  };
  absl::StatusOr<Flagged> FlaggedVarint();
  // How many things follow, of which each takes a byte at least: never more than there are bytes.
  absl::StatusOr<size_t> Count(std::string_view what);
  absl::StatusOr<std::string_view> Bytes(uint64_t size);
  // A length, and as many bytes.
  absl::StatusOr<std::string_view> Blob();
  // Up to a zero byte, which is taken too.
  absl::StatusOr<std::string_view> ZeroTerminated();
  // The next `size` bytes, to be read by themselves.
  absl::StatusOr<ByteReader> Part(uint64_t size);

  template <typename... Args>
  absl::Status Error(const absl::FormatSpec<Args...>& format, const Args&... args) const {
    return base::InvalidArgument("byte %d: %s", offset_, absl::StrFormat(format, args...));
  }

 private:
  std::string_view bytes_;  // what is not yet read
  uint64_t offset_;         // of bytes_ in the file
};

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_BYTE_READER_H_
