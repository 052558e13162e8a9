#include <cmath>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "engine/interchange/json_scanner.h"
#include "engine/interchange/serialized_egraph.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::engine {
namespace {

using Index = absl::flat_hash_map<absl::string_view, uint32_t>;

// Reads in one pass; ids are looked up when all nodes are known.
class Reader {
 public:
  explicit Reader(std::string_view text) : scanner_(text) {
    // About a node for every 100 bytes in common files.
    node_index_.reserve(text.size() / 128);
    egraph_.nodes.reserve(text.size() / 128);
  }

  absl::StatusOr<SerializedEGraph> Read() {
    EQSAT_RETURN_IF_ERROR(ReadMembers([this](std::string_view key) { return TopMember(key); }));
    EQSAT_RETURN_IF_ERROR(scanner_.End());
    if (!saw_nodes_) return scanner_.ErrorAt(0, "the key 'nodes' is missing");
    if (!saw_roots_) return scanner_.ErrorAt(0, "the key 'root_eclasses' is missing");
    EQSAT_RETURN_IF_ERROR(ResolveChildren());
    EQSAT_RETURN_IF_ERROR(ResolveRoots());
    EQSAT_RETURN_IF_ERROR(ResolveClassData());
    egraph_.decoded = std::make_shared<const std::deque<std::string>>(scanner_.TakeDecoded());
    return std::move(egraph_);
  }

 private:
  struct Named {
    std::string_view id;
    size_t offset;
  };

  // Calls `member(key)` for each member of an object; it must consume the value.
  template <typename Member>
  absl::Status ReadMembers(Member member) {
    EQSAT_RETURN_IF_ERROR(scanner_.Enter('{'));
    for (bool first = true;; first = false) {
      bool more;
      EQSAT_RETURN_IF_ERROR(scanner_.Next('}', first, &more));
      if (!more) return absl::OkStatus();
      scanner_.Peek();
      key_offset_ = scanner_.offset();
      std::string_view key;
      EQSAT_RETURN_IF_ERROR(scanner_.Key(&key));
      EQSAT_RETURN_IF_ERROR(member(key));
    }
  }

  absl::Status ReadStrings(std::vector<Named>* list) {
    EQSAT_RETURN_IF_ERROR(scanner_.Enter('['));
    for (bool first = true;; first = false) {
      bool more;
      EQSAT_RETURN_IF_ERROR(scanner_.Next(']', first, &more));
      if (!more) return absl::OkStatus();
      scanner_.Peek();
      Named& named = list->emplace_back(Named{{}, scanner_.offset()});
      EQSAT_RETURN_IF_ERROR(scanner_.String(&named.id));
    }
  }

  absl::Status Repeated(std::string_view key) {
    return scanner_.ErrorAt(key_offset_, base::StrCat("the key '", key, "' stands twice"));
  }

  absl::Status TopMember(std::string_view key) {
    if (key == "nodes") {
      if (std::exchange(saw_nodes_, true)) return Repeated(key);
      return ReadMembers([this](std::string_view id) { return ReadNode(id); });
    }
    if (key == "root_eclasses") {
      if (std::exchange(saw_roots_, true)) return Repeated(key);
      return ReadStrings(&roots_);
    }
    if (key == "class_data") {
      return ReadMembers([this](std::string_view id) {
        class_data_.push_back({{id, key_offset_}, {}});
        return scanner_.Skip(&class_data_.back().json);
      });
    }
    if (key == "comment") return scanner_.Skip(&egraph_.comment);
    return scanner_.ErrorAt(key_offset_, base::StrCat("unknown key '", key, "'"));
  }

  absl::Status ReadNode(std::string_view id) {
    uint32_t number = static_cast<uint32_t>(egraph_.nodes.size());
    if (!node_index_.try_emplace(base::Absl(id), number).second)
      return scanner_.ErrorAt(key_offset_, base::StrCat("nodes: two nodes have the id '", id, "'"));
    size_t offset = key_offset_;
    SerializedEGraph::Node node{.id = id,
                                .first_child = static_cast<uint32_t>(child_names_.size())};
    unsigned seen = 0;
    EQSAT_RETURN_IF_ERROR(
        ReadMembers([&](std::string_view key) { return NodeMember(key, &node, &seen); }));
    if (!(seen & kOp)) return NodeError(offset, node, "the key 'op' is missing");
    if (!(seen & kClass)) return NodeError(offset, node, "the key 'eclass' is missing");
    node.child_count = static_cast<uint32_t>(child_names_.size()) - node.first_child;
    egraph_.nodes.push_back(node);
    return absl::OkStatus();
  }

  absl::Status NodeError(size_t offset, const SerializedEGraph::Node& node,
                         std::string_view message) {
    return scanner_.ErrorAt(offset, base::StrCat("nodes['", node.id, "']: ", message));
  }

