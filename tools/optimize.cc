#include "tools/optimize.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "codegen/fusion/program_cost.h"
#include "cost_models/analytic/roofline.h"
#include "engine/explain/contributions.h"
#include "engine/extract/extractor.h"
#include "engine/interchange/serialize.h"
#include "engine/saturate/runner.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "ir/verify/verify.h"
#include "rules/hlo/flatten.h"
#include "rules/hlo/hlo_egraph.h"
#include "rules/hlo/module_assembler.h"
#include "rules/hlo/plain_forms.h"
#include "rules/hlo/roundabouts.h"
#include "rules/hlo/unroll.h"
#include "tools/clock.h"

namespace eqsat::tools {
namespace {

constexpr char kSimplify[] = "simplify";

// How much dearer a node that is not the input's is taken to be. Costs of single nodes do not see
// fusion, and the input's own form is known to fuse; so extraction is asked for a bold program and
// for one that leaves the input only where that clearly pays, and the fused cost decides.
constexpr double kNewNodePenalties[] = {1.01, 4};

// After simplifying alone, a program is also asked for that prefers what the rules made: they only
// add forms that are no longer, and a sum of nodes overrates several cheap ones in place of one.
constexpr double kSimplifiedNodeDiscounts[] = {0.5};

// What each node costs beside its time, so that of forms that cost none the shorter is chosen.
constexpr double kInstructionSeconds = 1e-15;

// The cost of what is not to be chosen.
constexpr double kForbiddenSeconds = 1e6;

// What a small computation may take of the time, whatever its share.
constexpr double kLeastSeconds = 0.1;

// How often a result is searched again from a plainer form of it.
constexpr size_t kMaxReopenings = 3;

// Loops of no more instructions than this, over all their iterations, are also tried spelt out.
constexpr size_t kMaxUnrolledInstructions = 512;

// The entry, and the regions of the control ops that it reaches. Regions of reduce, sort and the
// like are part of their op.
std::vector<ir::ComputationId> Runnable(const ir::Module& module) {
  std::vector<bool> seen(module.computations().size());
  std::vector<ir::ComputationId> found = {module.entry_id()};
  seen[module.entry_id().value()] = true;
  for (size_t i = 0; i < found.size(); ++i) {
    for (const ir::Instruction& instruction : module[found[i]].instructions()) {
      if (!ir::GetOpInfo(instruction.opcode).Has(ir::OpTrait::kControl)) continue;
      for (ir::ComputationId callee : instruction.called) {
        if (seen[callee.value()]) continue;
        seen[callee.value()] = true;
        found.push_back(callee);
      }
    }
  }
  return found;
}

double ProgramSeconds(const ir::Module& module, const cost_models::Target& target,
                      codegen::ParameterUse use = codegen::ParameterUse::kKeep,
                      const codegen::FusionLimits& limits = {}) {
  return codegen::PredictProgram(module, codegen::PlanModule(module, target, limits), target, use)
      .seconds;
}

double UnfusedSeconds(const ir::Module& module, const cost_models::Target& target) {
  return ProgramSeconds(module, target, codegen::ParameterUse::kKeep, {.max_members = 1});
}

// Equal but for the order in which kernels were summed up.
bool AsCheap(double seconds, double than) { return seconds <= than * (1 + 1e-12); }

size_t Length(const ir::Module& module) {
  size_t length = 0;
  for (const ir::Computation& computation : module.computations()) length += computation.size();
  return length;
}

// Of two programs as cheap as each other: whether `a` is shorter, or as long and cheaper with a
// kernel for each instruction, so that it leaves less to fusion, or in neither other, but spelt
// more plainly.
bool IsSimpler(const ir::Module& a, const ir::Module& b, const cost_models::Target& target) {
  if (Length(a) != Length(b)) return Length(a) < Length(b);
  const double a_unfused = UnfusedSeconds(a, target);
  const double b_unfused = UnfusedSeconds(b, target);
  if (!AsCheap(b_unfused, a_unfused)) return true;
  return AsCheap(a_unfused, b_unfused) && rules::Roundabouts(a) < rules::Roundabouts(b);
}

// Searches from `start`; what it finds is to be better than `given`, an equal program.
class Optimizer {
 public:
  Optimizer(ir::Module given, ir::Module start, const rules::RuleSet& rules,
            const cost_models::Target& target, const OptimizeOptions& options)
      : given_(std::move(given)),
        pool_(std::move(start)),
        rules_(rules),
        target_(target),
        roofline_(target),
        options_(options),
        assembler_(pool_),
        begin_(NowSeconds()) {}

