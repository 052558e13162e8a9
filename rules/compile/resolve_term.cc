#include "rules/compile/resolve_term.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "rules/compile/attribute_field.h"
#include "rules/compile/resolve_code.h"
#include "rules/compile/vocabulary.h"

namespace eqsat::rules {
namespace {

// Ops whose last positional argument may be the result's element type.
bool TakesElementType(ir::OpCode opcode) {
  return opcode == ir::OpCode::kConvert || opcode == ir::OpCode::kBitcastConvert;
}

class TermResolver {
 public:
  TermResolver(Scope& scope, Side side) : scope_(scope), side_(side) {}

  absl::StatusOr<Term> Resolve(const Expr& expr) {
    switch (expr.kind) {
      case Expr::Kind::kName:
        return Name(expr);
      case Expr::Kind::kInteger:
      case Expr::Kind::kNumber:
        return Term{.kind = Term::Kind::kNumber, .place = expr.place, .number = expr.number};
      case Expr::Kind::kOperator:
        return Number(expr);
      case Expr::Kind::kSpread:
        return Spread(expr);
      case Expr::Kind::kEach:
        return Each(expr);
      case Expr::Kind::kCall:
        return Call(expr);
      case Expr::Kind::kString:
      case Expr::Kind::kList:
        break;
    }
    return scope_.Error(expr.place, "this is no operand");
  }

 private:
  absl::StatusOr<Term> Number(const Expr& expr) {
    Term term{.kind = Term::Kind::kNumber, .place = expr.place};
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (expr.text == "-" && expr.arguments.size() == 1 && expr.arguments[0].text == "inf") {
      term.number = -kInfinity;
      return term;
    }
    EQSAT_ASSIGN_OR_RETURN(term.number, ResolveNumber(scope_, expr));
    return term;
  }

