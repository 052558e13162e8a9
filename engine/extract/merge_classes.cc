#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/extract/shrinking_problem.h"

namespace eqsat::engine {
namespace {

using Node = ShrinkingProblem::Node;
// In place of a class: several.
constexpr uint32_t kMany = ShrinkingProblem::kNone - 1;

// One pass over the classes, children first as far as there is such an order.
class Merger {
 public:
  explicit Merger(ShrinkingProblem* problem)
      : problem_(*problem),
        user_(problem->classes.size(), ShrinkingProblem::kNone),
        is_replaced_(problem->classes.size()),
        replacement_(problem->classes.size()) {}

  bool Run() {
    for (uint32_t cls = 0; cls < problem_.classes.size(); ++cls)
      for (const Node& node : problem_.classes[cls])
        for (uint32_t child : node.children) AddUser(child, cls);
    for (uint32_t cls : ChildrenFirst()) Visit(cls);
    if (!changed_) return false;
    // Children on cycles were visited after some of their users.
    for (uint32_t cls = 0; cls < problem_.classes.size(); ++cls) Substitute(cls);
    return true;
  }

 private:
  void AddUser(uint32_t child, uint32_t cls) {
    if (user_[child] != cls) user_[child] = user_[child] == ShrinkingProblem::kNone ? cls : kMany;
  }

  std::vector<uint32_t> ChildrenFirst() const {
    struct Frame {
      uint32_t cls, node, child;
    };
    std::vector<uint32_t> order;
    std::vector<bool> seen(problem_.classes.size());
    std::vector<Frame> stack = {{ShrinkingProblem::kRoot, 0, 0}};
    seen[ShrinkingProblem::kRoot] = true;
    while (!stack.empty()) {
      Frame& top = stack.back();
      const std::vector<Node>& nodes = problem_.classes[top.cls];
      if (top.node == nodes.size()) {
        order.push_back(top.cls);
        stack.pop_back();
      } else if (top.child == nodes[top.node].children.size()) {
        ++top.node;
        top.child = 0;
      } else {
        uint32_t child = nodes[top.node].children[top.child++];
        if (!seen[child]) stack.push_back({child, 0, 0});
        seen[child] = true;
      }
    }
    return order;
  }

  void Visit(uint32_t cls) {
    Substitute(cls);
    std::vector<Node>& nodes = problem_.classes[cls];
    if (cls == ShrinkingProblem::kRoot || nodes.empty()) return;
    auto is_free = [](const Node& node) { return node.cost == 0 && node.children.empty(); };
    auto free = std::ranges::find_if(nodes, is_free);
    if (free != nodes.end()) {
      Replace(cls, *free);
    } else if (nodes.size() == 1 && nodes[0].cost == 0) {
      Replace(cls, nodes[0]);
    } else if (user_[cls] < kMany && ShouldMerge(cls, user_[cls])) {
      MergeInto(cls, user_[cls]);
    }
  }

  // Every user of `cls` uses the children of `node` instead.
  void Replace(uint32_t cls, const Node& node) {
    changed_ = true;
    problem_.defaults.push_back(node.recipe);
    is_replaced_[cls] = true;
    replacement_[cls] = node.children;
    for (uint32_t child : replacement_[cls])
      if (user_[child] == cls) user_[child] = user_[cls];
    problem_.classes[cls].clear();
  }

  void Substitute(uint32_t cls) {
    std::vector<Node>& nodes = problem_.classes[cls];
    for (Node& node : nodes) {
      if (!std::ranges::any_of(node.children, [&](uint32_t c) { return is_replaced_[c]; }))
        continue;
      std::vector<uint32_t> children;
      std::vector<uint32_t> stack = std::move(node.children);
      while (!stack.empty()) {
        uint32_t child = stack.back();
        stack.pop_back();
        if (is_replaced_[child])
          stack.insert(stack.end(), replacement_[child].begin(), replacement_[child].end());
        else
          children.push_back(child);
      }
      std::ranges::sort(children);
      children.erase(std::unique(children.begin(), children.end()), children.end());
      node.children = std::move(children);
    }
    std::erase_if(nodes, [&](const Node& node) { return Uses(node, cls); });
  }

  static bool Uses(const Node& node, uint32_t cls) {
    return std::ranges::binary_search(node.children, cls);
  }

  // Whether choosing both classes at once needs no more nodes than choosing them apart. The nodes
  // of the root stay one where they are, so that independent parts below it can be told apart.
  bool ShouldMerge(uint32_t cls, uint32_t user) const {
    size_t own = problem_.classes[cls].size();
    size_t uses = 0;
    for (const Node& node : problem_.classes[user]) uses += Uses(node, cls);
    if (uses == 0) return false;
    if (user == ShrinkingProblem::kRoot && own > 1) return false;
    return uses * own <= uses + own;
  }

  void MergeInto(uint32_t cls, uint32_t user) {
    changed_ = true;
    std::vector<Node> own = std::exchange(problem_.classes[cls], {});
    std::vector<Node> merged;
    for (Node& node : problem_.classes[user]) {
      if (!Uses(node, cls)) {
        merged.push_back(std::move(node));
        continue;
      }
      std::erase(node.children, cls);
      for (const Node& below : own) {
        Node both = Together(node, below);
        if (!Uses(both, user)) merged.push_back(std::move(both));
      }
    }
    problem_.classes[user] = std::move(merged);
    for (const Node& node : own)
      for (uint32_t child : node.children)
        if (user_[child] == cls) user_[child] = user;
  }

  Node Together(const Node& node, const Node& below) {
    Node both{.cost = node.cost + below.cost, .children = {}, .recipe = 0};
    std::ranges::set_union(node.children, below.children, std::back_inserter(both.children));
    both.recipe = static_cast<uint32_t>(problem_.recipes.size());
    problem_.recipes.push_back({node.recipe, below.recipe});
    return both;
  }

  ShrinkingProblem& problem_;
  std::vector<uint32_t>
      user_;  // by class: the only class whose nodes use it, kMany or ShrinkingProblem::kNone
  std::vector<bool> is_replaced_;
  std::vector<std::vector<uint32_t>> replacement_;
  bool changed_ = false;
};

}  // namespace

bool MergeClasses(ShrinkingProblem* problem) { return Merger(problem).Run(); }

}  // namespace eqsat::engine
