#include "engine/extract/extractor.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>

#include "ir/base/strings.h"
#include "tests/engine/math.h"

namespace eqsat::engine::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Cost by operator name.
NodeCost Costs(const MathLanguage& math, std::map<std::string, double> costs) {
  return [&math, costs](const NodeView& node) {
    return costs.at(std::string(math.signature().name(node.op)));
  };
}

TEST(Extract, PicksTheCheaperNode) {
  MathLanguage math;
  EGraph egraph(&math.signature());
  ClassId root = math.Add(egraph, "(* x 2)");
  egraph.Union(root, math.Add(egraph, "(+ x x)"));
  CleanView view = *egraph.Rebuild();
  auto cost = Costs(math, {{"*", 5}, {"+", 1}, {"var", 0}, {"const", 0}});
  absl::StatusOr<Extraction> result = Extract(view, std::array{root}, cost);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->cost, 1);
  EXPECT_EQ(result->order.size(), 2u);
  NodeId chosen = result->choice[egraph.Find(root).value()];
  EXPECT_EQ(math.signature().name(egraph.op(chosen)), "+");
}

TEST(Extract, NeverChoosesACycle) {
  MathLanguage math;
  EGraph egraph(&math.signature());
  // x = sin(cos(x)) at no cost, against a dear leaf.
  ClassId x = math.Add(egraph, "x");
  egraph.Union(x, math.Add(egraph, "(sin (cos x))"));
  CleanView view = *egraph.Rebuild();
  auto cost = Costs(math, {{"sin", 0}, {"cos", 0}, {"var", 100}});
  absl::StatusOr<Extraction> result = Extract(view, std::array{x}, cost);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->cost, 100);
  EXPECT_EQ(result->order.size(), 1u);
}

TEST(Extract, InfiniteAndBadCostsAreErrors) {
  MathLanguage math;
  EGraph egraph(&math.signature());
  ClassId x = math.Add(egraph, "(sin x)");
  CleanView view = *egraph.Rebuild();
  EXPECT_EQ(Extract(view, std::array{x}, [](const NodeView&) { return kInfinity; }).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(Extract(view, std::array{x}, [](const NodeView&) { return -1.0; }).ok());
  EXPECT_FALSE(Extract(view, std::array{x}, [](const NodeView&) { return std::nan(""); }).ok());
}

// By tree cost, each of the two sums takes its own cheap operand; together the shared one is
// cheaper.
TEST(Extract, SharedClassesArePaidForOnce) {
  MathLanguage math;
  EGraph egraph(&math.signature());
  ClassId left = math.Add(egraph, "(sin (d a b))");
  egraph.Union(left, math.Add(egraph, "(sin (i a b))"));
  ClassId right = math.Add(egraph, "(cos (/ a b))");
  egraph.Union(right, math.Add(egraph, "(cos (i a b))"));
  CleanView view = *egraph.Rebuild();
  auto cost = Costs(math, {{"sin", 1}, {"cos", 1}, {"d", 10}, {"/", 10}, {"i", 12}, {"var", 0}});
  absl::StatusOr<Extraction> result = Extract(view, std::array{left, right}, cost);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->tree_choice_cost, 22);
  EXPECT_EQ(result->cost, 14);
}

// Two of three values share a pair's node; to share all three's, both must leave it at no gain.
TEST(Extract, UsersLeaveOneSharedClassForAnother) {
  MathLanguage math;
  EGraph egraph(&math.signature());
  std::vector<ClassId> roots;
  for (const char* leaf : {"x", "y", "z"}) {
    ClassId root = math.Add(egraph, base::StrCat("(sin ", leaf, ")"));
    if (leaf[0] != 'z')
      egraph.Union(root, math.Add(egraph, base::StrCat("(d ", leaf, " (i a b))")));
    egraph.Union(root, math.Add(egraph, base::StrCat("(d ", leaf, " (/ a b))")));
    roots.push_back(root);
  }
  CleanView view = *egraph.Rebuild();
  auto cost = Costs(math, {{"sin", 10}, {"d", 1}, {"i", 11}, {"/", 12}, {"var", 0}});
  absl::StatusOr<Extraction> result = Extract(view, roots, cost);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->cost, 15);
}

