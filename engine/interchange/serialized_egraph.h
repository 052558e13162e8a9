// An e-graph as data: the JSON of egraph-serialize, read, checked and written.
#ifndef EQSAT_ENGINE_INTERCHANGE_SERIALIZED_EGRAPH_H_
#define EQSAT_ENGINE_INTERCHANGE_SERIALIZED_EGRAPH_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace eqsat::engine {

// Nodes and classes are numbered in the order in which the file names them first. Every child and
// root is a class of the file; costs are finite. Names are views that live as long as the object.
struct SerializedEGraph {
  struct Node {
    std::string_view id;
    std::string_view op;
    uint32_t cls = 0;
    double cost = 1;
    bool subsumed = false;
    uint32_t first_child = 0;  // into child_list
    uint32_t child_count = 0;
  };
  struct ClassData {
    uint32_t cls;
    std::string_view json;  // the object as it stood in the file
  };

  std::vector<Node> nodes;
  std::vector<uint32_t> child_list;       // nodes, each standing for its class
  std::vector<std::string_view> classes;  // ids
  std::vector<uint32_t> roots;            // classes
  std::vector<ClassData> class_data;
  std::string_view comment;  // as JSON; may be empty

  // What the views point into.
  std::shared_ptr<const std::string> text;
  std::shared_ptr<const std::deque<std::string>> decoded;

  std::span<const uint32_t> children(const Node& node) const {
    return {child_list.data() + node.first_child, node.child_count};
  }
};

// Fails with the place, the key and the offending id or value: text that is not JSON, two nodes of
// one id, unknown keys, children that are no node, roots that no node has, costs that are not
// finite, no root. Data of classes without nodes is passed over.
absl::StatusOr<SerializedEGraph> ReadEGraphJson(std::string text);

// Reading this back gives the same object.
std::string WriteEGraphJson(const SerializedEGraph& egraph);
// The part of it whose nodes are to be kept. A child names a kept node of its class if there is
// one.
std::string WriteEGraphJson(const SerializedEGraph& egraph, const std::vector<bool>& keep);

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_INTERCHANGE_SERIALIZED_EGRAPH_H_
