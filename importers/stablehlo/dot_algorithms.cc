#include "importers/stablehlo/dot_algorithms.h"

#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::stablehlo {
namespace {

using mlir::Type;

struct Algorithm {
  std::string_view name;
  std::string_view operands;      // the type of both sides
  std::string_view accumulation;  // the type of sums
  int64_t components;             // numbers that one of an operand is split into
  int64_t operations;             // products of components
};

// The first row of a name is the one that is written.
constexpr Algorithm kAlgorithms[] = {
    {"dot_f16_f16_f16", "f16", "f16", 1, 1},       {"dot_f16_f16_f32", "f16", "f32", 1, 1},
    {"dot_bf16_bf16_bf16", "bf16", "bf16", 1, 1},  {"dot_bf16_bf16_f32", "bf16", "f32", 1, 1},
    {"dot_bf16_bf16_f32_x3", "bf16", "f32", 1, 3}, {"dot_bf16_bf16_f32_x3", "bf16", "f32", 2, 3},
    {"dot_bf16_bf16_f32_x6", "bf16", "f32", 1, 6}, {"dot_bf16_bf16_f32_x6", "bf16", "f32", 3, 6},
    {"dot_bf16_bf16_f32_x9", "bf16", "f32", 1, 9}, {"dot_bf16_bf16_f32_x9", "bf16", "f32", 3, 9},
    {"dot_tf32_tf32_f32", "tf32", "f32", 1, 1},    {"dot_tf32_tf32_f32_x3", "tf32", "f32", 1, 3},
    {"dot_tf32_tf32_f32_x3", "tf32", "f32", 2, 3}, {"dot_f32_f32_f32", "f32", "f32", 1, 1},
    {"dot_f64_f64_f64", "f64", "f64", 1, 1},
};
constexpr std::string_view kAnyF8 = "dot_any_f8_any_f8_f32";
constexpr std::string_view kAnyF8Fast = "dot_any_f8_any_f8_f32_fast_accum";

Type TypeNamed(std::string_view name) {
  std::optional<ir::ElementType> element = ir::ElementTypeFromName(name);
  return element ? Type::Element(*element) : Type::Opaque(std::string(name));
}

std::string TypeField(const mlir::DialectAttribute& algorithm, std::string_view field) {
  const mlir::Attribute* value = mlir::Find(algorithm.parameters, field);
  if (value == nullptr) return "";
  const Type* type = value->As<Type>();
  return type != nullptr ? type->ToString() : std::string(value->AsKeyword().value_or(""));
}

int64_t CountField(const mlir::DialectAttribute& algorithm, std::string_view field) {
  const mlir::Attribute* value = mlir::Find(algorithm.parameters, field);
  return value != nullptr ? value->AsInt().value_or(1) : 1;
}

mlir::Attribute Fields(const Type& lhs, const Type& rhs, const Algorithm& algorithm, bool fast) {
  auto count = [](int64_t value) {
    return mlir::IntegerAttribute{value, Type::Element(ir::ElementType::kS64)};
  };
  return mlir::DialectAttribute{"stablehlo.dot_algorithm",
                                {{"lhs_precision_type", lhs},
                                 {"rhs_precision_type", rhs},
                                 {"accumulation_type", TypeNamed(algorithm.accumulation)},
                                 {"lhs_component_count", count(algorithm.components)},
                                 {"rhs_component_count", count(algorithm.components)},
                                 {"num_primitive_operations", count(algorithm.operations)},
                                 {"allow_imprecise_accumulation", fast}}};
}

}  // namespace

absl::StatusOr<std::string> AlgorithmName(const mlir::DialectAttribute& algorithm) {
  const std::string lhs = TypeField(algorithm, "lhs_precision_type");
  const std::string rhs = TypeField(algorithm, "rhs_precision_type");
  const std::string accumulation = TypeField(algorithm, "accumulation_type");
  const int64_t components = CountField(algorithm, "lhs_component_count");
  const int64_t operations = CountField(algorithm, "num_primitive_operations");
  const mlir::Attribute* imprecise =
      mlir::Find(algorithm.parameters, "allow_imprecise_accumulation");
  const bool fast = imprecise != nullptr && imprecise->AsBool().value_or(false);
  for (const Algorithm& known : kAlgorithms) {
    if (!fast && known.operands == lhs && known.operands == rhs &&
        known.accumulation == accumulation && known.components == components &&
        known.operations == operations &&
        CountField(algorithm, "rhs_component_count") == components) {
      return std::string(known.name);
    }
  }
  if (lhs.starts_with("f8") && rhs.starts_with("f8") && accumulation == "f32") {
    return std::string(fast ? kAnyF8Fast : kAnyF8);
  }
  return base::InvalidArgument(
      "HLO has no name for the algorithm on %s and %s, sums in %s, %d components, %d products%s",
      lhs, rhs, accumulation, components, operations, fast ? ", imprecise" : "");
}

absl::StatusOr<mlir::Attribute> AlgorithmFields(std::string_view name, ir::ElementType lhs,
                                                ir::ElementType rhs) {
  if (name == kAnyF8 || name == kAnyF8Fast) {
    auto f8 = [](ir::ElementType type) {
      const bool narrow = ir::IsFloat(type) && ir::BitWidth(type) == 8;
      return Type::Element(narrow ? type : ir::ElementType::kF8E5M2);
    };
    return Fields(f8(lhs), f8(rhs), {name, "", "f32", 1, 1}, name == kAnyF8Fast);
  }
  for (const Algorithm& known : kAlgorithms) {
    if (known.name != name) continue;
    return Fields(TypeNamed(known.operands), TypeNamed(known.operands), known, false);
  }
  return base::Unimplemented("StableHLO has no fields for the algorithm %s", std::string(name));
}

}  // namespace eqsat::importers::stablehlo
