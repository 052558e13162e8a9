#include "ir/graph/printer.h"

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ir/base/strings.h"
#include "ir/graph/print_annotations.h"
#include "ir/graph/print_values.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {
namespace {

// Text fields whose values XLA writes as bare words.
bool IsBareWord(std::string_view field) {
  return field == "algorithm" || field == "convolution_kind" || field == "mode";
}

// Fields that XLA writes even where they have the op's default value.
bool IsAlwaysShown(std::string_view field) {
  return field == "lhs_contracting_dims" || field == "rhs_contracting_dims" || field == "largest";
}

class InstructionPrinter {
 public:
  InstructionPrinter(const Module& module, const Computation& computation,
                     const PrintOptions& options, std::string* out)
      : module_(module), computation_(computation), options_(options), out_(out) {}

  void Print(const Instruction& instruction) {
    base::StrAppend(out_, "%", instruction.name, " = ");
    AppendShape(instruction.shape, Layouts::kAll, out_);
    base::StrAppend(out_, " ", Name(instruction.opcode), "(");
    PrintArguments(instruction);
    *out_ += ")";
    // XLA states what a call runs before how.
    if (instruction.opcode == OpCode::kCall) PrintRegions(instruction);
    PrintFields(instruction);
    if (instruction.opcode != OpCode::kCall) PrintRegions(instruction);
    if (instruction.annotations) PrintAnnotations(*instruction.annotations);
  }

 private:
  void Attribute(std::string_view name) { base::StrAppend(out_, ", ", name, "="); }

  void PrintArguments(const Instruction& instruction) {
    for (size_t i = 0; i < instruction.operands.size(); ++i) {
      if (i > 0) *out_ += ", ";
      AppendIndexComment(i, out_);
      base::StrAppend(out_, "%", computation_[instruction.operands[i]].name);
    }
    VisitAttributeFields(instruction.Attrs(),
                         [this](std::string_view, const auto& field, Presence presence) {
                           if (presence == Presence::kPositional) PrintPositional(field);
                         });
  }

  void PrintPositional(const Literal& literal) {
    constexpr int64_t kLarge = 10;
    AppendLiteral(literal, options_.elide_large_constants ? kLarge : INT64_MAX, out_);
  }
  template <typename T>
  void PrintPositional(const T& field) {
    AppendValue(field, out_);
  }

  // Fields that have the op's default value are left out unless text must state them.
  void PrintFields(const Instruction& instruction) {
    const Attributes& defaults = GetOpInfo(instruction.opcode).attributes;
    VisitAttributeFields(instruction.Attrs(),
                         [&](std::string_view name, const auto& field, Presence presence) {
                           if (presence == Presence::kPositional) return;
                           if (presence == Presence::kOptional && !IsAlwaysShown(name) &&
                               HasField(defaults, name, field))
                             return;
                           Attribute(name);
                           PrintField(name, field);
                         });
  }

  // Is the field `name` of `attributes` equal to `value`?
  template <typename T>
  static bool HasField(const Attributes& attributes, std::string_view name, const T& value) {
    bool equal = false;
    VisitAttributeFields(attributes, [&](std::string_view other, const auto& field, Presence) {
      if constexpr (std::is_same_v<std::decay_t<decltype(field)>, T>)
        equal |= other == name && field == value;
    });
    return equal;
  }

  void PrintField(std::string_view name, const std::string& field) {
    if (IsBareWord(name)) {
      *out_ += field;
    } else {
      AppendValue(field, out_);
    }
  }
  template <typename T>
  void PrintField(std::string_view, const T& field) {
    AppendValue(field, out_);
  }

  // A conditional whose branch is chosen by a truth value.
  bool IsIf(const Instruction& instruction) const {
    if (instruction.opcode != OpCode::kConditional || instruction.called.size() != 2) return false;
    return computation_[instruction.operands[0]].shape.element_type() == ElementType::kPred;
  }

