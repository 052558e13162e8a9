#include "importers/stable_order.h"

#include <functional>
#include <queue>

namespace eqsat::importers {

std::vector<int> StableOrder(const std::vector<std::vector<int>>& dependencies) {
  int count = static_cast<int>(dependencies.size());
  std::vector<size_t> missing(count);
  std::vector<std::vector<int>> users(count);
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (int i = 0; i < count; ++i) {
    missing[i] = dependencies[i].size();
    for (int dependency : dependencies[i]) users[dependency].push_back(i);
    if (missing[i] == 0) ready.push(i);
  }
  std::vector<int> order;
  order.reserve(count);
  while (!ready.empty()) {
    int next = ready.top();
    ready.pop();
    order.push_back(next);
    for (int user : users[next])
      if (--missing[user] == 0) ready.push(user);
  }
  return order;
}

int FirstMissing(const std::vector<int>& order, int n) {
  std::vector<bool> present(n);
  for (int i : order) present[i] = true;
  for (int i = 0; i < n; ++i)
    if (!present[i]) return i;
  return n;
}

}  // namespace eqsat::importers