  absl::StatusOr<OptimizeResult> Run() {
    result_.cost_unfused = UnfusedSeconds(given_, target_);
    result_.cost_before = ProgramSeconds(given_, target_);
    std::vector<ir::ComputationId> work = Runnable(pool_);
    size_t total = 0;
    for (ir::ComputationId id : work) total += pool_[id].size();
    // Small ones first: what they leave of their share goes to the large ones.
    std::ranges::stable_sort(work, {}, [&](ir::ComputationId id) { return pool_[id].size(); });
    for (ir::ComputationId id : work) {
      if (SecondsLeft() <= 0) {
        NoteStop(engine::StopReason::kTimeLimit);
        break;
      }
      size_t size = pool_[id].size();
      EQSAT_RETURN_IF_ERROR(OptimizeOne(id, static_cast<double>(size) / total));
      total -= size;
    }
    EQSAT_RETURN_IF_ERROR(Finish());
    result_.seconds = NowSeconds() - begin_;
    return std::move(result_);
  }

 private:
  enum Group { kSimplifying, kExploring };

  // Simplifying rules to a fixed point; then, in rounds, one step of the exploring rules and the
  // simplifying ones again, so that what exploring finds is cleaned up before it multiplies.
  absl::Status Search(ir::ComputationId id, rules::HloEGraph& graph, double share) {
    rules::HloGraph parts{&graph.terms(), &graph.shapes(), &graph.constants(), &graph.ranges()};
    rules::RuleFaults faults;
    std::vector<engine::NamedRewrite> named;
    rules::RuleFilter filter = options_.rules;
    std::set<std::string> phases = std::exchange(filter.phases, {kSimplify});
    EQSAT_ASSIGN_OR_RETURN(std::vector<engine::Rewrite> simplify,
                           rules_.Compile(parts, filter, &faults));
    phases.erase(kSimplify);
    filter.phases = phases;
    EQSAT_ASSIGN_OR_RETURN(std::vector<engine::Rewrite> explore,
                           rules_.Compile(parts, filter, &faults));
    engine::RunOptions run = RunOptionsFor(share, graph.egraph().node_count());
    double deadline = NowSeconds() + run.limits.seconds;
    size_t iterations_left = run.limits.iterations;
    engine::RunResult last;
    engine::Saturator saturator(graph.egraph(), {simplify, explore});
    auto step = [&](Group group, size_t max_iterations) {
      run.limits.iterations = std::min(max_iterations, iterations_left);
      run.limits.seconds = std::max(0.0, deadline - NowSeconds());
      last = saturator.Run(group, run);
      iterations_left -= std::min(iterations_left, last.iterations);
      result_.iterations += last.iterations;
      Count(last.rules);
      // An iteration limit of our own making ends a step, not the search.
      return last.stop == engine::StopReason::kSaturated ||
             (last.stop == engine::StopReason::kIterationLimit && iterations_left > 0);
    };
    bool more = step(kSimplifying, iterations_left);
    // Exploring may lead extraction away from what fuses well, so both stages have a say.
    if (last.status.ok()) {
      EQSAT_RETURN_IF_ERROR(Offer(id, graph, kNewNodePenalties));
      EQSAT_RETURN_IF_ERROR(Offer(id, graph, kSimplifiedNodeDiscounts));
    }
    bool saturated = explore.empty();
    for (size_t round = 0; more && !saturated && round < options_.explore_rounds; ++round) {
      uint32_t generation = graph.egraph().generation();
      more = step(kExploring, 1) && step(kSimplifying, iterations_left);
      saturated = graph.egraph().generation() == generation;
    }
    if (more && !saturated) last.stop = engine::StopReason::kIterationLimit;
    result_.enodes += graph.egraph().node_count();
    result_.eclasses += graph.egraph().class_count();
    if (last.stop == engine::StopReason::kConflict)
      return absl::InternalError(std::string(last.status.message()));
    if (!(more && saturated)) NoteStop(last.stop);
    if (options_.keep_egraph && id == pool_.entry_id()) EQSAT_RETURN_IF_ERROR(KeepEGraph(graph));
    EQSAT_RETURN_IF_ERROR(Offer(id, graph, kNewNodePenalties));
    if (!options_.observer) return absl::OkStatus();
    for (const auto* rewrites : {&simplify, &explore})
      for (const engine::Rewrite& rewrite : *rewrites)
        named.push_back({graph.egraph().AddReason(rewrite.name), &rewrite});
    return Report(id, graph, std::move(named), last.stop);
  }

