// What tests compare the engine with: an e-graph that is as simple as it can be, and random terms.
#ifndef EQSAT_TESTS_ENGINE_NAIVE_GRAPH_H_
#define EQSAT_TESTS_ENGINE_NAIVE_GRAPH_H_

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/engine/math.h"

namespace eqsat::engine::testing {

// Nodes in a list, congruence by comparing all of them until nothing changes.
class NaiveGraph {
 public:
  size_t Find(size_t cls) const {
    while (parent_[cls] != cls) cls = parent_[cls];
    return cls;
  }
  size_t Add(const std::string& head, std::vector<size_t> children) {
    Canonicalize(&children);
    for (const Node& node : nodes_)
      if (node.head == head && Canonical(node.children) == children) return Find(node.cls);
    parent_.push_back(parent_.size());
    nodes_.push_back({head, std::move(children), parent_.size() - 1});
    return parent_.size() - 1;
  }
  size_t Add(const Sexp& term, const std::map<std::string, size_t>& bindings) {
    if (auto bound = bindings.find(term.head); bound != bindings.end()) return Find(bound->second);
    std::vector<size_t> children;
    for (const Sexp& arg : term.args) children.push_back(Add(arg, bindings));
    return Add(term.head, children);
  }
  void Union(size_t a, size_t b) { parent_[Find(a)] = Find(b); }
  void Close() {
    for (bool changed = true; changed;) {
      changed = false;
      for (const Node& a : nodes_)
        for (const Node& b : nodes_)
          if (a.head == b.head && Canonical(a.children) == Canonical(b.children) &&
              Find(a.cls) != Find(b.cls)) {
            Union(a.cls, b.cls);
            changed = true;
          }
    }
  }

  using Bindings = std::map<std::string, size_t>;
  // Calls `found` with the bindings of each match of `pattern` in class `cls`.
  void Match(const Sexp& pattern, size_t cls, const Bindings& bindings,
             const std::function<void(const Bindings&)>& found) const {
    if (pattern.head[0] == '?') {
      Bindings more = bindings;
      if (more.emplace(pattern.head, cls).first->second == cls) found(more);
      return;
    }
    for (const Node& node : nodes_) {
      if (Find(node.cls) != cls || node.head != pattern.head ||
          node.children.size() != pattern.args.size())
        continue;
      MatchArguments(pattern, Canonical(node.children), 0, bindings, found);
    }
  }
  void ApplyAll(const std::vector<std::pair<Sexp, Sexp>>& rules) {
    std::vector<std::tuple<size_t, size_t, Bindings>> matches;
    for (size_t rule = 0; rule < rules.size(); ++rule)
      for (size_t cls = 0; cls < parent_.size(); ++cls)
        if (Find(cls) == cls)
          Match(rules[rule].first, cls, {},
                [&](const Bindings& b) { matches.emplace_back(rule, cls, b); });
    for (const auto& [rule, cls, bindings] : matches) Union(Add(rules[rule].second, bindings), cls);
    Close();
  }

  size_t node_count() const {
    std::set<std::pair<std::string, std::vector<size_t>>> distinct;
    for (const Node& node : nodes_) distinct.emplace(node.head, Canonical(node.children));
    return distinct.size();
  }
  size_t class_count() const {
    size_t count = 0;
    for (size_t i = 0; i < parent_.size(); ++i) count += Find(i) == i;
    return count;
  }

 private:
  struct Node {
    std::string head;
    std::vector<size_t> children;
    size_t cls;
  };
  void Canonicalize(std::vector<size_t>* children) const {
    for (size_t& child : *children) child = Find(child);
  }
  std::vector<size_t> Canonical(std::vector<size_t> children) const {
    Canonicalize(&children);
    return children;
  }
  void MatchArguments(const Sexp& pattern, const std::vector<size_t>& children, size_t i,
                      const Bindings& bindings,
                      const std::function<void(const Bindings&)>& found) const {
    if (i == children.size()) return found(bindings);
    Match(pattern.args[i], children[i], bindings,
          [&](const Bindings& more) { MatchArguments(pattern, children, i + 1, more, found); });
  }

  std::vector<Node> nodes_;
  std::vector<size_t> parent_;
};

inline const std::pair<const char*, const char*> kRules[] = {
    {"(+ ?a ?b)", "(+ ?b ?a)"},
    {"(+ ?a (+ ?b ?c))", "(+ (+ ?a ?b) ?c)"},
    {"(* ?a (+ ?b ?c))", "(+ (* ?a ?b) (* ?a ?c))"},
    {"(+ (* ?a ?b) (* ?a ?c))", "(* ?a (+ ?b ?c))"},
    {"(- ?a ?a)", "0"},
    {"(+ ?a 0)", "?a"},
    {"(* ?a 0)", "0"},
    {"(* ?a 1)", "?a"},
    {"(sin (- ?a ?b))", "(- (sin ?a) (sin ?b))"},
    {"(sin 0)", "0"},
    {"(cos (sin ?a))", "(sin (cos ?a))"},
    {"(* (sin ?a) (sin ?a))", "(cos ?a)"},
    {"(- (* ?a ?b) ?b)", "(* (- ?a 1) ?b)"},
};

inline Sexp RandomTerm(std::mt19937& random, int depth) {
  static const char* const kLeaves[] = {"x", "y", "0", "1"};
  static const char* const kOps[] = {"+", "*", "-", "sin", "cos"};
  if (depth == 0 || random() % 4 == 0) return {kLeaves[random() % 4], {}};
  size_t op = random() % 5;
  Sexp term{kOps[op], {RandomTerm(random, depth - 1)}};
  if (op < 3) term.args.push_back(RandomTerm(random, depth - 1));
  return term;
}

}  // namespace eqsat::engine::testing

#endif  // EQSAT_TESTS_ENGINE_NAIVE_GRAPH_H_