  void PrintRegions(const Instruction& instruction) {
    if (IsIf(instruction)) {
      base::StrAppend(out_, ", true_computation=%", module_[instruction.called[0]].name(),
                      ", false_computation=%", module_[instruction.called[1]].name());
      return;
    }
    size_t next = 0;
    for (const RegionSpec& region : GetOpInfo(instruction.opcode).regions) {
      if (next == instruction.called.size()) return;
      Attribute(region.name);
      if (!region.is_list) {
        base::StrAppend(out_, "%", module_[instruction.called[next++]].name());
        continue;
      }
      *out_ += "{";
      for (size_t first = next; next < instruction.called.size(); ++next) {
        base::StrAppend(out_, next > first ? ", %" : "%", module_[instruction.called[next]].name());
      }
      *out_ += "}";
    }
  }

  void PrintAnnotations(const Annotations& notes) {
    if (notes.parameter_replication) {
      Attribute("parameter_replication");
      AppendFlags(*notes.parameter_replication, out_);
    }
    if (notes.sharding) {
      Attribute("sharding");
      AppendSharding(*notes.sharding, out_);
    }
    if (!notes.frontend_attributes.empty()) {
      Attribute("frontend_attributes");
      AppendFrontendAttributes(notes.frontend_attributes, out_);
    }
    if (!notes.control_predecessors.empty()) {
      Attribute("control-predecessors");
      *out_ += "{";
      for (InstructionId id : notes.control_predecessors)
        base::StrAppend(out_, out_->back() == '{' ? "%" : ", %", computation_[id].name);
      *out_ += "}";
    }
    if (options_.print_metadata && notes.metadata != OpMetadata()) {
      Attribute("metadata");
      AppendMetadata(notes.metadata, out_);
    }
    for (auto [name, text] :
         {std::pair("backend_config", &notes.backend_config), std::pair("origin", &*notes.origin),
          std::pair("statistics", &*notes.statistics)}) {
      if (text->empty()) continue;
      Attribute(name);
      AppendValue(*text, out_);
    }
  }

 public:
  // `{true,false}`
  static void AppendFlags(const std::vector<bool>& flags, std::string* out) {
    *out += "{";
    for (size_t i = 0; i < flags.size(); ++i)
      base::StrAppend(out, i > 0 ? "," : "", flags[i] ? "true" : "false");
    *out += "}";
  }

