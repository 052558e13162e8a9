#include "importers/stablehlo/program.h"

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "importers/entry_layout.h"
#include "importers/mlir/parser.h"
#include "importers/stablehlo/annotations.h"
#include "importers/stablehlo/op_table.h"
#include "importers/stablehlo/shapes.h"
#include "importers/stablehlo/shardy.h"
#include "importers/stablehlo/stablehlo.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace stablehlo {
namespace {

constexpr int64_t kMaxInstructions = 4'000'000;
constexpr size_t kMaxCallDepth = 200;

bool HasOpenSizes(const mlir::Type& type) {
  if (type.kind() == mlir::TypeKind::kUnrankedTensor) return true;
  if (!type.IsTensor()) return false;
  for (size_t i = 0; i < type.dimensions().size(); ++i) {
    if (type.dimensions()[i] != mlir::Type::kDynamic) continue;
    if (type.bounds().empty() || type.bounds()[i] == mlir::Type::kDynamic) return true;
  }
  return false;
}

const mlir::Type* FunctionType(const mlir::Operation& function) {
  const mlir::Attribute* type = function.Find("function_type");
  const mlir::Type* found = type != nullptr ? type->As<mlir::Type>() : nullptr;
  return found != nullptr && found->kind() == mlir::TypeKind::kFunction ? found : nullptr;
}

bool HasOpenSizes(const mlir::Operation& function) {
  const mlir::Type* type = FunctionType(function);
  if (type == nullptr) return false;
  auto open = [](const mlir::Type& t) { return HasOpenSizes(t); };
  return std::ranges::any_of(type->elements(), open) || std::ranges::any_of(type->results(), open);
}

bool IsFunction(const mlir::Operation& op) {
  return op.name == "func.func" && op.regions.size() == 1 && !op.regions[0].operations.empty();
}

std::vector<ir::Sharding> StatedShardings(const mlir::Attribute& attribute) {
  std::vector<ir::Sharding> out;
  const auto* array = attribute.As<mlir::ArrayAttribute>();
  if (array == nullptr) return out;
  for (const mlir::Attribute& element : array->elements) {
    std::optional<ir::Sharding> sharding = StatedSharding(element);
    if (!sharding) return {};
    out.push_back(*std::move(sharding));
  }
  return out;
}

// `[{alias = {kind = "may_alias", parameter_index = …, parameter_number = 0}, output_index = …}]`;
// incomplete ones are left out.
std::vector<ir::InputOutputAlias> StatedAliases(const mlir::Attribute& attribute) {
  std::vector<ir::InputOutputAlias> out;
  const auto* array = attribute.As<mlir::ArrayAttribute>();
  if (array == nullptr) return out;
  for (const mlir::Attribute& element : array->elements) {
    const auto* entry = element.As<mlir::DictionaryAttribute>();
    const mlir::Attribute* alias = entry ? mlir::Find(entry->entries, "alias") : nullptr;
    const auto* source = alias ? alias->As<mlir::DictionaryAttribute>() : nullptr;
    if (source == nullptr) continue;
    const mlir::Attribute* number = mlir::Find(source->entries, "parameter_number");
    const mlir::Attribute* index = mlir::Find(source->entries, "parameter_index");
    const mlir::Attribute* kind = mlir::Find(source->entries, "kind");
    const mlir::Attribute* output = mlir::Find(entry->entries, "output_index");
    if (!number || !number->AsInt() || !index || !index->AsInts() || !output || !output->AsInts()) {
      continue;
    }
    const auto* word = kind ? kind->As<std::string>() : nullptr;
    out.push_back({.output_index = *output->AsInts(),
                   .parameter = *number->AsInt(),
                   .parameter_index = *index->AsInts(),
                   .must_alias = word != nullptr && *word == "must_alias"});
  }
  return out;
}

// The attributes of each of a function's results; none if none has any.
std::vector<std::vector<mlir::NamedAttribute>> ResultAttributes(const mlir::Operation& function) {
  const mlir::Attribute* attributes = function.Find("res_attrs");
  const auto* array = attributes != nullptr ? attributes->As<mlir::ArrayAttribute>() : nullptr;
  if (array == nullptr) return {};
  std::vector<std::vector<mlir::NamedAttribute>> out;
  for (const mlir::Attribute& element : array->elements) {
    const auto* entries = element.As<mlir::DictionaryAttribute>();
    out.push_back(entries != nullptr ? entries->entries : std::vector<mlir::NamedAttribute>());
  }
  return out;
}

// The shardings of a function's results are the root's. Those of one of several results that say
// nothing are replicated.
void AnnotateResults(Emitter& emitter,
                     const std::vector<std::vector<mlir::NamedAttribute>>& attributes,
                     InstructionId root) {
  if (!emitter.Ok(root)) return;
  ir::Sharding whole{.kind = ir::Sharding::Kind::kTuple};
  bool any = false;
  for (const std::vector<mlir::NamedAttribute>& entries : attributes) {
    ir::Annotations notes;
    AnnotationsOf(emitter.source(), entries, &notes);
    any = any || notes.sharding.has_value();
    whole.elements.push_back(
        notes.sharding ? *notes.sharding : ir::Sharding{.kind = ir::Sharding::Kind::kReplicated});
  }
  ir::Instruction& instruction = emitter.mutable_instruction(root);
  if (!any || instruction.Notes().sharding) return;
  ir::Annotations notes = instruction.Notes();
  notes.sharding = attributes.size() == 1 ? whole.elements[0] : std::move(whole);
  instruction.annotations = std::make_shared<const ir::Annotations>(std::move(notes));
}

}  // namespace

