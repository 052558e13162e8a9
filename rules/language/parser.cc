#include "rules/language/parser.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/language/expr_parser.h"
#include "rules/language/token_stream.h"

namespace eqsat::rules {
namespace {

const std::vector<std::string_view> kPhases = {"simplify", "explore", "lower"};

class FileParser {
 public:
  FileParser(const SourceText* source, std::vector<Token> tokens)
      : tokens_(source, std::move(tokens)) {}

  absl::StatusOr<RuleFile> Run() {
    if (!tokens_.TakeName("language"))
      return tokens_.Unexpected("'language 1' at the beginning of the file");
    Place place = tokens_.place();
    if (tokens_.Peek().kind != Token::Kind::kInteger)
      return tokens_.Unexpected("the number of the language version");
    file_.language = tokens_.Take().integer;
    if (file_.language != 1) {
      return tokens_.Error(place, absl::StrFormat("language version %d is not known; this program "
                                                  "reads version 1",
                                                  file_.language));
    }
    while (!tokens_.AtEnd()) EQSAT_RETURN_IF_ERROR(Statement());
    return std::move(file_);
  }

 private:
  absl::Status Statement() {
    if (AtShortRule()) return ShortRule();
    Token keyword = tokens_.Peek();
    if (keyword.kind != Token::Kind::kName)
      return tokens_.Unexpected("a rule or another statement");
    tokens_.Take();
    if (keyword.text == "rule") return BlockRule();
    if (keyword.text == "package") return Package();
    if (keyword.text == "source") return Text(&file_.source);
    if (keyword.text == "license") return Text(&file_.license);
    if (keyword.text == "group") return Name(&group_, "the name of a group");
    if (keyword.text == "phase") return Phase(&phase_);
    if (keyword.text == "dtypes") return Set(/*is_reducers=*/false);
    if (keyword.text == "reducers") return Set(/*is_reducers=*/true);
    if (keyword.text == "fn") return Function();
    return tokens_.Error(
        keyword.place,
        base::StrCat("'", keyword.text, "' begins no statement",
                     DidYouMean(keyword.text, {"rule", "package", "source", "license", "group",
                                               "phase", "dtypes", "reducers", "fn"}),
                     " A short rule reads: name [exact]: left => right"));
  }

  absl::Status Text(std::string* out) {
    EQSAT_ASSIGN_OR_RETURN(*out, tokens_.ExpectString("a text in quotes"));
    return absl::OkStatus();
  }

  absl::Status Name(std::string* out, std::string_view what) {
    EQSAT_ASSIGN_OR_RETURN(*out, tokens_.ExpectName(what));
    return absl::OkStatus();
  }

  absl::Status Phase(std::string* out) {
    Place place = tokens_.place();
    EQSAT_RETURN_IF_ERROR(Name(out, "a phase: simplify, explore or lower"));
    if (IsPhase(*out)) return absl::OkStatus();
    return tokens_.Error(place, base::StrCat("'", *out, "' is no phase (simplify, explore, lower)",
                                             DidYouMean(*out, kPhases)));
  }

  static bool IsPhase(std::string_view name) {
    return std::find(kPhases.begin(), kPhases.end(), name) != kPhases.end();
  }

  absl::Status Package() {
    EQSAT_RETURN_IF_ERROR(Name(&file_.package, "the name of the package"));
    while (tokens_.TakeSymbol(".")) {
      EQSAT_ASSIGN_OR_RETURN(std::string part, tokens_.ExpectName("a part of the package's name"));
      base::StrAppend(&file_.package, ".", part);
    }
    return absl::OkStatus();
  }