TEST(Extract, IsNeverWorseThanTheInitialChoice) {
  MathLanguage math;
  EGraph egraph(&math.signature());
  ClassId shared = math.Add(egraph, "(i a b)");
  ClassId left = math.Add(egraph, "(sin (i a b))");
  ClassId right = math.Add(egraph, "(cos (i a b))");
  CleanView before = *egraph.Rebuild();
  std::vector<NodeId> initial;
  for (size_t i = 0; i < before.egraph().node_id_limit(); ++i) initial.push_back(NodeId(i));
  egraph.Union(left, math.Add(egraph, "(sin (d a b))"));
  egraph.Union(right, math.Add(egraph, "(cos (/ a b))"));
  CleanView view = *egraph.Rebuild();
  auto cost = Costs(math, {{"sin", 1}, {"cos", 1}, {"d", 10}, {"/", 10}, {"i", 12}, {"var", 0}});
  for (size_t sweeps : {0, 16}) {
    ExtractOptions options{.initial = initial, .max_sweeps = sweeps};
    absl::StatusOr<Extraction> result = Extract(view, std::array{left, right}, cost, options);
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->initial_cost, 14);
    EXPECT_EQ(result->cost, 14);
    EXPECT_TRUE(result->choice[egraph.Find(shared).value()].valid());
  }
}

TEST(Extract, ADeepChainWithDoubledSharingStaysFinite) {
  MathLanguage math;
  EGraph egraph(&math.signature());
  ClassId top = math.Add(egraph, "x");
  OpId plus = math.signature().op("+");
  constexpr int kDepth = 100'000;
  for (int i = 0; i < kDepth; ++i) top = egraph.Add(plus, AttrId(0), std::array{top, top});
  CleanView view = *egraph.Rebuild();
  absl::StatusOr<Extraction> result =
      Extract(view, std::array{top}, [](const NodeView&) { return 1.0; });
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->cost, kDepth + 1);
}

// A random e-graph: random terms with random merges, often cyclic.
void Randomize(const MathLanguage& math, std::mt19937& random, size_t nodes, size_t merges,
               EGraph* egraph, std::vector<ClassId>* classes) {
  OpId leaf = math.signature().op("var");
  OpId binary = math.signature().op("+");
  for (size_t i = 0; i < 3; ++i) classes->push_back(egraph->Add(leaf, AttrId(i), {}));
  while (classes->size() < nodes) {
    std::array children{(*classes)[random() % classes->size()],
                        (*classes)[random() % classes->size()]};
    classes->push_back(egraph->Add(binary, AttrId(random() % 2), children));
  }
  for (size_t i = 0; i < merges; ++i)
    egraph->Union((*classes)[random() % nodes], (*classes)[random() % nodes]);
}

// Tries all choices, one class after another from the root down; checks each for cycles.
class BruteForce {
 public:
  BruteForce(const EGraph& egraph, const NodeCost& cost) : egraph_(egraph), cost_(cost) {}
  double Best(ClassId root) {
    best_ = kInfinity;
    Descend({egraph_.Find(root)}, 0);
    return best_;
  }

 private:
  void Descend(std::vector<ClassId> open, double paid) {
    while (!open.empty() && choice_.contains(open.back())) open.pop_back();
    if (paid >= best_) return;
    if (open.empty()) {
      if (!Cyclic()) best_ = paid;
      return;
    }
    ClassId cls = open.back();
    open.pop_back();
    for (NodeId id : egraph_.class_nodes(cls)) {
      NodeView node = egraph_.node(id);
      std::vector<ClassId> next = open;
      next.insert(next.end(), node.children.begin(), node.children.end());
      choice_[cls] = id;
      Descend(std::move(next), paid + cost_(node));
      choice_.erase(cls);
    }
  }