  absl::Status Report(ir::ComputationId id, rules::HloEGraph& graph,
                      std::vector<engine::NamedRewrite> rewrites, engine::StopReason stop) {
    EQSAT_ASSIGN_OR_RETURN(engine::CleanView view, graph.egraph().Rebuild());
    const bool kept = !kept_nodes_.empty();
    return options_.observer(
        {.graph = graph,
         .log = log_,
         .rewrites = std::move(rewrites),
         .stopped_by = stop,
         .result = kept ? &assembler_.Get(id) : nullptr,
         .nodes = kept_nodes_,
         .seconds = best_seconds_,
         .seconds_with = [&](engine::NodeId node) { return SecondsWith(id, graph, view, node); }});
  }

  // The predicted time if the class of a node must be computed by that node.
  absl::StatusOr<double> SecondsWith(ir::ComputationId id, const rules::HloEGraph& graph,
                                     const engine::CleanView& view, engine::NodeId node) {
    EQSAT_ASSIGN_OR_RETURN(engine::Extraction extraction,
                           Extract(graph, view, kNewNodePenalties[0], node));
    if (extraction.choice[view.egraph().node(node).cls.value()] != node)
      return absl::FailedPreconditionError("the node needs its own value");
    EQSAT_ASSIGN_OR_RETURN(ir::Computation rebuilt, graph.Rebuild(extraction));
    ir::Computation kept = assembler_.Get(id);
    assembler_.Replace(id, std::move(rebuilt));
    absl::StatusOr<double> seconds = SecondsFrom(id);
    assembler_.Replace(id, std::move(kept));
    return seconds;
  }

  engine::RunOptions RunOptionsFor(double share, size_t computation_nodes) {
    engine::RunOptions run;
    size_t nodes_left = options_.budget.nodes - std::min(options_.budget.nodes, result_.enodes);
    run.limits.nodes =
        computation_nodes + static_cast<size_t>(share * static_cast<double>(nodes_left));
    run.limits.bytes = options_.budget.bytes;
    run.limits.iterations = options_.budget.iterations;
    // Extraction and pricing get the rest.
    run.limits.seconds =
        std::min(SecondsLeft(), std::max(kLeastSeconds, 0.7 * share * SecondsLeft()));
    run.interrupt = options_.interrupt;
    run.threads = options_.threads;
    if (options_.observer) run.log = &log_;
    // A rule may well match at every instruction; only more than that is a sign of an explosion.
    run.backoff.match_limit = std::max(run.backoff.match_limit, 2 * computation_nodes);
    if (options_.progress) {
      run.progress = [this](const engine::Progress& progress) {
        options_.progress(
            {progress.iteration, result_.enodes + progress.nodes, NowSeconds() - begin_});
      };
    }
    return run;
  }

  // Searches one computation and keeps what it finds if the program from there on gets cheaper.
  absl::Status OptimizeOne(ir::ComputationId id, double share) {
    rules::HloTerms terms(&pool_);
    const ir::Computation computation = pool_[id];
    rules::HloEGraphOptions options{.hash_seed = options_.hash_seed};
    if (options_.rules.numerics != rules::Numerics::kExact)
      options.on_conflict = rules::ConstantAnalysis::OnConflict::kKeep;
    if (options_.observer) options.explanations = rules::Explanations::kOn;
    EQSAT_ASSIGN_OR_RETURN(std::unique_ptr<rules::HloEGraph> graph,
                           rules::HloEGraph::Make(computation, &terms, options));
    log_ = {};
    kept_nodes_.clear();
    EQSAT_ASSIGN_OR_RETURN(best_seconds_, SecondsFrom(id));
    return Search(id, *graph, share);
  }

  absl::Status Offer(ir::ComputationId id, rules::HloEGraph& graph,
                     absl::Span<const double> new_node_factors) {
    EQSAT_ASSIGN_OR_RETURN(engine::CleanView view, graph.egraph().Rebuild());
    for (double factor : new_node_factors) {
      EQSAT_ASSIGN_OR_RETURN(engine::Extraction extraction, Extract(graph, view, factor));
      EQSAT_RETURN_IF_ERROR(Offer(id, graph, view, extraction));
    }
    return absl::OkStatus();
  }

