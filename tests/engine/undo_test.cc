// Push and Pop against a graph that was never pushed.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/analysis/class_facts.h"
#include "engine/saturate/runner.h"
#include "tests/engine/math.h"

namespace eqsat::engine::testing {
namespace {

// The number of leaves of the smallest term of a class.
class SmallestTerm : public Analysis {
 public:
  size_t size(ClassId cls) const { return facts_[cls]; }

  absl::StatusOr<bool> Make(const EGraph& egraph, const NodeView& node, ClassId cls) override {
    size_t size = node.children.empty() ? 1 : 0;
    for (ClassId child : node.children) size += facts_[egraph.Find(child)];
    if (facts_[cls] != 0 && facts_[cls] <= size) return false;
    facts_.Edit(cls) = size;
    return true;
  }
  absl::StatusOr<MergeOutcome> Merge(ClassId into, ClassId from) override {
    MergeOutcome outcome{facts_[from] < facts_[into], facts_[into] < facts_[from]};
    if (outcome.into_changed) facts_.Edit(into) = facts_[from];
    return outcome;
  }
  void Push() override { facts_.Push(); }
  void Pop() override { facts_.Pop(); }

 private:
  ClassFacts<size_t> facts_;
};

struct Graph {
  explicit Graph(const Signature* signature) : egraph(signature) {
    egraph.Register(&analysis);
    egraph.RecordBirths();
  }
  SmallestTerm analysis;
  EGraph egraph;
};

// Everything that can be read of a graph.
std::string Dump(const Graph& graph) {
  const EGraph& g = graph.egraph;
  std::string text = absl::StrFormat("%d nodes %d classes %d unions\n", g.node_count(),
                                     g.class_count(), g.unions().size());
  auto list = [&](const char* what, size_t of, std::span<const NodeId> ids) {
    absl::StrAppendFormat(&text, "%s %d:", what, of);
    for (NodeId id : ids) absl::StrAppendFormat(&text, " %d", id.value());
    text += "\n";
  };
  for (size_t i = 0; i < g.node_id_limit(); ++i) {
    NodeView node = g.node(NodeId(i));
    absl::StrAppendFormat(&text, "node %d %d %d %d in %d %d:", i, g.alive(NodeId(i)),
                          node.op.value(), node.attrs.value(), node.cls.value(),
                          g.original_class(NodeId(i)).value());
    for (ClassId child : node.children) absl::StrAppendFormat(&text, " %d", child.value());
    text += " born with";
    for (ClassId child : g.birth_children(node.id))
      absl::StrAppendFormat(&text, " %d", child.value());
    text += "\n";
  }
  for (size_t i = 0; i < g.class_id_limit(); ++i) {
    ClassId cls(i);
    absl::StrAppendFormat(&text, "class %d is %d, %d leaves\n", i, g.Find(cls).value(),
                          graph.analysis.size(g.Find(cls)));
    if (g.Find(cls) != cls) continue;
    list("nodes of", i, g.class_nodes(cls));
    list("uses of", i, g.class_uses(cls));
  }
  for (size_t op = 0; op < g.signature().op_count(); ++op)
    list("operator", op, g.op_nodes(OpId(op)));
  return text;
}

// A change that depends on the seed and on the graph alone.
void ChangeAtRandom(unsigned seed, MathLanguage& math, EGraph& egraph, int steps) {
  static const char* const kLeaves[] = {"x", "y", "z", "0", "1", "2"};
  std::mt19937 random(seed);
  auto any = [&] { return egraph.Find(ClassId(random() % egraph.class_id_limit())); };
  OpId sum = math.signature().op("+");
  OpId sine = math.signature().op("sin");
  OpId list = math.signature().op("list");
  for (int i = 0; i < steps; ++i) {
    switch (random() % 6) {
      case 0:
        math.Add(egraph, Sexp{kLeaves[random() % 6], {}});
        break;
      case 1:
        egraph.Add(sum, AttrId(0), std::vector<ClassId>{any(), any()});
        break;
      case 2:
        egraph.Add(sine, AttrId(0), std::vector<ClassId>{any()});
        break;
      case 3:
        egraph.Add(list, AttrId(0), std::vector<ClassId>{any(), any(), any(), any()});
        break;
      case 4:
        egraph.Union(any(), any());
        break;
      default:
        if (random() % 4 == 0) {
          ASSERT_TRUE(egraph.Rebuild().ok());
        }
    }
  }
}

TEST(PushPop, PopRestoresEverything) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    MathLanguage math;
    Graph graph(&math.signature());
    Graph twin(&math.signature());
    for (Graph* g : {&graph, &twin}) {
      math.Add(g->egraph, "(+ x (* y 2))");
      ChangeAtRandom(seed, math, g->egraph, 60);
      ASSERT_TRUE(g->egraph.Rebuild().ok());
    }
    std::string before = Dump(graph);
    ASSERT_EQ(before, Dump(twin));
    graph.egraph.Push();
    ChangeAtRandom(seed + 1000, math, graph.egraph, 80);
    if (seed % 2) {
      // A push within a push; with enough nodes for the hash table to grow between.
      ASSERT_TRUE(graph.egraph.Rebuild().ok());
      std::string inner = Dump(graph);
      graph.egraph.Push();
      ChangeAtRandom(seed + 2000, math, graph.egraph, 120);
      if (seed % 4 == 1) {
        ASSERT_TRUE(graph.egraph.Rebuild().ok());
      }
      graph.egraph.Pop();
      ASSERT_EQ(Dump(graph), inner) << "seed " << seed;
      ChangeAtRandom(seed + 3000, math, graph.egraph, 40);
    }
    graph.egraph.Pop();
    ASSERT_EQ(Dump(graph), before) << "seed " << seed;
    EXPECT_EQ(graph.egraph.CheckInvariants(), absl::OkStatus());
    for (Graph* g : {&graph, &twin}) {
      ChangeAtRandom(seed + 4000, math, g->egraph, 60);
      ASSERT_TRUE(g->egraph.Rebuild().ok());
    }
    ASSERT_EQ(Dump(graph), Dump(twin)) << "seed " << seed;
    EXPECT_EQ(graph.egraph.CheckInvariants(), absl::OkStatus());
  }
}

