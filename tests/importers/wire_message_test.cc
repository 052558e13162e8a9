// The reader of wire bytes against protobuf's own, on random messages of every type of the schema
// and on spellings that protobuf reads but does not write.
#include "importers/hlo_proto/wire_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "importers/export.h"
#include "importers/hlo_proto/hlo.pb.h"
#include "importers/import.h"

namespace eqsat::importers {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::io::CodedOutputStream;
using ::testing::HasSubstr;

// Every type of hlo.proto but the entries of maps.
std::vector<const Descriptor*> Types() {
  std::vector<const Descriptor*> types;
  std::function<void(const Descriptor*)> add = [&](const Descriptor* type) {
    if (type->options().map_entry()) return;
    types.push_back(type);
    for (int i = 0; i < type->nested_type_count(); ++i) add(type->nested_type(i));
  };
  const auto* file = hlo::HloProto::descriptor()->file();
  for (int i = 0; i < file->message_type_count(); ++i) add(file->message_type(i));
  return types;
}

// --- Random messages -----------------------------------------------------------------------------

class Filler {
 public:
  explicit Filler(uint32_t seed) : random_(seed) {}

  void Fill(Message* message, int depth) {
    const Descriptor* type = message->GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (field->is_map() || Below(2) == 0) continue;
      const int count = field->is_repeated() ? Below(4) : 1;
      for (int n = 0; n < count; ++n) FillField(message, field, depth);
    }
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  // Small and large numbers of either sign.
  int64_t Number() {
    auto bits = static_cast<int64_t>(random_() | uint64_t{random_()} << 32);
    return bits >> Below(64);
  }

#define EQSAT_SET(Type, value) \
  (field->is_repeated() ? to.Add##Type(message, field, value) : to.Set##Type(message, field, value))
  void FillField(Message* message, const FieldDescriptor* field, int depth) {
    const Reflection& to = *message->GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return EQSAT_SET(Int32, static_cast<int32_t>(Number()));
      case FieldDescriptor::CPPTYPE_INT64:
        return EQSAT_SET(Int64, Number());
      case FieldDescriptor::CPPTYPE_UINT32:
        return EQSAT_SET(UInt32, static_cast<uint32_t>(Number()));
      case FieldDescriptor::CPPTYPE_UINT64:
        return EQSAT_SET(UInt64, static_cast<uint64_t>(Number()));
      case FieldDescriptor::CPPTYPE_ENUM:
        return EQSAT_SET(EnumValue, static_cast<int32_t>(Number()));
      case FieldDescriptor::CPPTYPE_BOOL:
        return EQSAT_SET(Bool, Below(2) == 0);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return EQSAT_SET(Float, static_cast<float>(Number()) / 3);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return EQSAT_SET(Double, static_cast<double>(Number()) / 3);
      case FieldDescriptor::CPPTYPE_STRING:
        return EQSAT_SET(String, std::string(static_cast<size_t>(Below(200)), 'x') + "é");
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        Message* child = field->is_repeated() ? to.AddMessage(message, field)
                                              : to.MutableMessage(message, field);
        if (depth > 0) Fill(child, depth - 1);
      }
    }
  }
#undef EQSAT_SET

  std::mt19937 random_;
};

// --- Comparison ----------------------------------------------------------------------------------

void ExpectSame(const Message& message, const WireMessage& wire);