  // Keeps what was extracted if the program from `id` on is cheaper with it, or as cheap and
  // simpler.
  absl::Status Offer(ir::ComputationId id, const rules::HloEGraph& graph,
                     const engine::CleanView& view, const engine::Extraction& extraction) {
    std::vector<engine::NodeId> nodes;
    EQSAT_ASSIGN_OR_RETURN(ir::Computation rebuilt, graph.Rebuild(extraction, &nodes));
    ir::Computation kept = assembler_.Get(id);
    assembler_.Replace(id, std::move(rebuilt));
    EQSAT_ASSIGN_OR_RETURN(double seconds, SecondsFrom(id));
    bool is_better = seconds < best_seconds_;
    if (!is_better && AsCheap(seconds, best_seconds_)) {
      EQSAT_ASSIGN_OR_RETURN(is_better, IsSimplerThan(id, kept));
    }
    if (!is_better) {
      assembler_.Replace(id, std::move(kept));
      return absl::OkStatus();
    }
    best_seconds_ = seconds;
    kept_nodes_ = std::move(nodes);
    std::map<std::string, size_t>& used = used_[id];
    used.clear();
    for (const engine::Contribution& contribution :
         engine::Contributions(view, extraction, graph.input_nodes()))
      used[view.egraph().reason_name(contribution.reason)] += contribution.classes;
    return absl::OkStatus();
  }

  // Whether the computation as it stands is simpler than another form of it.
  absl::StatusOr<bool> IsSimplerThan(ir::ComputationId id, const ir::Computation& other) {
    EQSAT_ASSIGN_OR_RETURN(ir::Module own, Assembled(id));
    ir::Computation held = assembler_.Get(id);
    assembler_.Replace(id, other);
    absl::StatusOr<ir::Module> with_other = Assembled(id);
    assembler_.Replace(id, std::move(held));
    EQSAT_RETURN_IF_ERROR(with_other.status());
    return IsSimpler(own, *with_other, target_);
  }

  // The predicted time of the computation and of what it calls, as it stands.
  absl::StatusOr<double> SecondsFrom(ir::ComputationId id) const {
    EQSAT_ASSIGN_OR_RETURN(ir::Module module, Assembled(id));
    auto use =
        id == pool_.entry_id() ? codegen::ParameterUse::kKeep : codegen::ParameterUse::kConsume;
    return ProgramSeconds(module, target_, use);
  }

  absl::StatusOr<ir::Module> Assembled(ir::ComputationId entry) const {
    return assembler_.Assemble(pool_.header(), entry);
  }

  // The whole program decides last: its parts were judged by themselves.
  absl::Status Finish() {
    EQSAT_ASSIGN_OR_RETURN(ir::Module output, Assembled(pool_.entry_id()));
    EQSAT_RETURN_IF_ERROR(
        base::Annotate(ir::Verify(output), "the optimized module is malformed: "));
    result_.cost_after = ProgramSeconds(output, target_);
    result_.changed =
        result_.cost_after < result_.cost_before ||
        (AsCheap(result_.cost_after, result_.cost_before) && IsSimpler(output, given_, target_));
    if (!result_.changed) {
      result_.cost_after = result_.cost_before;
      result_.module = std::move(given_);
      return absl::OkStatus();
    }
    for (const auto& [id, used] : used_) {
      for (const auto& [name, classes] : used) {
        result_.rules[name].in_result += classes;
        result_.numerics = std::max(result_.numerics, NumericsOf(name));
      }
    }
    result_.module = std::move(output);
    return absl::OkStatus();
  }

  double SecondsLeft() const {
    return std::max(0.0, options_.budget.seconds - (NowSeconds() - begin_));
  }

  // Only the first reason is reported.
  void NoteStop(engine::StopReason reason) {
    if (result_.stopped_by == engine::StopReason::kSaturated) result_.stopped_by = reason;
  }

  void Count(const std::vector<engine::RuleStats>& stats) {
    for (const engine::RuleStats& rule : stats) {
      if (rule.matches == 0) continue;
      RuleWork& work = result_.rules[rule.name];
      work.matches += rule.matches;
      work.applications += rule.applications;
      work.nodes_added += rule.nodes_added;
      work.seconds += rule.search_seconds + rule.apply_seconds;
    }
  }

