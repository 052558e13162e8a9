#include "importers/stablehlo/vhlo_upgrade.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers::stablehlo {
namespace {

using mlir::Attribute;
using mlir::NamedAttribute;
using mlir::Operation;

constexpr std::string_view kPrefix = "vhlo.";

// "dot_general" of "vhlo.dot_general_v2".
std::string_view PlainName(std::string_view name) {
  name.remove_prefix(kPrefix.size());
  const size_t version = name.rfind("_v");
  if (version == std::string_view::npos || version + 2 == name.size()) return name;
  const auto is_digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  return std::ranges::all_of(name.substr(version + 2), is_digit) ? name.substr(0, version) : name;
}

// Attributes of VHLO that are one attribute in StableHLO.
struct Bundle {
  std::string_view operation;
  std::string_view attribute;
  std::string_view dialect_name;
  std::span<const std::string_view> parameters;
};

constexpr std::string_view kDotNumbers[] = {"lhs_batching_dimensions", "rhs_batching_dimensions",
                                            "lhs_contracting_dimensions",
                                            "rhs_contracting_dimensions"};
constexpr std::string_view kDotAlgorithm[] = {
    "lhs_precision_type",          "rhs_precision_type",  "accumulation_type",
    "lhs_component_count",         "rhs_component_count", "num_primitive_operations",
    "allow_imprecise_accumulation"};
constexpr std::string_view kConvolutionNumbers[] = {
    "input_batch_dimension",           "input_feature_dimension",
    "input_spatial_dimensions",        "kernel_input_feature_dimension",
    "kernel_output_feature_dimension", "kernel_spatial_dimensions",
    "output_batch_dimension",          "output_feature_dimension",
    "output_spatial_dimensions"};
constexpr std::string_view kGatherNumbers[] = {
    "offset_dims",           "collapsed_slice_dims",
    "operand_batching_dims", "start_indices_batching_dims",
    "start_index_map",       "index_vector_dim"};
constexpr std::string_view kScatterNumbers[] = {
    "update_window_dims",           "inserted_window_dims",
    "input_batching_dims",          "scatter_indices_batching_dims",
    "scatter_dims_to_operand_dims", "index_vector_dim"};

constexpr Bundle kBundles[] = {
    {"dot_general", "dot_dimension_numbers", "stablehlo.dot", kDotNumbers},
    {"dot_general", "algorithm", "stablehlo.dot_algorithm", kDotAlgorithm},
    {"convolution", "dimension_numbers", "stablehlo.conv", kConvolutionNumbers},
    {"dynamic_conv", "dimension_numbers", "stablehlo.conv", kConvolutionNumbers},
    {"gather", "dimension_numbers", "stablehlo.gather", kGatherNumbers},
    {"dynamic_gather", "dimension_numbers", "stablehlo.gather", kGatherNumbers},
    {"scatter", "scatter_dimension_numbers", "stablehlo.scatter", kScatterNumbers},
};

// Strings that name functions: one, or an array of them.
struct SymbolName {
  std::string_view operation;
  std::string_view attribute;
};
constexpr SymbolName kSymbols[] = {
    {"call", "callee"}, {"composite", "decomposition"}, {"custom_call", "called_computations"}};

bool IsEmpty(const Attribute& value) {
  if (const auto* text = value.As<std::string>()) return text->empty();
  if (const auto* array = value.As<mlir::ArrayAttribute>()) return array->elements.empty();
  if (const auto* entries = value.As<mlir::DictionaryAttribute>()) return entries->entries.empty();
  if (const auto* dense = value.As<mlir::DenseAttribute>()) return dense->bytes->empty();
  return false;
}

bool IsFalse(const Attribute& value) { return value.AsBool() == false; }

bool IsNoType(const Attribute& value) { return value.AsKeyword() == "NOTYPE"; }

bool IsDefaultAccuracy(const Attribute& value) {
  const auto* accuracy = value.As<mlir::DialectAttribute>();
  const Attribute* mode = accuracy ? mlir::Find(accuracy->parameters, "mode") : nullptr;
  return mode != nullptr && mode->AsKeyword() == "DEFAULT";
}

// What VHLO writes where StableHLO has no attribute.
struct Unset {
  std::string_view attribute;
  bool (*is_unset)(const Attribute&);
  std::string_view operation = {};  // any
};
constexpr Unset kUnset[] = {
    {"sym_visibility", IsEmpty, "func"},
    {"arg_attrs", IsEmpty, "func"},
    {"res_attrs", IsEmpty, "func"},
    {"compare_type", IsNoType, "compare"},
    {"use_global_device_ids", IsFalse},
    {"has_dynamic_root", IsFalse},
    {"result_accuracy", IsDefaultAccuracy},
    {"known_expanding_dimensions", IsEmpty},
    {"known_nonexpanding_dimensions", IsEmpty},
    {"layout", IsEmpty, "infeed"},
    {"source_target_pairs", IsEmpty, "send"},
    {"source_target_pairs", IsEmpty, "recv"},
    {"backend_config", IsEmpty, "custom_call"},
    {"called_computations", IsEmpty, "custom_call"},
    {"output_operand_aliases", IsEmpty, "custom_call"},
    {"result_tilings", IsEmpty, "custom_call"},
};

// Takes `name` out of `attributes`.
std::optional<Attribute> Take(std::vector<NamedAttribute>& attributes, std::string_view name) {
  auto found = std::ranges::find(attributes, name, &NamedAttribute::first);
  if (found == attributes.end()) return std::nullopt;
  Attribute value = std::move(found->second);
  attributes.erase(found);
  return value;
}

bool IsNoneType(const Attribute& value) {
  const auto* type = value.As<mlir::Type>();
  return type != nullptr && type->kind() == mlir::TypeKind::kNone;
}

void MakeBundles(std::string_view plain_name, std::vector<NamedAttribute>& attributes) {
  for (const Bundle& bundle : kBundles) {
    if (bundle.operation != plain_name) continue;
    mlir::DialectAttribute made{std::string(bundle.dialect_name), {}};
    for (std::string_view parameter : bundle.parameters) {
      std::optional<Attribute> value = Take(attributes, parameter);
      if (value && !IsNoneType(*value)) made.parameters.emplace_back(parameter, *std::move(value));
    }
    if (!made.parameters.empty()) attributes.emplace_back(bundle.attribute, std::move(made));
  }
}

// A channel of number 0 is no channel, but for those that send.
void MakeChannelHandle(std::vector<NamedAttribute>& attributes) {
  std::optional<Attribute> id = Take(attributes, "channel_id");
  std::optional<Attribute> type = Take(attributes, "channel_type");
  if (!id || (!type && id->AsInt() == 0)) return;
  if (!type) type = mlir::IntegerAttribute{0, mlir::Type::Element(ir::ElementType::kS64)};
  attributes.emplace_back("channel_handle", mlir::DialectAttribute{"stablehlo.channel_handle",
                                                                   {{"handle", *std::move(id)},
                                                                    {"type", *std::move(type)}}});
}

// Null unless `value` is a string.
std::optional<Attribute> AsSymbol(const Attribute& value) {
  const auto* text = value.As<std::string>();
  if (text == nullptr || text->empty()) return std::nullopt;
  return mlir::SymbolAttribute{.path = {*text}};
}

absl::Status MakeSymbols(std::string_view plain_name, std::vector<NamedAttribute>& attributes) {
  for (const SymbolName& symbol : kSymbols) {
    if (symbol.operation != plain_name) continue;
    auto found = std::ranges::find(attributes, symbol.attribute, &NamedAttribute::first);
    if (found == attributes.end()) continue;
    bool ok = true;
    if (const auto* names = found->second.As<mlir::ArrayAttribute>()) {
      mlir::ArrayAttribute made;
      for (const Attribute& name : names->elements) {
        std::optional<Attribute> made_symbol = AsSymbol(name);
        ok = ok && made_symbol;
        made.elements.push_back(made_symbol.value_or(Attribute()));
      }
      found->second = std::move(made);
    } else {
      std::optional<Attribute> made = AsSymbol(found->second);
      ok = made.has_value();
      found->second = made.value_or(Attribute());
    }
    if (!ok) {
      return base::InvalidArgument("vhlo.%s: '%s' does not name a function", plain_name,
                                   symbol.attribute);
    }
  }
  return absl::OkStatus();
}

void DropUnset(std::string_view plain_name, std::vector<NamedAttribute>& attributes) {
  std::erase_if(attributes, [&](const NamedAttribute& attribute) {
    return std::ranges::any_of(kUnset, [&](const Unset& unset) {
      return unset.attribute == attribute.first &&
             (unset.operation.empty() || unset.operation == plain_name) &&
             unset.is_unset(attribute.second);
    });
  });
  // Both or neither.
  const Attribute* operands = mlir::Find(attributes, "operand_layouts");
  const Attribute* results = mlir::Find(attributes, "result_layouts");
  if (operands != nullptr && results != nullptr && IsEmpty(*operands) && IsEmpty(*results)) {
    Take(attributes, "operand_layouts");
    Take(attributes, "result_layouts");
  }
}

// Until 0.20.0 padding was an operand and an attribute too, which had to be zero.
absl::Status UpgradeDynamicConvolution(std::vector<NamedAttribute>& attributes) {
  std::optional<Attribute> padding = Take(attributes, "padding");
  if (!padding) return absl::OkStatus();
  std::optional<std::vector<int64_t>> sizes = padding->AsInts();
  if (sizes && std::ranges::all_of(*sizes, [](int64_t size) { return size == 0; })) {
    return absl::OkStatus();
  }
  return base::InvalidArgument("vhlo.dynamic_conv_v1: padding is an attribute and an operand");
}

absl::Status UpgradeAttributes(std::string_view plain_name,
                               std::vector<NamedAttribute>& attributes) {
  DropUnset(plain_name, attributes);
  MakeBundles(plain_name, attributes);
  MakeChannelHandle(attributes);
  EQSAT_RETURN_IF_ERROR(MakeSymbols(plain_name, attributes));
  return plain_name == "dynamic_conv" ? UpgradeDynamicConvolution(attributes) : absl::OkStatus();
}

class Upgrader {
 public:
  explicit Upgrader(const mlir::Module& module) : module_(module), same_(module.values.size()) {}

