// The module's header against its entry computation.
#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/ops/aliasing.h"
#include "ir/ops/shape_checks.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

// Equal orders of dimensions; tiles and memory spaces are often left out of a header.
bool OrdersAgree(const Shape& a, const Shape& b) {
  if (a.IsArray()) return a.MinorToMajor() == b.MinorToMajor();
  return std::ranges::equal(a.elements(), b.elements(), OrdersAgree);
}

// Of one shape, and of one layout where layouts are decided.
bool InterfaceAgrees(const Shape& stated, const Shape& actual, LayoutRule layouts) {
  return ShapesAgree(stated, actual) &&
         (layouts != LayoutRule::kKept || OrdersAgree(stated, actual));
}

absl::Status CheckEntryLayout(const ModuleHeader& header, const ProgramShape& entry,
                              LayoutRule layouts) {
  if (!header.entry_layout) return absl::OkStatus();
  const ProgramShape& stated = *header.entry_layout;
  if (stated.parameters.size() != entry.parameters.size()) {
    return base::InvalidArgument(
        "entry_computation_layout has %d parameters, but the entry computation has %d",
        stated.parameters.size(), entry.parameters.size());
  }
  for (size_t i = 0; i < entry.parameters.size(); ++i) {
    if (InterfaceAgrees(stated.parameters[i], entry.parameters[i], layouts)) continue;
    return base::InvalidArgument(
        "entry_computation_layout states parameter %d as %s, but the entry computation has %s", i,
        stated.parameters[i].ToString(), entry.parameters[i].ToString());
  }
  if (InterfaceAgrees(stated.result, entry.result, layouts)) return absl::OkStatus();
  return base::InvalidArgument(
      "entry_computation_layout states the result as %s, but the entry computation gives %s",
      stated.result.ToString(), entry.result.ToString());
}

// The part of a parameter, or an error that says what names it.
absl::StatusOr<const Shape*> PartOfParameter(const ProgramShape& entry, int64_t parameter,
                                             absl::Span<const int64_t> index,
                                             std::string_view what) {
  if (parameter < 0 || parameter >= static_cast<int64_t>(entry.parameters.size())) {
    return base::InvalidArgument("%s names parameter %d of %d", what, parameter,
                                 entry.parameters.size());
  }
  const Shape* part = SubshapeAt(entry.parameters[parameter], index);
  if (part != nullptr) return part;
  return base::InvalidArgument("%s names part %s of parameter %d, which is %s", what, Braced(index),
                               parameter, entry.parameters[parameter].ToString());
}

absl::Status CheckAlias(const ProgramShape& entry, const InputOutputAlias& alias) {
  const Shape* output = SubshapeAt(entry.result, alias.output_index);
  if (output == nullptr) {
    return base::InvalidArgument("input_output_alias names part %s of the result, which is %s",
                                 Braced(alias.output_index), entry.result.ToString());
  }
  return PartOfParameter(entry, alias.parameter, alias.parameter_index, "input_output_alias")
      .status();
}

// Parts that must share memory have one shape, layout and memory space in the stated interface.
absl::Status CheckMustAlias(const ProgramShape& stated, const InputOutputAlias& alias) {
  if (!alias.must_alias) return absl::OkStatus();
  const Shape* output = SubshapeAt(stated.result, alias.output_index);
  const Shape* input = SubshapeAt(stated.parameters[alias.parameter], alias.parameter_index);
  if (output == nullptr || input == nullptr || *output == *input) return absl::OkStatus();
  return base::InvalidArgument(
      "input_output_alias makes part %s of the result, %s, share the memory of parameter %d, %s",
      Braced(alias.output_index), output->ToString(), alias.parameter, input->ToString());
}

// No part of the result and none of a parameter is aliased or given away twice.
absl::Status CheckAliasesDistinct(const ModuleHeader& header) {
  std::set<std::vector<int64_t>> outputs;
  std::set<std::pair<int64_t, std::vector<int64_t>>> inputs;
  for (const InputOutputAlias& alias : header.input_output_alias) {
    if (!outputs.insert(alias.output_index).second) {
      return base::InvalidArgument("input_output_alias names part %s of the result twice",
                                   Braced(alias.output_index));
    }
    if (inputs.emplace(alias.parameter, alias.parameter_index).second) continue;
    return base::InvalidArgument("input_output_alias names part %s of parameter %d twice",
                                 Braced(alias.parameter_index), alias.parameter);
  }
  for (const BufferDonor& donor : header.buffer_donors) {
    if (inputs.emplace(donor.parameter, donor.parameter_index).second) continue;
    return base::InvalidArgument(
        "buffer_donor names part %s of parameter %d, which is given away "
        "already",
        Braced(donor.parameter_index), donor.parameter);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckInterface(const Module& module, LayoutRule layouts) {
  const ModuleHeader& header = module.header();
  if (header.replica_count < 1 || header.num_partitions < 1) {
    return base::InvalidArgument("%d replicas of %d partitions: counts are at least 1",
                                 header.replica_count, header.num_partitions);
  }
  ProgramShape entry = module.entry().program_shape();
  EQSAT_RETURN_IF_ERROR(CheckEntryLayout(header, entry, layouts));
  for (const InputOutputAlias& alias : header.input_output_alias)
    EQSAT_RETURN_IF_ERROR(CheckAlias(entry, alias));
  const ProgramShape& stated = header.entry_layout ? *header.entry_layout : entry;
  for (const InputOutputAlias& alias : header.input_output_alias)
    EQSAT_RETURN_IF_ERROR(CheckMustAlias(stated, alias));
  EQSAT_RETURN_IF_ERROR(CheckAliasesDistinct(header));
  for (const BufferDonor& donor : header.buffer_donors) {
    EQSAT_RETURN_IF_ERROR(
        PartOfParameter(entry, donor.parameter, donor.parameter_index, "buffer_donor").status());
  }
  return absl::OkStatus();
}

}  // namespace eqsat::ir
