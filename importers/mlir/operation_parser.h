// Reads operations, regions and functions of MLIR text.
#ifndef EQSAT_IMPORTERS_MLIR_OPERATION_PARSER_H_
#define EQSAT_IMPORTERS_MLIR_OPERATION_PARSER_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "importers/mlir/attribute_parser.h"
#include "importers/mlir/cursor.h"
#include "importers/mlir/operation.h"

namespace eqsat::importers::mlir {

// Most operations of StableHLO are written alike: operands, `name = value` clauses, keywords,
// an attribute dictionary and types, and one reader takes them all (clauses.h says which attribute
// a clause sets). The few others have a reader each.
class OperationParser {
 public:
  // `cursor` stands at the beginning of a module's text; cursor and module outlive the parser.
  OperationParser(Cursor& cursor, Module* module);

  absl::Status ReadModule();

 private:
  using Names = std::map<std::string, std::vector<ValueId>, std::less<>>;
  // `%name` or, for several results, `%name:3`.
  struct ResultName {
    std::string name;
    size_t count = 1;
  };
  // An operation while it is read.
  struct Draft {
    Operation op;
    size_t result_count = 0;  // as many as the left-hand side names
    std::vector<Type> result_types;
    bool has_result_types = false;
  };
  using Reader = absl::Status (OperationParser::*)(Draft*);

  // operation_parser.cc: the frame of operations, regions.
  absl::Status ReadTopLevel(std::vector<Operation>* operations, std::string_view closer);
  absl::Status ReadModuleOperation();
  absl::Status ReadResources();
  absl::Status SkipAlias();
  absl::StatusOr<Operation> ReadOperation();
  absl::StatusOr<std::vector<ResultName>> ReadResultNames();
  absl::Status BindResults(const std::vector<ResultName>& names, Draft* draft);
  absl::Status ReadGeneric(Draft* draft);
  absl::Status ReadPretty(std::string_view name, Draft* draft);
  // `{ … }` with a `^bb0(…):` line of its own unless `arguments` are given.
  absl::StatusOr<Region> ReadRegion(std::vector<ValueId> arguments);
  absl::Status ReadBlockArguments(std::vector<ValueId>* arguments);
  absl::StatusOr<std::vector<ValueId>> ReadOperand();
  absl::Status ReadOperands(Draft* draft);  // zero or more between commas
  absl::Status ReadAttributes(Draft* draft);
  absl::Status AddAttribute(Draft* draft, std::string name, Attribute value);
  absl::StatusOr<ValueId> Define(std::string name, const Type& type);
  absl::StatusOr<std::string> ReadValueName();

  // pretty.cc: operations' own syntax.
  static Reader FindReader(std::string_view name);
  absl::Status ReadUsual(Draft* draft);
  absl::Status ReadItems(Draft* draft);
  absl::Status ReadClause(std::string_view keyword, Draft* draft);
  absl::Status ReadPrecisionFormat(Draft* draft);
  absl::Status ReadTypes(Draft* draft);
  // The operands have the types that stand at `begin`.
  absl::Status CheckOperandTypes(size_t begin, const std::vector<Type>& stated,
                                 const Operation& op);
  absl::Status ReadConstant(Draft* draft);
  absl::Status ReadCheckConstant(Draft* draft);
  absl::Status ReadSlice(Draft* draft);
  absl::Status ReadGetTupleElement(Draft* draft);
  absl::Status ReadConvolution(Draft* draft);
  absl::Status ReadWindow(Draft* draft);
  absl::Status ReadCall(Draft* draft);
  absl::Status ReadComposite(Draft* draft);
  absl::Status ReadSharding(Draft* draft);
  absl::Status ReadMesh(Draft* draft);

  // pretty_regions.cc: operations with regions.
  absl::Status ReadFunction(Draft* draft);
  absl::Status ReadParameters(Region* region, std::vector<Type>* types,
                              std::vector<Attribute>* attributes);
  absl::Status ReadResults(std::vector<Type>* types, std::vector<Attribute>* attributes);
  absl::Status ReadReduce(Draft* draft);
  absl::Status ReadReducer(Draft* draft);
  absl::Status AddAppliedRegion(const std::string& applied, Draft* draft);
  absl::Status ReadWhile(Draft* draft);
  absl::Status ReadScan(Draft* draft);
  absl::Status ReadManualComputation(Draft* draft);

  Cursor& cursor_;
  Module& module_;
  AttributeParser attributes_;
  std::vector<Names> scopes_;
};

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_OPERATION_PARSER_H_
