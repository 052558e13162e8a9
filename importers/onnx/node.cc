#include "importers/onnx/node.h"

namespace eqsat::importers::onnx {

Node::Node(const NodeProto& proto, int64_t index, int64_t version, const AttributeMap* caller)
    : proto_(proto), index_(index), version_(version) {
  for (const AttributeProto& attribute : proto.attribute()) {
    if (attribute.ref_attr_name().empty()) {
      attributes_[attribute.name()] = &attribute;
    } else if (caller != nullptr) {
      auto found = caller->find(attribute.ref_attr_name());
      if (found != caller->end()) attributes_[attribute.name()] = found->second;
    }
  }
}

const std::string& Node::InputName(size_t input) const {
  return proto_.input(static_cast<int>(input));
}

const AttributeProto* Node::Find(std::string_view name) const {
  auto found = attributes_.find(name);
  return found == attributes_.end() ? nullptr : found->second;
}

int64_t Node::Int(std::string_view name, int64_t fallback) const {
  const AttributeProto* attribute = Find(name);
  return attribute != nullptr ? attribute->i() : fallback;
}

double Node::Float(std::string_view name, double fallback) const {
  const AttributeProto* attribute = Find(name);
  return attribute != nullptr ? attribute->f() : fallback;
}

std::string Node::String(std::string_view name, std::string_view fallback) const {
  const AttributeProto* attribute = Find(name);
  return attribute != nullptr ? attribute->s() : std::string(fallback);
}

std::optional<std::vector<int64_t>> Node::Ints(std::string_view name) const {
  const AttributeProto* attribute = Find(name);
  if (attribute == nullptr) return std::nullopt;
  return std::vector<int64_t>(attribute->ints().begin(), attribute->ints().end());
}

std::vector<int64_t> Node::Ints(std::string_view name, size_t count, int64_t fallback) const {
  std::optional<std::vector<int64_t>> found = Ints(name);
  return found ? *found : std::vector<int64_t>(count, fallback);
}

}  // namespace eqsat::importers::onnx
