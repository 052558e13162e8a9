#include "rules/hlo/hlo_egraph.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/extract/extractor.h"
#include "ir/interpret/interpreter.h"
#include "ir/interpret/random_inputs.h"
#include "rules/hlo/add_node.h"
#include "tests/parsed_module.h"

namespace eqsat::rules {
namespace {

// One a node, so that fewer nodes are better.
absl::StatusOr<ir::Computation> Smallest(HloEGraph& graph) {
  auto view = graph.egraph().Rebuild();
  if (!view.ok()) return view.status();
  auto extraction =
      engine::Extract(*view, graph.Roots(), [](const engine::NodeView&) { return 1.0; },
                      {.initial = graph.input_nodes()});
  if (!extraction.ok()) return extraction.status();
  return graph.Rebuild(*extraction);
}

class HloEGraphTest : public testing::Test {
 protected:
  void Make(std::string_view text) {
    module_ = Parse(text);
    terms_.emplace(&module_);
    auto graph = HloEGraph::Make(module_.entry(), &*terms_);
    ASSERT_TRUE(graph.ok()) << graph.status();
    graph_ = *std::move(graph);
  }
  engine::ClassId ClassOf(std::string_view name) {
    for (size_t i = 0; i < module_.entry().size(); ++i)
      if (module_.entry().instructions()[i].name == name)
        return graph_->class_of(ir::InstructionId(i));
    ADD_FAILURE() << name;
    return {};
  }

  ir::Module module_;
  std::optional<HloTerms> terms_;
  std::unique_ptr<HloEGraph> graph_;
};

TEST_F(HloEGraphTest, ShortIotasAreConstants) {
  Make(R"(ENTRY e {
  short = s32[3] iota(), iota_dimension=0
  long = s32[1000] iota(), iota_dimension=0
  ROOT t = (s32[3], s32[1000]) tuple(short, long)
})");
  const ir::Literal* counted = graph_->constants().literal(ClassOf("short"));
  ASSERT_NE(counted, nullptr);
  EXPECT_EQ(counted->AsInt64(2), 2);
  EXPECT_EQ(graph_->constants().literal(ClassOf("long")), nullptr);
}

TEST_F(HloEGraphTest, EqualInstructionsAreOneClassAndCommutativeOnesToo) {
  Make(R"(ENTRY e {
  p = f32[4] parameter(0)
  q = f32[4] parameter(1)
  a = f32[4] add(p, q)
  b = f32[4] add(q, p)
  s = f32[4] subtract(p, q)
  t = f32[4] subtract(q, p)
  m = f32[4] multiply(a, b)
  ROOT r = (f32[4], f32[4], f32[4]) tuple(m, s, t)
})");
  EXPECT_EQ(ClassOf("a"), ClassOf("b"));
  EXPECT_NE(ClassOf("s"), ClassOf("t"));
  auto smallest = Smallest(*graph_);
  ASSERT_TRUE(smallest.ok()) << smallest.status();
  EXPECT_EQ(smallest->size(), module_.entry().size() - 1);
}

TEST_F(HloEGraphTest, UniqueInstructionsAreNotMerged) {
  Make(R"(ENTRY e {
  p = f32[4] parameter(0)
  a = f32[4] custom-call(p), custom_call_target="f"
  b = f32[4] custom-call(p), custom_call_target="f"
  ROOT r = f32[4] add(a, b)
})");
  EXPECT_NE(ClassOf("a"), ClassOf("b"));
}

TEST_F(HloEGraphTest, ConstantsFoldAsScalarsAndAsSplats) {
  Make(R"(ENTRY e {
  two = f32[] constant(2)
  three = f32[] constant(3)
  five = f32[] add(two, three)
  wide = f32[8,1000000] broadcast(five), dimensions={}
  root = f32[8,1000000] multiply(wide, wide)
  ROOT t = f32[1000000,8] transpose(root), dimensions={1,0}
})");
  ASSERT_NE(graph_->constants().literal(ClassOf("five")), nullptr);
  EXPECT_EQ(graph_->constants().literal(ClassOf("five"))->AsDouble(0), 5);
  ASSERT_NE(graph_->constants().splat(ClassOf("t")), nullptr);
  EXPECT_EQ(graph_->constants().splat(ClassOf("t"))->AsDouble(0), 25);
  EXPECT_EQ(graph_->constants().literal(ClassOf("t")), nullptr);
  auto smallest = Smallest(*graph_);
  ASSERT_TRUE(smallest.ok()) << smallest.status();
  EXPECT_EQ(smallest->size(), 2u);  // broadcast(constant)
}

TEST_F(HloEGraphTest, AKnownNumberHasNoOtherTerms) {
  Make(R"(ENTRY e {
  two = s32[] constant(2)
  three = s32[] constant(3)
  five = s32[] add(two, three)
  p = s32[4] parameter(0)
  fives = s32[4] broadcast(five), dimensions={}
  tens = s32[4] add(fives, fives)
  ROOT r = s32[4] multiply(p, tens)
})");
  const engine::EGraph& egraph = graph_->egraph();
  auto only_op = [&](std::string_view name) {
    std::span<const engine::NodeId> nodes = egraph.class_nodes(ClassOf(name));
    return nodes.size() == 1 ? OpCodeOf(egraph.op(nodes[0])) : ir::OpCode::kTuple;
  };
  EXPECT_EQ(only_op("five"), ir::OpCode::kConstant);
  EXPECT_EQ(only_op("fives"), ir::OpCode::kBroadcast);
  EXPECT_EQ(only_op("tens"), ir::OpCode::kBroadcast);
  EXPECT_EQ(egraph.CheckInvariants(), absl::OkStatus());
  auto smallest = Smallest(*graph_);
  ASSERT_TRUE(smallest.ok()) << smallest.status();
  EXPECT_EQ(smallest->size(), 4u);
}

