#include <gtest/gtest.h>

#include <array>

#include "engine/explain/contributions.h"
#include "engine/explain/union_forest.h"
#include "engine/saturate/runner.h"
#include "tests/engine/math.h"

namespace eqsat::engine::testing {
namespace {

TEST(UnionForest, TellsTheReasonsBetweenTwoIds) {
  MathLanguage math;
  EGraph egraph(&math.signature());
  std::array<ClassId, 4> ids;
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = math.Add(egraph, std::to_string(i));
  ReasonId first = egraph.AddReason("first");
  ReasonId second = egraph.AddReason("second");
  ReasonId third = egraph.AddReason("third");
  egraph.SetReason(first);
  egraph.Union(ids[0], ids[1]);
  egraph.SetReason(second);
  egraph.Union(ids[2], ids[3]);
  egraph.SetReason(third);
  egraph.Union(ids[1], ids[2]);
  egraph.Union(ids[0], ids[3]);  // known already
  ASSERT_TRUE(egraph.Rebuild().ok());
  UnionForest forest(egraph);
  EXPECT_EQ(forest.Path(ids[0], ids[3]), (std::vector<ReasonId>{first, third, second}));
  EXPECT_EQ(forest.Path(ids[1], ids[2]), (std::vector<ReasonId>{third}));
  EXPECT_TRUE(forest.Path(ids[1], ids[1]).empty());
}

TEST(Contributions, NameTheRulesThatMadeTheResult) {
  MathLanguage math;
  EGraph egraph(&math.signature());
  ClassId root = math.Add(egraph, "(+ (sin (* x 1)) (- y y))");
  std::vector<NodeId> initial;
  for (size_t i = 0; i < egraph.node_id_limit(); ++i) initial.push_back(NodeId(i));
  std::vector<Rewrite> rules = {
      math.Rule("useless", "(sin ?a)", "(cos (cos ?a))"), math.Rule("one", "(* ?a 1)", "?a"),
      math.Rule("cancel", "(- ?a ?a)", "0"), math.Rule("zero", "(+ ?a 0)", "?a")};
  ASSERT_EQ(Saturate(egraph, rules, {}).stop, StopReason::kSaturated);
  CleanView view = *egraph.Rebuild();
  absl::StatusOr<Extraction> result =
      Extract(view, std::array{root}, [](const NodeView&) { return 1.0; });
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->cost, 2);  // (sin x)
  std::vector<std::string> names;
  for (const Contribution& c : Contributions(view, *result, initial))
    names.push_back(egraph.reason_name(c.reason));
  EXPECT_EQ(names, (std::vector<std::string>{"one", "zero"}));
}

}  // namespace
}  // namespace eqsat::engine::testing