  // inf, nan, true and false, unless the rule uses the name itself.
  static std::optional<double> NamedNumber(std::string_view name) {
    if (name == "inf") return std::numeric_limits<double>::infinity();
    if (name == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (name == "true") return 1;
    if (name == "false") return 0;
    return std::nullopt;
  }

  absl::StatusOr<Term> Name(const Expr& expr) {
    Term term{.kind = Term::Kind::kVariable, .place = expr.place};
    term.symbol = scope_.Find(expr.text);
    if (term.symbol == kNoSymbol) {
      if (std::optional<double> number = NamedNumber(expr.text))
        return Term{.kind = Term::Kind::kNumber, .place = expr.place, .number = *number};
      EQSAT_ASSIGN_OR_RETURN(term.symbol, New(expr, ValueKind::kOperand));
    }
    EQSAT_RETURN_IF_ERROR(scope_.Expect(term.symbol, ValueKind::kOperand, expr.place));
    if (expr.type) {
      if (side_ != Side::kPattern || scope_.symbol(term.symbol).type)
        return scope_.Error(expr.type->place, "the type belongs where the name stands first");
      EQSAT_ASSIGN_OR_RETURN(TypePattern type, ResolveType(scope_, *expr.type));
      scope_.symbol(term.symbol).type = std::move(type);
    }
    return term;
  }

  absl::StatusOr<SymbolId> New(const Expr& expr, ValueKind kind) {
    if (side_ == Side::kPattern) return scope_.Add(expr.text, kind, expr.place);
    return scope_.Error(expr.place,
                        base::StrCat("nothing is named '", expr.text, "' on the left side",
                                     DidYouMean(expr.text, scope_.SymbolNames())));
  }

  absl::StatusOr<Term> Spread(const Expr& expr) {
    Term term{.kind = Term::Kind::kSpread, .place = expr.place};
    term.symbol = scope_.Find(expr.text);
    if (term.symbol == kNoSymbol) {
      EQSAT_ASSIGN_OR_RETURN(term.symbol, New(expr, ValueKind::kOperands));
    }
    EQSAT_RETURN_IF_ERROR(scope_.Expect(term.symbol, ValueKind::kOperands, expr.place));
    return term;
  }

  absl::StatusOr<Term> Each(const Expr& expr) {
    Term term{.kind = Term::Kind::kEach, .place = expr.place};
    Expr list{.kind = Expr::Kind::kSpread, .place = expr.place, .text = expr.region};
    EQSAT_ASSIGN_OR_RETURN(Term sequence, Spread(list));
    term.list = sequence.symbol;
    term.symbol = scope_.Find(expr.text);
    if (term.symbol == kNoSymbol)
      term.symbol = scope_.Add(expr.text, ValueKind::kOperand, expr.place);
    EQSAT_RETURN_IF_ERROR(scope_.Expect(term.symbol, ValueKind::kOperand, expr.place));
    EQSAT_ASSIGN_OR_RETURN(Term body, Resolve(expr.arguments[0]));
    if (body.kind != Term::Kind::kOperation)
      return scope_.Error(expr.place, "what is built for each element must be an operation");
    term.children.push_back(std::move(body));
    return term;
  }

  absl::StatusOr<Term> Call(const Expr& expr) {
    if (expr.text == "identity") return Identity(expr);
    if (expr.text == "constant") return Fill(expr);
    if (expr.text == "pick") return Pick(expr);
    return Operation(expr);
  }

  absl::Status ExpectArguments(const Expr& expr, size_t count, std::string_view form) {
    if (expr.arguments.size() == count && expr.capture.empty()) return absl::OkStatus();
    return scope_.Error(expr.place, base::StrCat("write ", form));
  }

  absl::Status ResolveReducer(const std::string& name, Place place, Term::Region* region) {
    region->symbol = scope_.Find(name);
    if (region->symbol != kNoSymbol) {
      const Symbol& symbol = scope_.symbol(region->symbol);
      if (symbol.kind == ValueKind::kReducer) return absl::OkStatus();
      return scope_.Expect(region->symbol, ValueKind::kReducer, place);
    }
    region->opcode = ReducerFromName(name);
    if (region->opcode) return absl::OkStatus();
    return scope_.Error(place, base::StrCat("'", name,
                                            "' is no reducer (add, mul, max, min, and, "
                                            "or, xor) and no declared variable"));
  }

  // identity(op, T)
  absl::StatusOr<Term> Identity(const Expr& expr) {
    EQSAT_RETURN_IF_ERROR(ExpectArguments(expr, 2, "identity(reducer, element type)"));
    Term term{.kind = Term::Kind::kIdentity, .place = expr.place};
    EQSAT_RETURN_IF_ERROR(
        ResolveReducer(expr.arguments[0].text, expr.arguments[0].place, &term.region));
    EQSAT_ASSIGN_OR_RETURN(term.dtype, TypeArgument(expr.arguments[1]));
    return term;
  }

  // Whether a number follows from what is matched, rather than being written out.
  bool IsComputed(const Expr& expr) const {
    if (expr.kind == Expr::Kind::kName) return scope_.Find(expr.text) != kNoSymbol;
    return expr.kind == Expr::Kind::kCall ||
           std::ranges::any_of(expr.arguments, [&](auto& e) { return IsComputed(e); });
  }

  // constant(value, T, shape=sizes); a value that is computed is the attribute `value`.
  absl::StatusOr<Term> Fill(const Expr& expr) {
    EQSAT_RETURN_IF_ERROR(ExpectArguments(expr, 2, "constant(value, element type, shape=sizes)"));
    Term term{.kind = Term::Kind::kFill, .place = expr.place};
    const Expr& value = expr.arguments[0];
    if (side_ != Side::kPattern && IsComputed(value)) {
      EQSAT_ASSIGN_OR_RETURN(Code code, ResolveCodeOf(scope_, value, ValueKind::kInt));
      term.attributes.push_back({.name = "value", .place = value.place, .value = std::move(code)});
    } else {
      EQSAT_ASSIGN_OR_RETURN(Term number, Resolve(value));
      if (number.kind != Term::Kind::kNumber)
        return scope_.Error(value.place, "the value of a constant is a number");
      term.number = number.number;
    }
    EQSAT_ASSIGN_OR_RETURN(term.dtype, ResolveCodeOf(scope_, expr.arguments[1], ValueKind::kDtype));
    for (const NamedArgument& named : expr.named) {
      if (named.name != "shape")
        return scope_.Error(named.place, "a constant has no attribute but shape");
      EQSAT_ASSIGN_OR_RETURN(term.shape, ResolveCodeOf(scope_, named.value, ValueKind::kInts));
    }
    return term;
  }

  // pick(xs, i)
  absl::StatusOr<Term> Pick(const Expr& expr) {
    EQSAT_RETURN_IF_ERROR(ExpectArguments(expr, 2, "pick(sequence, index)"));
    if (side_ == Side::kPattern)
      return scope_.Error(expr.place, "pick stands on the right side only");
    Term term{.kind = Term::Kind::kPick, .place = expr.place};
    EQSAT_ASSIGN_OR_RETURN(Code list,
                           ResolveCodeOf(scope_, expr.arguments[0], ValueKind::kOperands));
    if (list.kind != Code::Kind::kSymbol)
      return scope_.Error(expr.arguments[0].place, "a name of a sequence is needed here");
    term.list = list.symbol;
    EQSAT_ASSIGN_OR_RETURN(term.shape, ResolveCodeOf(scope_, expr.arguments[1], ValueKind::kInt));
    return term;
  }

  absl::StatusOr<Term> Operation(const Expr& expr) {
    Term term{.kind = Term::Kind::kOperation, .place = expr.place};
    EQSAT_RETURN_IF_ERROR(Head(expr, &term));
    std::vector<Expr> operands = expr.arguments;
    if (term.opcode && TakesElementType(*term.opcode) && operands.size() == 2) {
      EQSAT_ASSIGN_OR_RETURN(term.dtype, TypeArgument(operands[1]));
      operands.pop_back();
    }
    for (const Expr& operand : operands) {
      EQSAT_ASSIGN_OR_RETURN(Term child, Resolve(operand));
      term.children.push_back(std::move(child));
    }
    for (const NamedArgument& named : expr.named) EQSAT_RETURN_IF_ERROR(Attribute(named, &term));
    EQSAT_RETURN_IF_ERROR(Capture(expr, &term));
    EQSAT_RETURN_IF_ERROR(CheckOperands(expr, term));
    EQSAT_RETURN_IF_ERROR(CheckRequired(expr, term));
    return term;
  }

  absl::Status Head(const Expr& expr, Term* term) {
    if (!expr.region.empty())
      EQSAT_RETURN_IF_ERROR(ResolveReducer(expr.region, expr.place, &term->region));
    if (SymbolId id = scope_.Find(expr.text); id != kNoSymbol) {
      term->operator_symbol = id;
      return scope_.Expect(id, ValueKind::kOperator, expr.place);
    }
    term->opcode = OpFromRuleName(expr.text);
    if (!term->opcode) {
      std::vector<std::string_view> names(OpRuleNames().begin(), OpRuleNames().end());
      return scope_.Error(expr.place, base::StrCat("there is no op '", expr.text, "'",
                                                   DidYouMean(expr.text, names)));
    }
    const ir::OpInfo& info = ir::GetOpInfo(*term->opcode);
    if (info.regions.empty() == term->region.present()) {
      return scope_.Error(expr.place, info.regions.empty()
                                          ? base::StrCat(expr.text, " calls no computation")
                                          : base::StrCat("name the computation that ", expr.text,
                                                         " calls: ", expr.text, "<add>(…)"));
    }
    if (info.Has(ir::OpTrait::kSideEffect))
      return scope_.Error(expr.place,
                          base::StrCat(expr.text, " has a side effect; no rule may touch it"));
    return absl::OkStatus();
  }

  // A type in a pattern may be a new variable.
  absl::StatusOr<std::optional<Code>> TypeArgument(const Expr& expr) {
    bool is_new = side_ == Side::kPattern && expr.kind == Expr::Kind::kName &&
                  scope_.Find(expr.text) == kNoSymbol && !ElementTypeFromRuleName(expr.text);
    if (is_new) scope_.Add(expr.text, ValueKind::kDtype, expr.place);
    EQSAT_ASSIGN_OR_RETURN(Code code, ResolveCodeOf(scope_, expr, ValueKind::kDtype));
    return std::optional<Code>(std::move(code));
  }

  absl::Status Attribute(const NamedArgument& named, Term* term) {
    if (named.name == "out" || named.name == "dtype") {
      EQSAT_ASSIGN_OR_RETURN(term->dtype, TypeArgument(named.value));
      return absl::OkStatus();
    }
    for (const Term::Attribute& other : term->attributes)
      if (other.name == named.name)
        return scope_.Error(named.place, base::StrCat("'", named.name, "' is given twice"));
    if (named.name == "shape") {
      Declare(named.value, ValueKind::kInts);
      EQSAT_ASSIGN_OR_RETURN(term->shape, ResolveCodeOf(scope_, named.value, ValueKind::kInts));
      return absl::OkStatus();
    }
    if (!term->opcode)
      return scope_.Error(named.place,
                          "the attributes of an operator variable can only be captured: ..A");
    const AttributeField* field = FindField(*term->opcode, named.name);
    if (!field) return UnknownAttribute(named, *term->opcode);
    if (field->kind == ValueKind::kAny)
      return scope_.Error(named.place,
                          base::StrCat("'", named.name, "' can only be captured: ..A"));
    Term::Attribute attribute{.name = named.name, .place = named.place};
    EQSAT_ASSIGN_OR_RETURN(attribute.value, AttributeValue(named, *term->opcode, *field));
    term->attributes.push_back(std::move(attribute));
    return absl::OkStatus();
  }

  absl::Status UnknownAttribute(const NamedArgument& named, ir::OpCode opcode) {
    std::vector<std::string_view> names = {"shape", "dtype"};
    for (const AttributeField& field : FieldsOf(opcode)) names.push_back(field.name);
    return scope_.Error(named.place, base::StrCat(RuleNameOf(opcode), " has no attribute '",
                                                  named.name, "'", DidYouMean(named.name, names)));
  }

  // In a pattern, unknown names are variables: alone, or as the elements of a list.
  void Declare(const Expr& expr, ValueKind kind) {
    if (side_ != Side::kPattern) return;
    if (expr.kind == Expr::Kind::kName && scope_.Find(expr.text) == kNoSymbol &&
        !(kind == ValueKind::kBool && NamedNumber(expr.text))) {
      scope_.Add(expr.text, kind, expr.place);
    } else if (expr.kind == Expr::Kind::kList) {
      for (const Expr& element : expr.arguments) Declare(element, ValueKind::kInt);
    }
  }

  absl::StatusOr<Code> AttributeValue(const NamedArgument& named, ir::OpCode opcode,
                                      const AttributeField& field) {
    const Expr& expr = named.value;
    if (expr.kind == Expr::Kind::kName && expr.text == "_") return Anything(expr, field.kind);
    bool is_word = field.kind == ValueKind::kText && expr.kind == Expr::Kind::kName &&
                   scope_.Find(expr.text) == kNoSymbol;
    if (is_word) {
      ir::Attributes scratch = ir::GetOpInfo(opcode).attributes;
      if (field.set(scratch, expr.text)) {
        Code word{.kind = Code::Kind::kLiteral, .place = expr.place, .type = field.kind};
        word.literal = expr.text;
        return word;
      }
    }
    Declare(expr, field.kind);
    return ResolveCodeOf(scope_, expr, field.kind);
  }

  absl::StatusOr<Code> Anything(const Expr& expr, ValueKind kind) {
    if (side_ != Side::kPattern)
      return scope_.Error(expr.place, "'_' stands for anything, which cannot be built");
    Code code{.kind = Code::Kind::kSymbol, .place = expr.place, .type = kind};
    code.symbol = scope_.Add("_", kind, expr.place);
    return code;
  }

  absl::Status Capture(const Expr& expr, Term* term) {
    if (expr.capture.empty()) return absl::OkStatus();
    // Captures have names of their own: `x: T[A...]` and `..A` may stand in one rule.
    std::string capture = base::StrCat("..", expr.capture);
    term->capture = scope_.Find(capture);
    if (term->capture == kNoSymbol) {
      Expr name{.place = expr.place, .text = capture};
      EQSAT_ASSIGN_OR_RETURN(term->capture, New(name, ValueKind::kCaptured));
    }
    return scope_.Expect(term->capture, ValueKind::kCaptured, expr.place);
  }

  absl::Status CheckOperands(const Expr& expr, const Term& term) {
    size_t sequences = 0;
    for (const Term& child : term.children) {
      bool is_sequence = child.kind == Term::Kind::kSpread || child.kind == Term::Kind::kEach;
      sequences += is_sequence;
      if (is_sequence && side_ == Side::kPattern && &child != &term.children.back())
        return scope_.Error(child.place, "a sequence of operands comes last on the left side");
    }
    int arity = term.opcode ? ir::Arity(*term.opcode)
                            : ir::Arity(scope_.symbol(term.operator_symbol).opcodes[0]);
    int given = static_cast<int>(term.children.size());
    if (arity < 0 || (given == arity && sequences == 0)) return absl::OkStatus();
    return scope_.Error(expr.place, absl::StrFormat("%s takes %d operands, but %d are given",
                                                    expr.text, arity, given));
  }

  absl::Status CheckRequired(const Expr& expr, const Term& term) {
    if (!term.opcode || term.capture != kNoSymbol) return absl::OkStatus();
    for (const AttributeField& field : FieldsOf(*term.opcode)) {
      bool named = !field.required;
      for (const Term::Attribute& attribute : term.attributes)
        named |= attribute.name == field.name;
      if (!named)
        return scope_.Error(expr.place, base::StrCat(expr.text, " needs its attribute '",
                                                     field.name, "', or a capture ..A"));
    }
    return absl::OkStatus();
  }

  Scope& scope_;
  Side side_;
};

}  // namespace

absl::StatusOr<Term> ResolveTerm(Scope& scope, const Expr& expr, Side side) {
  return TermResolver(scope, side).Resolve(expr);
}

}  // namespace eqsat::rules
