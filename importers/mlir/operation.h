// A program in MLIR's generic form: operations with operands, results, attributes and regions.
//
// Readers of text (importers/mlir) and of bytecode make it, importers/stablehlo translates it.
// Names, attributes and enumerations are those of StableHLO's current textual form; a reader of an
// older or another encoding (VHLO) upgrades as it reads.
#ifndef EQSAT_IMPORTERS_MLIR_OPERATION_H_
#define EQSAT_IMPORTERS_MLIR_OPERATION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "importers/mlir/attribute.h"
#include "importers/mlir/type.h"
#include "ir/base/id.h"

namespace eqsat::importers::mlir {

// A value's place in Module::values.
using ValueId = base::Id<struct ValueTag>;

struct Value {
  Type type;
  std::string name;  // as written, without `%`; empty in bytecode
};

// Where an operation stands in the file that is read; line 0 in bytecode.
struct Place {
  uint32_t line = 0;
  uint32_t column = 0;
};

// What `loc(…)` says about where an operation came from. Of a fused or call-site location, the
// first part that has a name and the first that has a file.
struct Location {
  std::string name;  // "jit(f)/jit(main)/add"
  std::string file;
  int64_t line = 0;
  int64_t column = 0;
  int64_t end_line = 0;
  int64_t end_column = 0;
};

// "add" of "stablehlo.add"; a name without a dialect is itself.
inline std::string_view WithoutDialect(std::string_view name) {
  return name.substr(name.find('.') + 1);
}

struct Region;

struct Operation {
  std::string name;  // "stablehlo.add", "func.func"; pretty and generic forms give the same
  std::vector<ValueId> operands;
  std::vector<ValueId> results;
  // Properties and discardable attributes together. Names are distinct.
  std::vector<NamedAttribute> attributes;
  std::vector<Region> regions;
  Place place;
  std::shared_ptr<const Location> location;  // null: unknown

  const Attribute* Find(std::string_view attribute) const {
    return mlir::Find(attributes, attribute);
  }
};

// StableHLO has no branches: a region is empty or one block. A region may use values of the regions
// around it.
struct Region {
  std::vector<ValueId> arguments;
  std::vector<Operation> operations;
};

// Invariant: every ValueId of an operation resolves, and is defined before its first use in an
// enclosing region.
//
// func.func holds `sym_name` (string), `function_type` (Type), and where given `sym_visibility`
// (string), `arg_attrs` and `res_attrs` (arrays of dictionaries); its one region's arguments are
// the function's, and a declaration's region is empty. Symbol names are without `@`.
struct Module {
  std::string name;  // of `module @name`; may be empty
  std::vector<NamedAttribute> attributes;
  std::vector<Operation> operations;  // func.func and other symbols
  std::vector<Value> values;
  // `{-# dialect_resources: … #-}`: the blobs by key, without the alignment word, raw little-endian
  // as MLIR lays them out (i1 a byte each, i4 packed as the writer chose).
  std::vector<std::pair<std::string, std::vector<uint8_t>>> resources;

  const Type& type(ValueId id) const { return values[id.value()].type; }
  ValueId AddValue(Type type, std::string value_name = {}) {
    values.push_back({std::move(type), std::move(value_name)});
    return ValueId(values.size() - 1);
  }
};

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_OPERATION_H_
