// The attributes of MLIR operations.
#ifndef EQSAT_IMPORTERS_MLIR_ATTRIBUTE_H_
#define EQSAT_IMPORTERS_MLIR_ATTRIBUTE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "importers/mlir/type.h"

namespace eqsat::importers::mlir {

class Attribute;
using NamedAttribute = std::pair<std::string, Attribute>;

// `unit`, and the value of a name that stands alone in a dictionary.
struct UnitAttribute {
  bool operator==(const UnitAttribute&) const = default;
};

// `7 : i64`; `true` is a bool instead. An unsigned 64-bit value is held as its two's complement.
struct IntegerAttribute {
  int64_t value = 0;
  Type type;  // kElement or kIndex
  bool operator==(const IntegerAttribute&) const = default;
};

// `1.0e-5 : f32`
struct FloatAttribute {
  double value = 0;
  Type type;
  bool operator==(const FloatAttribute&) const = default;
};

// `@f` or `@outer::@inner`
struct SymbolAttribute {
  std::vector<std::string> path;  // at least one
  bool operator==(const SymbolAttribute&) const = default;
};

// `[1 : i64, "a"]`
struct ArrayAttribute {
  std::vector<Attribute> elements;
};

// `{a = 1 : i64, b}`, in the order given. Keys are distinct.
struct DictionaryAttribute {
  std::vector<NamedAttribute> entries;
};

// `dense<[1, 2]> : tensor<2xi64>`, with `array` also the short form `array<i64: 1, 2>`.
// Bytes are encoded as ir::Literal's are: row-major, little-endian, elements under 8 bits in a byte
// of their own (signed ones sign-extended, pred 0 or 1). A splat holds one element only.
struct DenseAttribute {
  Type type;  // kTensor with static dimensions and elements of kind kElement, kIndex (as s64), or
              // kQuantized (as storage)
  std::shared_ptr<const std::vector<uint8_t>> bytes;
  bool splat = false;
  bool array = false;
};

// `dense_resource<key> : tensor<2xi64>`; the bytes are Module::resources[key], or unknown.
struct ResourceAttribute {
  std::string key;
  Type type;
  bool operator==(const ResourceAttribute&) const = default;
};

// `#stablehlo<comparison_direction LT>`, `#stablehlo.dot<lhs_batching_dimensions = [0], …>`: an
// attribute of a dialect with its parameters in order, those without a name under an empty key.
// An enumeration is one nameless string parameter, a keyword: {"stablehlo.comparison_direction",
// {{"", "LT"}}}. What has no known structure has its text between the brackets as one keyword.
struct DialectAttribute {
  std::string name;  // with the dialect: "stablehlo.dot"
  std::vector<NamedAttribute> parameters;
};

// An immutable value, cheap to copy. Default: unit.
class Attribute {
 public:
  using Value = std::variant<UnitAttribute, bool, IntegerAttribute, FloatAttribute, std::string,
                             SymbolAttribute, Type, ArrayAttribute, DictionaryAttribute,
                             DenseAttribute, ResourceAttribute, DialectAttribute>;

  Attribute();
  template <typename T>
    requires std::is_constructible_v<Value, T&&> &&
             (!std::is_same_v<std::remove_cvref_t<T>, Attribute>)
  Attribute(T&& value)  // NOLINT(google-explicit-constructor): any value is an attribute
      : value_(std::make_shared<const Value>(std::forward<T>(value))) {}

  const Value& value() const { return *value_; }
  // Null unless the attribute is a T.
  template <typename T>
  const T* As() const {
    return std::get_if<T>(value_.get());
  }

  // The readings below accept each spelling that MLIR programs use for the same thing; nullopt
  // means that the attribute is of another kind.

  // IntegerAttribute, bool, or a dense splat of one integer.
  std::optional<int64_t> AsInt() const;
  // bool, unit (true), or an integer of type i1.
  std::optional<bool> AsBool() const;
  std::optional<double> AsFloat() const;
  // An array of integers: ArrayAttribute, `array<i64: …>`, or a dense tensor flattened.
  std::optional<std::vector<int64_t>> AsInts() const;
  // A keyword: `"LT"`, `#stablehlo<comparison_direction LT>`, or @symbol.
  std::optional<std::string_view> AsKeyword() const;

 private:
  std::shared_ptr<const Value> value_;
};

// Null unless `entries` has `name`.
const Attribute* Find(const std::vector<NamedAttribute>& entries, std::string_view name);

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_ATTRIBUTE_H_
