#include <charconv>
#include <limits>
#include <utility>

#include "engine/interchange/json_scanner.h"
#include "engine/interchange/serialized_egraph.h"

namespace eqsat::engine {
namespace {

constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

// The shortest text that reads back as the same number.
void AppendNumber(double value, std::string* out) {
  char buffer[32];
  char* end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  out->append(buffer, end);
}

// By class: its first node that is kept.
std::vector<uint32_t> FirstKept(const SerializedEGraph& egraph, const std::vector<bool>& keep) {
  std::vector<uint32_t> first(egraph.classes.size(), kNone);
  for (uint32_t i = 0; i < egraph.nodes.size(); ++i) {
    uint32_t& slot = first[egraph.nodes[i].cls];
    if (keep[i] && slot == kNone) slot = i;
  }
  return first;
}

void AppendNode(const SerializedEGraph& egraph, const SerializedEGraph::Node& node,
                const std::vector<bool>& keep, const std::vector<uint32_t>& first_kept,
                std::string* out) {
  AppendJsonString(node.id, out);
  out->append(": {\"op\": ");
  AppendJsonString(node.op, out);
  out->append(", \"children\": [");
  bool first = true;
  for (uint32_t child : egraph.children(node)) {
    if (!first) out->append(", ");
    first = false;
    uint32_t named = keep[child] ? child : first_kept[egraph.nodes[child].cls];
    AppendJsonString(egraph.nodes[named == kNone ? child : named].id, out);
  }
  out->append("], \"eclass\": ");
  AppendJsonString(egraph.classes[node.cls], out);
  out->append(", \"cost\": ");
  AppendNumber(node.cost, out);
  out->append(node.subsumed ? ", \"subsumed\": true}" : "}");
}

}  // namespace

std::string WriteEGraphJson(const SerializedEGraph& egraph) {
  return WriteEGraphJson(egraph, std::vector<bool>(egraph.nodes.size(), true));
}

std::string WriteEGraphJson(const SerializedEGraph& egraph, const std::vector<bool>& keep) {
  std::vector<uint32_t> first_kept = FirstKept(egraph, keep);
  std::string out = "{\"nodes\": {\n";
  auto separate = [&out, first = true](std::string_view separator) mutable {
    if (!first) out.append(separator);
    first = false;
  };
  for (size_t i = 0; i < egraph.nodes.size(); ++i) {
    if (!keep[i]) continue;
    separate(",\n");
    AppendNode(egraph, egraph.nodes[i], keep, first_kept, &out);
  }
  out.append("\n}, \"root_eclasses\": [");
  for (size_t i = 0; i < egraph.roots.size(); ++i) {
    if (i > 0) out.append(", ");
    AppendJsonString(egraph.classes[egraph.roots[i]], &out);
  }
  out.append("], \"class_data\": {");
  std::string_view before = "\n";
  for (const SerializedEGraph::ClassData& data : egraph.class_data) {
    if (first_kept[data.cls] == kNone) continue;
    out.append(std::exchange(before, ",\n"));
    AppendJsonString(egraph.classes[data.cls], &out);
    out.append(": ").append(data.json);
  }
  out.append("}");
  if (!egraph.comment.empty()) out.append(", \"comment\": ").append(egraph.comment);
  out.append("}\n");
  return out;
}

}  // namespace eqsat::engine
