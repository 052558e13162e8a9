#include "tools/explain/chain.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/explain/check_proof.h"
#include "engine/explain/explainer.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/graph/printer.h"
#include "rules/explain/hlo_proofs.h"
#include "tools/explain/names.h"

namespace eqsat::tools {
namespace {

using engine::GroundEquation;
using engine::TermId;

// Terms are shown this deep, except where a part is an instruction of the input.
constexpr int kMaxDepth = 4;

class ResultExplainer {
 public:
  ResultExplainer(const SearchRecord& record, const rules::RuleSet& rules, rules::Numerics numerics)
      : record_(record),
        graph_(record.graph),
        rules_(rules),
        numerics_(numerics),
        instances_(&record.graph, &rules, numerics),
        explainer_(&record.graph.egraph(), &record.log, record.rewrites,
                   [this](size_t application, engine::Explainer& explainer) {
                     return instances_.Instantiate(application, explainer);
                   }),
        names_(record.graph) {
    instances_.AddFoldedConstants(explainer_);
    NameInput();
    BuildTerms();
  }

  absl::StatusOr<std::vector<Chain>> Run(std::string_view at) {
    std::vector<size_t> wanted = Wanted(at);
    std::vector<std::pair<TermId, TermId>> goals;
    std::vector<size_t> explained;
    std::vector<Chain> chains;
    for (size_t i : wanted) {
      Chain chain = Begin(i);
      const bool changed = starts_[i].valid() && starts_[i] != ends_[i];
      if (!changed && at.empty() && chain.part_of.empty()) continue;
      if (changed) {
        goals.emplace_back(starts_[i], ends_[i]);
        explained.push_back(chains.size());
      }
      chains.push_back(std::move(chain));
    }
    if (goals.empty()) return chains;
    EQSAT_ASSIGN_OR_RETURN(std::vector<engine::Proof> proofs, explainer_.Explain(goals));
    for (size_t i = 0; i < proofs.size(); ++i) {
      EQSAT_ASSIGN_OR_RETURN(chains[explained[i]].steps, Steps(proofs[i]));
    }
    return chains;
  }

 private:
  const ir::Computation& result() const { return *record_.result; }
  engine::ClassId ClassOf(size_t instruction) const {
    return graph_.egraph().node(record_.nodes[instruction]).cls;
  }

  void NameInput() {
    const ir::Computation& input = graph_.computation();
    for (size_t i = 0; i < input.size(); ++i) {
      engine::NodeId node = graph_.input_nodes()[i];
      input_names_.try_emplace(explainer_.TermOf(node),
                               base::StrCat("%", input.instructions()[i].name));
      engine::ClassId cls = graph_.class_of(ir::InstructionId(i));
      same_value_[cls].push_back(i);
      is_input_node_.insert(node);
    }
  }

  // For each instruction of the result where its explanation starts (a term of the input) and ends
  // (its operation on terms of the input, or on what no instruction of the input computes).
  void BuildTerms() {
    const ir::InstructionId input_root = graph_.computation().root();
    const TermId root = explainer_.TermOf(graph_.input_nodes()[input_root.value()]);
    std::vector<TermId> values;
    for (size_t i = 0; i < result().size(); ++i) {
      engine::NodeId node = record_.nodes[i];
      std::vector<TermId> operands;
      for (ir::InstructionId operand : result().instructions()[i].operands)
        operands.push_back(values[operand.value()]);
      const engine::EGraph& egraph = graph_.egraph();
      ends_.push_back(explainer_.bank().Add(egraph.op(node), egraph.attrs(node), operands));
      auto same = same_value_.find(ClassOf(i));
      if (same == same_value_.end()) {
        starts_.emplace_back();
        values.push_back(ends_.back());
        continue;
      }
      TermId first = explainer_.TermOf(graph_.input_nodes()[same->second[0]]);
      const bool is_root = ir::InstructionId(i) == result().root();
      starts_.push_back(is_root                         ? root
                        : is_input_node_.contains(node) ? explainer_.TermOf(node)
                                                        : first);
      values.push_back(first);
    }
  }

  std::vector<size_t> Wanted(std::string_view at) const {
    std::vector<size_t> wanted;
    for (size_t i = 0; i < result().size(); ++i)
      if (at.empty() || result().instructions()[i].name == at) wanted.push_back(i);
    if (!wanted.empty()) return wanted;
    // An instruction of the input: what computes its value now.
    const ir::Computation& input = graph_.computation();
    for (size_t i = 0; i < input.size(); ++i) {
      if (input.instructions()[i].name != at) continue;
      for (size_t r = 0; r < result().size(); ++r)
        if (ClassOf(r) == graph_.class_of(ir::InstructionId(i))) wanted.push_back(r);
    }
    return wanted;
  }

  Chain Begin(size_t i) const {
    Chain chain{.name = result().instructions()[i].name,
                .instruction =
                    ir::PrintInstruction(graph_.terms().module(), result(), ir::InstructionId(i),
                                         {.elide_large_constants = true, .print_metadata = false}),
                .same_as = {},
                .part_of = {},
                .steps = {}};
    if (auto same = same_value_.find(ClassOf(i)); same != same_value_.end()) {
      for (size_t input : same->second)
        chain.same_as.push_back(graph_.computation().instructions()[input].name);
    } else {
      for (const ir::Instruction& user : result().instructions())
        if (std::ranges::count(user.operands, ir::InstructionId(i)))
          chain.part_of.push_back(user.name);
    }
    return chain;
  }

