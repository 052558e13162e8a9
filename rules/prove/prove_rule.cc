#include "rules/prove/prove_rule.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/str_format.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/compile/bound_symbols.h"
#include "rules/prove/instance.h"
#include "rules/prove/rank_bound.h"
#include "rules/prove/refute.h"
#include "rules/prove/scalar_goal.h"
#include "rules/prove/z3_limits.h"

namespace eqsat::rules {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"any", "bounded", "tested", "refuted"};

// More than any proof of a good rule needs, of all attempts together.
constexpr int kMaxPaths = 1000000;
constexpr uint64_t kMaxSolverSteps = 60'000'000;

// One attempt: all instances of all directions under one typing.
class Attempt {
 public:
  // Adds to `paths`.
  Attempt(const Rule& rule, InstanceBounds bounds, int* paths)
      : rule_(rule), bounds_(bounds), paths_(*paths) {}

  // OK if all instances are proved.
  absl::Status Run(ProofReport* report) {
    for (const Direction& direction : rule_.directions) {
      const int before = instances_;
      Choices choices;
      do {
        if (++paths_ > kMaxPaths) return NoDenotation("too many instances");
        if (Z3Session::Current().exhausted()) return NoDenotation("too much work for the solver");
        EQSAT_RETURN_IF_ERROR(ProvePath(direction, &choices));
      } while (choices.Next());
      if (instances_ == before) return NoDenotation("no instance was found");
    }
    report->instances = instances_;
    report->goals = static_cast<int>(prover_.goals().size());
    for (const auto& [goal, proved] : prover_.goals()) report->obligations.push_back(goal.Text());
    report->elements = Elements();
    return absl::OkStatus();
  }

 private:
  absl::Status ProvePath(const Direction& direction, Choices* choices) {
    Assumptions assumptions(choices, &questions_);
    Instance instance(rule_, direction, bounds_, &assumptions);
    absl::StatusOr<std::vector<Sides>> sides = instance.Build();
    if (!sides.ok()) return OnPath(sides.status(), assumptions);
    for (const Sides& pair : *sides) {
      absl::Status status = ProveSides(pair, instance, &assumptions);
      if (!status.ok() && !IsNoInstance(status)) return OnPath(status, assumptions);
    }
    ++instances_;
    return absl::OkStatus();
  }

  // A path on which nothing exists proves itself.
  static absl::Status OnPath(const absl::Status& status, const Assumptions& assumptions) {
    if (IsNoInstance(status) || !assumptions.Consistent()) return absl::OkStatus();
    return status;
  }

  absl::Status ProveSides(const Sides& sides, Instance& instance, Assumptions* assumptions) {
    const Polys& dims = sides.left.dims;
    if (dims.size() != sides.right.dims.size())
      return NoDenotation(absl::StrFormat("rank %d on the left and %d on the right", dims.size(),
                                          sides.right.dims.size()));
    const bool open = sides.left.type.is_abstract() && sides.right.type.is_abstract();
    if (!open && sides.left.type != sides.right.type)
      return NoDenotation("the element types were not shown equal");
    for (size_t i = 0; i < dims.size(); ++i)
      if (!assumptions->ProvablyEqual(dims[i], sides.right.dims[i]))
        return NoDenotation(base::StrCat(
            "the sizes ", assumptions->Simplify(dims[i]).ToString(), " and ",
            assumptions->Simplify(sides.right.dims[i]).ToString(), " were not shown equal"));
    Polys indices;
    for (const Poly& size : dims) {
      Poly index = assumptions->NewVar(Assumptions::Sign::kNonNegative);
      EQSAT_RETURN_IF_ERROR(assumptions->AssumeNonNegative(size - index - 1));
      indices.push_back(index);
    }
    // Once more at the end: splits on the way name things that were met before them.
    EQSAT_RETURN_IF_ERROR(sides.left.at(indices).status());
    EQSAT_RETURN_IF_ERROR(sides.right.at(indices).status());
    EQSAT_ASSIGN_OR_RETURN(Element left, sides.left.at(indices));
    EQSAT_ASSIGN_OR_RETURN(Element right, sides.right.at(indices));
    for (const Tensor& operand : instance.scope().operands) types_.insert(operand.type.id);
    left = instance.maker().Canonical(left);
    right = instance.maker().Canonical(right);
    reals_ |= instance.maker().numerics() >= Numerics::kReassoc;
    if (prover_.Prove(left, right, *assumptions, instance.scope().leaves,
                      instance.maker().numerics()))
      return absl::OkStatus();
    return NoDenotation(base::StrCat("not shown equal: ", left->text, " and ", right->text, "\n",
                                     assumptions->ToString()));
  }