  double NodeSeconds(const rules::HloEGraph& graph, const engine::NodeView& node) const {
    std::vector<ir::Shape> operands;
    for (engine::ClassId child : node.children) operands.push_back(graph.shapes().shape(child));
    const double seconds =
        kInstructionSeconds +
        roofline_.NodeSeconds({.opcode = rules::OpCodeOf(node.op),
                               .operands = operands,
                               .attributes = graph.terms().attributes(node.attrs),
                               .declared = &graph.shapes().shape(node.cls)});
    return seconds + FillSeconds(graph, node);
  }

  // What is known at compile time is in no buffer that an update could write into: it is written
  // out first.
  double FillSeconds(const rules::HloEGraph& graph, const engine::NodeView& node) const {
    if (rules::OpCodeOf(node.op) != ir::OpCode::kDynamicUpdateSlice) return 0;
    if (graph.constants().splat(node.children[0]) == nullptr) return 0;
    const ir::Shape& shape = graph.shapes().shape(node.cls);
    const ir::Attributes none;
    return roofline_.NodeSeconds({.opcode = ir::OpCode::kCopy,
                                  .operands = {&shape, 1},
                                  .attributes = none,
                                  .declared = &shape});
  }

  absl::Status KeepEGraph(rules::HloEGraph& graph) {
    EQSAT_ASSIGN_OR_RETURN(engine::CleanView view, graph.egraph().Rebuild());
    auto cost = [&](const engine::NodeView& node) { return NodeSeconds(graph, node); };
    auto label = [&](const engine::NodeView& node) {
      return base::StrCat(ir::Name(rules::OpCodeOf(node.op)), " ",
                          graph.shapes().shape(node.cls).ToString());
    };
    result_.egraph = engine::Serialize(view, graph.Roots(), cost, label);
    return absl::OkStatus();
  }

  absl::StatusOr<engine::Extraction> Extract(const rules::HloEGraph& graph,
                                             const engine::CleanView& view, double new_node_factor,
                                             engine::NodeId forced = engine::NodeId()) {
    const engine::ClassId forced_class =
        forced.valid() ? view.egraph().node(forced).cls : engine::ClassId();
    auto node_cost = [&](const engine::NodeView& node) {
      if (node.cls == forced_class && node.id != forced) return kForbiddenSeconds;
      double seconds = NodeSeconds(graph, node);
      return node.created_by == engine::EGraph::kInput ? seconds : seconds * new_node_factor;
    };
    return engine::Extract(view, graph.Roots(), node_cost, {.initial = graph.input_nodes()});
  }

  // The loosest class that a rule's use could have relied on.
  rules::Numerics NumericsOf(std::string_view rewrite) const {
    if (rewrite.ends_with(".reverse")) rewrite.remove_suffix(std::string_view(".reverse").size());
    const rules::RuleSet::Entry* entry = rules_.Find(rewrite);
    if (entry == nullptr) return rules::Numerics::kExact;  // constant folding
    rules::Numerics loosest = rules::Numerics::kExact;
    for (const rules::NumericsCase& c : entry->rule->numerics)
      loosest = std::max(loosest, std::min(c.numerics, options_.rules.numerics));
    return loosest;
  }

