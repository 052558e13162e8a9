#include "engine/egraph/egraph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/engine/math.h"

namespace eqsat::engine::testing {
namespace {

class EGraphTest : public ::testing::Test {
 protected:
  ClassId Add(const std::string& term) { return math_.Add(egraph_, term); }
  void Rebuild() {
    ASSERT_TRUE(egraph_.Rebuild().ok());
    ASSERT_EQ(egraph_.CheckInvariants(), absl::OkStatus());
  }

  MathLanguage math_;
  EGraph egraph_{&math_.signature()};
};

TEST_F(EGraphTest, EqualTermsAreOneNode) {
  ClassId a = Add("(+ x (* x 2))");
  ClassId b = Add("(+ x (* x 2))");
  EXPECT_EQ(a, b);
  EXPECT_EQ(egraph_.node_count(), 4u);
  EXPECT_NE(Add("(+ (* x 2) x)"), a);
}

TEST_F(EGraphTest, AttributesTellNodesApart) {
  EXPECT_NE(Add("1"), Add("2"));
  EXPECT_NE(Add("x"), Add("y"));
}

TEST_F(EGraphTest, CongruenceClosesUpwards) {
  ClassId fx = Add("(sin (cos x))");
  ClassId fy = Add("(sin (cos y))");
  egraph_.Union(Add("x"), Add("y"));
  EXPECT_FALSE(egraph_.clean());
  EXPECT_NE(egraph_.Find(fx), egraph_.Find(fy));
  Rebuild();
  EXPECT_EQ(egraph_.Find(fx), egraph_.Find(fy));
  EXPECT_EQ(egraph_.node_count(), 4u);
  EXPECT_EQ(egraph_.class_count(), 3u);
}

TEST_F(EGraphTest, AddIntoMakesNoClass) {
  ClassId x = Add("x");
  size_t classes = egraph_.class_count();
  auto [op, attrs] = math_.Symbol(ParseSexp("y"));
  EXPECT_EQ(egraph_.AddInto(x, op, attrs, {}), x);
  EXPECT_EQ(egraph_.class_count(), classes);
  EXPECT_EQ(egraph_.Find(Add("y")), egraph_.Find(x));
  // A node that is elsewhere already brings its class along.
  ClassId z = Add("z");
  std::tie(op, attrs) = math_.Symbol(ParseSexp("z"));
  egraph_.AddInto(x, op, attrs, {});
  EXPECT_EQ(egraph_.Find(z), egraph_.Find(x));
  Rebuild();
}

TEST_F(EGraphTest, KeepLeavesOnlyHidesAllElse) {
  const ClassId sum = Add("(+ 1 1)");
  egraph_.Union(sum, Add("2"));
  egraph_.KeepLeavesOnly(sum);
  Rebuild();
  EXPECT_EQ(egraph_.class_nodes(egraph_.Find(sum)).size(), 1u);
  EXPECT_EQ(egraph_.node_count(), 2u);
  EXPECT_EQ(Add("(+ 1 1)"), egraph_.Find(sum));
  egraph_.Union(sum, Add("(* 2 1)"));
  Rebuild();
  EXPECT_EQ(egraph_.class_nodes(egraph_.Find(sum)).size(), 1u);
}

// A node that is taken for a leaf stays, also where an older one that is hidden turns out equal.
TEST_F(EGraphTest, WhatIsTakenForALeafStays) {
  const ClassId of_x = Add("(sin x)");
  const ClassId of_y = Add("(sin y)");
  const ClassId cosine = Add("(cos z)");
  egraph_.Union(of_x, of_y);
  egraph_.Union(of_x, cosine);
  egraph_.KeepLeavesOnly(of_x);
  const std::vector<ClassId> y = {Add("y")};
  auto [op, attrs] = math_.Symbol(ParseSexp("(sin y)"));
  egraph_.TakeForLeaf(egraph_.LookUpNode(op, attrs, y));
  Rebuild();
  const std::span<const NodeId> shown = egraph_.class_nodes(egraph_.Find(of_x));
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(egraph_.children(shown[0])[0], egraph_.Find(y[0]));
  egraph_.Union(Add("x"), y[0]);
  Rebuild();
  EXPECT_EQ(egraph_.class_nodes(egraph_.Find(of_x)).size(), 1u);
  EXPECT_EQ(egraph_.node_count(), 4u);
}

TEST_F(EGraphTest, ReasonsAreRecorded) {
  ClassId x = Add("x");
  ReasonId rule = egraph_.AddReason("some-rule");
  egraph_.SetReason(rule);
  ClassId y = Add("(sin x)");
  egraph_.Union(x, y);
  Rebuild();
  std::span<const NodeId> nodes = egraph_.class_nodes(egraph_.Find(x));
  ASSERT_EQ(nodes.size(), 2u);
  std::set<ReasonId> reasons;
  for (NodeId id : nodes) reasons.insert(egraph_.node(id).created_by);
  EXPECT_EQ(reasons, (std::set<ReasonId>{EGraph::kInput, rule}));
  ASSERT_EQ(egraph_.unions().size(), 1u);
  EXPECT_EQ(egraph_.unions()[0].reason, rule);
}

TEST_F(EGraphTest, ADeepChainNeedsNoStack) {
  ClassId x = Add("x");
  ClassId y = Add("y");
  ClassId end_x = x;
  ClassId end_y = y;
  OpId sin = math_.signature().op("sin");
  for (int i = 0; i < 100'000; ++i) {
    end_x = egraph_.Add(sin, AttrId(0), std::array{end_x});
    end_y = egraph_.Add(sin, AttrId(0), std::array{end_y});
  }
  egraph_.Union(x, y);
  Rebuild();
  EXPECT_EQ(egraph_.Find(end_x), egraph_.Find(end_y));
  EXPECT_EQ(egraph_.class_count(), 100'001u);
}

TEST_F(EGraphTest, AStaleViewIsRefused) {
  Add("x");
  CleanView view = *egraph_.Rebuild();
  Add("y");
  EXPECT_DEATH(view.egraph(), "clean");
}

TEST(UnorderedOperands, AreOneNodeThatKeepsItsFirstOrder) {
  MathLanguage math(Commutativity::kUnordered);
  EGraph egraph(&math.signature());
  ClassId yx = math.Add(egraph, "(+ y x)");
  EXPECT_EQ(math.Add(egraph, "(+ x y)"), yx);
  EXPECT_NE(math.Add(egraph, "(- x y)"), math.Add(egraph, "(- y x)"));
  ASSERT_TRUE(egraph.Rebuild().ok());
  NodeView node = egraph.node(egraph.class_nodes(yx)[0]);
  EXPECT_EQ(node.children[0], math.Add(egraph, "y"));
  EXPECT_EQ(egraph.CheckInvariants(), absl::OkStatus());
}

// Congruence by brute force: merge until no two equal-looking terms are apart.
class NaiveCongruence {
 public:
  size_t Add(OpId op, std::vector<size_t> children) {
    terms_.emplace_back(op, std::move(children));
    classes_.push_back(terms_.size() - 1);
    return terms_.size() - 1;
  }
  void Union(size_t a, size_t b) {
    size_t from = classes_[a];
    size_t into = classes_[b];
    for (size_t& cls : classes_)
      if (cls == from) cls = into;
  }
  void Close() {
    for (bool changed = true; changed;) {
      changed = false;
      std::map<std::pair<OpId, std::vector<size_t>>, size_t> seen;
      for (size_t i = 0; i < terms_.size(); ++i) {
        std::vector<size_t> key;
        for (size_t child : terms_[i].second) key.push_back(classes_[child]);
        auto [it, fresh] = seen.try_emplace({terms_[i].first, key}, i);
        if (fresh || classes_[it->second] == classes_[i]) continue;
        Union(i, it->second);
        changed = true;
      }
    }
  }
  bool Equal(size_t a, size_t b) const { return classes_[a] == classes_[b]; }

 private:
  std::vector<std::pair<OpId, std::vector<size_t>>> terms_;
  std::vector<size_t> classes_;
};

TEST(Congruence, AgreesWithBruteForceOnRandomTerms) {
  MathLanguage math;
  OpId leaf = math.signature().op("var");
  OpId unary = math.signature().op("sin");
  OpId binary = math.signature().op("+");
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    EGraph egraph(&math.signature());
    NaiveCongruence oracle;
    std::vector<ClassId> classes;
    auto pick = [&] { return random() % classes.size(); };
    for (size_t i = 0; i < 5; ++i) {
      classes.push_back(egraph.Add(leaf, AttrId(i), {}));
      oracle.Add(OpId(100 + i), {});
    }
    for (int step = 0; step < 120; ++step) {
      size_t a = pick();
      size_t b = pick();
      switch (random() % 8) {
        case 0:
          egraph.Union(classes[a], classes[b]);
          oracle.Union(a, b);
          break;
        case 1:
          ASSERT_TRUE(egraph.Rebuild().ok());
          break;
        case 2:
        case 3:
          classes.push_back(egraph.Add(unary, AttrId(0), std::array{classes[a]}));
          oracle.Add(unary, {a});
          break;
        default:
          classes.push_back(egraph.Add(binary, AttrId(0), std::array{classes[a], classes[b]}));
          oracle.Add(binary, {a, b});
      }
    }
    ASSERT_TRUE(egraph.Rebuild().ok());
    ASSERT_EQ(egraph.CheckInvariants(), absl::OkStatus()) << "seed " << seed;
    oracle.Close();
    for (size_t a = 0; a < classes.size(); ++a)
      for (size_t b = 0; b < a; ++b)
        ASSERT_EQ(egraph.Find(classes[a]) == egraph.Find(classes[b]), oracle.Equal(a, b))
            << "seed " << seed << " terms " << a << " and " << b;
  }
}

// Random sums and merges, with and without a part of the rebuild's work done in between.
TEST(RebuildAhead, LeavesTheSameEquality) {
  MathLanguage math(Commutativity::kUnordered);
  EGraph whole(&math.signature());
  EGraph ahead(&math.signature());
  std::vector<ClassId> classes[2];
  for (int i = 0; i < 200; ++i)
    for (auto [egraph, ids] : {std::pair(&whole, &classes[0]), std::pair(&ahead, &classes[1])})
      ids->push_back(math.Add(*egraph, "x" + std::to_string(i)));
  std::mt19937 random(1);
  for (int i = 0; i < 200'000; ++i) {
    size_t a = random() % std::min<size_t>(classes[0].size(), 3000);
    size_t b = random() % std::min<size_t>(classes[0].size(), 3000);
    bool merge = i % 200 == 0;
    const char* op = i % 3 == 0 ? "+" : "/";
    for (auto [egraph, ids] : {std::pair(&whole, &classes[0]), std::pair(&ahead, &classes[1])}) {
      if (merge) {
        egraph->Union((*ids)[a], (*ids)[b]);
      } else {
        ids->push_back(
            egraph->Add(math.signature().op(op), AttrId(0), std::array{(*ids)[a], (*ids)[b]}));
      }
    }
    ahead.RebuildAhead();
  }
  size_t unions_before[2] = {whole.unions().size(), ahead.unions().size()};
  for (EGraph* egraph : {&whole, &ahead}) {
    ASSERT_TRUE(egraph->Rebuild().ok());
    ASSERT_EQ(egraph->CheckInvariants(), absl::OkStatus());
  }
  EXPECT_EQ(whole.node_count(), ahead.node_count());
  EXPECT_EQ(whole.class_count(), ahead.class_count());
  // Most merges that congruence implies were made ahead.
  EXPECT_GT(whole.unions().size() - unions_before[0],
            10 * (ahead.unions().size() - unions_before[1]));
  std::map<ClassId, ClassId> same;
  for (size_t i = 0; i < classes[0].size(); ++i) {
    ClassId other = ahead.Find(classes[1][i]);
    EXPECT_EQ(same.emplace(whole.Find(classes[0][i]), other).first->second, other);
  }
}

}  // namespace
}  // namespace eqsat::engine::testing
