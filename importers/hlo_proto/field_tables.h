// Which field of an HloInstructionProto holds which attribute, for the types of attributes that
// many ops have: integers, flags, strings and lists of dimensions.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_FIELD_TABLES_H_
#define EQSAT_IMPORTERS_HLO_PROTO_FIELD_TABLES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "importers/hlo_proto/hlo.pb.h"
#include "importers/hlo_proto/wire_message.h"

namespace eqsat::importers {

using DimensionField = google::protobuf::RepeatedField<int64_t>;

// Where a field lies in an HloInstructionProto: the numbers of the messages that hold it, 0 for
// none, and its own.
struct FieldPath {
  int outer = 0;
  int inner = 0;
  int number = 0;
};

// read(the message that holds the field)
template <typename Read>
auto ReadAt(const FieldPath& path, const WireMessage& instruction, Read&& read) {
  if (path.outer == 0) return read(instruction);
  const WireMessage outer = instruction.Child(path.outer);
  return path.inner == 0 ? read(outer) : read(outer.Child(path.inner));
}

// Null where the attribute has no field, or none for the opcode of the message.
struct IntegerField {
  std::string_view name;
  FieldPath path;
  enum class Type : uint8_t { kInt64, kInt32, kFirstOfList } type;
  void (*set)(hlo::HloInstructionProto*, int64_t);
};
const IntegerField* FindIntegerField(std::string_view name, std::string_view opcode);

struct FlagField {
  std::string_view name;
  FieldPath path;
  void (*set)(hlo::HloInstructionProto*, bool);
};
const FlagField* FindFlagField(std::string_view name, std::string_view opcode);

struct StringField {
  std::string_view name;
  FieldPath path;
  bool is_text;  // else any bytes
  void (*set)(hlo::HloInstructionProto*, const std::string&);
};
const StringField* FindStringField(std::string_view name);

struct ListField {
  std::string_view name;
  FieldPath path;
  DimensionField* (*mutate)(hlo::HloInstructionProto*);
};
const ListField* FindListField(std::string_view name, std::string_view opcode);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_FIELD_TABLES_H_