  bool Cyclic() const {
    std::map<ClassId, bool> done;
    for (size_t round = 0; round <= choice_.size(); ++round)
      for (auto [cls, id] : choice_) {
        bool ready = true;
        for (ClassId child : egraph_.node(id).children) ready &= done[child];
        done[cls] = done[cls] || ready;
      }
    return std::ranges::any_of(choice_, [&](auto entry) { return !done[entry.first]; });
  }

  const EGraph& egraph_;
  const NodeCost& cost_;
  std::map<ClassId, NodeId> choice_;
  double best_ = kInfinity;
};

TEST(Extract, IsNearTheOptimumOnSmallRandomGraphs) {
  MathLanguage math;
  double total = 0;
  double optimum = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    EGraph egraph(&math.signature());
    std::vector<ClassId> classes;
    Randomize(math, random, 16, 7, &egraph, &classes);
    CleanView view = *egraph.Rebuild();
    NodeCost cost = [](const NodeView& node) { return 1.0 + (node.id.value() * 7) % 5; };
    ClassId root = classes.back();
    absl::StatusOr<Extraction> result = Extract(view, std::array{root}, cost);
    ASSERT_TRUE(result.ok());
    double best = BruteForce(egraph, cost).Best(root);
    EXPECT_GE(result->cost, best) << "seed " << seed;
    EXPECT_LE(result->cost, result->tree_choice_cost) << "seed " << seed;
    total += result->cost;
    optimum += best;
  }
  EXPECT_LE(total, optimum * 1.005);
}

// Tree cost by iterating to the fixpoint.
TEST(Extract, WithoutSweepsTheTreeCostIsOptimal) {
  MathLanguage math;
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    EGraph egraph(&math.signature());
    std::vector<ClassId> classes;
    Randomize(math, random, 60, 15, &egraph, &classes);
    CleanView view = *egraph.Rebuild();
    NodeCost cost = [](const NodeView& node) { return 1.0 + (node.id.value() * 7) % 5; };
    std::map<ClassId, double> best;
    auto node_cost = [&](NodeId id, auto&& lookup) {
      NodeView node = egraph.node(id);
      double sum = cost(node);
      for (ClassId child : node.children) sum += lookup(child);
      return sum;
    };
    auto known = [&](ClassId c) { return best.contains(c) ? best[c] : kInfinity; };
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t i = 0; i < egraph.class_id_limit(); ++i) {
        ClassId cls(i);
        if (egraph.Find(cls) != cls) continue;
        for (NodeId id : egraph.class_nodes(cls)) {
          double sum = node_cost(id, known);
          if (sum >= known(cls)) continue;
          best[cls] = sum;
          changed = true;
        }
      }
    }
    ClassId root = egraph.Find(classes.back());
    absl::StatusOr<Extraction> result = Extract(view, std::array{root}, cost, {.max_sweeps = 0});
    ASSERT_TRUE(result.ok());
    std::map<ClassId, double> tree;
    for (ClassId cls : result->order)
      tree[cls] = node_cost(result->choice[cls.value()], [&](ClassId c) { return tree.at(c); });
    EXPECT_EQ(tree[root], best[root]) << "seed " << seed;
  }
}

TEST(Extract, LargeCyclicGraphsAreDoneAndDeterministic) {
  MathLanguage math;
  std::array<Extraction, 2> results;
  for (Extraction& result : results) {
    std::mt19937 random(1);
    EGraph egraph(&math.signature());
    std::vector<ClassId> classes;
    Randomize(math, random, 20'000, 4'000, &egraph, &classes);
    CleanView view = *egraph.Rebuild();
    NodeCost cost = [](const NodeView& node) { return 1.0 + (node.id.value() * 7) % 5; };
    absl::StatusOr<Extraction> extraction = Extract(view, std::array{classes.back()}, cost);
    ASSERT_TRUE(extraction.ok());
    result = *std::move(extraction);
  }
  EXPECT_EQ(results[0].cost, results[1].cost);
  EXPECT_EQ(results[0].choice, results[1].choice);
  EXPECT_EQ(results[0].order, results[1].order);
}

}  // namespace
}  // namespace eqsat::engine::testing