uint64_t VarintOf(const Message& message, const FieldDescriptor* field, int i) {
  const Reflection& from = *message.GetReflection();
#define EQSAT_GET(Type) \
  (i < 0 ? from.Get##Type(message, field) : from.GetRepeated##Type(message, field, i))
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return static_cast<uint64_t>(int64_t{EQSAT_GET(Int32)});
    case FieldDescriptor::CPPTYPE_ENUM:
      return static_cast<uint64_t>(int64_t{EQSAT_GET(EnumValue)});
    case FieldDescriptor::CPPTYPE_INT64:
      return static_cast<uint64_t>(EQSAT_GET(Int64));
    case FieldDescriptor::CPPTYPE_UINT32:
      return EQSAT_GET(UInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return EQSAT_GET(UInt64);
    case FieldDescriptor::CPPTYPE_BOOL:
      return EQSAT_GET(Bool) ? 1 : 0;
    default:
      ADD_FAILURE() << field->full_name() << " is no integer";
      return 0;
  }
#undef EQSAT_GET
}

void AppendBytes(auto value, std::vector<uint8_t>* out) {
  const auto* first = reinterpret_cast<const uint8_t*>(&value);
  out->insert(out->end(), first, first + sizeof value);
}

void ExpectSameList(const Message& message, const FieldDescriptor* field, const WireMessage& wire) {
  const Reflection& from = *message.GetReflection();
  const int number = field->number();
  std::vector<uint8_t> bytes, expected;
  int i = 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      wire.ForEachChild(number, [&](const WireMessage& child) {
        ExpectSame(from.GetRepeatedMessage(message, field, i++), child);
      });
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      wire.ForEachString(number, [&](std::string_view text) {
        EXPECT_EQ(text, from.GetRepeatedString(message, field, i++));
      });
      break;
    case FieldDescriptor::CPPTYPE_FLOAT:
      for (; i < from.FieldSize(message, field); ++i)
        AppendBytes(from.GetRepeatedFloat(message, field, i), &expected);
      wire.AppendFixed(number, 4, &bytes);
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      for (; i < from.FieldSize(message, field); ++i)
        AppendBytes(from.GetRepeatedDouble(message, field, i), &expected);
      wire.AppendFixed(number, 8, &bytes);
      break;
    default:
      wire.ForEachVarint(number,
                         [&](uint64_t value) { EXPECT_EQ(value, VarintOf(message, field, i++)); });
  }
  EXPECT_EQ(i, from.FieldSize(message, field)) << field->full_name();
  EXPECT_EQ(bytes, expected) << field->full_name();
}

void ExpectSameValue(const Message& message, const FieldDescriptor* field,
                     const WireMessage& wire) {
  const Reflection& from = *message.GetReflection();
  const int number = field->number();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      ASSERT_EQ(wire.HasChild(number), from.HasField(message, field)) << field->full_name();
      if (wire.HasChild(number)) ExpectSame(from.GetMessage(message, field), wire.Child(number));
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      EXPECT_EQ(wire.String(number), from.GetString(message, field)) << field->full_name();
      break;
    case FieldDescriptor::CPPTYPE_FLOAT:
      EXPECT_EQ(wire.Float(number), from.GetFloat(message, field)) << field->full_name();
      break;
    case FieldDescriptor::CPPTYPE_DOUBLE:
      EXPECT_EQ(wire.Double(number), from.GetDouble(message, field)) << field->full_name();
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      EXPECT_EQ(wire.Bool(number), from.GetBool(message, field)) << field->full_name();
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      EXPECT_EQ(wire.Int64(number), from.GetInt64(message, field)) << field->full_name();
      break;
    default:
      EXPECT_EQ(wire.Int32(number), static_cast<int32_t>(VarintOf(message, field, -1)))
          << field->full_name();
  }
}

void ExpectSame(const Message& message, const WireMessage& wire) {
  const Descriptor* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->is_map()) continue;
    if (const auto* choice = field->real_containing_oneof()) {
      for (int k = 0; k < choice->field_count(); ++k) {
        if (choice->field(k) == field) continue;
        EXPECT_EQ(wire.IsAfter(field->number(), choice->field(k)->number()),
                  message.GetReflection()->HasField(message, field));
      }
    } else if (field->is_repeated()) {
      ExpectSameList(message, field, wire);
    } else {
      ExpectSameValue(message, field, wire);
    }
  }
}