  std::string Elements() const {
    std::string text;
    for (int id : types_) {
      ProofType type(id);
      if (type.is_abstract()) return "any type";
      base::StrAppend(&text, text.empty() ? "" : " ", ir::Name(type.concrete()));
    }
    return reals_ ? text + " (as real numbers where not exact)" : text;
  }

  const Rule& rule_;
  InstanceBounds bounds_;
  int& paths_;
  GoalProver prover_;
  IntegerQuestions questions_;
  int instances_ = 0;
  bool reals_ = false;
  std::set<int> types_;
};

constexpr int kQuickRuns = 40;
constexpr int kThoroughRuns = 300;

bool IsRefuted(const RuleSet::Entry& entry, int runs, ProofReport* report) {
  std::optional<std::string> counterexample = Refute(entry, runs);
  if (!counterexample) return false;
  report->status = ProofStatus::kRefuted;
  report->detail = *std::move(counterexample);
  return true;
}

}  // namespace

std::string_view NameOf(ProofStatus status) { return kNames[static_cast<int>(status)]; }

std::optional<ProofStatus> ProofStatusFromName(std::string_view name) {
  auto at = std::find(kNames.begin(), kNames.end(), name);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<ProofStatus>(at - kNames.begin());
}

namespace {

// The ranks that are tried: a small one, which is quick and which most rules that cannot be proved
// fail, then the one that is enough for all.
constexpr int kFirstRank = 2;

ProofStatus StatusOf(const RankBound& bound, int rank) {
  return bound.all_ranks && rank >= bound.rank ? ProofStatus::kAny : ProofStatus::kBounded;
}

// OK if all instances of some rank are proved; `report` is then of the largest.
absl::Status ProveTyped(const Rule& rule, InstanceBounds instances, const RankBound& bound,
                        int* paths, ProofReport* report) {
  for (int rank = std::min(kFirstRank, bound.rank); rank <= bound.rank;
       rank = rank == bound.rank ? rank + 1 : bound.rank) {
    instances.max_rank = rank;
    ProofReport made;
    absl::Status status = Attempt(rule, instances, paths).Run(&made);
    if (!status.ok() && rank == std::min(kFirstRank, bound.rank)) return status;
    if (!status.ok()) break;
    made.max_rank = rank;
    made.status = StatusOf(bound, rank);
    made.detail = made.status == ProofStatus::kAny ? "" : absl::StrFormat("rank at most %d", rank);
    *report = std::move(made);
  }
  return absl::OkStatus();
}

ProofReport ProveWithin(const RuleSet::Entry& entry) {
  const Rule& rule = *entry.rule;
  ProofReport report;
  if (IsVacuous(rule)) {
    report.status = ProofStatus::kRefuted;
    report.detail = "both sides are the same term";
    return report;
  }
  std::vector<std::string> open;
  int paths = 0;
  const bool all_local =
      std::ranges::all_of(rule.guards, [&](const Code& guard) { return IsLocal(guard, rule); });
  for (bool all_guards : {false, true}) {
    if (all_guards && all_local) continue;
    const RankBound bound = RankBoundOf(rule, all_guards);
    report.max_rank = bound.rank;
    for (Typing typing : {Typing::kAbstract, Typing::kConcrete}) {
      // Most wrong rules are refuted sooner than a proof of theirs is given up.
      if (typing == Typing::kConcrete && open.size() == 1 && IsRefuted(entry, kQuickRuns, &report))
        return report;
      absl::Status status =
          ProveTyped(rule, {.typing = typing, .all_guards = all_guards}, bound, &paths, &report);
      if (status.ok()) {
        // What programs refute is not proved, whatever was shown of its denotation; more so where
        // larger ranks were not.
        const bool is_any = report.status == ProofStatus::kAny;
        IsRefuted(entry, is_any ? kQuickRuns : kThoroughRuns, &report);
        return report;
      }
      open.emplace_back(status.message());
    }
  }
  // An operator variable has only the argument for all types; else that for each type is nearer.
  const bool generic = open.back().find("operator variable") != std::string::npos;
  const std::string why = generic ? open[open.size() - 2] : open.back();
  report.detail = why;
  IsRefuted(entry, kThoroughRuns, &report);
  return report;
}

}  // namespace

ProofReport ProveRule(const RuleSet::Entry& entry) {
  Z3Session session(kMaxSolverSteps);
  ProofReport report = ProveWithin(entry);
  report.solver_steps = session.steps();
  return report;
}

}  // namespace eqsat::rules