TEST(PushPop, ARunBetweenLeavesNoTrace) {
  MathLanguage math;
  Graph graph(&math.signature());
  AddMathBenchmarkTerms(math, graph.egraph);
  std::vector<Rewrite> rules = MathBenchmarkRules(math);
  RunOptions options;
  options.backoff.enabled = false;
  options.limits.iterations = 4;
  Saturate(graph.egraph, rules, options);
  std::string before = Dump(graph);
  graph.egraph.Push();
  size_t nodes = Saturate(graph.egraph, rules, options).nodes;
  EXPECT_GT(nodes, 5000u);
  graph.egraph.Pop();
  EXPECT_EQ(Dump(graph), before);
  EXPECT_EQ(Saturate(graph.egraph, rules, options).nodes, nodes);
}

TEST(PushPop, CostsWhatChanges) {
  MathLanguage math;
  EGraph egraph(&math.signature());
  ClassId deep = math.Add(egraph, "x");
  for (int i = 0; i < 100000; ++i)
    deep = egraph.Add(math.signature().op("sin"), AttrId(0), std::vector<ClassId>{deep});
  ASSERT_TRUE(egraph.Rebuild().ok());
  size_t before = egraph.memory_bytes();
  egraph.Push();
  math.Add(egraph, "(+ (cos x) y)");
  ASSERT_TRUE(egraph.Rebuild().ok());
  EXPECT_LT(egraph.memory_bytes(), before + 4096);
  egraph.Pop();
  EXPECT_EQ(egraph.node_count(), 100001u);
}

}  // namespace
}  // namespace eqsat::engine::testing
