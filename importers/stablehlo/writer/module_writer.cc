#include "importers/stablehlo/writer/module_writer.h"

#include <algorithm>

#include "importers/mlir/printer.h"
#include "importers/stablehlo/stablehlo.h"
#include "importers/stablehlo/writer/attributes.h"
#include "importers/stablehlo/writer/block_writer.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"

namespace eqsat::importers {
namespace stablehlo {
namespace {

constexpr int64_t kMaxOperations = 4'000'000;

// What the caller is promised for the whole result, for element `index` of it.
const ir::Sharding* ElementSharding(const ir::Sharding& whole, size_t index) {
  if (whole.kind != ir::Sharding::Kind::kTuple) return &whole;
  return index < whole.elements.size() ? &whole.elements[index] : nullptr;
}

}  // namespace

bool ReturnsElements(const ir::Shape& result) {
  return result.IsTuple() && result.elements().size() != 1;
}

ModuleWriter::ModuleWriter(const ir::Module& source) : source_(source) {
  // Callees come before callers.
  for (const ir::Computation& computation : source.computations()) {
    effects_.push_back(std::ranges::any_of(
        computation.instructions(),
        [this](const ir::Instruction& instruction) { return HasEffect(instruction); }));
  }
}

bool ModuleWriter::HasEffect(const ir::Instruction& instruction) const {
  return ir::HasSideEffect(instruction.opcode, instruction.Attrs()) ||
         std::ranges::any_of(instruction.called,
                             [this](ir::ComputationId id) { return effects_[id.value()]; });
}

absl::Status ModuleWriter::CountOperation() {
  if (++operations_ <= kMaxOperations) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      base::Absl(base::StrCat("the program has more than ", kMaxOperations, " operations")));
}

std::string ModuleWriter::FunctionName(ir::ComputationId callee) {
  auto [entry, fresh] = functions_.emplace(callee, std::string());
  if (fresh) {
    entry->second = names_.Fresh(source_[callee].name());
    pending_.push_back(callee);
  }
  return entry->second;
}

std::shared_ptr<const mlir::Location> ModuleWriter::LocationOf(const ir::Instruction& instruction) {
  const ir::OpMetadata& metadata = instruction.Notes().metadata;
  if (last_location_.second != nullptr && last_location_.first == metadata) {
    return last_location_.second;
  }
  mlir::Location location{.name = metadata.op_name,
                          .file = metadata.source_file,
                          .line = metadata.source_line,
                          .column = metadata.source_column,
                          .end_line = metadata.source_end_line,
                          .end_column = metadata.source_end_column};
  if (location.name.empty() && location.file.empty()) return nullptr;
  last_location_ = {metadata, std::make_shared<const mlir::Location>(std::move(location))};
  return last_location_.second;
}

std::vector<mlir::NamedAttribute> ModuleWriter::DonationOf(int64_t number) const {
  std::vector<mlir::NamedAttribute> out;
  for (const ir::InputOutputAlias& alias : source_.header().input_output_alias) {
    if (alias.parameter != number || !alias.parameter_index.empty()) continue;
    if (alias.output_index.size() > 1) continue;
    const int64_t result = alias.output_index.empty() ? 0 : alias.output_index[0];
    out.emplace_back("tf.aliasing_output", Int32(result));
  }
  for (const ir::BufferDonor& donor : source_.header().buffer_donors) {
    if (donor.parameter == number && donor.parameter_index.empty() && out.empty()) {
      out.emplace_back("jax.buffer_donor", true);
    }
  }
  return out;
}

absl::StatusOr<mlir::Operation> ModuleWriter::WriteFunction(ir::ComputationId id) {
  const ir::Computation& computation = source_[id];
  const bool entry = id == source_.entry_id();
  mlir::Operation function;
  function.name = "func.func";
  function.regions.emplace_back();
  mlir::Region& body = function.regions[0];
  std::vector<mlir::Type> inputs, results;
  std::vector<Written> parameters;
  mlir::ArrayAttribute argument_attributes, result_attributes;
  for (InstructionId parameter : computation.parameters()) {
    const ir::Instruction& instruction = computation[parameter];
    EQSAT_ASSIGN_OR_RETURN(mlir::Type type, TypeOf(instruction.shape));
    inputs.push_back(type);
    body.arguments.push_back(out_.AddValue(std::move(type)));
    parameters.push_back({body.arguments.back(), {}});
    mlir::DictionaryAttribute attributes{AnnotationAttributes(instruction.Notes())};
    if (entry) {
      for (mlir::NamedAttribute& donation :
           DonationOf(instruction.attr<ir::ParameterAttributes>().number)) {
        attributes.entries.push_back(std::move(donation));
      }
    }
    argument_attributes.elements.emplace_back(std::move(attributes));
  }
  BlockWriter block(*this, computation, &body, 0);
  EQSAT_RETURN_IF_ERROR(block.Write(std::move(parameters)).status());
  const ir::Instruction& root = computation[computation.root()];
  std::vector<ValueId> returned;
  if (ReturnsElements(root.shape)) {
    const Written value = block.Of(computation.root());
    for (size_t i = 0; i < root.shape.elements().size(); ++i) {
      returned.push_back(block.Pack(block.Element(value, root.shape, static_cast<int64_t>(i)),
                                    root.shape.elements()[i]));
      mlir::DictionaryAttribute attributes;
      if (root.opcode == OpCode::kTuple && root.Notes().sharding) {
        if (const ir::Sharding* sharding = ElementSharding(*root.Notes().sharding, i)) {
          attributes.entries = AnnotationAttributes({.sharding = *sharding});
        }
      }
      result_attributes.elements.emplace_back(std::move(attributes));
    }
  } else {
    returned.push_back(block.One(computation.root()));
  }
  EQSAT_RETURN_IF_ERROR(block.status());
  for (ValueId value : returned) results.push_back(out_.type(value));
  mlir::Operation end;
  end.name = "func.return";
  end.operands = std::move(returned);
  body.operations.push_back(std::move(end));
  function.attributes = {
      {"sym_name", entry ? std::string("main") : functions_.find(id)->second},
      {"function_type", mlir::Type::Function(std::move(inputs), std::move(results))},
      {"sym_visibility", std::string(entry ? "public" : "private")},
      {"arg_attrs", std::move(argument_attributes)},
      {"res_attrs", std::move(result_attributes)}};
  return function;
}

void ModuleWriter::WriteHeader() {
  const ir::ModuleHeader& header = source_.header();
  out_.name = header.name;
  if (header.num_partitions != 1) {
    out_.attributes.emplace_back("mhlo.num_partitions", Int32(header.num_partitions));
  }
  if (header.replica_count != 1) {
    out_.attributes.emplace_back("mhlo.num_replicas", Int32(header.replica_count));
  }
  if (header.spmd_output_sharding) {
    out_.attributes.emplace_back("mhlo.spmd_output_sharding",
                                 ShardingText(*header.spmd_output_sharding));
  }
  if (!header.spmd_parameter_shardings.empty()) {
    mlir::ArrayAttribute shardings;
    for (const ir::Sharding& sharding : header.spmd_parameter_shardings) {
      shardings.elements.emplace_back(ShardingText(sharding));
    }
    out_.attributes.emplace_back("mhlo.spmd_parameters_shardings", std::move(shardings));
  }
  for (mlir::NamedAttribute& attribute :
       AnnotationAttributes({.frontend_attributes = header.frontend_attributes})) {
    out_.attributes.push_back(std::move(attribute));
  }
}

absl::StatusOr<mlir::Module> ModuleWriter::Write() {
  WriteHeader();
  names_.Add("main");
  functions_.emplace(source_.entry_id(), "main");
  pending_.push_back(source_.entry_id());
  // Functions name what they call; each is written once.
  for (size_t i = 0; i < pending_.size(); ++i) {
    EQSAT_ASSIGN_OR_RETURN(mlir::Operation function, WriteFunction(pending_[i]));
    out_.operations.push_back(std::move(function));
  }
  return std::move(out_);
}

}  // namespace stablehlo

absl::StatusOr<std::string> PrintStableHlo(const ir::Module& module) {
  EQSAT_ASSIGN_OR_RETURN(mlir::Module program, stablehlo::ModuleWriter(module).Write());
  return mlir::PrintModule(program);
}

}  // namespace eqsat::importers
