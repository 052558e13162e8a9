#include "engine/interchange/dot.h"

#include <algorithm>
#include <cstdint>

#include "engine/interchange/json_scanner.h"
#include "ir/base/strings.h"

namespace eqsat::engine {
namespace {

class DotWriter {
 public:
  DotWriter(const SerializedEGraph& egraph, const std::vector<bool>& marked,
            const DotLimits& limits)
      : egraph_(egraph),
        marked_(marked),
        limits_(limits),
        members_(egraph.classes.size()),
        shown_(egraph.classes.size()) {
    for (uint32_t i = 0; i < egraph.nodes.size(); ++i) members_[egraph.nodes[i].cls].push_back(i);
    for (std::vector<uint32_t>& nodes : members_)
      std::stable_partition(nodes.begin(), nodes.end(),
                            [&](uint32_t node) { return IsMarked(node); });
  }

  std::string Write() {
    std::vector<uint32_t> classes = ShownClasses();
    std::string boxes;
    std::string edges;
    for (uint32_t cls : classes) WriteClass(cls, &boxes, &edges);
    return base::StrCat("digraph egraph {\n  compound=true; newrank=true; node [shape=box];\n",
                        Title(classes.size()), boxes, edges, "}\n");
  }

 private:
  bool IsMarked(uint32_t node) const { return !marked_.empty() && marked_[node]; }
  size_t ShownNodes(uint32_t cls) const {
    return std::min(members_[cls].size(), limits_.nodes_of_a_class);
  }

  // Breadth first from the roots over the nodes that are shown.
  std::vector<uint32_t> ShownClasses() {
    std::vector<uint32_t> classes;
    auto show = [&](uint32_t cls) {
      if (shown_[cls] || classes.size() == limits_.classes) return;
      shown_[cls] = true;
      classes.push_back(cls);
    };
    for (uint32_t root : egraph_.roots) show(root);
    for (size_t i = 0; i < classes.size(); ++i)
      for (size_t n = 0; n < ShownNodes(classes[i]); ++n)
        for (uint32_t child : egraph_.children(egraph_.nodes[members_[classes[i]][n]]))
          show(egraph_.nodes[child].cls);
    return classes;
  }

  std::string Title(size_t class_count) const {
    size_t nodes = 0;
    for (uint32_t cls = 0; cls < shown_.size(); ++cls)
      if (shown_[cls]) nodes += ShownNodes(cls);
    return base::StrCat("  labelloc=t; label=\"", class_count, " of ", egraph_.classes.size(),
                        " classes, ", nodes, " of ", egraph_.nodes.size(), " nodes\";\n");
  }

  void WriteClass(uint32_t cls, std::string* boxes, std::string* edges) {
    base::StrAppend(boxes, "  subgraph cluster_", cls, " {\n    style=rounded; label=");
    AppendJsonString(egraph_.classes[cls], boxes);
    boxes->append(";\n");
    for (size_t i = 0; i < ShownNodes(cls); ++i) WriteNode(members_[cls][i], boxes, edges);
    if (size_t hidden = members_[cls].size() - ShownNodes(cls); hidden > 0)
      base::StrAppend(boxes, "    more_", cls, " [shape=plaintext, label=\"", hidden,
                      " more nodes\"];\n");
    boxes->append("  }\n");
  }

  void WriteNode(uint32_t node, std::string* boxes, std::string* edges) {
    base::StrAppend(boxes, "    n", node, " [label=");
    AppendJsonString(base::StrCat(egraph_.nodes[node].op, "\n", egraph_.nodes[node].cost), boxes);
    boxes->append(IsMarked(node) ? ", penwidth=3];\n" : "];\n");
    size_t hidden = 0;
    for (uint32_t child : egraph_.children(egraph_.nodes[node])) {
      uint32_t cls = egraph_.nodes[child].cls;
      if (!shown_[cls] || members_[cls].empty() || limits_.nodes_of_a_class == 0) {
        ++hidden;
        continue;
      }
      base::StrAppend(edges, "  n", node, " -> n", members_[cls][0], " [lhead=cluster_", cls,
                      IsMarked(node) ? ", penwidth=3];\n" : "];\n");
    }
    if (hidden == 0) return;
    base::StrAppend(edges, "  hidden_", node, " [shape=plaintext, label=\"", hidden,
                    " classes not shown\"];\n  n", node, " -> hidden_", node, " [style=dashed];\n");
  }

  const SerializedEGraph& egraph_;
  const std::vector<bool>& marked_;
  const DotLimits& limits_;
  std::vector<std::vector<uint32_t>> members_;  // by class: its nodes
  std::vector<bool> shown_;                     // by class
};

}  // namespace

std::string WriteDot(const SerializedEGraph& egraph, const std::vector<bool>& marked,
                     const DotLimits& limits) {
  return DotWriter(egraph, marked, limits).Write();
}

}  // namespace eqsat::engine
