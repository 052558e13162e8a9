// A small arithmetic term language for tests, with a parser for prefix terms and rules.
#ifndef EQSAT_TESTS_ENGINE_MATH_H_
#define EQSAT_TESTS_ENGINE_MATH_H_

#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/egraph/egraph.h"
#include "engine/rewrite/term.h"
#include "ir/base/check.h"

namespace eqsat::engine::testing {

// Operators with their arities; leaves are "const" and "var" with the attribute telling which.
class MathSignature : public Signature {
 public:
  explicit MathSignature(Commutativity sum = Commutativity::kOrdered) : sum_(sum) {}
  size_t op_count() const override { return std::size(kOps); }
  std::string_view name(OpId op) const override { return kOps[op.value()].first; }
  int arity(OpId op) const override { return kOps[op.value()].second; }
  Commutativity commutativity(OpId op) const override {
    std::string_view op_name = name(op);
    return op_name == "+" || op_name == "*" ? sum_ : Commutativity::kOrdered;
  }
  OpId op(std::string_view op_name) const {
    for (size_t i = 0; i < std::size(kOps); ++i)
      if (kOps[i].first == op_name) return OpId(i);
    EQSAT_CHECK(false);
    return OpId();
  }

 private:
  static constexpr std::pair<std::string_view, int> kOps[] = {
      {"d", 2},  {"i", 2},    {"+", 2},   {"-", 2},   {"*", 2},     {"/", 2},   {"pow", 2},
      {"ln", 1}, {"sqrt", 1}, {"sin", 1}, {"cos", 1}, {"const", 0}, {"var", 0}, {"list", -1}};
  Commutativity sum_;
};

// A parsed prefix term, e.g. "(+ ?a (* x 2))"; ?names are pattern variables.
struct Sexp {
  std::string head;
  std::vector<Sexp> args;
};

inline Sexp ParseSexp(std::istream& in) {
  std::string token;
  in >> std::ws;
  if (in.peek() == '(') {
    in.get();
    Sexp list = ParseSexp(in);
    while ((in >> std::ws).peek() != ')') list.args.push_back(ParseSexp(in));
    in.get();
    return list;
  }
  while (in.peek() != EOF && !std::isspace(in.peek()) && in.peek() != ')')
    token.push_back(static_cast<char>(in.get()));
  return {token, {}};
}

inline Sexp ParseSexp(const std::string& text) {
  std::istringstream in(text);
  return ParseSexp(in);
}

class MathLanguage {
 public:
  explicit MathLanguage(Commutativity sum = Commutativity::kOrdered) : signature_(sum) {}
  const MathSignature& signature() const { return signature_; }

  // The operator and attributes of a head: a number, an operator or the name of a variable.
  std::pair<OpId, AttrId> Symbol(const Sexp& term) {
    if (!term.args.empty() || term.head == "list") return {signature_.op(term.head), AttrId(0)};
    auto [it, fresh] = leaves_.emplace(term.head, AttrId(leaves_.size() + 1));
    bool number = std::isdigit(term.head.back()) != 0;
    return {signature_.op(number ? "const" : "var"), it->second};
  }

  ClassId Add(EGraph& egraph, const Sexp& term) {
    std::vector<ClassId> children;
    for (const Sexp& arg : term.args) children.push_back(Add(egraph, arg));
    auto [op, attrs] = Symbol(term);
    return egraph.Add(op, attrs, children);
  }
  ClassId Add(EGraph& egraph, const std::string& term) { return Add(egraph, ParseSexp(term)); }

  PartId AddPattern(Pattern* pattern, const Sexp& term) {
    if (term.head[0] == '?') return pattern->Variable(term.head);
    std::vector<PartId> children;
    for (const Sexp& arg : term.args) children.push_back(AddPattern(pattern, arg));
    auto [op, attrs] = Symbol(term);
    return pattern->Operator(op, attrs, std::move(children));
  }
  Pattern MakePattern(const std::vector<std::string>& roots) {
    Pattern pattern;
    for (const std::string& root : roots) pattern.AddRoot(AddPattern(&pattern, ParseSexp(root)));
    return pattern;
  }

