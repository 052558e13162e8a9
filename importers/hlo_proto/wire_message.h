// Messages of protobuf's wire format, read where they lie.
//
// A WireMessage is the fields of one message; nested messages are split into theirs when they are
// asked for. As protobuf has it, fields that nobody asks for are passed over, of a value that is
// given several times the last counts, and a message that is given several times is all of them
// together. Absent fields read as zero or empty.
//
// Invariant: every field lies within the message, and the message within its input or within what
// the input has joined. Where bytes are malformed the input keeps the first error, the message
// holds the fields before it, and reading goes on; who reads asks the input before relying on a
// value.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_WIRE_MESSAGE_H_
#define EQSAT_IMPORTERS_HLO_PROTO_WIRE_MESSAGE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace eqsat::importers {

// The bytes that messages lie in.
class WireInput {
 public:
  // As protobuf's own reader.
  static constexpr int kMaxDepth = 100;

  explicit WireInput(std::string_view bytes) : bytes_(bytes) {}
  WireInput(const WireInput&) = delete;
  WireInput& operator=(const WireInput&) = delete;

  std::string_view bytes() const { return bytes_; }
  bool ok() const { return error_.empty(); }
  // The first error, "byte N: …".
  absl::Status status() const;
  // Where the first error is, and what.
  size_t error_offset() const { return error_offset_; }
  const std::string& error() const { return error_; }

  void Fail(const char* at, std::string_view error);
  // The parts one after the other, kept as long as the input.
  std::string_view Join(const std::vector<std::string_view>& parts);

 private:
  std::string_view bytes_;
  std::string error_;
  size_t error_offset_ = 0;
  std::deque<std::string> joined_;
};

class WireMessage {
 public:
  // `bytes` are `input`'s. Top-level messages have depth 0.
  WireMessage(std::string_view bytes, WireInput* input, int depth = 0);
  explicit WireMessage(WireInput* input) : WireMessage(input->bytes(), input) {}

  WireInput& input() const { return *input_; }

  // Numbers are those of the schema, where each method's name is the field's type; enumerations are
  // int32.
  int64_t Int64(int number) const { return static_cast<int64_t>(Varint(number)); }
  int32_t Int32(int number) const { return static_cast<int32_t>(Varint(number)); }
  bool Bool(int number) const { return Varint(number) != 0; }
  float Float(int number) const;
  double Double(int number) const;
  std::string_view Bytes(int number) const;
  // An error if it is not UTF-8.
  std::string_view String(int number) const;
  WireMessage Child(int number) const;
  // All bytes of a nested message, as Child splits them.
  std::string_view ChildBytes(int number) const;

  bool HasVarint(int number) const { return Last(number, kVarint) != nullptr; }
  bool HasChild(int number) const { return Last(number, kLength) != nullptr; }
  // Of the members of a oneof, whether `number` is given after `other`.
  bool IsAfter(int number, int other) const;

  // For each value of a repeated field, in order.
  template <typename Visit>
  void ForEachVarint(int number, Visit&& visit) const;
  template <typename Visit>
  void ForEachBytes(int number, Visit&& visit) const;
  template <typename Visit>
  void ForEachString(int number, Visit&& visit) const;
  template <typename Visit>
  void ForEachChild(int number, Visit&& visit) const;
  std::vector<WireMessage> Children(int number) const;
  // The fields 1 and 2, strings, of each nested message: named texts and entries of maps.
  template <typename Visit>
  void ForEachPair(int number, Visit&& visit) const;
  // As ForEachChild until `visit` returns an error.
  template <typename Visit>
  absl::Status TryEachChild(int number, Visit&& visit) const;
  int Count(int number) const;  // of strings, bytes or messages

  // Appends what tells the message from others but for the fields of `except`, numbers below 64 as
  // bits. False, and nothing certain is appended, if that is long.
  bool AppendKey(uint64_t except, std::string* key) const;

  // Appends repeated integers, which are int64 or int32 by the container's own choice.
  template <typename Container>
  void AppendVarints(int number, Container* out) const {
    ForEachVarint(number, [out](uint64_t value) {
      out->push_back(static_cast<typename Container::value_type>(value));
    });
  }
  // Appends the bytes of repeated floats (of 4 bytes) or doubles (8).
  void AppendFixed(int number, int width, std::vector<uint8_t>* out) const;