  ir::Module given_;
  ir::Module pool_;
  const rules::RuleSet& rules_;
  const cost_models::Target& target_;
  cost_models::Roofline roofline_;
  const OptimizeOptions& options_;
  rules::ModuleAssembler assembler_;
  double begin_;
  double best_seconds_ = 0;  // of the computation in hand, with what it calls
  // Of the computation in hand: what was applied, and the e-nodes of what is kept, if anything is.
  engine::ApplicationLog log_;
  std::vector<engine::NodeId> kept_nodes_;
  // By computation that was replaced: the rules of its new form, with the values they changed.
  std::map<ir::ComputationId, std::map<std::string, size_t>> used_;
  OptimizeResult result_;
};

// What `other` did, added to `sum`: the work that a result took, and what both together rely on.
void AddWork(const OptimizeResult& other, OptimizeResult& sum) {
  sum.enodes += other.enodes;
  sum.eclasses += other.eclasses;
  sum.iterations += other.iterations;
  sum.seconds += other.seconds;
  for (const auto& [name, work] : other.rules) {
    RuleWork& own = sum.rules[name];
    own.matches += work.matches;
    own.applications += work.applications;
    own.nodes_added += work.nodes_added;
    own.seconds += work.seconds;
  }
}

// Of the searches from the module's own form and from the one with loops spelt out.
OptimizeResult Cheaper(OptimizeResult own, OptimizeResult unrolled) {
  const bool take_unrolled = unrolled.cost_after < own.cost_after;
  OptimizeResult best = std::move(take_unrolled ? unrolled : own);
  const OptimizeResult& other = take_unrolled ? own : unrolled;
  if (take_unrolled) {
    best.cost_unfused = other.cost_unfused;
    best.cost_before = other.cost_before;
    best.changed = true;
    best.unrolled = true;
  }
  AddWork(other, best);
  return best;
}

// From the plainer form of `flat`, and from the one with short loops spelt out.
absl::StatusOr<OptimizeResult> SearchForms(const ir::Module& flat, const rules::RuleSet& rules,
                                           const cost_models::Target& target,
                                           const OptimizeOptions& options) {
  EQSAT_ASSIGN_OR_RETURN(std::optional<rules::PlainModule> plain, rules::PlainForms(flat));
  const ir::Module& start = plain ? plain->module : flat;
  EQSAT_ASSIGN_OR_RETURN(std::optional<ir::Module> unrolled,
                         rules::Unroll(start, kMaxUnrolledInstructions));
  OptimizeOptions half = options;
  if (unrolled) half.budget.seconds /= 2;
  EQSAT_ASSIGN_OR_RETURN(OptimizeResult result, Optimizer(flat, start, rules, target, half).Run());
  if (plain && result.changed) result.forms = plain->forms;
  if (!unrolled) return result;
  half.budget.seconds = options.budget.seconds - result.seconds;
  if (options.observer) {
    half.observer = [&](SearchRecord record) {
      record.unrolled = true;
      return options.observer(record);
    };
  }
  EQSAT_ASSIGN_OR_RETURN(OptimizeResult other,
                         Optimizer(*unrolled, *unrolled, rules, target, half).Run());
  if (plain) other.forms = plain->forms;
  return Cheaper(std::move(result), std::move(other));
}

// A search makes known what a branch, a collective or a loop waited for: while its result has a
// plainer form, that is searched too.
absl::StatusOr<OptimizeResult> Reopened(OptimizeResult result, const rules::RuleSet& rules,
                                        const cost_models::Target& target,
                                        OptimizeOptions options) {
  const auto observer = options.observer;
  for (size_t round = 1; round <= kMaxReopenings && result.changed; ++round) {
    EQSAT_ASSIGN_OR_RETURN(std::optional<rules::PlainModule> plain,
                           rules::PlainForms(result.module));
    if (!plain) break;
    options.budget.seconds -= result.seconds;
    if (options.budget.seconds <= 0) break;
    if (observer) {
      options.observer = [&](SearchRecord record) {
        record.unrolled = result.unrolled;
        record.round = round;
        return observer(record);
      };
    }
    EQSAT_ASSIGN_OR_RETURN(
        OptimizeResult again,
        Optimizer(result.module, std::move(plain->module), rules, target, options).Run());
    if (!again.changed) break;
    again.cost_unfused = result.cost_unfused;
    again.cost_before = result.cost_before;
    again.numerics = std::max(again.numerics, result.numerics);
    again.unrolled = result.unrolled;
    again.rounds = round;
    again.forms = std::move(plain->forms);
    for (const auto& [name, count] : result.forms) again.forms[name] += count;
    again.stopped_by = std::max(again.stopped_by, result.stopped_by);
    for (const auto& [name, work] : result.rules) again.rules[name].in_result += work.in_result;
    AddWork(result, again);
    result = std::move(again);
  }
  return result;
}

}  // namespace

absl::StatusOr<OptimizeResult> Optimize(const ir::Module& input, const rules::RuleSet& rules,
                                        const cost_models::Target& target,
                                        const OptimizeOptions& options) {
  EQSAT_ASSIGN_OR_RETURN(ir::Module flat, rules::Flatten(input));
  EQSAT_ASSIGN_OR_RETURN(OptimizeResult result, SearchForms(flat, rules, target, options));
  return Reopened(std::move(result), rules, target, options);
}

}  // namespace eqsat::tools
