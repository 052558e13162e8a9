// Makes random programs that the left side of a rule may match.
//
// Generation goes down the left side with what is wanted of the result and comes back up with nodes
// of a TestGraph. It aims at a match and does not promise one: the rule's own matcher decides.
#ifndef EQSAT_RULES_TESTING_INSTANCE_GENERATOR_H_
#define EQSAT_RULES_TESTING_INSTANCE_GENERATOR_H_

#include <optional>
#include <set>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/base/random.h"
#include "rules/compile/evaluate.h"
#include "rules/compile/rule.h"
#include "rules/testing/test_graph.h"

namespace eqsat::rules {

// What the place that a term stands in asks of it.
struct Want {
  std::optional<ir::ElementType> type;
  std::optional<Ints> dims;
};

class InstanceGenerator {
 public:
  // All outlive the generator.
  InstanceGenerator(const Rule& rule, const Direction& direction, base::Random* random,
                    TestGraph* graph);

  // The classes of the roots, or why this attempt came to nothing.
  absl::StatusOr<std::vector<engine::ClassId>> Generate();

 private:
  using ClassOr = absl::StatusOr<engine::ClassId>;

  ClassOr Make(const Term& term, const Want& want);
  ClassOr MakeVariable(const Term& term, const Want& want);
  ClassOr MakeRanged(const ir::Shape& shape);
  ClassOr MakeNumber(const Term& term, const Want& want);
  ClassOr MakeOperation(const Term& term, const Want& want);
  absl::StatusOr<std::vector<engine::ClassId>> MakeSequence(const Term& term,
                                                            const std::vector<Want>& wants);

  // One op or family each: instance_ops.cc, instance_slicing.cc, instance_contraction.cc,
  // instance_scatter.cc.
  ClassOr MakeElementwise(const Term& term, ir::OpCode opcode, const Want& want);
  ClassOr MakeConvert(const Term& term, ir::OpCode opcode, const Want& want);
  ClassOr MakeTranspose(const Term& term, const Want& want);
  ClassOr MakeReshape(const Term& term, const Want& want);
  ClassOr MakeBroadcast(const Term& term, const Want& want);
  ClassOr MakeReverse(const Term& term, const Want& want);
  ClassOr MakeSlice(const Term& term, const Want& want);
  ClassOr MakePad(const Term& term, const Want& want);
  ClassOr MakeConcatenate(const Term& term, const Want& want);
  ClassOr MakeDynamicSlice(const Term& term, const Want& want);
  ClassOr MakeDynamicUpdateSlice(const Term& term, const Want& want);
  ClassOr MakeGather(const Term& term, const Want& want);
  ClassOr MakeScatter(const Term& term, const Want& want);
  ClassOr MakeReduce(const Term& term, const Want& want);
  ClassOr MakeReduceWindow(const Term& term, const Want& want);
  ClassOr MakeDot(const Term& term, const Want& want);
  ClassOr MakeConvolution(const Term& term, const Want& want);
  absl::StatusOr<ir::Shape> DotShape(const Term& term, const Want& want,
                                     const ir::DotAttributes& attributes, engine::ClassId a,
                                     engine::ClassId b);
  ClassOr MakeIota(const Term& term, const Want& want);
  ClassOr MakeTuple(const Term& term, const Want& want);
  ClassOr MakeGetTupleElement(const Term& term, const Want& want);

  // Adds the operation with `attributes` (over what the term captures) and binds its symbols.
  ClassOr Finish(const Term& term, ir::OpCode opcode, ir::Attributes attributes,
                 std::vector<engine::ClassId> children, const ir::Shape* declared = nullptr,
                 std::vector<ir::ComputationId> called = {});

  // The value that the term fixes for an attribute: a literal, or bound symbols.
  std::optional<Value> Fixed(const Term& term, std::string_view attribute) const;
  std::optional<Ints> FixedInts(const Term& term, std::string_view attribute) const;
  std::optional<Ints> FixedShape(const Term& term) const;
  std::optional<ir::ElementType> FixedType(const Term& term) const;
  // How long a list the term's pattern for an attribute asks for, if it says.
  std::optional<size_t> FixedLength(const Term& term, std::string_view attribute) const;
  // The shape of a child that is a bound variable.
  std::optional<ir::Shape> KnownShape(const Term& child) const;
  std::optional<Ints> KnownDims(const Term& child) const;

  std::optional<Ints> FixedDotDims(const Term& term, std::string_view name) const;
  size_t DotCount(const Term& term, const std::optional<Ints>& left,
                  const std::optional<Ints>& right, std::string_view left_name,
                  std::string_view right_name, int64_t most);

  absl::StatusOr<Ints> ConvolutionLabels(const Term& term, std::string_view name, int64_t rank);
  ir::Window RandomWindow(int64_t rank);

  // The operation that a term's region folds by, and its computation.
  ir::OpCode ChooseReducer(const Term& term);
  absl::StatusOr<ir::ComputationId> MakeReducer(const Term& term, ir::ElementType type);

  // What a scatter into an array of `rank` says; what the term says, if it says everything.
  ir::ScatterAttributes RandomScatter(int64_t rank);
  std::optional<ir::ScatterAttributes> FixedScatter(const Term& term) const;

  Ints RandomDims();
  Ints RandomSizes(size_t count);
  int64_t RandomSize();
  Ints RandomSubset(int64_t rank, int64_t count);
  ir::ElementType RandomType();
  ir::ElementType TypeFor(const Term& term, const Want& want);
  int64_t PositionOf(const Term& owner, int64_t rank, std::string_view attribute);
  void LookForConstants(const Code& code);

  const Rule& rule_;
  const Direction& direction_;
  base::Random& random_;
  TestGraph& graph_;
  Bindings bindings_;
  ir::ElementType base_type_;
  Ints base_dims_;
  bool small_sizes_;
  std::set<SymbolId> likely_constants_;
  std::set<SymbolId> likely_ranged_;
  std::set<SymbolId> identical_lists_;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_TESTING_INSTANCE_GENERATOR_H_