 private:
  enum WireType : uint32_t {
    kVarint = 0,
    kFixed64 = 1,
    kLength = 2,
    kStartGroup = 3,
    kEndGroup = 4,
    kFixed32 = 5
  };
  // As it lies in the bytes.
  struct Field {
    uint32_t tag;     // number and wire type, as they are spelt
    uint32_t length;  // kLength
    union {
      uint64_t value;    // the others
      const char* data;  // kLength
    };
  };
  // Instructions mostly have no more.
  static constexpr size_t kFewFields = 10;

  static uint32_t Tag(int number, WireType type) {
    return static_cast<uint32_t>(number) << 3 | static_cast<uint32_t>(type);
  }
  static uint64_t PresenceBit(uint32_t number) { return uint64_t{1} << (number % 64); }

  absl::Span<const Field> fields() const {
    return count_ <= kFewFields ? absl::MakeConstSpan(few_.data(), count_) : many_;
  }
  void Split(std::string_view bytes);
  // Each reads what lies at `at` and returns what follows; null at malformed bytes.
  const char* ReadVarint(const char* at, const char* end, uint64_t* value) const {
    if (at == end || *at < 0) return ReadLongVarint(at, end, value);
    *value = static_cast<uint8_t>(*at);
    return at + 1;
  }
  const char* ReadLongVarint(const char* at, const char* end, uint64_t* value) const;
  const char* ReadField(const char* at, const char* end, Field* field) const;
  const char* ReadPayload(const char* at, const char* end, Field* field) const;
  const char* SkipGroup(const char* at, const char* end, uint32_t number, int depth) const;

  const Field* Last(int number, WireType type) const {
    if ((present_ & PresenceBit(static_cast<uint32_t>(number))) == 0) return nullptr;
    return FindLast(Tag(number, type));
  }
  const Field* FindLast(uint32_t tag) const;
  uint64_t Varint(int number) const {
    const Field* field = Last(number, kVarint);
    return field ? field->value : 0;
  }
  std::string_view Checked(std::string_view text) const;

  WireInput* input_;
  int depth_;
  uint64_t present_ = 0;  // the bits of the numbers that occur
  size_t count_ = 0;
  std::array<Field, kFewFields> few_;
  std::vector<Field> many_;  // all, where they are more
};

template <typename Visit>
void WireMessage::ForEachVarint(int number, Visit&& visit) const {
  if ((present_ & PresenceBit(static_cast<uint32_t>(number))) == 0) return;
  for (const Field& field : fields()) {
    if (field.tag == Tag(number, kVarint)) visit(field.value);
    if (field.tag != Tag(number, kLength)) continue;
    const char* end = field.data + field.length;
    for (const char* at = field.data; at < end;) {
      uint64_t value = 0;
      const char* next = ReadVarint(at, end, &value);
      if (next == nullptr) return;
      visit(value);
      at = next;
    }
  }
}

template <typename Visit>
void WireMessage::ForEachBytes(int number, Visit&& visit) const {
  if ((present_ & PresenceBit(static_cast<uint32_t>(number))) == 0) return;
  for (const Field& field : fields()) {
    if (field.tag == Tag(number, kLength)) visit(std::string_view(field.data, field.length));
  }
}

template <typename Visit>
void WireMessage::ForEachString(int number, Visit&& visit) const {
  ForEachBytes(number, [&](std::string_view text) { visit(Checked(text)); });
}

template <typename Visit>
void WireMessage::ForEachChild(int number, Visit&& visit) const {
  ForEachBytes(number,
               [&](std::string_view bytes) { visit(WireMessage(bytes, input_, depth_ + 1)); });
}

template <typename Visit>
void WireMessage::ForEachPair(int number, Visit&& visit) const {
  ForEachChild(number, [&](const WireMessage& pair) { visit(pair.String(1), pair.String(2)); });
}

template <typename Visit>
absl::Status WireMessage::TryEachChild(int number, Visit&& visit) const {
  absl::Status status;
  ForEachBytes(number, [&](std::string_view bytes) {
    if (status.ok()) status = visit(WireMessage(bytes, input_, depth_ + 1));
  });
  return status;
}

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_WIRE_MESSAGE_H_
