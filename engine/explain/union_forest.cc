#include "engine/explain/union_forest.h"

#include <algorithm>

#include "ir/base/check.h"

namespace eqsat::engine {

UnionForest::UnionForest(const EGraph& egraph) : links_(egraph.class_id_limit()) {
  std::span<const UnionRecord> unions = egraph.unions();
  // The edges at each id, as positions in `edges`.
  std::vector<uint32_t> first(links_.size() + 1);
  for (const UnionRecord& u : unions) {
    ++first[u.left.value() + 1];
    ++first[u.right.value() + 1];
  }
  for (size_t i = 1; i < first.size(); ++i) first[i] += first[i - 1];
  std::vector<uint32_t> edges(unions.size() * 2);
  std::vector<uint32_t> next(first.begin(), first.end() - 1);
  for (uint32_t i = 0; i < unions.size(); ++i) {
    edges[next[unions[i].left.value()]++] = i;
    edges[next[unions[i].right.value()]++] = i;
  }
  std::vector<ClassId> stack;
  std::vector<bool> seen(links_.size());
  for (size_t root = 0; root < links_.size(); ++root) {
    if (seen[root]) continue;
    seen[root] = true;
    stack.assign(1, ClassId(root));
    while (!stack.empty()) {
      ClassId id = stack.back();
      stack.pop_back();
      for (uint32_t e = first[id.value()]; e < first[id.value() + 1]; ++e) {
        const UnionRecord& u = unions[edges[e]];
        ClassId other = u.left == id ? u.right : u.left;
        if (seen[other.value()]) continue;
        seen[other.value()] = true;
        links_[other.value()] = {id, u.reason, links_[id.value()].depth + 1};
        stack.push_back(other);
      }
    }
  }
}

std::vector<ReasonId> UnionForest::Path(ClassId a, ClassId b) const {
  std::vector<ReasonId> from_a;
  std::vector<ReasonId> from_b;
  auto climb = [&](ClassId* id, std::vector<ReasonId>* reasons) {
    const Link& link = links_[id->value()];
    EQSAT_CHECK(link.parent.valid());
    reasons->push_back(link.reason);
    *id = link.parent;
  };
  while (a != b) {
    if (links_[a.value()].depth >= links_[b.value()].depth) {
      climb(&a, &from_a);
    } else {
      climb(&b, &from_b);
    }
  }
  from_a.insert(from_a.end(), from_b.rbegin(), from_b.rend());
  return from_a;
}

}  // namespace eqsat::engine
