// One node of a model, with its attributes as its operator wants to see them.
#ifndef EQSAT_IMPORTERS_ONNX_NODE_H_
#define EQSAT_IMPORTERS_ONNX_NODE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importers/onnx/onnx.pb.h"

namespace eqsat::importers::onnx {

// Attribute values by name: of a call, for the body of a function.
using AttributeMap = std::map<std::string, const AttributeProto*, std::less<>>;

// Inputs and outputs may be left out: at the end, or by an empty name. Refers to the message.
class Node {
 public:
  // In a function, attributes that refer to the caller's are looked up in `caller`.
  Node(const NodeProto& proto, int64_t index, int64_t version, const AttributeMap* caller);

  const NodeProto& proto() const { return proto_; }
  const std::string& op_type() const { return proto_.op_type(); }
  int64_t index() const { return index_; }
  int64_t version() const { return version_; }  // of the opset of its domain

  size_t input_count() const { return static_cast<size_t>(proto_.input_size()); }
  bool Has(size_t input) const { return input < input_count() && !InputName(input).empty(); }
  const std::string& InputName(size_t input) const;
  size_t output_count() const { return static_cast<size_t>(proto_.output_size()); }
  bool Wants(size_t output) const {
    return output < output_count() && !proto_.output(static_cast<int>(output)).empty();
  }

  // Null if the attribute is absent.
  const AttributeProto* Find(std::string_view name) const;
  const AttributeMap& attributes() const { return attributes_; }
  int64_t Int(std::string_view name, int64_t fallback) const;
  bool Flag(std::string_view name, bool fallback) const { return Int(name, fallback) != 0; }
  double Float(std::string_view name, double fallback) const;
  std::string String(std::string_view name, std::string_view fallback) const;
  std::optional<std::vector<int64_t>> Ints(std::string_view name) const;
  // `count` times the fallback where the attribute is absent.
  std::vector<int64_t> Ints(std::string_view name, size_t count, int64_t fallback) const;

 private:
  const NodeProto& proto_;
  int64_t index_;
  int64_t version_;
  AttributeMap attributes_;
};

}  // namespace eqsat::importers::onnx

#endif  // EQSAT_IMPORTERS_ONNX_NODE_H_