 private:
  const Module& module_;
  const Computation& computation_;
  const PrintOptions& options_;
  std::string* out_;
};

void AppendEntryLayout(const Module& module, std::string* out) {
  const auto& declared = module.header().entry_layout;
  ProgramShape layout = declared ? *declared : module.entry().program_shape();
  *out += ", entry_computation_layout={(";
  for (size_t i = 0; i < layout.parameters.size(); ++i) {
    if (i > 0) *out += ", ";
    AppendIndexComment(i, out);
    AppendShape(layout.parameters[i], Layouts::kAll, out);
  }
  *out += ")->";
  AppendShape(layout.result, Layouts::kAll, out);
  *out += "}";
}

void AppendAliasing(const ModuleHeader& header, std::string* out) {
  if (!header.input_output_alias.empty()) {
    *out += ", input_output_alias={ ";
    for (const InputOutputAlias& alias : header.input_output_alias) {
      if (&alias != header.input_output_alias.data()) *out += ", ";
      base::StrAppend(out, "{", base::Join(alias.output_index, ","), "}: (", alias.parameter, ", {",
                      base::Join(alias.parameter_index, ","),
                      alias.must_alias ? "}, must-alias)" : "}, may-alias)");
    }
    *out += " }";
  }
  if (!header.buffer_donors.empty()) {
    *out += ", buffer_donor={ ";
    for (const BufferDonor& donor : header.buffer_donors) {
      base::StrAppend(out, &donor != header.buffer_donors.data() ? ", (" : "(", donor.parameter,
                      ", {", base::Join(donor.parameter_index, ","), "})");
    }
    *out += " }";
  }
}

void AppendHeader(const Module& module, std::string* out) {
  const ModuleHeader& header = module.header();
  base::StrAppend(out, "HloModule ", header.name);
  if (header.is_scheduled) *out += ", is_scheduled=true";
  AppendAliasing(header, out);
  AppendEntryLayout(module, out);
  auto flags = [&](std::string_view name, const std::vector<bool>& values) {
    if (values.empty()) return;
    base::StrAppend(out, ", ", name, "=");
    InstructionPrinter::AppendFlags(values, out);
  };
  flags("allow_spmd_sharding_propagation_to_parameters", header.propagate_sharding_to_parameters);
  flags("allow_spmd_sharding_propagation_to_output", header.propagate_sharding_to_output);
  flags("alias_passthrough_params", header.alias_passthrough_parameters);
  if (header.replica_count != 1) base::StrAppend(out, ", replica_count=", header.replica_count);
  if (header.num_partitions != 1) base::StrAppend(out, ", num_partitions=", header.num_partitions);
  if (!header.frontend_attributes.empty()) {
    *out += ", frontend_attributes=";
    AppendFrontendAttributes(header.frontend_attributes, out);
  }
  for (const auto& [name, text] : header.other) base::StrAppend(out, ", ", name, "=", text);
  *out += "\n";
}

void AppendNames(std::string_view title, const std::vector<std::string>& names, std::string* out) {
  base::StrAppend(out, "\n", title, "\n");
  for (size_t i = 0; i < names.size(); ++i) {
    base::StrAppend(out, i + 1, " ");
    AppendQuoted(names[i], out);
    *out += "\n";
  }
}

void AppendStackFrames(const StackFrameIndex& index, std::string* out) {
  if (index == StackFrameIndex()) return;
  AppendNames("FileNames", index.file_names, out);
  AppendNames("FunctionNames", index.function_names, out);
  *out += "\nFileLocations\n";
  for (size_t i = 0; i < index.file_locations.size(); ++i) {
    const StackFrameIndex::Location& l = index.file_locations[i];
    base::StrAppend(out, i + 1, " {file_name_id=", l.file_name_id,
                    " function_name_id=", l.function_name_id, " line=", l.line,
                    " end_line=", l.end_line, " column=", l.column, " end_column=", l.end_column,
                    "}\n");
  }
  *out += "\nStackFrames\n";
  for (size_t i = 0; i < index.stack_frames.size(); ++i) {
    const StackFrameIndex::Frame& frame = index.stack_frames[i];
    base::StrAppend(out, i + 1, " {file_location_id=", frame.file_location_id,
                    " parent_frame_id=", frame.parent_frame_id + 1, "}\n");
  }
  *out += "\n";
}

void AppendComputation(const Module& module, ComputationId id, const PrintOptions& options,
                       std::string* out) {
  const Computation& computation = module[id];
  base::StrAppend(out, id == module.entry_id() ? "ENTRY %" : "%", computation.name(), " (");
  for (size_t i = 0; i < computation.parameters().size(); ++i) {
    const Instruction& parameter = computation[computation.parameters()[i]];
    base::StrAppend(out, i > 0 ? ", " : "", parameter.name, ": ");
    AppendShape(parameter.shape, Layouts::kNone, out);
  }
  *out += ") -> ";
  AppendShape(computation.result_shape(), Layouts::kNone, out);
  *out += " {\n";
  InstructionPrinter printer(module, computation, options, out);
  for (size_t i = 0; i < computation.size(); ++i) {
    *out += InstructionId(i) == computation.root() ? "  ROOT " : "  ";
    printer.Print(computation.instructions()[i]);
    *out += "\n";
  }
  *out += "}";
  if (!computation.execution_thread().empty()) {
    *out += ", execution_thread=";
    AppendQuoted(computation.execution_thread(), out);
  }
  *out += "\n";
}

}  // namespace

std::string PrintModule(const Module& module, const PrintOptions& options) {
  std::string out;
  AppendHeader(module, &out);
  AppendStackFrames(module.header().stack_frames, &out);
  for (size_t i = 0; i < module.computations().size(); ++i) {
    out += "\n";
    AppendComputation(module, ComputationId(i), options, &out);
  }
  return out;
}

std::string PrintInstruction(const Module& module, const Computation& computation, InstructionId id,
                             const PrintOptions& options) {
  std::string out;
  InstructionPrinter(module, computation, options, &out).Print(computation[id]);
  return out;
}

}  // namespace eqsat::ir
