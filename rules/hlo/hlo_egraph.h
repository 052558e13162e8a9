// A computation as an e-graph, and back.
#ifndef EQSAT_RULES_HLO_HLO_EGRAPH_H_
#define EQSAT_RULES_HLO_HLO_EGRAPH_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/egraph/egraph.h"
#include "engine/extract/extractor.h"
#include "ir/graph/module.h"
#include "rules/hlo/constant_analysis.h"
#include "rules/hlo/hlo_signature.h"
#include "rules/hlo/range_analysis.h"
#include "rules/hlo/shape_analysis.h"

namespace eqsat::rules {

// Whether what is found in a graph can be explained later (engine/explain).
enum class Explanations { kOff, kOn };

struct HloEGraphOptions {
  ConstantAnalysis::OnConflict on_conflict = ConstantAnalysis::OnConflict::kStop;
  Explanations explanations = Explanations::kOff;
  uint64_t hash_seed = 0;  // changes nothing that can be seen
};

// One computation of a flat module (rules/hlo/flatten.h). `computation` and `terms` outlive this.
class HloEGraph {
 public:
  static absl::StatusOr<std::unique_ptr<HloEGraph>> Make(const ir::Computation& computation,
                                                         HloTerms* terms,
                                                         const HloEGraphOptions& options = {});

  engine::EGraph& egraph() { return egraph_; }
  const engine::EGraph& egraph() const { return egraph_; }
  HloTerms& terms() { return *terms_; }
  const HloTerms& terms() const { return *terms_; }
  const ShapeAnalysis& shapes() const { return shapes_; }
  const ConstantAnalysis& constants() const { return constants_; }
  const RangeAnalysis& ranges() const { return ranges_; }

  // What must be extracted: the root first, then every unique instruction.
  std::vector<engine::ClassId> Roots() const;
  // The e-node of each instruction, by instruction id: the input program as a choice.
  const std::vector<engine::NodeId>& input_nodes() const { return input_nodes_; }
  engine::ClassId class_of(ir::InstructionId id) const;
  const ir::Computation& computation() const { return computation_; }

  // The program that `extraction` chose. Nodes of the input keep their names and annotations; a new
  // node takes over the metadata and sharding of an instruction that computed the same value.
  // `nodes`, if given, receives the e-node of each instruction.
  absl::StatusOr<ir::Computation> Rebuild(const engine::Extraction& extraction,
                                          std::vector<engine::NodeId>* nodes = nullptr) const;

 private:
  HloEGraph(const ir::Computation& computation, HloTerms* terms, const HloEGraphOptions& options);
  absl::Status AddAll();
  absl::StatusOr<Payload> PayloadOf(ir::InstructionId id) const;
  ir::Instruction InstructionFor(engine::NodeId node, const ir::Instruction* same_value,
                                 bool is_input) const;

  const ir::Computation& computation_;
  HloTerms* terms_;
  HloSignature signature_;
  ShapeAnalysis shapes_;
  ConstantAnalysis constants_;
  RangeAnalysis ranges_;
  engine::EGraph egraph_;
  std::vector<engine::NodeId> input_nodes_;
  std::vector<engine::ClassId> input_classes_;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_HLO_EGRAPH_H_