std::string_view SymbolName(const mlir::Operation& op) {
  const mlir::Attribute* name = op.Find("sym_name");
  return name == nullptr ? std::string_view() : name->AsKeyword().value_or("");
}

Program::Program(mlir::Module& source) : source_(source) {
  for (const mlir::Operation& op : source.operations) {
    if (IsFunction(op)) functions_.emplace(SymbolName(op), &op);
  }
}

const mlir::Operation* Program::FindFunction(std::string_view name) const {
  auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : found->second;
}

std::string Program::FreshName(std::string_view name) { return names_.Fresh(LegalName(name)); }

absl::Status Program::CountInstruction() {
  if (++instructions_ <= kMaxInstructions) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      base::Absl(base::StrCat("the program has more than ", kMaxInstructions, " instructions")));
}

bool Program::IsInProgress(const mlir::Operation& function) const {
  return std::ranges::find(in_progress_, &function) != in_progress_.end();
}

absl::Status Program::Enter(const mlir::Operation& function) {
  if (IsInProgress(function)) {
    return base::InvalidArgument("function @%s calls itself", SymbolName(function));
  }
  if (in_progress_.size() >= kMaxCallDepth) {
    return base::InvalidArgument("calls nest more than %d deep", kMaxCallDepth);
  }
  in_progress_.push_back(&function);
  reached_.insert(&function);
  return absl::OkStatus();
}

absl::StatusOr<ir::ComputationId> Program::Function(const mlir::Operation& function) {
  if (auto known = translated_.find(&function); known != translated_.end()) return known->second;
  EQSAT_RETURN_IF_ERROR(Enter(function));
  absl::Cleanup leave = [this] { in_progress_.pop_back(); };
  Emitter emitter(*this, nullptr, FreshName(SymbolName(function)));
  const mlir::Region& body = function.regions[0];
  const mlir::Attribute* attributes = function.Find("arg_attrs");
  const auto* array = attributes ? attributes->As<mlir::ArrayAttribute>() : nullptr;
  for (size_t i = 0; i < body.arguments.size(); ++i) {
    absl::StatusOr<ir::Shape> shape = ShapeOf(source_.type(body.arguments[i]));
    if (!shape.ok()) return WithPlace(function, shape.status());
    InstructionId id = emitter.Parameter(static_cast<int64_t>(i), *shape);
    emitter.Bind(body.arguments[i], id);
    const mlir::DictionaryAttribute* entries =
        array != nullptr && i < array->elements.size()
            ? array->elements[i].As<mlir::DictionaryAttribute>()
            : nullptr;
    ir::Annotations notes;
    if (entries != nullptr && AnnotationsOf(source_, entries->entries, &notes)) {
      emitter.SetAnnotations(id, std::move(notes));
    }
  }
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> results, emitter.TranslateBlock(body));
  const std::vector<std::vector<mlir::NamedAttribute>> stated = ResultAttributes(function);
  for (size_t i = 0; i < results.size() && i < stated.size(); ++i)
    results[i] = WithResultSharding(emitter, stated[i], results[i]);
  if (results.size() != 1) results = {emitter.Tuple(results)};
  AnnotateResults(emitter, stated, results[0]);
  EQSAT_ASSIGN_OR_RETURN(ir::ComputationId id, emitter.Finish(results));
  translated_.emplace(&function, id);
  return id;
}