  Rewrite Rule(const std::string& name, const std::string& left, const std::string& right) {
    Pattern pattern = MakePattern({left});
    Term term;
    AddTerm(&term, &pattern, ParseSexp(right));
    absl::StatusOr<Rewrite> rule = MakeTermRewrite(name, pattern, term, signature_);
    EQSAT_CHECK(rule.ok());
    return *std::move(rule);
  }

 private:
  size_t AddTerm(Term* term, Pattern* pattern, const Sexp& sexp) {
    Term::Node node;
    if (sexp.head[0] == '?') {
      node.variable = pattern->variable(pattern->Variable(sexp.head));
    } else {
      for (const Sexp& arg : sexp.args) node.children.push_back(AddTerm(term, pattern, arg));
      std::tie(node.op, node.attrs) = Symbol(sexp);
    }
    term->nodes.push_back(std::move(node));
    return term->nodes.size() - 1;
  }

  MathSignature signature_;
  std::map<std::string, AttrId> leaves_;
};

// The math micro-benchmark: 24 rules and 7 terms.
inline std::vector<Rewrite> MathBenchmarkRules(MathLanguage& math, bool commutativity = true) {
  std::vector<Rewrite> rules;
  auto add = [&](const char* name, const char* left, const char* right) {
    rules.push_back(math.Rule(name, left, right));
  };
  if (commutativity) {
    add("comm-add", "(+ ?a ?b)", "(+ ?b ?a)");
    add("comm-mul", "(* ?a ?b)", "(* ?b ?a)");
  }
  add("assoc-add", "(+ ?a (+ ?b ?c))", "(+ (+ ?a ?b) ?c)");
  add("assoc-mul", "(* ?a (* ?b ?c))", "(* (* ?a ?b) ?c)");
  add("sub-canon", "(- ?a ?b)", "(+ ?a (* -1 ?b))");
  add("zero-add", "(+ ?a 0)", "?a");
  add("zero-mul", "(* ?a 0)", "0");
  add("one-mul", "(* ?a 1)", "?a");
  add("cancel-sub", "(- ?a ?a)", "0");
  add("distribute", "(* ?a (+ ?b ?c))", "(+ (* ?a ?b) (* ?a ?c))");
  add("factor", "(+ (* ?a ?b) (* ?a ?c))", "(* ?a (+ ?b ?c))");
  add("pow-mul", "(* (pow ?a ?b) (pow ?a ?c))", "(pow ?a (+ ?b ?c))");
  add("pow1", "(pow ?x 1)", "?x");
  add("pow2", "(pow ?x 2)", "(* ?x ?x)");
  add("d-add", "(d ?x (+ ?a ?b))", "(+ (d ?x ?a) (d ?x ?b))");
  add("d-mul", "(d ?x (* ?a ?b))", "(+ (* ?a (d ?x ?b)) (* ?b (d ?x ?a)))");
  add("d-sin", "(d ?x (sin ?x))", "(cos ?x)");
  add("d-cos", "(d ?x (cos ?x))", "(* -1 (sin ?x))");
  add("i-one", "(i 1 ?x)", "?x");
  add("i-cos", "(i (cos ?x) ?x)", "(sin ?x)");
  add("i-sin", "(i (sin ?x) ?x)", "(* -1 (cos ?x))");
  add("i-sum", "(i (+ ?f ?g) ?x)", "(+ (i ?f ?x) (i ?g ?x))");
  add("i-dif", "(i (- ?f ?g) ?x)", "(- (i ?f ?x) (i ?g ?x))");
  add("i-parts", "(i (* ?a ?b) ?x)", "(- (* ?a (i ?b ?x)) (i (* (d ?x ?a) (i ?b ?x)) ?x))");
  return rules;
}

inline void AddMathBenchmarkTerms(MathLanguage& math, EGraph& egraph) {
  for (const char* term :
       {"(i (ln x) x)", "(i (+ x (cos x)) x)", "(i (* (cos x) x) x)", "(d x (+ 1 (* 2 x)))",
        "(d x (- (pow x 3) (* 7 (pow x 2))))", "(+ (* y (+ x y)) (- (+ x 2) (+ x x)))",
        "(/ 1 (- (/ (+ 1 (sqrt five)) 2) (/ (- 1 (sqrt five)) 2)))"})
    math.Add(egraph, term);
}

}  // namespace eqsat::engine::testing

#endif  // EQSAT_TESTS_ENGINE_MATH_H_
