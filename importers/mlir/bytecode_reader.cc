#include "importers/mlir/bytecode_reader.h"

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "importers/mlir/builtin_bytecode.h"
#include "importers/mlir/bytecode_file.h"
#include "importers/mlir/bytecode_locations.h"
#include "ir/base/strings.h"

namespace eqsat::importers::mlir {
namespace {

// Which parts an operation has.
enum OperationPart : uint8_t {
  kHasAttributes = 1 << 0,
  kHasResults = 1 << 1,
  kHasOperands = 1 << 2,
  kHasSuccessors = 1 << 3,
  kHasRegions = 1 << 4,
  kHasUseListOrders = 1 << 5,
  kHasProperties = 1 << 6,
};

// The values that operations may name by number. A region continues the numbering of the one around
// it, unless it is isolated; its numbers are free again after it.
struct Scope {
  std::vector<ValueId> values;  // invalid: not yet defined
  size_t next = 0;              // the number of the next value to be defined
};

class OperationReader {
 public:
  explicit OperationReader(BytecodeEntries& entries) : entries_(entries), locations_(entries) {}

  // The operations section: a block with one module.
  absl::StatusOr<Module> Read(ByteReader reader);

 private:
  const BytecodeFile& file() const { return entries_.file(); }

  absl::StatusOr<Operation> ReadOperation(ByteReader& reader, Scope& scope);
  absl::StatusOr<const BytecodeOpName*> ReadName(ByteReader& reader);
  absl::Status ReadAttributes(ByteReader& reader, Operation& operation);
  absl::Status ReadProperties(ByteReader& reader, const BytecodeOpName& name, Operation& operation);
  absl::Status ReadResults(const std::vector<Type>& types, const ByteReader& reader, Scope& scope,
                           Operation& operation);
  absl::Status ReadOperands(ByteReader& reader, const Scope& scope, Operation& operation);
  absl::Status ReadRegions(ByteReader& reader, Scope& scope, Operation& operation);
  absl::StatusOr<Region> ReadRegion(ByteReader& reader, Scope& scope);
  absl::Status ReadBlock(ByteReader& reader, Scope& scope, Region& region);
  absl::Status ReadArguments(ByteReader& reader, Scope& scope, Region& region);
  absl::Status SkipUseListOrders(ByteReader& reader, size_t num_values);
  absl::StatusOr<ValueId> Define(Type type, const ByteReader& reader, Scope& scope);

