#include "importers/hlo_proto/wire_message.h"

#include <bit>
#include <cstring>
#include <functional>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/base/utf8.h"

namespace eqsat::importers {

namespace {

void AppendVarint(uint64_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) out->push_back(static_cast<char>(value | 0x80));
  out->push_back(static_cast<char>(value));
}

}  // namespace

static_assert(std::endian::native == std::endian::little, "fixed-width values are little-endian");

absl::Status WireInput::status() const {
  if (ok()) return absl::OkStatus();
  return base::InvalidArgument("byte %d: %s", error_offset_, error_);
}

void WireInput::Fail(const char* at, std::string_view error) {
  if (!ok()) return;
  error_ = std::string(error);
  const char* begin = bytes_.data();
  // Joined parts have no place of their own.
  bool inside = !std::less<>()(at, begin) && !std::less<>()(begin + bytes_.size(), at);
  error_offset_ = inside ? static_cast<size_t>(at - begin) : 0;
}

std::string_view WireInput::Join(const std::vector<std::string_view>& parts) {
  return joined_.emplace_back(base::Join(parts, ""));
}

WireMessage::WireMessage(std::string_view bytes, WireInput* input, int depth)
    : input_(input), depth_(depth) {
  if (depth <= WireInput::kMaxDepth) {
    Split(bytes);
  } else {
    input_->Fail(bytes.begin(),
                 base::StrCat("messages nest more than ", WireInput::kMaxDepth, " levels deep"));
  }
}

const char* WireMessage::ReadLongVarint(const char* at, const char* end, uint64_t* value) const {
  constexpr int kMostBytes = 10;
  uint64_t read = 0;
  for (int i = 0; i < kMostBytes && at + i < end; ++i) {
    auto byte = static_cast<uint8_t>(at[i]);
    read |= uint64_t{byte & 0x7fU} << (7 * i);
    if (byte < 0x80) {
      *value = read;
      return at + i + 1;
    }
  }
  input_->Fail(at, end - at < kMostBytes ? "the message ends within a number"
                                         : "a number has more than 10 bytes");
  return nullptr;
}

void WireMessage::Split(std::string_view bytes) {
  const char* at = bytes.data();
  const char* end = at + bytes.size();
  size_t count = 0;
  uint64_t present = 0;
  while (at < end) {
    Field field{};
    at = ReadField(at, end, &field);
    if (at == nullptr) break;
    present |= PresenceBit(field.tag >> 3);
    if (count < kFewFields) {
      few_[count] = field;
    } else {
      if (count == kFewFields) many_.assign(few_.begin(), few_.end());
      many_.push_back(field);
    }
    ++count;
  }
  count_ = count;
  present_ = present;
}

inline const char* WireMessage::ReadField(const char* at, const char* end, Field* field) const {
  uint64_t tag = 0;
  const char* payload = ReadVarint(at, end, &tag);
  if (payload == nullptr) return nullptr;
  const uint64_t number = tag >> 3;
  if (number == 0 || number >= (uint64_t{1} << 29)) {
    input_->Fail(at, base::StrCat("no field has the number ", number));
    return nullptr;
  }
  field->tag = static_cast<uint32_t>(tag);
  if ((tag & 7) == kVarint) return ReadVarint(payload, end, &field->value);
  if ((tag & 7) != kLength) return ReadPayload(payload, end, field);
  uint64_t length = 0;
  const char* data = ReadVarint(payload, end, &length);
  if (data == nullptr) return nullptr;
  if (length > static_cast<uint64_t>(end - data)) {
    input_->Fail(payload, base::StrCat("field ", number, " has ", length, " bytes, but only ",
                                       end - data, " are left"));
    return nullptr;
  }
  field->data = data;
  field->length = static_cast<uint32_t>(length);
  return data + length;
}

const char* WireMessage::ReadPayload(const char* at, const char* end, Field* field) const {
  auto fixed = [&](ptrdiff_t width) -> const char* {
    if (end - at < width) {
      input_->Fail(at, base::StrCat("a value of ", width, " bytes has only ", end - at));
      return nullptr;
    }
    std::memcpy(&field->value, at, static_cast<size_t>(width));
    return at + width;
  };
  switch (field->tag & 7) {
    case kFixed64:
      return fixed(8);
    case kFixed32:
      return fixed(4);
    case kStartGroup:
      return SkipGroup(at, end, field->tag >> 3, depth_ + 1);
    case kEndGroup:
      input_->Fail(at - 1, base::StrCat("no group ", field->tag >> 3, " has begun"));
      return nullptr;
    default:
      input_->Fail(at, base::StrCat("no value has the wire type ", field->tag & 7));
      return nullptr;
  }
}

