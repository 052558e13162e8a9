#include "rules/programs/term_language.h"

#include <algorithm>

#include "engine/rewrite/multiset.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::rules {
namespace {

// The constant that is written, if it is one.
std::optional<Constant> Literal(const Expr& term) {
  if (term.kind == Expr::Kind::kInteger || term.kind == Expr::Kind::kNumber)
    return Constant{.number = term.number};
  if (term.kind != Expr::Kind::kName) return std::nullopt;
  if (term.text == "true") return Constant{.is_truth = true, .number = 1};
  if (term.text == "false") return Constant{.is_truth = true, .number = 0};
  return std::nullopt;
}

absl::Status CheckOperand(const SourceText& source, const OperatorDecl& op,
                          const std::string& operand) {
  if (std::ranges::count(op.operands, operand)) return absl::OkStatus();
  return source.Error(op.place, base::StrCat("'", op.name, "' has no operand '", operand, "'"));
}

}  // namespace

absl::StatusOr<TermLanguage> TermLanguage::Make(const SourceText* source, const Program* program) {
  TermLanguage language(source, program);
  for (size_t i = 0; i < program->operators.size(); ++i) {
    const OperatorDecl& op = program->operators[i];
    if (op.name == "true" || op.name == "false" || op.name == "fresh")
      return source->Error(op.place, base::StrCat("'", op.name, "' is there already"));
    for (const std::string& name : {op.name, op.symbol}) {
      if (name.empty()) continue;
      if (!language.ops_.emplace(name, engine::OpId(kDeclared + i)).second)
        return source->Error(op.place, base::StrCat("'", name, "' is declared twice"));
    }
    if (!op.symbol.empty() && op.operands.size() != 2)
      return source->Error(op.place, base::StrCat("'", op.symbol, "' stands between two operands"));
    if (!op.binder.empty()) EQSAT_RETURN_IF_ERROR(CheckOperand(*source, op, op.binder));
    for (const std::string& body : op.bodies)
      EQSAT_RETURN_IF_ERROR(CheckOperand(*source, op, body));
    if (op.is_multiset && (op.operands.size() != 2 || !op.binder.empty()))
      return source->Error(op.place, "what is associative has two operands and binds nothing");
    if (op.names_variable && op.operands.size() != 1)
      return source->Error(op.place, "what names a variable has one operand");
  }
  return language;
}

std::string_view TermLanguage::name(engine::OpId op) const {
  static constexpr std::string_view kNames[] = {"number", "truth value", "fresh name"};
  const OperatorDecl* decl = Declaration(op);
  return decl != nullptr ? std::string_view(decl->name) : kNames[op.value()];
}

int TermLanguage::arity(engine::OpId op) const {
  const OperatorDecl* decl = Declaration(op);
  if (IsMultiset(op)) return kVariadic;
  return decl != nullptr ? static_cast<int>(decl->operands.size()) : 0;
}

std::pair<engine::OpId, engine::AttrId> TermLanguage::Leaf(const Constant& constant) {
  if (constant.is_truth)
    return {engine::OpId(kTruth), engine::AttrId(constant.number != 0 ? 1 : 0)};
  auto [it, fresh] = number_ids_.emplace(constant.number, engine::AttrId(numbers_.size()));
  if (fresh) numbers_.push_back(constant.number);
  return {engine::OpId(kNumber), it->second};
}

std::optional<Constant> TermLanguage::ConstantOf(engine::OpId op, engine::AttrId attrs) const {
  if (op.value() == kNumber) return Constant{.number = numbers_[attrs.value()]};
  if (op.value() == kTruth)
    return Constant{.is_truth = true, .number = static_cast<double>(attrs.value())};
  return std::nullopt;
}

bool TermLanguage::IsVariable(const Expr& term) const {
  return term.kind == Expr::Kind::kName && !Literal(term) && !ops_.contains(term.text);
}

bool TermLanguage::IsMultiset(const Expr& term) const {
  absl::StatusOr<engine::OpId> op = FindOperator(term);
  return op.ok() && IsMultiset(*op);
}

absl::StatusOr<engine::OpId> TermLanguage::FindOperator(const Expr& term) const {
  bool plain = (term.kind == Expr::Kind::kName || term.kind == Expr::Kind::kCall ||
                term.kind == Expr::Kind::kOperator) &&
               term.named.empty() && term.capture.empty() && term.region.empty();
  if (!plain) return Error(term.place, "a term is a name, a number, or an operator with operands");
  auto found = ops_.find(term.text);
  if (found != ops_.end()) return found->second;
  std::vector<std::string_view> names;
  for (const auto& [known, op] : ops_) names.push_back(known);
  return Error(term.place, base::StrCat("'", term.text, "' is not in the signature",
                                        DidYouMean(term.text, names)));
}