  BytecodeEntries& entries_;
  BytecodeLocations locations_;
  Module module_;
  int depth_ = 0;
};

absl::StatusOr<Module> OperationReader::Read(ByteReader reader) {
  Scope scope;
  const ByteReader at = reader;
  Region top;
  EQSAT_RETURN_IF_ERROR(ReadBlock(reader, scope, top));
  if (!reader.empty()) return reader.Error("bytes after the last operation");
  if (top.operations.size() != 1 || top.operations[0].name != "builtin.module" ||
      top.operations[0].regions.size() != 1) {
    return at.Error("the file does not hold one module");
  }
  Operation& module = top.operations[0];
  for (NamedAttribute& attribute : module.attributes) {
    const auto* name = attribute.second.As<std::string>();
    if (attribute.first == "sym_name" && name != nullptr) {
      module_.name = *name;
    } else {
      module_.attributes.push_back(std::move(attribute));
    }
  }
  module_.operations = std::move(module.regions[0].operations);
  return std::move(module_);
}

absl::StatusOr<Operation> OperationReader::ReadOperation(ByteReader& reader, Scope& scope) {
  Operation operation;
  EQSAT_ASSIGN_OR_RETURN(const BytecodeOpName* name, ReadName(reader));
  operation.name = base::StrCat(file().dialects[name->dialect], ".", name->name);
  EQSAT_RETURN_IF_ERROR(entries_.CountCopy(operation.name.size(), reader));
  EQSAT_ASSIGN_OR_RETURN(const uint8_t parts, reader.Byte());
  EQSAT_ASSIGN_OR_RETURN(operation.location, locations_.Read(reader));
  if ((parts & kHasAttributes) != 0) EQSAT_RETURN_IF_ERROR(ReadAttributes(reader, operation));
  if ((parts & kHasProperties) != 0) {
    EQSAT_RETURN_IF_ERROR(ReadProperties(reader, *name, operation));
  }
  std::vector<Type> results;
  if ((parts & kHasResults) != 0) {
    EQSAT_ASSIGN_OR_RETURN(results, entries_.ReadTypes(reader));
  }
  if ((parts & kHasOperands) != 0) EQSAT_RETURN_IF_ERROR(ReadOperands(reader, scope, operation));
  if ((parts & kHasSuccessors) != 0) {
    return reader.Error("'%s' branches to other blocks, which HLO cannot", operation.name);
  }
  if ((parts & kHasUseListOrders) != 0) {
    EQSAT_RETURN_IF_ERROR(SkipUseListOrders(reader, results.size()));
  }
  EQSAT_RETURN_IF_ERROR(ReadResults(results, reader, scope, operation));
  if ((parts & kHasRegions) != 0) EQSAT_RETURN_IF_ERROR(ReadRegions(reader, scope, operation));
  return operation;
}

absl::StatusOr<const BytecodeOpName*> OperationReader::ReadName(ByteReader& reader) {
  const ByteReader at = reader;
  EQSAT_ASSIGN_OR_RETURN(const uint64_t index, reader.Varint());
  if (index < file().op_names.size()) return &file().op_names[index];
  return at.Error("no operation name %d: there are %d", index, file().op_names.size());
}

absl::Status OperationReader::ReadAttributes(ByteReader& reader, Operation& operation) {
  const ByteReader at = reader;
  EQSAT_ASSIGN_OR_RETURN(Attribute attribute, entries_.ReadAttribute(reader));
  const auto* dictionary = attribute.As<DictionaryAttribute>();
  if (dictionary == nullptr) return at.Error("the attributes of an operation are no dictionary");
  for (const auto& [name, value] : dictionary->entries) {
    EQSAT_RETURN_IF_ERROR(entries_.CountCopy(name.size() + sizeof(NamedAttribute), reader));
    operation.attributes.emplace_back(name, value);
  }
  return absl::OkStatus();
}

absl::Status OperationReader::ReadProperties(ByteReader& reader, const BytecodeOpName& name,
                                             Operation& operation) {
  const ByteReader at = reader;
  EQSAT_ASSIGN_OR_RETURN(const uint64_t index, reader.Varint());
  if (index >= file().properties.size()) {
    return at.Error("no properties %d: there are %d", index, file().properties.size());
  }
  const BytecodeDialect* dialect = entries_.dialect(name.dialect);
  if (dialect == nullptr || !name.registered) {
    return at.Error(
        "the encoding of operation '%s' is not known: of StableHLO only portable "
        "artifacts can be read",
        operation.name);
  }
  ByteReader properties = file().properties[index];
  EQSAT_ASSIGN_OR_RETURN(std::vector<NamedAttribute> attributes,
                         dialect->ReadProperties(name.name, entries_, properties));
  if (!properties.empty()) {
    return properties.Error("bytes after the properties of '%s'", operation.name);
  }
  operation.attributes.insert(operation.attributes.end(),
                              std::make_move_iterator(attributes.begin()),
                              std::make_move_iterator(attributes.end()));
  return CheckDistinct(operation.attributes, at);
}

absl::Status OperationReader::ReadResults(const std::vector<Type>& types, const ByteReader& reader,
                                          Scope& scope, Operation& operation) {
  for (const Type& type : types) {
    EQSAT_ASSIGN_OR_RETURN(ValueId result, Define(type, reader, scope));
    operation.results.push_back(result);
  }
  return absl::OkStatus();
}

absl::Status OperationReader::ReadOperands(ByteReader& reader, const Scope& scope,
                                           Operation& operation) {
  EQSAT_ASSIGN_OR_RETURN(const size_t count, reader.Count("operands"));
  for (size_t i = 0; i < count; ++i) {
    const ByteReader at = reader;
    EQSAT_ASSIGN_OR_RETURN(const uint64_t number, reader.Varint());
    if (number >= scope.values.size() || !scope.values[number].valid()) {
      return at.Error("operand %d of '%s' is value %d, which is not defined before it", i,
                      operation.name, number);
    }
    operation.operands.push_back(scope.values[number]);
  }
  return absl::OkStatus();
}

absl::Status OperationReader::ReadRegions(ByteReader& reader, Scope& scope, Operation& operation) {
  if (depth_ == kMaxBytecodeNesting) {
    return reader.Error("operations nest deeper than %d", kMaxBytecodeNesting);
  }
  EQSAT_ASSIGN_OR_RETURN(const ByteReader::Flagged count, reader.FlaggedVarint());
  ++depth_;
  const bool isolated = count.flag;
  std::optional<Section> section;
  if (isolated && file().version >= kIsolatedRegionSections) {
    EQSAT_ASSIGN_OR_RETURN(section, ReadSection(reader));
    if (section->id != SectionId::kOperations) {
      return section->data.Error("section %d instead of operations", static_cast<int>(section->id));
    }
  }
  ByteReader& regions = section ? section->data : reader;
  if (count.value > regions.rest().size()) return regions.Error("%d regions", count.value);
  for (uint64_t i = 0; i < count.value; ++i) {
    Scope own;
    EQSAT_ASSIGN_OR_RETURN(Region region, ReadRegion(regions, isolated ? own : scope));
    operation.regions.push_back(std::move(region));
  }
  if (section && !regions.empty()) return regions.Error("bytes after the last region");
  --depth_;
  return absl::OkStatus();
}

absl::StatusOr<Region> OperationReader::ReadRegion(ByteReader& reader, Scope& scope) {
  Region region;
  const ByteReader at = reader;
  EQSAT_ASSIGN_OR_RETURN(const uint64_t num_blocks, reader.Varint());
  if (num_blocks == 0) return region;
  if (num_blocks > 1) return at.Error("a region of %d blocks: HLO has no branches", num_blocks);
  EQSAT_ASSIGN_OR_RETURN(const size_t num_values, reader.Count("values"));
  const size_t begin = scope.values.size();
  const size_t next = std::exchange(scope.next, begin);
  scope.values.resize(begin + num_values);
  EQSAT_RETURN_IF_ERROR(ReadBlock(reader, scope, region));
  scope.values.resize(begin);
  scope.next = next;
  return region;
}

absl::Status OperationReader::ReadBlock(ByteReader& reader, Scope& scope, Region& region) {
  EQSAT_ASSIGN_OR_RETURN(const ByteReader::Flagged header, reader.FlaggedVarint());
  if (header.value > reader.rest().size()) return reader.Error("%d operations", header.value);
  if (header.flag) EQSAT_RETURN_IF_ERROR(ReadArguments(reader, scope, region));
  for (uint64_t i = 0; i < header.value; ++i) {
    EQSAT_ASSIGN_OR_RETURN(Operation operation, ReadOperation(reader, scope));
    region.operations.push_back(std::move(operation));
  }
  return absl::OkStatus();
}

absl::Status OperationReader::ReadArguments(ByteReader& reader, Scope& scope, Region& region) {
  EQSAT_ASSIGN_OR_RETURN(const size_t count, reader.Count("arguments"));
  for (size_t i = 0; i < count; ++i) {
    bool has_location = true;
    Type type;
    if (file().version >= kOptionalArgumentLocations) {
      const ByteReader at = reader;
      EQSAT_ASSIGN_OR_RETURN(const ByteReader::Flagged index, reader.FlaggedVarint());
      EQSAT_ASSIGN_OR_RETURN(type, entries_.TypeAt(index.value, at));
      has_location = index.flag;
    } else {
      EQSAT_ASSIGN_OR_RETURN(type, entries_.ReadType(reader));
    }
    if (has_location) EQSAT_RETURN_IF_ERROR(reader.Varint().status());
    EQSAT_ASSIGN_OR_RETURN(ValueId argument, Define(std::move(type), reader, scope));
    region.arguments.push_back(argument);
  }
  if (file().version < kUseListOrders) return absl::OkStatus();
  EQSAT_ASSIGN_OR_RETURN(const uint8_t has_orders, reader.Byte());
  return has_orders != 0 ? SkipUseListOrders(reader, count) : absl::OkStatus();
}

// In which order a value's uses are listed in memory matters to nobody else.
absl::Status OperationReader::SkipUseListOrders(ByteReader& reader, size_t num_values) {
  size_t num_orders = 1;
  if (num_values > 1) {
    EQSAT_ASSIGN_OR_RETURN(num_orders, reader.Count("use-list orders"));
  }
  for (size_t i = 0; i < num_orders; ++i) {
    if (num_values > 1) EQSAT_RETURN_IF_ERROR(reader.Varint().status());
    EQSAT_ASSIGN_OR_RETURN(const ByteReader::Flagged num_indices, reader.FlaggedVarint());
    if (num_indices.value > reader.rest().size()) {
      return reader.Error("a use-list order of %d numbers", num_indices.value);
    }
    for (uint64_t j = 0; j < num_indices.value; ++j) {
      EQSAT_RETURN_IF_ERROR(reader.Varint().status());
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ValueId> OperationReader::Define(Type type, const ByteReader& reader, Scope& scope) {
  if (scope.next >= scope.values.size()) {
    return reader.Error("a region defines more than the %d values that it states",
                        scope.values.size());
  }
  const ValueId value = module_.AddValue(std::move(type));
  scope.values[scope.next++] = value;
  return value;
}

}  // namespace

absl::StatusOr<Module> ReadBytecode(std::string_view bytes,
                                    std::vector<const BytecodeDialect*> dialects) {
  EQSAT_ASSIGN_OR_RETURN(BytecodeFile file, ReadBytecodeFile(bytes));
  const BuiltinBytecode builtin;
  dialects.push_back(&builtin);
  BytecodeEntries entries(file, std::move(dialects));
  return OperationReader(entries).Read(file.operations);
}

}  // namespace eqsat::importers::mlir
