#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

#include "engine/extract/solve.h"
#include "engine/interchange/dot.h"
#include "engine/interchange/serialize.h"
#include "engine/interchange/serialized_choices.h"
#include "engine/interchange/serialized_egraph.h"
#include "tests/engine/math.h"

namespace eqsat::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kGood = R"({
  "class_data": {"c": {"type": "i64"}, "gone": {}},
  "nodes": {
    "a": {"op": "f\u00e9\"", "children": ["b", "b2"], "eclass": "c"},
    "b": {"op": "x", "eclass": "d", "cost": 2.5e0, "children": []},
    "b2": {"op": "y", "eclass": "d", "cost": 1, "subsumed": true}
  },
  "root_eclasses": ["c"]
})";

std::string Error(std::string_view text) {
  absl::StatusOr<SerializedEGraph> egraph = ReadEGraphJson(std::string(text));
  return egraph.ok() ? "" : std::string(egraph.status().message());
}

// kGood with one piece replaced.
std::string With(std::string_view piece, std::string_view replacement) {
  std::string text(kGood);
  size_t at = text.find(piece);
  EXPECT_NE(at, text.npos) << piece;
  return text.replace(at, piece.size(), replacement);
}

TEST(ExtractJson, ReadsEveryField) {
  absl::StatusOr<SerializedEGraph> egraph = ReadEGraphJson(std::string(kGood));
  ASSERT_TRUE(egraph.ok()) << egraph.status();
  ASSERT_EQ(egraph->nodes.size(), 3u);
  EXPECT_EQ(egraph->nodes[0].op, "f\xc3\xa9\"");
  EXPECT_EQ(egraph->nodes[0].cost, 1);
  EXPECT_EQ(egraph->nodes[1].cost, 2.5);
  EXPECT_TRUE(egraph->nodes[2].subsumed);
  EXPECT_THAT(egraph->children(egraph->nodes[0]), ElementsAre(1, 2));
  EXPECT_THAT(egraph->classes, ElementsAre("c", "d"));
  EXPECT_THAT(egraph->roots, ElementsAre(0));
  ASSERT_EQ(egraph->class_data.size(), 1u);
  EXPECT_EQ(egraph->class_data[0].json, R"({"type": "i64"})");
}

TEST(ExtractJson, WhatIsWrittenReadsBackTheSame) {
  SerializedEGraph egraph = *ReadEGraphJson(std::string(kGood));
  std::string once = WriteEGraphJson(egraph);
  absl::StatusOr<SerializedEGraph> again = ReadEGraphJson(once);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(WriteEGraphJson(*again), once);
  EXPECT_EQ(again->nodes[0].op, egraph.nodes[0].op);
}

TEST(ExtractJson, APartNamesOnlyWhatItKeeps) {
  SerializedEGraph egraph = *ReadEGraphJson(std::string(kGood));
  absl::StatusOr<SerializedEGraph> part =
      ReadEGraphJson(WriteEGraphJson(egraph, {true, true, false}));
  ASSERT_TRUE(part.ok()) << part.status();
  EXPECT_EQ(part->nodes.size(), 2u);
  EXPECT_THAT(part->children(part->nodes[0]), ElementsAre(1, 1));
}

TEST(ExtractJson, SubsumedNodesAreNotChosen) {
  SerializedEGraph egraph = *ReadEGraphJson(std::string(kGood));
  EXPECT_EQ(Solve(ChoicesOf(egraph), {})->cost, 3.5);
}

TEST(ExtractJson, ErrorsNamePlaceKeyAndId) {
  EXPECT_EQ(Error(With(R"(["c"])", R"(["c", "q"])")),
            "8:26: root_eclasses[1]: no node is in a class 'q'");
  EXPECT_EQ(Error(With(R"("b", "b2"])", R"("b", "b3"])")),
            "4:48: nodes['a']: children[1]: no node has the id 'b3'");
  EXPECT_EQ(Error(With("\"b2\":", "\"b\":")), "6:5: nodes: two nodes have the id 'b'");
  EXPECT_EQ(Error(With(R"("eclass": "d", )", R"("eclass": "d", "op": "z", )")),
            "5:37: nodes['b']: the key 'op' stands twice");
  EXPECT_EQ(Error(With("2.5e0", "NaN")), "5:45: nodes['b']: cost: not a finite number");
  EXPECT_EQ(Error(With("2.5e0", "1e999")), "5:45: nodes['b']: cost: not a finite number");
  EXPECT_EQ(Error(With("subsumed", "sub")), "6:49: nodes['b2']: unknown key 'sub'");
  EXPECT_EQ(Error(With(R"("op": "x", )", "")), "5:5: nodes['b']: the key 'op' is missing");
  EXPECT_EQ(Error(With("root_eclasses", "roots")), "8:3: unknown key 'roots'");
  EXPECT_EQ(Error(With(R"(["c"])", "[]")), "1:1: root_eclasses: no class is named");
}