  absl::Status Set(bool is_reducers) {
    SetDecl set{.place = tokens_.place(), .is_reducers = is_reducers};
    EQSAT_RETURN_IF_ERROR(Name(&set.name, "the name of the set"));
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("=", "after the name of the set"));
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("{", "before the members of the set"));
    while (!tokens_.IsSymbol("}")) {
      set.member_places.push_back(tokens_.place());
      EQSAT_ASSIGN_OR_RETURN(std::string member, tokens_.ExpectName("a member of the set"));
      set.members.push_back(std::move(member));
      if (!tokens_.TakeSymbol(",")) break;
    }
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("}", "to close the set"));
    file_.sets.push_back(std::move(set));
    return absl::OkStatus();
  }

  absl::Status Function() {
    FunctionDecl function{.place = tokens_.place()};
    EQSAT_RETURN_IF_ERROR(Name(&function.name, "the name of the function"));
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("(", "before the parameters"));
    while (!tokens_.IsSymbol(")")) {
      EQSAT_ASSIGN_OR_RETURN(std::string parameter, tokens_.ExpectName("a parameter"));
      function.parameters.push_back(std::move(parameter));
      if (!tokens_.TakeSymbol(",")) break;
    }
    EQSAT_RETURN_IF_ERROR(tokens_.Expect(")", "to close the parameters"));
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("=", "before the function's value"));
    EQSAT_ASSIGN_OR_RETURN(function.body, ParseExpr(tokens_));
    file_.functions.push_back(std::move(function));
    return absl::OkStatus();
  }

  // ---- The short form: name [class, phase]: left => right where guards ----

  // A name may have parts joined by '-'.
  bool AtShortRule() const {
    if (!tokens_.IsAnyName()) return false;
    size_t i = 1;
    while (tokens_.IsSymbol("-", i) && tokens_.Adjoins(i)) i += 2;
    return tokens_.IsSymbol("[", i);
  }

  absl::Status RuleName(RuleDecl* rule) {
    rule->place = tokens_.place();
    rule->group = group_;
    rule->phase = phase_;
    EQSAT_RETURN_IF_ERROR(Name(&rule->name, "the name of the rule"));
    while (tokens_.IsSymbol("-") && tokens_.Adjoins(0)) {
      tokens_.Take();
      EQSAT_ASSIGN_OR_RETURN(std::string part, tokens_.ExpectName("the rest of the rule's name"));
      base::StrAppend(&rule->name, "-", part);
    }
    return absl::OkStatus();
  }

  absl::Status ShortRule() {
    RuleDecl rule;
    EQSAT_RETURN_IF_ERROR(RuleName(&rule));
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("[", "before the numerics class"));
    do {
      if (tokens_.IsAnyName() && IsPhase(tokens_.Peek().text)) {
        rule.phase = tokens_.Take().text;
      } else {
        EQSAT_RETURN_IF_ERROR(NumericsCase(&rule));
      }
    } while (tokens_.TakeSymbol(","));
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("]", "after the numerics class"));
    EQSAT_RETURN_IF_ERROR(tokens_.Expect(":", "before the left side"));
    EQSAT_RETURN_IF_ERROR(TermInto(&rule.matches));
    rule.both_ways = tokens_.TakeSymbol("<=>");
    if (!rule.both_ways)
      EQSAT_RETURN_IF_ERROR(tokens_.Expect("=>", "or '<=>' between the two sides"));
    EQSAT_RETURN_IF_ERROR(TermInto(&rule.results));
    if (tokens_.TakeName("where")) EQSAT_RETURN_IF_ERROR(Guards(&rule));
    return Finish(std::move(rule));
  }

  absl::Status TermInto(std::vector<Binding>* bindings) {
    Binding binding{.place = tokens_.place()};
    EQSAT_ASSIGN_OR_RETURN(binding.value, ParseTerm(tokens_));
    bindings->push_back(std::move(binding));
    return absl::OkStatus();
  }

  absl::Status Finish(RuleDecl rule) {
    if (rule.phase.empty()) rule.phase = "simplify";
    auto missing = [&](std::string_view what) {
      return tokens_.Error(rule.place, base::StrCat("rule ", rule.name, " has no ", what));
    };
    if (rule.numerics.empty()) return missing("numerics class (exact, special, reassoc, approx)");
    if (rule.matches.empty()) return missing("'match'");
    if (rule.results.empty()) return missing("'to' or 'iff'");
    file_.rules.push_back(std::move(rule));
    return absl::OkStatus();
  }

  // ---- The block form: rule name { fields } ----

  absl::Status BlockRule() {
    RuleDecl rule;
    EQSAT_RETURN_IF_ERROR(RuleName(&rule));
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("{", "before the rule's fields"));
    while (!tokens_.TakeSymbol("}")) EQSAT_RETURN_IF_ERROR(Field(&rule));
    return Finish(std::move(rule));
  }

  absl::Status Field(RuleDecl* rule) {
    Token keyword = tokens_.Peek();
    if (keyword.kind != Token::Kind::kName)
      return tokens_.Unexpected("a field of the rule (given, match, to, …) or '}'");
    using Reader = absl::Status (FileParser::*)(RuleDecl*);
    static constexpr std::array<std::pair<std::string_view, Reader>, 14> kFields = {{
        {"doc", &FileParser::Doc},
        {"group", &FileParser::Group},
        {"phase", &FileParser::RulePhase},
        {"numerics", &FileParser::Numerics},
        {"requires", &FileParser::Requires},
        {"limit", &FileParser::Limit},
        {"given", &FileParser::Given},
        {"let", &FileParser::Let},
        {"match", &FileParser::Match},
        {"where", &FileParser::Guards},
        {"to", &FileParser::To},
        {"iff", &FileParser::Iff},
        {"test", &FileParser::Test},
        {"reject", &FileParser::Reject},
    }};
    std::vector<std::string_view> names;
    for (const auto& [name, reader] : kFields) {
      names.push_back(name);
      if (keyword.text != name) continue;
      tokens_.Take();
      return (this->*reader)(rule);
    }
    return tokens_.Error(keyword.place, base::StrCat("'", keyword.text, "' is no field of a rule",
                                                     DidYouMean(keyword.text, names)));
  }

  absl::Status Doc(RuleDecl* rule) { return Text(&rule->doc); }
  absl::Status Group(RuleDecl* rule) { return Name(&rule->group, "the name of a group"); }
  absl::Status RulePhase(RuleDecl* rule) { return Phase(&rule->phase); }

  absl::Status Numerics(RuleDecl* rule) {
    do {
      EQSAT_RETURN_IF_ERROR(NumericsCase(rule));
    } while (tokens_.TakeSymbol(","));
    return absl::OkStatus();
  }

  // `exact`, `exact when T in Int`, `else reassoc`, `approx(2^-7)`
  absl::Status NumericsCase(RuleDecl* rule) {
    tokens_.TakeName("else");
    NumericsDecl decl{.place = tokens_.place()};
    EQSAT_RETURN_IF_ERROR(Name(&decl.name, "a numerics class: exact, special, reassoc, approx"));
    if (tokens_.TakeSymbol("(")) {
      EQSAT_ASSIGN_OR_RETURN(decl.bound, ParseExpr(tokens_));
      EQSAT_RETURN_IF_ERROR(tokens_.Expect(")", "to close the bound"));
    }
    if (tokens_.TakeName("when")) {
      EQSAT_ASSIGN_OR_RETURN(decl.condition, ParseExpr(tokens_));
    }
    rule->numerics.push_back(std::move(decl));
    return absl::OkStatus();
  }

  absl::Status Requires(RuleDecl* rule) {
    RequirementDecl requirement{.place = tokens_.place()};
    EQSAT_RETURN_IF_ERROR(Name(&requirement.feature, "a feature of the target"));
    if (tokens_.IsSymbol("(")) {
      while (!tokens_.IsSymbol(")")) {
        if (tokens_.AtEnd()) return tokens_.Unexpected("')' to close the feature");
        requirement.feature += tokens_.Take().text;
      }
      requirement.feature += tokens_.Take().text;
    }
    rule->requirements.push_back(std::move(requirement));
    return absl::OkStatus();
  }

  absl::Status Limit(RuleDecl* rule) {
    EQSAT_ASSIGN_OR_RETURN(rule->limit, ParseTerm(tokens_));
    return absl::OkStatus();
  }

  absl::Status Given(RuleDecl* rule) {
    do {
      GivenDecl given{.place = tokens_.place()};
      EQSAT_RETURN_IF_ERROR(Name(&given.name, "the name of a variable"));
      given.is_sequence = tokens_.TakeSymbol("...");
      EQSAT_RETURN_IF_ERROR(tokens_.Expect(":", "between a variable and its type"));
      EQSAT_ASSIGN_OR_RETURN(given.type, ParseType(tokens_));
      rule->givens.push_back(std::move(given));
    } while (tokens_.TakeSymbol(","));
    return absl::OkStatus();
  }

  absl::Status Guards(RuleDecl* rule) {
    do {
      EQSAT_ASSIGN_OR_RETURN(Expr guard, ParseExpr(tokens_));
      rule->guards.push_back(std::move(guard));
    } while (tokens_.TakeSymbol(","));
    return absl::OkStatus();
  }

  bool AtBinding() const { return tokens_.IsAnyName() && tokens_.IsSymbol("=", 1); }

  // Several `name = expr`, or one expression without a name.
  absl::Status Bindings(std::vector<Binding>* bindings,
                        absl::StatusOr<Expr> (*parse)(TokenStream&)) {
    do {
      Binding binding{.place = tokens_.place()};
      if (AtBinding()) {
        binding.name = tokens_.Take().text;
        tokens_.Take();
      }
      EQSAT_ASSIGN_OR_RETURN(binding.value, parse(tokens_));
      bindings->push_back(std::move(binding));
      tokens_.TakeSymbol(",");
    } while (AtBinding());
    return absl::OkStatus();
  }

  absl::Status Let(RuleDecl* rule) {
    if (!AtBinding()) return tokens_.Unexpected("'name = expression' after let");
    return Bindings(&rule->lets, ParseExpr);
  }

  absl::Status Match(RuleDecl* rule) { return Bindings(&rule->matches, ParseTerm); }
  absl::Status To(RuleDecl* rule) { return Bindings(&rule->results, ParseTerm); }
  absl::Status Iff(RuleDecl* rule) {
    rule->both_ways = true;
    return To(rule);
  }

  absl::Status Test(RuleDecl* rule) {
    EQSAT_ASSIGN_OR_RETURN(TestDecl test, TestBody());
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("=>", "between a test's term and what becomes of it"));
    if (tokens_.TakeName("fires")) {
      test.expect = TestDecl::Expect::kFires;
    } else {
      test.expect = TestDecl::Expect::kEquals;
      EQSAT_RETURN_IF_ERROR(TestTerms(&test.right));
    }
    return CloseTest(rule, std::move(test));
  }

  absl::Status Reject(RuleDecl* rule) {
    EQSAT_ASSIGN_OR_RETURN(TestDecl test, TestBody());
    test.expect = TestDecl::Expect::kRejects;
    return CloseTest(rule, std::move(test));
  }

  absl::Status CloseTest(RuleDecl* rule, TestDecl test) {
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("}", "to close the test"));
    rule->tests.push_back(std::move(test));
    return absl::OkStatus();
  }

  absl::StatusOr<TestDecl> TestBody() {
    TestDecl test{.place = tokens_.place()};
    EQSAT_RETURN_IF_ERROR(tokens_.Expect("{", "before a test"));
    while (tokens_.IsAnyName() && tokens_.IsSymbol(":", 1)) {
      TestDecl::Input input{.name = tokens_.Peek().text, .place = tokens_.place()};
      tokens_.Take();
      tokens_.Take();
      EQSAT_ASSIGN_OR_RETURN(input.type, ParseType(tokens_));
      if (tokens_.TakeSymbol("~")) {
        EQSAT_ASSIGN_OR_RETURN(input.uniform, ParseTerm(tokens_));
      }
      test.inputs.push_back(std::move(input));
      tokens_.TakeSymbol(",");
    }
    EQSAT_RETURN_IF_ERROR(TestTerms(&test.left));
    return test;
  }

  // One term, or several in parentheses: one a root.
  absl::Status TestTerms(std::vector<Expr>* terms) {
    bool several = tokens_.TakeSymbol("(");
    do {
      EQSAT_ASSIGN_OR_RETURN(Expr term, ParseTerm(tokens_));
      terms->push_back(std::move(term));
    } while (several && tokens_.TakeSymbol(","));
    return several ? tokens_.Expect(")", "to close the terms") : absl::OkStatus();
  }

  TokenStream tokens_;
  RuleFile file_;
  std::string group_;
  std::string phase_;
};

}  // namespace

absl::StatusOr<RuleFile> ParseRuleFile(const SourceText& source) {
  EQSAT_ASSIGN_OR_RETURN(std::vector<Token> tokens, Lex(source));
  return FileParser(&source, std::move(tokens)).Run();
}

}  // namespace eqsat::rules
