#include "rules/discover/discover.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/saturate/runner.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "rules/compile/vocabulary.h"
#include "rules/syntax/format.h"
#include "rules/testing/test_graph.h"
#include "rules/testing/test_rule.h"

namespace eqsat::rules {
namespace {

constexpr std::string_view kHeader =
    "# Found by enumeration: neither side follows from the library.\nlanguage 1\n"
    "group discovered\ndtypes Ieee = { f16, bf16, f32, f64 }\n\n";

absl::Status CheckOp(ir::OpCode opcode, ir::ElementType type) {
  const int arity = ir::Arity(opcode);
  const bool is_elementwise = ir::GetOpInfo(opcode).Has(ir::OpTrait::kElementwise);
  if (is_elementwise && arity >= 1) {
    const std::vector<ir::Shape> operands(static_cast<size_t>(arity), ir::Shape(type, {1}));
    absl::StatusOr<ir::Shape> result = ir::InferShape(
        {.opcode = opcode, .operands = operands, .attributes = ir::GetOpInfo(opcode).attributes});
    if (result.ok() && result->element_type() == type) return absl::OkStatus();
  }
  return base::InvalidArgument("%s is not elementwise from %s to %s", RuleNameOf(opcode),
                               std::string(ir::Name(type)), std::string(ir::Name(type)));
}

// Both sides of every candidate in one e-graph, which grows with the rules found.
class Comparison {
 public:
  Comparison(const TermTable& table, const DiscoverOptions& options)
      : table_(table), options_(options), shape_(options.space.type, {kElements}) {
    for (int i = 0; i < options.space.variables; ++i)
      variables_.push_back(graph_.AddParameter(shape_));
  }

  absl::Status Add(size_t term) {
    if (classes_.contains(term)) return absl::OkStatus();
    const SmallTerm& top = table_[term];
    std::vector<engine::ClassId> operands;
    switch (top.kind) {
      case SmallTerm::Kind::kVariable:
        classes_[term] = variables_[static_cast<size_t>(top.variable)];
        return absl::OkStatus();
      case SmallTerm::Kind::kNumber: {
        const std::optional<ir::Literal> scalar = ScalarOf(top.number, shape_.element_type());
        EQSAT_ASSIGN_OR_RETURN(classes_[term], graph_.AddFill(*scalar, shape_));
        return absl::OkStatus();
      }
      case SmallTerm::Kind::kOperation:
        break;
    }
    for (size_t operand : top.operands) {
      EQSAT_RETURN_IF_ERROR(Add(operand));
      operands.push_back(classes_[operand]);
    }
    EQSAT_ASSIGN_OR_RETURN(classes_[term],
                           graph_.Add(top.opcode, ir::GetOpInfo(top.opcode).attributes, operands));
    return absl::OkStatus();
  }

  // Applies the rules until nothing new follows or the graph is too large.
  absl::Status Saturate(const RuleSet& rules) {
    RuleFaults faults;
    const RuleFilter filter{.phases = {"simplify", "explore", "lower"}};
    EQSAT_ASSIGN_OR_RETURN(std::vector<engine::Rewrite> rewrites,
                           rules.Compile(graph_.graph(), filter, &faults));
    constexpr size_t kIterations = 6;
    engine::RunOptions run{.limits = {.nodes = options_.max_nodes, .iterations = kIterations},
                           .interrupt = options_.interrupt};
    const engine::RunResult result = engine::Saturate(graph_.egraph(), rewrites, run);
    return result.status;
  }

  bool AreEqual(size_t a, size_t b) {
    return graph_.egraph().Find(classes_.at(a)) == graph_.egraph().Find(classes_.at(b));
  }

 private:
  static constexpr int64_t kElements = 3;

  const TermTable& table_;
  const DiscoverOptions& options_;
  ir::Shape shape_;
  TestGraph graph_;
  std::vector<engine::ClassId> variables_;
  std::map<size_t, engine::ClassId> classes_;  // by term
};

// The sets of types that a rule is tried for, the widest first.
std::vector<std::string> TypesToTry(ir::ElementType type) {
  std::vector<std::string> types;
  if (ir::IsInteger(type)) types = {"Int", ir::IsSigned(type) ? "Signed" : "Unsigned"};
  if (ir::IsFloat(type)) types = {"Ieee"};
  types.emplace_back(ir::Name(type));
  return types;
}

class Search {
 public:
  Search(const RuleSet& library, const DiscoverOptions& options, const TermTable& table)
      : library_(library), options_(options), table_(table), comparison_(table, options) {}

