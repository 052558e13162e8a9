// Which field of an HloInstructionProto holds which attribute, for the types of attributes that
// many ops have: integers, flags, strings and lists of dimensions.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_FIELD_TABLES_H_
#define EQSAT_IMPORTERS_HLO_PROTO_FIELD_TABLES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "importers/hlo_proto/hlo.pb.h"

namespace eqsat::importers {

using DimensionField = google::protobuf::RepeatedField<int64_t>;

// Null where the attribute has no field, or none for the opcode of the message.
struct IntegerField {
  std::string_view name;
  int64_t (*get)(const hlo::HloInstructionProto&);
  void (*set)(hlo::HloInstructionProto*, int64_t);
};
const IntegerField* FindIntegerField(std::string_view name, std::string_view opcode);

struct FlagField {
  std::string_view name;
  bool (*get)(const hlo::HloInstructionProto&);
  void (*set)(hlo::HloInstructionProto*, bool);
};
const FlagField* FindFlagField(std::string_view name, std::string_view opcode);

struct StringField {
  std::string_view name;
  const std::string& (*get)(const hlo::HloInstructionProto&);
  void (*set)(hlo::HloInstructionProto*, const std::string&);
};
const StringField* FindStringField(std::string_view name);

struct ListField {
  std::string_view name;
  const DimensionField& (*get)(const hlo::HloInstructionProto&);
  DimensionField* (*mutate)(hlo::HloInstructionProto*);
};
const ListField* FindListField(std::string_view name, std::string_view opcode);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_FIELD_TABLES_H_