// What a class is known to be goes back with it, and another value may take its place.
TEST_F(HloEGraphTest, PopForgetsWhatTheMergesTaught) {
  Make(R"(ENTRY e {
  p = s32[] parameter(0)
  two = s32[] constant(2)
  three = s32[] constant(3)
  q = s32[4] broadcast(p), dimensions={}
  n = s32[4] negate(q)
  ROOT r = (s32[4], s32[], s32[]) tuple(n, two, three)
})");
  engine::EGraph& egraph = graph_->egraph();
  const engine::ClassId n = ClassOf("n");
  const size_t nodes = egraph.node_count();
  const ValueRange range = graph_->ranges().range(n);
  for (std::string_view value : {"two", "three", "two"}) {
    const int64_t number = value == "two" ? 2 : 3;
    egraph.Push();
    egraph.Union(ClassOf("p"), ClassOf(value));
    ASSERT_TRUE(egraph.Rebuild().ok());
    const engine::ClassId known = egraph.Find(n);
    ASSERT_NE(graph_->constants().splat(known), nullptr);
    EXPECT_EQ(graph_->constants().splat(known)->AsInt64(0), -number);
    EXPECT_EQ(graph_->ranges().range(known).high, -number);
    EXPECT_EQ(egraph.class_nodes(known).size(), 1u);
    egraph.Pop();
    EXPECT_EQ(egraph.Find(n), n);
    EXPECT_EQ(graph_->constants().splat(n), nullptr);
    EXPECT_TRUE(graph_->ranges().range(n) == range);
    EXPECT_EQ(graph_->shapes().shape(n).ToString(), "s32[4]");
    EXPECT_EQ(egraph.node_count(), nodes);
    EXPECT_EQ(egraph.CheckInvariants(), absl::OkStatus());
  }
}

TEST_F(HloEGraphTest, ElidedConstantsAreNotFolded) {
  Make(R"(ENTRY e {
  c = f32[20] constant({...})
  ROOT n = f32[20] negate(c)
})");
  EXPECT_EQ(graph_->constants().splat(ClassOf("n")), nullptr);
  EXPECT_EQ(graph_->constants().literal(ClassOf("n")), nullptr);
}

TEST_F(HloEGraphTest, AMergeOfDifferentShapesStopsWithBothNamed) {
  Make(R"(ENTRY e {
  p = f32[2,3] parameter(0)
  ROOT t = f32[3,2] transpose(p), dimensions={1,0}
})");
  graph_->egraph().Union(ClassOf("p"), ClassOf("t"));
  auto view = graph_->egraph().Rebuild();
  ASSERT_FALSE(view.ok());
  EXPECT_NE(view.status().message().find("f32[2,3]"), std::string::npos) << view.status();
  EXPECT_NE(view.status().message().find("f32[3,2]"), std::string::npos) << view.status();
}

TEST_F(HloEGraphTest, ConstantsThatDifferStopAMergeButNaNsAreAlike) {
  constexpr std::string_view kText = R"(ENTRY e {
  low = f32[2] constant({-inf, 1})
  log = f32[2] log-plus-one(low)
  abs = f32[2] abs(log)
  zero = f32[] constant(0)
  less = f32[] constant(-0)
  ROOT t = (f32[2], f32[2], f32[], f32[]) tuple(log, abs, zero, less)
})";
  Make(kText);
  graph_->egraph().Union(ClassOf("log"), ClassOf("abs"));
  EXPECT_TRUE(graph_->egraph().Rebuild().ok());
  graph_->egraph().Union(ClassOf("zero"), ClassOf("less"));
  EXPECT_FALSE(graph_->egraph().Rebuild().ok());
}

TEST_F(HloEGraphTest, AddNodeChecksShapes) {
  Make(R"(ENTRY e {
  p = f32[2,3] parameter(0)
  q = f32[3,2] parameter(1)
  ROOT t = (f32[2,3], f32[3,2]) tuple(p, q)
})");
  engine::ClassId children[] = {ClassOf("p"), ClassOf("q")};
  size_t before = graph_->egraph().node_count();
  auto added = AddNode(graph_->egraph(), *terms_, graph_->shapes(),
                       {.opcode = ir::OpCode::kAdd, .attributes = {}, .children = children});
  EXPECT_FALSE(added.ok());
  EXPECT_EQ(graph_->egraph().node_count(), before);
}

TEST_F(HloEGraphTest, TheInputIsRebuiltWithItsNamesAndAnnotations) {
  Make(R"(ENTRY e {
  p = f32[4] parameter(0), sharding={replicated}
  unused = f32[4] parameter(1)
  ROOT n = f32[4] negate(p), metadata={op_name="neg" source_file="a.py" source_line=3}
})");
  auto same = Smallest(*graph_);
  ASSERT_TRUE(same.ok()) << same.status();
  ASSERT_EQ(same->size(), 3u);
  const ir::Instruction& root = (*same)[same->root()];
  EXPECT_EQ(root.name, "n");
  EXPECT_EQ(root.Notes().metadata.source_file, "a.py");
  EXPECT_TRUE((*same)[same->parameters()[0]].Notes().sharding.has_value());
}

}  // namespace
}  // namespace eqsat::rules
