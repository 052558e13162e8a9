#include "engine/interchange/serialize.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#include "ir/base/strings.h"

namespace eqsat::engine {
namespace {

constexpr uint32_t kUnnumbered = std::numeric_limits<uint32_t>::max();
// In place of infinity, which JSON cannot say.
constexpr double kNever = 1e300;

class Serializer {
 public:
  Serializer(const EGraph& egraph, const NodeCost& cost, const NodeLabel& label)
      : egraph_(egraph),
        cost_(cost),
        label_(label),
        number_(egraph.class_id_limit(), kUnnumbered),
        names_(std::make_shared<std::deque<std::string>>()) {}

  SerializedEGraph Run(std::span<const ClassId> roots) {
    for (ClassId root : roots) result_.roots.push_back(Number(egraph_.Find(root)));
    for (uint32_t cls = 0; cls < ids_.size(); ++cls) AddClass(cls);
    for (uint32_t& child : result_.child_list) child = first_node_[child];
    result_.decoded = std::move(names_);
    return std::move(result_);
  }

 private:
  std::string_view Keep(std::string name) { return names_->emplace_back(std::move(name)); }

  uint32_t Number(ClassId id) {
    uint32_t& number = number_[id.value()];
    if (number == kUnnumbered) {
      number = static_cast<uint32_t>(ids_.size());
      ids_.push_back(id);
      result_.classes.push_back(Keep(base::StrCat(id.value())));
    }
    return number;
  }

  void AddClass(uint32_t cls) {
    first_node_.push_back(static_cast<uint32_t>(result_.nodes.size()));
    size_t index = 0;
    for (NodeId id : egraph_.class_nodes(ids_[cls])) {
      NodeView node = egraph_.node(id);
      SerializedEGraph::Node& added = result_.nodes.emplace_back();
      added.id = Keep(base::StrCat(result_.classes[cls], ".", index++));
      added.op = Keep(label_ ? label_(node) : std::string(egraph_.signature().name(node.op)));
      added.cls = cls;
      added.cost = std::min(cost_(node), kNever);
      added.first_child = static_cast<uint32_t>(result_.child_list.size());
      added.child_count = static_cast<uint32_t>(node.children.size());
      for (ClassId child : node.children) result_.child_list.push_back(Number(child));
    }
  }

  const EGraph& egraph_;
  const NodeCost& cost_;
  const NodeLabel& label_;
  std::vector<uint32_t> number_;  // by ClassId
  std::vector<ClassId> ids_;
  std::vector<uint32_t> first_node_;
  std::shared_ptr<std::deque<std::string>> names_;
  SerializedEGraph result_;
};

}  // namespace

SerializedEGraph Serialize(const CleanView& view, std::span<const ClassId> roots,
                           const NodeCost& cost, const NodeLabel& label) {
  return Serializer(view.egraph(), cost, label).Run(roots);
}

}  // namespace eqsat::engine