TEST(ExtractJson, PicturesSayWhatTheyLeaveOut) {
  SerializedEGraph egraph = *ReadEGraphJson(std::string(kGood));
  std::string whole = WriteDot(egraph, {}, {});
  EXPECT_THAT(whole, HasSubstr("2 of 2 classes, 3 of 3 nodes"));
  EXPECT_THAT(whole, ::testing::Not(HasSubstr("more")));
  EXPECT_THAT(whole, HasSubstr("n0 -> n1 [lhead=cluster_1]"));
  std::string one_node = WriteDot(egraph, {false, false, true}, {.nodes_of_a_class = 1});
  EXPECT_THAT(one_node, HasSubstr("2 of 2 classes, 2 of 3 nodes"));
  EXPECT_THAT(one_node, HasSubstr("\"1 more nodes\""));
  EXPECT_THAT(one_node, HasSubstr("n0 -> n2"));
  EXPECT_THAT(WriteDot(egraph, {}, {.classes = 1}), HasSubstr("\"2 classes not shown\""));
}

TEST(ExtractJson, TheEnginesEGraphHasTheSameBestCostAsData) {
  testing::MathLanguage math;
  EGraph egraph(&math.signature());
  ClassId root = math.Add(egraph, "(* x 2)");
  egraph.Union(root, math.Add(egraph, "(+ x x)"));
  egraph.Union(root, math.Add(egraph, "(+ (* x 2) 0)"));
  CleanView view = *egraph.Rebuild();
  auto cost = [&](const NodeView& node) {
    return math.signature().name(node.op) == "*" ? 5.0 : 1.0;
  };
  SerializedEGraph data = Serialize(view, std::array{root}, cost);
  absl::StatusOr<SerializedEGraph> read = ReadEGraphJson(WriteEGraphJson(data));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->nodes.size(), 6u);
  EXPECT_EQ(Solve(ChoicesOf(*read), {})->cost, Extract(view, std::array{root}, cost)->cost);
}

TEST(ExtractJson, WhatCannotBeSolvedIsNamed) {
  auto reason = [](std::string text) {
    SerializedEGraph egraph = *ReadEGraphJson(std::move(text));
    ChoiceGraph graph = ChoicesOf(egraph);
    EXPECT_FALSE(Solve(graph, {}).ok());
    return std::string(CheckSolvable(egraph, graph).message());
  };
  EXPECT_EQ(reason(R"({"nodes": {"n": {"op": "f", "eclass": "a", "children": ["n"]}},
                       "root_eclasses": ["a"]})"),
            "root_eclasses[0]: the class 'a' has no term without cycles");
  EXPECT_EQ(reason(R"({"nodes": {"n": {"op": "f", "eclass": "a", "children": ["m"], "cost": -2},
                                 "m": {"op": "g", "eclass": "b", "children": ["n"]},
                                 "l": {"op": "x", "eclass": "b"}},
                       "root_eclasses": ["a"]})"),
            "nodes['n']: cost: -2 is negative, and the e-graph has cycles: no best tree exists");
}

TEST(ExtractJson, EveryPrefixIsAnErrorAndNothingWorse) {
  for (size_t size = 0; size + 1 < kGood.size(); ++size)
    EXPECT_NE(Error(kGood.substr(0, size)), "") << size;
  EXPECT_THAT(Error(std::string(kGood) + " x"), HasSubstr("text after the end"));
  // Deep nesting takes no stack.
  EXPECT_NE(Error(R"({"comment": )" + std::string(1'000'000, '[')), "");
}

}  // namespace
}  // namespace eqsat::engine
