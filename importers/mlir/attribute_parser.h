// Reads MLIR types, attributes and locations.
#ifndef EQSAT_IMPORTERS_MLIR_ATTRIBUTE_PARSER_H_
#define EQSAT_IMPORTERS_MLIR_ATTRIBUTE_PARSER_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/mlir/attribute.h"
#include "importers/mlir/cursor.h"
#include "importers/mlir/operation.h"
#include "importers/mlir/type.h"

namespace eqsat::importers::mlir {

// `#name = …` and `!name = …` may stand after their uses, so they are found first and read when
// they are used.
class AttributeParser {
 public:
  // `cursor` stands at the beginning of a module's text, and outlives the parser.
  explicit AttributeParser(Cursor& cursor);

  absl::StatusOr<Type> ReadType();
  // `(T, T) -> T`, or one type or a list in parentheses where only results stand.
  absl::StatusOr<std::vector<Type>> ReadTypeList();

  absl::StatusOr<Attribute> ReadAttribute();
  // `{a = 1, b}`, the braces included.
  absl::StatusOr<std::vector<NamedAttribute>> ReadDictionary();
  // The value of `name = value` in an operation's own syntax or a dialect attribute: an attribute,
  // or a keyword that stands bare. A `: type` that follows does not belong to it.
  absl::StatusOr<Attribute> ReadParameter();
  // `<name = value, …>`, with the brackets.
  absl::StatusOr<std::vector<NamedAttribute>> ReadParameters();
  // `[b, 0, f]x[0, i, o]->[b, 0, f]` as #stablehlo.conv.
  absl::StatusOr<Attribute> ReadConvolutionLabels();
  // `loc(…)` if it stands here.
  absl::StatusOr<std::shared_ptr<const Location>> ReadTrailingLocation();

 private:
  // Position of the text after `=`, by name with its `#` or `!`.
  using Aliases = std::map<std::string, size_t, std::less<>>;

  absl::StatusOr<Type> ReadTensorType(TypeKind kind);
  absl::Status ReadDimensions(ir::DimensionVector* dimensions);
  absl::StatusOr<ir::DimensionVector> ReadEncoding(const ir::DimensionVector& dimensions);
  absl::StatusOr<Type> ReadNamedType();
  absl::StatusOr<Type> ReadDialectType();
  absl::StatusOr<Type> ReadQuantizedType();
  absl::StatusOr<ir::ElementType> ReadQuantizedElement();
  absl::Status ReadQuantizedAxes(Quantization* quantization);
  absl::Status ReadScales(Quantization* quantization);
  absl::StatusOr<std::vector<Type>> ReadTypesUntil(std::string_view closer);

  enum class Suffix : uint8_t { kType, kNone };
  // With kType a `: type` after the number is its type.
  absl::StatusOr<Attribute> ReadNumber(Suffix suffix);
  absl::StatusOr<Attribute> ReadSymbol();
  absl::StatusOr<Attribute> ReadArray();
  absl::StatusOr<Attribute> ReadDenseArray();
  absl::StatusOr<Attribute> ReadDense();
  absl::StatusOr<Attribute> ReadResource();
  absl::StatusOr<Attribute> ReadHash();
  absl::StatusOr<Attribute> ReadDialectBody(std::string name);
  absl::StatusOr<std::vector<NamedAttribute>> ReadRestOfParameters();  // after the `<`
  absl::StatusOr<Attribute> ReadAlias(std::string_view name);

  absl::Status ReadConvolutionSide(std::string_view prefix, std::string_view batch,
                                   std::string_view features, std::vector<NamedAttribute>* out);
  // What stands between `loc(` and `)`. Null: unknown.
  absl::StatusOr<std::shared_ptr<const Location>> ReadLocation();
  absl::StatusOr<std::shared_ptr<const Location>> ReadFileOrNameLocation();
  absl::StatusOr<std::shared_ptr<const Location>> ReadFusedLocation();
  absl::StatusOr<std::shared_ptr<const Location>> ReadAliasLocation();

  Cursor& cursor_;
  Aliases aliases_;
  std::map<std::string, Attribute, std::less<>> attributes_;  // aliases read so far
  std::map<std::string, Type, std::less<>> types_;
  std::map<std::string, std::shared_ptr<const Location>, std::less<>> locations_;
};

// The element type that MLIR calls `name`: "i1", "si8", "ui4", "f32", "f8E4M3FN"; nullopt if none.
std::optional<ir::ElementType> ElementTypeFromMlirName(std::string_view name);

}  // namespace eqsat::importers::mlir

#endif  // EQSAT_IMPORTERS_MLIR_ATTRIBUTE_PARSER_H_
