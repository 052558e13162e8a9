#include <string_view>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/language/expr_parser.h"
#include "rules/language/lexer.h"
#include "rules/language/token_stream.h"
#include "rules/programs/program.h"

namespace eqsat::rules {
namespace {

class ProgramParser {
 public:
  ProgramParser(const SourceText* source, std::vector<Token> tokens)
      : tokens_(source, std::move(tokens)) {}

  absl::StatusOr<Program> Run() {
    if (!tokens_.TakeName("language"))
      return tokens_.Unexpected("'language 1' at the beginning of the file");
    if (tokens_.Peek().kind != Token::Kind::kInteger || tokens_.Peek().integer != 1)
      return tokens_.Unexpected("language version 1");
    tokens_.Take();
    while (!tokens_.AtEnd()) EQSAT_RETURN_IF_ERROR(Statement());
    return std::move(program_);
  }

 private:
  absl::Status Statement() {
    if (AtRule()) return Rule();
    Token keyword = tokens_.Peek();
    if (tokens_.TakeName("signature")) return Signature();
    if (tokens_.TakeName("run")) return Settings(&defaults_);
    if (tokens_.TakeName("case")) return Case();
    for (std::string_view header : {"source", "license"})
      if (tokens_.TakeName(header)) return tokens_.ExpectString("a text in quotes").status();
    if (tokens_.TakeName("package")) return Package();
    std::string hint;
    if (keyword.kind == Token::Kind::kName)
      hint = DidYouMean(keyword.text, {"signature", "run", "case", "package", "source", "license"});
    return tokens_.Error(
        keyword.place, base::StrCat("'", keyword.text, "' begins no statement of a program", hint));
  }

  absl::Status Package() {
    do {
      EQSAT_RETURN_IF_ERROR(tokens_.ExpectName("the name of the package").status());
    } while (tokens_.TakeSymbol("."));
    return absl::OkStatus();
  }

  // ---- The signature ----

  absl::Status Signature() {
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("{", "before the operators"));
    while (!tokens_.TakeSymbol("}")) {
      EQSAT_RETURN_IF_ERROR(Operator());
      tokens_.TakeSymbol(",");
    }
    return absl::OkStatus();
  }

  absl::Status Operator() {
    OperatorDecl op{.place = tokens_.place()};
    EQSAT_ASSIGN_OR_RETURN(op.name, tokens_.ExpectName("an operator or '}'"));
    if (tokens_.TakeSymbol("(")) {
      while (!tokens_.IsSymbol(")")) {
        EQSAT_ASSIGN_OR_RETURN(std::string operand, tokens_.ExpectName("the name of an operand"));
        op.operands.push_back(std::move(operand));
        if (!tokens_.TakeSymbol(",")) break;
      }
      EQSAT_RETURN_IF_ERROR(tokens_.Expect(")", "to close the operands"));
    }
    EQSAT_RETURN_IF_ERROR(Properties(&op));
    program_.operators.push_back(std::move(op));
    return absl::OkStatus();
  }

  absl::Status Properties(OperatorDecl* op) {
    while (true) {
      if (tokens_.TakeName("as")) {
        static constexpr std::string_view kSymbols[] = {"+", "-", "*", "/", "%", "^"};
        for (std::string_view symbol : kSymbols)
          if (tokens_.IsSymbol(symbol)) op->symbol = std::string(symbol);
        if (op->symbol.empty()) return tokens_.Unexpected("one of + - * / % ^");
        tokens_.Take();
      } else if (tokens_.TakeName("associative")) {
        if (!tokens_.TakeName("commutative"))
          return tokens_.Unexpected("'commutative' after 'associative'");
        op->is_multiset = true;
      } else if (tokens_.TakeName("folds")) {
        EQSAT_ASSIGN_OR_RETURN(op->folds, ParseExpr(tokens_));
      } else if (tokens_.TakeName("binds")) {
        EQSAT_ASSIGN_OR_RETURN(op->binder, tokens_.ExpectName("the operand that is bound"));
        if (!tokens_.TakeName("in")) return tokens_.Unexpected("'in' after the bound operand");
        EQSAT_ASSIGN_OR_RETURN(std::string body, tokens_.ExpectName("the operand it is bound in"));
        op->bodies.push_back(std::move(body));
      } else if (tokens_.TakeName("names")) {
        if (!tokens_.TakeName("a") || !tokens_.TakeName("variable"))
          return tokens_.Unexpected("'names a variable'");
        op->names_variable = true;
      } else {
        return absl::OkStatus();
      }
    }
  }

  // ---- Rules ----

  // A name whose parts are joined by '-', then ':'.
  bool AtRule() const {
    if (!tokens_.IsAnyName()) return false;
    size_t i = 1;
    while (tokens_.IsSymbol("-", i) && tokens_.Adjoins(i)) i += 2;
    return tokens_.IsSymbol(":", i);
  }

  absl::StatusOr<std::string> HyphenatedName(std::string_view what) {
    EQSAT_ASSIGN_OR_RETURN(std::string name, tokens_.ExpectName(what));
    while (tokens_.IsSymbol("-") && tokens_.Adjoins(0)) {
      tokens_.Take();
      base::StrAppend(&name, "-", tokens_.Take().text);
    }
    return name;
  }