absl::StatusOr<std::vector<InstructionId>> Program::Inline(
    Emitter& emitter, const mlir::Operation& function, absl::Span<const InstructionId> arguments) {
  EQSAT_RETURN_IF_ERROR(Enter(function));
  absl::Cleanup leave = [this] { in_progress_.pop_back(); };
  const mlir::Region& body = function.regions[0];
  for (size_t i = 0; i < arguments.size(); ++i) emitter.Bind(body.arguments[i], arguments[i]);
  EQSAT_ASSIGN_OR_RETURN(std::vector<InstructionId> results, emitter.TranslateBlock(body));
  return results;
}

absl::StatusOr<std::vector<InstructionId>> Program::Call(Emitter& emitter, std::string_view name,
                                                         absl::Span<const InstructionId> arguments,
                                                         const mlir::Operation& op,
                                                         InstructionId* made) {
  EQSAT_RETURN_IF_ERROR(emitter.status());
  const mlir::Operation* function = FindFunction(name);
  if (function == nullptr) return base::InvalidArgument("there is no function @%s", name);
  const mlir::Region& body = function->regions[0];
  if (body.arguments.size() != arguments.size()) {
    return base::InvalidArgument("@%s takes %d arguments, not %d", name, body.arguments.size(),
                                 arguments.size());
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    const mlir::Type& type = source_.type(body.arguments[i]);
    if (!emitter.Ok(arguments[i]) || Fits(type, emitter.shape(arguments[i]))) continue;
    return base::InvalidArgument("argument %d of @%s is of type %s, but is given %s", i, name,
                                 type.ToString(), emitter.shape(arguments[i]).ToString());
  }
  const mlir::Type* type = FunctionType(*function);
  if (type != nullptr && type->results().size() != op.results.size()) {
    return base::InvalidArgument("@%s has %d results, not %d", name, type->results().size(),
                                 op.results.size());
  }
  if (HasOpenSizes(*function)) return Inline(emitter, *function, arguments);
  EQSAT_ASSIGN_OR_RETURN(ir::ComputationId callee, Function(*function));
  ir::CallAttributes attributes{.is_composite = op.name.ends_with(".composite")};
  InstructionId call = emitter.Add(OpCode::kCall, arguments, attributes, {&callee, 1},
                                   &module_[callee].result_shape());
  if (made != nullptr) *made = call;
  const size_t count = type != nullptr ? type->results().size() : 1;
  if (count == 1) return std::vector<InstructionId>{call};
  std::vector<InstructionId> results;
  for (size_t i = 0; i < count; ++i) results.push_back(emitter.Element(call, i));
  return results;
}

void Program::ReadHeader(const mlir::Operation* entry) {
  ir::ModuleHeader& header = module_.mutable_header();
  header.name = source_.name.empty() ? "main" : LegalName(source_.name);
  if (entry != nullptr && source_.name.empty()) header.name = LegalName(SymbolName(*entry));
  for (const auto& [name, value] : source_.attributes) {
    std::optional<int64_t> number = value.AsInt();
    if (name == "mhlo.num_replicas") header.replica_count = number.value_or(1);
    if (name == "mhlo.num_partitions") header.num_partitions = number.value_or(1);
    if (name == "mhlo.spmd_output_sharding") header.spmd_output_sharding = StatedSharding(value);
    if (name == "mhlo.spmd_parameters_shardings") {
      header.spmd_parameter_shardings = StatedShardings(value);
    }
    if (name == "mhlo.input_output_alias") header.input_output_alias = StatedAliases(value);
  }
  ir::Annotations notes;
  if (AnnotationsOf(source_, source_.attributes, &notes)) {
    header.frontend_attributes = std::move(notes.frontend_attributes);
  }
  AddMeshes(source_, &header.frontend_attributes);
}

