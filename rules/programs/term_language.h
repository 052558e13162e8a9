// The operators that a program declares, as a signature of the engine, and its terms in an e-graph.
#ifndef EQSAT_RULES_PROGRAMS_TERM_LANGUAGE_H_
#define EQSAT_RULES_PROGRAMS_TERM_LANGUAGE_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/egraph/egraph.h"
#include "engine/pattern/pattern.h"
#include "engine/rewrite/term.h"
#include "rules/language/source_text.h"
#include "rules/programs/program.h"

namespace eqsat::rules {

// A value that is known: a number, or a truth value.
struct Constant {
  bool is_truth = false;
  double number = 0;  // of a truth value: 0 or 1
  friend auto operator<=>(const Constant&, const Constant&) = default;
};

// What a rule's terms may name beside the variables of its pattern.
struct PatternNames {
  std::string root;  // the left side, where that is one variable
  std::map<std::string, engine::SlotId, std::less<>> rests;
};

// Beside the declared operators there are numbers, truth values, and the fresh names that rules
// make: one for each class that asks.
class TermLanguage : public engine::Signature {
 public:
  // `source` and `program` outlive this.
  static absl::StatusOr<TermLanguage> Make(const SourceText* source, const Program* program);

  // ---- engine::Signature ----
  size_t op_count() const override { return kDeclared + program_->operators.size(); }
  std::string_view name(engine::OpId op) const override;
  int arity(engine::OpId op) const override;
  engine::Commutativity commutativity(engine::OpId op) const override {
    return IsMultiset(op) ? engine::Commutativity::kMultiset : engine::Commutativity::kOrdered;
  }

  // ---- Symbols ----
  static constexpr engine::AttrId kNoAttrs = engine::AttrId(0);
  // The node without children that stands for a constant.
  std::pair<engine::OpId, engine::AttrId> Leaf(const Constant& constant);
  std::pair<engine::OpId, engine::AttrId> FreshName(engine::ClassId cls) const {
    return {engine::OpId(kFresh), engine::AttrId(cls.value())};
  }
  // The constant that a node is, if it is one.
  std::optional<Constant> ConstantOf(engine::OpId op, engine::AttrId attrs) const;
  // The declaration of an operator; null for numbers, truth values and fresh names.
  const OperatorDecl* Declaration(engine::OpId op) const {
    return op.value() < kDeclared ? nullptr : &program_->operators[op.value() - kDeclared];
  }
  bool IsMultiset(engine::OpId op) const {
    const OperatorDecl* decl = Declaration(op);
    return decl != nullptr && decl->is_multiset;
  }
  bool IsSymbol(engine::OpId op) const {
    return op.value() == kFresh || (Declaration(op) && Declaration(op)->operands.empty());
  }

  // ---- Terms ----
  // Adds a term without variables.
  absl::StatusOr<engine::ClassId> Add(engine::EGraph& egraph, const Expr& term);
  // Adds a term as a part of a pattern. A name that is no leaf is a variable. `names` is told the
  // slots that capture a rest.
  absl::StatusOr<engine::PartId> AddPattern(engine::Pattern* pattern, const Expr& term,
                                            PatternNames* names);
  // Appends a term over the variables of a pattern. `fresh()` becomes a node whose attributes are
  // invalid.
  absl::Status AppendTerm(engine::Term* term, engine::Pattern* pattern, const Expr& expr,
                          const PatternNames& names);
  bool IsVariable(const Expr& term) const;
  // Whether the term is a sum (or the like) of a multiset operator.
  bool IsMultiset(const Expr& term) const;

  absl::Status Error(Place place, std::string_view message) const {
    return source_->Error(place, message);
  }

 private:
  enum : uint32_t { kNumber, kTruth, kFresh, kDeclared };
  // An operator with its operands, or a leaf. Of a multiset, nested ones are taken apart.
  struct Head {
    engine::OpId op;
    engine::AttrId attrs;
    std::vector<const Expr*> operands;
    const Expr* rest = nullptr;  // `xs...`
  };

  TermLanguage(const SourceText* source, const Program* program)
      : source_(source), program_(program) {}
  absl::StatusOr<Head> Resolve(const Expr& term);
  absl::StatusOr<engine::OpId> FindOperator(const Expr& term) const;
  absl::Status AddElements(const Expr& term, Head* head) const;
  absl::StatusOr<engine::SlotId> FindRest(const Expr& rest, const PatternNames& names) const;

  const SourceText* source_;
  const Program* program_;
  std::map<std::string, engine::OpId, std::less<>> ops_;  // by name, and by symbol
  std::map<double, engine::AttrId> number_ids_;
  std::vector<double> numbers_;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROGRAMS_TERM_LANGUAGE_H_