  absl::Status Upgrade(std::vector<Operation>& operations, bool in_function) {
    for (Operation& operation : operations) {
      EQSAT_RETURN_IF_ERROR(Upgrade(operation, in_function));
    }
    std::erase_if(operations, [](const Operation& operation) { return operation.name == kCast; });
    return absl::OkStatus();
  }

 private:
  // Where VHLO meets another dialect, values are cast from the one's types to the other's. Here
  // both have one form of type, and the cast's result is its operand.
  static constexpr std::string_view kCast = "builtin.unrealized_conversion_cast";

  absl::Status Upgrade(Operation& operation, bool in_function) {
    for (mlir::ValueId& operand : operation.operands) {
      if (same_[operand.value()].valid()) operand = same_[operand.value()];
    }
    if (operation.name == kCast) return ForgetCast(operation);
    bool is_function = operation.name == "func.func";
    if (operation.name.starts_with(kPrefix)) {
      const std::string plain(PlainName(operation.name));
      is_function = plain == "func";
      const bool of_func = is_function || plain == "call" || (plain == "return" && in_function);
      operation.name = base::StrCat(of_func ? "func." : "stablehlo.", plain);
      EQSAT_RETURN_IF_ERROR(UpgradeAttributes(plain, operation.attributes));
    }
    for (mlir::Region& region : operation.regions) {
      EQSAT_RETURN_IF_ERROR(Upgrade(region.operations, is_function));
    }
    return absl::OkStatus();
  }

  absl::Status ForgetCast(const Operation& cast) {
    if (cast.operands.size() != 1 || cast.results.size() != 1 ||
        module_.type(cast.operands[0]) != module_.type(cast.results[0])) {
      return base::InvalidArgument("%s: the type of the result differs from the operand's",
                                   cast.name);
    }
    same_[cast.results[0].value()] = cast.operands[0];
    return absl::OkStatus();
  }

  const mlir::Module& module_;
  std::vector<mlir::ValueId> same_;  // by value; valid for results of casts
};

}  // namespace

absl::Status UpgradeVhlo(mlir::Module& module) {
  return Upgrader(module).Upgrade(module.operations, /*in_function=*/false);
}

}  // namespace eqsat::importers::stablehlo