  absl::StatusOr<Discovery> Run() {
    result_.terms = table_.size();
    result_.candidates = table_.pairs().size();
    Report("comparing with the library");
    for (const auto& [first, later] : table_.pairs()) {
      EQSAT_RETURN_IF_ERROR(comparison_.Add(first));
      EQSAT_RETURN_IF_ERROR(comparison_.Add(later));
    }
    EQSAT_RETURN_IF_ERROR(comparison_.Saturate(library_));
    for (const auto& [first, later] : table_.pairs()) {
      if (Stopped()) {
        result_.finished = false;
        break;
      }
      EQSAT_RETURN_IF_ERROR(Consider(first, later));
    }
    return std::move(result_);
  }

 private:
  bool Stopped() const {
    return result_.rules.size() >= options_.max_rules ||
           (options_.interrupt && *options_.interrupt);
  }

  void Report(std::string_view text) {
    if (options_.progress) options_.progress(text);
  }

  absl::Status Consider(size_t first, size_t later) {
    if (comparison_.AreEqual(first, later)) {
      ++result_.implied;
      return absl::OkStatus();
    }
    // The smaller side is the first, so that simplifying rules make terms smaller.
    const bool is_smaller = table_[first].operations < table_[later].operations;
    if (!table_.HasVariablesOf(later, first)) return Refuse();
    for (const std::string& type : TypesToTry(options_.space.type)) {
      std::optional<FoundRule> rule = Judge(first, later, type, is_smaller);
      if (!rule) continue;
      return Keep(*std::move(rule));
    }
    return Refuse();
  }

  absl::Status Refuse() {
    ++result_.refuted;
    return absl::OkStatus();
  }

  // The rule for one set of types, if it loads and neither tests nor the prover object.
  std::optional<FoundRule> Judge(size_t first, size_t later, const std::string& type,
                                 bool is_smaller) {
    FoundRule rule;
    rule.name = absl::StrFormat("found_%d", result_.rules.size() + 1);
    std::string typed;
    const std::string left = table_.Text(later, type, &typed);
    const std::string right = table_.Text(first, "", &typed);
    rule.text = base::StrCat(rule.name, is_smaller ? " [exact]: " : " [exact, explore]: ", left,
                             " => ", right, "\n");
    Report(rule.text.substr(0, rule.text.size() - 1));
    RuleSet alone;
    if (!alone.AddText(rule.name, base::StrCat(kHeader, rule.text)).ok()) return std::nullopt;
    constexpr uint64_t kSeed = 1;
    constexpr int kRuns = 60;
    if (!TestRule(alone.rules().front(), kSeed, kRuns).ok()) return std::nullopt;
    rule.status = ProveRule(alone.rules().front()).status;
    if (rule.status == ProofStatus::kRefuted) return std::nullopt;
    return rule;
  }

  // What follows from it is no candidate any more.
  absl::Status Keep(FoundRule rule) {
    EQSAT_RETURN_IF_ERROR(found_.AddText(rule.name, base::StrCat(kHeader, rule.text)));
    result_.rules.push_back(std::move(rule));
    return comparison_.Saturate(found_);
  }

  const RuleSet& library_;
  const DiscoverOptions& options_;
  const TermTable& table_;
  Comparison comparison_;
  RuleSet found_;
  Discovery result_;
};

}  // namespace

absl::StatusOr<std::string> Discovery::ToText() const {
  std::string text(kHeader);
  for (const FoundRule& rule : rules) {
    if (rule.status == ProofStatus::kTested) text += "# Tested, not proved.\n";
    text += rule.text;
  }
  return FormatRuleFile(SourceText("discovered.eqr", text));
}

absl::StatusOr<Discovery> Discover(const RuleSet& library, const DiscoverOptions& options) {
  for (ir::OpCode opcode : options.space.ops)
    EQSAT_RETURN_IF_ERROR(CheckOp(opcode, options.space.type));
  EQSAT_ASSIGN_OR_RETURN(TermTable table, TermTable::Enumerate(options.space));
  return Search(library, options, table).Run();
}

}  // namespace eqsat::rules