TEST(WireMessageTest, ReadsAsProtobufDoes) {
  google::protobuf::DynamicMessageFactory factory;
  uint32_t seed = 0;
  for (const Descriptor* type : Types()) {
    for (int round = 0; round < 10; ++round) {
      // Two messages one after the other are their merger.
      std::string bytes;
      for (int part = 0; part < 2; ++part) {
        std::unique_ptr<Message> message(factory.GetPrototype(type)->New());
        Filler(++seed).Fill(message.get(), 2);
        bytes += message->SerializeAsString();
      }
      std::unique_ptr<Message> merged(factory.GetPrototype(type)->New());
      ASSERT_TRUE(merged->ParseFromString(bytes));
      WireInput input(bytes);
      ExpectSame(*merged, WireMessage(&input));
      EXPECT_TRUE(input.ok()) << input.status();
      if (HasFailure()) return;
    }
  }
}

// --- Other spellings -----------------------------------------------------------------------------

// A message with its fields in descending order, lists of integers without packing, nested messages
// in two parts, and fields that nobody knows between them.
class Respeller {
 public:
  static std::string Respell(const Message& message) {
    std::string bytes;
    google::protobuf::io::StringOutputStream stream(&bytes);
    CodedOutputStream out(&stream);
    Respeller(message, &out).WriteFields();
    out.Trim();
    return bytes;
  }

 private:
  static constexpr uint32_t kVarint = 0, kLength = 2, kStartGroup = 3, kEndGroup = 4;

  Respeller(const Message& message, CodedOutputStream* out)
      : message_(message), from_(*message.GetReflection()), out_(*out) {}

  void WriteFields() {
    std::vector<const FieldDescriptor*> fields;
    from_.ListFields(message_, &fields);
    for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
      WriteUnknown();
      for (int i = 0; i < ((*field)->is_repeated() ? from_.FieldSize(message_, *field) : 1); ++i)
        WriteValue(*field, i);
    }
  }

  void WriteUnknown() {
    Tag(9000, kStartGroup);
    Tag(9001, kVarint);
    out_.WriteVarint64(~uint64_t{0});
    Tag(9000, kEndGroup);
  }

  void WriteValue(const FieldDescriptor* field, int i) {
    const bool repeated = field->is_repeated();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (!repeated) WriteBytes(field, "");
        return WriteBytes(field, Respell(repeated ? from_.GetRepeatedMessage(message_, field, i)
                                                  : from_.GetMessage(message_, field)));
      case FieldDescriptor::CPPTYPE_STRING:
        return WriteBytes(field, repeated ? from_.GetRepeatedString(message_, field, i)
                                          : from_.GetString(message_, field));
      case FieldDescriptor::CPPTYPE_FLOAT:
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return i == 0 ? WriteAlone(field) : void();
      default:
        Tag(field->number(), kVarint);
        out_.WriteVarint64(VarintOf(message_, field, repeated ? i : -1));
    }
  }

  void WriteBytes(const FieldDescriptor* field, const std::string& bytes) {
    Tag(field->number(), kLength);
    out_.WriteVarint32(static_cast<uint32_t>(bytes.size()));
    out_.WriteString(bytes);
  }

  // As protobuf spells it.
  void WriteAlone(const FieldDescriptor* field) {
    std::unique_ptr<Message> alone(message_.New());
    alone->CopyFrom(message_);
    std::vector<const FieldDescriptor*> fields;
    from_.ListFields(message_, &fields);
    for (const FieldDescriptor* other : fields)
      if (other != field) from_.ClearField(alone.get(), other);
    out_.WriteString(alone->SerializeAsString());
  }

  void Tag(int number, uint32_t wire_type) {
    out_.WriteTag(static_cast<uint32_t>(number) << 3 | wire_type);
  }

  const Message& message_;
  const Reflection& from_;
  CodedOutputStream& out_;
};