absl::StatusOr<TermLanguage::Head> TermLanguage::Resolve(const Expr& term) {
  if (std::optional<Constant> constant = Literal(term)) {
    auto [op, attrs] = Leaf(*constant);
    return Head{.op = op, .attrs = attrs, .operands = {}};
  }
  EQSAT_ASSIGN_OR_RETURN(engine::OpId op, FindOperator(term));
  Head head{.op = op, .attrs = kNoAttrs, .operands = {}};
  if (IsMultiset(op)) {
    EQSAT_RETURN_IF_ERROR(AddElements(term, &head));
    if (head.operands.size() < 2 && head.rest == nullptr)
      return Error(term.place, base::StrCat("'", term.text, "' needs two operands or more"));
    return head;
  }
  size_t arity = Declaration(op)->operands.size();
  if (arity != term.arguments.size())
    return Error(term.place, absl::StrFormat("'%s' has %d operands, but is given %d", term.text,
                                             arity, term.arguments.size()));
  for (const Expr& operand : term.arguments) head.operands.push_back(&operand);
  return head;
}

absl::Status TermLanguage::AddElements(const Expr& term, Head* head) const {
  for (const Expr& operand : term.arguments) {
    if (head->rest != nullptr)
      return Error(operand.place, base::StrCat("'", head->rest->text, "...' comes last"));
    if (operand.kind == Expr::Kind::kSpread) {
      head->rest = &operand;
      continue;
    }
    absl::StatusOr<engine::OpId> op = FindOperator(operand);
    if (op.ok() && *op == head->op) {
      EQSAT_RETURN_IF_ERROR(AddElements(operand, head));
    } else {
      head->operands.push_back(&operand);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<engine::ClassId> TermLanguage::Add(engine::EGraph& egraph, const Expr& term) {
  EQSAT_ASSIGN_OR_RETURN(Head head, Resolve(term));
  if (head.rest != nullptr) return Error(head.rest->place, "only a rule has a rest");
  std::vector<engine::ClassId> children;
  for (const Expr* operand : head.operands) {
    EQSAT_ASSIGN_OR_RETURN(engine::ClassId child, Add(egraph, *operand));
    children.push_back(child);
  }
  if (IsMultiset(head.op))
    return engine::AddMultiset(egraph, head.op, head.attrs, std::move(children));
  return egraph.Add(head.op, head.attrs, children);
}

absl::StatusOr<engine::PartId> TermLanguage::AddPattern(engine::Pattern* pattern, const Expr& term,
                                                        PatternNames* names) {
  if (IsVariable(term)) return pattern->Variable(term.text);
  EQSAT_ASSIGN_OR_RETURN(Head head, Resolve(term));
  engine::OperatorPattern op;
  op.ops = {head.op};
  op.attrs = head.attrs;
  for (const Expr* operand : head.operands) {
    EQSAT_ASSIGN_OR_RETURN(engine::PartId child, AddPattern(pattern, *operand, names));
    op.children.push_back(child);
  }
  op.captures_rest = head.rest != nullptr;
  engine::PartId part = pattern->Operator(std::move(op));
  if (head.rest != nullptr && !names->rests.emplace(head.rest->text, pattern->slot(part)).second)
    return Error(head.rest->place, base::StrCat("'", head.rest->text, "...' is there already"));
  return part;
}

absl::StatusOr<engine::SlotId> TermLanguage::FindRest(const Expr& rest,
                                                      const PatternNames& names) const {
  auto found = names.rests.find(rest.text);
  if (found != names.rests.end()) return found->second;
  return Error(rest.place, base::StrCat("'", rest.text, "...' is not on the left side"));
}

absl::Status TermLanguage::AppendTerm(engine::Term* term, engine::Pattern* pattern,
                                      const Expr& expr, const PatternNames& names) {
  engine::Term::Node node;
  if (IsVariable(expr) && expr.text == names.root) {
    node.is_root = true;
  } else if (IsVariable(expr)) {
    size_t known = pattern->variable_count();
    node.variable = pattern->variable(pattern->Variable(expr.text));
    if (node.variable.value() >= known)
      return Error(expr.place,
                   base::StrCat("'", expr.text, "' is neither a leaf nor on the left side"));
  } else if (expr.kind == Expr::Kind::kCall && expr.text == "fresh" && expr.arguments.empty()) {
    node.op = engine::OpId(kFresh);
  } else {
    EQSAT_ASSIGN_OR_RETURN(Head head, Resolve(expr));
    for (const Expr* operand : head.operands) {
      EQSAT_RETURN_IF_ERROR(AppendTerm(term, pattern, *operand, names));
      node.children.push_back(term->nodes.size() - 1);
    }
    if (head.rest != nullptr) {
      EQSAT_ASSIGN_OR_RETURN(node.rest, FindRest(*head.rest, names));
    }
    node.op = head.op;
    node.attrs = head.attrs;
  }
  term->nodes.push_back(std::move(node));
  return absl::OkStatus();
}

}  // namespace eqsat::rules
