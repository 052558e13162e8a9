// A kernel while it is planned: members are added consumers first.
#ifndef EQSAT_CODEGEN_FUSION_KERNEL_DRAFT_H_
#define EQSAT_CODEGEN_FUSION_KERNEL_DRAFT_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "codegen/fusion/computation_facts.h"
#include "codegen/fusion/fusion_plan.h"
#include "cost_models/analytic/roofline.h"

namespace eqsat::codegen {

// Invariant: the members satisfy what the KernelForm promises (fusion_plan.h). A member is added
// after all its readers in the kernel, so in descending order of ids.
class KernelDraft {
 public:
  enum class As : uint8_t { kInner, kOutput };

  KernelDraft(const ComputationFacts& facts, ir::InstructionId first);

  KernelForm form() const { return form_; }
  int64_t rows() const { return rows_; }
  ir::InstructionId hero() const { return hero_; }
  size_t num_members() const { return members_.size(); }
  bool Contains(ir::InstructionId id) const { return Find(id) != nullptr; }

  // Ascending.
  std::vector<ir::InstructionId> MemberIds() const;
  // Values read but not computed here, ascending.
  std::vector<ir::InstructionId> Inputs() const;
  const std::vector<ir::InstructionId>& outputs() const { return outputs_; }
  // How often the kernel evaluates an element of a member, all elements together; by MemberIds().
  std::vector<double> Evaluations() const;

  // Adds `id`, which members read, unless the form, the limits or the price of recomputing forbid
  // it.
  bool TryAdd(ir::InstructionId id, As as, const FusionLimits& limits,
              const cost_models::Roofline& roofline);

  // Takes over the members of `other`, if both walk the same outputs and the limits allow it. No
  // value of one may depend on the other's.
  bool TryMerge(const KernelDraft& other, const FusionLimits& limits);

  // Drops a member, so that its readers take it as an input.
  void Remove(ir::InstructionId id);

 private:
  // Index maps from the kernel's outputs under which a member is evaluated, with the number of
  // evaluations.
  using Evaluated = absl::InlinedVector<std::pair<uint64_t, double>, 2>;
  struct Member {
    ir::InstructionId id;
    Evaluated evaluated;
    bool feeds_hero = false;
    // How many readings of the hero each evaluation stands for, where tiles are taken to save them.
    double readings = 1;
  };

  const Member* Find(ir::InstructionId id) const;
  double Total(const Evaluated& evaluated) const;
  bool FormAccepts(ir::InstructionId id, As as) const;
  bool PointwiseFits(ir::InstructionId id, As as) const;
  bool ReductionFits(ir::InstructionId id) const;
  bool ContractionFits(ir::InstructionId id) const;
  bool PrologueFits(ir::InstructionId id) const;
  // Members that depend on `id` read their own row of it and of each other; they and the outputs
  // have whole rows of at most `max_row` elements.
  bool RowsHold(ir::InstructionId id, int64_t rows, int64_t max_row) const;
  bool FitsLimits(ir::InstructionId id, As as, const FusionLimits& limits) const;
  bool FeedsHero(ir::InstructionId id) const;
  bool SameDimensionsAsOutputs(ir::InstructionId id) const;
  bool HasParallelRows(int64_t rows, const cost_models::Roofline& roofline) const;
  Evaluated EvaluatedAs(ir::InstructionId id, As as) const;
  double ReadingsOf(ir::InstructionId id) const;
  bool RecomputingPays(ir::InstructionId id, const Evaluated& evaluated,
                       const cost_models::Roofline& roofline) const;

  const ComputationFacts* facts_;
  KernelForm form_ = KernelForm::kLoop;
  int64_t rows_ = 0;
  ir::InstructionId hero_;
  std::vector<Member> members_;  // descending
  std::vector<ir::InstructionId> outputs_;
};

}  // namespace eqsat::codegen

#endif  // EQSAT_CODEGEN_FUSION_KERNEL_DRAFT_H_
