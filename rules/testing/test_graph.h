// A small HLO e-graph of its own, whose terms can be evaluated.
#ifndef EQSAT_RULES_TESTING_TEST_GRAPH_H_
#define EQSAT_RULES_TESTING_TEST_GRAPH_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "engine/egraph/egraph.h"
#include "ir/graph/module.h"
#include "ir/shape/literal.h"
#include "rules/compile/hlo_graph.h"

namespace eqsat::rules {

class TestGraph {
 public:
  TestGraph();
  TestGraph(const TestGraph&) = delete;
  TestGraph& operator=(const TestGraph&) = delete;

  engine::EGraph& egraph() { return egraph_; }
  HloTerms& terms() { return terms_; }
  const HloGraph& graph() const { return graph_; }
  const ir::Shape& shape(engine::ClassId cls) const { return shapes_.shape(egraph_.Find(cls)); }

  // A new input.
  engine::ClassId AddParameter(const ir::Shape& shape);
  engine::ClassId AddConstant(const ir::Literal& literal);
  // An array of copies of a scalar.
  absl::StatusOr<engine::ClassId> AddFill(const ir::Literal& scalar, const ir::Shape& shape);
  // Called with shapes that must fit together; InvalidArgument otherwise.
  absl::StatusOr<engine::ClassId> Add(ir::OpCode opcode, const ir::Attributes& attributes,
                                      absl::Span<const engine::ClassId> children,
                                      const ir::Shape* declared = nullptr,
                                      absl::Span<const ir::ComputationId> called = {});

  const std::vector<ir::Shape>& parameters() const { return parameters_; }
  // A term of the class as text, for messages.
  std::string Show(engine::ClassId cls, int depth = 4) const;

 private:
  ir::Module module_;
  HloTerms terms_;
  HloSignature signature_;
  ShapeAnalysis shapes_;
  ConstantAnalysis constants_;
  RangeAnalysis ranges_;
  engine::EGraph egraph_;
  HloGraph graph_;
  std::vector<ir::Shape> parameters_;
};

// The value of a class of `graph` for given inputs, by the reference interpreter. Values are kept.
class TermEvaluator {
 public:
  TermEvaluator(TestGraph* graph, std::vector<ir::Literal> inputs)
      : graph_(graph), inputs_(std::move(inputs)) {}
  absl::StatusOr<ir::Literal> Evaluate(engine::ClassId cls);
  const std::vector<ir::Literal>& inputs() const { return inputs_; }
  // The largest finite magnitude of any value so far.
  double largest() const { return largest_; }
  // Whether an input or a constant of the program was NaN, or infinite.
  bool leaf_was_nan() const { return leaf_was_nan_; }
  bool leaf_was_infinite() const { return leaf_was_infinite_; }

 private:
  absl::StatusOr<ir::Literal> EvaluateNode(const engine::NodeView& node, const ir::Shape& shape);
  void Watch(const ir::Literal& value, bool is_leaf);

  TestGraph* graph_;
  std::vector<ir::Literal> inputs_;
  std::map<engine::ClassId, ir::Literal> values_;
  std::set<engine::ClassId> open_;
  double largest_ = 0;
  bool leaf_was_nan_ = false;
  bool leaf_was_infinite_ = false;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_TESTING_TEST_GRAPH_H_