const char* WireMessage::SkipGroup(const char* at, const char* end, uint32_t number,
                                   int depth) const {
  if (depth > WireInput::kMaxDepth) {
    input_->Fail(at, base::StrCat("groups nest more than ", WireInput::kMaxDepth, " levels deep"));
    return nullptr;
  }
  while (at < end) {
    uint64_t tag = 0;
    const char* payload = ReadVarint(at, end, &tag);
    if (payload == nullptr) return nullptr;
    if ((tag & 7) == kEndGroup && tag >> 3 == number) return payload;
    Field field{};
    at = (tag & 7) == kStartGroup
             ? SkipGroup(payload, end, static_cast<uint32_t>(tag >> 3), depth + 1)
             : ReadField(at, end, &field);
    if (at == nullptr) return nullptr;
  }
  input_->Fail(at, base::StrCat("the group ", number, " does not end"));
  return nullptr;
}

const WireMessage::Field* WireMessage::FindLast(uint32_t tag) const {
  const absl::Span<const Field> all = fields();
  for (size_t i = all.size(); i > 0; --i)
    if (all[i - 1].tag == tag) return &all[i - 1];
  return nullptr;
}

float WireMessage::Float(int number) const {
  const Field* field = Last(number, kFixed32);
  return field ? std::bit_cast<float>(static_cast<uint32_t>(field->value)) : 0;
}

double WireMessage::Double(int number) const {
  const Field* field = Last(number, kFixed64);
  return field ? std::bit_cast<double>(field->value) : 0;
}

std::string_view WireMessage::Bytes(int number) const {
  const Field* field = Last(number, kLength);
  return field ? std::string_view(field->data, field->length) : std::string_view();
}

std::string_view WireMessage::String(int number) const { return Checked(Bytes(number)); }

std::string_view WireMessage::Checked(std::string_view text) const {
  if (!base::IsUtf8(text)) input_->Fail(text.begin(), "a string is not UTF-8");
  return text;
}

std::string_view WireMessage::ChildBytes(int number) const {
  const Field* last = Last(number, kLength);
  if (last == nullptr) return {};
  std::vector<std::string_view> parts;
  for (const Field& field : fields()) {
    if (field.tag == last->tag && (&field != last || !parts.empty()))
      parts.emplace_back(field.data, field.length);
  }
  if (parts.empty()) return {last->data, last->length};
  return input_->Join(parts);
}

WireMessage WireMessage::Child(int number) const {
  return {ChildBytes(number), input_, depth_ + 1};
}

bool WireMessage::IsAfter(int number, int other) const {
  const absl::Span<const Field> all = fields();
  for (size_t i = all.size(); i > 0; --i) {
    if (all[i - 1].tag >> 3 == static_cast<uint32_t>(other)) return false;
    if (all[i - 1].tag >> 3 == static_cast<uint32_t>(number)) return true;
  }
  return false;
}

std::vector<WireMessage> WireMessage::Children(int number) const {
  std::vector<WireMessage> children;
  children.reserve(static_cast<size_t>(Count(number)));
  ForEachBytes(number,
               [&](std::string_view bytes) { children.emplace_back(bytes, input_, depth_ + 1); });
  return children;
}

bool WireMessage::AppendKey(uint64_t except, std::string* key) const {
  constexpr size_t kLong = 256;
  for (const Field& field : fields()) {
    const uint32_t number = field.tag >> 3;
    if (number < 64 && (except >> number & 1) != 0) continue;
    const bool has_data = (field.tag & 7) == kLength;
    if (key->size() + (has_data ? field.length : 0) > kLong) return false;
    AppendVarint(field.tag, key);
    AppendVarint(has_data ? field.length : field.value, key);
    if (has_data) key->append(field.data, field.length);
  }
  return true;
}

int WireMessage::Count(int number) const {
  int count = 0;
  ForEachBytes(number, [&count](std::string_view) { ++count; });
  return count;
}

void WireMessage::AppendFixed(int number, int width, std::vector<uint8_t>* out) const {
  const uint32_t single = Tag(number, width == 4 ? kFixed32 : kFixed64);
  for (const Field& field : fields()) {
    const auto* begin = reinterpret_cast<const uint8_t*>(&field.value);
    size_t size = static_cast<size_t>(width);
    if (field.tag == Tag(number, kLength)) {
      begin = reinterpret_cast<const uint8_t*>(field.data);
      size = field.length;
      if (size % static_cast<size_t>(width) != 0) {
        return input_->Fail(field.data, base::StrCat(size,
                                                     " bytes hold no whole number of values "
                                                     "of ",
                                                     width));
      }
    } else if (field.tag != single) {
      continue;
    }
    out->insert(out->end(), begin, begin + size);
  }
}

}  // namespace eqsat::importers
