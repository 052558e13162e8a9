// A module of HLO while a model is translated into it.
#ifndef EQSAT_IMPORTERS_ONNX_PROGRAM_H_
#define EQSAT_IMPORTERS_ONNX_PROGRAM_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "importers/import_context.h"
#include "importers/name_set.h"
#include "importers/onnx/onnx.pb.h"
#include "importers/onnx/tensor_emitter.h"
#include "ir/graph/module.h"

namespace eqsat::importers::onnx {

// Versions by domain; the domain of ONNX itself is "".
using Opsets = std::map<std::string, int64_t, std::less<>>;

// "" for the two spellings of ONNX's own domain.
std::string_view DomainOf(std::string_view domain);

class Program {
 public:
  Program(const ModelProto& model, const ImportContext& context);

  absl::StatusOr<ir::Module> Translate();

  ir::Module& module() { return module_; }
  CombinerMap& combiners() { return combiners_; }
  const Opsets& opsets() const { return opsets_; }
  const std::string& folder() const { return context_.folder; }
  // Null if the model has no such function.
  const FunctionProto* FindFunction(const NodeProto& node) const;
  // The versions that the function's body is written in.
  const Opsets& OpsetsOf(const FunctionProto& function) const;

  std::string FreshName(std::string_view name) { return names_.Fresh(LegalName(name)); }
  absl::Status CountInstruction();

 private:
  absl::Status CheckOpsets() const;
  absl::StatusOr<ir::Shape> InputShape(const ValueInfoProto& input) const;

  const ModelProto& model_;
  const ImportContext& context_;
  ir::Module module_;
  Opsets opsets_;
  std::map<std::string, std::pair<const FunctionProto*, Opsets>> functions_;
  NameSet names_;
  CombinerMap combiners_;
  int64_t instructions_ = 0;
};

}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_PROGRAM_H_