// Memory that the caller gives away: `tf.aliasing_output = 0` names the result that takes it.
void Program::ReadAliases(const mlir::Operation& entry) {
  const mlir::Attribute* attributes = entry.Find("arg_attrs");
  const auto* array = attributes != nullptr ? attributes->As<mlir::ArrayAttribute>() : nullptr;
  if (array == nullptr) return;
  ir::ModuleHeader& header = module_.mutable_header();
  const mlir::Type* type = FunctionType(entry);
  const bool one_result = type != nullptr && type->results().size() == 1;
  for (size_t i = 0; i < array->elements.size(); ++i) {
    const auto* entries = array->elements[i].As<mlir::DictionaryAttribute>();
    if (entries == nullptr) continue;
    const auto number = static_cast<int64_t>(i);
    if (const mlir::Attribute* output = mlir::Find(entries->entries, "tf.aliasing_output")) {
      std::vector<int64_t> index;
      if (!one_result) index.push_back(output->AsInt().value_or(0));
      header.input_output_alias.push_back({.output_index = index, .parameter = number});
    }
    for (std::string_view name : {"jax.buffer_donor", "mhlo.buffer_donor"}) {
      const mlir::Attribute* donor = mlir::Find(entries->entries, name);
      if (donor != nullptr && donor->AsBool().value_or(false)) {
        header.buffer_donors.push_back({.parameter = number});
        break;
      }
    }
  }
}

absl::StatusOr<ir::Module> Program::Translate(const mlir::Operation* entry) {
  ReadHeader(entry);
  if (entry != nullptr) {
    ReadAliases(*entry);
    absl::StatusOr<ir::ComputationId> id = Function(*entry);
    if (!id.ok()) return WithPlace(*entry, id.status());
    module_.set_entry(*id);
  } else {
    EQSAT_ASSIGN_OR_RETURN(ir::ComputationId id, Emitter(*this, nullptr, "main").Finish({}));
    module_.set_entry(id);
  }
  return std::move(module_);
}

}  // namespace stablehlo

absl::StatusOr<std::vector<ir::Module>> TranslateStableHlo(mlir::Module module) {
  std::vector<const mlir::Operation*> functions, entries;
  for (const mlir::Operation& op : module.operations) {
    if (!stablehlo::IsFunction(op)) continue;
    functions.push_back(&op);
    if (stablehlo::SymbolName(op) == "main") entries = {&op};
  }
  if (entries.empty()) {
    for (const mlir::Operation* function : functions) {
      const mlir::Attribute* visibility = function->Find("sym_visibility");
      const bool is_private = visibility != nullptr && visibility->AsKeyword() == "private";
      if (!is_private && function->regions[0].arguments.empty()) entries.push_back(function);
    }
  }
  if (entries.empty()) entries.push_back(functions.empty() ? nullptr : functions[0]);
  std::vector<ir::Module> out;
  for (const mlir::Operation* entry : entries) {
    stablehlo::Program program(module);
    EQSAT_ASSIGN_OR_RETURN(ir::Module translated, program.Translate(entry));
    out.push_back(std::move(translated));
    std::erase_if(functions, [&](const mlir::Operation* f) { return program.IsReached(*f); });
  }
  // What no entry reaches is no part of a program, but must be well-formed. HLO need not have it.
  stablehlo::Program rest(module);
  for (const mlir::Operation* function : functions) {
    if (rest.IsReached(*function)) continue;
    absl::Status status = rest.Function(*function).status();
    if (!status.ok() && !absl::IsUnimplemented(status)) {
      return stablehlo::WithPlace(*function, status);
    }
  }
  return out;
}

absl::StatusOr<std::vector<ir::Module>> ParseStableHloText(std::string_view text) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<mlir::Module> modules, mlir::ParseText(text));
  std::vector<ir::Module> out;
  for (mlir::Module& module : modules) {
    EQSAT_ASSIGN_OR_RETURN(std::vector<ir::Module> programs, TranslateStableHlo(std::move(module)));
    for (ir::Module& program : programs) out.push_back(std::move(program));
  }
  if (out.empty()) {
    return TranslateStableHlo(mlir::Module());
  }
  return out;
}

}  // namespace eqsat::importers