  enum Member : unsigned { kOp = 1, kChildren = 2, kClass = 4, kCost = 8, kSubsumed = 16 };

  static unsigned MemberOf(std::string_view key) {
    if (key == "op") return kOp;
    if (key == "children") return kChildren;
    if (key == "eclass") return kClass;
    if (key == "cost") return kCost;
    if (key == "subsumed") return kSubsumed;
    return 0;
  }

  absl::Status NodeMember(std::string_view key, SerializedEGraph::Node* node, unsigned* seen) {
    unsigned member = MemberOf(key);
    size_t offset = key_offset_;
    if (member == 0) return NodeError(offset, *node, base::StrCat("unknown key '", key, "'"));
    if (*seen & member)
      return NodeError(offset, *node, base::StrCat("the key '", key, "' stands twice"));
    *seen |= member;
    switch (member) {
      case kOp:
        return scanner_.String(&node->op);
      case kChildren:
        return ReadStrings(&child_names_);
      case kSubsumed:
        return scanner_.Bool(&node->subsumed);
      case kCost:
        return ReadCost(node);
      default:
        break;
    }
    std::string_view cls;
    EQSAT_RETURN_IF_ERROR(scanner_.String(&cls));
    auto [found, is_new] =
        class_index_.try_emplace(base::Absl(cls), static_cast<uint32_t>(egraph_.classes.size()));
    if (is_new) egraph_.classes.push_back(cls);
    node->cls = found->second;
    return absl::OkStatus();
  }

  // JSON has no NaN, but writers in use print one.
  absl::Status ReadCost(SerializedEGraph::Node* node) {
    char c = scanner_.Peek();
    size_t offset = scanner_.offset();
    if (c == 'N' || c == 'n' || c == 'I')
      return NodeError(offset, *node, "cost: not a finite number");
    absl::Status status = scanner_.Number(&node->cost);
    if (!status.ok()) return NodeError(offset, *node, "cost: not a finite number");
    return absl::OkStatus();
  }

  absl::Status ResolveChildren() {
    egraph_.child_list.reserve(child_names_.size());
    for (const SerializedEGraph::Node& node : egraph_.nodes) {
      for (uint32_t i = 0; i < node.child_count; ++i) {
        const Named& child = child_names_[node.first_child + i];
        auto found = node_index_.find(base::Absl(child.id));
        if (found == node_index_.end())
          return NodeError(
              child.offset, node,
              absl::StrFormat("children[%d]: no node has the id '%s'", i, base::Absl(child.id)));
        egraph_.child_list.push_back(found->second);
      }
    }
    return absl::OkStatus();
  }

  absl::Status ResolveRoots() {
    if (roots_.empty()) return scanner_.ErrorAt(0, "root_eclasses: no class is named");
    for (size_t i = 0; i < roots_.size(); ++i) {
      auto found = class_index_.find(base::Absl(roots_[i].id));
      if (found == class_index_.end())
        return scanner_.ErrorAt(roots_[i].offset,
                                absl::StrFormat("root_eclasses[%d]: no node is in a class '%s'", i,
                                                base::Absl(roots_[i].id)));
      egraph_.roots.push_back(found->second);
    }
    return absl::OkStatus();
  }

  absl::Status ResolveClassData() {
    std::vector<bool> seen(egraph_.classes.size());
    for (const NamedJson& data : class_data_) {
      auto found = class_index_.find(base::Absl(data.name.id));
      // Writers keep the data of classes whose nodes they left out.
      if (found == class_index_.end()) continue;
      if (seen[found->second])
        return scanner_.ErrorAt(data.name.offset, base::StrCat("class_data: the class '",
                                                               data.name.id, "' stands twice"));
      seen[found->second] = true;
      egraph_.class_data.push_back({found->second, data.json});
    }
    return absl::OkStatus();
  }

  struct NamedJson {
    Named name;
    std::string_view json;
  };

  JsonScanner scanner_;
  size_t key_offset_ = 0;
  bool saw_nodes_ = false;
  bool saw_roots_ = false;
  Index node_index_;
  Index class_index_;
  std::vector<Named> child_names_;
  std::vector<Named> roots_;
  std::vector<NamedJson> class_data_;
  SerializedEGraph egraph_;
};

}  // namespace

absl::StatusOr<SerializedEGraph> ReadEGraphJson(std::string text) {
  if (text.size() > std::numeric_limits<uint32_t>::max())
    return base::InvalidArgument("%d bytes are more than an e-graph file may have (4 GiB)",
                                 text.size());
  auto kept = std::make_shared<const std::string>(std::move(text));
  EQSAT_ASSIGN_OR_RETURN(SerializedEGraph egraph, Reader(*kept).Read());
  egraph.text = std::move(kept);
  return egraph;
}

}  // namespace eqsat::engine