TEST(WireMessageTest, ReadsOtherSpellingsOfTheExamples) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(EQSAT_SOURCE_DIR "/examples")) {
    if (entry.path().extension() != ".hlo") continue;
    absl::StatusOr<ir::Module> module = ImportFile(entry.path().string());
    ASSERT_TRUE(module.ok()) << module.status();
    hlo::HloProto proto;
    ASSERT_TRUE(proto.ParseFromString(*Export(*module, Format::kHloProto)));
    absl::StatusOr<ir::Module> again = Import(Respeller::Respell(proto), Format::kHloProto);
    ASSERT_TRUE(again.ok()) << entry.path() << ": " << again.status();
    EXPECT_EQ(ir::FirstDifference(*module, *again), std::nullopt) << entry.path();
    ++count;
  }
  EXPECT_GT(count, 3);
}

TEST(WireMessageTest, MalformedBytesHaveAnOffset) {
  auto error_of = [](std::string_view bytes) {
    WireInput input(bytes);
    WireMessage message(&input);
    if (input.ok()) message.Child(3);
    message.String(4);
    message.ForEachVarint(5, [](uint64_t) {});
    std::vector<uint8_t> doubles;
    message.AppendFixed(6, 8, &doubles);
    return std::string(input.status().message());
  };
  using namespace std::string_view_literals;
  EXPECT_EQ(error_of("\x08\x01"sv), "");
  EXPECT_THAT(error_of("\x08"sv), HasSubstr("byte 1: the message ends within a number"));
  EXPECT_THAT(error_of("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv),
              HasSubstr("byte 1: a number has more than 10 bytes"));
  EXPECT_THAT(error_of("\x08\x01\x00"sv), HasSubstr("byte 2: no field has the number 0"));
  EXPECT_THAT(error_of("\x0a\x05"
                       "ab"sv),
              HasSubstr("byte 1: field 1 has 5 bytes, but only 2 are left"));
  EXPECT_THAT(error_of("\x0d\x01\x02"sv), HasSubstr("byte 1: a value of 4 bytes has only 2"));
  EXPECT_THAT(error_of("\x0c"sv), HasSubstr("byte 0: no group 1 has begun"));
  EXPECT_THAT(error_of("\x0b\x08\x01"sv), HasSubstr("byte 3: the group 1 does not end"));
  EXPECT_THAT(error_of("\x0f"sv), HasSubstr("byte 1: no value has the wire type 7"));
  EXPECT_THAT(error_of("\x1a\x02\x08\x01\x1a\x03\x08\x01\x09"sv), HasSubstr("a value of 8 bytes"));
  EXPECT_THAT(error_of("\x22\x01\xff"sv), HasSubstr("byte 2: a string is not UTF-8"));
  EXPECT_THAT(error_of("\x2a\x02\x01\x80"sv),
              HasSubstr("byte 3: the message ends within a number"));
  EXPECT_THAT(error_of("\x32\x03\x01\x02\x03"sv),
              HasSubstr("byte 2: 3 bytes hold no whole number"));
}

TEST(WireMessageTest, NestingIsBounded) {
  auto nested = [](int levels) {
    std::string bytes;
    for (int i = 0; i < levels; ++i) {
      hlo::LiteralProto holder;  // its u8s, field 3, are bytes, which look as a message does
      holder.set_u8s(bytes);
      bytes = i == 0 ? std::string("\x1a\x00", 2) : holder.SerializeAsString();
    }
    return bytes;
  };
  auto read = [](const std::string& bytes, int levels) {
    WireInput input(bytes);
    WireMessage message(&input);
    for (int i = 0; i < levels; ++i) message = message.Child(3);
    return input.ok();
  };
  EXPECT_TRUE(read(nested(100), 100));
  EXPECT_FALSE(read(nested(101), 101));
  std::string groups(1000, '\x0b');
  WireInput input(groups);
  WireMessage message(&input);
  EXPECT_FALSE(input.ok());
}

}  // namespace
}  // namespace eqsat::importers