  // Checks the proof, and lists its uses of rules in order.
  absl::StatusOr<std::vector<ChainStep>> Steps(const engine::Proof& proof) {
    rules::HloJudge judge(&graph_.terms(), &rules_, numerics_, &graph_.egraph());
    std::vector<bool> checked;
    absl::Status status = engine::CheckProof(
        proof, graph_.egraph().signature(),
        [&](const engine::TermBank& bank, const GroundEquation& equation) {
          absl::Status held = judge.Judge(bank, equation);
          checked.push_back(held.ok());
          return equation.basis == GroundEquation::Basis::kRule ? held : absl::OkStatus();
        });
    if (!status.ok())
      return absl::InternalError(
          base::StrCat("an explanation does not check: ", std::string(status.message())));
    engine::TermCopier copier(proof.terms, &explainer_.bank());
    std::vector<ChainStep> steps;
    Flatten(proof, checked, &copier, &steps);
    return steps;
  }

  // Depth first through the lemmas, each once, without recursion.
  void Flatten(const engine::Proof& proof, const std::vector<bool>& checked,
               engine::TermCopier* copier, std::vector<ChainStep>* steps) {
    struct Visit {
      engine::LemmaUse use;
      size_t step = 0;   // in the order of the visit
      size_t child = 0;  // of that step
    };
    std::set<uint32_t> seen;
    std::vector<Visit> open = {{{static_cast<uint32_t>(proof.lemmas.size() - 1), true}}};
    while (!open.empty()) {
      Visit& visit = open.back();
      const engine::Lemma& lemma = proof.lemmas[visit.use.lemma];
      if (visit.step == lemma.steps.size()) {
        open.pop_back();
        continue;
      }
      size_t at = visit.use.forward ? visit.step : lemma.steps.size() - 1 - visit.step;
      const engine::ProofStep& step = lemma.steps[at];
      if (visit.child < step.children.size()) {
        engine::LemmaUse use = step.children[visit.child++];
        use.forward = use.forward == visit.use.forward;
        if (use.lemma != engine::LemmaUse::kSameTerm && seen.insert(use.lemma).second)
          open.push_back({use});
        continue;
      }
      if (step.reason < proof.equations.size())
        steps->push_back(StepFor(proof.equations[step.reason], checked[step.reason],
                                 step.forward == visit.use.forward, copier));
      ++visit.step;
      visit.child = 0;
    }
  }

  ChainStep StepFor(const GroundEquation& equation, bool checked, bool forward,
                    engine::TermCopier* copier) {
    std::string rule = graph_.egraph().reason_name(equation.reason);
    std::string left = TextOf(copier->Copy(equation.left), 0);
    std::string right = TextOf(copier->Copy(equation.right), 0);
    if (!forward) std::swap(left, right);
    std::string source = SourceOf(rules_, rule);
    return {.rule = std::move(rule),
            .source = std::move(source),
            .forward = forward,
            .before = std::move(left),
            .after = std::move(right),
            .checked = checked};
  }

  std::string TextOf(TermId term, int depth) const {
    const engine::TermBank& bank = explainer_.bank();
    auto name = input_names_.find(term);
    if (name != input_names_.end() && (depth > 0 || bank.children(term).empty()))
      return name->second;
    if (depth == kMaxDepth) return "…";
    std::vector<std::string> operands;
    for (TermId child : bank.children(term)) operands.push_back(TextOf(child, depth + 1));
    return names_.OfOperation(bank.op(term), bank.attrs(term), operands);
  }

  const SearchRecord& record_;
  rules::HloEGraph& graph_;
  const rules::RuleSet& rules_;
  rules::Numerics numerics_;
  rules::HloInstances instances_;
  engine::Explainer explainer_;
  Names names_;
  absl::flat_hash_map<TermId, std::string> input_names_;
  absl::flat_hash_map<engine::ClassId, std::vector<size_t>> same_value_;  // of the input
  std::set<engine::NodeId> is_input_node_;
  std::vector<TermId>
      starts_;  // by instruction of the result; invalid if the input has no such value
  std::vector<TermId> ends_;
};

}  // namespace

absl::StatusOr<std::vector<Chain>> ExplainResult(const SearchRecord& record,
                                                 const rules::RuleSet& rules,
                                                 rules::Numerics numerics, std::string_view at) {
  if (record.result == nullptr) return std::vector<Chain>();
  return ResultExplainer(record, rules, numerics).Run(at);
}

std::string SourceOf(const rules::RuleSet& rules, std::string_view rewrite) {
  constexpr std::string_view kReverse = ".reverse";
  if (rewrite.ends_with(kReverse)) rewrite.remove_suffix(kReverse.size());
  const rules::RuleSet::Entry* entry = rules.Find(rewrite);
  if (entry == nullptr) return "";
  return base::StrCat(entry->rule->source->path(), ":", entry->rule->place.line);
}

}  // namespace eqsat::tools