  absl::Status Rule() {
    ProgramRule rule{.place = tokens_.place()};
    EQSAT_ASSIGN_OR_RETURN(rule.name, HyphenatedName("the name of the rule"));
    EQSAT_RETURN_IF_ERROR(tokens_.Expect(":", "before the left side"));
    EQSAT_ASSIGN_OR_RETURN(rule.left, ParseTerm(tokens_));
    rule.both_ways = tokens_.TakeSymbol("<=>");
    if (!rule.both_ways)
      EQSAT_RETURN_IF_ERROR(tokens_.Expect("=>", "or '<=>' between the two sides"));
    EQSAT_ASSIGN_OR_RETURN(rule.right, ParseTerm(tokens_));
    if (tokens_.TakeName("where")) {
      do {
        EQSAT_ASSIGN_OR_RETURN(Expr guard, ParseExpr(tokens_));
        rule.guards.push_back(std::move(guard));
      } while (tokens_.TakeSymbol(","));
    }
    program_.rules.push_back(std::move(rule));
    return absl::OkStatus();
  }

  // ---- Cases ----

  absl::Status Settings(std::vector<Setting>* settings) {
    do {
      Setting setting{.place = tokens_.place()};
      EQSAT_ASSIGN_OR_RETURN(setting.key, tokens_.ExpectName("the name of a setting"));
      EQSAT_RETURN_IF_ERROR(tokens_.Expect("=", "after the name of a setting"));
      EQSAT_ASSIGN_OR_RETURN(setting.value, ParseTerm(tokens_));
      settings->push_back(std::move(setting));
    } while (tokens_.TakeSymbol(","));
    return absl::OkStatus();
  }

  absl::Status Case() {
    CaseDecl decl{.place = tokens_.place(), .run = defaults_};
    EQSAT_ASSIGN_OR_RETURN(decl.name, HyphenatedName("the name of the case"));
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("{", "before what the case says"));
    while (!tokens_.TakeSymbol("}")) EQSAT_RETURN_IF_ERROR(Field(&decl));
    if (decl.starts.empty() && decl.proofs.empty())
      return tokens_.Error(decl.place,
                           base::StrCat("case ", decl.name, " has neither 'start' nor 'prove'"));
    if (decl.starts.empty() && (!decl.goals.empty() || !decl.avoided.empty()))
      return tokens_.Error(decl.place, base::StrCat("case ", decl.name, " has no 'start'"));
    program_.cases.push_back(std::move(decl));
    return absl::OkStatus();
  }

  absl::Status Field(CaseDecl* decl) {
    Token keyword = tokens_.Peek();
    if (tokens_.TakeName("start")) return Terms(&decl->starts);
    if (tokens_.TakeName("goal")) return Terms(&decl->goals);
    if (tokens_.TakeName("avoid")) return Terms(&decl->avoided);
    if (tokens_.TakeName("assume")) return Pair(&decl->assumed);
    if (tokens_.TakeName("prove")) return Pair(&decl->proofs);
    if (tokens_.TakeName("run")) return Settings(&decl->run);
    if (tokens_.TakeName("expect")) return Settings(&decl->expect);
    if (tokens_.TakeName("rules")) return RuleNames(decl);
    std::string hint;
    if (keyword.kind == Token::Kind::kName)
      hint = DidYouMean(keyword.text,
                        {"start", "goal", "avoid", "assume", "prove", "run", "expect", "rules"});
    return tokens_.Error(keyword.place,
                         base::StrCat("'", keyword.text, "' is nothing that a case says", hint));
  }

  absl::Status Terms(std::vector<Expr>* terms) {
    do {
      EQSAT_ASSIGN_OR_RETURN(Expr term, ParseTerm(tokens_));
      terms->push_back(std::move(term));
    } while (tokens_.TakeSymbol(","));
    return absl::OkStatus();
  }

  absl::Status Pair(std::vector<std::pair<Expr, Expr>>* pairs) {
    EQSAT_ASSIGN_OR_RETURN(Expr left, ParseTerm(tokens_));
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("<=>", "between two equal terms"));
    EQSAT_ASSIGN_OR_RETURN(Expr right, ParseTerm(tokens_));
    pairs->emplace_back(std::move(left), std::move(right));
    return absl::OkStatus();
  }

  absl::Status RuleNames(CaseDecl* decl) {
    do {
      decl->rule_places.push_back(tokens_.place());
      EQSAT_ASSIGN_OR_RETURN(std::string name, HyphenatedName("the name of a rule"));
      decl->rules.push_back(std::move(name));
    } while (tokens_.TakeSymbol(","));
    return absl::OkStatus();
  }

  TokenStream tokens_;
  Program program_;
  std::vector<Setting> defaults_;
};

}  // namespace

absl::StatusOr<Program> ParseProgram(const SourceText& source) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<Token> tokens, Lex(source));
  return ProgramParser(&source, std::move(tokens)).Run();
}

}  // namespace eqsat::rules
